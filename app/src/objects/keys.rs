//! The cursor of the list of experiments or datasets: the focus, on the link of its row.

use crate::keys::{Act, Scope, use_keys};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};

/// Moves the focus from row to row. Opening is the browser's.
pub(super) fn follow_keys() {
    use_keys().on(Scope::List, |act| match act {
        Act::RowBelow => move_focus(Element::next_element_sibling, "table.objects tbody tr:first-child"),
        Act::RowAbove => move_focus(Element::previous_element_sibling, "table.objects tbody tr:last-child"),
        _ => false,
    });
}

fn move_focus(next: fn(&Element) -> Option<Element>, otherwise: &str) -> bool {
    let find = |selector: &str| document().query_selector(selector).ok().flatten();
    let row = match find("table.objects tbody tr:focus-within") {
        Some(row) => next(&row),
        None => find(otherwise),
    };
    let link = row.and_then(|row| row.query_selector("a").ok().flatten()).and_then(|link| link.dyn_into::<HtmlElement>().ok());
    if let Some(link) = link {
        // What cannot take the focus leaves it where it is.
        let _ = link.focus();
    }
    true
}
