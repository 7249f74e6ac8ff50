//! The schema of Touchstone, one file for each feature's tables. Every migration goes up and down, on SQLite and on
//! PostgreSQL. Times are microseconds UTC as integers; ids are text made by the server; JSON is kept as the text that
//! arrived, because PostgreSQL's own JSON types lose key order and refuse `\u0000`.

mod m0001_people;
mod m0002_projects;
mod m0003_spans;
mod m0004_questions;
mod m0005_activity;
mod m0006_objects;
mod m0007_history;
mod m0008_attachments;
mod m0009_functions;
mod m0010_judgement;
mod m0011_mentions;
mod m0012_set_aside;
mod m0013_said;

use sea_orm_migration::prelude::*;

/// All migrations, in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_people::Migration),
            Box::new(m0002_projects::Migration),
            Box::new(m0003_spans::Migration),
            Box::new(m0004_questions::Migration),
            Box::new(m0005_activity::Migration),
            Box::new(m0006_objects::Migration),
            Box::new(m0007_history::Migration),
            Box::new(m0008_attachments::Migration),
            Box::new(m0009_functions::Migration),
            Box::new(m0010_judgement::Migration),
            Box::new(m0011_mentions::Migration),
            Box::new(m0012_set_aside::Migration),
            Box::new(m0013_said::Migration),
        ]
    }
}

/// Runs the migrations that a database has not seen.
///
/// # Errors
/// When one fails; those before it stay.
pub async fn up(connection: &sea_orm_migration::sea_orm::DatabaseConnection) -> Result<(), DbErr> {
    Migrator::up(connection, None).await
}

/// Drops tables in the given order.
async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables {
        manager.drop_table(Table::drop().table(*table).to_owned()).await?;
    }
    Ok(())
}

/// An index over columns of a table.
fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut statement = Index::create().name(name).table(table).to_owned();
    for column in columns {
        statement.col(*column);
    }
    statement
}

/// An index that also forbids duplicates.
fn unique(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    index(name, table, columns).unique().to_owned()
}

/// A primary key of several columns.
fn key(columns: &[&'static str]) -> IndexCreateStatement {
    let mut statement = Index::create();
    for column in columns {
        statement.col(*column);
    }
    statement
}
