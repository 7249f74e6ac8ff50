//! How long somebody really looks at a row: while the page is to be seen and has the focus, and they do something now and then.

use crate::trace::Opened;
use leptos::prelude::*;
use shared::answers::evidence::LONGEST_LOOK;
use shared::objects::RowAddress;

/// So many milliseconds without a key or a movement still count.
const IDLE: f64 = 120_000.0;

/// What was counted so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Look {
    /// Milliseconds that count.
    counted: f64,
    /// When it was last looked after, and whether the page was looked at from then on.
    last: f64,
    looks: bool,
}

impl Look {
    /// Something happens: from now on the page is looked at, or not.
    fn then(self, now: f64, looks: bool) -> Self {
        let passed = if self.looks { (now - self.last).clamp(0.0, IDLE) } else { 0.0 };
        Self { counted: self.counted + passed, last: now, looks }
    }

    /// Whole seconds, as an answer has them.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is neither negative nor large")]
    fn seconds(self) -> u32 {
        (self.counted / 1_000.0).round().min(f64::from(LONGEST_LOOK)) as u32
    }
}

/// Counts for the row that one answers for. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct Looking {
    look: StoredValue<Look>,
}

impl Looking {
    /// Begins to count, anew with each row.
    pub(super) fn new(opened: Opened) -> Self {
        let looking = Self { look: StoredValue::new(Look::default()) };
        Effect::new(move |before: Option<Option<RowAddress>>| {
            let row = opened.trace.form_row.get();
            if before.is_none_or(|before| before != row) {
                looking.look.set_value(Look { counted: 0.0, last: now(), looks: looks() });
            }
            row
        });
        let listeners = ["keydown", "pointermove", "pointerdown", "wheel", "focus", "blur", "visibilitychange"]
            .map(|name| window_event_listener_untyped(name, move |_| looking.go_on()));
        on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
        looking
    }

    fn go_on(self) {
        // The page may be gone.
        let _ = self.look.try_update_value(|look| *look = look.then(now(), looks()));
    }

    /// For how many seconds the row was looked at until now.
    pub(super) fn seconds(self) -> Option<u32> {
        self.go_on();
        self.look.try_get_value().map(Look::seconds)
    }
}

/// Milliseconds since the page was opened.
fn now() -> f64 {
    #[cfg(feature = "hydrate")]
    let now = window().performance().map_or(0.0, |performance| performance.now());
    #[cfg(not(feature = "hydrate"))]
    let now = 0.0;
    now
}

fn looks() -> bool {
    !document().hidden() && document().has_focus().unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_looked_at_counts() {
        let look = Look { counted: 0.0, last: 1_000.0, looks: true };
        let away = look.then(5_400.0, false);
        assert_eq!(away.seconds(), 4);
        // In another tab, and back.
        let back = away.then(60_000.0, true).then(61_000.0, true);
        assert_eq!(back.seconds(), 5);
        // Away from the desk: two minutes count.
        assert_eq!(back.then(10_000_000.0, true).seconds(), 125);
        assert_eq!(Look { counted: 1e12, ..look }.seconds(), LONGEST_LOOK);
    }
}
