//! A row's content as JSON text that is never decoded further than needed, so that unicode, lone surrogates, `\u0000`,
//! 64-bit integers, deep nesting and the order of keys come back as they arrived.

mod merging;

pub(crate) use merging::{DEEPEST_MERGE, Paths, Removals, merge, remove};

use crate::ground::database::one;
use crate::ground::keys::{SpanKey, bound};
use indexmap::IndexMap;
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A value as the text that arrived.
pub(crate) type Raw = Box<RawValue>;

/// An object whose values are not decoded.
pub(crate) type Object = IndexMap<String, Raw>;

/// Reads an object one level deep.
pub(crate) fn object(text: &str) -> Option<Object> {
    text.trim_start().starts_with('{').then(|| serde_json::from_str(text).ok()).flatten()
}

/// Whether a text is an object at all, also one of which [`object`] cannot read every key.
pub(crate) fn is_object(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// Reads some keys of an object one level deep; the values of others are stepped over.
pub(crate) fn some(text: &str, wanted: impl Fn(&str) -> bool) -> Option<Object> {
    struct Wanted<F>(F);
    impl<'text, F: Fn(&str) -> bool> Visitor<'text> for Wanted<F> {
        type Value = Object;

        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: MapAccess<'text>>(self, mut members: A) -> Result<Object, A::Error> {
            let mut object = Object::new();
            while let Some(key) = members.next_key::<Cow<'_, str>>()? {
                let value = members.next_value::<&RawValue>()?;
                if (self.0)(&key) {
                    object.insert(key.into_owned(), value.to_owned());
                }
            }
            Ok(object)
        }
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.deserialize_map(Wanted(wanted)).ok()
}

/// The content of a span as it is stored; nothing where the span is not there any more.
pub(crate) async fn of_span(connection: &impl ConnectionTrait, span: SpanKey) -> crate::Result<Object> {
    #[derive(FromQueryResult)]
    struct Row {
        body: String,
    }
    let row = one::<Row>(connection, "SELECT body FROM span_payloads WHERE project = ? AND span = ?", bound(&[span])).await?;
    Ok(row.and_then(|row| object(&row.body)).unwrap_or_default())
}

/// Reads a list one level deep.
pub(crate) fn list(text: &str) -> Option<Vec<Raw>> {
    text.trim_start().starts_with('[').then(|| serde_json::from_str(text).ok()).flatten()
}

/// The text of an object.
pub(crate) fn text(object: &Object) -> Result<String, serde_json::Error> {
    serde_json::to_string(object)
}

/// Anything that can be written as JSON, as a raw value.
pub(crate) fn raw(value: &impl serde::Serialize) -> Result<Raw, serde_json::Error> {
    serde_json::value::to_raw_value(value)
}

/// The value under a key, decoded; none where it is missing, null or of another type.
pub(crate) fn read<T: serde::de::DeserializeOwned>(object: &Object, key: &str) -> Option<T> {
    let value = object.get(key)?;
    if is_null(value) { None } else { serde_json::from_str(value.get()).ok() }
}

/// True for `null`.
pub(crate) fn is_null(value: &RawValue) -> bool {
    value.get().trim() == "null"
}

/// Whether two values mean the same, however they are written; no value and null do, too.
pub(crate) fn same(one: Option<&str>, other: Option<&str>) -> bool {
    let decoded = |value: Option<&str>| value.map_or(Some(serde_json::Value::Null), |value| serde_json::from_str(value).ok());
    one == other || decoded(one).is_some_and(|value| Some(value) == decoded(other))
}
