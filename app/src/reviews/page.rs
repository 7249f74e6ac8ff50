//! The page of review lists: how far each has come, the items of one, and taking the next.

use super::api::open_reviews;
use super::editing::{Editing, ListDialog};
use super::lists::Lists;
use super::row::ItemRow;
use super::start::Start;
use super::{ReviewsPageView, Taking};
use crate::api::send;
use crate::context::use_project;
use crate::keys::{Act, Scope, shortcuts, titled, use_keys};
use crate::live;
use crate::loading::{loaded, resource};
use crate::raw_query::raw_query;
use crate::title::PageTitle;
use crate::ui::markup::inner;
use crate::ui::{Icon, IconName, format};
use leptos::prelude::*;
use shared::address::ReviewsAddress;
use shared::live::{Event, LiveChange};
use shared::permissions::Action;
use shared::reviews::{ItemsShown, ListProgress, OpenReviews};
use shared::{ProjectId, ReviewItemId, ReviewListId};
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
    let answer = resource(move || address.get(), move |address| open_reviews(asked(&project, &address)));
    let page = loaded(answer, move |view| view! { <Reviews address=address.get_untracked() view/> }.into_any());
    view! {
        <PageTitle parts/>
        <Transition>{page}</Transition>
    }
}

fn asked(project: &ProjectId, address: &ReviewsAddress) -> OpenReviews {
    let ReviewsAddress { list, after, .. } = address.clone();
    OpenReviews { project: project.clone(), list: list.map(ReviewListId), shown: shown(address), after: after.map(ReviewItemId) }
}

fn shown(address: &ReviewsAddress) -> ItemsShown {
    ItemsShown::of_word(address.shown.as_deref().unwrap_or_default())
}

/// Reads the page again when anything about reviews changes, a moment later and once for all that happens meanwhile.
fn follow(view: RwSignal<ReviewsPageView>, query: OpenReviews) {
    let project = query.project.clone();
    let (is_due, query) = (StoredValue::new(false), StoredValue::new(query));
    let read = move || {
        // The page may be gone.
        let Some(query) = query.try_get_value().filter(|_| is_due.try_set_value(false).is_none()) else { return };
        send(open_reviews(query), move |newer| {
            // What cannot be read again stays as it is; the next change asks again.
            if let Ok(newer) = newer {
                let _ = view.try_set(newer);
            }
        });
    };
    let receive = move |event: Event| {
        let is_about_reviews = matches!(event.change, LiveChange::Reviews(_) | LiveChange::Configuration | LiveChange::Resync);
        if is_about_reviews && is_due.try_get_value() == Some(false) {
            is_due.set_value(true);
            set_timeout(read, GATHER);
        }
    };
    live::follow(project, move || view.try_with_untracked(|view| view.reviews.as_of).unwrap_or_default(), receive);
}

#[component]
fn Reviews(address: ReviewsAddress, view: ReviewsPageView) -> impl IntoView {
    let context = use_project();
    let list = view.reviews.list.clone();
    let view = RwSignal::new(view);
    follow(view, asked(&context.project.id, &address));
    let progress = {
        let list = list.clone();
        Memo::new(move |_| view.with(|view| view.reviews.lists.iter().find(|known| known.list.id == list).cloned()))
    };
    let instructions = move || {
        let instructions = progress.get().map(|progress| progress.instructions).filter(|text| !text.is_empty())?;
        Some(view! {
            <details class="review-about"><summary>"Instructions"</summary><div class="desc" inner_html=inner(instructions)></div></details>
        })
    };
    let older = {
        let address = address.clone();
        move || {
            let last = view.with(|view| view.reviews.items.last().filter(|_| view.reviews.has_more).map(|item| item.id.0.clone()))?;
            let href = ReviewsAddress { after: Some(last), ..address.clone() }.to_query();
            Some(view! { <a class="btn small older" href=href>"Older"</a> })
        }
    };
    let has_items = Memo::new(move |_| view.with(|view| !view.reviews.items.is_empty()));
    let nothing = move || view! { <div class="empty small"><div class="in" inner_html=move || inner(view.with(|view| view.nothing.clone()))></div></div> };
    let name = move || progress.with(|progress| progress.as_ref().map(|progress| progress.list.name.clone()));
    let organization = StoredValue::new(context.organization.clone());
    let rows = move || {
        view.with(|view| {
            let row = |item| view! { <ItemRow item organization=organization.get_value()/> };
            view.reviews.items.iter().cloned().map(row).collect_view()
        })
    };
    let may_review = context.may(Action::Review);
    let is_first_page = address.shown.is_none() && address.after.is_none();
    let is_start = view.with_untracked(|view| may_review && is_first_page && view.reviews.is_new)
        && progress.with_untracked(|progress| progress.as_ref().is_some_and(|known| !known.instructions.is_empty()));
    let (taken, edited) = (list.clone(), list.clone());
    let take = (may_review && !is_start).then(|| view! { <TakeTheNext list=taken.clone()/> });
    let configure = context.may(Action::Configure).then(|| view! { <Configure list=edited/> });
    view! {
        <header class="head">
            <h1>"Review"</h1>
            <Tabs address=address.clone() progress/>
            <div class="actions">{configure}{take}</div>
        </header>
        <div class="reviews">
            <Lists view list/>
            {if is_start { view! { <Start progress/> }.into_any() } else { instructions.into_any() }}
            <Show when=move || has_items.get() fallback=nothing>
                <div class="table-scroll" tabindex="0" role="region" aria-label=name>
                    <table class="table review-items">
                        <thead><tr>
                            <th scope="col" class="standing">"Status"</th><th scope="col" class="item">"Item"</th>
                            <th scope="col" class="note">"Note"</th><th scope="col" class="from">"From"</th>
                            <th scope="col" class="assigned">"Assigned"</th><th scope="col" class="reviewers">"Reviewers"</th>
                            <th scope="col" class="num age">"Age"</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                    {older.clone()}
                </div>
            </Show>
        </div>
    }
}

/// Draws what sets lists up.
#[component]
fn Configure(list: ReviewListId) -> impl IntoView {
    let editing = RwSignal::new(Editing::None);
    view! {
        <button class="btn ghost" type="button" on:click=move |_| editing.set(Some(Some(list.clone())))>"Edit list"</button>
        <button class="btn" type="button" on:click=move |_| editing.set(Some(None))>"New list"</button>
        <ListDialog editing/>
    }
}

/// Draws the views of a list, each with the number of its items.
#[component]
fn Tabs(address: ReviewsAddress, progress: Memo<Option<ListProgress>>) -> impl IntoView {
    let wanted = shown(&address);
    let tabs = ItemsShown::ALL.map(|shown| {
        let href = ReviewsAddress { shown: Some(shown.word().to_owned()), after: None, ..address.clone() }.to_query();
        let number = move || progress.with(|progress| progress.as_ref().map(|progress| count(shown, progress)));
        view! { <a href=href aria-current=(shown == wanted).then_some("page")>{name(shown)}" "<span class="muted">{number}</span></a> }
    });
    view! { <nav class="review-views" aria-label="Views">{tabs.into_iter().collect_view()}</nav> }
}

fn name(shown: ItemsShown) -> &'static str {
    match shown {
        ItemsShown::Awaiting => "Awaiting",
        ItemsShown::Mine => "Assigned to me",
        ItemsShown::Completed => "Completed",
        ItemsShown::All => "Everything",
    }
}

fn count(shown: ItemsShown, progress: &ListProgress) -> String {
    let number = match shown {
        ItemsShown::Awaiting => progress.open,
        ItemsShown::Mine => progress.mine,
        ItemsShown::Completed => progress.complete,
        ItemsShown::All => progress.open + progress.complete,
    };
    format::count(number.unsigned_abs())
}

/// Draws the button that takes the next item of a list and opens it in review mode.
#[component]
pub(super) fn TakeTheNext(list: ReviewListId) -> impl IntoView {
    let told = RwSignal::new(String::new());
    let taking = Taking::new(told);
    let take = Callback::new(move |()| taking.take(list.clone(), None));
    use_keys().on(Scope::List, move |act| {
        let takes = act == Act::ReviewMode;
        if takes {
            take.run(());
        }
        takes
    });
    view! {
        <span role="status" class="hint">{move || told.get()}</span>
        <button class="btn primary keep" type="button" disabled=move || taking.is_asking.get() title=titled("Take the next item", Act::ReviewMode)
            aria-label="Take the next item" aria-keyshortcuts=shortcuts(Act::ReviewMode) on:click=move |_| take.run(())>
            <Icon name=IconName::Review/><span class="words">"Take the next item"</span><kbd aria-hidden="true">"r"</kbd>
        </button>
    }
}
