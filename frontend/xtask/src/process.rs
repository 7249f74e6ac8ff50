//! Running other programs, and telling the person what is being done.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::failure::{Explain, Failure, Outcome};

/// Says on standard error what is being done.
pub fn say(message: &str) {
    eprintln!("xtask: {message}");
}

/// Runs a program to its end; its output goes where ours goes.
pub fn run(command: &mut Command) -> Outcome {
    let status = command.status().explain(|| format!("cannot start {}", shown(command)))?;
    if status.success() { Ok(()) } else { Err(Failure(format!("{} ended with {status}", shown(command)))) }
}

/// Runs a program and gives back its standard output.
pub fn read(command: &mut Command) -> Outcome<String> {
    let output = command.stderr(Stdio::inherit()).output().explain(|| format!("cannot start {}", shown(command)))?;
    if !output.status.success() {
        return Err(Failure(format!("{} ended with {}", shown(command), output.status)));
    }
    String::from_utf8(output.stdout).explain(|| format!("{} did not answer in UTF-8", shown(command)))
}

/// Whether a program runs and succeeds; whatever it prints is dropped.
pub fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Runs a program, passes its standard output on as it comes, shows each line to `each`, and says whether it succeeded.
pub fn run_reading(command: &mut Command, each: impl FnMut(&str)) -> Outcome<bool> {
    let mut child = command.stdout(Stdio::piped()).spawn().explain(|| format!("cannot start {}", shown(command)))?;
    if let Some(output) = child.stdout.take() {
        pass_on(output, std::io::stdout(), each).explain(|| format!("cannot read what {} prints", shown(command)))?;
    }
    let status = child.wait().explain(|| format!("cannot wait for {}", shown(command)))?;
    Ok(status.success())
}

/// The same for a program that reports on standard error.
pub fn run_reading_errors(command: &mut Command, each: impl FnMut(&str)) -> Outcome<bool> {
    let mut child = command.stderr(Stdio::piped()).spawn().explain(|| format!("cannot start {}", shown(command)))?;
    if let Some(output) = child.stderr.take() {
        pass_on(output, std::io::stderr(), each).explain(|| format!("cannot read what {} prints", shown(command)))?;
    }
    let status = child.wait().explain(|| format!("cannot wait for {}", shown(command)))?;
    Ok(status.success())
}

fn pass_on(from: impl std::io::Read, mut to: impl Write, mut each: impl FnMut(&str)) -> std::io::Result<()> {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        to.flush()?;
        each(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    Ok(())
}

/// Waits before looking again.
#[expect(clippy::disallowed_methods, reason = "there is nothing asynchronous in this program that could stand still")]
pub fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// Where a program stands on the search path.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| is_file(file))
}

fn is_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    format!("`{}`", words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" "))
}
