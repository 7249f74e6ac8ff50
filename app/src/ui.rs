//! The small parts every page is made of. None of them knows what a page is about.
//!
//! Each draws the same on the server and at first in the browser, and none uses a style attribute: the content
//! security policy forbids them, so what varies with the data is an SVG attribute or a class.

mod avatar;
pub(crate) mod caret;
mod clipboard;
pub(crate) mod completion;
mod dialog;
pub mod format;
mod histogram;
mod icon;
mod lines;
pub mod markup;
mod notice;
mod score_bar;
mod status;
mod tag_chip;
mod time;
pub(crate) mod window;

pub use avatar::Avatar;
pub use clipboard::{copy, copy_link};
pub use dialog::{Dialog, opened_by};
pub use histogram::Histogram;
pub use icon::{Icon, IconName, IconSize, IconSprite, Mark};
pub use lines::{Lines, quoted};
pub use notice::{Notice, NoticeKind};
pub use score_bar::{score_bar, score_source};
pub use shared::summary::ScoreKind;
pub use status::{Saving, SavingStatus};
pub use tag_chip::{TagChip, tag_color};
pub(crate) use time::offset_minutes;
pub use time::{RelativeTime, civil, now, provide_clock};

/// A number that is the same for the same text on every machine and in every version (FNV-1a).
/// Tints are chosen with it, so that a person or a tag keeps its colour.
fn stable_hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
