//! Everything Touchstone remembers.
//!
//! A [`Store`] is the database. Nobody writes through it directly: who has proved who they are gets a [`Desk`], and only
//! a desk has commands. Permission, validation, activity, roll-ups and live events live here, so that every way in
//! (page, REST, SDK, command line) has the same rules.

mod archives;
mod cases;
mod commands;
mod content;
mod desk;
mod ground;
mod history;
mod jobs;
mod looking;
mod people;
mod projects;
mod render;
mod said;
mod spans;
#[cfg(test)]
mod tests;
mod uploads;
mod versions;
mod writing;

pub use archives::{ArchiveExport, ArchiveImport, Imported};
pub use content::ingest::{Ingested, RejectedRow, TakenFeedback, WaitingRow};
pub use desk::{Actor, Desk, Proof};
pub use ground::error::{Error, Result};
pub use ground::fate::Fate;
pub use ground::keys::{entry_of, entry_text};
pub use ground::time::now;
pub use history::{Difference, Erased, Verified};
pub use looking::english::LanguageModel;
pub use looking::live::{LiveEvents, Subscription};
pub use looking::query::QueryAnswer;
pub use looking::search::{FoundRows, RowSearch};
pub use migrations::Distribution;
pub use people::names::same_name;
pub use people::{RedeemLink, SignIn, SignedIn};
pub use projects::views::WhichViews;
pub use said::answers::{AnswerSet, Standing};
pub use said::feedback_links::FeedbackVisitor;
pub use said::reviews::MatchingItems;
pub use uploads::Upload;
pub use writing::events::Published;

use ground::database;
use writing::{neighbours, writer};

use database::Connection;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// A store whose writer does not commit within this is not ready.
const COMMITS_WITHIN: Duration = Duration::from_secs(3);

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// `sqlite://path.db` or `postgres://…`.
    pub database_url: String,
    /// The name of the organisation, as it stands in addresses.
    pub organization: String,
    /// Where the time, ids and salts come from.
    pub fate: Fate,
}

/// What the store is doing right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Commands that wait for the writer.
    pub queue: usize,
    /// Followers of projects.
    pub followers: usize,
    /// Size of the database in bytes.
    pub database_bytes: i64,
}

/// The database, opened and brought up to date. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    readers: Connection,
    writer: writer::Writer,
    feed: Arc<neighbours::Feed>,
    listening: Vec<tokio::task::AbortHandle>,
    fate: Fate,
    organization: String,
    organization_id: String,
    secret: String,
    attempts: people::Attempts,
    searches: looking::work::Searches,
    language_model: OnceLock<Box<dyn looking::english::LanguageModel>>,
    feedback_uses: said::feedback_links::FeedbackUses,
    access: people::AccessWatch,
}

impl Store {
    /// Opens the database and runs the migrations it has not seen.
    ///
    /// # Errors
    /// When the database cannot be reached, read or brought up to date.
    pub async fn open(options: StoreOptions) -> Result<Self> {
        let url = database::reachable(&options.database_url).await;
        let (write, readers) = database::open(&url).await?;
        database::migrate(&write).await?;
        ground::estimates::tell(&write).await?;
        let organization_id = database::setting(&write, "organization_id", options.fate.id()).await?;
        let secret = database::setting(&write, "secret", format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>())).await?;
        let feed = Arc::new(neighbours::Feed::open(&readers).await?);
        let listening = neighbours::listen(&feed, &readers, &url);
        let access = people::AccessWatch::start(readers.clone());
        let writer = writer::Writer::start(&write, &feed, database::writers(&url), options.fate.clone());
        let store = Self {
            inner: Arc::new(Inner {
                readers,
                writer,
                feed,
                listening,
                fate: options.fate,
                organization: options.organization,
                organization_id,
                secret,
                attempts: people::Attempts::default(),
                searches: looking::work::Searches::default(),
                language_model: OnceLock::new(),
                feedback_uses: said::feedback_links::FeedbackUses::default(),
                access,
            }),
        };
        // Tests say themselves when words are indexed and jobs go on.
        if !cfg!(test) {
            store.follow_words();
            store.follow_jobs();
            store.follow_rules();
        }
        Ok(store)
    }

    /// Opens the database, brings it up to date, and spreads the tables that grow over the workers of a PostgreSQL with Citus, by project.
    /// What is distributed already stays as it is.
    ///
    /// # Errors
    /// [`Error::Schema`] without that extension; else as for [`Store::open`]. What was distributed until then stays so.
    pub async fn distribute(options: StoreOptions) -> Result<Distribution> {
        let url = options.database_url.clone();
        Self::open(options).await?.close().await;
        database::distribute(&url).await
    }

    /// The name of the organisation, as it stands in addresses.
    pub fn organization(&self) -> &str {
        &self.inner.organization
    }

    /// The id of the organisation, the same ever since the first start.
    pub fn organization_id(&self) -> String {
        self.inner.organization_id.clone()
    }

    /// Answers whether the database can be read and written right now.
    ///
    /// # Errors
    /// When it cannot, or when nothing was committed for some seconds, because somebody else holds the database.
    pub async fn ready(&self) -> Result<()> {
        database::ping(&self.inner.readers).await?;
        match tokio::time::timeout(COMMITS_WITHIN, self.write(|_| Box::pin(async { Ok(()) }))).await {
            Ok(committed) => committed,
            Err(_) => Err(Error::Away(format!("nothing was committed for {} s", COMMITS_WITHIN.as_secs()))),
        }
    }

    /// What the store is doing right now.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn load(&self) -> Result<Load> {
        let database_bytes = database::size(self.readers()).await?;
        Ok(Load { queue: self.inner.writer.queued(), followers: self.inner.feed.followers(), database_bytes })
    }

    /// Waits for what is being written and takes nothing more.
    pub async fn close(&self) {
        self.inner.writer.close().await;
        self.inner.listening.iter().for_each(tokio::task::AbortHandle::abort);
        self.inner.access.close();
        if let Err(error) = database::empty_log(self.readers()).await {
            tracing::warn!(%error, "the log of the database was not emptied; it belongs to the file beside it");
        }
    }

    /// Says when the store is closed.
    pub(crate) fn is_closed(&self) -> impl Fn() -> bool + Send + 'static {
        let inner = Arc::downgrade(&self.inner);
        move || inner.upgrade().is_none_or(|inner| inner.listening.iter().all(tokio::task::AbortHandle::is_finished))
    }

    /// What links are signed with.
    pub(crate) fn secret(&self) -> &[u8] {
        self.inner.secret.as_bytes()
    }

    pub(crate) fn readers(&self) -> &Connection {
        &self.inner.readers
    }
}
