//! The Logs page: everything at first from the server, then kept true by live events.

use super::api::open_logs;
use super::filter::{FilterBar, HeldFocus};
use super::keys::follow_keys;
use super::layout::LOGS;
use super::part::{Drawn, TracePart, mind_traces};
use super::selection::draw_selection;
use super::state::LogsState;
use super::summary::SummaryStrip;
use super::table::TraceTable;
use super::unread::Unread;
use super::views::ViewsBar;
use super::walk::TraceStep;
use super::{FIRST_PAGE, LogsView, OpenLogs};
use crate::context::use_project;
use crate::loading::{loaded, resource};
use crate::raw_query::{path_segments, raw_query};
use crate::title::OpeningTitle;
use leptos::prelude::*;
use shared::address::{LogsAddress, RowsPage};
use shared::objects::{ObjectKind, Place};
use shared::spans::OpenTrace;
use shared::{ObjectId, RowId};

/// Draws the logs of the project, or the rows of one of its experiments or datasets.
#[component]
pub fn LogsPage() -> impl IntoView {
    let project = use_project().project.id;
    let raw = raw_query();
    let address = Memo::new(move |_| LogsAddress::parse(&raw.get()));
    // Opening another trace changes the address, but not the list: only the filter and the page are watched.
    let segments = path_segments();
    // The address changes before the page goes, so a path that shows no rows means that this page is being left.
    let shown = Memo::new(move |before: Option<&RowsPage>| {
        segments.with(|segments| RowsPage::of_segments(segments)).or_else(|| before.cloned()).unwrap_or(RowsPage::Logs)
    });
    let list = Memo::new(move |_| address.with(|address| List::of(shown.get(), address)));
    let logs = resource(
        move || list.get(),
        move |List { rows, filter, before, .. }| {
            let (open, row, layout, others) = address.with_untracked(|address| {
                // The server knows the object by its name; what is asked for is a trace of it.
                let open = OpenTrace::of(address, ObjectId(String::new()));
                (open, address.row.clone().map(RowId), address.layout, address.others.clone())
            });
            open_logs(OpenLogs { project: project.clone(), rows, filter, before, limit: FIRST_PAGE, open, row, layout, others })
        },
    );
    let page = loaded(logs, move |view| {
        let drawn = list.get_untracked();
        // Until another list is there this one is still on the page.
        let left =
            Signal::derive(move || list.with(|list| *list != drawn) || segments.with(|segments| RowsPage::of_segments(segments).is_none()));
        view! { <Logs rows=shown.get_untracked() address left view/> }.into_any()
    });
    view! { <Transition>{page}</Transition> }
}

/// What only changes how the rows look: the list stays.
const SHOWN_IN_PLACE: [&str; 2] = ["cols", "density"];

/// What another list is known by.
#[derive(Clone, PartialEq)]
struct List {
    rows: RowsPage,
    filter: String,
    before: Option<Place>,
    others: Vec<(String, String)>,
}

impl List {
    fn of(rows: RowsPage, address: &LogsAddress) -> Self {
        let others = address.others.iter().filter(|(key, _)| !SHOWN_IN_PLACE.contains(&key.as_str())).cloned().collect();
        Self { rows, filter: address.filter.clone(), before: address.before, others }
    }
}

/// Takes the focus off what is about to be removed. The browser would take it off while removing, and for that lay out the
/// page as it is in between, with the list and the trace in it. A page that comes to life keeps what it has.
fn give_up_focus() {
    #[cfg(feature = "hydrate")]
    {
        use leptos::wasm_bindgen::JsCast;
        if Owner::current_shared_context().is_some_and(|context| context.during_hydration()) {
            return;
        }
        let focused = document().active_element().filter(|element| element.matches("#main *").unwrap_or(false));
        if let Some(element) = focused.and_then(|element| element.dyn_into::<leptos::web_sys::HtmlElement>().ok()) {
            // An element that cannot give up the focus has none.
            let _ = element.blur();
        }
    }
}

/// Goes where one was when one left this entry of the browser's history.
fn recall(state: LogsState) {
    if let Some(position) = window().history().and_then(|history| history.state()).ok().and_then(|kept| kept.as_string()) {
        mind_traces(state, TraceStep::Recall(position));
    }
}

fn heading(rows: &RowsPage) -> String {
    match rows {
        RowsPage::Logs => "Logs".to_owned(),
        RowsPage::Experiment(name) | RowsPage::Dataset(name) => name.clone(),
    }
}

#[component]
fn Logs(rows: RowsPage, address: Memo<LogsAddress>, left: Signal<bool>, view: LogsView) -> impl IntoView {
    let context = use_project();
    let project = context.project.id.clone();
    let heading = heading(&rows);
    let (is_logs, kind) = (rows == RowsPage::Logs, rows.kind());
    let opened = view.opened.clone();
    let has_summary = rows.kind() != ObjectKind::Dataset || !view.summary.scores.is_empty();
    let (mistakes, conditions) = (view.mistakes.clone(), view.conditions.clone());
    let state = LogsState::new(project, rows, address, left, view);
    provide_context(state);
    provide_context(state.opened());
    // A row that was asked for by its id alone is open under the address of its trace.
    let by_row = address.with_untracked(|address| address.row.is_some() && address.trace.is_none());
    let open = Memo::new(move |_| address.with(|address| address.trace.is_some() || (by_row && address.row.is_some())));
    Effect::new(move |previous: Option<Option<OpenTrace>>| {
        let wanted = address.with(|address| OpenTrace::of(address, ObjectId(String::new())));
        match previous {
            // Another page's trace is not this one's to open.
            Some(previous) if previous != wanted && !left.get_untracked() => state.open(&address.get_untracked()),
            Some(_) => {}
            None if open.get_untracked() => mind_traces(state, TraceStep::Ready),
            None => recall(state),
        }
        wanted
    });
    Effect::new(move |before: Option<Vec<Option<String>>>| {
        let look: Vec<_> = address.with(|address| SHOWN_IN_PLACE.map(|key| address.other(key).map(str::to_owned)).into());
        if before.is_some_and(|before| before != look) && !left.get_untracked() {
            state.show_as(&address.get_untracked());
        }
        look
    });
    follow_keys(state, open);
    Effect::new(move |_| state.follow_time());
    let first = opened.clone();
    // While another trace is on its way, the one that is painted has the title.
    let opened = move || {
        let painted = state.trace.of_content(|content| content.trace.title(kind).to_owned());
        open.get().then(|| painted.or_else(|| opened.clone())).flatten()
    };
    let parts = vec![heading.clone(), context.project.name.clone()];
    // Another grouping is another list.
    let is_grouped = untrack(|| state.has_other("group"));
    let page = move || {
        let open = open.get();
        let held = state.filter.with_value(|filter| if cfg!(feature = "hydrate") { HeldFocus::now(filter) } else { None });
        give_up_focus();
        if open {
            view! {
                <h1 class="sr">{heading.clone()}</h1>
                <div class="split"><TracePart what=Drawn::Trace/></div>
            }
            .into_any()
        } else {
            view! {
                {if is_logs {
                    view! { <header class="head"><h1>{heading.clone()}</h1><ViewsBar/></header> }.into_any()
                } else {
                    view! { <TracePart what=Drawn::ObjectHead/> }.into_any()
                }}
                <div class="logs">
                    {(!is_logs).then(|| view! { <ViewsBar/> })}
                    {has_summary.then(|| view! { <SummaryStrip/> })}
                    <FilterBar mistakes=mistakes.clone() conditions=conditions.clone() held/>
                    <Unread/>
                    {if is_logs && !is_grouped {
                        view! { <TraceTable layout=&LOGS/> }.into_any()
                    } else {
                        view! { <TracePart what=if is_grouped { Drawn::Groups } else { Drawn::ObjectRows }/> }.into_any()
                    }}
                    {move || state.selection.is_begun.get().then(|| draw_selection(state))}
                </div>
            }
            .into_any()
        }
    };
    view! {
        <OpeningTitle first opened parts/>
        {page}
    }
}
