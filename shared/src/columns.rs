//! Columns of a table of rows. A column is an expression of the filter language, so one's own and those that every table has are written the
//! same way; see [`parse_columns`].

use crate::Problem;
use crate::filter::{parse_columns, quote_path_step};
use serde::{Deserialize, Serialize};

/// Columns of a table at most.
pub const MOST_COLUMNS: usize = 50;

/// Columns of a table at most that are computed of each row.
pub const MOST_COMPUTED: usize = 20;

/// Bytes of all of them as text.
const LONGEST: usize = 4_000;

/// Characters of a column's name.
const LONGEST_NAME: usize = 100;

/// How narrow and how wide a column can be, in pixels.
pub const WIDTHS: std::ops::RangeInclusive<u32> = 40..=1_000;

/// Columns that are offered beside those that a list has by itself, with their headings.
pub const OFFERED: [(&str, &str); 9] = [
    ("expected", "Expected"),
    ("metadata", "Metadata"),
    ("error", "Error"),
    ("len(comments)", "Comments"),
    ("review.status", "Review state"),
    ("review.assignees", "Assigned to"),
    ("review.lists", "Review lists"),
    ("metadata.model", "Model"),
    ("id", "Row id"),
];

/// A column of a table of rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Column {
    /// What it shows, as the filter language prints it.
    pub expression: String,
    /// Its heading; none for the one that it has by itself.
    pub name: Option<String>,
    /// Its width in pixels; none for the one that it has by itself.
    pub width: Option<u32>,
}

impl Column {
    /// A column with the heading and the width that it has by itself.
    pub fn of(expression: &str) -> Self {
        Self { expression: expression.to_owned(), name: None, width: None }
    }

    /// The column of a score.
    pub fn of_score(name: &str) -> Self {
        Self::of(&format!("scores.{}", quote_path_step(name)))
    }

    /// What it is called where the list has no heading for it.
    pub fn heading(&self) -> String {
        if let Some(name) = &self.name {
            return name.clone();
        }
        if let Some((_, words)) = OFFERED.iter().find(|(expression, _)| *expression == self.expression) {
            return (*words).to_owned();
        }
        let inside = ["metadata.", "metrics.", "scores."].iter().find_map(|column| self.expression.strip_prefix(column));
        let plain = inside.filter(|path| path.chars().all(|letter| letter.is_alphanumeric() || "_.\" ".contains(letter)));
        plain.map_or_else(|| self.expression.clone(), |path| path.replace('"', ""))
    }

    /// Reads columns. Each stands once, and a width is one that a column can have.
    ///
    /// # Errors
    /// [`Problem::Filter`] with every mistake at its place, [`Problem::Invalid`] for what is too much.
    pub fn parse(text: &str) -> Result<Vec<Self>, Problem> {
        if text.len() > LONGEST || text.contains('\0') {
            return Err(Problem::invalid("cols", format!("Use at most {LONGEST} bytes for all columns, without a NUL.")));
        }
        let mut columns: Vec<Self> = Vec::new();
        for (read, width) in parse_columns(text).map_err(Problem::filter)? {
            let name = read.alias.map(|name| name.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty());
            if name.as_ref().is_some_and(|name| name.chars().count() > LONGEST_NAME) {
                return Err(Problem::invalid("cols", format!("Use at most {LONGEST_NAME} characters for the name of a column.")));
            }
            let expression = read.expression.to_string();
            if columns.iter().all(|column| column.expression != expression) {
                columns.push(Self { expression, name, width: width.map(|width| width.clamp(*WIDTHS.start(), *WIDTHS.end())) });
            }
        }
        if columns.len() > MOST_COLUMNS {
            return Err(Problem::invalid("cols", format!("Use at most {MOST_COLUMNS} columns; these are {}.", columns.len())));
        }
        Ok(columns)
    }

    /// As [`Column::parse`] reads it.
    pub fn to_text(columns: &[Self]) -> String {
        let written = columns.iter().map(|Self { expression, name, width }| {
            let name = name.as_ref().map(|name| format!(" as {}", quote_path_step(name))).unwrap_or_default();
            let width = width.map(|width| format!(" {width}")).unwrap_or_default();
            format!("{expression}{name}{width}")
        });
        written.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::LogsAddress;
    use proptest::prelude::*;

    #[test]
    fn columns_are_read_as_they_are_written() {
        for (text, expected) in [
            ("", ""),
            ("id,input  240 ,  scores.\"A b\"", "id, input 240, scores.\"A b\""),
            (
                "metadata.channel AS Channel 120, len(output)>100 as 'Is  long'",
                "metadata.channel as Channel 120, len(output) > 100 as \"Is long\"",
            ),
            ("id, id 90, tags 5, output 9999", "id, tags 40, output 1000"),
            ("metadata.b + 1 as \"x, y\" 60", "metadata.b + 1 as \"x, y\" 60"),
        ] {
            let columns = Column::parse(text).unwrap();
            assert_eq!(Column::to_text(&columns), expected, "{text}");
            assert_eq!(Column::parse(expected).unwrap(), columns);
        }
        let many = (0..=MOST_COLUMNS).map(|place| format!("metadata.x{place}")).collect::<Vec<_>>();
        let refused = [",", "name", "id input", "count(1)", "id as", "'", "nothing(1)", &many.join(","), &"x".repeat(4_001), "a\0"];
        for text in refused {
            assert!(Column::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn columns_survive_the_address_bar(columns in prop::collection::vec(("[a-z]{1,6}", "[^\\x00]{0,12}", prop::option::of(40..1_000_u32)), 0..6)) {
            let columns: Vec<_> = columns.into_iter().enumerate().map(|(place, (path, name, width))| {
                let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
                let expression = format!("metadata.{path}{place}");
                Column { expression, name: Some(name).filter(|name| !name.is_empty()), width }
            }).collect();
            let text = Column::to_text(&columns);
            let address = LogsAddress { others: vec![("cols".to_owned(), text)], ..LogsAddress::default() };
            let read = LogsAddress::parse(&address.to_query());
            prop_assert_eq!(Column::parse(read.other("cols").unwrap_or_default()).unwrap(), columns);
        }
    }
}
