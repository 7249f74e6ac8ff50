//! Comments and activity of the span that one reads, and on demand of its whole trace.

mod change;
mod older;
mod spans;
mod words;

pub(crate) use words::words;

use super::Opened;
use super::comments::{CommentForm, CommentLine, LinkedComment};
use super::open::of_row;
use crate::context::use_project;
use crate::ui::{Avatar, Icon, IconName, IconSize};
use change::ChangeLine;
use leptos::prelude::*;
use older::Older;
use shared::audit::{Activity, Deed, Source};
use shared::comments::Comment;
use shared::objects::RowAddress;
use shared::people::Person;
use shared::permissions::Action;
use spans::TraceEntries;

/// A line of the region: a comment, or a change.
#[derive(Clone, PartialEq)]
enum Entry {
    Comment(Comment),
    Change(Activity),
}

impl Entry {
    fn created(&self) -> i64 {
        match self {
            Self::Comment(comment) => comment.created,
            Self::Change(change) => change.created,
        }
    }

    fn key(&self) -> String {
        match self {
            Self::Comment(comment) => format!("comment {}", comment.id),
            Self::Change(change) => format!("change {} {}", change.id, change.revertible),
        }
    }
}

/// Draws comments and changes, newest first, and the field for a comment: of the span that one reads, or on demand of all spans.
#[component]
pub(super) fn ActivitySection() -> impl IntoView {
    let trace = expect_context::<Opened>().trace;
    let is_whole = RwSignal::new(false);
    let has_others = Memo::new(move |_| trace.of_content(|content| content.tree.total > 1).unwrap_or_default());
    let span = Memo::new(move |_| trace.of_content(|content| content.span.name.clone()).unwrap_or_default());
    let whose = move || if is_whole.get() { "all spans".to_owned() } else { span.get() };
    let pressed = move || if is_whole.get() { "true" } else { "false" };
    view! {
        <section class="sec" aria-label="Activity" inert=move || !trace.is_painted.get()>
            <div class="sec-h">
                <h2>"Activity"</h2>
                <Show when=move || has_others.get()>
                    <span class="hint clip" title=whose>{whose}</span>
                    <span class="actions">
                        <button class="btn small" type="button" aria-pressed=pressed on:click=move |_| is_whole.update(|whole| *whole = !*whole)>"All spans"</button>
                    </span>
                </Show>
            </div>
            {of_row(trace.row, move |row| view! { <Entries row is_whole/> }.into_any())}
        </section>
    }
}

#[component]
fn Entries(row: RowAddress, is_whole: RwSignal<bool>) -> impl IntoView {
    let trace = expect_context::<Opened>().trace;
    let older = Older::new(trace, row.clone());
    let own = StoredValue::new(row.clone());
    let entries = Memo::new(move |_| {
        let entries = own.with_value(|row| {
            trace.of_row(row, |said| {
                // A comment stands for the change that wrote it.
                let changes = older.with_newer(said).into_iter().filter(|change| change.action != Deed::Comment).map(Entry::Change);
                let mut entries: Vec<_> = said.comments.iter().cloned().map(Entry::Comment).chain(changes).collect();
                entries.sort_by_key(|entry| std::cmp::Reverse(entry.created()));
                entries
            })
        });
        entries.unwrap_or_default()
    });
    let is_said_elsewhere = move || trace.marks.with(|marks| !marks.is_empty());
    let empty = move || {
        entries.read().is_empty().then(|| {
            let elsewhere = is_said_elsewhere().then_some(" “All spans” shows what was done about the rest of the trace.");
            view! { <p class="hint">"Nobody has touched this span yet. Answers, edits and comments stand here once there are any."{elsewhere}</p> }
        })
    };
    let may_comment = use_project().may(Action::Review);
    let form = may_comment.then(|| view! { <CommentForm row=row.clone()/> });
    let line = move |entry: Entry| match entry {
        Entry::Comment(comment) => view! { <CommentLine row=row.clone() comment/> }.into_any(),
        Entry::Change(change) => view! { <ChangeLine row=row.clone() change/> }.into_any(),
    };
    view! {
        {form}
        <LinkedComment/>
        <Show when=move || is_whole.get()><TraceEntries/></Show>
        <div hidden=move || is_whole.get()>
            {empty}
            <ol class="act"><For each=move || entries.get() key=Entry::key children=line/></ol>
            {older.button()}
        </div>
    }
}

/// The picture and the name of who wrote a comment.
pub(super) fn author_picture(author: Option<&Person>, external: Option<&str>) -> (AnyView, String) {
    (picture(author, Source::External), name_of(author, external, Source::External))
}

/// The picture of a member; programs and end users have signs of their own.
pub(crate) fn picture(person: Option<&Person>, source: Source) -> AnyView {
    let name = match (person, source) {
        (Some(person), _) => return view! { <Avatar name=person.name.clone()/> }.into_any(),
        (None, Source::External) => IconName::Person,
        (None, Source::Api | Source::App) => IconName::Automatic,
    };
    view! { <span class="sysic"><Icon name size=IconSize::ExtraSmall/></span> }.into_any()
}

/// Who did something, in words.
pub(crate) fn name_of(person: Option<&Person>, external: Option<&str>, source: Source) -> String {
    match (person, external) {
        (Some(person), _) => person.name.clone(),
        (None, Some(user)) => format!("End user {user}"),
        (None, None) if source == Source::External => "An end user".to_owned(),
        (None, None) => "The API".to_owned(),
    }
}
