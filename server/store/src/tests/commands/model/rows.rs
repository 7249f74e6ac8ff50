//! What the API writes: full rows, merges, deletes, and end users' feedback.

use super::{Entry, Model, OWNER_AND_ENGINEER, Row};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Keys of a row that are no content.
const CONTROL: [&str; 9] =
    ["id", "_is_merge", "_object_delete", "_audit_source", "_audit_metadata", "project_id", "log_id", "experiment_id", "dataset_id"];

/// What feedback says.
const JUDGED: [&str; 3] = ["scores", "expected", "tags"];

/// What a merge leaves alone on a row that has arrived.
const FIXED: [&str; 4] = ["span_id", "root_span_id", "span_parents", "created"];

impl Model {
    /// A row that came through the API. Reviewers may only send feedback: what else they send is left out, and told.
    pub(super) fn receive(&mut self, person: usize, id: &str, sent: &Value, listed: bool) {
        let says_of_span = |key: &String| !CONTROL.contains(&key.as_str()) && !JUDGED.contains(&key.as_str());
        let is_merge = sent["_is_merge"] == json!(true);
        let is_feedback = is_merge && sent["_audit_source"].is_string() && !sent.as_object().unwrap().keys().any(says_of_span);
        if is_feedback || OWNER_AND_ENGINEER.contains(&person) {
            self.send(person, id, sent, is_feedback && !listed);
        }
    }

    /// `waits` where there is no row yet and this says nothing of the row itself.
    fn send(&mut self, person: usize, id: &str, sent: &Value, waits: bool) {
        let there = self.rows.remove(id).or_else(|| self.waiting.remove(id));
        if sent["_object_delete"] == json!(true) {
            if let Some(row) = there {
                self.graves.insert(id.to_owned(), row.sent);
            }
            return;
        }
        let (merges, text) = (sent["_is_merge"] == json!(true), sent.to_string());
        if there.is_none()
            && let Some(last) = self.graves.get(id)
            && (merges || last.as_ref() == Some(&text))
        {
            // A merge is refused, the same whole row is a retry.
            return;
        }
        self.graves.remove(id);
        let mut content = sent.as_object().unwrap().clone();
        content.retain(|key, _| !CONTROL.contains(&key.as_str()));
        self.births += 1;
        let mut row = there.unwrap_or_else(|| Row { birth: self.births, ..Row::default() });
        let (before, informed) = (row.base.clone(), row.informed);
        let mut is_edit = false;
        let is_external = sent["_audit_source"] == json!("external");
        let mut scores = None;
        if merges {
            scores = if is_external { content.remove("scores") } else { None };
            if row.sent.is_some() || row.base.contains_key("span_id") {
                content.retain(|key, _| !FIXED.contains(&key.as_str()));
            }
            is_edit = row.arrived || sent["_audit_source"].is_string();
            row.arrived |= !waits;
            merge(&mut row.base, content, true);
            Self::reconsider(&mut row, sent.get("expected"));
        } else if row.sent.as_ref() != Some(&text) {
            if row.sent.is_none() {
                // What came before the whole row belongs on top of it, where it says something, but for where it belongs.
                let mut early = std::mem::take(&mut row.base);
                early.retain(|key, value| !(value.is_null() || FIXED.contains(&key.as_str()) && content.contains_key(key)));
                merge(&mut content, early, true);
            }
            is_edit = row.sent.is_some();
            (row.base, row.arrived, row.sent) = (content, true, Some(text));
            Self::reconsider(&mut row, sent.get("expected"));
        }
        let external = sent["_audit_metadata"]["user_id"].as_str().map(str::to_owned);
        let said = scores.as_ref().and_then(Value::as_object).map_or(Vec::new(), |scores| hear(&mut row, external.as_deref(), scores));
        let birth = row.birth;
        let rows = if row.arrived { &mut self.rows } else { &mut self.waiting };
        rows.insert(id.to_owned(), row);
        if is_edit {
            self.tell(person, id, sent, (&before, informed));
        }
        for (name, from, to) in said {
            let [from, to] = [from, to].map(|units| units.map_or(Value::Null, |units| json!(units as f64 / 1e9)));
            let (row, external, path) = (id.to_owned(), external.clone(), format!("scores.{name}"));
            let (source, action) = ("external", "feedback");
            let entry = Entry {
                row,
                birth,
                person: None,
                external,
                source,
                action,
                path,
                from,
                to,
                reason: None,
                given: Default::default(),
                aside: None,
                informed,
                id: None,
            };
            self.activity.push(entry);
        }
    }

    /// What became of the fields that people judge by. Who names no source may be writing a new row in pieces, so only what was there
    /// before counts as changed.
    fn tell(&mut self, person: usize, id: &str, sent: &Value, (before, informed): (&Map<String, Value>, bool)) {
        let row = self.kept(id).unwrap().clone();
        let source = sent["_audit_source"].as_str();
        let said = |source, person| Entry {
            row: id.to_owned(),
            birth: row.birth,
            person,
            external: sent["_audit_metadata"]["user_id"].as_str().map(str::to_owned),
            source,
            action: "merge",
            path: String::new(),
            from: Value::Null,
            to: Value::Null,
            reason: None,
            given: Default::default(),
            aside: None,
            informed,
            id: None,
        };
        // An end user's feedback came through a member's key, but that member did not say it.
        let said = if source == Some("external") { said("external", None) } else { said("api", Some(person)) };
        let mut places = vec![("expected".to_owned(), vec!["expected"]), ("tags".to_owned(), vec!["tags"])];
        let names = |field| {
            let keys = |row: &Map<String, Value>| {
                row.get(field).and_then(Value::as_object).map_or(Vec::new(), |object| object.keys().cloned().collect())
            };
            keys(before).into_iter().chain(keys(&row.base)).collect::<BTreeSet<String>>()
        };
        let (scores, metadata) = (names("scores"), names("metadata"));
        places.extend(scores.iter().map(|name| (format!("scores.{name}"), vec!["scores", name])));
        places.extend(metadata.iter().map(|name| (format!("metadata.{name}"), vec!["metadata", name])));
        for (path, keys) in places {
            let at = |row: &Map<String, Value>| {
                let found = row.get(keys[0]).cloned().unwrap_or_default();
                keys.get(1).map_or(found.clone(), |name| found.get(name).cloned().unwrap_or_default())
            };
            let (from, to) = (at(before), at(&row.base));
            if from != to && (source.is_some() || !from.is_null()) {
                self.activity.push(Entry { path, from, to, ..said.clone() });
            }
        }
    }

    /// A row, whether it has come or waits.
    fn kept(&self, id: &str) -> Option<&Row> {
        self.rows.get(id).or_else(|| self.waiting.get(id))
    }

    pub(super) fn feedback(&mut self, person: usize, id: &str, item: &Value) {
        let mut row = json!({"id": item["id"], "_is_merge": true, "_audit_source": "external", "_audit_metadata": item["metadata"]});
        row.as_object_mut().unwrap().extend(
            item.as_object()
                .unwrap()
                .iter()
                .filter(|(key, _)| JUDGED.contains(&key.as_str()))
                .map(|(key, value)| (key.clone(), value.clone())),
        );
        self.send(person, id, &row, true);
        let Some(text) = item["comment"].as_str() else { return };
        let external = item["metadata"]["user_id"].as_str();
        let Some(row) = self.kept(id) else { return };
        let (row, birth, informed, external) = (id.to_owned(), row.birth, row.informed, external.map(str::to_owned));
        let (action, path, to) = ("comment", String::new(), json!(text));
        let (source, from) = ("external", Value::Null);
        self.remark(
            Entry {
                row,
                birth,
                person: None,
                external,
                source,
                action,
                path,
                from,
                to,
                reason: None,
                given: Default::default(),
                aside: None,
                informed,
                id: None,
            },
            text,
        );
    }
}

/// Takes in what an end user says: by name what they said before, and what they say now. The nameless are one.
fn hear(row: &mut Row, external: Option<&str>, scores: &Map<String, Value>) -> Vec<(String, Option<i64>, Option<i64>)> {
    let mut said = Vec::new();
    for (name, score) in scores {
        let voice = (name.clone(), external.unwrap_or_default().to_owned());
        let before = row.feedback.remove(&voice);
        let now = score.as_f64().or(score.as_bool().map(|yes| f64::from(u8::from(yes)))).map(|score| (score * 1e9).round() as i64);
        row.feedback.extend(now.map(|now| (voice, now)));
        if before != now {
            said.push((name.clone(), before, now));
        }
    }
    said
}

/// Objects merge, the tags of a row unite, everything else is replaced.
fn merge(old: &mut Map<String, Value>, new: Map<String, Value>, top: bool) {
    for (key, value) in new {
        match (old.get_mut(&key), value) {
            (Some(Value::Object(old)), Value::Object(new)) => merge(old, new, false),
            (Some(Value::Array(old)), Value::Array(new)) if top && key == "tags" => {
                let added: Vec<_> = new.into_iter().filter(|tag| !old.contains(tag)).collect();
                old.extend(added);
            }
            (_, value) => {
                old.insert(key, value);
            }
        }
    }
}

/// The tags of a row.
pub(super) fn tags(base: &Map<String, Value>) -> Vec<String> {
    let tags = base.get("tags").and_then(Value::as_array).cloned().unwrap_or_default();
    tags.iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect()
}
