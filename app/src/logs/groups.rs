//! The rows of a list in groups, each with how many it has and the means of their scores, and its first rows where one opens it.

use super::api::{group_traces, list_traces};
use super::state::LogsState;
use crate::api::{AppError, send};
use crate::keys::{Act, Scope, use_keys};
use crate::ui::format;
use leptos::prelude::*;
use shared::objects::ObjectKind;
use shared::spans::{GroupTraces, ListTraces, TraceGroup, TraceGroups, TracePage};
use shared::views::ListState;
use std::collections::BTreeSet;
use std::time::Duration;

/// Rows of a group that are shown in place.
const FIRST_ROWS: u32 = 20;

/// How long after a change of the list the groups are made anew, so that many changes are one.
const LATER: Duration = Duration::from_secs(2);

/// Draws the groups.
#[component]
pub(super) fn Groups() -> impl IntoView {
    let state = expect_context::<LogsState>();
    let by = state.shown().group;
    let told = RwSignal::new(None::<Result<TraceGroups, AppError>>);
    let read = move || {
        let Some(filter) = state.condition.try_get_value() else { return };
        let query = GroupTraces { object: state.object(), filter, by: by.clone() };
        send(group_traces(query), move |answer| {
            // The page may be gone.
            let _ = told.try_set(Some(answer));
        });
    };
    let first = read.clone();
    Effect::new(move |_| first());
    let is_waiting = StoredValue::new(false);
    Effect::new(move |before: Option<()>| {
        state.traces.track();
        if before.is_some() && !is_waiting.get_value() {
            is_waiting.set_value(true);
            let read = read.clone();
            set_timeout(
                move || {
                    if is_waiting.try_set_value(false).is_none() {
                        read();
                    }
                },
                LATER,
            );
        }
    });
    // No row is seen that these keys could be about.
    use_keys()
        .on(Scope::List, move |act| matches!(act, Act::RowBelow | Act::RowAbove | Act::SelectRow | Act::SelectBelow | Act::SelectAbove));
    // Only what changed is drawn anew: what somebody opened stays open while rows arrive.
    let groups = Memo::new(move |_| told.with(|told| told.as_ref().and_then(|told| told.as_ref().ok().cloned())).unwrap_or_default());
    let refused = Memo::new(move |_| told.with(|told| told.as_ref().and_then(|told| told.as_ref().err().map(ToString::to_string))));
    let is_there = Memo::new(move |_| told.with(Option::is_some));
    let body = move || match (refused.get(), is_there.get()) {
        (Some(refused), _) => view! { <p class="no-rows" role="alert">{refused}</p> }.into_any(),
        (None, false) => view! { <p class="no-rows" role="status">"Looking at the rows…"</p> }.into_any(),
        (None, true) => view! { <GroupTable state groups/> }.into_any(),
    };
    view! { <section class="groups" aria-label="Groups" data-part="trace">{body}</section> }
}

/// How many rows and groups there are, and which of them are missing.
fn summed(state: &LogsState, told: &TraceGroups) -> String {
    let (one, several) = state.nouns();
    let groups = told.groups.len() as u64 + told.left_out;
    let mut words =
        format!("{} in {} by {}.", format::counted(told.rows, one, several), format::counted(groups, "group", "groups"), told.by);
    if told.is_partial {
        words += " Only the newest were looked at: all of them would take too long. Narrow the filter.";
    }
    if told.left_out > 0 {
        words += &format!(" {} smaller ones are not listed.", format::count(told.left_out));
    }
    words
}

#[component]
fn GroupTable(state: LogsState, groups: Memo<TraceGroups>) -> impl IntoView {
    let opened = RwSignal::new(BTreeSet::<String>::new());
    let scores = Memo::new(move |_| groups.with(|groups| groups.scores.clone()));
    let heads = move || {
        let head = |name: String| view! { <th scope="col" class="num"><span class="clip">{name}</span></th> };
        scores.get().into_iter().map(head).collect_view()
    };
    // As it is drawn.
    let look =
        |group: &TraceGroup| (group.words.clone(), group.rows, group.means.iter().map(|mean| mean.map(f64::to_bits)).collect::<Vec<_>>());
    view! {
        <p class="hint" role="status">{move || groups.with(|groups| summed(&state, groups))}</p>
        <div class="table-scroll" tabindex="0" role="region" aria-label="Groups of rows">
            <table class="table groups-table">
                <thead><tr><th scope="col">{move || groups.with(|groups| groups.by.clone())}</th><th scope="col" class="num">"Rows"</th>{heads}</tr></thead>
                <For each=move || groups.with(|groups| groups.groups.clone()) key=look children=move |group| view! { <GroupLine state group opened/> }/>
            </table>
        </div>
    }
}

/// A filter and a condition.
fn both(filter: &str, condition: &str) -> String {
    match filter.trim() {
        "" => condition.to_owned(),
        // What is typed may end in a remark.
        filter if filter.contains("--") => ["(", filter, "\n) and ", condition].concat(),
        filter => ["(", filter, ") and ", condition].concat(),
    }
}

#[component]
fn GroupLine(state: LogsState, group: TraceGroup, opened: RwSignal<BTreeSet<String>>) -> impl IntoView {
    let TraceGroup { words, condition, rows, means } = group;
    let width = (means.len() + 2).to_string();
    let means = means.into_iter().map(|mean| view! { <td class="num">{mean.map(format::percent)}</td> }).collect_view();
    let said = condition.clone();
    let is_open = Memo::new(move |_| said.as_ref().is_some_and(|said| opened.with(|opened| opened.contains(said))));
    let toggle = condition.clone();
    let toggle = move |_| {
        let Some(condition) = toggle.clone() else { return };
        opened.update(|opened| {
            if !opened.remove(&condition) {
                opened.insert(condition);
            }
        });
    };
    let name = match &condition {
        Some(_) => view! {
            <button class="group-name" type="button" aria-expanded=move || is_open.get().to_string() on:click=toggle>
                <span class="clip" dir="auto">{words}</span>
            </button>
        }
        .into_any(),
        // Nothing can say which rows these are.
        None => view! { <span class="group-name clip" dir="auto">{words}</span> }.into_any(),
    };
    let rows_of_group = move || {
        let condition = condition.clone().filter(|_| is_open.get())?;
        Some(view! { <tr><td class="group-rows" colspan=width.clone()><GroupRows state condition rows/></td></tr> })
    };
    view! {
        <tbody>
            <tr><th scope="row">{name}</th><td class="num">{format::count(rows)}</td>{means}</tr>
            {rows_of_group}
        </tbody>
    }
}

#[component]
fn GroupRows(state: LogsState, condition: String, rows: u64) -> impl IntoView {
    let page = RwSignal::new(None::<Result<TracePage, AppError>>);
    let filter = state.condition.with_value(|filter| both(filter, &condition));
    let query = ListTraces { object: state.object(), filter, before: None, limit: FIRST_ROWS, columns: Vec::new() };
    send(list_traces(query), move |answer| {
        let _ = page.try_set(Some(answer));
    });
    // The list with the rows of the group alone, and no groups.
    let shown = state.shown();
    let list = ListState { filter: both(&shown.filter, &condition), group: String::new(), ..shown }.said(&state.shown_address());
    let all = list.to_query();
    let kind = state.rows.with_value(|rows| rows.kind());
    let body = move || match page.get() {
        None => view! { <p class="hint" role="status">"Loading…"</p> }.into_any(),
        Some(Err(error)) => view! { <p class="hint" role="alert">{error.to_string()}</p> }.into_any(),
        Some(Ok(page)) => {
            let line = |row: &shared::spans::TraceRow| {
                let href = list.with_trace(Some(&row.root_span_id), None).to_query();
                // In logs the title is a name.
                let said = if kind == ObjectKind::ProjectLogs { row.input.clone() } else { row.output.clone() };
                let title = row.title(kind).to_owned();
                view! { <li><a class="row" href=href><span class="clip" dir="auto">{title}</span><span class="clip hint" dir="auto">{said}</span></a></li> }
            };
            view! { <ul>{page.rows.iter().map(line).collect_view()}</ul> }.into_any()
        }
    };
    let (one, several) = state.nouns();
    let more = format!("Show {} as a list", format::counted(rows, one, several));
    view! {
        {body}
        <a class="btn small" href=all>{more}</a>
    }
}
