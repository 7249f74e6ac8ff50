//! Flagging the selected rows for review.

use super::Asking;
use super::bar::BarState;
use crate::api::send;
use crate::configuration::FormState;
use crate::jobs::api::start_job;
use crate::reviews::{FlagDraft, FlagForm, Flagger};
use crate::ui::Dialog;
use leptos::prelude::*;
use shared::ReviewListId;
use shared::jobs::{JobAction, StartJob};

/// Draws the dialog whenever it is asked for.
#[component]
pub(super) fn FlagRows(bar: BarState) -> impl IntoView {
    let open = bar.asked_by(Asking::Flag);
    let title = Signal::derive(move || format!("Flag {} for review", bar.counted()));
    let form = move || {
        let form = FormState::new(&["note", "assignees", "sample"]);
        let flag = Callback::new(move |draft| {
            let FlagDraft { list, note, people: assignees, sample } = draft;
            let note = Some(note).filter(|note| !note.is_empty());
            let action = JobAction::Flag { list: Some(list), note, assignees, sample };
            send(start_job(StartJob { object: bar.list.object(), rows: bar.rows(), action }), move |answer| {
                if let Some(job) = form.finish(answer) {
                    bar.started(job);
                }
            });
        });
        // Where each of many rows stands is not looked at.
        let (stands, remove) = (Signal::stored(Vec::new()), Callback::new(|_: ReviewListId| {}));
        let words = Signal::derive(move || format!("Flag {}", bar.counted()));
        let draws = bar.list.selection.everything.get_untracked();
        open.get().then(|| view! { <FlagForm flagger=Flagger { stands, words, draws, assigns: false, form, flag, remove }/> })
    };
    view! { <Dialog title open>{form}</Dialog> }
}
