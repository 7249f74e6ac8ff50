//! Why one leaves an item of a review list to others.

use leptos::prelude::*;
use shared::reviews::SkipReason;

/// Draws a button for each reason.
#[component]
pub(super) fn SkipReasons(chosen: Callback<SkipReason>) -> impl IntoView {
    let reasons = SkipReason::ALL.map(|reason| {
        view! { <button class="btn small" type="button" on:click=move |_| chosen.run(reason)>{words(reason)}</button> }
    });
    view! {
        <div class="skip-reasons" role="group" aria-label="Why do you skip it?">
            <span class="hint">"Why do you skip it? Others will review it."</span>
            {reasons.into_iter().collect_view()}
        </div>
    }
}

fn words(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::UnclearQuestion => "Unclear question",
        SkipReason::BrokenItem => "Broken item",
        SkipReason::OutOfScope => "Out of scope",
        SkipReason::Later => "Later",
        SkipReason::NotMine => "Not mine",
    }
}
