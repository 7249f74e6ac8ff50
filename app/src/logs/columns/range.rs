//! The dialog in which one chooses the time that the rows are of.

use super::said;
use crate::logs::state::LogsState;
use crate::raw_query::relation;
use crate::ui::offset_minutes;
use crate::ui::{Dialog, opened_by};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use shared::Micros;
use shared::filter::parse_instant;
use shared::ranges::TimeRange;
use shared::views::ListState;

/// Microseconds of a minute and of a day.
const MINUTE: Micros = 60_000_000;
const DAY: Micros = 1_440 * MINUTE;

/// Draws the dialog whenever it is asked for.
#[component]
pub(super) fn RangeDialog(state: LogsState, asked: RwSignal<Option<String>>) -> impl IntoView {
    let about = RwSignal::new(None::<()>);
    let open = opened_by(about);
    Effect::new(move |_| {
        if asked.with(|asked| asked.as_deref() == Some("+range")) {
            asked.set(None);
            about.set(Some(()));
        }
    });
    let content = move || about.get().map(|()| view! { <Ranges state open/> });
    view! { <Dialog title="Time range" open>{content}</Dialog> }
}

fn address(state: &LogsState, range: &str) -> String {
    said(state, |shown| ListState { range: range.to_owned(), ..shown })
}

#[component]
fn Ranges(state: LogsState, open: RwSignal<bool>) -> impl IntoView {
    let current = ListState::of(&state.shown_address()).range;
    let line = |(range, words): (&'static str, &'static str)| {
        let href = address(&state, range);
        let is_shown = (range == current).then_some("true");
        view! { <li><a class="row" href=href.clone() rel=relation(&href) aria-current=is_shown on:click=move |_| open.set(false)>{words}</a></li> }
    };
    let lines = [("", "All time")].into_iter().chain(TimeRange::COMMON).map(line).collect_view();
    let (from, to, wrong) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(false));
    let navigate = use_navigate();
    let show = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let range = between(&from.read_untracked(), &to.read_untracked(), offset_minutes());
        wrong.set(range.is_none());
        if let Some(range) = range {
            let address = address(&state, &range);
            open.set(false);
            navigate(&address, Default::default());
        }
    };
    view! {
        <div class="dialog-b ranges">
            <ul>{lines}</ul>
            <form class="ranges-own" aria-label="Days" on:submit=show>
                <div>
                    <label class="label" for="range-from">"From"</label>
                    <input class="input" id="range-from" type="date" bind:value=from/>
                </div>
                <div>
                    <label class="label" for="range-to">"Until"</label>
                    <input class="input" id="range-to" type="date" bind:value=to/>
                </div>
                <button class="btn" type="submit">"Show"</button>
                <p class="hint" role="status">{move || wrong.get().then_some("Say a first day, a last day, or both; the first comes first.")}</p>
            </form>
        </div>
    }
}

/// The range between two days as they begin and end where somebody is; none where neither is said, or they are in the wrong order.
fn between(from: &str, to: &str, offset_minutes: i32) -> Option<String> {
    let midnight = |day: &str| parse_instant(day).map(|moment| moment + Micros::from(offset_minutes) * MINUTE);
    let range = TimeRange::Between(midnight(from), midnight(to).map(|midnight| midnight + DAY));
    TimeRange::parse(&range.to_text()).ok().flatten().map(|range| range.to_text())
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn days_begin_where_somebody_is() {
        for (from, to, offset, expected) in [
            ("2026-11-01", "2026-11-02", 0, Some("2026-11-01T00:00:00Z/2026-11-03T00:00:00Z")),
            ("2026-11-01", "", -60, Some("2026-10-31T23:00:00Z/")),
            ("", "2026-11-02", 300, Some("/2026-11-03T05:00:00Z")),
            ("", "", 0, None),
            ("2026-11-03", "2026-11-01", 0, None),
        ] {
            assert_eq!(between(from, to, offset).as_deref(), expected, "{from} {to}");
        }
    }
}
