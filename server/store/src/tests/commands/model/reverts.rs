//! Taking an edit back: what it changed becomes what it was before, by the same commands, unless something else stands there by now.

use super::sight::Seen;
use super::{Entry, Model, OWNER_AND_ENGINEER, Outcome, Refusal, forbidden_unless};
use serde_json::{Value, json};
use shared::answers::{SetAnswer, SetGold};
use shared::audit::Edit;
use shared::expected::SetExpected;
use shared::tags::ChangeTags;

pub(super) fn require_same(now: &Value, then: &Value) -> Outcome {
    if now == then { Ok(()) } else { Err(Refusal::Conflict) }
}

/// A command that ran: about which row, and the entry that it made.
#[derive(Clone)]
pub(super) struct Ran {
    pub(super) row: String,
    pub(super) birth: u64,
    pub(super) entry: Option<usize>,
}

impl Model {
    /// Who may take it back, whatever stands there by now.
    fn require_right(person: usize, entry: &Entry) -> Outcome {
        match (entry.action, entry.path.split('.').next().unwrap()) {
            ("answer" | "clear" | "comment" | "edit_comment" | "delete_comment" | "restore_comment", _) => {
                forbidden_unless(entry.person == Some(person))
            }
            ("gold" | "clear_gold", _) | ("merge", "scores" | "metadata") | ("feedback", "scores") => {
                forbidden_unless(OWNER_AND_ENGINEER.contains(&person))
            }
            ("edit", "expected") | ("edit" | "merge", "tags") | ("merge", "expected") => Ok(()),
            _ => Err(Refusal::Invalid("edit".to_owned())),
        }
    }

    /// What one does not see yet is not brought to light by taking it back. What lay under one's own edit becomes hidden again.
    fn require_seen(&self, person: usize, entry: &Entry) -> Outcome {
        if entry.person == Some(person) && (entry.action, entry.path.as_str()) == ("edit", "expected") {
            return Ok(());
        }
        match self.sees_entry(person, entry) {
            Seen::Whole => Ok(()),
            Seen::Withheld => Err(Refusal::Forbidden),
            Seen::Nothing => Err(Refusal::NotFound),
        }
    }

    /// What is to be taken back, while its row is there.
    pub(super) fn done(&self, person: usize, edit: &Edit) -> Result<Ran, Refusal> {
        let done = match edit {
            Edit::Entry(id) => {
                let found = self.activity.iter().position(|entry| entry.id == Some(*id)).ok_or(Refusal::NotFound)?;
                let Entry { row, birth, .. } = &self.activity[found];
                Ran { row: row.clone(), birth: *birth, entry: Some(found) }
            }
            Edit::Command(id) => self.ran.get(&(person, id.clone())).ok_or(Refusal::NotFound)?.clone(),
        };
        let is_there = self.rows.get(&done.row).is_some_and(|row| row.birth == done.birth);
        if is_there { Ok(done) } else { Err(Refusal::NotFound) }
    }

    pub(super) fn take_back(&mut self, person: usize, entry: usize) -> Outcome {
        let Entry { row: id, birth, action, path, from, to, informed, given, .. } = self.activity[entry].clone();
        let row = self.rows.get(&id).filter(|row| row.birth == birth).ok_or(Refusal::NotFound)?.clone();
        self.require_seen(person, &self.activity[entry])?;
        Self::require_right(person, &self.activity[entry])?;
        let address = self.cast.address(&id);
        let name = path.split_once('.').map_or("", |(_, name)| name).to_owned();
        let text = |value: &Value| (!value.is_null()).then(|| value.to_string());
        let said = |value: &Value| serde_json::from_value(value.clone()).unwrap();
        match (action, path.as_str()) {
            ("answer" | "clear", _) => {
                let question = self.question(&name)?;
                let own = row.said.iter().find(|said| said.question == question && said.person == person);
                require_same(&own.map_or(Value::Null, |own| own.value.clone()), &to)?;
                let back = SetAnswer {
                    row: address,
                    question: name,
                    value: said(&from),
                    client_id: None,
                    reason: None,
                    confirm: true,
                    circumstances: Default::default(),
                };
                let [before, since] = given;
                require_same(&json!(own.map(|own| &own.given).unwrap_or(&Default::default())), &json!(since))?;
                self.answer_as(person, &back, before)
            }
            ("gold" | "clear_gold", _) => {
                let question = self.question(&name)?;
                require_same(&row.golds.get(&question).map_or(Value::Null, |gold| gold.value.clone()), &to)?;
                // With the reason that it was settled with before.
                let before = self.activity[..entry].iter().rev();
                let told =
                    before.filter(|told| told.row == id && told.birth == birth).find(|told| told.action == "gold" && told.path == path);
                let reason = told.filter(|_| !from.is_null()).and_then(|told| told.reason.clone()).unwrap_or_default();
                let value = said(&from);
                self.settle(person, &SetGold { row: address, question: name, value, reason, client_id: None, confirm: true })
            }
            ("comment" | "edit_comment" | "delete_comment" | "restore_comment", _) => {
                let entry = self.activity[entry].clone();
                self.take_comment_back(person, &entry)
            }
            ("edit", "expected") if self.activity[entry].aside.is_some() => self.bring_back(person, &id, entry),
            ("edit", "expected") => {
                self.edit_expected(person, &SetExpected { row: address, value: text(&from), before: text(&to), client_id: None })
            }
            ("edit" | "merge", "tags") => {
                let list = |value: &Value| serde_json::from_value::<Option<Vec<String>>>(value.clone()).unwrap().unwrap_or_default();
                let (from, to) = (list(&from), list(&to));
                let add = from.iter().filter(|tag| !to.contains(tag)).cloned().collect();
                let remove = to.iter().filter(|tag| !from.contains(tag)).cloned().collect();
                self.change_tags(person, &ChangeTags { row: address, add, remove, client_id: None }, false)
            }
            // What came through the API lies under the answers, and what was there before takes its place there.
            ("merge", "expected") => {
                require_same(row.base.get("expected").unwrap_or(&Value::Null), &to)?;
                self.note(person, &id, "merge", "expected", to, from.clone(), None);
                let stored = self.row_mut(&id);
                stored.base.insert("expected".to_owned(), from);
                stored.informed = informed;
                Ok(())
            }
            ("feedback", path) => {
                let told = self.activity[entry].clone();
                let voice = (name, told.external.clone().unwrap_or_default());
                let units = |value: &Value| value.as_f64().map(|score| (score * 1e9).round() as i64);
                require_same(&json!(row.feedback.get(&voice)), &json!(units(&to)))?;
                let feedback = &mut self.row_mut(&id).feedback;
                feedback.remove(&voice);
                feedback.extend(units(&from).map(|units| (voice, units)));
                self.note(person, &id, "feedback", path, to, from, None);
                self.activity.last_mut().unwrap().external = told.external;
                Ok(())
            }
            ("merge", path) if path.starts_with("scores.") || path.starts_with("metadata.") => {
                let field = path.split('.').next().unwrap();
                let now = row.base.get(field).and_then(|object| object.get(&name)).cloned().unwrap_or_default();
                require_same(&now, &to)?;
                let mut object = row.base.get(field).cloned().filter(Value::is_object).unwrap_or_else(|| json!({}));
                object[&name] = from.clone();
                let stored = self.row_mut(&id);
                stored.base.insert(field.to_owned(), object);
                Self::reconsider(stored, None);
                self.note(person, &id, "merge", path, to, from, None);
                Ok(())
            }
            _ => Err(Refusal::Invalid("edit".to_owned())),
        }
    }
}
