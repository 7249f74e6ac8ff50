//! What the Logs page knows, and how it stays true.

use super::api::{list_traces, open_logs};
use super::{FIRST_PAGE, FURTHER_PAGE, LogsView, OpenLogs};
use crate::api::send;
use crate::journal::Journal;
use crate::live;
use crate::projects::use_project;
use crate::trace::TraceState;
use leptos::prelude::*;
use shared::address::{LogsAddress, RowsPage};
use shared::live::{Applied, Change, Event, Traces};
use shared::questions::Question;
use shared::spans::{ListTraces, TraceRow};
use shared::summary::{ScoreKind, Summary};
use shared::tags::Tag;
use shared::{ObjectId, ProjectId};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long a changed row keeps its tint.
const TINT: Duration = Duration::from_millis(1200);

/// How long changes are gathered before a filtered list is read again.
const GATHER: Duration = Duration::from_millis(150);

/// The same where every change is a reason to read again, because what changed is not told.
const GATHER_VEILED: Duration = Duration::from_millis(500);

/// Rows for which room is made beforehand; longer lists grow by doubling.
const MOST_RESERVED: usize = 200_000;

/// What the Logs page knows. Everything in it is a signal, so copies share it.
#[derive(Clone, Copy)]
pub(crate) struct LogsState {
    project: StoredValue<ProjectId>,
    object: StoredValue<ObjectId>,
    /// Which rows of the project are shown.
    pub(crate) rows: StoredValue<RowsPage>,
    /// What stands in the address bar.
    pub(crate) address: Memo<LogsAddress>,
    /// The filter that the page was loaded with.
    pub(crate) filter: StoredValue<String>,
    /// The summary and the loaded rows.
    pub(crate) traces: RwSignal<Traces>,
    /// What the means are compared with, as it was when the page was loaded.
    pub(crate) compared: RwSignal<Vec<Summary>>,
    /// The questions in order; archived ones too.
    pub(crate) questions: RwSignal<Vec<Question>>,
    /// The configured tags.
    pub(crate) tags: RwSignal<Vec<Tag>>,
    /// Keys of rows that changed just now.
    pub(crate) changed: RwSignal<BTreeSet<i64>>,
    /// The open trace.
    pub(crate) trace: TraceState,
    loading: RwSignal<bool>,
    stale: StoredValue<bool>,
}

/// A score as a card and a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScoreColumn {
    pub(crate) name: String,
    pub(crate) kind: ScoreKind,
}

impl LogsState {
    /// Takes over what the server sent and follows what happens from there.
    pub(crate) fn new(project: ProjectId, rows: RowsPage, address: Memo<LogsAddress>, view: LogsView) -> Self {
        let object = view.object.clone();
        let traces = RwSignal::new(view.traces());
        let questions = RwSignal::new(view.questions);
        let journal = Journal::of(&use_project().viewer);
        let state = Self {
            project: StoredValue::new(project.clone()),
            object: StoredValue::new(object.clone()),
            address,
            filter: StoredValue::new(address.with_untracked(|address| address.filter.clone())),
            traces,
            compared: RwSignal::new(view.compared),
            questions,
            tags: RwSignal::new(view.tags),
            changed: RwSignal::new(BTreeSet::new()),
            trace: TraceState::new(rows.kind(), object, view.trace, view.trace_missing, journal, questions),
            rows: StoredValue::new(rows),
            loading: RwSignal::new(false),
            stale: StoredValue::new(false),
        };
        let as_of = move || traces.try_with_untracked(|traces| traces.as_of).unwrap_or_default();
        live::follow(project, as_of, move |event| state.receive(&event));
        state
    }

    /// What holds the traces.
    pub(crate) fn object(&self) -> ObjectId {
        self.object.get_value()
    }

    fn receive(&self, event: &Event) {
        // The page may be gone while its stream says one last thing.
        let Some(filtered) = self.filter.try_with_value(|filter| !filter.trim().is_empty()) else { return };
        match &event.change {
            Change::Spans(changed) => self.trace.touched(&changed.touched),
            Change::Veiled(veiled) => self.trace.touched(&veiled.touched),
            Change::Configuration | Change::Resync => {}
        }
        if filtered {
            // Which traces match now is the server's to say.
            self.traces.update(|traces| traces.as_of = traces.as_of.max(event.sequence));
            self.reload_soon(GATHER);
            return;
        }
        let object = self.object();
        let mut applied = Applied::Nothing;
        self.traces.update(|traces| applied = traces.apply(&object, event));
        match applied {
            Applied::Nothing => {}
            Applied::Changed => {
                if let Change::Spans(changed) = &event.change {
                    self.tint(changed.traces.iter().map(|row| row.key).collect());
                }
            }
            Applied::Stale if matches!(event.change, Change::Veiled(_)) => self.reload_soon(GATHER_VEILED),
            Applied::Stale => self.reload_soon(GATHER),
            Applied::Resync => {
                // Whatever the server says now holds, even if its count of events began anew.
                self.traces.update(|traces| traces.as_of = 0);
                self.reload_soon(GATHER);
            }
        }
    }

    fn tint(&self, keys: Vec<i64>) {
        let changed = self.changed;
        changed.update(|changed| changed.extend(keys.iter().copied()));
        set_timeout(
            move || {
                let _ = changed.try_update(|changed| changed.retain(|key| !keys.contains(key)));
            },
            TINT,
        );
    }

    /// Reads the list, the summary and the questions again, a moment later and once for all that happens meanwhile.
    fn reload_soon(&self, gather: Duration) {
        if self.stale.get_value() {
            return;
        }
        self.stale.set_value(true);
        let state = *self;
        set_timeout(
            move || {
                if state.stale.try_set_value(false).is_none() {
                    state.reload();
                }
            },
            gather,
        );
    }

    fn reload(&self) {
        let loaded = self.traces.with_untracked(|traces| u32::try_from(traces.rows.len()).unwrap_or(u32::MAX));
        let query = OpenLogs {
            project: self.project.get_value(),
            rows: self.rows.get_value(),
            filter: self.filter.get_value(),
            before: self.address.with_untracked(|address| address.before),
            limit: loaded.clamp(FIRST_PAGE, FURTHER_PAGE * 2),
            open: None,
            row: None,
        };
        let state = *self;
        send(open_logs(query), move |answer| {
            let Ok(view) = answer else { return };
            if state.filter.try_get_value().is_none() {
                return;
            }
            let newer = view.traces();
            let known = state.traces.with_untracked(|traces| traces.as_of);
            if newer.as_of >= known || state.is_filtered() {
                state.traces.set(Traces { as_of: newer.as_of.max(known), ..newer });
            } else {
                // Events that came meanwhile are not in what was read, and would be lost with it.
                state.reload_soon(GATHER);
            }
            state.compared.set(view.compared);
            state.questions.set(view.questions);
            state.tags.set(view.tags);
        });
        self.trace.reload();
    }

    /// Loads the next page if the row at `index` comes near the end of what is loaded.
    pub(crate) fn need(&self, index: usize) {
        let (near, next) = self.traces.with_untracked(|traces| (index + 300 > traces.rows.len(), traces.next));
        let Some(next) = next.filter(|_| near && !self.loading.get_untracked()) else { return };
        self.loading.set(true);
        let query = ListTraces { object: self.object(), filter: self.filter.get_value(), before: Some(next), limit: FURTHER_PAGE };
        let state = *self;
        send(list_traces(query), move |answer| {
            if state.loading.try_set(false).is_some() {
                return;
            }
            let Ok(page) = answer else { return };
            let partial = page.partial;
            state.traces.update(|traces| {
                // Rows that arrived by an event meanwhile are newer than the page and stay.
                let last = traces.rows.last().map(TraceRow::place);
                let fresh = page.rows.into_iter().filter(|row| last.is_none_or(|last| row.place() < last));
                // Room for the whole list at once: growing little by little copies what is there again and again, in the end
                // for longer than a frame may take.
                let whole = usize::try_from(traces.summary.traces).unwrap_or(0).min(MOST_RESERVED);
                traces.rows.reserve(whole.saturating_sub(traces.rows.len()));
                traces.rows.extend(fresh);
                traces.next = page.next;
            });
            // The server has looked at enough for one answer; what is missing comes with the next.
            if partial {
                state.need(index);
            }
        });
    }

    /// The scores that have a card: every question that is asked, then whatever else has values.
    pub(crate) fn scores(&self) -> Vec<ScoreColumn> {
        let questions = self.questions.read();
        let kind = self.rows.with_value(RowsPage::kind);
        let is_score = |question: &&Question| !question.archived && question.definition.kind.is_score() && question.definition.fits(kind);
        let asked = questions.iter().filter(is_score).map(|question| question.name.clone());
        let mut columns: Vec<_> = asked.map(|name| ScoreColumn { name, kind: ScoreKind::Human }).collect();
        self.traces.with(|traces| {
            for name in traces.summary.scores.keys() {
                if columns.iter().all(|column| column.name != *name) {
                    let human = questions.iter().any(|question| question.name == *name);
                    let kind = if human { ScoreKind::Human } else { ScoreKind::Automatic };
                    columns.push(ScoreColumn { name: name.clone(), kind });
                }
            }
        });
        columns
    }

    /// The address of this list with another trace open, or none.
    pub(crate) fn address_of(&self, trace: Option<&str>, span: Option<&str>) -> String {
        let query = self.address.with(|address| address.with_trace(trace, span).to_query());
        if query.is_empty() { "?".to_owned() } else { query }
    }

    /// The class that colours a tag.
    pub(crate) fn tag_color(&self, name: &str) -> Option<String> {
        self.tags.with(|tags| tags.iter().find(|tag| tag.name == name).map(|tag| format!("c-{}", tag.color)))
    }

    /// Whether the list is of what matches a filter.
    pub(crate) fn is_filtered(&self) -> bool {
        self.filter.with_value(|filter| !filter.trim().is_empty())
    }
}
