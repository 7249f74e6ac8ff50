//! Review lists: how far each has come, what stands in it, and taking the next item.

pub mod api;
mod board;
mod card;
mod editing;
#[cfg(feature = "ssr")]
mod empty;
mod filling;
mod flagging;
mod list_draft;
mod lists;
mod moving;
mod narrowing;
mod pace;
mod page;
mod pair;
mod pair_totals;
mod pairing;
mod reading;
mod row;
mod rules;
mod start;
mod taking;
mod ways;

pub(crate) use flagging::{FlagDraft, FlagForm, Flagger, told};
pub use page::ReviewsPage;
pub(crate) use pairing::PairUp;
pub(crate) use taking::{Taking, just_taken, why_next};

use serde::{Deserialize, Serialize};
use shared::markup::Html;
use shared::reviews::ReviewsView;

/// What the page of review lists shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewsPageView {
    /// The lists, and the items of one.
    pub reviews: ReviewsView,
    /// Why nothing is listed, and what to do about it, where nothing is.
    pub nothing: Html,
}
