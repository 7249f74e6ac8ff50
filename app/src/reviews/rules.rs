//! The dialog of the rules of a review list: what they took, pausing, changing and removing them, and making another one.

use super::api::{delete_rule, load_rules, save_rule, try_rule};
use super::list_draft::number;
use super::ways::{Asking, FilterField, ShareField, mistake, percent, typed};
use crate::api::{AppError, Failure, send};
use crate::configuration::{FormState, TextField};
use crate::ui::{Dialog, format};
use leptos::prelude::*;
use shared::reviews::{NameReviewRule, ReviewRule, RuleTrial, SaveReviewRule};
use shared::{ReviewListId, ReviewRuleId};

/// What the parts of the dialog share.
#[derive(Clone, Copy)]
struct Rules {
    list: StoredValue<ReviewListId>,
    rules: RwSignal<Vec<ReviewRule>>,
    failed: RwSignal<Option<AppError>>,
    /// What the form is about: a rule, or none for another one.
    edited: RwSignal<Option<ReviewRule>>,
}

impl Rules {
    fn load(self) {
        send(load_rules(self.list.get_value()), move |answer| match answer {
            Ok(rules) => drop(self.rules.try_set(rules)),
            Err(error) => drop(self.failed.try_set(Some(error))),
        });
    }

    fn take<T>(self, answer: Result<T, AppError>) {
        self.failed.try_set(answer.err());
        self.load();
    }
}

/// Draws the dialog.
#[component]
pub(super) fn RulesDialog(list: ReviewListId, open: RwSignal<bool>) -> impl IntoView {
    let body = move || {
        let list = list.clone();
        open.get().then(|| view! { <RulesOfList list/> })
    };
    view! { <Dialog title="Rules" open>{body}</Dialog> }
}

#[component]
fn RulesOfList(list: ReviewListId) -> impl IntoView {
    let (rules, edited) = (RwSignal::new(Vec::new()), RwSignal::new(None::<ReviewRule>));
    let shared = Rules { list: StoredValue::new(list), rules, failed: RwSignal::new(None), edited };
    shared.load();
    let lines = move || rules.get().into_iter().map(|rule| view! { <RuleLine rule shared/> }).collect_view();
    // A form starts afresh for each rule.
    let form = move || view! { <RuleForm rule=edited.get() shared/> };
    view! {
        <div class="dialog-b stack">
            <Failure error=shared.failed/>
            <Show when=move || rules.with(|rules| !rules.is_empty()) fallback=|| view! { <p class="hint">"No rule yet. A rule takes rows as they arrive."</p> }>
                <ul class="stack" aria-label="Rules">{lines}</ul>
            </Show>
        </div>
        {form}
    }
}

#[component]
fn RuleLine(rule: ReviewRule, shared: Rules) -> impl IntoView {
    let asked = RwSignal::new(false);
    let (paused, name) = (rule.paused || rule.stopped.is_some(), NameReviewRule { rule: rule.id.clone() });
    let (own, edited) = (rule.clone(), rule.clone());
    let rest = move |_| {
        let command = SaveReviewRule { paused: !paused, ..saved(&own, shared.list.get_value()) };
        send(save_rule(command), move |answer| shared.take(answer));
    };
    let remove = move |_| {
        if asked.get_untracked() {
            send(delete_rule(name.clone()), move |answer| shared.take(answer));
        }
        asked.set(true);
    };
    let stopped = rule.stopped.clone().map(|why| view! { <p role="alert">"It has stopped. "{why}</p> });
    view! {
        <li class="stack tight">
            <code dir="auto">{if rule.filter.trim().is_empty() { "everything".to_owned() } else { rule.filter.clone() }}</code>
            <span class="hint">{told(&rule)}</span>
            {stopped}
            <span class="row">
                <button class="btn small" type="button" on:click=rest>{if paused { "Resume" } else { "Pause" }}</button>
                <button class="btn small" type="button" on:click=move |_| shared.edited.set(Some(edited.clone()))>"Edit"</button>
                <button class="btn small danger" type="button" on:click=remove>{move || if asked.get() { "Remove for good" } else { "Remove" }}</button>
            </span>
        </li>
    }
}

/// A rule as it is saved again.
fn saved(rule: &ReviewRule, list: ReviewListId) -> SaveReviewRule {
    SaveReviewRule {
        list,
        rule: Some(rule.id.clone()),
        object: None,
        filter: rule.filter.clone(),
        rate: rule.rate,
        cap_per_day: rule.cap_per_day,
        seed: None,
        paused: rule.paused,
    }
}

/// What a rule takes, in words.
fn told(rule: &ReviewRule) -> String {
    let count = |count: i64| format::count(count.unsigned_abs());
    let cap = rule.cap_per_day.map(|cap| format!(", at most {} a day", format::count(cap.into()))).unwrap_or_default();
    let rests = if rule.paused { "Paused. " } else { "" };
    format!("{rests}{} %{cap}; {} today, {} in all; by {}", typed(rule.rate), count(rule.today), count(rule.total), rule.by)
}

#[component]
fn RuleForm(rule: Option<ReviewRule>, shared: Rules) -> impl IntoView {
    let form = FormState::new(&["filter", "rate", "cap_per_day"]);
    let is_known = rule.is_some();
    let text = |of: fn(&ReviewRule) -> String, else_: &str| RwSignal::new(rule.as_ref().map_or_else(|| else_.to_owned(), of));
    let filter = text(|rule| rule.filter.clone(), "");
    let share = text(|rule| typed(rule.rate), "5");
    let cap = text(|rule| rule.cap_per_day.map(|cap| cap.to_string()).unwrap_or_default(), "");
    let rests = rule.as_ref().is_some_and(|rule| rule.paused);
    let id = StoredValue::new(rule.map(|rule| rule.id));
    let command = move || SaveReviewRule {
        list: shared.list.get_value(),
        rule: id.with_value(|id: &Option<ReviewRuleId>| id.clone()),
        object: None,
        filter: filter.get(),
        rate: share.with(|share| percent(share)),
        cap_per_day: cap.with(|cap| number(cap)),
        seed: None,
        paused: rests,
    };
    let trial = Asking::new(move || try_rule(command()), move || filter.with(|filter| mistake(filter)).is_none());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if form.begin() {
            send(save_rule(untrack(command)), move |answer| {
                if form.finish(answer).is_some() {
                    shared.edited.set(None);
                    shared.load();
                }
            });
        }
    };
    let about = move |field: &'static str| Signal::derive(move || form.about(field).get().or_else(|| trial.about(field)));
    let cancel =
        is_known.then(|| view! { <button class="btn ghost" type="button" on:click=move |_| shared.edited.set(None)>"Cancel"</button> });
    view! {
        <form on:submit=submit aria-label=if is_known { "Edit rule" } else { "New rule" }>
            <div class="dialog-b stack">
                <FilterField id="rule-filter" value=filter problem=about("filter")/>
                <ShareField id="rule-share" value=share problem=about("rate")/>
                <TextField id="rule-cap" label="At most a day" value=cap problem=about("cap_per_day")/>
                <p class="hint" role="status">{move || trial.answer.with(|trial| trial.as_ref().map(yesterday))}</p>
                <Failure error=Signal::derive(move || form.elsewhere().get().or_else(|| trial.elsewhere()))/>
            </div>
            <div class="dialog-f">
                {cancel}
                <button class="btn primary" type="submit" disabled=move || form.busy.get()>{if is_known { "Save" } else { "Add rule" }}</button>
            </div>
        </form>
    }
}

/// What a rule would have done yesterday.
fn yesterday(trial: &RuleTrial) -> String {
    let count = |count: i64| format::count(count.unsigned_abs());
    format!("Yesterday it would have added {} of {}.", count(trial.would_add), count(trial.matched))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_told_in_words() {
        let rule = ReviewRule {
            id: "r".into(),
            list: "l".into(),
            object: "o".into(),
            filter: "error is not null".to_owned(),
            rate: 0.05,
            cap_per_day: Some(20),
            seed: 1,
            by: "Ada".to_owned(),
            paused: false,
            stopped: None,
            created: 0,
            today: 3,
            total: 1_200,
        };
        assert_eq!(told(&rule), "5 %, at most 20 a day; 3 today, 1,200 in all; by Ada");
        assert_eq!(told(&ReviewRule { paused: true, cap_per_day: None, ..rule }), "Paused. 5 %; 3 today, 1,200 in all; by Ada");
        assert_eq!(yesterday(&RuleTrial { would_add: 37, matched: 412 }), "Yesterday it would have added 37 of 412.");
    }
}
