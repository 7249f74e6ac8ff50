//! Jobs: one thing done to many rows, and how far it has come.

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
                    .table("jobs")
                    .col(big_integer("project"))
                    .col(big_integer("key"))
                    // The id of what holds its rows.
                    .col(text("object_id"))
                    // Who started it, and with which API key if with one: what these may no longer, the job may not either.
                    .col(text("person_id"))
                    .col(text_null("key_id"))
                    .col(text("action"))
                    // None where rows were picked.
                    .col(text_null("filter"))
                    // The last number of the project when it was started: whatever has a larger key arrived later.
                    .col(big_integer("mark"))
                    // The transaction in which it was started.
                    .col(big_integer("as_of"))
                    .col(text("state"))
                    .col(text_null("reason"))
                    // Its rows in `job_rows`; none until they are all there.
                    .col(big_integer_null("total"))
                    // How many matched the filter, of which these were drawn.
                    .col(big_integer_null("matched"))
                    // The place of the first row that was not looked at, and of the first that was not taken back.
                    .col(big_integer("next"))
                    .col(big_integer("next_back"))
                    .col(big_integer("done"))
                    .col(big_integer("already"))
                    .col(big_integer("gone"))
                    .col(big_integer("refused"))
                    .col(text_null("refusal"))
                    .col(big_integer("undone"))
                    .col(big_integer("kept"))
                    // The process that works at it, and until when the others leave it to that one.
                    .col(text_null("holder"))
                    .col(big_integer("held_until"))
                    .col(big_integer("created"))
                    .primary_key(&mut key(&["project", "key"]))
                    .to_owned(),
            )
            .await?;
        let unfinished = "CREATE INDEX jobs_on_the_way ON jobs (project, key) WHERE state IN ('waiting', 'running', 'undoing')";
        manager.get_connection().execute_unprepared(unfinished).await?;
        manager
            .create_table(
                Table::create()
                    .table("job_rows")
                    .col(big_integer("project"))
                    .col(big_integer("job"))
                    // From 0.
                    .col(big_integer("place"))
                    .col(big_integer("span"))
                    // With which probability it was drawn, and from the rows of which stratum; none where that is not known or was not asked.
                    .col(double_null("probability"))
                    .col(text_null("stratum"))
                    .primary_key(&mut key(&["project", "job", "place"]))
                    .extra(in_order(manager))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["job_rows", "jobs"]).await
    }
}
