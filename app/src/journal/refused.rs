//! What the server did not take: why, with what was written, until the person decides.

use super::words::{words, written};
use super::{Journal, Stage};
use crate::api::AppError;
use crate::logs::LogsState;
use crate::ui::{Icon, IconName};
use leptos::prelude::*;
use shared::Problem;
use shared::commands::Command;

/// Says what is only on this device and why, and lists what was refused.
#[component]
pub(crate) fn JournalNotices() -> impl IntoView {
    let state = expect_context::<LogsState>();
    let journal = state.trace.journal();
    let explanation = {
        let journal = journal.clone();
        Memo::new(move |_| journal.explanation())
    };
    let offline = move || {
        explanation.get().map(|words| {
            view! { <div class="notice warn"><Icon name=IconName::Offline/><div class="grow">{words}</div></div> }
        })
    };
    let entries = journal.entries();
    let refused = Memo::new(move |_| {
        entries.with(|entries| {
            let refused = entries.iter().filter_map(|entry| match &entry.stage {
                Stage::Refused(error) => Some((entry.command.clone(), error.clone())),
                Stage::Waiting | Stage::Sent(_) => None,
            });
            refused.collect::<Vec<_>>()
        })
    });
    let key = |(command, _): &(Command, AppError)| command.client_id().map(str::to_owned);
    view! {
        {offline}
        <For each=move || refused.get() key=key let((command, error))>
            <Refused journal=journal.clone() command error/>
        </For>
    }
}

#[component]
fn Refused(journal: Journal, command: Command, error: AppError) -> impl IntoView {
    let state = expect_context::<LogsState>();
    let what = state.questions.with_untracked(|questions| words(&command, questions));
    let text = written(&command).map(|text| {
        view! { <textarea class="input" rows="3" readonly="" aria-label="What you wrote">{text}</textarea> }
    });
    let (title, reason, proposed) = match error.problem() {
        Some(Problem::Confirm { what: sentence, proposed }) => (format!("{what}: are you sure?"), sentence.clone(), Some(proposed.clone())),
        _ => (format!("Not saved: {what}"), error.to_string(), None),
    };
    let confirms = proposed.is_some();
    let proposed =
        proposed.map(|proposed| view! { <p class="hint">"Expected would become"</p><pre class="code" tabindex="0">{proposed}</pre> });
    let again = {
        let (journal, command) = (journal.clone(), command.clone());
        move |_| journal.decide(&command, Some(if confirms { confirmed(command.clone()) } else { command.clone() }))
    };
    let give_up = move |_| journal.decide(&command, None);
    view! {
        <div class="notice bad" role="alert">
            <Icon name=IconName::Warning/>
            <div class="grow stack tight">
                <b>{title}</b>
                <div>{reason}</div>
                {proposed}
                {text}
                <div class="row">
                    <button class="btn small" type="button" on:click=again>{if confirms { "Keep both" } else { "Try again" }}</button>
                    <button class="btn small ghost" type="button" on:click=give_up>"Discard"</button>
                </div>
            </div>
        </div>
    }
}

fn confirmed(command: Command) -> Command {
    match command {
        Command::SetAnswer(command) => Command::SetAnswer(shared::answers::SetAnswer { confirm: true, ..command }),
        Command::SetGold(command) => Command::SetGold(shared::answers::SetGold { confirm: true, ..command }),
        other => other,
    }
}
