//! The summary strip: a card for each score.

use super::state::{LogsState, ScoreColumn};
use crate::ui::{Histogram, Icon, IconName, IconSize, ScoreKind, format};
use leptos::prelude::*;
use shared::summary::{BUCKETS, Rollup};

/// Draws a card for each score: mean, count and distribution, live.
#[component]
pub(super) fn SummaryStrip() -> impl IntoView {
    let state = expect_context::<LogsState>();
    let scores = Memo::new(move |_| state.scores());
    let empty = move || {
        scores.read().is_empty().then(|| {
            view! { <p class="hint summary-empty">"Scores appear here as soon as a reviewer or a scorer gives one."</p> }
        })
    };
    view! {
        <section class="summary" aria-label="Summary" tabindex="0">
            {empty}
            <For each=move || scores.get() key=|column| (column.name.clone(), column.kind.as_str()) let:column>
                <ScoreCard column/>
            </For>
        </section>
    }
}

#[component]
fn ScoreCard(column: ScoreColumn) -> impl IntoView {
    let state = expect_context::<LogsState>();
    let ScoreColumn { name, kind } = column;
    let own_name = name.clone();
    let rollup = Memo::new(move |_| state.traces.with(|traces| traces.summary.scores.get(&own_name).cloned().unwrap_or_default()));
    let mean = Signal::derive(move || rollup.with(Rollup::mean));
    let buckets = Signal::derive(move || {
        rollup.with(|rollup| {
            let mut counts = [0; BUCKETS];
            for (count, bucket) in counts.iter_mut().zip(rollup.buckets) {
                *count = u64::try_from(bucket).unwrap_or(0);
            }
            counts
        })
    });
    let number = move || mean.get().map_or_else(|| "–".to_owned(), format::percent_number);
    let unit = move || mean.get().map(|_| view! { <small>" %"</small> });
    let count = move || rollup.with(|rollup| format!("n={}", format::count(u64::try_from(rollup.count).unwrap_or(0))));
    let (icon, words) = match kind {
        ScoreKind::Automatic => (IconName::Automatic, "Automatic score: "),
        ScoreKind::Human | ScoreKind::Gold => (IconName::Person, "Human score: "),
    };
    view! {
        <div class="card-score" role="group" aria-label=name.clone()>
            <div class="name"><Icon name=icon size=IconSize::Small/><span class="sr">{words}</span><span class="clip">{name.clone()}</span></div>
            <div class="fig"><b>{number}{unit}</b>" "<span>{count}</span>" "</div>
            <Histogram name=name.clone() kind buckets mean/>
        </div>
    }
}
