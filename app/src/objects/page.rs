//! The list of experiments, and the list of datasets.

use super::api::list_objects;
use super::deleted::Deleted;
use super::empty::{NoDatasets, NoExperiments};
use super::keys::follow_keys;
use super::page_of;
use crate::context::use_project;
use crate::loading::{loaded, resource};
use crate::raw_query::relation;
use crate::ui::markup::inner;
use crate::ui::{Icon, IconName, RelativeTime, ScoreKind, format, score_bar};
use leptos::prelude::*;
use leptos_meta::Title;
use shared::html;
use shared::markup::Html;
use shared::objects::{ObjectKind, ObjectSummary};
use std::collections::BTreeSet;

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
    follow_keys();
    view! {
        <Title text=format!("{heading} · {} · Touchstone", context.project.name)/>
        <header class="head"><h1>{heading}</h1></header>
        <div class="table-scroll" tabindex="0" role="region" aria-label=heading><Suspense>{page}</Suspense><Deleted kind/></div>
    }
}

#[component]
fn ObjectTable(kind: ObjectKind, objects: Vec<ObjectSummary>) -> impl IntoView {
    let context = use_project();
    let names: BTreeSet<String> = objects.iter().flat_map(|object| object.scores.keys().cloned()).collect();
    let names: Vec<String> = names.into_iter().take(COLUMNS).collect();
    let heads = names.iter().map(|name| view! { <th scope="col" title=name.clone()><Icon name=IconName::Automatic/>{name.clone()}</th> });
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
                <td class="name">{link(&object.name)}<span class="description clip">{object.description.clone()}</span></td>
                {is_experiment.then(|| view! { <td class="base">{base.map(|base| link(&base.name))}</td> })}
                {cells}
                {has_cost.then(|| view! { <td class="num soft cost">{object.cost.map(format::nanodollars)}</td> })}
                <td class="num soft rows">{format::count(object.rows.unsigned_abs())}</td>
                <td class="num tm"><RelativeTime micros=object.created/></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <table class="table objects">
            <thead><tr>
                <th scope="col">"Name"</th>{is_experiment.then(|| view! { <th scope="col" class="base">"Base"</th> })}{heads}
                {has_cost.then(|| view! { <th scope="col" class="num cost">"Cost a row"</th> })}
                <th scope="col" class="num rows">"Rows"</th><th scope="col" class="num tm">"Created"</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// The mean of a score, and what it is more or less than in the base, in points.
fn score(object: &ObjectSummary, base: Option<&ObjectSummary>, name: &str) -> Html {
    let Some(mean) = object.scores.get(name).copied() else { return Html::ours(r#"<span class="sc none"><b>–</b></span>"#) };
    let before = base.and_then(|base| base.scores.get(name));
    let change = before.and_then(|before| format::points((mean - before) * 100.0));
    let change = change.map(|change| html!(r#" <span class="delta">{}</span>"#, change));
    html!("{}{}", score_bar(ScoreKind::Automatic, Some(mean), None, TRACK), change)
}
