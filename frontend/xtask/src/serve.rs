//! Starts Touchstone for a person to look at; with `--dev`, again after every change.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, SystemTime};

use crate::binary;
use crate::bundle::Mode;
use crate::failure::{Explain, Failure, Outcome};
use crate::process::{pause, say};
use crate::workspace::Workspace;

/// The folders whose changes are looked for.
const WATCHED: [&str; 6] = ["app", "shared", "server", "migrations", "style", "frontend/src"];

const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(500);

/// Builds Touchstone and serves a demo project. The server runs in the folder the command was given in, so that is
/// where `touchstone.db` appears.
pub fn serve(workspace: &Workspace, mode: Mode, arguments: &[String]) -> Outcome {
    match mode {
        Mode::Release => become_the_server(&mut server(&binary::build(workspace, mode)?, arguments)),
        Mode::Development => serve_and_watch(workspace, arguments),
    }
}

fn server(binary: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new(binary);
    command.args(["serve", "--demo"]).args(arguments);
    command
}

/// The server takes our place, so that a signal sent to this process reaches it.
#[cfg(unix)]
fn become_the_server(command: &mut Command) -> Outcome {
    use std::os::unix::process::CommandExt;
    say("starting Touchstone");
    let error = command.exec();
    Err(Failure(format!("cannot start {}: {error}", command.get_program().display())))
}

#[cfg(not(unix))]
fn become_the_server(command: &mut Command) -> Outcome {
    say("starting Touchstone");
    crate::process::run(command)
}

fn serve_and_watch(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let mut running: Option<Running> = None;
    loop {
        let seen = times_of_change(workspace);
        match binary::build(workspace, Mode::Development) {
            Ok(binary) => {
                // The old server must let go of the port and the database before the new one starts.
                drop(running.take());
                let child = server(&binary, arguments).spawn();
                running = Some(Running(child.explain(|| format!("cannot start {}", binary.display()))?));
                say("watching for changes; Ctrl C ends");
            }
            Err(Failure(message)) => say(&format!("{message}; waiting for the next change")),
        }
        while times_of_change(workspace) == seen {
            pause(LOOK_AGAIN_AFTER);
            let ended = running.as_mut().and_then(|Running(child)| child.try_wait().ok().flatten());
            if let Some(status) = ended {
                running = None;
                say(&format!("the server ended with {status}; waiting for the next change"));
            }
        }
        say("something changed");
    }
}

/// A server that ends when nobody holds it any more.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when it has ended by itself, which is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn times_of_change(workspace: &Workspace) -> BTreeMap<PathBuf, SystemTime> {
    let mut times = BTreeMap::new();
    let mut folders: Vec<PathBuf> = WATCHED.iter().map(|folder| workspace.path(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => folders.push(entry.path()),
                Ok(metadata) => {
                    times.extend(metadata.modified().ok().map(|time| (entry.path(), time)));
                }
                // It went away while we looked: the next look sees that.
                Err(_) => {}
            }
        }
    }
    times
}
