//! One row as an SDK or REST sends it, read and checked, before anything stored is looked at.

pub(super) mod bounds;
mod control;

use super::flags::Flags;
use crate::content::scores;
use crate::ground::body::{self, Object, Paths, Removals};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use shared::audit::Source;
use shared::comments;
use shared::filter::parse_instant;
use shared::objects::ObjectKind;
use shared::summary::Nano;
use shared::{Micros, ObjectId};

/// Keys that a merge never changes on a span that has arrived.
pub(crate) const FIXED: [&str; 4] = ["span_id", "root_span_id", "span_parents", "created"];

/// A row, understood.
pub(crate) struct Row {
    /// Its id; the comment's own id for a comment.
    pub(crate) id: String,
    /// Where it belongs.
    pub(crate) object: ObjectId,
    /// What that must be, where the row itself says it.
    pub(crate) kind: Option<ObjectKind>,
    /// What it does.
    pub(crate) act: RowOperation,
    /// Through what it came, where the client says.
    pub(crate) source: Option<Source>,
    /// The end user it comes from.
    pub(crate) external: Option<String>,
    /// The scores that it gives a value.
    pub(crate) names: Vec<String>,
    /// Whether a merge is listed and counted at once, whatever it says.
    pub(crate) listed: bool,
    /// What it says of its review.
    pub(super) flags: Option<Flags>,
}

/// What a row does.
pub(crate) enum RowOperation {
    /// Writes the whole span.
    Replace { content: Object, created: Option<Micros>, digest: i64 },
    /// Merges into the span, or makes one that has not arrived yet. `told` says that who writes it tells the activity. The scores of an
    /// end user are no content: they are kept beside it, each by its name in units of 1e-9.
    Merge { content: Object, feedback: Vec<(String, Option<i64>)>, created: Option<Micros>, paths: Paths, remove: Removals, told: bool },
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
        let mut fields = body::object(text.get()).ok_or_else(|| match body::is_object(text.get()) {
            true => format!("A key of the row holds {HALF}"),
            false => "A row must be a JSON object.".to_owned(),
        })?;
        control::check(&fields)?;
        let (object, kind) = match within {
            Some(object) => (object.clone(), None),
            None => owner(&fields).map(|(object, kind)| (object, Some(kind)))?,
        };
        let id = match fields.get("id") {
            None => crate::ground::ids::new_id(),
            Some(id) => serde_json::from_str::<String>(id.get()).map_err(|_| match id.get().starts_with('"') {
                true => format!("id holds {HALF}"),
                false => "id must be a string.".to_owned(),
            })?,
        };
        check_id("id", &id)?;
        let source = body::read::<String>(&fields, "_audit_source").map(|source| match Source::parse(&source) {
            Source::External => Source::External,
            // What is sent came through the API, whatever it says: nobody did it on a page.
            Source::Api | Source::App => Source::Api,
        });
        let external = fields
            .get("_audit_metadata")
            .and_then(|metadata| body::object(metadata.get()))
            .and_then(|metadata| body::read::<String>(&metadata, "user_id"))
            .map(|user| user.replace('\0', ""));
        if external.as_ref().is_some_and(|user| user.len() > LONGEST_USER) {
            return Err(format!("_audit_metadata.user_id may have {LONGEST_USER} bytes."));
        }
        let created = match body::read::<String>(&fields, "created") {
            None if fields.get("created").is_some_and(|created| !body::is_null(created)) => return Err(WRONG_TIME.to_owned()),
            None => None,
            Some(text) => Some(parse_instant(&text).ok_or(WRONG_TIME)?),
        };
        let (deletes, merges) = (control::flag(&fields, "_object_delete")?, control::flag(&fields, "_is_merge")?);
        let (paths, remove) = (control::paths(&fields)?, control::removals(&fields)?);
        let (mut names, mut flags) = (Vec::new(), None);
        let act = if deletes {
            RowOperation::Delete
        } else if let Some(comment) = fields.get("comment").filter(|comment| !body::is_null(comment)) {
            comment_act(comment, &fields, created)?
        } else {
            names = bounds::check(&fields)?;
            fields.retain(|key, _| !control::ALL.contains(&key.as_str()) && key != "id");
            flags = Flags::take(&mut fields, merges.then_some((&paths, &remove)))?;
            if merges {
                let mut feedback = Vec::new();
                if source == Some(Source::External) {
                    let scores = scores::of_row(&fields)?.into_iter();
                    feedback.extend(scores.map(|(name, score)| (name, score.and_then(Nano::checked).map(|score| score.0))));
                    fields.shift_remove("scores");
                }
                RowOperation::Merge { content: fields, feedback, created, paths, remove, told: false }
            } else {
                RowOperation::Replace { content: fields, created, digest: digest(text.get()) }
            }
        };
        Ok(Self { id, object, kind, act, source, external, names, listed: false, flags })
    }

    /// A row that deletes a span.
    pub(crate) fn deletion(object: &ObjectId, id: &str) -> Self {
        Self {
            id: id.to_owned(),
            object: object.clone(),
            kind: None,
            act: RowOperation::Delete,
            source: None,
            external: None,
            names: Vec::new(),
            listed: true,
            flags: None,
        }
    }

    /// A row that writes some fields in the place of what stood there; who asks for it tells the activity.
    pub(crate) fn edit(object: &ObjectId, id: &str, fields: Object) -> Self {
        let mut paths = Paths::default();
        fields.keys().for_each(|key| paths.add([key.clone()]));
        let act =
            RowOperation::Merge { content: fields, feedback: Vec::new(), created: None, paths, remove: Removals::default(), told: true };
        Self {
            id: id.to_owned(),
            object: object.clone(),
            kind: None,
            act,
            source: None,
            external: None,
            names: Vec::new(),
            listed: true,
            flags: None,
        }
    }

    /// Whether the row is what feedback is made of: a comment, or a merge of what people judge.
    pub(crate) fn is_feedback(&self) -> bool {
        match &self.act {
            RowOperation::Comment { .. } => true,
            RowOperation::Merge { content, paths, remove, .. } => {
                let judged = content.keys().all(|key| ["scores", "expected", "tags"].contains(&key.as_str()));
                self.source.is_some() && self.flags.is_none() && judged && paths.is_empty() && remove.is_empty()
            }
            _ => false,
        }
    }

    /// Whose scores are kept apart: the end user, as the client calls them, or nobody in particular. None where it gives none.
    pub(crate) fn voice(&self) -> Option<&str> {
        match &self.act {
            RowOperation::Merge { feedback, .. } if !feedback.is_empty() => Some(self.external.as_deref().unwrap_or_default()),
            RowOperation::Merge { .. } | RowOperation::Replace { .. } | RowOperation::Comment { .. } | RowOperation::Delete => None,
        }
    }

    /// Whether it waits for its row where there is none: feedback that says nothing of a span itself.
    pub(crate) fn waits(&self) -> bool {
        self.is_feedback() && (!self.listed || matches!(self.act, RowOperation::Comment { .. }))
    }

    /// How much work it is for the writer, in units of one narrow row.
    pub(crate) fn weight(&self) -> usize {
        let flags = if self.flags.is_some() { 20 } else { 0 };
        let content = match &self.act {
            RowOperation::Comment { .. } => 20,
            RowOperation::Replace { content, .. } | RowOperation::Merge { content, .. } => {
                let count = |key: &str| content.get(key).map_or(0, |value| value.get().bytes().filter(|byte| *byte == b',').count());
                4 + self.names.len() + count("tags") + if self.source.is_some() { count("metadata") } else { 0 }
            }
            RowOperation::Delete => 4,
        };
        content + flags
    }

    /// The row id of the span it concerns.
    pub(crate) fn span(&self) -> &str {
        match &self.act {
            RowOperation::Comment { on, .. } => on,
            _ => &self.id,
        }
    }
}

/// What a text holds that JSON can say and no string can: `\ud83e` without its other half.
const HALF: &str = "half of a character (such as \\ud83e without its other half). Send the whole character.";

/// Bytes of the id of an end user at most.
const LONGEST_USER: usize = 1_000;

const WRONG_TIME: &str = "created must be a time such as 2026-11-23T18:25:15.297664Z.";

/// The key of a row that names an object of a kind.
pub(crate) fn key_of_kind(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::ProjectLogs => "project_id",
        ObjectKind::Experiment => "experiment_id",
        ObjectKind::Dataset => "dataset_id",
    }
}

fn owner(fields: &Object) -> Result<(ObjectId, ObjectKind), String> {
    for kind in [ObjectKind::Experiment, ObjectKind::Dataset, ObjectKind::ProjectLogs] {
        let key = key_of_kind(kind);
        if let Some(id) = body::read::<String>(fields, key) {
            return if id.contains('\0') { Err(format!("{key} must have no NUL.")) } else { Ok((ObjectId(id), kind)) };
        }
    }
    Err("The row says no object: give it project_id with log_id \"g\", experiment_id or dataset_id.".to_owned())
}

fn comment_act(comment: &RawValue, fields: &Object, created: Option<Micros>) -> Result<RowOperation, String> {
    let on = fields
        .get("origin")
        .and_then(|origin| body::object(origin.get()))
        .and_then(|origin| body::read::<String>(&origin, "id"))
        .ok_or("A comment needs origin.id, the id of the row it is about.")?;
    check_id("origin.id", &on)?;
    let text = match body::object(comment.get()) {
        Some(comment) => body::read::<String>(&comment, "text"),
        None => serde_json::from_str(comment.get()).ok(),
    };
    let text = text.ok_or_else(|| match holds_text(comment) {
        true => format!("comment holds {HALF}"),
        false => "comment must be {\"text\": \"…\"}.".to_owned(),
    })?;
    let text = comments::checked(&text).map_err(|problem| format!("comment: {problem}"))?;
    Ok(RowOperation::Comment { on, text, created })
}

/// Whether a comment is or holds a text, whatever stands in it.
fn holds_text(comment: &RawValue) -> bool {
    match body::object(comment.get()) {
        Some(fields) => fields.get("text").is_some_and(|text| text.get().starts_with('"')),
        None => comment.get().starts_with('"'),
    }
}

/// Checks text that the database looks rows up by.
pub(crate) fn check_id(key: &str, id: &str) -> Result<(), String> {
    let fits = !id.is_empty() && id.len() <= 2048 && !id.contains('\0');
    if fits { Ok(()) } else { Err(format!("{key} must have 1 to 2048 bytes and no NUL.")) }
}

fn digest(text: &str) -> i64 {
    let hash = Sha256::digest(text.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    i64::from_be_bytes(first)
}
