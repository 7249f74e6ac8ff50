//! What the binary does besides serving. Every command works while a server runs on the same database.
//!
//! What was asked for goes to standard output; everything else, and what went wrong with what to do next, to standard
//! error. Exit codes: 0 done, 1 failed, 2 wrong usage.

mod archive;
mod bench;
mod key;
mod seed;
mod user;
mod verify;

pub use archive::{ExportCommand, ImportCommand};
pub use bench::BenchCommand;
pub use key::KeyCommand;
pub use seed::SeedCommand;
pub use user::UserCommand;
pub use verify::VerifyCommand;

use crate::config::{DatabaseOptions, Serve};
use clap::{Parser, Subcommand};
use shared::filter::format_instant;
use std::fmt;
use std::io::Write as _;
use std::process::ExitCode;
use store::{Desk, Distribution, Store, StoreOptions};

/// Touchstone: human review for AI traces, on your own machine.
#[derive(Debug, Parser)]
#[command(name = "touchstone", version, about, arg_required_else_help = true)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub task: Task,
}

/// What `touchstone` can do.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Serves pages and interfaces until it is told to stop.
    Serve(Serve),
    /// Brings the database up to date. `serve` does it too.
    Migrate {
        /// Which one.
        #[command(flatten)]
        database: DatabaseOptions,
        /// On a PostgreSQL with the Citus extension: spreads the tables that grow over its workers, by project. Tables that later versions
        /// add are spread when it is called again.
        #[arg(long)]
        distribute: bool,
    },
    /// Proves that what is stored fits together, also while a server is running.
    Verify(VerifyCommand),
    /// Writes a project with everything in it into a file, to be moved or kept.
    Export(ExportCommand),
    /// Takes in such a file, also while a server is running.
    Import(ImportCommand),
    /// Writes a reproducible corpus into a project.
    Seed(SeedCommand),
    /// Measures a running server over HTTP.
    Bench(BenchCommand),
    /// Members, also while a server is running.
    User {
        /// Where they are.
        #[command(flatten)]
        database: DatabaseOptions,
        /// What to do with them.
        #[command(subcommand)]
        command: UserCommand,
    },
    /// API keys, also while a server is running.
    Key {
        /// Where they are.
        #[command(flatten)]
        database: DatabaseOptions,
        /// What to do with them.
        #[command(subcommand)]
        command: KeyCommand,
    },
}

/// Why a command did not do what was asked.
#[derive(Debug)]
pub enum CommandFailure {
    /// It was asked in a way that cannot be.
    Usage(String),
    /// It could not be done.
    Failed(String),
}

impl CommandFailure {
    /// What the process ends with.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Failed(_) => ExitCode::from(1),
            Self::Usage(_) => ExitCode::from(2),
        }
    }
}

impl fmt::Display for CommandFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Failed(message) => formatter.write_str(message),
        }
    }
}

impl std::error::Error for CommandFailure {}

impl From<store::Error> for CommandFailure {
    fn from(error: store::Error) -> Self {
        match error.problem() {
            Some(problem) => Self::Failed(problem.to_string()),
            None if matches!(error, store::Error::Schema(_)) => Self::Failed(format!("{error}.")),
            None => {
                let text = error.to_string();
                let advice = if text.contains("certificate") {
                    // A PostgreSQL that makes its own often makes one of X.509 version 1, which cannot be read. Only who asked for
                    // encryption comes here.
                    "Nothing can be encrypted with the certificate that the database shows. Give it one of X.509 version 3, or, on a \
                     network that you trust, use ?sslmode=disable in the address of the database."
                } else {
                    "Check that the database can be reached and written."
                };
                Self::Failed(format!("{text}. {advice}"))
            }
        }
    }
}

impl From<std::io::Error> for CommandFailure {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(format!("Standard input or output failed: {error}."))
    }
}

/// Brings the database up to date, and spreads it over the workers of Citus if asked; `serve` does the first too.
///
/// # Errors
/// When the database cannot be reached, brought up to date or distributed.
pub async fn migrate(options: StoreOptions, distribute: bool) -> Result<(), CommandFailure> {
    if !distribute {
        Store::open(options).await?.close().await;
        eprintln!("The database is up to date.");
        return Ok(());
    }
    let Distribution { by_project, everywhere, changed } = Store::distribute(options).await?;
    eprintln!(
        "The database is up to date. {} tables are distributed by project, {} stand on every worker; {changed} of them were not before.",
        by_project.len(),
        everywhere.len(),
    );
    Ok(())
}

/// The desk of the member in whose name a command works.
async fn desk(store: &Store, email: &str) -> Result<Desk, CommandFailure> {
    store.console_desk(email).await.map_err(|error| unknown_member(error, email))
}

/// The same failure, with what to do on the command line when there is no such member.
fn unknown_member(error: store::Error, email: &str) -> CommandFailure {
    match error.problem() {
        Some(shared::Problem::NotFound { .. }) => CommandFailure::Failed(format!(
            "No active member in this database has the address {email}. `touchstone user list` shows who there is, \
             `touchstone user add` adds somebody, --database-url names another database."
        )),
        _ => error.into(),
    }
}

/// A password that nobody knows.
pub(crate) fn random_password() -> String {
    format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>())
}

/// Prints rows in columns that line up.
fn print_table(heading: &[&str], rows: Vec<Vec<String>>) -> std::io::Result<()> {
    let mut lines = vec![heading.iter().map(ToString::to_string).collect::<Vec<_>>()];
    lines.extend(rows);
    let widths: Vec<_> =
        (0..heading.len()).map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default()).collect();
    let mut output = std::io::stdout().lock();
    for line in &lines {
        let cells: Vec<_> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        writeln!(output, "{}", cells.join("  ").trim_end())?;
    }
    output.flush()
}

/// The UTC day of a time, as `2026-03-01`.
fn day(instant: shared::Micros) -> String {
    format_instant(instant).chars().take_while(|character| *character != 'T').collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn a_certificate_that_cannot_be_used_names_what_to_set() {
        let said = |text: &str| CommandFailure::from(store::Error::Commit(text.to_owned())).to_string();
        assert!(said("error performing TLS handshake: invalid peer certificate: UnsupportedCertVersion").contains("?sslmode=disable"));
        assert!(said("the disk is full").ends_with("Check that the database can be reached and written."));
    }
}
