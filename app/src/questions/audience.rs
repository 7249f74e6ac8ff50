//! Where a question is asked, about which rows, and of whom.

use super::dialog::object_word;
use super::draft::{Draft, OBJECTS, tick};
use crate::api::FieldProblem;
use crate::configuration::TextField;
use leptos::prelude::*;
use shared::PersonId;
use shared::objects::ObjectKind;
use shared::people::{Person, Role};
use shared::permissions::Action;
use shared::questions::{Audience, Condition, QuestionSetting};

/// Draws the kinds of object that a question is asked about.
#[component]
pub(super) fn AskedAbout(draft: Draft, wrong: Signal<Option<String>>) -> impl IntoView {
    let boxes = OBJECTS.map(|object| {
        let impossible = move || object == ObjectKind::Dataset && draft.is_score();
        let checked = move || !impossible() && draft.objects.read().contains(&object);
        view! {
            <label class="tick">
                <input class="check" type="checkbox" prop:checked=checked disabled=impossible on:change=move |_| tick(draft.objects, &object)/>
                <span>{object_word(object)}</span>
            </label>
        }
    });
    view! {
        <fieldset aria-describedby="question-objects-wrong">
            <legend class="label">"Asked about"</legend>
            <div class="row loose wrap">{boxes.into_iter().collect_view()}</div>
            <Show when=move || draft.is_score()><p class="hint">"Rows of a dataset have no scores, so this is not asked there."</p></Show>
            <FieldProblem id="question-objects-wrong" reason=wrong/>
        </fieldset>
    }
}

/// Whom something is for while it is being written. Copies share it.
#[derive(Clone, Copy)]
pub(crate) struct AudienceDraft {
    /// Whether it is for some only.
    pub(crate) chosen: RwSignal<bool>,
    /// These people.
    pub(crate) people: RwSignal<Vec<PersonId>>,
    /// And everybody of these roles.
    pub(crate) roles: RwSignal<Vec<Role>>,
}

impl AudienceDraft {
    /// What is written of an audience.
    pub(crate) fn of(audience: Audience) -> Self {
        let chosen = RwSignal::new(audience != Audience::default());
        Self { chosen, people: RwSignal::new(audience.people), roles: RwSignal::new(audience.roles) }
    }

    /// The audience as it is written.
    pub(crate) fn chosen_audience(self) -> Audience {
        if !self.chosen.get_untracked() {
            return Audience::default();
        }
        Audience { people: self.people.get_untracked(), roles: self.roles.get_untracked() }
    }
}

/// Draws who is asked: everyone, or some people and roles.
#[component]
pub(super) fn AskedOf(draft: Draft, setting: RwSignal<QuestionSetting>, wrong: Signal<Option<String>>) -> impl IntoView {
    let known = Signal::derive(move || setting.with(|setting| setting.people.clone()));
    let draft = AudienceDraft { chosen: draft.chosen, people: draft.people, roles: draft.roles };
    view! { <AudienceChoice id="question-audience" legend="Asked of" draft known wrong/> }
}

/// Draws whom something is for: everyone, or some people and roles.
#[component]
pub(crate) fn AudienceChoice(
    /// Unique on the page.
    id: &'static str,
    legend: &'static str,
    draft: AudienceDraft,
    /// Who can be chosen.
    known: Signal<Vec<Person>>,
    /// What is wrong with it.
    wrong: Signal<Option<String>>,
) -> impl IntoView {
    let way = move |chosen: bool, words: &'static str| {
        view! {
            <label class="tick">
                <input class="check" type="radio" name=id prop:checked=move || draft.chosen.get() == chosen on:change=move |_| draft.chosen.set(chosen)/>
                <span>{words}</span>
            </label>
        }
    };
    let described = format!("{id}-wrong");
    view! {
        <fieldset aria-describedby=described.clone()>
            <legend class="label">{legend}</legend>
            <div class="row loose wrap">{way(false, "Everyone")}{way(true, "Some people or roles")}</div>
            <Show when=move || draft.chosen.get()><Chosen draft known/></Show>
            <FieldProblem id=described.clone() reason=wrong/>
        </fieldset>
    }
}

/// Draws the filters that decide about which rows a question is asked. They are folded away while there are none.
#[component]
pub(super) fn ShownOnlyIf(draft: Draft, wrong: [Signal<Option<String>>; 3]) -> impl IntoView {
    // Once open it stays so, also when the last filter is taken away.
    let is_set = Memo::new(move |was_set: Option<&bool>| was_set == Some(&true) || !draft.condition().is_empty());
    let ids = ["question-if-span", "question-if-below", "question-if-trace"];
    let fields = ids.into_iter().zip(Condition::FIELDS).zip(draft.conditions.into_iter().zip(wrong));
    let fields = fields.map(|((id, label), (value, problem))| view! { <TextField id label value problem/> }).collect_view();
    view! {
        <details class="conditions" open=is_set>
            <summary class="label">"Shown only if"</summary>
            <div class="stack tight">
                {fields}
                <p class="hint">"Filters as on the list, for example span_attributes.type = 'llm'. Without any it is asked everywhere."</p>
            </div>
        </details>
    }
}

/// Whoever may not answer is not asked.
fn may_answer(role: Role) -> bool {
    Action::Review.allowed(role, None)
}

#[component]
fn Chosen(draft: AudienceDraft, known: Signal<Vec<Person>>) -> impl IntoView {
    let roles = Role::ALL.into_iter().filter(|role| may_answer(*role)).map(|role| {
        view! {
            <label class="tick">
                <input class="check" type="checkbox" prop:checked=move || draft.roles.read().contains(&role)
                    on:change=move |_| tick(draft.roles, &role)/>
                <span>{plural(role)}</span>
            </label>
        }
    });
    let people = Memo::new(move |_| known.with(|known| known.iter().filter(|person| may_answer(person.role)).cloned().collect::<Vec<_>>()));
    view! {
        <div class="stack tight space-above">
            <div class="row loose wrap" role="group" aria-label="Roles">{roles.collect_view()}</div>
            <div class="row loose wrap people" role="group" aria-label="People">
                <For each=move || people.get() key=|person| person.id.clone() let:person><PersonTick draft person/></For>
            </div>
        </div>
    }
}

#[component]
fn PersonTick(draft: AudienceDraft, person: Person) -> impl IntoView {
    let id = StoredValue::new(person.id);
    view! {
        <label class="tick">
            <input class="check" type="checkbox" prop:checked=move || id.with_value(|id| draft.people.read().contains(id))
                on:change=move |_| id.with_value(|id| tick(draft.people, id))/>
            <span>{person.name}</span>
        </label>
    }
}

fn plural(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Viewers",
        Role::Reviewer => "Reviewers",
        Role::Engineer => "Engineers",
        Role::Owner => "Owners",
    }
}
