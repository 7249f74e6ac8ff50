//! What the dialogs that fill review lists share: the filter, checked while it is typed, a share, and asking what would be done.

use crate::api::{AppError, FieldProblem, send};
use crate::configuration::TextField;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use shared::filter::parse_expression;
use std::time::Duration;

/// How long one types no more before it is asked what would be done.
const PAUSE: Duration = Duration::from_millis(350);

/// The fields that an answer can be about.
const FIELDS: [&str; 5] = ["filter", "count", "rate", "stratify_by", "cap_per_day"];

/// What is wrong with a filter.
pub(super) fn mistake(filter: &str) -> Option<String> {
    if filter.trim().is_empty() {
        return None;
    }
    parse_expression(filter).err()?.into_iter().next().map(|mistake| mistake.message)
}

/// A share as it is typed in percent; what is no number is one that the server refuses.
pub(super) fn percent(typed: &str) -> f64 {
    let typed = typed.trim().trim_end_matches('%').trim_end().replace(',', ".");
    typed.parse::<f64>().map_or(-1.0, |percent| percent / 100.0)
}

/// A share as it is shown to be changed.
pub(super) fn typed(share: f64) -> String {
    // Without what a double adds to a decimal.
    let percent = (share * 1e11).round() / 1e9;
    percent.to_string()
}

/// Draws the filter of a fill or a rule.
#[component]
pub(super) fn FilterField(id: &'static str, value: RwSignal<String>, problem: Signal<Option<String>>) -> impl IntoView {
    let wrong = Memo::new(move |_| value.with(|value| mistake(value)).or_else(|| problem.get()));
    let described = format!("{id}-wrong");
    view! {
        <div>
            <label class="label" for=id>"Filter"</label>
            <textarea class="input" id=id rows="2" spellcheck="false" autocomplete="off" autofocus placeholder="empty: everything" prop:value=value
                on:input=move |event| value.set(event_target_value(&event)) aria-invalid=move || wrong.read().is_some().then_some("true")
                aria-describedby=described.clone()></textarea>
            <FieldProblem id=described.clone() reason=wrong/>
        </div>
    }
}

/// Draws a share.
#[component]
pub(super) fn ShareField(id: &'static str, value: RwSignal<String>, problem: Signal<Option<String>>) -> impl IntoView {
    view! { <TextField id label="Share, %" value problem/> }
}

/// Asks what would be done, a moment after something was typed. What was asked last is what is shown. Copies share it.
pub(super) struct Asking<T: Send + Sync + 'static> {
    /// The last answer; none while another one is awaited.
    pub(super) answer: RwSignal<Option<T>>,
    refused: RwSignal<Option<AppError>>,
}

impl<T: Send + Sync + 'static> Clone for Asking<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Asking<T> {}

impl<T: Send + Sync + 'static> Asking<T> {
    /// Asks whenever anything changes that `ask` reads, if `may_ask` says so.
    pub(super) fn new<F>(ask: impl Fn() -> F + Copy + 'static, may_ask: impl Fn() -> bool + 'static) -> Self
    where
        F: Future<Output = Result<T, AppError>> + 'static,
    {
        let this = Self { answer: RwSignal::new(None), refused: RwSignal::new(None) };
        let (turn, waiting) = (StoredValue::new(0_u32), StoredValue::new(None::<TimeoutHandle>));
        Effect::new(move |_| {
            let question = ask();
            let may_ask = may_ask();
            this.answer.set(None);
            this.refused.set(None);
            turn.update_value(|turn| *turn += 1);
            let own = turn.get_value();
            waiting.update_value(stop);
            if !may_ask {
                return;
            }
            let later = move || {
                send(question, move |answer| {
                    if turn.try_get_value() == Some(own) {
                        match answer {
                            Ok(answer) => this.answer.set(Some(answer)),
                            Err(error) => this.refused.set(Some(error)),
                        }
                    }
                });
            };
            let later = std::cell::RefCell::new(Some(later));
            let run = move || {
                if let Some(later) = later.take() {
                    later();
                }
            };
            waiting.set_value(set_timeout_with_handle(run, PAUSE).ok());
        });
        on_cleanup(move || {
            waiting.try_update_value(stop);
        });
        this
    }

    /// What is wrong with a field.
    pub(super) fn about(self, field: &str) -> Option<String> {
        self.refused.with(|refused| refused.as_ref().and_then(|error| error.about(field)))
    }

    /// What is wrong with none of the fields.
    pub(super) fn elsewhere(self) -> Option<AppError> {
        self.refused.get().filter(|error| FIELDS.iter().all(|field| error.about(field).is_none()))
    }
}

/// What waits is not asked any more.
fn stop(waiting: &mut Option<TimeoutHandle>) {
    if let Some(handle) = waiting.take() {
        handle.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_typed_in_percent() {
        assert_eq!((percent("5"), percent(" 2,5 % "), percent("100")), (0.05, 0.025, 1.0));
        assert_eq!(percent("some"), -1.0);
        for share in [0.05, 0.025, 1.0, 0.07, 0.001] {
            assert_eq!(percent(&typed(share)), share);
        }
        assert_eq!(typed(0.07), "7");
    }

    #[test]
    fn a_filter_is_checked() {
        assert_eq!(mistake("  "), None);
        assert_eq!(mistake("scores.Tone > 0.5"), None);
        assert!(mistake("scores.Tone >").is_some());
    }
}
