//! Names that stand for a part of every item of a list, such as `comments.text`, and for what reviewers answered.

use crate::filter::syntax::Step;
use crate::filter::{folded, walk};
use serde_json::Value;

/// The parts of each item of a list: a condition on them is true where it is true of any.
#[derive(Debug)]
pub(in crate::filter) struct Each {
    /// The list, as a place of what is read of a row.
    pub(in crate::filter) place: usize,
    pub(super) parts: Parts,
}

/// What of each item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Parts {
    /// All that stands at these paths.
    Texts(Vec<Vec<Step>>),
    /// The instant at a path.
    Time(Vec<Step>),
    /// What stands at a path, and in the lists there, as one list.
    Joined(Vec<Step>),
    /// The value itself; of a list, each item.
    Itself,
}

impl Each {
    /// Whether the parts are instants.
    pub(in crate::filter) fn is_time(&self) -> bool {
        matches!(self.parts, Parts::Time(_))
    }

    /// The parts that are there, as a list; null where there are none. Of one object instead of a list, its part itself.
    pub(in crate::filter) fn items(&self, list: Option<&Value>) -> Value {
        let paths = match &self.parts {
            Parts::Texts(paths) => paths.as_slice(),
            Parts::Time(path) | Parts::Joined(path) => std::slice::from_ref(path),
            Parts::Itself => {
                let empty = |value: &&Value| value.as_array().is_some_and(Vec::is_empty);
                return list.filter(|value| !empty(value)).cloned().unwrap_or_default();
            }
        };
        let parts = |item: &Value| -> Vec<Value> {
            paths.iter().filter_map(|path| walk(item, path)).filter(|part| !part.is_null()).cloned().collect()
        };
        match list {
            Some(Value::Array(items)) => {
                let mut parts: Vec<Value> = items.iter().flat_map(parts).collect();
                if let Parts::Joined(_) = self.parts {
                    let joined = parts.into_iter().flat_map(|part| match part {
                        Value::Array(items) => items,
                        other => vec![other],
                    });
                    parts = joined.collect();
                }
                if parts.is_empty() { Value::Null } else { Value::Array(parts) }
            }
            Some(object @ Value::Object(_)) => parts(object).into_iter().next().unwrap_or_default(),
            _ => Value::Null,
        }
    }
}

/// Where the list stands in its column, and what of its items is meant; none for other paths.
pub(super) fn of_each(column: &str, rest: &[Step]) -> Option<(Vec<Step>, Parts)> {
    let path = |names: &[&str]| names.iter().map(|name| Step::Key((*name).to_owned())).collect::<Vec<_>>();
    if let Some(answer) = answer_of_somebody(column, rest) {
        return Some((answer, Parts::Itself));
    }
    match (column, rest) {
        ("comments", [Step::Key(part)]) => {
            let parts = match part.as_str() {
                "text" => Parts::Texts(vec![path(&["text"])]),
                "created" => Parts::Time(path(&["created"])),
                // Whoever wrote it is known by all that they are called.
                "author" => Parts::Texts(vec![
                    path(&["author"]),
                    path(&["user", "email"]),
                    path(&["user", "name"]),
                    path(&["user", "id"]),
                    path(&["external"]),
                ]),
                _ => return None,
            };
            Some((Vec::new(), parts))
        }
        ("classifications", [Step::Key(_), Step::Key(_), ..]) => {
            let (list, inside) = rest.split_at(1);
            Some((list.to_vec(), Parts::Texts(vec![inside.to_vec()])))
        }
        _ => None,
    }
}

/// The same for what a row of a trace has of all its spans: its errors, what stands in the review lists, and what was answered.
pub(super) fn of_spans(column: &str, rest: &[Step]) -> Option<Parts> {
    if let Some(answer) = answer_of_somebody(column, rest) {
        return Some(Parts::Joined(answer));
    }
    Some(match (column, rest) {
        ("error", _) => Parts::Texts(vec![rest.to_vec()]),
        ("review", [Step::Key(part)]) if part == "status" => Parts::Texts(vec![rest.to_vec()]),
        ("review", [Step::Key(part)]) if ["lists", "assignees", "reviewers"].contains(&part.as_str()) => Parts::Joined(rest.to_vec()),
        ("answers", [Step::Key(_)]) => Parts::Joined(of_answers(column, rest)?),
        ("answers", [_, _, ..]) => Parts::Texts(vec![rest.to_vec()]),
        _ => return None,
    })
}

/// Where in the column of answers those to a question stand.
pub(super) fn of_answers(column: &str, rest: &[Step]) -> Option<Vec<Step>> {
    match (column, rest) {
        ("answers", [question @ Step::Key(_)]) => Some(vec![question.clone(), Step::Key("values".to_owned())]),
        _ => None,
    }
}

/// Where in the column of answers that of one person stands, who is looked up as people see addresses. It may be several: an option goes by
/// its name and by its number.
fn answer_of_somebody(column: &str, rest: &[Step]) -> Option<Vec<Step>> {
    match (column, rest) {
        ("answers", [Step::Key(_), Step::Key(mine)]) if mine == "mine" => Some(rest.to_vec()),
        ("answers", [question @ Step::Key(_), by @ Step::Key(name), Step::Key(person)]) if name == "by" => {
            Some(vec![question.clone(), by.clone(), Step::Key(folded(person))])
        }
        _ => None,
    }
}
