//! The floors of each crate: what stands on a higher floor may know what stands below it, never the other way round.
//! Modules that share a floor may know one another, but never in a circle.
//! Read from the `use` trees and paths of the sources, without their tests.

mod reading;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::failure::{Explain, Failure, Outcome};
use crate::process::say;
use crate::workspace::Workspace;
use reading::{exported, known};

/// The floors of one crate, from the ground up.
struct House {
    /// The folder of its sources.
    sources: &'static str,
    floors: &'static [&'static [&'static str]],
}

const HOUSES: &[House] = &[
    House {
        sources: "shared/src",
        floors: &[
            &["changes", "cookies", "figures", "filter", "ids", "layout", "markup", "problem", "statistics", "transactions"],
            &["objects", "people", "projects", "attachments", "experiments", "feedback", "functions", "summary"],
            &["address", "columns", "ranges", "texts", "audit", "questions", "tags"],
            &["activity", "comments", "answers", "comparison", "expected", "reviews"],
            &["english", "home", "said"],
            &["commands", "permissions", "spans", "live", "views"],
            &["cases", "jobs", "uploads", "versions"],
        ],
    },
    House {
        sources: "server/store/src",
        floors: &[
            &["ground"],
            &["desk"],
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
            &["archives", "cases", "jobs", "uploads", "versions"],
        ],
    },
    House {
        sources: "server/demo/src",
        floors: &[
            &["acts", "cases", "picture", "random", "scenarios"],
            &["clock", "customers", "orders", "passages", "reviews", "spans", "tools"],
            &["flow"],
            &["experiments", "stories"],
            &["corpus", "seed"],
        ],
    },
    House {
        sources: "server/src",
        floors: &[
            &["application", "assets", "cookie", "logging", "network", "problems", "request_id", "room"],
            &["actor", "bodies", "body", "metrics"],
            &["files", "health", "live", "pages", "rest", "security", "sign_in", "wire"],
            &["connections", "router"],
            &["commands", "config", "language_model", "serve"],
        ],
    },
    House {
        sources: "app/src",
        floors: &[
            &["api", "cookies", "drafts", "hydration", "json", "keys", "loading", "raw_query", "title", "ui"],
            &["configuration", "context", "inbox", "journal", "live"],
            &["cases", "jobs", "objects", "people", "questions", "reviews", "tags", "tour", "uploads", "versions", "views"],
            &["frame", "home", "trace"],
            &["activity", "logs", "projects"],
            &["parts", "shell"],
        ],
    },
    House {
        sources: "migrations/src",
        floors: &[&[
            "distribution",
            "m0201_people",
            "m0202_projects",
            "m0203_objects",
            "m0204_questions",
            "m0305_spans",
            "m0306_answers",
            "m0207_comments",
            "m0308_activity",
            "m0309_events",
            "m0210_attachments",
            "m0211_functions",
            "m0212_commands",
            "m0213_review_lists",
            "m0214_review_items",
            "m0215_words",
            "m0216_views",
            "m0217_jobs",
            "m0218_dataset_versions",
            "m0219_review_rules",
            "m0220_restoring",
            "m0221_evidence",
            "m0222_mapping",
            "m0223_words_of_gone_rows",
            "m0224_pairs",
            "m0225_unclear",
            "m0226_imports",
        ]],
    },
    House {
        sources: "frontend/xtask/src",
        floors: &[
            &["failure", "process", "workspace"],
            &["setup", "wasm_toolchain"],
            &["binary", "bundle"],
            &["check", "screenshots", "serve", "test"],
        ],
    },
];

/// Draws the floors of every crate, and fails with every import that goes up and every circle.
pub fn check(workspace: &Workspace) -> Outcome {
    let mut broken = Vec::new();
    for house in HOUSES {
        say(&format!("floors of {}: {}", house.sources, drawn(house.floors)));
        let folder = workspace.path(house.sources);
        let mut files = BTreeMap::new();
        gather(&folder, &folder, &mut files)?;
        broken.extend(house.broken(&files));
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

impl House {
    fn floor_of(&self, module: &str) -> Option<usize> {
        self.floors.iter().position(|floor| floor.contains(&module))
    }

    /// What is wrong with it, by its sources: modules on no floor, what knows something above it, and circles on a floor.
    fn broken(&self, files: &BTreeMap<String, String>) -> Vec<String> {
        let roots = ["lib.rs", "main.rs"].into_iter().filter_map(|root| files.get(root));
        let exported: BTreeMap<_, _> = roots.flat_map(|text| exported(text)).collect();
        let mut broken = Vec::new();
        let mut beside = BTreeMap::<&str, BTreeSet<&str>>::new();
        for (path, text) in files {
            let Some(own) = module(path) else { continue };
            let Some(here) = self.floor_of(own) else {
                broken.push(format!(
                    "{}/{path}: `{own}` stands on no floor; give it one in frontend/xtask/src/check/floors.rs",
                    self.sources
                ));
                continue;
            };
            let names = known(path, text).into_iter().map(|name| exported.get(name).copied().unwrap_or(name));
            for other in names.collect::<BTreeSet<_>>().into_iter().filter(|other| *other != own) {
                match self.floor_of(other) {
                    Some(floor) if floor > here => {
                        broken.push(format!("{}/{path}: `{own}` stands below `{other}` and must not know it", self.sources));
                    }
                    Some(floor) if floor == here => _ = beside.entry(own).or_default().insert(other),
                    Some(_) | None => {}
                }
            }
        }
        let circles: BTreeSet<Vec<&str>> = beside.keys().filter_map(|module| circle(&beside, module)).collect();
        broken.extend(circles.iter().map(|circle| {
            format!("{}: {} know one another in a circle; what several of them need belongs below them", self.sources, circle.join(", "))
        }));
        broken
    }
}

/// The module of the crate that a file belongs to; none for its root and for tests.
fn module(path: &str) -> Option<&str> {
    let mut steps = path.trim_end_matches(".rs").split('/');
    let own = steps.next().filter(|own| !matches!(*own, "lib" | "main" | "tests"))?;
    (!steps.any(|step| step == "tests")).then_some(own)
}

/// The modules that a module knows, directly or through others, and that know it.
fn circle<'a>(beside: &BTreeMap<&'a str, BTreeSet<&'a str>>, module: &'a str) -> Option<Vec<&'a str>> {
    let reached = |from: &'a str| {
        let mut reached = BTreeSet::new();
        let mut next = vec![from];
        while let Some(here) = next.pop() {
            next.extend(beside.get(here).into_iter().flatten().filter(|other| reached.insert(**other)));
        }
        reached
    };
    let circle: Vec<_> = reached(module).into_iter().filter(|other| reached(other).contains(module)).collect();
    (!circle.is_empty()).then_some(circle)
}

#[cfg(test)]
mod tests {
    use super::{HOUSES, House};

    const HOUSE: House = House { sources: "a/src", floors: &[&["cellar"], &["hall", "kitchen", "larder"], &["attic"]] };

    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        assert_eq!(HOUSE.broken(&files), expected);
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
            "use crate::Roof;",
            "use crate::{Desk, Beam};",
        ] {
            check(&[("hall/door.rs", text), ("lib.rs", "mod attic;\npub use attic::{Roof, wood::{Beam}};")], &up);
        }
        check(&[("hall.rs", "use super::attic::Roof;")], &["a/src/hall.rs: `hall` stands below `attic` and must not know it"]);
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
            check(&[("hall.rs", text)], &[]);
        }
        check(&[("tests/hall.rs", "use crate::attic::Roof;"), ("hall/tests.rs", "use crate::attic::Roof;")], &[]);
        check(&[("lib.rs", "use crate::attic::Roof;")], &[]);
        check(&[("hall/door.rs", "use super::attic;")], &[]);
    }

    #[test]
    fn a_circle_on_a_floor_is_told_once() {
        let files = [
            ("hall.rs", "use crate::kitchen::Stove;"),
            ("kitchen/stove.rs", "use crate::larder::Ham;"),
            ("larder.rs", "use crate::hall::Door;"),
            ("attic.rs", "use crate::hall::Door;"),
        ];
        let told = "a/src: hall, kitchen, larder know one another in a circle; what several of them need belongs below them";
        check(&files, &[told]);
        check(&files[1..], &[]);
    }

    #[test]
    fn a_module_without_a_floor_is_told() {
        check(&[("shed.rs", "")], &["a/src/shed.rs: `shed` stands on no floor; give it one in frontend/xtask/src/check/floors.rs"]);
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
