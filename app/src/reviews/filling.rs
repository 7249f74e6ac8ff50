//! The dialog that fills a review list from what matches a filter: all of it, so many rows or a share, at once.

use super::api::fill_list;
use super::list_draft::number;
use super::ways::{Asking, FilterField, ShareField, mistake, percent};
use crate::api::{Failure, send};
use crate::configuration::{FormState, TextField};
use crate::ui::{Dialog, format};
use leptos::prelude::*;
use shared::ReviewListId;
use shared::reviews::{Draw, FillList, Filled};

/// How many of the rows that match are put into the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    All,
    Count,
    Share,
}

/// Draws the dialog.
#[component]
pub(super) fn FillDialog(
    /// The list.
    list: ReviewListId,
    /// The filter that it starts with.
    filter: Signal<String>,
    /// Whether the list is to stand for all rows.
    representative: Signal<bool>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let form = move || {
        let list = list.clone();
        open.get().then(|| view! { <FillForm list filter=filter.get_untracked() representative/> })
    };
    view! { <Dialog title="Fill list" open>{form}</Dialog> }
}

#[component]
fn FillForm(list: ReviewListId, filter: String, representative: Signal<bool>) -> impl IntoView {
    let form = FormState::new(&["filter", "count", "rate", "stratify_by"]);
    let (filter, strata) = (RwSignal::new(filter), RwSignal::new(String::new()));
    let (way, count, share) = (RwSignal::new(Way::Count), RwSignal::new("20".to_owned()), RwSignal::new("5".to_owned()));
    let list = StoredValue::new(list);
    let command = move |dry_run: bool, seed: Option<i64>| {
        let chosen = way.get();
        let typed = strata.with(|strata| strata.trim().to_owned());
        let draw = Draw {
            count: (chosen == Way::Count).then(|| count.with(|count| number(count)).unwrap_or(0)),
            rate: (chosen == Way::Share).then(|| share.with(|share| percent(share))),
            stratify_by: (chosen != Way::All && !typed.is_empty()).then_some(typed),
            seed,
        };
        FillList { list: list.get_value(), object: None, filter: filter.get(), draw, dry_run }
    };
    let trial = Asking::new(move || fill_list(command(true, None)), move || filter.with(|filter| mistake(filter)).is_none());
    let done = RwSignal::new(None::<Filled>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !form.begin() {
            return;
        }
        done.set(None);
        // What was shown is what is added.
        let seed = trial.answer.with_untracked(|answer| answer.as_ref().map(|filled| filled.seed));
        send(fill_list(untrack(|| command(false, seed))), move |answer| {
            if let Some(filled) = form.finish(answer) {
                done.set(Some(filled));
            }
        });
    };
    let told = move || match (done.get(), trial.answer.get()) {
        (Some(filled), _) => added(&filled),
        (None, Some(filled)) => would_add(&filled),
        (None, None) => String::new(),
    };
    let radio = move |own: Way, words: &'static str| {
        view! {
            <label class="tick">
                <input class="check" type="radio" name="fill-way" prop:checked=move || way.get() == own on:change=move |_| way.set(own)/>
                <span>{words}</span>
            </label>
        }
    };
    let about = move |field: &'static str| Signal::derive(move || form.about(field).get().or_else(|| trial.about(field)));
    let amount = move || match way.get() {
        Way::All => ().into_any(),
        Way::Count => view! { <TextField id="fill-count" label="Rows" value=count problem=about("count")/> }.into_any(),
        Way::Share => view! { <ShareField id="fill-share" value=share problem=about("rate")/> }.into_any(),
    };
    let unknown = move || (representative.get() && way.get() == Way::All).then_some("Not drawn: these are left out of rates.");
    view! {
        <form on:submit=submit>
            <div class="dialog-b stack">
                <FilterField id="fill-filter" value=filter problem=about("filter")/>
                <fieldset>
                    <legend class="label">"How many"</legend>
                    <div class="ticks">{radio(Way::Count, "n rows at random")}{radio(Way::Share, "A share at random")}{radio(Way::All, "All that match")}</div>
                </fieldset>
                {amount}
                <Show when=move || way.get() != Way::All>
                    <TextField id="fill-strata" label="Strata (an expression such as metadata.plan)" value=strata problem=about("stratify_by")/>
                </Show>
                <p class="hint" role="status">{told}" "{unknown}</p>
                <Failure error=Signal::derive(move || form.elsewhere().get().or_else(|| trial.elsewhere()))/>
            </div>
            <div class="dialog-f">
                <button class="btn primary" type="submit" disabled=move || form.busy.get()>"Fill"</button>
            </div>
        </form>
    }
}

fn rows(count: i64) -> String {
    format::count(count.unsigned_abs())
}

/// What a fill would do.
fn would_add(filled: &Filled) -> String {
    let are_there = if filled.already == 0 { String::new() } else { format!("; {} there already", rows(filled.already)) };
    format!("Would add {} of {}{are_there}.", rows(filled.would_add), rows(filled.matched))
}

/// What a fill did.
fn added(filled: &Filled) -> String {
    let so_far = if filled.is_on_the_way { " so far; it goes on by itself" } else { "" };
    let were_there = if filled.already == 0 { String::new() } else { format!("; {} were there already", rows(filled.already)) };
    format!("Added {}{so_far}{were_there}.", rows(filled.added))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fill_is_told_in_words() {
        let filled = Filled { added: 37, would_add: 37, already: 5, matched: 412, seed: 1, job: None, is_on_the_way: false };
        assert_eq!(would_add(&filled), "Would add 37 of 412; 5 there already.");
        assert_eq!(added(&filled), "Added 37; 5 were there already.");
        assert_eq!(added(&Filled { is_on_the_way: true, already: 0, ..filled }), "Added 37 so far; it goes on by itself.");
    }
}
