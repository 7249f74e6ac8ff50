//! Tests of the server through HTTP: a real listener, a real database, real requests.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod access;
mod archives;
mod attachments;
mod bad_input;
mod blindness;
mod bodies;
mod connections;
mod conversation;
mod demo_project;
mod export;
mod feedback_links;
mod harness;
mod history;
mod interference;
mod jobs;
mod live;
mod objects;
mod pages;
mod process;
mod querying;
mod rest;
mod review_filling;
mod review_items;
mod reviewing;
mod translate;
mod uploads;
mod views;
