//! The page of review lists: how far each has come, the items of one, and taking the next.

use super::api::open_reviews;
use super::board::Board;
use super::editing::{Editing, ListDialog};
use super::filling::FillDialog;
use super::lists::Lists;
use super::narrowing::Narrowing;
use super::pace::Pace;
use super::pair::PairPage;
use super::pair_totals::Totals;
use super::reading::Reading;
use super::row::ItemRow;
use super::rules::RulesDialog;
use super::start::Start;
use super::{ReviewsPageView, Taking};
use crate::context::use_project;
use crate::keys::{Act, Scope, follow_rows, shortcuts, titled, use_keys};
use crate::loading::{loaded, resource};
use crate::raw_query::raw_query;
use crate::title::PageTitle;
use crate::ui::markup::inner;
use crate::ui::{Icon, IconName, format};
use leptos::prelude::*;
use shared::address::ReviewsAddress;
use shared::objects::ObjectKind;
use shared::permissions::Action;
use shared::ranges::TimeRange;
use shared::reviews::{COLUMN, Frame, ItemCounts, ItemsShown, ListProgress, OpenReviews};
use shared::{ProjectId, ReviewItemId, ReviewListId};

/// Draws the review lists of the project and the items of one of them.
#[component]
pub fn ReviewsPage() -> impl IntoView {
    let raw = raw_query();
    let is_pair = Memo::new(move |_| ReviewsAddress::parse(&raw.get()).pair.is_some());
    move || if is_pair.get() { view! { <PairPage/> }.into_any() } else { view! { <ListPage/> }.into_any() }
}

#[component]
fn ListPage() -> impl IntoView {
    let context = use_project();
    let (project, parts) = (context.project.id.clone(), vec!["Review".to_owned(), context.project.name.clone()]);
    let raw = raw_query();
    let address = Memo::new(move |before: Option<&ReviewsAddress>| {
        let address = ReviewsAddress::parse(&raw.get());
        // One is about to be at a pair.
        before.filter(|_| address.pair.is_some()).cloned().unwrap_or(address)
    });
    let answer = resource(move || address.get(), move |address| open_reviews(asked(&project, &address)));
    let page = loaded(answer, move |view| view! { <Reviews address=address.get_untracked() view/> }.into_any());
    view! {
        <PageTitle parts/>
        <Transition>{page}</Transition>
    }
}

fn asked(project: &ProjectId, address: &ReviewsAddress) -> OpenReviews {
    let ReviewsAddress { list, after, kind, range, is_board, .. } = address.clone();
    OpenReviews {
        project: project.clone(),
        list: list.map(ReviewListId),
        shown: shown(address),
        after: after.map(ReviewItemId),
        kind: kind.as_deref().and_then(ObjectKind::parse),
        range: range.filter(|range| TimeRange::parse(range).is_ok()).unwrap_or_default(),
        board: is_board.then_some([COLUMN; 3]),
    }
}

/// Which items are shown. The columns of a board say themselves which are complete.
fn shown(address: &ReviewsAddress) -> ItemsShown {
    match ItemsShown::of_word(address.shown.as_deref().unwrap_or_default()) {
        ItemsShown::Awaiting | ItemsShown::Completed if address.is_board => ItemsShown::All,
        shown => shown,
    }
}

#[component]
fn Reviews(address: ReviewsAddress, view: ReviewsPageView) -> impl IntoView {
    let context = use_project();
    let list = view.reviews.list.clone();
    let reading = Reading::new(view, asked(&context.project.id, &address));
    let view = reading.view;
    reading.follow();
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
    let nothing = move || view! { <div class="empty small"><div class="in" inner_html=move || inner(view.with(|view| view.nothing.clone()))></div></div> };
    let is_anything =
        Memo::new(move |_| view.with(|view| !view.reviews.items.is_empty() || view.reviews.columns.iter().any(|column| column.count > 0)));
    let may_review = context.may(Action::Review);
    let is_plain = address == ReviewsAddress { list: address.list.clone(), ..ReviewsAddress::default() };
    let is_start = view.with_untracked(|view| may_review && is_plain && view.reviews.is_new)
        && progress.with_untracked(|progress| progress.as_ref().is_some_and(|known| !known.instructions.is_empty()));
    let is_of_pairs = progress.with_untracked(|progress| progress.as_ref().is_some_and(|known| known.list.definition.pairwise.is_some()));
    let totals = is_of_pairs.then(|| view! { <Totals reading list=list.clone()/> });
    let (taken, edited) = (list.clone(), list.clone());
    let take = (may_review && !is_start).then(|| view! { <TakeTheNext list=taken.clone()/> });
    let configure = context.may(Action::Configure).then(|| view! { <Configure list=edited/> });
    let filled = list.clone();
    let (may_fill, filling, ruling) = (context.may(Action::ActOnMany) && !is_of_pairs, RwSignal::new(false), RwSignal::new(false));
    let fill = may_fill.then(|| view! { <Fills filling ruling/> });
    let fill_dialogs = may_fill.then(|| view! { <FillDialogs list=filled view progress filling ruling/> });
    let stopped = move || {
        let why = view.with(|view| view.reviews.stopped.clone())?;
        Some(view! { <p class="notice warn review-stopped" role="alert">"A rule has stopped. "{why}</p> })
    };
    let counts = Memo::new(move |_| view.with(|view| view.reviews.counts));
    let (items, is_board) = (address.clone(), address.is_board);
    let items = move || match is_board {
        true => view! { <Board reading address=items.clone()/> }.into_any(),
        false => view! { <Items reading address=items.clone() progress/> }.into_any(),
    };
    view! {
        <header class="head">
            <h1>"Review"</h1>
            <Tabs address=address.clone() counts/>
            <div class="actions"><Layouts address=address.clone()/>{fill}{configure}{take}</div>
        </header>
        <div class="reviews">
            <Lists view list is_board/>
            {stopped}
            {if is_start { view! { <Start progress/> }.into_any() } else { instructions.into_any() }}
            {totals}
            <div class="review-narrowing"><Narrowing address/><Pace reading/></div>
            <Show when=move || is_anything.get() fallback=nothing>{items.clone()}</Show>
        </div>
        {fill_dialogs}
    }
}

/// Draws the items as rows of a table, a page of them.
#[component]
fn Items(reading: Reading, address: ReviewsAddress, progress: Memo<Option<ListProgress>>) -> impl IntoView {
    let view = reading.view;
    let older = move || {
        let last = view.with(|view| view.reviews.items.last().filter(|_| view.reviews.has_more).map(|item| item.id.0.clone()))?;
        let href = ReviewsAddress { after: Some(last), ..address.clone() }.to_query();
        Some(view! { <a class="btn small older" href=href>"Older"</a> })
    };
    let name = move || progress.with(|progress| progress.as_ref().map(|progress| progress.list.name.clone()));
    let organization = StoredValue::new(use_project().organization);
    follow_rows("table.review-items");
    let rows = move || {
        view.with(|view| {
            let row = |item| view! { <ItemRow item organization=organization.get_value()/> };
            view.reviews.items.iter().cloned().map(row).collect_view()
        })
    };
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=name>
            <table class="table review-items">
                <thead><tr>
                    <th scope="col" class="standing">"Status"</th><th scope="col" class="item">"Item"</th>
                    <th scope="col" class="note">"Note"</th><th scope="col" class="from">"From"</th>
                    <th scope="col" class="by">"Flagged by"</th><th scope="col" class="assigned">"Assigned"</th>
                    <th scope="col" class="reviewers">"Reviewers"</th><th scope="col" class="skips">"Skips"</th>
                    <th scope="col" class="num age">"Age"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
            {older}
        </div>
    }
}

/// Draws the two ways in which items can be laid out.
#[component]
fn Layouts(address: ReviewsAddress) -> impl IntoView {
    let way = |is_board: bool, words: &'static str, icon: IconName| {
        let href = ReviewsAddress { is_board, after: None, ..address.clone() }.to_query();
        let here = (is_board == address.is_board).then_some("true");
        view! { <a class="btn icon keep" href=href title=words aria-label=words aria-current=here><Icon name=icon/></a> }
    };
    view! { <span class="group" role="group" aria-label="Layout">{way(false, "List", IconName::Logs)}{way(true, "Board", IconName::Columns)}</span> }
}

/// Draws what opens the dialogs that fill a list: at once, and by rules.
#[component]
fn Fills(filling: RwSignal<bool>, ruling: RwSignal<bool>) -> impl IntoView {
    view! {
        <button class="btn ghost keep" type="button" on:click=move |_| ruling.set(true)>"Rules"</button>
        <button class="btn ghost keep" type="button" on:click=move |_| filling.set(true)>"Fill"</button>
    }
}

/// Draws these dialogs. They stand outside the head, which shows fewer buttons on a phone.
#[component]
fn FillDialogs(
    list: ReviewListId,
    view: RwSignal<ReviewsPageView>,
    progress: Memo<Option<ListProgress>>,
    filling: RwSignal<bool>,
    ruling: RwSignal<bool>,
) -> impl IntoView {
    // As it was filled last, as far as that is in sight.
    let filter = Signal::derive(move || {
        view.with(|view| {
            let selections = view.reviews.items.iter().filter_map(|item| item.selections.last());
            selections.filter_map(|selection| selection.frame.as_ref()).map(|frame| frame.filter.clone()).next().unwrap_or_default()
        })
    });
    let representative = Signal::derive(move || {
        progress.with(|progress| progress.as_ref().is_some_and(|progress| progress.list.definition.frame == Frame::Representative))
    });
    let of_rules = list.clone();
    view! {
        <FillDialog list filter representative open=filling/>
        <RulesDialog list=of_rules open=ruling/>
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

/// Draws the views of a list, each with the number of its items. Those of which a board shows a column are lists.
#[component]
fn Tabs(address: ReviewsAddress, counts: Memo<ItemCounts>) -> impl IntoView {
    let wanted = shown(&address);
    let tabs = ItemsShown::ALL.map(|shown| {
        let is_board = address.is_board && matches!(shown, ItemsShown::Mine | ItemsShown::All);
        let href = ReviewsAddress { shown: Some(shown.word().to_owned()), after: None, is_board, ..address.clone() }.to_query();
        let number = move || count(shown, &counts.read());
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

fn count(shown: ItemsShown, counts: &ItemCounts) -> String {
    let number = match shown {
        ItemsShown::Awaiting => counts.open(),
        ItemsShown::Mine => counts.mine(),
        ItemsShown::Completed => counts.complete(),
        ItemsShown::All => counts.open() + counts.complete(),
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
            aria-keyshortcuts=shortcuts(Act::ReviewMode) on:click=move |_| take.run(())>
            <Icon name=IconName::Review/><span class="words">"Take the next item"</span><kbd aria-hidden="true">"r"</kbd>
        </button>
    }
}
