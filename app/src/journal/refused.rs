//! What is not with the server: why what was said is only on this device, and what was refused, with what was written, until
//! the person decides.

use super::words::written;
use super::{Journal, Stage};
use crate::api::AppError;
use crate::ui::{Icon, IconName, Saving, SavingStatus};
use leptos::prelude::*;
use shared::Problem;
use shared::commands::Command;

/// A window wider than this has room for everything beside what is worked on. The style sheets say the same.
const NARROW: f64 = 1_100.0;

/// A window no wider than this shows one thing below the other. The style sheets say the same.
const PHONE: f64 = 720.0;

/// A command that was not taken: what it says, and why it was not taken.
type Refusal = (Command, String, AppError);

/// Says that something the person said is not with the server. It lies over the page, so that nothing moves under a hand when it
/// comes.
#[component]
pub(crate) fn NotSaved(journal: Journal) -> impl IntoView {
    let trouble = {
        let journal = journal.clone();
        Memo::new(move |_| journal.trouble())
    };
    // What is put into a place that is there already is read out.
    let is_told = RwSignal::new(false);
    Effect::new(move |_| is_told.set(*trouble.read() != Saving::Idle));
    let told = move || is_told.get().then(|| view! { <SavingStatus state=trouble/><Details journal=journal.clone()/> });
    view! { <div class="not-saved" aria-live="polite">{told}</div> }
}

/// Says why something is only on this device, and lists what was refused. Where there is no room it does so when it is asked.
#[component]
fn Details(journal: Journal) -> impl IntoView {
    let width = window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or_default();
    let open = RwSignal::new(width > NARROW);
    if width <= PHONE {
        uncover_what_is_typed();
    }
    let explanation = {
        let journal = journal.clone();
        Memo::new(move |_| journal.explanation())
    };
    let entries = journal.entries();
    let refused = Memo::new(move |_| {
        entries.with(|entries| {
            let refused = entries.iter().filter_map(|entry| match &entry.stage {
                Stage::Refused(error) => Some((entry.command.clone(), entry.what.clone(), error.clone())),
                Stage::Waiting | Stage::Sent(_) => None,
            });
            refused.collect::<Vec<Refusal>>()
        })
    });
    let key = |(command, ..): &Refusal| command.client_id().map(str::to_owned);
    let word = move || if open.get() { "Less" } else { "More" };
    let journal = StoredValue::new(journal);
    view! {
        <button class="link" type="button" aria-expanded=move || open.get().to_string() on:click=move |_| open.update(|open| *open = !*open)>
            {word}
        </button>
        <Show when=move || open.get()>
            <div class="stack tight">
                {move || explanation.get().map(|words| view! { <p>{words}</p> })}
                <For each=move || refused.get() key=key let((command, what, error))>
                    <Refused journal=journal.get_value() command what error/>
                </For>
            </div>
        </Show>
    }
}

/// On a phone the notice lies over what one reads. A field in which somebody is typing is scrolled out from under it.
fn uncover_what_is_typed() {
    #[cfg(feature = "hydrate")]
    if let Some(field) = document().active_element().filter(|element| element.matches("textarea, input").unwrap_or(false)) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        field.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

#[component]
fn Refused(journal: Journal, command: Command, what: String, error: AppError) -> impl IntoView {
    let text = written(&command).map(|text| {
        view! { <textarea dir="auto" class="input" rows="3" readonly="" aria-label="What you wrote">{text}</textarea> }
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
