//! Questions: the configured human review scores of a project.

mod letters;
#[cfg(test)]
mod tests;

use crate::markup::Html;
use crate::objects::ObjectKind;
use crate::people::{Person, Role};
use crate::{Micros, PersonId, Problem, ProjectId, QuestionId, summary::Nano};
use serde::{Deserialize, Serialize};

/// An option of a categorical question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuestionOption {
    /// What reviewers read.
    pub name: String,
    /// What is stored in `scores`, 0..1; unique among the options.
    pub value: f64,
}

/// What is asked, and where the answer goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// A slider, 0 % to 100 %.
    #[default]
    Continuous,
    /// One of several options in order, each with its own value.
    Categorical {
        /// The options, in the order in which reviewers see them.
        options: Vec<QuestionOption>,
    },
    /// One or several of some options, written to `expected`. It is no number.
    Expected {
        /// The options, in the order in which reviewers see them.
        options: Vec<String>,
        /// Whether several may be chosen; then a list is written.
        multiple: bool,
    },
    /// Free-form text, written to a place in `metadata`.
    Text {
        /// The place.
        path: MetadataPath,
    },
}

impl QuestionKind {
    /// The word of the *Type* field.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Continuous => "Continuous",
            Self::Categorical { .. } | Self::Expected { .. } => "Categorical",
            Self::Text { .. } => "Free-form text",
        }
    }

    /// Whether answers are numbers, and so scores.
    pub fn is_score(&self) -> bool {
        matches!(self, Self::Continuous | Self::Categorical { .. })
    }

    /// The names of the options; none for a slider or text.
    pub fn option_names(&self) -> Vec<&str> {
        match self {
            Self::Categorical { options } => options.iter().map(|option| option.name.as_str()).collect(),
            Self::Expected { options, .. } => options.iter().map(String::as_str).collect(),
            Self::Continuous | Self::Text { .. } => Vec::new(),
        }
    }

    /// Where answers go: `scores.Tone`, `expected` or `metadata.review.reason`. It is the path of their activity, too.
    pub fn destination(&self, name: &str) -> String {
        match self {
            Self::Continuous | Self::Categorical { .. } => format!("scores.{name}"),
            Self::Expected { .. } => "expected".to_owned(),
            Self::Text { path } => path.as_str().to_owned(),
        }
    }
}

/// A place in `metadata`: `metadata.review.reason`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MetadataPath(String);

/// The fields of a row beside `metadata` that a path may name by mistake. Whoever means a key of that name under `metadata` writes
/// `metadata.` before it.
const OTHER_FIELDS: [&str; 9] = ["input", "output", "expected", "error", "scores", "metrics", "tags", "context", "span_attributes"];

impl MetadataPath {
    /// Reads a path with or without its leading `metadata.`; spaces around the dots do not matter. One that names another field of a
    /// row stays as it is, which is a mistake of the definition.
    pub fn of(typed: &str) -> Self {
        let keys: Vec<_> = typed.trim().split('.').map(str::trim).collect();
        match keys.split_first() {
            Some((&"metadata", below)) => Self(format!("metadata.{}", below.join("."))),
            Some((first, _)) if OTHER_FIELDS.contains(first) => Self(keys.join(".")),
            _ => Self(format!("metadata.{}", keys.join("."))),
        }
    }

    /// The path from the row: `metadata.review.reason`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The keys under `metadata`.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.split('.').skip(1)
    }

    /// Whether a text at one of two places lies in the way of a text at the other: the same place, or one inside the other.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.keys().zip(other.keys()).all(|(own, other)| own == other)
    }

    /// What is wrong with it.
    fn mistake(&self) -> Option<&'static str> {
        if !self.0.starts_with("metadata.") {
            return Some("A text can only be stored under metadata, not in another field. Write it like metadata.review.reason.");
        }
        let mut keys = self.keys().peekable();
        if keys.peek().is_none_or(|first| first.is_empty()) {
            return Some("Say where under metadata the text is written, for example metadata.review.reason.");
        }
        if self.0.len() > 500 {
            return Some("Use at most 500 characters.");
        }
        if self.0.starts_with("metadata.~__bt_") {
            return Some("Paths that begin with ~__bt_ belong to the review list. Choose another.");
        }
        keys.any(|key| key.is_empty() || key.contains('\0'))
            .then_some("A part between two dots is empty. Write it like metadata.review.reason.")
    }
}

/// Who is asked. Nobody named means everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// These people.
    #[serde(default)]
    pub people: Vec<PersonId>,
    /// And everybody of these roles.
    #[serde(default)]
    pub roles: Vec<Role>,
}

impl Audience {
    /// Whether somebody belongs to it.
    pub fn includes(&self, person: &Person) -> bool {
        let everybody = self.people.is_empty() && self.roles.is_empty();
        everybody || self.people.contains(&person.id) || self.roles.contains(&person.role)
    }
}

/// About which rows a question is asked, as filters that must all hold. None means about every row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Filters that the row itself matches.
    #[serde(default)]
    pub span: Vec<String>,
    /// Filters each of which some row below it matches.
    #[serde(default)]
    pub below: Vec<String>,
    /// Filters that its trace matches.
    #[serde(default)]
    pub trace: Vec<String>,
}

impl Condition {
    /// Whether nothing is demanded.
    pub fn is_empty(&self) -> bool {
        self.span.is_empty() && self.below.is_empty() && self.trace.is_empty()
    }

    /// The labels of its fields: filters of the row itself, of a row below it, of its trace.
    pub const FIELDS: [&str; 3] = ["The span matches", "A span below it matches", "Its trace matches"];

    /// The filters, in the order of [`Condition::FIELDS`].
    pub fn parts(&self) -> [&[String]; 3] {
        [&self.span, &self.below, &self.trace]
    }
}

/// Letters that a question or an option can have: those that mean nothing else on a page.
pub const LETTERS: [char; 12] = ['b', 'd', 'h', 'i', 'l', 'n', 'o', 'p', 'q', 'u', 'v', 'w'];

/// One version of a question's wording. Editing makes a new one; answers keep the one they were given under.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// What is asked, and where the answer goes.
    pub kind: QuestionKind,
    /// Instructions for reviewers, Markdown.
    #[serde(default)]
    pub description: String,
    /// Whether an item is complete without it.
    #[serde(default)]
    pub required: bool,
    /// Whether who answers is asked how sure they are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks_sureness: bool,
    /// Whether more is better.
    #[serde(default = "higher_is_better")]
    pub higher_is_better: bool,
    /// About rows of what it is asked; none means wherever its answers have a place.
    #[serde(default)]
    pub objects: Vec<ObjectKind>,
    /// Who is asked.
    #[serde(default)]
    pub audience: Audience,
    /// The key that leads to it, one of [`LETTERS`].
    #[serde(default)]
    pub hotkey: Option<char>,
    /// About which rows of these it is asked.
    #[serde(default)]
    pub condition: Condition,
    /// The letter that picks each option, some of [`LETTERS`], in the order of the options. None sent means: as they were. Another letter
    /// makes no new version.
    #[serde(default)]
    pub letters: Vec<Option<char>>,
}

fn higher_is_better() -> bool {
    true
}

impl Default for Definition {
    fn default() -> Self {
        Self {
            kind: QuestionKind::default(),
            description: String::new(),
            required: false,
            asks_sureness: false,
            higher_is_better: true,
            objects: Vec::new(),
            audience: Audience::default(),
            hotkey: None,
            condition: Condition::default(),
            letters: Vec::new(),
        }
    }
}

impl Definition {
    /// Whether it is asked about rows of that kind of object. A test case has no scores.
    pub fn fits(&self, object: ObjectKind) -> bool {
        let has_a_place = object != ObjectKind::Dataset || !self.kind.is_score();
        has_a_place && (self.objects.is_empty() || self.objects.contains(&object))
    }
}

/// A question as reviewers and *Configuration* see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Id.
    pub id: QuestionId,
    /// Its project.
    pub project: ProjectId,
    /// Unique in the project; the key in `scores`.
    pub name: String,
    /// The newest version's number, from 1.
    pub version: i32,
    /// The newest version.
    pub definition: Definition,
    /// The description of the newest version as HTML that is safe to put into a page.
    #[serde(default)]
    pub description_html: Html,
    /// Place in the form, ascending.
    pub position: i32,
    /// Archived questions are in no form; what they stored stays.
    pub archived: bool,
    /// Created at.
    pub created: Micros,
    /// How many answers stand under which version: (version, answers).
    pub answers: Vec<(i32, i64)>,
}

impl Question {
    /// All answers, whatever their version.
    pub fn answer_count(&self) -> i64 {
        self.answers.iter().map(|(_, count)| count).sum()
    }

    /// Whether a person is asked it about rows of that kind of object. About which of them, the server says of each open span.
    pub fn is_asked(&self, person: &Person, object: ObjectKind) -> bool {
        !self.archived && self.definition.fits(object) && self.definition.audience.includes(person)
    }
}

/// One version of a question, with what was said under it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuestionVersion {
    /// Its number, from 1.
    pub version: i32,
    /// Its wording.
    pub definition: Definition,
    /// Who made it, where that is known.
    pub author: Option<Person>,
    /// Made at.
    pub created: Micros,
    /// Answers that stand under it.
    pub answers: i64,
}

/// What somebody who writes a question has to know about its project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionSetting {
    /// Who can be asked: every active member.
    pub people: Vec<Person>,
    /// Scores that have values already. A question of such a name shares its column with them.
    pub scores: Vec<String>,
}

/// Creates a question, or with `question` set makes a new version of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SaveQuestion {
    /// Where.
    pub project: ProjectId,
    /// The one to edit; none creates.
    pub question: Option<QuestionId>,
    /// The version that was edited; another one by now is a conflict. None takes the place of whatever there is.
    #[serde(default)]
    pub after: Option<i32>,
    /// Its name.
    pub name: String,
    /// Its wording.
    pub definition: Definition,
}

/// Takes a question out of the forms, or puts it back. Stored answers and scores are not touched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArchiveQuestion {
    /// Which.
    pub question: QuestionId,
    /// True archives, false brings back.
    pub archived: bool,
}

/// Puts the questions of a project into this order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderQuestions {
    /// Where.
    pub project: ProjectId,
    /// All of its questions that are not archived, in the new order.
    pub questions: Vec<QuestionId>,
}

/// Every mistake in a name and a definition, each with the label of its field, so that the dialog can show all at once.
pub fn mistakes(name: &str, definition: &Definition) -> Vec<Problem> {
    let mut found = Vec::new();
    if name.trim().is_empty() {
        found.push(Problem::invalid("Name", "Give the score a name; it becomes the key in scores."));
    } else if name.chars().count() > 200 {
        found.push(Problem::invalid("Name", "Use at most 200 characters."));
    }
    if definition.description.len() > 20_000 {
        found.push(Problem::invalid("Description", "Use at most 20,000 characters."));
    }
    match &definition.kind {
        QuestionKind::Continuous => {}
        QuestionKind::Categorical { options } => {
            option_mistakes(&definition.kind, &mut found);
            percentage_mistakes(options, &mut found);
        }
        QuestionKind::Expected { .. } => {
            option_mistakes(&definition.kind, &mut found);
            if name.trim() == "expected" {
                found.push(Problem::invalid("Name", "An expected value that was there before is kept under this name. Choose another."));
            }
        }
        QuestionKind::Text { path } => {
            found.extend(path.mistake().map(|reason| Problem::invalid("Metadata path", reason)));
        }
    }
    letters::letter_mistakes(definition, &mut found);
    found
}

fn option_mistakes(kind: &QuestionKind, found: &mut Vec<Problem>) {
    let names: Vec<_> = kind.option_names().into_iter().map(str::trim).collect();
    if names.is_empty() {
        found.push(Problem::invalid("Options", "Add at least one option to choose from."));
    }
    for (index, name) in names.iter().enumerate() {
        let field = format!("Option {}", index + 1);
        if name.is_empty() {
            found.push(Problem::invalid(field, "Give the option a name."));
        } else if names[..index].contains(name) {
            found.push(Problem::invalid(field, format!("There is already an option named {name}.")));
        }
    }
}

fn percentage_mistakes(options: &[QuestionOption], found: &mut Vec<Problem>) {
    for (index, option) in options.iter().enumerate() {
        let field = format!("Percentage {}", index + 1);
        let same = |other: &QuestionOption| Nano::from_score(other.value) == Nano::from_score(option.value);
        if !(0.0..=1.0).contains(&option.value) {
            found.push(Problem::invalid(field, "Use a percentage from 0 to 100."));
        } else if let Some(other) = options[..index].iter().position(same) {
            found.push(Problem::invalid(field, format!("Option {} already has this percentage; each may be used once.", other + 1)));
        }
    }
}
