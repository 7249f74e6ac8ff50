//! The page of review lists as it was read last, and reading it again when anything about reviews changes.

use super::ReviewsPageView;
use super::api::open_reviews;
use crate::api::send;
use crate::live;
use leptos::prelude::*;
use shared::live::{Event, LiveChange};
use shared::reviews::OpenReviews;
use std::time::Duration;

/// How long events are gathered before the page is read again.
const GATHER: Duration = Duration::from_millis(500);

/// What is read, and how that goes on. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    /// What was read last.
    pub(super) view: RwSignal<ReviewsPageView>,
    /// What is asked for.
    pub(super) query: RwSignal<OpenReviews>,
    /// Whether it will be asked for in a moment.
    is_due: StoredValue<bool>,
    /// Whether the answer is on its way, and whether that will be too old.
    is_asking: StoredValue<bool>,
    is_stale: StoredValue<bool>,
}

impl Reading {
    pub(super) fn new(view: ReviewsPageView, query: OpenReviews) -> Self {
        let no = || StoredValue::new(false);
        Self { view: RwSignal::new(view), query: RwSignal::new(query), is_due: no(), is_asking: no(), is_stale: no() }
    }

    /// Reads the page again. One request is on its way at a time, and what was asked for last is what is shown.
    pub(super) fn read(self) {
        // The page may be gone.
        let Some(query) = self.query.try_get_untracked() else { return };
        if self.is_asking.get_value() {
            self.is_stale.set_value(true);
            return;
        }
        self.is_asking.set_value(true);
        send(open_reviews(query), move |newer| {
            if self.is_asking.try_set_value(false).is_some() {
                return;
            }
            // What cannot be read again stays as it is; the next change asks again.
            if let Ok(newer) = newer {
                self.view.set(newer);
            }
            if self.is_stale.get_value() {
                self.is_stale.set_value(false);
                self.read();
            }
        });
    }

    /// Reads the page again a moment after something changed, once for all that happens meanwhile.
    pub(super) fn follow(self) {
        let read = move || {
            if self.is_due.try_set_value(false).is_none() {
                self.read();
            }
        };
        let receive = move |event: Event| {
            let is_about_reviews = matches!(event.change, LiveChange::Reviews(_) | LiveChange::Configuration | LiveChange::Resync);
            if is_about_reviews && self.is_due.try_get_value() == Some(false) {
                self.is_due.set_value(true);
                set_timeout(read, GATHER);
            }
        };
        let project = self.query.with_untracked(|query| query.project.clone());
        live::follow(project, move || self.view.try_with_untracked(|view| view.reviews.as_of).unwrap_or_default(), receive);
    }
}
