//! What is done while nothing is painted does nothing, and the page says so.

use super::Opened;
use crate::keys::{Act, Scope, use_keys};
use leptos::prelude::*;
use std::time::Duration;

/// How long it is said.
const SAID: Duration = Duration::from_secs(4);

/// Says that a key was not taken, because the row that it was meant for is not painted yet.
#[component]
pub(super) fn Missed() -> impl IntoView {
    let trace = expect_context::<Opened>().trace;
    for scope in [Scope::Trace, Scope::Review] {
        use_keys().on(scope, move |act| {
            let is_awaited = if scope == Scope::Review || act == Act::Tags { trace.is_form_awaited() } else { trace.is_awaited() };
            let is_missed = act.is_about_a_row() && is_awaited;
            if is_missed {
                trace.miss();
            }
            is_missed
        });
    }
    let said = RwSignal::new(false);
    let hiding = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |before: Option<u32>| {
        let missed = trace.missed.get();
        if before.is_some_and(|before| before != missed) {
            if let Some(hiding) = hiding.get_value() {
                hiding.clear();
            }
            said.set(true);
            let hide = move || {
                let _ = said.try_set(false);
            };
            hiding.set_value(set_timeout_with_handle(hide, SAID).ok());
        }
        missed
    });
    let words = move || said.get().then_some("The trace was still loading, so that did nothing.");
    view! { <div class="missed" role="status" class:toast=said>{words}</div> }
}
