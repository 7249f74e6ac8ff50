//! The dialog that adds a question or makes a new version of one.

use super::api::save_question;
use super::draft::{Draft, reason};
use super::options::OptionsEditor;
use super::preview::Preview;
use crate::api::{Failure, send};
use crate::configuration::TextField;
use crate::ui::{Dialog, Icon, IconName, IconSize, Saving, format};
use leptos::ev;
use leptos::prelude::*;
use shared::ProjectId;
use shared::questions::{Question, SaveQuestion};

/// What the dialog is about: nothing, a new question, or one that is there.
pub(super) type Editing = Option<Option<Question>>;

/// Draws the dialog. It opens when `editing` is set, and clears it when it is closed.
#[component]
pub(super) fn QuestionDialog(
    project: ProjectId,
    editing: RwSignal<Editing>,
    saving: RwSignal<Saving>,
    /// Called with what was saved.
    saved: Callback<Question>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let draft = Draft::new();
    Effect::new(move |_| {
        let Some(question) = editing.get() else { return };
        draft.start(question.as_ref());
        open.set(true);
    });
    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if was_open == Some(true) && !is_open {
            editing.set(None);
        }
        is_open
    });
    let title = Signal::derive(move || match editing.get() {
        Some(Some(question)) => format!("Edit {}", question.name),
        _ => "Add human review score".to_owned(),
    });
    let save = move || {
        let Some((name, definition)) = draft.complete().filter(|_| !busy.get_untracked()) else { return };
        let question = editing.get_untracked().flatten().map(|question| question.id);
        busy.set(true);
        saving.set(Saving::Saving);
        send(save_question(SaveQuestion { project: project.clone(), question, name, definition }), move |answer| {
            busy.set(false);
            match answer {
                Ok(question) => {
                    saving.set(Saving::Saved);
                    saved.run(question);
                    open.set(false);
                }
                Err(error) => {
                    saving.set(Saving::Idle);
                    draft.refuse(error);
                }
            }
        });
    };
    let save = StoredValue::new(save);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        save.with_value(|save| save());
    };
    let shortcut = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            save.with_value(|save| save());
        }
    };
    view! {
        <Dialog title open wide=true>
            <form on:submit=submit on:keydown=shortcut>
                <div class="dialog-b add">
                    <div><Fields draft editing/></div>
                    <div>
                        <Preview draft/>
                        <VersionNote editing/>
                    </div>
                </div>
                <div class="dialog-f">
                    <span class="hint grow">"Shown on logs, to everyone"</span>
                    <button class="btn ghost" type="button" on:click=move |_| open.set(false)>"Cancel"</button>
                    <button class="btn primary" type="submit" aria-keyshortcuts="Control+Enter" disabled=busy>
                        "Save"<kbd aria-hidden="true">"Ctrl ↵"</kbd>
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

#[component]
fn Fields(draft: Draft, editing: RwSignal<Editing>) -> impl IntoView {
    let mistakes = Memo::new(move |_| draft.mistakes());
    let wrong_name = Signal::derive(move || mistakes.with(|mistakes| reason(mistakes, "Name")));
    // The name is the key in `scores`, so it is fixed once something is stored under it.
    let fixed = Signal::derive(move || {
        editing.with(|editing| editing.as_ref().and_then(Option::as_ref).is_some_and(|question| question.answer_count() > 0))
    });
    let fixed_hint = move || fixed.get().then(|| view! { <p class="hint">"Answers are stored under this name, so it stays."</p> });
    let choose_type = move |event: ev::Event| draft.categorical.set(event_target_value(&event) == "categorical");
    view! {
        <Failure error=Signal::derive(move || draft.elsewhere())/>
        <div class="two-col">
            <div>
                <TextField id="question-name" label="Name" value=draft.name problem=wrong_name readonly=fixed autofocus=true/>
                {fixed_hint}
            </div>
            <div>
                <label class="label" for="question-type">"Type"</label>
                <select class="input" id="question-type" on:change=choose_type
                    prop:value=move || if draft.categorical.get() { "categorical" } else { "continuous" }>
                    <option value="continuous">"Continuous"</option>
                    <option value="categorical">"Categorical"</option>
                </select>
            </div>
        </div>
        <div>
            <label class="label" for="question-description">"Description"</label>
            <textarea class="input" id="question-description" rows="2" bind:value=draft.description></textarea>
        </div>
        <Show when=move || draft.categorical.get()><OptionsEditor draft mistakes/></Show>
        <div class="row loose wrap">
            <label class="tick"><input class="check" type="checkbox" bind:checked=draft.required/><span>"Required"</span></label>
            <label class="tick"><input class="check" type="checkbox" bind:checked=draft.higher_is_better/><span>"Higher is better"</span></label>
        </div>
    }
}

/// Draws what becomes of the answers that were given.
#[component]
fn VersionNote(editing: RwSignal<Editing>) -> impl IntoView {
    let note = move || match editing.get().flatten() {
        None => (
            1,
            "Changing the wording, an option or a percentage later makes version 2. Answers given until then stay under version 1, \
             with these options, and this page says how many."
                .to_owned(),
        ),
        Some(question) => {
            let (old, new) = (question.version, question.version + 1);
            let given = format::counted(question.answer_count().unsigned_abs(), "answer", "answers");
            (
                new,
                format!(
                    "Saving makes version {new}. The {given} given until now stay as they are; those under version {old} keep its wording."
                ),
            )
        }
    };
    view! {
        <div>
            <div class="row"><Icon name=IconName::History size=IconSize::Small/><b>"Version "{move || note().0}</b></div>
            <p class="hint">{move || note().1}</p>
        </div>
    }
}
