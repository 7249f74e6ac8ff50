//! How conditions are joined: values of one thing bind tightest, then *and*, then *or*; a comma parts what was said before from what is
//! said after it. Where people would read two things, nothing is chosen.

mod doubts;

use std::ops::Range;

use super::build::{all, any, leaves_out, opposite};
use super::reader::{Clause, Doubt, Heard, Reader, is_filler, negates};
use super::words::WordKind;
use super::{Meaning, NotUnderstood, UnderstoodPart, span};
use crate::filter::{Expression, Shape, parse_expression};
use doubts::without_doubts;

/// Brackets, *either* and *not* may stand so deep inside one another.
const DEEPEST: usize = 16;

/// What a comparison that is turned round does not say.
const LEFT_OUT: &str = "rows without a value stay out";

/// What people begin with, which says nothing of rows.
const OPENINGS: [&str; 9] =
    ["show me", "give me", "get me", "find me", "let me see", "i want to see", "i want", "i need", "i'd like to see"];

/// What stands between two conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    /// Nothing.
    Beside,
    And,
    Or,
    Comma,
    CommaOr,
}

impl Link {
    fn parts_segments(self) -> bool {
        matches!(self, Self::Comma | Self::CommaOr)
    }
}

/// A condition, or several in brackets, with the words that it came from.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    clause: Clause,
    range: Range<usize>,
    parts: Vec<UnderstoodPart>,
}

impl Unit {
    /// The filter, and what each phrase became.
    pub(super) fn into_filter(self) -> (String, Vec<UnderstoodPart>) {
        (self.clause.expression.to_string(), self.parts)
    }
}

/// What was found at a place.
enum Found {
    Unit(Unit),
    /// Words that say nothing.
    Nothing,
    Lost,
}

/// What was made of a text so far.
#[derive(Default)]
pub(super) struct Outcome {
    pub unknown: Vec<NotUnderstood>,
    /// Words that nothing was made of, as places of words.
    pub lost: Vec<Range<usize>>,
    /// Where traces were spoken of.
    pub traces: Option<Range<usize>>,
}

impl Reader<'_> {
    /// Everything up to the end or to the closing bracket.
    pub(super) fn sequence(&mut self, outcome: &mut Outcome) -> Option<Unit> {
        let mut units: Vec<(Link, Unit)> = Vec::new();
        let mut link = Link::Beside;
        while let Some(word) = self.word() {
            let plain = word.plain.as_str();
            match (plain, &word.kind) {
                (")", WordKind::Sign) => {
                    self.at += 1;
                    if self.depth > 0 {
                        break;
                    }
                    continue;
                }
                (",", WordKind::Sign) => link = if link == Link::Or { Link::CommaOr } else { Link::Comma },
                ("or", _) => link = if link == Link::Comma { Link::CommaOr } else { Link::Or },
                ("and" | "but" | "plus", _) if link == Link::Beside => link = Link::And,
                ("and" | "but" | "plus", _) => {}
                _ => {
                    let start = self.at;
                    match self.unit(outcome) {
                        Found::Unit(mut unit) => {
                            // "Without errors but with comments": the *not* ends where a *with* begins anew.
                            unit.clause.bare &= units.is_empty() || link == Link::Beside || !self.begins_anew(start);
                            units.push((link, unit));
                            link = Link::Beside;
                        }
                        Found::Nothing => {}
                        Found::Lost => self.lose(start, outcome),
                    }
                    continue;
                }
            }
            self.at += 1;
        }
        self.joined(units, outcome)
    }

    fn begins_anew(&self, start: usize) -> bool {
        let mut before = self.words.get(..start).unwrap_or_default().iter().rev().map(|word| word.plain.as_str());
        let determiner = before.find(|word| !matches!(*word, "a" | "an" | "the" | "any"));
        matches!(determiner, Some("has" | "have" | "having" | "with"))
    }

    fn lose(&mut self, start: usize, outcome: &mut Outcome) {
        self.at = self.at.max(start + 1);
        match outcome.lost.last_mut() {
            Some(last) if last.end == start => last.end = self.at,
            _ => outcome.lost.push(start..self.at),
        }
    }

    /// One condition with what turns it into its opposite.
    fn unit(&mut self, outcome: &mut Outcome) -> Found {
        let start = self.at;
        if self.word().is_none() {
            return Found::Nothing;
        }
        if self.depth < DEEPEST {
            if self.take("(") {
                return self.nested(|reader| reader.sequence(outcome), start);
            }
            if self.comes("either") && !self.comes("either way") {
                self.at += 1;
                return self.nested(|reader| reader.either(outcome), start);
            }
        }
        if let Some(heard) = self.clause() {
            return self.understood(heard, start, false, outcome);
        }
        if negates(self.plain(0)) {
            return self.negated(start, outcome);
        }
        if self.take_any(&OPENINGS) {
            return Found::Nothing;
        }
        match self.plain(0) {
            "spans" | "span" => self.rows = Some(Shape::Spans),
            "traces" | "trace" => {
                outcome.traces.get_or_insert(self.at..self.at + 1);
            }
            word if is_filler(word) => {}
            _ => return Found::Lost,
        }
        self.at += 1;
        Found::Nothing
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Option<Unit>, start: usize) -> Found {
        self.depth += 1;
        let unit = read(self);
        self.depth -= 1;
        match unit {
            Some(mut unit) => {
                unit.range = self.bytes(start..self.at);
                (unit.clause.bare, unit.clause.open, unit.clause.negated, unit.clause.time) = (false, false, false, false);
                Found::Unit(unit)
            }
            None => Found::Nothing,
        }
    }

    /// *Either … or …*.
    fn either(&mut self, outcome: &mut Outcome) -> Option<Unit> {
        let mut units = Vec::new();
        loop {
            let start = self.at;
            match self.unit(outcome) {
                Found::Unit(unit) => {
                    units.push(unit);
                    if !self.take("or") {
                        break;
                    }
                }
                Found::Nothing if self.word().is_some() => {}
                Found::Nothing => break,
                Found::Lost => {
                    self.lose(start, outcome);
                    break;
                }
            }
        }
        let first = units.first()?;
        let range = first.range.start..units.last()?.range.end;
        let expressions = units.iter().map(|unit| unit.clause.expression.clone()).collect();
        let parts = units.iter().flat_map(|unit| unit.parts.clone()).collect();
        Some(Unit { clause: Clause::new(any(expressions)), range, parts })
    }

    /// *Not*, *without*, *neither … nor*.
    fn negated(&mut self, start: usize, outcome: &mut Outcome) -> Found {
        let mut negated = false;
        loop {
            // "Missing" and the like may be words of a name or of a condition, so each place is tried.
            if self.at > start
                && let Some(heard) = self.clause()
            {
                return self.understood(heard, start, negated, outcome);
            }
            let plain = self.plain(0);
            if negates(plain) {
                negated = !negated;
            } else if self.depth < DEEPEST && self.take("(") {
                let lost = outcome.lost.len();
                let found = self.nested(|reader| reader.sequence(outcome), start);
                if let Found::Unit(mut unit) = found {
                    if negated {
                        unit.clause.expression = opposite(unit.clause.expression);
                        let words = unit.range.clone();
                        unit.parts = vec![UnderstoodPart {
                            range: span(&words),
                            expression: unit.clause.expression.to_string(),
                            hint: if leaves_out(&unit.clause.expression) { LEFT_OUT.to_owned() } else { String::new() },
                        }];
                    }
                    return Found::Unit(unit);
                }
                // Not what? Where words were lost inside, that is told already.
                return if outcome.lost.len() > lost { found } else { Found::Lost };
            } else if !is_filler(plain) || matches!(plain, "" | "all" | "every" | "everything" | "only" | "just") {
                // "Not all" and "not only" are something else than "not".
                self.at += usize::from(self.word().is_some_and(|word| word.kind != WordKind::Sign));
                return Found::Lost;
            }
            self.at += 1;
        }
    }

    /// Whether a condition begins here.
    pub(super) fn condition_follows(&mut self) -> bool {
        let (at, rows) = (self.at, self.rows);
        self.skip(&["the", "is", "are", "has", "have", "not", "no", "with", "without", "it", "was", "were", "doesn't", "isn't"]);
        let follows = self.short_clause().is_some();
        (self.at, self.rows) = (at, rows);
        follows
    }

    /// What conditions begin with, without those that look for text, which look here.
    fn short_clause(&mut self) -> Option<Heard> {
        let alternatives: [fn(&mut Self) -> Option<Heard>; 10] = [
            Self::time_clause,
            Self::error_clause,
            Self::tag_clause,
            Self::review_clause,
            Self::score_clause,
            Self::pick_clause,
            Self::metric_clause,
            Self::presence_clause,
            Self::span_clause,
            Self::metadata_clause,
        ];
        self.best(&alternatives)
    }

    /// The condition that begins here: of all ways to hear the words the one that takes most of them. Two that take as many and mean
    /// different things are no condition, but a doubt.
    fn clause(&mut self) -> Option<Heard> {
        let alternatives: [fn(&mut Self) -> Option<Heard>; 12] = [
            Self::time_clause,
            Self::error_clause,
            Self::tag_clause,
            Self::review_clause,
            Self::score_clause,
            Self::pick_clause,
            Self::metric_clause,
            Self::text_clause,
            Self::presence_clause,
            Self::span_clause,
            Self::metadata_clause,
            Self::bare_name,
        ];
        self.best(&alternatives)
    }

    fn best(&mut self, alternatives: &[fn(&mut Self) -> Option<Heard>]) -> Option<Heard> {
        let (start, rows) = (self.at, self.rows);
        let mut best: Option<(usize, Option<Shape>, Heard)> = None;
        for read in alternatives {
            (self.at, self.rows) = (start, rows);
            let Some(heard) = self.attempt(read) else { continue };
            let (end, shape) = (self.at, self.rows);
            best = Some(match best.take() {
                None => (end, shape, heard),
                Some((other, shape_before, before)) => match (end.cmp(&other), &before, &heard) {
                    (std::cmp::Ordering::Greater, ..) => (end, shape, heard),
                    (std::cmp::Ordering::Equal, Ok(one), Ok(two)) if one.expression != two.expression => {
                        let typed = self.text.get(self.bytes(start..end)).unwrap_or_default();
                        let doubt = Doubt::new(format!("“{typed}” can mean two things."))
                            .or(one.hint.clone(), &one.expression)
                            .or(two.hint.clone(), &two.expression);
                        (end, rows, Err(doubt))
                    }
                    (std::cmp::Ordering::Equal, Err(_), Ok(_)) => (end, shape, heard),
                    _ => (other, shape_before, before),
                },
            });
        }
        let (end, shape, heard) = best?;
        (self.at, self.rows) = (end, shape);
        Some(heard)
    }

    fn understood(&mut self, heard: Heard, start: usize, negated: bool, outcome: &mut Outcome) -> Found {
        let range = self.bytes(start..self.at);
        let mut clause = match heard {
            Ok(clause) => clause,
            Err(Doubt { reason, meanings }) => {
                outcome.unknown.push(NotUnderstood { range: span(&range), reason, meanings });
                return Found::Nothing;
            }
        };
        if negated {
            clause.expression = opposite(clause.expression);
            if clause.expression == super::reviews::not_complete() {
                super::reviews::NOT_COMPLETE.clone_into(&mut clause.hint);
            }
            clause.negated = true;
            clause.bare = false;
        }
        let written = clause.expression.to_string();
        if parse_expression(&written).is_err() {
            let reason = "This cannot be asked of rows.".to_owned();
            outcome.unknown.push(NotUnderstood { range: span(&range), reason, meanings: Vec::new() });
            return Found::Nothing;
        }
        if leaves_out(&clause.expression) {
            clause.hint = if clause.hint.is_empty() { LEFT_OUT.to_owned() } else { format!("{}; {LEFT_OUT}", clause.hint) };
        }
        let part = UnderstoodPart { range: span(&range), expression: written, hint: clause.hint.clone() };
        Found::Unit(Unit { clause, range, parts: vec![part] })
    }

    fn joined(&self, units: Vec<(Link, Unit)>, outcome: &mut Outcome) -> Option<Unit> {
        let units = without_doubts(units, outcome);
        let mut segments: Vec<(Link, Vec<(Link, Unit)>)> = Vec::new();
        for (link, unit) in units {
            match segments.last_mut() {
                Some((_, segment)) if !link.parts_segments() => segment.push((link, unit)),
                _ => segments.push((link, vec![(link, unit)])),
            }
        }
        let mut joined: Vec<(Link, Segment)> = Vec::new();
        for (link, segment) in segments {
            match Segment::of(segment) {
                Ok(segment) => joined.push((link, segment)),
                Err(doubt) => outcome.unknown.push(doubt),
            }
        }
        self.segments(joined, outcome)
    }

    fn segments(&self, segments: Vec<(Link, Segment)>, outcome: &mut Outcome) -> Option<Unit> {
        let range = segments.first()?.1.range.start..segments.last()?.1.range.end;
        let expressions: Vec<Expression> = segments.iter().map(|(_, segment)| segment.expression.clone()).collect();
        let ors = segments.iter().skip(1).filter(|(link, _)| *link == Link::CommaOr).count();
        let single = |segment: &Segment| segment.parts.len() == 1 && !segment.is_time;
        let (expression, other) = if ors == 0 {
            // "A, b or c" is a list of three to some people, and to others not.
            let last = segments.last().map(|(_, segment)| segment);
            let before = segments.len().checked_sub(2).and_then(|place| segments.get(place)).map(|(_, segment)| segment);
            let listed = last.is_some_and(|last| last.has_or) && before.is_some_and(single);
            (all(expressions.clone()), listed.then(|| any(expressions)))
        } else if segments.len() == 2 || segments.iter().all(|(_, segment)| single(segment)) {
            (any(expressions), None)
        } else {
            (all(expressions.clone()), Some(any(expressions)))
        };
        if let Some(other) = other {
            outcome.unknown.push(ambiguous(&range, &expression, &other));
            return None;
        }
        let parts = segments.into_iter().flat_map(|(_, segment)| segment.parts).collect();
        Some(Unit { clause: Clause::new(expression), range, parts })
    }
}

/// What stands between two commas.
struct Segment {
    expression: Expression,
    range: Range<usize>,
    parts: Vec<UnderstoodPart>,
    has_or: bool,
    is_time: bool,
}

impl Segment {
    fn of(units: Vec<(Link, Unit)>) -> Result<Self, NotUnderstood> {
        let start = units.first().map_or(0, |(_, unit)| unit.range.start);
        let end = units.last().map_or(start, |(_, unit)| unit.range.end);
        let range = start..end;
        let has_or = units.iter().skip(1).any(|(link, _)| *link == Link::Or);
        let is_time = units.len() == 1 && units.iter().all(|(_, unit)| unit.clause.time);
        let expression = grouped(&units, |link| link == Link::Or);
        // Said side by side, without an "and", the last may belong to all that was said before.
        if has_or && units.iter().skip(1).any(|(link, _)| *link == Link::Beside) {
            let other = by_neighbours(&units);
            if other != expression {
                return Err(ambiguous(&range, &expression, &other));
            }
        }
        let parts = units.into_iter().flat_map(|(_, unit)| unit.parts).collect();
        Ok(Self { expression, range, parts, has_or, is_time })
    }
}

/// `and` first, then `or`.
fn grouped(units: &[(Link, Unit)], parts: impl Fn(Link) -> bool) -> Expression {
    let mut groups: Vec<Vec<Expression>> = Vec::new();
    for (place, (link, unit)) in units.iter().enumerate() {
        match groups.last_mut() {
            Some(group) if place > 0 && !parts(*link) => group.push(unit.clause.expression.clone()),
            _ => groups.push(vec![unit.clause.expression.clone()]),
        }
    }
    any(groups.into_iter().map(all).collect())
}

/// What is said side by side is joined last.
fn by_neighbours(units: &[(Link, Unit)]) -> Expression {
    let mut groups: Vec<Vec<(Link, Unit)>> = Vec::new();
    for (place, (link, unit)) in units.iter().enumerate() {
        match groups.last_mut() {
            Some(group) if place > 0 && *link != Link::Beside => group.push((*link, unit.clone())),
            _ => groups.push(vec![(*link, unit.clone())]),
        }
    }
    all(groups.iter().map(|group| grouped(group, |link| link == Link::Or)).collect())
}

fn ambiguous(range: &Range<usize>, one: &Expression, other: &Expression) -> NotUnderstood {
    let meaning = |expression: &Expression| Meaning { words: String::new(), expression: expression.to_string() };
    NotUnderstood { range: span(range), reason: "This can mean two things.".to_owned(), meanings: vec![meaning(one), meaning(other)] }
}
