//! Touchstone's server: one origin that serves pages, server functions, the REST interface, the dialect of the official
//! SDKs, live events and the assets. Rules live in the store; here requests become calls of a desk, and answers HTTP.

pub mod actor;
pub mod application;
pub mod assets;
pub mod bodies;
pub mod body;
pub mod commands;
pub mod config;
pub mod connections;
pub mod cookie;
pub mod files;
pub mod health;
pub mod language_model;
pub mod live;
pub mod logging;
pub mod metrics;
pub mod network;
pub mod pages;
pub mod problems;
pub mod request_id;
pub mod rest;
pub mod room;
pub mod router;
pub mod security;
pub mod serve;
pub mod sign_in;
pub mod wire;
