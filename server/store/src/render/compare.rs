//! Comparing values and texts, away from the threads that serve requests.

use crate::render::{diff, structured};
use crate::{Error, Result};
use serde_json::value::RawValue;
use shared::texts::{DiffPart, TextFormat};
use tokio::sync::Semaphore;

/// Bytes of a value or a text above which nobody edits it in a page.
pub(crate) const LARGEST: usize = 1_000_000;

/// Comparing large texts keeps a processor busy for a while, so that only a few are compared at once.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// Compares texts away from the threads that serve requests.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _turn = AT_ONCE.acquire().await.map_err(|_| Error::Closing)?;
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Closing)
}

/// What leads from one value to another, laid out; a missing one is the empty text. Nothing if one is too large to compare.
pub(crate) fn compare(format: TextFormat, from: Option<&RawValue>, to: Option<&RawValue>) -> Vec<DiffPart> {
    let both = || [from, to].into_iter().flatten();
    if both().any(|value| value.get().len() > LARGEST) {
        return Vec::new();
    }
    // As plain texts, a list and the string that reads the same would not differ.
    let plain = both().all(|value| value.get().trim_start().starts_with('"'));
    let format = if format == TextFormat::Text && !plain { TextFormat::Json } else { format };
    let written = |value: Option<&RawValue>| value.map(|value| structured::write(format, value)).unwrap_or_default();
    diff::words(&written(from), &written(to))
}
