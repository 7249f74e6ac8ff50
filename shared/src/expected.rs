//! What `expected` and free-form texts become by what reviewers say.
//!
//! Beside each lies its base: the last value that the API or a person wrote there directly. What is shown is the base
//! with the answers that count on top, so clearing every answer gives the base back, and nothing that was there is
//! dropped.

use crate::answers::AnswerValue;
use crate::objects::RowAddress;
use crate::questions::MetadataPath;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Edits `expected` directly. The value becomes the base; answers given until then no longer count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetExpected {
    /// The span.
    #[serde(flatten)]
    pub row: RowAddress,
    /// What shall stand there, as JSON text; none for nothing.
    pub value: Option<String>,
    /// What stood there when the edit began, as JSON text.
    pub before: Option<String>,
    /// Sent again with the same id, a command changes nothing.
    #[serde(default)]
    pub client_id: Option<String>,
}

/// Which of several people's answers to a question of `expected` counts: the gold value, else the most frequent one, of equally
/// frequent ones the earliest. `answers` are in the order in which they were first given.
pub fn most_frequent<'a>(gold: Option<&'a AnswerValue>, answers: &[&'a AnswerValue]) -> Option<&'a AnswerValue> {
    let frequency = |value: &AnswerValue| answers.iter().filter(|other| **other == value).count();
    let best = answers.iter().map(|value| frequency(value)).max();
    gold.or_else(|| answers.iter().find(|value| Some(frequency(value)) == best).copied())
}

/// Whether reviewers differ and nobody has settled it.
pub fn disagree(gold: Option<&AnswerValue>, answers: &[&AnswerValue]) -> bool {
    gold.is_none() && answers.windows(2).any(|pair| pair[0] != pair[1])
}

/// Which of several people's texts counts: the gold value, else the latest. `answers` are in the order in which they were
/// last changed.
pub fn latest<'a, T>(gold: Option<&'a T>, answers: &[&'a T]) -> Option<&'a T> {
    gold.or_else(|| answers.last().copied())
}

/// A row's field as the text that arrived, or none.
pub type StoredField<'a> = Option<&'a RawValue>;

/// What a base is, as far as answers go.
enum Base<'a> {
    Empty,
    Object(IndexMap<String, Box<RawValue>>),
    /// A value that did not come from review and has no keys to stand beside.
    Other(&'a RawValue),
}

impl<'a> Base<'a> {
    fn of(value: StoredField<'a>) -> Self {
        let Some(value) = value.filter(|value| value.get().trim() != "null") else { return Self::Empty };
        let object = value.get().trim_start().starts_with('{').then(|| serde_json::from_str(value.get()).ok()).flatten();
        object.map_or(Self::Other(value), Self::Object)
    }
}

/// The key under which a value that did not come from review is kept beside answers.
pub const KEPT: &str = "expected";

/// Whether an answer beside this base needs the reviewer's consent: the base is a value of its own, and is kept under
/// [`KEPT`] then.
pub fn needs_consent(base: StoredField<'_>) -> bool {
    matches!(Base::of(base), Base::Other(_))
}

/// `expected`, of its base and the answers that count, with the names of their questions, in the order of the form.
///
/// # Errors
/// When a value cannot be written as JSON, which does not happen.
pub fn project(base: StoredField<'_>, answers: &[(&str, &AnswerValue)]) -> Result<Option<Box<RawValue>>, serde_json::Error> {
    let (mut object, mut kept) = (IndexMap::new(), None);
    match (Base::of(base), answers) {
        (_, []) => return Ok(base.map(ToOwned::to_owned)),
        (Base::Empty, [(_, only)]) => return serde_json::value::to_raw_value(only).map(Some),
        (Base::Empty, _) => {}
        (Base::Object(before), _) => object = before,
        (Base::Other(before), _) => kept = Some(before.to_owned()),
    }
    for (name, value) in answers {
        object.insert((*name).to_owned(), serde_json::value::to_raw_value(value)?);
    }
    object.extend(kept.map(|value| (KEPT.to_owned(), value)));
    serde_json::value::to_raw_value(&object).map(Some)
}

/// `metadata`, of its base and the texts that count, with their places. A text whose way is barred by a value that is no
/// object is left out: what the API wrote stays.
///
/// # Errors
/// When a value cannot be written as JSON, which does not happen.
pub fn write_texts(base: StoredField<'_>, texts: &[(&MetadataPath, &AnswerValue)]) -> Result<Option<Box<RawValue>>, serde_json::Error> {
    let mut metadata = base.map(ToOwned::to_owned);
    for (path, text) in texts {
        let keys: Vec<_> = path.keys().collect();
        if let Some(written) = put(metadata.as_deref(), &keys, text)? {
            metadata = Some(written);
        }
    }
    Ok(metadata)
}

/// Whether a text can be written to a place.
pub fn has_room(base: StoredField<'_>, path: &MetadataPath) -> bool {
    let keys: Vec<_> = path.keys().collect();
    matches!(put(base, &keys, &AnswerValue::Text(String::new())), Ok(Some(_)))
}

fn put(base: StoredField<'_>, keys: &[&str], value: &AnswerValue) -> Result<Option<Box<RawValue>>, serde_json::Error> {
    let Some((key, below)) = keys.split_first() else { return serde_json::value::to_raw_value(value).map(Some) };
    let mut object = match Base::of(base) {
        Base::Empty => IndexMap::new(),
        Base::Object(object) => object,
        Base::Other(_) => return Ok(None),
    };
    let Some(written) = put(object.get(*key).map(AsRef::as_ref), below, value)? else { return Ok(None) };
    object.insert((*key).to_owned(), written);
    serde_json::value::to_raw_value(&object).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    fn value(json: &str) -> AnswerValue {
        serde_json::from_str(json).unwrap()
    }

    /// `base` and values as JSON; an empty base is none at all.
    fn check(base: &str, answers: &[(&str, &str)], expected: Expect) {
        let base = (!base.is_empty()).then(|| raw(base));
        let values: Vec<_> = answers.iter().map(|(name, json)| (*name, value(json))).collect();
        let answers: Vec<_> = values.iter().map(|(name, value)| (*name, value)).collect();
        let projected = project(base.as_deref(), &answers).unwrap();
        expected.assert_eq(projected.as_deref().map_or("nothing", RawValue::get));
    }

    #[test]
    fn expected_by_the_rules() {
        // Nobody has answered: the base stands, as it was written.
        check("", &[], expect!["nothing"]);
        check("null", &[], expect!["null"]);
        check(r#"{"a": 1}"#, &[], expect![[r#"{"a": 1}"#]]);
        check("9007199254740993", &[], expect!["9007199254740993"]);
        // The only answer on nothing is plain.
        check("", &[("Intent", r#""billing""#)], expect![[r#""billing""#]]);
        check("null", &[("Intent", r#""billing""#)], expect![[r#""billing""#]]);
        check("", &[("Topics", r#"["a","b"]"#)], expect![[r#"["a","b"]"#]]);
        // Two make an object, in the order of the form.
        check("", &[("Intent", r#""billing""#), ("Topics", r#"["a"]"#)], expect![[r#"{"Intent":"billing","Topics":["a"]}"#]]);
        // Clearing one of two leaves the other plain again; that is a projection of one.
        check("", &[("Topics", r#"["a"]"#)], expect![[r#"["a"]"#]]);
        // Into an object each answer goes under its name, and everything else stays, as it was written.
        check(
            r#"{"z":9007199254740993,"a":"\ud800"}"#,
            &[("Intent", r#""bug""#)],
            expect![[r#"{"z":9007199254740993,"a":"\ud800","Intent":"bug"}"#]],
        );
        check(r#"{"Intent":"old","a":1}"#, &[("Intent", r#""bug""#)], expect![[r#"{"Intent":"bug","a":1}"#]]);
        check("{}", &[("Intent", r#""bug""#)], expect![[r#"{"Intent":"bug"}"#]]);
        check(r#"{"expected":1}"#, &[("Intent", r#""bug""#)], expect![[r#"{"expected":1,"Intent":"bug"}"#]]);
        // Whatever else was there is kept beside the answers.
        check(r#""Paris""#, &[("Intent", r#""bug""#)], expect![[r#"{"Intent":"bug","expected":"Paris"}"#]]);
        check(
            "[1, 2]",
            &[("Intent", r#""bug""#), ("Topics", r#"["a"]"#)],
            expect![[r#"{"Intent":"bug","Topics":["a"],"expected":[1, 2]}"#]],
        );
        check("false", &[("Intent", r#""bug""#)], expect![[r#"{"Intent":"bug","expected":false}"#]]);
    }

    #[test]
    fn consent_is_asked_for_values_of_their_own() {
        for (base, expected) in [("null", false), ("{}", false), (r#"{"a":1}"#, false), (r#""""#, true), ("[]", true), ("0", true)] {
            assert_eq!(needs_consent(Some(&raw(base))), expected, "{base}");
        }
        assert!(!needs_consent(None));
    }

    #[test]
    fn several_people() {
        let check = |gold: &str, answers: &[&str], most: &str, last: &str, differ: bool| {
            let gold = (!gold.is_empty()).then(|| value(gold));
            let answers: Vec<_> = answers.iter().map(|answer| value(answer)).collect();
            let answers: Vec<_> = answers.iter().collect();
            let shown = |value: Option<&AnswerValue>| value.map_or(String::new(), |value| serde_json::to_string(value).unwrap());
            assert_eq!(shown(most_frequent(gold.as_ref(), &answers)), most);
            assert_eq!(shown(latest(gold.as_ref(), &answers)), last);
            assert_eq!(disagree(gold.as_ref(), &answers), differ);
        };
        check("", &[], "", "", false);
        check("", &[r#""a""#], r#""a""#, r#""a""#, false);
        check("", &[r#""a""#, r#""b""#, r#""b""#], r#""b""#, r#""b""#, true);
        // A tie goes to the earliest.
        check("", &[r#""a""#, r#""b""#], r#""a""#, r#""b""#, true);
        check("", &[r#""c""#, r#""b""#, r#""a""#, r#""b""#, r#""a""#], r#""b""#, r#""a""#, true);
        check("", &[r#"["a","b"]"#, r#"["a","b"]"#], r#"["a","b"]"#, r#"["a","b"]"#, false);
        check(r#""c""#, &[r#""a""#, r#""b""#], r#""c""#, r#""c""#, false);
        check(r#""c""#, &[], r#""c""#, r#""c""#, false);
    }

    #[test]
    fn texts_go_to_their_places() {
        let check = |base: &str, texts: &[(&str, &str)], expected: Expect| {
            let base = (!base.is_empty()).then(|| raw(base));
            let texts: Vec<_> = texts.iter().map(|(path, text)| (MetadataPath::of(path), AnswerValue::Text((*text).to_owned()))).collect();
            let texts: Vec<_> = texts.iter().map(|(path, text)| (path, text)).collect();
            let written = write_texts(base.as_deref(), &texts).unwrap();
            expected.assert_eq(written.as_deref().map_or("nothing", RawValue::get));
        };
        check("", &[], expect!["nothing"]);
        check("", &[("review.reason", "late")], expect![[r#"{"review":{"reason":"late"}}"#]]);
        check(
            r#"{"model":"m","review":{"by":1}}"#,
            &[("review.reason", "late")],
            expect![[r#"{"model":"m","review":{"by":1,"reason":"late"}}"#]],
        );
        check(r#"{"reason":[1]}"#, &[("reason", "late")], expect![[r#"{"reason":"late"}"#]]);
        check(r#"{"review":"done"}"#, &[("review.reason", "late"), ("note", "n")], expect![[r#"{"review":"done","note":"n"}"#]]);
        assert!(has_room(None, &MetadataPath::of("a.b")));
        assert!(!has_room(Some(&raw(r#"{"a":1}"#)), &MetadataPath::of("a.b")));
    }
}
