//! Ids that the server makes.

use uuid::Uuid;

/// A new id: a UUID of version 7, so that later ids sort later.
pub(crate) fn new_id() -> String {
    Uuid::now_v7().to_string()
}
