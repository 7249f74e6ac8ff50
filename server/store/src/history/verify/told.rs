//! What people said, as the activity tells it: the newest answer of everybody, which of them count, and gold values.

use super::{Step, same};
use crate::ground::database::{all, values};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::{HashMap, HashSet};

/// What is left of what was said.
#[derive(Default)]
pub(super) struct Told {
    /// By span, path and person: the value, and whether it counts.
    answers: HashMap<(i64, String, String), (String, bool)>,
    /// By span and path.
    golds: HashMap<(i64, String), String>,
    /// By span and id: the text as JSON, and whether it is shown.
    comments: HashMap<(i64, String), (String, bool)>,
    /// Comments whose entries name no id, by span and text as JSON: they are older than ids in the activity.
    nameless: HashSet<(i64, String)>,
}

impl Told {
    /// Takes in the next entry of the activity.
    ///
    /// # Errors
    /// When a value is no JSON.
    pub(super) fn hear(
        &mut self,
        span: i64,
        action: &str,
        path: String,
        person: Option<String>,
        (from, to): (Option<String>, Option<String>),
    ) -> Step {
        match (action, person) {
            ("answer" | "clear", Some(person)) => {
                match to {
                    Some(value) => self.answers.insert((span, path, person), (value, true)),
                    None => self.answers.remove(&(span, path, person)),
                };
            }
            ("gold" | "clear_gold", _) => {
                match to {
                    Some(value) => self.golds.insert((span, path), value),
                    None => self.golds.remove(&(span, path)),
                };
            }
            ("comment", _) if path == "comments" => self.nameless.extend(to.map(|text| (span, text))),
            ("comment" | "edit_comment" | "delete_comment" | "restore_comment", _) => {
                let comment = (span, path.strip_prefix("comments.").unwrap_or(&path).to_owned());
                // Of what was erased no text is left.
                match (to, from) {
                    (Some(text), _) => self.comments.insert(comment, (text, true)),
                    (None, Some(text)) => self.comments.insert(comment, (text, false)),
                    (None, None) => self.comments.remove(&comment),
                };
            }
            // Whose answers no longer count, or count again, and what they are. Of what was erased nothing is left.
            ("set_aside" | "count_again", _) => {
                let said = from.or(to);
                let said: HashMap<String, Box<RawValue>> = said.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default();
                for (person, value) in said {
                    self.answers.insert((span, path.clone(), person), (value.get().to_owned(), action == "count_again"));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Compares it with what is stored.
    pub(super) async fn compare(mut self, connection: &impl ConnectionTrait) -> Step {
        #[derive(FromQueryResult)]
        struct Stored {
            span: i64,
            name: String,
            person_id: String,
            value: String,
            active: bool,
            definition: String,
        }
        self.compare_comments(connection).await?;
        let path = |stored: &Stored| {
            let kind = if lies_on(&stored.definition, "expected") || lies_on(&stored.definition, "text") { "answers" } else { "scores" };
            format!("{kind}.{}", stored.name)
        };
        let text = "SELECT a.span, q.name, a.person_id, a.value, a.active, v.definition FROM answers a JOIN questions q ON q.id = a.question_id \
                    JOIN question_versions v ON v.question_id = q.id AND v.version = q.version ORDER BY a.span, a.id";
        for answer in all::<Stored>(connection, text, values![]).await? {
            let told = self.answers.remove(&(answer.span, path(&answer), answer.person_id.clone()));
            let place = || format!("the answer of {} to {} on span {}", answer.person_id, answer.name, answer.span);
            same(place, &Some((answer.value.as_str(), answer.active)), &told.as_ref().map(|(value, counts)| (value.as_str(), *counts)))?;
        }
        if let Some(((span, path, person), (value, _))) = self.answers.into_iter().min() {
            same(|| format!("the answer of {person} to {path} on span {span}"), &None, &Some(value))?;
        }
        let text = "SELECT g.span, q.name, g.person_id, g.value, g.active, v.definition FROM golds g JOIN questions q ON q.id = g.question_id \
                    JOIN question_versions v ON v.question_id = q.id AND v.version = q.version WHERE g.active = ? ORDER BY g.span, q.id";
        for gold in all::<Stored>(connection, text, values![true]).await? {
            let told = self.golds.remove(&(gold.span, path(&gold)));
            same(|| format!("the gold value of {} on span {}", gold.name, gold.span), &Some(gold.value), &told)?;
        }
        match self.golds.into_iter().min() {
            Some(((span, path), value)) => same(|| format!("the gold value of {path} on span {span}"), &None, &Some(value)),
            None => Ok(()),
        }
    }

    async fn compare_comments(&mut self, connection: &impl ConnectionTrait) -> Step {
        #[derive(FromQueryResult)]
        struct Stored {
            id: String,
            span: i64,
            text: String,
            deleted: Option<i64>,
        }
        let mut told = std::mem::take(&mut self.comments);
        for comment in all::<Stored>(connection, "SELECT id, span, text, deleted FROM comments ORDER BY id", values![]).await? {
            let stored = (serde_json::to_string(&comment.text)?, comment.deleted.is_none());
            let told = told.remove(&(comment.span, comment.id.clone()));
            if told.is_none() && stored.1 && self.nameless.contains(&(comment.span, stored.0.clone())) {
                continue;
            }
            same(|| format!("the comment {} on span {}", comment.id, comment.span), &Some(stored), &told)?;
        }
        match told.into_iter().min() {
            Some(((span, id), comment)) => same(|| format!("the comment {id} on span {span}"), &None, &Some(comment)),
            None => Ok(()),
        }
    }
}

/// Whether answers to a question of that definition lie on `expected`, or are text.
pub(super) fn lies_on(definition: &str, kind: &str) -> bool {
    serde_json::from_str::<Value>(definition).is_ok_and(|definition| definition["kind"].get(kind).is_some())
}
