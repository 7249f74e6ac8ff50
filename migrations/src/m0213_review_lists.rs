//! Review lists. Every project has one from the start, whose id is the project's own.

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
                    .table("review_lists")
                    .col(text("id").primary_key())
                    .col(text("project_id"))
                    .col(text("name"))
                    // The name as people see it: no two of a project look the same. Emptied when the list is taken away, so that the name
                    // becomes free.
                    .col(text_null("live_name"))
                    .col(text("definition"))
                    // What its draws are made from, never changed.
                    .col(big_integer("seed"))
                    .col(text_null("created_by"))
                    .col(big_integer("created"))
                    // One more with every change.
                    .col(integer("version").default(1))
                    .col(big_integer_null("deleted"))
                    .col(text_null("deleted_by"))
                    .foreign_key(ForeignKey::create().from("review_lists", "project_id").to("projects", "id"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("review_lists_by_name", "review_lists", &["project_id", "live_name"])).await?;
        let text = "INSERT INTO review_lists (id, project_id, name, live_name, definition, seed, created_by, created) \
                    SELECT id, id, 'Review', 'review', '{}', created, created_by, created FROM projects";
        manager.get_connection().execute_unprepared(text).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["review_lists"]).await
    }
}
