//! One row as an SDK or REST sends it, read and checked, before anything stored is looked at.

use crate::content::scores;
use crate::ground::body::{self, Object, Paths, Raw, Removals};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use shared::audit::Source;
use shared::comments;
use shared::filter::parse_instant;
use shared::summary::Nano;
use shared::{Micros, ObjectId};

/// Keys that say what to do with the row, or where it belongs; they are not content.
const CONTROL: [&str; 17] = [
    "_is_merge",
    "_merge_paths",
    "_array_delete",
    "_object_delete",
    "_audit_source",
    "_audit_metadata",
    "_parent_id",
    "_async_scoring_control",
    "_skip_async_scoring",
    "_xact_id",
    "_pagination_key",
    "org_id",
    "project_id",
    "log_id",
    "experiment_id",
    "dataset_id",
    "is_root",
];

/// Keys that a merge never changes on a span that has arrived.
pub(crate) const FIXED: [&str; 4] = ["span_id", "root_span_id", "span_parents", "created"];

/// A row, understood.
pub(crate) struct Row {
    /// Its id; the comment's own id for a comment.
    pub(crate) id: String,
    /// Where it belongs.
    pub(crate) object: ObjectId,
    /// What it does.
    pub(crate) act: Act,
    /// Through what it came, where the client says.
    pub(crate) source: Option<Source>,
    /// The end user it comes from.
    pub(crate) external: Option<String>,
}

/// What a row does.
pub(crate) enum Act {
    /// Writes the whole span.
    Replace { content: Object, created: Option<Micros>, digest: i64 },
    /// Merges into the span, or makes one that has not arrived yet. `told` says that who writes it tells the activity.
    Merge { content: Object, created: Option<Micros>, paths: Paths, remove: Removals, told: bool },
    /// Deletes the span.
    Delete,
    /// Comments on the span with this row id.
    Comment { on: String, text: String, created: Option<Micros> },
}

impl Row {
    /// Reads a row. `within` is the object of the address where the row does not say one.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(crate) fn read(text: &RawValue, within: Option<&ObjectId>) -> Result<Self, String> {
        let mut fields = body::object(text.get()).ok_or("A row must be a JSON object.")?;
        let object = match within {
            Some(object) => object.clone(),
            None => owner(&fields)?,
        };
        let id = match fields.get("id") {
            None => crate::ground::ids::new_id(),
            Some(id) => serde_json::from_str::<String>(id.get()).map_err(|_| "id must be a string.")?,
        };
        check_id("id", &id)?;
        let source = body::read::<String>(&fields, "_audit_source").map(|source| match Source::parse(&source) {
            Source::External => Source::External,
            // What is sent came through the API, whatever it says: nobody did it on a page.
            Source::Api | Source::App => Source::Api,
        });
        let external = body::read::<serde_json::Value>(&fields, "_audit_metadata")
            .and_then(|metadata| metadata.get("user_id").and_then(|user| user.as_str().map(str::to_owned)))
            .map(|user| user.replace('\0', ""));
        let created = match body::read::<String>(&fields, "created") {
            None if fields.get("created").is_some_and(|created| !body::is_null(created)) => return Err(WRONG_TIME.to_owned()),
            None => None,
            Some(text) => Some(parse_instant(&text).ok_or(WRONG_TIME)?),
        };
        let flag = |key: &str| body::read::<bool>(&fields, key).unwrap_or(false);
        let act = if flag("_object_delete") {
            Act::Delete
        } else if let Some(comment) = fields.get("comment").filter(|comment| !body::is_null(comment)) {
            comment_act(comment, &fields, created)?
        } else {
            check(&fields)?;
            let merges = flag("_is_merge");
            let paths = body::read(&fields, "_merge_paths").unwrap_or_default();
            let remove = removals(&fields)?;
            fields.retain(|key, _| !CONTROL.contains(&key.as_str()) && key != "id");
            if merges {
                Act::Merge { content: fields, created, paths, remove, told: false }
            } else {
                Act::Replace { content: fields, created, digest: digest(text.get()) }
            }
        };
        Ok(Self { id, object, act, source, external })
    }

    /// A row that deletes a span.
    pub(crate) fn deletion(object: &ObjectId, id: &str) -> Self {
        Self { id: id.to_owned(), object: object.clone(), act: Act::Delete, source: None, external: None }
    }

    /// A row that writes some fields in the place of what stood there; who asks for it tells the activity.
    pub(crate) fn edit(object: &ObjectId, id: &str, fields: Object) -> Self {
        let paths = fields.keys().map(|key| vec![key.clone()]).collect();
        let act = Act::Merge { content: fields, created: None, paths, remove: Removals::new(), told: true };
        Self { id: id.to_owned(), object: object.clone(), act, source: None, external: None }
    }

    /// Whether the row is what feedback is made of: a comment, or a merge of what people judge.
    pub(crate) fn is_feedback(&self) -> bool {
        match &self.act {
            Act::Comment { .. } => true,
            Act::Merge { content, paths, remove, .. } => {
                let judged = content.keys().all(|key| ["scores", "expected", "tags"].contains(&key.as_str()));
                self.source.is_some() && judged && paths.is_empty() && remove.is_empty()
            }
            _ => false,
        }
    }

    /// The row id of the span it concerns.
    pub(crate) fn span(&self) -> &str {
        match &self.act {
            Act::Comment { on, .. } => on,
            _ => &self.id,
        }
    }
}

const WRONG_TIME: &str = "created must be a time such as 2026-11-23T18:25:15.297664Z.";

fn owner(fields: &Object) -> Result<ObjectId, String> {
    for key in ["experiment_id", "dataset_id", "project_id"] {
        if let Some(id) = body::read::<String>(fields, key) {
            return if id.contains('\0') { Err(format!("{key} must have no NUL.")) } else { Ok(ObjectId(id)) };
        }
    }
    Err("The row says no object: give it project_id with log_id \"g\", experiment_id or dataset_id.".to_owned())
}

fn comment_act(comment: &RawValue, fields: &Object, created: Option<Micros>) -> Result<Act, String> {
    let on = body::read::<serde_json::Value>(fields, "origin")
        .and_then(|origin| origin.get("id").and_then(|id| id.as_str().map(str::to_owned)))
        .ok_or("A comment needs origin.id, the id of the row it is about.")?;
    check_id("origin.id", &on)?;
    let text = match body::object(comment.get()) {
        Some(comment) => body::read::<String>(&comment, "text"),
        None => serde_json::from_str(comment.get()).ok(),
    };
    let text = text.ok_or("comment must be {\"text\": \"…\"}.")?;
    let text = comments::checked(&text).map_err(|problem| format!("comment: {problem}"))?;
    Ok(Act::Comment { on, text, created })
}

/// Checks text that the database looks rows up by.
fn check_id(key: &str, id: &str) -> Result<(), String> {
    let fits = !id.is_empty() && id.len() <= 2048 && !id.contains('\0');
    if fits { Ok(()) } else { Err(format!("{key} must have 1 to 2048 bytes and no NUL.")) }
}

/// Bytes of a score's name or of a tag at most: an index holds no longer ones.
const LONGEST_NAME: usize = 1000;

/// Checks what must have a certain form to be counted or filtered.
fn check(fields: &Object) -> Result<(), String> {
    for key in ["span_id", "root_span_id"] {
        if let Some(id) = body::read::<String>(fields, key) {
            check_id(key, &id)?;
        }
    }
    for (name, score) in scores::of_row(fields)? {
        if name.len() > LONGEST_NAME {
            return Err(format!("The name of a score may have {LONGEST_NAME} bytes; this has {}.", name.len()));
        }
        let valid = score.is_none_or(|score| Nano::checked(score).is_some());
        if !valid {
            return Err(format!("scores.{name} must be a number from 0 to 1, or null."));
        }
    }
    if let Some(tags) = fields.get("tags").filter(|tags| !body::is_null(tags)) {
        let tags = serde_json::from_str::<Vec<String>>(tags.get()).map_err(|_| "tags must be a list of strings.")?;
        if let Some(tag) = tags.iter().find(|tag| tag.len() > LONGEST_NAME) {
            return Err(format!("A tag may have {LONGEST_NAME} bytes; this has {}.", tag.len()));
        }
    }
    for key in ["metadata", "metrics", "span_attributes"] {
        if let Some(value) = fields.get(key).filter(|value| !body::is_null(value)) {
            body::object(value.get()).ok_or_else(|| format!("{key} must be an object."))?;
        }
    }
    Ok(())
}

fn removals(fields: &Object) -> Result<Removals, String> {
    #[derive(serde::Deserialize)]
    struct Removal {
        path: Vec<String>,
        delete: Vec<Raw>,
    }
    let Some(text) = fields.get("_array_delete").filter(|value| !body::is_null(value)) else { return Ok(Vec::new()) };
    let removals: Vec<Removal> =
        serde_json::from_str(text.get()).map_err(|_| "_array_delete must be [{\"path\": [\"tags\"], \"delete\": [\"x\"]}].")?;
    Ok(removals.into_iter().map(|removal| (removal.path, removal.delete)).collect())
}

fn digest(text: &str) -> i64 {
    let hash = Sha256::digest(text.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    i64::from_be_bytes(first)
}
