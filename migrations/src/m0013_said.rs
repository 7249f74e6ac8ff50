//! Versions of what people said, so that a row as of a transaction has its answers.

use crate::{drop_tables, key};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Columns that join tables which are there already.
fn columns() -> Vec<(&'static str, &'static str, ColumnDef)> {
    vec![
        // The transactions that first gave an answer and that made it what it is. Of several answers the earliest or the latest counts.
        ("answers", "first_transaction", big_integer("first_transaction").default(0).take()),
        ("answers", "transaction_id", big_integer("transaction_id").default(0).take()),
        ("golds", "transaction_id", big_integer("transaction_id").default(0).take()),
        // The last transaction that said something about the span or took it back; none where nobody ever said anything.
        ("spans", "said", big_integer_null("said")),
        // Whether `expected` was written by a person who saw what others had said there, and may have repeated it.
        ("spans", "informed", boolean("informed").default(false).take()),
        ("span_versions", "informed", boolean("informed").default(false).take()),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, _, mut column) in columns() {
            manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await?;
        }
        // Answers and gold values that were changed or taken back. Those that stand are in `answers` and `golds`.
        manager
            .create_table(
                Table::create()
                    .table("said_versions")
                    .col(text("project_id"))
                    .col(big_integer("span"))
                    .col(text("question_id"))
                    .col(text("person_id"))
                    .col(boolean("gold"))
                    .col(integer("version"))
                    .col(text("value"))
                    .col(big_integer_null("score"))
                    .col(boolean("active"))
                    .col(big_integer("first_transaction"))
                    .col(big_integer("transaction_id"))
                    // The transaction from which on this did not stand any more.
                    .col(big_integer("superseded"))
                    .primary_key(&mut key(&["span", "question_id", "person_id", "gold", "transaction_id"]))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["said_versions"]).await?;
        for (table, name, _) in columns() {
            manager.alter_table(Table::alter().table(table).drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}
