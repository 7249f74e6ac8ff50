//! How many different scores an object has: everybody's summary holds all of them.

use super::RejectedRow;
use super::row::Row;
use super::row::bounds::MOST_NAMES;
use crate::Result;
use crate::ground::database::{all, list, one, values};
use crate::ground::places::Home;
use crate::writing::writer::{ALL_TIME, Change};
use sea_orm::{FromQueryResult, Value};
use std::collections::BTreeSet;

/// Takes out the rows that would bring the object more names than it may have, and says so.
pub(super) async fn refuse_new(change: &Change, home: &Home, rows: &mut Vec<(usize, Row)>) -> Result<Vec<RejectedRow>> {
    let sent: BTreeSet<&str> = rows.iter().flat_map(|(_, row)| &row.names).map(String::as_str).collect();
    let mut known = of_names(change, home, &sent).await?;
    if sent.iter().all(|name| known.contains(*name)) {
        return Ok(Vec::new());
    }
    // What this group has counted is not written yet.
    let group = change.names_counted(home.key);
    let written = of_names(change, home, &group.iter().map(String::as_str).collect()).await?;
    let mut count = counted(change, home).await? + group.difference(&written).count();
    known.extend(group);
    let mut rejected = Vec::new();
    let mut kept = Vec::with_capacity(rows.len());
    for (index, row) in std::mem::take(rows) {
        let new: BTreeSet<&String> = row.names.iter().filter(|name| !known.contains(*name)).collect();
        if count + new.len() > MOST_NAMES
            && let Some(first) = new.first()
        {
            let reason = format!(
                "The logs of a project, an experiment or a dataset may have {MOST_NAMES} scores of different names, and this row would bring \
                 another: {first}. Give the same measurement the same name on every row, and keep what differs in metadata."
            );
            rejected.push(RejectedRow { index, id: Some(row.id), reason });
            continue;
        }
        count += new.len();
        let new: Vec<String> = new.into_iter().cloned().collect();
        known.extend(new);
        kept.push((index, row));
    }
    *rows = kept;
    Ok(rejected)
}

/// Those of the names that the object has.
async fn of_names(change: &Change, home: &Home, names: &BTreeSet<&str>) -> Result<BTreeSet<String>> {
    #[derive(FromQueryResult)]
    struct Row {
        name: String,
    }
    let names: Vec<&str> = names.iter().copied().collect();
    let mut known = BTreeSet::new();
    for names in names.chunks(super::batch::CHUNK) {
        let mut bound = values![home.short(), home.key, ALL_TIME];
        bound.extend(names.iter().map(|name| Value::from(*name)));
        let text = format!("SELECT name FROM rollups WHERE project = ? AND object = ? AND hour = ? AND name IN ({})", list(names.len()));
        known.extend(all::<Row>(&change.transaction, &text, bound).await?.into_iter().map(|row| row.name));
    }
    Ok(known)
}

/// How many it has.
async fn counted(change: &Change, home: &Home) -> Result<usize> {
    #[derive(FromQueryResult)]
    struct Row {
        count: i64,
    }
    let text = "SELECT COUNT(*) AS count FROM rollups WHERE project = ? AND object = ? AND hour = ?";
    let row = one::<Row>(&change.transaction, text, values![home.short(), home.key, ALL_TIME]).await?;
    Ok(row.map_or(0, |row| usize::try_from(row.count).unwrap_or(0)))
}
