//! Values inside `metadata` and `metrics`, each with the row it stands in, so that filters find rows without looking at every one.
//!
//! Only what arrived is here, never what people said, so that nothing can be found by what may not be seen. Of a row with more values than
//! are kept it is said that not all of them are here, and paths beyond the bound of an object are not here at all.

use super::batch::{Batch, CHUNK, Span};
use crate::Result;
use crate::ground::body::{self, Object};
use crate::ground::database::{all, list, one, run, values};
use crate::ground::keys::{Key, ObjectKey, SpanKey};
use crate::ground::places::Home;
use crate::ground::upsert::{Upsert, insert_all};
use crate::writing::writer::Change;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::filter::{is_kept, scalars};
use std::collections::{BTreeMap, BTreeSet};

/// Values of one column of a row that are kept.
const MOST_VALUES: usize = 64;

/// Paths of an object that are kept.
pub(crate) const MOST_PATHS: i64 = 1_000;

/// Bits of the number of a path that number it in its object; the number of the object stands above them.
const PATH_BITS: u32 = 11;

/// Values that are taken out in one statement.
const GONE_AT_ONCE: usize = 100;

/// The columns whose values are kept.
const COLUMNS: [&str; 2] = ["metadata", "metrics"];

/// The number of the path that stands for all that is not kept of a row.
pub(crate) fn rest_of(object: ObjectKey) -> i64 {
    object.number() << PATH_BITS
}

/// A path as it is stored.
pub(crate) fn path_text(place: &[impl AsRef<str>]) -> Result<String> {
    Ok(serde_json::to_string(&place.iter().map(AsRef::as_ref).collect::<Vec<_>>())?)
}

/// Whether values at a place are kept. When a span began and ended is asked of `created`, and would be the dearest part of all.
pub(crate) fn is_indexed(place: &[&str]) -> bool {
    place.first().is_some_and(|column| COLUMNS.contains(column)) && is_kept(place) && !matches!(place, ["metrics", "start" | "end"])
}

/// The values of a row.
#[derive(Default)]
struct RowValues {
    /// By the text of the path; none for what is not kept.
    values: BTreeSet<(Option<String>, Vec<u8>)>,
    /// Paths with numbers that others may have the same bytes as.
    inexact: BTreeSet<String>,
}

impl RowValues {
    fn of(content: &Object) -> Result<Self> {
        let mut row = Self::default();
        for column in COLUMNS {
            let Some(stored) = content.get(column) else { continue };
            let (kept, there) = scalars(column, stored.get(), MOST_VALUES);
            if there > kept.len() {
                row.values.insert((None, Vec::new()));
            }
            for scalar in kept {
                let place: Vec<&str> = scalar.place.iter().map(String::as_str).collect();
                if is_indexed(&place) {
                    let path = path_text(&place)?;
                    if !scalar.exact {
                        row.inexact.insert(path.clone());
                    }
                    row.values.insert((Some(path), scalar.bytes));
                }
            }
        }
        Ok(row)
    }
}

/// A value at the path with this text, or of all that is not kept, in a row.
type PathValue = (Option<String>, Vec<u8>, SpanKey);

#[derive(FromQueryResult)]
struct Path {
    path: String,
    id: i64,
    exact: bool,
}

impl Batch {
    /// Brings the values of the spans that changed in line with them.
    pub(super) async fn write_values(&self, change: &Change) -> Result<()> {
        let (mut gone, mut new, mut inexact): (Vec<PathValue>, Vec<PathValue>, BTreeSet<String>) = Default::default();
        for span in self.spans.values().filter(|span| span.changed) {
            let (before, after) = (content_before(span), content_after(span));
            if COLUMNS.iter().all(|column| before.get(*column).map(|value| value.get()) == after.get(*column).map(|value| value.get())) {
                continue;
            }
            let (before, after) = (RowValues::of(&before)?, RowValues::of(&after)?);
            let of_span = |(path, value): &(Option<String>, Vec<u8>)| (path.clone(), value.clone(), span.narrow.key);
            gone.extend(before.values.difference(&after.values).map(of_span));
            new.extend(after.values.difference(&before.values).map(of_span));
            inexact.extend(after.inexact);
        }
        let texts: BTreeSet<&str> = gone.iter().chain(&new).filter_map(|(path, ..)| path.as_deref()).collect();
        let mut paths = stored_paths(&change.transaction, &self.home, texts.into_iter().collect()).await?;
        let missing = new.iter().filter_map(|(path, ..)| path.as_deref()).filter(|path| !paths.contains_key(*path));
        let missing: BTreeSet<String> = missing.map(str::to_owned).collect();
        paths.extend(new_paths(&change.transaction, &self.home, missing).await?);
        let lying: Vec<i64> = inexact.iter().filter_map(|path| paths.get(path)).filter(|path| path.exact).map(|path| path.id).collect();
        for ids in lying.chunks(CHUNK) {
            let text = format!("UPDATE value_paths SET exact = ? WHERE project = ? AND object = ? AND id IN ({})", list(ids.len()));
            let bound = values![false, self.home.short(), self.home.key];
            run(&change.transaction, &text, bound.into_iter().chain(ids.iter().map(|id| Value::from(*id))).collect()).await?;
        }
        let placed = |values: Vec<PathValue>| {
            let numbered = values.into_iter().filter_map(|(path, value, span)| {
                let id = path.map_or_else(|| Some(rest_of(self.home.key)), |path| paths.get(&path).map(|path| path.id))?;
                Some((id, value, span))
            });
            // In the order of the table.
            let mut placed: Vec<_> = numbered.collect();
            placed.sort_unstable();
            placed
        };
        for values in placed(gone).chunks(GONE_AT_ONCE) {
            // Each is looked up by itself: a list of three columns would be looked for in all that the project has.
            let each = vec!["path = ? AND value = ? AND span = ?"; values.len()].join(" OR ");
            let mut bound = values![self.home.short()];
            bound.extend(values.iter().flat_map(|(path, value, span)| values![*path, value.clone(), *span]));
            run(&change.transaction, &format!("DELETE FROM span_values WHERE project = ? AND ({each})"), bound).await?;
        }
        let rows = placed(new).into_iter().map(|(path, value, span)| {
            Upsert::into("span_values").set("project", self.home.short()).set("path", path).set("value", value).set("span", span)
        });
        insert_all(rows.collect(), &change.transaction).await
    }
}

fn content_before(span: &Span) -> Object {
    let before = span.before.as_ref().and_then(|(_, content)| body::some(&content.body, |key| COLUMNS.contains(&key)));
    before.unwrap_or_default()
}

fn content_after(span: &Span) -> Object {
    let kept = span.content.iter().filter(|(key, _)| COLUMNS.contains(&key.as_str()) && !span.deleted);
    kept.map(|(key, value)| (key.clone(), value.clone())).collect()
}

async fn stored_paths(connection: &impl ConnectionTrait, home: &Home, texts: Vec<&str>) -> Result<BTreeMap<String, Path>> {
    let mut paths = BTreeMap::new();
    for texts in texts.chunks(CHUNK) {
        let text = format!("SELECT path, id, exact FROM value_paths WHERE project = ? AND object = ? AND path IN ({})", list(texts.len()));
        let bound = values![home.short(), home.key].into_iter().chain(texts.iter().map(|text| Value::from(*text))).collect();
        paths.extend(all::<Path>(connection, &text, bound).await?.into_iter().map(|path| (path.path.clone(), path)));
    }
    Ok(paths)
}

/// How many paths an object has; those of rows that were erased are counted, because other rows may have been left out for them.
pub(crate) async fn count_paths(connection: &impl ConnectionTrait, home: &Home) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Row {
        count: i64,
    }
    let text = "SELECT COUNT(*) AS count FROM value_paths WHERE project = ? AND object = ?";
    Ok(one::<Row>(connection, text, values![home.short(), home.key]).await?.map_or(0, |row| row.count))
}

/// Keeps paths that are new, as long as there is room.
async fn new_paths(connection: &impl ConnectionTrait, home: &Home, missing: BTreeSet<String>) -> Result<Vec<(String, Path)>> {
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let first = count_paths(connection, home).await? + 1;
    let paths = (first..=MOST_PATHS).zip(missing);
    let paths = paths.map(|(number, path)| (path.clone(), Path { path, id: rest_of(home.key) | number, exact: true }));
    let paths: Vec<(String, Path)> = paths.collect();
    let rows = paths.iter().map(|(text, path)| {
        Upsert::into("value_paths")
            .set("project", home.short())
            .set("object", home.key)
            .set("path", text.as_str())
            .set("id", path.id)
            .set("exact", path.exact)
    });
    insert_all(rows.collect(), connection).await?;
    Ok(paths)
}

/// Forgets the names of paths that no row of an object has any more.
pub(crate) async fn forget_paths(connection: &impl ConnectionTrait, home: &Home) -> Result<()> {
    let text = "UPDATE value_paths SET path = CAST(id AS TEXT) WHERE project = ? AND object = ? \
                AND NOT EXISTS (SELECT 1 FROM span_values v WHERE v.project = value_paths.project AND v.path = value_paths.id)";
    run(connection, text, values![home.short(), home.key]).await.map(|_| ())
}
