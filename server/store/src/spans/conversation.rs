//! A trace read as one conversation: what its models were asked and answered.

use super::tree::{Node, Tree};
use crate::content::attachments;
use crate::content::traces::{COLUMNS, StoredTrace};
use crate::ground::body::{self, Raw};
use crate::ground::database::{one, values};
use crate::looking::view::View;
use crate::looking::work::aside;
use crate::render::{Attachments, FieldSource, HeardField, HeardKind, conversation};
use crate::{Desk, Result};
use shared::objects::FieldName;
use shared::spans::{CONVERSATION_PART, ReadConversation, SpokenMessage, TraceConversation};
use shared::{Micros, ObjectId, Problem, RowId};

/// Spans that are listened to.
const SPANS: usize = 600;

/// Bytes of what they say.
const BYTES: usize = 24 * 1024 * 1024;

/// A field of a span that says something.
struct SaidField {
    /// When, and the span's place among those that are listened to.
    order: (Micros, usize, FieldName),
    span: usize,
    json: Raw,
    /// The tool that says it; none for a model.
    tool: Option<String>,
}

/// A span that is listened to.
struct Speaker {
    span_id: String,
    name: String,
    row_id: RowId,
}

impl Desk {
    /// A part of the conversation of a trace: what its models were asked and answered, as far as it may be seen. What scorers ask their
    /// models is not part of it. A trace without a call of a model is what its root was asked and answered.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such trace.
    pub async fn read_conversation(&self, query: ReadConversation) -> Result<TraceConversation> {
        let looking = self.view(&query.object).await?;
        let View { snapshot, home, sight, .. } = &looking;
        let text = format!("SELECT {COLUMNS} FROM traces WHERE project = ? AND object = ? AND root_span_id = ?");
        let row = one::<StoredTrace>(snapshot, &text, values![home.short(), home.key, query.root_span_id.as_str()]).await?;
        let row = row.ok_or_else(|| Problem::not_found("trace"))?.read()?;
        let tree = Tree::of(snapshot, sight, row.key.into()).await?;
        let mut nodes = tree.speaking();
        if !nodes.iter().any(|node| node.kind == MODEL) {
            nodes = tree.open(None, &row.row_id).into_iter().collect();
        }
        let mut partial = nodes.len() > SPANS;
        let (mut speakers, mut said, mut bytes) = (Vec::new(), Vec::new(), 0);
        for node in nodes.into_iter().take(SPANS) {
            if bytes > BYTES {
                partial = true;
                break;
            }
            let mut content = tree.seen.read_content(snapshot, node.key).await?;
            for field in fields(node) {
                let Some(json) = content.swap_remove(field.key()).filter(|value| !body::is_null(value)) else { continue };
                bytes += json.get().len();
                let moment = if *field == FieldName::Input { node.began() } else { node.finished() };
                let tool = (node.kind == TOOL).then(|| node.name.clone());
                said.push(SaidField { order: (moment, speakers.len(), *field), span: speakers.len(), json, tool });
            }
            speakers.push(Speaker { span_id: node.span_id.clone(), name: node.name.clone(), row_id: RowId(node.row_id.clone()) });
        }
        said.sort_by_key(|said| said.order);
        let object = query.object.clone();
        let attachments = attachments::known(snapshot, said.iter().map(|said| said.json.get())).await?;
        let (messages, total) = aside(move || drawn(&object, &attachments, &speakers, &said, query.first)).await?;
        Ok(TraceConversation { root_span_id: query.root_span_id, first: query.first, messages, total, partial })
    }
}

/// The kinds of spans that say something.
const MODEL: &str = "llm";
const TOOL: &str = "tool";

fn fields(node: &Node) -> &'static [FieldName] {
    if node.kind == TOOL { &[FieldName::Output] } else { &[FieldName::Input, FieldName::Output] }
}

impl Tree<'_> {
    /// The spans of models and tools, but for those that scorers asked.
    fn speaking(&self) -> Vec<&Node> {
        let mut speaking = Vec::new();
        let mut below_scorer = None;
        for (node, depth) in self.spans_with_depth() {
            if below_scorer.is_some_and(|scorer| depth > scorer) {
                continue;
            }
            below_scorer = (node.kind == "score").then_some(depth);
            if node.kind == MODEL || node.kind == TOOL {
                speaking.push(node);
            }
        }
        speaking
    }
}

fn drawn(object: &ObjectId, attachments: &Attachments, speakers: &[Speaker], said: &[SaidField], first: u32) -> (Vec<SpokenMessage>, u32) {
    let heard = said.iter().filter_map(|said| {
        let speaker = speakers.get(said.span)?;
        let (.., field) = said.order;
        let kind = match &said.tool {
            Some(tool) => HeardKind::Returned(tool),
            None if field == FieldName::Input => HeardKind::Asked,
            None => HeardKind::Answered,
        };
        let source = FieldSource { object, row_id: &speaker.row_id, field, json: said.json.get(), attachments };
        Some(HeardField { source, span: said.span, kind })
    });
    let heard: Vec<_> = heard.collect();
    let (messages, total) = conversation(&heard, first as usize, CONVERSATION_PART as usize);
    let messages = messages.into_iter().filter_map(|message| {
        let (said, drawn) = (heard.get(message.said)?, heard.get(message.drawn)?);
        let speaker = speakers.get(said.span)?;
        Some(SpokenMessage {
            span_id: speaker.span_id.clone(),
            span_name: speaker.name.clone(),
            row_id: drawn.source.row_id.clone(),
            field: drawn.source.field,
            stamp: message.stamp,
            html: message.html,
            cut: message.cut,
        })
    });
    (messages.collect(), u32::try_from(total).unwrap_or(u32::MAX))
}
