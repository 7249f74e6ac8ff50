//! Making a dataset by hand, to be filled by hand, from files or from what was picked elsewhere.

use super::api::register_object;
use super::{leading, page_of};
use crate::api::{Failure, send};
use crate::configuration::{FormState, TextField};
use crate::context::use_project;
use crate::ui::Dialog;
use leptos::prelude::*;
use serde_json::{Map, Value};
use shared::objects::{IfTaken, ObjectKind, RegisterObject};

/// Draws the dialog that makes a dataset.
#[component]
pub(super) fn NewDatasetDialog(open: RwSignal<bool>) -> impl IntoView {
    view! { <Dialog title="New dataset" open>{move || open.get().then(|| view! { <NewForm open/> })}</Dialog> }
}

#[component]
fn NewForm(open: RwSignal<bool>) -> impl IntoView {
    let form = FormState::new(&["Name"]);
    let (name, description) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let project = use_project().project.id.clone();
    let go = leading();
    let make = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !form.begin() {
            return;
        }
        let (typed, said) = (name.get_untracked().trim().to_owned(), description.get_untracked().trim().to_owned());
        let details = Map::from_iter((!said.is_empty()).then(|| ("description".to_owned(), Value::String(said))));
        let kind = ObjectKind::Dataset;
        let command = RegisterObject { kind, project: project.clone(), name: Some(typed.clone()), if_taken: IfTaken::Open, details };
        let go = go.clone();
        send(register_object(command), move |answer| {
            if form.finish(answer).is_some() {
                go(&page_of(kind, &typed).path());
            }
        });
    };
    view! {
        <form on:submit=make>
            <div class="dialog-b">
                <Failure error=form.elsewhere()/>
                <TextField id="dataset-name" label="Name" value=name problem=form.about("Name") autofocus=true/>
                <div>
                    <label class="label" for="dataset-description">"Description"</label>
                    <textarea dir="auto" class="input" id="dataset-description" rows="2" prop:value=description on:input=move |event| description.set(event_target_value(&event))></textarea>
                </div>
                <p class="hint">"If there is a dataset of this name, it is opened. Its rows come from a file, from an SDK, or from rows that you select elsewhere."</p>
            </div>
            <div class="dialog-f">
                <button class="btn ghost" type="button" on:click=move |_| open.set(false)>"Cancel"</button>
                <button class="btn primary" type="submit" disabled=move || form.busy.get() || name.read().trim().is_empty()>"Create"</button>
            </div>
        </form>
    }
}
