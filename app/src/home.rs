//! Home: what is first to do for who is signed in, in whatever project it is.

mod api;
mod page;

pub use page::HomePage;
