//! What people say about a span, apart from what arrived, and how an open page reads it again: it says what it knows, and is told what is
//! another.

use crate::QuestionId;
use crate::answers::{Answer, Gold};
use crate::audit::Activity;
use crate::changes::{ChangedList, Stamp, now, stamps};
use crate::comments::Comment;
use crate::reviews::RowFlag;
use crate::summary::SpanScore;
use serde::{Deserialize, Serialize};

/// What people said about a span, with what was reported of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpanSaid {
    /// Each with the score's name, in the order of the names.
    pub scores: Vec<(String, SpanScore)>,
    /// The scores of the spans below it, in the order of the tree, as far as they are told.
    #[serde(default)]
    pub scores_below: Vec<ScoreBelow>,
    /// Tags.
    pub tags: Vec<String>,
    /// Questions that are not asked about it, because their condition does not hold.
    pub unasked: Vec<QuestionId>,
    /// Everybody's answers.
    pub answers: Vec<Answer>,
    /// The values that somebody settled.
    pub golds: Vec<Gold>,
    /// Comments, oldest first.
    pub comments: Vec<Comment>,
    /// The review lists in which it stands.
    pub flags: Vec<RowFlag>,
    /// What changed it, newest first.
    pub activity: Vec<Activity>,
}

/// A score of a span below another one, as a scorer gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreBelow {
    /// The score's name.
    pub name: String,
    /// What it is.
    pub score: SpanScore,
    /// Its span.
    pub span_id: String,
    /// What that is called.
    pub span_name: String,
    /// Why, where the scorer says it in `metadata.rationale`: the first characters. May be empty.
    pub reason: String,
}

impl SpanSaid {
    /// The score of that name.
    pub fn score(&self, name: &str) -> Option<&SpanScore> {
        self.scores.iter().find(|(known, _)| known == name).map(|(_, score)| score)
    }

    /// What who holds this knows.
    pub fn known(&self) -> KnownSaid {
        KnownSaid {
            scores: stamps(&self.scores),
            scores_below: stamps(&self.scores_below),
            tags: stamps(&self.tags),
            unasked: stamps(&self.unasked),
            answers: stamps(&self.answers),
            golds: stamps(&self.golds),
            comments: stamps(&self.comments),
            flags: stamps(&self.flags),
            activity: stamps(&self.activity),
        }
    }

    /// What to tell who knows an earlier one.
    pub fn since(self, known: &KnownSaid) -> SaidChanges {
        SaidChanges {
            scores: ChangedList::since(&known.scores, self.scores),
            scores_below: ChangedList::since(&known.scores_below, self.scores_below),
            tags: ChangedList::since(&known.tags, self.tags),
            unasked: ChangedList::since(&known.unasked, self.unasked),
            answers: ChangedList::since(&known.answers, self.answers),
            golds: ChangedList::since(&known.golds, self.golds),
            comments: ChangedList::since(&known.comments, self.comments),
            flags: ChangedList::since(&known.flags, self.flags),
            activity: ChangedList::since(&known.activity, self.activity),
        }
    }

    /// What is said now, from what was.
    pub fn with(&self, changes: SaidChanges) -> Self {
        Self {
            scores: now(changes.scores, &self.scores),
            scores_below: now(changes.scores_below, &self.scores_below),
            tags: now(changes.tags, &self.tags),
            unasked: now(changes.unasked, &self.unasked),
            answers: now(changes.answers, &self.answers),
            golds: now(changes.golds, &self.golds),
            comments: now(changes.comments, &self.comments),
            flags: now(changes.flags, &self.flags),
            activity: now(changes.activity, &self.activity),
        }
    }
}

/// What somebody knows of a [`SpanSaid`]: the stamps of each list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the lists of SpanSaid")]
pub struct KnownSaid {
    pub scores: Vec<Stamp>,
    #[serde(default)]
    pub scores_below: Vec<Stamp>,
    pub tags: Vec<Stamp>,
    pub unasked: Vec<Stamp>,
    pub answers: Vec<Stamp>,
    pub golds: Vec<Stamp>,
    pub comments: Vec<Stamp>,
    #[serde(default)]
    pub flags: Vec<Stamp>,
    pub activity: Vec<Stamp>,
}

/// What is another in a [`SpanSaid`]: none for each list that stands as it is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the lists of SpanSaid")]
pub struct SaidChanges {
    pub scores: Option<ChangedList<(String, SpanScore)>>,
    #[serde(default)]
    pub scores_below: Option<ChangedList<ScoreBelow>>,
    pub tags: Option<ChangedList<String>>,
    pub unasked: Option<ChangedList<QuestionId>>,
    pub answers: Option<ChangedList<Answer>>,
    pub golds: Option<ChangedList<Gold>>,
    pub comments: Option<ChangedList<Comment>>,
    pub flags: Option<ChangedList<RowFlag>>,
    pub activity: Option<ChangedList<Activity>>,
}
