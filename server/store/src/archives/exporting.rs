//! A project, or one thing in it, as an archive: page by page, each read at one moment, so that nobody waits for whoever reads slowly. All that
//! belongs to one row stands together, so that what is written meanwhile tears nothing apart.

use super::FORM;
use super::reading::{ReadRow, line, of_project, of_spans};
use super::tables::{ACTIVITY, Kind, OF_PROJECT, SAID, SPANS, VERSIONS};
use crate::ground::database::{all, list, one, values};
use crate::ground::keys::{ObjectKey, ProjectShort, SpanKey};
use crate::{Desk, Result};
use sea_orm::{ConnectionTrait, FromQueryResult, Value as Bound};
use serde_json::{Map, Value, json};
use shared::objects::ObjectKind;
use shared::permissions::Action;
use shared::{ObjectId, Problem, ProjectId};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Rows of a page at most, and bytes of their content; one row at least.
const ROWS: usize = 200;
const BYTES: i64 = 4 * 1024 * 1024;

/// An archive on its way out.
pub struct ArchiveExport {
    desk: Desk,
    project: ProjectId,
    short: ProjectShort,
    /// Where it is of one thing only: its key.
    object: Option<ObjectKey>,
    /// The last row that was told; none before the first line.
    after: Option<i64>,
    is_done: bool,
    /// Lines about the project that were told, and people.
    told: HashSet<Vec<u8>>,
    people: HashSet<String>,
    spans: u64,
}

#[derive(FromQueryResult)]
struct Stand {
    name: String,
    settings: String,
    created: i64,
    transaction_id: i64,
    number: i64,
}

#[derive(FromQueryResult)]
struct KeyRow {
    key: i64,
}

#[derive(FromQueryResult)]
struct Weight {
    key: i64,
    bytes: i64,
}

impl Desk {
    /// An archive of a project with everything in it, or only with the logs, the experiment or the dataset of this id.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for whoever does not see everything, [`Problem::NotFound`] for what is not there.
    pub async fn export_archive(&self, project: &ProjectId, object: Option<&ObjectId>) -> Result<ArchiveExport> {
        self.require(Action::Read)?;
        self.require(Action::ActOnMany)?;
        // What the blind do not see would be missing where the archive is read.
        self.require(Action::SeeThrough)?;
        let logs = ObjectId(project.0.clone());
        let home = self.find_object(object.unwrap_or(&logs)).await?;
        if home.project != *project {
            return Err(Problem::not_found("object with this id in the project").into());
        }
        Ok(ArchiveExport {
            desk: self.clone(),
            project: project.clone(),
            short: home.short(),
            object: object.map(|_| home.key),
            after: None,
            is_done: false,
            told: HashSet::new(),
            people: HashSet::new(),
            spans: 0,
        })
    }

    /// The project of an object that is to be exported.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for what is not there.
    pub async fn project_of_object(&self, kind: ObjectKind, object: &ObjectId) -> Result<ProjectId> {
        self.require_object(kind, object).await?;
        Ok(self.find_object(object).await?.project)
    }
}

impl ArchiveExport {
    /// Rows that were told so far.
    pub fn rows(&self) -> u64 {
        self.spans
    }

    /// The next lines; none at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn page(&mut self) -> Result<Option<Vec<u8>>> {
        if self.is_done {
            return Ok(None);
        }
        let snapshot = self.desk.store.snapshot().await?;
        let text = "SELECT name, settings, created, transaction_id, number FROM projects WHERE id = ? AND deleted IS NULL";
        let stand = one::<Stand>(&snapshot, text, values![self.project.as_str()]).await?;
        let stand = stand.ok_or_else(|| Problem::not_found("project"))?;
        let mut page = Vec::new();
        if self.after.is_none() {
            page.extend(self.head(&stand)?);
        }
        self.tell_project(&snapshot, &mut page).await?;
        let keys = self.next_keys(&snapshot).await?;
        match keys.last() {
            Some(last) => {
                self.after = Some(*last);
                self.tell_rows(&snapshot, &keys, &mut page).await?;
            }
            None => {
                let end = json!({ "rows": self.spans, "transaction": stand.transaction_id, "number": stand.number });
                page.extend(line("end", fields(end))?);
                self.is_done = true;
            }
        }
        Ok(Some(page))
    }

    fn head(&self, stand: &Stand) -> Result<Vec<u8>> {
        let of = self.object.map_or_else(String::new, |object| format!("/{}", crate::ground::keys::Key::number(object)));
        let head = json!({
            "form": FORM,
            "source": format!("{}{of}@{}", self.project, stand.transaction_id),
            "project": { "id": self.project.as_str(), "name": stand.name, "settings": stand.settings, "created": stand.created },
        });
        line("touchstone_archive", fields(head))
    }

    /// Tells what the project is made of, as far as it was not told, or is not the same any more.
    async fn tell_project(&mut self, connection: &impl ConnectionTrait, page: &mut Vec<u8>) -> Result<()> {
        for table in &OF_PROJECT {
            let more: (&str, Vec<Bound>) = match (table.word, self.object) {
                ("object", Some(object)) => ("AND (key = ? OR id = project_id)", values![object]),
                ("dataset_version", Some(object)) => ("AND object_id = (SELECT id FROM objects WHERE key = ?)", values![object]),
                _ => ("", Vec::new()),
            };
            for mut row in of_project(connection, table, self.project.as_str(), more).await? {
                // People who are asked stand inside of other texts.
                let mixed =
                    table.columns.iter().filter(|column| column.kind == Kind::Mixed).filter_map(|column| row.fields.get(column.name));
                let mixed: String = mixed.filter_map(Value::as_str).collect::<Vec<_>>().join(" ");
                row.people.extend(self.named_in(connection, &mixed).await?);
                let text = line(table.word, row.fields)?;
                if !self.told.contains(&text) {
                    self.tell_people(connection, &row.people, page).await?;
                    page.extend(&text);
                    self.told.insert(text);
                }
            }
        }
        Ok(())
    }

    /// Members whose ids stand in a text.
    async fn named_in(&self, connection: &impl ConnectionTrait, text: &str) -> Result<Vec<String>> {
        #[derive(FromQueryResult)]
        struct Row {
            id: String,
        }
        let words = text.split(|sign: char| !(sign.is_ascii_hexdigit() || sign == '-')).filter(|word| word.len() == 36);
        let words: BTreeSet<&str> = words.collect();
        let mut named = Vec::new();
        for words in words.into_iter().collect::<Vec<_>>().chunks(ROWS) {
            let text = format!("SELECT id FROM people WHERE id IN ({})", list(words.len()));
            let bound = words.iter().map(|word| Bound::from(*word)).collect();
            named.extend(all::<Row>(connection, &text, bound).await?.into_iter().map(|row| row.id));
        }
        Ok(named)
    }

    async fn tell_people(&mut self, connection: &impl ConnectionTrait, people: &BTreeSet<String>, page: &mut Vec<u8>) -> Result<()> {
        #[derive(FromQueryResult)]
        struct Row {
            id: String,
            email: String,
            name: String,
        }
        let new: Vec<&String> = people.iter().filter(|person| !self.people.contains(*person)).collect();
        for new in new.chunks(ROWS) {
            let text = format!("SELECT id, email, name FROM people WHERE id IN ({}) ORDER BY id", list(new.len()));
            let bound = new.iter().map(|id| Bound::from(id.as_str())).collect();
            for Row { id, email, name } in all::<Row>(connection, &text, bound).await? {
                page.extend(line("person", fields(json!({ "id": id, "email": email, "name": name })))?);
                self.people.insert(id);
            }
        }
        Ok(())
    }

    /// The keys of the next rows, of those too that are gone and of which only history is left.
    async fn next_keys(&self, connection: &impl ConnectionTrait) -> Result<Vec<i64>> {
        let after = self.after.unwrap_or(-1);
        let within = if self.object.is_some() { "AND object = ?" } else { "" };
        let part = |table: &str, key: &str| {
            format!(
                "SELECT * FROM (SELECT DISTINCT {key} AS key FROM {table} WHERE project = ? AND {key} > ? {within} \
                 ORDER BY {key} LIMIT {ROWS}) AS {table}_keys"
            )
        };
        let parts = [part("spans", "key"), part("span_versions", "key"), part("activity", "span")].join(" UNION ");
        let mut bound = Vec::new();
        for _ in 0..3 {
            bound.extend(values![self.short, after]);
            bound.extend(self.object.map(Bound::from));
        }
        let keys = all::<KeyRow>(connection, &format!("SELECT key FROM ({parts}) AS k ORDER BY key LIMIT {ROWS}"), bound).await?;
        let mut keys: Vec<i64> = keys.into_iter().map(|row| row.key).collect();
        let weights = self.weights(connection, &keys).await?;
        let mut bytes = 0;
        let fits = keys.iter().position(|key| {
            bytes += weights.get(key).copied().unwrap_or(0);
            bytes > BYTES
        });
        keys.truncate(fits.unwrap_or(keys.len()).max(1));
        Ok(keys)
    }

    /// How many characters the content of rows has, with that of their earlier versions.
    async fn weights(&self, connection: &impl ConnectionTrait, keys: &[i64]) -> Result<BTreeMap<i64, i64>> {
        let mut weights = BTreeMap::new();
        if keys.is_empty() {
            return Ok(weights);
        }
        for (table, key) in [("span_payloads", "span"), ("span_versions", "key")] {
            let text = format!(
                "SELECT {key} AS key, CAST(SUM(LENGTH(body)) AS BIGINT) AS bytes FROM {table} WHERE project = ? AND {key} IN ({}) GROUP BY {key}",
                list(keys.len())
            );
            let bound = values![self.short].into_iter().chain(keys.iter().map(|key| Bound::from(*key))).collect();
            for Weight { key, bytes } in all::<Weight>(connection, &text, bound).await? {
                *weights.entry(key).or_default() += bytes;
            }
        }
        Ok(weights)
    }

    async fn tell_rows(&mut self, connection: &impl ConnectionTrait, keys: &[i64], page: &mut Vec<u8>) -> Result<()> {
        #[derive(FromQueryResult)]
        struct Payload {
            span: i64,
            body: String,
        }
        let spans: Vec<SpanKey> = keys.iter().map(|key| SpanKey::from(*key)).collect();
        let mut of: BTreeMap<i64, Vec<u8>> = keys.iter().map(|key| (*key, Vec::new())).collect();
        let mut people = BTreeSet::new();
        for table in SAID.iter().chain([&ACTIVITY, &VERSIONS]) {
            for ReadRow { span, fields, people: named } in of_spans(connection, table, self.short, &spans).await? {
                people.extend(named);
                if let Some(lines) = of.get_mut(&span) {
                    lines.extend(line(table.word, fields)?);
                }
            }
        }
        let text = format!("SELECT span, body FROM span_payloads WHERE project = ? AND span IN ({})", list(keys.len()));
        let bound = values![self.short].into_iter().chain(keys.iter().map(|key| Bound::from(*key))).collect();
        let bodies = all::<Payload>(connection, &text, bound).await?;
        let mut bodies: BTreeMap<i64, String> = bodies.into_iter().map(|row| (row.span, row.body)).collect();
        let mut rows = BTreeMap::new();
        for ReadRow { span, mut fields, people: named } in of_spans(connection, &SPANS, self.short, &spans).await? {
            people.extend(named);
            fields.insert("body".to_owned(), json!(bodies.remove(&span).unwrap_or_default()));
            rows.insert(span, line(SPANS.word, fields)?);
        }
        self.tell_people(connection, &people, page).await?;
        for (key, lines) in of {
            page.extend(lines);
            match rows.remove(&key) {
                Some(row) => {
                    page.extend(row);
                    self.spans += 1;
                }
                None => {
                    page.extend(line("gone", fields(json!({ "key": crate::ground::keys::Key::number(SpanKey::from(key)) })))?);
                }
            }
        }
        Ok(())
    }
}

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
