//! Renaming, describing and deleting an experiment or a dataset.

use super::api::{change_object, delete_object};
use super::deleted::JUST_DELETED;
use super::head::noun;
use super::{About, leading, page_of};
use crate::api::Failure;
use crate::configuration::{FormState, TextField};
use crate::ui::Dialog;
use leptos::prelude::*;
use serde_json::{Map, Value};
use shared::address::encode;
use shared::objects::{ChangeObject, DeleteObject};

/// Draws the dialog that renames and describes; `description` is what the page shows.
#[component]
pub(super) fn EditObjectDialog(about: About, open: RwSignal<bool>, description: RwSignal<String>, changed: Callback<()>) -> impl IntoView {
    let form = FormState::new(&["Name"]);
    let (name, text) = (RwSignal::new(about.name.clone()), RwSignal::new(about.description.clone()));
    let go = leading();
    let title = format!("Edit {}", noun(about.kind));
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !form.begin() {
            return;
        }
        let About { kind, id, name: before, .. } = about.clone();
        let typed = text.get_untracked().trim().to_owned();
        let said = if typed.is_empty() { Value::Null } else { Value::String(typed.clone()) };
        let details = Map::from_iter([("description".to_owned(), said)]);
        let go = go.clone();
        send_change(ChangeObject { kind, id, name: Some(name.get_untracked()), details }, form, move |now| {
            open.set(false);
            description.set(typed);
            if now != before {
                go(&page_of(kind, &now).path());
            } else {
                changed.run(());
            }
        });
    };
    view! {
        <Dialog title open>
            <form on:submit=save>
                <div class="dialog-b">
                    <Failure error=form.elsewhere()/>
                    <TextField id="object-name" label="Name" value=name problem=form.about("Name") autofocus=true/>
                    <div>
                        <label class="label" for="object-description">"Description"</label>
                        <textarea dir="auto" class="input" id="object-description" rows="3" prop:value=text on:input=move |event| text.set(event_target_value(&event))></textarea>
                    </div>
                    <p class="hint">"Links that use the old name stop working, and an SDK that asks for it makes a new one."</p>
                </div>
                <div class="dialog-f">
                    <button class="btn ghost" type="button" on:click=move |_| open.set(false)>"Cancel"</button>
                    <button class="btn primary" type="submit">"Save"</button>
                </div>
            </form>
        </Dialog>
    }
}

/// Draws the question before deleting.
#[component]
pub(super) fn DeleteObjectDialog(about: About, open: RwSignal<bool>) -> impl IntoView {
    let form = FormState::new(&[]);
    let go = leading();
    let noun = noun(about.kind);
    let name = about.name.clone();
    let delete = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !form.begin() {
            return;
        }
        let go = go.clone();
        let list = format!("{noun}s?{JUST_DELETED}={}", encode(about.id.as_str()));
        crate::api::send(delete_object(DeleteObject { kind: about.kind, id: about.id.clone() }), move |answer| match answer {
            // The dialog stays until the page goes: under it lie rows that are gone, and what is pointed at is read ahead.
            Ok(_) => go(&list),
            Err(error) => drop(form.finish::<()>(Err(error))),
        });
    };
    view! {
        <Dialog title=format!("Delete {noun}") open>
            <form on:submit=delete>
                <div class="dialog-b">
                    <Failure error=form.elsewhere()/>
                    <p>"The "{noun}" "<b>{name}</b>" and its rows disappear for everybody, with the answers and comments on them. Its name becomes free. For 30 days it can be brought back under “Recently deleted”."</p>
                </div>
                <div class="dialog-f">
                    <button class="btn ghost" type="button" autofocus on:click=move |_| open.set(false)>"Cancel"</button>
                    <button class="btn danger" type="submit">"Delete"</button>
                </div>
            </form>
        </Dialog>
    }
}

fn send_change(command: ChangeObject, form: FormState, then: impl FnOnce(String) + 'static) {
    crate::api::send(change_object(command), move |answer| {
        if let Some(name) = form.finish(answer) {
            then(name);
        }
    });
}
