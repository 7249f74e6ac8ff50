//! Experiments side by side: which ones, and below them what the server drew of what ran, what changed, and their rows.

#[cfg(feature = "ssr")]
pub(super) mod drawn;
#[cfg(feature = "ssr")]
mod versus;

use super::api::open_comparison;
use super::leading;
use crate::api::send;
use crate::context::use_project;
use crate::keys::follow_rows;
use crate::live;
use crate::loading::{loaded, resource};
use crate::raw_query::{path_segments, raw_query, relation};
use crate::reviews::PairUp;
use crate::title::PageTitle;
use crate::ui::markup::inner;
use crate::ui::{Icon, IconName};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::ObjectId;
use shared::address::{ComparisonAddress, RowsPage, base_of_segments, comparison_page};
use shared::comparison::{MOST_EXPERIMENTS, OpenComparison};
use shared::live::{Event, LiveChange};
use shared::markup::Html;
use shared::permissions::Action;
use std::time::Duration;

/// How long events are gathered before the page is read again.
const GATHER: Duration = Duration::from_secs(1);

/// The page of a comparison as the server draws it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonView {
    /// The names of those that are compared, the base first.
    pub names: Vec<String>,
    /// Their ids.
    pub objects: Vec<ObjectId>,
    /// The names of the other experiments of the project.
    pub others: Vec<String>,
    /// All that stands below the head.
    pub drawn: Html,
    /// Live events up to this one are in it.
    pub as_of: i64,
}

/// Draws experiments side by side.
#[component]
pub fn ComparisonPage() -> impl IntoView {
    let project = use_project().project.id;
    let (segments, raw) = (path_segments(), raw_query());
    let query = Memo::new(move |before: Option<&OpenComparison>| {
        let base = base_of_segments(&segments.get());
        match (base, before) {
            // One is about to be on another page.
            (None, Some(before)) => before.clone(),
            (base, _) => {
                let address = ComparisonAddress::parse(&raw.get());
                OpenComparison { project: project.clone(), base: base.unwrap_or_default(), address }
            }
        }
    });
    let answer = resource(move || query.get(), open_comparison);
    let page = loaded(answer, move |view| view! { <SideBySide query=query.get_untracked() view/> }.into_any());
    follow_rows(".sides");
    view! { <Transition>{page}</Transition> }
}

/// Reads the page again when something about these experiments changes, a moment later and once for all that happens meanwhile.
fn follow(view: RwSignal<ComparisonView>, query: OpenComparison) {
    let project = query.project.clone();
    let (is_due, query) = (StoredValue::new(false), StoredValue::new(query));
    let read = move || {
        // The page may be gone.
        let Some(query) = query.try_get_value().filter(|_| is_due.try_set_value(false).is_none()) else { return };
        send(open_comparison(query), move |newer| {
            // What cannot be read again stays as it is, and what is as it was keeps the focus.
            if let Ok(newer) = newer
                && view.try_with_untracked(|view| view.drawn != newer.drawn) == Some(true)
            {
                let _ = view.try_set(newer);
            }
        });
    };
    let receive = move |event: Event| {
        let is_one = |object: &ObjectId| view.try_with_untracked(|view| view.objects.contains(object)).unwrap_or_default();
        let is_about_them = match &event.change {
            LiveChange::Spans(changed) => is_one(&changed.object),
            LiveChange::Veiled(changed) => is_one(&changed.object),
            LiveChange::Reviews(_) => false,
            LiveChange::Configuration | LiveChange::Resync => true,
        };
        if is_about_them && is_due.try_get_value() == Some(false) {
            is_due.set_value(true);
            set_timeout(read, GATHER);
        }
    };
    live::follow(project, move || view.try_with_untracked(|view| view.as_of).unwrap_or_default(), receive);
}

#[component]
fn SideBySide(query: OpenComparison, view: ComparisonView) -> impl IntoView {
    let context = use_project();
    let names = view.names.clone();
    let (base, with) = (names.first().cloned().unwrap_or_default(), names.get(1..).unwrap_or_default().to_vec());
    let title = if with.is_empty() { base.clone() } else { format!("{} against {base}", with.join(", ")) };
    let page = {
        let (context, address) = (context.clone(), query.address.clone());
        move |base: &str, with: Vec<String>| context.page(&comparison_page(base)) + &address.with_experiments(with).to_query()
    };
    let compared = with.iter().map(|name| {
        let href = context.page(&RowsPage::Experiment(name.clone()).path());
        let without = page(&base, with.iter().filter(|other| *other != name).cloned().collect());
        let words = format!("Leave out {name}");
        view! {
            <span class="beside-base"><a class="link clip" href=href.clone() rel=relation(&href)>{name.clone()}</a>
                <a class="btn icon ghost small" href=without.clone() rel=relation(&without) aria-label=words.clone() title=words><Icon name=IconName::Close/></a>
            </span>
        }
    });
    let compared = compared.collect_view();
    let another = (names.len() < MOST_EXPERIMENTS && !view.others.is_empty()).then(|| {
        let options = view.others.iter().map(|name| view! { <option value=name.clone()>{name.clone()}</option> }).collect_view();
        let (with, base, lead, address) = (with.clone(), base.clone(), leading(), query.address.clone());
        let add = move |event: leptos::ev::Event| {
            let with = with.iter().cloned().chain([event_target_value(&event)]).collect();
            lead(&(comparison_page(&base) + &address.with_experiments(with).to_query()));
        };
        view! { <select class="input" aria-label="Compare another" on:change=add><option value="" selected=true>"Compare another"</option>{options}</select> }
    });
    let bases = names.iter().chain(&view.others).map(|name| {
        let is_base = *name == base;
        view! { <option value=name.clone() selected=is_base>{name.clone()}</option> }
    });
    let bases = bases.collect_view();
    let (lead, address, before) = (leading(), query.address.clone(), base.clone());
    let choose = move |event: leptos::ev::Event| {
        let base = event_target_value(&event);
        // One of those that are compared changes places with the base.
        let with = with.iter().map(|name| if *name == base { before.clone() } else { name.clone() }).collect();
        lead(&(comparison_page(&base) + &address.with_experiments(with).to_query()));
    };
    let pair_up = match names.as_slice() {
        [base, other] if context.may(Action::Configure) => {
            let experiments = [base.clone(), other.clone()];
            Some(view! { <PairUp experiments/> })
        }
        _ => None,
    };
    let all = context.page("experiments");
    let view = RwSignal::new(view);
    follow(view, query);
    view! {
        <PageTitle parts=vec![title, context.project.name.clone()]/>
        <header class="head comparison">
            <a class="link nowrap" href=all.clone() rel=relation(&all)>"All experiments"</a>
            <h1>"Compare"</h1>
            {compared}
            <label class="against"><span>"against"</span><select class="input" aria-label="Base" on:change=choose>{bases}</select></label>
            <div class="actions">{pair_up}{another}</div>
        </header>
        <div class="table-scroll" tabindex="0" role="region" aria-label="Comparison" inner_html=move || inner(view.with(|view| view.drawn.clone()))></div>
    }
}
