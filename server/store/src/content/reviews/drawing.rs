//! Numbers that follow from a seed and a row, whichever database keeps it: the same seed draws the same rows.

use sha2::{Digest, Sha256};
use shared::{ObjectId, RowId};

/// A number of a row for some purpose.
pub(crate) fn number(seed: i64, what: &str, object: &ObjectId, row: &RowId) -> u64 {
    let seed = seed.to_string();
    let hash = Sha256::digest([seed.as_str(), what, object.as_str(), row.as_str()].join("\0").as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    u64::from_be_bytes(first)
}

/// The same as a share of 0..1.
pub(crate) fn share(number: u64) -> f64 {
    // As many bits as a double holds.
    (number >> 11) as f64 / (1_u64 << 53) as f64
}

/// The place of a row in the draws of a seed.
pub(crate) fn place(seed: i64, object: &ObjectId, row: &RowId) -> u64 {
    number(seed, "draw", object, row)
}

/// Whether a seed draws a row at a rate.
pub(crate) fn is_drawn(seed: i64, object: &ObjectId, row: &RowId, rate: f64) -> bool {
    share(place(seed, object, row)) < rate
}
