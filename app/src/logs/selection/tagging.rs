//! Which tags are put on the selected rows, or taken off.

use super::Asking;
use super::bar::BarState;
use crate::api::{Failure, send};
use crate::configuration::{FormState, TextField};
use crate::context::use_project;
use crate::jobs::api::start_job;
use crate::ui::Dialog;
use leptos::prelude::*;
use shared::jobs::{JobAction, StartJob};
use shared::permissions::Action;
use std::collections::BTreeSet;

/// Draws the dialog whenever it is asked for.
#[component]
pub(super) fn TagRows(bar: BarState) -> impl IntoView {
    let open = bar.asked_by(Asking::Tags);
    let title = Signal::derive(move || format!("Tag {}", bar.counted()));
    view! { <Dialog title open>{move || open.get().then(|| view! { <TagForm bar/> })}</Dialog> }
}

#[component]
fn TagForm(bar: BarState) -> impl IntoView {
    let form = FormState::new(&["Name"]);
    let (chosen, is_off, new) = (RwSignal::new(BTreeSet::<String>::new()), RwSignal::new(false), RwSignal::new(String::new()));
    let may_make = use_project().may(Action::Configure);
    let start = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !form.begin() {
            return;
        }
        let mut names: Vec<String> = chosen.get_untracked().into_iter().collect();
        names.extend(Some(new.get_untracked().trim().to_owned()).filter(|name| !name.is_empty()));
        let (add, remove) = if is_off.get_untracked() { (Vec::new(), names) } else { (names, Vec::new()) };
        let command = StartJob { object: bar.list.object(), rows: bar.rows(), action: JobAction::Tag { add, remove } };
        send(start_job(command), move |answer| {
            if let Some(job) = form.finish(answer) {
                bar.started(job);
            }
        });
    };
    let tags = bar.list.tags.get_untracked().into_iter().map(|tag| {
        let name = tag.name.clone();
        let choose = move |_| {
            chosen.update(|chosen| {
                if !chosen.remove(&name) {
                    chosen.insert(name.clone());
                }
            });
        };
        view! { <label class="tick"><input class="check" type="checkbox" on:change=choose/><span class=format!("tag c-{}", tag.color)>{tag.name.clone()}</span></label> }
    });
    view! {
        <form on:submit=start>
            <div class="dialog-b selection-form">
                <fieldset class="choice">
                    <legend class="sr">"What to do"</legend>
                    <label class="tick"><input type="radio" name="tag-how" checked on:change=move |_| is_off.set(false)/><span>"Put on"</span></label>
                    <label class="tick"><input type="radio" name="tag-how" on:change=move |_| is_off.set(true)/><span>"Take off"</span></label>
                </fieldset>
                <fieldset class="choice"><legend class="sr">"Tags"</legend>{tags.collect_view()}</fieldset>
                {may_make.then(|| view! { <TextField id="other-tag" label="Another tag" value=new problem=form.about("Name")/> })}
                <Failure error=form.elsewhere()/>
            </div>
            <div class="dialog-f">
                <button class="btn primary" type="submit" disabled=move || form.busy.get()>{move || format!("Tag {}", bar.counted())}</button>
            </div>
        </form>
    }
}
