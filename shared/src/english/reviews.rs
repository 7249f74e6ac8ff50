//! Reviews, comments and the people who make them: *assigned to me*, *waiting for review*, *reviewed by Mara*.

use super::build::{any, binary, call, includes, missing, number, path, present, text};
use super::names::Named;
use super::reader::{Clause, Doubt, Heard, Joint, Reader, heard};
use crate::filter::{BinaryOperator, Expression};
use crate::reviews::ReviewStatus;

/// Somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Speaker {
    /// Who asks.
    Me,
    /// A member, by their address.
    Member(String),
}

impl Speaker {
    /// What they said to a question.
    pub(super) fn answer(&self, question: &str) -> Expression {
        match self {
            Self::Me => path(&["answers", question, "mine"]),
            Self::Member(address) => path(&["answers", question, "by", address]),
        }
    }

    fn expression(&self) -> Expression {
        match self {
            Self::Me => call("me", Vec::new()),
            Self::Member(address) => text(address),
        }
    }

    pub(super) fn hint(&self) -> String {
        match self {
            Self::Me => "you".to_owned(),
            Self::Member(address) => address.clone(),
        }
    }
}

/// What a review that is not complete does not say.
pub(super) const NOT_COMPLETE: &str = "no complete review; there may be answers";

/// Rows whose review did not begin or is not complete.
pub(super) fn not_complete() -> Expression {
    super::build::opposite(binary(path(&["review", "status"]), BinaryOperator::Equal, text(ReviewStatus::Complete.as_str())))
}

impl Reader<'_> {
    /// *Me*, or a member by name or address.
    pub(super) fn speaker(&mut self) -> Option<Result<Speaker, Doubt>> {
        if self.take_any(&["me", "myself", "i", "i've"]) {
            return Some(Ok(Speaker::Me));
        }
        let (found, range) = self.name(&|named| matches!(named, Named::Person(_)))?;
        match found.as_slice() {
            [one] => Some(Ok(Speaker::Member(self.written(*one).to_owned()))),
            several => {
                let addresses: Vec<&str> = several.iter().map(|named| self.written(*named)).take(8).collect();
                let name = self.text.get(range).unwrap_or_default();
                Some(Err(Doubt::new(format!("Several people are called {name}: write one of {}.", addresses.join(", ")))))
            }
        }
    }

    /// One of some people.
    fn speakers(&mut self, column: &[&str]) -> Option<Heard> {
        let mut each = Vec::new();
        let mut hints = Vec::new();
        let mut joint = None;
        loop {
            let speaker = match self.attempt(Self::speaker)? {
                Ok(speaker) => speaker,
                Err(doubt) => return Some(Err(doubt)),
            };
            each.push(includes(path(column), speaker.expression()));
            hints.push(speaker.hint());
            let next = self.attempt(|reader| {
                let joint = reader.joint().filter(|joint| matches!(joint, Joint::And | Joint::Or))?;
                reader.skip(&["to", "by"]);
                let at = reader.at;
                reader.speaker()?.ok()?;
                let ends = reader.ends();
                reader.at = at;
                ends.then_some(joint)
            });
            match (joint, next) {
                (_, None) => break,
                (Some(before), Some(next)) if before != next => return None,
                (_, next) => joint = next,
            }
        }
        let expression = if joint == Some(Joint::And) { super::build::all(each) } else { any(each) };
        Some(Ok(Clause::new(expression).event().hint(hints.join(", "))))
    }

    pub(super) fn review_clause(&mut self) -> Option<Heard> {
        self.attempt(Self::assigned)
            .or_else(|| self.attempt(Self::reviewed))
            .or_else(|| self.attempt(Self::flagged))
            .or_else(|| self.attempt(Self::listed))
            .or_else(|| self.attempt(Self::commented))
    }

    fn assigned(&mut self) -> Option<Heard> {
        let nobody = |operator| {
            let count = call("coalesce", vec![call("len", vec![path(&["review", "assignees"])]), number("0", 0)?]);
            Some(binary(count, operator, number("0", 0)?))
        };
        if self.take("unassigned") {
            return heard(nobody(BinaryOperator::Equal)?);
        }
        if self.take_any(&["assignee is", "assignees include", "assigned reviewer is"]) {
            return self.speakers(&["review", "assignees"]);
        }
        self.take("assigned").then_some(())?;
        if !self.take("to") {
            return self.ends().then_some(Ok(Clause::new(nobody(BinaryOperator::NotEqual)?).event()));
        }
        if self.take_any(&["nobody", "no one", "noone", "none"]) {
            return heard(nobody(BinaryOperator::Equal)?);
        }
        if self.take_any(&["anyone", "anybody", "someone", "somebody"]) {
            return heard(nobody(BinaryOperator::NotEqual)?);
        }
        self.speakers(&["review", "assignees"])
    }

    fn reviewed(&mut self) -> Option<Heard> {
        let status = |status: ReviewStatus| binary(path(&["review", "status"]), BinaryOperator::Equal, text(status.as_str()));
        if self.take_any(&["unreviewed", "still open", "incomplete", "open"]) {
            return Some(Ok(Clause::new(not_complete()).hint(NOT_COMPLETE)));
        }
        if self.take_any(&[
            "waiting for review",
            "waiting for a review",
            "awaiting review",
            "waiting to be reviewed",
            "pending review",
            "needs review",
            "need review",
            "needing review",
            "to be reviewed",
            "in the backlog",
            "in backlog",
            "backlog",
            "review is pending",
            "review pending",
            "review status is backlog",
            "review status is pending",
        ]) {
            return Some(Ok(Clause::new(status(ReviewStatus::Backlog)).event()));
        }
        if self.take_any(&[
            "in review",
            "under review",
            "being reviewed",
            "review in progress",
            "review is in progress",
            "review status is in review",
        ]) {
            return Some(Ok(Clause::new(status(ReviewStatus::InReview)).event()));
        }
        if self.take_any(&[
            "review is complete",
            "review is done",
            "review complete",
            "review completed",
            "review done",
            "review is finished",
            "complete",
            "completed review",
            "completed reviews",
            "review status is complete",
        ]) {
            return Some(Ok(Clause::new(status(ReviewStatus::Complete)).event().hint("the review is complete")));
        }
        // "Mara has reviewed", "I have not reviewed".
        let by_name = self.attempt(|reader| {
            let speaker = reader.speaker()?;
            let mut negated = false;
            while matches!(reader.plain(0), "have" | "has" | "did" | "not" | "haven't" | "hasn't" | "didn't" | "already" | "yet") {
                negated ^= matches!(reader.plain(0), "not" | "haven't" | "hasn't" | "didn't");
                reader.at += 1;
            }
            reader.take_any(&["reviewed", "review"]).then_some((speaker, negated))
        });
        if let Some((speaker, negated)) = by_name {
            return Some(speaker.map(|speaker| {
                let expression = includes(path(&["review", "reviewers"]), speaker.expression());
                let expression = if negated { super::build::opposite(expression) } else { expression };
                Clause::new(expression).event().hint(speaker.hint())
            }));
        }
        self.take("reviewed").then_some(())?;
        if self.take("by") {
            return self.speakers(&["review", "reviewers"]);
        }
        Some(Ok(Clause::new(status(ReviewStatus::Complete)).event()))
    }

    fn flagged(&mut self) -> Option<Heard> {
        let flagged = present(path(&["review", "status"]));
        if self.take("unflagged") {
            return heard(missing(path(&["review", "status"])));
        }
        self.take_any(&[
            "flagged for review",
            "flagged for human review",
            "flagged",
            "in a review list",
            "in any review list",
            "in a review queue",
            "on a review list",
        ])
        .then_some(())?;
        Some(Ok(Clause::new(flagged).event()))
    }

    /// *In the list Spring*, *in the Spring list*.
    fn listed(&mut self) -> Option<Heard> {
        self.take_any(&["in", "on", "from"]).then_some(())?;
        self.skip(&["the", "review"]);
        let before = self.take_any(&["list", "queue", "review list", "review queue"]);
        self.skip(&["called", "named"]);
        let named = self.only(&|named| matches!(named, Named::List(_)))?;
        let after = self.take_any(&["list", "queue", "review list", "review queue"]);
        (before || after).then_some(())?;
        heard(includes(path(&["review", "lists"]), text(self.written(named))))
    }

    fn commented(&mut self) -> Option<Heard> {
        let comments = path(&["comments"]);
        if self.take("uncommented") {
            return heard(missing(comments));
        }
        if let Some(speaker) = self.attempt(|reader| {
            let speaker = reader.speaker()?;
            reader.skip(&["has", "have"]);
            reader.take_any(&["commented on", "commented"]).then_some(speaker)
        }) {
            return Some(speaker.map(|speaker| {
                let by = includes(path(&["comments", "author"]), speaker.expression());
                self.also_saying(Clause::new(by).event().hint(speaker.hint()))
            }));
        }
        if self.take_any(&["nobody left a comment", "no one left a comment"]) {
            return heard(missing(comments));
        }
        self.take_any(&["commented on", "commented", "comments", "comment"]).then_some(())?;
        let noun = self.previous().starts_with("comment") && !self.previous().ends_with("ed");
        if self.take_any(&["by", "from"]) {
            let by = self.speakers(&["comments", "author"])?;
            return Some(by.map(|clause| self.also_saying(clause)));
        }
        if let Some(predicate) = self.attempt(|reader| {
            reader
                .predicate()
                .filter(|predicate| matches!(predicate.relation, super::amounts::Relation::Missing | super::amounts::Relation::Present))
        }) {
            return self.compared(&comments, predicate, super::amounts::Measure::Count);
        }
        let clause = Clause::new(present(comments)).event();
        Some(Ok(if noun { clause.bare() } else { clause }))
    }

    /// *Commented by Mara about photos*: what was said beside who said it.
    fn also_saying(&mut self, clause: Clause) -> Clause {
        let Some((expression, open)) = self.attempt(|reader| reader.text_in(path(&["comments", "text"]))) else { return clause };
        let hint = format!("{}; the words, in any comment of the row", clause.hint);
        let mut clause = Clause::new(super::build::all(vec![clause.expression, expression])).event().hint(hint);
        clause.open = open;
        clause
    }
}
