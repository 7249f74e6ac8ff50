//! The one clock.

use shared::Micros;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now, in microseconds UTC.
pub fn now() -> Micros {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX))
}

/// Microseconds of a day.
pub(crate) const DAY: Micros = 24 * HOUR;

/// Microseconds of an hour.
pub(crate) const HOUR: Micros = 3_600_000_000;
