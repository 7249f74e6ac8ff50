//! The Logs page: everything at first from the server, then kept true by live events.

use super::api::open_logs;
use super::filter::FilterBar;
use super::keys::follow_keys;
use super::state::LogsState;
use super::summary::SummaryStrip;
use super::table::TraceTable;
use super::{FIRST_PAGE, LogsView, OpenLogs, logs_of};
use crate::api::{ErrorPage, resource};
use crate::parts::TracePart;
use crate::projects::use_project;
use crate::raw_query::raw_query;
use leptos::prelude::*;
use leptos_meta::Title;
use shared::RowId;
use shared::address::LogsAddress;
use shared::filter::Diagnostic;
use shared::spans::OpenTrace;

/// Draws the logs of the project.
#[component]
pub fn LogsPage() -> impl IntoView {
    let context = use_project();
    let project = context.project.id.clone();
    let raw = raw_query();
    let address = Memo::new(move |_| LogsAddress::parse(&raw.get()));
    // Opening another trace changes the address, but not the list: only the filter and the page are watched.
    let list = Memo::new(move |_| address.with(|address| (address.filter.clone(), address.before)));
    let logs = resource(
        move || list.get(),
        move |(filter, before)| {
            let (open, row) = address.with_untracked(|address| {
                let object = logs_of(&project);
                let open = address.trace.clone().map(|root_span_id| OpenTrace { object, root_span_id, span_id: address.span.clone() });
                (open, address.row.clone().map(RowId))
            });
            open_logs(OpenLogs { project: project.clone(), filter, before, limit: FIRST_PAGE, open, row })
        },
    );
    let page = move || {
        Suspend::new(async move {
            match logs.await {
                Ok(view) => view! { <Logs address view/> }.into_any(),
                Err(error) => view! { <ErrorPage error/> }.into_any(),
            }
        })
    };
    view! {
        <Title text=format!("Logs · {} · Touchstone", context.project.name)/>
        <Transition>{page}</Transition>
    }
}

/// Takes the focus off what is about to be removed. The browser would take it off while removing, and for that lay out the
/// page as it is in between, with the list and the trace in it.
fn give_up_focus() {
    #[cfg(feature = "hydrate")]
    {
        use leptos::wasm_bindgen::JsCast;
        let focused = document().active_element().filter(|element| element.matches("#main *").unwrap_or(false));
        if let Some(element) = focused.and_then(|element| element.dyn_into::<leptos::web_sys::HtmlElement>().ok()) {
            // An element that cannot give up the focus has none.
            let _ = element.blur();
        }
    }
}

#[component]
fn Logs(address: Memo<LogsAddress>, view: LogsView) -> impl IntoView {
    let project = use_project().project.id;
    let mistakes: Vec<Diagnostic> = view.mistakes.clone();
    let state = LogsState::new(project, address, view);
    provide_context(state);
    // A row that was asked for by its id alone is open under the address of its trace.
    let by_row = address.with_untracked(|address| address.row.is_some() && address.trace.is_none());
    let open = Memo::new(move |_| address.with(|address| address.trace.is_some() || (by_row && address.row.is_some())));
    Effect::new(move |previous: Option<(Option<String>, Option<String>)>| {
        let wanted = address.with(|address| (address.trace.clone(), address.span.clone()));
        if previous.is_some_and(|previous| previous != wanted) {
            state.trace.open(wanted.0.as_deref(), wanted.1.as_deref());
            state.prefetch_neighbours();
        }
        wanted
    });
    follow_keys(state, open);
    move || {
        let open = open.get();
        give_up_focus();
        if open {
            view! {
                <h1 class="sr">"Logs"</h1>
                <div class="split"><TracePart/></div>
            }
            .into_any()
        } else {
            view! {
                <header class="head"><h1>"Logs"</h1></header>
                <div class="logs">
                    <SummaryStrip/>
                    <FilterBar mistakes=mistakes.clone()/>
                    <TraceTable/>
                </div>
            }
            .into_any()
        }
    }
}
