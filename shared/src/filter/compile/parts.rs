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
    /// What stands in the lists at a path, as one list.
    Joined(Vec<Step>),
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
        };
        let parts = |item: &Value| -> Vec<Value> {
            paths.iter().filter_map(|path| walk(item, path)).filter(|part| !part.is_null()).cloned().collect()
        };
        match list {
            Some(Value::Array(items)) => {
                let mut parts: Vec<Value> = items.iter().flat_map(parts).collect();
                if let Parts::Joined(_) = self.parts {
                    parts = parts.iter().filter_map(Value::as_array).flatten().cloned().collect();
                }
                if parts.is_empty() { Value::Null } else { Value::Array(parts) }
            }
            Some(object @ Value::Object(_)) => parts(object).into_iter().next().unwrap_or_default(),
            _ => Value::Null,
        }
    }
}

/// Where the list stands in its column, and what of its items is meant; none for other paths.
pub(super) fn of_each<'path>(column: &str, rest: &'path [Step]) -> Option<(&'path [Step], Parts)> {
    let path = |names: &[&str]| names.iter().map(|name| Step::Key((*name).to_owned())).collect::<Vec<_>>();
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
            Some((&[], parts))
        }
        ("classifications", [Step::Key(_), Step::Key(_), ..]) => {
            let (list, inside) = rest.split_at(1);
            Some((list, Parts::Texts(vec![inside.to_vec()])))
        }
        _ => None,
    }
}

/// The same for what a row of a trace has of all its spans: its errors, and what stands in the review lists.
pub(super) fn of_spans<'path>(column: &str, rest: &'path [Step]) -> Option<(&'path [Step], Parts)> {
    let parts = match (column, rest) {
        ("error", _) => Parts::Texts(vec![rest.to_vec()]),
        ("review", [Step::Key(part)]) if part == "status" => Parts::Texts(vec![rest.to_vec()]),
        ("review", [Step::Key(part)]) if ["lists", "assignees", "reviewers"].contains(&part.as_str()) => Parts::Joined(rest.to_vec()),
        _ => return None,
    };
    Some((&[], parts))
}

/// Where in the column of answers a path leads: the answers to a question themselves are its `values`, and a person is looked up
/// as people see addresses.
pub(super) fn of_answers(column: &str, rest: &[Step]) -> Option<Vec<Step>> {
    match (column, rest) {
        ("answers", [question @ Step::Key(_)]) => Some(vec![question.clone(), Step::Key("values".to_owned())]),
        ("answers", [question, by @ Step::Key(name), Step::Key(person), inside @ ..]) if name == "by" => {
            let start = [question.clone(), by.clone(), Step::Key(folded(person))];
            Some(start.into_iter().chain(inside.iter().cloned()).collect())
        }
        _ => None,
    }
}
