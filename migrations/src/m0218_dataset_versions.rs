//! Versions of datasets that have a name.

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
                    .table("dataset_versions")
                    .col(text("id").primary_key())
                    .col(text("object_id"))
                    .col(text("name"))
                    // The name as people see it: no two of a dataset look the same.
                    .col(text("folded_name"))
                    .col(text("note"))
                    // The last transaction that is in it.
                    .col(big_integer("transaction_id"))
                    // How many rows it has.
                    .col(big_integer("rows_then"))
                    .col(big_integer("created"))
                    .col(text("created_by"))
                    .foreign_key(ForeignKey::create().from("dataset_versions", "object_id").to("objects", "id"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("dataset_versions_by_name", "dataset_versions", &["object_id", "folded_name"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["dataset_versions"]).await
    }
}
