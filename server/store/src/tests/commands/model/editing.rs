//! Editing `expected` directly, and taking that back with all that it put aside.

use super::{ENGINEER, Model, OWNER_AND_ENGINEER, Outcome, Refusal, Row, forbidden_unless};
use crate::tests::commands::model::reverts::require_same;
use serde_json::Value;
use shared::expected::SetExpected;

/// What a direct edit of `expected` put aside.
#[derive(Clone, Debug)]
pub(super) struct Aside {
    base: Value,
    informed: bool,
    /// Question, person and value.
    answers: Vec<(usize, usize, Value)>,
    golds: Vec<(usize, Value)>,
}

impl Model {
    pub(super) fn edit_expected(&mut self, person: usize, command: &SetExpected) -> Outcome {
        let row = &self.cast.name(&command.row);
        let read = |text: Option<&String>| text.map_or(Ok(Value::Null), |text| serde_json::from_str(text));
        let value = read(command.value.as_ref()).map_err(|_| Refusal::Invalid("Expected".to_owned()))?;
        let shown = self.expected(person, row);
        if read(command.before.as_ref()).ok().as_ref() != Some(&shown) {
            return Err(Refusal::Conflict);
        }
        if value == shown {
            return Ok(());
        }
        self.require_whole(person, row)?;
        let expected: Vec<_> = (0..self.questions.len()).filter(|question| self.is_expected(*question)).collect();
        let is_settled = expected.iter().any(|question| self.rows[row].golds.contains_key(question));
        forbidden_unless(!is_settled || OWNER_AND_ENGINEER.contains(&person))?;
        let spoken_of = expected.iter().any(|question| {
            let Row { said, golds, former_golds, .. } = &self.rows[row];
            said.iter().any(|said| said.question == *question) || golds.contains_key(question) || former_golds.contains_key(question)
        });
        let saw = self.sees_expected(person, row) && spoken_of;
        let stored = self.row_mut(row);
        let (base, informed) = (stored.base.insert("expected".to_owned(), value.clone()).unwrap_or_default(), stored.informed);
        if base != value {
            // Where nothing stands, nothing is repeated.
            stored.informed = !value.is_null() && (informed || saw);
        }
        let edit = self.activity.len();
        self.note(person, row, "edit", "expected", shown, value, None);
        let mut aside = Aside { base, informed, answers: Vec::new(), golds: Vec::new() };
        for question in expected {
            let path = self.told_as(question);
            let stored = self.row_mut(row);
            let mut set_aside = serde_json::Map::new();
            for said in stored.said.iter_mut().filter(|said| said.question == question && said.counts) {
                said.counts = false;
                set_aside.insert(said.person.to_string(), said.value.clone());
                aside.answers.push((question, said.person, said.value.clone()));
            }
            let gold = stored.golds.remove(&question);
            if !set_aside.is_empty() {
                self.note(person, row, "set_aside", &path, Value::Object(set_aside), Value::Null, None);
            }
            if let Some(gold) = gold {
                aside.golds.push((question, gold.value.clone()));
                self.row_mut(row).former_golds.insert(question, gold.clone());
                self.note(person, row, "clear_gold", &path, gold.value, Value::Null, None);
            }
        }
        if !aside.answers.is_empty() || !aside.golds.is_empty() {
            self.activity[edit].aside = Some(aside);
        }
        Ok(())
    }

    /// Nobody replaces what they may not see yet.
    fn require_whole(&self, person: usize, row: &str) -> Outcome {
        forbidden_unless(self.expected(person, row) == self.expected(ENGINEER, row))
    }

    /// A direct edit of `expected` that put something aside is taken back as a whole.
    pub(super) fn bring_back(&mut self, person: usize, id: &str, edit: usize) -> Outcome {
        let shown = self.expected(person, id);
        require_same(&shown, &self.activity[edit].to)?;
        self.require_whole(person, id)?;
        let Some(Aside { base, informed, answers, golds }) = self.activity[edit].aside.take() else { return Ok(()) };
        let mut told = Vec::new();
        for question in 0..self.questions.len() {
            let path = self.told_as(question);
            let row = self.row_mut(id);
            let mut again = serde_json::Map::new();
            for (_, whose, value) in answers.iter().filter(|(asked, ..)| *asked == question) {
                let said = row.said.iter_mut().find(|said| (said.question, said.person) == (question, *whose) && said.value == *value);
                if let Some(said) = said.filter(|said| !said.counts) {
                    said.counts = true;
                    again.insert(whose.to_string(), value.clone());
                }
            }
            if !again.is_empty() {
                told.push(("count_again", path.clone(), Value::Object(again), None));
            }
            let settled = golds
                .iter()
                .any(|(asked, value)| *asked == question && row.former_golds.get(asked).is_some_and(|former| former.value == *value));
            if settled {
                forbidden_unless(OWNER_AND_ENGINEER.contains(&person))?;
                let gold = row.former_golds.remove(&question).unwrap();
                told.push(("gold", path, gold.value.clone(), Some(gold.reason.clone()).filter(|reason| !reason.is_empty())));
                row.golds.insert(question, gold);
            }
        }
        let stored = self.row_mut(id);
        if stored.base.insert("expected".to_owned(), base.clone()).unwrap_or_default() != base {
            stored.informed = informed;
        }
        let now = self.expected(ENGINEER, id);
        self.note(person, id, "edit", "expected", shown, now, None);
        for (action, path, to, reason) in told {
            self.note(person, id, action, &path, Value::Null, to, reason);
        }
        Ok(())
    }
}
