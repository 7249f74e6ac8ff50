//! The brake on guessing passwords.
//!
//! Every attempt counts as failed until it has succeeded, so that many at once gain nothing. Counted are an account from one
//! network, the account from all networks, and the network for all accounts. Only the first brakes who has signed in from
//! that network before: so nobody locks out somebody who is elsewhere, nor everybody who shares a network with them.

use shared::Problem;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Failures of one email from one address that cost nothing yet.
const FREE_FOR_EMAIL: u32 = 5;

/// The same for all emails from one address, behind which there may be a whole office.
const FREE_FOR_ADDRESS: u32 = 20;

/// The same for one email from all addresses.
const FREE_FOR_ACCOUNT: u32 = 50;

/// The longest wait.
const LONGEST: Duration = Duration::from_secs(300);

/// The longest wait for an account that is tried from everywhere: whoever owns it must get in from a new place.
const LONGEST_FOR_ACCOUNT: Duration = Duration::from_secs(30);

/// Without any attempt for so long, the failures are forgotten.
const FORGET: Duration = Duration::from_secs(3600);

/// How many are remembered; beyond it the one that has been quiet for longest is forgotten.
const REMEMBERED: usize = 10_000;

/// Failed sign-ins, in memory.
#[derive(Default)]
pub(crate) struct Attempts {
    failures: Mutex<HashMap<Who, Failures>>,
    /// Who has signed in from where, and when last.
    known: Mutex<HashMap<Who, Instant>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Who {
    Email { email: String, address: String },
    Address(String),
    Account(String),
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
        let counted = counted(email, address);
        let is_known = lock(&self.known).contains_key(&counted[0]);
        let mut failures = lock(&self.failures);
        let braking = if is_known { &counted[..1] } else { &counted[..] };
        let wait = braking.iter().filter_map(|who| failures.get(who).map(|found| found.wait(who, now))).max().unwrap_or_default();
        if !wait.is_zero() {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            return Err(Problem::Busy { retry_after: u32::try_from(seconds).unwrap_or(u32::MAX) });
        }
        for who in counted {
            make_room(&mut failures, &who, |found| found.last, now);
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
        let [pair, alone, account] = counted(email, address);
        let mut failures = lock(&self.failures);
        failures.remove(&pair);
        // Only this attempt is taken back: owning one account must not help with guessing others.
        for who in [alone, account] {
            if let Some(found) = failures.get_mut(&who) {
                found.count = found.count.saturating_sub(1);
            }
        }
        let now = Instant::now();
        let mut known = lock(&self.known);
        make_room(&mut known, &pair, |last| *last, now);
        known.insert(pair, now);
    }
}

fn lock<T>(remembered: &Mutex<T>) -> MutexGuard<'_, T> {
    remembered.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Failures {
    fn wait(&self, who: &Who, now: Instant) -> Duration {
        let (free, longest) = match who {
            Who::Email { .. } => (FREE_FOR_EMAIL, LONGEST),
            Who::Address(_) => (FREE_FOR_ADDRESS, LONGEST),
            Who::Account(_) => (FREE_FOR_ACCOUNT, LONGEST_FOR_ACCOUNT),
        };
        let Some(beyond) = self.count.checked_sub(free) else { return Duration::ZERO };
        let delay = Duration::from_secs(1 << beyond.min(16)).min(longest);
        delay.saturating_sub(now.duration_since(self.last))
    }
}

fn counted(email: &str, address: &str) -> [Who; 3] {
    // An email longer than any that exists must not fill the memory.
    let email: String = email.chars().take(254).collect();
    let (account, address) = (Who::Account(email.clone()), address.to_owned());
    [Who::Email { email, address: address.clone() }, Who::Address(address), account]
}

fn make_room<T>(remembered: &mut HashMap<Who, T>, who: &Who, last: impl Fn(&T) -> Instant, now: Instant) {
    if remembered.len() < REMEMBERED || remembered.contains_key(who) {
        return;
    }
    remembered.retain(|_, found| now.duration_since(last(found)) <= FORGET);
    if remembered.len() >= REMEMBERED
        && let Some(quietest) = remembered.iter().min_by_key(|(_, found)| last(found)).map(|(who, _)| who.clone())
    {
        remembered.remove(&quietest);
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
        assert_eq!(lock(&attempts.failures).get(&Who::Address("192.0.2.1".to_owned())).unwrap().count, 4);
        assert_eq!(waits(&attempts, "ada@example.com", "192.0.2.1", now), 0);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let attempts = Attempts::default();
        let now = Instant::now();
        for number in 0..REMEMBERED / 2 + 50 {
            assert_eq!(waits(&attempts, &format!("{number}@example.com"), &number.to_string(), now), 0);
        }
        assert_eq!(lock(&attempts.failures).len(), REMEMBERED);
    }

    #[test]
    fn wrong_passwords_behind_a_shared_address_lock_out_nobody_who_has_signed_in_there() {
        let attempts = Attempts::default();
        let now = Instant::now();
        attempts.succeeded("ada@example.com", "192.0.2.1");
        for number in 0..30 {
            let _ = attempts.begin_at(&format!("{number}@example.com"), "192.0.2.1", now);
        }
        assert!(waits(&attempts, "another@example.com", "192.0.2.1", now) > 0);
        for _ in 0..5 {
            assert_eq!(waits(&attempts, "ada@example.com", "192.0.2.1", now), 0);
        }
        assert_eq!(waits(&attempts, "ada@example.com", "192.0.2.1", now), 1, "her own failures still count");
    }

    #[test]
    fn one_account_tried_from_everywhere_is_braked_but_not_where_it_is_at_home() {
        let attempts = Attempts::default();
        let now = Instant::now();
        attempts.succeeded("ada@example.com", "198.51.100.1");
        for number in 0..50 {
            assert_eq!(waits(&attempts, "ada@example.com", &format!("192.0.2.{number}"), now), 0);
        }
        assert_eq!(waits(&attempts, "ada@example.com", "203.0.113.1", now), 1);
        assert_eq!(waits(&attempts, "ada@example.com", "198.51.100.1", now), 0);
        assert_eq!(waits(&attempts, "bob@example.com", "203.0.113.1", now), 0);
    }
}
