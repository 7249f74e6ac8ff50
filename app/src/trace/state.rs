//! What is known of the open trace, of those that may be opened next, and of what is being saved.

use crate::api::{AppError, send};
use crate::journal::Journal;
use crate::journal::overlay::lay_over;
use crate::journal::words::words;
use crate::parts::open_trace;
use leptos::prelude::*;
use serde_json::value::RawValue;
use shared::commands::Command;
use shared::live::Touched;
use shared::objects::{ObjectKind, RowAddress};
use shared::questions::Question;
use shared::spans::{OpenTrace, TraceView};
use shared::{ObjectId, Problem, RowId};
use std::collections::VecDeque;

/// Traces kept ready, so that opening one is instant.
const READY: usize = 24;

/// What is known of the open trace. Everything in it is a signal, so copies share it.
#[derive(Clone, Copy)]
pub(crate) struct TraceState {
    kind: ObjectKind,
    object: StoredValue<ObjectId>,
    /// What is shown: what the server said, with what is on its way there on top. The last trace until the next one is there.
    pub(crate) view: RwSignal<Option<TraceView>>,
    /// What the server said.
    told: StoredValue<Option<TraceView>>,
    journal: StoredValue<Journal>,
    questions: RwSignal<Vec<Question>>,
    /// Why the trace that was asked for is not shown.
    pub(crate) refused: RwSignal<Option<AppError>>,
    wanted: RwSignal<Option<OpenTrace>>,
    arrived: StoredValue<Option<Box<RawValue>>>,
    ready: StoredValue<VecDeque<(OpenTrace, TraceView)>>,
    asked: StoredValue<Vec<OpenTrace>>,
}

impl TraceState {
    /// `arrived` is the trace that came with the page, as JSON; [`TraceState::read_arrived`] reads it.
    pub(crate) fn new(
        kind: ObjectKind,
        object: ObjectId,
        arrived: Option<Box<RawValue>>,
        missing: bool,
        journal: Journal,
        questions: RwSignal<Vec<Question>>,
    ) -> Self {
        Self {
            kind,
            object: StoredValue::new(object),
            view: RwSignal::new(None),
            told: StoredValue::new(None),
            journal: StoredValue::new(journal),
            questions,
            refused: RwSignal::new(missing.then(|| AppError::Problem(Problem::not_found("trace")))),
            wanted: RwSignal::new(None),
            arrived: StoredValue::new(arrived),
            ready: StoredValue::new(VecDeque::new()),
            asked: StoredValue::new(Vec::new()),
        }
    }

    /// Shows the trace that came with the page. For the part of the bundle that draws traces: it alone can read them.
    pub(crate) fn read_arrived(&self) {
        let arrived = self.arrived.try_update_value(Option::take).flatten();
        // The server wrote it a moment ago; if it cannot be read all the same, the page says that it is loading.
        let Some(view) = arrived.and_then(|json| serde_json::from_slice::<TraceView>(json.get().as_bytes()).ok()) else {
            self.follow_journal();
            return;
        };
        self.wanted.set(Some(self.query(&view.row.root_span_id, Some(&view.span.span_id))));
        self.take(view);
        self.follow_journal();
    }

    /// Shows what the server says, with what is on its way there on top.
    fn take(&self, view: TraceView) {
        self.told.set_value(Some(view));
        self.draw();
    }

    fn draw(&self) {
        let mut view = self.told.get_value();
        if let Some(view) = &mut view {
            let journal = self.journal();
            let row = self.address_of(&view.span.row_id);
            journal.entries().with_untracked(|entries| lay_over(view, &row, entries, journal.person()));
        }
        self.view.set(view);
    }

    /// Draws again whenever something is said, sent or refused.
    fn follow_journal(&self) {
        let state = *self;
        let entries = self.journal().entries();
        Effect::new(move |before: Option<()>| {
            entries.track();
            if before.is_some() && state.told.with_value(Option::is_some) {
                state.draw();
            }
        });
    }

    fn address_of(&self, row: &RowId) -> RowAddress {
        RowAddress { object_type: self.kind, object_id: self.object.get_value(), id: row.clone() }
    }

    /// The trace that is open or being opened.
    pub(crate) fn open_root(&self) -> Option<String> {
        self.wanted.with(|wanted| wanted.as_ref().map(|wanted| wanted.root_span_id.clone()))
    }

    /// The row that is shown, as commands name it.
    pub(crate) fn row(&self) -> Option<RowAddress> {
        let id = self.view.with_untracked(|view| view.as_ref().map(|view| view.span.row_id.clone()))?;
        Some(self.address_of(&id))
    }

    /// What holds the trace.
    pub(crate) fn object(&self) -> ObjectId {
        self.object.get_value()
    }

    fn query(&self, root: &str, span: Option<&str>) -> OpenTrace {
        OpenTrace { object: self.object(), root_span_id: root.to_owned(), span_id: span.map(str::to_owned) }
    }

    /// Opens a trace and a span of it, or closes what is open.
    pub(crate) fn open(&self, root: Option<&str>, span: Option<&str>) {
        let Some(root) = root else {
            self.wanted.set(None);
            self.told.set_value(None);
            self.view.set(None);
            return;
        };
        let query = self.query(root, span);
        self.wanted.set(Some(query.clone()));
        let ready = self.ready.with_value(|ready| ready.iter().find(|(known, _)| *known == query).map(|(_, view)| view.clone()));
        match ready {
            Some(view) => self.show(&query, Ok(view)),
            None => self.load(query),
        }
    }

    /// Takes a command about a span: shows what it does at once, and sends it through the journal.
    pub(crate) fn run(&self, command: Command) {
        let what = self.questions.with_untracked(|questions| words(&command, questions));
        self.journal().run(command, what);
    }

    /// What the viewer said.
    pub(crate) fn journal(&self) -> Journal {
        self.journal.get_value()
    }

    /// Reads the open trace again.
    pub(crate) fn reload(&self) {
        self.ready.update_value(VecDeque::clear);
        if let Some(wanted) = self.wanted.get_untracked() {
            self.load(wanted);
        }
    }

    /// Spans changed: what is ready of their traces is old, and what is shown of them is read again.
    pub(crate) fn touched(&self, touched: &[Touched]) {
        let touches = |root: &str| touched.iter().any(|touched| touched.root_span_id == root);
        self.ready.update_value(|ready| ready.retain(|(known, _)| !touches(&known.root_span_id)));
        if let Some(wanted) = self.wanted.get_untracked().filter(|wanted| touches(&wanted.root_span_id)) {
            self.load(wanted);
        }
    }

    /// Makes a trace ready, because the pointer is on its row.
    pub(crate) fn prefetch(&self, root: &str) {
        let query = self.query(root, None);
        let known = self.ready.with_value(|ready| ready.iter().any(|(known, _)| *known == query));
        let asked = self.asked.with_value(|asked| asked.contains(&query));
        if known || asked {
            return;
        }
        self.asked.update_value(|asked| asked.push(query.clone()));
        let state = *self;
        send(open_trace(query.clone()), move |answer| {
            if state.asked.try_update_value(|asked| asked.retain(|other| *other != query)).is_none() {
                return;
            }
            if let Ok(view) = answer {
                state.keep(query, view);
            }
        });
    }

    fn keep(&self, query: OpenTrace, view: TraceView) {
        self.ready.update_value(|ready| {
            ready.retain(|(known, _)| *known != query);
            ready.push_back((query, view));
            if ready.len() > READY {
                ready.pop_front();
            }
        });
    }

    fn load(&self, query: OpenTrace) {
        let state = *self;
        send(open_trace(query.clone()), move |answer| state.show(&query, answer));
    }

    /// Whether what is shown is what was asked for, perhaps as it was a while ago.
    fn shows(&self, query: &OpenTrace) -> bool {
        let is_span = |view: &TraceView| query.span_id.as_ref().is_none_or(|span| *span == view.span.span_id);
        self.told.with_value(|told| told.as_ref().is_some_and(|told| told.row.root_span_id == query.root_span_id && is_span(told)))
    }

    /// Shows an answer, unless another trace is wanted by now or something newer is shown already.
    fn show(&self, query: &OpenTrace, answer: Result<TraceView, AppError>) {
        if self.wanted.try_get_untracked().flatten().as_ref() != Some(query) {
            return;
        }
        match answer {
            Ok(view) => {
                let newer = self.view.with_untracked(|shown| {
                    shown.as_ref().is_some_and(|shown| shown.span.row_id == view.span.row_id && shown.as_of > view.as_of)
                });
                if !newer {
                    self.refused.set(None);
                    self.take(view);
                }
            }
            // What is shown stays, with all that is typed there, unless it is known to be gone.
            Err(error) if self.shows(query) && !error.is_final() => {}
            Err(error) => {
                self.told.set_value(None);
                self.view.set(None);
                self.refused.set(Some(error));
            }
        }
    }
}
