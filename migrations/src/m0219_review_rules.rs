//! Rules that fill review lists with rows as they arrive, and how far each has come.

use crate::{drop_tables, index};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("review_rules")
                    .col(text("id").primary_key())
                    .col(text("project_id"))
                    .col(text("list_id"))
                    // The id of what holds its rows.
                    .col(text("object_id"))
                    .col(text("filter"))
                    .col(double("rate"))
                    .col(big_integer_null("cap_per_day"))
                    // What is drawn by, never changed.
                    .col(big_integer("seed"))
                    // Whose it is, and with which API key it was made if with one: what these may no longer, it may not either.
                    .col(text("person_id"))
                    .col(text_null("key_id"))
                    .col(boolean("paused"))
                    // Why it has stopped.
                    .col(text_null("stopped"))
                    .col(big_integer("created"))
                    .col(big_integer_null("deleted"))
                    // The last number of the project when it began: traces with larger ones arrived later.
                    .col(big_integer("mark"))
                    // The last trace, and the last event of the project, that it has looked at.
                    .col(big_integer("seen"))
                    .col(big_integer("heard"))
                    // When its bound of a day last left a row out, and the last number of the project then.
                    .col(big_integer_null("cut"))
                    .col(big_integer("cut_mark"))
                    // The process that works at it, and until when the others leave it to that one.
                    .col(text_null("holder"))
                    .col(big_integer("held_until"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("review_rules_of_list", "review_rules", &["project_id", "list_id"])).await?;
        // How many rows a rule took in a day.
        let of_rule = "CREATE INDEX review_selections_of_rule ON review_selections (project, rule, created) WHERE rule IS NOT NULL";
        manager.get_connection().execute_unprepared(of_rule).await?;
        // With which probability a row of a job was drawn, and from the rows of which stratum; none where that is not known or was not asked.
        for column in [double_null("probability"), text_null("stratum")] {
            manager.alter_table(Table::alter().table("job_rows").add_column(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["probability", "stratum"] {
            manager.alter_table(Table::alter().table("job_rows").drop_column(column).to_owned()).await?;
        }
        manager.get_connection().execute_unprepared("DROP INDEX review_selections_of_rule").await?;
        drop_tables(manager, &["review_rules"]).await
    }
}
