//! What is known of the open trace, of those that may be opened next, and of what is being saved.

use crate::api::{AppError, send};
use crate::journal::Journal;
use crate::journal::words::words;
use crate::trace::api::{open_trace, reread_trace};
use crate::trace::told::{Shown, Told};
use leptos::prelude::*;
use serde_json::value::RawValue;
use shared::address::LogsAddress;
use shared::commands::Command;
use shared::live::{Touched, TouchedPart};
use shared::objects::{FieldName, ObjectKind, Place, RowAddress};
use shared::questions::Question;
use shared::said::SpanSaid;
use shared::spans::{FieldView, FormSpan, OpenTrace, SpanMark, TraceChanges, TraceContent, TraceView};
use shared::{ObjectId, Problem, RowId};
use std::collections::VecDeque;
use std::sync::Arc;

/// The span that one answers for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Whose {
    pub(crate) span_id: String,
    pub(crate) name: String,
    /// Whether it stands for the whole trace.
    pub(crate) is_root: bool,
    /// Whether it is the one that is read.
    pub(crate) is_read: bool,
}

/// Traces kept ready, so that opening one is instant.
const READY: usize = 24;

/// What is known of the open trace. Everything in it is a signal, so copies share it.
#[derive(Clone, Copy)]
pub(crate) struct TraceState {
    kind: ObjectKind,
    object: StoredValue<ObjectId>,
    /// What arrived of the trace that is shown: the last one until the next one is there. Nothing that is said changes it.
    pub(crate) content: RwSignal<Option<Arc<TraceContent>>>,
    /// What is said about its open span: what the server said, with what is on its way there on top.
    pub(crate) said: RwSignal<Option<SpanSaid>>,
    /// The span that one answers for, where another one is open, with what is said about it.
    form: RwSignal<Option<FormSpan>>,
    /// The spans of the trace about which somebody said something.
    pub(crate) marks: RwSignal<Vec<SpanMark>>,
    /// What is on its way to *expected*, if anything is: what will stand there, or that nothing will.
    pub(crate) expected: RwSignal<Option<Option<FieldView>>>,
    /// Events up to this one are in what is said.
    pub(crate) as_of: RwSignal<i64>,
    /// What the server said.
    told: StoredValue<Option<Told>>,
    /// Whether the content of what is shown may be another by now.
    is_old: StoredValue<bool>,
    journal: StoredValue<Journal>,
    questions: RwSignal<Vec<Question>>,
    /// Why the trace that was asked for is not shown.
    pub(crate) refused: RwSignal<Option<AppError>>,
    wanted: RwSignal<Option<OpenTrace>>,
    /// What was asked for when the shown one was.
    shown: RwSignal<Option<OpenTrace>>,
    /// The row of the open span, also while another one is on its way.
    pub(crate) row: Memo<Option<RowAddress>>,
    /// Whether the span that is shown is the one that is wanted. Otherwise it takes nothing more.
    pub(crate) is_painted: Memo<bool>,
    /// The row that one answers for: the root unless one chose another span.
    pub(crate) form_row: Memo<Option<RowAddress>>,
    /// Whether it is the one that is wanted, whatever span is read.
    pub(crate) is_form_painted: Memo<bool>,
    /// How often something was done to a row that takes nothing more, and that is not said yet.
    pub(crate) missed: RwSignal<u32>,
    arrived: StoredValue<Option<Box<RawValue>>>,
    /// Whether anything was read yet that can grow old.
    pub(crate) has_read: StoredValue<bool>,
    ready: StoredValue<VecDeque<(OpenTrace, Told)>>,
    /// What is on its way to be ready. Whose owner goes is not read any further.
    asked: StoredValue<Vec<(OpenTrace, Owner)>>,
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
        let content = RwSignal::new(None::<Arc<TraceContent>>);
        let (wanted, shown) = (RwSignal::new(None::<OpenTrace>), RwSignal::new(None::<OpenTrace>));
        let object = StoredValue::new(object);
        let form = RwSignal::new(None::<FormSpan>);
        let row = Memo::new(move |_| {
            let id = content.with(|content| content.as_ref().map(|content| content.span.row_id.clone()))?;
            Some(RowAddress { object_type: kind, object_id: object.get_value(), id })
        });
        let form_row = Memo::new(move |_| {
            let other = form.with(|form| form.as_ref().map(|form| form.row_id.clone()));
            other.map(|id| RowAddress { object_type: kind, object_id: object.get_value(), id }).or_else(|| row.get())
        });
        let form_of = |query: &RwSignal<Option<OpenTrace>>| {
            query.with(|query| query.as_ref().map(|query| (query.root_span_id.clone(), query.form.clone())))
        };
        Self {
            kind,
            object,
            content,
            said: RwSignal::new(None),
            form,
            marks: RwSignal::new(Vec::new()),
            expected: RwSignal::new(None),
            as_of: RwSignal::new(0),
            told: StoredValue::new(None),
            is_old: StoredValue::new(false),
            journal: StoredValue::new(journal),
            questions,
            refused: RwSignal::new(missing.then(|| AppError::Problem(Problem::not_found("trace")))),
            wanted,
            shown,
            row,
            is_painted: Memo::new(move |_| {
                !left.get() && row.with(Option::is_some) && wanted.with(|wanted| shown.with(|shown| wanted == shown))
            }),
            form_row,
            is_form_painted: Memo::new(move |_| !left.get() && form_row.with(Option::is_some) && form_of(&wanted) == form_of(&shown)),
            missed: RwSignal::new(0),
            arrived: StoredValue::new(arrived),
            has_read: StoredValue::new(false),
            ready: StoredValue::new(VecDeque::new()),
            asked: StoredValue::new(Vec::new()),
            reading: StoredValue::new(None),
        }
    }

    /// Whether what is done now may be about a row: it is the one that is painted, or whose form is. If it is not, the page says so.
    pub(crate) fn takes(&self, row: &RowAddress) -> bool {
        let is_it = |painted: &Option<RowAddress>| painted.as_ref() == Some(row);
        let takes = (self.is_painted.get_untracked() && self.row.with_untracked(is_it))
            || (self.is_form_painted.get_untracked() && self.form_row.with_untracked(is_it));
        if !takes {
            self.miss();
        }
        takes
    }

    /// Whether a trace is on its way that is not painted yet.
    pub(crate) fn is_awaited(&self) -> bool {
        !self.is_painted.get_untracked() && self.refused.with_untracked(Option::is_none)
    }

    /// Whether a form is on its way that is not painted yet.
    pub(crate) fn is_form_awaited(&self) -> bool {
        !self.is_form_painted.get_untracked() && self.refused.with_untracked(Option::is_none)
    }

    /// Says that something was not taken, because the row that it was meant for is not painted yet.
    pub(crate) fn miss(&self) {
        self.missed.update(|missed| *missed += 1);
    }

    /// Shows the trace that came with the page. For the part of the bundle that draws traces: it alone can read them.
    pub(crate) fn read_arrived(&self) {
        let arrived = self.arrived.try_update_value(Option::take).flatten();
        // The server wrote it a moment ago; if it cannot be read all the same, the page says that it is loading.
        let Some(view) = arrived.and_then(|json| crate::json::read::<TraceView>(json.get().as_bytes()).ok()) else {
            self.follow_journal();
            return;
        };
        self.has_read.set_value(true);
        let told = Told::from(view);
        let (trace, span) = (&told.content.trace, &told.content.span);
        let query = OpenTrace { form: told.form(), ..self.query(&trace.root_span_id, Some(&span.span_id)) };
        self.wanted.set(Some(query.clone()));
        self.shown.set(Some(query));
        self.take(told);
        self.follow_journal();
    }

    /// Shows what the server says, with what is on its way there on top.
    fn take(&self, told: Told) {
        self.told.set_value(Some(told));
        self.draw();
    }

    /// Shows what is said by now.
    pub(super) fn draw(&self) {
        let Some(told) = self.told.get_value() else { return };
        let journal = self.journal();
        let address = |row: &RowId| self.address_of(row);
        let Shown { said, expected, form, marks } =
            journal.entries().with_untracked(|entries| told.with_entries(address, entries, journal.person()));
        if self.expected.with_untracked(|shown| *shown != expected) {
            self.expected.set(expected);
        }
        self.as_of.set(told.as_of);
        self.said.set(Some(said));
        if self.form.with_untracked(|shown| *shown != form) {
            self.form.set(form);
        }
        if self.marks.with_untracked(|shown| *shown != marks) {
            self.marks.set(marks);
        }
        if !self.content.with_untracked(|shown| shown.as_ref().is_some_and(|shown| Arc::ptr_eq(shown, &told.content))) {
            self.content.set(Some(told.content));
        }
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

    /// Reads what is said about a row; nothing once another row is shown.
    pub(crate) fn of_row<T>(&self, row: &RowAddress, read: impl FnOnce(&SpanSaid) -> T) -> Option<T> {
        let is_form = self.form.with(|form| form.as_ref().is_some_and(|form| form.row_id == row.id));
        if is_form && self.form_row.with(|shown| shown.as_ref() == Some(row)) {
            return self.form.with(|form| form.as_ref().map(|form| read(&form.said)));
        }
        let is_shown = self.row.with(|shown| shown.as_ref() == Some(row));
        self.said.with(|said| said.as_ref().filter(|_| is_shown).map(read))
    }

    /// Reads what is said about the row that one answers for.
    pub(crate) fn of_form<T>(&self, read: impl FnOnce(&SpanSaid) -> T) -> Option<T> {
        self.form_row.get().and_then(|row| self.of_row(&row, read))
    }

    /// The span that one answers for.
    pub(crate) fn whose(&self) -> Option<Whose> {
        self.content.with(|content| {
            let TraceContent { trace, span, .. } = content.as_deref()?;
            self.form.with(|form| {
                let of_open = || (span.row_id.clone(), span.span_id.clone(), span.name.clone());
                let (row, span_id, name) =
                    form.as_ref().map_or_else(of_open, |form| (form.row_id.clone(), form.span_id.clone(), form.name.clone()));
                Some(Whose { is_root: row == trace.row_id, is_read: span_id == span.span_id, span_id, name })
            })
        })
    }

    /// Reads of the trace that is shown what arrived of it.
    pub(crate) fn of_content<T>(&self, read: impl FnOnce(&TraceContent) -> T) -> Option<T> {
        self.content.with(|content| content.as_deref().map(read))
    }

    /// A field of the open span as it is shown: what is on its way to *expected* takes its place.
    pub(crate) fn field(&self, name: FieldName) -> Option<FieldView> {
        if name == FieldName::Expected
            && let Some(expected) = self.expected.get()
        {
            return expected;
        }
        self.of_content(|content| content.fields.iter().find(|field| field.field == name).cloned()).flatten()
    }

    /// The trace that is shown, with its place in the list.
    pub(crate) fn shown_at(&self) -> Option<(String, Place)> {
        untrack(|| self.of_content(|content| (content.trace.root_span_id.clone(), content.trace.place)))
    }

    /// What holds the trace.
    pub(crate) fn object(&self) -> ObjectId {
        self.object.get_value()
    }

    fn query(&self, root: &str, span: Option<&str>) -> OpenTrace {
        OpenTrace { object: self.object(), root_span_id: root.to_owned(), span_id: span.map(str::to_owned), form: None }
    }

    /// Wants what stands in an address, which is then to be opened with [`TraceState::open`], or closes what is open. From now on what was
    /// shown takes nothing more, but the form whose row stays.
    pub(crate) fn want(&self, address: &LogsAddress) -> Option<OpenTrace> {
        let query = OpenTrace::of(address, self.object());
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
        if self.told.with_value(|told| told.as_ref().is_some_and(|told| told.is_of(&query))) {
            self.shown.set(Some(query.clone()));
        }
        // What changed of it meanwhile was not followed.
        self.is_old.set_value(true);
        let ready = self.ready.with_value(|ready| ready.iter().find(|(known, _)| *known == query).map(|(_, told)| told.clone()));
        match ready {
            // What is ready is forgotten as soon as it changes.
            Some(told) => {
                self.is_old.set_value(false);
                self.show(&query, Ok(told));
            }
            None => self.load(query),
        }
    }

    fn clear(&self) {
        self.told.set_value(None);
        self.shown.set(None);
        self.said.set(None);
        self.form.set(None);
        self.marks.set(Vec::new());
        self.expected.set(None);
        self.content.set(None);
    }

    /// Takes a command about a span: shows what it does at once, and sends it through the journal.
    pub(crate) fn run(&self, command: Command) {
        let what = self.questions.with_untracked(|questions| words(&command, questions));
        self.journal().run(command, what);
    }

    /// Takes a command that says again what stands: it is sent, and there is nothing to take back.
    pub(crate) fn repeat(&self, command: Command) {
        let what = self.questions.with_untracked(|questions| words(&command, questions));
        self.journal().repeat(command, what);
    }

    /// What the viewer said.
    pub(crate) fn journal(&self) -> Journal {
        self.journal.get_value()
    }

    /// Reads the open trace again.
    pub(crate) fn reload(&self) {
        self.forget_ready(|_| true);
        self.is_old.set_value(true);
        if let Some(wanted) = self.wanted.get_untracked() {
            self.load(wanted);
        }
    }

    /// Spans changed: what is ready of their traces is old, and what may have changed of the shown one is read again.
    pub(crate) fn touched(&self, touched: &[Touched]) {
        let touches = |known: &OpenTrace| touched.iter().any(|touched| touched.root_span_id == known.root_span_id);
        self.forget_ready(touches);
        if let Some(wanted) = self.wanted.get_untracked().filter(touches) {
            let is_old = touched.iter().any(|touched| touched.root_span_id == wanted.root_span_id && touched.part == TouchedPart::Any);
            self.is_old.update_value(|old| *old |= is_old);
            self.load(wanted);
        }
    }

    /// What is ready, and what is on its way to be, may be older than what is known by now.
    fn forget_ready(&self, is_old: impl Fn(&OpenTrace) -> bool) {
        self.ready.update_value(|ready| ready.retain(|(known, _)| !is_old(known)));
        self.ask_only(|known| !is_old(known));
    }

    /// Gives up what is on its way to be ready and is not needed any more.
    fn ask_only(&self, is_needed: impl Fn(&OpenTrace) -> bool) {
        let needless = self.asked.try_update_value(|asked| asked.extract_if(.., |(known, _)| !is_needed(known)).collect::<Vec<_>>());
        for (_, reading) in needless.into_iter().flatten() {
            reading.cleanup();
        }
    }

    /// Makes traces ready, because one of them may be opened next. What is on its way for any other reason is given up.
    pub(crate) fn prefetch(&self, roots: &[String]) {
        self.ask_only(|known| roots.contains(&known.root_span_id));
        for root in roots {
            self.make_ready(root);
        }
    }

    fn make_ready(&self, root: &str) {
        let query = self.query(root, None);
        let known = self.ready.with_value(|ready| ready.iter().any(|(known, _)| *known == query));
        let asked = self.asked.with_value(|asked| asked.iter().any(|(known, _)| *known == query));
        if known || asked {
            return;
        }
        self.has_read.set_value(true);
        let reading = Owner::new();
        self.asked.update_value(|asked| asked.push((query.clone(), reading.clone())));
        let state = *self;
        reading.with(|| {
            leptos::task::spawn_local_scoped_with_cancellation(async move {
                let answer = open_trace(query.clone()).await;
                let is_asked = state.asked.try_update_value(|asked| {
                    let place = asked.iter().position(|(other, _)| *other == query)?;
                    Some(asked.swap_remove(place))
                });
                if let (Some(Some(_)), Ok(view)) = (is_asked, answer) {
                    state.keep(query, Told::from(view));
                }
            });
        });
    }

    fn keep(&self, query: OpenTrace, told: Told) {
        self.ready.update_value(|ready| {
            ready.retain(|(known, _)| *known != query);
            ready.push_back((query, told));
            if ready.len() > READY {
                ready.pop_front();
            }
        });
    }

    /// Reads what is to be shown; of what is shown only what may be another. Of one thing there is one reading at a time, and one more for
    /// all that changed meanwhile.
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
        let was_old = self.is_old.try_update_value(std::mem::take).unwrap_or(true);
        let state = *self;
        match self.told.get_value().filter(|told| told.is_of(&query)) {
            None => send(open_trace(query.clone()), move |answer| state.has_been_read(query, was_old, answer.map(Told::from))),
            Some(told) => send(reread_trace(told.again(query.clone(), was_old)), move |answer: Result<TraceChanges, AppError>| {
                state.has_been_read(query, was_old, answer.map(|changes| told.with(changes)));
            }),
        }
    }

    fn has_been_read(&self, query: OpenTrace, was_old: bool, answer: Result<Told, AppError>) {
        let read = self.reading.try_update_value(|reading| reading.take_if(|(known, _)| *known == query)).flatten();
        if answer.is_err() {
            // The page may be gone.
            let _ = self.is_old.try_update_value(|old| *old |= was_old);
        }
        self.show(&query, answer);
        if read.is_some_and(|(_, again)| again) && self.wanted.try_get_untracked().flatten().as_ref() == Some(&query) {
            self.load(query);
        }
    }

    /// Shows an answer, unless another trace is wanted by now or something newer is shown already.
    fn show(&self, query: &OpenTrace, answer: Result<Told, AppError>) {
        if self.wanted.try_get_untracked().flatten().as_ref() != Some(query) {
            return;
        }
        match answer {
            Ok(told) => {
                let is_older = self.told.with_value(|shown| shown.as_ref().is_some_and(|shown| shown.is_newer_than(&told)));
                self.refused.set(None);
                self.shown.set(Some(query.clone()));
                if !is_older {
                    self.take(told);
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
