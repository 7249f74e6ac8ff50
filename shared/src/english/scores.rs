//! Scores and answers: *Preference above 80 %*, *rated below 20 % by Mara*, *marked as Resolved*.

use super::amounts::{Measure, Relation};
use super::build::{all, any, binary, missing, number, one_of, opposite, path, present};
use super::names::Named;
use super::reader::{Clause, Doubt, Heard, Joint, Reader, heard};
use super::reviews::Speaker;
use crate::filter::{BinaryOperator, Expression};

/// Where a score is read.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    /// What counts.
    Counts,
    Gold,
    Reported,
    Feedback,
    /// What one person said.
    Said(Speaker),
}

const NOUNS: [&str; 8] = ["score", "scores", "rating", "ratings", "value", "values", "answer", "answers"];
const NEEDS_ONLY_A_NOUN: [&str; 18] = [
    "with", "a", "an", "any", "the", "no", "without", "has", "have", "having", "missing", "lacking", "lacks", "lack", "not", "yet", "gold",
    "reported",
];

/// What an option of a score is compared with.
pub(super) const OF_THE_MEAN: &str = "compared with the mean of all answers; for what single people said, write answers";

fn is_score(named: Named) -> bool {
    matches!(named, Named::Score(_))
}

impl Reader<'_> {
    fn place_of(&self, source: &Source, name: &str) -> Expression {
        match source {
            Source::Counts => path(&["scores", name]),
            Source::Gold => path(&["gold", name]),
            Source::Reported => path(&["reported", name]),
            Source::Feedback => path(&["feedback", name]),
            Source::Said(speaker) => speaker.answer(name),
        }
    }

    fn main_score(&self) -> Option<usize> {
        let main = self.known.main_score.as_ref()?;
        self.known.scores.iter().position(|score| score.name == *main)
    }

    /// A score and what is asked of it.
    pub(super) fn score_clause(&mut self) -> Option<Heard> {
        self.attempt(Self::all_scores)
            .or_else(|| self.attempt(Self::disagreement))
            .or_else(|| self.attempt(Self::said_by_somebody))
            .or_else(|| self.attempt(Self::low_or_high))
            .or_else(|| self.attempt(Self::is_low_or_high))
            .or_else(|| self.attempt(Self::option_alone))
            .or_else(|| self.attempt(Self::scored_for))
            .or_else(|| self.attempt(Self::rated))
            .or_else(|| self.attempt(Self::named_score))
    }

    /// Without a name: *not scored*, *with a gold value*, *with user feedback*.
    fn all_scores(&mut self) -> Option<Heard> {
        let column = if self.take_any(&["unscored"]) {
            return heard(missing(path(&["scores"])));
        } else if self.take_any(&["scored", "any score", "scores", "a score"]) {
            "scores"
        } else if self.take_any(&["gold value", "gold values", "gold", "settled"]) {
            "gold"
        } else if self.take_any(&["user feedback", "end user feedback", "feedback from users", "feedback from end users", "feedback"]) {
            "feedback"
        } else {
            return None;
        };
        let subject = path(&[column]);
        if let Some(predicate) = self
            .attempt(|reader| reader.predicate().filter(|predicate| matches!(predicate.relation, Relation::Missing | Relation::Present)))
        {
            return self.compared(&subject, predicate, Measure::Score);
        }
        (self.ends() || self.time_follows()).then(|| Ok(Clause::new(present(subject)).bare()))
    }

    /// Whether what comes next is a time.
    fn time_follows(&mut self) -> bool {
        let (at, rows) = (self.at, self.rows);
        let follows = self.time_clause().is_some();
        (self.at, self.rows) = (at, rows);
        follows
    }

    /// *Reviewers disagree on Preference*.
    fn disagreement(&mut self) -> Option<Heard> {
        self.skip(&["reviewers", "people", "they", "raters", "annotators", "the"]);
        let negated = self.take_any(&["don't", "do not"]);
        let agrees = if self.take_any(&["disagree", "disagreed", "disagreement", "disagreements", "disagreeing"]) {
            negated
        } else if self.take_any(&["agree", "agreed", "agreement"]) {
            !negated
        } else {
            return None;
        };
        let named = self.attempt(|reader| {
            reader.skip(&["on", "about", "over", "in", "the", "for"]);
            reader.only(&is_score)
        });
        if let Some(named) = named
            && !agrees
            && let Some(compared) = self.attempt(|reader| {
                let predicate = reader.predicate().filter(|predicate| predicate.explicit)?;
                reader.compared(&path(&["answers", reader.written(named), "spread"]), predicate, Measure::Score)
            })
        {
            return Some(compared);
        }
        let zero = || number("0", 0);
        let spread = |name: &str| Some(binary(path(&["answers", name, "spread"]), BinaryOperator::Greater, zero()?));
        let expression = match named {
            Some(named) => spread(self.written(named))?,
            None if self.known.scores.len() > 8 => return Some(Err(Doubt::new("On which score? Write: disagree on, and its name."))),
            None => any(self.known.scores.iter().filter_map(|score| spread(&score.name)).collect()),
        };
        if named.is_none() && self.known.scores.is_empty() {
            return None;
        }
        heard(if agrees { opposite(expression) } else { expression })
    }

    /// *Mara rated Factuality above 80 %*, *I have not rated*, *Mara's preference*.
    fn said_by_somebody(&mut self) -> Option<Heard> {
        let speaker = if self.take("my") { Speaker::Me } else { self.speaker()?.ok()? };
        let owns = self.previous() == "my" || self.previous().ends_with("'s");
        let mut negated = false;
        while matches!(self.plain(0), "have" | "has" | "did" | "not" | "haven't" | "hasn't" | "didn't" | "havent" | "yet") {
            negated ^= matches!(self.plain(0), "not" | "haven't" | "hasn't" | "didn't" | "havent");
            self.at += 1;
        }
        let said = self.take_any(&["rated", "scored", "answered", "rate", "score", "answer", "gave"]);
        if !said && !owns {
            return None;
        }
        self.skip(&["yet", "the", "for", "on", "it", "them", "this", "these"]);
        let source = Source::Said(speaker);
        let score = match self.only(&is_score) {
            Some(Named::Score(score)) => score,
            _ => self.main_score().filter(|_| said)?,
        };
        let (name, options) = (self.known.scores.get(score)?.name.clone(), !self.known.scores.get(score)?.options.is_empty());
        let hint = self.main_hint(score);
        let subject = self.place_of(&source, &name);
        self.skip(&NOUNS);
        if options && let Some(expression) = self.attempt(|reader| reader.chosen(score, &subject)) {
            return heard(if negated { opposite(expression) } else { expression });
        }
        let predicate = self.attempt(|reader| {
            let predicate = reader.predicate()?;
            reader.compared(&subject, predicate, Measure::Score)
        });
        let clause = match predicate {
            Some(result) => match result {
                Ok(clause) => clause.expression,
                doubt => return Some(doubt),
            },
            None => present(subject),
        };
        Some(Ok(Clause::new(if negated { opposite(clause) } else { clause }).hint(hint).event()))
    }

    fn main_hint(&self, score: usize) -> String {
        let name = self.known.scores.get(score).map_or("", |score| score.name.as_str());
        if self.main_score() == Some(score) { format!("{name} is the main score") } else { String::new() }
    }

    /// *Low preference* is below a half, *high* above.
    fn low_or_high(&mut self) -> Option<Heard> {
        let operator = if self.take("low") {
            BinaryOperator::Less
        } else if self.take("high") {
            BinaryOperator::Greater
        } else {
            return None;
        };
        let mut whole = Vec::new();
        loop {
            let Named::Score(score) = self.only(&is_score)? else { return None };
            let name = self.known.scores.get(score)?.name.clone();
            self.skip(&NOUNS);
            whole.push(binary(path(&["scores", &name]), operator, number("0.5", 0)?));
            let more = self.attempt(|reader| {
                let joint = reader.joint().filter(|joint| *joint == Joint::And)?;
                reader.only(&is_score)?;
                reader.skip(&NOUNS);
                reader.ends().then_some(joint)
            });
            if more.is_none() {
                return Some(Ok(Clause::new(all(whole)).hint("from 0 to 100 %, the half is 50 %")));
            }
            // The name is read again at the head of the loop.
            while self.previous() != "and" {
                self.at -= 1;
            }
        }
    }

    /// *Preference is high*.
    fn is_low_or_high(&mut self) -> Option<Heard> {
        let named = self.only(&is_score)?;
        self.take_any(&["is", "was", "="]).then_some(())?;
        let operator = match self.plain(0) {
            "low" => BinaryOperator::Less,
            "high" => BinaryOperator::Greater,
            _ => return None,
        };
        self.at += 1;
        let compared = binary(path(&["scores", self.written(named)]), operator, number("0.5", 0)?);
        self.ends().then(|| Ok(Clause::new(compared).hint("from 0 to 100 %, the half is 50 %")))
    }

    /// *Marked as Resolved*: an option that only one question has.
    fn option_alone(&mut self) -> Option<Heard> {
        self.take_any(&[
            "marked as",
            "marked",
            "rated as",
            "rated",
            "answered",
            "judged as",
            "judged",
            "labelled as",
            "labeled as",
            "scored as",
        ])
        .then_some(())?;
        let (found, range) = self.name(&|named| matches!(named, Named::ScoreOption(..)))?;
        match found.as_slice() {
            [Named::ScoreOption(score, option)] => {
                let score = self.known.scores.get(*score)?;
                let value = score.options.get(*option)?.1;
                let subject = path(&["scores", &score.name]);
                Some(Ok(Clause::new(binary(subject, BinaryOperator::Equal, number(&value.to_string(), 0)?))
                    .hint(format!("an option of {}; {OF_THE_MEAN}", score.name))))
            }
            several => {
                let typed = self.text.get(range).unwrap_or_default();
                let mut doubt = Doubt::new(format!("{typed} is an option of several questions."));
                for named in several.iter().take(8) {
                    if let Named::ScoreOption(score, option) = named
                        && let Some(score) = self.known.scores.get(*score)
                        && let Some((name, value)) = score.options.get(*option)
                        && let Some(value) = number(&value.to_string(), 0)
                    {
                        let expression = binary(path(&["scores", &score.name]), BinaryOperator::Equal, value);
                        doubt = doubt.or(format!("{} is {name}", score.name), &expression);
                    }
                }
                Some(Err(doubt))
            }
        }
    }

    /// *Scored for Preference and Factuality*.
    fn scored_for(&mut self) -> Option<Heard> {
        let absent = self.take_any(&["unscored for", "unrated for", "unscored on", "unrated on"]);
        if !absent && !self.take_any(&["scored for", "scored on", "rated for", "rated on"]) {
            return None;
        }
        self.skip(&["both", "either"]);
        let (names, joint) = self.scores_in_a_row()?;
        self.skip(&NOUNS);
        let each = names.iter().map(|name| {
            let subject = path(&["scores", name]);
            if absent { missing(subject) } else { present(subject) }
        });
        let each: Vec<_> = each.collect();
        heard(if joint == Joint::Or { any(each) } else { all(each) })
    }

    /// One or several scores, and how they are joined.
    fn scores_in_a_row(&mut self) -> Option<(Vec<String>, Joint)> {
        let first = self.only(&is_score)?;
        let mut names = vec![self.written(first).to_owned()];
        let mut joint = None;
        while names.len() < 32 {
            let next = self.attempt(|reader| {
                reader.skip(&NOUNS);
                let joint = reader.joint().filter(|joint| *joint != Joint::But)?;
                reader.skip(&["the"]);
                Some((joint, reader.only(&is_score)?))
            });
            let Some((next, name)) = next else { break };
            match (joint, next) {
                (None | Some(Joint::Comma), next) => joint = Some(next),
                (Some(before), next) if before == next => {}
                _ => return None,
            }
            names.push(self.written(name).to_owned());
        }
        (joint != Some(Joint::Comma)).then_some((names, joint.unwrap_or(Joint::And)))
    }

    /// *Rated over 75 %*, *unrated*, *rated by Mara*: of the main score.
    fn rated(&mut self) -> Option<Heard> {
        let absent = self.take("unrated");
        if !absent && !self.take_any(&["rated", "a rating", "rating", "ratings"]) {
            return None;
        }
        let noun = self.previous().starts_with("rating");
        let score = self.main_score()?;
        let name = self.known.scores.get(score)?.name.clone();
        let subject = path(&["scores", &name]);
        let hint = self.main_hint(score);
        if absent {
            return Some(Ok(Clause::new(missing(subject)).hint(hint)));
        }
        if let Some(result) = self.attempt(|reader| reader.by_somebody(&name)) {
            return Some(result.map(|clause| clause.hint(hint)));
        }
        let compared = self.attempt(|reader| {
            let predicate = match reader.predicate() {
                Some(predicate) => predicate,
                None => super::amounts::Predicate { relation: Relation::Equal, negated: false, explicit: false },
            };
            reader.compared(&subject, predicate, Measure::Score)
        });
        match compared {
            Some(Ok(clause)) => {
                let whole = self.compared_again(clause.expression, &subject, Measure::Score);
                Some(whole.map(|clause| self.also_by(clause.expression, &name).hint(hint)))
            }
            Some(doubt) => Some(doubt),
            None => {
                let alone = self.ends() || noun;
                alone.then(|| Ok(Clause::new(present(subject)).hint(hint).bare()))
            }
        }
    }

    /// A score by its name.
    fn named_score(&mut self) -> Option<Heard> {
        let mut before = self.previous();
        let source = if self.take_any(&["gold"]) {
            Source::Gold
        } else if self.take_any(&["reported"]) {
            Source::Reported
        } else if self.take_any(&["user feedback", "feedback"]) {
            Source::Feedback
        } else {
            Source::Counts
        };
        if source != Source::Counts {
            before = "gold";
        }
        let said = self.take_any(&[
            "gold value for",
            "value for",
            "value of",
            "score for",
            "score of",
            "score on",
            "scores for",
            "rating of",
            "rating for",
        ]);
        self.skip(&["both", "the", "for", "on"]);
        let (names, joint) = self.scores_in_a_row()?;
        let noun = NOUNS.contains(&self.plain(0)) || said;
        self.skip(&NOUNS);
        self.skip(&["both"]);
        let subjects: Vec<Expression> = names.iter().map(|name| self.place_of(&source, name)).collect();
        let join = |each: Vec<Expression>| if joint == Joint::Or { any(each) } else { all(each) };
        if let ([name], [subject]) = (names.as_slice(), subjects.as_slice()) {
            if let Some(result) = self.attempt(|reader| {
                reader.skip(&["was", "is", "answered", "rated", "scored", "given"]);
                reader.by_somebody(name)
            }) {
                return Some(result);
            }
            let before_said = self.at;
            let negated = self.attempt(|reader| {
                reader.skip(&["was", "is", "were", "been", "has", "have"]);
                let negated = reader.take_any(&["not", "isn't", "wasn't", "never"]);
                reader.take_any(&["answered", "rated", "scored"]).then_some(negated)
            });
            if let Some(negated) = negated {
                if let Some(result) = self.attempt(|reader| {
                    reader.skip(&["yet"]);
                    reader.by_somebody(name)
                }) {
                    return Some(result.map(|clause| if negated { Clause::new(opposite(clause.expression)) } else { clause }));
                }
                self.skip(&["yet"]);
                if self.ends() {
                    return heard(if negated { missing(subject.clone()) } else { present(subject.clone()) });
                }
                // "Was rated 20 %": a comparison.
                self.at = before_said;
            }
            let place = self.known.scores.iter().position(|score| score.name == *name)?;
            if let Some(expression) = self.attempt(|reader| reader.chosen(place, subject)) {
                let hint = if source == Source::Counts { OF_THE_MEAN } else { "" };
                return Some(Ok(Clause::new(expression).hint(hint)));
            }
        }
        let start = self.at;
        let mut each = Vec::new();
        for subject in &subjects {
            self.at = start;
            let compared = self.attempt(|reader| {
                let predicate = reader.predicate()?;
                let compared = reader.compared(subject, predicate, Measure::Score)?;
                match compared {
                    Ok(clause) => Some(reader.compared_again(clause.expression, subject, Measure::Score)),
                    doubt => Some(doubt),
                }
            });
            match compared {
                Some(Ok(clause)) => each.push(clause.expression),
                Some(doubt) => return Some(doubt),
                None => {
                    let enough = NEEDS_ONLY_A_NOUN.contains(&before) && (noun || self.ends()) && names.len() == 1;
                    return enough.then(|| Ok(Clause::new(present(subject.clone())).bare()));
                }
            }
        }
        let whole = join(each);
        if let [name] = names.as_slice()
            && source == Source::Counts
        {
            return Some(Ok(self.also_by(whole, name)));
        }
        heard(whole)
    }

    /// An option, or several, of a score.
    fn chosen(&mut self, score: usize, subject: &Expression) -> Option<Expression> {
        let mut negated = false;
        loop {
            match self.plain(0) {
                "not" | "isn't" | "wasn't" | "aren't" | "neither" | "!=" => negated = !negated,
                "is" | "was" | "are" | "=" | ":" | "as" | "either" | "marked" | "answered" | "rated" | "equals" | "of" => {}
                _ => break,
            }
            self.at += 1;
        }
        let wanted = |named: Named| matches!(named, Named::ScoreOption(of, _) if of == score);
        let mut values = Vec::new();
        loop {
            let Named::ScoreOption(_, option) = self.only(&wanted)? else { return None };
            let value = self.known.scores.get(score)?.options.get(option)?.1;
            values.push(number(&value.to_string(), 0)?);
            let more = values.len() < 32
                && self
                    .attempt(|reader| {
                        reader.joint().filter(|joint| matches!(joint, Joint::Or | Joint::Comma))?;
                        let at = reader.at;
                        reader.only(&wanted)?;
                        reader.at = at;
                        Some(())
                    })
                    .is_some();
            if !more {
                break;
            }
        }
        let expression = one_of(subject.clone(), values)?;
        Some(if negated { opposite(expression) } else { expression })
    }

    /// *By Mara*, *by at least 2 people*: who answered a question.
    fn by_somebody(&mut self, name: &str) -> Option<Heard> {
        self.take("by").then_some(())?;
        if let Some(speaker) = self.attempt(Self::speaker) {
            return Some(speaker.map(|speaker| Clause::new(present(speaker.answer(name))).event().hint(speaker.hint())));
        }
        let predicate = self.predicate().unwrap_or(super::amounts::Predicate { relation: Relation::Equal, negated: false, explicit: true });
        let count = self.compared(&path(&["answers", name, "count"]), predicate, Measure::Count)?;
        self.take_any(&["people", "persons", "person", "reviewers", "reviewer", "raters", "annotators", "members"]).then_some(count)
    }

    /// A comparison, and who answered beside it: *over 75 % by Mara*.
    fn also_by(&mut self, expression: Expression, name: &str) -> Clause {
        match self.attempt(|reader| reader.by_somebody(name)) {
            Some(Ok(clause)) => Clause::new(all(vec![expression, clause.expression])).event(),
            _ => Clause::new(expression),
        }
    }
}
