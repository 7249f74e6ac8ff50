//! Tests of the whole store, each against SQLite and, when `TEST_DATABASE_URL` is set, against PostgreSQL.

mod activity;
mod answers;
mod arriving;
mod blindness;
mod bounds;
mod commands;
mod comments;
mod durability;
mod feedback;
mod history;
mod ingest;
mod judgement;
mod lanes;
mod live;
mod looking;
mod meaning;
mod migrations;
mod names;
mod objects;
mod people;
mod restart;
mod search;
mod sending;
mod tags;
mod texts;
mod trees;

use crate::{Desk, Fate, Store, StoreOptions};
use sea_orm::{ConnectionTrait as _, Database};
use shared::people::Role;
use tempfile::TempDir;

/// The password of everybody in tests.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A fresh store with a member of each role.
pub(crate) struct TestStore {
    pub(crate) store: Store,
    pub(crate) owner: Desk,
    pub(crate) engineer: Desk,
    pub(crate) reviewer: Desk,
    pub(crate) viewer: Desk,
    place: Place,
}

/// Where a test's database is; it goes when the test ends.
pub(crate) enum Place {
    Folder(TempDir),
    Postgres { server: String, name: String },
}

/// A fresh store of each database, with a member of each role.
pub(crate) async fn stores() -> Vec<TestStore> {
    let mut stores = Vec::new();
    for (store, place) in empty_stores().await {
        let mut desks = Vec::new();
        for role in [Role::Owner, Role::Engineer, Role::Reviewer, Role::Viewer] {
            let (email, name) = (format!("{}@example.com", role.as_str()), format!("The {}", role.as_str()));
            store.add_member(&email, &name, role, PASSWORD).await.unwrap();
            desks.push(store.console_desk(&email).await.unwrap());
        }
        let [owner, engineer, reviewer, viewer] = desks.try_into().ok().unwrap();
        stores.push(TestStore { store, owner, engineer, reviewer, viewer, place });
    }
    stores
}

/// A fresh store of each database, without any member.
pub(crate) async fn empty_stores() -> Vec<(Store, Place)> {
    let mut stores = Vec::new();
    for place in empty_places().await {
        stores.push((place.open().await, place));
    }
    stores
}

/// A place for each database, with nothing in it.
pub(crate) async fn empty_places() -> Vec<Place> {
    let folder = TempDir::new().unwrap();
    let mut places = vec![Place::Folder(folder)];
    if let Ok(server) = std::env::var("TEST_DATABASE_URL") {
        let name = format!("touchstone_test_{}", uuid::Uuid::now_v7().simple());
        run_on(&server, format!("CREATE DATABASE {name}")).await;
        places.push(Place::Postgres { server, name });
    }
    places
}

impl Place {
    /// The address of the database.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Folder(folder) => format!("sqlite://{}/touchstone.db", folder.path().display()),
            Self::Postgres { server, name } => url_of(server, name),
        }
    }

    /// Opens the database, once more if it is open already: what a second process does.
    pub(crate) async fn open(&self) -> Store {
        Store::open(StoreOptions { database_url: self.url(), organization: "touchstone".to_owned(), fate: Fate::default() }).await.unwrap()
    }
}

/// The address of another database on the same server.
fn url_of(server: &str, name: &str) -> String {
    let (address, options) = server.split_once('?').map_or((server, String::new()), |(address, options)| (address, format!("?{options}")));
    let host = address.find("://").map_or(0, |at| at + 3);
    let end = address[host..].find('/').map_or(address.len(), |at| host + at);
    format!("{}/{name}{options}", &address[..end])
}

async fn run_on(server: &str, statement: String) {
    let connection = Database::connect(server).await.unwrap();
    connection.execute_unprepared(&statement).await.unwrap();
    connection.close().await.unwrap();
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Self::Postgres { server, name } = self {
            let (server, statement) = (server.clone(), format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
            // On a thread of its own: this one may be inside a runtime. A database left behind does no harm.
            let _ = std::thread::spawn(move || {
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run_on(&server, statement));
            })
            .join();
        }
    }
}

#[test]
fn addresses_of_databases() {
    assert_eq!(url_of("postgres://a:b@host:5432/postgres", "x"), "postgres://a:b@host:5432/x");
    assert_eq!(url_of("postgres://host?sslmode=disable", "x"), "postgres://host/x?sslmode=disable");
}
