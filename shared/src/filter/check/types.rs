//! What columns hold, as far as it is known before any row is read.

use crate::filter::chips::PathType;
use crate::filter::diagnostic::{Diagnostic, nearest};
use crate::filter::syntax::{BinaryOperator, Expression, Kind, Step};

/// What a place in a row holds, where it holds anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// A number from 0 to 1.
    Score,
    /// A number.
    Number,
    /// Yes or no.
    Truth,
    /// A list of texts.
    Texts,
    /// A text.
    Text,
}

/// Columns in which not every name can stand, and the names that can.
const NAMES_INSIDE: [(&str, &[&str]); 3] =
    [("review", &["status", "lists", "assignees", "reviewers"]), ("comments", &["text", "author", "created"]), ("span_attributes", &[])];

/// What stands in the answers to a question.
const OF_ANSWERS: [&str; 5] = ["count", "spread", "mine", "by", "version"];

/// What a path holds, where it is the same in all rows.
pub(super) fn type_of(path: &[Step]) -> Option<Held> {
    let keys: Vec<Option<&str>> = path.iter().map(Step::key).collect();
    match keys.as_slice() {
        [Some("scores" | "reported" | "feedback" | "gold"), Some(_)] => Some(Held::Score),
        [Some("answers"), Some(_), Some("count" | "version" | "spread")] => Some(Held::Number),
        [Some("is_root" | "arrived")] => Some(Held::Truth),
        [Some("tags" | "__bt_assignments")] | [Some("review"), Some("lists" | "assignees" | "reviewers")] => Some(Held::Texts),
        [Some("review"), Some("status")] | [Some("id" | "span_id" | "root_span_id")] => Some(Held::Text),
        _ => None,
    }
}

/// Names that stand in no row because the column never has them.
pub(super) fn inside(expression: &Expression, head: &str, rest: &[Step]) -> Option<Diagnostic> {
    let known = NAMES_INSIDE.iter().find(|(column, names)| *column == head && !names.is_empty()).map(|(_, names)| *names);
    let (name, known) = match (rest, known) {
        ([Step::Key(name), ..], Some(known)) => (name, known),
        ([_, Step::Key(name), ..], None) if head == "answers" => (name, OF_ANSWERS.as_slice()),
        _ => return None,
    };
    if known.contains(&name.as_str()) {
        let is_half = head == "answers" && name == "by" && rest.len() == 2;
        return is_half.then(|| {
            let help = "Write: answers.\"Tone\".by('reviewer@example.com')";
            Diagnostic::new(expression.span.clone(), "It is not said whose answer is meant.", "by whom?").with_help(help)
        });
    }
    let found = Diagnostic::new(expression.span.clone(), format!("There is no `{name}` in `{head}`."), "unknown name");
    Some(match nearest(name, known.iter().copied()) {
        Some(near) => found.with_help(format!("Did you mean `{near}`?")),
        None => found.with_help(format!("There are {}.", known.join(", "))),
    })
}

impl Held {
    /// Why a comparison with something that is written there can never be true, and what to write. `turned` where the column stands right.
    pub(super) fn mismatch(
        self,
        operator: BinaryOperator,
        column: &Expression,
        literal: &Expression,
        turned: bool,
    ) -> Option<(String, String)> {
        use BinaryOperator::{Equal, Like, LikeIgnoringCase, NotEqual};
        let searches = matches!(operator, Like | LikeIgnoringCase) && !turned;
        let words = |say: String, help: String| Some((say, help));
        match (self, &literal.kind) {
            (Self::Score, Kind::Text(_) | Kind::Boolean(_)) if operator.compares() || searches => {
                let help = match literal.kind.text().map(str::trim).filter(|text| text.parse::<f64>().is_ok()) {
                    Some(number) => format!("Write the number without quotes: {column} {} {number}", operator.symbol()),
                    None => format!("Write for example: {column} > 75%"),
                };
                words(format!("`{column}` is a number from 0 to 1."), help)
            }
            (Self::Number, Kind::Text(_) | Kind::Boolean(_)) if operator.compares() || searches => {
                words(format!("`{column}` is a number."), format!("Write for example: {column} > 1"))
            }
            (Self::Truth, Kind::Text(_)) if operator.compares() || searches => {
                words(format!("`{column}` is true or false."), format!("Write: {column}, or: not {column}"))
            }
            (Self::Texts, Kind::Text(_)) if operator.compares() || searches => {
                let not = if operator == NotEqual { "not " } else { "" };
                let help = match operator {
                    Equal | NotEqual => format!("Write: {not}{column} includes {literal}"),
                    _ => format!("Write: {column} includes 'text', or for words: {column} match 'text'"),
                };
                words(format!("`{column}` is a list, and not equal to any text."), help)
            }
            (Self::Texts, Kind::Number(_) | Kind::Boolean(_)) if operator.compares() => {
                words(format!("`{column}` is a list of texts."), format!("Write: {column} includes 'text', or: len({column}) > 1"))
            }
            _ => None,
        }
    }
}

/// What can be asked of a place.
pub(in crate::filter) fn type_of_path(path: &[Step]) -> PathType {
    let keys: Vec<Option<&str>> = path.iter().map(Step::key).collect();
    match (type_of(path), keys.as_slice()) {
        (Some(Held::Score | Held::Number), _) | (None, [Some("metrics"), _]) => PathType::Number,
        (Some(Held::Truth), _) => PathType::Truth,
        (Some(Held::Texts), _) | (None, [Some("answers"), _]) => PathType::List,
        (Some(Held::Text), _) => PathType::Text,
        (None, [Some("created")] | [Some("comments"), Some("created")]) => PathType::Time,
        (None, [Some("span_attributes"), _] | [Some("comments"), Some("author")] | [Some("classifications"), _, Some("label")]) => {
            PathType::Text
        }
        (None, [Some("input" | "output" | "expected" | "error")] | [Some("comments"), Some("text")] | [Some("comments")]) => {
            PathType::Words
        }
        (None, _) => PathType::Anything,
    }
}
