//! What rows say: *output contains "refund"*, *mentions late delivery*, and whether they failed.

use super::build::{all, any, binary, call, missing, opposite, path, present, text};
use super::names::Named;
use super::reader::{Clause, Heard, Joint, Reader, heard};
use super::words::WordKind;
use crate::filter::{BinaryOperator, Expression};

/// How a text is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Search {
    /// As it stands, anywhere.
    Part,
    /// Its words.
    Words,
    Beginning,
    End,
}

const SEARCHES: [(&str, Search); 40] = [
    ("wrote", Search::Words),
    ("writes", Search::Words),
    ("writing", Search::Words),
    ("does not contain", Search::Part),
    ("contains the text", Search::Part),
    ("contains the words", Search::Words),
    ("contains the word", Search::Words),
    ("contain the word", Search::Words),
    ("containing the word", Search::Words),
    ("contains the phrase", Search::Part),
    ("contains", Search::Part),
    ("contain", Search::Part),
    ("containing", Search::Part),
    ("includes the word", Search::Words),
    ("includes", Search::Part),
    ("include", Search::Part),
    ("including", Search::Part),
    ("with the words", Search::Words),
    ("with the word", Search::Words),
    ("with the text", Search::Part),
    ("mentions", Search::Words),
    ("mention", Search::Words),
    ("mentioning", Search::Words),
    ("mentioned", Search::Words),
    ("says", Search::Words),
    ("say", Search::Words),
    ("saying", Search::Words),
    ("said", Search::Words),
    ("matches", Search::Words),
    ("match", Search::Words),
    ("matching", Search::Words),
    ("talks about", Search::Words),
    ("talk about", Search::Words),
    ("talking about", Search::Words),
    ("is about", Search::Words),
    ("about", Search::Words),
    ("starts with", Search::Beginning),
    ("begins with", Search::Beginning),
    ("ends with", Search::End),
    ("search for", Search::Words),
];

/// Words that a text in which nobody said where it ends cannot hold.
const ENDS: &str = "\
    and or but with without that which who where while tagged rated scored assigned flagged reviewed unreviewed created \
    since using nor excluding except over above below under more less is are was were not from longer shorter slower faster \
    between contains mentions has have having when";

const MOST_WORDS: usize = 12;

impl Reader<'_> {
    /// A column that holds text.
    fn text_column(&mut self) -> Option<Expression> {
        self.skip(&["the", "whose", "its", "their", "user", "user's"]);
        if let Some(Named::TextQuestion(place)) = self.attempt(|reader| reader.only(&|named| matches!(named, Named::TextQuestion(_)))) {
            let steps: Vec<&str> = self.known.texts.get(place)?.path.iter().map(String::as_str).collect();
            let whole: Vec<&str> = std::iter::once("metadata").chain(steps).collect();
            return Some(path(&whole));
        }
        let column = if self.take_any(&["expected output", "expected answer", "expected value", "expected", "ground truth"]) {
            "expected"
        } else if self.take_any(&["error message", "error messages", "error text", "error", "errors"]) {
            "error"
        } else if self.take_any(&["inputs", "input", "question", "questions", "prompt", "prompts"]) {
            "input"
        } else if self.take_any(&["outputs", "output", "responses", "response", "reply", "replies", "completion", "completions"]) {
            "output"
        } else if self.take_any(&["comments", "comment", "commented"]) {
            "comments"
        } else {
            return None;
        };
        self.skip(&["text", "field", "column", "that", "which"]);
        Some(path(&[column]))
    }

    /// *The customer wrote*, *the answer contains*: who speaks, where a search follows; and what is taken for it.
    fn spoken(&mut self) -> Option<(Expression, &'static str)> {
        self.skip(&["the", "a"]);
        let (column, hint) = if self.take_any(&["customers", "customer", "users", "user"]) {
            ("input", "what customers write is the input")
        } else {
            self.take_any(&["answers", "answer"]).then_some(("output", "the answer is the output"))?
        };
        self.skip(&["that", "which", "who"]);
        self.search_follows().then(|| (path(&[column]), hint))
    }

    /// Whether what comes says what to look for.
    pub(super) fn search_follows(&mut self) -> bool {
        let start = self.at;
        let follows = self.not_before_a_search() || SEARCHES.iter().any(|(phrase, _)| self.comes(phrase));
        self.at = start;
        follows
    }

    fn spoken_text(&mut self) -> Option<Heard> {
        let (column, hint) = self.spoken()?;
        let negated = self.not_before_a_search();
        let (expression, open) = self.text_in(column)?;
        let mut clause = Clause::new(if negated { opposite(expression) } else { expression }).hint(hint);
        clause.open = open;
        Some(Ok(clause))
    }

    pub(super) fn text_clause(&mut self) -> Option<Heard> {
        self.attempt(Self::spoken_text)
            .or_else(|| self.attempt(Self::column_text))
            .or_else(|| self.attempt(Self::word_in_a_column))
            .or_else(|| self.attempt(Self::any_text))
    }

    fn column_text(&mut self) -> Option<Heard> {
        let mut columns = vec![self.text_column()?];
        // "Input or output mentions refund".
        let mut joint = Joint::Or;
        while columns.len() < 4 {
            let more = self.attempt(|reader| {
                let joint = reader.joint().filter(|joint| matches!(joint, Joint::And | Joint::Or))?;
                Some((joint, reader.text_column()?))
            });
            let Some((next, column)) = more else { break };
            joint = next;
            columns.push(column);
        }
        let negated = self.not_before_a_search();
        if let Some((how, words)) = self.attempt(Self::searched) {
            let (found, open) = words;
            let each = columns.iter().map(|column| found.expression(&|words| looked_for(column.clone(), how, words)));
            let each: Vec<Expression> = each.collect();
            let whole = if joint == Joint::And { all(each) } else { any(each) };
            let mut whole = if negated { opposite(whole) } else { whole };
            // "Mentions 'refund' but not 'sorry'".
            while !negated
                && !open
                && let [column] = columns.as_slice()
                && let Some(typed) = self.attempt(Self::but_not)
            {
                whole = all(vec![whole, opposite(looked_for(column.clone(), how, &typed))]);
            }
            let mut clause = Clause::new(whole);
            clause.open = open;
            return Some(Ok(clause));
        }
        if negated {
            return None;
        }
        // "Output is 'yes'": exactly, where it stands in quotes.
        let column = columns.pop().filter(|_| columns.is_empty())?;
        let predicate = self.predicate()?;
        let WordKind::Quoted(typed) = &self.word()?.kind else { return None };
        self.at += 1;
        let expression = binary(column, BinaryOperator::Equal, text(typed));
        heard(if predicate.negated { opposite(expression) } else { expression })
    }

    /// *Jacket in the question*, *boots not in the answer*: one word, or what stands in quotes.
    fn word_in_a_column(&mut self) -> Option<Heard> {
        let word = self.word()?;
        let typed = match &word.kind {
            WordKind::Quoted(inside) => inside.clone(),
            WordKind::Plain if !super::reader::is_filler(&word.plain) && !super::reader::negates(&word.plain) => {
                (!self.condition_follows()).then(|| self.text.get(word.range.clone()))??.to_owned()
            }
            _ => return None,
        };
        self.at += 1;
        self.skip(&["is", "was"]);
        let negated = self.take("not");
        self.take_any(&["in the", "in their", "in its"]).then_some(())?;
        let column = match self.plain(0) {
            "question" | "input" | "prompt" => "input",
            "answer" | "output" | "response" | "reply" => "output",
            _ => return None,
        };
        self.at += 1;
        self.ends().then_some(())?;
        let found = looked_for(path(&[column]), Search::Words, &typed);
        Some(Ok(Clause::new(if negated { opposite(found) } else { found }).hint(format!("the words, in the {column}"))))
    }

    fn but_not(&mut self) -> Option<String> {
        self.take_any(&["but not", "and not"]).then_some(())?;
        let WordKind::Quoted(typed) = &self.word()?.kind else { return None };
        self.at += 1;
        Some(typed.clone())
    }

    fn not_before_a_search(&mut self) -> bool {
        self.attempt(|reader| {
            let negated =
                reader.take_any(&["does not", "doesn't", "do not", "don't", "did not", "didn't", "never", "not", "doesnt", "dont"]);
            (negated && SEARCHES.iter().any(|(phrase, _)| reader.comes(phrase))).then_some(())
        })
        .is_some()
    }

    /// What is looked for in a column that was named before, and whether it is open where it ends.
    pub(super) fn text_in(&mut self, column: Expression) -> Option<(Expression, bool)> {
        let (how, (found, open)) = self.searched()?;
        Some((found.expression(&|words| looked_for(column.clone(), how, words)), open))
    }

    fn any_text(&mut self) -> Option<Heard> {
        let negated = self.not_before_a_search();
        let (_, (found, open)) = self.searched()?;
        let whole = found.expression(&|words| call("search", vec![text(words)]));
        let mut clause = Clause::new(if negated { opposite(whole) } else { whole }).hint("the words, in any text of the row");
        clause.open = open;
        Some(Ok(clause))
    }

    /// How, and what, and whether it was open where it ends.
    fn searched(&mut self) -> Option<(Search, (Wanted, bool))> {
        let (_, how) = SEARCHES.iter().find(|(phrase, _)| self.take(phrase))?;
        let how = *how;
        self.skip(&["the", "a", "an", "words", "word", "phrase", "text", "either", "both", ":"]);
        let (first, mut open) = self.wanted_text()?;
        let mut words = vec![first];
        let mut joint = None;
        while words.len() < 32 {
            let more = self.attempt(|reader| {
                let joint = reader.joint().filter(|joint| matches!(joint, Joint::And | Joint::Or))?;
                let at = reader.at;
                if !open && matches!(reader.word().map(|word| &word.kind), Some(WordKind::Quoted(_))) {
                    let WordKind::Quoted(typed) = &reader.word()?.kind else { return None };
                    reader.at += 1;
                    return Some((joint, typed.clone(), false));
                }
                // A word that could begin another condition is one.
                if !open || reader.condition_follows() {
                    return None;
                }
                reader.at = at;
                let (next, next_open) = reader.wanted_text()?;
                reader.ends().then_some((joint, next, next_open))
            });
            let Some((next, word, next_open)) = more else { break };
            match joint {
                None => joint = Some(next),
                Some(before) if before == next => {}
                Some(_) => return None,
            }
            open |= next_open;
            words.push(word);
        }
        let wanted = Wanted { words, all: joint == Some(Joint::And) };
        Some((how, (wanted, open)))
    }

    /// The text that is looked for, and whether it ends where nothing says so.
    fn wanted_text(&mut self) -> Option<(String, bool)> {
        if let WordKind::Quoted(typed) = &self.word()?.kind {
            self.at += 1;
            return (!typed.is_empty()).then(|| (typed.clone(), false));
        }
        let start = self.at;
        while self.at < start + MOST_WORDS {
            let Some(word) = self.word() else { break };
            let plain = word.plain.as_str();
            let closes = matches!(word.kind, WordKind::Sign | WordKind::Quoted(_)) || ENDS.split_whitespace().any(|end| end == plain);
            if closes || self.at > start && self.time_begins() {
                break;
            }
            self.at += 1;
        }
        let range = self.bytes(start..self.at);
        let typed = self.text.get(range)?;
        (self.at > start).then(|| (typed.split_whitespace().collect::<Vec<_>>().join(" "), true))
    }

    /// Whether a time begins here, which is no part of a text.
    fn time_begins(&mut self) -> bool {
        let likely = matches!(
            self.plain(0),
            "in" | "during"
                | "on"
                | "last"
                | "past"
                | "today"
                | "yesterday"
                | "this"
                | "before"
                | "after"
                | "until"
                | "within"
                | "older"
                | "newer"
        );
        if !likely {
            return false;
        }
        let (at, rows) = (self.at, self.rows);
        let begins = self.time_clause().is_some();
        (self.at, self.rows) = (at, rows);
        begins
    }

    /// Whether rows failed.
    pub(super) fn error_clause(&mut self) -> Option<Heard> {
        let error = path(&["error"]);
        if self.take_any(&["status is not", "status isn't", "status !="]) {
            return self.status_word().map(|failed| Ok(Clause::new(if failed { missing(error) } else { present(error) })));
        }
        if self
            .attempt(|reader| {
                (reader.take("status") && {
                    reader.skip(&["is", "=", ":", "was"]);
                    true
                })
                .then_some(())
            })
            .is_some()
        {
            return self.status_word().map(|failed| Ok(Clause::new(if failed { present(error) } else { missing(error) })));
        }
        if self.take_any(&["successful", "succeeded", "successfully", "successes", "success", "error-free", "errorless", "error free"]) {
            return heard(missing(error));
        }
        const FAILED: [&str; 16] = [
            "errors",
            "error",
            "errored",
            "erroring",
            "erred",
            "failed",
            "failing",
            "failures",
            "failure",
            "fail",
            "fails",
            "exceptions",
            "exception",
            "crashed",
            "an error",
            "failed to run",
        ];
        self.take_any(&FAILED).then_some(())?;
        self.take_any(&["to run successfully", "to run", "with an error", "out"]);
        if self.previous() == "out" {
            return None;
        }
        let noun = matches!(
            self.words.get(self.at - 1).map(|word| word.plain.as_str()),
            Some("errors" | "error" | "failures" | "failure" | "exceptions" | "exception")
        );
        let clause = Clause::new(present(error));
        Some(Ok(if noun { clause.bare() } else { clause }))
    }

    fn status_word(&mut self) -> Option<bool> {
        if self.take_any(&["error", "errored", "failed", "failure", "failing"]) {
            Some(true)
        } else {
            self.take_any(&["ok", "success", "successful", "succeeded", "fine"]).then_some(false)
        }
    }

    /// Whether a column is there: *no expected output*, *output is missing*.
    pub(super) fn presence_clause(&mut self) -> Option<Heard> {
        self.attempt(|reader| {
            let determined = matches!(
                reader.previous(),
                "with"
                    | "without"
                    | "no"
                    | "any"
                    | "an"
                    | "a"
                    | "have"
                    | "has"
                    | "having"
                    | "missing"
                    | "lacking"
                    | "lacks"
                    | "lack"
                    | "not"
                    | "the"
            );
            // "In the output" says where, not that there is one.
            let placed =
                reader.at > 1 && reader.previous() == "the" && reader.words[..reader.at - 1].last().is_some_and(|word| word.plain == "in");
            let determined = determined && !placed;
            let column = reader.text_column()?;
            let full = reader.take_any(&["is not empty", "isn't empty", "not empty", "is not blank"]);
            if full || reader.take_any(&["is empty", "was empty", "are empty", "empty", "is blank"]) {
                let empty = match column == path(&["comments"]) {
                    true => missing(column),
                    false => any(vec![missing(column.clone()), binary(column, BinaryOperator::Equal, text(""))]),
                };
                return heard(if full { opposite(empty) } else { empty });
            }
            if let Some(predicate) = reader.attempt(|reader| {
                reader
                    .predicate()
                    .filter(|predicate| matches!(predicate.relation, super::amounts::Relation::Missing | super::amounts::Relation::Present))
            }) {
                return reader.compared(&column, predicate, super::amounts::Measure::Count);
            }
            (determined && (reader.ends() || reader.at == reader.words.len())).then(|| Ok(Clause::new(present(column)).bare()))
        })
    }
}

/// Texts that are looked for, all of them or one.
struct Wanted {
    words: Vec<String>,
    all: bool,
}

impl Wanted {
    fn expression(&self, one: &dyn Fn(&str) -> Expression) -> Expression {
        let each: Vec<Expression> = self.words.iter().map(|words| one(words)).collect();
        if self.all { all(each) } else { any(each) }
    }
}

fn looked_for(column: Expression, how: Search, typed: &str) -> Expression {
    // Comments are a list, of which no text is a part.
    let how = if column == path(&["comments"]) || column == path(&["comments", "text"]) { Search::Words } else { how };
    let escaped = typed.replace('%', "\\%");
    match how {
        Search::Words => binary(column, BinaryOperator::Match, text(typed)),
        Search::Part => binary(column, BinaryOperator::LikeIgnoringCase, text(&format!("%{escaped}%"))),
        Search::Beginning => binary(column, BinaryOperator::LikeIgnoringCase, text(&format!("{escaped}%"))),
        Search::End => binary(column, BinaryOperator::LikeIgnoringCase, text(&format!("%{escaped}"))),
    }
}
