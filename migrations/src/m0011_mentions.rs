//! Mentions: which comments name whom, and whether they have read it.

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
                    .table("mentions")
                    .col(text("comment_id"))
                    .col(text("person_id"))
                    .col(big_integer("created"))
                    .col(big_integer_null("read"))
                    .primary_key(&mut key(&["comment_id", "person_id"]))
                    .foreign_key(ForeignKey::create().from("mentions", "comment_id").to("comments", "id"))
                    .foreign_key(ForeignKey::create().from("mentions", "person_id").to("people", "id"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("mentions_of_person", "mentions", &["person_id", "created"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["mentions"]).await
    }
}
