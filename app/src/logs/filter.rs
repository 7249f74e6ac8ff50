//! The filter bar: a plain form that works without JavaScript, with the conditions of the filter and every mistake under it. What helps
//! while one types and builds lies in a part of its own.

mod builder;
#[cfg(feature = "ssr")]
mod chips;
mod field;
mod marks;
mod offers;
mod part;
mod recent;
mod understood;

#[cfg(feature = "ssr")]
pub(super) use chips::chips;

use super::state::LogsState;
use crate::keys::{Act, shortcuts};
use crate::ui::markup::{hidden_input, inner};
use crate::ui::{Icon, IconName, IconSize, format};
use leptos::html::Input;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use part::{FilterTool, draw_filter_tool};
use shared::filter::Diagnostic;
use shared::markup::Html;

/// What the bar and the part that helps with it both know. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct FilterField {
    /// What is typed.
    typed: RwSignal<String>,
    /// Where it is typed.
    input: NodeRef<Input>,
    /// How often Enter was pressed.
    entered: RwSignal<u32>,
    /// What is built: the number of a chip, or nothing for a further condition.
    building: RwSignal<Option<String>>,
    /// Goes to the list with another filter.
    go: Callback<String>,
}

/// Draws the filter and how much it matches.
#[component]
pub(super) fn FilterBar(mistakes: Vec<Diagnostic>, chips: Html) -> impl IntoView {
    let state = expect_context::<LogsState>();
    let navigate = use_navigate();
    let field = FilterField {
        typed: RwSignal::new(state.filter.get_value()),
        input: NodeRef::new(),
        entered: RwSignal::new(0),
        building: RwSignal::new(None),
        go: Callback::new(move |filter: String| navigate(&state.address_with_filter(&filter), Default::default())),
    };
    let is_used = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_used.set(true);
        field.entered.update(|times| *times += 1);
    };
    let edit = move |event: leptos::ev::MouseEvent| {
        let place = chip_of(&event);
        if place.is_some() {
            field.building.set(place);
        }
    };
    let wrong = !mistakes.is_empty();
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
    let clear = state.is_filtered().then(|| view! { <a class="link" href=state.address_with_filter("")>"Clear"</a> });
    let example = example(untrack(|| state.scores()).first().map(|column| column.name.as_str()));
    let text = state.filter.get_value();
    let described = wrong.then_some("filter-mistakes");
    let mistakes = wrong.then(|| {
        let lines = mistakes.into_iter().map(|mistake| {
            let place = text.get(mistake.span.start as usize..mistake.span.end as usize).unwrap_or_default().to_owned();
            view! {
                <li>
                    {(!place.is_empty()).then(|| view! { <code>{place}</code>": " })}
                    {mistake.message}" "
                    {mistake.help}
                </li>
            }
        });
        view! { <div class="wrong" id="filter-mistakes" role="alert"><ul>{lines.collect_view()}</ul></div> }
    });
    // Without JavaScript the browser makes the address of what stands in the form.
    let others = untrack(|| state.address.with(|address| address.others.clone()));
    let others: Html = others.iter().map(|(name, value)| hidden_input(name, value)).collect();
    let is_helped = Memo::new(move |_| is_used.get());
    let helped = move || is_helped.get().then(|| draw_filter_tool(field, FilterTool::Field));
    let is_built = Memo::new(move |before: Option<&bool>| before == Some(&true) || field.building.with(Option::is_some));
    let built = move || is_built.get().then(|| draw_filter_tool(field, FilterTool::Builder));
    view! {
        <form class="filter" role="search" aria-label="Filters" method="get" on:submit=submit>
            <span hidden="" inner_html=inner(others)></span>
            <div class="box" class:wrong=wrong>
                <Icon name=IconName::Filter/>
                <input type="text" name="filter" aria-label="Filter" aria-keyshortcuts=shortcuts(Act::Filter) autocomplete="off" spellcheck="false"
                    placeholder=example value=text.clone() bind:value=field.typed node_ref=field.input
                    on:focus=move |_| is_used.set(true) on:input=move |_| is_used.set(true)
                    aria-describedby=described aria-invalid=wrong.then_some("true")/>
                <span class="keys" aria-hidden="true"><kbd>"/"</kbd></span>
            </div>
            {helped}
            {mistakes}
            <div class="expr">
                {(!chips.is_empty()).then(|| view! { <ul class="chips" aria-label="Conditions" inner_html=inner(chips) on:click=edit></ul> })}
                <button class="btn small" type="button" aria-haspopup="dialog" on:click=move |_| field.building.set(Some(String::new()))>
                    <Icon name=IconName::Plus size=IconSize::Small/>"Add filter"
                </button>
                <span>{counts}</span>{clear}<button class="sr" type="submit" tabindex="-1">"Apply filter"</button>
            </div>
        </form>
        {built}
    }
}

/// The number of the chip that a click edits.
fn chip_of(event: &leptos::ev::MouseEvent) -> Option<String> {
    let target: leptos::web_sys::Element = leptos::wasm_bindgen::JsCast::dyn_into(event.target()?).ok()?;
    target.closest("[data-chip]").ok()??.get_attribute("data-chip")
}

/// A filter that means something here; `score` is one that the list has.
fn example(score: Option<&str>) -> String {
    match score {
        Some(score) if score.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') => format!("scores.{score} > 75%"),
        Some(score) => format!("scores.\"{score}\" > 75%"),
        None => "tags includes 'Triage'".to_owned(),
    }
}
