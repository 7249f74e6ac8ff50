//! Logs: the summary strip, the filter, the table of traces, and the open trace beside it.

pub mod api;
mod cases;
mod columns;
mod cursor;
mod filter;
mod first_steps;
mod groups;
mod keys;
mod layout;
mod numbered;
mod order;
mod page;
mod part;
mod reading;
mod row;
mod seen;
mod selection;
mod sidelist;
mod sorted;
mod state;
mod summary;
mod table;
mod unread;
mod views;
mod walk;

pub use columns::ShownColumn;
pub use page::LogsPage;
pub(crate) use part::load_trace;
use sidelist::SideList;
use state::LogsState;
use walk::TraceStep;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use shared::address::RowsPage;
use shared::layout::TraceLayout;
use shared::live::Traces;
use shared::markup::Html;
use shared::objects::Place;
use shared::questions::Question;
use shared::spans::{OpenTrace, TracePage};
use shared::summary::{ScoreKind, Summary};
use shared::tags::Tag;
use shared::{ObjectId, ProjectId, RowId};
use std::collections::BTreeMap;

/// Rows that are on the page before it is hydrated.
const FIRST_PAGE: u32 = 50;

/// Rows of each further page: more would keep the browser from answering while it reads them.
const FURTHER_PAGE: u32 = 200;

/// Asks for everything that the Logs page shows at first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenLogs {
    /// The project.
    pub project: ProjectId,
    /// Which rows of it.
    pub rows: RowsPage,
    /// The filter as typed.
    pub filter: String,
    /// Begin after this place.
    pub before: Option<Place>,
    /// Rows wanted.
    pub limit: u32,
    /// The trace to open.
    pub open: Option<OpenTrace>,
    /// The row to open, where only that is known.
    pub row: Option<RowId>,
    /// As what the open trace is laid out, where the address says so.
    #[serde(default)]
    pub layout: Option<TraceLayout>,
    /// Whatever else stands in the address, which the links of the page keep.
    #[serde(default)]
    pub others: Vec<(String, String)>,
}

/// Everything that the Logs page shows at first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LogsView {
    /// What holds the rows.
    pub object: ObjectId,
    /// What is asked about spans.
    pub questions: Vec<Question>,
    /// The configured tags, with their colours.
    pub tags: Vec<Tag>,
    /// Of what matches the filter.
    pub summary: Summary,
    /// Every score there is, whatever the filter, with where it comes from.
    pub scores: BTreeMap<String, ScoreKind>,
    /// What the means are compared with: the base of an experiment; of logs the week before the last one, then the last one.
    /// Nothing with a filter.
    pub compared: Vec<Summary>,
    /// The experiment that this one is compared with.
    pub base: Option<String>,
    /// What there is to say about an experiment or a dataset, as JSON: only the part of the bundle that draws it can read it.
    pub about: Option<Box<RawValue>>,
    /// The newest traces that match.
    pub page: TracePage,
    /// The open trace, as JSON: only the part of the bundle that draws it can read it.
    pub trace: Option<Box<RawValue>>,
    /// As what the open trace is laid out: as the address says, else as was chosen in this browser.
    pub layout: TraceLayout,
    /// The conversation of the open trace where it is laid out as one, as JSON, like the trace.
    pub conversation: Option<Box<RawValue>>,
    /// What the open trace is called.
    pub opened: Option<String>,
    /// True if a trace was asked for that does not exist.
    pub trace_missing: bool,
    /// The conditions of the filter and what adds one, as HTML: only the server and the part of the filter bar read filters.
    pub conditions: Html,
    /// The filter that is shown: what the address says, else what its view does.
    pub filter: String,
    /// The order that is shown, likewise; empty for the newest first.
    pub sort: String,
    /// The parameters of the address that says all that is shown.
    pub others: Vec<(String, String)>,
    /// The condition of the rows: the filter, and the time that they are of.
    pub condition: String,
    /// The columns that somebody chose; none for those that the list has by itself.
    pub columns: Vec<ShownColumn>,
    /// The expressions of those that are computed of each row.
    pub computed: Vec<String>,
    /// Where the rows go on in an order of one's own; then that of the page is only where they end.
    pub further: Option<String>,
    /// The views, and which one is shown, as HTML.
    pub views: Html,
    /// What is wrong with the filter, as HTML; then nothing is listed.
    pub mistakes: Html,
}

impl LogsView {
    /// What live events are applied to.
    fn traces(&self) -> Traces {
        let TracePage { rows, next, as_of, .. } = self.page.clone();
        Traces { summary: self.summary.clone(), rows, next, is_sorted: !self.sort.is_empty(), as_of }
    }
}
