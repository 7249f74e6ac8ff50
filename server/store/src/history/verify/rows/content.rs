//! The content of a row, read no deeper than what is computed from it. Half a character, a number beyond all bounds or nesting without end
//! somewhere in it makes nothing else unreadable.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// An object of which each value is read by itself.
#[derive(Default)]
pub(super) struct Content(BTreeMap<String, Box<RawValue>>);

impl Content {
    /// Reads an object; what is none holds nothing.
    pub(super) fn read(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap_or_default())
    }

    fn value<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        serde_json::from_str(self.0.get(key)?.get()).ok()
    }

    /// The object under a key.
    pub(super) fn below(&self, key: &str) -> Self {
        self.0.get(key).map(|value| Self::read(value.get())).unwrap_or_default()
    }

    /// Its keys.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// A text, as columns hold it.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.value::<String>(key).map(|text| text.replace('\0', "\u{fffd}"))
    }

    /// A list of texts, as columns hold them; of anything else nothing.
    pub(super) fn list(&self, key: &str) -> Vec<String> {
        let texts = self.value::<Vec<String>>(key).unwrap_or_default();
        texts.into_iter().map(|text| text.replace('\0', "\u{fffd}")).collect()
    }

    /// A number.
    pub(super) fn number(&self, key: &str) -> Option<f64> {
        self.value(key)
    }

    /// Yes or no.
    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        self.value(key)
    }

    /// The digest of a value as `input_digest` holds it; none of null.
    pub(super) fn digest(&self, key: &str, salt: &[u8]) -> Option<i64> {
        let written = self.0.get(key).filter(|_| self.says(key))?.get();
        let read = serde_json::from_str::<serde_json::Value>(written).map(|value| value.to_string());
        let hash = Sha256::digest([salt, read.as_deref().unwrap_or(written).as_bytes()].concat());
        hash.first_chunk().copied().map(i64::from_be_bytes)
    }

    /// Whether there is anything but null.
    pub(super) fn says(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(|value| value.get() != "null")
    }
}
