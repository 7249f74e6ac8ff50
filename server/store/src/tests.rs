//! Tests of the whole store, each against SQLite and, when `TEST_DATABASE_URL` is set, against PostgreSQL.

mod activity;
mod answers;
mod archives;
mod arriving;
mod blindness;
mod bounds;
mod cases;
mod clocks;
mod cluster;
mod commands;
mod comments;
mod comparison;
mod conversations;
mod distribution;
mod durability;
mod encryption;
mod evidence;
mod examples;
mod feedback;
mod files;
mod history;
mod ingest;
mod jobs;
mod judgement;
mod lanes;
mod letters;
mod live;
mod looking;
mod mapping;
mod meaning;
mod migrations;
mod names;
mod object_changes;
mod objects;
mod pages;
mod people;
mod plans;
mod project_activity;
mod querying;
mod rereading;
mod restart;
mod reviews;
mod search;
mod sending;
mod tags;
mod tampering;
mod texts;
mod trace_rows;
mod trees;
mod uncertain;
mod uploads;
mod values;
mod versions;
mod views;
mod words;

use crate::{Desk, Fate, Store, StoreOptions};
use sea_orm::{ConnectOptions, Database};
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
    for place in places(|server, name| cluster::migrated(server, name, prepare)) {
        stores.push((place.open().await, place));
    }
    stores
}

/// A place for each database, with nothing in it.
pub(crate) async fn empty_places() -> Vec<Place> {
    places(cluster::empty)
}

/// A place for each database; `make` makes one of that name on a server.
fn places(make: impl Fn(&str, &str)) -> Vec<Place> {
    let mut places = vec![Place::Folder(TempDir::new().unwrap())];
    if let Ok(server) = std::env::var("TEST_DATABASE_URL") {
        let name = format!("touchstone_test_{}", uuid::Uuid::now_v7().simple());
        make(&server, &name);
        places.push(Place::Postgres { server, name });
    }
    places
}

/// Whether PostgreSQL is one of Citus in these tests.
pub(crate) fn is_distributed() -> bool {
    std::env::var("TEST_DATABASE_URL").is_ok_and(|server| cluster::is_distributed(&server))
}

/// Brings a database up to date, and distributes it. On a thread of its own: this one may be inside a runtime.
fn prepare(url: &str, distribute: bool) {
    let url = url.to_owned();
    let prepared = std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let connection = Database::connect(ConnectOptions::new(&url).max_connections(1).to_owned()).await.unwrap();
            ::migrations::up(&connection).await.unwrap();
            if distribute {
                ::migrations::distribute(&connection).await.unwrap();
            }
            connection.close().await.unwrap();
        });
    });
    prepared.join().unwrap();
}

impl Place {
    /// The address of the database.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Folder(folder) => format!("sqlite://{}/touchstone.db", folder.path().display()),
            Self::Postgres { server, name } => cluster::url_of(server, name),
        }
    }

    /// Opens the database, once more if it is open already: what a second process does.
    pub(crate) async fn open(&self) -> Store {
        Store::open(StoreOptions { database_url: self.url(), organization: "touchstone".to_owned(), fate: Fate::default() }).await.unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Self::Postgres { server, name } = self {
            cluster::drop_database(server, name);
        }
    }
}
