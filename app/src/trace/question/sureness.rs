//! How sure one is of an answer, where the question asks it: said after the answer, in a step or by a key, or not at all.

use super::control::Control;
use crate::keys::{Act, titled};
use leptos::prelude::*;
use shared::questions::Question;

/// The steps, from 0 to 1, in words.
const STEPS: [&str; 5] = ["Guess", "Unsure", "Fair", "Sure", "Certain"];

/// What a step stands for.
fn share(step: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "there are five")]
    let share = step as f64 / (STEPS.len() - 1) as f64;
    share
}

/// The step that is nearest to what was said.
fn step_of(sureness: f64) -> usize {
    let distance = |step: &usize| (share(*step) - sureness).abs();
    (0..STEPS.len()).min_by(|one, other| distance(one).total_cmp(&distance(other))).unwrap_or_default()
}

/// In words.
pub(super) fn words(sureness: f64) -> &'static str {
    STEPS.get(step_of(sureness)).copied().unwrap_or_default()
}

/// Goes a step to less or more of it; the first time from the middle.
pub(super) fn step(control: Control, by: isize) {
    let now = untrack(|| control.sureness()).map_or(STEPS.len() / 2, step_of);
    control.say_sureness(share(now.saturating_add_signed(by).min(STEPS.len() - 1)));
}

/// Draws the steps under an answer.
#[component]
pub(super) fn Sureness(question: Memo<Option<Question>>, control: Control, may_review: bool) -> impl IntoView {
    let asks = Memo::new(move |_| question.with(|question| question.as_ref().is_some_and(|question| question.definition.asks_sureness)));
    move || {
        (may_review && asks.get() && control.value.with(Option::is_some)).then(|| {
            let steps = STEPS.iter().enumerate().map(|(step, words)| {
                let pressed = move || (control.sureness().map(step_of) == Some(step)).to_string();
                view! { <button class="btn small" type="button" aria-pressed=pressed on:click=move |_| control.say_sureness(share(step))>{*words}</button> }
            });
            let title = [titled("Less sure", Act::LessSure), titled("More sure", Act::MoreSure)].join(", ");
            view! {
                <div class="sureness" role="group" aria-label="How sure" title=title>
                    <span class="hint">"How sure"</span><span class="group">{steps.collect_view()}</span>
                </div>
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{share, step_of, words};

    #[test]
    fn what_was_said_is_the_nearest_step() {
        assert_eq!([0, 1, 2, 3, 4].map(share), [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!([0.0, 0.1, 0.13, 0.8, 1.0].map(step_of), [0, 0, 1, 3, 4]);
        assert_eq!(words(0.75), "Sure");
    }
}
