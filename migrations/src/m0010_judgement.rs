//! Gold values, and answers that are no numbers.

use crate::{drop_tables, key};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Columns that join tables which are there already.
fn columns() -> Vec<(&'static str, &'static str, ColumnDef)> {
    vec![
        // False once somebody has edited `expected` directly: the answer is remembered and no longer counts.
        ("answers", "active", boolean("active").default(true).take()),
        // The entry of the activity that a command made, so that it can be taken back by the command's own id.
        ("commands", "entry", big_integer_null("entry")),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, _, mut column) in columns() {
            manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("golds")
                    .col(big_integer("span"))
                    .col(text("question_id"))
                    .col(text("project_id"))
                    .col(big_integer("object"))
                    .col(text("person_id"))
                    .col(integer("version"))
                    .col(text("value"))
                    // Units of 1e-9; none for what is no number.
                    .col(big_integer_null("score"))
                    .col(text("reason"))
                    .col(big_integer("updated"))
                    .primary_key(&mut key(&["span", "question_id"]))
                    .foreign_key(ForeignKey::create().from("golds", "question_id").to("questions", "id"))
                    .foreign_key(ForeignKey::create().from("golds", "person_id").to("people", "id"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["golds"]).await?;
        for (table, name, _) in columns() {
            manager.alter_table(Table::alter().table(table).drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}
