//! Review mode: the open trace as one judges row after row. The list steps aside, the form says what comes next, and the address is the link
//! that leads a colleague to the same row in the same order.
//!
//! It is drawn by a part of the bundle of its own; what of it an open trace must know at once stands here.

mod foot;
mod gone;
mod part;
mod place;

pub(crate) use part::load_review;
pub(super) use part::{ReviewPart, Shown};

use super::{Opened, Way};
use crate::keys::{Act, Scope, shortcuts, titled, use_keys};
use crate::raw_query::in_place;
use crate::ui::{Icon, IconName};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// Whether one is in review mode.
pub(super) fn is_reviewing() -> Memo<bool> {
    let links = expect_context::<Opened>().links;
    Memo::new(move |_| links.review().is_some())
}

/// Minds the keys that lead into review mode and out of it.
pub(super) fn follow_mode() {
    let links = expect_context::<Opened>().links;
    let navigate = use_navigate();
    use_keys().on(Scope::Trace, move |act| {
        let is_on = untrack(|| links.review().is_some());
        let way = match act {
            Act::ReviewMode if !is_on => Way::Review,
            Act::Close if is_on => Way::Closed,
            _ => return false,
        };
        navigate(&untrack(|| links.to(way)), in_place());
        true
    });
}

/// Draws what leads into review mode.
#[component]
pub(super) fn EnterReviewMode() -> impl IntoView {
    let links = expect_context::<Opened>().links;
    let is_on = is_reviewing();
    let link = move || {
        (!is_on.get()).then(|| {
            view! {
                <a class="btn icon ghost small" role="button" data-noscroll="" href=move || links.to(Way::Review) aria-label="Enter review mode"
                    title=titled("Enter review mode", Act::ReviewMode) aria-keyshortcuts=shortcuts(Act::ReviewMode)>
                    <Icon name=IconName::Expand/>
                </a>
            }
        })
    };
    link
}
