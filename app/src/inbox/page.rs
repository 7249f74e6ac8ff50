//! The page of the inbox.

use super::api::{awaited_reviews, load_inbox, read_mentions};
use super::{GATHER, Unread};
use crate::api::send;
use crate::context::use_project;
use crate::live;
use crate::loading::{loaded, resource};
use crate::raw_query::relation;
use crate::title::PageTitle;
use crate::ui::{Avatar, Icon, IconName, RelativeTime, format};
use leptos::prelude::*;
use shared::address::{self, ReviewsAddress};
use shared::comments::{Inbox, Mention, ReadMentions};
use shared::live::{Event, LiveChange};
use shared::reviews::{AwaitedReviews, ItemsShown, MOST_AWAITED};

/// Draws what waits for who is signed in, in whatever project: items of review lists, and comments that mention them.
#[component]
pub fn InboxPage() -> impl IntoView {
    let unread = expect_context::<Unread>();
    // What waits has changed, so what is listed has changed, too.
    let changes = changes_of_reviews();
    let inbox = resource(move || (unread.count.get(), changes.get()), async |_| Ok((load_inbox().await?, awaited_reviews().await?)));
    let page = loaded(inbox, move |(inbox, awaited)| view! { <Waiting inbox awaited/> }.into_any());
    view! {
        <PageTitle parts=vec!["Inbox".to_owned()]/>
        <Transition>{page}</Transition>
    }
}

/// How often items of review lists have changed since the page is there, a moment later and once for all that happens meanwhile.
fn changes_of_reviews() -> RwSignal<u32> {
    let (changes, is_due) = (RwSignal::new(0), StoredValue::new(false));
    // From whatever is last when the stream begins.
    let last = StoredValue::new(i64::MAX);
    let tell = move || {
        if is_due.try_set_value(false).is_none() {
            changes.update(|changes| *changes += 1);
        }
    };
    let receive = move |event: Event| {
        if event.change == LiveChange::Resync || last.try_set_value(event.sequence).is_some() {
            return;
        }
        if matches!(event.change, LiveChange::Reviews(_)) && !is_due.get_value() {
            is_due.set_value(true);
            set_timeout(tell, GATHER);
        }
    };
    live::follow(use_project().project.id, move || last.try_get_value().unwrap_or_default(), receive);
    changes
}

/// Marks one mention as read, or all of them.
fn read(unread: Unread, comment: Option<shared::CommentId>) {
    // What could not be marked stays unread, as the page goes on saying.
    send(read_mentions(ReadMentions { comment }), move |_| unread.ask());
}

#[component]
fn Waiting(inbox: Inbox, awaited: Vec<AwaitedReviews>) -> impl IntoView {
    let unread = expect_context::<Unread>();
    let activity = use_project().page("activity");
    let all = (inbox.unread > 0).then(|| {
        view! { <button class="btn small" type="button" on:click=move |_| read(unread, None)>"Mark all as read"</button> }
    });
    let body = if inbox.mentions.is_empty() {
        view! {
            <div class="empty small"><div class="in">
                <h2>"Nobody has mentioned you yet"</h2>
                <p>"Type @ and a name in a comment to mention somebody."</p>
            </div></div>
        }
        .into_any()
    } else {
        let lines = inbox.mentions.into_iter().map(|mention| view! { <Line mention/> }).collect_view();
        view! { <ul class="pane rows">{lines}</ul> }.into_any()
    };
    let reviews = (!awaited.is_empty()).then(|| {
        let lines = awaited.into_iter().map(|awaited| view! { <List awaited/> }).collect_view();
        view! { <section aria-labelledby="to-review"><h2 id="to-review">"To review"</h2><ul class="pane rows">{lines}</ul></section> }
    });
    view! {
        <header class="head"><h1>"Inbox"</h1>
            <div class="actions">{all}<a class="btn small keep" href=activity.clone() rel=relation(&activity)>"Activity"</a></div>
        </header>
        <div class="page-body">
            <div class="inbox">
                {reviews}
                <section aria-labelledby="mentions"><h2 id="mentions">"Mentions"</h2>{body}</section>
            </div>
        </div>
    }
}

/// A review list in which something waits.
#[component]
fn List(awaited: AwaitedReviews) -> impl IntoView {
    let AwaitedReviews { project, list, name, mine, anybodys, due } = awaited;
    let shown = (mine > 0).then(|| ItemsShown::Mine.word().to_owned());
    let query = ReviewsAddress { list: Some(list.0), shown, ..ReviewsAddress::default() }.to_query();
    let href = address::project_page(&use_project().organization, &project, "review") + &query;
    let count = |items: i64, words: &str| (items > 0).then(|| format!("{} {words}", counted(items)));
    let counts: Vec<String> = count(mine, "for you").into_iter().chain(count(anybodys, "for anybody")).collect();
    view! {
        <li>
            <Icon name=IconName::Review/>
            <a class="grow clip" href=href.clone() rel=relation(&href)><b>{name}</b>" in "{project}</a>
            {due.map(|due| view! { <span class="muted nowrap">"due "<RelativeTime micros=due/></span> })}
            <span class="nowrap">{counts.join(", ")}</span>
        </li>
    }
}

/// How many items, as far as they were counted.
fn counted(items: i64) -> String {
    let more = if items >= MOST_AWAITED { "+" } else { "" };
    format!("{}{more}", format::count(items.unsigned_abs()))
}

#[component]
fn Line(mention: Mention) -> impl IntoView {
    let unread = expect_context::<Unread>();
    let Mention { comment, project, page, trace, span, name, author, excerpt, created, read: seen, .. } = mention;
    let href = address::comment_link(&use_project().organization, &project, &page, &trace, &span, &comment);
    let who = author.map_or_else(|| "Somebody".to_owned(), |author| author.name);
    let place = if name.is_empty() { "a span".to_owned() } else { name };
    let open = move |_| {
        if !seen {
            read(unread, Some(comment.clone()));
        }
    };
    view! {
        <li class:unread=!seen>
            <Avatar name=who.clone()/>
            <a class="grow clip" href=href.clone() rel=relation(&href) on:click=open>
                {(!seen).then(|| view! { <span class="sr">"Unread: "</span> })}
                <span class="block clip"><b>{who}</b>" mentioned you on "<b>{place}</b>" in "{project}</span>
                <span class="muted block clip">{excerpt}</span>
            </a>
            <span class="muted nowrap"><RelativeTime micros=created/></span>
        </li>
    }
}
