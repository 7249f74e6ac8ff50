//! What a row may hold at most, so that none makes everybody's pages and writes slow, and what must have a certain form to be counted.

use crate::content::scores;
use crate::ground::body::{self, Object, Raw};
use shared::figures::count;
use shared::summary::Nano;

/// Scores of a row at most.
pub(in crate::content::ingest) const MOST_SCORES: usize = 200;

/// Different names of scores in an object at most.
pub(in crate::content::ingest) const MOST_NAMES: usize = 2_000;

/// Metrics of a row at most.
pub(in crate::content::ingest) const MOST_METRICS: usize = 500;

/// Tags of a row at most.
pub(in crate::content::ingest) const MOST_TAGS: usize = 200;

/// Bytes of a name that lists show: of a score, a tag, a span, a type of span.
const LONGEST_NAME: usize = 1_000;

/// Checks what a row says by itself, and returns the names of the scores that it gives a value. What it comes to on top of what is
/// stored is checked by [`check_counts`].
pub(super) fn check(fields: &Object) -> Result<Vec<String>, String> {
    for key in ["span_id", "root_span_id"] {
        if let Some(id) = body::read::<String>(fields, key) {
            super::check_id(key, &id)?;
        }
    }
    for parent in body::read::<Vec<String>>(fields, "span_parents").unwrap_or_default() {
        super::check_id("span_parents", &parent)?;
    }
    for key in ["scores", "metadata", "metrics", "span_attributes"] {
        check_object(fields, key)?;
    }
    let mut names = Vec::new();
    for (name, score) in scores::of_row(fields)? {
        check_name("The name of a score", &name)?;
        let valid = score.is_none_or(|score| Nano::checked(score).is_some());
        if !valid {
            return Err(format!("scores.{name} must be a number from 0 to 1, or null."));
        }
        names.extend(score.map(|_| name));
    }
    if let Some(tags) = fields.get("tags").filter(|tags| !body::is_null(tags)) {
        let items = body::list(tags.get()).ok_or("tags must be a list of strings.")?;
        for item in items {
            check_name("A tag", &read_tag(&item)?)?;
        }
    }
    if let Some(attributes) = fields.get("span_attributes").and_then(|value| body::object(value.get())) {
        for (key, what) in [("name", "The name of a span"), ("type", "The type of a span")] {
            if let Some(name) = body::read::<String>(&attributes, key) {
                check_name(what, &name)?;
            }
        }
    }
    check_counts(fields)?;
    Ok(names)
}

/// Checks how much a row holds, when it is sent and once it is merged.
pub(in crate::content::ingest) fn check_counts(content: &Object) -> Result<(), String> {
    let scores = content.get("scores").and_then(|scores| body::object(scores.get())).map_or(0, |scores| scores.len());
    if scores > MOST_SCORES {
        return Err(format!(
            "A row may have {MOST_SCORES} scores; this would have {scores}. Keep what is no measurement of the whole row in metadata or output."
        ));
    }
    let metrics = content.get("metrics").and_then(|metrics| body::object(metrics.get())).map_or(0, |metrics| metrics.len());
    if metrics > MOST_METRICS {
        return Err(format!("A row may have {MOST_METRICS} metrics; this would have {metrics}. Keep what is no measurement in metadata."));
    }
    let tags = content.get("tags").and_then(|tags| body::list(tags.get())).map_or(0, |tags| tags.len());
    if tags > MOST_TAGS {
        return Err(format!("A row may have {MOST_TAGS} tags; this would have {tags}. Keep what differs from row to row in metadata."));
    }
    Ok(())
}

/// Refuses what is no object, or one with a key that cannot be read, by its true reason.
fn check_object(fields: &Object, key: &str) -> Result<(), String> {
    let Some(value) = fields.get(key).filter(|value| !body::is_null(value)) else { return Ok(()) };
    if body::object(value.get()).is_some() {
        return Ok(());
    }
    Err(match (body::is_object(value.get()), key) {
        (true, _) => format!("A key in {key} holds {}", super::HALF),
        (false, "scores") => "scores must be an object: {\"name\": 0.8}.".to_owned(),
        (false, _) => format!("{key} must be an object."),
    })
}

fn read_tag(item: &Raw) -> Result<String, String> {
    serde_json::from_str(item.get()).map_err(|_| match item.get().starts_with('"') {
        true => format!("A tag holds {}", super::HALF),
        false => "tags must be a list of strings.".to_owned(),
    })
}

fn check_name(what: &str, name: &str) -> Result<(), String> {
    if name.len() > LONGEST_NAME {
        return Err(format!("{what} may have {} bytes; this has {}.", count(LONGEST_NAME as u64), count(name.len() as u64)));
    }
    Ok(())
}
