//! Comments, which of them name whom, and whether they have read it.

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
                    .table("comments")
                    .col(big_integer("project"))
                    .col(text("id"))
                    .col(big_integer("object"))
                    .col(big_integer("span"))
                    .col(text_null("person_id"))
                    .col(text_null("external"))
                    .col(text("text"))
                    .col(big_integer("created"))
                    .col(big_integer_null("edited"))
                    .col(big_integer_null("deleted"))
                    .primary_key(&mut key(&["project", "id"]))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("comments_of_span", "comments", &["project", "span", "created"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("mentions")
                    .col(big_integer("project"))
                    .col(text("comment_id"))
                    .col(text("person_id"))
                    .col(big_integer("created"))
                    .col(big_integer_null("read"))
                    .primary_key(&mut key(&["project", "comment_id", "person_id"]))
                    .foreign_key(
                        ForeignKey::create()
                            .from_tbl("mentions")
                            .from_col("project")
                            .from_col("comment_id")
                            .to_tbl("comments")
                            .to_col("project")
                            .to_col("id"),
                    )
                    .foreign_key(ForeignKey::create().from("mentions", "person_id").to("people", "id"))
                    .extra(in_order(manager))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("mentions_of_person", "mentions", &["project", "person_id", "created"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["mentions", "comments"]).await
    }
}
