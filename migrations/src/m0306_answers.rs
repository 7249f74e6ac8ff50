//! Answers and gold values with their versions, so that a row as of a transaction has its answers, and what a direct edit put aside.

use crate::{drop_tables, in_order, index, key};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("answers")
                    .col(big_integer("project"))
                    .col(big_integer("object"))
                    .col(big_integer("span"))
                    .col(text("question_id"))
                    .col(text("person_id"))
                    .col(integer("version"))
                    .col(text("value"))
                    // Units of 1e-9; none for answers that are no number.
                    .col(big_integer_null("score"))
                    .col(big_integer("created"))
                    .col(big_integer("updated"))
                    // False once somebody has edited `expected` directly: the answer is remembered and no longer counts.
                    .col(boolean("active"))
                    // The transactions that first gave the answer and that made it what it is. Of several answers the earliest or the latest
                    // counts.
                    .col(big_integer("first_transaction"))
                    .col(big_integer("transaction_id"))
                    // For how many seconds the reviewer looked, and a list of what else they could see; none where nobody said.
                    .col(integer_null("seconds"))
                    .col(text_null("visible"))
                    // Nobody can overwrite another: one answer for each span, question and reviewer.
                    .primary_key(&mut key(&["project", "span", "question_id", "person_id"]))
                    .foreign_key(ForeignKey::create().from("answers", "question_id").to("questions", "id"))
                    .foreign_key(ForeignKey::create().from("answers", "person_id").to("people", "id"))
                    .extra(in_order(manager))
                    .to_owned(),
            )
            .await?;
        // How often each version of a question was answered, and what somebody has answered, which decides what they see in a blind project.
        manager
            .create_index(index("answers_by_question", "answers", &["project", "question_id", "person_id", "object", "version"]))
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("golds")
                    .col(big_integer("project"))
                    .col(big_integer("span"))
                    .col(text("question_id"))
                    .col(big_integer("object"))
                    .col(text("person_id"))
                    .col(integer("version"))
                    .col(text("value"))
                    // Units of 1e-9; none for what is no number.
                    .col(big_integer_null("score"))
                    .col(text("reason"))
                    .col(big_integer("updated"))
                    // As with answers.
                    .col(boolean("active"))
                    .col(big_integer("transaction_id"))
                    .primary_key(&mut key(&["project", "span", "question_id"]))
                    .foreign_key(ForeignKey::create().from("golds", "question_id").to("questions", "id"))
                    .foreign_key(ForeignKey::create().from("golds", "person_id").to("people", "id"))
                    .extra(in_order(manager))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("golds_by_question", "golds", &["project", "question_id"])).await?;
        // Answers and gold values that were changed or taken back. Those that stand are in `answers` and `golds`.
        manager
            .create_table(
                Table::create()
                    .table("said_versions")
                    .col(big_integer("project"))
                    .col(big_integer("span"))
                    .col(text("question_id"))
                    .col(text("person_id"))
                    .col(boolean("gold"))
                    .col(integer("version"))
                    .col(text("value"))
                    .col(big_integer_null("score"))
                    .col(boolean("active"))
                    .col(big_integer("first_transaction"))
                    .col(big_integer("transaction_id"))
                    // As of the answers.
                    .col(integer_null("seconds"))
                    .col(text_null("visible"))
                    // The transaction from which on this did not stand any more.
                    .col(big_integer("superseded"))
                    .primary_key(&mut key(&["project", "span", "question_id", "person_id", "gold", "transaction_id"]))
                    .extra(in_order(manager))
                    .to_owned(),
            )
            .await?;
        // What end users said as scores, each with its versions.
        manager
            .create_table(
                Table::create()
                    .table("feedback")
                    .col(big_integer("project"))
                    .col(big_integer("span"))
                    // The end user, as the client calls them; nothing for all whom it does not name.
                    .col(text("voice"))
                    .col(text("name"))
                    // Units of 1e-9.
                    .col(big_integer("value"))
                    .col(big_integer("transaction_id"))
                    // The transaction from which on this was not said any more; the largest integer while it is.
                    .col(big_integer("superseded"))
                    .primary_key(&mut key(&["project", "span", "voice", "name", "transaction_id"]))
                    .extra(in_order(manager))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("set_aside")
                    .col(big_integer("project"))
                    // The entry of the activity that tells the edit; those up to `last` tell what it put aside.
                    .col(big_integer("entry"))
                    .col(big_integer("last"))
                    .col(big_integer("object"))
                    .col(big_integer("span"))
                    // The base that lay under what was put aside.
                    .col(text_null("base"))
                    // Whether that base was written by somebody who had seen what others said there.
                    .col(boolean("informed"))
                    .primary_key(&mut key(&["project", "entry"]))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("set_aside_of_span", "set_aside", &["project", "span", "entry"])).await?;
        manager.create_index(index("set_aside_of_object", "set_aside", &["project", "object", "span"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["set_aside", "feedback", "said_versions", "golds", "answers"]).await
    }
}
