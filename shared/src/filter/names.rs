//! Names that rows carry: which of those in a filter none carries, and which is the nearest that one does.

use super::diagnostic::{Diagnostic, nearest};
use super::syntax::{BinaryOperator, Expression, Kind, Step};
use serde::{Deserialize, Serialize};

/// Names that rows of an object carry. What is not known of is none; what is known to be nowhere is an empty list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KnownNames {
    /// Scores, whoever gave them.
    pub scores: Option<Vec<String>>,
    /// Questions that reviewers are asked.
    pub questions: Option<Vec<String>>,
    /// Tags.
    pub tags: Option<Vec<String>>,
    /// Review lists.
    pub lists: Option<Vec<String>>,
    /// What people are known by: addresses, names, ids.
    pub people: Option<Vec<String>>,
    /// Paths inside the metadata, step by step.
    pub metadata: Option<Vec<Vec<String>>>,
    /// Metrics.
    pub metrics: Option<Vec<String>>,
    /// Classifications.
    pub classifications: Option<Vec<String>>,
    /// Common values of places, each as the text of its path and its values.
    pub values: Vec<(String, Vec<String>)>,
}

/// Kinds of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameKind {
    Score,
    Question,
    Tag,
    List,
    Person,
    Metadata,
    Metric,
    Classification,
}

impl NameKind {
    fn words(self) -> &'static str {
        match self {
            Self::Score => "a score",
            Self::Question => "answers to a question",
            Self::Tag => "a tag",
            Self::List => "a review list",
            Self::Person => "anything of a person",
            Self::Metadata => "metadata",
            Self::Metric => "a metric",
            Self::Classification => "a classification",
        }
    }

    /// The kind of the names that stand in a column after its own.
    pub(super) fn inside(column: &str) -> Option<Self> {
        match column {
            "scores" | "reported" | "feedback" | "gold" => Some(Self::Score),
            "answers" => Some(Self::Question),
            "metadata" => Some(Self::Metadata),
            "metrics" => Some(Self::Metric),
            "classifications" => Some(Self::Classification),
            _ => None,
        }
    }

    /// The kind of the texts that a place holds.
    pub(super) fn of_values(path: &[Step]) -> Option<Self> {
        let keys: Vec<Option<&str>> = path.iter().map(Step::key).collect();
        match keys.as_slice() {
            [Some("tags")] => Some(Self::Tag),
            [Some("review"), Some("lists")] => Some(Self::List),
            [Some("review"), Some("assignees" | "reviewers")] | [Some("comments"), Some("author")] => Some(Self::Person),
            _ => None,
        }
    }
}

impl KnownNames {
    /// The names of a kind; none where it is not known which there are. Of metadata, the names at the first level.
    pub(super) fn of(&self, kind: NameKind) -> Option<Vec<&str>> {
        let list = match kind {
            NameKind::Score => &self.scores,
            NameKind::Question => &self.questions,
            NameKind::Tag => &self.tags,
            NameKind::List => &self.lists,
            NameKind::Person => &self.people,
            NameKind::Metric => &self.metrics,
            NameKind::Classification => &self.classifications,
            NameKind::Metadata => return self.metadata_at(&[]),
        };
        list.as_ref().map(|names| names.iter().map(String::as_str).collect())
    }

    /// The names that follow a path inside the metadata.
    pub(super) fn metadata_at(&self, inside: &[&str]) -> Option<Vec<&str>> {
        let paths = self.metadata.as_ref()?;
        let mut names: Vec<&str> = Vec::new();
        for path in paths {
            let follows = path.len() > inside.len() && path.iter().zip(inside).all(|(step, wanted)| step == wanted);
            if let Some(name) = path.get(inside.len())
                && follows
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
        }
        Some(names)
    }

    /// Common values of a place, by the text of its path.
    pub(super) fn values_of(&self, path: &str) -> &[String] {
        self.values.iter().find(|(known, _)| known == path).map_or(&[], |(_, values)| values.as_slice())
    }
}

/// What is told at most: a filter with more of them was made by a machine.
const MOST: usize = 20;

/// Names in an expression that no row carries, each with the nearest that one does. They are no mistakes: such a row may come.
pub fn unknown_names(expression: &Expression, known: &KnownNames) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    look(expression, known, &mut found);
    found
}

fn look(expression: &Expression, known: &KnownNames, found: &mut Vec<Diagnostic>) {
    if found.len() >= MOST {
        return;
    }
    match &expression.kind {
        Kind::Path(path) => found.extend(inside(expression, path, known)),
        Kind::Binary { operator: BinaryOperator::Includes | BinaryOperator::Equal | BinaryOperator::NotEqual, left, right } => {
            for (place, value) in [(left, right), (right, left)] {
                if let (Kind::Path(path), Kind::Text(name)) = (&place.kind, &value.kind)
                    && let Some(kind) = NameKind::of_values(path)
                {
                    found.extend(told(value, kind, name, known.of(kind)));
                }
            }
        }
        Kind::In { operand, list } => {
            if let (Kind::Path(path), Kind::Array(items)) = (&operand.kind, &list.kind)
                && let Some(kind) = NameKind::of_values(path)
            {
                for item in items {
                    found.extend(item.kind.text().and_then(|name| told(item, kind, name, known.of(kind))));
                }
            }
        }
        _ => {}
    }
    expression.kind.for_each_child(&mut |child| look(child, known, found));
}

fn inside(expression: &Expression, path: &[Step], known: &KnownNames) -> Option<Diagnostic> {
    let (head, rest) = path.split_first()?;
    let column = head.key()?;
    let kind = NameKind::inside(column)?;
    if let (NameKind::Question, [_, Step::Key(by), Step::Key(person), ..]) = (kind, rest)
        && by == "by"
        && let Some(told) = told(expression, NameKind::Person, person, known.of(NameKind::Person))
    {
        return Some(told);
    }
    let mut above: Vec<&str> = Vec::new();
    for step in rest {
        let name = step.key()?;
        let names = if kind == NameKind::Metadata { known.metadata_at(&above)? } else { known.of(kind)? };
        // Below the last known step there may be anything.
        if names.is_empty() && !above.is_empty() {
            return None;
        }
        if !names.contains(&name) {
            return told(expression, kind, name, Some(names));
        }
        if kind != NameKind::Metadata {
            return None;
        }
        above.push(name);
    }
    None
}

fn told(place: &Expression, kind: NameKind, name: &str, names: Option<Vec<&str>>) -> Option<Diagnostic> {
    let names = names?;
    if names.contains(&name) {
        return None;
    }
    let hint = Diagnostic::hint(place.span.clone(), format!("No row has {} called `{name}`.", kind.words()), "carried by no row");
    Some(match nearest(name, names.iter().copied()) {
        Some(near) => hint.with_help(format!("Did you mean `{near}`?")),
        None => hint,
    })
}
