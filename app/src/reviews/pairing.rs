//! Making a list of pairs where two experiments are compared.

use super::api::pair_experiments;
use crate::api::send;
use crate::context::use_project;
use crate::raw_query::relation;
use crate::ui::format;
use leptos::prelude::*;
use shared::address::ReviewsAddress;
use shared::reviews::{PairExperiments, PairsMade};

/// Draws the button, and what came of it.
#[component]
pub(crate) fn PairUp(experiments: [String; 2]) -> impl IntoView {
    let context = use_project();
    let (project, page) = (context.project.id.clone(), context.page("review"));
    let (is_asking, told, list) = (RwSignal::new(false), RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let pair = move |_| {
        if is_asking.get_untracked() {
            return;
        }
        is_asking.set(true);
        let page = page.clone();
        send(pair_experiments(PairExperiments { project: project.clone(), experiments: experiments.clone() }), move |paired| {
            // The page may be gone.
            if is_asking.try_set(false).is_some() {
                return;
            }
            match paired {
                Ok(paired) => {
                    told.set(words(&paired));
                    let address = ReviewsAddress { list: Some(paired.list.id.0), ..ReviewsAddress::default() };
                    list.set(Some(page + &address.to_query()));
                }
                Err(error) => told.set(error.to_string()),
            }
        });
    };
    let open = move || list.get().map(|href| view! { <a class="link nowrap" href=href.clone() rel=relation(&href)>"Open the list"</a> });
    view! {
        <span class="hint pair-made" role="status">{move || told.get()}</span>
        {open}
        <button class="btn" type="button" disabled=move || is_asking.get() on:click=pair>"Review in pairs"</button>
    }
}

/// "20 pairs to review. 3 inputs that only one of them has are left out."
fn words(paired: &PairsMade) -> String {
    let mut words = match (paired.added, paired.already) {
        (added, 0) => format!("{} to review.", format::counted(added, "pair", "pairs")),
        (0, _) => "The list has every pair.".to_owned(),
        (added, already) => format!("{} added to {}.", format::counted(added, "pair", "pairs"), format::count(already)),
    };
    if paired.alone > 0 {
        words += &format!(" {} left out, in one of them only.", format::counted(paired.alone, "input is", "inputs are"));
    }
    if paired.not_drawn > 0 {
        words += &format!(" {} not drawn: the list is full.", format::counted(paired.not_drawn, "pair was", "pairs were"));
    }
    words
}
