//! Who changed what about an experiment or a dataset itself.

use super::About;
use super::api::list_object_activity;
use crate::api::{AppError, send};
use crate::ui::{Avatar, RelativeTime};
use leptos::prelude::*;
use serde_json::Value;
use shared::audit::{Activity, Deed, ListObjectActivity, Source, Subject};

/// Entries that are read at once.
const PAGE: u32 = 50;

/// Characters of a value that a sentence holds.
const SHORT: usize = 80;

/// Draws what was changed, newest first. It is read when it is opened.
#[component]
pub(super) fn ObjectActivity(about: About) -> impl IntoView {
    let entries = RwSignal::new(None::<Vec<Activity>>);
    let refused = RwSignal::new(None::<AppError>);
    let has_more = RwSignal::new(false);
    let About { kind, id, .. } = about;
    let object = StoredValue::new(id);
    let read = move || {
        let before = entries.with_untracked(|entries| entries.as_ref().and_then(|entries| entries.last().map(|last| last.id)));
        send(
            list_object_activity(ListObjectActivity { kind, object: object.get_value(), before, limit: PAGE }),
            move |answer| match answer {
                Ok(older) => {
                    let _ = has_more.try_set(older.len() == PAGE as usize);
                    let _ = entries.try_update(|entries| entries.get_or_insert_default().extend(older));
                }
                Err(error) => {
                    let _ = refused.try_set(Some(error));
                }
            },
        );
    };
    Effect::new(move |_| read());
    let is_empty = move || entries.with(|entries| entries.as_ref().is_some_and(Vec::is_empty));
    let lines = move || entries.get().unwrap_or_default();
    view! {
        <section class="more-about" aria-label="Activity" aria-busy=move || entries.with(Option::is_none).then_some("true")>
            {move || is_empty().then(|| view! { <p class="hint">"Nobody has changed anything about it since it was made."</p> })}
            <ol class="act"><For each=lines key=|entry| entry.id children=line/></ol>
            {move || has_more.get().then(|| view! { <button class="fold" type="button" on:click=move |_| read()>"Show older"</button> })}
            {move || refused.get().map(|error| view! { <p class="wrong" role="alert">{error.to_string()}</p> })}
        </section>
    }
}

fn line(entry: Activity) -> impl IntoView {
    let name = entry.actor.as_ref().map_or_else(|| "The API".to_owned(), |actor| actor.name.clone());
    view! {
        <li>
            <Avatar name=name.clone()/>
            <div class="what"><b>{name}</b>" "{words(&entry)}" "<RelativeTime micros=entry.created/></div>
        </li>
    }
}

/// What somebody did: "renamed it from first to second".
fn words(entry: &Activity) -> String {
    let (from, to) = (short(&entry.from), short(&entry.to));
    let words = match (&entry.action, &entry.path) {
        (Deed::Delete, _) => "deleted it".to_owned(),
        (Deed::Restore, _) => "brought it back".to_owned(),
        (_, Subject::Name) => format!("renamed it from {} to {}", from.unwrap_or_default(), to.unwrap_or_default()),
        (_, Subject::Base) => "compares it with another one".to_owned(),
        (_, subject) => {
            let what = match subject {
                Subject::Description => "the description".to_owned(),
                Subject::Tags => "the tags".to_owned(),
                subject => subject.to_string(),
            };
            match (from, to) {
                _ if entry.cut => format!("changed {what}"),
                (_, None) => format!("cleared {what}"),
                (None, Some(to)) => format!("set {what} to {to}"),
                (Some(from), Some(to)) => format!("changed {what} from {from} to {to}"),
            }
        }
    };
    if entry.source == Source::Api { format!("{words} through the API") } else { words }
}

/// A value in a few words: a text without quotation marks.
fn short(json: &Option<String>) -> Option<String> {
    let json = json.as_deref()?;
    let text = match crate::json::read::<Value>(json.as_bytes()) {
        Ok(Value::String(text)) => text,
        _ => json.to_owned(),
    };
    Some(if text.chars().count() > SHORT { text.chars().take(SHORT).chain(['…']).collect() } else { text })
}

#[cfg(test)]
mod tests {
    use super::words;
    use shared::audit::{Activity, Deed, Source, Subject};

    #[test]
    fn every_change_in_words() {
        for (action, path, from, to, expected) in [
            ("delete", "", "", "", "deleted it"),
            ("restore", "", "", "", "brought it back"),
            ("edit", "name", r#""first""#, r#""second""#, "renamed it from first to second"),
            ("edit", "description", "", r#""short""#, "set the description to short"),
            ("edit", "description", r#""short""#, "", "cleared the description"),
            ("edit", "metadata.n", "1", "2", "changed metadata.n from 1 to 2"),
            ("edit", "tags", "", r#"["a"]"#, r#"set the tags to ["a"]"#),
            ("edit", "base", r#""x""#, r#""y""#, "compares it with another one"),
        ] {
            let value = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            let entry = Activity {
                id: 1,
                actor: None,
                external: None,
                source: Source::App,
                action: Deed::from(action.to_owned()),
                path: Subject::from(path.to_owned()),
                from: value(from),
                to: value(to),
                reason: None,
                created: 0,
                hash: None,
                diff: Vec::new(),
                cut: false,
                revertible: false,
            };
            assert_eq!(words(&entry), expected);
            assert_eq!(words(&Activity { source: Source::Api, ..entry }), format!("{expected} through the API"));
        }
    }
}
