//! The pictures of the README.

use std::path::Path;
use std::process::Command;

use crate::failure::{Explain, Outcome};
use crate::process::{run, say};
use crate::workspace::Workspace;
use crate::{setup, test};

/// Builds the server, unless `TOUCHSTONE_BINARY` names one, and takes pictures of its demo project; into `end2end/screenshots` unless
/// another folder is named.
pub fn take(workspace: &Workspace, folder: Option<&Path>) -> Outcome {
    setup::browser()?;
    setup::npm_packages(workspace)?;
    let binary = test::server(workspace)?;
    let folder = folder.map(std::path::absolute).transpose().explain(|| "cannot find the folder of the pictures".into())?;
    say("taking pictures of the demo project");
    let mut command = Command::new("node");
    command.arg("screenshots/take.mjs").args(folder).current_dir(workspace.path("end2end")).env("TOUCHSTONE_BINARY", binary);
    run(&mut command)
}
