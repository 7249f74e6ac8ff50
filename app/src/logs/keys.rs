//! The keys of the Logs page. Single letters do nothing while typing.

use super::in_place;
use super::state::LogsState;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// Follows the keyboard: `j` and `k` go to the next and the previous trace, Escape closes, `/` and `f` lead to the filter, `z` takes the last
/// action back.
pub(super) fn follow_keys(state: LogsState, open: Memo<bool>) {
    let navigate = use_navigate();
    let listener = window_event_listener(leptos::ev::keydown, move |event| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(&event) {
            return;
        }
        match event.key().as_str() {
            "j" if open.get_untracked() => go(&navigate, state.neighbour(1)),
            "k" if open.get_untracked() => go(&navigate, state.neighbour(-1)),
            "Escape" if open.get_untracked() => go(&navigate, Some(untrack(|| state.address_of(None, None)))),
            // An open trace minds this key itself.
            "z" if !open.get_untracked() => {
                event.prevent_default();
                #[cfg(feature = "hydrate")]
                crate::parts::mind_journal(state.trace.journal(), true);
            }
            "/" | "f" if !open.get_untracked() => {
                event.prevent_default();
                focus_filter();
            }
            _ => {}
        }
    });
    on_cleanup(move || listener.remove());
}

fn go(navigate: &impl Fn(&str, leptos_router::NavigateOptions), address: Option<String>) {
    if let Some(address) = address {
        navigate(&address, in_place());
    }
}

/// Whether a key is part of a text.
pub(crate) fn is_typing(event: &leptos::ev::KeyboardEvent) -> bool {
    let Some(element) = event.target().and_then(|target| leptos::wasm_bindgen::JsCast::dyn_into::<leptos::web_sys::Element>(target).ok())
    else {
        return false;
    };
    element.matches("input:not([type=range]):not([type=radio]):not([type=checkbox]), textarea, select, dialog *").unwrap_or(false)
}

/// What a selector finds on the page.
pub(crate) fn find(selector: &str) -> Option<leptos::web_sys::HtmlElement> {
    leptos::wasm_bindgen::JsCast::dyn_into(document().query_selector(selector).ok()??).ok()
}

fn focus_filter() {
    if let Some(field) = find("form.filter input") {
        // A field that cannot take the focus keeps the page as it is.
        let _ = field.focus();
    }
}

impl LogsState {
    /// The address of the trace `by` rows further down.
    fn neighbour(&self, by: isize) -> Option<String> {
        self.neighbour_root(by).map(|root| untrack(|| self.address_of(Some(&root), None)))
    }

    fn neighbour_root(&self, by: isize) -> Option<String> {
        let open = untrack(|| self.trace.open_root())?;
        self.traces.with_untracked(|traces| {
            let position = traces.rows.iter().position(|row| row.root_span_id == open)?;
            traces.rows.get(position.checked_add_signed(by)?).map(|row| row.root_span_id.clone())
        })
    }

    /// Makes the traces that `j` and `k` lead to ready.
    pub(super) fn prefetch_neighbours(&self) {
        for root in [1, -1].into_iter().filter_map(|by| self.neighbour_root(by)) {
            self.trace.prefetch(&root);
        }
    }

    /// The same for a link; the open trace itself at either end.
    pub(crate) fn neighbour_address(&self, by: isize) -> String {
        self.traces.track();
        let open = self.trace.open_root();
        self.neighbour(by).unwrap_or_else(|| self.address_of(open.as_deref(), None))
    }
}
