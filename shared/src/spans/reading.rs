//! What is asked about the content of a span that is open: a field in another rendering, a part of it, a file in it.

use super::Rendering;
use crate::address::{encode, pairs};
use crate::changes::Stamp;
use crate::markup::Html;
use crate::objects::FieldName;
use crate::{ObjectId, RowId};
use serde::{Deserialize, Serialize};

/// Asks for one field of one span in a given rendering.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReadField {
    /// What holds the span.
    pub object: ObjectId,
    /// Its row id.
    pub row_id: RowId,
    /// Which field.
    pub field: FieldName,
    /// As what.
    pub rendering: Rendering,
    /// True for all of it, up to [`WHOLE`] bytes.
    pub whole: bool,
    /// With these words marked, in any case. What is too long to be shown as a whole is shown around them, and of a tree of JSON only the
    /// lines that hold them with what stands above them. Empty for everything.
    #[serde(default)]
    pub find: String,
}

/// Bytes of a value that a page shows at once at most. A larger one is read on in pieces.
pub const WHOLE: u64 = 512 * 1024;

/// Asks for a piece of the text of a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReadPiece {
    /// What holds the span.
    pub object: ObjectId,
    /// Its row id.
    pub row_id: RowId,
    /// Which field.
    pub field: FieldName,
    /// Where it begins: 0, or [`Piece::next`] of the piece before.
    pub from: u64,
}

/// A piece of the text of a field. What is no text is read as the JSON that arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Where the next piece begins; none at the end.
    pub next: Option<u64>,
}

/// Asks for a value inside a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReadNode {
    /// What holds the span.
    pub object: ObjectId,
    /// Its row id.
    pub row_id: RowId,
    /// Which field.
    pub field: FieldName,
    /// Where the value begins in the field, in bytes of its JSON.
    pub at: u64,
    /// What the field was stamped with when `at` was found.
    pub stamp: Stamp,
    /// As what: what an object or a list holds as a tree or a table, a string as text or Markdown.
    pub rendering: Rendering,
    /// How many of the things that an object or a list holds are known already.
    pub from: u32,
}

/// A value inside a field, to be copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeText {
    /// The text of a string, else the JSON that arrived.
    pub text: String,
    /// Where it stands: `retrieved[0].text`.
    pub path: String,
}

/// Asks for a file that stands in a field, or that the field names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadFile {
    /// What holds the span.
    pub object: ObjectId,
    /// Its row id.
    pub row_id: RowId,
    /// Which field.
    pub field: FieldName,
    /// Where the value that holds or names it begins in the field, in bytes of its JSON.
    pub at: u64,
    /// Which of the images in a text, from 0.
    pub number: u32,
    /// What the field was stamped with when `at` was found.
    pub stamp: Stamp,
}

impl ReadFile {
    /// The address of files without what is asked.
    pub const PATH: &str = "/file";

    /// The address of the file on the server.
    pub fn address(&self) -> String {
        let Self { object, row_id, field, at, number, stamp } = self;
        let (object, row) = (encode(object.as_str()), encode(row_id.as_str()));
        format!("{}?object={object}&row={row}&field={}&at={at}&number={number}&stamp={stamp}", Self::PATH, field.key())
    }

    /// What a query asks for; none if it is none of [`ReadFile::address`].
    pub fn of_query(query: &str) -> Option<Self> {
        let read: Vec<_> = pairs(query).collect();
        let text = |key: &str| read.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        let name = text("field")?;
        Some(Self {
            object: ObjectId(text("object")?.to_owned()),
            row_id: RowId(text("row")?.to_owned()),
            field: FieldName::ALL.into_iter().find(|field| field.key() == name)?,
            at: text("at")?.parse().ok()?,
            number: text("number")?.parse().ok()?,
            stamp: text("stamp")?.parse().ok()?,
        })
    }
}

/// Asks where words stand in the spans of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FindInTrace {
    /// What holds the trace.
    pub object: ObjectId,
    /// The trace.
    pub root_span_id: String,
    /// The words, in any case.
    pub words: String,
}

/// Where words stand in the spans of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundInTrace {
    /// The spans in whose fields they stand, in the order of the tree.
    pub spans: Vec<FoundInSpan>,
    /// Whether more was there than was looked at or can be listed.
    pub partial: bool,
}

/// Where words stand in a span.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundInSpan {
    /// The span's id.
    pub span_id: String,
    /// Its name.
    pub name: String,
    /// The fields in which they stand, in their order.
    pub fields: Vec<FoundInField>,
    /// What stands around the first, with the words marked.
    pub around: Html,
}

/// Where words stand in a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundInField {
    /// Which.
    pub field: FieldName,
    /// How often they stand there.
    pub count: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_an_address() {
        let file = ReadFile {
            object: ObjectId::from("a&b"),
            row_id: RowId::from("row 75%=\"é\""),
            field: FieldName::Output,
            at: 17,
            number: 2,
            stamp: 4_000_000_000,
        };
        let address = file.address();
        assert_eq!(address, "/file?object=a%26b&row=row%2075%25%3D%22%C3%A9%22&field=output&at=17&number=2&stamp=4000000000");
        assert_eq!(ReadFile::of_query(address.split_once('?').unwrap().1), Some(file));
        assert_eq!(ReadFile::of_query("object=a&row=b&field=scores&at=1&number=0&stamp=0"), None);
        assert_eq!(ReadFile::of_query("object=a&row=b&field=input&at=-1&number=0&stamp=0"), None);
    }
}
