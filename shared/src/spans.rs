//! Spans and traces as lists and pages read them.

mod beside;
mod conversation;
mod groups;
mod reading;
mod reread;
mod shown;
mod sort;

pub use beside::{Beside, BesideChanges, FormSpan, KnownBeside, SpanMark};
pub use conversation::{CONVERSATION_PART, ReadConversation, SpokenMessage, TraceConversation};
pub use groups::{GROUPED_SCORES, GroupTraces, Grouping, MOST_GROUPS, RowGrouping, TraceGroup, TraceGroups};
pub use reading::{FindInTrace, FoundInField, FoundInSpan, FoundInTrace, NodeText, Piece, ReadField, ReadFile, ReadNode, ReadPiece, WHOLE};
pub use reread::{ContentChanges, KnownContent, RereadTrace, TraceChanges};
pub use shown::{FieldContent, FieldView, JsonKind, Rendering, ShownAs};
pub use sort::{TraceMeasure, TraceSort};

use crate::address::LogsAddress;
use crate::objects::{ObjectKind, Place, RowAddress};
use crate::said::SpanSaid;
use crate::summary::TraceScore;
use crate::{Micros, ObjectId, RowId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A trace as one row of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceRow {
    /// Place in the order of arrival; with `created` it orders the list and continues a page.
    pub key: i64,
    /// The trace's id.
    pub root_span_id: String,
    /// The row id of the root span; of the first span while the root has not arrived.
    pub row_id: RowId,
    /// The root span's name.
    pub name: String,
    /// When the root span began.
    pub created: Micros,
    /// The first characters of the root's input, on one line.
    pub input: String,
    /// The first characters of the root's output, or of its error.
    pub output: String,
    /// Spans with an error.
    pub errors: i64,
    /// Spans.
    pub spans: i64,
    /// Comments on any span.
    pub comments: i64,
    /// From the first start to the last end.
    pub duration: Option<Micros>,
    /// Tokens of all spans, as [`total`] counts them.
    pub tokens: Option<i64>,
    /// The cost of all spans in units of 1e-9 dollars, as [`total`] counts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<i64>,
    /// The mean over the spans, by the score's name.
    pub scores: BTreeMap<String, TraceScore>,
    /// The tags of all spans, in order of their first appearance.
    pub tags: Vec<String>,
    /// In a list of an experiment or a dataset what else its root says; none in logs, in live events, and of what is too large for a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Case>,
    /// What expressions come to that were asked for, as one line each and in their order; none in live events, and of what there was no time for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// What the row of an experiment or a dataset says beside that of a log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The first characters of what should have come out, on one line.
    pub expected: String,
    /// The first entries of metadata, on one line.
    pub metadata: String,
    /// The row that it was made of.
    pub origin: Option<RowAddress>,
}

impl TraceRow {
    /// What it is called: in logs by the name of its root, in experiments and datasets by its input. Where that is empty, by the other, and
    /// by its id where both are.
    pub fn title(&self, kind: ObjectKind) -> &str {
        title(kind, &self.name, &self.input, &self.root_span_id)
    }

    /// Where it stands in the list, newest first.
    pub fn place(&self) -> Place {
        Place { created: self.created, key: self.key }
    }
}

fn title<'a>(kind: ObjectKind, name: &'a str, input: &'a str, id: &'a str) -> &'a str {
    let (first, second) = match kind {
        ObjectKind::ProjectLogs => (name, input),
        ObjectKind::Experiment | ObjectKind::Dataset => (input, name),
    };
    [first, second].into_iter().find(|text| !text.trim().is_empty()).unwrap_or(id)
}

/// What a span is called: by its name, else by its kind.
pub fn span_title<'a>(name: &'a str, kind: &'a str) -> &'a str {
    [name, kind].into_iter().find(|text| !text.trim().is_empty()).unwrap_or("span")
}

/// The tokens of one span by its metrics: `tokens`, else `total_tokens`, else what the prompt and the completion come to. None where
/// nothing says any.
pub fn tokens(metric: impl Fn(&str) -> Option<f64>) -> Option<i64> {
    let number = |key| metric(key).map(|number| number.round() as i64);
    number("tokens").or_else(|| number("total_tokens")).or_else(|| match (number("prompt_tokens"), number("completion_tokens")) {
        (None, None) => None,
        (prompt, completion) => Some(prompt.unwrap_or(0).saturating_add(completion.unwrap_or(0))),
    })
}

/// The cost of one span by its metrics, in units of 1e-9 dollars: `estimated_cost`. None where nothing says any.
pub fn cost(metric: impl Fn(&str) -> Option<f64>) -> Option<i64> {
    metric("estimated_cost").map(|dollars| (dollars * 1e9).round() as i64)
}

/// What spans of one trace come to together: a number of a span counts where nothing below it has one of its own, because what is above
/// often repeats it. Each span is its id, its parent's id and its number.
pub fn total<'a>(spans: impl IntoIterator<Item = (&'a str, Option<&'a str>, Option<i64>)>) -> Option<i64> {
    let spans: Vec<_> = spans.into_iter().collect();
    let parents: HashMap<&str, &str> = spans.iter().filter_map(|(id, parent, _)| Some((*id, (*parent)?))).collect();
    let mut repeating: HashSet<&str> = HashSet::new();
    for (id, ..) in spans.iter().filter(|(.., number)| number.is_some()) {
        let mut above = parents.get(id).copied();
        // What is above a known one is known: each span is passed once, also where parents lead in a circle.
        while let Some(span) = above.filter(|span| span != id && repeating.insert(span)) {
            above = parents.get(span).copied();
        }
    }
    spans.iter().filter(|(id, ..)| !repeating.contains(id)).filter_map(|(.., number)| *number).reduce(i64::saturating_add)
}

/// Asks for a page of traces, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListTraces {
    /// What holds them.
    pub object: ObjectId,
    /// A filter expression; empty means all.
    pub filter: String,
    /// Continue after this place.
    pub before: Option<Place>,
    /// Rows wanted.
    pub limit: u32,
    /// Expressions whose values are told of each row.
    #[serde(default)]
    pub columns: Vec<String>,
}

/// A page of traces.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TracePage {
    /// Newest first.
    pub rows: Vec<TraceRow>,
    /// Where the next page begins; none at the end.
    pub next: Option<Place>,
    /// True if the page ends before it is full because enough was looked at: whoever wants more asks on with `next`.
    #[serde(default)]
    pub partial: bool,
    /// Live events up to this one are in it already.
    pub as_of: i64,
}

/// Asks for a page of traces in an order of one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortTraces {
    /// What holds them.
    pub object: ObjectId,
    /// A filter expression; empty means all.
    pub filter: String,
    /// The order.
    pub sort: TraceSort,
    /// Where the page before ended: its [`SortedTraces::next`].
    pub after: Option<String>,
    /// Rows wanted.
    pub limit: u32,
    /// As of [`ListTraces`].
    #[serde(default)]
    pub columns: Vec<String>,
}

/// A page of traces in an order of one's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SortedTraces {
    /// In that order.
    pub rows: Vec<TraceRow>,
    /// Where the next page begins, as opaque text; none at the end.
    pub next: Option<String>,
    /// As of [`TracePage`].
    #[serde(default)]
    pub partial: bool,
    /// As of [`TracePage`].
    pub as_of: i64,
}

/// Asks for a trace with one span opened.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OpenTrace {
    /// What holds it.
    pub object: ObjectId,
    /// The trace.
    pub root_span_id: String,
    /// The span to open, by span id; the root if absent or unknown.
    pub span_id: Option<String>,
    /// The span that one answers for, by span id; the root if absent or unknown.
    #[serde(default)]
    pub form: Option<String>,
}

impl OpenTrace {
    /// The trace that an address opens, with the span that one reads and the one that one answers for; none where it opens none.
    pub fn of(address: &LogsAddress, object: ObjectId) -> Option<Self> {
        let root_span_id = address.trace.clone()?;
        let span_id = address.reading.clone().or_else(|| address.span.clone());
        Some(Self { object, root_span_id, span_id, form: address.span.clone() })
    }
}

/// A trace with one span opened: what arrived, and what people said about the span.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceView {
    /// What arrived.
    pub content: TraceContent,
    /// What people said about the open span, and what was reported of it.
    pub said: SpanSaid,
    /// What else is told of the trace.
    pub beside: Beside,
    /// Live events up to this one are in it already.
    pub as_of: i64,
}

/// What arrived of a trace with one span opened: nothing that anybody says about a span changes it, but answers that lie on its fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceContent {
    /// The trace itself.
    pub trace: TraceHead,
    /// The part of its tree that the open span is in.
    pub tree: TreePart,
    /// The open span.
    pub span: SpanHead,
    /// Its input, output, expected, error, metadata, in this order; only those that are there.
    pub fields: Vec<FieldView>,
}

/// What stands above an open trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceHead {
    /// The trace's id.
    pub root_span_id: String,
    /// The row id of the root span; of the first span while the root has not arrived.
    pub row_id: RowId,
    /// The root span's name.
    pub name: String,
    /// The first characters of the root's input, on one line.
    pub input: String,
    /// Spans.
    pub spans: i64,
    /// Where it stands in the list.
    pub place: Place,
}

impl TraceHead {
    /// What the trace is called, as [`TraceRow::title`] has it.
    pub fn title(&self, kind: ObjectKind) -> &str {
        title(kind, &self.name, &self.input, &self.root_span_id)
    }
}

/// Spans of a tree that are sent at once. What is longer is read on in parts, as it comes into view.
pub const TREE_PART: u32 = 200;

/// A part of the tree of a trace, at most [`TREE_PART`] spans long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TreePart {
    /// The place of the first of them in the tree, from 0.
    pub first: u32,
    /// Parents before children, with their depth.
    pub spans: Vec<SpanNode>,
    /// Spans of the whole tree.
    pub total: u32,
    /// From the first start in the trace to the last end.
    pub duration: Micros,
    /// Spans of the whole tree that ended in an error.
    pub errors: u32,
    /// Tokens of the whole tree, as [`total`] counts them.
    pub tokens: Option<i64>,
    /// Cost of the whole tree in units of 1e-9 dollars, as [`total`] counts it.
    pub cost: Option<i64>,
    /// Live events up to this one are in it already.
    pub as_of: i64,
}

/// Asks for a part of the tree of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReadTree {
    /// What holds the trace.
    pub object: ObjectId,
    /// The trace.
    pub root_span_id: String,
    /// The place of the first span wanted.
    pub first: u32,
}

/// A span in the tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpanNode {
    /// Span id.
    pub span_id: String,
    /// Name.
    pub name: String,
    /// `llm`, `tool`, `task`, `score`, …
    pub kind: String,
    /// 0 for roots.
    pub depth: u32,
    /// Whether it ended in an error.
    pub error: bool,
    /// Start after the trace's start.
    pub offset: Option<Micros>,
    /// From its start to its end.
    pub duration: Option<Micros>,
    /// Its tokens.
    pub tokens: Option<i64>,
    /// Its cost in units of 1e-9 dollars.
    pub cost: Option<i64>,
    /// Scores that were reported of it, in the order of their names; the first [`NODE_SCORES`]. What people said stands in [`SpanMark`].
    pub scores: Vec<(String, f64)>,
}

/// Scores of a span that a tree tells at most.
pub const NODE_SCORES: usize = 4;

/// What stands above the fields of an open span.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpanHead {
    /// Row id.
    pub row_id: RowId,
    /// Span id.
    pub span_id: String,
    /// Name.
    pub name: String,
    /// `llm`, `tool`, `task`, `score`, …
    pub kind: String,
    /// When it began.
    pub created: Micros,
    /// From its start to its end.
    pub duration: Option<Micros>,
    /// Numbers of `metrics` beside start and end, in their order.
    pub metrics: Vec<(String, f64)>,
    /// The model, where metadata names one.
    pub model: Option<String>,
    /// The row that it was made of, where it says so.
    pub origin: Option<RowAddress>,
}
