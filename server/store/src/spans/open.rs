//! A trace with one span opened: the tree, and everything a reviewer sees of the span.

use super::tree::{Node, Tree};
use super::{below, cases, marks};
use crate::content::attachments;
use crate::content::traces::{COLUMNS, StoredTrace};
use crate::ground::body::{self, Object};
use crate::ground::database::{all, one, values};
use crate::ground::keys::bound;
use crate::looking::condition::{self, InTrace};
use crate::looking::found::read;
use crate::looking::view::View;
use crate::render::{self, FieldSource, WantedField};
use crate::said::reviews::flags;
use crate::said::{activity, answers, comments, evidence, golds};
use crate::{Desk, Result};
use sea_orm::FromQueryResult;
use shared::objects::FieldName;
use shared::said::SpanSaid;
use shared::spans::{
    Beside, FormSpan, OpenTrace, Rendering, RereadTrace, ShownAs, SpanHead, TraceChanges, TraceContent, TraceHead, TraceRow, TraceView,
};
use shared::{ObjectId, Problem, RowId};

impl Desk {
    /// A trace with one span opened.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such trace.
    pub async fn open_trace(&self, query: OpenTrace) -> Result<TraceView> {
        let looking = self.view(&query.object).await?;
        let open = Open::find(&looking, &query.object, &query.root_span_id, query.span_id.as_deref()).await?;
        let beside = open.beside(query.form.as_deref()).await?;
        Ok(TraceView { content: open.content(&self.shown_as).await?, said: open.said(&open.node).await?, beside, as_of: looking.as_of })
    }

    /// What is another in an open trace than what is known of it. Where only what is said may be, the content is not looked at.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such trace any more.
    pub async fn reread_trace(&self, query: RereadTrace) -> Result<TraceChanges> {
        let looking = self.view(&query.object).await?;
        let open = Open::find(&looking, &query.object, &query.root_span_id, query.span_id.as_deref()).await?;
        let content = match &query.content {
            Some(known) => Some(open.content(&self.shown_as).await?.since(known)),
            None => None,
        };
        let said = open.said(&open.node).await?.since(&query.said);
        let beside = open.beside(query.form.as_deref()).await?.since(&query.beside);
        Ok(TraceChanges { content, said, beside, as_of: looking.as_of })
    }
}

/// A span of a trace, found for somebody who looks at it.
struct Open<'a> {
    looking: &'a View,
    object: &'a ObjectId,
    row: TraceRow,
    tree: Tree<'a>,
    node: Node,
}

impl<'a> Open<'a> {
    async fn find(looking: &'a View, object: &'a ObjectId, root: &str, span: Option<&str>) -> Result<Self> {
        let View { snapshot, home, sight, .. } = looking;
        let text = format!("SELECT {COLUMNS} FROM traces WHERE project = ? AND object = ? AND root_span_id = ?");
        let row = one::<StoredTrace>(snapshot, &text, values![home.short(), home.key, root]).await?;
        let row = row.ok_or_else(|| Problem::not_found("trace"))?.read()?;
        let tree = Tree::of(snapshot, sight, row.key.into()).await?;
        let node = tree.open(span, &row.row_id).cloned().ok_or_else(|| Problem::not_found("span"))?;
        Ok(Self { looking, object, row, tree, node })
    }

    /// What arrived of it. What the row of the trace knows of scores, tags and comments stays out: people say those.
    async fn content(&self, shown_as: &ShownAs) -> Result<TraceContent> {
        let Self { looking, object, row, tree, node } = self;
        let content = tree.seen.read_content(&looking.snapshot, node.key).await?;
        let row_id = RowId(node.row_id.clone());
        let values = FieldName::ALL.iter().filter_map(|field| content.get(field.key())).map(|value| value.get());
        let attachments = attachments::known(&looking.snapshot, values).await?;
        let fields = FieldName::ALL.into_iter().filter_map(|field| {
            let value = content.get(field.key()).filter(|value| !body::is_null(value) && value.get() != "{}")?;
            let source = FieldSource { object, row_id: &row_id, field, json: value.get(), attachments: &attachments };
            Some(render::field(&source, &WantedField { rendering: Rendering::Fitting, shown_as, whole: false, find: None }))
        });
        // The input of a root that is hidden is hidden, too.
        let hidden = tree.open(None, &row.row_id).is_some_and(|root| tree.seen.hides(root.key));
        let input = if hidden { String::new() } else { row.input.clone() };
        let metadata = content.get("metadata").and_then(|metadata| body::object(metadata.get()));
        Ok(TraceContent {
            trace: TraceHead {
                root_span_id: row.root_span_id.clone(),
                row_id: row.row_id.clone(),
                name: row.name.clone(),
                input,
                spans: row.spans,
                place: row.place(),
            },
            tree: tree.around(&looking.snapshot, node, looking.as_of).await?,
            span: SpanHead {
                row_id: row_id.clone(),
                span_id: node.span_id.clone(),
                name: node.name.clone(),
                kind: node.kind.clone(),
                created: node.created,
                duration: node.duration(),
                metrics: metrics(&content),
                model: metadata.and_then(|metadata| body::read(&metadata, "model")),
                origin: content.get("origin").and_then(|origin| cases::origin_of(&read(origin))),
            },
            fields: fields.collect(),
        })
    }

    /// What is told beside it, to who answers for that span.
    async fn beside(&self, form: Option<&str>) -> Result<Beside> {
        let form = self.tree.open(form, &self.row.row_id).filter(|form| form.key != self.node.key);
        let form = match form {
            Some(form) => Some(FormSpan {
                row_id: RowId(form.row_id.clone()),
                span_id: form.span_id.clone(),
                name: form.name.clone(),
                created: form.created,
                said: self.said(form).await?,
            }),
            None => None,
        };
        Ok(Beside { form, marks: marks::of(self.looking, &self.tree, self.row.key.into()).await? })
    }

    /// What is said about a span of the trace.
    async fn said(&self, node: &Node) -> Result<SpanSaid> {
        #[derive(FromQueryResult)]
        struct Tag {
            tag: String,
        }
        let (looking, seen, span) = (self.looking, &self.tree.seen, node.key);
        let snapshot = &looking.snapshot;
        let (mut answers, mut golds) = (answers::of_span(snapshot, span).await?, golds::of_span(snapshot, span).await?);
        seen.answers(span, &mut answers);
        evidence::weigh(snapshot, seen, span, &mut answers).await?;
        seen.golds(span, &mut golds);
        let mut comments = comments::of_span(snapshot, span).await?;
        seen.comments(span, &mut comments);
        let tags =
            all::<Tag>(snapshot, "SELECT tag FROM span_tags WHERE project = ? AND span = ? ORDER BY position", bound(&[span])).await?;
        let place = InTrace { span, trace: self.row.key.into(), below: self.tree.below(node) };
        Ok(SpanSaid {
            scores: answers::views(snapshot, seen, span).await?.into_iter().collect(),
            scores_below: below::scores_below(snapshot, &self.tree, self.row.key.into(), node).await?,
            tags: tags.into_iter().map(|row| row.tag).collect(),
            unasked: condition::unasked(looking, place).await?,
            answers,
            golds,
            comments,
            flags: flags::of_span(snapshot, span).await?,
            activity: activity::of_page(snapshot, seen, &looking.actor, span).await?,
        })
    }
}

/// The numbers of `metrics` beside start and end, in their order.
fn metrics(content: &Object) -> Vec<(String, f64)> {
    let metrics = content.get("metrics").and_then(|metrics| body::object(metrics.get())).unwrap_or_default();
    let numbers = metrics.keys().filter(|key| !["start", "end"].contains(&key.as_str()));
    numbers.filter_map(|key| Some((key.clone(), body::read(&metrics, key)?))).collect()
}
