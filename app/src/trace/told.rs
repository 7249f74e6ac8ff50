//! What the server said of an open trace. Its content is shared and never copied: what people say lies apart from it.

use crate::journal::Entry;
use crate::journal::overlay::{expected_on_its_way, lay_over};
use shared::objects::RowAddress;
use shared::people::Person;
use shared::said::SpanSaid;
use shared::spans::{FieldView, OpenTrace, RereadTrace, TraceChanges, TraceContent, TraceView};
use std::sync::Arc;

/// What the server said of a trace with one span opened. Copies share it.
#[derive(Clone)]
pub(super) struct Told {
    pub(super) content: Arc<TraceContent>,
    said: Arc<SpanSaid>,
    /// Events up to this one are in what is said; those in the content are told by its tree.
    pub(super) as_of: i64,
}

/// What is shown of it, with what is on its way on top.
pub(super) struct Shown {
    pub(super) said: SpanSaid,
    /// What is on its way to *expected*, if anything is.
    pub(super) expected: Option<Option<FieldView>>,
}

impl From<TraceView> for Told {
    fn from(TraceView { content, said, as_of }: TraceView) -> Self {
        Self { content: Arc::new(content), said: Arc::new(said), as_of }
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
        is_span && trace.root_span_id == query.root_span_id
    }

    /// Whether it is of the same row as another, and was read later.
    pub(super) fn is_newer_than(&self, other: &Self) -> bool {
        self.content.span.row_id == other.content.span.row_id && self.as_of > other.as_of
    }

    /// Asks what is another by now, with `content` also in what arrived.
    pub(super) fn again(&self, query: OpenTrace, content: bool) -> RereadTrace {
        let OpenTrace { object, root_span_id, span_id } = query;
        RereadTrace { object, root_span_id, span_id, said: self.said.known(), content: content.then(|| self.content.known()) }
    }

    /// What the server says by now.
    pub(super) fn with(&self, changes: TraceChanges) -> Self {
        let TraceChanges { said, content, as_of } = changes;
        let content = match content {
            Some(content) => Arc::new(self.content.with(content, as_of)),
            None => self.content.clone(),
        };
        Self { content, said: Arc::new(self.said.with(said)), as_of }
    }

    /// What is shown while these commands are on their way.
    pub(super) fn with_entries(&self, row: &RowAddress, entries: &[Entry], me: &Person) -> Shown {
        let mut said = SpanSaid::clone(&self.said);
        lay_over(&mut said, self.as_of, self.content.span.created, row, entries, me);
        Shown { said, expected: expected_on_its_way(self.content.tree.as_of, row, entries) }
    }
}
