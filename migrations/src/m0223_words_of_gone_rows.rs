//! Words of comments on rows that are gone were indexed again: those rows are looked at once more.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let text = "INSERT INTO word_changes (project, key, transaction_id) SELECT DISTINCT c.project, c.span, 0 FROM comments c \
                    WHERE NOT EXISTS (SELECT 1 FROM spans s WHERE s.project = c.project AND s.key = c.span) ON CONFLICT DO NOTHING";
        manager.get_connection().execute_unprepared(text).await.map(|_| ())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}
