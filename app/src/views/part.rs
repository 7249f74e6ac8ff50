//! The menu of views lies in a part of its own: most who read a list do not save it.

use super::menu::{ViewedList, ViewsDialog};
use crate::loading::once_there;
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

/// Draws the menu as soon as its part is there. It opens when `asked` is the word of the view that is shown.
pub(crate) fn draw_views_menu(list: ViewedList, asked: RwSignal<Option<String>>) -> impl IntoView {
    once_there(views_menu(list, asked))
}

#[wasm_split(views)]
fn views_menu(list: ViewedList, asked: RwSignal<Option<String>>) -> AnyView {
    view! { <ViewsDialog list asked/> }.into_any()
}
