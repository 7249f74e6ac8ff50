//! On a PostgreSQL with the Citus extension: the tables that grow are spread over its workers by project, those that they point to stand
//! on every worker, and all others stay where they are.
//!
//! The catalogue says which is which. A table grows if it has a column `project`; all its keys begin with it, so that what belongs to a
//! project lies together and statements about one project ask one worker.

use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};

/// The table whose parts the parts of all others lie beside.
const FIRST: &str = "traces";

/// Small tables that are read together with tables that grow, although none of those points to them.
const READ_BESIDE: [&str; 2] = ["question_versions", "review_rules"];

/// How the tables stand now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// Tables that are distributed by project.
    pub by_project: Vec<String>,
    /// Tables that stand on every worker.
    pub everywhere: Vec<String>,
    /// How many of both were not before.
    pub changed: usize,
}

/// What keeps a database from being distributed.
#[derive(Debug, thiserror::Error)]
pub enum Undistributed {
    /// It is no PostgreSQL.
    #[error(
        "Only a PostgreSQL with the Citus extension can be distributed, and this database is SQLite. Leave out --distribute, or name a \
         PostgreSQL with --database-url"
    )]
    Sqlite,
    /// It is a PostgreSQL by itself.
    #[error(
        "This PostgreSQL has no Citus extension, so nothing was distributed. Install Citus, run CREATE EXTENSION citus in this database and \
         add its workers, then call this again; or leave out --distribute, because a PostgreSQL by itself needs none of it"
    )]
    NoExtension,
    /// A statement failed. What was distributed until then stays so, and calling it again goes on from there.
    #[error(transparent)]
    Failed(#[from] DbErr),
}

/// Distributes what is not distributed yet. `connection` must be a pool of one connection, on a database that is up to date.
///
/// # Errors
/// [`Undistributed`].
pub async fn distribute(connection: &DatabaseConnection) -> Result<Distribution, Undistributed> {
    if connection.get_database_backend() != DbBackend::Postgres {
        return Err(Undistributed::Sqlite);
    }
    if names(connection, "SELECT 'citus' AS name WHERE to_regproc('create_distributed_table') IS NOT NULL").await?.is_empty() {
        return Err(Undistributed::NoExtension);
    }
    // However long it takes; whoever migrates or distributes meanwhile waits.
    connection.execute_unprepared("SET statement_timeout = 0; SET lock_timeout = 0; SELECT pg_advisory_lock(7406153)").await?;
    let distributed = spread(connection).await;
    connection.execute_unprepared("SELECT pg_advisory_unlock(7406153)").await?;
    distributed
}

async fn spread(connection: &DatabaseConnection) -> Result<Distribution, Undistributed> {
    let (by_project, everywhere) = (growing(connection).await?, pointed_to(connection).await?);
    let of_kind = |kind: &str| format!("SELECT logicalrelid::regclass::text AS name FROM pg_dist_partition WHERE {kind}");
    let done = names(connection, &of_kind("partmethod = 'h' OR partmethod = 'n' AND repmodel = 't'")).await?;
    let mut changed = 0;
    for table in everywhere.iter().filter(|table| !done.contains(table)) {
        call(connection, "SELECT create_reference_table(CAST($1 AS TEXT)::regclass)", &[table]).await?;
        changed += 1;
    }
    for table in by_project.iter().filter(|table| !done.contains(table)) {
        let beside = if table == FIRST { "none" } else { FIRST };
        let text = "SELECT create_distributed_table(CAST($1 AS TEXT)::regclass, 'project', colocate_with => $2)";
        call(connection, text, &[table, beside]).await?;
        changed += 1;
    }
    Ok(Distribution { by_project, everywhere, changed })
}

/// Tables that grow: the first one first, and each after those that it points to.
async fn growing(connection: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let text = "WITH growing AS ( \
                    SELECT c.oid, c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
                    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') \
                    AND a.attname = 'project' AND NOT a.attisdropped \
                ) \
                SELECT g.relname::text AS name FROM growing g \
                ORDER BY g.relname <> 'traces', (SELECT COUNT(*) FROM pg_constraint f WHERE f.contype = 'f' AND f.conrelid = g.oid \
                AND f.confrelid IN (SELECT oid FROM growing)), g.relname";
    names(connection, text).await
}

/// Small tables that tables which grow point to, and those that are read beside them.
async fn pointed_to(connection: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let text = "SELECT DISTINCT f.confrelid::regclass::text AS name FROM pg_constraint f \
                JOIN pg_attribute own ON own.attrelid = f.conrelid AND own.attname = 'project' AND NOT own.attisdropped \
                WHERE f.contype = 'f' AND NOT EXISTS ( \
                    SELECT 1 FROM pg_attribute a WHERE a.attrelid = f.confrelid AND a.attname = 'project' AND NOT a.attisdropped \
                ) ORDER BY 1";
    let mut tables = names(connection, text).await?;
    tables.extend(READ_BESIDE.map(str::to_owned));
    Ok(tables)
}

async fn names(connection: &DatabaseConnection, text: &str) -> Result<Vec<String>, DbErr> {
    let rows = connection.query_all_raw(Statement::from_string(DbBackend::Postgres, text)).await?;
    rows.into_iter().map(|row| row.try_get("", "name")).collect()
}

async fn call(connection: &DatabaseConnection, text: &str, arguments: &[&str]) -> Result<(), DbErr> {
    let arguments = arguments.iter().map(|argument| (*argument).into());
    connection.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, text, arguments)).await.map(|_| ())
}
