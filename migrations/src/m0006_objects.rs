//! Experiments and datasets: what is known of an object beside its rows. `objects` itself is as old as the logs in it.

use crate::unique;
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMNS: [&str; 4] = ["live_name", "details", "created_by", "deleted"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // As with projects: a deleted object keeps its row, and its name becomes free because `live_name` is emptied.
        let mut details = text("details");
        let columns = [text_null("live_name"), details.default("{}").take(), text_null("created_by"), big_integer_null("deleted")];
        for mut column in columns {
            // SQLite adds one column at a time.
            manager.alter_table(Table::alter().table("objects").add_column(&mut column).to_owned()).await?;
        }
        manager.drop_index(Index::drop().name("objects_by_name").table("objects").to_owned()).await?;
        manager.create_index(unique("objects_by_live_name", "objects", &["project_id", "kind", "live_name"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DELETE FROM objects WHERE kind <> 'project_logs'").await?;
        manager.drop_index(Index::drop().name("objects_by_live_name").table("objects").to_owned()).await?;
        for column in COLUMNS {
            manager.alter_table(Table::alter().table("objects").drop_column(column).to_owned()).await?;
        }
        manager.create_index(unique("objects_by_name", "objects", &["project_id", "kind", "name"])).await
    }
}
