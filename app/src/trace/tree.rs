//! The tree of spans, each with its time beside it.

use crate::logs::LogsState;
use crate::ui::{Icon, IconName, TimelineBar, format};
use leptos::prelude::*;
use shared::spans::SpanNode;

/// Draws the spans; a click opens one.
#[component]
pub(super) fn SpanTree() -> impl IntoView {
    let state = expect_context::<LogsState>();
    let view = state.trace.view;
    let spans = Memo::new(move |_| view.with(|view| view.as_ref().map(|view| view.spans.clone()).unwrap_or_default()));
    let root = Memo::new(move |_| view.with(|view| view.as_ref().map(|view| view.row.root_span_id.clone()).unwrap_or_default()));
    let open = Memo::new(move |_| view.with(|view| view.as_ref().map(|view| view.span.span_id.clone()).unwrap_or_default()));
    let total = Memo::new(move |_| {
        let ends = spans.with(|spans| spans.iter().filter_map(|span| Some(span.offset? + span.duration?)).max());
        ends.unwrap_or(0).max(1) as f64
    });
    let line = move |span: SpanNode| {
        let id = StoredValue::new(span.span_id.clone());
        let href = move || id.with_value(|id| root.with(|root| state.address_of(Some(root), Some(id))));
        let current = move || id.with_value(|id| open.with(|open| open == id)).then_some("true");
        let bar = span.offset.zip(span.duration).map(|(offset, duration)| {
            let total = total.get_untracked();
            view! { <TimelineBar start=offset as f64 / total length=duration as f64 / total/> }
        });
        let kind = if span.kind.is_empty() { "span".to_owned() } else { span.kind.clone() };
        view! {
            <li>
                <a class=format!("d{}", span.depth.min(24)) href=href data-noscroll="" aria-current=current title=kind.clone()>
                    <Icon name=icon(&span.kind)/>
                    <span class="clip" class:err=span.error>
                        <span class="sr">{kind.clone()}": "</span>{if span.name.is_empty() { "unnamed".to_owned() } else { span.name.clone() }}
                        {span.error.then(|| view! { <span class="sr">", has an error"</span> })}
                    </span>
                    <span class="ms">{span.duration.map(|micros| format::duration(micros as f64 / 1e6))}</span>
                    {bar}
                </a>
            </li>
        }
    };
    view! {
        <nav class="trace-tree" aria-label="Spans">
            <ul class="tree"><For each=move || spans.get() key=SpanNode::clone children=line/></ul>
        </nav>
    }
}

/// The icon of a kind of span.
pub(super) fn icon(kind: &str) -> IconName {
    match kind {
        "llm" => IconName::LanguageModel,
        "tool" => IconName::Tool,
        "score" => IconName::Score,
        "function" => IconName::Function,
        "retrieval" => IconName::Retrieval,
        _ => IconName::Task,
    }
}
