//! Files that stand in fields: as `data:` addresses, in base64, or as references to attachments. What a file is, its own bytes say, never its
//! name: a browser is given only what it shows without running anything in it, and everything else to be saved.

use super::chat::Media;
use super::drawing::Drawing;
use super::picture::{self, DataAddress, Picture};
use super::{json, one_line};
use shared::attachments::{ServedFile, UploadStatus};
use shared::figures;
use shared::html;
use shared::markup::Html;
use shared::spans::JsonKind;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Characters of a name and of an address.
const LONGEST: usize = 120;
/// References that are looked up for one span.
const MOST: usize = 200;
/// How a reference to an attachment begins to be one.
const REFERENCE: &str = "\"braintrust_attachment\"";

/// What is known of an attachment without all of it.
#[derive(Clone, Debug)]
pub(crate) struct KnownAttachment {
    /// What the client said it is.
    pub(crate) content_type: String,
    /// How far its upload is.
    pub(crate) status: UploadStatus,
    /// What went wrong.
    pub(crate) error: Option<String>,
    /// Its size.
    pub(crate) bytes: u64,
    /// How its content begins.
    pub(crate) head: Vec<u8>,
}

/// The attachments that fields name, by their keys.
pub(crate) type Attachments = BTreeMap<String, KnownAttachment>;

/// Those of a field that names none.
#[cfg(test)]
pub(crate) static NO_ATTACHMENTS: Attachments = Attachments::new();

/// The keys of the attachments that a field may name.
pub(crate) fn attachment_keys(json: &str) -> Vec<String> {
    if !json.contains(REFERENCE) {
        return Vec::new();
    }
    let (mut keys, mut is_key) = (Vec::new(), false);
    json::tokens(
        json,
        |_| false,
        |token| match token {
            json::Token::Key(literal) => is_key = literal == "\"key\"",
            json::Token::Text(literal) if is_key && keys.len() < MOST => {
                keys.push(json::unescape(literal, usize::MAX).text);
                is_key = false;
            }
            json::Token::Text(_) | json::Token::Word(_) => is_key = false,
        },
    );
    keys
}

/// A kind of file that pages do something with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileKind {
    Image(&'static str),
    /// Its type, and what people call it.
    Sound(&'static str, &'static str),
    Pdf,
    Other,
}

impl FileKind {
    /// By how its bytes begin.
    fn of(bytes: &[u8]) -> Self {
        if let Some(content_type) = picture::content_type(bytes) {
            return Self::Image(content_type);
        }
        match bytes {
            [b'%', b'P', b'D', b'F', b'-', ..] => Self::Pdf,
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => Self::Sound("audio/wav", "WAV"),
            [b'O', b'g', b'g', b'S', ..] => Self::Sound("audio/ogg", "Ogg"),
            [b'f', b'L', b'a', b'C', ..] => Self::Sound("audio/flac", "FLAC"),
            [b'I', b'D', b'3', ..] => Self::Sound("audio/mpeg", "MP3"),
            [0xff, mark, ..] if mark & 0xe6 == 0xe2 => Self::Sound("audio/mpeg", "MP3"),
            [0xff, mark, ..] if mark & 0xf6 == 0xf0 => Self::Sound("audio/aac", "AAC"),
            [_, _, _, _, b'f', b't', b'y', b'p', b'M', b'4', b'A', ..] => Self::Sound("audio/mp4", "M4A"),
            _ => Self::Other,
        }
    }
}

/// A file that stands in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FieldFile {
    /// Its bytes stand there.
    Held(Vec<u8>),
    /// It is the attachment with this key.
    Attached(String),
}

/// The file that stands in the value that begins at a place in the JSON of a field; `number` counts the images in a text. None if none does.
pub(crate) fn file(json: &str, at: u64, number: u32) -> Option<FieldFile> {
    let value = json::value_at(json, usize::try_from(at).ok()?)?;
    match json::kind(value) {
        JsonKind::Object => Some(FieldFile::Attached(key_of(value)?)),
        JsonKind::String => {
            let text = json::unescape(value, usize::MAX).text;
            picture::bytes(&text, usize::try_from(number).ok()?).map(FieldFile::Held)
        }
        JsonKind::Array | JsonKind::Number | JsonKind::Bool | JsonKind::Null => None,
    }
}

/// A file as it is served: to be shown only if nothing in it can run.
pub(crate) fn served(bytes: Vec<u8>, name: Option<String>) -> ServedFile {
    let (content_type, is_shown, fallback) = match FileKind::of(&bytes) {
        FileKind::Image(content_type) => (content_type, true, "image"),
        FileKind::Sound(content_type, _) => (content_type, true, "sound"),
        FileKind::Pdf => ("application/pdf", true, "document.pdf"),
        FileKind::Other => ("application/octet-stream", false, "file"),
    };
    ServedFile { content_type, is_shown, name: name.unwrap_or_else(|| fallback.to_owned()), bytes }
}

/// The key of the attachment that a reference names.
fn key_of(reference: &str) -> Option<String> {
    let object = json::children(reference, json::MOST_CHILDREN);
    let key = object.get_string("key").filter(|_| object.get_string("type") == Some(REFERENCE))?;
    Some(json::unescape(key, usize::MAX).text)
}

/// The file that a value is: a reference to one, or a text that is a `data:` address of one and nothing else.
pub(super) fn of(value: &str) -> Option<Media<'_>> {
    match json::kind(value) {
        JsonKind::String => {
            let inside = json::inside(value);
            if !inside.get(..5)?.eq_ignore_ascii_case("data:") {
                return None;
            }
            // Some writers escape every slash.
            let text = if inside.contains('\\') { Cow::Owned(json::unescape(value, usize::MAX).text) } else { Cow::Borrowed(inside) };
            let (data, _) = DataAddress::read(&text).filter(|(_, length)| *length == text.len())?;
            Some(Media { content_type: data.content_type.to_owned(), source: Some(value), name: None })
        }
        JsonKind::Object if value.contains("_attachment\"") => {
            let object = json::children(value, json::MOST_CHILDREN);
            let source = match object.get_string("type")? {
                REFERENCE => object.get_string("key").map(|_| value),
                "\"external_attachment\"" => object.get_string("url"),
                "\"inline_attachment\"" => object.get_string("src"),
                _ => None,
            };
            let text = |key: &str| object.get_string(key).map(|literal| one_line(&json::unescape(literal, LONGEST * 12).text, LONGEST));
            source.map(|_| Media { content_type: text("content_type").unwrap_or_default(), source, name: text("filename") })
        }
        JsonKind::Object | JsonKind::Array | JsonKind::Number | JsonKind::Bool | JsonKind::Null => None,
    }
}

/// Draws a file; `what` says what it is where nothing else does.
pub(super) fn block(drawing: &Drawing<'_>, what: &str, media: &Media<'_>) -> Html {
    let Some(source) = media.source else { return missing(what, media, None) };
    if json::kind(source) == JsonKind::Object {
        let known = key_of(source).and_then(|key| drawing.attachment(&key));
        return match known {
            None => missing(what, media, Some("nothing has arrived under its key")),
            Some(KnownAttachment { status: UploadStatus::Uploading, .. }) => missing(what, media, Some("its content has not arrived yet")),
            Some(KnownAttachment { status: UploadStatus::Error, error, .. }) => {
                let reason =
                    error.as_deref().map_or("it could not be uploaded".to_owned(), |error| format!("it could not be uploaded: {error}"));
                missing(what, media, Some(&reason))
            }
            Some(known) => {
                let content_type = if media.content_type.is_empty() { &known.content_type } else { &media.content_type };
                let head = FileHead { what, content_type, head: &known.head, bytes: known.bytes, name: media.name.as_deref() };
                head.html(drawing.file(source, 0).as_deref())
            }
        };
    }
    let text = json::unescape(source, usize::MAX).text;
    if text.starts_with("http://") || text.starts_with("https://") {
        return elsewhere(what, media.name.as_deref(), &text);
    }
    let (content_type, base64) = match DataAddress::read(&text) {
        Some((data, _)) => (data.content_type, data.base64),
        None if picture::is_base64(&text) => (media.content_type.as_str(), text.as_str()),
        None => return missing(what, media, Some(&one_line(&text, LONGEST))),
    };
    let (head, bytes) = picture::head(base64);
    FileHead { what, content_type, head: &head, bytes, name: media.name.as_deref() }.html(drawing.file(source, 0).as_deref())
}

/// A file of which there is only a name.
fn missing(what: &str, media: &Media<'_>, why: Option<&str>) -> Html {
    let mut about = vec![what.to_owned()];
    about.extend(media.name.clone());
    about.extend(Some(media.content_type.clone()).filter(|content_type| !content_type.is_empty()));
    html!(r#"<p class="hint">[{}{}]</p>"#, about.join(", "), why.map(|why| format!(": {why}")))
}

/// What would have to be loaded from elsewhere is only linked: nothing tells others who reads it, and the policy of the page forbids it.
pub(super) fn elsewhere(what: &str, name: Option<&str>, address: &str) -> Html {
    let named = name.map_or_else(|| one_line(address, LONGEST), |name| format!("{name}, {}", one_line(address, LONGEST)));
    html!(
        r#"<p><a class="link" href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a> <span class="hint">on another site, not loaded</span></p>"#,
        address,
        format!("{what}: {named}")
    )
}

/// What is known of a file whose bytes are here.
struct FileHead<'a> {
    what: &'a str,
    /// What it is said to be.
    content_type: &'a str,
    head: &'a [u8],
    bytes: u64,
    name: Option<&'a str>,
}

impl FileHead<'_> {
    /// Draws it, found at an address.
    fn html(&self, address: Option<&str>) -> Html {
        let Self { what, content_type, head, bytes, name } = *self;
        let size = figures::bytes(bytes);
        let kind = FileKind::of(head);
        let is_said_to_be_an_image = content_type.starts_with("image") || what == "image";
        if matches!(kind, FileKind::Image(_)) || (kind == FileKind::Other && is_said_to_be_an_image) {
            let picture = Picture::of(content_type, head, bytes).block(address, name.unwrap_or_default());
            let named = name.filter(|_| !picture.as_str().contains("<img")).map(|name| html!("<small>{}</small>", name));
            let save = if kind == FileKind::Other { address.map(|address| save(address, name, "")) } else { None };
            return html!("{}{}{}", picture, named, save);
        }
        let Some(address) = address else {
            return html!(r#"<p class="hint">[{}]</p>"#, [what, name.unwrap_or_default(), content_type, &size].join(" "));
        };
        match kind {
            FileKind::Sound(_, called) => html!(
                r#"<div class="file"><audio controls preload="none" src="{}" aria-label="{}"></audio><small>{}</small>{}</div>"#,
                address,
                name.unwrap_or(what),
                [name.unwrap_or_default(), called, &size].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
                save(address, name, "")
            ),
            FileKind::Pdf => html!(
                r#"<p class="file"><a class="link" href="{}" target="_blank" rel="noopener">{}</a> <small>PDF, {}, opens in a tab of its own</small> {}</p>"#,
                address,
                name.unwrap_or("document.pdf"),
                size,
                save(address, name, "")
            ),
            FileKind::Image(_) | FileKind::Other => {
                let about = [content_type, &size].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
                html!(r#"<p class="file">{} <small>{}</small></p>"#, save(address, name, what), about)
            }
        }
    }
}

/// A link that saves a file; one that stands alone says what it saves.
fn save(address: &str, name: Option<&str>, alone: &str) -> Html {
    let words = match (name, alone) {
        (_, "") => "Download".to_owned(),
        (Some(name), _) => format!("Download {name}"),
        (None, what) => format!("Download {what}"),
    };
    html!(r#"<a class="link" href="{}" download="{}">{}</a>"#, address, name.unwrap_or_default(), words)
}
