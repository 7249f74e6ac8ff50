//! What can be done with the view that is shown: saved, saved as another one, given another name, shared, deleted.

use super::api::{delete_view, restore_view, save_view, set_default_view};
use super::menu::MenuState;
use crate::api::{AppError, Failure, send};
use crate::configuration::{FormState, TextField};
use crate::context::use_project;
use leptos::prelude::*;
use shared::permissions::Action;
use shared::ranges::TimeRange;
use shared::views::{DeleteView, KeptView, ListState, RestoreView, SaveView, SavedView, SetDefaultView};

/// What is being named.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// A further view of what is shown.
    Another,
    /// The view that is shown.
    This,
}

/// Draws what can be done with the view that is shown.
#[component]
pub(super) fn ViewFoot(state: MenuState, current: Option<SavedView>) -> impl IntoView {
    let context = use_project();
    let may_save = context.may(Action::SaveViews);
    let shown = state.list.state();
    let view_type = state.list.view_type;
    let kept = state.word.with_value(|word| KeptView::named(word, view_type));
    let held = current.as_ref().map(|view| view.state.clone()).or_else(|| kept.map(KeptView::state)).unwrap_or_default();
    let changes = changes(&held, &shown);
    let is_changed = !changes.is_empty();
    let name = current.as_ref().map(|view| view.name.clone()).or_else(|| kept.map(|view| view.name.to_owned())).unwrap_or_default();
    let naming = RwSignal::new(None::<Naming>);
    let reset = move |_| state.show(&state.word.get_value());
    let mine = current.filter(|view| may_save && (view.owner == context.viewer.id || context.may(Action::Configure)));
    let save = mine.clone().filter(|view| is_changed && view.deleted.is_none()).map(|view| {
        let shown = shown.clone();
        let save = move |_| change(state, SaveView { state: shown.clone(), ..view.save() }, true);
        view! { <button class="btn primary" type="button" on:click=save>"Save"</button> }
    });
    let form = move || {
        naming.get().map(|what| match (what, mine_of(state)) {
            (Naming::This, Some(view)) => view! { <NameForm state naming first=view.name.clone() view=Some(view)/> }.into_any(),
            _ => view! { <NameForm state naming first=String::new() view=None/> }.into_any(),
        })
    };
    view! {
        <div class="dialog-b views-foot">
            <p><b>{name}</b>{is_changed.then_some(" changed, not saved")}</p>
            <ul class="hint">{changes.into_iter().map(|change| view! { <li>{change}</li> }).collect_view()}</ul>
            <UndoDelete state/>
            {form}
        </div>
        <div class="dialog-f" hidden=move || naming.with(Option::is_some)>
            {mine.map(|view| view! { <Manage state view naming/> })}
            {is_changed.then(|| view! { <button class="btn ghost" type="button" on:click=reset>"Reset"</button> })}
            {may_save.then(|| view! { <button class="btn" type="button" on:click=move |_| naming.set(Some(Naming::Another))>"Save as…"</button> })}
            {save}
        </div>
    }
}

/// The view that is shown, if it is saved.
fn mine_of(state: MenuState) -> Option<SavedView> {
    state.loaded.with_untracked(|menu| menu.as_ref()?.current.clone())
}

/// In which ways a list differs from its view, in words.
fn changes(held: &ListState, shown: &ListState) -> Vec<String> {
    let (held, shown) = (held.normal(), shown.normal());
    let mut changes = Vec::new();
    if held.filter != shown.filter {
        changes.push(if shown.filter.is_empty() { "no filter".to_owned() } else { format!("filter {}", shown.filter) });
    }
    if held.sort != shown.sort {
        changes.push(if shown.sort.is_empty() { "newest first".to_owned() } else { format!("sorted by {}", shown.sort) });
    }
    if held.columns != shown.columns {
        changes.push(if shown.columns.is_empty() { "the columns that every list has".to_owned() } else { "other columns".to_owned() });
    }
    if held.range != shown.range {
        let words = TimeRange::parse(&shown.range).ok().flatten().map_or_else(|| "all time".to_owned(), |range| range.words());
        changes.push(words);
    }
    if held.density != shown.density {
        changes.push(if shown.density.is_empty() { "compact rows".to_owned() } else { "comfortable rows".to_owned() });
    }
    if held.group != shown.group {
        changes.push(if shown.group.is_empty() { "not grouped".to_owned() } else { format!("grouped by {}", shown.group) });
    }
    changes
}

/// Sends a change of a view, and shows it as it is then, or keeps what is shown.
fn change(state: MenuState, command: SaveView, is_shown: bool) {
    send(save_view(command), move |answer| match answer {
        Ok(view) if is_shown => {
            state.list.changed.run(());
            state.show(view.id.as_str());
        }
        Ok(_) => told(state, Ok(())),
        Err(error) => told(state, Err(error)),
    });
}

/// Shows what became of the views.
fn told(state: MenuState, answer: Result<(), AppError>) {
    state.refused.set(answer.err());
    state.read();
    state.list.changed.run(());
}

/// Draws what changes the view itself.
#[component]
fn Manage(state: MenuState, view: SavedView, naming: RwSignal<Option<Naming>>) -> impl IntoView {
    let context = use_project();
    if view.deleted.is_some() {
        let id = view.id.clone();
        let restore = move |_| send(restore_view(RestoreView { view: id.clone() }), move |answer| told(state, answer.map(|_| ())));
        return view! { <button class="btn" type="button" on:click=restore>"Restore"</button> }.into_any();
    }
    let may_share = view.owner == context.viewer.id;
    let (shared, deleted, first) = (view.clone(), view.id.clone(), view.clone());
    let share = move |_| change(state, SaveView { shared: !shared.shared, ..shared.save() }, false);
    let delete = move |_| {
        send(delete_view(DeleteView { view: deleted.clone() }), move |answer| {
            state.deleted.set(answer.as_ref().ok().cloned());
            told(state, answer.map(|_| ()));
        });
    };
    let may_set_default = view.shared && context.may(Action::Configure);
    let set_default = move |_| {
        let command = SetDefaultView {
            project: first.project.clone(),
            view_type: first.view_type.clone(),
            view: (!first.is_default).then(|| first.id.clone()),
        };
        send(set_default_view(command), move |answer| told(state, answer.map(|_| ())));
    };
    let default_words = if view.is_default { "Not the default" } else { "Make default" };
    view! {
        {may_share.then(|| view! {
            <label class="tick"><input class="check" type="checkbox" prop:checked=view.shared on:change=share/><span>"Shared"</span></label>
        })}
        <span class="grow"></span>
        {may_set_default.then(|| view! { <button class="btn ghost" type="button" on:click=set_default>{default_words}</button> })}
        <button class="btn ghost" type="button" on:click=move |_| naming.set(Some(Naming::This))>"Rename"</button>
        <button class="btn ghost danger" type="button" on:click=delete>"Delete"</button>
    }
    .into_any()
}

/// Draws the way back from deleting.
#[component]
fn UndoDelete(state: MenuState) -> impl IntoView {
    let undo = move |view: SavedView| {
        send(restore_view(RestoreView { view: view.id }), move |answer| {
            if answer.is_ok() {
                state.deleted.set(None);
            }
            told(state, answer.map(|_| ()));
        });
    };
    let words = move || {
        state.deleted.get().map(|view| {
            let name = view.name.clone();
            view! {
                <p>"The view "<b>{name}</b>" was deleted. Links to it show its last state. "
                    <button class="link" type="button" on:click=move |_| undo(view.clone())>"Undo"</button>
                </p>
            }
        })
    };
    view! { <div role="status">{words}</div> }
}

/// Draws the form that names a view: a further one, or the one that is shown.
#[component]
fn NameForm(state: MenuState, naming: RwSignal<Option<Naming>>, first: String, view: Option<SavedView>) -> impl IntoView {
    let form = FormState::new(&["Name"]);
    let (name, shared) = (RwSignal::new(first), RwSignal::new(true));
    let is_new = view.is_none();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !form.begin() {
            return;
        }
        let typed = name.get_untracked();
        let command = match &view {
            Some(view) => SaveView { name: typed, ..view.save() },
            None => SaveView {
                project: state.list.project.get_value(),
                view: None,
                view_type: state.list.view_type.to_owned(),
                name: typed,
                shared: shared.get_untracked(),
                state: state.list.state(),
                sent: None,
                version: None,
            },
        };
        send(save_view(command), move |answer| {
            let Some(view) = form.finish(answer) else { return };
            naming.set(None);
            if is_new {
                state.show(view.id.as_str());
            } else {
                told(state, Ok(()));
            }
        });
    };
    view! {
        <form on:submit=save>
            <Failure error=form.elsewhere()/>
            <TextField id="view-name" label="Name" value=name problem=form.about("Name")/>
            {is_new.then(|| view! { <label class="tick"><input class="check" type="checkbox" bind:checked=shared/><span>"Shared with the project"</span></label> })}
            <div class="row">
                <button class="btn primary" type="submit">{if is_new { "Save view" } else { "Rename view" }}</button>
                <button class="btn ghost" type="button" on:click=move |_| naming.set(None)>"Cancel"</button>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::changes;
    use shared::views::ListState;

    #[test]
    fn a_changed_view_says_in_which_ways() {
        let state = |filter: &str, sort: &str| ListState { filter: filter.to_owned(), sort: sort.to_owned(), ..ListState::default() };
        for (held, shown, expected) in [
            (state("a", "scores.A desc"), state(" a ", "scores.A  desc"), ""),
            (state("a", ""), state("b", "created desc"), "filter b"),
            (state("a", "scores.A desc"), state("", ""), "no filter, newest first"),
            (state("", ""), state("", "scores.A"), "sorted by scores.A asc"),
        ] {
            assert_eq!(changes(&held, &shown).join(", "), expected);
        }
    }
}
