//! Comments, the activity of spans, commands that must not run twice, and live events.

use crate::{drop_tables, index, key};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("comments")
                    .col(text("id").primary_key())
                    .col(text("project_id"))
                    .col(big_integer("object"))
                    .col(big_integer("span"))
                    .col(text_null("person_id"))
                    .col(text_null("external"))
                    .col(text("text"))
                    .col(big_integer("created"))
                    .col(big_integer_null("edited"))
                    .col(big_integer_null("deleted"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("comments_of_span", "comments", &["span", "created"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("activity")
                    .col(big_integer("id").primary_key())
                    .col(text("project_id"))
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
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("activity_of_span", "activity", &["span", "id"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("commands")
                    .col(text("person_id"))
                    .col(text("client_id"))
                    .col(big_integer("created"))
                    .primary_key(&mut key(&["person_id", "client_id"]))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("events")
                    .col(text("project_id"))
                    .col(big_integer("sequence"))
                    .col(text("body"))
                    .col(big_integer("created"))
                    .primary_key(&mut key(&["project_id", "sequence"]))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["events", "commands", "activity", "comments"]).await
    }
}
