//! Rows in review lists: how they came there, who is asked to review them, who has them in hand, and who has reviewed them.

use crate::{drop_tables, in_order, index, key, unique};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        items(manager).await?;
        people(manager).await?;
        shown(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["span_flags", "reviews", "review_claims", "review_assignments", "review_selections", "review_items"]).await
    }
}

async fn items(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("review_items")
                .col(big_integer("project"))
                .col(big_integer("key"))
                .col(text("list_id"))
                .col(big_integer("object"))
                .col(big_integer("span"))
                // False for what was taken out, and for what nobody flagged and somebody reviewed.
                .col(boolean("listed"))
                // When somebody took it out: no rule puts it back.
                .col(big_integer_null("taken_out"))
                .col(integer("round"))
                // Copied from the list when the row joined.
                .col(integer("needed"))
                // Reviews that were completed in this round, and whether that, or a person's word, makes it complete.
                .col(integer("done"))
                .col(boolean("closed"))
                .col(boolean("complete"))
                // What the API called its status, as it was sent.
                .col(text_null("status"))
                .col(text_null("note"))
                .col(text_null("flagged_by"))
                .col(big_integer("flagged"))
                // Its place in the draw of the list.
                .col(big_integer("rank"))
                .primary_key(&mut key(&["project", "key"]))
                .foreign_key(ForeignKey::create().from("review_items", "list_id").to("review_lists", "id"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("review_items_once", "review_items", &["project", "list_id", "span"])).await?;
    manager.create_index(index("review_items_of_span", "review_items", &["project", "span"])).await?;
    manager.create_index(index("review_items_called", "review_items", &["project", "status"])).await?;
    manager
        .create_index(index("review_items_oldest", "review_items", &["project", "list_id", "listed", "complete", "flagged", "key"]))
        .await?;
    manager.create_index(index("review_items_drawn", "review_items", &["project", "list_id", "listed", "complete", "rank", "key"])).await?;
    manager
        .create_table(
            Table::create()
                .table("review_selections")
                .col(big_integer("project"))
                .col(big_integer("key"))
                .col(big_integer("item"))
                .col(text("kind"))
                // None where it is not known.
                .col(double_null("probability"))
                .col(big_integer_null("seed"))
                .col(text_null("stratum"))
                .col(text_null("rule"))
                // From which rows: what they matched, as of when, and how many there were.
                .col(text_null("frame_filter"))
                .col(big_integer_null("frame_as_of"))
                .col(big_integer_null("frame_rows"))
                .col(text_null("person_id"))
                .col(big_integer("created"))
                .primary_key(&mut key(&["project", "key"]))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("review_selections_of_item", "review_selections", &["project", "item", "key"])).await?;
    // How many rows a rule took in a day.
    let of_rule = "CREATE INDEX review_selections_of_rule ON review_selections (project, rule, created) WHERE rule IS NOT NULL";
    manager.get_connection().execute_unprepared(of_rule).await.map(|_| ())
}

async fn people(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("review_assignments")
                .col(big_integer("project"))
                .col(big_integer("item"))
                .col(text("person_id"))
                .col(text_null("assigned_by"))
                .col(big_integer("created"))
                .primary_key(&mut key(&["project", "item", "person_id"]))
                .foreign_key(ForeignKey::create().from("review_assignments", "person_id").to("people", "id"))
                .extra(in_order(manager))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("review_assignments_of_person", "review_assignments", &["project", "person_id", "item"])).await?;
    manager
        .create_table(
            Table::create()
                .table("review_claims")
                .col(big_integer("project"))
                .col(big_integer("item"))
                .col(text("person_id"))
                .col(big_integer("since"))
                // It ends by itself then.
                .col(big_integer("until"))
                .primary_key(&mut key(&["project", "item", "person_id"]))
                .foreign_key(ForeignKey::create().from("review_claims", "person_id").to("people", "id"))
                .extra(in_order(manager))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("review_claims_of_person", "review_claims", &["project", "person_id", "until"])).await?;
    manager
        .create_table(
            Table::create()
                .table("reviews")
                .col(big_integer("project"))
                .col(big_integer("item"))
                .col(text("person_id"))
                .col(integer("round"))
                // True where the person left it to others.
                .col(boolean("skipped"))
                .col(text_null("reason"))
                .col(text_null("note"))
                .col(big_integer("created"))
                // Nobody reviews an item twice in a round.
                .primary_key(&mut key(&["project", "item", "round", "person_id"]))
                .foreign_key(ForeignKey::create().from("reviews", "person_id").to("people", "id"))
                .extra(in_order(manager))
                .to_owned(),
        )
        .await?;
    manager.create_index(index("reviews_of_person", "reviews", &["project", "person_id", "created"])).await
}

/// What a row shows of the lists it stands in and of who is asked to review it, from a transaction on, until another.
async fn shown(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("span_flags")
                .col(big_integer("project"))
                .col(big_integer("span"))
                .col(big_integer("transaction_id"))
                // The transaction from which on it showed something else; the largest integer for what it shows now.
                .col(big_integer("superseded"))
                // JSON: by the ids of lists, the status that is shown and the ids of who is asked.
                .col(text("flags"))
                .primary_key(&mut key(&["project", "span", "superseded"]))
                .extra(in_order(manager))
                .to_owned(),
        )
        .await
}
