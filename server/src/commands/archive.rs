//! `touchstone export` and `touchstone import`: a project with everything in it as a file, and back.

use super::{CommandFailure, desk};
use crate::config::DatabaseOptions;
use crate::rest::archives::shape;
use shared::people::Role;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use store::{Desk, Store};

/// Bytes that are read at once.
const PIECE: usize = 256 * 1024;

/// Rows after which it is told how far it is.
const TOLD: u64 = 10_000;

/// Writes an archive: a project with its rows, earlier versions, answers, comments, activity, questions and lists, as lines of JSON.
#[derive(clap::Args, Clone, Debug)]
pub struct ExportCommand {
    #[command(flatten)]
    database: DatabaseOptions,
    /// The name of the project.
    #[arg(long)]
    project: String,
    /// Where the archive is written; without it, on standard output.
    #[arg(long)]
    file: Option<PathBuf>,
    /// The address of the member in whose name it is done; without it, an owner's.
    #[arg(long)]
    email: Option<String>,
}

/// Takes in an archive, as a project that is seen when it is whole. The same again goes on where it stopped, or changes nothing.
#[derive(clap::Args, Clone, Debug)]
pub struct ImportCommand {
    #[command(flatten)]
    database: DatabaseOptions,
    /// The archive; without it, standard input.
    #[arg(long)]
    file: Option<PathBuf>,
    /// What the project is to be called; without it, as it was.
    #[arg(long)]
    name: Option<String>,
    /// The address of the owner in whose name it is done; without it, any.
    #[arg(long)]
    email: Option<String>,
    /// Prints one JSON object instead of a sentence.
    #[arg(long)]
    json: bool,
}

impl ExportCommand {
    /// Exports.
    ///
    /// # Errors
    /// When there is no such project, or a file or the database fails.
    pub async fn run(self) -> Result<(), CommandFailure> {
        let store = Store::open(self.database.options()).await?;
        let rows = self.export(&store).await;
        store.close().await;
        eprintln!("{} rows are in the archive.", rows?);
        Ok(())
    }

    async fn export(&self, store: &Store) -> Result<u64, CommandFailure> {
        let desk = somebody(store, self.email.as_deref()).await?;
        let project = desk.project_by_name(&self.project).await?;
        let mut archive = desk.export_archive(&project.id, None).await?;
        let mut output: Box<dyn Write> = match &self.file {
            Some(path) => Box::new(BufWriter::new(File::create(path).map_err(|error| unusable(path, &error))?)),
            None => Box::new(std::io::stdout().lock()),
        };
        let mut told = 0;
        while let Some(page) = archive.page().await? {
            output.write_all(&page)?;
            progress(archive.rows(), &mut told);
        }
        output.flush()?;
        Ok(archive.rows())
    }
}

impl ImportCommand {
    /// Imports.
    ///
    /// # Errors
    /// At the first line that is wrong, or when a file or the database fails.
    pub async fn run(self) -> Result<(), CommandFailure> {
        let store = Store::open(self.database.options()).await?;
        let imported = self.import(&store).await;
        store.close().await;
        let imported = imported?;
        if self.json {
            println!("{}", shape(&imported));
        } else if imported.already {
            println!("All of it was here already: {} with {} rows.", imported.name, imported.rows);
        } else {
            let ids = if imported.ids.is_empty() { "" } else { " Some ids are others here; --json tells which." };
            println!("{} is here, with {} rows.{ids}", imported.name, imported.rows);
        }
        Ok(())
    }

    async fn import(&self, store: &Store) -> Result<store::Imported, CommandFailure> {
        let desk = somebody(store, self.email.as_deref()).await?;
        let mut import = desk.import_archive(self.name.as_deref())?;
        let mut input: Box<dyn Read> = match &self.file {
            Some(path) => Box::new(File::open(path).map_err(|error| unusable(path, &error))?),
            None => Box::new(std::io::stdin().lock()),
        };
        let mut piece = vec![0; PIECE];
        let mut told = 0;
        loop {
            let length = input.read(&mut piece)?;
            if length == 0 {
                break;
            }
            import.take(piece.get(..length).unwrap_or_default()).await?;
            progress(import.rows(), &mut told);
        }
        Ok(import.finish().await?)
    }
}

/// Tells from time to time how far it is.
fn progress(rows: u64, told: &mut u64) {
    if rows >= *told + TOLD {
        *told = rows;
        eprintln!("{rows} rows");
    }
}

fn unusable(path: &Path, error: &std::io::Error) -> CommandFailure {
    CommandFailure::Failed(format!("{} cannot be used: {error}.", path.display()))
}

/// The desk of a member, or of any owner.
async fn somebody(store: &Store, email: Option<&str>) -> Result<Desk, CommandFailure> {
    if let Some(email) = email {
        return desk(store, email).await;
    }
    let members = store.all_members().await?;
    let owner = members.iter().find(|member| member.active && member.person.role == Role::Owner);
    let owner = owner.ok_or_else(|| {
        CommandFailure::Failed("Nobody owns this installation yet. `touchstone user add … --role owner` adds somebody who does.".to_owned())
    })?;
    desk(store, &owner.person.email).await
}
