//! Which crate may know which: the direction of dependencies, held by looking at the whole tree of each.

use std::collections::BTreeSet;

use crate::failure::{Failure, Outcome};
use crate::process::read;
use crate::wasm_toolchain::TARGET;
use crate::workspace::Workspace;

/// A crate and what must not be among its dependencies, near or far. A name that ends in `*` means every crate whose
/// name begins so.
struct Rule {
    package: &'static str,
    target: Option<&'static str>,
    never: &'static [&'static str],
    reason: &'static str,
}

const RULES: [Rule; 3] = [
    Rule {
        package: "frontend",
        target: Some(TARGET),
        never: &["sea-orm*", "sqlx*", "tokio", "mio", "axum", "axum-core", "touchstone-store"],
        reason: "the browser must not carry the server's side",
    },
    Rule {
        package: "touchstone-shared",
        target: None,
        never: &["sea-orm*", "sqlx*", "tokio", "leptos*", "axum*", "chrono", "rand"],
        reason: "what both sides share has no input or output, no clock and no framework",
    },
    Rule {
        package: "touchstone-store",
        target: None,
        never: &["leptos*", "axum*", "touchstone-app"],
        reason: "the rules of the product do not depend on how they are reached",
    },
];

/// Fails with every rule that is broken.
pub fn check(workspace: &Workspace) -> Outcome {
    let mut broken = Vec::new();
    for rule in &RULES {
        let mut arguments =
            vec!["tree", "--package", rule.package, "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"];
        arguments.extend(rule.target.iter().flat_map(|target| ["--target", target]));
        let tree = read(&mut workspace.cargo(&arguments))?;
        let found = forbidden(&tree, rule.never);
        if !found.is_empty() {
            let found = found.into_iter().collect::<Vec<_>>().join(", ");
            broken.push(format!("{} depends on {found}: {}", rule.package, rule.reason));
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(Failure(broken.join("\n"))) }
}

fn forbidden<'a>(tree: &'a str, never: &[&str]) -> BTreeSet<&'a str> {
    let names = tree.lines().filter_map(|line| line.split(' ').next());
    let forbids = |name: &str, rule: &str| rule.strip_suffix('*').map_or(name == rule, |start| name.starts_with(start));
    names.filter(|name| never.iter().any(|rule| forbids(name, rule))).collect()
}

#[cfg(test)]
mod tests {
    use super::forbidden;

    #[test]
    fn a_forbidden_crate_is_found_by_name_or_by_beginning() {
        let tree = "frontend v0.1.0 (/a)\nserde v1.0.0\nsqlx-core v0.8.0\ntokio-stream v0.1.0\nmio v1.0.0\nmio v1.0.0 (*)\n";
        let found = forbidden(tree, &["sqlx*", "tokio", "mio"]);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["mio", "sqlx-core"]);
    }
}
