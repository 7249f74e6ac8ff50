//! A project that comes from elsewhere: begun where nobody sees it, written, and made known once it is whole.

use super::tables::ArchiveTable;
use super::taking::{Places, place_of};
use crate::ground::database::{all, exists, is_duplicate, one, run, values};
use crate::ground::keys::{Key, ProjectShort, SpanKey};
use crate::ground::time;
use crate::ground::upsert::{Upsert, insertions};
use crate::people::names::folded;
use crate::projects::{checked_name, settings};
use crate::writing::chain::Digest;
use crate::writing::writer::Change;
use crate::{Desk, Result};
use futures::future::BoxFuture;
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::objects::ObjectKind;
use shared::{Problem, ProjectId};
use std::collections::BTreeMap;

/// What is wrong where only the name is.
pub(super) const NAME: &str = "Name";

/// Names that are tried for a project whose own is taken.
const NAMES: u32 = 1_000;

/// What the first line of an archive says.
#[derive(serde::Deserialize)]
pub(super) struct Head {
    pub(super) form: i64,
    pub(super) source: String,
    pub(super) project: HeadProject,
}

/// The project, as the first line tells it.
#[derive(serde::Deserialize)]
pub(super) struct HeadProject {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) settings: String,
    pub(super) created: i64,
}

/// Where an import stands.
#[derive(FromQueryResult)]
pub(super) struct Begun {
    pub(super) project_id: String,
    pub(super) short: ProjectShort,
    pub(super) salt: Vec<u8>,
    pub(super) name: String,
    pub(super) finished: Option<i64>,
}

/// Whether somebody else has brought all of it meanwhile.
///
/// # Errors
/// [`Problem::Taken`] where another export of the same project has taken its place.
pub(super) async fn is_finished(change: &Change, project: &ProjectId, source: &str) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Import {
        source: String,
        finished: Option<i64>,
    }
    let text = "SELECT source, finished FROM imports WHERE project_id = ?";
    let import = one::<Import>(&change.transaction, text, values![project.as_str()]).await?;
    match import.filter(|import| import.source == source) {
        Some(import) => Ok(import.finished.is_some()),
        None => {
            Err(Problem::taken("Another export of this project is being imported, and takes the place of this one. Wait for it to end.")
                .into())
        }
    }
}

/// Refuses to write over what belongs to another project.
pub(super) async fn require_own(change: &Change, table: &ArchiveTable, project: &ProjectId, row: &Upsert) -> Result<()> {
    let others = match table.name {
        "question_versions" => Some(("question_id", "SELECT 1 AS one FROM questions WHERE id = ? AND project_id <> ?")),
        "dataset_versions" => Some((
            "id",
            "SELECT 1 AS one FROM dataset_versions v JOIN objects o ON o.id = v.object_id WHERE v.id = ? AND o.project_id <> ?",
        )),
        _ => None,
    };
    if let Some((column, text)) = others
        && let Some(id) = row.value(column)
        && exists(&change.transaction, text, vec![id, project.as_str().into()]).await?
    {
        return Err(Problem::invalid(column, "Another project here has something of this id.").into());
    }
    // The others name what was looked at before.
    let Some(id) = row.value("id").filter(|_| table.columns.iter().any(|column| column.name == "project_id")) else { return Ok(()) };
    let text = format!("SELECT 1 AS one FROM {} WHERE id = ? AND project_id <> ?", table.name);
    if exists(&change.transaction, &text, vec![id, project.as_str().into()]).await? {
        return Err(Problem::invalid("id", "Another project here has something of this id.").into());
    }
    Ok(())
}

/// Writes what was said about rows, as far as it is not there.
pub(super) async fn write_said(change: &Change, mut waiting: Vec<(&'static ArchiveTable, Upsert)>) -> Result<()> {
    let mut of_tables: BTreeMap<usize, Vec<Upsert>> = BTreeMap::new();
    for (table, row) in waiting.drain(..) {
        of_tables.entry(place_of(table)).or_default().push(row);
    }
    for rows in of_tables.into_values() {
        for (text, bound) in insertions(rows) {
            run(&change.transaction, &format!("{text} ON CONFLICT DO NOTHING"), bound).await?;
        }
    }
    Ok(())
}

/// Finds the import of the same archive, or makes a project for it that nobody sees.
pub(super) fn begin(change: &mut Change, head: Head, name: String, person: String) -> BoxFuture<'_, Result<Begun>> {
    Box::pin(async move {
        let text = "SELECT i.project_id, p.short, p.salt, p.name, i.finished FROM imports i JOIN projects p ON p.id = i.project_id \
                    WHERE i.source = ? AND (i.finished IS NULL OR p.deleted IS NULL) ORDER BY i.created LIMIT 1";
        if let Some(begun) = one::<Begun>(&change.transaction, text, values![head.source.as_str()]).await? {
            return Ok(begun);
        }
        #[derive(FromQueryResult)]
        struct Next {
            short: ProjectShort,
        }
        let HeadProject { id, settings: kept, created, .. } = head.project;
        let taken = "SELECT 1 AS one FROM projects WHERE id = ? UNION ALL SELECT 1 FROM objects WHERE id = ?";
        let is_taken = exists(&change.transaction, taken, values![id.as_str(), id.as_str()]).await?;
        let id = if is_taken { change.fate.id() } else { id };
        settings::read(&id, &kept)
            .map_err(|_| Problem::invalid("line 1", "settings are none of a project that this version of Touchstone knows."))?;
        let next = one::<Next>(&change.transaction, "SELECT COALESCE(MAX(short), 0) + 1 AS short FROM projects", values![]).await?;
        let short = next.map_or(ProjectShort::from(1), |next| next.short);
        let salt = change.fate.salt().to_vec();
        Upsert::into("projects")
            .set("id", id.as_str())
            .set("short", short)
            .set("name", name.as_str())
            .set("settings", kept)
            .set("salt", salt.clone())
            .set("created_by", person.as_str())
            .set("created", created)
            // So long ago that nobody brings it back.
            .set("deleted", 0_i64)
            .set("transaction_id", 0_i64)
            .set("event", 0_i64)
            .set("number", 1_i64)
            .insert(&change.transaction)
            .await?;
        Upsert::into("imports")
            .set("project_id", id.as_str())
            .set("source", head.source)
            .set("person_id", person)
            .set("created", change.now)
            .insert(&change.transaction)
            .await?;
        Ok(Begun { project_id: id, short, salt, name, finished: None })
    })
}

/// The digests of everything in a project, each with its transaction.
async fn leaves(connection: &impl ConnectionTrait, short: ProjectShort) -> Result<Vec<(i64, Digest)>> {
    #[derive(FromQueryResult)]
    struct Leaf {
        place: i64,
        transaction_id: i64,
        digest: Option<Vec<u8>>,
    }
    const AT_ONCE: usize = 10_000;
    let sources = [
        "SELECT s.key AS place, s.transaction_id, p.digest FROM spans s JOIN span_payloads p ON p.project = s.project AND p.span = s.key \
         WHERE s.project = ? AND s.key > ? ORDER BY s.key",
        "SELECT id AS place, transaction_id, digest FROM activity WHERE project = ? AND id > ? ORDER BY id",
    ];
    let mut leaves = Vec::new();
    let mut add = |rows: &[Leaf]| {
        leaves.extend(rows.iter().filter_map(|leaf| Some((leaf.transaction_id, Digest::try_from(leaf.digest.as_deref()?).ok()?))));
    };
    for source in sources {
        let mut after = i64::MIN;
        loop {
            let rows = all::<Leaf>(connection, &format!("{source} LIMIT {AT_ONCE}"), values![short, after]).await?;
            add(&rows);
            match rows.last() {
                Some(last) if rows.len() == AT_ONCE => after = last.place,
                Some(_) | None => break,
            }
        }
    }
    // Several versions have the key of one row.
    let mut after = (SpanKey::LOWEST, i64::MIN);
    loop {
        let text = format!(
            "SELECT key AS place, transaction_id, digest FROM span_versions WHERE project = ? AND (key, transaction_id) > (?, ?) \
             ORDER BY key, transaction_id LIMIT {AT_ONCE}"
        );
        let rows = all::<Leaf>(connection, &text, values![short, after.0, after.1]).await?;
        add(&rows);
        match rows.last() {
            Some(last) if rows.len() == AT_ONCE => after = (last.place.into(), last.transaction_id),
            Some(_) | None => return Ok(leaves),
        }
    }
}

/// Gives the project its first link and its place among the others. Returns its name.
pub(super) async fn publish(desk: &Desk, places: &Places, wanted: String, stand: (i64, i64)) -> Result<String> {
    // Nobody but imports of the same archive write to it, and all of these are here.
    let snapshot = desk.store.snapshot().await?;
    let leaves = leaves(&snapshot, places.short).await?;
    drop(snapshot);
    if leaves.iter().any(|(transaction, _)| *transaction > stand.1) {
        return Err(Problem::invalid("transaction", "Something in the archive is later than its end.").into());
    }
    let (project, source, last_activity) = (places.project.clone(), places.source.clone(), places.last_activity.clone());
    let is_complete = places.homes.values().any(|home| home.kind == ObjectKind::ProjectLogs);
    if !is_complete {
        return Err(Problem::invalid("object", "The archive has no line about the logs of its project.").into());
    }
    let published = desk.store.write_in(&places.project, move |change| {
        Box::pin(async move {
            #[derive(FromQueryResult)]
            struct Called {
                name: String,
            }
            if is_finished(change, &project, &source).await? {
                let called =
                    one::<Called>(&change.transaction, "SELECT name FROM projects WHERE id = ?", values![project.as_str()]).await?;
                return Ok(called.map_or(wanted, |called| called.name));
            }
            let mut name = wanted.clone();
            for number in 2..NAMES {
                if !exists(&change.transaction, "SELECT 1 AS one FROM projects WHERE live_name = ?", values![folded(&name)]).await? {
                    break;
                }
                name = checked_name(&format!("{} ({number})", wanted.chars().take(190).collect::<String>()))?;
            }
            for (key, last) in last_activity {
                run(&change.transaction, "UPDATE objects SET last_activity = ? WHERE key = ?", values![last, key]).await?;
            }
            let text = "UPDATE projects SET deleted = NULL, name = ?, live_name = ? WHERE id = ?";
            run(&change.transaction, text, values![name.as_str(), folded(&name), project.as_str()]).await?;
            run(&change.transaction, "UPDATE imports SET finished = ? WHERE project_id = ?", values![time::now(), project.as_str()])
                .await?;
            change.adopt(&project, stand, leaves).await?;
            Ok(name)
        })
    });
    published.await.map_err(|error| match error {
        error if is_duplicate(&error) => Problem::invalid(NAME, "Another project has just taken this name. Import it again.").into(),
        error => error,
    })
}

/// Takes a project away that nobody has seen, so that its archive can come again.
pub(super) async fn discard(desk: &Desk, project: &ProjectId, short: ProjectShort, source: &str) -> Result<()> {
    // Each after those that name it.
    const GROWING: [&str; 25] = [
        "mentions",
        "comments",
        "answers",
        "golds",
        "said_versions",
        "feedback",
        "set_aside",
        "span_flags",
        "review_selections",
        "review_assignments",
        "reviews",
        "review_pairs",
        "review_items",
        "activity",
        "span_versions",
        "span_payloads",
        "span_scores",
        "trace_scores",
        "span_tags",
        "rollups",
        "span_values",
        "value_paths",
        "spans",
        "traces",
        "events",
    ];
    const INDEXES: [&str; 3] = ["word_postings", "word_changes", "word_indexes"];
    for table in GROWING.into_iter().chain(INDEXES) {
        let (of, source) = (project.clone(), source.to_owned());
        let deleted = desk.store.write_in(project, move |change| {
            Box::pin(async move {
                if is_finished(change, &of, &source).await? {
                    return Ok(());
                }
                run(&change.transaction, &format!("DELETE FROM {table} WHERE project = ?"), values![short]).await.map(|_| ())
            })
        });
        deleted.await?;
    }
    let (project, source) = (project.clone(), source.to_owned());
    let deleted = desk.store.write(move |change| {
        Box::pin(async move {
            if is_finished(change, &project, &source).await? {
                return Ok(());
            }
            let versions = "DELETE FROM dataset_versions WHERE object_id IN (SELECT id FROM objects WHERE project_id = ?)";
            run(&change.transaction, versions, values![project.as_str()]).await?;
            for table in ["views", "functions", "question_versions", "questions", "tags", "review_lists", "objects", "imports"] {
                run(&change.transaction, &format!("DELETE FROM {table} WHERE project_id = ?"), values![project.as_str()]).await?;
            }
            run(&change.transaction, "DELETE FROM projects WHERE id = ?", values![project.as_str()]).await.map(|_| ())
        })
    });
    deleted.await
}

/// Takes away what came of an earlier archive of a project that did not end, so that this one has its ids.
pub(super) async fn replace_half(desk: &Desk, head: &Head) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Half {
        short: ProjectShort,
        source: String,
    }
    let text = "SELECT p.short, i.source FROM imports i JOIN projects p ON p.id = i.project_id WHERE i.project_id = ? AND i.source <> ? AND i.finished IS NULL";
    let half = one::<Half>(desk.store.readers(), text, values![head.project.id.as_str(), head.source.as_str()]).await?;
    match half {
        Some(half) => discard(desk, &ProjectId::from(head.project.id.as_str()), half.short, &half.source).await,
        None => Ok(()),
    }
}
