//! Saved views: how a list is shown, under a name.

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
                    .table("views")
                    .col(text("id").primary_key())
                    .col(text("project_id"))
                    .col(text("view_type"))
                    .col(text("name"))
                    // Among whose names it stands: empty where it is shared, else the id of its owner.
                    .col(text("space"))
                    // The name as people see it: no two of a space look the same. Emptied when the view is deleted, so that the name becomes
                    // free.
                    .col(text_null("live_name"))
                    .col(text("owner"))
                    .col(boolean("is_default"))
                    .col(text("state"))
                    // What an SDK sent of it, as JSON.
                    .col(text_null("sent"))
                    .col(integer("version"))
                    .col(big_integer("created"))
                    .col(big_integer("changed"))
                    .col(big_integer_null("deleted"))
                    .foreign_key(ForeignKey::create().from("views", "project_id").to("projects", "id"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("views_by_name", "views", &["project_id", "view_type", "space", "live_name"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["views"]).await
    }
}
