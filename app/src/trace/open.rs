//! What an open trace is given by the page that shows it: the trace itself, what is asked about it, and where one can go.
//! Whatever draws the trace knows no more of that page.

use super::TraceState;
use leptos::prelude::*;
use serde_json::value::RawValue;
use shared::CommentId;
use shared::address::{LogsAddress, RowsPage};
use shared::layout::TraceLayout;
use shared::objects::{ObjectKind, RowAddress};
use shared::questions::Question;
use shared::tags::Tag;
use std::sync::Arc;

/// An open trace as its page gives it. Everything in it is a signal, so copies share it.
#[derive(Clone, Copy)]
pub(crate) struct Opened {
    /// What is shown of it.
    pub(crate) trace: TraceState,
    /// What kind of object holds it.
    pub(crate) kind: ObjectKind,
    /// The questions of the project in order; archived ones too.
    pub(crate) questions: RwSignal<Vec<Question>>,
    /// The configured tags.
    pub(crate) tags: RwSignal<Vec<Tag>>,
    /// Where one can go from here.
    pub(crate) links: Links,
    /// As what its spans are laid out.
    pub(crate) layout: RwSignal<TraceLayout>,
    /// The conversation of the trace that came with the page, as JSON.
    pub(crate) conversation: StoredValue<Option<Box<RawValue>>>,
}

impl Opened {
    /// The class that colours a tag.
    pub(crate) fn tag_color(&self, name: &str) -> Option<String> {
        self.tags.with(|tags| tags.iter().find(|tag| tag.name == name).map(|tag| format!("c-{}", tag.color)))
    }
}

/// Draws something about a row that is shown, anew for each row: what was begun about one goes with it and nowhere else.
pub(super) fn of_row(row: Memo<Option<RowAddress>>, draw: impl Fn(RowAddress) -> AnyView + Clone + Send + 'static) -> impl IntoView {
    view! { <For each=move || row.get() key=Clone::clone children=draw/> }
}

/// Where one goes from an open trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// To a span of a trace, to read it. What one answers for stays.
    Span {
        /// The trace.
        root: String,
        /// The span.
        span: String,
    },
    /// To answering for another span, while one goes on reading.
    AnswerFor {
        /// The trace.
        root: String,
        /// The span to answer for; none for the root.
        span: Option<String>,
        /// The span that one reads.
        reading: String,
    },
    /// To the trace before it.
    Previous,
    /// To the trace after it.
    Next,
    /// Into review mode.
    Review,
    /// Out of review mode, to where it came from, else out of the trace.
    Closed,
}

/// How one goes through the rows of the page by their numbers, in the order in which one came.
#[derive(Clone, Copy)]
pub(crate) struct Walk {
    /// The number of the open row, from 1; none where its place is not known.
    pub(crate) number: Memo<Option<usize>>,
    /// How many rows there are.
    pub(crate) count: Memo<usize>,
    /// Goes to the row with a number, or to the last.
    pub(crate) go: Callback<usize>,
    /// How many rows match that were not there, or did not match, when one came. They have no number yet.
    pub(crate) fresh: Memo<usize>,
    /// Gives every row that matches now its number.
    pub(crate) enter_again: Callback<()>,
}

type Leading = Arc<dyn Fn(Way) -> String + Send + Sync>;

/// The addresses that lead on from an open trace.
#[derive(Clone, Copy)]
pub(crate) struct Links {
    address: StoredValue<Option<Leading>>,
    walk: StoredValue<Option<Walk>>,
    page: Memo<LogsAddress>,
    /// The page that shows the rows, wherever the trace is shown now.
    pub(crate) rows: StoredValue<RowsPage>,
}

impl Links {
    /// `page` is the address of the page. Nothing leads anywhere before [`Links::lead`].
    pub(crate) fn new(page: Memo<LogsAddress>, rows: StoredValue<RowsPage>) -> Self {
        Self { address: StoredValue::new(None), walk: StoredValue::new(None), page, rows }
    }

    /// `address` says where a way leads, following what it depends on. Before anything is drawn that leads anywhere.
    pub(crate) fn lead(&self, walk: Walk, address: impl Fn(Way) -> String + Send + Sync + 'static) {
        self.walk.set_value(Some(walk));
        self.address.set_value(Some(Arc::new(address)));
    }

    /// How one goes through the rows by their numbers.
    pub(crate) fn walk(&self) -> Option<Walk> {
        self.walk.get_value()
    }

    /// Over which rows one is in review mode; none out of it.
    pub(crate) fn review(&self) -> Option<String> {
        self.page.with(|address| address.review.clone())
    }

    /// The comment that the address names.
    pub(crate) fn comment(&self) -> Option<CommentId> {
        self.page.with(|address| address.comment.clone())
    }

    /// The same address where it does not say as what the trace is laid out; none where it says nothing of it.
    pub(crate) fn without_layout(&self) -> Option<String> {
        self.page.with(|address| address.layout.map(|_| LogsAddress { layout: None, ..address.clone() }.to_query()))
    }

    /// The address that a way leads to.
    pub(crate) fn to(&self, way: Way) -> String {
        self.address.get_value().map(|address| address(way)).unwrap_or_default()
    }
}
