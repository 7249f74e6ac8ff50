//! What everything stands on: the database, rows as JSON text, where things are, and errors.

pub(crate) mod body;
pub(crate) mod database;
pub(crate) mod error;
pub(crate) mod estimates;
pub(crate) mod fate;
pub(crate) mod hexadecimal;
pub(crate) mod ids;
pub(crate) mod keys;
pub(crate) mod places;
pub(crate) mod signatures;
pub(crate) mod time;
pub(crate) mod upsert;
