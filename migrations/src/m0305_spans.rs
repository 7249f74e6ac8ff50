//! Spans and traces: narrow rows that lists read, payloads and earlier versions apart, scores and tags as rows, and roll-ups.
//!
//! A key is the short integer of its project and a number of that project, so that it tells where it belongs.

use crate::{drop_tables, in_order, index, key, key_by_number, number, unique};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("traces")
                    .col(big_integer("project"))
                    .col(big_integer("key"))
                    .col(big_integer("object"))
                    .col(text("root_span_id"))
                    // The key of its root, or of the first span while that has not arrived.
                    .col(big_integer("root"))
                    .col(text("row_id"))
                    .col(text("name"))
                    .col(big_integer("created"))
                    // When the first of its spans began, and when the last one ended.
                    .col(big_integer_null("started"))
                    .col(big_integer_null("ended"))
                    .col(text("input"))
                    .col(text("output"))
                    .col(big_integer("errors"))
                    .col(big_integer("spans"))
                    .col(big_integer("comments"))
                    .col(big_integer_null("duration"))
                    .col(big_integer_null("tokens"))
                    // Units of 1e-9 dollars, here and in `spans`.
                    .col(big_integer_null("cost"))
                    // What a list shows of scores and tags, made from `span_scores` and `span_tags` by the writer.
                    .col(text("scores"))
                    .col(text("tags"))
                    .primary_key(&mut key(&["project", "key"]))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("traces_by_root", "traces", &["project", "object", "root_span_id"])).await?;
        manager.create_index(index("traces_by_time", "traces", &["project", "object", "created", "key"])).await?;
        // Lists are put in order by these; what says nothing of them costs nothing.
        for measure in ["duration", "tokens", "cost"] {
            let order = format!(
                "CREATE INDEX traces_by_{measure} ON traces (project, object, {measure}, created, key) WHERE {measure} IS NOT NULL"
            );
            manager.get_connection().execute_unprepared(&order).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("spans")
                    .col(big_integer("project"))
                    .col(big_integer("key"))
                    .col(big_integer("object"))
                    .col(text("row_id"))
                    .col(big_integer("trace"))
                    .col(text("span_id"))
                    .col(text("root_span_id"))
                    .col(text_null("parent_span_id"))
                    .col(text("name"))
                    .col(text("kind"))
                    .col(big_integer("created"))
                    .col(big_integer("transaction_id"))
                    .col(text("action"))
                    .col(text_null("written_by"))
                    .col(big_integer_null("started"))
                    .col(big_integer_null("ended"))
                    .col(big_integer_null("tokens"))
                    .col(big_integer_null("cost"))
                    .col(boolean("error"))
                    // False while only feedback has arrived and the span itself has not.
                    .col(boolean("arrived"))
                    // Of the last full write as it arrived, so that sending it again changes nothing.
                    .col(big_integer_null("digest"))
                    // Of the input, where the span has no parent: rows of one project whose inputs mean the same have the same.
                    .col(big_integer_null("input_digest"))
                    .col(big_integer("comments"))
                    // The last transaction that said something about the span or took it back; none where nobody ever said anything.
                    .col(big_integer_null("said"))
                    // Whether `expected` was written by a person who saw what others had said there, and may have repeated it.
                    .col(boolean("informed"))
                    .col(text("input"))
                    .col(text("output"))
                    .primary_key(&mut key(&["project", "key"]))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("spans_by_row", "spans", &["project", "object", "row_id"])).await?;
        manager.create_index(index("spans_by_trace", "spans", &["project", "trace"])).await?;
        manager.create_index(index("spans_by_time", "spans", &["project", "object", "created", "key"])).await?;
        // The spans of scorers, which are looked up wherever they may be hidden. There are few, and others cost nothing.
        let scorers = "CREATE INDEX spans_of_scorers ON spans (project, object, trace, name) WHERE kind = 'score'";
        manager.get_connection().execute_unprepared(scorers).await?;
        manager
            .create_table(
                Table::create()
                    .table("span_payloads")
                    .col(big_integer("project"))
                    .col(number(manager, "span"))
                    .col(text("body"))
                    .col(binary_null("salt"))
                    .col(binary_null("digest"))
                    .primary_key(&mut key_by_number(manager, "span"))
                    .to_owned(),
            )
            .await?;
        versions(manager).await?;
        scores(manager).await?;
        values(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "span_values",
            "value_paths",
            "rollups",
            "span_tags",
            "trace_scores",
            "span_scores",
            "span_versions",
            "span_payloads",
            "spans",
            "traces",
        ];
        drop_tables(manager, &tables).await
    }
}

/// What a span was before a later transaction replaced or deleted it. The newest version stands in `spans`.
async fn versions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("span_versions")
                .col(big_integer("project"))
                .col(big_integer("object"))
                .col(text("row_id"))
                .col(big_integer("transaction_id"))
                // The transaction from which on this version was no longer the newest. Of a deletion its own.
                .col(big_integer("superseded"))
                // The span's.
                .col(big_integer("key"))
                .col(text("span_id"))
                .col(text("root_span_id"))
                .col(text_null("parent_span_id"))
                .col(big_integer("created"))
                .col(text("action"))
                .col(text_null("written_by"))
                // As of the span.
                .col(boolean("informed"))
                // Emptied, and the salt with it, when the row is erased.
                .col(text("body"))
                .col(binary_null("salt"))
                .col(binary_null("digest"))
                .primary_key(&mut key(&["project", "object", "row_id", "transaction_id"]))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("span_versions_of_span", "span_versions", &["project", "key"])).await?;
    manager.create_index(index("span_versions_by_time", "span_versions", &["project", "object", "created", "key"])).await
}

async fn scores(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("span_scores")
                .col(big_integer("project"))
                .col(big_integer("span"))
                .col(text("name"))
                .col(big_integer("object"))
                .col(big_integer("trace"))
                // Units of 1e-9. Four kinds are kept apart: what scorers and SDKs reported, what end users said, what reviewers
                // answered, and the gold value. `value` is what is shown and counted.
                .col(big_integer_null("reported"))
                // How many end users there are, and their sum.
                .col(big_integer("feedback"))
                .col(big_integer("feedback_sum"))
                .col(big_integer("answers"))
                .col(big_integer("answer_sum"))
                .col(big_integer_null("lowest"))
                .col(big_integer_null("highest"))
                .col(big_integer_null("gold"))
                .col(big_integer_null("value"))
                .primary_key(&mut key(&["project", "span", "name"]))
                .extra(in_order(manager))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("span_scores_by_trace", "span_scores", &["project", "trace"])).await?;
    manager
        .create_table(
            Table::create()
                .table("trace_scores")
                .col(big_integer("project"))
                .col(big_integer("trace"))
                .col(text("name"))
                .col(big_integer("object"))
                // The mean over the spans of the trace, in units of 1e-9.
                .col(big_integer("value"))
                // The trace's.
                .col(big_integer("created"))
                .primary_key(&mut key(&["project", "trace", "name"]))
                .extra(in_order(manager))
                .to_owned(),
        )
        .await?;
    let by_value = ["project", "object", "name", "value", "created", "trace"];
    manager.create_index(index("trace_scores_by_value", "trace_scores", &by_value)).await?;
    manager
        .create_table(
            Table::create()
                .table("span_tags")
                .col(big_integer("project"))
                .col(big_integer("span"))
                .col(text("tag"))
                .col(big_integer("object"))
                .col(big_integer("trace"))
                .col(integer("position"))
                .primary_key(&mut key(&["project", "span", "tag"]))
                .extra(in_order(manager))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("span_tags_by_trace", "span_tags", &["project", "trace"])).await?;
    manager
        .create_table(
            Table::create()
                .table("rollups")
                .col(big_integer("project"))
                .col(big_integer("object"))
                // Hours since 1970; the smallest integer stands for all time.
                .col(big_integer("hour"))
                .col(text("name"))
                .col(big_integer("count"))
                .col(big_integer("sum"))
                .col(text("squares"))
                .col(text("buckets"))
                .primary_key(&mut key(&["project", "object", "hour", "name"]))
                .extra(in_order(manager))
                .to_owned(),
        )
        .await
}

/// What filters on `metadata` and `metrics` find without looking at every row.
async fn values(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("value_paths")
                .col(big_integer("project"))
                .col(big_integer("object"))
                // The JSON of a list of keys, the column first; empty for what stands for all that is not indexed of a row. A number where
                // every row with this path was erased.
                .col(text("path"))
                // A number of the project, given out once.
                .col(big_integer("id"))
                // False once it has held a number that another number may have the same bytes as.
                .col(boolean("exact"))
                .primary_key(&mut key(&["project", "object", "path"]))
                .extra(in_order(manager))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("span_values")
                .col(big_integer("project"))
                .col(big_integer("path"))
                // Ordered as the values are compared, and cut where they are long.
                .col(binary("value"))
                .col(big_integer("span"))
                .primary_key(&mut key(&["project", "path", "value", "span"]))
                .extra(in_order(manager))
                .to_owned(),
        )
        .await
}
