//! How fast a list gets done: one's own part today and the team's, what is left, and how long that takes if it goes on so.

use super::api::review_pace;
use super::reading::Reading;
use crate::api::send;
use crate::ui::format;
use crate::ui::offset_minutes;
use leptos::prelude::*;
use shared::Micros;
use shared::reviews::{AskPace, ListPace, PaceEstimate, ReviewerPace};
use std::time::Duration;

/// Microseconds of a minute and of a day.
const MINUTE: Micros = 60_000_000;
const DAY: Micros = 1_440 * MINUTE;

/// It is counted anew at most this often.
const REST: Duration = Duration::from_secs(5);

/// Draws it. It comes a moment after the page.
#[component]
pub(super) fn Pace(reading: Reading) -> impl IntoView {
    let pace = RwSignal::new(None::<ListPace>);
    let is_resting = StoredValue::new(false);
    let ask = move || {
        let (Some(query), Some(now)) = (reading.query.try_get_untracked(), untrack(crate::ui::now)) else { return };
        let ask = AskPace { project: query.project, list: query.list, day: midnight(now, offset_minutes()) };
        send(review_pace(ask), move |newer| {
            // What cannot be counted is left out.
            if let Ok(newer) = newer {
                let _ = pace.try_set(Some(newer));
            }
        });
    };
    let is_hydrated = Memo::new(|_| crate::ui::now().is_some());
    Effect::new(move |_| {
        reading.view.track();
        if !is_hydrated.get() || is_resting.get_value() {
            return;
        }
        is_resting.set_value(true);
        if pace.with_untracked(Option::is_none) {
            ask();
            is_resting.set_value(false);
            return;
        }
        let again = move || {
            if is_resting.try_set_value(false).is_none() {
                ask();
            }
        };
        set_timeout(again, REST);
    });
    let facts = move || pace.get().map(|pace| facts(&pace));
    let reviewers = move || {
        let reviewers = pace.get().map(|pace| pace.reviewers).filter(|reviewers| !reviewers.is_empty())?;
        let rows = reviewers.into_iter().map(reviewer_row).collect_view();
        Some(view! {
            <details class="review-people">
                <summary>"Reviewers"</summary>
                <table class="table small" aria-label="Reviewers">
                    <thead><tr>
                        <th scope="col">"Name"</th><th scope="col" class="num">"Today"</th><th scope="col" class="num">"In all"</th>
                        <th scope="col" class="num">"Median"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </details>
        })
    };
    view! { <section class="review-pace" aria-label="Progress"><p class="hint">{facts}</p>{reviewers}</section> }
}

/// When the day began, for who is so many minutes behind Greenwich.
fn midnight(now: Micros, offset_minutes: i32) -> Micros {
    let offset = Micros::from(offset_minutes) * MINUTE;
    (now - offset).div_euclid(DAY) * DAY + offset
}

fn facts(pace: &ListPace) -> String {
    let number = |number: i64| format::count(number.unsigned_abs());
    let mut facts = vec![["You ", &number(pace.mine), " today"].concat()];
    facts.extend(pace.team.map(|team| ["team ", &number(team)].concat()));
    facts.push(match pace.left {
        0 => "nothing left".to_owned(),
        left => [&number(left), " left"].concat(),
    });
    if pace.left > 0 {
        facts.push(pace.estimate.map_or_else(|| "too little known to say how long".to_owned(), between));
    }
    facts.join(" · ")
}

/// A length of time by its two ends: "40–55 min", "2–3 h" of one person's work.
fn between(PaceEstimate { from, to }: PaceEstimate) -> String {
    let (unit, word) = if to < 5_400 { (60, "min") } else { (3_600, "h") };
    let (from, to) = (from / unit, to.div_ceil(unit));
    let range = if from == to { format::count(to) } else { [&format::count(from), "–", &format::count(to)].concat() };
    ["about ", &range, " ", word, " of one person’s work"].concat()
}

fn reviewer_row(reviewer: ReviewerPace) -> impl IntoView + use<> {
    let ReviewerPace { person, today, total, seconds } = reviewer;
    let number = |number: i64| format::count(number.unsigned_abs());
    let median = seconds.map_or_else(|| "–".to_owned(), |seconds| [&format::count(seconds), " s"].concat());
    view! { <tr><td>{person.name}</td><td class="num">{number(today)}</td><td class="num">{number(total)}</td><td class="num">{median}</td></tr> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_where_one_is() {
        let noon = 20_000 * DAY + 12 * 60 * MINUTE;
        assert_eq!(midnight(noon, 0), 20_000 * DAY);
        assert_eq!(midnight(noon, -120), 20_000 * DAY - 120 * MINUTE);
        assert_eq!(midnight(noon, 13 * 60), 19_999 * DAY + 13 * 60 * MINUTE);
    }

    #[test]
    fn what_is_known_of_the_pace_is_said() {
        let pace = |left, estimate, team| facts(&ListPace { mine: 3, team, left, estimate, reviewers: vec![] });
        assert_eq!(pace(0, None, Some(1_200)), "You 3 today · team 1,200 · nothing left");
        assert_eq!(pace(7, None, None), "You 3 today · 7 left · too little known to say how long");
        let of = |from, to| pace(7, Some(PaceEstimate { from, to }), None);
        assert_eq!(of(2_400, 3_270), "You 3 today · 7 left · about 40–55 min of one person’s work");
        assert_eq!(of(7_300, 10_000), "You 3 today · 7 left · about 2–3 h of one person’s work");
        assert_eq!(of(3, 50), "You 3 today · 7 left · about 0–1 min of one person’s work");
        assert_eq!(of(60, 60), "You 3 today · 7 left · about 1 min of one person’s work");
    }
}
