//! The page of *Home*: the next item, the lists in which something waits, what one is asked for, and what there is to look at.

use super::api::load_home;
use crate::api::send;
use crate::context::use_project;
use crate::inbox::{MentionLine, Numbers, ReopenedLine, UnclearLine, Unread, about, badge, changes_of_reviews, counted, open_by_number};
use crate::keys::{Act, Scope, shortcuts, titled, use_keys};
use crate::loading::{loaded, resource};
use crate::raw_query::relation;
use crate::reviews::{Taking, why_next};
use crate::title::PageTitle;
use crate::ui::{Icon, IconName, RelativeTime, format};
use leptos::prelude::*;
use shared::address::{self, ReviewsAddress};
use shared::home::{HomeItem, HomeView, NextItem};
use shared::reviews::{AwaitedReviews, ItemsShown, WhyNext};
use shared::{ProjectId, ReviewListId};

/// Draws what is first to do for who is signed in.
#[component]
pub fn HomePage() -> impl IntoView {
    let home = resource(|| (), async |()| load_home().await);
    let page = loaded(home, |home| view! { <ToDo home/> }.into_any());
    view! {
        <PageTitle parts=vec!["Home".to_owned()]/>
        <Transition>{page}</Transition>
    }
}

/// Draws it, and draws anew what has changed.
#[component]
fn ToDo(home: HomeView) -> impl IntoView {
    let (unread, changes) = (expect_context::<Unread>(), changes_of_reviews());
    let home = RwSignal::new(home);
    Effect::new(move |before: Option<(u32, i64)>| {
        let now = (changes.get(), unread.count.get());
        let is_known = now.0 == 0 && home.with_untracked(|home| home.unread) == now.1;
        if before.map_or(!is_known && now.1 > 0, |before| before != now && !is_known) {
            send(load_home(), move |answer| {
                // What could not be asked stays as it was; what is the same is not drawn anew.
                if let Ok(answer) = answer
                    && home.try_with_untracked(|home| *home != answer) == Some(true)
                {
                    let _ = home.try_set(answer);
                }
            });
        }
        now
    });
    let told = RwSignal::new(String::new());
    let taking = Taking::new(told);
    open_by_number();
    use_keys().on(Scope::Home, move |act| {
        let next = home.with_untracked(|home| home.next.as_ref().map(|next| (next.item.project_id.clone(), next.item.list.clone())));
        match (act, next) {
            (Act::ReviewMode, Some((project, list))) => {
                taking.take_of(project, list, None);
                true
            }
            _ => false,
        }
    });
    let inbox = use_project().page("inbox");
    view! {
        <header class="head"><h1>"Home"</h1>
            <div class="actions">
                <span role="status" class="hint">{move || told.get()}</span>
                <a class="btn small keep" href=inbox.clone() rel=relation(&inbox)>"Inbox"</a>
            </div>
        </header>
        <div class="page-body">
            <div class="home">{move || home.with(|home| draw(home, taking))}</div>
        </div>
    }
}

/// Draws all that there is to do, its lines numbered through.
fn draw(home: &HomeView, taking: Taking) -> AnyView {
    let numbers = Numbers::default();
    let next = match &home.next {
        Some(next) => view! { <Next next=next.clone() taking/> }.into_any(),
        None => view! {
            <section class="first" aria-labelledby="next"><div>
                <h2 id="next">"Next for you"</h2>
                <p class="asked">"Nothing is left for you to review."</p>
                <p class="hint">"What somebody flags or asks you for shows up here by itself."</p>
            </div></section>
        }
        .into_any(),
    };
    let lists = (!home.lists.is_empty()).then(|| {
        let lines = home.lists.iter().map(|list| view! { <List list=list.clone() number=numbers.next() taking/> }).collect_view();
        view! { <section aria-labelledby="lists"><h2 id="lists">"Waiting in your lists"</h2><ul class="todo">{lines}</ul></section> }
    });
    let cut = home.is_cut.then(|| {
        view! { <p class="hint">"There are more lists: only those of projects in which something happened last are shown."</p> }
    });
    let mine = (!home.mine.is_empty()).then(|| {
        let all: i64 = home.lists.iter().map(|list| list.mine).sum();
        let left = all - i64::try_from(home.mine.len()).unwrap_or(i64::MAX);
        let more = (left > 0).then(|| view! { <p class="hint">{format::count(left.unsigned_abs())}" more wait in your lists."</p> });
        let lines = home.mine.iter().map(|item| view! { <Asked item=item.clone() number=numbers.next()/> }).collect_view();
        view! {
            <section aria-labelledby="mine"><h2 id="mine">"Mine and unanswered"</h2><ul class="pane rows">{lines}</ul>{more}</section>
        }
    });
    let mentions =
        home.mentions.iter().map(|mention| view! { <MentionLine mention=mention.clone() number=numbers.next()/> }).collect_view();
    let returned = &home.returned;
    let reopened =
        returned.reopened.iter().map(|item| view! { <ReopenedLine reopened=item.clone() number=numbers.next()/> }).collect_view();
    let unclear = returned.unclear.iter().map(|item| view! { <UnclearLine unclear=item.clone() number=numbers.next()/> }).collect_view();
    let is_more = returned.is_cut || home.unread > i64::try_from(home.mentions.len()).unwrap_or(i64::MAX);
    let more = is_more.then(|| view! { <p class="hint">"There is more: the newest are shown, and the inbox has all mentions."</p> });
    let is_anything = !home.mentions.is_empty() || !returned.reopened.is_empty() || !returned.unclear.is_empty();
    let look = is_anything.then(|| {
        view! {
            <section aria-labelledby="look"><h2 id="look">"For you to look at"</h2>
                <ul class="pane rows">{mentions}{reopened}{unclear}</ul>{more}
            </section>
        }
    });
    let done = match home.done {
        0 => "You have completed nothing in the last 24 hours.".to_owned(),
        1 => "You completed 1 item in the last 24 hours.".to_owned(),
        done => ["You completed ", &counted(done), " items in the last 24 hours."].concat(),
    };
    view! {
        <div>{next}{lists}{cut}{mine}{look}</div>
        <section class="today" aria-labelledby="today"><h2 id="today">"Done"</h2><p>{done}</p></section>
    }
    .into_any()
}

/// Draws the item that comes next, with the button that takes it.
#[component]
fn Next(next: NextItem, taking: Taking) -> impl IntoView {
    let NextItem { item, why } = next;
    let words = if why == WhyNext::Held { "Continue" } else { "Take the next item" };
    let (project, list) = (item.project_id.clone(), item.list.clone());
    view! {
        <section class="first" aria-labelledby="next">
            <div>
                <h2 id="next">"Next for you"</h2>
                <p class="asked">{item.title.clone()}</p>
                <p class="hint">{why_next(why)}" Flagged "<RelativeTime micros=item.flagged/>" for "{about(&item)}</p>
            </div>
            <button class="btn primary" type="button" disabled=move || taking.is_asking.get() title=titled(words, Act::ReviewMode)
                aria-keyshortcuts=shortcuts(Act::ReviewMode) on:click=move |_| taking.take_of(project.clone(), list.clone(), None)>
                {words}<kbd aria-hidden="true">"r"</kbd>
            </button>
        </section>
    }
}

/// Draws a list in which something waits, with the button that takes its next item.
#[component]
fn List(list: AwaitedReviews, number: Option<u8>, taking: Taking) -> impl IntoView {
    let AwaitedReviews { project_id, project, list, name, mine, anybodys, held, due } = list;
    let shown = (mine > 0).then(|| ItemsShown::Mine.word().to_owned());
    let query = ReviewsAddress { list: Some(list.0.clone()), shown, ..ReviewsAddress::default() }.to_query();
    let href = address::project_page(&use_project().organization, &project, "review") + &query;
    let (many, whose) = match (mine, anybodys) {
        (0, 0) => (1, "in your hand".to_owned()),
        (0, _) => (anybodys, "for anybody".to_owned()),
        (_, 0) => (mine, "for you".to_owned()),
        _ => (mine, ["for you, and ", &counted(anybodys), " for anybody"].concat()),
    };
    let word = if held { "Continue" } else { "Review" };
    let of = [" ", &name].concat();
    let (project_id, list): (ProjectId, ReviewListId) = (project_id, list);
    view! {
        <li>
            <span class="many">{counted(many)}</span>
            <span class="clip">
                <a class="listed clip" href=href.clone() rel=relation(&href)>{name}</a>
                <span class="hint block clip">{whose}" in "{project}{due.map(|due| view! { ", due "<RelativeTime micros=due/> })}</span>
            </span>
            <button class="btn" type="button" disabled=move || taking.is_asking.get() data-number=number aria-keyshortcuts=number
                on:click=move |_| taking.take_of(project_id.clone(), list.clone(), None)>{word}<span class="sr">{of}</span>{badge(number)}</button>
        </li>
    }
}

/// Draws an item that one is asked to review and has not.
#[component]
fn Asked(item: HomeItem, number: Option<u8>) -> impl IntoView {
    let href = address::review_link(&use_project().organization, &item.row, item.list.as_str());
    view! {
        <li>
            <Icon name=IconName::Review/>
            <a class="grow clip" rel="external" href=href data-number=number aria-keyshortcuts=number>
                <span class="block clip"><b>{item.title.clone()}</b></span>
                <span class="muted block clip">{about(&item)}</span>
            </a>
            <span class="muted nowrap"><RelativeTime micros=item.flagged/></span>
            {badge(number)}
        </li>
    }
}
