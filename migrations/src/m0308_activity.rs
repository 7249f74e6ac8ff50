//! The activity of spans, and the chain of digests that proves that none of it was changed afterwards.

use crate::{drop_tables, in_order, index, key};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("activity")
                    .col(big_integer("project"))
                    .col(big_integer("id"))
                    .col(big_integer("object"))
                    .col(big_integer("span"))
                    .col(big_integer("transaction_id"))
                    .col(text_null("person_id"))
                    .col(text_null("external"))
                    .col(text("source"))
                    .col(text("action"))
                    .col(text("path"))
                    .col(text_null("from_value"))
                    .col(text_null("to_value"))
                    .col(text_null("reason"))
                    .col(big_integer("created"))
                    .col(binary_null("salt"))
                    .col(binary_null("digest"))
                    .primary_key(&mut key(&["project", "id"]))
                    .extra(in_order(manager))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("activity_of_span", "activity", &["project", "span", "id"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("links")
                    .col(big_integer("project"))
                    .col(big_integer("sequence"))
                    .col(big_integer("first_transaction"))
                    .col(big_integer("last_transaction"))
                    .col(big_integer("leaves"))
                    .col(binary("digest"))
                    .col(binary("hash"))
                    .col(big_integer("created"))
                    .primary_key(&mut key(&["project", "sequence"]))
                    .extra(in_order(manager))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["links", "activity"]).await
    }
}
