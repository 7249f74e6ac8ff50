//! The list beside an open trace.

use super::state::LogsState;
use crate::ui::{Icon, IconName, RelativeTime, ScoreKind, format, score_bar_html};
use leptos::prelude::*;
use shared::spans::TraceRow;
use shared::summary::TraceScore;

/// Rows shown before and after the open one.
const BEFORE: usize = 8;
const AFTER: usize = 32;

/// Draws the traces around the open one.
#[component]
pub(super) fn SideList() -> impl IntoView {
    let state = expect_context::<LogsState>();
    let open = Memo::new(move |_| state.trace.open_root());
    let around = Memo::new(move |_| {
        let open = open.get();
        state.traces.with(|traces| {
            let position = traces.rows.iter().position(|row| Some(&row.root_span_id) == open.as_ref()).unwrap_or(0);
            let first = position.saturating_sub(BEFORE);
            let last = (position + AFTER).min(traces.rows.len());
            traces.rows.get(first..last).unwrap_or_default().to_vec()
        })
    });
    let title = if state.is_filtered() { "Filtered" } else { "All traces" };
    let count = move || state.traces.with(|traces| format::count(u64::try_from(traces.summary.traces).unwrap_or(0)));
    let row = move |row: TraceRow| {
        let root = StoredValue::new(row.root_span_id.clone());
        let href = move || root.with_value(|root| state.address_of(Some(root), None));
        let current = move || root.with_value(|root| open.with(|open| open.as_deref() == Some(root)).then_some("true"));
        let score = state.scores().into_iter().find_map(|column| row.scores.get(&column.name).cloned());
        view! {
            <li>
                <a href=href aria-current=current on:pointerenter=move |_| root.with_value(|root| state.trace.prefetch(root))>
                    <span class="n clip">{row.name.clone()}</span><RelativeTime micros=row.created/>
                    <span class="p clip">{row.input.clone()}</span>
                    {score.map(|TraceScore { value, kind, .. }: TraceScore| {
                        let kind: ScoreKind = kind;
                        view! { <span inner_html=score_bar_html(kind, Some(value), None, 28)></span> }
                    })}
                </a>
            </li>
        }
    };
    view! {
        <nav class="minilist" aria-label="Traces in this view">
            <div class="bar">
                <span class="clip grow">{title}</span><span>{count}</span>
                <a class="btn icon ghost small" href=move || state.address_of(None, None) aria-label="Close trace" title="Close trace (Escape)">
                    <Icon name=IconName::Columns/>
                </a>
            </div>
            <ul>
                <For each=move || around.get() key=|row| (row.key, format!("{:?}", row.scores), row.name.clone(), row.input.len()) children=row/>
            </ul>
        </nav>
    }
}
