//! What the Logs page knows.

use super::LogsView;
use super::columns::ShownColumn;
use super::order::Order;
use super::seen::Seen;
use super::selection::Selection;
use crate::api::AppError;
use crate::context::use_project;
use crate::journal::Journal;
use crate::live;
use crate::trace::{Links, Opened, TraceState};
use leptos::prelude::*;
use serde_json::value::RawValue;
use shared::address::{LogsAddress, NEWEST_FIRST, RowsPage};
use shared::layout::TraceLayout;
use shared::live::Traces;
use shared::markup::Html;
use shared::objects::Place;
use shared::questions::Question;
use shared::spans::TraceRow;
use shared::summary::{ScoreKind, Summary};
use shared::tags::Tag;
use shared::views::ListState;
use shared::{ObjectId, ProjectId};
use std::collections::{BTreeMap, BTreeSet};

/// What the Logs page knows. Everything in it is a signal, so copies share it.
#[derive(Clone, Copy)]
pub(crate) struct LogsState {
    pub(super) project: StoredValue<ProjectId>,
    object: StoredValue<ObjectId>,
    /// Which rows of the project are shown.
    pub(crate) rows: StoredValue<RowsPage>,
    /// What stands in the address bar.
    pub(crate) address: Memo<LogsAddress>,
    /// The filter that the page was loaded with.
    pub(crate) filter: StoredValue<String>,
    /// The order of the rows, as the address says it; empty for the newest first.
    pub(super) sort: StoredValue<String>,
    /// The parameters of the address that says all that is shown.
    pub(super) others: RwSignal<Vec<(String, String)>>,
    /// The condition of the rows: the filter, and the time that they are of.
    pub(super) condition: StoredValue<String>,
    /// The columns that somebody chose; none for those that the list has by itself.
    pub(super) columns: RwSignal<Vec<ShownColumn>>,
    /// The expressions of those that are computed of each row.
    pub(super) computed: StoredValue<Vec<String>>,
    /// Where the rows go on in an order of one's own.
    pub(super) further: StoredValue<Option<String>>,
    /// The views, as the server writes them.
    pub(super) views: RwSignal<Html>,
    /// The summary and the loaded rows.
    pub(crate) traces: RwSignal<Traces>,
    /// Every score there is, whatever the filter, with where it comes from.
    pub(super) kinds: RwSignal<BTreeMap<String, ScoreKind>>,
    /// What the means are compared with, as it was when the page was loaded.
    pub(crate) compared: RwSignal<Vec<Summary>>,
    /// The name of the experiment that is the base.
    pub(super) base: RwSignal<Option<String>>,
    /// What there is to say about an experiment or a dataset, as JSON.
    pub(super) about: RwSignal<Option<Box<RawValue>>>,
    /// The questions in order; archived ones too.
    pub(crate) questions: RwSignal<Vec<Question>>,
    /// The configured tags.
    pub(crate) tags: RwSignal<Vec<Tag>>,
    /// Keys of rows that changed just now.
    pub(crate) changed: RwSignal<BTreeSet<i64>>,
    /// The open trace.
    pub(crate) trace: TraceState,
    /// Where one can go from it.
    pub(super) links: Links,
    /// As what its spans are laid out.
    layout: RwSignal<TraceLayout>,
    /// Its conversation, where that came with the page.
    conversation: StoredValue<Option<Box<RawValue>>>,
    /// The order in which one goes through the traces, while one is open.
    pub(super) order: RwSignal<Option<Order>>,
    /// Rows that have left the list and not yet that order.
    pub(super) departed: StoredValue<Vec<TraceRow>>,
    /// Why the list could not be read, again or any further.
    pub(super) unread: RwSignal<Option<AppError>>,
    pub(super) reading: StoredValue<Reading>,
    /// How many steps were asked for that are not taken yet, because their part of the bundle is on its way.
    pub(super) steps: StoredValue<u32>,
    /// What is seen of the list.
    pub(super) seen: Seen,
    /// Which rows are selected.
    pub(super) selection: Selection,
}

/// What of the list is being read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reading {
    /// Whether it will be read again in a moment.
    pub(super) is_due: bool,
    /// Whether it is being read again.
    pub(super) is_on_its_way: bool,
    /// Whether something has changed since that was asked.
    pub(super) is_stale: bool,
    /// Whether a further page is being read.
    pub(super) is_going_on: bool,
    /// The row up to which rows are needed.
    pub(super) needed: usize,
    /// The row that is looked for, wherever it stands.
    pub(super) sought: Option<Place>,
}

/// A score as a card and a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScoreColumn {
    pub(crate) name: String,
    pub(crate) kind: ScoreKind,
}

impl LogsState {
    /// Takes over what the server sent and follows what happens from there.
    ///
    /// `left` says whether the page is about to go.
    pub(crate) fn new(project: ProjectId, rows: RowsPage, address: Memo<LogsAddress>, left: Signal<bool>, view: LogsView) -> Self {
        let (object, kind) = (view.object.clone(), rows.kind());
        let traces = RwSignal::new(view.traces());
        let questions = RwSignal::new(view.questions);
        let journal = Journal::of(&use_project().viewer);
        let is_open = address.with_untracked(|address| address.trace.is_some() || address.row.is_some());
        let order = is_open.then(|| traces.with_untracked(|traces| Order::of(&traces.rows)));
        let newest = traces.with_untracked(|traces| traces.rows.first().map(TraceRow::place)).filter(|_| is_open);
        let rows = StoredValue::new(rows);
        let links = Links::new(address, rows);
        let state = Self {
            project: StoredValue::new(project.clone()),
            object: StoredValue::new(object.clone()),
            address,
            filter: StoredValue::new(view.filter),
            sort: StoredValue::new(view.sort),
            others: RwSignal::new(view.others),
            condition: StoredValue::new(view.condition),
            columns: RwSignal::new(view.columns),
            computed: StoredValue::new(view.computed),
            further: StoredValue::new(view.further),
            views: RwSignal::new(view.views),
            traces,
            kinds: RwSignal::new(view.scores),
            compared: RwSignal::new(view.compared),
            base: RwSignal::new(view.base),
            about: RwSignal::new(view.about),
            questions,
            tags: RwSignal::new(view.tags),
            changed: RwSignal::new(BTreeSet::new()),
            trace: TraceState::new(kind, object, view.trace, view.trace_missing, journal, questions, left),
            links,
            layout: RwSignal::new(view.layout),
            conversation: StoredValue::new(view.conversation),
            rows,
            order: RwSignal::new(order),
            departed: StoredValue::new(Vec::new()),
            unread: RwSignal::new(None),
            reading: StoredValue::new(Reading::default()),
            steps: StoredValue::new(0),
            seen: Seen::new(newest),
            selection: Selection::new(),
        };
        let as_of = move || traces.try_with_untracked(|traces| traces.as_of).unwrap_or_default();
        live::follow(project, as_of, move |event| state.receive(&event));
        state
    }

    /// What holds the traces.
    pub(crate) fn object(&self) -> ObjectId {
        self.object.get_value()
    }

    /// The scores that have a card, the same with any filter: every question that is asked, then whatever else has values.
    pub(crate) fn scores(&self) -> Vec<ScoreColumn> {
        let questions = self.questions.read();
        let kind = self.rows.with_value(RowsPage::kind);
        let is_score = |question: &&Question| !question.archived && question.definition.kind.is_score() && question.definition.fits(kind);
        let asked = questions.iter().filter(is_score).map(|question| question.name.clone());
        let mut columns: Vec<_> = asked.map(|name| ScoreColumn { name, kind: ScoreKind::Human }).collect();
        let others = |columns: &mut Vec<ScoreColumn>, name: &String, kind: &dyn Fn() -> ScoreKind| {
            if columns.iter().all(|column| column.name != *name) {
                columns.push(ScoreColumn { name: name.clone(), kind: kind() });
            }
        };
        self.kinds.with(|kinds| kinds.iter().for_each(|(name, kind)| others(&mut columns, name, &|| *kind)));
        self.traces.with(|traces| {
            for name in traces.summary.scores.keys() {
                // What came a moment ago is what its rows say.
                let of_rows = || traces.rows.iter().filter_map(|row| row.scores.get(name)).map(|score| score.kind);
                others(&mut columns, name, &|| ScoreKind::first_of(of_rows()));
            }
        });
        columns
    }

    /// Whether anything has a value of a score, whatever the filter.
    pub(super) fn has_values(&self, name: &str) -> bool {
        self.kinds.with(|kinds| kinds.contains_key(name)) || self.traces.with(|traces| traces.summary.scores.contains_key(name))
    }

    /// The address of this list with another trace open, or none.
    pub(crate) fn address_of(&self, trace: Option<&str>, span: Option<&str>) -> String {
        let query = self.address.with(|address| address.with_trace(trace, span).to_query());
        if query.is_empty() { "?".to_owned() } else { query }
    }

    /// The address of this page with another filter.
    pub(super) fn address_with_filter(&self, filter: &str) -> String {
        self.sort.with_value(|sort| self.address_with(filter, sort))
    }

    /// The address of this page in another order.
    pub(super) fn address_sorted(&self, sort: &str) -> String {
        self.filter.with_value(|filter| self.address_with(filter, sort))
    }

    /// The address of this page in the order by a measure: the greatest first, then the smallest, then as it was.
    pub(super) fn address_by(&self, measure: &str) -> String {
        let next = match (self.direction_by(measure), measure) {
            (None, "created") => String::new(),
            (Some("descending"), _) => format!("{measure} asc"),
            (Some(_), _) => String::new(),
            (None, _) => format!("{measure} desc"),
        };
        self.address_sorted(&next)
    }

    /// In which direction the rows are in the order by a measure.
    pub(super) fn direction_by(&self, measure: &str) -> Option<&'static str> {
        self.sort.with_value(|sort| {
            let sort = if sort.is_empty() { NEWEST_FIRST } else { sort.as_str() };
            Some(match sort.strip_prefix(measure)? {
                " desc" => "descending",
                " asc" => "ascending",
                _ => return None,
            })
        })
    }

    /// The address of the page, with all that is shown.
    pub(super) fn shown_address(&self) -> LogsAddress {
        LogsAddress { others: self.others.get_untracked(), ..self.address.get_untracked() }
    }

    /// What the list shows.
    pub(super) fn shown(&self) -> ListState {
        let (filter, sort) = (self.filter.get_value(), self.sort.get_value());
        ListState { filter, sort, ..ListState::of(&self.shown_address()) }
    }

    /// Whether rows have more room.
    pub(super) fn is_comfortable(&self) -> bool {
        self.has_other("density")
    }

    /// Whether something is said of how the list is shown.
    pub(super) fn has_other(&self, wanted: &str) -> bool {
        self.others.with(|others| others.iter().any(|(key, _)| key == wanted))
    }

    fn address_with(&self, filter: &str, sort: &str) -> String {
        let query = self.shown_address().with_list(filter, sort).to_query();
        if query.is_empty() { "?".to_owned() } else { query }
    }

    /// What an open trace is given of this page.
    pub(super) fn opened(&self) -> Opened {
        let kind = self.rows.with_value(RowsPage::kind);
        Opened {
            trace: self.trace,
            kind,
            questions: self.questions,
            tags: self.tags,
            links: self.links,
            layout: self.layout,
            conversation: self.conversation,
        }
    }

    /// The class that colours a tag.
    pub(crate) fn tag_color(&self, name: &str) -> Option<String> {
        self.tags.with(|tags| tags.iter().find(|tag| tag.name == name).map(|tag| format!("c-{}", tag.color)))
    }

    /// Whether the list is of the logs.
    pub(super) fn is_of_logs(&self) -> bool {
        self.rows.with_value(|rows| *rows == RowsPage::Logs)
    }

    /// What one line of the list is called, and several.
    pub(super) fn nouns(&self) -> (&'static str, &'static str) {
        if self.is_of_logs() { ("trace", "traces") } else { ("row", "rows") }
    }

    /// Whether the list is of what matches a filter.
    pub(crate) fn is_filtered(&self) -> bool {
        self.condition.with_value(|condition| !condition.trim().is_empty())
    }
}
