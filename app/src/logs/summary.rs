//! The summary strip: a card for each score.

use super::state::{LogsState, ScoreColumn};
use crate::context::use_project;
use crate::raw_query::relation;
use crate::ui::{Histogram, Icon, IconSize, format, score_source};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use shared::address::RowsPage;
use shared::filter::score_range;
use shared::questions::Question;
use shared::summary::{BUCKETS, Rollup, Summary};

/// Draws a card for each score: mean, count and distribution, live.
#[component]
pub(super) fn SummaryStrip() -> impl IntoView {
    let state = expect_context::<LogsState>();
    let is_logs = state.is_of_logs();
    let scores = Memo::new(move |_| {
        let mut scores = state.scores();
        if !is_logs {
            // The results come first.
            state.traces.with(|traces| scores.sort_by_key(|column| !traces.summary.scores.contains_key(&column.name)));
        }
        scores
    });
    let words = if state.is_filtered() {
        "There are no scores yet, whatever the filter."
    } else {
        "Scores appear here as soon as a reviewer or a scorer gives one."
    };
    let empty = move || scores.read().is_empty().then(|| view! { <p class="hint summary-empty">{words}</p> });
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
    let own_name = name.clone();
    let compared = state.rows.with_value(|rows| match rows {
        RowsPage::Experiment(_) => "Against the base experiment",
        _ => "The last seven days against the seven before",
    });
    // The change in points, and whether it is for the better.
    let change = move || {
        let mean_of = |summary: &Summary| summary.scores.get(&own_name).and_then(Rollup::mean);
        let points = state.compared.with(|compared| {
            let now = compared.get(1).map_or_else(|| mean.get(), mean_of);
            Some((now? - mean_of(compared.first()?)?) * 100.0)
        });
        let points = points?;
        let words = format::points(points)?;
        let question = |question: &&Question| question.name == own_name;
        let higher_is_better =
            state.questions.with(|questions| questions.iter().find(question).is_none_or(|question| question.definition.higher_is_better));
        Some((words, (points > 0.0) == higher_is_better))
    };
    let changed = change.clone();
    let tone = move || change().map_or("delta", |(_, better)| if better { "delta up" } else { "delta down" });
    let context = use_project();
    let points = move || {
        let (words, _) = changed()?;
        let against = state.base.get().map(|base| {
            let href = context.page(&RowsPage::Experiment(base.clone()).path());
            view! { " against "<a class="link" href=href.clone() rel=relation(&href)>{base}</a> }
        });
        Some(view! { {words}{against} })
    };
    let pick = filter_by_bar(state, name.clone());
    let number = move || mean.get().map_or_else(|| "–".to_owned(), format::percent_number);
    let unit = move || mean.get().map(|_| view! { <small>" %"</small> });
    let count = move || rollup.with(|rollup| format!("n={}", format::count(u64::try_from(rollup.count).unwrap_or(0))));
    let (icon, words) = score_source(kind);
    view! {
        <div class="card-score" role="group" aria-label=name.clone()>
            <div class="name"><Icon name=icon size=IconSize::Small/><span class="sr">{words}": "</span><span class="clip" title=name.clone()>{name.clone()}</span></div>
            <div class="fig"><b>{number}{unit}</b>" "<span>{count}</span>" "</div>
            <div class="against"><span class=tone title=compared>{points}</span></div>
            <Histogram name=name.clone() kind buckets mean pick/>
        </div>
    }
}

/// Adds to the filter that the score lies in a bar.
fn filter_by_bar(state: LogsState, name: String) -> Callback<usize> {
    let navigate = use_navigate();
    Callback::new(move |bar: usize| {
        let bound = |bar: usize| f64::from(u32::try_from(bar).unwrap_or(0)) / 20.0;
        let range = score_range(&name, bound(bar), bound(bar + 1));
        let filter = state.filter.with_value(|filter| match filter.trim() {
            "" => range.clone(),
            stands => ["(", stands, ") and ", &range].concat(),
        });
        navigate(&untrack(|| state.address_with_filter(&filter)), Default::default());
    })
}
