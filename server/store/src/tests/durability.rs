//! What was confirmed is on the disk: how the databases are set, read on the connections that are used.

use super::{Place, empty_places, stores};
use crate::ground::database::{all, run, values};
use sea_orm::{ConnectionTrait, Database, DbBackend, FromQueryResult};
use serde_json::json;
use std::collections::BTreeMap;

#[derive(FromQueryResult)]
struct Setting {
    value: String,
}

/// The settings of a connection.
async fn settings(connection: &impl ConnectionTrait) -> BTreeMap<&'static str, String> {
    let queries: &[(&str, &str)] = match connection.get_database_backend() {
        DbBackend::Postgres => &[
            ("synchronous_commit", "SELECT current_setting('synchronous_commit') AS value"),
            ("fsync", "SELECT current_setting('fsync') AS value"),
        ],
        _ => &[
            ("synchronous", "SELECT CAST(synchronous AS TEXT) AS value FROM pragma_synchronous"),
            ("journal_mode", "SELECT journal_mode AS value FROM pragma_journal_mode"),
            ("foreign_keys", "SELECT CAST(foreign_keys AS TEXT) AS value FROM pragma_foreign_keys"),
            ("query_only", "SELECT CAST(query_only AS TEXT) AS value FROM pragma_query_only"),
        ],
    };
    let mut settings = BTreeMap::new();
    for (name, text) in queries {
        settings.insert(*name, all::<Setting>(connection, text, values![]).await.unwrap().remove(0).value);
    }
    settings
}

#[tokio::test]
async fn the_writer_waits_for_the_disk() {
    for store in stores().await {
        let writer = store.store.write(|change| Box::pin(async move { Ok(settings(&change.transaction).await) })).await.unwrap();
        let readers = settings(store.store.readers()).await;
        if store.store.readers().get_database_backend() == DbBackend::Postgres {
            assert_eq!((writer["synchronous_commit"].as_str(), writer["fsync"].as_str()), ("on", "on"));
        } else {
            assert_eq!(
                [&writer["synchronous"], &writer["journal_mode"], &writer["foreign_keys"], &writer["query_only"]],
                ["2", "wal", "1", "0"]
            );
            assert_eq!(readers["query_only"], "1");
            assert!(run(store.store.readers(), "DELETE FROM people", values![]).await.is_err());
        }
    }
}

#[tokio::test]
async fn who_may_lose_what_was_confirmed_is_set_right() {
    for place in empty_places().await {
        let Place::Postgres { name, .. } = &place else { continue };
        let connection = Database::connect(place.url()).await.unwrap();
        // What a session begins with, as it would be by its role.
        connection.execute_unprepared(&format!("ALTER DATABASE {name} SET synchronous_commit = off")).await.unwrap();
        connection.close().await.unwrap();
        let store = place.open().await;
        assert_eq!(settings(store.readers()).await["synchronous_commit"], "off", "this is how connections begin");
        for _ in 0..5 {
            let writer = store.write(|change| Box::pin(async move { Ok(settings(&change.transaction).await) })).await.unwrap();
            assert_eq!(writer["synchronous_commit"], "on");
        }
        store.close().await;
    }
}

#[tokio::test]
async fn a_request_that_is_dropped_rolls_nothing_back() {
    for store in stores().await {
        let project = store.project("dropped").await;
        for number in 0..20 {
            let rows = super::sending::raws(&[json!({"id": format!("r{number}")})]);
            let sending = store.engineer.ingest(rows, Some(project.logs()));
            // Long enough to hand the rows over, too short to wait for the commit.
            let _ = tokio::time::timeout(std::time::Duration::from_micros(50), sending).await;
        }
        store.send(&project, &[json!({"id": "last"})]).await;
        let summary = store.summary(&project).await;
        assert!(summary.spans >= 1);
        assert_eq!(summary, store.recount(&project).await);
    }
}

#[tokio::test]
async fn a_command_that_fails_takes_nothing_of_its_neighbours() {
    for store in stores().await {
        let project = store.project("neighbours").await;
        let good = (0..20).map(|number| {
            store.engineer.ingest(super::sending::raws(&[json!({"id": format!("r{number}"), "scores": {"Q": 1}})]), Some(project.logs()))
        });
        let bad = (0..20).map(|_| {
            store.store.write(|change| {
                Box::pin(async move {
                    run(&change.transaction, "UPDATE spans SET name = 'spoiled'", values![]).await?;
                    run(&change.transaction, "INSERT INTO nowhere VALUES (1)", values![]).await
                })
            })
        });
        let (good, bad) = tokio::join!(futures::future::join_all(good), futures::future::join_all(bad));
        assert!(good.iter().all(Result::is_ok) && bad.iter().all(Result::is_err));
        assert!(store.list(&project, "").await.iter().all(|row| row.name.is_empty()));
        assert_eq!(store.summary(&project).await, store.recount(&project).await);
    }
}
