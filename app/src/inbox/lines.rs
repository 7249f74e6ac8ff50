//! Lines of *Home* and of the inbox: each opens what it tells about, by a key too.

use super::api::read_mentions;
use super::{GATHER, Unread};
use crate::api::send;
use crate::context::use_project;
use crate::keys::{Act, Scope, find, use_keys};
use crate::live;
use crate::raw_query::relation;
use crate::ui::{Avatar, Icon, IconName, RelativeTime};
use leptos::prelude::*;
use shared::address;
use shared::comments::{Mention, ReadMentions};
use shared::home::{HomeItem, ReopenedItem, UnclearItem};
use shared::live::{Event, LiveChange};
use std::cell::Cell;

/// Lines that have a key.
const KEYS: u8 = 9;

/// Numbers of lines, in the order in which they are drawn.
#[derive(Default)]
pub(crate) struct Numbers(Cell<u8>);

impl Numbers {
    /// The number of the next line; none once there are no more keys.
    pub(crate) fn next(&self) -> Option<u8> {
        let number = self.0.get().saturating_add(1);
        self.0.set(number);
        (number <= KEYS).then_some(number)
    }
}

/// Lets the keys of lines open them, for as long as the caller's owner is there.
pub(crate) fn open_by_number() {
    use_keys().on(Scope::Review, |act| match act {
        Act::Pick(number) => find(&["[data-number='", &number.to_string(), "']"].concat()).map(|line| line.click()).is_some(),
        _ => false,
    });
}

/// Draws the key of a line.
pub(crate) fn badge(number: Option<u8>) -> impl IntoView {
    number.map(|number| view! { <kbd aria-hidden="true">{number}</kbd> })
}

/// How often items of review lists have changed since the page is there, a moment later and once for all that happens meanwhile, and how
/// often one came back to it.
pub(crate) fn changes_of_reviews() -> RwSignal<u32> {
    let (changes, is_due) = (RwSignal::new(0), StoredValue::new(false));
    // From whatever is last when the stream begins.
    let last = StoredValue::new(i64::MAX);
    let tell = move || {
        if is_due.try_set_value(false).is_none() {
            changes.update(|changes| *changes += 1);
        }
    };
    let later = move || {
        if is_due.try_get_value() == Some(false) {
            is_due.set_value(true);
            set_timeout(tell, GATHER);
        }
    };
    let receive = move |event: Event| {
        if event.change == LiveChange::Resync || last.try_set_value(event.sequence).is_some() {
            return;
        }
        if matches!(event.change, LiveChange::Reviews(_)) {
            later();
        }
    };
    live::follow(use_project().project.id, move || last.try_get_value().unwrap_or_default(), receive);
    // Of other projects nothing is told.
    let listener = window_event_listener(leptos::ev::focus, move |_| later());
    on_cleanup(move || listener.remove());
    changes
}

/// Marks one mention as read, or all of them.
pub(crate) fn read(unread: Unread, comment: Option<shared::CommentId>) {
    // What could not be marked stays unread, as the page goes on saying.
    send(read_mentions(ReadMentions { comment }), move |_| unread.ask());
}

/// Draws a mention.
#[component]
pub(crate) fn MentionLine(mention: Mention, number: Option<u8>) -> impl IntoView {
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
            <a class="grow clip" href=href.clone() rel=relation(&href) on:click=open data-number=number aria-keyshortcuts=number>
                {(!seen).then(|| view! { <span class="sr">"Unread: "</span> })}
                <span class="block clip"><b>{who}</b>" mentioned you on "<b>{place}</b>" in "{project}</span>
                <span class="muted block clip">{excerpt}</span>
            </a>
            <span class="muted nowrap"><RelativeTime micros=created/></span>
            {badge(number)}
        </li>
    }
}

/// Draws an item that was opened again after one had completed it.
#[component]
pub(crate) fn ReopenedLine(reopened: ReopenedItem, number: Option<u8>) -> impl IntoView {
    let ReopenedItem { item, by, at } = reopened;
    let href = address::review_link(&use_project().organization, &item.row, item.list.as_str());
    let by = by.map(|person| [" by ", &person.name].concat());
    view! {
        <li>
            <Icon name=IconName::Undo/>
            <a class="grow clip" rel="external" href=href data-number=number aria-keyshortcuts=number>
                <span class="block clip"><b>"Reopened"</b>{by}": "<b>{item.title.clone()}</b></span>
                <span class="muted block clip">{about(&item)}</span>
            </a>
            <span class="muted nowrap"><RelativeTime micros=at/></span>
            {badge(number)}
        </li>
    }
}

/// Draws an item where a question was not clear, with the way to the questions.
#[component]
pub(crate) fn UnclearLine(unclear: UnclearItem, number: Option<u8>) -> impl IntoView {
    let UnclearItem { item, by, note, at, questions } = unclear;
    let organization = use_project().organization;
    let href = address::row_link(&organization, item.row.object_type, &item.row.object_id, &item.row.id);
    let settings = address::project_page(&organization, &item.project, "configuration");
    let names: Vec<&str> = by.iter().map(|person| person.name.as_str()).collect();
    let said = note.filter(|note| !note.is_empty()).map(|note| ["“", &note, "” "].concat());
    let edit = match questions.as_slice() {
        [(_, name)] => ["Edit ", name].concat(),
        _ => "Edit the questions".to_owned(),
    };
    view! {
        <li>
            <Icon name=IconName::Info/>
            <span class="grow clip">
                <a class="block clip" rel="external" href=href data-number=number aria-keyshortcuts=number>
                    <span class="block clip"><b>"Question was unclear"</b>" to "{names.join(", ")}": "<b>{item.title.clone()}</b></span>
                    <span class="muted block clip">{said}{about(&item)}</span>
                </a>
                <a class="link clip" href=settings.clone() rel=relation(&settings)>{edit}</a>
            </span>
            <span class="muted nowrap"><RelativeTime micros=at/></span>
            {badge(number)}
        </li>
    }
}

/// Where an item is, with what was noted about it.
pub(crate) fn about(item: &HomeItem) -> String {
    let place = [item.list_name.as_str(), " in ", &item.project].concat();
    match item.note.as_deref().filter(|note| !note.is_empty()) {
        Some(note) => [&place, ": ", note].concat(),
        None => place,
    }
}
