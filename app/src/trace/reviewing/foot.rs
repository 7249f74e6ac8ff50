//! What leads on from a row in review mode: back, on, skipping it, and saying that one has reviewed it.

use super::list::ListWalk;
use super::skip::SkipReasons;
use crate::context::use_project;
use crate::keys::{Act, Scope, act_of, shortcuts, titled, use_keys};
use crate::raw_query::in_place;
use crate::trace::form::Form;
use crate::trace::{Opened, Way};
use crate::ui::{Icon, IconName};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos_router::hooks::use_navigate;
use shared::commands::Command;
use shared::reviews::{CompleteReview, SkipReason, SkipReview};
use shared::{Problem, ReviewListId};

/// Draws the buttons below the form.
#[component]
pub(super) fn ReviewFoot() -> impl IntoView {
    let Opened { trace, links, .. } = expect_context::<Opened>();
    let form = expect_context::<Form>();
    let project = StoredValue::new(use_project().project.id);
    // What there is to say about the row that is shown, and whether one is asked why one skips it.
    let (told, is_skipping) = (RwSignal::new(String::new()), RwSignal::new(false));
    Effect::new(move |_| {
        trace.form_row.track();
        told.set(String::new());
        is_skipping.set(false);
    });
    let list_walk = ListWalk::new(told);
    let list = move || list_walk.list().map(ReviewListId);
    let is_last = Memo::new(move |_| links.walk().is_none_or(|walk| walk.number.get().is_none_or(|number| number >= walk.count.get())));
    let navigate = use_navigate();
    let go_on = Callback::new(move |()| {
        if list().is_some() {
            list_walk.go_on();
        } else if is_last.get_untracked() {
            told.set("That was the last row in this order.".to_owned());
        } else {
            navigate(&untrack(|| links.to(Way::Next)), in_place());
        }
    });
    let complete = Callback::new(move |goes_on: bool| {
        // What stands in a text box is said when it is left.
        leave_field();
        if !trace.is_form_painted.get_untracked() {
            return trace.miss();
        }
        let Some(row) = trace.form_row.get_untracked() else { return };
        // Which questions another list asks, the server knows.
        let is_asked_here = list().is_none_or(|list| list.as_str() == project.with_value(|project| project.0.clone()));
        let missing = if is_asked_here { untrack(|| form.unanswered()) } else { Vec::new() };
        if let Some(first) = missing.first() {
            form.choose(&row, &first.id);
            let names: Vec<&str> = missing.iter().map(|question| question.name.as_str()).collect();
            return told.set(Problem::unanswered(&names).to_string());
        }
        trace.run(Command::CompleteReview(CompleteReview { row, list: list(), client_id: None }));
        told.set("Completed.".to_owned());
        if goes_on {
            go_on.run(());
        }
    });
    let skip_with = Callback::new(move |reason: SkipReason| {
        let Some(row) = trace.form_row.get_untracked().filter(|_| trace.is_form_painted.get_untracked()) else { return trace.miss() };
        is_skipping.set(false);
        trace.run(Command::SkipReview(SkipReview { row, list: list(), reason, note: None, client_id: None }));
        go_on.run(());
    });
    let skip = Callback::new(move |()| {
        if !trace.is_form_painted.get_untracked() {
            trace.miss();
        } else if list().is_some() {
            // Others get it, and should know why.
            is_skipping.update(|is_skipping| *is_skipping = !*is_skipping);
        } else {
            go_on.run(());
        }
    });
    use_keys().on(Scope::Trace, move |act| {
        match act {
            Act::Skip => skip.run(()),
            Act::Next | Act::Previous if list().is_some() => {
                told.set("Complete or skip this one: the list says what comes next.".to_owned())
            }
            _ => return false,
        }
        true
    });
    // From inside a text box, too, after whatever the box itself does for the key.
    let listener = window_event_listener(leptos::ev::keydown, move |event| {
        if act_of(&event, Scope::Review) == Some(Act::CompleteAndGoOn) && !is_in_dialog(&event) && !event.repeat() {
            event.prevent_default();
            complete.run(true);
        }
    });
    on_cleanup(move || listener.remove());
    // In a review list the server says what comes next.
    let steps = move || {
        list_walk
            .list()
            .is_none()
            .then(|| view! { <Step name="Previous" way=Way::Previous act=Act::Previous/><Step name="Next" way=Way::Next act=Act::Next/> })
    };
    view! {
        <footer class="review-foot">
            <p class="told" role="status">{move || told.get()}</p>
            <Show when=move || is_skipping.get()><SkipReasons chosen=skip_with/></Show>
            <div class="steps">
                {steps}
                <button class="btn" type="button" title=titled("Skip", Act::Skip) aria-keyshortcuts=shortcuts(Act::Skip) on:click=move |_| skip.run(())>
                    "Skip"<kbd aria-hidden="true">"s"</kbd>
                </button>
            </div>
            <div class="steps">
                <button class="btn" type="button" on:click=move |_| complete.run(false)><Icon name=IconName::Check/>"Complete"</button>
                <button class="btn primary grow" type="button" title=titled("Complete and continue", Act::CompleteAndGoOn)
                    aria-keyshortcuts=shortcuts(Act::CompleteAndGoOn) on:click=move |_| complete.run(true)>
                    "Complete and continue"<kbd aria-hidden="true">"Ctrl ↵"</kbd>
                </button>
            </div>
        </footer>
    }
}

/// Draws what leads to the row before or after.
#[component]
fn Step(name: &'static str, way: Way, act: Act) -> impl IntoView {
    let links = expect_context::<Opened>().links;
    let key = if act == Act::Next { "j" } else { "k" };
    view! {
        <a class="btn" role="button" data-noscroll="" href=move || links.to(way.clone()) title=titled(name, act) aria-keyshortcuts=shortcuts(act)>
            {name}<kbd aria-hidden="true">{key}</kbd>
        </a>
    }
}

/// Leaves the field that one types in, so that what stands there is said.
fn leave_field() {
    let focused = document().active_element().and_then(|element| element.dyn_into::<leptos::web_sys::HtmlElement>().ok());
    if let Some(field) = focused.filter(|element| element.matches("input[type=text], textarea").unwrap_or(false)) {
        // A field that cannot be left keeps the focus.
        let _ = field.blur();
    }
}

fn is_in_dialog(event: &leptos::ev::KeyboardEvent) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok());
    element.is_some_and(|element| element.matches("dialog *").unwrap_or(false))
}
