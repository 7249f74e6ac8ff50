//! Every version of every row, and the chain of digests that proves that none was changed afterwards.

use crate::{drop_tables, index, key};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Columns that join tables which are there already. Rows from before have no digest and stand outside the chain.
fn columns() -> Vec<(&'static str, &'static str, ColumnDef)> {
    let added = |table, column: ColumnDef, name| (table, name, column);
    vec![
        added("spans", text("action").default("upsert").take(), "action"),
        added("spans", text_null("written_by"), "written_by"),
        added("span_payloads", binary_null("salt"), "salt"),
        added("span_payloads", binary_null("digest"), "digest"),
        added("activity", binary_null("salt"), "salt"),
        added("activity", binary_null("digest"), "digest"),
        // The last link of the project's chain.
        added("projects", big_integer("link").default(0).take(), "link"),
        added("projects", binary_null("hash"), "hash"),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, _, mut column) in columns() {
            // SQLite adds one column at a time.
            manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await?;
        }
        // What a span was before a later transaction replaced or deleted it. The newest version stands in `spans`.
        manager
            .create_table(
                Table::create()
                    .table("span_versions")
                    .col(big_integer("object"))
                    .col(text("row_id"))
                    .col(big_integer("transaction_id"))
                    // The transaction from which on this version was no longer the newest. Of a deletion its own.
                    .col(big_integer("superseded"))
                    .col(text("project_id"))
                    // The span's.
                    .col(big_integer("key"))
                    .col(text("span_id"))
                    .col(text("root_span_id"))
                    .col(text_null("parent_span_id"))
                    .col(big_integer("created"))
                    .col(text("action"))
                    .col(text_null("written_by"))
                    // Emptied, and the salt with it, when the row is erased.
                    .col(text("body"))
                    .col(binary_null("salt"))
                    .col(binary_null("digest"))
                    .primary_key(&mut key(&["object", "row_id", "transaction_id"]))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("span_versions_by_time", "span_versions", &["object", "created", "key"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("links")
                    .col(text("project_id"))
                    .col(big_integer("sequence"))
                    .col(big_integer("first_transaction"))
                    .col(big_integer("last_transaction"))
                    .col(big_integer("leaves"))
                    .col(binary("digest"))
                    .col(binary("hash"))
                    .col(big_integer("created"))
                    .primary_key(&mut key(&["project_id", "sequence"]))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["links", "span_versions"]).await?;
        for (table, name, _) in columns() {
            manager.alter_table(Table::alter().table(table).drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}
