//! The activity of a whole project in the order of time: all of it, of one person, and of one kind.

use crate::index;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The indexes, by their names.
const INDEXES: [(&str, &[&str]); 3] = [
    ("activity_of_time", &["project", "created", "id"]),
    ("activity_of_person", &["project", "person_id", "created", "id"]),
    ("activity_of_action", &["project", "action", "created", "id"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns) in INDEXES {
            manager.create_index(index(name, "activity", columns)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, _) in INDEXES {
            manager.drop_index(Index::drop().name(name).table("activity").to_owned()).await?;
        }
        Ok(())
    }
}
