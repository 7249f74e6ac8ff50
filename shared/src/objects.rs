//! What holds rows: the logs of a project, experiments and datasets; and how a row and its fields are named.

mod deleted;
mod metadata;

pub use deleted::{DAYS_KEPT, DeletedObject, RestoreObject};
pub use metadata::{EditMetadata, ObjectMetadata};

use crate::summary::ScoreKind;
use crate::{Micros, ObjectId, PersonId, ProjectId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What kind of thing holds the spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectKind {
    /// The logs of a project.
    ProjectLogs,
    /// An evaluation run.
    Experiment,
    /// Test cases.
    Dataset,
}

impl ObjectKind {
    /// The word on the wire: `project_logs`, `experiment` or `dataset`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ProjectLogs => "project_logs",
            Self::Experiment => "experiment",
            Self::Dataset => "dataset",
        }
    }

    /// The kind of that word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::ProjectLogs, Self::Experiment, Self::Dataset].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One row, wherever it is: what REST and links name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RowAddress {
    /// What holds it.
    pub object_type: ObjectKind,
    /// Which one.
    pub object_id: ObjectId,
    /// The row's id in it.
    pub id: crate::RowId,
}

/// A place in a list that is ordered by time, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Time of the row.
    pub created: Micros,
    /// Decides between rows of the same time.
    pub key: i64,
}

impl Place {
    /// As it stands in an address: `created-key`, both in decimal.
    pub fn to_text(self) -> String {
        format!("{}_{}", self.created, self.key)
    }

    /// Reads [`Place::to_text`].
    pub fn parse(text: &str) -> Option<Self> {
        let (created, key) = text.split_once('_')?;
        Some(Self { created: created.parse().ok()?, key: key.parse().ok()? })
    }
}

/// The fields of a span that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldName {
    /// What went in.
    Input,
    /// What came out.
    Output,
    /// What should have come out.
    Expected,
    /// What went wrong.
    Error,
    /// Whatever else was recorded.
    Metadata,
}

impl FieldName {
    /// Every field, in the order of the page.
    pub const ALL: [Self; 5] = [Self::Input, Self::Output, Self::Expected, Self::Error, Self::Metadata];

    /// The key in the row.
    pub fn key(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
            Self::Expected => "expected",
            Self::Error => "error",
            Self::Metadata => "metadata",
        }
    }

    /// The heading on the page.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Input => "Input",
            Self::Output => "Output",
            Self::Expected => "Expected",
            Self::Error => "Error",
            Self::Metadata => "Metadata",
        }
    }
}

/// Characters of a commit that tell it from others.
const COMMIT: usize = 7;

/// An experiment or a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedObject {
    /// Id.
    pub id: ObjectId,
    /// Experiment or dataset.
    pub kind: ObjectKind,
    /// Where it belongs.
    pub project: ProjectId,
    /// Unique among the objects of its kind in the project.
    pub name: String,
    /// Created at.
    pub created: Micros,
    /// Who made it.
    pub created_by: Option<PersonId>,
    /// Whatever else SDKs say about it, under their keys: `description`, `metadata`, `tags`, `repo_info`, `base_exp_id`, …
    pub details: Map<String, Value>,
}

impl NamedObject {
    /// What it says about itself; empty where it says nothing.
    pub fn description(&self) -> &str {
        self.details.get("description").and_then(Value::as_str).unwrap_or_default()
    }

    /// The code that it ran, as its SDK found it: the branch, the beginning of the commit, and whether files were changed since.
    pub fn revision(&self) -> Option<String> {
        let code = self.details.get("repo_info")?;
        let text = |key: &str| code.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let commit = text("commit").map(|commit| commit.chars().take(COMMIT).collect::<String>());
        let changed = (code.get("dirty") == Some(&Value::Bool(true))).then(|| "changed".to_owned());
        let parts: Vec<String> = text("branch").map(str::to_owned).into_iter().chain(commit).chain(changed).collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    }

    /// What an experiment is compared with when nothing is said: the base it was registered with, else the baseline of its project, else
    /// the one that ran before it. `all` are the experiments of its project, newest first.
    pub fn base<'all>(&self, all: &'all [Self], baseline: Option<&ObjectId>) -> Option<&'all Self> {
        let named = |id: &str| all.iter().find(|other| other.id != self.id && other.id.as_str() == id);
        if let Some(base) = self.details.get("base_exp_id").and_then(Value::as_str) {
            return named(base);
        }
        let before = || all.iter().skip_while(|other| other.id != self.id).nth(1);
        baseline.and_then(|baseline| named(baseline.as_str())).or_else(before)
    }
}

/// What happens when an object of the name exists already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IfTaken {
    /// That object is meant; it is left as it is.
    Open,
    /// A new one is wanted; its name gets a suffix.
    AddSuffix,
}

/// Creates an experiment or a dataset, or opens the one of that name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegisterObject {
    /// Experiment or dataset.
    pub kind: ObjectKind,
    /// Where.
    pub project: ProjectId,
    /// Its name; without one it gets one.
    pub name: Option<String>,
    /// What happens when the name is taken.
    pub if_taken: IfTaken,
    /// Whatever else is said about it.
    pub details: Map<String, Value>,
}

/// Changes an experiment or a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeObject {
    /// Experiment or dataset.
    pub kind: ObjectKind,
    /// Which.
    pub id: ObjectId,
    /// Its new name; none leaves it.
    pub name: Option<String>,
    /// Merged into what is known, objects key by key.
    pub details: Map<String, Value>,
}

/// Deletes an experiment or a dataset: it disappears from every list, its name becomes free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteObject {
    /// Experiment or dataset.
    pub kind: ObjectKind,
    /// Which.
    pub id: ObjectId,
}

/// An experiment or a dataset in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectSummary {
    /// Id.
    pub id: ObjectId,
    /// Its name.
    pub name: String,
    /// Created at.
    pub created: Micros,
    /// Rows: the traces of an experiment, the cases of a dataset.
    pub rows: i64,
    /// Every score, by its name.
    pub scores: BTreeMap<String, ObjectScore>,
    /// The mean cost of the rows that have one, in units of 1e-9 dollars.
    pub cost: Option<i64>,
    /// What it says about itself; empty where it says nothing.
    pub description: String,
    /// Of an experiment the name of the one that it is compared with.
    pub base: Option<String>,
    /// Rows with an error.
    pub errors: i64,
    /// How long a row took, as the mean of those that tell; none where none does.
    pub duration: Option<Micros>,
    /// The name of the member who made it.
    pub author: Option<String>,
    /// The code that it ran, as [`NamedObject::revision`] has it.
    pub revision: Option<String>,
}

/// A score of an experiment or a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectScore {
    /// The mean, 0..1.
    pub mean: f64,
    /// Where it comes from.
    pub kind: ScoreKind,
}

#[cfg(test)]
mod tests {
    use super::{NamedObject, ObjectKind};
    use serde_json::{Value, json};

    #[test]
    fn the_code_is_told_as_far_as_it_is_known() {
        let of = |code: Value| {
            let details = serde_json::Map::from_iter([("repo_info".to_owned(), code)]);
            let (id, project, kind) = ("e".into(), "p".into(), ObjectKind::Experiment);
            NamedObject { id, kind, project, name: String::new(), created: 0, created_by: None, details }.revision()
        };
        let whole = json!({"branch": "main", "commit": "0123456789abcdef", "dirty": true, "author_name": "Emil"});
        assert_eq!(of(whole).as_deref(), Some("main · 0123456 · changed"));
        assert_eq!(of(json!({"commit": "0123456789abcdef", "dirty": false})).as_deref(), Some("0123456"));
        assert_eq!(of(json!({"branch": "", "commit": null})), None);
        assert_eq!(of(Value::Null), None);
    }
}
