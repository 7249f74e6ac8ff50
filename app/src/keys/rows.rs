//! The cursor of a list that is drawn whole: the focus, on the link of its row.

use super::{Act, Scope, use_keys};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};

/// Moves the focus from row to row of a table, by its selector. Opening is the browser's.
pub(crate) fn follow_rows(table: &'static str) {
    use_keys().on(Scope::List, |act| match act {
        Act::RowBelow => move_focus(table, Element::next_element_sibling, "first"),
        Act::RowAbove => move_focus(table, Element::previous_element_sibling, "last"),
        _ => false,
    });
}

fn move_focus(table: &str, next: fn(&Element) -> Option<Element>, otherwise: &str) -> bool {
    let find = |which: &str| document().query_selector(&[table, " tbody tr:", which].concat()).ok().flatten();
    let row = match find("focus-within") {
        Some(row) => next(&row),
        None => find(&[otherwise, "-child"].concat()),
    };
    let link = row.and_then(|row| row.query_selector("a").ok().flatten()).and_then(|link| link.dyn_into::<HtmlElement>().ok());
    if let Some(link) = link {
        // What cannot take the focus leaves it where it is.
        let _ = link.focus();
    }
    true
}
