//! The dialog that adds a question or makes a new version of one.

use super::api::{question_setting, save_question};
use super::draft::Draft;
use super::fields::Fields;
use super::preview::Preview;
use crate::api::send;
use crate::ui::{Dialog, Icon, IconName, IconSize, Saving, format, opened_by};
use leptos::ev;
use leptos::prelude::*;
use shared::objects::ObjectKind;
use shared::questions::{Question, QuestionSetting, SaveQuestion};
use shared::{Problem, ProjectId};

/// What the dialog does.
#[derive(Clone, PartialEq)]
pub enum QuestionEdit {
    /// Adds a question.
    New,
    /// Makes a new version of one.
    Change(Question),
    /// Adds a question like another.
    Copy(Question),
}

impl QuestionEdit {
    fn title(&self) -> String {
        match self {
            Self::New => "Add human review score".to_owned(),
            Self::Change(question) => format!("Edit {}", question.name),
            Self::Copy(question) => format!("Duplicate {}", question.name),
        }
    }

    /// The question that gets a new version.
    pub(super) fn changed(&self) -> Option<&Question> {
        match self {
            Self::Change(question) => Some(question),
            Self::New | Self::Copy(_) => None,
        }
    }

    fn start(&self, draft: Draft) {
        match self {
            Self::New => draft.start(None),
            Self::Change(question) => draft.start(Some(question)),
            Self::Copy(question) => {
                draft.start(Some(question));
                // A name, keys and a place belong to one question each.
                draft.name.set(String::new());
                draft.forget_keys();
                draft.path.set(String::new());
            }
        }
    }
}

/// What the dialog is about; none while it is closed.
pub type Editing = Option<QuestionEdit>;

/// Draws the dialog. It opens when `editing` is set, and clears it when it is closed.
#[component]
pub(crate) fn QuestionDialog(
    project: ProjectId,
    editing: RwSignal<Editing>,
    saving: RwSignal<Saving>,
    /// Called with what was saved.
    saved: Callback<Question>,
) -> impl IntoView {
    let open = opened_by(editing);
    let busy = RwSignal::new(false);
    let draft = Draft::new();
    let setting = RwSignal::new(QuestionSetting::default());
    // What somebody else made of the question meanwhile.
    let theirs = RwSignal::new(None::<Question>);
    // Whether what is written stays when the question under it becomes another version.
    let rebased = RwSignal::new(false);
    let here = project.clone();
    Effect::new(move |_| {
        let Some(edit) = editing.get() else { return };
        if rebased.try_update(std::mem::take) == Some(true) {
            return;
        }
        edit.start(draft);
        // What became of another question, or of this one a while ago, is no matter any more.
        theirs.set(None);
        send(question_setting(here.clone()), move |answer| {
            // Without it nobody can be named and no name is warned of; the rest of the dialog works.
            if let Ok(known) = answer {
                let _ = setting.try_set(known);
            }
        });
    });
    let title = Signal::derive(move || editing.with(|editing| editing.as_ref().unwrap_or(&QuestionEdit::New).title()));
    let save = move || {
        let Some((name, definition)) = draft.complete().filter(|_| !busy.get_untracked()) else { return };
        let edited = editing
            .with_untracked(|editing| editing.as_ref().and_then(QuestionEdit::changed).map(|edited| (edited.id.clone(), edited.version)));
        let (question, after) = edited.unzip();
        busy.set(true);
        saving.set(Saving::Saving);
        send(save_question(SaveQuestion { project: project.clone(), question, after, name, definition }), move |answer| {
            let _ = busy.try_set(false);
            match answer {
                Ok(question) => {
                    let _ = saving.try_set(Saving::Saved);
                    let _ = saved.try_run(question);
                    let _ = open.try_set(false);
                }
                Err(error) => {
                    let _ = saving.try_set(Saving::Idle);
                    match error.problem() {
                        Some(Problem::Conflict { current }) => {
                            let _ = theirs.try_set(crate::json::read(current.as_bytes()).ok());
                        }
                        _ => draft.refuse(error),
                    }
                }
            }
        });
    };
    let save = StoredValue::new(save);
    // Goes on from what somebody else made: with what is written here, or with theirs.
    let go_on = move |with_theirs: bool| {
        let Some(question) = theirs.try_update(Option::take).flatten() else { return };
        if with_theirs {
            editing.set(Some(QuestionEdit::Change(question)));
        } else {
            rebased.set(true);
            editing.set(Some(QuestionEdit::Change(question)));
            save.with_value(|save| save());
        }
    };
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
                <div class="dialog-b question-form">
                    <div><Conflict theirs go_on=Callback::new(go_on)/><Fields draft editing setting/></div>
                    <div>
                        <Preview draft/>
                        <VersionNote editing/>
                    </div>
                </div>
                <div class="dialog-f">
                    <span class="hint grow">{move || where_it_is_shown(draft)}</span>
                    <button class="btn ghost" type="button" on:click=move |_| open.set(false)>"Cancel"</button>
                    <button class="btn primary" type="submit" aria-keyshortcuts="Control+Enter" disabled=busy>
                        "Save"<kbd aria-hidden="true">"Ctrl ↵"</kbd>
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

/// Says that somebody else made a version meanwhile. `go_on` is told whether to go on with theirs.
#[component]
fn Conflict(theirs: RwSignal<Option<Question>>, go_on: Callback<bool>) -> impl IntoView {
    move || {
        theirs.get().map(|question| {
            view! {
                <div class="notice warn" role="alert">
                    <div class="grow">
                        <p>{format!("Somebody else made version {} of {} meanwhile.", question.version, question.name)}</p>
                        <div class="row">
                            <button class="btn small" type="button" on:click=move |_| go_on.run(false)>"Keep mine"</button>
                            <button class="btn small ghost" type="button" on:click=move |_| go_on.run(true)>"Keep theirs"</button>
                        </div>
                    </div>
                </div>
            }
        })
    }
}

/// "Shown on logs and experiments, to everyone".
fn where_it_is_shown(draft: Draft) -> String {
    let words: Vec<_> = draft.asked_about().into_iter().map(|object| object_word(object).to_lowercase()).collect();
    let whom = if draft.chosen.get() { "to whom you chose" } else { "to everyone" };
    let whom = if draft.condition().is_empty() { whom.to_owned() } else { format!("{whom}, where the filters match") };
    match words.split_last() {
        None => "Shown nowhere".to_owned(),
        Some((last, [])) => format!("Shown on {last}, {whom}"),
        Some((last, others)) => format!("Shown on {} and {last}, {whom}", others.join(", ")),
    }
}

/// The page on which a kind of object is found.
pub(super) fn object_word(object: ObjectKind) -> &'static str {
    match object {
        ObjectKind::ProjectLogs => "Logs",
        ObjectKind::Experiment => "Experiments",
        ObjectKind::Dataset => "Datasets",
    }
}

/// Draws what becomes of the answers that were given.
#[component]
fn VersionNote(editing: RwSignal<Editing>) -> impl IntoView {
    let note = move || match editing.get().as_ref().and_then(QuestionEdit::changed) {
        None => (
            1,
            "Changing the wording, an option or a percentage later makes version 2. Answers given until then stay under version 1, \
             with these options, and this page says how many."
                .to_owned(),
        ),
        Some(question) => {
            let new = question.version + 1;
            let given = format::counted(question.answer_count().unsigned_abs(), "answer", "answers");
            (
                new,
                format!(
                    "Saving makes version {new}. The answers given until now, {given}, stay as they are, each with the wording it was given under."
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
