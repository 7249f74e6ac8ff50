//! What a blind reviewer may know of that others said something, by the names of fields, each with its reason.
//!
//! Where two histories differ in whether something is said, these fields are compared as far as they are there and are numbers. The reasons
//! belong to the list at the head of the store's `looking/sight.rs`.

use super::world::World;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A number or a time that follows from how much was done before.
struct Known {
    name: &'static str,
    /// Names that stand beside it: only there it is known.
    beside: &'static [&'static str],
    reason: &'static str,
}

const fn known(name: &'static str, beside: &'static [&'static str], reason: &'static str) -> Known {
    Known { name, beside, reason }
}

/// All there is.
const KNOWN: &[Known] = &[
    known("_xact_id", &["_pagination_key"], "the number of the last transaction that changed what a fetch returns of the row"),
    known("as_of", &[], "the number of the newest event: what a page shows is right up to there"),
    known("last_activity", &["traces"], "when somebody did something last in a project: that somebody did something is known"),
    known("id", &["action", "path"], "the number of an entry of the activity: numbers leave gaps"),
    known("hash", &["action", "path"], "made of the number of the entry"),
    known("comments", &["root_span_id", "spans"], "how many comments there are on a trace: an invitation to look"),
];

/// An answer without what may be known. `world` is the one in which it was told.
pub fn without_known(world: &World<'_>, route: &str, told: &str) -> String {
    match route {
        "/live/{project}" => events(world, told),
        "/xact-id" => told.replace(|letter: char| letter.is_ascii_digit(), "0"),
        "page" => page(told),
        _ => without_known_fields(told),
    }
}

/// The body of an answer, where it is JSON.
fn without_known_fields(told: &str) -> String {
    let at = told.find(['{', '[']).unwrap_or(told.len());
    let (status, body) = told.split_at(at);
    serde_json::from_str(body).map_or_else(|_| told.to_owned(), |body| format!("{status}{}", forgotten(body)))
}

fn forgotten(mut value: Value) -> Value {
    forget(&mut value);
    value
}

fn forget(value: &mut Value) {
    match value {
        Value::Object(object) => {
            let names: BTreeSet<String> = object.keys().cloned().collect();
            for (name, value) in object.iter_mut() {
                let is_known = |known: &Known| known.name == name && known.beside.iter().all(|beside| names.contains(*beside));
                if is_numeric(value) && KNOWN.iter().any(is_known) {
                    *value = json!("known");
                }
                forget(value);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(forget),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A number, also as text, in hexadecimal or with its project.
fn is_numeric(value: &Value) -> bool {
    let is_digit = |letter: char| letter.is_ascii_hexdigit() || letter == '-';
    value.is_number() || value.as_str().is_some_and(|text| !text.is_empty() && text.chars().all(is_digit))
}

/// Live events without their numbers, and without those of what the other history lacks: they say which spans changed and nothing else.
fn events(world: &World<'_>, told: &str) -> String {
    let mut left = String::new();
    for event in told.split("\n\n") {
        let line = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let (Some(id), Some(data)) = (line("id"), line("data")) else {
            left += event;
            continue;
        };
        let mut data: Value = serde_json::from_str(data).unwrap();
        if world.hushed_events.contains(&id.parse().unwrap()) {
            require_only_where(&data);
            continue;
        }
        assert_eq!(data["sequence"].to_string(), id);
        data["sequence"] = json!("known");
        left += &format!("{data}\n");
    }
    left
}

fn require_only_where(event: &Value) {
    let veiled = &event["change"]["veiled"];
    let told = veiled["touched"].as_array().unwrap().iter().map(|touched| {
        json!({ "root_span_id": touched["root_span_id"].as_str().unwrap(), "row_id": touched["row_id"].as_str().unwrap(), "part": "any" })
    });
    let only = json!({
        "sequence": event["sequence"],
        "change": { "veiled": { "object": veiled["object"].as_str().unwrap(), "touched": told.collect::<Vec<_>>() } },
    });
    assert_eq!(*event, only, "an event says only which spans changed");
}

/// A page: what its server functions said is compared like their answers, and its HTML as it stands, but for the mark with the number of
/// comments.
fn page(told: &str) -> String {
    const MARK: [&str; 2] = [r#"<span class="mark comments""#, "</span></span>"];
    let mut told = told.to_owned();
    while let Some(from) = told.find(MARK[0]) {
        let length = told[from..].find(MARK[1]).unwrap() + MARK[1].len();
        told.replace_range(from..from + length, "");
    }
    const SAID: &str = "__RESOLVED_RESOURCES[";
    let mut parts = told.split(SAID);
    let mut left = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        left += SAID;
        let Some((place, text)) = part.split_once(" = ") else {
            left += part;
            continue;
        };
        let mut texts = serde_json::Deserializer::from_str(text).into_iter::<String>();
        let said = texts.next().unwrap().unwrap();
        let body = serde_json::from_str::<Value>(&said).unwrap();
        left += &format!("{place} = {}{}", forgotten(body), &text[texts.byte_offset()..]);
    }
    left
}

/// Every reason is said.
#[test]
fn what_is_known_has_a_reason() {
    assert!(KNOWN.iter().all(|known| !known.reason.is_empty()));
}
