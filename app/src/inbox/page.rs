//! The page of the inbox.

use super::Unread;
use super::api::{load_inbox, read_mentions};
use crate::api::send;
use crate::context::use_project;
use crate::loading::{loaded, resource};
use crate::raw_query::relation;
use crate::title::PageTitle;
use crate::ui::{Avatar, RelativeTime};
use leptos::prelude::*;
use shared::address;
use shared::comments::{Inbox, Mention, ReadMentions};

/// Draws the comments that mention who is signed in, in whatever project.
#[component]
pub fn InboxPage() -> impl IntoView {
    let unread = expect_context::<Unread>();
    // What waits has changed, so what is listed has changed, too.
    let inbox = resource(move || unread.count.get(), |_| load_inbox());
    let page = loaded(inbox, move |inbox| view! { <Mentions inbox/> }.into_any());
    view! {
        <PageTitle parts=vec!["Inbox".to_owned()]/>
        <Transition>{page}</Transition>
    }
}

/// Marks one mention as read, or all of them.
fn read(unread: Unread, comment: Option<shared::CommentId>) {
    // What could not be marked stays unread, as the page goes on saying.
    send(read_mentions(ReadMentions { comment }), move |_| unread.ask());
}

#[component]
fn Mentions(inbox: Inbox) -> impl IntoView {
    let unread = expect_context::<Unread>();
    let all = (inbox.unread > 0).then(|| {
        view! {
            <div class="actions">
                <button class="btn small" type="button" on:click=move |_| read(unread, None)>"Mark all as read"</button>
            </div>
        }
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
        view! { <div class="inbox"><ul class="pane rows">{lines}</ul></div> }.into_any()
    };
    view! {
        <header class="head"><h1>"Inbox"</h1>{all}</header>
        <div class="page-body">{body}</div>
    }
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
