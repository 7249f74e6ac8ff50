//! The dialog in which one chooses by what the rows of a list are grouped.

use super::said;
use crate::api::send;
use crate::logs::api::filter_names;
use crate::logs::state::LogsState;
use crate::raw_query::relation;
use crate::ui::{Dialog, opened_by};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use shared::filter::{KnownNames, quote_path_step};
use shared::spans::RowGrouping;
use shared::views::ListState;

/// Draws the dialog whenever it is asked for.
#[component]
pub(super) fn GroupingDialog(state: LogsState, asked: RwSignal<Option<String>>) -> impl IntoView {
    let about = RwSignal::new(None::<()>);
    let open = opened_by(about);
    Effect::new(move |_| {
        if asked.with(|asked| asked.as_deref() == Some("+group")) {
            asked.set(None);
            about.set(Some(()));
        }
    });
    let content = move || about.get().map(|()| view! { <Choices state open/> });
    view! { <Dialog title="Group rows" open>{content}</Dialog> }
}

/// What rows can be grouped by, each with what it is called.
fn offered(state: &LogsState, names: &KnownNames) -> Vec<(String, String)> {
    let mut offered = vec![(String::new(), "Not grouped".to_owned()), ("tags".to_owned(), "Tags".to_owned())];
    offered.extend(state.scores().into_iter().map(|score| (format!("scores.{}", quote_path_step(&score.name)), score.name)));
    for steps in names.metadata.iter().flatten() {
        let steps: Vec<_> = steps.iter().map(|step| quote_path_step(step)).collect();
        let path = ["metadata.", &steps.join(".")].concat();
        offered.push((path.clone(), path));
    }
    offered
}

#[component]
fn Choices(state: LogsState, open: RwSignal<bool>) -> impl IntoView {
    let current = state.shown().group;
    let address = move |group: &str| said(&state, |shown| ListState { group: group.to_owned(), ..shown });
    let names = RwSignal::new(KnownNames::default());
    send(filter_names(state.object()), move |answer| {
        // Without an answer nothing more is offered. The dialog may be gone.
        if let Ok(known) = answer {
            let _ = names.try_set(known);
        }
    });
    let shown = current.clone();
    let lines = move || {
        let offered = names.with(|names| untrack(|| offered(&state, names)));
        let line = |(group, words): (String, String)| {
            let href = address(&group);
            let is_shown = (group == shown).then_some("true");
            view! { <li><a class="row" href=href.clone() rel=relation(&href) aria-current=is_shown on:click=move |_| open.set(false)>{words}</a></li> }
        };
        offered.into_iter().map(line).collect_view()
    };
    let (own, wrong) = (RwSignal::new(current), RwSignal::new(None::<String>));
    let navigate = use_navigate();
    let show = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match RowGrouping::parse(&own.read_untracked()) {
            Ok(by) => {
                open.set(false);
                navigate(&address(&by.map(|by| by.to_text()).unwrap_or_default()), Default::default());
            }
            Err(problem) => wrong.set(Some(problem.to_string())),
        }
    };
    view! {
        <div class="dialog-b groupings">
            <ul>{lines}</ul>
            <form aria-label="Own grouping" on:submit=show>
                <label class="label" for="group-own">"Anything else"</label>
                <input class="input" id="group-own" autocomplete="off" spellcheck="false" placeholder="lower(metadata.model)" bind:value=own/>
                <button class="btn" type="submit">"Group"</button>
                <p class="hint" role="status">{wrong}</p>
            </form>
        </div>
    }
}
