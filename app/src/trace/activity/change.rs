//! One change of the open span: who, what, when, word by word where it is a text, and taking it back.

use super::words::{short, words};
use super::{name_of, picture};
use crate::api::{AppError, send};
use crate::journal::Stage;
use crate::trace::Opened;
use crate::trace::api::read_change;
use crate::trace::diff::diff;
use crate::ui::RelativeTime;
use leptos::prelude::*;
use shared::Problem;
use shared::audit::{Activity, Edit, ReadChange, Revert, Subject};
use shared::commands::Command;
use shared::objects::RowAddress;
use shared::texts::DiffPart;

/// Draws a change.
#[component]
pub(super) fn ChangeLine(
    row: RowAddress,
    change: Activity,
    /// The span that it is about, where that is not clear.
    #[prop(optional)]
    span: Option<AnyView>,
) -> impl IntoView {
    let trace = expect_context::<Opened>().trace;
    let row = StoredValue::new(row);
    let unread = RwSignal::new(None::<String>);
    let compared = RwSignal::new(change.diff.clone());
    let (id, path) = (change.id, change.path.clone());
    let journal = trace.journal();
    // What became of taking it back, the last time that it was asked for.
    let asked = {
        let entries = journal.entries();
        Memo::new(move |_| {
            entries.with(|entries| {
                let reverts = |command: &Command| matches!(command, Command::Revert(revert) if revert.edit == Edit::Entry(id));
                entries.iter().rev().find(|entry| reverts(&entry.command)).map(|entry| (entry.command.clone(), entry.stage.clone()))
            })
        })
    };
    let as_of = trace.as_of;
    let is_on_its_way = move || match asked.get() {
        Some((_, Stage::Waiting)) => true,
        Some((_, Stage::Sent(event))) => event > as_of.get(),
        Some((_, Stage::Refused(_))) | None => false,
    };
    let what = format!("Revert of “{}”", words(&change));
    let revert = move |_| {
        let command = Command::Revert(Revert { edit: Edit::Entry(id), client_id: None });
        match asked.get_untracked() {
            Some((refused, Stage::Refused(_))) => journal.decide(&refused, Some(command)),
            _ => journal.run(command, what.clone()),
        }
    };
    let revert = change.revertible.then(|| {
        let word = move || if is_on_its_way() { "Reverting…" } else { "Revert" };
        view! { " "<button class="link" type="button" disabled=is_on_its_way on:click=revert>{word}</button> }
    });
    let refused = move || match asked.get() {
        Some((_, Stage::Refused(error))) => Some(refusal(&path, &error)),
        _ => unread.get(),
    };
    let ask = move |_| {
        send(read_change(ReadChange { row: row.get_value(), id }), move |answer| match answer {
            Ok(parts) if parts.is_empty() => {
                let _ = unread.try_set(Some("This is too large to compare.".to_owned()));
            }
            Ok(parts) => {
                let _ = compared.try_set(parts);
            }
            Err(error) => {
                let _ = unread.try_set(Some(error.to_string()));
            }
        });
    };
    let cut = change.cut;
    let line = move || {
        let parts: Vec<DiffPart> = compared.get();
        if parts.is_empty() {
            cut.then(|| view! { " "<button class="link" type="button" on:click=ask>"Show the change"</button> }.into_any())
        } else {
            Some(view! { <div class="diffline">{diff(parts)}</div> }.into_any())
        }
    };
    let reason = change.reason.clone().map(|reason| view! { <div class="reason">{reason}</div> });
    view! {
        <li>
            {picture(change.actor.as_ref(), change.source)}
            <div class="what">
                <b>{name_of(change.actor.as_ref(), change.external.as_deref(), change.source)}</b>" "{words(&change)}" "{span.map(|span| view! { "on "{span}" " })}
                <RelativeTime micros=change.created/>{revert}{line}{reason}
                {move || refused().map(|reason| view! { <p class="wrong" role="alert">{reason}</p> })}
            </div>
        </li>
    }
}

/// Why an edit was not taken back.
fn refusal(path: &Subject, error: &AppError) -> String {
    match error {
        AppError::Problem(Problem::Conflict { current }) if current.trim() == "null" => {
            "This was not reverted: by now nothing stands there.".to_owned()
        }
        AppError::Problem(Problem::Conflict { current }) => {
            format!("This was not reverted: by now {} stands there.", short(path, current))
        }
        other => other.to_string(),
    }
}
