//! Review lists: how far each has come, what stands in it, and taking the next item.

pub mod api;
mod page;
mod row;

pub use page::ReviewsPage;

use leptos::prelude::window;

/// Goes to a row by a link that the server resolves: it knows which page shows it.
pub(crate) fn go_to(address: &str) {
    // A browser that is about to close goes nowhere.
    let _ = window().location().set_href(address);
}
