//! The brake on guessing passwords.
//!
//! Every attempt counts as failed until it has succeeded, so that many at once gain nothing. Counted are an address of
//! the network together with an email, and the address alone; not the email alone, because then anybody could lock
//! anybody out.

use shared::Problem;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Failures of one email from one address that cost nothing yet.
const FREE_FOR_EMAIL: u32 = 5;

/// The same for all emails from one address, behind which there may be a whole office.
const FREE_FOR_ADDRESS: u32 = 20;

/// The longest wait.
const LONGEST: Duration = Duration::from_secs(300);

/// Without any attempt for so long, the failures are forgotten.
const FORGET: Duration = Duration::from_secs(3600);

/// How many are remembered; beyond it the one that has been quiet for longest is forgotten.
const REMEMBERED: usize = 10_000;

/// Failed sign-ins, in memory.
#[derive(Default)]
pub(crate) struct Attempts {
    failures: Mutex<HashMap<Who, Failures>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Who {
    Email { email: String, address: String },
    Address(String),
}

struct Failures {
    count: u32,
    last: Instant,
}

impl Attempts {
    /// Counts an attempt, or says how long to wait.
    pub(super) fn begin(&self, email: &str, address: &str) -> Result<(), Problem> {
        self.begin_at(email, address, Instant::now())
    }

    fn begin_at(&self, email: &str, address: &str, now: Instant) -> Result<(), Problem> {
        let mut failures = self.failures();
        let counted = both(email, address);
        let wait = counted.iter().filter_map(|who| failures.get(who).map(|found| found.wait(who, now))).max().unwrap_or_default();
        if !wait.is_zero() {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            return Err(Problem::Busy { retry_after: u32::try_from(seconds).unwrap_or(u32::MAX) });
        }
        for who in counted {
            make_room(&mut failures, &who, now);
            let found = failures.entry(who).or_insert(Failures { count: 0, last: now });
            if now.duration_since(found.last) > FORGET {
                found.count = 0;
            }
            found.count = found.count.saturating_add(1);
            found.last = now;
        }
        Ok(())
    }

    /// Forgets the failures of whoever has succeeded.
    pub(super) fn succeeded(&self, email: &str, address: &str) {
        let mut failures = self.failures();
        let [pair, alone] = both(email, address);
        failures.remove(&pair);
        // Only this attempt is taken back: owning one account must not help with guessing others.
        if let Some(found) = failures.get_mut(&alone) {
            found.count = found.count.saturating_sub(1);
        }
    }

    fn failures(&self) -> MutexGuard<'_, HashMap<Who, Failures>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Failures {
    fn wait(&self, who: &Who, now: Instant) -> Duration {
        let free = match who {
            Who::Email { .. } => FREE_FOR_EMAIL,
            Who::Address(_) => FREE_FOR_ADDRESS,
        };
        let Some(beyond) = self.count.checked_sub(free) else { return Duration::ZERO };
        let delay = Duration::from_secs(1 << beyond.min(16)).min(LONGEST);
        delay.saturating_sub(now.duration_since(self.last))
    }
}

fn both(email: &str, address: &str) -> [Who; 2] {
    // An email longer than any that exists must not fill the memory.
    let email = email.chars().take(254).collect();
    [Who::Email { email, address: address.to_owned() }, Who::Address(address.to_owned())]
}

fn make_room(failures: &mut HashMap<Who, Failures>, who: &Who, now: Instant) {
    if failures.len() < REMEMBERED || failures.contains_key(who) {
        return;
    }
    failures.retain(|_, found| now.duration_since(found.last) <= FORGET);
    if failures.len() >= REMEMBERED
        && let Some(quietest) = failures.iter().min_by_key(|(_, found)| found.last).map(|(who, _)| who.clone())
    {
        failures.remove(&quietest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(attempts: &Attempts, email: &str, address: &str, now: Instant) -> u32 {
        match attempts.begin_at(email, address, now) {
            Ok(()) => 0,
            Err(Problem::Busy { retry_after }) => retry_after,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn the_wait_doubles_after_five_failures_and_ends_at_five_minutes() {
        let attempts = Attempts::default();
        let mut now = Instant::now();
        for _ in 0..5 {
            assert_eq!(waits(&attempts, "ada@example.com", "192.0.2.1", now), 0);
        }
        let mut seen = Vec::new();
        for _ in 0..10 {
            let wait = waits(&attempts, "ada@example.com", "192.0.2.1", now);
            seen.push(wait);
            assert_eq!(waits(&attempts, "ada@example.com", "192.0.2.1", now), wait, "a refused attempt does not count");
            now += Duration::from_secs(u64::from(wait));
            assert_eq!(waits(&attempts, "ada@example.com", "192.0.2.1", now), 0);
        }
        assert_eq!(seen, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert_eq!(waits(&attempts, "ada@example.com", "192.0.2.2", now), 0, "from elsewhere the owner still gets in");
        assert_eq!(waits(&attempts, "ada@example.com", "192.0.2.1", now + FORGET + LONGEST), 0);
    }

    #[test]
    fn many_emails_from_one_address_are_braked_too() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for number in 0..20 {
            assert_eq!(waits(&attempts, &format!("{number}@example.com"), "192.0.2.1", now), 0);
        }
        assert_eq!(waits(&attempts, "another@example.com", "192.0.2.1", now), 1);
        assert_eq!(waits(&attempts, "another@example.com", "192.0.2.2", now), 0);
    }

    #[test]
    fn success_forgets_the_pair_but_only_its_own_attempt_of_the_address() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for _ in 0..4 {
            assert_eq!(waits(&attempts, "ada@example.com", "192.0.2.1", now), 0);
        }
        assert_eq!(waits(&attempts, "ada@example.com", "192.0.2.1", now), 0);
        attempts.succeeded("ada@example.com", "192.0.2.1");
        assert_eq!(attempts.failures().get(&Who::Address("192.0.2.1".to_owned())).unwrap().count, 4);
        assert_eq!(waits(&attempts, "ada@example.com", "192.0.2.1", now), 0);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for number in 0..REMEMBERED / 2 + 50 {
            assert_eq!(waits(&attempts, "ada@example.com", &number.to_string(), now), 0);
        }
        assert_eq!(attempts.failures().len(), REMEMBERED);
    }
}
