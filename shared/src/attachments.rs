//! Files that belong to rows: registered, uploaded by a link, read by a link.

use serde::{Deserialize, Serialize};

/// Registers a file that is about to be uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterAttachment {
    /// What rows name it by; the client makes it up.
    pub key: String,
    /// What it is called when it is saved.
    pub filename: String,
    /// What the client says it is. Nobody relies on it.
    pub content_type: String,
}

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UploadStatus {
    /// Registered.
    Uploading,
    /// Here.
    Done,
    /// The client gave up.
    Error,
}

impl UploadStatus {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uploading => "uploading",
            Self::Done => "done",
            Self::Error => "error",
        }
    }

    /// The status of that word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Uploading, Self::Done, Self::Error].into_iter().find(|status| status.as_str() == text)
    }
}

/// Says how an upload ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportUpload {
    /// Which.
    pub key: String,
    /// How.
    pub status: UploadStatus,
    /// What went wrong.
    pub error_message: Option<String>,
}

/// What is known of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// What rows name it by.
    pub key: String,
    /// What it is called when it is saved.
    pub filename: String,
    /// What the client said it is.
    pub content_type: String,
    /// How far the upload is.
    pub status: UploadStatus,
    /// What went wrong.
    pub error_message: Option<String>,
}

/// A file that stands in a field of a span, or that the field names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedFile {
    /// What its bytes say it is: nothing that a browser would run.
    pub content_type: &'static str,
    /// Whether a browser may show it; else it is saved.
    pub is_shown: bool,
    /// What it is called when it is saved.
    pub name: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// The type that a file may be served as: those that a browser shows without running anything in them, anything else as
/// bytes.
pub fn served_type(content_type: &str) -> &'static str {
    const HARMLESS: [&str; 12] = [
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "audio/webm",
        "video/mp4",
        "video/webm",
        "application/pdf",
        "text/plain; charset=utf-8",
    ];
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    HARMLESS.into_iter().find(|harmless| harmless.split(';').next() == Some(essence.as_str())).unwrap_or("application/octet-stream")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_served_as_something_that_runs() {
        assert_eq!(served_type("image/PNG"), "image/png");
        assert_eq!(served_type("text/plain"), "text/plain; charset=utf-8");
        for dangerous in [
            "text/html",
            "image/svg+xml",
            "application/xhtml+xml",
            "text/xml",
            "application/javascript",
            "",
            "image/png\r\nx: y",
            "text/html; image/png",
        ] {
            assert_eq!(served_type(dangerous), "application/octet-stream", "{dangerous}");
        }
    }
}
