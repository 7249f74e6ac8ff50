//! A trace with one span opened: the tree, and everything a reviewer sees of the span.

use super::tree::{Node, Tree};
use crate::content::traces::{COLUMNS, StoredTrace};
use crate::ground::body::{self, Object};
use crate::ground::database::{all, one, values};
use crate::ground::places::bound;
use crate::looking::condition::{self, InTrace};
use crate::looking::sight::Sight;
use crate::looking::view::View;
use crate::said::{activity, answers, comments, golds};
use crate::{Actor, Desk, Result, render};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::objects::FieldName;
use shared::spans::{FieldView, OpenTrace, Piece, ReadField, ReadPiece, Rendering, SpanView, TraceView, WHOLE};
use shared::{ObjectId, Problem, RowId};

#[derive(FromQueryResult)]
struct Key {
    key: i64,
}

impl Desk {
    /// A trace with one span opened.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such trace.
    pub async fn open_trace(&self, query: OpenTrace) -> Result<TraceView> {
        let looking = self.view(&query.object).await?;
        let View { snapshot, home, sight, as_of, .. } = &looking;
        let text = format!("SELECT {COLUMNS} FROM traces WHERE project = ? AND object = ? AND root_span_id = ?");
        let row = one::<StoredTrace>(snapshot, &text, values![home.short(), home.key, query.root_span_id.as_str()]).await?;
        let mut row = row.ok_or_else(|| Problem::not_found("trace"))?.read()?;
        sight.traces(snapshot, std::slice::from_mut(&mut row)).await?;
        let tree = Tree::of(snapshot, row.key).await?;
        let open = tree.open(query.span_id.as_deref(), &row.row_id).ok_or_else(|| Problem::not_found("span"))?;
        let place = InTrace { span: open.key, trace: row.key, below: tree.below(open) };
        let unasked = condition::unasked(&looking, place).await?;
        let span = SpanView { unasked, ..view(snapshot, sight, &self.actor, open.clone()).await? };
        Ok(TraceView { row, tree: tree.around(open, *as_of), span, as_of: *as_of })
    }

    /// One field of a span, rendered as asked.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such span or the span has no such field.
    pub async fn read_field(&self, query: ReadField) -> Result<FieldView> {
        let value = self.field(&query.object, &query.row_id, query.field).await?;
        let whole = query.whole && value.get().len() as u64 <= WHOLE;
        Ok(render::field(query.field, value.get(), query.rendering, whole))
    }

    /// A piece of the text of a field, however long it is.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such span or the span has no such field.
    pub async fn read_piece(&self, query: ReadPiece) -> Result<Piece> {
        let value = self.field(&query.object, &query.row_id, query.field).await?;
        Ok(render::piece(value.get(), query.from))
    }

    async fn field(&self, object: &ObjectId, row: &RowId, field: FieldName) -> Result<body::Raw> {
        let View { snapshot, home, sight, .. } = self.view(object).await?;
        let text = "SELECT key FROM spans WHERE project = ? AND object = ? AND row_id = ? AND arrived";
        let span = one::<Key>(&snapshot, text, values![home.short(), home.key, row.as_str()])
            .await?
            .ok_or_else(|| Problem::not_found("span"))?
            .key;
        let mut content = sight.of_spans(&snapshot, &[span]).await?.read_content(&snapshot, span).await?;
        content.swap_remove(field.key()).ok_or_else(|| Problem::not_found(field.heading().to_lowercase()).into())
    }
}

async fn view(connection: &impl ConnectionTrait, sight: &Sight, actor: &Actor, node: Node) -> Result<SpanView> {
    #[derive(FromQueryResult)]
    struct Tag {
        tag: String,
    }
    let seen = sight.of_spans(connection, &[node.key]).await?;
    let content = seen.read_content(connection, node.key).await?;
    let (mut answers, mut golds) = (answers::of_span(connection, node.key).await?, golds::of_span(connection, node.key).await?);
    seen.answers(node.key, &mut answers);
    seen.golds(node.key, &mut golds);
    let mut comments = comments::of_span(connection, node.key).await?;
    seen.comments(node.key, &mut comments);
    let text = "SELECT tag FROM span_tags WHERE project = ? AND span = ? ORDER BY position";
    let tags = all::<Tag>(connection, text, bound(&[node.key])).await?;
    let fields = FieldName::ALL.into_iter().filter_map(|field| {
        let value = content.get(field.key()).filter(|value| !body::is_null(value) && value.get() != "{}")?;
        Some(render::field(field, value.get(), Rendering::Fitting, false))
    });
    Ok(SpanView {
        duration: node.duration(),
        row_id: RowId(node.row_id),
        span_id: node.span_id,
        name: node.name,
        kind: node.kind,
        created: node.created,
        metrics: metrics(&content),
        model: content
            .get("metadata")
            .and_then(|metadata| body::object(metadata.get()))
            .and_then(|metadata| body::read(&metadata, "model")),
        fields: fields.collect(),
        scores: answers::views(connection, &seen, node.key).await?,
        tags: tags.into_iter().map(|row| row.tag).collect(),
        unasked: Vec::new(),
        answers,
        golds,
        comments,
        activity: activity::of_page(connection, &seen, actor, node.key).await?,
    })
}

/// The numbers of `metrics` beside start and end, in their order.
fn metrics(content: &Object) -> Vec<(String, f64)> {
    let metrics = content.get("metrics").and_then(|metrics| body::object(metrics.get())).unwrap_or_default();
    let numbers = metrics.keys().filter(|key| !["start", "end"].contains(&key.as_str()));
    numbers.filter_map(|key| Some((key.clone(), body::read(&metrics, key)?))).collect()
}
