//! What filters on words find without looking at every row. It follows what is written.

use crate::{drop_tables, in_order, key};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("word_postings")
                    .col(big_integer("project"))
                    // Rows whose numbers differ only in their last twelve bits share a block.
                    .col(big_integer("block"))
                    // After the number of a field. By itself that stands for rows of which the words of the field are not here.
                    .col(binary("word"))
                    // Those rows of the block: their last twelve bits one after the other, or a bit for each where that is shorter.
                    .col(binary("spans"))
                    .primary_key(&mut key(&["project", "block", "word"]))
                    .extra(in_order(manager))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("word_indexes")
                    .col(big_integer("project"))
                    // Rows up to this key are indexed.
                    .col(big_integer("mark"))
                    // How often the index was written.
                    .col(big_integer("turn"))
                    .primary_key(&mut key(&["project"]))
                    .to_owned(),
            )
            .await?;
        // Rows that changed since they were indexed, or were about to be.
        manager
            .create_table(
                Table::create()
                    .table("word_changes")
                    .col(big_integer("project"))
                    // The span's.
                    .col(big_integer("key"))
                    // The last that changed it.
                    .col(big_integer("transaction_id"))
                    .primary_key(&mut key(&["project", "key"]))
                    .extra(in_order(manager))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["word_changes", "word_indexes", "word_postings"]).await
    }
}
