//! What a change of a span did, in words.

use crate::ui::format;
use serde_json::Value;
use shared::audit::{Activity, Deed, Source, Subject};
use shared::comments::without_links;

/// Characters of a value that a sentence holds.
const SHORT: usize = 80;

/// What somebody did: "set Preference from 60 % to 74 %".
pub(crate) fn words(change: &Activity) -> String {
    let name = match &change.path {
        Subject::Score(name) | Subject::Answer(name) => name.clone(),
        Subject::Review(_) => "the review".to_owned(),
        subject => subject.to_string(),
    };
    let words = match &change.action {
        Deed::Answer => changed("set", "cleared", &name, change),
        Deed::Clear => format!("cleared {name}"),
        Deed::Gold | Deed::ClearGold => changed("set", "cleared", &format!("the gold value of {name}"), change),
        Deed::SetAside => format!("put aside {}", answers(&name, &change.from)),
        Deed::CountAgain => format!("brought back {}", answers(&name, &change.to)),
        Deed::Edit | Deed::Merge if change.path == Subject::Tags => tags(change),
        Deed::Edit | Deed::Merge | Deed::Feedback => changed("set", "cleared", &name, change),
        Deed::Comment => match change.to.as_deref().filter(|_| change.diff.is_empty()) {
            Some(text) => {
                format!("commented: {}", beginning(&without_links(&read(text).map_or_else(|| text.to_owned(), |text| plain(&text))).0))
            }
            None => "commented".to_owned(),
        },
        Deed::EditComment => "edited a comment".to_owned(),
        Deed::DeleteComment => "deleted a comment".to_owned(),
        Deed::RestoreComment => "restored a comment".to_owned(),
        Deed::Flag => "flagged it for review".to_owned(),
        Deed::Unflag => "took it out of review".to_owned(),
        Deed::Assign => "changed who reviews it".to_owned(),
        Deed::Complete | Deed::Prefer if change.to.is_some() => "completed a review".to_owned(),
        Deed::Complete | Deed::Prefer | Deed::Skip if change.from.is_some() => "took back what they did with the review".to_owned(),
        Deed::Complete | Deed::Prefer => "completed a review".to_owned(),
        Deed::Skip => "left the review to others".to_owned(),
        Deed::Close => "closed the review".to_owned(),
        Deed::Reopen => "opened the review again".to_owned(),
        Deed::SetStatus => "gave the review another status".to_owned(),
        Deed::Erase => "erased the content".to_owned(),
        Deed::Delete => "deleted it".to_owned(),
        Deed::Restore => "brought it back".to_owned(),
        Deed::Other(word) => format!("{} {name}", word.replace('_', " ")).trim_end().to_owned(),
    };
    if change.source == Source::Api && change.actor.is_some() { format!("{words} through the API") } else { words }
}

/// Setting and clearing; what is shown word by word is not said again.
fn changed(set: &str, clear: &str, what: &str, change: &Activity) -> String {
    let value = |text: &Option<String>| text.as_deref().filter(|text| text.trim() != "null").map(|text| short(&change.path, text));
    // Blind review tells that something was changed, and not how.
    let untold = change.from.is_none() && change.to.is_none();
    match (value(&change.from), value(&change.to)) {
        _ if change.cut || untold || !change.diff.is_empty() => format!("edited {what}"),
        (_, None) => format!("{clear} {what}"),
        (None, Some(to)) => format!("{set} {what} to {to}"),
        // How sure they are, or what speaks for it.
        (Some(_), Some(_)) if change.from == change.to => format!("said more about {what}"),
        (Some(from), Some(to)) => format!("{set} {what} from {from} to {to}"),
    }
}

fn tags(change: &Activity) -> String {
    let list = |text: &Option<String>| match text.as_deref().and_then(read) {
        Some(Value::Array(tags)) => tags.iter().map(plain).collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    let (from, to) = (list(&change.from), list(&change.to));
    let missing = |of: &[String], other: &[String]| of.iter().filter(|tag| !other.contains(tag)).cloned().collect::<Vec<_>>().join(", ");
    match (missing(&to, &from), missing(&from, &to)) {
        (added, removed) if added.is_empty() && removed.is_empty() => "changed the tags".to_owned(),
        (added, removed) if removed.is_empty() => format!("added the tag {added}"),
        (added, removed) if added.is_empty() => format!("removed the tag {removed}"),
        (added, removed) => format!("added the tag {added} and removed {removed}"),
    }
}

/// Whose answers counted until now or count again: "the answers to Intent: bug; billing".
fn answers(name: &str, said: &Option<String>) -> String {
    let said = match said.as_deref().and_then(read) {
        Some(Value::Object(said)) => said.values().map(plain).collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    let answers = if said.len() == 1 { "the answer" } else { "the answers" };
    let values = if said.is_empty() { String::new() } else { format!(": {}", said.join("; ")) };
    format!("{answers} to {name}{values}")
}

fn read(json: &str) -> Option<Value> {
    crate::json::read(json.as_bytes()).ok()
}

/// A stored value in a few words: scores as percentages, texts without quotation marks.
pub(super) fn short(subject: &Subject, json: &str) -> String {
    let text = match read(json) {
        Some(Value::Number(number)) if matches!(subject, Subject::Score(_)) => format::percent_short(number.as_f64().unwrap_or_default()),
        Some(value) => plain(&value),
        None => json.to_owned(),
    };
    beginning(&text)
}

fn beginning(text: &str) -> String {
    if text.chars().count() > SHORT { text.chars().take(SHORT).chain(['…']).collect() } else { text.to_owned() }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::people::{Person, Role};
    use shared::texts::{DiffKind, DiffPart};

    fn change(action: &str, path: &str, from: &str, to: &str) -> Activity {
        let value = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Activity {
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
        }
    }

    #[test]
    fn every_action_in_words() {
        for (action, path, from, to, expected) in [
            ("answer", "scores.Tone", "", "0.74", "set Tone to 74 %"),
            ("answer", "scores.Tone", "0.6", "0.74", "set Tone from 60 % to 74 %"),
            ("answer", "scores.Tone", "0.6", "0.6", "said more about Tone"),
            ("answer", "scores.Result", "", r#""Resolved""#, "set Result to Resolved"),
            ("answer", "answers.Topics", r#"["a"]"#, r#"["a","b"]"#, "set Topics from a to a, b"),
            ("clear", "scores.Tone", "0.6", "", "cleared Tone"),
            ("gold", "scores.Tone", "", "1.0", "set the gold value of Tone to 100 %"),
            ("clear_gold", "answers.Intent", r#""bug""#, "", "cleared the gold value of Intent"),
            ("set_aside", "answers.Intent", r#"{"1":"bug","2":"billing"}"#, "", "put aside the answers to Intent: bug; billing"),
            ("set_aside", "answers.Intent", r#"{"1":"bug"}"#, "", "put aside the answer to Intent: bug"),
            ("count_again", "answers.Intent", "", r#"{"1":"bug","2":"billing"}"#, "brought back the answers to Intent: bug; billing"),
            ("edit", "expected", "7", "8", "set expected from 7 to 8"),
            ("edit", "expected", "7", "", "cleared expected"),
            ("merge", "expected", "null", r#""x""#, "set expected to x"),
            ("merge", "metadata.review", "", r#""x""#, "set metadata.review to x"),
            ("edit", "tags", r#"["a","b"]"#, r#"["b","c"]"#, "added the tag c and removed a"),
            ("merge", "tags", "", r#"["c"]"#, "added the tag c"),
            ("edit", "tags", r#"["c"]"#, "[]", "removed the tag c"),
            ("comment", "comments.1", "", r#""x""#, "commented: x"),
            ("comment", "comments.1", "", r#""ask [@Ada](person:1)""#, "commented: ask @Ada"),
            ("edit_comment", "comments.1", r#""x""#, r#""y""#, "edited a comment"),
            ("delete_comment", "comments.1", r#""x""#, "", "deleted a comment"),
            ("restore_comment", "comments.1", "", r#""x""#, "restored a comment"),
            ("erase", "", "", "", "erased the content"),
            ("flag", "review.1", r#"{"listed":false}"#, r#"{"listed":true}"#, "flagged it for review"),
            ("assign", "review.1", "[]", r#"["p"]"#, "changed who reviews it"),
            ("complete", "review.1", "", r#"{"round":1}"#, "completed a review"),
            ("complete", "review.1", r#"{"round":1}"#, "", "took back what they did with the review"),
            ("skip", "review.1", "", "", "left the review to others"),
            ("reopen", "review.1", r#"{"round":1}"#, r#"{"round":2}"#, "opened the review again"),
            ("assign_to", "reviews", "", "", "assign to reviews"),
        ] {
            assert_eq!(words(&change(action, path, from, to)), expected);
        }
    }

    #[test]
    fn what_is_shown_word_by_word_is_not_said_again() {
        let part = DiffPart { kind: DiffKind::Added, text: "x".to_owned() };
        assert_eq!(words(&Activity { diff: vec![part], ..change("edit", "expected", "7", "8") }), "edited expected");
        assert_eq!(words(&Activity { cut: true, ..change("answer", "answers.Why", "", "") }), "edited Why");
    }

    #[test]
    fn who_used_the_api_is_told_with_it() {
        let person = Person { id: "1".into(), name: "A".to_owned(), email: "a".to_owned(), role: Role::Engineer };
        let sent = Activity { source: Source::Api, ..change("merge", "scores.Tone", "", "0.5") };
        assert_eq!(words(&sent), "set Tone to 50 %");
        assert_eq!(words(&Activity { actor: Some(person), ..sent }), "set Tone to 50 % through the API");
    }
}
