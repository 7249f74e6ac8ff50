//! The form that flags for review: into which list, who is asked, and what they should know.

use super::api::flag_setting;
use super::list_draft::number;
use crate::api::{Failure, FieldProblem, send};
use crate::configuration::{FormState, TextField};
use crate::context::use_project;
use crate::keys::find;
use leptos::prelude::*;
use shared::people::Person;
use shared::permissions::Action;
use shared::reviews::{FlagSetting, RowFlag};
use shared::{PersonId, ReviewListId};

/// What is flagged, and what becomes of it. Copies share it.
#[derive(Clone, Copy)]
pub(crate) struct Flagger {
    /// The lists in which it stands.
    pub(crate) stands: Signal<Vec<RowFlag>>,
    /// What the button says.
    pub(crate) words: Signal<String>,
    /// Whether one can draw some of many.
    pub(crate) draws: bool,
    /// Whether one comes to ask people, and begins there.
    pub(crate) assigns: bool,
    /// Whether it was taken.
    pub(crate) form: FormState,
    /// Flags it, or changes how it stands.
    pub(crate) flag: Callback<FlagDraft>,
    /// Takes it out of a list.
    pub(crate) remove: Callback<ReviewListId>,
}

/// What was written in the form.
pub(crate) struct FlagDraft {
    /// The list.
    pub(crate) list: ReviewListId,
    /// The note; empty for none.
    pub(crate) note: String,
    /// Who is asked.
    pub(crate) people: Vec<PersonId>,
    /// How many are drawn at random; none for all.
    pub(crate) sample: Option<u32>,
}

/// Draws the form, as it is whenever its dialog opens.
#[component]
pub(crate) fn FlagForm(flagger: Flagger) -> impl IntoView {
    let context = use_project();
    let Flagger { stands, words, draws, assigns, form, flag, remove } = flagger;
    let sample = RwSignal::new(String::new());
    let stands_in = move |list: &ReviewListId| stands.with_untracked(|stands| stands.iter().find(|flag| flag.list == *list).cloned());
    let (note, people) = (RwSignal::new(String::new()), RwSignal::new(Vec::<PersonId>::new()));
    // One goes on from how it stands.
    let begin = move |list: &ReviewListId| {
        let known = stands_in(list);
        people.set(known.as_ref().map(RowFlag::asked).unwrap_or_default());
        note.set(known.and_then(|flag| flag.note).unwrap_or_default());
    };
    let first = stands.with_untracked(|stands| stands.first().map(|flag| flag.list.clone()));
    let list = RwSignal::new(first.unwrap_or_else(|| ReviewListId(context.project.id.0.clone())));
    list.with_untracked(begin);
    let (setting, failed) = (RwSignal::new(FlagSetting::default()), RwSignal::new(None));
    send(flag_setting(context.project.id.clone()), move |answer| match answer {
        Ok(known) => drop(setting.try_set(known)),
        Err(error) => drop(failed.try_set(Some(error))),
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if form.begin() {
            let (list, people) = (list.get_untracked(), people.get_untracked());
            let sample = sample.with_untracked(|typed| number(typed));
            flag.run(FlagDraft { list, note: note.get_untracked().trim().to_owned(), people, sample });
        }
    };
    let choose = move |event| {
        let chosen = ReviewListId(event_target_value(&event));
        begin(&chosen);
        list.set(chosen);
    };
    let options = move || {
        let option = |(id, name): (ReviewListId, String)| {
            let own = id.clone();
            view! { <option value=id.0 prop:selected=move || list.with(|list| *list == own)>{name}</option> }
        };
        setting.get().lists.into_iter().map(|list| option((list.id, list.name))).collect_view()
    };
    // Where the dialog was shown a moment before its form, nothing has the focus yet.
    let begun = StoredValue::new(false);
    let first = if assigns { "#flag-people input" } else { "#flag-note" };
    Effect::new(move |_| {
        // Who can be asked comes a moment later.
        setting.track();
        if !begun.get_value() {
            request_animation_frame(move || {
                if let Some(field) = find(first) {
                    let _ = field.focus();
                    begun.set_value(true);
                }
            });
        }
    });
    let may_ask = context.may(Action::Assign);
    let is_there = move || stands.with(|stands| list.with(|list| stands.iter().any(|flag| flag.list == *list)));
    view! {
        <form on:submit=submit>
            <div class="dialog-b stack">
                <Stands stands remove/>
                <div>
                    <label class="label" for="flag-list">"List"</label>
                    <select class="input" id="flag-list" on:change=choose>{options}</select>
                </div>
                {may_ask.then(|| view! { <Asked setting list people problem=form.about("assignees")/> })}
                <div>
                    <label class="label" for="flag-note">"Note"</label>
                    <input class="input" id="flag-note" type="text" autocomplete="off" maxlength="10000" autofocus bind:value=note aria-describedby="flag-note-wrong"/>
                    <FieldProblem id="flag-note-wrong" reason=form.about("note")/>
                </div>
                {draws.then(|| view! { <TextField id="flag-sample" label="At random, so many" value=sample problem=form.about("sample")/> })}
                <Failure error=form.elsewhere()/>
                <Failure error=failed/>
            </div>
            <div class="dialog-f">
                <button class="btn primary" type="submit" disabled=move || form.busy.get()>
                    {move || match sample.with(|typed| number(typed)) {
                        Some(count) => format!("Flag {count} at random"),
                        None if is_there() => "Save".to_owned(),
                        None => words.get(),
                    }}
                </button>
            </div>
        </form>
    }
}

/// Draws the lists in which it stands.
#[component]
fn Stands(stands: Signal<Vec<RowFlag>>, remove: Callback<ReviewListId>) -> impl IntoView {
    let line = move |flag: RowFlag| {
        let words = told(&flag);
        view! {
            <li class="row">
                <span class="grow">{words}</span>
                <button class="btn small" type="button" on:click=move |_| remove.run(flag.list.clone())>"Remove from list"</button>
            </li>
        }
    };
    view! {
        <Show when=move || stands.with(|stands| !stands.is_empty())>
            <ul class="stack tight" aria-label="Review lists">{move || stands.get().into_iter().map(line).collect_view()}</ul>
        </Show>
    }
}

/// How something stands in a list, in words.
pub(crate) fn told(flag: &RowFlag) -> String {
    let mut words = if flag.list_name.is_empty() { "Flagged".to_owned() } else { ["In ", &flag.list_name].concat() };
    if let Some(person) = &flag.by {
        words += " by ";
        words += &person.name;
    }
    if !flag.assignees.is_empty() {
        words += ", for ";
        words += &flag.assignees.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join(", ");
    }
    words
}

/// Draws who can be asked: those who review the list.
#[component]
fn Asked(
    setting: RwSignal<FlagSetting>,
    list: RwSignal<ReviewListId>,
    people: RwSignal<Vec<PersonId>>,
    problem: Signal<Option<String>>,
) -> impl IntoView {
    let offered = Memo::new(move |_| {
        setting.with(|setting| {
            let known = list.with(|list| setting.lists.iter().find(|known| known.id == *list));
            let reviews = |person: &&Person| known.is_none_or(|known| known.reviewers.includes(person));
            setting.people.iter().filter(reviews).cloned().collect::<Vec<_>>()
        })
    });
    view! {
        <fieldset id="flag-people" aria-describedby="flag-people-wrong">
            <legend class="label">"Assign"</legend>
            <div class="ticks">
                <For each=move || offered.get() key=|person| person.id.clone() let:person>
                    <Tick person people/>
                </For>
            </div>
            <FieldProblem id="flag-people-wrong" reason=problem/>
        </fieldset>
    }
}

#[component]
fn Tick(person: Person, people: RwSignal<Vec<PersonId>>) -> impl IntoView {
    let id = StoredValue::new(person.id);
    let change = move |_| {
        people.update(|people| {
            let id = id.get_value();
            match people.iter().position(|known| *known == id) {
                Some(at) => drop(people.remove(at)),
                None => people.push(id),
            }
        });
    };
    view! {
        <label class="tick">
            <input class="check" type="checkbox" prop:checked=move || id.with_value(|id| people.read().contains(id)) on:change=change/>
            <span>{person.name}</span>
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::told;
    use shared::people::{Person, Role};
    use shared::reviews::RowFlag;

    #[test]
    fn a_flag_is_told_in_words() {
        let person = |name: &str| Person { id: name.into(), name: name.to_owned(), email: String::new(), role: Role::Reviewer };
        let flag = RowFlag {
            list: "p".into(),
            list_name: "Review".to_owned(),
            by: Some(person("Ada")),
            note: None,
            assignees: vec![person("Carl"), person("Dora")],
            needed: 1,
            done: 0,
        };
        assert_eq!(told(&flag), "In Review by Ada, for Carl, Dora");
        let mine = RowFlag { list_name: String::new(), assignees: Vec::new(), ..flag.clone() };
        assert_eq!(told(&mine), "Flagged by Ada");
        assert_eq!(told(&RowFlag { by: None, assignees: Vec::new(), ..flag }), "In Review");
    }
}
