//! What was done about all spans of a trace, on demand: nothing that was said about one of them looks lost at another.

use super::change::ChangeLine;
use crate::api::{AppError, send};
use crate::trace::api::trace_activity;
use crate::trace::{Opened, Way};
use leptos::prelude::*;
use shared::audit::{ListTraceActivity, SpanActivity};
use shared::objects::RowAddress;
use shared::spans::span_title;

/// Changes that are read at once.
const PAGE: u32 = 100;

/// Draws the activity of the whole trace, newest first, each change with its span.
#[component]
pub(super) fn TraceEntries() -> impl IntoView {
    let Opened { trace, links, kind, .. } = expect_context::<Opened>();
    let root = Memo::new(move |_| trace.of_content(|content| content.trace.root_span_id.clone()).unwrap_or_default());
    let read = RwSignal::new(None::<(Vec<SpanActivity>, bool)>);
    let refused = RwSignal::new(None::<AppError>);
    let ask = move |older: Vec<SpanActivity>| {
        let before = older.last().map(|last| last.change.id);
        let query = ListTraceActivity { object: trace.object(), root_span_id: root.get_untracked(), before, limit: PAGE };
        send(trace_activity(query), move |answer| match answer {
            // Another trace may be shown by now, and this list be gone.
            Ok(more) => {
                let has_more = more.len() >= PAGE as usize;
                let _ = refused.try_set(None);
                let _ = read.try_set(Some((older.into_iter().chain(more).collect(), has_more)));
            }
            Err(error) => {
                let _ = refused.try_set(Some(error));
            }
        });
    };
    // Whatever happens to the trace may stand here.
    Effect::new(move |_| {
        root.track();
        trace.as_of.track();
        ask(Vec::new());
    });
    let has_more = move || read.with(|read| read.as_ref().is_some_and(|(_, more)| *more));
    let more = move |_| ask(read.with_untracked(|read| read.as_ref().map(|(entries, _)| entries.clone()).unwrap_or_default()));
    let empty = move || match read.with(|read| read.as_ref().map(|(entries, _)| entries.is_empty())) {
        Some(true) => Some(view! { <p class="hint">"Nobody has touched this trace yet."</p> }),
        Some(false) => None,
        None => Some(view! { <p class="hint">"Reading…"</p> }),
    };
    let entries = move || read.with(|read| read.as_ref().map(|(entries, _)| entries.clone()).unwrap_or_default());
    let line = move |SpanActivity { row_id, span_id, name, change }: SpanActivity| {
        let row = RowAddress { object_type: kind, object_id: trace.object(), id: row_id };
        let name = span_title(&name, "").to_owned();
        let href = move || links.to(Way::Span { root: root.get(), span: span_id.clone() });
        let span = view! { <a class="link" data-noscroll="" href=href>{name}</a> };
        view! { <ChangeLine row change span=span.into_any()/> }
    };
    view! {
        {empty}
        <ol class="act"><For each=entries key=|entry| (entry.change.id, entry.change.revertible) children=line/></ol>
        <Show when=has_more><button class="btn small ghost" type="button" on:click=more>"Show more"</button></Show>
        {move || refused.get().map(|error| view! { <p class="wrong" role="alert">{error.to_string()}</p> })}
    }
}
