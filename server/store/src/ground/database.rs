//! Connections, and statements that are written once for both databases.

use crate::ground::error::{Error, Result};
use migrations::{Distribution, Undistributed};
use sea_orm::sqlx;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sea_orm::sqlx::{Connection as _, Executor as _};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, FromQueryResult, Statement,
    TransactionTrait, Value,
};
use std::io::ErrorKind;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// A pool of connections.
pub(crate) type Connection = DatabaseConnection;

/// Connections that only read, for each process. SQLite readers never wait for the writer.
const READERS: u32 = 8;

/// Groups of commands that PostgreSQL may take at once, each of another project. SQLite knows one writer.
const WRITERS: u32 = 4;

/// Now, in microseconds since 1970, by PostgreSQL's clock.
pub(crate) const NOW: &str = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";

/// What PostgreSQL keeps to on connections that write. Whoever stands still inside a transaction (a process that is frozen, a machine that
/// is gone) loses it within seconds, so that nobody waits for them for long; and a commit is on the disk when it returns.
const WRITING: &str = "SET lock_timeout = '8s'; SET idle_in_transaction_session_timeout = '5s'; SET statement_timeout = '30s'; \
                       SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; \
                       SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

/// What PostgreSQL keeps to on connections that read: whatever is read in one transaction is of one moment, and a statement ends when
/// nobody waits for it any more.
const READING: &str = "SET default_transaction_isolation = 'repeatable read'; SET default_transaction_read_only = on; \
                       SET statement_timeout = '30s'";

/// How long a connection may have been idle so that it is used without asking first whether it is still there.
const FRESH: Duration = Duration::from_secs(1);

/// How long is waited for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many groups of commands may be written at once.
pub(crate) fn writers(url: &str) -> u32 {
    if url.starts_with("sqlite:") { 1 } else { WRITERS }
}

/// The address of a database as all connections use it. PostgreSQL's own `sslmode=prefer`, which holds where nothing is said, goes on
/// without encryption where none can be had, as with its own clients: a server that makes its own certificate often makes one of X.509
/// version 1, which cannot be read here.
pub(crate) async fn reachable(url: &str) -> String {
    let options = url.parse::<PgConnectOptions>().ok().filter(|_| !url.starts_with("sqlite:"));
    let Some(options) = options.filter(|options| matches!(options.get_ssl_mode(), PgSslMode::Prefer)) else { return url.to_owned() };
    let error = match timeout(PATIENCE, PgConnection::connect_with(&options)).await {
        Ok(Err(error)) if cannot_be_encrypted(&error) => error,
        // Whatever else is wrong is told by who connects next.
        Ok(Err(_)) | Err(_) => return url.to_owned(),
        Ok(Ok(connection)) => {
            if let Err(error) = connection.close().await {
                tracing::debug!(%error, "a connection did not end orderly");
            }
            return url.to_owned();
        }
    };
    tracing::warn!(
        %error,
        "the database offers encryption that cannot be used, and goes without it; add ?sslmode=require to its address to refuse that"
    );
    let sign = if url.contains('?') { '&' } else { '?' };
    format!("{url}{sign}sslmode=disable")
}

/// Whether the server was there, and it was the encryption that failed.
fn cannot_be_encrypted(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Tls(_) => true,
        sqlx::Error::Io(error) => error.kind() == ErrorKind::InvalidData,
        _ => false,
    }
}

/// Opens the connections that write and those that read.
pub(crate) async fn open(url: &str) -> Result<(Connection, Connection)> {
    let write = connect_new(url).await?;
    let read = connect(url, READERS, true).await?;
    Ok((write, read))
}

/// Opens the connections that write. Processes that begin at once with a new SQLite file exclude each other for a moment, and SQLite does
/// not wait by itself there.
async fn connect_new(url: &str) -> Result<Connection> {
    let began = Instant::now();
    loop {
        match connect(url, writers(url), false).await {
            Err(error) if url.starts_with("sqlite:") && error.is_out_of_reach() && began.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            connected => return connected,
        }
    }
}

async fn connect(url: &str, connections: u32, read_only: bool) -> Result<Connection> {
    let sqlite = url.starts_with("sqlite:");
    // SQLite makes the file on the first start; the readers open what the writer has made.
    let url = if sqlite && !url.contains('?') { format!("{url}?mode=rwc") } else { url.to_owned() };
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_postgres_pool_opts(move |options| {
            let first = if read_only { READING } else { WRITING };
            let options = options.after_connect(move |connection, _| {
                Box::pin(async move { connection.execute(sea_orm::sqlx::raw_sql(first)).await.map(|_| ()) })
            });
            options.before_acquire(|connection, metadata| {
                Box::pin(async move {
                    if metadata.idle_for > FRESH {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
        })
        .map_sqlx_sqlite_opts(move |options| {
            let options = options
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("foreign_keys", "ON")
                // Without it what is deleted stays readable in the file until its place is used again, also after *erase*.
                .pragma("secure_delete", "ON")
                .pragma("busy_timeout", "10000")
                // KiB. Everybody looks through `mmap_size` at what the operating system has cached already; and whenever a tree was balanced,
                // SQLite walks its whole cache at the next commit, so a large one makes every answer slower.
                .pragma("cache_size", if read_only { "-4096" } else { "-16384" })
                // Pages. Those that are written again and again go into the file once for many commits.
                .pragma("wal_autocheckpoint", "4000")
                .pragma("temp_store", "MEMORY")
                .pragma("mmap_size", "268435456");
            if read_only { options.pragma("query_only", "ON") } else { options }
        });
    Ok(Database::connect(options).await?)
}

/// Brings the database up to date.
pub(crate) async fn migrate(connection: &Connection) -> Result<()> {
    migrations::up(connection).await.map_err(|refusal| match refusal {
        migrations::Refusal::Foreign(_) => Error::Schema(refusal.to_string()),
        migrations::Refusal::Failed(error) => Error::Database(error),
    })
}

/// Spreads the tables that grow over the workers of a PostgreSQL with Citus.
pub(crate) async fn distribute(url: &str) -> Result<Distribution> {
    let connection = connect(&reachable(url).await, 1, false).await?;
    let distributed = migrations::distribute(&connection).await;
    connection.close().await?;
    distributed.map_err(|refusal| match refusal {
        Undistributed::Sqlite | Undistributed::NoExtension => Error::Schema(refusal.to_string()),
        Undistributed::Failed(error) => Error::Database(error),
    })
}

/// The size of the database in bytes.
pub(crate) async fn size(connection: &Connection) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Row {
        bytes: i64,
    }
    let text = match connection.get_database_backend() {
        DbBackend::Postgres => "SELECT pg_database_size(current_database()) AS bytes",
        _ => "SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size",
    };
    Ok(one::<Row>(connection, text, values![]).await?.map_or(0, |row| row.bytes))
}

/// Answers whether the database answers.
pub(crate) async fn ping(connection: &Connection) -> Result<()> {
    Ok(connection.ping().await?)
}

/// Puts what SQLite keeps in its log into the file, so that the file alone is all there is; done as far as nobody else reads.
pub(crate) async fn empty_log(connection: &Connection) -> Result<()> {
    if connection.get_database_backend() == DbBackend::Sqlite {
        connection.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
    }
    Ok(())
}

/// Lets the statements of a snapshot take as long as they need.
pub(crate) async fn without_limit(snapshot: &DatabaseTransaction) -> Result<()> {
    if snapshot.get_database_backend() == DbBackend::Postgres {
        snapshot.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
    }
    Ok(())
}

/// Begins a snapshot: everything read through it is of one moment.
pub(crate) async fn snapshot(readers: &Connection) -> Result<DatabaseTransaction> {
    Ok(readers.begin().await?)
}

#[cfg(test)]
thread_local! {
    /// The statements that were made on this thread, with the bytes that were bound, so that a test can count them.
    pub(crate) static STATEMENTS: std::cell::RefCell<Vec<(String, usize)>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// How many bytes a bound value has; a number has eight.
#[cfg(test)]
fn bytes(value: &Value) -> usize {
    match value {
        Value::String(Some(text)) => text.len(),
        Value::Bytes(Some(bytes)) => bytes.len(),
        _ => 8,
    }
}

/// A statement with `?` for each bound value, whatever the database calls it.
pub(crate) fn statement(connection: &impl ConnectionTrait, text: &str, values: Vec<Value>) -> Statement {
    #[cfg(test)]
    STATEMENTS.with_borrow_mut(|statements| statements.push((text.to_owned(), values.iter().map(bytes).sum())));
    let backend = connection.get_database_backend();
    let text = if backend == DbBackend::Postgres { numbered(text) } else { text.to_owned() };
    Statement::from_sql_and_values(backend, text, values.into_iter().map(without_nul))
}

/// PostgreSQL's text holds no NUL. What is looked up by one is not there, on both databases.
fn without_nul(value: Value) -> Value {
    match value {
        Value::String(Some(text)) if text.contains('\0') => Value::String(Some(text.replace('\0', "\u{fffd}"))),
        value => value,
    }
}

/// `?` becomes `$1`, `$2`, … Our statements have no `?` in strings.
fn numbered(text: &str) -> String {
    let mut numbered = String::with_capacity(text.len() + 16);
    let mut number = 0;
    for character in text.chars() {
        if character == '?' {
            number += 1;
            numbered.push_str(&format!("${number}"));
        } else {
            numbered.push(character);
        }
    }
    numbered
}

/// Every row.
pub(crate) async fn all<T: FromQueryResult>(connection: &impl ConnectionTrait, text: &str, values: Vec<Value>) -> Result<Vec<T>> {
    Ok(T::find_by_statement(statement(connection, text, values)).all(connection).await?)
}

/// The first row.
pub(crate) async fn one<T: FromQueryResult>(connection: &impl ConnectionTrait, text: &str, values: Vec<Value>) -> Result<Option<T>> {
    Ok(T::find_by_statement(statement(connection, text, values)).one(connection).await?)
}

/// Whether there is a row.
pub(crate) async fn exists(connection: &impl ConnectionTrait, text: &str, values: Vec<Value>) -> Result<bool> {
    Ok(connection.query_one_raw(statement(connection, text, values)).await?.is_some())
}

/// Runs a statement and says how many rows it changed.
pub(crate) async fn run(connection: &impl ConnectionTrait, text: &str, values: Vec<Value>) -> Result<u64> {
    Ok(connection.execute_raw(statement(connection, text, values)).await?.rows_affected())
}

/// A statement that waits for others to be sent with.
pub(crate) type StatementPart = (String, Vec<Value>);

/// Runs statements of which none reads what another writes, nor touches a row that another touches: on PostgreSQL as one, on SQLite in
/// one visit. What comes back are the rows of the last.
pub(crate) async fn together<T: FromQueryResult>(connection: &impl ConnectionTrait, parts: Vec<StatementPart>) -> Result<Vec<T>> {
    let Some((text, bound)) = joined(connection, parts) else { return Ok(Vec::new()) };
    all::<T>(connection, &text, bound).await
}

/// The same, where nothing comes back.
pub(crate) async fn run_together(connection: &impl ConnectionTrait, parts: Vec<StatementPart>) -> Result<()> {
    let Some((text, bound)) = joined(connection, parts) else { return Ok(()) };
    run(connection, &text, bound).await.map(|_| ())
}

fn joined(connection: &impl ConnectionTrait, mut parts: Vec<StatementPart>) -> Option<StatementPart> {
    let (last, values) = parts.pop()?;
    let text = if connection.get_database_backend() == DbBackend::Postgres {
        let with: Vec<_> = parts.iter().enumerate().map(|(number, (text, _))| format!("part_{number} AS ({text})")).collect();
        if with.is_empty() { last } else { format!("WITH {} {last}", with.join(", ")) }
    } else {
        parts.iter().map(|(text, _)| text.as_str()).chain([last.as_str()]).collect::<Vec<_>>().join("; ")
    };
    Some((text, parts.into_iter().flat_map(|(_, values)| values).chain(values).collect()))
}

/// `(?, ?, ?)` as many times as there are rows, for one insert of many.
pub(crate) fn places(columns: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row.as_str(); rows].join(", ")
}

/// Columns of the rows of a part `FROM`, of our own text, as one value: JSON text, a list of a list for each row. Without rows it may be NULL.
pub(crate) fn json_rows(connection: &impl ConnectionTrait, columns: &str, from: &str) -> String {
    match connection.get_database_backend() {
        DbBackend::Postgres => format!("(SELECT CAST(json_agg(json_build_array({columns})) AS TEXT) FROM {from})"),
        _ => format!("(SELECT json_group_array(json_array({columns})) FROM {from})"),
    }
}

/// `?, ?, ?` for a list.
pub(crate) fn list(length: usize) -> String {
    vec!["?"; length].join(", ")
}

/// Whether an error says that a unique constraint forbids the row.
pub(crate) fn is_duplicate(error: &Error) -> bool {
    match error {
        Error::Database(error) => matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))),
        _ => false,
    }
}

/// Bound values of a statement.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$(sea_orm::Value::from($value)),*] };
}
pub(crate) use values;

/// A setting that is made at the first start and is the same ever after.
pub(crate) async fn setting(connection: &Connection, name: &str, first: String) -> Result<String> {
    #[derive(FromQueryResult)]
    struct Row {
        value: String,
    }
    let text = "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING";
    run(connection, text, values![name, first]).await?;
    let row = one::<Row>(connection, "SELECT value FROM settings WHERE name = ?", values![name]).await?;
    Ok(row.ok_or_else(|| Error::Corrupt(format!("the installation has no {name}")))?.value)
}
