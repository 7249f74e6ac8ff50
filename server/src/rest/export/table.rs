//! Rows as a table that spreadsheets read, and that makes none of them compute anything.

use super::ExportedRow;
use serde_json::Value;
use serde_json::value::RawValue;
use shared::filter::parse_leniently;

/// The columns that every table has: what each is called, and in what and under which name it stands in a row.
const COLUMNS: [(&str, Option<&str>); 13] = [
    ("id", None),
    ("root_span_id", None),
    ("span_id", None),
    ("created", None),
    ("name", Some("span_attributes")),
    ("type", Some("span_attributes")),
    ("input", None),
    ("output", None),
    ("expected", None),
    ("error", None),
    ("tags", None),
    ("metadata", None),
    ("metrics", None),
];

/// The columns of a table: those that every one has, then a column for each score.
pub(super) struct Table {
    scores: Vec<String>,
}

impl Table {
    /// With these scores.
    pub(super) fn of(scores: impl Iterator<Item = String>) -> Self {
        Self { scores: scores.collect() }
    }

    /// The line of headings.
    pub(super) fn head(&self) -> store::Result<Vec<u8>> {
        let scores = self.scores.iter().map(|name| format!("scores.{name}"));
        let head: Vec<String> = COLUMNS.iter().map(|(name, _)| (*name).to_owned()).chain(scores).collect();
        written([head].into_iter())
    }

    /// The lines of some rows.
    pub(super) fn lines<'a>(&self, rows: impl Iterator<Item = &'a ExportedRow>) -> store::Result<Vec<u8>> {
        written(rows.map(|row| {
            let (attributes, scores) = (inside(row, "span_attributes"), inside(row, "scores"));
            let columns = COLUMNS.iter().map(|(name, within)| within.map_or(row, |_| &attributes).get(*name));
            columns
                .chain(self.scores.iter().map(|name| scores.get(name)))
                .map(|value| value.map(|value| cell(value)).unwrap_or_default())
                .collect()
        }))
    }
}

fn written(lines: impl Iterator<Item = Vec<String>>) -> store::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in lines {
        writer.write_record(line).map_err(|error| store::Error::Corrupt(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| store::Error::Corrupt(error.to_string()))
}

/// What an object in a row holds; nothing where it is none.
fn inside(row: &ExportedRow, name: &str) -> ExportedRow {
    row.get(name).and_then(|object| serde_json::from_str(object.get()).ok()).unwrap_or_default()
}

/// Texts as they are, whatever else is not null as JSON.
fn cell(value: &RawValue) -> String {
    let text = value.get().trim();
    match text.as_bytes().first() {
        Some(b'n') => String::new(),
        Some(b'"') => match parse_leniently(text) {
            Some(Value::String(text)) => harmless(text),
            _ => harmless(text.to_owned()),
        },
        _ => text.to_owned(),
    }
}

/// A text that no spreadsheet takes for a formula.
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn a_row_is_a_line() {
        let table = Table::of(["Tone", "=1+1"].map(str::to_owned).into_iter());
        let rows = [
            r#"{"id": "a", "input": "say \"hi\", twice\nplease", "output": {"b":  [1e400, null]}, "tags": ["x"], "scores": {"Tone": 0.5}}"#,
            r#"{"id": "=cmd|' /C calc'!A0", "input": "-1", "output": -1, "error": "@SUM(A1)", "span_attributes": {"name": "\ttab", "type": "llm"}}"#,
            r#"{"id": "half \ud83e", "input": null, "expected": true, "scores": null}"#,
        ];
        let mut text = table.head().unwrap();
        let rows = rows.map(|row| serde_json::from_str(row).unwrap());
        text.extend(table.lines(rows.iter()).unwrap());
        expect![[r#"
            id,root_span_id,span_id,created,name,type,input,output,expected,error,tags,metadata,metrics,scores.Tone,scores.=1+1
            a,,,,,,"say ""hi"", twice
            please","{""b"":  [1e400, null]}",,,"[""x""]",,,0.5,
            '=cmd|' /C calc'!A0,,,,'	tab,llm,'-1,-1,,'@SUM(A1),,,,,
            half �,,,,,,,,true,,,,,,
        "#]]
        .assert_eq(&String::from_utf8(text).unwrap());
    }
}
