//! Where the rows of a query come from.

use serde::{Deserialize, Serialize};

/// Where rows come from, and what a row is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QuerySource {
    /// The kind of object.
    pub kind: SourceKind,
    /// Ids or names of the objects; several mean all their rows.
    pub ids: Vec<String>,
    /// What a row is.
    pub shape: Shape,
}

/// The kinds of objects that hold rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SourceKind {
    /// The logs of a project.
    #[default]
    ProjectLogs,
    /// An experiment.
    Experiment,
    /// A dataset.
    Dataset,
    /// Another object of the documented language, by its name there.
    Other(String),
}

impl SourceKind {
    const OTHERS: [&'static str; 9] = [
        "prompt",
        "function",
        "view",
        "project_prompts",
        "project_functions",
        "org_prompts",
        "org_functions",
        "playground_logs",
        "audit_logs",
    ];

    /// The kind of a documented name.
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "project_logs" => Some(Self::ProjectLogs),
            "experiment" => Some(Self::Experiment),
            "dataset" => Some(Self::Dataset),
            other => Self::OTHERS.contains(&other).then(|| Self::Other(other.to_owned())),
        }
    }

    /// How the kind is written.
    pub fn name(&self) -> &str {
        match self {
            Self::ProjectLogs => "project_logs",
            Self::Experiment => "experiment",
            Self::Dataset => "dataset",
            Self::Other(name) => name,
        }
    }
}

/// What one row of the answer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A span.
    #[default]
    Spans,
    /// Every span of a trace in which one span matches.
    Traces,
    /// A trace, summed up.
    Summary,
}

impl Shape {
    /// The shape of a word.
    pub fn named(word: &str) -> Option<Self> {
        [Self::Spans, Self::Traces, Self::Summary].into_iter().find(|shape| shape.name().eq_ignore_ascii_case(word))
    }

    /// How the shape is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spans => "spans",
            Self::Traces => "traces",
            Self::Summary => "summary",
        }
    }
}
