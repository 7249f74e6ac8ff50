//! Objects of a project that hold spans: its logs, experiments and datasets.

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
                    .table("objects")
                    // Carries its project, as the keys of spans do.
                    .col(big_integer("key").primary_key())
                    .col(text_uniq("id"))
                    .col(text("project_id"))
                    .col(text("kind"))
                    .col(text("name"))
                    // A deleted object keeps its row; its name becomes free because `live_name` is emptied.
                    .col(text_null("live_name"))
                    .col(text("details").default("{}"))
                    .col(text_null("created_by"))
                    .col(big_integer("created"))
                    .col(big_integer_null("deleted"))
                    .col(text_null("deleted_by"))
                    .col(big_integer_null("last_activity"))
                    // Exact counts, kept by the writer, so that reading them never counts rows.
                    .col(big_integer("spans"))
                    .col(big_integer("traces"))
                    .foreign_key(ForeignKey::create().from("objects", "project_id").to("projects", "id"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("objects_by_live_name", "objects", &["project_id", "kind", "live_name"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["objects"]).await
    }
}
