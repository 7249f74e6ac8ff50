//! Rows to be written, each value beside the name of its column, so that neither is counted by hand.

use crate::Result;
use crate::ground::database::{StatementPart, run};
use sea_orm::{ConnectionTrait, DbBackend, Value};

/// Rows of one statement. It keeps a row of thirty columns below the values that SQLite takes.
const ROWS: usize = 400;

/// Columns for which there is room from the start.
const COLUMNS: usize = 28;

/// A row of a table, column by column.
pub(crate) struct Upsert {
    table: &'static str,
    columns: Vec<Column>,
    values: Vec<Value>,
}

#[derive(Clone, Copy, PartialEq)]
struct Column {
    name: &'static str,
    /// What stands for it in the statement: a place for a value, or an expression.
    expression: &'static str,
    /// Whether a row that is there already keeps its own.
    is_fixed: bool,
}

impl Upsert {
    /// A row of this table, without any column yet.
    pub(crate) fn into(table: &'static str) -> Self {
        Self { table, columns: Vec::with_capacity(COLUMNS), values: Vec::with_capacity(COLUMNS) }
    }

    /// Gives a column a value.
    #[must_use]
    pub(crate) fn set(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.columns.push(Column { name, expression: "?", is_fixed: false });
        self.values.push(value.into());
        self
    }

    /// Gives a column a value that never changes: where the row is there already, it is not written again.
    #[must_use]
    pub(crate) fn fixed(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.columns.push(Column { name, expression: "?", is_fixed: true });
        self.values.push(value.into());
        self
    }

    /// Gives a column a value that a row which is there already takes only if it moves: an index over the column is written again, whatever
    /// the value.
    #[must_use]
    pub(crate) fn set_if(self, moves: bool, column: &'static str, value: impl Into<Value>) -> Self {
        if moves { self.set(column, value) } else { self.fixed(column, value) }
    }

    /// Gives a column what the database makes of an expression with these values.
    #[must_use]
    pub(crate) fn computed(mut self, name: &'static str, expression: &'static str, values: Vec<Value>) -> Self {
        self.columns.push(Column { name, expression, is_fixed: false });
        self.values.extend(values);
        self
    }

    /// The value of a column.
    pub(crate) fn value(&self, name: &str) -> Option<Value> {
        let place = self.columns.iter().position(|column| column.name == name)?;
        self.values.get(place).cloned()
    }

    /// The statement that writes a new row.
    pub(crate) fn insertion(self) -> StatementPart {
        (insertion(std::slice::from_ref(&self)), self.values)
    }

    /// Writes a new row.
    ///
    /// # Errors
    /// When the database refuses it, because there is such a row already for example.
    pub(crate) async fn insert(self, connection: &impl ConnectionTrait) -> Result<()> {
        run_all(connection, vec![self.insertion()]).await
    }

    /// Writes a new row; where there is one with the same `key`, a list of columns, that stays as it is.
    ///
    /// # Errors
    /// When the database refuses it.
    pub(crate) async fn insert_if_new(self, key: &'static str, connection: &impl ConnectionTrait) -> Result<()> {
        let (text, values) = self.insertion();
        run_all(connection, vec![(format!("{text} ON CONFLICT ({key}) DO NOTHING"), values)]).await
    }

    /// Writes a new row, or the columns that are not fixed of the one with the same `key`, a list of columns.
    ///
    /// # Errors
    /// When the database refuses it.
    pub(crate) async fn upsert(self, key: &'static str, connection: &impl ConnectionTrait) -> Result<()> {
        upsert_all(vec![self], key, connection).await
    }
}

/// Statements that write new rows, all of the same table and with the same columns.
pub(crate) fn insertions(rows: Vec<Upsert>) -> Vec<StatementPart> {
    parts(rows, insertion)
}

/// Statements that write rows of one table with the same columns, or what is not fixed of those with the same `key`, a list of columns.
pub(crate) fn upserts(rows: Vec<Upsert>, key: &str) -> Vec<StatementPart> {
    parts(rows, |rows| overwriting(rows, key))
}

/// Writes new rows, all of the same table and with the same columns.
///
/// # Errors
/// When the database refuses one of them.
pub(crate) async fn insert_all(rows: Vec<Upsert>, connection: &impl ConnectionTrait) -> Result<()> {
    run_all(connection, insertions(rows)).await
}

/// Does what [`upserts`] says.
///
/// # Errors
/// When the database refuses one of them.
pub(crate) async fn upsert_all(rows: Vec<Upsert>, key: &str, connection: &impl ConnectionTrait) -> Result<()> {
    run_all(connection, upserts(rows, target(connection, key))).await
}

/// What a conflict is told by. On SQLite the key of a payload is the number of its row, which carries its project.
fn target<'key>(connection: &impl ConnectionTrait, key: &'key str) -> &'key str {
    match key {
        "project, span" if connection.get_database_backend() == DbBackend::Sqlite => "span",
        _ => key,
    }
}

async fn run_all(connection: &impl ConnectionTrait, parts: Vec<StatementPart>) -> Result<()> {
    for (text, values) in parts {
        run(connection, &text, values).await?;
    }
    Ok(())
}

fn parts(mut rows: Vec<Upsert>, statement: impl Fn(&[Upsert]) -> String) -> Vec<StatementPart> {
    let parts = rows.chunks_mut(ROWS).map(|rows| {
        let text = statement(rows);
        (text, rows.iter_mut().flat_map(|row| std::mem::take(&mut row.values)).collect())
    });
    parts.collect()
}

fn insertion(rows: &[Upsert]) -> String {
    let Some(first) = rows.first() else { return String::new() };
    debug_assert!(rows.iter().all(|row| row.table == first.table && row.columns == first.columns), "rows of {}", first.table);
    let list = |part: fn(&Column) -> &'static str| first.columns.iter().map(part).collect::<Vec<_>>().join(", ");
    let row = format!("({})", list(|column| column.expression));
    let rows = vec![row.as_str(); rows.len()].join(", ");
    format!("INSERT INTO {} ({}) VALUES {rows}", first.table, list(|column| column.name))
}

fn overwriting(rows: &[Upsert], key: &str) -> String {
    let columns = rows.first().map(|row| row.columns.as_slice()).unwrap_or_default();
    let others = columns.iter().filter(|column| !column.is_fixed && key.split(", ").all(|key| key != column.name));
    let set = others.map(|Column { name, .. }| format!("{name} = excluded.{name}")).collect::<Vec<_>>().join(", ");
    format!("{} ON CONFLICT ({key}) DO UPDATE SET {set}", insertion(rows))
}

#[cfg(test)]
mod tests {
    use super::{ROWS, Upsert, insertions, upserts};
    use crate::ground::database::values;

    #[test]
    fn a_statement_has_as_many_places_as_values() {
        let row = |id: &str| {
            let position = "(SELECT MAX(position) FROM tags WHERE id <> ?)";
            Upsert::into("tags").set("id", id).fixed("made", 1).computed("position", position, values![id]).set("name", "c")
        };
        let place = "(?, ?, (SELECT MAX(position) FROM tags WHERE id <> ?), ?)";
        let insertion = format!("INSERT INTO tags (id, made, position, name) VALUES {place}");
        assert_eq!(row("a").insertion(), (insertion.clone(), values!["a", 1, "a", "c"]));
        let both = values!["a", 1, "a", "c", "b", 1, "b", "c"];
        assert_eq!(insertions(vec![row("a"), row("b")]), [(format!("{insertion}, {place}"), both.clone())]);
        let overwriting = " ON CONFLICT (id) DO UPDATE SET position = excluded.position, name = excluded.name";
        assert_eq!(upserts(vec![row("a"), row("b")], "id"), [(format!("{insertion}, {place}{overwriting}"), both)]);
        let overwriting = " ON CONFLICT (id, name) DO UPDATE SET position = excluded.position";
        assert_eq!(upserts(vec![row("a")], "id, name")[0].0, [&insertion, overwriting].concat());
    }

    #[test]
    fn many_rows_are_several_statements_and_none_is_none() {
        let parts = insertions((0..=ROWS).map(|number| Upsert::into("tags").set("position", number as i64)).collect());
        assert_eq!(parts.iter().map(|(_, values)| values.len()).collect::<Vec<_>>(), [ROWS, 1]);
        assert!(insertions(Vec::new()).is_empty());
    }
}
