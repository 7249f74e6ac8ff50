//! Into which dataset rows go, as what, and what is done with those that are there already.

use super::api::start_job;
use super::mapping::{MappingChoice, MappingFields};
use crate::api::{AppError, Failure, send};
use crate::configuration::{FormState, TextField};
use crate::objects::api::{list_objects, register_object};
use crate::questions::api::load_questions;
use crate::ui::{Icon, IconName, format};
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html;
use leptos::prelude::*;
use shared::jobs::{CaseMapping, ExpectedFrom, IfThere, Job, JobAction, JobRows, PreviewCases, StartJob};
use shared::objects::{IfTaken, ObjectKind, RegisterObject};
use shared::{ObjectId, ProjectId};

/// Rows that shall go into a dataset.
#[derive(Clone)]
pub(crate) struct RowsToAdd {
    /// Their project.
    pub(crate) project: ProjectId,
    /// Where they are.
    pub(crate) object: ObjectId,
    /// Which.
    pub(crate) rows: JobRows,
    /// How many: none where that is not known.
    pub(crate) count: Option<u64>,
    /// What one and several are called.
    pub(crate) nouns: (&'static str, &'static str),
    /// What becomes of the job.
    pub(crate) started: Callback<Job>,
}

/// Adds the rows to a dataset, which is made first where it is named and not chosen.
async fn add(rows: RowsToAdd, chosen: String, name: String, mapping: CaseMapping, already: IfThere) -> Result<Job, AppError> {
    let RowsToAdd { project, object, rows, .. } = rows;
    let dataset = if chosen.is_empty() {
        let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        let kind = ObjectKind::Dataset;
        register_object(RegisterObject { kind, project, name, if_taken: IfTaken::Open, details: Default::default() }).await?
    } else {
        ObjectId(chosen)
    };
    let action = JobAction::AddToDataset { dataset, expected: ExpectedFrom::default(), mapping: Some(mapping), already };
    start_job(StartJob { object, rows, action }).await
}

/// Draws the content of the dialog.
#[component]
pub(crate) fn AddForm(rows: RowsToAdd) -> impl IntoView {
    let form = FormState::new(&["Name"]);
    let element = NodeRef::<html::Form>::new();
    let (chosen, name) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let already = RwSignal::new(IfThere::Skip);
    let (choice, questions) = (MappingChoice::new(), RwSignal::new(Vec::new()));
    let (datasets, is_known) = (RwSignal::new(Vec::new()), RwSignal::new(false));
    let failed = RwSignal::new(None);
    let own = rows.object.clone();
    send(list_objects(rows.project.clone(), ObjectKind::Dataset), move |answer| match answer {
        Ok(found) => {
            let found: Vec<_> = found.into_iter().filter(|dataset| dataset.id != own).map(|dataset| (dataset.id.0, dataset.name)).collect();
            // Whoever chose meanwhile keeps what was chosen.
            if chosen.try_get_untracked().is_some_and(|chosen| chosen.is_empty()) {
                chosen.set(found.first().map(|(id, _)| id.clone()).unwrap_or_default());
            }
            let _ = datasets.try_set(found);
            let _ = is_known.try_set(true);
        }
        Err(error) => {
            let _ = failed.try_set(Some(error));
            let _ = is_known.try_set(true);
        }
    });
    // Without them everything else can be chosen.
    send(load_questions(rows.project.clone()), move |answer| {
        let _ = questions.try_set(answer.unwrap_or_default());
    });
    let (object, which) = (rows.object.clone(), rows.rows.clone());
    Effect::new(move |_| {
        let (mapping, dataset) = (choice.mapping(), chosen.get());
        if is_known.get() {
            let dataset = Some(ObjectId(dataset)).filter(|dataset| !dataset.as_str().is_empty());
            choice.ask(PreviewCases { object: object.clone(), rows: which.clone(), dataset, mapping });
        }
    });
    let (count, nouns) = (rows.count, rows.nouns);
    let start = move |event: SubmitEvent| {
        event.prevent_default();
        if !form.begin() {
            return;
        }
        let started = rows.started;
        let mapping = untrack(|| choice.mapping());
        let adding = add(rows.clone(), chosen.get_untracked(), name.get_untracked(), mapping, already.get_untracked());
        send(adding, move |answer| {
            if let Some(job) = form.finish(answer) {
                started.run(job);
            }
        });
    };
    let by_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            if let Some(form) = element.get_untracked() {
                // What is refused is told at its field.
                let _ = form.request_submit();
            }
        }
    };
    let options = move || {
        let option = |(id, name): (String, String)| {
            let own = id.clone();
            view! { <option value=id prop:selected=move || chosen.with(|chosen| *chosen == own)>{name}</option> }
        };
        datasets.get().into_iter().map(option).collect_view()
    };
    let is_new = move || is_known.get() && chosen.with(String::is_empty);
    let there = move || choice.preview.with(|preview| preview.already);
    let legend = move || match there() {
        Some(0) => "None of them is there already".to_owned(),
        Some(there) => format!("{} there already", format::counted(there, "row is", "rows are")),
        None => "Those that are there already".to_owned(),
    };
    let known = move || Some((count?, there()?)).map(|(count, there)| (count, there.min(count)));
    let rows_of = |count: u64| format::counted(count, "row", "rows");
    let skip = move || known().map(|(count, there)| format!("{} added", rows_of(count - there)));
    let update = move || known().map(|(count, there)| format!("{} changed at most, {} added", rows_of(there), rows_of(count - there)));
    let double = move || known().map(|(count, there)| format!("{} added, {} doubled", rows_of(count), there));
    let fate = move |one: IfThere, words: &'static str, what: Signal<Option<String>>| {
        view! {
            <label class="tick">
                <input type="radio" name="if-there" checked=one == IfThere::Skip on:change=move |_| already.set(one)/>
                <span>{words}<span class="hint">{move || what.get()}</span></span>
            </label>
        }
    };
    let words = move || {
        let (one, several) = nouns;
        match (known(), already.get()) {
            (Some((count, there)), IfThere::Skip) => format!("Add {}", format::counted(count - there, one, several)),
            _ => count.map_or_else(|| "Add".to_owned(), |count| format!("Add {}", format::counted(count, one, several))),
        }
    };
    view! {
        <form node_ref=element on:submit=start on:keydown=by_key>
            <div class="dialog-b selection-form">
                <div>
                    <label class="label" for="into-dataset">"Dataset"</label>
                    <select class="input" id="into-dataset" autofocus on:change=move |event| chosen.set(event_target_value(&event))>
                        {options}
                        <option value="" prop:selected=is_new>"New dataset…"</option>
                    </select>
                </div>
                <Show when=is_new><TextField id="new-dataset" label="Name" value=name problem=form.about("Name")/></Show>
                <MappingFields choice questions/>
                <fieldset class="choice fates">
                    <legend class="label">{legend}</legend>
                    {fate(IfThere::Skip, "Skip them", Signal::derive(skip))}
                    {fate(IfThere::Update, "Update them", Signal::derive(update))}
                    {fate(IfThere::Double, "Add them again", Signal::derive(double))}
                </fieldset>
                <p class="hint mapping-origin"><Icon name=IconName::Link/>"Each row keeps its origin: it links to where it comes from, and that tells in which datasets it is. Answers and comments stay there."</p>
                <Failure error=form.elsewhere()/>
                <Failure error=failed/>
            </div>
            <div class="dialog-f">
                <span class="hint grow">"One job, one undo"</span>
                <button class="btn primary" type="submit" aria-keyshortcuts="Control+Enter Meta+Enter" disabled=move || form.busy.get()>{words}</button>
            </div>
        </form>
    }
}
