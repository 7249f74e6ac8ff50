//! The bar of views over a list, as the server writes it; its buttons open the menu, lead into review mode, and select rows.

use super::columns::draw_list_dialogs;
use super::selection::{SelectionStep, mind_selection};
use super::state::LogsState;
use crate::keys::{Act, Scope, use_keys};
use crate::ui::markup::inner;
use crate::views::{ViewedList, draw_views_menu};
use leptos::prelude::*;
use shared::views::view_type;

/// Draws the bar.
#[component]
pub(super) fn ViewsBar() -> impl IntoView {
    let state = expect_context::<LogsState>();
    let (asked, dialog) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let keys = use_keys();
    let ask = move |event: leptos::ev::MouseEvent| {
        let Some(button) = event_target::<leptos::web_sys::Element>(&event).closest("button").ok().flatten() else { return };
        match button.get_attribute("data-views") {
            None => drop(keys.run(Scope::List, Act::ReviewMode)),
            // No view has the words of the buttons beside them.
            Some(word) if word == "+select" => mind_selection(state, SelectionStep::Begin),
            Some(word) if word == "+jobs" => mind_selection(state, SelectionStep::Jobs),
            Some(word) if word.starts_with('+') => dialog.set(Some(word)),
            word => asked.set(word),
        }
    };
    let is_asked = Memo::new(move |before: Option<&bool>| before == Some(&true) || asked.with(Option::is_some));
    let is_chosen = Memo::new(move |before: Option<&bool>| before == Some(&true) || dialog.with(Option::is_some));
    let dialogs = move || is_chosen.get().then(|| draw_list_dialogs(state, dialog));
    let menu = move || {
        is_asked.get().then(|| {
            let list = ViewedList {
                project: state.project,
                view_type: state.rows.with_value(view_type),
                filter: state.filter,
                others: state.others,
                address: state.address,
                changed: Callback::new(move |()| state.read_anew()),
            };
            draw_views_menu(list, asked)
        })
    };
    view! {
        <div class="views-bar" on:click=ask inner_html=move || inner(state.views.get())></div>
        {menu}
        {dialogs}
    }
}
