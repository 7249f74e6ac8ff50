//! A row's content as JSON text that is never decoded further than needed, so that unicode, lone surrogates, `\u0000`,
//! 64-bit integers, deep nesting and the order of keys come back as they arrived.

use crate::ground::database::{one, values};
use indexmap::{IndexMap, IndexSet};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A value as the text that arrived.
pub(crate) type Raw = Box<RawValue>;

/// An object whose values are not decoded.
pub(crate) type Object = IndexMap<String, Raw>;

/// Merging looks into objects down to here; deeper ones are replaced. Nobody nests this deep by hand.
const DEEPEST_MERGE: usize = 100;

/// Reads an object one level deep.
pub(crate) fn object(text: &str) -> Option<Object> {
    text.trim_start().starts_with('{').then(|| serde_json::from_str(text).ok()).flatten()
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
pub(crate) async fn of_span(connection: &impl ConnectionTrait, span: i64) -> crate::Result<Object> {
    #[derive(FromQueryResult)]
    struct Row {
        body: String,
    }
    let row = one::<Row>(connection, "SELECT body FROM span_payloads WHERE span = ?", values![span]).await?;
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

/// Where a merge replaces instead of looking further: `_merge_paths`.
pub(crate) type Paths = Vec<Vec<String>>;

/// Values to take out of the list at a path: `_array_delete`.
pub(crate) type Removals = Vec<(Vec<String>, Vec<Raw>)>;

/// Merges `new` into `old`: objects recursively, `tags` as a union that keeps the old order, everything else replaced.
pub(crate) fn merge(old: &mut Object, new: Object, paths: &Paths) -> Result<(), serde_json::Error> {
    merge_at(old, new, paths, &mut Vec::new())
}

fn merge_at(old: &mut Object, new: Object, paths: &Paths, place: &mut Vec<String>) -> Result<(), serde_json::Error> {
    for (key, value) in new {
        place.push(key.clone());
        let replaces = paths.iter().any(|path| path == place) || place.len() >= DEEPEST_MERGE;
        let merged = match old.get(&key) {
            Some(stored) if !replaces => merged(stored, &value, paths, place)?,
            _ => None,
        };
        old.insert(key, merged.unwrap_or(value));
        place.pop();
    }
    Ok(())
}

/// The merged value, or none if the new one replaces.
fn merged(stored: &RawValue, new: &RawValue, paths: &Paths, place: &mut Vec<String>) -> Result<Option<Raw>, serde_json::Error> {
    if let (Some(mut below), Some(added)) = (object(stored.get()), object(new.get())) {
        merge_at(&mut below, added, paths, place)?;
        return Ok(Some(RawValue::from_string(text(&below)?)?));
    }
    if *place == ["tags"]
        && let (Some(stored), Some(added)) = (list(stored.get()), list(new.get()))
    {
        let mut union = IndexSet::new();
        union.extend(stored.iter().chain(&added).map(|tag| tag.get()));
        return Ok(Some(RawValue::from_string(format!("[{}]", Vec::from_iter(union).join(",")))?));
    }
    Ok(None)
}

/// Removes values from the list at a path: `_array_delete`.
pub(crate) fn remove_from_list(body: &mut Object, path: &[String], values: &[Raw]) -> Result<(), serde_json::Error> {
    let Some((key, rest)) = path.split_first() else { return Ok(()) };
    let Some(stored) = body.get(key) else { return Ok(()) };
    let replaced = if rest.is_empty() {
        list(stored.get()).map(|items| {
            let kept: Vec<_> = items
                .iter()
                .filter(|item| !values.iter().any(|value| same(Some(item.get()), Some(value.get()))))
                .map(|item| item.get())
                .collect();
            format!("[{}]", kept.join(","))
        })
    } else if let Some(mut below) = object(stored.get()) {
        remove_from_list(&mut below, rest, values)?;
        Some(text(&below)?)
    } else {
        None
    };
    if let Some(replaced) = replaced {
        body.insert(key.clone(), RawValue::from_string(replaced)?);
    }
    Ok(())
}

/// Whether two values mean the same, however they are written; no value and null do, too.
pub(crate) fn same(one: Option<&str>, other: Option<&str>) -> bool {
    let decoded = |value: Option<&str>| value.map_or(Some(serde_json::Value::Null), |value| serde_json::from_str(value).ok());
    one == other || decoded(one).is_some_and(|value| Some(value) == decoded(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(old: &str, new: &str, paths: &[&[&str]], expected: Expect) {
        let mut body = object(old).unwrap();
        let paths = paths.iter().map(|path| path.iter().map(|step| (*step).to_owned()).collect()).collect();
        merge(&mut body, object(new).unwrap(), &paths).unwrap();
        expected.assert_eq(&text(&body).unwrap());
    }

    #[test]
    fn objects_merge_and_everything_else_is_replaced() {
        check(r#"{"a":{"b":1,"c":[1]}}"#, r#"{"a":{"c":[2],"d":null}}"#, &[], expect![[r#"{"a":{"b":1,"c":[2],"d":null}}"#]]);
        check(r#"{"a":{"b":1}}"#, r#"{"a":3}"#, &[], expect![[r#"{"a":3}"#]]);
        check(r#"{"tags":["x","y"]}"#, r#"{"tags":["y","z"]}"#, &[], expect![[r#"{"tags":["x","y","z"]}"#]]);
        check(r#"{"a":{"tags":["x"]}}"#, r#"{"a":{"tags":["z"]}}"#, &[], expect![[r#"{"a":{"tags":["z"]}}"#]]);
    }

    #[test]
    fn merging_stops_where_the_client_says() {
        check(
            r#"{"input":{"a":{"b":10},"c":{"d":20}},"output":{"a":20}}"#,
            r#"{"input":{"a":{"q":30},"c":{"e":30},"bar":"baz"},"output":{"d":40}}"#,
            &[&["input", "a"], &["output"]],
            expect![[r#"{"input":{"a":{"q":30},"c":{"d":20,"e":30},"bar":"baz"},"output":{"d":40}}"#]],
        );
    }

    #[test]
    fn text_survives_as_it_arrived() {
        let odd = r#"{"z":9007199254740993,"a":"\ud800 \u0000 \u00e9","deep":{"n":1e400}}"#;
        check(odd, r#"{"deep":{"m":2}}"#, &[], expect![[r#"{"z":9007199254740993,"a":"\ud800 \u0000 \u00e9","deep":{"n":1e400,"m":2}}"#]]);
    }

    #[test]
    fn nesting_never_overflows_the_stack() {
        let deep = format!("{}1{}", r#"{"a":"#.repeat(100_000), "}".repeat(100_000));
        let mut body = object(&deep).unwrap();
        merge(&mut body, object(&deep).unwrap(), &Vec::new()).unwrap();
        assert_eq!(text(&body).unwrap(), deep);
    }

    #[test]
    fn values_leave_a_list() {
        let mut body = object(r#"{"tags":["a","b"],"m":{"l":[1,2]}}"#).unwrap();
        remove_from_list(&mut body, &["tags".to_owned()], &[raw(&"a").unwrap()]).unwrap();
        remove_from_list(&mut body, &["m".to_owned(), "l".to_owned()], &[raw(&2).unwrap()]).unwrap();
        expect![[r#"{"tags":["b"],"m":{"l":[1]}}"#]].assert_eq(&text(&body).unwrap());
    }
}
