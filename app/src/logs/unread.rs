//! Why the list could not be read, and trying again.

use super::state::LogsState;
use crate::ui::{Icon, IconName};
use leptos::prelude::*;

/// Says that what is shown could not be read again, or any further. What is loaded stays.
#[component]
pub(super) fn Unread() -> impl IntoView {
    let state = expect_context::<LogsState>();
    move || {
        state.unread.get().map(|error| {
            view! {
                <div class="notice bad" role="alert">
                    <Icon name=IconName::Warning/>
                    <div class="grow">"The list may be old. "{error.to_string()}</div>
                    <button class="btn small" type="button" on:click=move |_| state.retry()>"Try again"</button>
                </div>
            }
        })
    }
}
