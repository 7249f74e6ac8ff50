//! Every dependency's licence is one we accept. The list is the one in `deny.toml`, which cargo-deny reads too.

use std::collections::BTreeSet;
use std::fs;

use crate::failure::{Explain, Failure, Outcome};
use crate::process::read;
use crate::wasm_toolchain::TARGET;
use crate::workspace::Workspace;

/// Looks at the licences of everything in the server, the browser and the tools.
pub fn check(workspace: &Workspace) -> Outcome {
    let settings = fs::read_to_string(workspace.path("deny.toml")).explain(|| "cannot read deny.toml".into())?;
    let accepted = accepted(&settings);
    if accepted.is_empty() {
        return Err(Failure("deny.toml names no accepted licence".into()));
    }
    let tree = ["tree", "--prefix", "none", "--format", "{p}\t{l}"];
    let native = read(workspace.cargo(&tree).args(["--workspace", "--exclude", "frontend"]))?;
    let browser = read(workspace.cargo(&tree).args(["--package", "frontend", "--target", TARGET]))?;
    let mut refused = BTreeSet::new();
    // An empty line stands between the trees of two packages.
    for line in native.lines().chain(browser.lines()).filter(|line| !line.is_empty()) {
        let line = line.trim_end_matches(" (*)");
        let (package, licence) = line.split_once('\t').unwrap_or((line, ""));
        if !accepts(&accepted, licence) {
            let licence = if licence.is_empty() { "no licence" } else { licence };
            refused.insert(format!("{package}: {licence} is not accepted by deny.toml"));
        }
    }
    if refused.is_empty() { Ok(()) } else { Err(Failure(refused.into_iter().collect::<Vec<_>>().join("\n"))) }
}

/// The strings of `allow = [ … ]` in the section `[licenses]`.
fn accepted(settings: &str) -> BTreeSet<String> {
    let section = settings.split("[licenses]").nth(1).unwrap_or_default();
    let list = section.split("allow = [").nth(1).and_then(|list| list.split(']').next()).unwrap_or_default();
    let lines = list.lines().map(|line| line.split('#').next().unwrap_or_default());
    lines.flat_map(|line| line.split(',')).map(|name| name.trim().trim_matches('"').to_owned()).filter(|name| !name.is_empty()).collect()
}

/// Whether an expression like `(MIT OR Apache-2.0) AND Unicode-3.0` can be met with accepted licences.
fn accepts(accepted: &BTreeSet<String>, expression: &str) -> bool {
    // Old manifests write `MIT/Apache-2.0` for `MIT OR Apache-2.0`.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { accepted, words: &words };
    let met = reader.any();
    met && reader.words.is_empty()
}

struct Reader<'a> {
    accepted: &'a BTreeSet<String>,
    words: &'a [&'a str],
}

impl Reader<'_> {
    fn any(&mut self) -> bool {
        let mut met = self.all();
        while self.take("OR") {
            met |= self.all();
        }
        met
    }

    fn all(&mut self) -> bool {
        let mut met = self.one();
        while self.take("AND") {
            met &= self.one();
        }
        met
    }

    fn one(&mut self) -> bool {
        if self.take("(") {
            let met = self.any();
            return self.take(")") && met;
        }
        let Some((name, rest)) = self.words.split_first() else { return false };
        self.words = rest;
        if let ["WITH", exception, rest @ ..] = self.words {
            self.words = rest;
            return self.accepted.contains(&format!("{name} WITH {exception}"));
        }
        self.accepted.contains(*name)
    }

    fn take(&mut self, word: &str) -> bool {
        let there = self.words.first() == Some(&word);
        if there {
            self.words = &self.words[1..];
        }
        there
    }
}

#[cfg(test)]
mod tests {
    use super::{accepted, accepts};

    #[test]
    fn the_list_is_read_from_its_section() {
        let settings = "[bans]\nallow = [\"no\"]\n[licenses]\nallow = [\n  \"MIT\", # short\n  \"Apache-2.0 WITH LLVM-exception\",\n]\n";
        assert_eq!(accepted(settings).into_iter().collect::<Vec<_>>(), ["Apache-2.0 WITH LLVM-exception", "MIT"]);
    }

    #[test]
    fn expressions_are_met_or_not() {
        let list = ["MIT", "Apache-2.0", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into();
        for met in [
            "MIT",
            "MIT OR GPL-3.0",
            "MIT/Apache-2.0",
            "(MIT OR GPL-3.0) AND Unicode-3.0",
            "GPL-3.0 OR (MIT AND Apache-2.0)",
            "Apache-2.0 WITH LLVM-exception OR GPL-3.0",
        ] {
            assert!(accepts(&list, met), "{met}");
        }
        for unmet in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT", "MIT Apache-2.0", "GPL-3.0 WITH LLVM-exception", "OR MIT"] {
            assert!(!accepts(&list, unmet), "{unmet}");
        }
    }
}
