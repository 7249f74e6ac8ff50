//! Jobs: what goes on by itself over many rows, who started it, and how far it has come.

pub mod api;
