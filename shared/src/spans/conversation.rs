//! A trace read as one conversation: what its models were asked and answered, each message once.

use crate::changes::Stamp;
use crate::markup::Html;
use crate::objects::FieldName;
use crate::{ObjectId, RowId};
use serde::{Deserialize, Serialize};

/// Messages that are sent at once. What is longer is read on in parts.
pub const CONVERSATION_PART: u32 = 60;

/// Asks for a part of the conversation of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReadConversation {
    /// What holds the trace.
    pub object: ObjectId,
    /// The trace.
    pub root_span_id: String,
    /// The place of the first message wanted, from 0.
    pub first: u32,
}

/// A part of the conversation of a trace, at most [`CONVERSATION_PART`] messages long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceConversation {
    /// The trace.
    pub root_span_id: String,
    /// The place of the first of these messages, from 0.
    pub first: u32,
    /// In the order in which they were said.
    pub messages: Vec<SpokenMessage>,
    /// Messages of the whole conversation.
    pub total: u32,
    /// Whether the trace has more calls of models than were read.
    pub partial: bool,
}

/// A message in the conversation of a trace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpokenMessage {
    /// The span that said it first.
    pub span_id: String,
    /// The name of that span.
    pub span_name: String,
    /// The row of the span in which it stands with everything that belongs to it.
    pub row_id: RowId,
    /// The field of that row.
    pub field: FieldName,
    /// What the field stands for: places in it mean something only as long as this is the same.
    pub stamp: Stamp,
    /// The message, drawn by the server.
    pub html: Html,
    /// Whether it is longer than this.
    pub cut: bool,
}
