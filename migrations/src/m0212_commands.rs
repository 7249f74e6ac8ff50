//! Commands that must not run twice, by the ids that clients give them.

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
                    .table("commands")
                    .col(big_integer("project"))
                    .col(text("person_id"))
                    .col(text("client_id"))
                    // Where the command was done, and the digest of what it said, which dies with the row: another command under the same id
                    // is told from a repeated one.
                    .col(big_integer("span"))
                    .col(binary_null("salt"))
                    .col(binary_null("digest"))
                    // The entry of the activity that the command made, so that it can be taken back by the command's own id.
                    .col(big_integer_null("entry"))
                    .col(big_integer("created"))
                    .primary_key(&mut key(&["project", "person_id", "client_id"]))
                    .extra(in_order(manager))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["commands"]).await
    }
}
