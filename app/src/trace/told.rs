//! What the server said of an open trace. Its content is shared and never copied: what people say lies apart from it.

use crate::journal::Entry;
use crate::journal::overlay::{expected_on_its_way, lay_over};
use shared::RowId;
use shared::objects::RowAddress;
use shared::people::Person;
use shared::said::SpanSaid;
use shared::spans::{Beside, FieldView, FormSpan, OpenTrace, RereadTrace, SpanMark, TraceChanges, TraceContent, TraceView};
use std::sync::Arc;

/// What the server said of a trace with one span opened. Copies share it.
#[derive(Clone)]
pub(super) struct Told {
    pub(super) content: Arc<TraceContent>,
    said: Arc<SpanSaid>,
    beside: Arc<Beside>,
    /// Events up to this one are in what is said; those in the content are told by its tree.
    pub(super) as_of: i64,
}

/// What is shown of it, with what is on its way on top.
pub(super) struct Shown {
    pub(super) said: SpanSaid,
    /// What is on its way to *expected*, if anything is.
    pub(super) expected: Option<Option<FieldView>>,
    /// The span that one answers for, where it is not the open one.
    pub(super) form: Option<FormSpan>,
    /// The spans about which somebody said something.
    pub(super) marks: Vec<SpanMark>,
}

impl From<TraceView> for Told {
    fn from(TraceView { content, said, beside, as_of }: TraceView) -> Self {
        Self { content: Arc::new(content), said: Arc::new(said), beside: Arc::new(beside), as_of }
    }
}

impl Told {
    /// Whether it is what a query asks for, perhaps as it was a while ago.
    pub(super) fn is_of(&self, query: &OpenTrace) -> bool {
        let TraceContent { trace, span, .. } = &*self.content;
        let is_span = match &query.span_id {
            Some(wanted) => *wanted == span.span_id,
            None => trace.row_id == span.row_id,
        };
        is_span && self.form() == query.form && trace.root_span_id == query.root_span_id
    }

    /// The span that one answers for; none for the root.
    pub(super) fn form(&self) -> Option<String> {
        let TraceContent { trace, span, .. } = &*self.content;
        let (row, form) = self.beside.form.as_ref().map_or((&span.row_id, &span.span_id), |form| (&form.row_id, &form.span_id));
        (*row != trace.row_id).then(|| form.clone())
    }

    /// Whether it is of the same row as another, and was read later.
    pub(super) fn is_newer_than(&self, other: &Self) -> bool {
        self.content.span.row_id == other.content.span.row_id && self.form() == other.form() && self.as_of > other.as_of
    }

    /// Asks what is another by now, with `content` also in what arrived.
    pub(super) fn again(&self, query: OpenTrace, content: bool) -> RereadTrace {
        let OpenTrace { object, root_span_id, span_id, form } = query;
        let content = content.then(|| self.content.known());
        RereadTrace { object, root_span_id, span_id, form, said: self.said.known(), beside: self.beside.known(), content }
    }

    /// What the server says by now.
    pub(super) fn with(&self, changes: TraceChanges) -> Self {
        let TraceChanges { said, beside, content, as_of } = changes;
        let content = match content {
            Some(content) => Arc::new(self.content.with(content, as_of)),
            None => self.content.clone(),
        };
        Self { content, said: Arc::new(self.said.with(said)), beside: Arc::new(self.beside.with(beside)), as_of }
    }

    /// What is shown while these commands are on their way. `address` makes the address of a row.
    pub(super) fn with_entries(&self, address: impl Fn(&RowId) -> RowAddress, entries: &[Entry], me: &Person) -> Shown {
        let span = &self.content.span;
        let row = address(&span.row_id);
        let mut said = SpanSaid::clone(&self.said);
        lay_over(&mut said, self.as_of, span.created, &row, entries, me);
        let form = self.beside.form.clone().map(|mut form| {
            lay_over(&mut form.said, self.as_of, form.created, &address(&form.row_id), entries, me);
            form
        });
        let mut marks = self.beside.marks.clone();
        mark_own(&mut marks, &span.span_id, &span.name, &said, me);
        if let Some(form) = &form {
            mark_own(&mut marks, &form.span_id, &form.name, &form.said, me);
        }
        Shown { said, expected: expected_on_its_way(self.content.tree.as_of, &row, entries), form, marks }
    }
}

/// Marks a span as the viewer's answers stand there by now.
fn mark_own(marks: &mut Vec<SpanMark>, span: &str, name: &str, said: &SpanSaid, me: &Person) {
    let own = u32::try_from(said.answers.iter().filter(|answer| answer.reviewer.id == me.id).count()).unwrap_or(u32::MAX);
    match marks.iter_mut().find(|mark| mark.span_id == span) {
        Some(mark) => mark.own = own,
        None if own > 0 => marks.push(SpanMark { span_id: span.to_owned(), name: name.to_owned(), own, others: 0, scores: Vec::new() }),
        None => {}
    }
    marks.retain(|mark| mark.own + mark.others > 0);
}
