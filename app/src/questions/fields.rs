//! The fields of the dialog.

use super::audience::{AskedAbout, AskedOf, ShownOnlyIf};
use super::dialog::{Editing, QuestionEdit};
use super::draft::{Draft, Type, reason};
use super::options::OptionsEditor;
use crate::api::{Failure, FieldProblem};
use crate::configuration::TextField;
use leptos::ev;
use leptos::prelude::*;
use shared::questions::{Condition, LETTERS, QuestionSetting};

/// Draws every field, each with what is wrong with it.
#[component]
pub(super) fn Fields(draft: Draft, editing: RwSignal<Editing>, setting: RwSignal<QuestionSetting>) -> impl IntoView {
    let mistakes = Memo::new(move |_| draft.mistakes());
    let wrong = move |field: &'static str| Signal::derive(move || mistakes.with(|mistakes| reason(mistakes, field)));
    let invalid = move |field: &'static str| move || mistakes.with(|mistakes| reason(mistakes, field)).is_some().then_some("true");
    view! {
        <Failure error=Signal::derive(move || draft.elsewhere())/>
        <div class="two-col">
            <div>
                <NameField draft editing setting wrong=wrong("Name")/>
            </div>
            <div>
                <TypeField draft/>
                <FieldProblem id="question-type-wrong" reason=wrong("Type")/>
            </div>
        </div>
        <div>
            <label class="label" for="question-description">"Description"</label>
            <textarea dir="auto" class="input" id="question-description" rows="2" bind:value=draft.description
                aria-describedby="question-description-hint question-description-wrong" aria-invalid=invalid("Description")></textarea>
            <p class="hint" id="question-description-hint">"Shown to reviewers; Markdown."</p>
            <FieldProblem id="question-description-wrong" reason=wrong("Description")/>
        </div>
        <Show when=move || draft.kind.get() == Type::Categorical>
            <div>
                <label class="tick">
                    <input class="check" type="checkbox" bind:checked=draft.expected aria-describedby="question-expected-hint"/>
                    <span>"Write to expected field instead of score"</span>
                </label>
                <p class="hint indent" id="question-expected-hint">"The name of the chosen option becomes what the row expects. There are no percentages then."</p>
                <Show when=move || draft.expected.get()>
                    <label class="tick">
                        <input class="check" type="checkbox" bind:checked=draft.multiple/>
                        <span>"Allow multiple choice"</span>
                    </label>
                </Show>
            </div>
            <OptionsEditor draft mistakes/>
        </Show>
        <Show when=move || draft.kind.get() == Type::Text>
            <div>
                <TextField id="question-path" label="Metadata path" value=draft.path problem=wrong("Metadata path")/>
                <Show when=move || wrong("Metadata path").read().is_none()>
                    <p class="hint">"Where the text is written, for example metadata.review.reason."</p>
                </Show>
            </div>
        </Show>
        <AskedAbout draft wrong=wrong("Asked about")/>
        <AskedOf draft setting wrong=wrong("Asked of")/>
        <ShownOnlyIf draft wrong=Condition::FIELDS.map(wrong)/>
        <div class="row loose wrap">
            <label class="tick"><input class="check" type="checkbox" bind:checked=draft.required/><span>"Required"</span></label>
            <Show when=move || draft.is_score()>
                <label class="tick"><input class="check" type="checkbox" bind:checked=draft.higher_is_better/><span>"Higher is better"</span></label>
            </Show>
            <label class="tick"><input class="check" type="checkbox" bind:checked=draft.asks_sureness/><span>"Ask how sure one is"</span></label>
            <KeyField draft/>
        </div>
        <FieldProblem id="question-key-wrong" reason=wrong("Key")/>
    }
}

#[component]
fn NameField(draft: Draft, editing: RwSignal<Editing>, setting: RwSignal<QuestionSetting>, wrong: Signal<Option<String>>) -> impl IntoView {
    let changed = move |read: fn(&shared::questions::Question) -> String| {
        editing.with(|editing| editing.as_ref().and_then(QuestionEdit::changed).map(read))
    };
    // The name is the key in `scores`, so it is fixed once something is stored under it.
    let fixed = Signal::derive(move || {
        editing.with(|editing| editing.as_ref().and_then(QuestionEdit::changed).is_some_and(|question| question.answer_count() > 0))
    });
    let hint = move || {
        if fixed.get() {
            return Some("Answers are stored under this name, so it stays.".to_owned());
        }
        let name = draft.name.read().trim().to_owned();
        let own = changed(|question| question.name.clone()).is_some_and(|own| own == name);
        let shared = draft.is_score() && !own && setting.with(|setting| setting.scores.contains(&name));
        shared.then(|| {
            format!("{name} is also the name of a score that SDKs send. Both share a column, and an answer counts before what was sent.")
        })
    };
    view! {
        <TextField id="question-name" label="Name" value=draft.name problem=wrong readonly=fixed autofocus=true/>
        <div aria-live="polite">{move || hint().map(|hint| view! { <p class="hint">{hint}</p> })}</div>
    }
}

#[component]
fn TypeField(draft: Draft) -> impl IntoView {
    let choose = move |event: ev::Event| {
        draft.kind.set(match event_target_value(&event).as_str() {
            "categorical" => Type::Categorical,
            "text" => Type::Text,
            _ => Type::Continuous,
        });
    };
    let word = move || match draft.kind.get() {
        Type::Continuous => "continuous",
        Type::Categorical => "categorical",
        Type::Text => "text",
    };
    view! {
        <label class="label" for="question-type">"Type"</label>
        <select class="input" id="question-type" on:change=choose prop:value=word aria-describedby="question-type-wrong">
            <option value="continuous">"Continuous"</option>
            <option value="categorical">"Categorical"</option>
            <option value="text">"Free-form text"</option>
        </select>
    }
}

#[component]
fn KeyField(draft: Draft) -> impl IntoView {
    let choose = move |event: ev::Event| draft.hotkey.set(event_target_value(&event).chars().next());
    let letters = LETTERS.map(|letter| view! { <option value=letter.to_string()>{letter.to_string()}</option> });
    view! {
        <span class="row">
            <label for="question-key">"Key"</label>
            <select class="input short" id="question-key" on:change=choose aria-describedby="question-key-wrong"
                prop:value=move || draft.hotkey.get().map(String::from).unwrap_or_default()>
                <option value="">"none"</option>
                {letters.into_iter().collect_view()}
            </select>
        </span>
    }
}
