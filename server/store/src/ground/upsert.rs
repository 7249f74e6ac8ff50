//! A row to be written, each value beside the name of its column, so that neither is counted by hand.

use crate::Result;
use crate::ground::database::run;
use sea_orm::{ConnectionTrait, Value};

/// A row of a table, column by column.
pub(crate) struct Upsert {
    table: &'static str,
    columns: Vec<&'static str>,
    /// What stands for each column in the statement: a place for a value, or an expression.
    expressions: Vec<&'static str>,
    values: Vec<Value>,
}

impl Upsert {
    /// A row of this table, without any column yet.
    pub(crate) fn into(table: &'static str) -> Self {
        Self { table, columns: Vec::new(), expressions: Vec::new(), values: Vec::new() }
    }

    /// Gives a column a value.
    #[must_use]
    pub(crate) fn set(self, column: &'static str, value: impl Into<Value>) -> Self {
        self.computed(column, "?", vec![value.into()])
    }

    /// Gives a column what the database makes of an expression with these values.
    #[must_use]
    pub(crate) fn computed(mut self, column: &'static str, expression: &'static str, values: Vec<Value>) -> Self {
        self.columns.push(column);
        self.expressions.push(expression);
        self.values.extend(values);
        self
    }

    /// Writes a new row.
    ///
    /// # Errors
    /// When the database refuses it, because there is such a row already for example.
    pub(crate) async fn insert(self, connection: &impl ConnectionTrait) -> Result<()> {
        run(connection, &self.insertion(), self.values).await?;
        Ok(())
    }

    /// Writes a new row, or these columns of the one with the same `key`.
    ///
    /// # Errors
    /// When the database refuses it.
    pub(crate) async fn upsert(self, key: &'static str, connection: &impl ConnectionTrait) -> Result<()> {
        run(connection, &self.overwriting(key), self.values).await?;
        Ok(())
    }

    fn insertion(&self) -> String {
        format!("INSERT INTO {} ({}) VALUES ({})", self.table, self.columns.join(", "), self.expressions.join(", "))
    }

    fn overwriting(&self, key: &str) -> String {
        let others = self.columns.iter().filter(|column| **column != key);
        let set = others.map(|column| format!("{column} = excluded.{column}")).collect::<Vec<_>>().join(", ");
        format!("{} ON CONFLICT ({key}) DO UPDATE SET {set}", self.insertion())
    }
}

#[cfg(test)]
mod tests {
    use super::Upsert;
    use crate::ground::database::values;

    #[test]
    fn a_statement_has_as_many_places_as_values() {
        let row = Upsert::into("tags").set("id", "a").computed("position", "(SELECT MAX(position) FROM tags WHERE id <> ?)", values!["b"]);
        let row = row.set("name", "c");
        let insertion = "INSERT INTO tags (id, position, name) VALUES (?, (SELECT MAX(position) FROM tags WHERE id <> ?), ?)";
        assert_eq!(row.insertion(), insertion);
        assert_eq!(
            row.overwriting("id"),
            [insertion, " ON CONFLICT (id) DO UPDATE SET position = excluded.position, name = excluded.name"].concat()
        );
        assert_eq!(row.values, values!["a", "b", "c"]);
    }
}
