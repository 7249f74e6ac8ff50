//! All tests, in one command, with one line at the end that says how they went.

mod database;
mod tally;

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::binary;
use crate::bundle::Mode;
use crate::failure::{Failure, Outcome};
use crate::process::{run_reading, say};
use crate::setup::{self, Python};
use crate::workspace::Workspace;
use database::Database;
use tally::{CargoLines, PlaywrightLines, Tally, last_line};

/// A part of the tests that can be run alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TestPart {
    /// Rules without a database, pages, and this program.
    Unit,
    /// The store, on SQLite and PostgreSQL.
    Store,
    /// The server, through HTTP and its command line.
    Http,
    /// The official SDKs against a running server.
    Sdk,
    /// A person with a browser.
    Browser,
    /// The server killed in the middle of its work.
    Crash,
}

const ALL: [(TestPart, &str); 6] = [
    (TestPart::Unit, "unit"),
    (TestPart::Store, "store"),
    (TestPart::Http, "http"),
    (TestPart::Sdk, "sdk"),
    (TestPart::Browser, "browser"),
    (TestPart::Crash, "crash"),
];

/// The parts a person named, or all there are.
pub fn choose(workspace: &Workspace, words: &[String]) -> Outcome<Vec<TestPart>> {
    let there = |part: TestPart| part != TestPart::Crash || workspace.path("server/tests/crash.rs").is_file();
    if words.is_empty() {
        return Ok(ALL.iter().map(|(part, _)| *part).filter(|part| there(*part)).collect());
    }
    let chosen: Outcome<Vec<TestPart>> = words
        .iter()
        .map(|word| {
            let part = ALL.iter().find(|(part, name)| name == word && there(*part)).map(|(part, _)| *part);
            part.ok_or_else(|| Failure(format!("There is no part `{word}` of the tests.")))
        })
        .collect();
    // In their own order, each once.
    let chosen = chosen?;
    Ok(ALL.iter().map(|(part, _)| *part).filter(|part| chosen.contains(part)).collect())
}

/// Sets up what the parts need, runs them, and fails when any test did.
pub fn test(workspace: &Workspace, parts: &[TestPart]) -> Outcome {
    let started = Instant::now();
    let mut tally = Tally::default();
    let stage = Stage::set_up(workspace, parts);
    let mut times = vec![("building and setting up", started.elapsed())];
    tally += stage.run(workspace, parts, &mut times);
    let distributed = stage.is_distributed();
    drop(stage);
    for (part, took) in times {
        say(&format!("{part}: {} s", took.as_secs()));
    }
    if distributed == Some(false) {
        say("not run on Citus: name a PostgreSQL with that extension in TEST_DATABASE_URL, and the tests run distributed by project");
    }
    say(&format!("the tests took {} s", started.elapsed().as_secs()));
    println!("{tally}");
    if tally.failed == 0 { Ok(()) } else { Err(Failure("tests failed; the reasons are above".into())) }
}

/// What the tests stand on. A thing that could not be set up fails the parts that need it, and only those.
struct Stage {
    database: Outcome<Option<Database>>,
    binary: Outcome<Option<PathBuf>>,
    tracer: Outcome,
    browser: Outcome,
    npm: Outcome,
    python: Outcome<Option<Python>>,
}

impl Stage {
    fn set_up(workspace: &Workspace, parts: &[TestPart]) -> Stage {
        let any = |needing: &[TestPart]| parts.iter().any(|part| needing.contains(part));
        // Quick things first: who lacks something learns it before the long build.
        Stage {
            database: if any(&[TestPart::Store, TestPart::Http, TestPart::Sdk, TestPart::Browser, TestPart::Crash]) {
                Database::provide().map(Some)
            } else {
                Ok(None)
            },
            tracer: if any(&[TestPart::Http, TestPart::Crash]) { setup::tracer() } else { Ok(()) },
            browser: if any(&[TestPart::Browser]) { setup::browser() } else { Ok(()) },
            npm: if any(&[TestPart::Sdk, TestPart::Browser]) { setup::npm_packages(workspace) } else { Ok(()) },
            python: if any(&[TestPart::Sdk]) { setup::python_packages(workspace).map(Some) } else { Ok(None) },
            binary: if any(&[TestPart::Http, TestPart::Sdk, TestPart::Browser, TestPart::Crash]) {
                server(workspace).map(Some)
            } else {
                Ok(None)
            },
        }
    }

    /// Whether the database of the tests is distributed by project; none where there is no database.
    fn is_distributed(&self) -> Option<bool> {
        self.database.as_ref().ok()?.as_ref().map(Database::is_distributed)
    }

    /// Runs the parts and notes how long each took.
    fn run(&self, workspace: &Workspace, parts: &[TestPart], times: &mut Vec<(&'static str, Duration)>) -> Tally {
        let mut tally = Tally::default();
        let mut timed = |what, run: &dyn Fn() -> Tally| {
            let began = Instant::now();
            let counted = run();
            times.push((what, began.elapsed()));
            counted
        };
        let ready: Vec<TestPart> =
            parts.iter().copied().filter(|part| report(self.lacks(*part), &format!("{part:?}"), &mut tally)).collect();
        let has = |part: TestPart| ready.contains(&part);

        if has(TestPart::Unit) {
            // Alone, so that its dependencies are the ones compiled for running it.
            tally += timed("this program", &|| self.cargo(workspace, &["test", "--no-fail-fast", "--package", "xtask"]));
        }
        let mut packages = vec!["test", "--no-fail-fast"];
        if has(TestPart::Unit) {
            packages.extend(["--package", "touchstone-shared", "--package", "touchstone-migrations", "--package", "touchstone-demo"]);
            packages.extend(["--package", "touchstone-app", "--features", "touchstone-app/ssr"]);
        }
        if has(TestPart::Store) {
            packages.extend(["--package", "touchstone-store"]);
        }
        if has(TestPart::Http) {
            packages.extend(["--package", "touchstone"]);
        }
        if packages.contains(&"--package") {
            tally += timed("rules, store and server", &|| self.cargo(workspace, &packages));
        }
        // The crash tests belong to the server's package and have run with it.
        if has(TestPart::Crash) && !has(TestPart::Http) {
            let crash = ["test", "--no-fail-fast", "--package", "touchstone", "--test", "crash"];
            tally += timed("crashes", &|| self.cargo(workspace, &crash));
        }
        if has(TestPart::Sdk) {
            tally += timed("official SDKs", &|| self.sdk(workspace));
        }
        if has(TestPart::Browser) {
            tally += timed("browser", &|| self.browser(workspace));
        }
        tally
    }

    fn lacks(&self, part: TestPart) -> Outcome {
        let database = || self.database.as_ref().map(|_| ()).map_err(Clone::clone);
        let binary = || self.binary.as_ref().map(|_| ()).map_err(Clone::clone);
        match part {
            TestPart::Unit => Ok(()),
            TestPart::Store => database(),
            TestPart::Http | TestPart::Crash => database().and_then(|()| binary()).and_then(|()| self.tracer.clone()),
            TestPart::Sdk => {
                let python = self.python.as_ref().map(|_| ()).map_err(Clone::clone);
                database().and_then(|()| binary()).and_then(|()| self.npm.clone()).and(python)
            }
            TestPart::Browser => database().and_then(|()| binary()).and_then(|()| self.npm.clone()).and_then(|()| self.browser.clone()),
        }
    }

    fn describe(&self, command: &mut Command) {
        if let Ok(Some(database)) = &self.database {
            command.env("TEST_DATABASE_URL", &database.url);
        }
        if let Ok(Some(binary)) = &self.binary {
            command.env("TOUCHSTONE_BINARY", binary);
        }
    }

    fn cargo(&self, workspace: &Workspace, arguments: &[&str]) -> Tally {
        say(&format!("cargo {}", arguments.join(" ")));
        let mut command = workspace.cargo(arguments);
        self.describe(&mut command);
        let mut lines = CargoLines::default();
        finished(run_reading(&mut command, |line| lines.read(line)), lines.0)
    }

    fn sdk(&self, workspace: &Workspace) -> Tally {
        say("the official SDKs against a running server");
        let mut command = Command::new("node");
        command.arg("sdk/run.mjs").current_dir(workspace.path("end2end"));
        self.describe(&mut command);
        if let Ok(Some(python)) = &self.python {
            python.describe(&mut command);
        }
        let mut last = None;
        let ran = run_reading(&mut command, |line| last = last_line(line).or(last));
        match last {
            Some(tally) => finished(ran, tally),
            None => finished(ran.map(|_| false), Tally::default()),
        }
    }

    fn browser(&self, workspace: &Workspace) -> Tally {
        say("a person with a browser");
        let folder = workspace.path("end2end");
        let mut command = Command::new(folder.join("node_modules/.bin/playwright"));
        command.args(["test", "--reporter=list"]).current_dir(&folder);
        self.describe(&mut command);
        let mut lines = PlaywrightLines::default();
        let ran = run_reading(&mut command, |line| lines.read(line));
        finished(ran, lines.tally())
    }
}

/// The server people get, unless `TOUCHSTONE_BINARY` names another.
pub fn server(workspace: &Workspace) -> Outcome<PathBuf> {
    match std::env::var_os("TOUCHSTONE_BINARY") {
        Some(named) => Ok(PathBuf::from(named)),
        None => binary::build(workspace, Mode::Release),
    }
}

/// A program that failed without naming a failed test is one failure itself.
fn finished(ran: Outcome<bool>, mut tally: Tally) -> Tally {
    let succeeded = match ran {
        Ok(succeeded) => succeeded,
        Err(failure) => {
            say(&failure.0);
            false
        }
    };
    if !succeeded && tally.failed == 0 {
        tally.failed = 1;
    }
    tally
}

fn report(outcome: Outcome, part: &str, tally: &mut Tally) -> bool {
    if let Err(failure) = &outcome {
        say(&format!("the part {part} cannot start: {failure}"));
        tally.failed += 1;
    }
    outcome.is_ok()
}
