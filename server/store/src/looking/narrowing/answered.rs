//! What is known of answers without reading them: on which spans there are any.

use super::columns::is_plain;
use super::{Narrower, Part};
use sea_orm::Value;
use shared::filter::{BinaryOperator, Expression};

/// Conditions of a filter that look for answers; further ones are left to the evaluator.
pub(super) const MOST_LOOKED: usize = 16;

/// Whether a path is about what reviewers answered.
pub(super) fn is_answer(path: &[&str]) -> bool {
    matches!(path, ["answers", rest @ ..] if rest.iter().all(|step| is_plain(step)))
}

/// Whether what stands at a path is there wherever somebody has answered.
fn is_there(path: &[&str]) -> bool {
    matches!(path, ["answers"] | ["answers", _] | ["answers", _, "count" | "version"])
}

/// The answers `a` that count of a span, with what is bound: those to the question of a path.
fn of_span(span: &str, path: &[&str]) -> (String, Vec<Value>) {
    let answers = format!("a.project = {span}.project AND a.span = {span}.key AND a.active = ?");
    match path {
        [_, question, ..] => (
            format!("FROM answers a JOIN questions q ON q.id = a.question_id WHERE {answers} AND q.name = ?"),
            vec![Value::from(true), Value::from(*question)],
        ),
        _ => (format!("FROM answers a WHERE {answers}"), vec![Value::from(true)]),
    }
}

/// The condition that there is one on any span of a trace `t`.
fn of_trace(path: &[&str]) -> (String, Vec<Value>) {
    let (answers, bound) = of_span("x", path);
    let text = format!("EXISTS (SELECT 1 FROM spans x WHERE x.project = t.project AND x.trace = t.key AND EXISTS (SELECT 1 {answers}))");
    (text, bound)
}

impl Narrower<'_> {
    /// Whether one more condition may look for answers: each does so for every row, in one statement that nothing ends between two rows.
    fn may_look(&self) -> bool {
        self.looked.set(self.looked.get() + 1);
        self.looked.get() <= MOST_LOOKED
    }

    /// Only where there is an answer on a span of a trace `t` anything is known of one, so that it can be true or false.
    pub(super) fn row_answers(&self, path: &[&str]) -> Part {
        if !self.may_look() {
            return Part::UNKNOWN;
        }
        let (text, bound) = of_trace(path);
        Part::at_most(text, bound)
    }

    /// Where there is nothing at a path, or where there is something.
    pub(super) fn answers_null(&self, path: &[&str], null: bool) -> Part {
        let (answers, bound) = of_span(self.span, path);
        self.there((format!("EXISTS (SELECT 1 {answers})"), bound), path, null)
    }

    /// The same of a trace `t`.
    pub(super) fn row_answers_null(&self, path: &[&str], null: bool) -> Part {
        self.there(of_trace(path), path, null)
    }

    /// What may be hidden is not there where nothing is.
    fn there(&self, (text, bound): (String, Vec<Value>), path: &[&str], null: bool) -> Part {
        if !self.may_look() {
            return Part::UNKNOWN;
        }
        match (is_there(path) && !self.sight.is_blind(), null) {
            (true, true) => Part::exactly(format!("NOT {text}"), bound),
            (true, false) => Part::exactly(text, bound),
            (false, true) => Part::UNKNOWN,
            (false, false) => Part::at_most(text, bound),
        }
    }

    /// As [`Self::row_answers`], on a span.
    pub(super) fn answers(&self, path: &[&str]) -> Part {
        if !self.may_look() {
            return Part::UNKNOWN;
        }
        let (answers, bound) = of_span(self.span, path);
        Part::at_most(format!("EXISTS (SELECT 1 {answers})"), bound)
    }

    /// Where what was answered on a span compares with a value: how many there are is counted, other things are looked at.
    pub(super) fn answers_compared(&self, operator: BinaryOperator, path: &[&str], value: &Expression) -> Part {
        if let ["answers", _, "count"] = path
            && !self.sight.is_blind()
            && self.may_look()
            && let Ok((condition, bounds)) = self.compared(operator, "COUNT(*)", value, |answers| answers as f64, 1.0)
        {
            let (answers, bound) = of_span(self.span, path);
            let text = format!("EXISTS (SELECT 1 {answers} GROUP BY a.span HAVING {condition})");
            return Part::exactly(text, bound.into_iter().chain(bounds).collect());
        }
        self.answers(path)
    }
}
