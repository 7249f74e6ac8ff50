//! Files that belong to rows. A row names one by its key; the content is here.

use crate::drop_tables;
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("attachments")
                    .col(text("key").primary_key())
                    .col(text("filename"))
                    .col(text("content_type"))
                    .col(text("status"))
                    .col(text_null("error_message"))
                    .col(text("created_by"))
                    // The key or the session that registered it, whose the link is.
                    .col(text("registered_with"))
                    .col(big_integer("created"))
                    // None until it is uploaded.
                    .col(blob_null("content"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["attachments"]).await
    }
}
