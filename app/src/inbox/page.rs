//! The page of the inbox.

use super::Unread;
use super::api::{awaited_reviews, load_inbox, returned_items};
use super::lines::{MentionLine, Numbers, ReopenedLine, UnclearLine, badge, changes_of_reviews, open_by_number, read};
use crate::context::use_project;
use crate::loading::{loaded, resource};
use crate::raw_query::relation;
use crate::title::PageTitle;
use crate::ui::{Icon, IconName, RelativeTime, format};
use leptos::prelude::*;
use shared::address::{self, ReviewsAddress};
use shared::comments::Inbox;
use shared::home::ReturnedItems;
use shared::reviews::{AwaitedReviews, ItemsShown, MOST_AWAITED};

/// Draws what waits for who is signed in, in whatever project: items of review lists, what came back to them, and comments that mention them.
#[component]
pub fn InboxPage() -> impl IntoView {
    let unread = expect_context::<Unread>();
    // What waits has changed, so what is listed has changed, too.
    let changes = changes_of_reviews();
    open_by_number();
    let load = async |_| Ok((load_inbox().await?, awaited_reviews().await?, returned_items().await?));
    let inbox = resource(move || (unread.count.get(), changes.get()), load);
    let page = loaded(inbox, move |(inbox, awaited, returned)| view! { <Waiting inbox awaited returned/> }.into_any());
    view! {
        <PageTitle parts=vec!["Inbox".to_owned()]/>
        <Transition>{page}</Transition>
    }
}

#[component]
fn Waiting(inbox: Inbox, awaited: Vec<AwaitedReviews>, returned: ReturnedItems) -> impl IntoView {
    let unread = expect_context::<Unread>();
    let activity = use_project().page("activity");
    let numbers = Numbers::default();
    let all = (inbox.unread > 0).then(|| {
        view! { <button class="btn small" type="button" on:click=move |_| read(unread, None)>"Mark all as read"</button> }
    });
    let reviews = (!awaited.is_empty()).then(|| {
        let lines = awaited.into_iter().map(|awaited| view! { <List awaited number=numbers.next()/> }).collect_view();
        view! { <section aria-labelledby="to-review"><h2 id="to-review">"To review"</h2><ul class="pane rows">{lines}</ul></section> }
    });
    let ReturnedItems { reopened, unclear, is_cut } = returned;
    let reopened = (!reopened.is_empty()).then(|| {
        let lines = reopened.into_iter().map(|reopened| view! { <ReopenedLine reopened number=numbers.next()/> }).collect_view();
        view! { <section aria-labelledby="reopened"><h2 id="reopened">"Reopened"</h2><ul class="pane rows">{lines}</ul></section> }
    });
    let unclear = (!unclear.is_empty()).then(|| {
        let lines = unclear.into_iter().map(|unclear| view! { <UnclearLine unclear number=numbers.next()/> }).collect_view();
        view! { <section aria-labelledby="unclear"><h2 id="unclear">"Unclear questions"</h2><ul class="pane rows">{lines}</ul></section> }
    });
    let cut = is_cut.then(|| view! { <p class="hint">"There may be more that came back: only the last of it is shown."</p> });
    let body = if inbox.mentions.is_empty() {
        view! {
            <div class="empty small"><div class="in">
                <h2>"Nobody has mentioned you yet"</h2>
                <p>"Type @ and a name in a comment to mention somebody."</p>
            </div></div>
        }
        .into_any()
    } else {
        let lines = inbox.mentions.into_iter().map(|mention| view! { <MentionLine mention number=numbers.next()/> }).collect_view();
        view! { <ul class="pane rows">{lines}</ul> }.into_any()
    };
    view! {
        <header class="head"><h1>"Inbox"</h1>
            <div class="actions">{all}<a class="btn small keep" href=activity.clone() rel=relation(&activity)>"Activity"</a></div>
        </header>
        <div class="page-body">
            <div class="inbox">
                {reviews}
                {reopened}
                {unclear}
                {cut}
                <section aria-labelledby="mentions"><h2 id="mentions">"Mentions"</h2>{body}</section>
            </div>
        </div>
    }
}

/// A review list in which something waits.
#[component]
fn List(awaited: AwaitedReviews, number: Option<u8>) -> impl IntoView {
    let AwaitedReviews { project, list, name, mine, anybodys, due, .. } = awaited;
    let shown = (mine > 0).then(|| ItemsShown::Mine.word().to_owned());
    let query = ReviewsAddress { list: Some(list.0), shown, ..ReviewsAddress::default() }.to_query();
    let href = address::project_page(&use_project().organization, &project, "review") + &query;
    let count = |items: i64, words: &str| (items > 0).then(|| format!("{} {words}", counted(items)));
    let counts: Vec<String> = count(mine, "for you").into_iter().chain(count(anybodys, "for anybody")).collect();
    view! {
        <li>
            <Icon name=IconName::Review/>
            <a class="grow clip" href=href.clone() rel=relation(&href) data-number=number aria-keyshortcuts=number><b>{name}</b>" in "{project}</a>
            {due.map(|due| view! { <span class="muted nowrap">"due "<RelativeTime micros=due/></span> })}
            <span class="nowrap">{counts.join(", ")}</span>
            {badge(number)}
        </li>
    }
}

/// How many items, as far as they were counted.
pub(crate) fn counted(items: i64) -> String {
    let more = if items >= MOST_AWAITED { "+" } else { "" };
    format!("{}{more}", format::count(items.unsigned_abs()))
}
