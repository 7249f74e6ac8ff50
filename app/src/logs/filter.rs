//! The filter bar: a plain form that works without JavaScript, with the conditions of the filter or every mistake under it.

#[cfg(feature = "ssr")]
mod chips;

#[cfg(feature = "ssr")]
pub(super) use chips::chips;

use super::state::LogsState;
use crate::keys::{Act, shortcuts};
use crate::ui::markup::{hidden_input, inner};
use crate::ui::{Icon, IconName, format};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use shared::filter::Diagnostic;
use shared::markup::Html;

/// Draws the filter and how much it matches.
#[component]
pub(super) fn FilterBar(mistakes: Vec<Diagnostic>, chips: Html) -> impl IntoView {
    let state = expect_context::<LogsState>();
    let typed = RwSignal::new(state.filter.get_value());
    let navigate = use_navigate();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        navigate(&state.address_with_filter(&typed.read_untracked()), Default::default());
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
    view! {
        <form class="filter" role="search" aria-label="Filters" method="get" on:submit=submit>
            <span hidden="" inner_html=inner(others)></span>
            <div class="box" class:wrong=wrong>
                <Icon name=IconName::Filter/>
                <input type="text" name="filter" aria-label="Filter" aria-keyshortcuts=shortcuts(Act::Filter) autocomplete="off" spellcheck="false"
                    placeholder=example value=text.clone() bind:value=typed
                    aria-describedby=described aria-invalid=wrong.then_some("true")/>
                <span class="keys" aria-hidden="true"><kbd>"/"</kbd></span>
            </div>
            <div class="expr">
                {(!chips.is_empty()).then(|| view! { <ul class="chips" aria-label="Conditions" inner_html=inner(chips)></ul> })}
                <span>{counts}</span>{clear}<button class="sr" type="submit" tabindex="-1">"Apply filter"</button>
            </div>
            {mistakes}
        </form>
    }
}

/// A filter that means something here; `score` is one that the list has.
fn example(score: Option<&str>) -> String {
    match score {
        Some(score) if score.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') => format!("scores.{score} > 75%"),
        Some(score) => format!("scores.\"{score}\" > 75%"),
        None => "tags includes 'Triage'".to_owned(),
    }
}
