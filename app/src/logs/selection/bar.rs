//! What is selected, and what can be done with it; and the job that was started last.

use super::Asking;
use super::adding::AddToDataset;
use super::answering::AnswerRows;
use super::flagging::FlagRows;
use super::tagging::TagRows;
use crate::context::use_project;
use crate::jobs::{JobLine, JobsDialog, follow_job};
use crate::keys::{Act, Scope, use_keys};
use crate::logs::state::LogsState;
use crate::ui::{Icon, IconName, format};
use leptos::prelude::*;
use shared::address::RowsPage;
use shared::jobs::{Job, JobRows, NameJob};
use shared::permissions::Action;
use shared::questions::Question;

/// What the bar knows. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct BarState {
    pub(super) list: LogsState,
    /// The job that was started last.
    job: RwSignal<Option<Job>>,
}

impl BarState {
    /// The rows that something is done with.
    pub(super) fn rows(self) -> JobRows {
        if self.list.selection.everything.get_untracked() {
            return JobRows::Matching(self.list.condition.get_value());
        }
        JobRows::Picked(self.list.selected_rows())
    }

    /// How many rows these are.
    pub(super) fn count(self) -> u64 {
        if self.list.selection.everything.get() {
            self.list.traces.with(|traces| traces.summary.traces.unsigned_abs())
        } else {
            self.list.selection.keys.with(|keys| keys.len() as u64)
        }
    }

    /// How many rows these are, in words.
    pub(super) fn counted(self) -> String {
        let (one, several) = self.list.nouns();
        format::counted(self.count(), one, several)
    }

    /// The questions that the viewer is asked about rows of this list.
    pub(super) fn asked(self) -> Vec<Question> {
        let viewer = use_project().viewer;
        let object = self.list.rows.with_value(RowsPage::kind);
        self.list
            .questions
            .with_untracked(|questions| questions.iter().filter(|question| question.is_asked(&viewer, object)).cloned().collect())
    }

    /// Whether the dialog is open that asks something.
    pub(super) fn asked_by(self, asking: Asking) -> RwSignal<bool> {
        let open = RwSignal::new(false);
        Effect::new(move |_| open.set(self.list.selection.asking.get() == Some(asking)));
        Effect::new(move |_| {
            if !open.get() && self.list.selection.asking.get_untracked() == Some(asking) {
                self.list.selection.asking.set(None);
            }
        });
        open
    }

    /// Shows what becomes of a job that was started, and selects nothing any more.
    pub(super) fn started(self, job: Job) {
        self.list.selection.asking.set(None);
        self.list.clear_selection();
        self.watch(job);
    }

    fn watch(self, job: Job) {
        follow_job(job, self.job);
    }

    /// Takes the job back that was started last; false if it cannot be.
    fn undo(self) -> bool {
        let Some(job) = self.job.get_untracked().filter(Job::can_be_undone) else { return false };
        crate::api::send(crate::jobs::api::undo_job(NameJob { job: job.id }), move |answer| {
            if let Ok(job) = answer {
                self.watch(job);
            }
        });
        true
    }
}

/// Draws the bar, and listens to the rows.
#[component]
pub(super) fn SelectionBar(state: LogsState) -> impl IntoView {
    let bar = BarState { list: state, job: RwSignal::new(None) };
    use_keys().on(Scope::List, move |act| match act {
        Act::ClearSelection => state.clear_selection(),
        Act::Undo => bar.undo(),
        _ => false,
    });
    #[cfg(feature = "hydrate")]
    on_cleanup(browser::listen(state));
    Effect::new(move |_| state.forget_gone());
    let is_shown = Memo::new(move |_| state.selection.is_on.get() || state.selection.keys.with(|keys| !keys.is_empty()));
    let watched = Callback::new(move |job| bar.watch(job));
    let job = move || {
        bar.job.get().map(|job| {
            let forget = move |_| bar.job.set(None);
            view! {
                <div class="selection-bar" role="region" aria-label="Job">
                    <JobLine job changed=watched/>
                    <button class="btn icon ghost small" type="button" aria-label="Hide" title="Hide" on:click=forget><Icon name=IconName::Close/></button>
                </div>
            }
        })
    };
    view! {
        <Show when=move || is_shown.get()>{move || view! { <Selected bar/> }}</Show>
        <Show when=move || !is_shown.get()>{job}</Show>
        <AnswerRows bar/>
        <TagRows bar/>
        <AddToDataset bar/>
        <FlagRows bar/>
        <JobsDialog open=state.selection.jobs/>
    }
}

#[component]
fn Selected(bar: BarState) -> impl IntoView {
    let (context, state) = (use_project(), bar.list);
    let is_any = move || state.selection.keys.with(|keys| !keys.is_empty());
    let words = move || {
        let counted = bar.counted();
        match (state.selection.everything.get(), is_any()) {
            (true, _) => format!("Everything that matches: {counted}"),
            (false, true) => format!("{counted} selected"),
            (false, false) => "Press rows to select them.".to_owned(),
        }
    };
    let loaded = move || state.traces.with(|traces| traces.rows.len());
    let is_less = move || !state.selection.everything.get() && state.selection.keys.with(|keys| keys.len() < loaded());
    let is_asked = !bar.asked().is_empty();
    let may_everything = context.may(Action::ActOnMany);
    let clear = move |_| {
        state.clear_selection();
    };
    let act = move |may: bool, asking: Asking, words: &'static str, icon: IconName| {
        may.then(|| {
            view! {
                <button class="btn" type="button" disabled=move || !is_any() on:click=move |_| bar.list.selection.asking.set(Some(asking))>
                    <Icon name=icon/>{words}
                </button>
            }
        })
    };
    view! {
        <div class="selection-bar" role="region" aria-label="Selection">
            <b role="status">{words}</b>
            <Show when=is_less><button class="link" type="button" on:click=move |_| state.select_loaded()>{move || format!("Select all {} loaded", format::count(loaded() as u64))}</button></Show>
            <Show when=move || may_everything && !state.selection.everything.get()>
                <button class="link" type="button" on:click=move |_| state.select_everything()>"Select everything that matches"</button>
            </Show>
            <span class="grow"></span>
            {act(context.may(Action::Review) && is_asked, Asking::Answer, "Answer", IconName::Review)}
            {act(context.may(Action::Review), Asking::Flag, "Flag for review", IconName::Flag)}
            {act(context.may(Action::Review), Asking::Tags, "Tag", IconName::Edit)}
            {act(context.may(Action::Ingest), Asking::Dataset, "Add to dataset", IconName::Datasets)}
            <button class="btn icon ghost" type="button" aria-label="Clear selection" title="Clear selection (Escape)" on:click=clear>
                <Icon name=IconName::Close/>
            </button>
        </div>
    }
}

/// What pressing and pointing at rows does.
#[cfg(feature = "hydrate")]
mod browser {
    use super::super::picking::key_of;
    use super::LogsState;
    use gloo::events::{EventListener, EventListenerOptions, EventListenerPhase};
    use leptos::prelude::*;
    use leptos::web_sys::{Element, Event, HtmlInputElement, MouseEvent};
    use wasm_bindgen::JsCast;

    /// The class of the box that is ticked to select the row under the pointer.
    const TICK: &str = "pick-row";

    /// Listens before the table does, so that a row that is selected is not opened. Returns what ends it.
    pub(super) fn listen(state: LogsState) -> impl FnOnce() + Send + Sync + 'static {
        let first = EventListenerOptions { phase: EventListenerPhase::Capture, passive: false };
        let click = EventListener::new_with_options(&window(), "click", first, move |event| {
            if pressed(state, event) {
                event.stop_propagation();
                // A box is ticked by itself.
                if !is_tick(event) {
                    event.prevent_default();
                }
            }
        });
        let over = EventListener::new(&window(), "pointerover", move |event| offer(state, event));
        let marks = Effect::new(move |_| {
            state.selection.keys.track();
            mark(state);
        });
        let kept = send_wrapper::SendWrapper::new((click, over));
        move || {
            drop(kept);
            marks.stop();
        }
    }

    fn target(event: &Event) -> Option<Element> {
        event.target()?.dyn_into().ok()
    }

    fn is_tick(event: &Event) -> bool {
        target(event).is_some_and(|element| element.class_list().contains(TICK))
    }

    /// Selects the row that was pressed; false where pressing means something else.
    fn pressed(state: LogsState, event: &Event) -> bool {
        let Some(key) = target(event).as_ref().and_then(key_of) else { return false };
        let is_with_shift = event.dyn_ref::<MouseEvent>().is_some_and(MouseEvent::shift_key);
        match (is_with_shift, is_tick(event) || state.selection.is_on.get_untracked()) {
            (true, _) => state.extend_to(key),
            (false, true) => state.toggle(key),
            (false, false) => return false,
        }
        true
    }

    fn tick() -> Option<HtmlInputElement> {
        document().query_selector(".pick-row").ok()??.dyn_into().ok()
    }

    /// Puts the box to tick into the row under the pointer.
    fn offer(state: LogsState, event: &Event) {
        let row = target(event).and_then(|element| element.closest(".logs tr[data-key]").ok().flatten());
        let Some(cell) = row.and_then(|row| row.query_selector("td").ok().flatten()) else { return };
        if cell.query_selector(".pick-row").is_ok_and(|found| found.is_some()) {
            return;
        }
        let made = || document().create_element("input").ok()?.dyn_into::<HtmlInputElement>().ok();
        let Some(tick) = tick().or_else(made) else { return };
        tick.set_type("checkbox");
        tick.set_class_name("check pick-row");
        tick.set_tab_index(-1);
        // A browser that refuses it has the keys.
        let _ = tick.set_attribute("aria-label", "Select row");
        let _ = cell.prepend_with_node_1(&tick);
        mark(state);
    }

    /// Ticks the box where its row is selected.
    fn mark(state: LogsState) {
        if let Some(tick) = tick() {
            tick.set_checked(key_of(&tick).is_some_and(|key| state.selection.keys.with_untracked(|keys| keys.contains(&key))));
        }
    }
}
