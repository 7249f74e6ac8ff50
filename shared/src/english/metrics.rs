//! What a row took: time, tokens, money.

use super::amounts::{Measure, Predicate, Relation, TypedUnit};
use super::build::{binary, call, number, path};
use super::reader::{Heard, Reader};
use crate::filter::{BinaryOperator, Expression, Unit};

fn duration() -> Expression {
    binary(path(&["metrics", "end"]), BinaryOperator::Subtract, path(&["metrics", "start"]))
}

fn cost() -> Expression {
    path(&["metrics", "estimated_cost"])
}

/// Tokens by what they are called, the longer names first.
const TOKENS: [(&str, &str); 14] = [
    ("total token", "tokens"),
    ("overall token", "tokens"),
    ("prompt token", "prompt_tokens"),
    ("input token", "prompt_tokens"),
    ("completion token", "completion_tokens"),
    ("output token", "completion_tokens"),
    ("response token", "completion_tokens"),
    ("cached token", "prompt_cached_tokens"),
    ("cached prompt token", "prompt_cached_tokens"),
    ("cached input token", "prompt_cached_tokens"),
    ("used token", "tokens"),
    ("token", "tokens"),
    ("tokens in total", "tokens"),
    ("time to first token", "time_to_first_token"),
];

const LENGTHS: [(&str, Relation); 10] = [
    ("longer than", Relation::More),
    ("slower than", Relation::More),
    ("shorter than", Relation::Less),
    ("faster than", Relation::Less),
    ("quicker than", Relation::Less),
    ("no longer than", Relation::AtMost),
    ("no slower than", Relation::AtMost),
    ("at least as long as", Relation::AtLeast),
    ("no shorter than", Relation::AtLeast),
    ("no faster than", Relation::AtLeast),
];

/// What makes a bound of the number before it.
const BOUNDS: [&str; 4] = ["or more", "or less", "or fewer", "or higher"];

impl Reader<'_> {
    pub(super) fn metric_clause(&mut self) -> Option<Heard> {
        self.attempt(Self::number_first)
            .or_else(|| self.attempt(Self::lasting))
            .or_else(|| self.attempt(Self::time_subject))
            .or_else(|| self.attempt(Self::tokens_subject))
            .or_else(|| self.attempt(Self::cost_subject))
    }

    fn measured(&mut self, subject: &Expression, predicate: Predicate, measure: Measure) -> Option<Heard> {
        match self.compared(subject, predicate, measure)? {
            Ok(clause) => Some(self.compared_again(clause.expression, subject, measure)),
            doubt => Some(doubt),
        }
    }

    /// *Longer than 5 seconds*, *longer than 2,000 tokens*.
    fn lasting(&mut self) -> Option<Heard> {
        let (_, relation) = LENGTHS.iter().find(|(phrase, _)| self.take(phrase))?;
        let predicate = Predicate { relation: *relation, negated: false, explicit: true };
        let tokens = matches!(self.plain(1), "tokens" | "token");
        if tokens {
            let heard = self.compared(&path(&["metrics", "tokens"]), predicate, Measure::Count);
            return self.take_any(&["tokens", "token"]).then_some(heard?);
        }
        self.measured(&duration(), predicate, Measure::Seconds)
    }

    /// *Duration above 5 seconds*, *took more than a minute*.
    fn time_subject(&mut self) -> Option<Heard> {
        const SUBJECTS: [&str; 24] = [
            "duration",
            "latency",
            "response time",
            "execution time",
            "run time",
            "running time",
            "runtime",
            "processing time",
            "elapsed time",
            "time taken",
            "took",
            "take",
            "takes",
            "taking",
            "taken",
            "lasted",
            "lasts",
            "lasting",
            "ran for",
            "running for",
            "ran",
            "response times",
            "latencies",
            "durations",
        ];
        self.take_any(&SUBJECTS).then_some(())?;
        let predicate = match self.predicate() {
            Some(predicate) => predicate,
            None => {
                let (_, relation) = LENGTHS.iter().find(|(phrase, _)| self.take(phrase))?;
                Predicate { relation: *relation, negated: false, explicit: true }
            }
        };
        let heard = self.measured(&duration(), predicate, Measure::Seconds);
        self.skip(&["long", "to", "run", "complete", "finish", "respond"]);
        heard
    }

    fn token_kind(&mut self) -> Option<&'static str> {
        self.skip(&["of"]);
        TOKENS.iter().find_map(|(name, metric)| {
            let plural = format!("{name}s");
            let taken = self.take(&plural) || self.take(name);
            taken.then_some(*metric)
        })
    }

    /// *Tokens above 1,000*, *token count is 5*.
    fn tokens_subject(&mut self) -> Option<Heard> {
        self.skip(&["used", "uses", "using"]);
        let metric = self.token_kind()?;
        self.skip(&["count", "counts", "usage", "used", "total"]);
        let measure = if metric == "time_to_first_token" { Measure::Seconds } else { Measure::Count };
        let predicate = self.predicate()?;
        self.measured(&path(&["metrics", metric]), predicate, measure)
    }

    /// *Cost above $0.05*, *cheaper than 5 cents*.
    fn cost_subject(&mut self) -> Option<Heard> {
        let relation = if self.take_any(&["more expensive than", "costlier than", "pricier than"]) {
            Some(Relation::More)
        } else if self.take_any(&["cheaper than", "less expensive than"]) {
            Some(Relation::Less)
        } else {
            None
        };
        let predicate = match relation {
            Some(relation) => Predicate { relation, negated: false, explicit: true },
            None => {
                self.take_any(&["estimated cost", "total cost", "cost", "costs", "costing", "price", "spend", "spent", "spending"])
                    .then_some(())?;
                self.predicate()?
            }
        };
        self.measured(&cost(), predicate, Measure::Money)
    }

    /// The number before what it counts: *more than 1,000 tokens*, *over $1*, *above 80 % on Preference*.
    fn number_first(&mut self) -> Option<Heard> {
        self.skip(&["use", "used", "using", "uses", "consumed", "consuming", "with", "has", "have", "having", "scoring"]);
        let exact = self.take("exactly");
        let predicate = match self.predicate().filter(|predicate| predicate.explicit) {
            Some(predicate) => predicate,
            None if exact => Predicate { relation: Relation::Equal, negated: false, explicit: true },
            // "Two or more errors": what "or more" makes of an "equal" is heard when the number is read again.
            None => Predicate { relation: self.attempt(Self::at_bound)?, negated: false, explicit: true },
        };
        if matches!(predicate.relation, Relation::Missing | Relation::Present) {
            return None;
        }
        let start = self.at;
        let typed = self.typed()?;
        self.take_any(&BOUNDS);
        if predicate.relation == Relation::Between {
            self.take_any(&["and", "to", "-"]).then_some(())?;
            let high = self.typed()?;
            if high.unit != typed.unit && typed.unit != TypedUnit::None {
                return None;
            }
            let subject = self.counted_thing(&high.unit)?;
            return self.again(start, &subject, predicate);
        }
        let subject = self.counted_thing(&typed.unit)?;
        self.again(start, &subject, predicate)
    }

    /// Whether a number comes with *or more* behind it; nothing is taken.
    fn at_bound(&mut self) -> Option<Relation> {
        let start = self.at;
        self.typed()?;
        let bound = self.take_any(&BOUNDS);
        self.at = start;
        bound.then_some(Relation::Equal)
    }

    /// Reads the numbers again, now that it is known of what they are.
    fn again(&mut self, start: usize, subject: &(Expression, Measure), predicate: Predicate) -> Option<Heard> {
        let end = self.at;
        self.at = start;
        let heard = self.compared(&subject.0, predicate, subject.1)?;
        self.at = end.max(self.at);
        Some(heard)
    }

    /// What a number with that unit, before some words, counts.
    fn counted_thing(&mut self, unit: &TypedUnit) -> Option<(Expression, Measure)> {
        match unit {
            TypedUnit::Money(_) => Some((cost(), Measure::Money)),
            TypedUnit::Time(Unit::Millisecond | Unit::Second | Unit::Minute) => {
                if self.take_any(&["ago", "old", "back"]) {
                    return None;
                }
                self.take_any(&["long", "to run", "to complete", "of latency", "latency"]);
                Some((duration(), Measure::Seconds))
            }
            TypedUnit::None | TypedUnit::Thousands(_) | TypedUnit::M | TypedUnit::Percent | TypedUnit::OutOf(_) => {
                if !matches!(unit, TypedUnit::Percent | TypedUnit::OutOf(_))
                    && let Some(metric) = self.attempt(Self::token_kind).filter(|metric| *metric != "time_to_first_token")
                {
                    self.take_any(&["in total", "altogether", "overall"]);
                    return Some((path(&["metrics", metric]), Measure::Count));
                }
                if *unit == TypedUnit::None && self.take_any(&["comments", "comment"]) {
                    let count = call("len", vec![path(&["comments"])]);
                    return Some((call("coalesce", vec![count, number("0", 0)?]), Measure::Count));
                }
                if *unit == TypedUnit::None && self.take_any(&["errors", "error"]) {
                    return Some((path(&["metrics", "errors"]), Measure::Count));
                }
                if matches!(unit, TypedUnit::Thousands(_) | TypedUnit::M) {
                    return None;
                }
                self.skip(&["on", "for", "in", "of", "the"]);
                let named = self.only(&|named| matches!(named, super::names::Named::Score(_)))?;
                Some((path(&["scores", self.written(named)]), Measure::Score))
            }
            TypedUnit::Time(_) => None,
        }
    }
}
