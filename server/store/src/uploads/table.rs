//! Tables as text (RFC 4180), read cell by cell. The `csv` crate takes whatever there is: of a quote that is never closed it makes one
//! long cell, and it does not tell where a cell begins. Here a mistake has its line and its character, and costs only its line.

use shared::figures;
use shared::uploads::LONGEST_CELL;
use std::borrow::Cow;

/// Cells of a line that are kept at most: of more than there can be columns, and few enough that a file of separators takes no memory.
const MOST_CELLS: usize = 20_000;

/// A line of a table, which may be several lines of the text.
pub(super) struct Line<'text> {
    /// The first of its lines, from 1.
    pub(super) number: u64,
    /// Where it begins and ends in the text.
    pub(super) place: (usize, usize),
    /// Its cells, or what is wrong with it.
    pub(super) cells: Result<Vec<Cow<'text, str>>, String>,
}

/// Reads the lines of a table.
pub(super) struct Lines<'text> {
    text: &'text str,
    separator: u8,
    at: usize,
    number: u64,
}

/// How a cell ended.
#[derive(PartialEq, Eq)]
enum End {
    Cell,
    Line,
    /// Of the text, within a quote.
    Open,
}

impl<'text> Lines<'text> {
    /// Begins at a byte of the text that stands on this line.
    pub(super) fn new(text: &'text str, separator: u8) -> Self {
        Self { text, separator, at: 0, number: 1 }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Steps over the end of a line.
    fn step_over_end(&mut self) {
        if self.byte(self.at) == Some(b'\r') && self.byte(self.at + 1) == Some(b'\n') {
            self.at += 1;
        }
        self.at += 1;
        self.number += 1;
    }

    /// Which character of its line stands at a byte, from 1.
    fn character(&self, at: usize) -> usize {
        let begin = self.text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1);
        self.text[begin..at].chars().count() + 1
    }

    /// A cell without quotes.
    fn plain(&mut self) -> (Result<Cow<'text, str>, String>, End) {
        let begin = self.at;
        let rest = &self.text.as_bytes()[begin..];
        let length = rest.iter().position(|byte| *byte == self.separator || matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        self.at += length;
        (Ok(Cow::Borrowed(&self.text[begin..self.at])), self.after())
    }

    /// Steps over what ends a cell.
    fn after(&mut self) -> End {
        match self.byte(self.at) {
            Some(byte) if byte == self.separator => {
                self.at += 1;
                End::Cell
            }
            Some(_) => {
                self.step_over_end();
                End::Line
            }
            None => End::Line,
        }
    }

    /// A cell in quotes, at the first of which it stands.
    fn quoted(&mut self) -> (Result<Cow<'text, str>, String>, End) {
        let opens = self.at;
        self.at += 1;
        let mut cell = Cow::Borrowed("");
        loop {
            let rest = &self.text[self.at..];
            let Some(length) = rest.find('"') else {
                let reason = format!(
                    "The quote at character {} is never closed; from here on nothing was read. Close it, or write \"\" for a quote inside a cell.",
                    self.character(opens)
                );
                self.number += lines_in(rest);
                self.at = self.text.len();
                return (Err(reason), End::Open);
            };
            self.number += lines_in(&rest[..length]);
            // What is too long is stepped over, so that it takes no memory twice.
            if cell.is_empty() {
                cell = Cow::Borrowed(&rest[..length]);
            } else if cell.len() <= LONGEST_CELL {
                cell.to_mut().push_str(&rest[..length]);
            }
            self.at += length + 1;
            match self.byte(self.at) {
                Some(b'"') => {
                    cell.to_mut().push('"');
                    self.at += 1;
                }
                None => return (Ok(cell), self.after()),
                Some(byte) if byte == self.separator || matches!(byte, b'\n' | b'\r') => return (Ok(cell), self.after()),
                Some(_) => {
                    let reason = format!(
                        "The quote at character {} closes the cell, but the cell goes on. Write \"\" for a quote inside a cell.",
                        self.character(self.at - 1)
                    );
                    let rest = &self.text.as_bytes()[self.at..];
                    self.at += rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
                    return (Err(reason), if self.byte(self.at).is_some() { self.after() } else { End::Line });
                }
            }
        }
    }
}

impl<'text> Iterator for Lines<'text> {
    type Item = Line<'text>;

    fn next(&mut self) -> Option<Line<'text>> {
        // Lines with nothing on them are no rows.
        while matches!(self.byte(self.at), Some(b'\n' | b'\r')) {
            self.step_over_end();
        }
        self.byte(self.at)?;
        let (begin, number) = (self.at, self.number);
        let mut cells = Ok(Vec::new());
        loop {
            let (cell, end) = if self.byte(self.at) == Some(b'"') { self.quoted() } else { self.plain() };
            match (&mut cells, cell) {
                (Ok(found), Ok(_)) if found.len() >= MOST_CELLS => {
                    cells = Err(format!("A line may have {} cells; this has more.", figures::count(MOST_CELLS as u64)));
                }
                (Ok(cells), Ok(cell)) if cell.len() <= LONGEST_CELL => cells.push(cell),
                (Ok(found), Ok(_)) => {
                    let reason =
                        format!("Cell {} is too long: a cell may have {} bytes.", found.len() + 1, figures::count(LONGEST_CELL as u64));
                    cells = Err(reason);
                }
                (Ok(_), Err(reason)) => cells = Err(reason),
                (Err(_), _) => {}
            }
            if end != End::Cell {
                return Some(Line { number, place: (begin, self.at), cells });
            }
        }
    }
}

/// Ends of lines in a text.
fn lines_in(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let ends = bytes.iter().enumerate().filter(|(at, byte)| **byte == b'\n' || **byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    ends.count() as u64
}

/// What parts the cells of a table: what stands most often in its first line, outside of quotes.
pub(super) fn separator(text: &str) -> u8 {
    let mut counts = [0_usize; 4];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => counts.iter_mut().zip(SEPARATORS).filter(|(_, separator)| *separator == byte).for_each(|(count, _)| *count += 1),
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    SEPARATORS.into_iter().zip(counts).find(|(_, count)| *count == most).map_or(b',', |(separator, _)| separator)
}

/// Whatever parts cells, the commonest first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<(u64, Result<Vec<String>, String>)> {
        let lines = Lines::new(text, separator(text));
        lines.map(|line| (line.number, line.cells.map(|cells| cells.into_iter().map(Cow::into_owned).collect()))).collect()
    }

    fn good(number: u64, cells: &[&str]) -> (u64, Result<Vec<String>, String>) {
        (number, Ok(cells.iter().map(|cell| (*cell).to_owned()).collect()))
    }

    #[test]
    fn a_line_of_separators_takes_no_memory() {
        let text = ",".repeat(1_000_000) + "\na,b";
        let told = Err("A line may have 20,000 cells; this has more.".to_owned());
        assert_eq!(read(&text), [(1, told), good(2, &["a", "b"])]);
        assert!(Lines::new(&",".repeat(20_000), b',').next().unwrap().cells.is_err());
        assert_eq!(Lines::new(&",".repeat(19_999), b',').next().unwrap().cells.unwrap().len(), 20_000);
    }

    #[test]
    fn lines_end_in_every_way() {
        for text in ["a,b\n1,2\n\n3,\n", "a,b\r\n1,2\r\n\r\n3,", "a,b\r1,2\r\r3,\r"] {
            assert_eq!(read(text), [good(1, &["a", "b"]), good(2, &["1", "2"]), good(4, &["3", ""])], "{text:?}");
        }
        assert_eq!(read(""), []);
        assert_eq!(read("\r\n\r\n"), []);
        assert_eq!(read("a;b\n1,5;2"), [good(1, &["a", "b"]), good(2, &["1,5", "2"])]);
        assert_eq!(read("\"a,b\"\tc\n1\t2"), [good(1, &["a,b", "c"]), good(2, &["1", "2"])]);
        assert_eq!(read("a\n\"x\r\ny\",z\nlast"), [good(1, &["a"]), good(2, &["x\r\ny", "z"]), good(4, &["last"])]);
        assert_eq!(
            read("a,b\n5\" pipe,\"say \"\"yes\"\"\"\n\"\",\"\"\"\"\n"),
            [good(1, &["a", "b"]), good(2, &["5\" pipe", "say \"yes\""]), good(3, &["", "\""])]
        );
    }

    #[test]
    fn a_broken_quote_is_told_with_its_place() {
        let goes_on = "The quote at character 5 closes the cell, but the cell goes on. Write \"\" for a quote inside a cell.";
        assert_eq!(read("a,b\né,\"x\"y,\"z\n1,2"), [good(1, &["a", "b"]), (2, Err(goes_on.to_owned())), good(3, &["1", "2"])]);
        let open =
            "The quote at character 3 is never closed; from here on nothing was read. Close it, or write \"\" for a quote inside a cell.";
        assert_eq!(read("a,b\n1,2\n1,\"x\n3,4\n"), [good(1, &["a", "b"]), good(2, &["1", "2"]), (3, Err(open.to_owned()))]);
        let long = format!("a,b\n1,\"{}\"\n2,{}\n3,4", "x\n".repeat(LONGEST_CELL), "y".repeat(LONGEST_CELL + 1));
        let lines = read(&long);
        let too_long = Err("Cell 2 is too long: a cell may have 1,048,576 bytes.".to_owned());
        assert_eq!(
            lines[1..],
            [(2, too_long.clone()), (2 + LONGEST_CELL as u64 + 1, too_long), good(4 + LONGEST_CELL as u64, &["3", "4"])]
        );
    }

    proptest! {
        #[test]
        fn what_the_csv_crate_writes_is_read_as_it_was(
            table in prop::collection::vec(prop::collection::vec("[a\"',;\t\r\n é🪨]{0,6}", 2..5), 1..6),
            separator in prop::sample::select(SEPARATORS.to_vec()),
        ) {
            let mut writer = csv::WriterBuilder::new().delimiter(separator).flexible(true).from_writer(Vec::new());
            for cells in &table {
                writer.write_record(cells).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let read: Vec<Vec<String>> =
                Lines::new(&text, separator).map(|line| line.cells.unwrap().into_iter().map(Cow::into_owned).collect()).collect();
            prop_assert_eq!(read, table);
        }

        #[test]
        fn nothing_makes_it_fail(text in "[a\",;\r\n é]{0,40}") {
            let mut end = 0;
            for line in Lines::new(&text, b',') {
                prop_assert!(line.place.0 >= end && line.place.1 > line.place.0);
                end = line.place.1;
            }
            prop_assert!(text[end..].trim_matches(['\r', '\n']).is_empty());
        }
    }
}
