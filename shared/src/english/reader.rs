//! A place in the words of a text, and what can be asked of the words that follow.

use std::ops::Range;

use super::names::{Named, Names};
use super::words::{Word, WordKind};
use super::{Known, Meaning};
use crate::filter::{Context, Expression, Shape};

/// A condition that was understood.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    pub expression: Expression,
    /// What the expression alone does not say: which Monday, whose address.
    pub hint: String,
    /// Nothing but a noun, which a *no* before it may reach over an *or*.
    pub bare: bool,
    /// Something that people do at some time, other than the time of the row.
    pub event: bool,
    /// A time.
    pub time: bool,
    /// Words that are looked for, of which nobody said where they end.
    pub open: bool,
    /// Begins with a *not*.
    pub negated: bool,
}

impl Clause {
    pub(super) fn new(expression: Expression) -> Self {
        Self { expression, hint: String::new(), bare: false, event: false, time: false, open: false, negated: false }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    pub(super) fn bare(mut self) -> Self {
        self.bare = true;
        self
    }

    pub(super) fn event(mut self) -> Self {
        self.event = true;
        self
    }

    pub(super) fn time(mut self) -> Self {
        self.time = true;
        self
    }
}

/// Words that are known, of which it cannot be said what they mean.
#[derive(Clone, Debug)]
pub(super) struct Doubt {
    pub reason: String,
    pub meanings: Vec<Meaning>,
}

impl Doubt {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), meanings: Vec::new() }
    }

    pub(super) fn or(mut self, words: impl Into<String>, expression: &Expression) -> Self {
        self.meanings.push(Meaning { words: words.into(), expression: expression.to_string() });
        self
    }
}

/// What some words were heard as.
pub(super) type Heard = Result<Clause, Doubt>;

/// A clause without more to say.
#[expect(clippy::unnecessary_wraps, reason = "what every alternative returns")]
pub(super) fn heard(expression: Expression) -> Option<Heard> {
    Some(Ok(Clause::new(expression)))
}

/// Reads words from left to right.
pub(super) struct Reader<'text> {
    pub text: &'text str,
    pub words: &'text [Word],
    pub at: usize,
    pub known: &'text Known,
    pub names: &'text Names,
    pub context: Context,
    /// What rows are to be, once somebody said so.
    pub rows: Option<Shape>,
    pub depth: usize,
}

impl<'text> Reader<'text> {
    pub(super) fn word(&self) -> Option<&'text Word> {
        self.words.get(self.at)
    }

    /// A word of the grammar some words ahead; empty for quoted text and behind the end.
    pub(super) fn plain(&self, ahead: usize) -> &'text str {
        self.words.get(self.at + ahead).map_or("", |word| word.plain.as_str())
    }

    /// The word before, empty at the beginning.
    pub(super) fn previous(&self) -> &'text str {
        let before = self.at.checked_sub(1).and_then(|at| self.words.get(at));
        before.map_or("", |word| word.plain.as_str())
    }

    /// Takes a phrase of the grammar if it comes next.
    pub(super) fn take(&mut self, phrase: &str) -> bool {
        let words = phrase.split(' ');
        let count = words.clone().count();
        let comes = words.enumerate().all(|(ahead, word)| self.plain(ahead) == word);
        if comes {
            self.at += count;
        }
        comes
    }

    /// Takes the first of some phrases that comes next.
    pub(super) fn take_any(&mut self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.take(phrase))
    }

    pub(super) fn comes(&self, phrase: &str) -> bool {
        phrase.split(' ').enumerate().all(|(ahead, word)| self.plain(ahead) == word)
    }

    /// Passes over words that say nothing here.
    pub(super) fn skip(&mut self, words: &[&str]) {
        while words.contains(&self.plain(0)) {
            self.at += 1;
        }
    }

    /// Tries to read; where that fails, nothing was read.
    pub(super) fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let (at, rows) = (self.at, self.rows);
        let read = read(self);
        if read.is_none() {
            (self.at, self.rows) = (at, rows);
        }
        read
    }

    /// Takes the longest name of a wanted kind.
    pub(super) fn name(&mut self, wanted: &dyn Fn(Named) -> bool) -> Option<(Vec<Named>, Range<usize>)> {
        let (found, length) = self.names.at(self.words.get(self.at..)?, wanted)?;
        let range = self.bytes(self.at..self.at + length);
        self.at += length;
        Some((found, range))
    }

    /// Takes a name of which there is only one; where several look the same, the one that is written exactly so.
    pub(super) fn only(&mut self, wanted: &dyn Fn(Named) -> bool) -> Option<Named> {
        self.attempt(|reader| {
            let (found, range) = reader.name(wanted)?;
            match found.as_slice() {
                [one] => Some(*one),
                several => {
                    let typed = reader.text.get(range)?.trim_matches(['\'', '"', '“', '”', '‘', '’', '„', '«', '»']);
                    let mut exact = several.iter().filter(|named| reader.written(**named) == typed);
                    let first = exact.next().copied();
                    first.filter(|_| exact.next().is_none())
                }
            }
        })
    }

    /// A name as it stands in the project.
    pub(super) fn written(&self, named: Named) -> &'text str {
        let known = self.known;
        match named {
            Named::Score(place) => known.scores.get(place).map(|score| score.name.as_str()),
            Named::ScoreOption(place, option) => {
                known.scores.get(place).and_then(|score| score.options.get(option)).map(|(name, _)| name.as_str())
            }
            Named::Pick(place) => known.picks.get(place).map(|question| question.name.as_str()),
            Named::PickOption(place, option) => {
                known.picks.get(place).and_then(|question| question.options.get(option)).map(String::as_str)
            }
            Named::TextQuestion(place) => known.texts.get(place).map(|question| question.name.as_str()),
            Named::Tag(place) => known.tags.get(place).map(String::as_str),
            Named::Key(place) => known.metadata.get(place).and_then(|entry| entry.path.last()).map(String::as_str),
            Named::Value(place, value) => {
                known.metadata.get(place).and_then(|entry| entry.values.get(value)).and_then(serde_json::Value::as_str)
            }
            Named::Model(place) => known.models.get(place).map(String::as_str),
            Named::Person(place) => known.people.get(place).map(|person| person.email.as_str()),
            Named::List(place) => known.lists.get(place).map(String::as_str),
            Named::SpanType(place) => known.span_types.get(place).map(String::as_str),
            Named::SpanName(place) => known.span_names.get(place).map(String::as_str),
        }
        .unwrap_or_default()
    }

    /// The bytes of some words.
    pub(super) fn bytes(&self, words: Range<usize>) -> Range<usize> {
        let start = self.words.get(words.start).map_or(self.text.len(), |word| word.range.start);
        let end = words.end.checked_sub(1).and_then(|last| self.words.get(last)).map_or(start, |word| word.range.end);
        start..end.max(start)
    }

    /// Takes an `and`, `or`, `nor` or comma between the items of a list.
    pub(super) fn joint(&mut self) -> Option<Joint> {
        let comma = self.take(",");
        let joint = match self.plain(0) {
            "and" => Joint::And,
            "or" | "nor" | "and/or" => Joint::Or,
            "but" => Joint::But,
            _ if comma => return Some(Joint::Comma),
            _ => return None,
        };
        self.at += 1;
        Some(joint)
    }

    /// Whether a phrase can end here: at a comma, a bracket, a conjunction or the end.
    pub(super) fn ends(&self) -> bool {
        self.word().is_none_or(|word| word.kind == WordKind::Sign && matches!(word.plain.as_str(), "," | ")" | "and" | "or"))
            || AFTER.split_whitespace().any(|word| word == self.plain(0))
    }
}

/// What stands between two items of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    Comma,
    And,
    Or,
    But,
}

/// Words that turn what follows into its opposite.
const NEGATIONS: &str = "\
    not no without isn't aren't wasn't weren't don't doesn't didn't hasn't haven't isnt arent dont doesnt didnt hasnt havent \
    never except excluding exclude excludes neither nor missing lacking lacks lack minus can't cannot non";

/// Words that say nothing of which rows are meant.
const FILLERS: &str = "\
    show find give get fetch list display see want need to please all any every everything anything something only just the \
    a an those these them that which who whose where when with having have has had are is were was be been being there row \
    rows trace traces log logs record records request requests run runs item items case cases example examples entry entries \
    result results conversation conversations interaction interactions task tasks point points data thing things one ones \
    for of in on from filter also too yet currently still already ever it they their its do does did evaluation metric so \
    far we our you can ticket tickets traffic chat chats message messages query queries generation generations";

/// Whether a word turns what follows into its opposite.
pub(super) fn negates(word: &str) -> bool {
    NEGATIONS.split_whitespace().any(|negation| negation == word)
}

/// Whether a word says nothing of which rows are meant.
pub(super) fn is_filler(word: &str) -> bool {
    FILLERS.split_whitespace().any(|filler| filler == word)
}

/// Words with which a phrase does not go on.
const AFTER: &str = "and or but nor with without that which who where while yet only at please rows traces spans ones too so anymore";
