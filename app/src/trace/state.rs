//! What is known of the open trace, of those that may be opened next, and of what is being saved.

use crate::api::{AppError, send};
use crate::journal::Journal;
use crate::journal::overlay::lay_over;
use crate::journal::words::words;
use crate::trace::api::open_trace;
use leptos::prelude::*;
use serde_json::value::RawValue;
use shared::commands::Command;
use shared::live::Touched;
use shared::objects::{ObjectKind, Place, RowAddress};
use shared::questions::Question;
use shared::spans::{OpenTrace, SpanView, TraceView};
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
    /// What was asked for when the shown one was.
    shown: RwSignal<Option<OpenTrace>>,
    /// The row that is shown, also while another one is on its way.
    pub(crate) row: Memo<Option<RowAddress>>,
    /// Whether the row that is shown is the one that is wanted. Otherwise it takes nothing more.
    pub(crate) is_painted: Memo<bool>,
    /// How often something was done to a row that takes nothing more.
    pub(crate) missed: RwSignal<u32>,
    arrived: StoredValue<Option<Box<RawValue>>>,
    /// Whether anything was read yet that can grow old.
    pub(crate) has_read: StoredValue<bool>,
    ready: StoredValue<VecDeque<(OpenTrace, TraceView)>>,
    /// What is on its way to be ready.
    asked: StoredValue<Vec<OpenTrace>>,
    /// What is being read to be shown, and whether it changed since that was asked.
    reading: StoredValue<Option<(OpenTrace, bool)>>,
}

impl TraceState {
    /// `arrived` is the trace that came with the page, as JSON; [`TraceState::read_arrived`] reads it. `left` says whether the page is
    /// about to go.
    pub(crate) fn new(
        kind: ObjectKind,
        object: ObjectId,
        arrived: Option<Box<RawValue>>,
        missing: bool,
        journal: Journal,
        questions: RwSignal<Vec<Question>>,
        left: Signal<bool>,
    ) -> Self {
        let view = RwSignal::new(None::<TraceView>);
        let (wanted, shown) = (RwSignal::new(None::<OpenTrace>), RwSignal::new(None::<OpenTrace>));
        let object = StoredValue::new(object);
        let row = Memo::new(move |_| {
            let id = view.with(|view| view.as_ref().map(|view| view.span.row_id.clone()))?;
            Some(RowAddress { object_type: kind, object_id: object.get_value(), id })
        });
        Self {
            kind,
            object,
            view,
            told: StoredValue::new(None),
            journal: StoredValue::new(journal),
            questions,
            refused: RwSignal::new(missing.then(|| AppError::Problem(Problem::not_found("trace")))),
            wanted,
            shown,
            row,
            is_painted: Memo::new(move |_| {
                !left.get() && row.with(Option::is_some) && wanted.with(|wanted| shown.with(|shown| wanted == shown))
            }),
            missed: RwSignal::new(0),
            arrived: StoredValue::new(arrived),
            has_read: StoredValue::new(false),
            ready: StoredValue::new(VecDeque::new()),
            asked: StoredValue::new(Vec::new()),
            reading: StoredValue::new(None),
        }
    }

    /// Whether what is done now may be about a row: it is the one that is painted. If it is not, the page says so.
    pub(crate) fn takes(&self, row: &RowAddress) -> bool {
        let takes = self.is_painted.get_untracked() && self.row.with_untracked(|painted| painted.as_ref() == Some(row));
        if !takes {
            self.miss();
        }
        takes
    }

    /// Whether a trace is on its way that is not painted yet.
    pub(crate) fn is_awaited(&self) -> bool {
        !self.is_painted.get_untracked() && self.refused.with_untracked(Option::is_none)
    }

    /// Says that something was not taken, because the row that it was meant for is not painted yet.
    pub(crate) fn miss(&self) {
        self.missed.update(|missed| *missed += 1);
    }

    /// Shows the trace that came with the page. For the part of the bundle that draws traces: it alone can read them.
    pub(crate) fn read_arrived(&self) {
        let arrived = self.arrived.try_update_value(Option::take).flatten();
        // The server wrote it a moment ago; if it cannot be read all the same, the page says that it is loading.
        let Some(view) = arrived.and_then(|json| serde_json::from_slice::<TraceView>(json.get().as_bytes()).ok()) else {
            self.follow_journal();
            return;
        };
        self.has_read.set_value(true);
        let query = self.query(&view.row.root_span_id, Some(&view.span.span_id));
        self.wanted.set(Some(query.clone()));
        self.shown.set(Some(query));
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

    /// Reads of a row what is shown of it; nothing once another row is shown.
    pub(crate) fn of_row<T>(&self, row: &RowAddress, read: impl FnOnce(&SpanView) -> T) -> Option<T> {
        self.view.with(|view| view.as_ref().map(|view| &view.span).filter(|span| span.row_id == row.id).map(read))
    }

    /// The trace that is shown, with its place in the list.
    pub(crate) fn shown_at(&self) -> Option<(String, Place)> {
        self.view.with_untracked(|view| view.as_ref().map(|view| (view.row.root_span_id.clone(), view.row.place())))
    }

    /// What holds the trace.
    pub(crate) fn object(&self) -> ObjectId {
        self.object.get_value()
    }

    fn query(&self, root: &str, span: Option<&str>) -> OpenTrace {
        OpenTrace { object: self.object(), root_span_id: root.to_owned(), span_id: span.map(str::to_owned) }
    }

    /// Wants a trace and a span of it, which is then to be opened with [`TraceState::open`], or closes what is open. From now on what was
    /// shown takes nothing more.
    pub(crate) fn want(&self, root: Option<&str>, span: Option<&str>) -> Option<OpenTrace> {
        let query = root.map(|root| self.query(root, span));
        self.wanted.set(query.clone());
        if query.is_none() {
            self.clear();
        }
        query
    }

    /// Opens what was wanted, unless another trace is wanted by now.
    pub(crate) fn open(&self, query: OpenTrace) {
        if self.wanted.with_untracked(|wanted| wanted.as_ref() != Some(&query)) {
            return;
        }
        // Whoever comes back before anything else was there finds what they left.
        if self.told.with_value(|told| told.as_ref().is_some_and(|told| is_of(told, &query))) {
            self.shown.set(Some(query.clone()));
        }
        let ready = self.ready.with_value(|ready| ready.iter().find(|(known, _)| *known == query).map(|(_, view)| view.clone()));
        match ready {
            Some(view) => self.show(&query, Ok(view)),
            None => self.load(query),
        }
    }

    fn clear(&self) {
        self.told.set_value(None);
        self.view.set(None);
        self.shown.set(None);
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
        self.forget_ready(|_| true);
        if let Some(wanted) = self.wanted.get_untracked() {
            self.load(wanted);
        }
    }

    /// Spans changed: what is ready of their traces is old, and what is shown of them is read again.
    pub(crate) fn touched(&self, touched: &[Touched]) {
        let touches = |known: &OpenTrace| touched.iter().any(|touched| touched.root_span_id == known.root_span_id);
        self.forget_ready(touches);
        if let Some(wanted) = self.wanted.get_untracked().filter(touches) {
            self.load(wanted);
        }
    }

    /// What is ready, and what is on its way to be, may be older than what is known by now.
    fn forget_ready(&self, is_old: impl Fn(&OpenTrace) -> bool) {
        self.ready.update_value(|ready| ready.retain(|(known, _)| !is_old(known)));
        self.asked.update_value(|asked| asked.retain(|known| !is_old(known)));
    }

    /// Makes a trace ready, because it may be opened next.
    pub(crate) fn prefetch(&self, root: &str) {
        let query = self.query(root, None);
        let known = self.ready.with_value(|ready| ready.iter().any(|(known, _)| *known == query));
        let asked = self.asked.with_value(|asked| asked.contains(&query));
        if known || asked {
            return;
        }
        self.has_read.set_value(true);
        self.asked.update_value(|asked| asked.push(query.clone()));
        let state = *self;
        send(open_trace(query.clone()), move |answer| {
            let is_asked = state.asked.try_update_value(|asked| {
                let place = asked.iter().position(|other| *other == query)?;
                Some(asked.swap_remove(place))
            });
            if let (Some(Some(_)), Ok(view)) = (is_asked, answer) {
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

    /// Reads what is to be shown. Of one thing there is one reading at a time, and one more for all that changed meanwhile.
    fn load(&self, query: OpenTrace) {
        let is_read = |reading: &mut Option<(OpenTrace, bool)>| match reading {
            Some((known, again)) if *known == query => {
                *again = true;
                true
            }
            _ => false,
        };
        if self.reading.try_update_value(is_read).unwrap_or(true) {
            return;
        }
        self.has_read.set_value(true);
        self.reading.set_value(Some((query.clone(), false)));
        let state = *self;
        send(open_trace(query.clone()), move |answer| {
            let read = state.reading.try_update_value(|reading| reading.take_if(|(known, _)| *known == query)).flatten();
            state.show(&query, answer);
            if read.is_some_and(|(_, again)| again) && state.wanted.try_get_untracked().flatten().as_ref() == Some(&query) {
                state.load(query);
            }
        });
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
                self.refused.set(None);
                self.shown.set(Some(query.clone()));
                if !newer {
                    self.take(view);
                }
            }
            // What is shown stays, with all that is typed there, unless it is known to be gone.
            Err(error) if self.shown.with_untracked(|shown| shown.as_ref() == Some(query)) && !error.is_final() => {}
            Err(error) => {
                self.clear();
                self.refused.set(Some(error));
            }
        }
    }
}

/// Whether a trace is what a query asks for, perhaps as it was a while ago.
fn is_of(view: &TraceView, query: &OpenTrace) -> bool {
    let is_span = match &query.span_id {
        Some(span) => *span == view.span.span_id,
        None => view.row.row_id == view.span.row_id,
    };
    is_span && view.row.root_span_id == query.root_span_id
}
