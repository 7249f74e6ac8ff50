//! The way of every command about a span to the server.

pub mod api;
