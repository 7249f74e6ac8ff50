//! Everything that can be said about the sources without running the product.

mod budget;
mod dependencies;
mod floors;
mod guards;
mod licences;
mod map;
mod names;
mod styles;

use std::time::Instant;

use crate::failure::{Failure, Outcome};
use crate::process::{find_program, run, run_reading_errors, say, succeeds};
use crate::wasm_toolchain::{Linter, WasmToolchain};
use crate::workspace::Workspace;

/// One check.
pub type Check = fn(&Workspace) -> Outcome;

/// Quick ones first. All of them run, so that one look shows everything there is to mend.
const STEPS: [(&str, Check); 13] = [
    ("formatting", formatting),
    ("source guards", guards::check),
    ("floors", floors::check),
    ("names of types", names::check),
    ("styles", styles::check),
    ("the map of the sources", map::check),
    ("dependency rules", dependencies::check),
    ("licences", licences::check),
    ("advisories and sources", cargo_deny),
    ("lints, server", server_lints),
    ("documentation", documentation),
    ("lints, browser", browser_lints),
    ("size of the first page", budget::check),
];

/// Those steps in whose name one of the words stands; without words, all of them.
///
/// # Errors
/// When a word stands in no name.
pub fn choose(words: &[String]) -> Outcome<Vec<(&'static str, Check)>> {
    if let Some(unknown) = words.iter().find(|word| !STEPS.iter().any(|(name, _)| name.contains(word.as_str()))) {
        let names = STEPS.map(|(name, _)| name).join(", ");
        return Err(Failure(format!("there is no check `{unknown}`; there are: {names}")));
    }
    Ok(STEPS.into_iter().filter(|(name, _)| words.is_empty() || words.iter().any(|word| name.contains(word.as_str()))).collect())
}

/// Runs checks and fails when any did.
pub fn check(workspace: &Workspace, steps: &[(&'static str, Check)]) -> Outcome {
    let mut failed = Vec::new();
    for (name, step) in steps {
        say(&format!("check: {name}"));
        let started = Instant::now();
        let outcome = step(workspace);
        let seconds = started.elapsed().as_secs();
        match outcome {
            Ok(()) => say(&format!("check: {name}: holds ({seconds} s)")),
            Err(failure) => {
                say(&format!("check: {name}: FAILS ({seconds} s)\n{failure}"));
                failed.push(*name);
            }
        }
    }
    if failed.is_empty() {
        say(if steps.len() == STEPS.len() { "every check holds" } else { "the chosen checks hold" });
        return Ok(());
    }
    Err(Failure(format!("these checks fail: {}", failed.join(", "))))
}

fn formatting(workspace: &Workspace) -> Outcome {
    run(&mut workspace.cargo(&["fmt", "--all", "--check"])).map_err(|failure| Failure(format!("{failure}; `cargo fmt --all` mends it")))
}

fn server_lints(workspace: &Workspace) -> Outcome {
    let native = ["clippy", "--workspace", "--exclude", "frontend", "--all-targets", "--", "-D", "warnings"];
    run(&mut workspace.cargo(&native))
}

fn documentation(workspace: &Workspace) -> Outcome {
    let mut command = workspace.cargo(&["doc", "--no-deps", "--workspace", "--exclude", "frontend"]);
    run(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn browser_lints(workspace: &Workspace) -> Outcome {
    match WasmToolchain::provide()?.linter(workspace) {
        Linter::Clippy(mut command) => run(&mut command),
        Linter::Compiler(mut command) => {
            say("there is no Clippy for the compiler that builds for the browser; the compiler's own warnings count instead");
            let mut warnings = 0;
            let succeeded = run_reading_errors(&mut command, |line| warnings += u32::from(line.starts_with("warning:")))?;
            match (succeeded, warnings) {
                (true, 0) => Ok(()),
                (true, _) => Err(Failure("the browser's part compiles with warnings".into())),
                (false, _) => Err(Failure("the browser's part does not compile".into())),
            }
        }
    }
}

fn cargo_deny(workspace: &Workspace) -> Outcome {
    if find_program("cargo-deny").is_none() && !succeeds(&mut workspace.cargo(&["deny", "--version"])) {
        say("cargo-deny is not installed, so advisories and sources are not looked at; `cargo install cargo-deny` brings it");
        return Ok(());
    }
    run(&mut workspace.cargo(&["deny", "check"]))
}
