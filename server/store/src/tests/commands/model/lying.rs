//! What is shown of a row: its base with the answers that lie on it, its scores, and what is counted of them.

use super::sight::Seen;
use super::{Model, Outcome, Refusal};
use crate::tests::commands::cast::told_path;
use serde_json::{Map, Value, json};
use shared::questions::QuestionKind;
use std::collections::{BTreeMap, BTreeSet};

/// What people look for.
pub(in crate::tests::commands) const FILTERS: [&str; 7] = [
    "scores.Tone > 0.4",
    "scores.Tone is null",
    "reported.Tone is not null",
    "expected is not null",
    "metadata.review.reason = 'late'",
    "comments is not null",
    "tags includes 'prod'",
];

impl Model {
    /// What counts of a question whose answers are no numbers, with the place of a text: the gold value, else what most said, of
    /// equally many who began first; of texts the newest.
    fn counting(&self, row: &str, question: usize) -> Option<(Value, Vec<String>)> {
        let row = &self.rows[row];
        if let Some(gold) = row.golds.get(&question) {
            return Some((gold.value.clone(), gold.path.clone()));
        }
        let said: Vec<_> = row.said.iter().filter(|said| said.question == question && said.counts).collect();
        let best = if self.is_expected(question) {
            let frequency = |value: &Value| said.iter().filter(|other| other.value == *value).count();
            let most = said.iter().map(|said| frequency(&said.value)).max()?;
            said.iter().filter(|said| frequency(&said.value) == most).min_by_key(|said| said.first)
        } else {
            said.iter().max_by_key(|said| said.last)
        };
        best.map(|said| (said.value.clone(), said.path.clone()))
    }

    /// What is said on `expected`, in the order of the form, of the questions that somebody sees.
    fn on_expected(&self, person: usize, row: &str) -> Vec<(String, Value)> {
        let questions = (0..self.questions.len()).filter(|question| self.is_expected(*question) && self.sees(person, row, *question));
        questions.filter_map(|question| Some((self.questions[question].name.clone(), self.counting(row, question)?.0))).collect()
    }

    /// `expected` as somebody reads it. A base that may repeat what others said is hidden with it.
    pub(in crate::tests::commands) fn expected(&self, person: usize, row: &str) -> Value {
        let stored = &self.rows[row];
        let base = stored.base.get("expected").filter(|_| !stored.informed || self.sees_expected(person, row));
        let base = base.cloned().unwrap_or(Value::Null);
        let said = self.on_expected(person, row);
        if said.is_empty() {
            return base;
        }
        if base.is_null() && said.len() == 1 {
            return said[0].1.clone();
        }
        let mut shown = base.as_object().cloned().unwrap_or_default();
        shown.extend(said);
        if !base.is_null() && !base.is_object() {
            shown.insert("expected".to_owned(), base);
        }
        Value::Object(shown)
    }

    /// `metadata` as somebody reads it.
    fn metadata(&self, person: usize, row: &str) -> Value {
        let mut shown = self.rows[row].base.get("metadata").cloned().unwrap_or(Value::Null);
        for question in 0..self.questions.len() {
            let is_text = matches!(self.questions[question].definition.kind, QuestionKind::Text { .. });
            if !is_text || !self.sees(person, row, question) {
                continue;
            }
            if let Some((text, path)) = self.counting(row, question) {
                write(&mut shown, &path, &text);
            }
        }
        shown
    }

    /// Refuses what has no room, and what must be confirmed first.
    pub(super) fn require_room(
        &self,
        person: usize,
        row: &str,
        question: usize,
        taken: Option<&(Value, Option<i64>)>,
        confirmed: bool,
    ) -> Outcome {
        if taken.is_none() {
            return Ok(());
        }
        match self.questions[question].definition.kind {
            QuestionKind::Text { .. } if !write(&mut self.metadata(person, row), &self.path_of(question), &Value::Null) => {
                Err(Refusal::Invalid("value".to_owned()))
            }
            QuestionKind::Expected { .. } if !confirmed && self.on_expected(person, row).is_empty() => {
                let base = self.expected(person, row);
                if base.is_null() || base.is_object() { Ok(()) } else { Err(Refusal::Confirm) }
            }
            _ => Ok(()),
        }
    }

    /// The scores of a row that somebody sees, in units of 1e-9.
    fn scores(&self, person: usize, id: &str) -> BTreeMap<String, (i64, Value)> {
        let row = &self.rows[id];
        let reported = row.base.get("scores").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut names: BTreeSet<String> = reported.keys().cloned().collect();
        names.extend(self.questions.iter().map(|asked| asked.name.clone()));
        names.extend(row.feedback.keys().map(|(name, _)| name.clone()));
        let mut scores = BTreeMap::new();
        for name in names.into_iter().filter(|name| self.sees_score(person, id, name)) {
            let question = self.questions.iter().position(|asked| asked.name == name);
            let reported =
                reported.get(&name).and_then(|value| value.as_f64().or_else(|| value.as_bool().map(|yes| f64::from(u8::from(yes)))));
            let reported = reported.map(|number| (number * 1e9).round() as i64);
            let gold = question.and_then(|question| row.golds.get(&question)?.score);
            let said: Vec<i64> = row.said.iter().filter(|said| Some(said.question) == question).filter_map(|said| said.score).collect();
            let number = i64::try_from(said.len()).unwrap();
            let thumbs: Vec<i64> = row.feedback.iter().filter(|((of, _), _)| *of == name).map(|(_, value)| *value).collect();
            let users = i64::try_from(thumbs.len()).unwrap();
            // Half a unit goes up.
            let middle = |values: &[i64], number: i64| (number > 0).then(|| (2 * values.iter().sum::<i64>() + number) / (2 * number));
            let (mean, feedback) = (middle(&said, number), middle(&thumbs, users));
            let Some(value) = gold.or(mean).or(reported).or(feedback) else { continue };
            let kind = match (gold, mean, reported) {
                (Some(_), _, _) => "gold",
                (None, Some(_), _) => "human",
                (None, None, Some(_)) => "auto",
                (None, None, None) => "feedback",
            };
            let ends = said.iter().min().zip(said.iter().max()).filter(|(lowest, highest)| lowest != highest);
            let shown = json!({"value": value, "kind": kind, "reported": reported, "feedback": feedback, "users": users,
                               "answers": number, "spread": ends});
            scores.insert(name, (value, shown));
        }
        scores
    }

    /// Everything that somebody is shown of a row; null where there is none.
    pub(in crate::tests::commands) fn shown(&self, person: usize, id: &str) -> Value {
        let Some(row) = self.rows.get(id) else { return Value::Null };
        let scores: Map<_, _> = self.scores(person, id).into_iter().map(|(name, (_, shown))| (name, shown)).collect();
        let answers = row.said.iter().filter(|said| self.sees(person, id, said.question)).map(|said| {
            let of = format!("{} of {}", self.questions[said.question].name, said.person);
            json!([of, said.value, said.score, said.counts, said.version, said.given])
        });
        let mut answers: Vec<_> = answers.collect();
        answers.sort_by_key(Value::to_string);
        let golds = row
            .golds
            .iter()
            .filter(|(question, _)| self.sees(person, id, **question))
            .map(|(question, gold)| json!([self.questions[*question].name, gold.person, gold.value, gold.score, gold.reason]));
        let activity = self.of_row(id).filter_map(|entry| {
            let (from, to) = match self.sees_entry(person, entry) {
                Seen::Whole => (&entry.from, &entry.to),
                Seen::Withheld => (&Value::Null, &Value::Null),
                Seen::Nothing => return None,
            };
            Some(json!([entry.person, entry.external, entry.source, entry.action, told_path(&entry.path), from, to, entry.reason]))
        });
        json!({
            "scores": scores,
            "answers": answers,
            "golds": golds.collect::<Vec<_>>(),
            "expected": self.expected(person, id),
            "metadata": self.metadata(person, id),
            "tags": super::rows::tags(&row.base),
            "comments": self.comments(person, id),
            "activity": activity.collect::<Vec<_>>(),
        })
    }

    /// What is counted of the rows of an object, as somebody sees them.
    pub(in crate::tests::commands) fn counted(&self, person: usize, object: usize) -> Value {
        let mut scores: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        let rows: BTreeMap<_, _> = self.rows.iter().filter(|(id, _)| self.cast.object_of(id) == object).collect();
        for row in rows.keys() {
            for (name, (value, _)) in self.scores(person, row) {
                let (count, sum) = scores.entry(name).or_default();
                (*count, *sum) = (*count + 1, *sum + value);
            }
        }
        let root = |id: &str, row: &super::Row| {
            let root = row.base.get("root_span_id").or_else(|| row.base.get("span_id"));
            root.and_then(Value::as_str).unwrap_or(id.split_once('/').unwrap().1).to_owned()
        };
        let traces: BTreeSet<_> = rows.iter().map(|(id, row)| root(id, row)).collect();
        json!({"scores": scores, "spans": rows.len(), "traces": traces.len()})
    }

    /// The rows of an object that a filter of [`FILTERS`] finds for somebody, by their ids.
    pub(in crate::tests::commands) fn found(&self, person: usize, object: usize, filter: usize) -> BTreeSet<String> {
        let matches = |id: &str| {
            let shown = self.shown(person, id);
            let tone = shown["scores"]["Tone"]["value"].as_i64();
            match filter {
                0 => tone.is_some_and(|tone| tone > 400_000_000),
                1 => tone.is_none(),
                2 => !shown["scores"]["Tone"]["reported"].is_null(),
                3 => !shown["expected"].is_null(),
                4 => shown["metadata"]["review"]["reason"] == json!("late"),
                5 => shown["comments"] != json!([]),
                _ => shown["tags"].as_array().unwrap().contains(&json!("prod")),
            }
        };
        let rows = self.rows.keys().filter(|id| self.cast.object_of(id) == object && matches(id));
        rows.map(|id| id.split_once('/').unwrap().1.to_owned()).collect()
    }
}

/// Writes a value to a place unless something that is no object is in the way; says whether it was written.
fn write(into: &mut Value, path: &[String], value: &Value) -> bool {
    let Some((key, below)) = path.split_first() else {
        *into = value.clone();
        return true;
    };
    let mut object = match into.clone() {
        Value::Null => Map::new(),
        Value::Object(object) => object,
        _ => return false,
    };
    let written = write(object.entry(key.clone()).or_insert(Value::Null), below, value);
    if written {
        *into = Value::Object(object);
    }
    written
}
