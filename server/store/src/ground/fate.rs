//! What time it is, and what is drawn at random: the system's, or repeatable from a seed, so that the same commands make the same database.

use crate::ground::time;
use sha2::{Digest as _, Sha256};
use shared::Micros;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::{Builder, Uuid};

/// Where a store has the time, ids and salts from.
#[derive(Clone, Debug, Default)]
pub struct Fate {
    /// None for the system's.
    seeded: Option<Arc<Mutex<Seeded>>>,
}

#[derive(Debug)]
struct Seeded {
    seed: u64,
    now: Micros,
    /// How often something was drawn since the time was set.
    drawn: u64,
}

impl Fate {
    /// Time stands still until it is set, and whatever is drawn follows from the seed, the time and how often something was drawn since then.
    pub fn seeded(seed: u64, now: Micros) -> Self {
        Self { seeded: Some(Arc::new(Mutex::new(Seeded { seed, now, drawn: 0 }))) }
    }

    /// Sets the time; what is drawn from then on does not depend on what was drawn before. The system's time cannot be set.
    pub fn set(&self, now: Micros) {
        if let Some(seeded) = &self.seeded {
            let mut seeded = seeded.lock().unwrap_or_else(PoisonError::into_inner);
            (seeded.now, seeded.drawn) = (now, 0);
        }
    }

    /// The time, where it stands still.
    pub(crate) fn fixed(&self) -> Option<Micros> {
        self.seeded.as_ref().map(|seeded| seeded.lock().unwrap_or_else(PoisonError::into_inner).now)
    }

    /// Now, in microseconds UTC.
    pub(crate) fn now(&self) -> Micros {
        self.fixed().unwrap_or_else(time::now)
    }

    /// A new id: a UUID of version 7, so that later ids sort later.
    pub(crate) fn id(&self) -> String {
        let Some(now) = self.fixed() else { return Uuid::now_v7().to_string() };
        let mut random = [0; 10];
        random.iter_mut().zip(self.draw()).for_each(|(byte, drawn)| *byte = drawn);
        Builder::from_unix_timestamp_millis(u64::try_from(now / 1_000).unwrap_or_default(), &random).into_uuid().to_string()
    }

    /// A fresh salt.
    pub(crate) fn salt(&self) -> [u8; 16] {
        self.draw()
    }

    fn draw(&self) -> [u8; 16] {
        let Some(seeded) = &self.seeded else { return rand::random() };
        let mut seeded = seeded.lock().unwrap_or_else(PoisonError::into_inner);
        seeded.drawn += 1;
        let mut hash = Sha256::new();
        for number in [seeded.seed, seeded.now.cast_unsigned(), seeded.drawn] {
            hash.update(number.to_be_bytes());
        }
        let mut drawn = [0; 16];
        drawn.iter_mut().zip(hash.finalize()).for_each(|(byte, hashed)| *byte = hashed);
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_time_give_the_same() {
        let (one, other) = (Fate::seeded(1, 1_000), Fate::seeded(1, 1_000));
        let first = (one.id(), one.salt());
        assert_eq!(first, (other.id(), other.salt()));
        assert_ne!(one.id(), first.0);
        one.set(2_000);
        assert_ne!(one.id(), first.0);
        one.set(1_000);
        assert_eq!(one.id(), first.0);
        assert_eq!(one.now(), 1_000);
        assert_ne!(Fate::seeded(2, 1_000).id(), first.0);
        assert_ne!(Fate::default().id(), Fate::default().id());
    }
}
