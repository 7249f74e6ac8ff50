//! Prompts and functions, kept for SDKs that load them.

use crate::{drop_tables, unique};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("functions")
                    .col(text("id").primary_key())
                    .col(text("project_id"))
                    .col(text("kind"))
                    .col(text("name"))
                    .col(text("slug"))
                    // Emptied when it is deleted, so that the slug becomes free.
                    .col(text_null("live_slug"))
                    .col(text("details"))
                    .col(big_integer("transaction_id"))
                    .col(text("created_by"))
                    .col(big_integer("created"))
                    .col(big_integer_null("deleted"))
                    .foreign_key(ForeignKey::create().from("functions", "project_id").to("projects", "id"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("functions_by_slug", "functions", &["project_id", "kind", "live_slug"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["functions"]).await
    }
}
