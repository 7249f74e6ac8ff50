//! Projects. Whatever grows with their use begins with a project's short integer, so that it can be kept apart by project.

use crate::drop_tables;
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // `live_name` is the name as people see it, so that no two look the same. A deleted project keeps its row; its name becomes free
        // because `live_name` is emptied.
        manager
            .create_table(
                Table::create()
                    .table("projects")
                    .col(text("id").primary_key())
                    // Given at creation and never again: tables that grow name their project by it.
                    .col(big_integer_uniq("short"))
                    .col(text("name"))
                    .col(text_null("live_name").unique_key())
                    .col(text("settings"))
                    // What inputs of its rows are digested with, so that no digest tells anything outside of the project.
                    .col(binary("salt"))
                    .col(text_null("created_by"))
                    .col(big_integer("created"))
                    .col(big_integer_null("deleted"))
                    .col(text_null("deleted_by"))
                    // Where the project stands, locked by whoever writes to it: its last transaction, its last event, the last number that
                    // was given to something in it, and the last link of its chain.
                    .col(big_integer("transaction_id"))
                    .col(big_integer("event"))
                    .col(big_integer("number"))
                    .col(big_integer("link").default(0))
                    .col(binary_null("hash"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["projects"]).await
    }
}
