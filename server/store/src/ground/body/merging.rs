//! Merging one row's content into another, and taking values out of its lists: work in proportion to what was sent and what is there.

use super::{Object, Raw, list, object, text};
use indexmap::IndexSet;
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Merging looks into objects down to here; deeper ones are replaced. Nobody nests this deep by hand.
pub(crate) const DEEPEST_MERGE: usize = 100;

/// Where a merge replaces instead of looking further: `_merge_paths`, as a tree of their steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Paths {
    replaces: bool,
    below: HashMap<String, Self>,
}

impl Paths {
    /// Adds a path of at most [`DEEPEST_MERGE`] steps.
    pub(crate) fn add(&mut self, path: impl IntoIterator<Item = String>) {
        let end = path.into_iter().fold(self, |paths, step| paths.below.entry(step).or_default());
        end.replaces = true;
    }

    /// Whether what stands at a path is replaced, by itself or with what is around it.
    pub(crate) fn replaces_at(&self, path: &[&str]) -> bool {
        self.replaces || path.split_first().is_some_and(|(step, rest)| self.below.get(*step).is_some_and(|below| below.replaces_at(rest)))
    }

    /// Whether nothing is named.
    pub(crate) fn is_empty(&self) -> bool {
        !self.replaces && self.below.is_empty()
    }
}

/// Values to take out of lists: `_array_delete`, as a tree of the steps of its paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Removals {
    /// In the form of [`canonical`].
    values: HashSet<String>,
    below: HashMap<String, Self>,
}

impl Removals {
    /// Adds values at a path of at most [`DEEPEST_MERGE`] steps.
    pub(crate) fn add(&mut self, path: impl IntoIterator<Item = String>, values: &[Raw]) {
        let end = path.into_iter().fold(self, |removals, step| removals.below.entry(step).or_default());
        end.values.extend(values.iter().map(|value| canonical(value.get()).into_owned()));
    }

    /// The texts that are taken out of the list at a path.
    pub(crate) fn texts_at(&self, path: &[&str]) -> Vec<String> {
        match path.split_first() {
            Some((step, rest)) => self.below.get(*step).map(|below| below.texts_at(rest)).unwrap_or_default(),
            None => self.values.iter().filter_map(|value| serde_json::from_str(value).ok()).collect(),
        }
    }

    /// Whether nothing is taken out.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty() && self.below.is_empty()
    }
}

/// Merges `new` into `old`: objects recursively, `tags` as a union that keeps the old order, everything else replaced.
pub(crate) fn merge(old: &mut Object, new: Object, paths: &Paths) -> Result<(), serde_json::Error> {
    merge_at(old, new, Some(paths), 1)
}

/// `depth` is that of the keys of `new`; what stands at the top has 1.
fn merge_at(old: &mut Object, new: Object, paths: Option<&Paths>, depth: usize) -> Result<(), serde_json::Error> {
    for (key, value) in new {
        let paths = paths.and_then(|paths| paths.below.get(&key));
        let replaces = depth >= DEEPEST_MERGE || paths.is_some_and(|paths| paths.replaces);
        let merged = match old.get(&key) {
            Some(stored) if !replaces => merged(stored, &value, paths, depth, &key)?,
            _ => None,
        };
        old.insert(key, merged.unwrap_or(value));
    }
    Ok(())
}

/// The merged value, or none if the new one replaces.
fn merged(stored: &RawValue, new: &RawValue, paths: Option<&Paths>, depth: usize, key: &str) -> Result<Option<Raw>, serde_json::Error> {
    if let (Some(mut below), Some(added)) = (object(stored.get()), object(new.get())) {
        merge_at(&mut below, added, paths, depth + 1)?;
        return Ok(Some(RawValue::from_string(text(&below)?)?));
    }
    if (depth, key) == (1, "tags")
        && let (Some(stored), Some(added)) = (list(stored.get()), list(new.get()))
    {
        let mut union = IndexSet::new();
        union.extend(stored.iter().chain(&added).map(|tag| tag.get()));
        return Ok(Some(RawValue::from_string(format!("[{}]", Vec::from_iter(union).join(",")))?));
    }
    Ok(None)
}

/// Takes values out of the lists of a row.
pub(crate) fn remove(body: &mut Object, removals: &Removals) -> Result<(), serde_json::Error> {
    for (key, removals) in &removals.below {
        let Some(stored) = body.get(key) else { continue };
        let replaced = if let Some(items) = list(stored.get()).filter(|_| !removals.values.is_empty()) {
            let kept = items.iter().map(|item| item.get()).filter(|item| !removals.values.contains(canonical(item).as_ref()));
            format!("[{}]", kept.collect::<Vec<_>>().join(","))
        } else if let Some(mut below) = object(stored.get()).filter(|_| !removals.below.is_empty()) {
            remove(&mut below, removals)?;
            text(&below)?
        } else {
            continue;
        };
        body.insert(key.clone(), RawValue::from_string(replaced)?);
    }
    Ok(())
}

/// A text that two values share where they mean the same, however they are written. What cannot be read stands for itself.
fn canonical(value: &str) -> Cow<'_, str> {
    #[cfg(test)]
    tests::READ.with(|read| read.set(read.get() + 1));
    let value = value.trim();
    let as_written = value.starts_with('"') && !value.contains('\\');
    if as_written {
        return Cow::Borrowed(value);
    }
    match serde_json::from_str::<Value>(value) {
        Ok(value) => Cow::Owned(sorted(value).to_string()),
        Err(_) => Cow::Borrowed(value),
    }
}

/// The same value with the keys of its objects in order.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            fields.sort_by(|(one, _), (other, _)| one.cmp(other));
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::super::raw;
    use super::*;
    use expect_test::{Expect, expect};
    use std::cell::Cell;

    thread_local! {
        /// Values that were brought into one form.
        pub(super) static READ: Cell<usize> = const { Cell::new(0) };
    }

    fn path(steps: &[&str]) -> Vec<String> {
        steps.iter().map(|step| (*step).to_owned()).collect()
    }

    fn check(old: &str, new: &str, paths: &[&[&str]], expected: Expect) {
        let mut body = object(old).unwrap();
        let mut tree = Paths::default();
        paths.iter().for_each(|steps| tree.add(path(steps)));
        merge(&mut body, object(new).unwrap(), &tree).unwrap();
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
        // A path below one that replaces, and a path to nothing, change nothing.
        check(
            r#"{"a":{"b":{"c":1}},"d":{"e":1}}"#,
            r#"{"a":{"b":{"x":2}},"d":{"f":2}}"#,
            &[&["a"], &["a", "b"], &["nothing"], &[]],
            expect![[r#"{"a":{"b":{"x":2}},"d":{"e":1,"f":2}}"#]],
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
        merge(&mut body, object(&deep).unwrap(), &Paths::default()).unwrap();
        assert_eq!(text(&body).unwrap(), deep);
    }

    fn removed(body: &str, removals: &[(&[&str], &[&str])]) -> String {
        let mut body = object(body).unwrap();
        let mut tree = Removals::default();
        for (steps, values) in removals {
            let values: Vec<Raw> = values.iter().map(|value| RawValue::from_string((*value).to_owned()).unwrap()).collect();
            tree.add(path(steps), &values);
        }
        remove(&mut body, &tree).unwrap();
        text(&body).unwrap()
    }

    #[test]
    fn values_leave_a_list() {
        let removals: [(&[&str], &[&str]); 3] = [(&["tags"], &["\"a\""]), (&["m", "l"], &["2"]), (&["nothing"], &["1"])];
        expect![[r#"{"tags":["b"],"m":{"l":[1]}}"#]].assert_eq(&removed(r#"{"tags":["a","b"],"m":{"l":[1,2]}}"#, &removals));
        // The same value may be written in another way; 1 and 1.0 are no less different than in JSON's own types.
        let body = r#"{"l":["é",{"a":1,"b":[2]},1,1.0,"\ud83e",1e400,"kept"]}"#;
        let values: &[&str] = &[r#""\u00e9""#, r#"{ "b": [ 2 ], "a": 1 }"#, "1", r#""\ud83e""#, "1e400"];
        expect![[r#"{"l":[1.0,"kept"]}"#]].assert_eq(&removed(body, &[(&["l"], values)]));
    }

    #[test]
    fn work_grows_with_what_is_sent_and_not_with_its_square() {
        let read = |count: usize| {
            let values: Vec<Raw> = (0..count).map(|number| raw(&number).unwrap()).collect();
            let mut body = Object::from([("l".to_owned(), raw(&values).unwrap())]);
            let mut removals = Removals::default();
            // Each value in an entry of its own: the list is still gone through once.
            values.iter().for_each(|value| removals.add(path(&["l"]), std::slice::from_ref(value)));
            READ.set(0);
            remove(&mut body, &removals).unwrap();
            assert_eq!(text(&body).unwrap(), r#"{"l":[]}"#);
            READ.get()
        };
        assert_eq!((read(500), read(8_000)), (500, 8_000));
        // A tree of paths asks once at each key, however many paths there are.
        let mut paths = Paths::default();
        (0..20_000).for_each(|number| paths.add(path(&["m", &number.to_string()])));
        assert_eq!((paths.below.len(), paths.below["m"].below.len()), (1, 20_000));
    }
}
