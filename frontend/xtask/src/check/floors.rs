//! The floors of each crate: what stands on a higher floor may know what stands below it, never the other way round.
//! Read from the `use` trees and paths of the sources, without their tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::failure::{Explain, Failure, Outcome};
use crate::process::say;
use crate::workspace::Workspace;

/// The floors of one crate, from the ground up. Modules that share a floor may know one another.
struct House {
    /// The folder of its sources.
    sources: &'static str,
    floors: &'static [&'static [&'static str]],
}

const HOUSES: &[House] = &[House {
    sources: "server/store/src",
    floors: &[
        &["ground"],
        &["render"],
        &["writing"],
        &["people"],
        &["content"],
        &["projects"],
        &["looking"],
        &["said"],
        &["spans"],
        &["history"],
        &["commands"],
        &["desk"],
    ],
}];

/// Draws the floors of every crate, and fails with every import that goes up.
pub fn check(workspace: &Workspace) -> Outcome {
    let mut broken = Vec::new();
    for house in HOUSES {
        say(&format!("floors of {}: {}", house.sources, drawn(house.floors)));
        let folder = workspace.path(house.sources);
        let mut files = BTreeMap::new();
        gather(&folder, &folder, &mut files)?;
        broken.extend(files.iter().flat_map(|(path, text)| climbing(house, path, text)));
    }
    if broken.is_empty() { Ok(()) } else { Err(Failure(broken.join("\n"))) }
}

fn drawn(floors: &[&[&str]]) -> String {
    floors.iter().map(|floor| floor.join(" + ")).collect::<Vec<_>>().join(" < ")
}

/// Every source of a crate by its path below `root`.
fn gather(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) -> Outcome {
    for entry in fs::read_dir(folder).explain(|| format!("cannot list {}", folder.display()))?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            gather(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let below = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.insert(below, fs::read_to_string(&path).explain(|| format!("cannot read {}", path.display()))?);
        }
    }
    Ok(())
}

/// What is wrong with a file: each module it knows that stands above its own, or on no floor at all.
fn climbing(house: &House, path: &str, text: &str) -> Vec<String> {
    let steps: Vec<&str> = path.trim_end_matches(".rs").split('/').collect();
    let Some(own) = steps.first().copied() else { return Vec::new() };
    if matches!(own, "lib" | "main") || steps.contains(&"tests") {
        return Vec::new();
    }
    let floor_of = |module: &str| house.floors.iter().position(|floor| floor.contains(&module));
    let Some(here) = floor_of(own) else {
        return vec![format!("{}/{path}: `{own}` stands on no floor; give it one in frontend/xtask/src/check/floors.rs", house.sources)];
    };
    let above = known(text).into_iter().filter(|module| floor_of(module).is_some_and(|floor| floor > here));
    above.map(|module| format!("{}/{path}: `{own}` stands below `{module}` and must not know it", house.sources)).collect()
}

/// The modules of its own crate that a source names.
fn known(text: &str) -> BTreeSet<&str> {
    let text = text.find("#[cfg(test)]\nmod tests {").map_or(text, |start| &text[..start]);
    let mut modules = BTreeSet::new();
    for (start, _) in text.match_indices("crate::") {
        let line = text[..start].rfind('\n').map_or(0, |end| end + 1);
        let is_comment = text[line..start].trim_start().starts_with("//");
        let is_longer_word = text[..start].ends_with(|before: char| before.is_alphanumeric() || before == '_');
        if !is_comment && !is_longer_word {
            modules.extend(first_names(&text[start + "crate::".len()..]));
        }
    }
    modules
}

/// The first name of a path, or of each path of a group.
fn first_names(rest: &str) -> Vec<&str> {
    let name = |text: &'_ str| text.find(|character: char| !character.is_alphanumeric() && character != '_').unwrap_or(text.len());
    let Some(group) = rest.strip_prefix('{') else { return vec![&rest[..name(rest)]] };
    let mut depth = 0;
    let mut names = Vec::new();
    let mut begins = true;
    for (at, character) in group.char_indices() {
        match character {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            _ if begins && depth == 0 && !character.is_whitespace() => {
                begins = false;
                names.push(&group[at..at + name(&group[at..])]);
            }
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{HOUSES, House, climbing, known};

    const HOUSE: House = House { sources: "a/src", floors: &[&["cellar"], &["hall", "kitchen"], &["attic"]] };

    fn check(path: &str, text: &str, expected: &[&str]) {
        assert_eq!(climbing(&HOUSE, path, text), expected);
    }

    #[test]
    fn an_import_that_goes_up_is_refused_however_it_is_written() {
        let up = ["a/src/hall/door.rs: `hall` stands below `attic` and must not know it"];
        for text in [
            "use crate::attic::Roof;",
            "use crate::{cellar::Coal, attic::{Roof, Beam}, Error};",
            "use crate::{\n    attic,\n    Error,\n};",
            "fn a() -> crate::attic::Roof { todo() }",
            "pub(crate) use crate::attic::Roof;",
        ] {
            check("hall/door.rs", text, &up);
        }
    }

    #[test]
    fn what_stands_below_beside_or_in_tests_may_be_known() {
        for text in [
            "use crate::cellar::Coal;",
            "use crate::kitchen::Stove;",
            "use crate::{Desk, Result, cellar::{Coal, attic}};",
            "// use crate::attic::Roof;",
            "use othercrate::attic;",
            "fn a() {}\n#[cfg(test)]\nmod tests {\n    use crate::attic::Roof;\n}",
        ] {
            check("hall.rs", text, &[]);
        }
        check("tests/hall.rs", "use crate::attic::Roof;", &[]);
        check("lib.rs", "use crate::attic::Roof;", &[]);
    }

    #[test]
    fn a_module_without_a_floor_is_told() {
        check("shed.rs", "", &["a/src/shed.rs: `shed` stands on no floor; give it one in frontend/xtask/src/check/floors.rs"]);
    }

    #[test]
    fn names_are_found_once() {
        assert_eq!(known("use crate::a::b; use crate::{a, c::{d, e}, F};").into_iter().collect::<Vec<_>>(), ["F", "a", "c"]);
    }

    #[test]
    fn every_module_stands_on_one_floor() {
        for house in HOUSES {
            let mut modules: Vec<_> = house.floors.concat();
            let count = modules.len();
            modules.sort_unstable();
            modules.dedup();
            assert_eq!(modules.len(), count, "{}", house.sources);
        }
    }
}
