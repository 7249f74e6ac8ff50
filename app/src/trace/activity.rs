//! Comments and activity of the open span.

use crate::logs::LogsState;
use crate::projects::use_project;
use crate::ui::{Avatar, Icon, IconName, IconSize, RelativeTime};
use leptos::prelude::*;
use shared::audit::{Activity, Source};
use shared::commands::Command;
use shared::comments::{AddComment, Comment};
use shared::people::Person;
use shared::permissions::Action;

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
            Self::Comment(comment) => format!("comment {} {}", comment.id, comment.text.len()),
            Self::Change(change) => format!("change {}", change.id),
        }
    }
}

/// Draws comments and changes, newest first, and the field for a comment.
#[component]
pub(super) fn ActivitySection() -> impl IntoView {
    let state = expect_context::<LogsState>();
    let entries = Memo::new(move |_| {
        state.trace.view.with(|view| {
            let Some(span) = view.as_ref().map(|view| &view.span) else { return Vec::new() };
            // A comment stands for the change that wrote it.
            let changes = span.activity.iter().filter(|change| change.action != "comment").cloned().map(Entry::Change);
            let mut entries: Vec<_> = span.comments.iter().cloned().map(Entry::Comment).chain(changes).collect();
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.created()));
            entries
        })
    });
    let empty = move || entries.read().is_empty().then(|| view! { <p class="hint">"Nobody has touched this span yet."</p> });
    let may_comment = use_project().may(Action::Review);
    view! {
        <section class="sec" aria-label="Activity">
            <div class="sec-h"><h2>"Activity"</h2></div>
            {may_comment.then(|| view! { <CommentForm/> })}
            {empty}
            <ol class="act"><For each=move || entries.get() key=Entry::key let:entry><Line entry/></For></ol>
        </section>
    }
}

#[component]
fn Line(entry: Entry) -> impl IntoView {
    let created = entry.created();
    let (who, what) = match entry {
        Entry::Comment(comment) => {
            let who = name_of(comment.author.as_ref(), comment.external.as_deref(), Source::External);
            let anchor = format!("comment-{}", comment.id);
            // The server made this HTML: it holds nothing of the source but text.
            let note = view! { <div class="note" id=anchor inner_html=comment.html></div> };
            let line = view! { <b>{who.clone()}</b>" commented "<RelativeTime micros=created/>{note} }.into_any();
            (comment.author.map(|_| who), line)
        }
        Entry::Change(change) => {
            let who = name_of(change.actor.as_ref(), change.external.as_deref(), change.source);
            let line = view! { <b>{who.clone()}</b>" "{words(&change)}" "<RelativeTime micros=created/> }.into_any();
            (change.actor.map(|_| who), line)
        }
    };
    let picture = match who {
        Some(name) => view! { <Avatar name/> }.into_any(),
        None => view! { <span class="sysic"><Icon name=IconName::Automatic size=IconSize::ExtraSmall/></span> }.into_any(),
    };
    view! { <li>{picture}<div class="what">{what}</div></li> }
}

fn name_of(person: Option<&Person>, external: Option<&str>, source: Source) -> String {
    match (person, external) {
        (Some(person), _) => person.name.clone(),
        (None, Some(user)) => format!("End user {user}"),
        (None, None) if source == Source::External => "An end user".to_owned(),
        (None, None) => "The API".to_owned(),
    }
}

/// "set Preference 60 % → 74 %"
fn words(change: &Activity) -> String {
    let what = change.path.strip_prefix("scores.").unwrap_or(&change.path);
    let value = |text: &Option<String>| text.as_deref().map(short);
    match (value(&change.from), value(&change.to)) {
        (_, None) => format!("cleared {what}"),
        (None, Some(to)) => format!("set {what} to {to}"),
        (Some(from), Some(to)) => format!("set {what} from {from} to {to}"),
    }
}

/// A stored value in a few words: numbers as percentages, texts without quotation marks.
fn short(json: &str) -> String {
    let text = match serde_json::from_slice::<serde_json::Value>(json.as_bytes()) {
        Ok(serde_json::Value::Number(number)) => crate::ui::format::percent_short(number.as_f64().unwrap_or_default()),
        Ok(serde_json::Value::String(text)) => text,
        _ => json.to_owned(),
    };
    if text.chars().count() > 80 { text.chars().take(80).chain(['…']).collect() } else { text }
}

#[component]
fn CommentForm() -> impl IntoView {
    let state = expect_context::<LogsState>();
    let text = RwSignal::new(String::new());
    let add = move || {
        let Some(row) = state.trace.row().filter(|_| !text.read_untracked().trim().is_empty()) else { return };
        state.trace.run(Command::AddComment(AddComment { row, text: text.get_untracked(), client_id: None }));
        text.set(String::new());
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        add();
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            add();
        }
    };
    view! {
        <form class="stack tight space-below" on:submit=submit>
            <label class="sr" for="comment">"Add a comment"</label>
            <textarea class="input" id="comment" rows="2" placeholder="Add a comment" prop:value=text on:keydown=key
                on:input=move |event| text.set(event_target_value(&event))></textarea>
            <Show when=move || !text.read().trim().is_empty()>
                <div class="row end"><button class="btn small" type="submit">"Comment"</button></div>
            </Show>
        </form>
    }
}
