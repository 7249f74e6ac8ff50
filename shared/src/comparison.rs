//! Experiments beside one another: what ran, what changed, and their rows joined on the input.

use crate::address::ComparisonAddress;
use crate::experiments::{Paired, ScoreTrend};
use crate::objects::Place;
use crate::summary::{BUCKETS, ScoreKind, TraceScore};
use crate::texts::DiffPart;
use crate::{Micros, ObjectId, ProjectId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Experiments that are compared at once, the base among them.
pub const MOST_EXPERIMENTS: usize = 5;

/// Asks for experiments side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenComparison {
    /// Where they are.
    pub project: ProjectId,
    /// The name of the base.
    pub base: String,
    /// The others, and which of the rows.
    pub address: ComparisonAddress,
}

/// Experiments side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SideBySide {
    /// The base, then those that are compared with it.
    pub experiments: Vec<RanExperiment>,
    /// Inputs of any of them.
    pub inputs: u64,
    /// By name, those of people first.
    pub scores: Vec<ComparedScore>,
    /// How many scores there are beyond those that are compared.
    pub scores_left_out: u64,
    /// Inputs that match.
    pub matching: u64,
    /// A page of them.
    pub rows: Vec<ComparedRow>,
    /// Where the next page begins; none at the end.
    pub next: Option<Place>,
    /// The names of experiments of which only so many of the newest rows are compared, because there are too many or there was no time for more.
    pub cut: Vec<(String, u64)>,
    /// The names of the other experiments of the project, newest first.
    pub others: Vec<String>,
    /// Live events up to this one are in it already.
    pub as_of: i64,
}

/// What ran of an experiment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RanExperiment {
    /// Id.
    pub id: ObjectId,
    /// Its name.
    pub name: String,
    /// Inputs that ran.
    pub ran: u64,
    /// Inputs with a row that has an error.
    pub failed: u64,
    /// Inputs that only others have.
    pub missing: u64,
    /// The fewest and the most rows of an input that ran; none where nothing did.
    pub trials: Option<(u64, u64)>,
    /// The mean cost of a row, in units of 1e-9 dollars.
    pub cost: Option<i64>,
    /// The mean duration of a row.
    pub duration: Option<Micros>,
    /// Created at.
    pub created: Micros,
    /// The name of the member who made it.
    pub author: Option<String>,
}

/// One score of all of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedScore {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub kind: ScoreKind,
    /// Whether more is better.
    pub higher_is_better: bool,
    /// The mean in the base.
    pub base: Option<f64>,
    /// How many inputs of the base lie in each twentieth between 0 and 1.
    pub buckets: [u64; BUCKETS],
    /// Those that are compared with it, in their order.
    pub sides: Vec<ScoreSide>,
}

/// One score of an experiment that is compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreSide {
    /// The mean; none where it has no such score.
    pub mean: Option<f64>,
    /// How many of its inputs lie in each twentieth between 0 and 1.
    pub buckets: [u64; BUCKETS],
    /// Against the base.
    pub paired: Paired,
}

/// An input, and what became of it in each experiment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedRow {
    /// Where it stands in the list: the place of its row in the first experiment that has it.
    pub place: Place,
    /// The input as text; empty where there is none.
    pub input: String,
    /// What should have come out, as text.
    pub expected: String,
    /// The base, then those that are compared with it; none where it is missing.
    pub sides: Vec<Option<ComparedSide>>,
}

/// What became of an input in an experiment: its newest row, and the means of all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedSide {
    /// The newest of its traces.
    pub root_span_id: String,
    /// How many rows it has.
    pub trials: u64,
    /// Whether one of them has an error.
    pub failed: bool,
    /// What came out of the newest, or its error; of those that are compared, the words that lead there from the base.
    pub output: Vec<DiffPart>,
    /// Whether what came out is an error.
    pub is_error: bool,
    /// Whether the output goes on.
    pub cut: bool,
    /// By the score's name, the means of its rows.
    pub scores: BTreeMap<String, TraceScore>,
    /// What changed against the base, by the score's name.
    pub changes: BTreeMap<String, ScoreChange>,
    /// The mean of its rows, as the cost and the tokens are.
    pub duration: Option<Micros>,
    /// Tokens.
    pub tokens: Option<i64>,
    /// In units of 1e-9 dollars.
    pub cost: Option<i64>,
}

/// What a score of an input is more or less than in the base.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreChange {
    /// By how much.
    pub difference: f64,
    /// What that is.
    pub change: ScoreTrend,
}
