//! Images, and the `data:` addresses and base64 by which they and other files stand in text. What an image is, its own bytes say, never its name: only those are shown
//! that a browser draws without running anything in them.

use shared::figures;
use shared::html;
use shared::markup::Html;

/// What stands in the place of an image that was taken out of a text, before its number.
pub(super) const MARK: &str = "touchstone-image:";

/// Larger ones are loaded when they are asked for.
const LARGE: u64 = 1_000_000;

/// Bytes of base64 in which the size of an image is looked for. A photograph may begin with a small one of itself.
const HEAD: usize = 192 * 1024;

/// A kind of image that pages show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Png,
    Jpeg,
    Gif,
    Webp,
}

impl Kind {
    /// By how the bytes begin.
    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            _ => None,
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::Webp => "WebP",
        }
    }

    /// Width and height, as far as the beginning tells.
    fn size(self, bytes: &[u8]) -> Option<(u32, u32)> {
        let pair = |at: usize| Some([*bytes.get(at)?, *bytes.get(at + 1)?]);
        let big = |at: usize| pair(at).map(|pair| u32::from(u16::from_be_bytes(pair)));
        let little = |at: usize| pair(at).map(|pair| u32::from(u16::from_le_bytes(pair)));
        match self {
            Self::Png => Some((big(16)? << 16 | big(18)?, big(20)? << 16 | big(22)?)),
            Self::Gif => Some((little(6)?, little(8)?)),
            Self::Webp => match bytes.get(12..16)? {
                b"VP8 " => Some((little(26)? & 0x3fff, little(28)? & 0x3fff)),
                b"VP8L" => {
                    let bits = little(21)? | little(23)? << 16;
                    Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
                }
                b"VP8X" => {
                    let three = |at: usize| Some(little(at)? | u32::from(*bytes.get(at + 2)?) << 16);
                    Some((three(24)? + 1, three(27)? + 1))
                }
                _ => None,
            },
            Self::Jpeg => {
                let mut at = 2;
                loop {
                    // Segments follow each other: a mark, its kind, its length. Those of the frame hold the size.
                    let [0xff, mark] = pair(at)? else { return None };
                    if matches!(mark, 0xc0..=0xcf) && !matches!(mark, 0xc4 | 0xc8 | 0xcc) {
                        return Some((big(at + 7)?, big(at + 5)?));
                    }
                    at += if mark == 0xff { 1 } else { 2 + big(at + 2)? as usize };
                }
            }
        }
    }
}

/// The type of an image that pages show, by how its bytes begin; none of anything else.
pub(super) fn content_type(bytes: &[u8]) -> Option<&'static str> {
    Kind::of(bytes).map(Kind::content_type)
}

/// What is known of an image without all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    kind: Result<Kind, Unshown>,
    size: Option<(u32, u32)>,
    bytes: u64,
}

/// Why an image is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unshown {
    Svg,
    Broken,
    Other,
}

impl Picture {
    /// Looks at base64 that is said to be of a type, which only matters where nothing else tells.
    pub(super) fn look(content_type: &str, base64: &str) -> Self {
        let (head, bytes) = head(base64);
        Self::of(content_type, &head, bytes)
    }

    /// Looks at how the bytes begin, and how many there are in all.
    pub(super) fn of(content_type: &str, head: &[u8], bytes: u64) -> Self {
        let kind = Kind::of(head).ok_or(match content_type.to_ascii_lowercase().as_str() {
            "image/svg+xml" | "image/svg" => Unshown::Svg,
            "image/png" | "image/jpeg" | "image/jpg" | "image/gif" | "image/webp" | "" => Unshown::Broken,
            _ => Unshown::Other,
        });
        let size = kind.ok().and_then(|kind| kind.size(head)).filter(|(width, height)| *width > 0 && *height > 0);
        Self { kind, size, bytes }
    }

    /// What it is in words: "PNG, 3024 × 4032, 1.8 MB".
    pub(super) fn about(&self) -> String {
        let bytes = figures::bytes(self.bytes);
        match (self.kind, self.size) {
            (Ok(kind), Some((width, height))) => format!("{}, {width} × {height}, {bytes}", kind.name()),
            (Ok(kind), None) => format!("{}, {bytes}", kind.name()),
            (Err(Unshown::Svg), _) => format!("SVG, {bytes}: not shown, because a drawing can run scripts"),
            (Err(Unshown::Broken), _) => format!("broken image, {bytes}: these bytes are no PNG, JPEG, GIF or WebP"),
            (Err(Unshown::Other), _) => format!("image, {bytes}: not shown, because it is no PNG, JPEG, GIF or WebP"),
        }
    }

    /// The image as it stands in a line of text, found at an address; a large one opens on a click.
    pub(super) fn inline(&self, address: Option<&str>, alternative: &str) -> Html {
        let about = self.about();
        match address.filter(|_| self.kind.is_ok()) {
            Some(address) if self.bytes <= LARGE => {
                html!(r#"<span class="shot">{}<small>{}</small></span>"#, self.image(address, alternative), about)
            }
            Some(address) => html!(r#"<a class="link" href="{}" target="_blank" rel="noopener">{}</a>"#, address, about),
            None => html!(r#"<span class="hint">[{}]</span>"#, about),
        }
    }

    /// The image on its own; a large one is loaded when it is unfolded.
    pub(super) fn block(&self, address: Option<&str>, alternative: &str) -> Html {
        match address.filter(|_| self.kind.is_ok()) {
            Some(address) if self.bytes > LARGE => {
                html!(
                    r#"<details class="shot"><summary class="fold">{}</summary>{}</details>"#,
                    self.about(),
                    self.image(address, alternative)
                )
            }
            _ => html!(r#"<div>{}</div>"#, self.inline(address, alternative)),
        }
    }

    fn image(&self, address: &str, alternative: &str) -> Html {
        let size = self.size.map(|(width, height)| html!(r#" width="{}" height="{}""#, width, height));
        let alternative = if alternative.trim().is_empty() { self.about() } else { alternative.trim().to_owned() };
        html!(
            r#"<a href="{0}" target="_blank" rel="noopener" title="Full size"><img src="{0}" alt="{1}" loading="lazy" decoding="async"{2}></a>"#,
            address,
            alternative,
            size
        )
    }
}

/// A `data:` address of a file at the beginning of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DataAddress<'a> {
    pub(super) content_type: &'a str,
    pub(super) base64: &'a str,
}

impl<'a> DataAddress<'a> {
    /// Reads it from the beginning of a text, and says how long it is.
    pub(super) fn read(text: &'a str) -> Option<(Self, usize)> {
        let rest = strip(text, "data:")?;
        let head = rest.get(..rest.floor_char_boundary(200))?;
        let (head, _) = head.split_once(',')?;
        let content_type = head.split(';').next()?;
        if !head.to_ascii_lowercase().ends_with(";base64")
            || !content_type.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/+.-".contains(&byte))
        {
            return None;
        }
        let data = rest.get(head.len() + 1..)?;
        let end = data.bytes().position(|byte| digit(byte).is_none() && byte != b'=').unwrap_or(data.len());
        let length = text.len() - rest.len() + head.len() + 1 + end;
        Some((Self { content_type, base64: data.get(..end)? }, length))
    }
}

fn strip<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let head = text.get(..start.len())?;
    head.eq_ignore_ascii_case(start).then(|| text.get(start.len()..)).flatten()
}

/// Whether a text, or the JSON of one, may hold images.
pub(super) fn may_hold(text: &str) -> bool {
    text.contains("data:image")
}

/// The text with a [`MARK`] and a number in the place of each image, and the images.
pub(super) fn taken_out(text: &str) -> (String, Vec<DataAddress<'_>>) {
    let (mut without, mut images, mut rest) = (String::new(), Vec::new(), text);
    while let Some(place) = rest.find("data:image") {
        let (before, from) = rest.split_at(place);
        without.push_str(before);
        if let Some((image, length)) = DataAddress::read(from) {
            without.push_str(MARK);
            without.push_str(&images.len().to_string());
            images.push(image);
            rest = from.get(length..).unwrap_or_default();
        } else {
            without.push_str("data:image");
            rest = from.get("data:image".len()..).unwrap_or_default();
        }
    }
    without.push_str(rest);
    (without, images)
}

/// The bytes of a file in a text, which is a `data:` address of anything, one or more of images among words, or base64 alone.
pub(super) fn bytes(text: &str, number: usize) -> Option<Vec<u8>> {
    if let Some((data, _)) = DataAddress::read(text).filter(|(_, length)| *length == text.len() && number == 0) {
        return Some(decoded(data.base64));
    }
    let (_, images) = taken_out(text);
    let base64 = if images.is_empty() && number == 0 { Some(text).filter(|text| is_base64(text))? } else { images.get(number)?.base64 };
    Some(decoded(base64))
}

/// Whether a text may be base64 and nothing else.
pub(super) fn is_base64(text: &str) -> bool {
    text.len() >= 4 && text.bytes().all(|byte| digit(byte).is_some() || byte == b'=' || byte.is_ascii_whitespace())
}

/// How the bytes of base64 begin, and how many there are in all.
pub(super) fn head(base64: &str) -> (Vec<u8>, u64) {
    let end = base64.floor_char_boundary(HEAD.min(base64.len()));
    let digits = base64.trim_end_matches('=').len() as u64;
    (decoded(base64.get(..end).unwrap_or_default()), digits * 3 / 4)
}

/// What a digit of base64 stands for, in either alphabet.
fn digit(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

/// The bytes of base64, whatever else stands between its digits.
fn decoded(base64: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(base64.len() / 4 * 3 + 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for value in base64.bytes().filter_map(digit) {
        bits = bits << 6 | value;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIF: &str = "R0lGODlhAwAEAIAAAAAAAP///yH5BAEAAAAALAAAAAADAAQAAAIDhG8FADs=";
    const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAAECAIAAADETxJQAAAAEElEQVR4nGP4z8AAQQx4WQD7LAv1/r+/OwAAAABJRU5ErkJggg==";
    const WEBP: &str = "UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoDAAQAAgA0JaQAA3AA/vuUAAA=";
    const JPEG: &str = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQH/wAALCAAEAAMBAREA";

    #[test]
    fn bytes_say_what_an_image_is() {
        for (content_type, base64, about) in [
            ("image/gif", GIF, "GIF, 3 × 4, 44 B"),
            ("image/gif", PNG, "PNG, 3 × 4, "),
            ("", WEBP, "WebP, 3 × 4, "),
            ("image/jpeg", JPEG, "JPEG, 3 × 4, "),
            ("image/png", "aGVsbG8=", "broken image, 5 B"),
            ("image/svg+xml", "PHN2Zy8+", "SVG, 6 B: not shown"),
            ("image/tiff", "SUkqAA==", "image, 4 B: not shown"),
            ("image/png", "iVBORw0KGgo=", "PNG, 8 B"),
        ] {
            let found = Picture::look(content_type, base64).about();
            assert!(found.starts_with(about), "{found}");
        }
    }

    #[test]
    fn images_are_taken_out_of_a_text_and_found_again() {
        let text = format!("a ![x](data:image/gif;base64,{GIF}) b data:image/x <data:image/png;charset=utf-8;base64,{PNG}>");
        let (without, images) = taken_out(&text);
        assert_eq!(without, "a ![x](touchstone-image:0) b data:image/x <touchstone-image:1>");
        assert_eq!(images.iter().map(|image| image.content_type).collect::<Vec<_>>(), ["image/gif", "image/png"]);
        let kind = |text: &str, number| bytes(text, number).and_then(|bytes| content_type(&bytes));
        assert_eq!(kind(&text, 0), Some("image/gif"));
        assert_eq!(kind(&text, 1), Some("image/png"));
        assert_eq!(bytes(&text, 2), None);
        assert_eq!(kind(PNG, 0), Some("image/png"));
        assert_eq!(bytes("data:image/svg+xml;base64,PHN2Zy8+", 0).as_deref(), Some(b"<svg/>".as_slice()));
        assert_eq!(bytes("data:text/plain;base64,aGk=", 0).as_deref(), Some(b"hi".as_slice()));
        assert_eq!(bytes("data:text/plain;base64,aGk=", 1), None);
        assert_eq!(bytes("no.base64", 0), None);
    }

    #[test]
    fn what_is_large_waits_for_a_click() {
        let small = Picture::look("image/gif", GIF);
        assert!(small.block(Some("/image?at=1"), "").as_str().contains("<img src=\"/image?at=1\""));
        let large = Picture { bytes: 20_000_000, ..small.clone() };
        assert!(
            large
                .block(Some("/image"), "a")
                .as_str()
                .starts_with(r#"<details class="shot"><summary class="fold">GIF, 3 × 4, 20 MB</summary>"#)
        );
        assert!(!large.inline(Some("/image"), "a").as_str().contains("<img"));
        assert!(!small.inline(None, "").as_str().contains("<img"));
        assert!(Picture::look("image/svg+xml", "PHN2Zy8+").block(Some("/image"), "").as_str().contains("SVG"));
    }
}
