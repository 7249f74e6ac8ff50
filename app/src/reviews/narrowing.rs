//! Which items of a list are shown: the kind of their rows, and when they were flagged. Both stand in the address.

use crate::raw_query::raw_query;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::address::ReviewsAddress;
use shared::objects::ObjectKind;
use shared::ranges::TimeRange;

/// Draws what one chooses from.
#[component]
pub(super) fn Narrowing(address: ReviewsAddress) -> impl IntoView {
    let kinds = [
        ("", "All rows"),
        (ObjectKind::ProjectLogs.as_str(), "Log spans"),
        (ObjectKind::Experiment.as_str(), "Experiment spans"),
        (ObjectKind::Dataset.as_str(), "Dataset rows"),
    ];
    let range = address.range.clone().unwrap_or_default();
    // One that was typed into the address is none of the common ones.
    let other = TimeRange::parse(&range).ok().flatten().map(|range| (range.to_text(), range.words()));
    let common = [("", "Any time")].into_iter().chain(TimeRange::COMMON).map(|(range, words)| (range.to_owned(), words.to_owned()));
    let mut ranges: Vec<_> = common.collect();
    ranges.extend(other.filter(|other| !ranges.contains(other)));
    let kinds = kinds.map(|(kind, words)| (kind.to_owned(), words.to_owned())).to_vec();
    view! {
        <Choice label="Kind of row" options=kinds chosen=address.kind.unwrap_or_default() choose=|address, kind| address.kind = Some(kind)/>
        <Choice label="Flagged" options=ranges chosen=range choose=|address, range| address.range = Some(range)/>
    }
}

/// Draws a choice; `choose` says what it changes in the address.
#[component]
fn Choice(label: &'static str, options: Vec<(String, String)>, chosen: String, choose: fn(&mut ReviewsAddress, String)) -> impl IntoView {
    let (navigate, raw) = (use_navigate(), raw_query());
    let choose = move |event| {
        // Something else may have been chosen a moment ago.
        let mut address = ReviewsAddress { after: None, ..ReviewsAddress::parse(&raw.get_untracked()) };
        choose(&mut address, event_target_value(&event));
        navigate(&address.to_query(), NavigateOptions::default());
    };
    let options = options.into_iter().map(|(value, words)| {
        let is_chosen = value == chosen;
        view! { <option value=value selected=is_chosen>{words}</option> }
    });
    view! { <select class="input short" aria-label=label on:change=choose>{options.collect_view()}</select> }
}
