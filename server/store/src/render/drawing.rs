//! What everything that draws a field shares: where the field stands, and how much of it may still be drawn.

use super::file::{self, Attachments, KnownAttachment};
use super::marked::{self, Words};
use super::picture::{self, Picture};
use super::{json, markdown};
use shared::changes::{Stamp, stamp};
use shared::markup::Html;
use shared::objects::FieldName;
use shared::spans::ReadFile;
use shared::{ObjectId, RowId};

/// How many bytes of a value's source text are rendered unless the whole is asked for.
pub(super) const LIMIT: usize = 32 * 1024;

/// A field of a span, as the JSON text that arrived.
#[derive(Clone, Copy)]
pub(crate) struct FieldSource<'a> {
    /// What holds the span.
    pub(crate) object: &'a ObjectId,
    /// Its row id.
    pub(crate) row_id: &'a RowId,
    /// Which field.
    pub(crate) field: FieldName,
    /// Its value.
    pub(crate) json: &'a str,
    /// The attachments that it names.
    pub(crate) attachments: &'a Attachments,
}

/// A drawing of a field that is under way.
pub(super) struct Drawing<'a> {
    source: &'a FieldSource<'a>,
    /// What the value stands for, so that a place in it is never looked up in another.
    pub(super) stamp: Stamp,
    pub(super) whole: bool,
    /// Bytes of source text that may still be drawn.
    pub(super) left: usize,
    /// Whether something was left out.
    pub(super) cut: bool,
    /// What somebody looks for, so that the places of it are drawn before anything else.
    pub(super) find: Option<&'a Words>,
}

impl<'a> Drawing<'a> {
    pub(super) fn new(source: &'a FieldSource<'a>, whole: bool, find: Option<&'a Words>) -> Self {
        Self { source, stamp: stamp(&source.json), whole, left: if whole { usize::MAX } else { LIMIT }, cut: false, find }
    }

    /// Which field it is of.
    pub(super) fn field(&self) -> FieldName {
        self.source.field
    }

    /// Takes so many bytes.
    pub(super) fn spend(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes);
    }

    /// Where a value begins in the field; none if it stands in a text inside of it.
    pub(super) fn place(&self, value: &str) -> Option<usize> {
        json::place(self.source.json, value)
    }

    /// Reads a string (its JSON text), or as much of it as may be rendered. A value that is no string stays as it is.
    /// NUL cannot stand in a page and becomes the replacement character.
    pub(super) fn text(&mut self, literal: &str) -> String {
        let text = match self.find.filter(|_| literal.len() > self.left) {
            Some(_) => self.shortened(json::text(literal, usize::MAX).text),
            None => {
                let read = json::text(literal, self.left);
                self.cut |= read.cut;
                read.text
            }
        };
        self.spend(literal.len());
        text.replace('\0', "\u{fffd}")
    }

    /// As much of a text as may be rendered: its beginning, or what stands around the words that somebody looks for.
    fn shortened(&mut self, mut text: String) -> String {
        if text.len() <= self.left {
            return text;
        }
        self.cut = true;
        match self.find.map(|words| marked::excerpts(&text, words, self.left)) {
            Some(excerpts) if !excerpts.is_empty() => excerpts,
            _ => {
                text.truncate(text.floor_char_boundary(self.left));
                text
            }
        }
    }

    /// Draws a string as Markdown, with the images in it, and says what it reads.
    pub(super) fn prose(&mut self, literal: &str) -> (Html, String) {
        if let Some(media) = file::of(literal).filter(|media| !media.content_type.starts_with("image/")) {
            return (file::block(self, "file", &media), String::new());
        }
        if !picture::may_hold(literal) {
            let text = self.text(literal);
            return (markdown::html(&text), text);
        }
        let all = json::unescape(literal, usize::MAX).text;
        let (text, images) = picture::taken_out(&all);
        let text = self.shortened(text);
        self.spend(text.len());
        let shown = |number: usize, words: &str| {
            let image = images.get(number)?;
            let address = self.file(literal, number);
            Some(Picture::look(image.content_type, image.base64).inline(address.as_deref(), words))
        };
        let number = |address: &str| address.strip_prefix(picture::MARK)?.parse::<usize>().ok();
        // An address that stands by itself is an image, too.
        let mut source = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(place) = rest.find(picture::MARK) {
            let (before, from) = rest.split_at(place);
            let digits = from.bytes().skip(picture::MARK.len()).take_while(u8::is_ascii_digit).count();
            let (mark, after) = from.split_at(picture::MARK.len() + digits);
            source.push_str(before);
            if before.ends_with("](") {
                source.push_str(mark);
            } else {
                source.push_str(&format!("![]({mark})"));
            }
            rest = after;
        }
        source.push_str(rest);
        let html = markdown::html_showing(&source, &|address, words| shown(number(address)?, words));
        (html, text)
    }

    /// What is known of an attachment that the field names.
    pub(super) fn attachment(&self, key: &str) -> Option<&KnownAttachment> {
        self.source.attachments.get(key)
    }

    /// The address of a file that stands in a value of the field; `number` counts the images in a text.
    pub(super) fn file(&self, value: &str, number: usize) -> Option<String> {
        let FieldSource { object, row_id, field, .. } = *self.source;
        let (at, number) = (self.place(value)? as u64, u32::try_from(number).ok()?);
        Some(ReadFile { object: object.clone(), row_id: row_id.clone(), field, at, number, stamp: self.stamp }.address())
    }
}
