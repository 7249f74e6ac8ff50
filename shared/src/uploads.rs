//! Files of rows that go into a dataset: what they may be, what becomes of their columns, and what became of their lines.

use serde::{Deserialize, Serialize};

/// Bytes of a file at most, unpacked.
pub const LARGEST_FILE: u64 = 64 * 1024 * 1024;

/// Rows of a file at most.
pub const MOST_ROWS: usize = 100_000;

/// Columns of a file at most.
pub const MOST_COLUMNS: usize = 500;

/// Bytes of a cell at most.
pub const LONGEST_CELL: usize = 1024 * 1024;

/// Lines that are told one by one at most; of more only the number is.
pub const MOST_TOLD: usize = 200;

/// Rows that are shown as they will be.
pub const PREVIEWED: usize = 10;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UploadFormat {
    /// A table with commas, semicolons or bars.
    Csv,
    /// A table with tabs.
    Tsv,
    /// A list of objects, or one object after the other.
    Json,
    /// An object on each line.
    Jsonl,
}

impl UploadFormat {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Tsv, Self::Json, Self::Jsonl];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
        }
    }

    /// The format of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == word)
    }
}

/// A column, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadColumn {
    /// Its name.
    pub name: String,
    /// `input`, `expected`, `metadata`, `tags`, `id`, a place in one of the first three such as `metadata.plan`, or nothing where it is
    /// left out.
    pub becomes: String,
    /// Whether its values stay text although they could be read as JSON.
    #[serde(default)]
    pub as_text: bool,
}

/// A line of a file that becomes no row, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedLine {
    /// The line, from 1.
    pub line: u64,
    /// The name of the column, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What is wrong and what would be right.
    pub reason: String,
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UploadFate {
    /// It is a new row.
    Added,
    /// It changes the row of its id.
    Updated,
    /// What it says is in the dataset already.
    Already,
}

/// One of the first rows, as it will be. Its values are cut where they are long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewedRow {
    /// Its line.
    pub line: u64,
    /// What becomes of it.
    pub fate: UploadFate,
    /// Its id; empty where the file gives it none.
    pub id: String,
    /// What goes in.
    pub input: String,
    /// What should come out.
    pub expected: String,
    /// What else is known of it.
    pub metadata: String,
    /// Its tags.
    pub tags: Vec<String>,
}

/// What became of a file, or with `dry_run` would become of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// As what it was read.
    pub format: UploadFormat,
    /// What should be known about how it was read.
    pub notes: Vec<String>,
    /// Its columns and what became of them.
    pub columns: Vec<UploadColumn>,
    /// New rows.
    pub added: u64,
    /// Rows that were changed, by their ids.
    pub updated: u64,
    /// Lines whose row is in the dataset already: by its id, and without one by its input.
    pub already: u64,
    /// Those of them that have no id of their own, so that they can be added in spite of it.
    pub repeated: u64,
    /// Lines that are wrong, the first of them.
    pub refused: Vec<RefusedLine>,
    /// How many those are in all.
    pub refused_lines: u64,
    /// The first rows.
    pub preview: Vec<PreviewedRow>,
}

#[cfg(test)]
mod tests {
    use super::UploadFormat;

    #[test]
    fn formats_have_words() {
        for format in UploadFormat::ALL {
            assert_eq!(UploadFormat::parse(format.as_str()), Some(format));
        }
    }
}
