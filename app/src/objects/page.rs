//! The list of experiments, and the list of datasets.

use super::api::list_objects;
use super::empty::{NoDatasets, NoExperiments};
use crate::context::use_project;
use crate::loading::{loaded, resource};
use crate::raw_query::relation;
use crate::ui::markup::inner;
use crate::ui::{Icon, IconName, RelativeTime, ScoreKind, format, score_bar};
use leptos::prelude::*;
use leptos_meta::Title;
use shared::address::RowsPage;
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
    view! {
        <Title text=format!("{heading} · {} · Touchstone", context.project.name)/>
        <header class="head"><h1>{heading}</h1></header>
        <div class="table-scroll" tabindex="0" role="region" aria-label=heading><Suspense>{page}</Suspense></div>
    }
}

#[component]
fn ObjectTable(kind: ObjectKind, objects: Vec<ObjectSummary>) -> impl IntoView {
    let context = use_project();
    let names: BTreeSet<String> = objects.iter().flat_map(|object| object.scores.keys().cloned()).collect();
    let names: Vec<String> = names.into_iter().take(COLUMNS).collect();
    let heads = names.iter().map(|name| view! { <th scope="col" title=name.clone()><Icon name=IconName::Automatic/>{name.clone()}</th> });
    let heads = heads.collect_view();
    let rows = objects.into_iter().map(|object| {
        let page =
            if kind == ObjectKind::Dataset { RowsPage::Dataset(object.name.clone()) } else { RowsPage::Experiment(object.name.clone()) };
        let href = context.page(&page.path());
        let cells = names.iter().map(|name| {
            let bar = score_bar(ScoreKind::Automatic, object.scores.get(name).copied(), None, TRACK);
            view! { <td inner_html=inner(bar)></td> }
        });
        view! {
            <tr>
                <td class="name"><a class="clip" href=href.clone() rel=relation(&href)>{object.name}</a></td>
                {cells.collect_view()}
                <td class="num soft">{format::count(object.rows.unsigned_abs())}</td>
                <td class="num tm"><RelativeTime micros=object.created/></td>
            </tr>
        }
    });
    view! {
        <table class="table objects">
            <thead><tr>
                <th scope="col">"Name"</th>{heads}<th scope="col" class="num">"Rows"</th><th scope="col" class="num">"Created"</th>
            </tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}
