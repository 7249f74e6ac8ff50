//! The filter bar: a plain form that works without JavaScript, with every mistake and the conditions of the filter under it. What helps
//! while one types and builds lies in a part of its own; until that is there, Enter applies what is typed.

mod builder;
mod cell;
mod field;
mod held;
mod marks;
mod offers;
mod part;
mod recent;
mod understood;
mod value;
#[cfg(feature = "ssr")]
mod written;

pub(super) use held::HeldFocus;
#[cfg(feature = "ssr")]
pub(super) use written::{conditions, mistakes};

use super::state::LogsState;
use crate::keys::{Act, shortcuts};
use crate::ui::markup::{hidden_input, inner};
use crate::ui::{Icon, IconName, format};
use leptos::ev::MouseEvent;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::web_sys::Element;
use leptos_router::hooks::use_navigate;
use part::{FilterTool, draw_filter_tool};
use recent::RecentFilters;
use shared::markup::Html;

/// What the bar and the part that helps with it both know. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct FilterField {
    /// What is typed.
    typed: RwSignal<String>,
    /// Where it is typed.
    input: NodeRef<Input>,
    /// What Enter does, as soon as the part is there.
    enter: StoredValue<Option<Callback<()>>>,
    /// Whether somebody asked for the list under the field before the part was there.
    awaits_list: StoredValue<bool>,
    /// What is built: the number of a condition, or nothing for a further one.
    building: RwSignal<Option<String>>,
    /// Whether somebody asks what a row can be filtered by, and if so, whether they point at a cell. The element is marked `data-asked`.
    asked: RwSignal<Option<bool>>,
    /// Goes to the list with another filter.
    go: Callback<String>,
}

impl FilterField {
    fn submit(self) {
        match self.enter.get_value() {
            Some(enter) => enter.run(()),
            None => self.go.run(self.typed.get_untracked()),
        }
    }
}

/// Draws the filter and how much it matches.
#[component]
pub(super) fn FilterBar(
    /// What is wrong with the filter, as the server writes it.
    mistakes: Html,
    /// Its conditions, as the server writes them.
    conditions: Html,
    /// What had the focus in the bar that this one takes the place of.
    held: Option<HeldFocus>,
) -> impl IntoView {
    let state = expect_context::<LogsState>();
    let navigate = use_navigate();
    let text = state.filter.get_value();
    let typed = RwSignal::new(held.as_ref().and_then(HeldFocus::text).unwrap_or_else(|| text.clone()));
    let go = move |filter: String| {
        let address = state.address_with_filter(&filter);
        // What is applied is not what is being typed any more.
        typed.set(filter);
        navigate(&address, Default::default());
    };
    let field = FilterField {
        typed,
        input: NodeRef::new(),
        enter: StoredValue::new(None),
        awaits_list: StoredValue::new(false),
        building: RwSignal::new(None),
        asked: RwSignal::new(None),
        go: Callback::new(go),
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        field.submit();
    };
    let build = move |event: MouseEvent| {
        if let Some(place) = condition_under(&event) {
            field.building.set(Some(place));
        }
    };
    let wrong = !mistakes.is_empty();
    let is_used = RwSignal::new(false);
    let recent = RecentFilters::here();
    Effect::new(move |_| {
        if wrong {
            // What cannot be read may be English.
            is_used.set(true);
        } else {
            // Whatever way it was applied.
            recent.add(&state.filter.get_value());
        }
        if let Some(held) = &held {
            held.give_back(field.input);
        }
    });
    let is_helped = Memo::new(move |before: Option<&bool>| before == Some(&true) || is_used.get());
    let helped = move || is_helped.get().then(|| draw_filter_tool(field, FilterTool::Field));
    let is_built = Memo::new(move |before: Option<&bool>| before == Some(&true) || field.building.with(Option::is_some));
    let built = move || is_built.get().then(|| draw_filter_tool(field, FilterTool::Builder));
    let ask = window_event_listener(leptos::ev::contextmenu, move |event| {
        if is_about_row(&event) {
            event.prevent_default();
            // Any element can be marked.
            let _ = event_target::<Element>(&event).set_attribute("data-asked", "");
            field.asked.set(Some(event.button() == 2));
        }
    });
    on_cleanup(move || ask.remove());
    let is_asked = Memo::new(move |before: Option<&bool>| before == Some(&true) || field.asked.with(Option::is_some));
    let menu = move || is_asked.get().then(|| draw_filter_tool(field, FilterTool::Cell));
    let is_logs = state.is_of_logs();
    let counts = move || {
        state.traces.with(|traces| {
            let number = |count: i64| u64::try_from(count).unwrap_or(0);
            let at_least = if traces.summary.partial { "at least " } else { "" };
            let (spans, traces) = (number(traces.summary.spans), number(traces.summary.traces));
            if !is_logs {
                return format!("{at_least}{}", format::counted(traces, "row", "rows"));
            }
            format!("{at_least}{} in {}", format::counted(spans, "span", "spans"), format::counted(traces, "trace", "traces"))
        })
    };
    let clear = (!text.trim().is_empty()).then(|| view! { <a class="link" href=state.address_with_filter("")>"Clear"</a> });
    let example = example(untrack(|| state.scores()).first().map(|column| column.name.as_str()));
    // Without JavaScript the browser makes the address of what stands in the form.
    let others = state.others.get_untracked();
    let others: Html = others.iter().map(|(name, value)| hidden_input(name, value)).collect();
    view! {
        <form class="filter" role="search" aria-label="Filters" method="get" on:submit=submit>
            <span hidden="" inner_html=inner(others)></span>
            <div class="box" class:wrong=wrong>
                <Icon name=IconName::Filter/>
                <input type="text" name="filter" aria-label="Filter" aria-keyshortcuts=shortcuts(Act::Filter) autocomplete="off" spellcheck="false"
                    placeholder=example value=text bind:value=field.typed node_ref=field.input
                    on:focus=move |_| is_used.set(true) on:input=move |_| is_used.set(true)
                    on:keydown=move |event| field.awaits_list.set_value(event.key() == "ArrowDown")
                    aria-describedby=wrong.then_some("filter-mistakes") aria-invalid=wrong.then_some("true")/>
                <span class="keys" aria-hidden="true"><kbd>"/"</kbd></span>
            </div>
            {helped}
            {wrong.then(|| view! { <div class="wrong" id="filter-mistakes" role="alert" inner_html=inner(mistakes)></div> })}
            <div class="expr">
                <div class="filter-conditions" inner_html=inner(conditions) on:click=build></div>
                <span>{counts}</span>{clear}<button class="sr" type="submit" tabindex="-1">"Apply filter"</button>
            </div>
        </form>
        {built}
        {menu}
    }
}

/// The number of the condition that a click edits; empty for a further one.
fn condition_under(event: &MouseEvent) -> Option<String> {
    event_target::<Element>(event).closest("[data-condition]").ok()??.get_attribute("data-condition")
}

/// Whether an event that brings up a menu is about a row of the table. A link that is pointed at has a menu of its own.
fn is_about_row(event: &MouseEvent) -> bool {
    let place = if event.button() == 2 { "tr[data-key] :not(a, a *)" } else { "tr[data-key] *" };
    event_target::<Element>(event).matches(place).unwrap_or(false)
}

/// A filter that means something here; `score` is one that the list has.
fn example(score: Option<&str>) -> String {
    match score {
        Some(score) if score.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') => format!("scores.{score} > 75%"),
        Some(score) => format!("scores.\"{score}\" > 75%"),
        None => "tags includes 'Triage'".to_owned(),
    }
}
