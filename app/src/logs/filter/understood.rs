//! Filters in plain English: what is typed and is no expression is asked of the server, and what it became is shown before it is applied.

use super::FilterField;
use super::field::Typed;
use crate::api::{AppError, send};
use crate::logs::LogsState;
use crate::logs::api::understand_filter;
use crate::ui::offset_minutes;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use shared::ObjectId;
use shared::english::{LONGEST, NotUnderstood, UnderstandFilter, Understood, UnderstoodPart};
use shared::filter::COLUMNS;
use std::time::Duration;

/// So long nothing is typed before it is asked what it means.
const PAUSE: Duration = Duration::from_millis(300);

/// What the server makes of what is typed. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct English {
    object: StoredValue<ObjectId>,
    typed: RwSignal<String>,
    /// A text and what it means.
    answer: RwSignal<Option<(String, Result<Understood, AppError>)>>,
    asked: StoredValue<String>,
    waiting: StoredValue<Option<TimeoutHandle>>,
    /// What is typed, where that is English.
    pub(super) shown: Memo<Option<Understood>>,
    /// Whether it is known what is typed means, or that it cannot be known.
    pub(super) is_answered: Memo<bool>,
    /// The same while one types on: a text that was typed a moment ago, and what it means.
    pub(super) before: Memo<Option<(String, Understood)>>,
    /// Why it is not known what is typed means.
    pub(super) failed: Memo<Option<String>>,
}

impl English {
    /// Asks whenever somebody stops typing what is no expression.
    pub(super) fn follow(field: FilterField, read: Memo<Typed>) -> Self {
        let typed = field.typed;
        let answer = RwSignal::new(None::<(String, Result<Understood, AppError>)>);
        let shown = Memo::new(move |_| {
            let is_mistaken = read.with(|read| matches!(read, Typed::Mistaken(_)));
            answer.with(|answer| match answer {
                Some((text, Ok(understood))) if is_mistaken && typed.with(|typed| typed == text) && is_english(text, understood) => {
                    Some(understood.clone())
                }
                _ => None,
            })
        });
        let is_answered = Memo::new(move |_| answer.with(|answer| matches!(answer, Some((text, _)) if typed.with(|typed| typed == text))));
        let before = Memo::new(move |_| {
            let is_mistaken = read.with(|read| matches!(read, Typed::Mistaken(_)));
            let goes_on = |text: &String| typed.with(|typed| typed == text || !is_like_expression(typed));
            answer.with(|answer| match answer {
                Some((text, Ok(understood))) if is_mistaken && goes_on(text) && is_english(text, understood) => {
                    Some((text.clone(), understood.clone()))
                }
                _ => None,
            })
        });
        let failed = Memo::new(move |_| {
            answer.with(|answer| match answer {
                Some((text, Err(error))) if typed.with(|typed| typed == text) => Some(error.to_string()),
                _ => None,
            })
        });
        let english = Self {
            object: StoredValue::new(expect_context::<LogsState>().object()),
            typed,
            answer,
            asked: StoredValue::new(String::new()),
            waiting: StoredValue::new(None),
            shown,
            is_answered,
            before,
            failed,
        };
        Effect::new(move |_| {
            let text = typed.get();
            english.forget();
            if read.with(|read| matches!(read, Typed::Mistaken(_))) {
                english.waiting.set_value(set_timeout_with_handle(move || english.ask(text), PAUSE).ok());
            }
        });
        on_cleanup(move || english.forget());
        english
    }

    fn forget(self) {
        if let Some(waiting) = self.waiting.try_update_value(Option::take).flatten() {
            waiting.clear();
        }
    }

    /// Asks what a text means, unless that is asked already.
    pub(super) fn ask(self, text: String) {
        self.forget();
        let is_known = self.asked.try_with_value(|asked| *asked == text).unwrap_or(true);
        if is_known || text.len() > LONGEST {
            return;
        }
        self.asked.set_value(text.clone());
        let query = UnderstandFilter { object: self.object.get_value(), text: text.clone(), offset_minutes: offset_minutes() };
        send(understand_filter(query), move |answer| {
            // An answer that could not be had is asked for again by whoever types on. The page may be gone.
            if answer.is_err() {
                let _ = self.asked.try_update_value(String::clear);
            }
            if self.typed.try_with_untracked(|typed| *typed == text) == Some(true) {
                self.answer.set(Some((text, answer)));
            }
        });
    }
}

/// Whether a text is meant as English: all of it was understood so, or it has nothing of an expression.
fn is_english(text: &str, understood: &Understood) -> bool {
    understood.is_whole() && !understood.expression.is_empty() || !is_like_expression(text)
}

/// Whether a text has what only expressions have.
pub(super) fn is_like_expression(text: &str) -> bool {
    let begins_path = |word: &str| word.split_once('.').is_some_and(|(column, step)| COLUMNS.contains(&column) && !step.is_empty());
    text.contains(['=', '<', '>', '(', '[', '`']) || text.split_whitespace().any(begins_path)
}

/// Draws what was understood, phrase by phrase, and what was not.
#[component]
pub(super) fn UnderstoodAs(
    understood: Understood,
    /// The text that it was understood of.
    text: String,
    /// Whether that is what is typed now.
    is_current: bool,
    /// Applies a filter.
    apply: Callback<String>,
    /// Puts an expression into the field.
    edit: Callback<String>,
) -> impl IntoView {
    let Understood { expression, parts, unknown, .. } = understood;
    let words = move |range: &std::ops::Range<u32>| text.get(range.start as usize..range.end as usize).unwrap_or_default().to_owned();
    let lost: Vec<String> = unknown.iter().map(|lost| format!("“{}”", words(&lost.range))).collect();
    let apply_words = if lost.is_empty() { "Apply".to_owned() } else { format!("Apply without {}", lost.join(", ")) };
    let part = |(number, part): (usize, UnderstoodPart)| {
        let words = words(&part.range);
        view! {
            <li><span class="number" aria-hidden="true">{number + 1}</span><span>{words}</span><code>{part.expression}</code><span class="hint">{part.hint}</span></li>
        }
    };
    let parts = parts.into_iter().enumerate().map(part).collect_view();
    let not_understood = |lost: NotUnderstood| {
        let words = words(&lost.range);
        let meanings = lost.meanings.into_iter().filter(|meaning| !meaning.expression.is_empty()).map(|meaning| {
            let hint = (!meaning.words.is_empty()).then(|| view! { <span class="hint">{meaning.words}</span> });
            view! { <span class="meaning"><code>{meaning.expression}</code>{hint}</span> }
        });
        view! {
            <li class="lost"><span class="number" aria-hidden="true">"?"</span><span>{words}</span><span class="why">"Not understood: "{lost.reason}{meanings.collect_view()}</span></li>
        }
    };
    let unknown = unknown.into_iter().map(not_understood).collect_view();
    let (whole, edited, has_any) = (expression.clone(), expression.clone(), !expression.is_empty());
    let acts = has_any.then(|| {
        view! {
            <div class="row wrap">
                <button class="btn small" type="button" aria-keyshortcuts="Enter" disabled=!is_current on:click=move |_| apply.run(whole.clone())>
                    {apply_words}<kbd aria-hidden="true">"↵"</kbd>
                </button>
                <button class="btn ghost small" type="button" on:click=move |_| edit.run(edited.clone())>"Edit as expression"</button>
            </div>
        }
    });
    let shown = if has_any { view! { <code>{expression}</code> }.into_any() } else { view! { <span>"nothing"</span> }.into_any() };
    view! {
        <section class="filter-understood" class:stale=!is_current aria-label="Understood as" aria-live="polite">
            <p><b>"Understood as "</b>{shown}" "<span class="hint">"Nothing is applied yet."</span></p>
            <ol>{parts}{unknown}</ol>
            {acts}
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::is_english;
    use shared::english::{NotUnderstood, Understood};

    #[test]
    fn what_looks_like_an_expression_is_english_only_if_all_of_it_was_understood() {
        let whole = Understood { expression: "is_root".into(), ..Understood::default() };
        let lost = NotUnderstood { range: 0..1, reason: String::new(), meanings: Vec::new() };
        let half = Understood { unknown: vec![lost], ..whole.clone() };
        for (text, expected) in [
            ("rated over 75 percent", true),
            ("no grumpy ones", true),
            ("scores.Preference greater than 5", false),
            ("tags includes 'a' and = 5", false),
            ("preference > 75 percent", false),
            ("version 2.5 of it.", true),
        ] {
            assert!(is_english(text, &whole), "{text}");
            assert_eq!(is_english(text, &half), expected, "{text}");
        }
        assert!(!is_english("preference >", &Understood::default()));
    }
}
