//! Files of rows into a dataset: read as a whole before anything is written, then written in small groups, so that an answer beside them need
//! not wait. The server keeps nothing between a trial and the upload itself: both read the same file in the same way.
//!
//! A line with an id changes the row of that id, and what it does not say stays there. A line without one is a new row, unless a row of the
//! same input is in the dataset: then it is there already, so that a file can be uploaded again, also after it was interrupted. Two lines of the
//! same input in one file are two rows.

mod cases;
mod columns;
mod file;
mod lines;
mod table;
mod writing;

use crate::content::ingest;
use crate::ground::ids::new_id;
use crate::ground::places::Home;
use crate::looking::work::aside;
use crate::{Desk, Result, render};
use cases::Case;
use lines::{FoundLine, Mistakes, Recognised};
use serde_json::value::RawValue;
use shared::objects::ObjectKind;
use shared::permissions::Action;
use shared::uploads::{PREVIEWED, PreviewedRow, RefusedLine, UploadColumn, UploadFate, UploadFormat, Uploaded};
use shared::{ObjectId, Problem};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use writing::{Known, Taken, judge, write};

/// Files that are read at once, so that their memory is bounded.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// How long a file waits for those before it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Lines that are written at once.
const GROUP: usize = 100;

/// Bytes of the file that are written at once, unless one line has more.
const GROUP_BYTES: usize = 1024 * 1024;

/// Characters of a value in a preview.
const SHOWN: usize = 200;

/// Uploads a file into a dataset.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The dataset.
    pub dataset: ObjectId,
    /// The file, gzipped or not.
    pub file: Vec<u8>,
    /// What it is; none where that is to be found out.
    pub format: Option<UploadFormat>,
    /// What becomes of some columns. The others become what their names say.
    pub mapping: Vec<UploadColumn>,
    /// Whether lines without an id are added although a row of the same input is there.
    pub repeat: bool,
    /// Whether nothing is written, and only told what would be.
    pub dry_run: bool,
}

impl Desk {
    /// Uploads a file of rows into a dataset. Lines that are wrong are told, and the others are taken. Where it fails on the way, what was
    /// written stays; the same file once more goes on from there.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission, [`Problem::NotFound`] for what is no dataset, [`Problem::Invalid`] for a file that cannot be
    /// read or is too large and for a mapping that is wrong, [`Problem::Busy`] while others are read.
    pub async fn upload(&self, upload: Upload) -> Result<Uploaded> {
        let Upload { dataset, file, format, mapping, repeat, dry_run } = upload;
        self.require(Action::ActOnMany)?;
        let home = self.find_object(&dataset).await?;
        if home.kind != ObjectKind::Dataset {
            return Err(Problem::not_found("dataset").into());
        }
        self.require(Action::Ingest)?;
        let busy = || Problem::Busy { retry_after: 10 };
        let _turn = timeout(PATIENCE, AT_ONCE.acquire()).await.map_err(|_| busy())?.map_err(|_| busy())?;
        let mut read = aside(move || lines::recognise(file::read(file, format)?, &mapping)).await??;
        let mut told = Told { mistakes: std::mem::take(&mut read.mistakes), ..Told::default() };
        let (read, upload) = (Arc::new(read), new_id());
        let mut known = Known::read(self.store.readers(), &home, repeat).await?;
        for lines in groups(&read.lines) {
            let cases = told.checked(cases(&read, &home, lines).await?);
            let (taken, now_known) = if dry_run {
                (judge(self.store.readers(), &home, &cases, &mut known, &upload).await?.0, known)
            } else {
                let (person, home, cases, upload) = (self.actor.person.id.clone(), home.clone(), cases.clone(), upload.clone());
                self.store.write_at(&dataset, move |change| Box::pin(write(change, person, home, cases, known, upload))).await?
            };
            known = now_known;
            told.take(&cases, taken);
        }
        told.mistakes.told.sort_by_key(|mistake| mistake.line);
        let columns = read.columns.iter().map(|column| column.told.clone()).collect();
        Ok(Uploaded {
            format: read.file.format,
            notes: read.file.notes.clone(),
            columns,
            added: told.added,
            updated: told.updated,
            already: told.already,
            repeated: told.repeated,
            refused: told.mistakes.told,
            refused_lines: told.mistakes.count,
            preview: told.preview,
        })
    }
}

/// Lines that are read and written together.
fn groups(lines: &[FoundLine]) -> impl Iterator<Item = Vec<FoundLine>> {
    let mut rest = lines;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = |line: &&FoundLine| {
            bytes += line.place.1 - line.place.0;
            bytes <= GROUP_BYTES
        };
        let fitting = rest.iter().take(GROUP).take_while(fits).count().max(1).min(rest.len());
        let (group, after) = rest.split_at(fitting);
        rest = after;
        (!group.is_empty()).then(|| group.to_vec())
    })
}

/// Reads some lines off the runtime's threads, and checks each by itself.
async fn cases(read: &Arc<Recognised>, home: &Home, lines: Vec<FoundLine>) -> Result<Vec<std::result::Result<Case, RefusedLine>>> {
    let (read, object) = (Arc::clone(read), home.id.clone());
    aside(move || {
        let case = |line: FoundLine| {
            let case = match read.case(line)? {
                Ok(case) => case,
                Err(mistake) => return Ok(Err(mistake)),
            };
            let id = case.id.as_deref().unwrap_or("new");
            let checked = ingest::check(&case.row(id, "")?, &object).and(ingest::check(&case.change(id)?, &object));
            Ok(checked.map(|()| case).map_err(|reason| RefusedLine { line: line.number, column: None, reason }))
        };
        lines.into_iter().map(case).collect()
    })
    .await?
}

/// What is told in the end.
#[derive(Default)]
struct Told {
    added: u64,
    updated: u64,
    already: u64,
    repeated: u64,
    mistakes: Mistakes,
    preview: Vec<PreviewedRow>,
    /// The lines on which ids stand.
    ids: HashMap<String, u64>,
}

impl Told {
    /// The cases that can be taken; mistakes are noted.
    fn checked(&mut self, cases: Vec<std::result::Result<Case, RefusedLine>>) -> Arc<Vec<Case>> {
        let mut checked = Vec::with_capacity(cases.len());
        for case in cases {
            match case {
                Ok(case) => match case.id.clone().map(|id| self.ids.entry(id)) {
                    Some(Entry::Occupied(first)) => {
                        let reason =
                            format!("The id {} stands on line {} already. Each row has an id of its own.", first.key(), first.get());
                        self.mistakes.add(RefusedLine { line: case.line, column: None, reason });
                    }
                    Some(Entry::Vacant(free)) => {
                        free.insert(case.line);
                        checked.push(case);
                    }
                    None => checked.push(case),
                },
                Err(mistake) => self.mistakes.add(mistake),
            }
        }
        Arc::new(checked)
    }

    /// Counts what became of some cases.
    fn take(&mut self, cases: &[Case], taken: Vec<Taken>) {
        for (case, taken) in cases.iter().zip(taken) {
            let fate = match taken {
                Taken::Refused(reason) => {
                    self.mistakes.add(RefusedLine { line: case.line, column: None, reason });
                    continue;
                }
                Taken::As(fate) => fate,
            };
            match fate {
                UploadFate::Added => self.added += 1,
                UploadFate::Updated => self.updated += 1,
                UploadFate::Already => {
                    self.already += 1;
                    self.repeated += u64::from(case.id.is_none());
                }
            }
            if self.preview.len() < PREVIEWED {
                self.preview.push(preview(case, fate));
            }
        }
    }
}

/// A case as it will be.
fn preview(case: &Case, fate: UploadFate) -> PreviewedRow {
    let raw = |field: &str| case.fields.get(field).map(|value| &**value);
    let shown = |field: &str| raw(field).map(|value: &RawValue| render::preview(value.get(), SHOWN)).unwrap_or_default();
    PreviewedRow {
        line: case.line,
        fate,
        id: case.id.clone().unwrap_or_default(),
        input: shown("input"),
        expected: shown("expected"),
        metadata: raw("metadata").map(|value| value.get().chars().take(SHOWN).collect()).unwrap_or_default(),
        tags: raw("tags").and_then(|tags| serde_json::from_str(tags.get()).ok()).unwrap_or_default(),
    }
}
