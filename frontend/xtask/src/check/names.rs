//! One name, one type: a type that leaves its file has a name that no other such type has, in any crate.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::failure::{Explain, Failure, Outcome};
use crate::workspace::Workspace;

const SOURCES: [&str; 5] = ["app/src", "frontend", "migrations/src", "server", "shared/src"];

/// Names that several types have, each with its reason.
const SHARED: &[(&str, &str)] = &[
    ("Migration", "the name that sea-orm's migrations have, each in a file of its own"),
    ("Model", "the name that sea-orm's entities have, each in a file of its own"),
    ("Query", "of BTQL, and of an address, as axum calls what it takes out of one"),
    ("Relation", "the name that sea-orm's entities have, each in a file of its own"),
];

/// Fails with every name that several types have.
pub fn check(workspace: &Workspace) -> Outcome {
    let mut files = BTreeMap::new();
    for folder in SOURCES {
        gather(&workspace.root, &workspace.path(folder), &mut files)?;
    }
    let wrong = wrong(&files, SHARED);
    if wrong.is_empty() { Ok(()) } else { Err(Failure(wrong.join("\n"))) }
}

/// Every source by its path inside the checkout, without tests.
fn gather(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) -> Outcome {
    for entry in fs::read_dir(folder).explain(|| format!("cannot list {}", folder.display()))?.flatten() {
        let path = entry.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if matches!(name.as_ref(), "tests" | "target" | "node_modules" | "benches") {
            continue;
        }
        if path.is_dir() {
            gather(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).explain(|| format!("cannot read {}", path.display()))?;
            files.insert(path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/"), text);
        }
    }
    Ok(())
}

fn wrong(files: &BTreeMap<String, String>, shared: &[(&str, &str)]) -> Vec<String> {
    let mut places = BTreeMap::<&str, BTreeSet<&str>>::new();
    for (path, text) in files {
        for name in leaving(text) {
            places.entry(name).or_default().insert(path);
        }
    }
    let is_shared = |name: &str| shared.iter().any(|(shared, _)| *shared == name);
    let doubled = places.iter().filter(|(name, places)| places.len() > 1 && !is_shared(name));
    let doubled = doubled.map(|(name, places)| {
        format!("{name} is the name of several types: {}; say which one it is", places.iter().copied().collect::<Vec<_>>().join(", "))
    });
    let single = shared.iter().filter(|(name, _)| places.get(name).is_none_or(|places| places.len() < 2));
    let single = single.map(|(name, _)| format!("{name} is the name of one type only; take it out of frontend/xtask/src/check/names.rs"));
    doubled.chain(single).collect()
}

/// The types of a source that other files can name.
fn leaving(text: &str) -> impl Iterator<Item = &str> {
    let text = text.find("#[cfg(test)]\nmod tests {").map_or(text, |start| &text[..start]);
    text.lines().filter_map(|line| {
        let line = line.trim_start();
        let rest = line.strip_prefix("pub ").or_else(|| line.strip_prefix("pub(crate) "))?;
        let rest = ["struct ", "enum ", "type ", "trait ", "union "].iter().find_map(|kind| rest.strip_prefix(kind))?;
        Some(&rest[..rest.find(|character: char| !character.is_alphanumeric() && character != '_').unwrap_or(rest.len())])
    })
}

#[cfg(test)]
mod tests {
    use super::wrong;

    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        assert_eq!(wrong(&files, &[("Model", "so it is")]), expected);
    }

    const MODELS: [(&str, &str); 2] = [("m.rs", "pub struct Model;"), ("n.rs", "pub struct Model;")];

    #[test]
    fn two_types_of_one_name_are_told() {
        let told = "Place is the name of several types: a.rs, b.rs; say which one it is";
        check(&[MODELS[0], MODELS[1], ("a.rs", "pub struct Place {"), ("b.rs", "    pub(crate) enum Place<T> {")], &[told]);
    }

    #[test]
    fn what_stays_in_its_file_or_is_allowed_has_any_name() {
        let private = "struct Place;\npub(super) struct Place;\n#[cfg(test)]\nmod tests {\n    pub struct Place;\n}";
        check(&[MODELS[0], MODELS[1], ("a.rs", "pub struct Place;"), ("b.rs", private), ("c.rs", "pub fn place() {}")], &[]);
    }

    #[test]
    fn what_is_allowed_in_vain_is_told() {
        check(&MODELS[..1], &["Model is the name of one type only; take it out of frontend/xtask/src/check/names.rs"]);
    }
}
