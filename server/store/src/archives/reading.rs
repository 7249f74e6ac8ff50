//! Rows of tables as lines of an archive.

use super::tables::{ArchiveTable, Column, Kind, Of};
use crate::Result;
use crate::ground::database::{list, statement, values};
use crate::ground::keys::{Key, ProjectShort, SpanKey};
use sea_orm::{ConnectionTrait, QueryResult, Value as Bound};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// A row as a line holds it, with the key of its span and the members it names.
pub(super) struct ReadRow {
    pub(super) span: i64,
    pub(super) fields: Map<String, Value>,
    pub(super) people: BTreeSet<String>,
}

/// Columns as they are selected.
fn selected(table: &ArchiveTable) -> String {
    let column = |column: &Column| match column.kind {
        Kind::Small => format!("CAST(t.{} AS BIGINT) AS {}", column.name, column.name),
        _ => format!("t.{}", column.name),
    };
    table.columns.iter().map(column).collect::<Vec<_>>().join(", ")
}

/// The order of a table's rows.
fn order(table: &ArchiveTable) -> String {
    table.key.split(", ").map(|column| format!("t.{column}")).collect::<Vec<_>>().join(", ")
}

/// The rows of a table that belong to some spans.
pub(super) async fn of_spans(
    connection: &impl ConnectionTrait,
    table: &ArchiveTable,
    project: ProjectShort,
    spans: &[SpanKey],
) -> Result<Vec<ReadRow>> {
    let (of, join) = match table.of {
        Of::Span(column) => (format!("t.{column}"), ""),
        Of::Item => ("i.span".to_owned(), "JOIN review_items i ON i.project = t.project AND i.key = t.item"),
        Of::Comment => ("c.span".to_owned(), "JOIN comments c ON c.project = t.project AND c.id = t.comment_id"),
        Of::Project(_) => return Ok(Vec::new()),
    };
    let text = format!(
        "SELECT {}, {of} AS of_span FROM {} t {join} WHERE t.project = ? AND {of} IN ({}) ORDER BY {}",
        selected(table),
        table.name,
        list(spans.len()),
        order(table)
    );
    let bound = values![project].into_iter().chain(spans.iter().map(|span| (*span).into())).collect();
    rows(connection, table, &text, bound).await
}

/// The rows of a table that belong to a project as a whole, which fulfil one more condition of our own text.
pub(super) async fn of_project(
    connection: &impl ConnectionTrait,
    table: &ArchiveTable,
    project: &str,
    more: (&str, Vec<Bound>),
) -> Result<Vec<ReadRow>> {
    let Of::Project(condition) = table.of else { return Ok(Vec::new()) };
    let text = format!(
        "SELECT {}, CAST(0 AS BIGINT) AS of_span FROM {} t WHERE {condition} {} ORDER BY {}",
        selected(table),
        table.name,
        more.0,
        order(table)
    );
    rows(connection, table, &text, values![project].into_iter().chain(more.1).collect()).await
}

async fn rows(connection: &impl ConnectionTrait, table: &ArchiveTable, text: &str, bound: Vec<Bound>) -> Result<Vec<ReadRow>> {
    let rows = connection.query_all_raw(statement(connection, text, bound)).await?;
    rows.iter().map(|row| read(table, row)).collect()
}

fn read(table: &ArchiveTable, row: &QueryResult) -> Result<ReadRow> {
    let (mut fields, mut people) = (Map::new(), BTreeSet::new());
    for Column { name, kind, .. } in table.columns {
        let value = match kind {
            Kind::Number | Kind::Small => json!(row.try_get::<Option<i64>>("", name)?),
            Kind::Short => json!(row.try_get::<Option<i64>>("", name)?.map(|key| SpanKey::from(key).number())),
            Kind::Real => json!(row.try_get::<Option<f64>>("", name)?),
            Kind::Flag => json!(row.try_get::<Option<bool>>("", name)?),
            Kind::Person => {
                let person = row.try_get::<Option<String>>("", name)?;
                people.extend(person.clone());
                json!(person)
            }
            Kind::Text | Kind::Mixed | Kind::Own | Kind::Known | Kind::Project => json!(row.try_get::<Option<String>>("", name)?),
        };
        fields.insert((*name).to_owned(), value);
    }
    Ok(ReadRow { span: row.try_get::<i64>("", "of_span")?, fields, people })
}

/// A line of an archive.
pub(super) fn line(word: &str, fields: Map<String, Value>) -> Result<Vec<u8>> {
    let mut text = serde_json::to_vec(&json!({ word: fields }))?;
    text.push(b'\n');
    Ok(text)
}
