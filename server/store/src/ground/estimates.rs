//! What SQLite is told of how many rows share the first columns of an index.
//!
//! By itself it believes that a project is as telling as a trace, and walks a whole project where an index leads to five rows. `ANALYZE`
//! would count what is there, so that the same statement is another plan tomorrow. What is written here is the same in every installation,
//! and so are its plans. PostgreSQL counts by itself, in time.

use crate::ground::database::{Connection, all, exists, places, run, values};
use crate::ground::error::Result;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, TransactionTrait};

/// Rows of a table that grows.
const ROWS: u64 = 1_000_000;

/// Rows that have the same value in a column, about; where nothing is said, few.
fn sharing(column: &str) -> u64 {
    match column {
        "project" => 200_000,
        "object" | "list_id" => 50_000,
        "question_id" | "person_id" | "name" | "tag" | "listed" => 20_000,
        "version" | "complete" | "block" => 10_000,
        "value" | "hour" => 100,
        "trace" => 8,
        _ => 2,
    }
}

#[derive(FromQueryResult)]
struct Column {
    about: String,
    index_name: String,
    forbids_duplicates: bool,
    name: String,
}

/// Tells it, unless it was told already.
///
/// # Errors
/// If the database cannot be written.
pub(crate) async fn tell(connection: &Connection) -> Result<()> {
    if connection.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    // A table that is its own index is known by its own name.
    let text = "SELECT t.name AS about, CASE WHEN t.wr AND l.origin = 'pk' THEN t.name ELSE l.name END AS index_name, \
                l.\"unique\" AS forbids_duplicates, c.name AS name \
                FROM pragma_table_list t JOIN pragma_index_list(t.name) l JOIN pragma_index_info(l.name) c \
                WHERE t.schema = 'main' AND t.type = 'table' ORDER BY t.name, index_name, c.seqno";
    let columns = all::<Column>(connection, text, values![]).await?;
    let estimates: Vec<_> = columns.chunk_by(|one, next| one.index_name == next.index_name).filter_map(estimate).collect();
    if told(connection).await? == estimates {
        return Ok(());
    }
    let transaction = connection.begin().await?;
    // It makes the table of estimates, for a table that has no index to count.
    transaction.execute_unprepared("ANALYZE sqlite_schema").await?;
    run(&transaction, "DELETE FROM sqlite_stat1", values![]).await?;
    let text = format!("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES {}", places(3, estimates.len()));
    run(&transaction, &text, estimates.into_iter().flatten().map(Into::into).collect()).await?;
    transaction.execute_unprepared("ANALYZE sqlite_schema").await?;
    Ok(transaction.commit().await?)
}

/// What it was told before.
async fn told(connection: &Connection) -> Result<Vec<[String; 3]>> {
    #[derive(FromQueryResult)]
    struct Row {
        tbl: String,
        idx: String,
        stat: String,
    }
    if !exists(connection, "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'", values![]).await? {
        return Ok(Vec::new());
    }
    let rows = all::<Row>(connection, "SELECT tbl, idx, stat FROM sqlite_stat1 WHERE idx IS NOT NULL ORDER BY tbl, idx", values![]).await?;
    Ok(rows.into_iter().map(|Row { tbl, idx, stat }| [tbl, idx, stat]).collect())
}

/// What SQLite keeps of an index: how many rows there are, and how many share its first column, its first two, and so on.
fn estimate(columns: &[Column]) -> Option<[String; 3]> {
    let first = columns.first().filter(|first| first.name == "project")?;
    let mut rows = ROWS;
    let mut numbers = vec![rows];
    for column in columns {
        rows = rows.min(sharing(&column.name));
        numbers.push(rows);
    }
    if let (true, Some(last)) = (first.forbids_duplicates, numbers.last_mut()) {
        *last = 1;
    }
    let numbers: Vec<_> = numbers.iter().map(u64::to_string).collect();
    Some([first.about.clone(), first.index_name.clone(), numbers.join(" ")])
}
