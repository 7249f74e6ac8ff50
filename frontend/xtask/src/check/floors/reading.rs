//! Which modules of its own crate a source names.

use std::collections::BTreeSet;

/// The names from the root of its crate that a source uses: modules, and what the root passes on. `path` is that below the sources.
pub fn known<'a>(path: &str, text: &'a str) -> BTreeSet<&'a str> {
    let text = text.find("#[cfg(test)]\nmod tests {").map_or(text, |start| &text[..start]);
    let mut names = BTreeSet::new();
    for (start, root) in text.match_indices("crate::") {
        let line = text[..start].rfind('\n').map_or(0, |end| end + 1);
        let is_comment = text[line..start].trim_start().starts_with("//");
        let is_longer_word = text[..start].ends_with(|before: char| before.is_alphanumeric() || before == '_');
        if !is_comment && !is_longer_word {
            names.extend(branches(&text[start + root.len()..]).into_iter().map(name));
        }
    }
    // Right below the root, `super` is the root.
    if !path.contains('/') {
        names.extend(uses(text).filter_map(|tree| tree.strip_prefix("super::")).flat_map(branches).map(name));
    }
    names
}

/// What the root of a crate passes on of its modules: each name with its module.
pub fn exported(root: &str) -> Vec<(&str, &str)> {
    let mut exported = Vec::new();
    for tree in uses(root) {
        let tree = tree.strip_prefix("crate::").or_else(|| tree.strip_prefix("self::")).unwrap_or(tree);
        for branch in branches(tree) {
            let module = name(branch);
            exported.extend(leaves(branch).into_iter().map(|leaf| (leaf, module)));
        }
    }
    exported
}

/// The trees of the `use` lines of a file itself, without those of its inner modules and functions.
fn uses(text: &str) -> impl Iterator<Item = &str> {
    let begins = text.match_indices("use ").filter(|(start, _)| {
        let line = &text[text[..*start].rfind('\n').map_or(0, |end| end + 1)..*start];
        line.is_empty() || line == "pub " || (line.starts_with("pub(") && line.ends_with(") "))
    });
    begins.map(|(start, word)| text[start + word.len()..].split(';').next().unwrap_or_default())
}

/// The paths of a group, or the one path itself.
fn branches(tree: &str) -> Vec<&str> {
    let Some(group) = tree.strip_prefix('{') else { return vec![tree] };
    let mut depth = 0;
    let mut begin = 0;
    let mut branches = Vec::new();
    for (at, character) in group.char_indices() {
        match character {
            '}' if depth == 0 => {
                branches.push(&group[begin..at]);
                break;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                branches.push(&group[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    branches.into_iter().map(str::trim).filter(|branch| !branch.is_empty()).collect()
}

/// The names that a path brings.
fn leaves(path: &str) -> Vec<&str> {
    match (path.split_once("::"), path.split_once(" as ")) {
        (Some((_, rest)), _) if rest.starts_with('{') => branches(rest).into_iter().flat_map(leaves).collect(),
        (Some((_, rest)), _) => leaves(rest),
        (None, Some((_, renamed))) => vec![renamed.trim()],
        (None, None) => vec![path.trim()],
    }
}

/// The first name of a path.
fn name(path: &str) -> &str {
    &path[..path.find(|character: char| !character.is_alphanumeric() && character != '_').unwrap_or(path.len())]
}

#[cfg(test)]
mod tests {
    use super::{exported, known};

    fn check(path: &str, text: &str, expected: &[&str]) {
        assert_eq!(known(path, text).into_iter().collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn names_are_found_once() {
        check("x/y.rs", "use crate::a::b; use crate::{a, c::{d, e}, F};", &["F", "a", "c"]);
        check("x.rs", "pub(crate) use super::{a, b::c};\nfn f() {\n    use super::d;\n}", &["a", "b"]);
        check("x/y.rs", "use super::a;", &[]);
    }

    #[test]
    fn what_the_root_passes_on_is_known_by_its_module() {
        let root = "mod a;\npub use a::b::{C, D as E, f::G};\nuse h::i;\npub(crate) use crate::j::K;\nfn l() {\n    use m::N;\n}";
        assert_eq!(exported(root), [("C", "a"), ("E", "a"), ("G", "a"), ("i", "h"), ("K", "j")]);
    }
}
