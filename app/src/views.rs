//! Saved views over a list: which one is shown and the others, as the server writes them, and the menu that saves and changes them, which
//! lies in a part of the bundle of its own.

pub mod api;
mod foot;
mod menu;
mod part;
#[cfg(feature = "ssr")]
mod shown;

pub(crate) use menu::ViewedList;
pub(crate) use part::draw_views_menu;
#[cfg(feature = "ssr")]
pub(crate) use shown::ShownList;

use serde::{Deserialize, Serialize};
use shared::views::SavedView;

/// What the menu of views shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewsMenu {
    /// Every view of the type that one sees, by name.
    pub views: Vec<SavedView>,
    /// The saved one that is shown; a deleted one, too.
    pub current: Option<SavedView>,
}
