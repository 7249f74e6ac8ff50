//! Where things are: objects, and the spans that addresses name.

use crate::ground::database::{one, values};
use crate::ground::keys::{ObjectKey, ProjectShort, SpanKey, TraceKey, project_of};
use crate::{Error, Result};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::objects::{ObjectKind, RowAddress};
use shared::{Micros, ObjectId, Problem, ProjectId, RowId};

/// An object as the writer needs it.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    pub(crate) key: ObjectKey,
    pub(crate) id: ObjectId,
    pub(crate) project: ProjectId,
    pub(crate) kind: ObjectKind,
}

impl Home {
    /// The short integer of its project.
    pub(crate) fn short(&self) -> ProjectShort {
        project_of(self.key)
    }
}

/// Finds an object.
pub(crate) async fn home(connection: &impl ConnectionTrait, id: &ObjectId) -> Result<Option<Home>> {
    #[derive(FromQueryResult)]
    struct Found {
        key: ObjectKey,
        project_id: String,
        kind: String,
    }
    let found = one::<Found>(
        connection,
        "SELECT o.key, o.project_id, o.kind FROM objects o JOIN projects p ON p.id = o.project_id WHERE o.id = ? AND o.deleted IS NULL AND p.deleted IS NULL",
        values![id.as_str()],
    )
    .await?;
    found
        .map(|found| {
            let kind = ObjectKind::parse(&found.kind).ok_or_else(|| Error::Corrupt(format!("object kind {}", found.kind)))?;
            Ok(Home { key: found.key, id: id.clone(), project: ProjectId(found.project_id), kind })
        })
        .transpose()
}

/// A span as a command finds it.
#[derive(FromQueryResult)]
pub(crate) struct LocatedSpan {
    pub(crate) key: SpanKey,
    pub(crate) trace: TraceKey,
    pub(crate) root_span_id: String,
    pub(crate) created: Micros,
}

/// Where an address leads, as it is looked up: columns of [`Located::FROM`].
#[derive(FromQueryResult)]
pub(crate) struct Located {
    object: ObjectKey,
    project_id: String,
    key: Option<SpanKey>,
    trace: Option<TraceKey>,
    root_span_id: Option<String>,
    created: Option<Micros>,
}

impl Located {
    /// The columns.
    pub(crate) const COLUMNS: &str = "o.key AS object, o.project_id, s.key, s.trace, s.root_span_id, s.created";

    /// The object `o` with its project `p` and, where it is there, the span `s`; bound to the id of the row.
    pub(crate) const FROM: &str = "FROM objects o JOIN projects p ON p.id = o.project_id \
                                   LEFT JOIN spans s ON s.project = p.short AND s.object = o.key AND s.row_id = ? AND s.arrived";

    /// Bound to the id and the kind of the object.
    pub(crate) const WHERE: &str = "WHERE o.id = ? AND o.kind = ? AND o.deleted IS NULL AND p.deleted IS NULL";

    /// The object and the span. `located` is none where there is no such object.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for what is not there.
    pub(crate) fn found(located: Option<Self>, row: &RowAddress) -> Result<(Home, LocatedSpan)> {
        let found = located.ok_or_else(|| Problem::not_found(format!("{} {}", row.object_type.as_str(), row.object_id)))?;
        let (Some(key), Some(trace), Some(root_span_id), Some(created)) = (found.key, found.trace, found.root_span_id, found.created)
        else {
            return Err(Problem::not_found(format!("row {}", row.id)).into());
        };
        let home = Home { key: found.object, id: row.object_id.clone(), project: ProjectId(found.project_id), kind: row.object_type };
        Ok((home, LocatedSpan { key, trace, root_span_id, created }))
    }
}

/// Finds the span and the object of an address.
pub(crate) async fn find_span(connection: &impl ConnectionTrait, row: &RowAddress) -> Result<(Home, LocatedSpan)> {
    let text = format!("SELECT {} {} {}", Located::COLUMNS, Located::FROM, Located::WHERE);
    let bound = values![row.id.as_str(), row.object_id.as_str(), row.object_type.as_str()];
    Located::found(one::<Located>(connection, &text, bound).await?, row)
}

/// The address of the row whose span has that key; none once it is deleted.
pub(crate) async fn row_of_span(connection: &impl ConnectionTrait, span: SpanKey) -> Result<Option<RowAddress>> {
    #[derive(FromQueryResult)]
    struct Row {
        row_id: String,
        object: String,
        kind: String,
    }
    let text = "SELECT s.row_id, o.id AS object, o.kind FROM spans s JOIN objects o ON o.key = s.object WHERE s.project = ? AND s.key = ?";
    let row = one::<Row>(connection, text, values![project_of(span), span]).await?;
    Ok(row.and_then(|row| {
        Some(RowAddress { object_type: ObjectKind::parse(&row.kind)?, object_id: ObjectId(row.object), id: RowId(row.row_id) })
    }))
}
