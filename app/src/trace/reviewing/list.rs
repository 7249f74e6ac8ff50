//! Review mode over a review list: the server says which item comes next, and has to know that one is still there.

use crate::api::send;
use crate::context::use_project;
use crate::reviews::api::{keep_row, take_next};
use crate::reviews::go_to;
use crate::trace::{Opened, TraceState};
use crate::ui::Saving;
use leptos::prelude::*;
use shared::ReviewListId;
use shared::address::{REVIEW_ROWS, review_link};
use shared::reviews::{TakeNext, TakenItem};
use std::time::Duration;

/// How often it is said that one is still there. An item is let go after a minute at the earliest.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);

/// Going from item to item of a list. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct ListWalk {
    opened: Opened,
    is_going: RwSignal<bool>,
}

impl ListWalk {
    /// What goes wrong is written to `told`.
    pub(super) fn new(told: RwSignal<String>) -> Self {
        let opened = expect_context::<Opened>();
        let context = StoredValue::new(use_project());
        let walk = Self { opened, is_going: RwSignal::new(false) };
        Effect::new(move |_| {
            let (Some(list), Some(row)) = (walk.list(), opened.trace.form_row.get()) else { return };
            // What was said about this item comes first: until then it is the next one.
            if !walk.is_going.get() || opened.trace.journal().saving_of(&row) == Saving::Saving {
                return;
            }
            walk.is_going.set(false);
            let (project, organization) = context.with_value(|context| (context.project.id.clone(), context.organization.clone()));
            send(take_next(TakeNext { project, list: Some(ReviewListId(list)), order: None }), move |taken| match taken {
                Ok(Some(TakenItem { item, .. })) if item.row != row => go_to(&review_link(&organization, &item.row, item.list.as_str())),
                Ok(Some(_)) => told.set("This one is still in your hand, and not complete yet.".to_owned()),
                Ok(None) => told.set("Nothing else is left for you in this list.".to_owned()),
                Err(error) => told.set(error.to_string()),
            });
        });
        walk.give_signs_of_life(opened.trace);
        walk
    }

    /// The id of the list; none where one reviews the rows of the page.
    pub(super) fn list(self) -> Option<String> {
        self.opened.links.review().filter(|over| over != REVIEW_ROWS)
    }

    /// Goes to the next item as soon as the server has what was said about this one.
    pub(super) fn go_on(self) {
        self.is_going.set(true);
    }

    fn give_signs_of_life(self, trace: TraceState) {
        let say = move || {
            let (Some(list), Some(row)) = (untrack(|| self.list()), trace.form_row.try_get_untracked().flatten()) else { return };
            // Who does not have the item in hand is told when they complete it.
            send(keep_row(row, ReviewListId(list)), |_| ());
        };
        // Effects run in the browser only.
        Effect::new(move |_| {
            if let Ok(interval) = set_interval_with_handle(say, SIGN_OF_LIFE) {
                on_cleanup(move || interval.clear());
            }
        });
    }
}
