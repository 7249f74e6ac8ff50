//! *Configuration → Review*: how a project is reviewed. What is changed is saved at once.

use super::api::{change_settings, load_settings};
use crate::api::{FieldProblem, send};
use crate::configuration::{Configuration, FormState, Section};
use crate::context::use_project;
use crate::loading::{loaded, resource};
use crate::ui::{Saving, SavingStatus};
use leptos::prelude::*;
use serde_json::{Map, Value};
use shared::permissions::Action;
use shared::projects::{ChangeSettings, Settings};

/// The settings whose mistakes are told at their fields.
const FIELDS: &[&str] = &["settings.reviewers_per_item", "settings.claim_minutes"];

/// Draws how a project is reviewed.
#[component]
pub fn ReviewSettingsPage() -> impl IntoView {
    let project = use_project().project.id;
    let settings = resource(move || project.clone(), load_settings);
    let saving = RwSignal::new(Saving::Idle);
    let page = loaded(settings, move |settings| view! { <ReviewSettings settings saving/> }.into_any());
    view! {
        <Configuration section=Section::Review explanation="How this project is reviewed. A change holds at once, for everybody."
            actions=view! { <SavingStatus state=saving/> }.into_any()>
            <Suspense>{page}</Suspense>
        </Configuration>
    }
}

/// What every control of the page needs to save. Copies share it.
#[derive(Clone, Copy)]
struct Editor {
    saving: RwSignal<Saving>,
    form: FormState,
    /// False for who may only look.
    may: bool,
}

impl Editor {
    /// Saves one setting; `refused` puts the control back to what holds.
    fn save(self, name: &'static str, value: Value, refused: impl FnOnce() + 'static) {
        let changes = Map::from_iter([(name.to_owned(), value)]);
        let command = ChangeSettings { project: use_project().project.id, changes };
        self.form.clear();
        self.saving.set(Saving::Saving);
        send(change_settings(command), move |answer| {
            let state = match &answer {
                Ok(_) => Saving::Saved,
                Err(error) => Saving::Failed(error.to_string()),
            };
            self.saving.set(state);
            if self.form.finish(answer).is_none() {
                refused();
            }
        });
    }
}

#[component]
fn ReviewSettings(settings: Settings, saving: RwSignal<Saving>) -> impl IntoView {
    let editor = Editor { saving, form: FormState::new(FIELDS), may: use_project().may(Action::Configure) };
    view! {
        <div class="pane">
            <div class="sec">
                <Switch editor name="blind_reviews" label="Blind reviews" on=settings.blind_reviews
                    hint="Until a reviewer has answered, the server sends them nobody else’s answers, comments or automatic scores of that question. Engineers and owners see everything."/>
                <Switch editor name="require_all_human_review_scores" label="Require all human review scores"
                    on=settings.require_all_human_review_scores
                    hint="A review is complete only when every question is answered, also those that are not marked as required."/>
            </div>
            <div class="sec stack">
                <Number editor name="reviewers_per_item" label="Reviewers per item" field=FIELDS[0] value=settings.reviewers_per_item
                    hint="How many people review an item before it is complete."/>
                <Number editor name="claim_minutes" label="Minutes of a claim" field=FIELDS[1] value=settings.claim_minutes
                    hint="How long an item that somebody has taken waits for them when they do nothing."/>
            </div>
        </div>
    }
}

/// A check box that is saved when it is ticked.
#[component]
fn Switch(editor: Editor, name: &'static str, label: &'static str, hint: &'static str, on: bool) -> impl IntoView {
    let ticked = RwSignal::new(on);
    let save = move |_| {
        let now = ticked.get_untracked();
        editor.save(name, Value::Bool(now), move || ticked.set(!now));
    };
    let about = format!("{name}-hint");
    view! {
        <div class="tick">
            <input class="check" type="checkbox" id=name bind:checked=ticked on:change=save disabled=!editor.may aria-describedby=about.clone()/>
            <div><label for=name>{label}</label><span class="hint" id=about>{hint}</span></div>
        </div>
    }
}

/// A whole number that is saved when its field is left.
#[component]
fn Number(
    editor: Editor,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    /// How a refusal names it.
    field: &'static str,
    value: u32,
) -> impl IntoView {
    let typed = RwSignal::new(value.to_string());
    let problem = editor.form.about(field);
    let save = move |_| {
        let text = typed.get_untracked();
        // What is no number is for the server to refuse, in the words that are everybody's.
        let value = text.trim().parse::<u32>().map_or_else(|_| Value::String(text), Value::from);
        editor.save(name, value, || ());
    };
    let (about, wrong) = (format!("{name}-hint"), format!("{name}-wrong"));
    view! {
        <div>
            <label class="label" for=name>{label}</label>
            <input class="input short" type="text" inputmode="numeric" autocomplete="off" id=name bind:value=typed on:change=save
                disabled=!editor.may aria-invalid=move || problem.read().is_some().then_some("true")
                aria-describedby=format!("{about} {wrong}")/>
            <p class="hint" id=about>{hint}</p>
            <FieldProblem id=wrong reason=problem/>
        </div>
    }
}
