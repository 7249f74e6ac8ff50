//! What becomes of cases beside the rows that are in the dataset, and writing them.

use super::cases::Case;
use crate::Result;
use crate::content::ingest::insert;
use crate::content::inputs;
use crate::ground::body::{self, Object, Raw};
use crate::ground::database::{all, list, one, values};
use crate::ground::ids::new_id;
use crate::ground::places::Home;
use crate::writing::writer::Change;
use sea_orm::{ConnectionTrait, FromQueryResult, Value as Bound};
use shared::PersonId;
use shared::uploads::UploadFate;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Rows of the dataset that are looked at in one statement.
const CHUNK: i64 = 10_000;

/// The inputs that are in the dataset.
pub(super) struct Known {
    salt: Vec<u8>,
    /// How many rows there are of an input, by its digest, without those that lines of the file were already.
    digests: HashMap<i64, usize>,
    /// The newest span of the project that was looked at.
    upto: i64,
    /// The rows that this upload has made.
    own: HashSet<String>,
    /// Whether lines are added although their input is there.
    repeat: bool,
}

#[derive(FromQueryResult)]
struct Digested {
    key: i64,
    created: i64,
    row_id: String,
    input_digest: Option<i64>,
}

impl Known {
    /// Reads the inputs of a dataset.
    pub(super) async fn read(connection: &impl ConnectionTrait, home: &Home, repeat: bool) -> Result<Self> {
        let salt = inputs::salt(connection, home).await?;
        let upto = newest(connection, home).await?;
        let mut known = Self { salt, digests: HashMap::new(), upto, own: HashSet::new(), repeat };
        let (mut created, mut key) = (i64::MIN, i64::MIN);
        loop {
            let text = "SELECT s.key, s.created, s.row_id, s.input_digest FROM spans s WHERE s.project = ? AND s.object = ? \
                        AND (s.created, s.key) > (?, ?) ORDER BY s.created, s.key LIMIT ?";
            let rows = all::<Digested>(connection, text, values![home.short(), home.key, created, key, CHUNK]).await?;
            let Some(last) = rows.last() else { return Ok(known) };
            (created, key) = (last.created, last.key);
            known.add(rows);
        }
    }

    /// Looks at what came since, from whoever.
    async fn catch_up(&mut self, connection: &impl ConnectionTrait, home: &Home) -> Result<()> {
        let text = "SELECT s.key, s.created, s.row_id, s.input_digest FROM spans s WHERE s.project = ? AND s.key > ? AND s.object = ?";
        let rows = all::<Digested>(connection, text, values![home.short(), self.upto, home.key]).await?;
        self.add(rows);
        self.upto = newest(connection, home).await?;
        Ok(())
    }

    fn add(&mut self, rows: Vec<Digested>) {
        for row in rows {
            if let Some(digest) = row.input_digest.filter(|_| !self.own.contains(&row.row_id)) {
                *self.digests.entry(digest).or_default() += 1;
            }
        }
    }

    /// Whether a row of the same input is in the dataset that no line before was: of two lines of one input, and one row, one is missing.
    fn takes_input_of(&mut self, case: &Case) -> bool {
        let Some(input) = case.fields.get("input").filter(|_| !self.repeat) else { return false };
        let digest = inputs::digest(&self.salt, input.get());
        self.digests.get_mut(&digest).filter(|rows| **rows > 0).map(|rows| *rows -= 1).is_some()
    }
}

/// The newest span of the project of a dataset.
async fn newest(connection: &impl ConnectionTrait, home: &Home) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Newest {
        key: Option<i64>,
    }
    let newest = one::<Newest>(connection, "SELECT MAX(key) AS key FROM spans WHERE project = ?", values![home.short()]).await?;
    Ok(newest.and_then(|newest| newest.key).unwrap_or(0))
}

/// What became of a case.
pub(super) enum Taken {
    /// This.
    As(UploadFate),
    /// It was refused, because of this.
    Refused(String),
}

/// Says what becomes of cases, and which rows make that so: each with the place of its case.
pub(super) async fn judge(
    connection: &impl ConnectionTrait,
    home: &Home,
    cases: &[Case],
    known: &mut Known,
    upload: &str,
) -> Result<(Vec<Taken>, Vec<(usize, String, Raw)>)> {
    let stored = stored(connection, home, cases).await?;
    let (mut taken, mut rows) = (Vec::with_capacity(cases.len()), Vec::new());
    for (index, case) in cases.iter().enumerate() {
        let there = case.id.as_ref().and_then(|id| stored.get(id));
        let (fate, row) = match (&case.id, there) {
            (Some(_), Some(content)) if case.is_said_by(content)? => (UploadFate::Already, None),
            (Some(id), Some(_)) => (UploadFate::Updated, Some((id.clone(), case.change(id)?))),
            (None, _) if known.takes_input_of(case) => (UploadFate::Already, None),
            (id, None | Some(_)) => {
                let id = id.clone().unwrap_or_else(new_id);
                let row = case.row(&id, upload)?;
                (UploadFate::Added, Some((id, row)))
            }
        };
        rows.extend(row.map(|(id, row)| (index, id, row)));
        taken.push(Taken::As(fate));
    }
    Ok((taken, rows))
}

/// Writes cases, in one command.
pub(super) async fn write(
    change: &mut Change,
    person: PersonId,
    home: Home,
    cases: Arc<Vec<Case>>,
    mut known: Known,
    upload: String,
) -> Result<(Vec<Taken>, Known)> {
    known.catch_up(&change.transaction, &home).await?;
    let (mut taken, rows) = judge(&change.transaction, &home, &cases, &mut known, &upload).await?;
    let (mut places, mut texts) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for (index, id, row) in rows {
        known.own.insert(id);
        places.push(index);
        texts.push(row);
    }
    if !texts.is_empty() {
        for refused in insert(change, &person, &home.id, &texts).await? {
            if let Some(place) = places.get(refused.index) {
                taken[*place] = Taken::Refused(refused.reason);
            }
        }
    }
    Ok((taken, known))
}

/// What is stored of the rows whose ids cases have.
async fn stored(connection: &impl ConnectionTrait, home: &Home, cases: &[Case]) -> Result<HashMap<String, Object>> {
    #[derive(FromQueryResult)]
    struct Stored {
        row_id: String,
        body: String,
    }
    let ids: Vec<&str> = cases.iter().filter_map(|case| case.id.as_deref()).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let text = format!(
        "SELECT s.row_id, p.body FROM spans s JOIN span_payloads p ON p.project = s.project AND p.span = s.key \
         WHERE s.project = ? AND s.object = ? AND s.row_id IN ({})",
        list(ids.len())
    );
    let bound = values![home.short(), home.key].into_iter().chain(ids.into_iter().map(Bound::from)).collect();
    let found = all::<Stored>(connection, &text, bound).await?;
    Ok(found.into_iter().map(|row| (row.row_id, body::object(&row.body).unwrap_or_default())).collect())
}
