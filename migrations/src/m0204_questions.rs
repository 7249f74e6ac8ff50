//! Questions with their versions, and the tags of a project.

use crate::{drop_tables, key, unique};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("questions")
                    .col(text("id").primary_key())
                    .col(text("project_id"))
                    .col(text("name"))
                    // The name as people see it: no two of a project look the same.
                    .col(text("folded"))
                    .col(integer("version"))
                    .col(integer("position"))
                    .col(boolean("archived"))
                    .col(big_integer("created"))
                    .foreign_key(ForeignKey::create().from("questions", "project_id").to("projects", "id"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("questions_by_name", "questions", &["project_id", "folded"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("question_versions")
                    .col(text("question_id"))
                    .col(integer("version"))
                    .col(text("project_id"))
                    .col(text("definition"))
                    .col(text_null("created_by"))
                    .col(big_integer("created"))
                    .primary_key(&mut key(&["question_id", "version"]))
                    .foreign_key(ForeignKey::create().from("question_versions", "question_id").to("questions", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("tags")
                    .col(text("id").primary_key())
                    .col(text("project_id"))
                    .col(text("name"))
                    // The name as people see it: no two of a project look the same.
                    .col(text("folded"))
                    .col(text("color"))
                    .col(text("description"))
                    .col(integer("position"))
                    .col(big_integer("created"))
                    .foreign_key(ForeignKey::create().from("tags", "project_id").to("projects", "id"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("tags_by_name", "tags", &["project_id", "folded"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["tags", "question_versions", "questions"]).await
    }
}
