//! What came of a list of pairs: how often each of the two experiments was better, and whether the side played a part.

use super::api::pair_totals;
use super::reading::Reading;
use crate::api::send;
use crate::ui::format;
use leptos::prelude::*;
use shared::ReviewListId;
use shared::reviews::{PairTotals, TotalsOfPairs};
use std::time::Duration;

/// They are counted anew at most this often.
const REST: Duration = Duration::from_secs(2);

/// Below this chance a split of left and right is told to be uneven.
const UNLIKELY: f64 = 0.05;

/// Draws it for a list of pairs. It comes a moment after the page.
#[component]
pub(super) fn Totals(reading: Reading, list: ReviewListId) -> impl IntoView {
    let (found, is_resting) = (RwSignal::new(None::<TotalsOfPairs>), StoredValue::new(false));
    let ask = move || {
        send(pair_totals(list.clone()), move |newer| {
            // What cannot be counted is left out.
            if let Ok(newer) = newer {
                let _ = found.try_set(Some(newer));
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
        if found.with_untracked(Option::is_none) {
            ask();
            is_resting.set_value(false);
            return;
        }
        let ask = ask.clone();
        let again = move || {
            if is_resting.try_set_value(false).is_none() {
                ask();
            }
        };
        set_timeout(again, REST);
    });
    let told = move || found.get().map(|found| drawn(&found));
    view! { <section class="pair-totals" aria-label="Preferences">{told}</section> }
}

fn drawn(found: &TotalsOfPairs) -> AnyView {
    let Some(totals) = &found.totals else {
        return view! { <p class="hint">"Reviews are blind here: what came of the pairs is shown to who looks after the list."</p> }
            .into_any();
    };
    let [first, second] = found.experiments.clone();
    if totals.pairs == 0 {
        return view! { <p class="hint">"No pair of "<b>{second}</b>" against "<b>{first}</b>" is reviewed yet."</p> }.into_any();
    }
    let uneven = totals.side_chance.is_some_and(|chance| chance < UNLIKELY);
    view! {
        <p>
            <b>{second}</b>" against "<b>{first}</b>" "
            <span class="num">{counts(totals)}</span>
        </p>
        <p class="num">{share(totals)}</p>
        <p class:err=uneven class:hint=!uneven>{side(totals)}</p>
    }
    .into_any()
}

fn counts(totals: &PairTotals) -> String {
    let of = |number, one, several| format::counted(number, one, several);
    [of(totals.wins, "win", "wins"), of(totals.losses, "loss", "losses"), of(totals.ties, "tie", "ties")].join(" · ")
}

/// "62 %, with 95 % between 48 % and 75 %, of 40 pairs".
fn share(totals: &PairTotals) -> String {
    let pairs = format::counted(totals.pairs, "pair", "pairs");
    match totals.mean {
        None => format!("{pairs} reviewed, too few for an interval"),
        Some(share) => {
            let percent = |share: f64| format!("{:.0} %", share * 100.0);
            format!(
                "{} preferred (95 %: {} to {}), {pairs}, a tie counting half",
                percent(share.mean),
                percent(share.low),
                percent(share.high)
            )
        }
    }
}

fn side(totals: &PairTotals) -> String {
    let Some(chance) = totals.side_chance else { return "Nothing was decided between left and right.".to_owned() };
    let decided = format::count(totals.decided());
    let split = format!("The left side won {} of {decided} decided", format::count(totals.left));
    match chance < UNLIKELY {
        true => format!("{split}: so uneven a split has a chance of {chance:.3} where sides play no part."),
        false => format!("{split}, as it may by chance (p = {chance:.2})."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::reviews::Preference::{Equal, First, Second};

    #[test]
    fn what_came_of_pairs_is_told_in_words() {
        let one = PairTotals::of([&[(Second, true)][..]]);
        assert_eq!(
            (counts(&one).as_str(), share(&one).as_str()),
            ("1 win · 0 losses · 0 ties", "1 pair reviewed, too few for an interval")
        );
        let said = [&[(Second, true)][..], &[(First, false)], &[(Equal, true)], &[(Second, true)]];
        let several = PairTotals::of(said);
        assert_eq!(counts(&several), "2 wins · 1 loss · 1 tie");
        assert!(share(&several).starts_with("62 % preferred (95 %: ") && share(&several).ends_with("4 pairs, a tie counting half"));
        assert_eq!(side(&several), "The left side won 3 of 3 decided, as it may by chance (p = 0.25).");
        let left = PairTotals { left: 10, ..PairTotals::of(vec![&[(Second, true)][..]; 10]) };
        assert_eq!(side(&left), "The left side won 10 of 10 decided: so uneven a split has a chance of 0.002 where sides play no part.");
    }
}
