//! Projects that came from another installation, or are on their way.

use super::drop_tables;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("imports")
                    // The project that is made. Nobody sees it before it is finished.
                    .col(text("project_id").primary_key())
                    // What was exported: the id of the project and of what in it, and where the project stood then. The same archive once more
                    // goes on with the same project.
                    .col(text("source"))
                    // Whose import it is.
                    .col(text("person_id"))
                    .col(big_integer("created"))
                    .col(big_integer_null("finished"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["imports"]).await
    }
}
