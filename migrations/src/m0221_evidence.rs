//! How sure somebody is of an answer, and the places in the content that led to it; the activity tells both, so that they can be proven.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The tables of answers that stand and of those that stood.
const ANSWERED: [&str; 2] = ["answers", "said_versions"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ANSWERED {
            // From 0 to 1, and a list of places with their words as JSON; none where nobody said.
            for column in [double_null("sureness"), text_null("evidence")] {
                manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
            }
        }
        // Both as JSON, of an answer with one of them.
        manager.alter_table(Table::alter().table("activity").add_column(text_null("given")).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("activity").drop_column("given").to_owned()).await?;
        for table in ANSWERED {
            for column in ["sureness", "evidence"] {
                manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
            }
        }
        Ok(())
    }
}
