//! Projects, the objects in them that hold spans, and the counters that order every write.

use crate::{drop_tables, unique};
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
                    .col(text("name"))
                    .col(text_null("live_name").unique_key())
                    .col(text("settings"))
                    .col(text_null("created_by"))
                    .col(big_integer("created"))
                    .col(big_integer_null("deleted"))
                    // The last transaction and the last event of the project: locked by whoever writes to it.
                    .col(big_integer("transaction_id"))
                    .col(big_integer("event"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("objects")
                    .col(big_pk_auto("key"))
                    .col(text_uniq("id"))
                    .col(text("project_id"))
                    .col(text("kind"))
                    .col(text("name"))
                    .col(big_integer("created"))
                    .col(big_integer_null("last_activity"))
                    // Exact counts, kept by the writer, so that reading them never counts rows.
                    .col(big_integer("spans"))
                    .col(big_integer("traces"))
                    .foreign_key(ForeignKey::create().from("objects", "project_id").to("projects", "id"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("objects_by_name", "objects", &["project_id", "kind", "name"])).await?;
        manager.create_table(Table::create().table("counters").col(text("name").primary_key()).col(big_integer("value")).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["counters", "objects", "projects"]).await
    }
}
