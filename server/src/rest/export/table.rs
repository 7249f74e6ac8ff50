//! Rows as a table that spreadsheets read, and that makes none of them compute anything.

use super::ExportedRow;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use shared::Problem;
use shared::filter::parse_leniently;
use std::collections::HashMap;

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

/// More columns than a spreadsheet can show help nobody.
const MOST_COLUMNS: usize = 2_000;

/// A column that a table has because of what people and scorers said.
enum SaidColumn {
    /// A name in one of the objects of a row, such as `scores`.
    Score(&'static str, String),
    /// What one reviewer answered to a question: its name, and their folded address.
    Answer(String, String),
    Comments,
}

/// The columns of a table: those that every one has, then those of what was said.
pub(super) struct Table {
    said: Vec<SaidColumn>,
}

impl Table {
    /// With a column for each of these scores. Where it is known who `answered` which question, with one for each of them, and with what was
    /// reported, what end users said and what was settled apart.
    ///
    /// # Errors
    /// [`Problem::Invalid`] where there would be too many.
    pub(super) fn of(scores: impl Iterator<Item = String>, answered: Option<Vec<(String, String)>>) -> Result<Self, Problem> {
        let scores: Vec<String> = scores.collect();
        let of_scores = |within: &'static str| scores.iter().map(move |name| SaidColumn::Score(within, name.clone()));
        let mut said: Vec<SaidColumn> = of_scores("scores").collect();
        if let Some(answered) = answered {
            said.extend(answered.into_iter().map(|(question, reviewer)| SaidColumn::Answer(question, reviewer)));
            said.extend(["gold", "reported", "feedback"].into_iter().flat_map(of_scores));
            said.push(SaidColumn::Comments);
        }
        if said.len() > MOST_COLUMNS {
            let reason = format!("A table would have {} columns. Use jsonl, or leave the answers out.", COLUMNS.len() + said.len());
            return Err(Problem::invalid("format", reason));
        }
        Ok(Self { said })
    }

    /// The line of headings.
    pub(super) fn head(&self) -> store::Result<Vec<u8>> {
        let said = self.said.iter().map(|column| match column {
            SaidColumn::Score(within, name) => format!("{within}.{name}"),
            SaidColumn::Answer(question, reviewer) => format!("answers.{question} by {reviewer}"),
            SaidColumn::Comments => "comments".to_owned(),
        });
        let head: Vec<String> = COLUMNS.iter().map(|(name, _)| (*name).to_owned()).chain(said).collect();
        written([head].into_iter())
    }

    /// The lines of some rows.
    pub(super) fn lines<'a>(&self, rows: impl Iterator<Item = &'a ExportedRow>) -> store::Result<Vec<u8>> {
        written(rows.map(|row| {
            let attributes = inside(row, "span_attributes");
            let columns = COLUMNS.iter().map(|(name, within)| within.map_or(row, |_| &attributes).get(*name));
            let mut cells: Vec<String> = columns.map(|value| value.map(|value| cell(value)).unwrap_or_default()).collect();
            let kinds: HashMap<&str, ExportedRow> =
                ["scores", "gold", "reported", "feedback"].map(|kind| (kind, inside(row, kind))).into_iter().collect();
            let answers: HashMap<String, GivenAnswers> =
                row.get("answers").and_then(|answers| serde_json::from_str(answers.get()).ok()).unwrap_or_default();
            cells.extend(self.said.iter().map(|column| {
                let value = match column {
                    SaidColumn::Score(within, name) => kinds.get(within).and_then(|scores| scores.get(name)),
                    SaidColumn::Answer(question, reviewer) => {
                        let answer = answers.get(question).and_then(|answers| answers.by.get(reviewer));
                        return answer.map(|answer| chosen(answer)).unwrap_or_default();
                    }
                    SaidColumn::Comments => row.get("comments"),
                };
                value.map(|value| cell(value)).unwrap_or_default()
            }));
            cells
        }))
    }
}

/// An answer as one reads it: an option goes by its name and by its number, and here by its name.
fn chosen(answer: &RawValue) -> String {
    match serde_json::from_str::<(Box<RawValue>, f64)>(answer.get()) {
        Ok((name, _)) if name.get().starts_with('"') => cell(&name),
        _ => cell(answer),
    }
}

/// The answers to one question, of which a table tells what each reviewer said.
#[derive(Deserialize)]
struct GivenAnswers {
    by: ExportedRow,
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
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{feff}', '＝', '＋', '－', '＠']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn no_text_is_a_formula() {
        for first in ["=", "+", "-", "@", "\t", "\r", "\n", "\u{feff}", "＝", "＋", "－", "＠"] {
            assert_eq!(harmless(format!("{first}1+1")), format!("'{first}1+1"));
        }
        for text in ["", "1+1", "a=b", " =1", "'=1"] {
            assert_eq!(harmless(text.to_owned()), text);
        }
    }

    #[test]
    fn a_row_is_a_line() {
        let table = Table::of(["Tone", "=1+1"].map(str::to_owned).into_iter(), None).unwrap();
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
