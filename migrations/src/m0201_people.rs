//! Members, secret links, sessions, API keys, and the settings of the installation.

use crate::{drop_tables, index};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(Table::create().table("settings").col(text("name").primary_key()).col(text("value")).to_owned()).await?;
        manager
            .create_table(
                Table::create()
                    .table("people")
                    .col(text("id").primary_key())
                    .col(text_uniq("email"))
                    // As people see it: two addresses that look the same are one.
                    .col(text_uniq("folded_email"))
                    .col(text("name"))
                    .col(text("role"))
                    .col(text_null("password_hash"))
                    .col(boolean("active"))
                    .col(big_integer("created"))
                    .col(big_integer_null("last_seen"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("secret_links")
                    .col(text("token_hash").primary_key())
                    .col(text("purpose"))
                    .col(text_null("email"))
                    .col(text_null("role"))
                    .col(text_null("person_id"))
                    .col(big_integer("created"))
                    .col(big_integer("expires"))
                    .col(big_integer_null("used"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("sessions")
                    .col(text("id").primary_key())
                    .col(text_uniq("token_hash"))
                    .col(text("person_id"))
                    .col(text("agent"))
                    .col(big_integer("created"))
                    .col(big_integer("last_seen"))
                    .col(big_integer("expires"))
                    .foreign_key(ForeignKey::create().from("sessions", "person_id").to("people", "id"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("sessions_of_person", "sessions", &["person_id"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("api_keys")
                    .col(text("id").primary_key())
                    .col(text_uniq("secret_hash"))
                    .col(text("person_id"))
                    .col(text("name"))
                    .col(text("preview"))
                    .col(text("scopes"))
                    .col(big_integer("created"))
                    .col(big_integer_null("expires"))
                    .col(big_integer_null("revoked"))
                    .col(big_integer_null("last_used"))
                    .foreign_key(ForeignKey::create().from("api_keys", "person_id").to("people", "id"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("api_keys_of_person", "api_keys", &["person_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["api_keys", "sessions", "secret_links", "people", "settings"]).await
    }
}
