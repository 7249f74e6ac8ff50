//! Distributing by project, on a PostgreSQL by itself with stand-ins for Citus' functions: they note what they are asked, and refuse what
//! Citus refuses.

use super::{Place, TestStore, empty_places, is_distributed, stores};
use crate::ground::database::{all, values};
use crate::{Distribution, Error, Fate, Store, StoreOptions};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, FromQueryResult};
use serde_json::json;
use std::collections::BTreeSet;

/// Tables that do not grow with what arrives and what is said. Whoever adds a table puts it here, or gives it a column `project` with
/// which its keys begin.
const SMALL: [&str; 18] = [
    "api_keys",
    "attachments",
    "dataset_versions",
    "functions",
    "imports",
    "objects",
    "people",
    "projects",
    "question_versions",
    "questions",
    "review_lists",
    "review_rules",
    "seaql_migrations",
    "secret_links",
    "sessions",
    "settings",
    "tags",
    "views",
];

const STAND_INS: &str = "
    CREATE TABLE pg_dist_partition (logicalrelid REGCLASS PRIMARY KEY, partmethod TEXT, repmodel TEXT, number SERIAL);

    CREATE FUNCTION create_reference_table(table_name REGCLASS) RETURNS VOID LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO pg_dist_partition VALUES (table_name, 'n', 't');
    END $$;

    CREATE FUNCTION create_distributed_table(
        table_name REGCLASS, distribution_column TEXT, distribution_type TEXT DEFAULT 'hash', colocate_with TEXT DEFAULT 'default',
        shard_count INT DEFAULT NULL
    ) RETURNS VOID LANGUAGE plpgsql AS $$
    DECLARE place SMALLINT := (SELECT attnum FROM pg_attribute WHERE attrelid = table_name AND attname = distribution_column); wrong TEXT;
    BEGIN
        SELECT indexrelid::REGCLASS INTO wrong FROM pg_index WHERE indrelid = table_name AND indisunique AND NOT place = ANY (indkey);
        IF wrong IS NOT NULL THEN
            RAISE 'cannot create constraint % on %: it does not include the distribution column', wrong, table_name;
        END IF;
        SELECT conname INTO wrong FROM pg_constraint f LEFT JOIN pg_dist_partition d ON d.logicalrelid = f.confrelid
        WHERE f.contype = 'f' AND f.conrelid = table_name AND NOT COALESCE(d.partmethod = 'n' OR place = ANY (f.conkey) AND EXISTS (
            SELECT 1 FROM pg_attribute a WHERE a.attrelid = f.confrelid AND a.attname = distribution_column
            AND array_position(f.confkey, a.attnum) = array_position(f.conkey, place)
        ), FALSE);
        IF wrong IS NOT NULL THEN
            RAISE 'cannot create foreign key % of %: it points to a table that is elsewhere', wrong, table_name;
        END IF;
        IF colocate_with <> 'none' AND NOT EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = colocate_with::REGCLASS) THEN
            RAISE '% is not distributed', colocate_with;
        END IF;
        INSERT INTO pg_dist_partition VALUES (table_name, 'h', colocate_with);
    END $$";

fn options(place: &Place) -> StoreOptions {
    StoreOptions { database_url: place.url(), organization: "touchstone".to_owned(), fate: Fate::default() }
}

/// A PostgreSQL by itself that is up to date, and a connection of somebody else.
async fn by_itself() -> Option<(Place, DatabaseConnection)> {
    let place = empty_places().await.into_iter().find(|place| matches!(place, Place::Postgres { .. }) && !is_distributed())?;
    place.open().await.close().await;
    let connection = Database::connect(place.url()).await.unwrap();
    Some((place, connection))
}

async fn names(connection: &DatabaseConnection, text: &str) -> Vec<String> {
    #[derive(FromQueryResult)]
    struct Row {
        name: String,
    }
    all::<Row>(connection, text, values![]).await.unwrap().into_iter().map(|row| row.name).collect()
}

#[tokio::test]
async fn every_table_that_grows_is_distributed_by_project_and_once() {
    let Some((place, connection)) = by_itself().await else { return };
    connection.execute_unprepared(STAND_INS).await.unwrap();
    let first = Store::distribute(options(&place)).await.unwrap();
    let Distribution { by_project, everywhere, changed } = first.clone();
    assert_eq!(changed, by_project.len() + everywhere.len());
    let told = names(&connection, "SELECT CONCAT(logicalrelid, ' ', repmodel) AS name FROM pg_dist_partition ORDER BY number").await;
    let of_project = by_project.iter().map(|table| format!("{table} {}", if table == "traces" { "none" } else { "traces" }));
    assert_eq!(told, everywhere.iter().map(|table| format!("{table} t")).chain(of_project).collect::<Vec<_>>());

    let text = "SELECT tablename::TEXT AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'pg_dist_partition'";
    let tables: BTreeSet<_> = names(&connection, text).await.into_iter().collect();
    let forgotten: Vec<_> = tables.iter().filter(|table| !by_project.contains(table) && !SMALL.contains(&table.as_str())).collect();
    assert!(forgotten.is_empty(), "do these grow? {forgotten:?}");
    assert!(everywhere.iter().all(|table| SMALL.contains(&table.as_str())), "{everywhere:?}");
    assert!(by_project.len() >= 17 && everywhere.contains(&"people".to_owned()), "{first:?}");

    // Once more there is nothing to do, and after an upgrade only what is new.
    assert_eq!(Store::distribute(options(&place)).await.unwrap(), Distribution { changed: 0, ..first.clone() });
    connection.execute_unprepared("CREATE TABLE younger (project BIGINT, id TEXT, PRIMARY KEY (project, id))").await.unwrap();
    assert_eq!(Store::distribute(options(&place)).await.unwrap().changed, 1);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_table_whose_keys_leave_the_project_out_is_refused() {
    for (wrong, told) in [
        ("CREATE TABLE wrong (project BIGINT, id TEXT PRIMARY KEY)", "does not include the distribution column"),
        (
            "CREATE TABLE wrong (project BIGINT, id TEXT, PRIMARY KEY (project, id), UNIQUE (id))",
            "does not include the distribution column",
        ),
        (
            "CREATE TABLE other (project BIGINT, id BIGINT, PRIMARY KEY (project, id)); \
             CREATE TABLE wrong (id BIGINT, project BIGINT, PRIMARY KEY (project, id), \
             FOREIGN KEY (id, project) REFERENCES other (project, id))",
            "points to a table that is elsewhere",
        ),
    ] {
        let Some((place, connection)) = by_itself().await else { return };
        connection.execute_unprepared(STAND_INS).await.unwrap();
        connection.execute_unprepared(wrong).await.unwrap();
        let refused = Store::distribute(options(&place)).await.unwrap_err().to_string();
        assert!(refused.contains(told) && refused.contains("wrong"), "{refused}");
        connection.close().await.unwrap();
    }
}

#[tokio::test]
async fn without_the_extension_it_is_told_and_nothing_changes() {
    for place in empty_places().await {
        if is_distributed() && matches!(place, Place::Postgres { .. }) {
            continue;
        }
        let refused = Store::distribute(options(&place)).await.unwrap_err();
        assert!(matches!(refused, Error::Schema(_)), "{refused}");
        let (sentence, is_sqlite) = (refused.to_string(), matches!(place, Place::Folder(_)));
        assert!(sentence.contains(if is_sqlite { "this database is SQLite" } else { "has no Citus extension" }), "{sentence}");
        assert!(sentence.contains("leave out --distribute") || sentence.contains("Leave out --distribute"), "{sentence}");
        assert!(place.open().await.ready().await.is_ok());
    }
}

#[tokio::test]
async fn where_there_is_a_cluster_tests_are_distributed() {
    async fn tables(store: &TestStore) -> Vec<String> {
        let text = "SELECT logicalrelid::TEXT AS name FROM pg_dist_partition WHERE partmethod = 'h'";
        names(store.store.readers(), text).await
    }
    for store in stores().await {
        let project = store.project("spread").await;
        store.send(&project, &[json!({"id": "r"})]).await;
        if is_distributed() && matches!(store.place, Place::Postgres { .. }) {
            assert!(tables(&store).await.contains(&"spans".to_owned()));
        }
    }
}
