//! The page of review lists.

use super::api::{open_reviews, take_next};
use super::go_to;
use super::row::item_row;
use crate::api::{AppError, Failure, send};
use crate::context::use_project;
use crate::keys::{Act, Scope, shortcuts, titled, use_keys};
use crate::live;
use crate::loading::{loaded, resource};
use crate::raw_query::raw_query;
use crate::title::PageTitle;
use crate::ui::markup::inner;
use crate::ui::{Icon, IconName, format};
use leptos::prelude::*;
use shared::address::{ReviewsAddress, review_link};
use shared::live::{Event, LiveChange};
use shared::permissions::Action;
use shared::reviews::{ItemsShown, ListProgress, OpenReviews, ReviewsView, TakeNext, TakenItem};
use shared::{ReviewItemId, ReviewListId};
use std::time::Duration;

/// How long events are gathered before the page is read again.
const GATHER: Duration = Duration::from_millis(500);

/// Draws the review lists of the project and the items of one of them.
#[component]
pub fn ReviewsPage() -> impl IntoView {
    let context = use_project();
    let (project, parts) = (context.project.id.clone(), vec!["Review".to_owned(), context.project.name.clone()]);
    let raw = raw_query();
    let address = Memo::new(move |_| ReviewsAddress::parse(&raw.get()));
    let changes = RwSignal::new(0_u32);
    let as_of = StoredValue::new(None::<i64>);
    let asked = project.clone();
    let view = resource(
        move || (address.get(), changes.get()),
        move |(address, _)| {
            let ReviewsAddress { list, shown, after } = address;
            let shown = ItemsShown::of_word(shown.as_deref().unwrap_or_default());
            open_reviews(OpenReviews { project: asked.clone(), list: list.map(ReviewListId), shown, after: after.map(ReviewItemId) })
        },
    );
    let page = loaded(view, move |view| {
        as_of.set_value(Some(view.as_of));
        view! { <Reviews address=address.get_untracked() view/> }.into_any()
    });
    let is_due = StoredValue::new(false);
    let receive = move |event: Event| {
        let is_about_reviews = matches!(event.change, LiveChange::Reviews(_) | LiveChange::Configuration | LiveChange::Resync);
        if !is_about_reviews || is_due.try_get_value() != Some(false) {
            return;
        }
        is_due.set_value(true);
        set_timeout(
            move || {
                if is_due.try_set_value(false).is_none() {
                    changes.update(|changes| *changes += 1);
                }
            },
            GATHER,
        );
    };
    // Read again it says itself up to where it knows.
    live::follow(project, move || as_of.try_get_value().flatten().unwrap_or_default(), receive);
    view! {
        <PageTitle parts/>
        <Transition>{page}</Transition>
    }
}

/// What a view is called, and how many items it has where that is counted.
fn view_of(shown: ItemsShown, progress: &ListProgress) -> (&'static str, i64) {
    match shown {
        ItemsShown::Awaiting => ("Awaiting", progress.open),
        ItemsShown::Mine => ("Assigned to me", progress.mine),
        ItemsShown::Completed => ("Completed", progress.complete),
        ItemsShown::All => ("Everything", progress.open + progress.complete),
    }
}

fn count(number: i64) -> String {
    format::count(number.unsigned_abs())
}

#[component]
fn Reviews(address: ReviewsAddress, view: ReviewsView) -> impl IntoView {
    let context = use_project();
    let ReviewsView { lists, list: id, items, has_more, .. } = view;
    let Some(progress) = lists.iter().find(|known| known.list.id == id).cloned() else { return ().into_any() };
    let wanted = ItemsShown::of_word(address.shown.as_deref().unwrap_or_default());
    let views = ItemsShown::ALL.map(|shown| {
        let (name, number) = view_of(shown, &progress);
        let href = ReviewsAddress { shown: Some(shown.word().to_owned()), after: None, ..address.clone() }.to_query();
        view! { <a href=href aria-current=(shown == wanted).then_some("page")>{name}" "<span class="muted">{count(number)}</span></a> }
    });
    let has_several = lists.len() > 1;
    let lists = lists.into_iter().map(|known| {
        let href = ReviewsAddress { list: Some(known.list.id.0.clone()), ..ReviewsAddress::default() }.to_query();
        let here = (known.list.id == id).then_some("true");
        view! { <li><a class="clip" href=href aria-current=here>{known.list.name.clone()}<span class="muted">{count(known.open)}</span></a></li> }
    });
    let lists = has_several.then(|| view! { <ul class="review-lists" aria-label="Review lists">{lists.collect_view()}</ul> });
    let about = (!progress.instructions.as_str().is_empty()).then(|| {
        view! { <details class="review-about"><summary>"Instructions"</summary><div class="review-instructions" inner_html=inner(progress.instructions.clone())></div></details> }
    });
    let more = items.last().filter(|_| has_more).map(|last| {
        let href = ReviewsAddress { after: Some(last.id.0.clone()), ..address.clone() }.to_query();
        view! { <a class="btn small" href=href>"Older"</a> }
    });
    let take = context.may(Action::Review).then(|| view! { <TakeTheNext list=id.clone()/> });
    let empty = items.is_empty().then(|| view! { <p class="hint">{nothing(wanted)}</p> });
    let rows = items.iter().map(|item| item_row(item, &context.organization)).collect_view();
    view! {
        <header class="head">
            <h1>"Review"</h1>
            <nav class="review-views" aria-label="Views">{views.into_iter().collect_view()}</nav>
            <div class="actions">{take}</div>
        </header>
        <div class="page-body reviews">
            {lists}
            {about}
            <div class="table-scroll" tabindex="0" role="region" aria-label=progress.list.name.clone()>
                <table class="table review-items">
                    <thead><tr>
                        <th scope="col">"Status"</th><th scope="col" class="item">"Item"</th><th scope="col">"Note"</th><th scope="col">"From"</th>
                        <th scope="col">"Assigned"</th><th scope="col">"Reviewers"</th><th scope="col" class="num">"Flagged"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {empty}
            {more}
        </div>
    }
    .into_any()
}

/// What is said where nothing is listed.
fn nothing(shown: ItemsShown) -> &'static str {
    match shown {
        ItemsShown::Awaiting => "Nothing waits for review here. Rows come in by POST /v1/review_item, or from the SDKs.",
        ItemsShown::Mine => "Nothing here is assigned to you.",
        ItemsShown::Completed => "Nothing here is complete yet.",
        ItemsShown::All => "Nothing was flagged for review here yet. Rows come in by POST /v1/review_item, or from the SDKs.",
    }
}

/// Draws the button that takes the next item of a list and opens it in review mode.
#[component]
fn TakeTheNext(list: ReviewListId) -> impl IntoView {
    let context = use_project();
    let (project, organization) = (context.project.id.clone(), context.organization.clone());
    let failure = RwSignal::new(None::<AppError>);
    let told = RwSignal::new("");
    let is_asking = RwSignal::new(false);
    let take = Callback::new(move |()| {
        if is_asking.get_untracked() {
            return;
        }
        is_asking.set(true);
        told.set("");
        let organization = organization.clone();
        send(take_next(TakeNext { project: project.clone(), list: Some(list.clone()), order: None }), move |taken| {
            let _ = is_asking.try_set(false);
            match taken {
                Ok(Some(TakenItem { item, .. })) => go_to(&review_link(&organization, &item.row, item.list.as_str())),
                Ok(None) => told.set("Nothing is left for you in this list."),
                Err(error) => failure.set(Some(error)),
            }
        });
    });
    use_keys().on(Scope::List, move |act| {
        let takes = act == Act::ReviewMode;
        if takes {
            take.run(());
        }
        takes
    });
    view! {
        <span role="status" class="hint">{move || told.get()}</span>
        <Failure error=failure/>
        <button class="btn primary" type="button" disabled=move || is_asking.get() title=titled("Take the next item", Act::ReviewMode)
            aria-keyshortcuts=shortcuts(Act::ReviewMode) on:click=move |_| take.run(())>
            <Icon name=IconName::Review/>"Take the next item"
        </button>
    }
}
