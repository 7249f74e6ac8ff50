//! What the rows of experiments and datasets say beside those of logs, as far as it may be seen.

use crate::Result;
use crate::ground::database::{list, values};
use crate::looking::found::{FoundSpan, Wanted, Which, read};
use crate::looking::view::View;
use crate::render;
use sea_orm::Value as Bound;
use serde_json::Value;
use serde_json::value::RawValue;
use shared::filter::Fields;
use shared::objects::{ObjectKind, RowAddress};
use shared::spans::{Case, TraceRow};
use shared::{ObjectId, RowId};
use std::collections::HashMap;

/// Rows looked up in one statement.
const CHUNK: usize = 200;

/// Bytes of content that are read for one page. Rows beyond that say no more than those of logs.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// Characters of a preview.
const PREVIEW: usize = 240;

/// Says of the rows of an experiment or a dataset what should have come out, what else is known of them and where they are from.
pub(super) async fn describe(view: &View, rows: &mut [TraceRow]) -> Result<()> {
    match view.home.kind {
        ObjectKind::ProjectLogs => return Ok(()),
        ObjectKind::Experiment | ObjectKind::Dataset => {}
    }
    let wanted = Wanted::columns(["expected", "metadata", "origin"]);
    let mut bytes = 0;
    for rows in rows.chunks_mut(CHUNK) {
        let mut left: Vec<&mut TraceRow> = rows.iter_mut().collect();
        while !left.is_empty() && bytes < MOST_BYTES {
            let condition = format!("s.object = ? AND s.row_id IN ({})", list(left.len()));
            let bound: Vec<Bound> =
                values![view.home.key].into_iter().chain(left.iter().map(|row| Bound::from(row.row_id.as_str()))).collect();
            let which = Which { condition, bound, order: "ORDER BY s.key".to_owned(), waiting: false };
            let read = view.read(&which, &wanted, None).await?;
            bytes += read.bytes;
            let mut cases: HashMap<&str, Case> = read.spans.iter().map(|span| (span.row_id(), case_of(span))).collect();
            left.retain_mut(|row| {
                row.case = cases.remove(row.row_id.as_str());
                row.case.is_none()
            });
            if !read.cut {
                break;
            }
        }
    }
    Ok(())
}

fn case_of(span: &FoundSpan) -> Case {
    let raw = |name: &str| span.content().get(name).filter(|raw| raw.get() != "null");
    Case {
        expected: raw("expected").map(|raw| render::preview(raw.get(), PREVIEW)).unwrap_or_default(),
        metadata: raw("metadata").map(|raw| entries(raw)).unwrap_or_default(),
        origin: span.column("origin").and_then(|origin| origin_of(&origin)),
    }
}

/// The entries of an object: "channel: email, lang: en". What stands in it for review lists is told elsewhere.
fn entries(raw: &RawValue) -> String {
    let Value::Object(entries) = read(raw) else { return render::preview(raw.get(), PREVIEW) };
    let mut line = String::new();
    for (key, value) in entries.iter().filter(|(key, _)| !key.starts_with("~__bt")) {
        if line.len() > PREVIEW {
            break;
        }
        let separator = if line.is_empty() { "" } else { ", " };
        line += &format!("{separator}{key}: {}", render::preview(&value.to_string(), PREVIEW));
    }
    line
}

/// A row that is named as SDKs name it.
pub(super) fn origin_of(origin: &Value) -> Option<RowAddress> {
    let text = |key: &str| origin[key].as_str();
    Some(RowAddress {
        object_type: ObjectKind::parse(text("object_type")?)?,
        object_id: ObjectId(text("object_id")?.to_owned()),
        id: RowId(text("id")?.to_owned()),
    })
}
