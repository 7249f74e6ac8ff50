//! Tests of the server through HTTP: a real listener, a real database, real requests.

mod access;
mod bad_input;
mod conversation;
mod harness;
mod live;
mod pages;
mod process;
mod rest;
