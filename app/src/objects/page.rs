//! The list of experiments, and the list of datasets.

use super::api::list_objects;
use super::deleted::Deleted;
use super::empty::{NoDatasets, NoExperiments};
use super::new::NewDatasetDialog;
use super::page_of;
use crate::context::use_project;
use crate::keys::follow_rows;
use crate::loading::{loaded, resource};
use crate::raw_query::relation;
use crate::title::PageTitle;
use crate::ui::markup::inner;
use crate::ui::{Icon, IconName, RelativeTime, ScoreKind, format, score_bar, score_source};
use leptos::prelude::*;
use shared::html;
use shared::markup::Html;
use shared::objects::{ObjectKind, ObjectScore, ObjectSummary};
use shared::permissions::Action;
use std::collections::BTreeMap;

/// Scores that have a column.
const COLUMNS: usize = 6;

/// The length of a score's track in pixels.
const TRACK: u32 = 40;

/// Draws the experiments of the project with the means of their scores.
#[component]
pub fn ExperimentsPage() -> impl IntoView {
    view! { <Objects kind=ObjectKind::Experiment heading="Experiments"/> }
}

/// Draws the datasets of the project.
#[component]
pub fn DatasetsPage() -> impl IntoView {
    view! { <Objects kind=ObjectKind::Dataset heading="Datasets"/> }
}

#[component]
fn Objects(kind: ObjectKind, heading: &'static str) -> impl IntoView {
    let context = use_project();
    let project = context.project.id.clone();
    let objects = resource(move || project.clone(), move |project| list_objects(project, kind));
    let page = loaded(objects, move |objects| match kind {
        ObjectKind::Dataset if objects.is_empty() => view! { <NoDatasets/> }.into_any(),
        ObjectKind::Experiment | ObjectKind::ProjectLogs if objects.is_empty() => view! { <NoExperiments/> }.into_any(),
        ObjectKind::Dataset | ObjectKind::Experiment | ObjectKind::ProjectLogs => view! { <ObjectTable kind objects/> }.into_any(),
    });
    follow_rows("table.objects");
    let makes = kind == ObjectKind::Dataset && context.may(Action::Ingest);
    let open = RwSignal::new(false);
    let button = makes.then(|| {
        view! {
            <div class="actions">
                <button class="btn small keep" type="button" on:click=move |_| open.set(true)><Icon name=IconName::Plus/>"New dataset"</button>
            </div>
        }
    });
    view! {
        <PageTitle parts=vec![heading.to_owned(), context.project.name.clone()]/>
        <header class="head"><h1>{heading}</h1>{button}</header>
        {makes.then(|| view! { <NewDatasetDialog open/> })}
        <div class="table-scroll" tabindex="0" role="region" aria-label=heading><Suspense>{page}</Suspense><Deleted kind/></div>
    }
}

#[component]
fn ObjectTable(kind: ObjectKind, objects: Vec<ObjectSummary>) -> impl IntoView {
    let context = use_project();
    let mut kinds: BTreeMap<&str, Vec<ScoreKind>> = BTreeMap::new();
    for (name, score) in objects.iter().flat_map(|object| &object.scores) {
        kinds.entry(name).or_default().push(score.kind);
    }
    let names: Vec<String> = kinds.keys().take(COLUMNS).map(|name| (*name).to_owned()).collect();
    let heads = kinds.into_iter().take(COLUMNS).map(|(name, kinds)| {
        let (icon, words) = score_source(ScoreKind::first_of(kinds));
        view! { <th scope="col" title=format!("{words}: {name}")><Icon name=icon/>{name.to_owned()}</th> }
    });
    let heads = heads.collect_view();
    let is_experiment = kind == ObjectKind::Experiment;
    let has_cost = objects.iter().any(|object| object.cost.is_some());
    let rows = objects.iter().map(|object| {
        let base = object.base.as_ref().and_then(|base| objects.iter().find(|other| other.name == *base));
        let link = |name: &str| {
            let href = context.page(&page_of(kind, name).path());
            view! { <a class="clip" href=href.clone() rel=relation(&href)>{name.to_owned()}</a> }
        };
        let cells =
            names.iter().map(|name| view! { <td class="score" data-label=name.clone() inner_html=inner(score(object, base, name))></td> });
        let cells = cells.collect_view();
        view! {
            <tr>
                <td class="name">{link(&object.name)}<span class="description clip" title=about(object)>{about(object)}</span></td>
                {is_experiment.then(|| view! { <td class="base">{base.map(|base| link(&base.name))}</td> })}
                {cells}
                <td class="num soft rows" data-noun=if object.rows == 1 { " row" } else { " rows" }>{format::count(object.rows.unsigned_abs())}</td>
                {is_experiment.then(|| measures(object))}
                {has_cost.then(|| view! { <td class="num soft cost">{object.cost.map(format::nanodollars)}</td> })}
                <td class="num tm"><RelativeTime micros=object.created/></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <table class="table objects">
            <thead><tr>
                <th scope="col" class="name">"Name"</th>{is_experiment.then(|| view! { <th scope="col" class="base">"Base"</th> })}{heads}
                <th scope="col" class="num rows">"Rows"</th>
                {is_experiment.then(|| view! {
                    <th scope="col" class="num er">"Errors"</th><th scope="col" class="num du" title="Mean of its rows">"Duration"</th>
                })}
                {has_cost.then(|| view! { <th scope="col" class="num cost" title="Mean of its rows">"Cost"</th> })}
                <th scope="col" class="num tm">"Created"</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// What stands below the name: what it says about itself, the code that ran, and who made it.
fn about(object: &ObjectSummary) -> String {
    let said = [Some(object.description.clone()), object.revision.clone(), object.author.clone()];
    said.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The cells of what only experiments have: rows with an error, and how long a row took.
fn measures(object: &ObjectSummary) -> impl IntoView {
    let errors = if object.errors == 0 { "num soft er" } else { "num err er" };
    let duration = object.duration.map(|micros| format::duration(micros as f64 / 1e6));
    view! {
        <td class=errors>{format::count(object.errors.unsigned_abs())}</td>
        <td class="num soft du">{duration}</td>
    }
}

/// The mean of a score, and what it is more or less than in the base, in points.
fn score(object: &ObjectSummary, base: Option<&ObjectSummary>, name: &str) -> Html {
    let Some(ObjectScore { mean, kind }) = object.scores.get(name).copied() else {
        return Html::ours(r#"<span class="sc none"><b>–</b></span>"#);
    };
    let before = base.and_then(|base| base.scores.get(name));
    let change = before.and_then(|before| format::points((mean - before.mean) * 100.0));
    let change = change.map(|change| html!(r#" <span class="delta">{}</span>"#, change));
    html!("{}{}", score_bar(kind, Some(mean), None, TRACK), change)
}
