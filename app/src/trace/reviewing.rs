//! Review mode: the open trace as one judges row after row. The list steps aside, the form says what comes next, and the address is the link
//! that leads a colleague to the same row in the same order.
//!
//! It is drawn by a part of the bundle of its own; what of it an open trace must know at once stands here.

mod advance;
mod foot;
mod gone;
mod item;
mod list;
mod part;
mod place;
mod skip;

pub(crate) use part::load_review;
pub(super) use part::{ReviewPart, Shown};

use super::{Opened, Way};
use crate::api::AppError;
use crate::keys::{Act, Scope, shortcuts, titled, use_keys};
use crate::raw_query::in_place;
use crate::ui::{Icon, IconName};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use shared::reviews::ItemInHand;

/// The item of a review list whose row is open, as the part of review mode knows it.
#[derive(Clone, Copy)]
pub(super) struct OpenItem {
    /// What one has in hand; none while that is not known.
    held: RwSignal<Option<ItemInHand>>,
    /// Why one has it not.
    refused: RwSignal<Option<AppError>>,
}

impl OpenItem {
    pub(super) fn new() -> Self {
        Self { held: RwSignal::new(None), refused: RwSignal::new(None) }
    }
}

/// Whether one is in review mode.
pub(super) fn is_reviewing() -> Memo<bool> {
    let links = expect_context::<Opened>().links;
    Memo::new(move |_| links.review().is_some())
}

/// Minds the keys that lead into review mode and out of it.
pub(super) fn follow_mode() {
    let links = expect_context::<Opened>().links;
    let enter = entering();
    let navigate = use_navigate();
    use_keys().on(Scope::Trace, move |act| {
        let is_on = untrack(|| links.review().is_some());
        match act {
            Act::ReviewMode if !is_on => enter(),
            Act::Close if is_on => navigate(&untrack(|| links.to(Way::Closed)), in_place()),
            _ => return false,
        }
        true
    });
}

/// Goes into review mode as soon as what draws it is there with its styles.
fn entering() -> impl Fn() + Clone + Send + Sync + 'static {
    let links = expect_context::<Opened>().links;
    let navigate = use_navigate();
    move || {
        let (navigate, address) = (navigate.clone(), untrack(|| links.to(Way::Review)));
        leptos::task::spawn_local_scoped(async move {
            load_review().await;
            navigate(&address, in_place());
        });
    }
}

/// Draws what leads into review mode.
#[component]
pub(super) fn EnterReviewMode() -> impl IntoView {
    let links = expect_context::<Opened>().links;
    let (is_on, enter) = (is_reviewing(), entering());
    let clicked = move |event: leptos::ev::MouseEvent| {
        // In a tab of its own it is a link like any other.
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            enter();
        }
    };
    move || {
        let clicked = clicked.clone();
        (!is_on.get()).then(|| {
            view! {
                <a class="btn icon ghost small" role="button" data-noscroll="" href=move || links.to(Way::Review) aria-label="Enter review mode"
                    title=titled("Enter review mode", Act::ReviewMode) aria-keyshortcuts=shortcuts(Act::ReviewMode) on:click=clicked>
                    <Icon name=IconName::Expand/>
                </a>
            }
        })
    }
}
