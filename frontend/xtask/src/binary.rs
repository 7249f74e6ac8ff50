//! The server's binary, with the bundle inside.

use std::path::PathBuf;

use crate::bundle::{self, Mode};
use crate::failure::Outcome;
use crate::process::{run, say};
use crate::workspace::Workspace;

/// Builds the bundle and then the binary around it; gives back the binary's path.
pub fn build(workspace: &Workspace, mode: Mode) -> Outcome<PathBuf> {
    let bundle = bundle::build(workspace, mode)?;
    let (arguments, folder): (&[&str], _) = match mode {
        Mode::Release => (&["build", "--release", "--package", "touchstone"], "release"),
        Mode::Development => (&["build", "--package", "touchstone"], "debug"),
    };
    say("building the server (about ten minutes on two cores the first time)");
    run(workspace.cargo(arguments).env("TOUCHSTONE_BUNDLE", &bundle))?;
    Ok(workspace.target.join(folder).join(format!("touchstone{}", std::env::consts::EXE_SUFFIX)))
}
