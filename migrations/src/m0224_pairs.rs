//! Review lists that show two experiments side by side: which row stands beside which, and which of the two a reviewer prefers.

use crate::{drop_tables, in_order, key};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("review_pairs")
                    .col(big_integer("project"))
                    // The item of the row of the first experiment.
                    .col(big_integer("item"))
                    // The row of the second one that has the same input, and the experiment.
                    .col(big_integer("object"))
                    .col(big_integer("span"))
                    .primary_key(&mut key(&["project", "item"]))
                    .extra(in_order(manager))
                    .to_owned(),
            )
            .await?;
        // The row of which experiment is better, and whether that of the second one stood on the left; none of reviews of single rows.
        for column in [text_null("preference"), boolean_null("swapped")] {
            manager.alter_table(Table::alter().table("reviews").add_column(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["swapped", "preference"] {
            manager.alter_table(Table::alter().table("reviews").drop_column(column).to_owned()).await?;
        }
        drop_tables(manager, &["review_pairs"]).await
    }
}
