//! A field of a span as a text that a person edits: JSON, YAML or plain text, with the place of a mistake and with what would change.

use crate::objects::{FieldName, RowAddress};
use serde::{Deserialize, Serialize};

/// In what a value is written while somebody edits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextFormat {
    /// JSON.
    Json,
    /// YAML 1.2.
    Yaml,
    /// The text itself: a string without quotation marks and escapes.
    Text,
}

impl TextFormat {
    /// Every format, in the order of the buttons.
    pub const ALL: [Self; 3] = [Self::Json, Self::Yaml, Self::Text];

    /// The word on the button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Yaml => "YAML",
            Self::Text => "Text",
        }
    }
}

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextMistake {
    /// The line, from 1.
    pub line: u32,
    /// The character in the line, from 1; one more than the line has if something is missing at its end.
    pub column: u32,
    /// A sentence that says what is wrong or what to do.
    pub message: String,
}

/// What became of a part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiffKind {
    /// It stands in both texts.
    Same,
    /// It stands in the old text only.
    Removed,
    /// It stands in the new text only.
    Added,
}

/// A part of two compared texts. The parts that are not added make the old text, those that are not removed the new one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffPart {
    /// What became of it.
    pub kind: DiffKind,
    /// Its text, never empty.
    pub text: String,
}

/// Asks for a field as a text to edit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReadText {
    /// The span.
    pub row: RowAddress,
    /// Which field.
    pub field: FieldName,
    /// In what; without it, plain text for a string that an editor can hold as it is, else JSON. Where there is no value, the output says.
    pub format: Option<TextFormat>,
}

/// A field as a text to edit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditableText {
    /// The value laid out in the format; empty if there is no value.
    pub text: String,
    /// In what it is written.
    pub format: TextFormat,
    /// The JSON text that is stored; none if there is no value, or `null`.
    pub stored: Option<String>,
}

/// Asks what a text in the editor of `expected` means.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PreviewText {
    /// The span.
    pub row: RowAddress,
    /// In what the text is written.
    pub format: TextFormat,
    /// What stands in the editor. Empty or only white space means: no value.
    pub text: String,
    /// In what it is to be laid out.
    pub into: TextFormat,
    /// What stood there when the edit began, as JSON text.
    pub before: Option<String>,
}

/// What a text in the editor of `expected` means, and what it would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextPreview {
    /// The first mistake; with one there is no value and nothing of the text is compared.
    pub mistake: Option<TextMistake>,
    /// The value as JSON text; none for no value, for `null` and for a mistake.
    pub value: Option<String>,
    /// The value laid out as asked; empty if there is none.
    pub formatted: String,
    /// From what is stored, laid out in the same way, to the text. Empty if one of them is too large to compare.
    pub against_stored: Vec<DiffPart>,
    /// The same from the span's output.
    pub against_output: Vec<DiffPart>,
    /// The JSON text that is stored now; none if there is no value, or `null`.
    pub stored: Option<String>,
    /// What happened while the text was edited; none if the same is stored as when the edit began.
    pub meanwhile: Option<Meanwhile>,
}

/// Two people changed a value at once: what stood there before, and what each of them makes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meanwhile {
    /// What stood there when the edit began, laid out.
    pub before: String,
    /// From there to the text in the editor.
    pub mine: Vec<DiffPart>,
    /// From there to what is stored now.
    pub theirs: Vec<DiffPart>,
}
