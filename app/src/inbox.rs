//! The inbox: what waits for who is signed in, and how many mentions of them were not read.

pub mod api;
mod lines;
mod page;

pub(crate) use lines::{MentionLine, Numbers, ReopenedLine, UnclearLine, about, badge, changes_of_reviews, open_by_number};
pub use page::InboxPage;
pub(crate) use page::counted;

use crate::api::send;
use crate::live::Overhearing;
use crate::raw_query::path_segments;
use api::unread_mentions;
use leptos::prelude::*;
use shared::live::{Event, LiveChange};
use std::sync::Arc;
use std::time::Duration;

/// How long events are gathered before it is asked again how many wait.
const GATHER: Duration = Duration::from_millis(500);

/// How many mentions wait to be read.
#[derive(Clone, Copy)]
pub(crate) struct Unread {
    pub(crate) count: RwSignal<i64>,
    asking: StoredValue<bool>,
}

impl Unread {
    /// Asks when the page is there and whenever one goes to another; for everything inside the calling component.
    pub(crate) fn provide() -> Self {
        let unread = Self { count: RwSignal::new(0), asking: StoredValue::new(false) };
        provide_context(unread);
        provide_context(Overhearing(Arc::new(move |event| unread.hear(event))));
        let segments = path_segments();
        Effect::new(move |_| {
            segments.track();
            unread.ask();
        });
        unread
    }

    /// Asks how many wait.
    pub(crate) fn ask(self) {
        send(unread_mentions(), move |answer| {
            if let Ok(count) = answer {
                let _ = self.count.try_update(|known| *known = count);
            }
        });
    }

    /// Asks a moment after an event that may be about a comment.
    fn hear(self, event: &Event) {
        let about_comments = match &event.change {
            LiveChange::Spans(changed) => changed.traces.iter().any(|row| row.comments > 0),
            // Which of them is about a comment is not told.
            LiveChange::Veiled(_) | LiveChange::Resync => true,
            LiveChange::Configuration | LiveChange::Reviews(_) => false,
        };
        if !about_comments || self.asking.try_get_value() != Some(false) {
            return;
        }
        self.asking.set_value(true);
        set_timeout(
            move || {
                if self.asking.try_set_value(false).is_none() {
                    self.ask();
                }
            },
            GATHER,
        );
    }
}
