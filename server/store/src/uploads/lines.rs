//! The lines of a file that are rows, and what its columns are called.

use super::columns::{Place, mapped, named};
use super::file::TextFile;
use super::table::{Lines, separator};
use crate::ground::body;
use indexmap::IndexSet;
use serde::de::{Deserializer as _, SeqAccess, Visitor};
use serde_json::Deserializer;
use serde_json::value::RawValue;
use shared::figures::count;
use shared::uploads::{MOST_COLUMNS, MOST_ROWS, MOST_TOLD, RefusedLine, UploadColumn, UploadFormat};
use shared::{Problem, figures};

/// A file whose rows and columns are known.
pub(super) struct Recognised {
    pub(super) file: TextFile,
    /// What parts the cells of a table.
    pub(super) separator: u8,
    /// Its columns, what becomes of them, and as what their cells are read.
    pub(super) columns: Vec<Column>,
    /// The lines that are rows.
    pub(super) lines: Vec<FoundLine>,
    /// Those that are none.
    pub(super) mistakes: Mistakes,
}

/// A column.
pub(super) struct Column {
    pub(super) told: UploadColumn,
    pub(super) place: Option<Place>,
    pub(super) cells: Cells,
    /// Whether no other column says a part of the same field.
    pub(super) is_alone: bool,
}

/// As what the cells of a table are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cells {
    /// As they stand there.
    Text,
    /// All are numbers, true, false or null.
    Scalars,
    /// Those that begin like an object or a list are one.
    Structures,
}

/// A line that is a row: its number, and where it stands in the text.
#[derive(Clone, Copy)]
pub(super) struct FoundLine {
    pub(super) number: u64,
    pub(super) place: (usize, usize),
}

/// Lines that are wrong.
#[derive(Default)]
pub(super) struct Mistakes {
    /// The first of them.
    pub(super) told: Vec<RefusedLine>,
    /// How many there are.
    pub(super) count: u64,
}

impl Mistakes {
    /// Notes one.
    pub(super) fn add(&mut self, mistake: RefusedLine) {
        self.count += 1;
        if self.told.len() < MOST_TOLD {
            self.told.push(mistake);
        }
    }

    fn at(&mut self, line: u64, reason: impl Into<String>) {
        self.add(RefusedLine { line, column: None, reason: reason.into() });
    }
}

/// Finds rows and columns.
///
/// # Errors
/// [`Problem::Invalid`] where that is impossible, where there are too many, and for a mapping that is wrong.
pub(super) fn recognise(file: TextFile, mapping: &[UploadColumn]) -> Result<Recognised, Problem> {
    let mut found = Found::default();
    let separator = match file.format {
        UploadFormat::Tsv => b'\t',
        UploadFormat::Csv | UploadFormat::Json | UploadFormat::Jsonl => separator(file.text.trim_start()),
    };
    let guesses = match file.format {
        UploadFormat::Csv | UploadFormat::Tsv => Some(table(&file.text, separator, &mut found)?),
        UploadFormat::Json => json(&file.text, &mut found).map(|()| None)?,
        UploadFormat::Jsonl => jsonl(&file.text, &mut found).map(|()| None)?,
    };
    if found.lines.is_empty() && found.mistakes.count == 0 {
        return Err(wrong("There is no row in this file."));
    }
    let columns = mapped(named(found.names.into_iter().collect())?, mapping)?;
    let field = |place: &Option<Place>| if let Some(Place::Field(steps)) = place { steps.first().cloned() } else { None };
    let fields: Vec<String> = columns.iter().filter_map(|(_, place)| field(place)).collect();
    let columns = columns.into_iter().enumerate().map(|(index, (told, place))| {
        let is_alone = field(&place).is_some_and(|own| fields.iter().filter(|field| **field == own).count() == 1);
        let guess = guesses.as_ref().and_then(|guesses| guesses.get(index)).map_or(Cells::Text, Guess::cells);
        Column { cells: if told.as_text { Cells::Text } else { guess }, told, place, is_alone }
    });
    Ok(Recognised { columns: columns.collect(), separator, lines: found.lines, mistakes: found.mistakes, file })
}

/// What is found on the way.
#[derive(Default)]
struct Found {
    names: IndexSet<String>,
    lines: Vec<FoundLine>,
    mistakes: Mistakes,
}

impl Found {
    /// Takes a line that is a row.
    fn take(&mut self, number: u64, place: (usize, usize)) -> Result<(), Problem> {
        if self.lines.len() == MOST_ROWS {
            return Err(wrong(format!("A file may have {} rows; this has more. Upload it in parts.", count(MOST_ROWS as u64))));
        }
        self.lines.push(FoundLine { number, place });
        Ok(())
    }

    /// Takes what should be an object, or notes why it is none.
    fn take_object(&mut self, number: u64, place: (usize, usize), text: &str) -> Result<(), Problem> {
        let Some(object) = body::object(text) else {
            let reason = match body::is_object(text) {
                true => "A key of this row holds half of a character (such as \\ud83e without its other half). Write the whole character.",
                false => "A row must be an object, such as {\"input\": \"…\", \"expected\": \"…\"}.",
            };
            self.mistakes.at(number, reason);
            return Ok(());
        };
        for name in object.into_keys() {
            self.names.insert(name);
            if self.names.len() > MOST_COLUMNS {
                let reason = format!(
                    "The rows of a file may have {MOST_COLUMNS} different keys; these have more. Put them into an object, such as metadata."
                );
                return Err(wrong(reason));
            }
        }
        self.take(number, place)
    }
}

fn wrong(reason: impl Into<String>) -> Problem {
    Problem::invalid("file", reason)
}

/// What the cells of a column look like.
#[derive(Clone, Default)]
struct Guess {
    filled: usize,
    scalars: usize,
    structures: usize,
}

impl Guess {
    fn look_at(&mut self, cell: &str) {
        let is_json = || serde_json::from_str::<&RawValue>(cell).is_ok();
        self.filled += usize::from(!cell.is_empty());
        match cell.trim().as_bytes().first() {
            Some(b'{' | b'[') => self.structures += usize::from(is_json()),
            Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => self.scalars += usize::from(is_json()),
            _ => {}
        }
    }

    fn cells(&self) -> Cells {
        match self {
            Self { filled, scalars, .. } if *filled > 0 && scalars == filled => Cells::Scalars,
            Self { structures: 1.., .. } => Cells::Structures,
            _ => Cells::Text,
        }
    }
}

/// Reads a table: the first line names the columns.
fn table(text: &str, separator: u8, found: &mut Found) -> Result<Vec<Guess>, Problem> {
    let mut lines = Lines::new(text, separator);
    let Some(head) = lines.next() else { return Err(wrong("There is nothing in this file.")) };
    let mut names = head.cells.map_err(|reason| wrong(format!("Line {}, which names the columns: {reason}", head.number)))?;
    // Spreadsheets write columns beyond the last one.
    while names.last().is_some_and(|name| name.trim().is_empty()) {
        names.pop();
    }
    let width = names.len();
    // Of two columns of one name a set would keep one.
    let names: Vec<String> = names.into_iter().map(|name| name.into_owned()).collect();
    named(names.clone())?;
    found.names = names.into_iter().collect();
    let mut guesses = vec![Guess::default(); width];
    for line in lines {
        match line.cells {
            Err(reason) => found.mistakes.at(line.number, reason),
            Ok(cells) if cells.iter().all(|cell| cell.trim().is_empty()) => {}
            Ok(cells) if cells.len() < width || cells[width..].iter().any(|cell| !cell.trim().is_empty()) => {
                let (has, named) =
                    (figures::counted(cells.len() as u64, "cell", "cells"), figures::counted(width as u64, "column", "columns"));
                found.mistakes.at(
                    line.number,
                    format!("This line has {has}, and the first line names {named}. Put quotes around a cell with a separator in it."),
                );
            }
            Ok(cells) => {
                guesses.iter_mut().zip(&cells).for_each(|(guess, cell)| guess.look_at(cell));
                found.take(line.number, line.place)?;
            }
        }
    }
    Ok(guesses)
}

/// Reads an object on each line.
fn jsonl(text: &str, found: &mut Found) -> Result<(), Problem> {
    let mut begin = 0;
    for (index, line) in text.split('\n').enumerate() {
        let place = (begin, begin + line.len());
        begin = place.1 + 1;
        if line.trim().is_empty() {
            continue;
        }
        let number = index as u64 + 1;
        match serde_json::from_str::<&RawValue>(line) {
            Ok(_) => found.take_object(number, place, line)?,
            Err(error) => found.mistakes.at(number, not_json(line, &error)),
        }
    }
    Ok(())
}

/// Reads a list of objects, or one object after the other.
fn json(text: &str, found: &mut Found) -> Result<(), Problem> {
    let mut rows = Vec::new();
    let mut reader = Deserializer::from_str(text);
    let ended = if text.trim_start().starts_with('[') {
        reader.deserialize_seq(Rows(&mut rows)).and_then(|()| reader.end())
    } else {
        let mut values = reader.into_iter::<&RawValue>();
        loop {
            match values.next() {
                Some(Ok(_)) if rows.len() > MOST_ROWS => break Ok(()),
                Some(Ok(row)) => rows.push(row),
                Some(Err(error)) => break Err(error),
                None => break Ok(()),
            }
        }
    };
    let (mut number, mut seen) = (1, 0);
    for row in &rows {
        // A value is a piece of the text.
        let begin = row.get().as_ptr() as usize - text.as_ptr() as usize;
        number += text[seen..begin].bytes().filter(|byte| *byte == b'\n').count() as u64;
        seen = begin;
        found.take_object(number, (begin, begin + row.get().len()), row.get())?;
    }
    match ended {
        Ok(()) => Ok(()),
        Err(error) if rows.is_empty() => Err(wrong(format!("Line {}: {}", error.line(), not_json_at(&error, text)))),
        Err(error) => {
            let reason = format!("{} From here on nothing was read.", not_json_at(&error, text));
            found.mistakes.at(error.line() as u64, reason);
            Ok(())
        }
    }
}

/// Collects the values of a list, up to one more than there may be.
struct Rows<'rows, 'text>(&'rows mut Vec<&'text RawValue>);

impl<'text> Visitor<'text> for Rows<'_, 'text> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'text>>(self, mut values: A) -> Result<(), A::Error> {
        while let Some(value) = values.next_element()? {
            if self.0.len() <= MOST_ROWS {
                self.0.push(value);
            }
        }
        Ok(())
    }
}

/// What is wrong with a line that should be JSON.
fn not_json(line: &str, error: &serde_json::Error) -> String {
    if line.trim_start().starts_with(['{', '[', '"']) {
        return not_json_at(error, line);
    }
    "This is not JSON. Each line is an object, such as {\"input\": \"…\", \"expected\": \"…\"}.".to_owned()
}

fn not_json_at(error: &serde_json::Error, text: &str) -> String {
    let line = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let bytes = line.get(..error.column().min(line.len())).unwrap_or(line);
    let told = error.to_string();
    let told = told.split(" at line ").next().unwrap_or_default();
    format!("This is not JSON at character {}: {told}.", bytes.chars().count().max(1))
}
