//! How much one may ask for: looking at rows goes off the runtime's threads, a few at once for each person and in all, and ends
//! when it has cost enough. What is over a bound says so.

use crate::{Result, Store};
use shared::{PersonId, Problem};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Searches at once in the whole process: half of the connections that read.
const AT_ONCE: usize = 4;

/// Searches of one person at once.
const AT_ONCE_EACH: usize = 2;

/// Searches of one person that may wait.
const WAITING_EACH: usize = 32;

/// How long somebody waits for a place.
const PATIENCE: Duration = Duration::from_secs(15);

/// People whose turns are kept although nobody uses them.
const MOST_IDLE: usize = 1_000;

/// Who is searching.
pub(crate) struct Searches {
    all: Arc<Semaphore>,
    people: Mutex<HashMap<PersonId, Own>>,
}

/// The searches of one person: those that run, and those that run or wait.
#[derive(Clone)]
struct Own {
    running: Arc<Semaphore>,
    asked: Arc<Semaphore>,
}

/// The right to search until it is dropped.
pub(crate) struct SearchTurn {
    _all: OwnedSemaphorePermit,
    _running: OwnedSemaphorePermit,
    _asked: OwnedSemaphorePermit,
}

impl Default for Searches {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(AT_ONCE)), people: Mutex::default() }
    }
}

impl Searches {
    /// Waits until somebody may search.
    ///
    /// # Errors
    /// [`Problem::Busy`] for who has too many searches waiting already, and when no place becomes free for long.
    pub(crate) async fn turn(&self, person: &PersonId) -> Result<SearchTurn> {
        let own = self.own(person);
        let busy = || Problem::Busy { retry_after: 2 };
        let asked = own.asked.try_acquire_owned().map_err(|_| busy())?;
        let running = timeout(PATIENCE, own.running.acquire_owned()).await.map_err(|_| busy())?.map_err(|_| busy())?;
        let all = timeout(PATIENCE, Arc::clone(&self.all).acquire_owned()).await.map_err(|_| busy())?.map_err(|_| busy())?;
        Ok(SearchTurn { _all: all, _running: running, _asked: asked })
    }

    fn own(&self, person: &PersonId) -> Own {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if people.len() > MOST_IDLE {
            people.retain(|_, own| own.asked.available_permits() < AT_ONCE_EACH + WAITING_EACH);
        }
        let new = || Own { running: Arc::new(Semaphore::new(AT_ONCE_EACH)), asked: Arc::new(Semaphore::new(AT_ONCE_EACH + WAITING_EACH)) };
        people.entry(person.clone()).or_insert_with(new).clone()
    }
}

impl Store {
    /// Who is searching.
    pub(crate) fn searches(&self) -> &Searches {
        &self.inner.searches
    }
}

/// What may still be spent on one answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    spans: u64,
    /// Bytes of rows times the places that are read of each.
    work: u64,
    until: Instant,
}

impl Effort {
    /// For a page, which can be continued.
    pub(crate) fn page() -> Self {
        // Tests need not send so many to come to the end of a page.
        let spans = if cfg!(test) { 1_000 } else { 20_000 };
        Self { spans, work: 2_000_000_000, until: Instant::now() + Duration::from_secs(2) }
    }

    /// For which questions a form asks: what is looked at of a trace for it.
    pub(crate) fn form() -> Self {
        Self { until: Instant::now() + Duration::from_secs(8), ..Self::page() }
    }

    /// For a summary that a page waits for and that says where it is partial.
    pub(crate) fn summary() -> Self {
        Self { spans: 500_000, work: 10_000_000_000, until: Instant::now() + Duration::from_secs(4) }
    }

    /// For an answer that is one number, or that must find something.
    pub(crate) fn whole() -> Self {
        Self { spans: 2_000_000, work: 40_000_000_000, until: Instant::now() + Duration::from_secs(20) }
    }

    /// For so many spans, whatever it costs to look at them.
    #[cfg(test)]
    pub(crate) fn of_spans(spans: u64) -> Self {
        Self { spans, ..Self::whole() }
    }

    /// Counts what was looked at.
    pub(crate) fn spend(&mut self, spans: usize, bytes: u64, places: u64) {
        self.spans = self.spans.saturating_sub(spans as u64);
        self.work = self.work.saturating_sub(bytes.saturating_mul(places.max(1)));
    }

    /// Whether nothing more may be looked at.
    pub(crate) fn is_over(&self) -> bool {
        self.spans == 0 || self.work == 0 || Instant::now() >= self.until
    }
}

/// Runs what computes for long off the runtime's threads.
pub(crate) async fn aside<T: Send + 'static>(compute: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(compute).await.map_err(|error| crate::Error::Corrupt(format!("looking at rows ended: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[tokio::test]
    async fn one_person_searches_a_few_at_once_and_waits_in_a_short_queue() {
        let searches = Searches::default();
        let (one, other) = (PersonId("one".to_owned()), PersonId("other".to_owned()));
        let first = searches.turn(&one).await.unwrap();
        let second = searches.turn(&one).await.unwrap();
        let mut waiting: Vec<_> = (0..WAITING_EACH).map(|_| Box::pin(searches.turn(&one))).collect();
        for turn in &mut waiting {
            assert!(futures::poll!(turn).is_pending());
        }
        assert!(matches!(searches.turn(&one).await, Err(Error::Problem(Problem::Busy { .. }))));
        let of_other = searches.turn(&other).await.unwrap();
        drop(first);
        assert!(waiting.remove(0).await.is_ok(), "who waited is next");
        drop((second, of_other));
        assert!(waiting.remove(0).await.is_ok());
    }
}
