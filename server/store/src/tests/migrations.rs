//! The schema goes up, down and up again, and is the same each time.

use super::{Place, empty_places, empty_stores};
use crate::ground::database::{all, one, values};
use crate::{Error, Store, StoreOptions};
use migrations::Migrator;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbBackend, FromQueryResult};
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

/// A database that can be written, where SQLite's file may be new.
async fn connect(place: &Place) -> DatabaseConnection {
    let url = place.url();
    Database::connect(if url.starts_with("sqlite:") { format!("{url}?mode=rwc") } else { url }).await.unwrap()
}

fn options(place: &Place) -> StoreOptions {
    StoreOptions { database_url: place.url(), organization: "touchstone".to_owned(), fate: crate::Fate::default() }
}

#[tokio::test]
async fn a_database_of_another_version_is_refused_by_name_and_stays_as_it_is() {
    for place in empty_places().await {
        let connection = connect(&place).await;
        for statement in [
            "CREATE TABLE seaql_migrations (version VARCHAR(255) PRIMARY KEY, applied_at BIGINT NOT NULL)",
            "INSERT INTO seaql_migrations VALUES ('m0001_people', 1), ('m0012_set_aside', 2)",
            "CREATE TABLE counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL)",
            "INSERT INTO counters VALUES ('transaction', 7)",
        ] {
            connection.execute_unprepared(statement).await.unwrap();
        }
        let before = schema(&connection).await;
        let refused = Store::open(options(&place)).await.err().unwrap();
        assert!(matches!(refused, Error::Schema(_)), "{refused}");
        let sentence = refused.to_string();
        assert!(sentence.contains("m0012_set_aside") && sentence.contains("Nothing in it was changed"), "{sentence}");
        assert_eq!(schema(&connection).await, before);
        connection.close().await.unwrap();
    }
}

/// What a file holds that the last program of the earlier schema wrote: a project with a trace and three people.
const EARLIER: &str = include_str!("earlier.sql");

#[tokio::test]
async fn a_file_of_the_earlier_schema_is_refused_and_stays_as_it_is() {
    let Some(place) = empty_places().await.into_iter().find(|place| place.url().starts_with("sqlite:")) else { return };
    let connection = connect(&place).await;
    connection.execute_unprepared(EARLIER).await.unwrap();
    connection.close().await.unwrap();
    let Place::Folder(folder) = &place else { unreachable!("SQLite's place is a folder") };
    let file = || std::fs::read(folder.path().join("touchstone.db")).unwrap();
    let before = file();
    let refused = Store::open(options(&place)).await.err().unwrap().to_string();
    assert!(refused.contains("m0012_set_aside") && refused.contains("Nothing in it was changed"), "{refused}");
    assert!(file() == before, "the file was changed");
}

#[tokio::test]
async fn several_processes_that_begin_at_once_all_find_the_schema() {
    for place in empty_places().await {
        let opened = futures::future::join_all((0..3).map(|_| Store::open(options(&place)))).await;
        for store in opened {
            store.unwrap().close().await;
        }
    }
}

#[tokio::test]
async fn a_migration_that_is_cut_off_leaves_nothing_half_done() {
    #[derive(FromQueryResult)]
    struct Row {
        count: i64,
    }
    for place in empty_places().await {
        let mut patience = 1;
        let mut finished = false;
        while !finished {
            let connection = connect(&place).await;
            // Each time it gets a little further before it is dropped where it stands, as a kill would.
            let mut migration = Box::pin(migrations::up(&connection));
            for _ in 0..patience {
                finished = futures::poll!(&mut migration).is_ready();
                if finished {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(migration);
            connection.close().await.unwrap();
            let connection = connect(&place).await;
            let tables = schema(&connection).await;
            if tables.is_empty() {
                assert!(!finished);
            } else {
                // The commit may have gone through unheard.
                let text = "SELECT COUNT(*) AS count FROM seaql_migrations";
                let applied = one::<Row>(&connection, text, values![]).await.unwrap().unwrap().count;
                assert_eq!(usize::try_from(applied).unwrap(), Migrator::migrations().len(), "{tables:#?}");
            }
            connection.close().await.unwrap();
            patience += patience / 4 + 1;
        }
        assert!(place.open().await.ready().await.is_ok());
    }
}
