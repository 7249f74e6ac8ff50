//! What people said and do not say any more: kept with the transaction that ended it, so that a row as of a version has the answers,
//! scores and texts that it had then.

use crate::Result;
use crate::ground::database::{StatementPart, run, values};
use crate::ground::keys::SpanKey;
use crate::ground::places::Home;
use crate::writing::writer::Change;
use sea_orm::Value;

/// Where what people say stands.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Table {
    Answers,
    Golds,
}

/// Keeps what is about to be changed or taken back. The condition, made of our own text, is one on columns of the table.
pub(crate) async fn keep(change: &mut Change, home: &Home, table: Table, condition: &str, bound: Vec<Value>) -> Result<()> {
    let (text, bound) = keeping(change, home, table, condition, bound).await?;
    run(&change.transaction, &text, bound).await.map(|_| ())
}

/// The same, to be written together with something else.
pub(crate) async fn keeping(change: &mut Change, home: &Home, table: Table, condition: &str, bound: Vec<Value>) -> Result<StatementPart> {
    let transaction = change.transaction_id(&home.project).await?;
    let (table, is_gold, first, circumstances) = match table {
        Table::Answers => ("answers", false, "first_transaction", "seconds, visible, sureness, evidence"),
        Table::Golds => {
            let none = "CAST(NULL AS INTEGER), CAST(NULL AS TEXT), CAST(NULL AS DOUBLE PRECISION), CAST(NULL AS TEXT)";
            ("golds", true, "transaction_id", none)
        }
    };
    let text = format!(
        "INSERT INTO said_versions (project, span, question_id, person_id, gold, version, value, score, active, first_transaction, \
         transaction_id, seconds, visible, sureness, evidence, superseded) SELECT project, span, question_id, person_id, ?, version, value, score, active, {first}, \
         transaction_id, {circumstances}, ? FROM {table} WHERE project = ? AND {condition}"
    );
    Ok((text, values![is_gold, transaction, home.short()].into_iter().chain(bound).collect()))
}

/// Remembers on a span when something was last said about it: that is a new version of its row.
pub(crate) async fn mark(change: &mut Change, home: &Home, span: SpanKey) -> Result<()> {
    let (text, bound) = marking(change, home, span).await?;
    run(&change.transaction, &text, bound).await.map(|_| ())
}

/// The same, to be written together with something else.
pub(crate) async fn marking(change: &mut Change, home: &Home, span: SpanKey) -> Result<StatementPart> {
    let transaction = change.transaction_id(&home.project).await?;
    Ok(("UPDATE spans SET said = ? WHERE project = ? AND key = ?".to_owned(), values![transaction, home.short(), span]))
}
