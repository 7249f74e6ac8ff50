//! Which dataset is being brought back to a version, so that no two restores mix.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Of a version that keeps how a dataset stood before a restore: when that last gave a sign of life. None when it is over.
        let column = big_integer_null("restoring");
        manager.alter_table(Table::alter().table("dataset_versions").add_column(column).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("dataset_versions").drop_column("restoring").to_owned()).await
    }
}
