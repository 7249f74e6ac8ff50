//! The schema of Touchstone, one file for each feature's tables. Every migration goes up and down, on SQLite and on
//! PostgreSQL. Times are microseconds UTC as integers; ids are text made by the server; JSON is kept as the text that
//! arrived, because PostgreSQL's own JSON types lose key order and refuse `\u0000`.
//!
//! Tables that grow begin with `project`, the short integer of a project, and so do all their keys and indexes: what
//! belongs to one project can be found, moved and kept apart without looking at any other.

mod distribution;
mod m0201_people;
mod m0202_projects;
mod m0203_objects;
mod m0204_questions;
mod m0207_comments;
mod m0210_attachments;
mod m0211_functions;
mod m0212_commands;
mod m0213_review_lists;
mod m0214_review_items;
mod m0215_words;
mod m0216_views;
mod m0217_jobs;
mod m0218_dataset_versions;
mod m0219_review_rules;
mod m0220_restoring;
mod m0221_evidence;
mod m0222_mapping;
mod m0223_words_of_gone_rows;
mod m0224_pairs;
mod m0225_unclear;
mod m0226_imports;
mod m0305_spans;
mod m0306_answers;
mod m0308_activity;
mod m0309_events;

pub use distribution::{Distribution, Undistributed, distribute};

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer};
use sea_orm_migration::sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

/// All migrations, in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0201_people::Migration),
            Box::new(m0202_projects::Migration),
            Box::new(m0203_objects::Migration),
            Box::new(m0204_questions::Migration),
            Box::new(m0305_spans::Migration),
            Box::new(m0306_answers::Migration),
            Box::new(m0207_comments::Migration),
            Box::new(m0308_activity::Migration),
            Box::new(m0309_events::Migration),
            Box::new(m0210_attachments::Migration),
            Box::new(m0211_functions::Migration),
            Box::new(m0212_commands::Migration),
            Box::new(m0213_review_lists::Migration),
            Box::new(m0214_review_items::Migration),
            Box::new(m0215_words::Migration),
            Box::new(m0216_views::Migration),
            Box::new(m0217_jobs::Migration),
            Box::new(m0218_dataset_versions::Migration),
            Box::new(m0219_review_rules::Migration),
            Box::new(m0220_restoring::Migration),
            Box::new(m0221_evidence::Migration),
            Box::new(m0222_mapping::Migration),
            Box::new(m0223_words_of_gone_rows::Migration),
            Box::new(m0224_pairs::Migration),
            Box::new(m0225_unclear::Migration),
            Box::new(m0226_imports::Migration),
        ]
    }
}

/// What keeps a database from being brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Another version of Touchstone made it. Nothing in it was changed.
    #[error(
        "This database has the schema of another version of Touchstone ({0}), which this version cannot read. Nothing in it was changed. \
         Start this version with a new, empty database, or go on with the version that made this one"
    )]
    Foreign(String),
    /// A migration failed; nothing of it was kept.
    #[error(transparent)]
    Failed(#[from] DbErr),
}

/// Runs the migrations that a database has not seen, all of them or none. Several processes may do so at once: one after the other.
///
/// # Errors
/// [`Refusal`], and then the database is what it was before.
pub async fn up(connection: &DatabaseConnection) -> Result<(), Refusal> {
    let transaction = begin(connection).await?;
    if let Some(foreign) = foreign(&transaction).await? {
        return Err(Refusal::Foreign(foreign));
    }
    Migrator::up(&transaction, None).await?;
    Ok(transaction.commit().await?)
}

/// Begins a transaction that nobody else who migrates has at the same time.
async fn begin(connection: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..TransactionOptions::default() };
    let transaction = connection.begin_with_options(options).await?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        // However long others take, and however long this takes.
        let patient = "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";
        transaction.execute_unprepared(patient).await?;
        transaction.execute_unprepared("SELECT pg_advisory_xact_lock(7406153)").await?;
    }
    Ok(transaction)
}

/// The last migration of another version that a database has seen.
async fn foreign(transaction: &DatabaseTransaction) -> Result<Option<String>, DbErr> {
    if !SchemaManager::new(transaction).has_table("seaql_migrations").await? {
        return Ok(None);
    }
    let seen = transaction.query_all(Query::select().column("version").from("seaql_migrations").order_by("version", Order::Desc)).await?;
    let known: Vec<_> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    let seen = seen.into_iter().map(|row| row.try_get::<String>("", "version")).collect::<Result<Vec<_>, _>>()?;
    Ok(seen.into_iter().find(|version| !known.contains(version)))
}

/// Drops tables in the given order.
async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables {
        manager.drop_table(Table::drop().table(*table).to_owned()).await?;
    }
    Ok(())
}

/// What a table says whose rows SQLite keeps in the order of their key, in one tree instead of two. It is for rows of a few hundred bytes: of
/// what is longer than a quarter of a page a part would lie on a page of its own.
fn in_order(manager: &SchemaManager<'_>) -> &'static str {
    match manager.get_database_backend() {
        DbBackend::Sqlite => "WITHOUT ROWID",
        _ => "",
    }
}

/// The column of a key that carries its project's number. For SQLite it is the number of the row, so that rows lie in the order in which they
/// came, in one tree; that needs this very type. Not for what is paged by a time and this key: SQLite would compare the time only.
fn number(manager: &SchemaManager<'_>, column: &'static str) -> ColumnDef {
    match manager.get_database_backend() {
        DbBackend::Sqlite => integer(column),
        _ => big_integer(column),
    }
}

/// The primary key over such a column. Where a table may be spread by project, that stands before it.
fn key_by_number(manager: &SchemaManager<'_>, column: &'static str) -> IndexCreateStatement {
    match manager.get_database_backend() {
        DbBackend::Sqlite => key(&[column]),
        _ => key(&["project", column]),
    }
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
