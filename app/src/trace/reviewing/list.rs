//! Review mode over a review list: the server says which item comes next, one has it in hand while it is open, and the server has to know
//! that one is still there.

use super::OpenItem;
use crate::api::send;
use crate::reviews::api::{hold_row, keep_row, release_row};
use crate::reviews::{Taking, just_taken};
use crate::trace::Opened;
use crate::ui::Saving;
use leptos::prelude::*;
use shared::ReviewListId;
use shared::address::REVIEW_ROWS;
use shared::objects::RowAddress;
use std::time::Duration;

/// How often it is said that one is still there. An item is let go after a minute at the earliest.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);

/// Going from item to item of a list. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct ListWalk {
    opened: Opened,
    open: OpenItem,
    taking: Taking,
    /// The row of a list that one has in hand.
    in_hand: StoredValue<Option<(RowAddress, ReviewListId)>>,
    is_going: RwSignal<bool>,
}

impl ListWalk {
    /// What goes wrong is written to `told`.
    pub(super) fn new(told: RwSignal<String>) -> Self {
        let walk = Self {
            opened: expect_context::<Opened>(),
            open: expect_context::<OpenItem>(),
            taking: Taking::new(told),
            in_hand: StoredValue::new(None),
            is_going: RwSignal::new(false),
        };
        walk.take_what_is_open();
        walk.go_once_saved();
        walk.give_signs_of_life();
        walk
    }

    /// The list; none where one reviews the rows of the page.
    pub(super) fn list(self) -> Option<ReviewListId> {
        self.opened.links.review().filter(|over| over != REVIEW_ROWS).map(ReviewListId)
    }

    /// Goes to the next item as soon as the server has what was said about this one.
    pub(super) fn go_on(self) {
        self.is_going.set(true);
    }

    /// One has said what there is to say about the open item: it is in nobody's hand any more.
    pub(super) fn let_go(self) {
        self.in_hand.set_value(None);
    }

    fn take_what_is_open(self) {
        let wanted = Memo::new(move |_| Some((self.opened.trace.form_row.get()?, self.list()?)));
        Effect::new(move |_| {
            let wanted = wanted.get();
            self.leave();
            self.open.refused.set(None);
            let Some((row, list)) = wanted else { return self.open.held.set(None) };
            if let Some(taken) = just_taken(&row, list.as_str()) {
                self.in_hand.set_value(Some((row, list)));
                return self.open.held.set(Some(taken));
            }
            self.open.held.set(None);
            send(hold_row(row.clone(), list.clone()), move |held| {
                let is_open = untrack(|| self.opened.trace.form_row.try_get().flatten().as_ref() == Some(&row));
                match held {
                    // Whoever has left meanwhile does not keep it.
                    Ok(_) if !is_open => send(release_row(row, list), |_| ()),
                    Err(_) if !is_open => {}
                    Ok(held) => {
                        self.in_hand.set_value(Some((row, list)));
                        self.open.held.set(Some(held));
                    }
                    Err(error) => self.open.refused.set(Some(error)),
                }
            });
        });
        on_cleanup(move || {
            self.leave();
            self.open.held.set(None);
        });
    }

    /// Somebody else can take what one has in hand.
    fn leave(self) {
        if let Some((row, list)) = self.in_hand.try_update_value(Option::take).flatten() {
            // What was taken away meanwhile needs no letting go.
            send(release_row(row, list), |_| ());
        }
    }

    fn go_once_saved(self) {
        Effect::new(move |_| {
            let (Some(list), Some(row)) = (self.list(), self.opened.trace.form_row.get()) else { return };
            // What was said about this item comes first: until then it is the next one.
            if self.is_going.get() && self.opened.trace.journal().saving_of(&row) != Saving::Saving {
                self.is_going.set(false);
                self.taking.take(list, Some(row));
            }
        });
    }

    fn give_signs_of_life(self) {
        let say = move || {
            if let Some((row, list)) = self.in_hand.try_get_value().flatten() {
                // Who does not have the item in hand is told when they complete it.
                send(keep_row(row, list), |_| ());
            }
        };
        // Effects run in the browser only.
        Effect::new(move |_| {
            if let Ok(interval) = set_interval_with_handle(say, SIGN_OF_LIFE) {
                on_cleanup(move || interval.clear());
            }
        });
    }
}
