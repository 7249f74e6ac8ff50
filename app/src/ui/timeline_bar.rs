//! The length of a span on the clock of its trace.

use leptos::prelude::*;

/// Draws when a span ran, as shares of the whole trace between 0 and 1. The duration stands beside it as text.
#[component]
pub fn TimelineBar(
    /// When the span began.
    start: f64,
    /// How long it ran.
    length: f64,
) -> impl IntoView {
    let start = start.clamp(0.0, 1.0);
    // Half a per cent can still be seen.
    let length = length.clamp(0.005, 1.0);
    let left = start.min(1.0 - length) * 100.0;
    view! {
        <svg class="time-bar" viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">
            <rect x=format!("{left:.2}") width=format!("{:.2}", length * 100.0) height="2"></rect>
        </svg>
    }
}
