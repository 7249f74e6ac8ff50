//! Room in memory for what is being sent: how much of it by whom, and how many bodies at once.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// What somebody may send who has not proved who they are, in bytes.
pub const UNPROVEN: u64 = 64 * 1024;

/// So many bodies of the largest size are in memory at once.
const LARGEST_AT_ONCE: u64 = 8;

/// How long a body waits for those before it.
const WAIT: Duration = Duration::from_secs(10);

/// The bytes in which room is counted.
const UNIT: u64 = 1024;

/// Room in memory for bodies.
#[derive(Clone)]
pub struct Room {
    free: Arc<Semaphore>,
}

impl Room {
    /// Room for some bodies of the largest size, or many small ones.
    pub fn new(limit: u64) -> Self {
        let free = units(limit.saturating_mul(LARGEST_AT_ONCE)).min(u32::MAX as usize).min(Semaphore::MAX_PERMITS);
        Self { free: Arc::new(Semaphore::new(free)) }
    }

    /// Takes room for so many bytes, until what is returned is dropped; none if there was not enough for a while.
    pub async fn take(&self, bytes: u64) -> Option<OwnedSemaphorePermit> {
        let wanted = u32::try_from(units(bytes)).unwrap_or(u32::MAX);
        timeout(WAIT, Arc::clone(&self.free).acquire_many_owned(wanted)).await.ok()?.ok()
    }
}

fn units(bytes: u64) -> usize {
    usize::try_from(bytes.div_ceil(UNIT)).unwrap_or(usize::MAX)
}
