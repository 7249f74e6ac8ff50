//! The schema goes up, down and up again, and is the same each time.

use super::empty_stores;
use crate::ground::database::{all, values};
use migrations::Migrator;
use sea_orm::{Database, DatabaseConnection, DbBackend, FromQueryResult};
use sea_orm_migration::MigratorTrait;

/// Every column of every table, and every index.
async fn schema(connection: &DatabaseConnection) -> Vec<String> {
    #[derive(FromQueryResult)]
    struct Line {
        line: String,
    }
    let text = match connection.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT CONCAT(table_name, '.', column_name, ' ', data_type, ' ', is_nullable) AS line FROM information_schema.columns \
             WHERE table_schema = 'public' UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
        }
        _ => "SELECT name || ' ' || sql AS line FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY name",
    };
    all::<Line>(connection, text, values![]).await.unwrap().into_iter().map(|row| row.line).collect()
}

#[tokio::test]
async fn up_down_and_up_again() {
    for (store, place) in empty_stores().await {
        store.close().await;
        let connection = Database::connect(place.url()).await.unwrap();
        let first = schema(&connection).await;
        assert!(first.len() > 25, "{first:#?}");
        Migrator::down(&connection, None).await.unwrap();
        let empty = schema(&connection).await;
        assert!(empty.iter().all(|line| line.contains("seaql_migrations")), "{empty:#?}");
        Migrator::up(&connection, None).await.unwrap();
        assert_eq!(schema(&connection).await, first);
        // Nothing is left to do, and doing it is no mistake.
        migrations::up(&connection).await.unwrap();
        connection.close().await.unwrap();
        let store = place.open().await;
        assert!(store.ready().await.is_ok());
    }
}
