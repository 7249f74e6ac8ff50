//! `cargo xtask`: builds, serves, tests and checks Touchstone, and sets up the tools that needs.

mod binary;
mod bundle;
mod check;
mod failure;
mod process;
mod screenshots;
mod serve;
mod setup;
mod test;
mod wasm_toolchain;
mod workspace;

use std::path::Path;
use std::process::ExitCode;

use bundle::Mode;
use failure::{Failure, Outcome};
use workspace::Workspace;

const USAGE: &str = "\
usage: cargo xtask <verb>

  serve [--dev] [-- ARGUMENTS]   build Touchstone and start it with a demo project on http://127.0.0.1:3000;
                                 --dev builds fast and again on every change; ARGUMENTS go to `touchstone serve`
  build                          target/release/touchstone, one file with every asset inside
  test [PART ...]                all tests, or only some parts: unit, store, http, sdk, browser, crash
  screenshots [FOLDER]           the pictures of the README, made from the demo project
  check [WORD ...]               formatting, lints for both targets, dependencies, licences, documentation, size;
                                 or only the checks in whose name a word stands: floors, guards, map
  bundle [--dev]                 only the browser's part: target/bundle";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Wrong::Usage(message)) => {
            eprintln!("{message}\n\n{USAGE}");
            ExitCode::from(2)
        }
        Err(Wrong::Failed(failure)) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Why nothing came of it: the command was not understood, or it did not succeed.
enum Wrong {
    Usage(String),
    Failed(Failure),
}

impl From<Failure> for Wrong {
    fn from(failure: Failure) -> Wrong {
        Wrong::Failed(failure)
    }
}

fn run(words: &[String]) -> Result<(), Wrong> {
    let Some((verb, rest)) = words.split_first() else {
        return Err(Wrong::Usage("Say what to do.".into()));
    };
    let workspace = Workspace::find()?;
    let outcome: Outcome = match verb.as_str() {
        "serve" => {
            let (own, passed_on) = match rest.iter().position(|word| word == "--") {
                Some(split) => (&rest[..split], &rest[split + 1..]),
                None => (rest, &rest[rest.len()..]),
            };
            serve::serve(&workspace, mode(own)?, passed_on)
        }
        "build" => {
            nothing_more(rest)?;
            binary::build(&workspace, Mode::Release).map(|path| process::say(&format!("built {}", path.display())))
        }
        "bundle" => bundle::build(&workspace, mode(rest)?).map(|_| ()),
        "test" => {
            let parts = test::choose(&workspace, rest).map_err(|failure| Wrong::Usage(failure.0))?;
            test::test(&workspace, &parts)
        }
        "screenshots" => {
            nothing_more(rest.get(1..).unwrap_or_default())?;
            screenshots::take(&workspace, rest.first().map(Path::new))
        }
        "check" => {
            let steps = check::choose(rest).map_err(|failure| Wrong::Usage(failure.0))?;
            check::check(&workspace, &steps)
        }
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        unknown => return Err(Wrong::Usage(format!("There is no verb `{unknown}`."))),
    };
    Ok(outcome?)
}

fn mode(words: &[String]) -> Result<Mode, Wrong> {
    match words {
        [] => Ok(Mode::Release),
        [word] if word == "--dev" => Ok(Mode::Development),
        [word, ..] => {
            Err(Wrong::Usage(format!("`{word}` is not understood here; what is meant for `touchstone serve` stands after `--`.")))
        }
    }
}

fn nothing_more(words: &[String]) -> Result<(), Wrong> {
    match words.first() {
        None => Ok(()),
        Some(word) => Err(Wrong::Usage(format!("`{word}` is not understood here."))),
    }
}
