//! Into which dataset the selected rows go, and as what.

use super::Asking;
use super::bar::BarState;
use crate::api::{AppError, Failure, send};
use crate::configuration::{FormState, TextField};
use crate::jobs::api::start_job;
use crate::objects::api::{list_objects, register_object};
use crate::ui::Dialog;
use leptos::prelude::*;
use shared::ObjectId;
use shared::jobs::{ExpectedFrom, Job, JobAction, StartJob};
use shared::objects::{IfTaken, ObjectKind, RegisterObject};

/// Draws the dialog whenever it is asked for.
#[component]
pub(super) fn AddToDataset(bar: BarState) -> impl IntoView {
    let open = bar.asked_by(Asking::Dataset);
    let title = Signal::derive(move || format!("Add {} to a dataset", bar.counted()));
    view! { <Dialog title open>{move || open.get().then(|| view! { <AddForm bar/> })}</Dialog> }
}

/// Adds the rows to a dataset, which is made first where it is named and not chosen.
async fn add(bar: BarState, chosen: String, name: String, expected: ExpectedFrom) -> Result<Job, AppError> {
    let dataset = if chosen.is_empty() {
        let (kind, project) = (ObjectKind::Dataset, bar.list.project.get_value());
        let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        register_object(RegisterObject { kind, project, name, if_taken: IfTaken::Open, details: Default::default() }).await?
    } else {
        ObjectId(chosen)
    };
    start_job(StartJob { object: bar.list.object(), rows: bar.rows(), action: JobAction::AddToDataset { dataset, expected } }).await
}

#[component]
fn AddForm(bar: BarState) -> impl IntoView {
    let form = FormState::new(&["Name"]);
    let (chosen, name) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let expected = RwSignal::new(ExpectedFrom::Expected);
    let datasets = RwSignal::new(Vec::new());
    let failed = RwSignal::new(None);
    send(list_objects(bar.list.project.get_value(), ObjectKind::Dataset), move |answer| match answer {
        Ok(found) => {
            let own = bar.list.object();
            let found: Vec<_> = found.into_iter().filter(|dataset| dataset.id != own).map(|dataset| (dataset.id.0, dataset.name)).collect();
            chosen.set(found.first().map(|(id, _)| id.clone()).unwrap_or_default());
            datasets.set(found);
        }
        Err(error) => failed.set(Some(error)),
    });
    let start = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !form.begin() {
            return;
        }
        send(add(bar, chosen.get_untracked(), name.get_untracked(), expected.get_untracked()), move |answer| {
            if let Some(job) = form.finish(answer) {
                bar.started(job);
            }
        });
    };
    let options = move || {
        datasets
            .get()
            .into_iter()
            .map(|(id, name)| {
                let own = id.clone();
                view! { <option value=id prop:selected=move || chosen.with(|chosen| *chosen == own)>{name}</option> }
            })
            .collect_view()
    };
    let is_new = move || chosen.with(String::is_empty);
    view! {
        <form on:submit=start>
            <div class="dialog-b selection-form">
                <div>
                    <label class="label" for="into-dataset">"Dataset"</label>
                    <select class="input" id="into-dataset" autofocus on:change=move |event| chosen.set(event_target_value(&event))>
                        {options}
                        <option value="" prop:selected=is_new>"New dataset…"</option>
                    </select>
                </div>
                <Show when=is_new><TextField id="new-dataset" label="Name" value=name problem=form.about("Name")/></Show>
                <fieldset class="choice">
                    <legend class="label">"Expected of the case"</legend>
                    <label class="tick"><input type="radio" name="expected-from" checked on:change=move |_| expected.set(ExpectedFrom::Expected)/><span>"What was expected"</span></label>
                    <label class="tick"><input type="radio" name="expected-from" on:change=move |_| expected.set(ExpectedFrom::Output)/><span>"The output"</span></label>
                </fieldset>
                <p class="hint">"Input, metadata and tags go along. What is in the dataset already stays as it is there."</p>
                <Failure error=form.elsewhere()/>
                <Failure error=failed/>
            </div>
            <div class="dialog-f">
                <button class="btn primary" type="submit" disabled=move || form.busy.get()>{move || format!("Add {}", bar.counted())}</button>
            </div>
        </form>
    }
}
