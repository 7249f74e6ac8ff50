//! Whether *Complete* goes on to the next row by itself. The browser remembers it.

use crate::drafts;
use leptos::prelude::*;

const NAME: &str = "review/advance";

/// What was chosen; not to go on until that is known.
pub(super) fn remembered() -> RwSignal<bool> {
    let advance = RwSignal::new(false);
    // Effects run in the browser only: the first drawing is the same as the server's.
    Effect::new(move |_| advance.set(drafts::read(NAME).is_some()));
    advance
}

/// Draws the choice.
#[component]
pub(super) fn AutoAdvance(advance: RwSignal<bool>) -> impl IntoView {
    let choose = move |event: leptos::ev::Event| {
        advance.set(event_target_checked(&event));
        drafts::keep(NAME, advance.get_untracked().then_some("1"));
    };
    view! {
        <label class="tick advance" title="Complete goes on to the next row, too">
            <input class="check" type="checkbox" prop:checked=move || advance.get() on:change=choose/>"Auto-advance"
        </label>
    }
}
