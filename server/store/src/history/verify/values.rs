//! Values inside `metadata` and `metrics`: each that a row has stands in the index, and no other.

use super::{Step, same};
use crate::ground::database::{all, places, values};
use crate::ground::keys::{Key, ObjectKey, ProjectShort, SpanKey, project_of};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::value::RawValue;
use shared::filter::scalars;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Rows looked at in one go, and values.
const ROWS: usize = 300;
const VALUES: usize = 400;

/// Values of one column of a row, and paths of an object, that are kept.
const MOST_VALUES: usize = 64;
const MOST_PATHS: usize = 1_000;

#[derive(FromQueryResult)]
struct Path {
    object: ObjectKey,
    path: String,
    id: i64,
    exact: bool,
}

#[derive(FromQueryResult)]
struct Row {
    key: SpanKey,
    object: ObjectKey,
    row_id: String,
    body: String,
}

#[derive(FromQueryResult, PartialEq, Eq, PartialOrd, Ord)]
struct Posting {
    path: i64,
    value: Vec<u8>,
    span: SpanKey,
}

#[derive(FromQueryResult)]
struct Count {
    count: i64,
}

/// The paths of all objects.
struct Paths(HashMap<ObjectKey, BTreeMap<String, (i64, bool)>>);

/// Looks at every row, and then at how many values there are.
pub(super) async fn verify(connection: &impl ConnectionTrait) -> Step {
    let mut paths = Paths(HashMap::new());
    for path in all::<Path>(connection, "SELECT object, path, id, exact FROM value_paths", values![]).await? {
        paths.0.entry(path.object).or_default().insert(path.path, (path.id, path.exact));
    }
    let (mut after, mut computed) = (SpanKey::LOWEST, 0);
    loop {
        let text = format!(
            "SELECT s.key, s.object, s.row_id, p.body FROM spans s JOIN span_payloads p ON p.project = s.project AND p.span = s.key \
             WHERE (s.project, s.key) > (?, ?) ORDER BY s.project, s.key LIMIT {ROWS}"
        );
        let rows = all::<Row>(connection, &text, values![project_of(after), after]).await?;
        let Some(last) = rows.last() else { break };
        after = last.key;
        let mut wanted: BTreeMap<ProjectShort, BTreeMap<Posting, String>> = BTreeMap::new();
        for row in &rows {
            let of_project = wanted.entry(project_of(row.key)).or_default();
            of_project.extend(paths.values_of(row)?);
        }
        for (project, wanted) in wanted {
            computed += i64::try_from(wanted.len()).unwrap_or(i64::MAX);
            stand(connection, project, wanted).await?;
        }
    }
    let stored = all::<Count>(connection, "SELECT COUNT(*) AS count FROM span_values", values![]).await?;
    same(|| "how many values of rows are indexed".to_owned(), &stored.first().map_or(0, |row| row.count), &computed)
}

/// Whether values stand in the index; each with what it is called in a difference.
async fn stand(connection: &impl ConnectionTrait, project: ProjectShort, wanted: BTreeMap<Posting, String>) -> Step {
    let wanted: Vec<(Posting, String)> = wanted.into_iter().collect();
    for wanted in wanted.chunks(VALUES) {
        let text = format!(
            "SELECT v.path, v.value, v.span FROM (VALUES {}) w CROSS JOIN span_values v \
             WHERE v.project = ? AND v.path = w.column1 AND v.value = w.column2 AND v.span = w.column3",
            places(3, wanted.len())
        );
        let mut bound: Vec<_> = wanted.iter().flat_map(|(posting, _)| values![posting.path, posting.value.clone(), posting.span]).collect();
        bound.push(project.into());
        let stored: BTreeSet<Posting> = all::<Posting>(connection, &text, bound).await?.into_iter().collect();
        for (posting, place) in wanted {
            same(|| place.clone(), &stored.contains(posting), &true)?;
        }
    }
    Ok(())
}

impl Paths {
    fn values_of(&self, row: &Row) -> Step<Vec<(Posting, String)>> {
        let none = BTreeMap::new();
        let paths = self.0.get(&row.object).unwrap_or(&none);
        let content: BTreeMap<String, Box<RawValue>> = serde_json::from_str(&row.body).unwrap_or_default();
        let mut wanted = Vec::new();
        for column in ["metadata", "metrics"] {
            let Some(stored) = content.get(column) else { continue };
            let (kept, there) = scalars(column, stored.get(), MOST_VALUES);
            if there > MOST_VALUES {
                let posting = Posting { path: row.object.number() << 11, value: Vec::new(), span: row.key };
                wanted.push((posting, format!("that not all values of row {} are indexed", row.row_id)));
            }
            for scalar in kept.into_iter().filter(|scalar| !matches!(scalar.place.join("\n").as_str(), "metrics\nstart" | "metrics\nend")) {
                let text = serde_json::to_string(&scalar.place)?;
                let place = || format!("the indexed value {text} of row {}", row.row_id);
                let Some((path, exact)) = paths.get(&text) else {
                    same(place, &(paths.len() < MOST_PATHS), &false)?;
                    continue;
                };
                same(|| format!("whether values at {text} are exact"), &(*exact && !scalar.exact), &false)?;
                wanted.push((Posting { path: *path, value: scalar.bytes, span: row.key }, place()));
            }
        }
        Ok(wanted)
    }
}
