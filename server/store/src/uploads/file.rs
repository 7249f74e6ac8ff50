//! A file as text: unpacked within a bound, decoded, and recognised by what it holds, because names lie.

use flate2::read::MultiGzDecoder;
use serde::de::IgnoredAny;
use shared::uploads::{LARGEST_FILE, UploadFormat};
use shared::{Problem, figures};
use std::io::Read as _;

/// A file that can be read.
pub(super) struct TextFile {
    /// What it says, without a byte order mark.
    pub(super) text: String,
    /// As what it is read.
    pub(super) format: UploadFormat,
    /// What should be known about how it is read.
    pub(super) notes: Vec<String>,
}

/// What a file cannot be.
fn wrong(reason: impl Into<String>) -> Problem {
    Problem::invalid("file", reason)
}

/// Reads a file. `format` is what it is, where somebody says so.
///
/// # Errors
/// [`Problem::Invalid`] with what to do, if it is no text, or too large.
pub(super) fn read(bytes: Vec<u8>, format: Option<UploadFormat>) -> Result<TextFile, Problem> {
    let bytes = unpacked(bytes)?;
    refuse_others(&bytes)?;
    let (text, is_latin) = decoded(bytes);
    if text.trim().is_empty() {
        return Err(wrong("There is nothing in this file."));
    }
    if text.contains('\0') {
        return Err(wrong("This is no text. Upload CSV, TSV, JSON or JSONL, each also gzipped."));
    }
    let format = format.unwrap_or_else(|| recognised(&text));
    let mut notes = Vec::new();
    if is_latin {
        match format {
            UploadFormat::Csv | UploadFormat::Tsv => {
                notes.push(
                    "The file is not UTF-8, so it was read as Latin-1. If letters look wrong, save it as UTF-8 and upload it again."
                        .to_owned(),
                );
            }
            UploadFormat::Json | UploadFormat::Jsonl => return Err(wrong("JSON is UTF-8, and this file is not. Save it as UTF-8.")),
        }
    }
    Ok(TextFile { text, format, notes })
}

fn unpacked(bytes: Vec<u8>) -> Result<Vec<u8>, Problem> {
    let largest = || {
        let most = figures::bytes(LARGEST_FILE);
        wrong(format!("A file may have {most}, unpacked. Upload it in parts, or send its rows with an SDK."))
    };
    let is_too_large = |length: usize| length as u64 > LARGEST_FILE;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return if is_too_large(bytes.len()) { Err(largest()) } else { Ok(bytes) };
    }
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(bytes.as_slice())
        .take(LARGEST_FILE + 1)
        .read_to_end(&mut unpacked)
        .map_err(|_| wrong("This gzip file is broken or ends too early. Pack it again."))?;
    if is_too_large(unpacked.len()) { Err(largest()) } else { Ok(unpacked) }
}

/// Refuses what is known to be something else.
fn refuse_others(bytes: &[u8]) -> Result<(), Problem> {
    let others: [(&[u8], &str); 7] = [
        (b"PK\x03\x04", "This is a workbook or another archive. Save the sheet as CSV (UTF-8) and upload that."),
        (b"\xd0\xcf\x11\xe0", "This is a workbook. Save the sheet as CSV (UTF-8) and upload that."),
        (b"PAR1", "Parquet cannot be read here. Save it as JSONL or CSV."),
        (b"\x1f\x8b", "This file was gzipped twice. Unpack it once."),
        (b"\x28\xb5\x2f\xfd", "This file is packed with zstd. Pack it with gzip, or not at all."),
        (b"\xff\xfe", "This file is UTF-16, as “Unicode text” of spreadsheets is. Save it as CSV (UTF-8)."),
        (b"\xfe\xff", "This file is UTF-16, as “Unicode text” of spreadsheets is. Save it as CSV (UTF-8)."),
    ];
    if let Some((_, reason)) = others.iter().find(|(begin, _)| bytes.starts_with(begin)) {
        return Err(wrong(*reason));
    }
    let begin: Vec<u8> = bytes.iter().copied().skip_while(u8::is_ascii_whitespace).take(9).map(|byte| byte.to_ascii_lowercase()).collect();
    if begin.starts_with(b"<!doctype") || begin.starts_with(b"<html") {
        return Err(wrong("This is a web page, perhaps one that asks to sign in. Download the file itself."));
    }
    Ok(())
}

/// The text, and whether it is read as Latin-1 because it is no UTF-8.
fn decoded(bytes: Vec<u8>) -> (String, bool) {
    match String::from_utf8(bytes) {
        Ok(text) => match text.strip_prefix('\u{feff}') {
            Some(rest) => (rest.to_owned(), false),
            None => (text, false),
        },
        Err(error) => (error.as_bytes().iter().map(|byte| latin(*byte)).collect(), true),
    }
}

/// A byte of Latin-1 as spreadsheets write it: Windows puts signs where the standard has none.
fn latin(byte: u8) -> char {
    const SIGNS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•',
        '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    SIGNS.get(usize::from(byte).wrapping_sub(0x80)).copied().unwrap_or(char::from(byte))
}

/// What a text is by what it holds.
fn recognised(text: &str) -> UploadFormat {
    let begin = text.trim_start();
    let is_json = |text: &str| serde_json::from_str::<IgnoredAny>(text).is_ok();
    match begin.as_bytes().first() {
        Some(b'{') => match begin.split_once(['\n', '\r']) {
            // A line that is an object by itself, and more behind it.
            Some((line, rest)) if is_json(line) && !rest.trim().is_empty() => UploadFormat::Jsonl,
            _ => UploadFormat::Json,
        },
        Some(b'[') => UploadFormat::Json,
        _ if super::table::separator(begin) == b'\t' => UploadFormat::Tsv,
        _ => UploadFormat::Csv,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write as _;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn refused(bytes: &[u8]) -> String {
        read(bytes.to_vec(), None).map(|file| file.text).unwrap_err().to_string()
    }

    #[test]
    fn a_file_is_what_it_holds() {
        for (text, format) in [
            ("a,b\n1,2", UploadFormat::Csv),
            ("question\nwhy?", UploadFormat::Csv),
            ("a\tb\n1\t2", UploadFormat::Tsv),
            ("[{\"a\":1}]", UploadFormat::Json),
            ("{\n\"a\":1}\n{\"a\":2}", UploadFormat::Json),
            ("{\"a\":1}", UploadFormat::Json),
            ("\n{\"a\":1}\r\n{\"a\":", UploadFormat::Jsonl),
        ] {
            let file = read(text.as_bytes().to_vec(), None).unwrap();
            assert_eq!((file.format, file.text.as_str()), (format, text));
            assert_eq!(read(packed(text.as_bytes()), None).unwrap().text, text);
        }
        assert_eq!(read(b"a,b".to_vec(), Some(UploadFormat::Jsonl)).unwrap().format, UploadFormat::Jsonl);
    }

    #[test]
    fn marks_and_other_alphabets() {
        assert_eq!(read("\u{feff}a,é".into(), None).unwrap().text, "a,é");
        let latin = read(b"a,\xe9,\x80\x93".to_vec(), None).unwrap();
        assert_eq!(latin.text, "a,é,€“");
        assert!(latin.notes[0].contains("Latin-1"));
        assert!(refused(b"{\"a\": \"\xe9\"}").contains("JSON is UTF-8"));
        assert!(refused(b"\xff\xfea\0,\0").contains("UTF-16"));
    }

    #[test]
    fn what_is_something_else_is_told_with_what_to_do() {
        for (bytes, words) in [
            (&b""[..], "nothing in this file"),
            (b" \r\n", "nothing in this file"),
            (b"PK\x03\x04xl", "Save the sheet as CSV"),
            (b"PAR1....", "Parquet"),
            (b"a,\0", "no text"),
            (b"\n<!DOCTYPE html>", "web page"),
            (b"\x1f\x8b\x08\0", "broken or ends too early"),
        ] {
            let reason = refused(bytes);
            assert!(reason.contains(words), "{reason}");
        }
        assert!(refused(&packed(&packed(b"a,b"))).contains("gzipped twice"));
        let mut cut = packed(&b"a,b\n1,2\n".repeat(1000));
        cut.truncate(cut.len() / 2);
        assert!(refused(&cut).contains("ends too early"));
    }

    #[test]
    fn what_is_too_large_takes_no_more_memory_than_the_bound() {
        let most = usize::try_from(LARGEST_FILE).unwrap();
        assert_eq!(
            refused(&vec![b'a'; most + 1]),
            "file: A file may have 67 MB, unpacked. Upload it in parts, or send its rows with an SDK."
        );
        // Ten times the bound, in some hundred kilobytes.
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        for _ in 0..10 {
            encoder.write_all(&vec![b'a'; most]).unwrap();
        }
        assert!(refused(&encoder.finish().unwrap()).contains("may have 67 MB, unpacked"));
    }
}
