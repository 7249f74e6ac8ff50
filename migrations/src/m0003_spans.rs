//! Spans and traces: narrow rows that lists read, payloads apart, scores and tags as rows, and roll-ups.

use crate::{drop_tables, index, key, unique};
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
                    .col(big_integer("key").primary_key())
                    .col(text("project_id"))
                    .col(big_integer("object"))
                    .col(text("root_span_id"))
                    .col(text("row_id"))
                    .col(text("name"))
                    .col(big_integer("created"))
                    .col(text("input"))
                    .col(text("output"))
                    .col(big_integer("errors"))
                    .col(big_integer("spans"))
                    .col(big_integer("comments"))
                    .col(big_integer_null("duration"))
                    .col(big_integer_null("tokens"))
                    // What a list shows of scores and tags, made from `span_scores` and `span_tags` by the writer.
                    .col(text("scores"))
                    .col(text("tags"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("traces_by_root", "traces", &["object", "root_span_id"])).await?;
        manager.create_index(index("traces_by_time", "traces", &["object", "created", "key"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("spans")
                    .col(big_integer("key").primary_key())
                    .col(text("project_id"))
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
                    .col(big_integer_null("started"))
                    .col(big_integer_null("ended"))
                    .col(big_integer_null("tokens"))
                    .col(boolean("error"))
                    // False while only feedback has arrived and the span itself has not.
                    .col(boolean("arrived"))
                    // Of the last full write as it arrived, so that sending it again changes nothing.
                    .col(big_integer_null("digest"))
                    .col(big_integer("comments"))
                    .col(text("input"))
                    .col(text("output"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("spans_by_row", "spans", &["object", "row_id"])).await?;
        manager.create_index(index("spans_by_trace", "spans", &["trace"])).await?;
        manager.create_index(index("spans_by_time", "spans", &["object", "created", "key"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("span_payloads")
                    .col(big_integer("span").primary_key())
                    .col(text("project_id"))
                    .col(text("body"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("span_scores")
                    .col(big_integer("span"))
                    .col(text("name"))
                    .col(text("project_id"))
                    .col(big_integer("object"))
                    .col(big_integer("trace"))
                    // Units of 1e-9. `value` is what is shown and counted: gold, else the mean of the answers, else reported.
                    .col(big_integer_null("reported"))
                    .col(big_integer_null("gold"))
                    .col(big_integer("answers"))
                    .col(big_integer("answer_sum"))
                    .col(big_integer_null("lowest"))
                    .col(big_integer_null("highest"))
                    .col(big_integer_null("value"))
                    .primary_key(&mut key(&["span", "name"]))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("span_scores_by_value", "span_scores", &["object", "name", "value"])).await?;
        manager.create_index(index("span_scores_by_trace", "span_scores", &["trace"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("span_tags")
                    .col(big_integer("span"))
                    .col(text("tag"))
                    .col(text("project_id"))
                    .col(big_integer("object"))
                    .col(big_integer("trace"))
                    .col(integer("position"))
                    .primary_key(&mut key(&["span", "tag"]))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("span_tags_by_tag", "span_tags", &["object", "tag"])).await?;
        manager.create_index(index("span_tags_by_trace", "span_tags", &["trace"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("rollups")
                    .col(big_integer("object"))
                    .col(text("name"))
                    // Hours since 1970; the smallest integer stands for all time.
                    .col(big_integer("hour"))
                    .col(text("project_id"))
                    .col(big_integer("count"))
                    .col(big_integer("sum"))
                    .col(text("squares"))
                    .col(text("buckets"))
                    .primary_key(&mut key(&["object", "hour", "name"]))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["rollups", "span_tags", "span_scores", "span_payloads", "spans", "traces"]).await
    }
}
