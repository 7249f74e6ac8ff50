//! What of a row becomes what of a case of a dataset.

use crate::filter::{Kind, Step, parse_expression};
use crate::jobs::JobRows;
use crate::{ObjectId, Problem, RowId};
use serde::{Deserialize, Serialize};

/// Keys of metadata that can be chosen.
pub const MOST_KEYS: usize = 50;

/// Bytes of a path, and of a key.
const LONGEST: usize = 1_000;

/// Rows that a preview shows.
pub const PREVIEWED: usize = 3;

/// Datasets that a row is told to be in.
pub const MOST_PLACES: usize = 20;

/// What of a row becomes what of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseMapping {
    /// Where its input is: a path of `input` or `metadata`, as a filter writes it.
    #[serde(default = "input")]
    pub input: String,
    /// From what it gets its expected value.
    #[serde(default)]
    pub expected: CaseExpected,
    /// What of the metadata goes along.
    #[serde(default)]
    pub metadata: CaseMetadata,
    /// Whether the tags go along.
    #[serde(default = "yes")]
    pub tags: bool,
}

fn input() -> String {
    "input".to_owned()
}

fn yes() -> bool {
    true
}

impl Default for CaseMapping {
    fn default() -> Self {
        Self { input: input(), expected: CaseExpected::default(), metadata: CaseMetadata::default(), tags: true }
    }
}

/// From what a case gets its expected value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseExpected {
    /// What was expected of the row, or where that is nothing, what came out.
    #[default]
    ExpectedElseOutput,
    /// What was expected of the row.
    Expected,
    /// What came out.
    Output,
    /// What counts of the answers to a question, by its name or its id: its gold value, else the most frequent option, the mean of a
    /// slider, the latest text.
    Answer(String),
    /// Nothing.
    Nothing,
}

/// What of the metadata of a row goes along.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseMetadata {
    /// All of it.
    #[default]
    All,
    /// Some of its keys.
    Keys(Vec<String>),
    /// Nothing.
    Nothing,
}

/// What is done with a row that is in the dataset already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IfThere {
    /// It stays as it is there.
    #[default]
    Skip,
    /// It becomes there what it would become now.
    Update,
    /// It is added once more.
    Double,
}

impl IfThere {
    /// Whether it is what nobody has to say.
    pub fn is_skip(&self) -> bool {
        *self == Self::Skip
    }
}

impl CaseMapping {
    /// Refuses what is no mapping.
    ///
    /// # Errors
    /// [`Problem::Invalid`] with the field.
    pub fn check(&self) -> Result<(), Problem> {
        self.input_path()?;
        if let CaseExpected::Answer(question) = &self.expected
            && (question.trim().is_empty() || question.len() > LONGEST)
        {
            return Err(Problem::invalid("mapping.expected", "Name the question whose answers are expected."));
        }
        match &self.metadata {
            CaseMetadata::Keys(keys) if keys.len() > MOST_KEYS => {
                Err(Problem::invalid("mapping.metadata", format!("Choose at most {MOST_KEYS} keys; these are {}.", keys.len())))
            }
            CaseMetadata::Keys(keys) if keys.iter().any(|key| key.is_empty() || key.len() > LONGEST) => {
                Err(Problem::invalid("mapping.metadata", format!("A key has 1 to {LONGEST} bytes.")))
            }
            CaseMetadata::All | CaseMetadata::Keys(_) | CaseMetadata::Nothing => Ok(()),
        }
    }

    /// In which field the input is, and where in it.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for what is no path of input or metadata.
    pub fn input_path(&self) -> Result<(&'static str, Vec<Step>), Problem> {
        let wrong = || {
            let reason = "Write a path of input or metadata, such as input, input.messages[-1].content or metadata.question.";
            Problem::invalid("mapping.input", reason)
        };
        if self.input.len() > LONGEST {
            return Err(wrong());
        }
        let Kind::Path(mut steps) = parse_expression(&self.input).map_err(|_| wrong())?.kind else { return Err(wrong()) };
        let field = match steps.first().and_then(Step::key) {
            Some("input") => "input",
            Some("metadata") => "metadata",
            _ => return Err(wrong()),
        };
        steps.remove(0);
        Ok((field, steps))
    }
}

/// Asks what rows would become in a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewCases {
    /// Where the rows are.
    pub object: ObjectId,
    /// Which rows.
    pub rows: JobRows,
    /// The dataset; none for one that is still to be made.
    pub dataset: Option<ObjectId>,
    /// What becomes what.
    pub mapping: CaseMapping,
}

/// What rows would become in a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CasePreview {
    /// The first of them.
    pub cases: Vec<PreviewedCase>,
    /// Keys of their metadata.
    pub keys: Vec<String>,
    /// How many of all of them are in the dataset already, where that is known without looking at everything.
    pub already: Option<u64>,
}

/// What a row would become: beginnings of its values, empty for none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewedCase {
    /// Its input.
    pub input: String,
    /// What is expected.
    pub expected: String,
    /// Its metadata.
    pub metadata: String,
    /// Its tags.
    pub tags: String,
    /// Whether it is in the dataset already.
    pub already: bool,
}

/// A row of a dataset that comes from a row elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CasePlace {
    /// The dataset.
    pub dataset: ObjectId,
    /// Its name.
    pub name: String,
    /// The row in it.
    pub row: RowId,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(path: &str) -> CaseMapping {
        CaseMapping { input: path.to_owned(), ..CaseMapping::default() }
    }

    #[test]
    fn what_is_not_said_is_what_everybody_wants() {
        assert_eq!(serde_json::from_str::<CaseMapping>("{}").unwrap(), CaseMapping::default());
        let text = r#"{"input":"metadata.q","expected":{"answer":"Tone"},"metadata":{"keys":["lang"]},"tags":false}"#;
        let read: CaseMapping = serde_json::from_str(text).unwrap();
        assert_eq!(read.expected, CaseExpected::Answer("Tone".to_owned()));
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        assert!(serde_json::from_str::<CaseMapping>(r#"{"inputs":"input"}"#).is_err());
    }

    #[test]
    fn an_input_is_a_path_of_input_or_metadata() {
        let read = input("input.messages[-1].\"the text\"").input_path().unwrap();
        let steps = vec![Step::Key("messages".to_owned()), Step::Index(-1), Step::Key("the text".to_owned())];
        assert_eq!(read, ("input", steps));
        assert_eq!(input("metadata").input_path().unwrap(), ("metadata", Vec::new()));
        for wrong in ["", "output", "input.", "input = 1", "1", "inputs.a", &format!("input.{}", "a".repeat(1_000))] {
            let problem = input(wrong).check().unwrap_err().to_string();
            assert!(problem.starts_with("mapping.input: Write a path of input or metadata"), "{wrong}: {problem}");
        }
    }

    #[test]
    fn what_is_no_mapping_is_said() {
        let said = |mapping: CaseMapping| mapping.check().unwrap_err().to_string();
        let keys = |keys: Vec<String>| said(CaseMapping { metadata: CaseMetadata::Keys(keys), ..CaseMapping::default() });
        assert_eq!(keys(vec!["k".to_owned(); 51]), "mapping.metadata: Choose at most 50 keys; these are 51.");
        assert_eq!(keys(vec![String::new()]), "mapping.metadata: A key has 1 to 1000 bytes.");
        let answer = CaseMapping { expected: CaseExpected::Answer(" ".to_owned()), ..CaseMapping::default() };
        assert_eq!(said(answer), "mapping.expected: Name the question whose answers are expected.");
    }
}
