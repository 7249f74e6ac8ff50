//! Everything Touchstone remembers.
//!
//! A [`Store`] is the database. Nobody writes through it directly: who has proved who they are gets a [`Desk`], and only
//! a desk has commands. Permission, validation, activity, roll-ups and live events live here, so that every way in
//! (page, REST, SDK, command line) has the same rules.

mod activity;
mod answers;
mod body;
mod comments;
mod database;
mod desk;
mod entities;
mod error;
mod experiments;
mod filter_sql;
mod ids;
mod ingest;
mod live;
mod names;
mod objects;
mod people;
mod projects;
mod questions;
mod render;
mod search;
mod spans;
mod summaries;
mod tags;
#[cfg(test)]
mod tests;
mod time;
mod writer;

pub use desk::{Actor, Desk, Proof};
pub use error::{Error, Result};
pub use ingest::{Ingested, RejectedRow};
pub use live::{LiveEvents, Subscription};
pub use people::{RedeemLink, SignIn, SignedIn};
pub use search::{FoundRows, RowSearch};
pub use time::now;
pub use writer::Published;

use database::Connection;
use std::sync::Arc;
use tokio::sync::broadcast;

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// `sqlite://path.db` or `postgres://…`.
    pub database_url: String,
    /// The name of the organisation, as it stands in addresses.
    pub organization: String,
}

/// The database, opened and brought up to date. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    readers: Connection,
    writer: writer::Writer,
    published: broadcast::Sender<Arc<Published>>,
    organization: String,
    organization_id: String,
    attempts: people::Attempts,
}

impl Store {
    /// Opens the database and runs the migrations it has not seen.
    ///
    /// # Errors
    /// When the database cannot be reached, read or brought up to date.
    pub async fn open(options: StoreOptions) -> Result<Self> {
        let (write, readers) = database::open(&options.database_url).await?;
        database::migrate(&write).await?;
        let organization_id = database::organization_id(&write).await?;
        let (published, _) = broadcast::channel(4096);
        let writer = writer::Writer::start(write, published.clone());
        Ok(Self {
            inner: Arc::new(Inner {
                readers,
                writer,
                published,
                organization: options.organization,
                organization_id,
                attempts: people::Attempts::default(),
            }),
        })
    }

    /// The name of the organisation, as it stands in addresses.
    pub fn organization(&self) -> &str {
        &self.inner.organization
    }

    /// The id of the organisation, the same ever since the first start.
    pub fn organization_id(&self) -> String {
        self.inner.organization_id.clone()
    }

    /// Answers whether the database can be read right now.
    ///
    /// # Errors
    /// When it cannot.
    pub async fn ready(&self) -> Result<()> {
        database::ping(&self.inner.readers).await
    }

    /// Waits for what is being written and takes nothing more.
    pub async fn close(&self) {
        self.inner.writer.close().await;
    }

    pub(crate) fn readers(&self) -> &Connection {
        &self.inner.readers
    }
}
