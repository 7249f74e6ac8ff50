//! What is done while nothing is painted does nothing, and the page says so.

use super::{Opened, TraceState};
use crate::keys::{Act, Scope, use_keys};
use leptos::prelude::*;
use std::time::Duration;

/// Minds keys that are about a row that is open and not painted yet, from the moment at which it is to be opened. What is painted later minds
/// its keys itself.
pub(crate) fn follow_missed(trace: TraceState, open: Memo<bool>) {
    for scope in [Scope::Trace, Scope::Review] {
        use_keys().on(scope, move |act| {
            let is_awaited = || if scope == Scope::Review || act == Act::Tags { trace.is_form_awaited() } else { trace.is_awaited() };
            let is_missed = open.get_untracked() && act.is_about_a_row() && is_awaited();
            if is_missed {
                trace.miss();
            }
            is_missed
        });
    }
}

/// How long it is said.
const SAID: Duration = Duration::from_secs(4);

/// Says that a key was not taken ([`follow_missed`]), because the row that it was meant for is not painted yet.
#[component]
pub(super) fn Missed() -> impl IntoView {
    let trace = expect_context::<Opened>().trace;
    let said = RwSignal::new(false);
    let hiding = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        // The first may have been before anything of the trace was drawn.
        if trace.missed.get() == 0 {
            return;
        }
        trace.missed.set(0);
        if let Some(hiding) = hiding.get_value() {
            hiding.clear();
        }
        said.set(true);
        let hide = move || {
            let _ = said.try_set(false);
        };
        hiding.set_value(set_timeout_with_handle(hide, SAID).ok());
    });
    let words = move || said.get().then_some("The trace was still loading, so that did nothing.");
    view! { <div class="missed" role="status" class:toast=said>{words}</div> }
}
