//! Taking the next item of a review list in hand, from the page of lists and from review mode.

use super::api::take_next;
use crate::api::send;
use crate::context::use_project;
use crate::raw_query::relation;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::objects::RowAddress;
use shared::reviews::{ItemInHand, TakeNext, WhyNext};
use shared::{ProjectId, ReviewListId};
use std::cell::RefCell;

thread_local! {
    /// What this tab took last, until its page opens.
    static TAKEN: RefCell<Option<ItemInHand>> = const { RefCell::new(None) };
}

/// What was taken a moment ago, if it is this row of this list: whoever opens it need not ask for it again.
pub(crate) fn just_taken(row: &RowAddress, list: &str) -> Option<ItemInHand> {
    TAKEN.take().filter(|item| item.taken.item.row == *row && item.taken.item.list.as_str() == list)
}

/// Why an item comes next, in words.
pub(crate) fn why_next(why: WhyNext) -> &'static str {
    match why {
        WhyNext::Held => "You have it in hand.",
        WhyNext::Assigned => "You are asked to review it.",
        WhyNext::Oldest => "Of what is left it waits longest.",
        WhyNext::Drawn => "The draw of the list has it next.",
        WhyNext::Disagreement => "Of what is left people differ most about it.",
        WhyNext::Lowest => "Of what is left its score is the lowest.",
    }
}

/// Taking the next item of a list. Copies share it.
#[derive(Clone, Copy)]
pub(crate) struct Taking {
    project: StoredValue<ProjectId>,
    go: Callback<String>,
    /// Whether the answer is on its way.
    pub(crate) is_asking: RwSignal<bool>,
    told: RwSignal<String>,
}

impl Taking {
    /// What there is to say where there is nothing to go to is written to `told`.
    pub(crate) fn new(told: RwSignal<String>) -> Self {
        let navigate = use_navigate();
        let go = Callback::new(move |address: String| match relation(&address) {
            // The router cannot go there.
            Some(_) => drop(window().location().set_href(&address)),
            None => navigate(&address, NavigateOptions::default()),
        });
        Self { project: StoredValue::new(use_project().project.id), go, is_asking: RwSignal::new(false), told }
    }

    /// Takes the next item and opens it in review mode. `open` is the row that is open already.
    pub(crate) fn take(self, list: ReviewListId, open: Option<RowAddress>) {
        self.take_of(self.project.get_value(), list, open);
    }

    /// The same of a list of another project.
    pub(crate) fn take_of(self, project: ProjectId, list: ReviewListId, open: Option<RowAddress>) {
        if self.is_asking.get_untracked() {
            return;
        }
        self.is_asking.set(true);
        self.told.set(String::new());
        send(take_next(TakeNext { project, list: Some(list), order: None }), move |taken| {
            // The page may be gone.
            if self.is_asking.try_set(false).is_some() {
                return;
            }
            match taken {
                Ok(Some(item)) if open.as_ref() == Some(&item.taken.item.row) => {
                    self.told.set("This one is still in your hand, and not complete yet.".to_owned());
                }
                Ok(Some(item)) => {
                    let address = item.address.clone();
                    TAKEN.set(Some(item));
                    self.go.run(address);
                }
                Ok(None) => self.told.set("Nothing else is left for you in this list.".to_owned()),
                Err(error) => self.told.set(error.to_string()),
            }
        });
    }
}
