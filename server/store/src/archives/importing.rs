//! An archive on its way in: line by line, in short transactions, as a project that nobody sees before it is whole.

use super::FORM;
use super::placing::{Head, NAME, begin, discard, is_finished, publish, replace_half, require_own, write_said};
use super::tables::{ArchiveTable, Of};
use super::taking::{Places, Taken, of_word};
use crate::content::ingest::restored::{ReadyRow, restore};
use crate::ground::database::is_duplicate;
use crate::ground::error::Error;
use crate::ground::keys::{Key, ObjectKey};
use crate::ground::places::Home;
use crate::ground::time;
use crate::ground::upsert::{Upsert, upsert_all};
use crate::looking::work::aside;
use crate::people::adopt;
use crate::projects::checked_name;
use crate::{Desk, Result};
use indexmap::IndexMap;
use serde_json::{Map, Value};
use shared::objects::ObjectKind;
use shared::permissions::Action;
use shared::{ObjectId, Problem, ProjectId, TransactionId, figures};
use std::collections::{BTreeMap, HashMap};

/// Bytes of a line at most.
const LONGEST_LINE: usize = 64 * 1024 * 1024;

/// Lines that are written at once, and bytes of them; one line at least.
const GROUP: usize = 400;
const GROUP_BYTES: usize = 1024 * 1024;

/// What became of an archive.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Imported {
    /// The project.
    pub project: ProjectId,
    /// What it is called here.
    pub name: String,
    /// Rows of the archive.
    pub rows: u64,
    /// Rows of them that this import wrote; the others were here from an earlier one that did not end.
    pub written: u64,
    /// Whether an earlier import had brought all of it, so that nothing was done.
    pub already: bool,
    /// Ids that are others here, by what they were there.
    pub ids: BTreeMap<String, String>,
}

/// An archive on its way in. Whoever drops it leaves what was written for the next import of the same archive, seen by nobody.
pub struct ArchiveImport {
    desk: Desk,
    name: Option<String>,
    /// The number of the line that is read.
    line: u64,
    /// What was sent of it.
    rest: Vec<u8>,
    places: Option<Places>,
    called: String,
    /// Whether it was all here before.
    already: bool,
    waiting: Vec<(&'static ArchiveTable, Upsert)>,
    rows: Vec<(Home, ReadyRow)>,
    bytes: usize,
    seen: u64,
    written: u64,
    end: Option<End>,
}

struct End {
    transaction: i64,
    number: i64,
}

#[derive(serde::Deserialize)]
struct Foot {
    rows: u64,
    transaction: i64,
    number: i64,
}

#[derive(serde::Deserialize)]
struct PersonLine {
    id: String,
    email: String,
    name: String,
}

impl Desk {
    /// Begins to take in an archive, as a project that is called `name`, or as it was.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for all but owners: it brings what others said, and members.
    pub fn import_archive(&self, name: Option<&str>) -> Result<ArchiveImport> {
        self.require(Action::ManageMembers)?;
        self.require(Action::ManageProjects)?;
        Ok(ArchiveImport {
            desk: self.clone(),
            name: name.map(checked_name).transpose()?,
            line: 0,
            rest: Vec::new(),
            places: None,
            called: String::new(),
            already: false,
            waiting: Vec::new(),
            rows: Vec::new(),
            bytes: 0,
            seen: 0,
            written: 0,
            end: None,
        })
    }
}

impl ArchiveImport {
    /// Rows that were read so far.
    pub fn rows(&self) -> u64 {
        self.seen
    }

    /// Takes in the next bytes.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for a line that is wrong, by its number. What came before it is kept, seen by nobody, for the next time.
    pub async fn take(&mut self, mut bytes: &[u8]) -> Result<()> {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = bytes.split_at(end);
            bytes = rest.get(1..).unwrap_or_default();
            self.check_length(line.len())?;
            let mut whole = std::mem::take(&mut self.rest);
            whole.extend_from_slice(line);
            self.take_line(whole).await?;
        }
        self.check_length(bytes.len())?;
        self.rest.extend_from_slice(bytes);
        Ok(())
    }

    /// Ends the archive: from now on everybody sees the project.
    ///
    /// # Errors
    /// [`Problem::Invalid`] where the archive ends too early.
    pub async fn finish(mut self) -> Result<Imported> {
        if !self.rest.is_empty() {
            let line = std::mem::take(&mut self.rest);
            self.take_line(line).await?;
        }
        let (Some(places), Some(End { transaction, number })) = (self.places.take(), self.end.take()) else {
            self.line += 1;
            return Err(self.wrong("The archive ends here, and its last line is missing. Export it again, or send the whole file."));
        };
        if !self.already {
            let published = publish(&self.desk, &places, self.name.clone().unwrap_or(self.called), (number, transaction)).await;
            self.called = match published {
                Err(Error::Problem(problem @ Problem::Invalid { .. })) if !matches!(&problem, Problem::Invalid { field, .. } if field == NAME) =>
                {
                    // What is wrong as a whole would be wrong the next time, too.
                    discard(&self.desk, &places.project, places.short, &places.source).await?;
                    return Err(problem.into());
                }
                published => published?,
            };
        }
        let ids = places.changed.iter().map(|(there, here)| (there.clone(), here.clone())).collect();
        let (project, name) = (places.project, self.called);
        Ok(Imported { project, name, rows: self.seen, written: self.written, already: self.already, ids })
    }

    fn wrong(&self, reason: impl Into<String>) -> Error {
        Problem::invalid(format!("line {}", self.line), reason).into()
    }

    fn check_length(&mut self, more: usize) -> Result<()> {
        if self.rest.len() + more <= LONGEST_LINE {
            return Ok(());
        }
        self.line += 1;
        Err(self.wrong(format!("A line may have {}.", figures::bytes(LONGEST_LINE as u64))))
    }

    async fn take_line(&mut self, line: Vec<u8>) -> Result<()> {
        self.line += 1;
        if line.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        let bytes = line.len();
        let read = |line: Vec<u8>| serde_json::from_slice::<IndexMap<String, Map<String, Value>>>(&line);
        let read = if bytes > GROUP_BYTES { aside(move || read(line)).await? } else { read(line) };
        let read = read.map_err(|error| {
            // It is one line of JSON, and which one is told already.
            let said = error.to_string().replace(" at line 1 column ", " at character ");
            self.wrong(format!("This is no line of an archive: {said}."))
        })?;
        let mut read = read.into_iter();
        let (Some((word, fields)), None) = (read.next(), read.next()) else {
            return Err(self.wrong("A line of an archive is an object with one key."));
        };
        if self.end.is_some() {
            return Err(self.wrong("Nothing follows the end of an archive."));
        }
        let Some(places) = &mut self.places else { return self.begin(&word, fields).await };
        match word.as_str() {
            "end" => {
                let Foot { rows, transaction, number } = self.of_fields(fields)?;
                if rows != self.seen {
                    let seen = self.seen;
                    return Err(
                        self.wrong(format!("There should be {rows} rows, and {seen} came. Export it again, or send the whole file."))
                    );
                }
                // No clock is ahead by a day.
                let latest = TransactionId::at(time::now().saturating_add(time::DAY)).0;
                if !(0..=latest).contains(&transaction) || !(1..1 << 40).contains(&number) {
                    return Err(self.wrong("transaction and number must say where the project stood."));
                }
                self.flush().await?;
                self.end = Some(End { transaction, number });
                Ok(())
            }
            "person" => {
                let PersonLine { id, email, name } = self.of_fields(fields)?;
                let there = id.clone();
                let adopted = self.desk.store.write(move |change| Box::pin(async move { adopt(change, &id, &email, &name).await })).await;
                let here = adopted.map_err(|error| self.placed(error))?;
                if let Some(places) = &mut self.places {
                    places.know_person(&there, here);
                }
                Ok(())
            }
            "gone" => self.ended_row().await,
            word => {
                let Some(table) = of_word(word) else {
                    return Err(self.wrong(format!("{word} is nothing that this version of Touchstone knows.")));
                };
                let object = (table.word == "object").then(|| fields.clone());
                match places.take(table, fields).map_err(|reason| Problem::invalid(format!("line {}", self.line), reason))? {
                    Taken::Row(table, row) if matches!(table.of, Of::Project(_)) => {
                        if let Some(fields) = object {
                            self.know_object(&fields)?;
                        }
                        self.flush().await?;
                        self.write_part(table, row).await
                    }
                    Taken::Row(table, row) => {
                        self.waiting.push((table, row));
                        self.bytes += bytes;
                        // Even where much was said about one row.
                        if self.bytes > 8 * GROUP_BYTES || self.waiting.len() > 8 * GROUP { self.flush().await } else { Ok(()) }
                    }
                    Taken::Span(home, row) => {
                        self.seen += 1;
                        self.bytes += bytes + row.weight();
                        let row = row.ready(&places.salt).map_err(|reason| Problem::invalid(format!("line {}", self.line), reason))?;
                        self.rows.push((home, row));
                        self.ended_row().await
                    }
                }
            }
        }
    }

    fn of_fields<T: serde::de::DeserializeOwned>(&self, fields: Map<String, Value>) -> Result<T> {
        serde_json::from_value(Value::Object(fields))
            .map_err(|error| self.wrong(format!("This line says too little or too much: {error}.")))
    }

    /// Names the line where something could not be written.
    fn placed(&self, error: Error) -> Error {
        match error {
            Error::Problem(Problem::Invalid { field, reason }) => self.wrong(format!("{field}: {reason}")),
            error if is_duplicate(&error) => {
                self.wrong("Up to here two lines are about the same thing, or it belongs to another project here.")
            }
            error => error,
        }
    }

    /// Reads the first line.
    async fn begin(&mut self, word: &str, fields: Map<String, Value>) -> Result<()> {
        if word != "touchstone_archive" {
            return Err(self.wrong("This is no archive of Touchstone: its first line would say so. `touchstone export` makes one."));
        }
        if fields.get("form").and_then(Value::as_i64).is_some_and(|form| form != FORM) {
            return Err(self.wrong(format!("This archive has another form than this version of Touchstone reads, which is {FORM}.")));
        }
        let head: Head = self.of_fields(fields)?;
        if head.form != FORM || head.source.len() > 500 || !is_id(&head.project.id) {
            return Err(self.wrong("The first line must say form, source and project as an export writes them."));
        }
        let name = checked_name(&head.project.name).map_err(|error| self.placed(error))?;
        let (there, source) = (head.project.id.clone(), head.source.clone());
        replace_half(&self.desk, &head).await?;
        let person = self.desk.actor.person.id.clone();
        let begun = self.desk.store.write(move |change| Box::pin(begin(change, head, name, person.0))).await?;
        let project = ProjectId(begun.project_id);
        let mut places = Places {
            keeps_ids: project.as_str() == there,
            ids: HashMap::from([(there.clone(), (project.0.clone(), "project"))]),
            people: HashMap::new(),
            changed: HashMap::new(),
            source,
            there: there.clone(),
            homes: HashMap::new(),
            last_activity: BTreeMap::new(),
            short: begun.short,
            salt: begun.salt,
            fate: self.desk.store.inner.fate.clone(),
            project,
        };
        if !places.keeps_ids {
            places.changed.insert(there, places.project.0.clone());
        }
        (self.places, self.called, self.already) = (Some(places), begun.name, begun.finished.is_some());
        Ok(())
    }

    fn know_object(&mut self, fields: &Map<String, Value>) -> Result<()> {
        let kind = fields.get("kind").and_then(Value::as_str).and_then(ObjectKind::parse);
        let kind = kind.ok_or_else(|| self.wrong("kind must be project_logs, experiment or dataset."))?;
        let number = fields.get("key").and_then(Value::as_i64).unwrap_or_default();
        let Some(places) = &mut self.places else { return Ok(()) };
        let id =
            fields.get("id").and_then(Value::as_str).and_then(|id| places.ids.get(id)).map(|(here, _)| here.clone()).unwrap_or_default();
        if number == 0 || (kind == ObjectKind::ProjectLogs) != (id == places.project.as_str()) {
            return Err(self.wrong("The logs of a project have its id, and everything has a key."));
        }
        let key = ObjectKey::of(places.short, number);
        places.homes.insert(key, Home { key, id: ObjectId(id), project: places.project.clone(), kind });
        places.last_activity.insert(key, fields.get("last_activity").and_then(Value::as_i64));
        Ok(())
    }

    /// Writes what the project is made of. What is there already of the same project is written over.
    async fn write_part(&mut self, table: &'static ArchiveTable, row: Upsert) -> Result<()> {
        let Some(places) = self.places.as_ref().filter(|_| !self.already) else { return Ok(()) };
        let (project, source) = (places.project.clone(), places.source.clone());
        let written = self.desk.store.write_in(&places.project, move |change| {
            Box::pin(async move {
                if is_finished(change, &project, &source).await? {
                    return Ok(());
                }
                require_own(change, table, &project, &row).await?;
                upsert_all(vec![row], table.key, &change.transaction).await
            })
        });
        written.await.map_err(|error| self.placed(error))
    }

    /// A row is whole: time to write, if there is enough.
    async fn ended_row(&mut self) -> Result<()> {
        if self.waiting.len() + self.rows.len() >= GROUP || self.bytes >= GROUP_BYTES { self.flush().await } else { Ok(()) }
    }

    /// Writes what waits.
    async fn flush(&mut self) -> Result<()> {
        let (waiting, rows) = (std::mem::take(&mut self.waiting), std::mem::take(&mut self.rows));
        self.bytes = 0;
        let Some(places) = self.places.as_ref().filter(|_| !(self.already || waiting.is_empty() && rows.is_empty())) else {
            return Ok(());
        };
        let (project, source) = (places.project.clone(), places.source.clone());
        let (salt, actor) = (places.salt.clone(), self.desk.actor.person.id.clone());
        let written = self.desk.store.write_in(&places.project, move |change| {
            Box::pin(async move {
                if is_finished(change, &project, &source).await? {
                    return Ok(0);
                }
                write_said(change, waiting).await?;
                let mut of_objects: BTreeMap<ObjectKey, (Home, Vec<ReadyRow>)> = BTreeMap::new();
                for (home, row) in rows {
                    of_objects.entry(home.key).or_insert_with(|| (home, Vec::new())).1.push(row);
                }
                let mut written = 0;
                for (home, rows) in of_objects.into_values() {
                    written += restore(change, &home, &salt, &actor, rows).await?;
                }
                Ok(written)
            })
        });
        self.written += written.await.map_err(|error| self.placed(error))? as u64;
        Ok(())
    }
}

fn is_id(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
