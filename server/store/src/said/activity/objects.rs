//! The activity of an experiment or a dataset itself: who renamed it, described it, changed its metadata, deleted it and brought it back.

use super::{LONGEST_PAGE, Of, stored};
use crate::Desk;
use crate::Result;
use crate::looking::view::View;
use crate::render;
use crate::render::structured;
use serde_json::Value;
use serde_json::value::to_raw_value;
use shared::ObjectId;
use shared::audit::{Activity, ListObjectActivity};
use shared::objects::{ObjectKind, ObjectMetadata};
use shared::permissions::Action;
use shared::texts::TextFormat;

/// Entries whose values have more bytes come without them.
const LARGE: i64 = 4 * 1024;

impl Desk {
    /// What was changed about an experiment or a dataset, newest first.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] if there is none of that kind.
    pub async fn object_activity(&self, query: ListObjectActivity) -> Result<Vec<Activity>> {
        self.require(Action::Read)?;
        self.require_object(query.kind, &query.object).await?;
        let View { snapshot, home, .. } = self.view(&query.object).await?;
        let limit = query.limit.clamp(1, LONGEST_PAGE) as usize;
        let entries = stored(&snapshot, Of::Object(home.key), query.before.map(Into::into), limit, LARGE).await?;
        Ok(entries.into_iter().map(|(_, entry)| entry).collect())
    }

    /// What an experiment or a dataset says about itself under `metadata`.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] if there is none of that kind.
    pub async fn object_metadata(&self, kind: ObjectKind, id: &ObjectId) -> Result<ObjectMetadata> {
        let object = self.object(kind, id).await?;
        let Some(metadata) = object.details.get("metadata").and_then(Value::as_object).filter(|metadata| !metadata.is_empty()) else {
            return Ok(ObjectMetadata::default());
        };
        let raw = to_raw_value(metadata)?;
        Ok(ObjectMetadata {
            text: structured::write(TextFormat::Json, &raw),
            html: render::tree_of(raw.get()),
            keys: u32::try_from(metadata.len()).unwrap_or(u32::MAX),
        })
    }
}
