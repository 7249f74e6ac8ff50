//! What has the focus, and what a key went to.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// Whether a key is part of a text.
pub(crate) fn is_typing(event: &KeyboardEvent) -> bool {
    is_in(event, "input:not([type=range]):not([type=radio]):not([type=checkbox]), textarea, select, dialog[open] *")
}

pub(super) fn is_in(event: &KeyboardEvent, selector: &str) -> bool {
    let element = event.target().and_then(|target| leptos::wasm_bindgen::JsCast::dyn_into::<leptos::web_sys::Element>(target).ok());
    element.is_some_and(|element| element.matches(selector).unwrap_or(false))
}

/// Whether nothing on the page has the focus.
pub(crate) fn has_no_focus() -> bool {
    let document = document();
    let body = document.body().map(leptos::web_sys::Element::from);
    document.active_element().is_none_or(|element| Some(element) == body)
}

/// What a selector finds on the page.
pub(crate) fn find(selector: &str) -> Option<leptos::web_sys::HtmlElement> {
    leptos::wasm_bindgen::JsCast::dyn_into(document().query_selector(selector).ok()??).ok()
}
