//! What commands do to rows, written once more from the rules: plain values in memory, nothing shared with the code that is tested
//! but the types of the commands.

mod answering;
mod comments;
mod editing;
mod lying;
mod reverts;
mod rows;
mod sight;

use super::cast::{Cast, ENGINEER, OWNER_AND_ENGINEER, VIEWER};
use answering::Given;
pub(super) use comments::Remark;
use editing::Aside;
pub(super) use lying::FILTERS;
use reverts::Ran;
use serde_json::{Value, json};
use shared::Problem;
use shared::answers::{AnswerValue, SetAnswer, SetGold};
use shared::commands::Command;
use shared::questions::{Definition, QuestionKind};
use shared::tags::ChangeTags;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Something that is done to the project, by the person of that number in the cast.
#[derive(Clone, Debug)]
pub(super) enum Call {
    /// What a page does.
    Command(Command),
    /// What an SDK sends, each row with the object it belongs to.
    Rows(Vec<Value>),
    /// What REST inserts into an object, by its place in the cast.
    Insert(usize, Vec<Value>),
    /// What an end user says about a row of an object.
    Feedback(usize, Value),
    /// A question is taken out of the form, or put back.
    Archive(usize, bool),
    /// A question gets a new version.
    Define(usize, Definition),
    /// Reviewers see what others say only where they have answered, or everywhere.
    Blind(bool),
}

/// Why something was refused, as far as the rules say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Forbidden,
    NotFound,
    Invalid(String),
    Conflict,
    Confirm,
    /// Never foreseen.
    Other(String),
}

impl From<&Problem> for Refusal {
    fn from(problem: &Problem) -> Self {
        match problem {
            Problem::Forbidden { .. } | Problem::NotYours { .. } => Self::Forbidden,
            Problem::NotFound { .. } => Self::NotFound,
            Problem::Invalid { field, .. } => Self::Invalid(field.clone()),
            Problem::Conflict { .. } => Self::Conflict,
            Problem::Confirm { .. } => Self::Confirm,
            other => Self::Other(other.to_string()),
        }
    }
}

pub(super) type Outcome = Result<(), Refusal>;

/// A question with its newest version.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) name: String,
    pub(super) definition: Definition,
    pub(super) version: i64,
    pub(super) archived: bool,
}

/// What a person said to a question.
#[derive(Clone)]
struct Said {
    question: usize,
    person: usize,
    version: i64,
    value: Value,
    /// In units of 1e-9.
    score: Option<i64>,
    /// The place of a text when it was said.
    path: Vec<String>,
    counts: bool,
    /// How sure they are, and the words that are its evidence.
    given: Given,
    /// When it was first said, and when it was last changed.
    first: u64,
    last: u64,
}

/// What somebody settled.
#[derive(Clone)]
struct Settled {
    person: usize,
    version: i64,
    value: Value,
    score: Option<i64>,
    path: Vec<String>,
    reason: String,
}

/// A row, as its base and what was said about it.
#[derive(Clone, Default)]
pub(super) struct Row {
    /// Rows that come back after they were deleted are other rows.
    birth: u64,
    /// What the API and people's direct edits wrote.
    base: serde_json::Map<String, Value>,
    arrived: bool,
    /// What end users say, by the name of the score and whose it is, in units of 1e-9.
    feedback: BTreeMap<(String, String), i64>,
    /// Whether `expected` of the base was written by a person who saw what others had said there.
    informed: bool,
    /// The last full row, as it was sent.
    sent: Option<String>,
    said: Vec<Said>,
    golds: BTreeMap<usize, Settled>,
    /// Gold values that a direct edit of `expected` put aside.
    former_golds: BTreeMap<usize, Settled>,
    pub(super) comments: Vec<Remark>,
}

/// An entry of the activity.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    row: String,
    birth: u64,
    person: Option<usize>,
    external: Option<String>,
    source: &'static str,
    action: &'static str,
    path: String,
    from: Value,
    to: Value,
    reason: Option<String>,
    /// Of an answer, how it stood before and since.
    given: [Given; 2],
    /// What a direct edit of `expected` put aside, until it is taken back.
    aside: Option<Aside>,
    /// Whether what stood in `expected` before was written by who saw what others had said there.
    informed: bool,
    /// The store's number of it, once it is known.
    pub(super) id: Option<i64>,
}

/// Everything that is known of a project.
#[derive(Clone)]
pub(super) struct Model {
    cast: Cast,
    pub(super) questions: Vec<Asked>,
    blind: bool,
    /// By object and id: `logs/root`.
    pub(super) rows: BTreeMap<String, Row>,
    /// Feedback on rows that are not there yet.
    waiting: BTreeMap<String, Row>,
    /// Rows that were deleted, with the last full row that was sent.
    graves: BTreeMap<String, Option<String>>,
    pub(super) activity: Vec<Entry>,
    tags: BTreeSet<String>,
    /// Commands that ran.
    ran: HashMap<(usize, String), Ran>,
    /// Counts calls: the one clock.
    clock: u64,
    births: u64,
}

fn forbidden_unless(may: bool) -> Outcome {
    if may { Ok(()) } else { Err(Refusal::Forbidden) }
}

impl Model {
    pub(super) fn new(cast: &Cast, questions: Vec<Asked>, tags: &[&str]) -> Self {
        Self {
            cast: cast.clone(),
            questions,
            blind: false,
            rows: BTreeMap::new(),
            waiting: BTreeMap::new(),
            graves: BTreeMap::new(),
            activity: Vec::new(),
            tags: tags.iter().map(ToString::to_string).collect(),
            ran: HashMap::new(),
            clock: 0,
            births: 0,
        }
    }

    /// Does it, or refuses it and changes nothing.
    pub(super) fn call(&mut self, person: usize, call: &Call) -> Outcome {
        let mut after = self.clone();
        after.clock += 1;
        after.perform(person, call)?;
        *self = after;
        Ok(())
    }

    fn perform(&mut self, person: usize, call: &Call) -> Outcome {
        match call {
            Call::Command(command) => {
                forbidden_unless(person != VIEWER)?;
                if matches!(command, Command::SetGold(_)) {
                    forbidden_unless(OWNER_AND_ENGINEER.contains(&person))?;
                }
                self.command(person, command)
            }
            Call::Rows(rows) => {
                forbidden_unless(person != VIEWER)?;
                for row in rows {
                    let name = self.cast.name_of_sent(row);
                    self.receive(person, &name, row, false);
                }
                Ok(())
            }
            Call::Insert(object, rows) => {
                forbidden_unless(person != VIEWER)?;
                for row in rows {
                    let name = self.cast.name_in(*object, row);
                    self.receive(person, &name, row, true);
                }
                Ok(())
            }
            Call::Feedback(object, item) => {
                forbidden_unless(person != VIEWER)?;
                let name = self.cast.name_in(*object, item);
                self.feedback(person, &name, item);
                Ok(())
            }
            Call::Blind(blind) => {
                forbidden_unless(OWNER_AND_ENGINEER.contains(&person))?;
                self.blind = *blind;
                Ok(())
            }
            Call::Archive(question, archived) => {
                forbidden_unless(OWNER_AND_ENGINEER.contains(&person))?;
                self.questions[*question].archived = *archived;
                Ok(())
            }
            Call::Define(question, definition) => {
                forbidden_unless(OWNER_AND_ENGINEER.contains(&person))?;
                let question = &mut self.questions[*question];
                if question.definition != *definition {
                    (question.definition, question.version) = (definition.clone(), question.version + 1);
                }
                Ok(())
            }
        }
    }

    fn command(&mut self, person: usize, command: &Command) -> Outcome {
        let id = command.client_id().map(|id| (person, id.to_owned()));
        let ran = id.as_ref().is_some_and(|id| self.ran.contains_key(id));
        if let Some(address) = command.row() {
            self.row(&self.cast.name(address))?;
        }
        let before = self.activity.len();
        let mut about = command.row().map(|address| self.cast.name(address));
        match command {
            Command::SetAnswer(SetAnswer { question, .. }) | Command::SetGold(SetGold { question, .. }) => {
                self.question(question)?;
            }
            Command::Revert(revert) => about = Some(self.done(person, &revert.edit)?.row),
            _ => {}
        }
        if ran {
            return Ok(());
        }
        match command {
            Command::SetAnswer(command) => self.answer(person, command)?,
            Command::SetGold(command) => self.settle(person, command)?,
            Command::SetExpected(command) => self.edit_expected(person, command)?,
            Command::ChangeTags(command) => self.change_tags(person, command, true)?,
            Command::AddComment(command) => self.comment(person, command)?,
            Command::EditComment(command) => self.edit_comment(person, command)?,
            Command::DeleteComment(command) => self.delete_comment(person, command)?,
            Command::FlagRow(_)
            | Command::UnflagRow(_)
            | Command::AssignReview(_)
            | Command::CompleteReview(_)
            | Command::SkipReview(_)
            | Command::SetReviewStatus(_) => unreachable!("reviews have a story of their own"),
            Command::Revert(revert) => {
                // Of what changed nothing there is nothing to take back.
                if let Some(entry) = self.done(person, &revert.edit)?.entry {
                    self.take_back(person, entry)?;
                }
            }
        }
        if let (Some(id), Some(row)) = (id, about) {
            let entry = (self.activity.len() > before).then_some(before);
            self.ran.insert(id, Ran { birth: self.rows[&row].birth, row, entry });
        }
        Ok(())
    }

    fn row(&self, id: &str) -> Result<&Row, Refusal> {
        self.rows.get(id).ok_or(Refusal::NotFound)
    }

    fn row_mut(&mut self, id: &str) -> &mut Row {
        self.rows.get_mut(id).or_else(|| self.waiting.get_mut(id)).unwrap()
    }

    fn question(&self, name: &str) -> Result<usize, Refusal> {
        self.questions.iter().position(|asked| asked.name == name).ok_or(Refusal::NotFound)
    }

    /// The entries of a row, in their order.
    fn of_row<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Entry> {
        let birth = self.rows.get(id).map(|row| row.birth);
        self.activity.iter().filter(move |entry| entry.row == id && Some(entry.birth) == birth)
    }

    /// The entries of all rows that are there.
    pub(super) fn living(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.activity.iter().filter(|entry| self.rows.get(&entry.row).is_some_and(|row| row.birth == entry.birth))
    }

    pub(super) fn has_run(&self, person: usize, client_id: &str) -> bool {
        self.ran.contains_key(&(person, client_id.to_owned()))
    }

    /// Learns the store's numbers of a row's entries.
    pub(super) fn learn(&mut self, id: &str, numbers: &[i64]) {
        let birth = self.rows.get(id).map(|row| row.birth);
        let entries = self.activity.iter_mut().filter(|entry| entry.row == id && Some(entry.birth) == birth);
        entries.zip(numbers).for_each(|(entry, number)| entry.id = Some(*number));
    }

    /// The question, where it is asked about such rows and the person is asked.
    fn asked_of(&self, person: Option<usize>, row: &str, name: &str) -> Result<usize, Refusal> {
        let question = self.question(name)?;
        let asked = &self.questions[question];
        if asked.archived || !self.fits(row, question) {
            return Err(Refusal::Invalid("question".to_owned()));
        }
        let audience = &asked.definition.audience.roles;
        let is_asked = person.is_none_or(|person| audience.is_empty() || audience.contains(&self.cast.role(person)));
        forbidden_unless(is_asked)?;
        Ok(question)
    }

    fn settle(&mut self, person: usize, command: &SetGold) -> Outcome {
        let row = &self.cast.name(&command.row);
        let question = self.asked_of(None, row, &command.question)?;
        let taken = self.take(question, command.value.as_ref())?;
        let (version, to) = (self.questions[question].version, taken.as_ref().map_or(Value::Null, |(value, _)| value.clone()));
        let same = |gold: &Settled| gold.person == person && gold.version == version && gold.value == to && gold.reason == command.reason;
        if self.rows[row].golds.get(&question).map_or(to.is_null(), same) {
            return Ok(());
        }
        self.require_room(person, row, question, taken.as_ref(), command.confirm)?;
        let path = self.path_of(question);
        let before = self.row_mut(row).golds.remove(&question).map_or(Value::Null, |gold| gold.value);
        if let Some((value, score)) = taken {
            let gold = Settled { person, version, value, score, path, reason: command.reason.clone() };
            self.row_mut(row).golds.insert(question, gold);
        }
        self.row_mut(row).former_golds.remove(&question);
        let action = if to.is_null() { "clear_gold" } else { "gold" };
        let reason = Some(command.reason.clone()).filter(|reason| !reason.is_empty());
        let path = self.told_as(question);
        self.note(person, row, action, &path, before, to, reason);
        Ok(())
    }

    /// Who takes an edit back puts a tag on again that nobody has configured.
    fn change_tags(&mut self, person: usize, command: &ChangeTags, needs_configured: bool) -> Outcome {
        let row = &self.cast.name(&command.row);
        let before = rows::tags(&self.row(row)?.base);
        let mut after: Vec<String> = before.iter().filter(|tag| !command.remove.contains(tag)).cloned().collect();
        for tag in command.add.iter().map(|tag| tag.trim().to_owned()) {
            if tag.is_empty() {
                return Err(Refusal::Invalid("Name".to_owned()));
            }
            if needs_configured && !self.tags.contains(&tag) {
                forbidden_unless(OWNER_AND_ENGINEER.contains(&person))?;
                self.tags.insert(tag.clone());
            }
            if !after.contains(&tag) {
                after.push(tag);
            }
        }
        let set = |tags: &[String]| tags.iter().cloned().collect::<BTreeSet<_>>();
        if set(&before) != set(&after) {
            let stored = self.row_mut(row);
            stored.base.insert("tags".to_owned(), json!(after));
            Self::reconsider(stored, None);
            self.note(person, row, "edit", "tags", json!(before), json!(after), None);
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "an entry has as many columns")]
    fn note(&mut self, person: usize, row: &str, action: &'static str, path: &str, from: Value, to: Value, reason: Option<String>) {
        let Row { birth, informed, .. } = self.rows[row];
        let (row, path) = (row.to_owned(), path.to_owned());
        let (person, source) = (Some(person), "app");
        let (given, aside) = (Default::default(), None);
        let entry = Entry { row, birth, person, external: None, source, action, path, from, to, reason, given, aside, informed, id: None };
        self.activity.push(entry);
    }

    /// What the newest version of a question makes of a value: as it is stored, with its number.
    fn take(&self, question: usize, value: Option<&AnswerValue>) -> Result<Option<(Value, Option<i64>)>, Refusal> {
        let Some(value) = value else { return Ok(None) };
        let wrong = || Err(Refusal::Invalid("value".to_owned()));
        let nano = |number: f64| (number * 1e9).round() as i64;
        match (&self.questions[question].definition.kind, value) {
            (QuestionKind::Continuous, AnswerValue::Number(number)) if *number >= 0.0 && *number <= 1.0 => {
                Ok(Some((json!(number), Some(nano(*number)))))
            }
            (QuestionKind::Categorical { options }, AnswerValue::Number(_) | AnswerValue::Text(_)) => {
                let meant = options.iter().find(|option| match value {
                    AnswerValue::Text(name) => option.name == *name,
                    AnswerValue::Number(number) => (option.value - number).abs() < 1e-9,
                    AnswerValue::List(_) => false,
                });
                meant.map_or_else(wrong, |option| Ok(Some((json!(option.name), Some(nano(option.value))))))
            }
            (QuestionKind::Expected { options, multiple: false }, AnswerValue::Text(name)) => {
                if options.contains(name) {
                    Ok(Some((json!(name), None)))
                } else {
                    wrong()
                }
            }
            (QuestionKind::Expected { options, multiple: true }, AnswerValue::Text(_) | AnswerValue::List(_)) => {
                let chosen = match value {
                    AnswerValue::List(names) => names.clone(),
                    AnswerValue::Text(name) => vec![name.clone()],
                    AnswerValue::Number(_) => Vec::new(),
                };
                if !chosen.iter().all(|name| options.contains(name)) {
                    return wrong();
                }
                let list: Vec<_> = options.iter().filter(|option| chosen.contains(option)).collect();
                Ok((!list.is_empty()).then(|| (json!(list), None)))
            }
            (QuestionKind::Text { .. }, AnswerValue::Text(text)) if text.trim().is_empty() => Ok(None),
            (QuestionKind::Text { .. }, AnswerValue::Text(text)) if text.len() <= 100_000 => Ok(Some((json!(text), None))),
            _ => wrong(),
        }
    }

    fn is_expected(&self, question: usize) -> bool {
        matches!(self.questions[question].definition.kind, QuestionKind::Expected { .. })
    }

    /// Where a text goes.
    fn path_of(&self, question: usize) -> Vec<String> {
        match &self.questions[question].definition.kind {
            QuestionKind::Text { path } => path.as_str().split('.').skip(1).map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    }

    /// What the activity calls a question.
    fn told_as(&self, question: usize) -> String {
        let Asked { name, definition, .. } = &self.questions[question];
        match definition.kind {
            QuestionKind::Continuous | QuestionKind::Categorical { .. } => format!("scores.{name}"),
            QuestionKind::Expected { .. } | QuestionKind::Text { .. } => format!("answers.{name}"),
        }
    }
}
