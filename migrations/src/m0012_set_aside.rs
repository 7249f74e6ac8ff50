//! What a direct edit of `expected` put aside, so that the edit can be taken back as a whole.

use crate::{drop_tables, index};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // False once somebody has edited `expected` directly: the gold value is remembered and no longer counts.
        let mut active = boolean("active").default(true).take();
        manager.alter_table(Table::alter().table("golds").add_column(&mut active).to_owned()).await?;
        manager
            .create_table(
                Table::create()
                    .table("set_aside")
                    // The entry of the activity that tells the edit; those up to `last` tell what it put aside.
                    .col(big_integer("entry").primary_key())
                    .col(big_integer("last"))
                    .col(text("project_id"))
                    .col(big_integer("object"))
                    .col(big_integer("span"))
                    // The base that lay under what was put aside.
                    .col(text_null("base"))
                    // Whether that base was written by somebody who had seen what others said there.
                    .col(boolean("informed"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("set_aside_of_span", "set_aside", &["span", "entry"])).await?;
        manager.create_index(index("set_aside_of_object", "set_aside", &["object", "span"])).await?;
        // What somebody has answered decides what they see in a blind project.
        manager.create_index(index("answers_of_person", "answers", &["person_id", "object", "span"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("answers_of_person").table("answers").to_owned()).await?;
        drop_tables(manager, &["set_aside"]).await?;
        manager.alter_table(Table::alter().table("golds").drop_column("active").to_owned()).await
    }
}
