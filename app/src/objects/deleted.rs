//! What was deleted of the experiments or the datasets of a project: how it is brought back, at once or later.

use super::api::{list_deleted, restore_object};
use super::head::noun;
use super::leading;
use super::page_of;
use crate::api::{AppError, send};
use crate::context::use_project;
use crate::keys::{Act, Scope, shortcuts, use_keys};
use crate::loading::{loaded, resource};
use crate::raw_query::raw_query;
use crate::ui::{Icon, IconName, RelativeTime, civil::CivilTime, format};
use leptos::prelude::*;
use shared::address::value;
use shared::objects::{DeletedObject, ObjectKind, RestoreObject};
use shared::permissions::Action;
use shared::{Micros, ObjectId};
use std::time::Duration;

/// The parameter that names what was deleted a moment ago.
pub(super) const JUST_DELETED: &str = "deleted";

/// How long a toast offers to bring back. The list does it longer.
const SHOWN: Duration = Duration::from_secs(8);

/// Draws, for those who may delete, what can be brought back, and offers it at once for what was deleted a moment ago.
#[component]
pub(super) fn Deleted(kind: ObjectKind) -> impl IntoView {
    let context = use_project();
    let may_restore = context.may(Action::Configure);
    may_restore.then(|| {
        let project = context.project.id.clone();
        let deleted = resource(move || project.clone(), move |project| list_deleted(project, kind));
        let list = loaded(deleted, move |deleted| view! { <DeletedList kind deleted/> }.into_any());
        view! { <Suspense>{list}</Suspense> }
    })
}

#[component]
fn DeletedList(kind: ObjectKind, deleted: Vec<DeletedObject>) -> impl IntoView {
    let just = value(&raw_query().get_untracked(), JUST_DELETED);
    let just = deleted.iter().find(|object| just.as_deref() == Some(object.id.as_str())).cloned();
    let heading = format!("Recently deleted, {}", format::count(deleted.len() as u64));
    let any = !deleted.is_empty();
    view! {
        {just.map(|object| view! { <UndoDeletion kind object/> })}
        {any.then(|| view! {
            <details class="deleted">
                <summary>{heading}</summary>
                <ul>{deleted.into_iter().map(|object| deleted_line(kind, object)).collect_view()}</ul>
            </details>
        })}
    }
}

fn deleted_line(kind: ObjectKind, object: DeletedObject) -> impl IntoView {
    let refused = RwSignal::new(None::<AppError>);
    let restore = restoring(kind, refused);
    let DeletedObject { id, name, rows, deleted, by, until, is_name_taken } = object;
    let size = format::counted(rows.unsigned_abs(), "row", "rows");
    let thing = DeletedThing { noun: noun(kind), name, size, deleted, by, until, is_name_taken };
    view! { <DeletedLine thing refused restore=Callback::new(move |name| restore(id.clone(), name))/> }
}

/// Brings something back and goes to its page.
fn restoring(kind: ObjectKind, refused: RwSignal<Option<AppError>>) -> impl Fn(ObjectId, Option<String>) + Clone + Send + Sync + 'static {
    let (go, is_busy) = (leading(), RwSignal::new(false));
    move |id, name| {
        if is_busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true) {
            return;
        }
        let go = go.clone();
        send(restore_object(RestoreObject { kind, id, name }), move |answer| {
            let _ = is_busy.try_set(false);
            match answer {
                Ok(name) => go(&page_of(kind, &name).path()),
                Err(error) => {
                    let _ = refused.try_set(Some(error));
                }
            }
        });
    }
}

/// Offers for a while to bring back what was deleted a moment ago.
#[component]
fn UndoDeletion(kind: ObjectKind, object: DeletedObject) -> impl IntoView {
    let refused = RwSignal::new(None::<AppError>);
    let restore = restoring(kind, refused);
    let shown = RwSignal::new(true);
    Effect::new(move |_| {
        set_timeout(
            move || {
                let _ = shown.try_set(false);
            },
            SHOWN,
        );
    });
    let id = StoredValue::new(object.id);
    let undo = move || restore(id.get_value(), None);
    let by_key = undo.clone();
    use_keys().on(Scope::List, move |act| {
        let is_undo = act == Act::Undo && shown.get_untracked();
        if is_undo {
            by_key();
        }
        is_undo
    });
    let words = format!("Deleted {}", object.name);
    let said = move || refused.get().map_or_else(|| words.clone(), |error| error.to_string());
    let undo = StoredValue::new(undo);
    view! {
        <Show when=move || shown.get()>
            <div class="toast" role="group" aria-label="Last action">
                <span class="clip" role="status">{said.clone()}</span>
                <button class="btn small" type="button" aria-keyshortcuts=shortcuts(Act::Undo) on:click=move |_| undo.with_value(|undo| undo())>
                    <Icon name=IconName::Undo/>"Undo"<kbd aria-hidden="true">"z"</kbd>
                </button>
            </div>
        </Show>
    }
}

/// What is told of something that was deleted.
pub(crate) struct DeletedThing {
    /// What it is, as a word.
    pub(crate) noun: &'static str,
    pub(crate) name: String,
    /// What is in it.
    pub(crate) size: String,
    pub(crate) deleted: Micros,
    pub(crate) by: Option<String>,
    /// Until when it can be brought back.
    pub(crate) until: Micros,
    pub(crate) is_name_taken: bool,
}

/// Draws something that was deleted, with the button that brings it back; under another name where another one has its name by now.
#[component]
pub(crate) fn DeletedLine(
    thing: DeletedThing,
    /// Why it was not brought back.
    refused: RwSignal<Option<AppError>>,
    /// Called with the other name, where there is one.
    restore: Callback<Option<String>>,
) -> impl IntoView {
    let DeletedThing { noun, name, size, deleted, by, until, is_name_taken } = thing;
    let new_name = RwSignal::new(name.clone());
    let bring_back = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        restore.run(is_name_taken.then(|| new_name.get_untracked()));
    };
    let by = by.map(|by| format!(" by {by}"));
    let taken = is_name_taken.then(|| {
        let words = format!("Another {noun} is called {name} by now. Give this one another name.");
        view! {
            <p class="hint">{words}</p>
            <input class="input" type="text" dir="auto" aria-label=format!("New name for {name}") bind:value=new_name/>
        }
    });
    view! {
        <li>
            <form on:submit=bring_back>
                <div class="grow">
                    <b class="clip">{name.clone()}</b>
                    <span class="hint">{size}", deleted"{by}" "<RelativeTime micros=deleted/>", kept until "{CivilTime::from_micros(until).to_day()}</span>
                    {taken}
                    {move || refused.get().map(|error| view! { <p class="wrong" role="alert">{error.to_string()}</p> })}
                </div>
                <button class="btn small" type="submit" aria-label=format!("Restore {name}")><Icon name=IconName::Undo/>"Restore"</button>
            </form>
        </li>
    }
}
