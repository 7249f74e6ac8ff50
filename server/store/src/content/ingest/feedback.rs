//! Feedback as REST takes it: each item stands for a merge, a comment, or both.

use crate::ground::body::{self, Object, Raw};
use indexmap::IndexMap;
use serde_json::value::RawValue;

/// The rows that an item of feedback stands for.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(super) fn rows(item: &Object) -> Result<Vec<Raw>, String> {
    let source = match item.get("source").filter(|source| !body::is_null(source)) {
        None => "external".to_owned(),
        Some(source) => serde_json::from_str(source.get()).map_err(|_| "source must be \"app\", \"api\" or \"external\".")?,
    };
    let id = || item.get("id").cloned().unwrap_or_else(|| RawValue::NULL.to_owned());
    let mut audit = Object::from([("_audit_source".to_owned(), raw(&source)?)]);
    if let Some(metadata) = item.get("metadata").filter(|metadata| !body::is_null(metadata)) {
        if !body::is_object(metadata.get()) {
            return Err("metadata must be an object, such as {\"user_id\": \"u7\"}.".to_owned());
        }
        audit.insert("_audit_metadata".to_owned(), metadata.clone());
    }
    let judged = ["scores", "expected", "tags"].into_iter();
    let judged: Object =
        judged.filter_map(|key| Some((key.to_owned(), item.get(key).filter(|value| says_something(key, value))?.clone()))).collect();
    let mut rows = Vec::new();
    if !judged.is_empty() {
        let merge = Object::from([("id".to_owned(), id()), ("_is_merge".to_owned(), raw(&true)?)]);
        rows.push(raw(&merge.into_iter().chain(audit.clone()).chain(judged).collect::<Object>())?);
    }
    if let Some(comment) = item.get("comment").filter(|comment| !body::is_null(comment)) {
        let origin = raw(&IndexMap::from([("id", id())]))?;
        let said = Object::from([("origin".to_owned(), origin), ("comment".to_owned(), comment.clone())]);
        rows.push(raw(&said.into_iter().chain(audit).collect::<Object>())?);
    }
    if rows.is_empty() {
        return Err("This feedback says nothing. Send at least one of scores, expected, tags and comment.".to_owned());
    }
    Ok(rows)
}

fn raw(value: &impl serde::Serialize) -> Result<Raw, String> {
    body::raw(value).map_err(|error| error.to_string())
}

/// Whether a field of feedback says anything. No score and no tag say nothing, while something empty may well be expected.
fn says_something(key: &str, value: &RawValue) -> bool {
    !body::is_null(value)
        && match key {
            "scores" => body::object(value.get()).is_none_or(|scores| !scores.is_empty()),
            "tags" => body::list(value.get()).is_none_or(|tags| !tags.is_empty()),
            _ => true,
        }
}
