//! Editing input and metadata of a row of a dataset, where it is read.

use super::api::{case_text, change_case};
use crate::api::{AppError, Failure, FieldProblem, send};
use crate::configuration::FormState;
use crate::ui::{Dialog, Icon, IconName};
use leptos::prelude::*;
use shared::Problem;
use shared::cases::ChangeCase;
use shared::objects::{FieldName, RowAddress};
use shared::texts::ReadText;

/// Draws the button that opens the editor of a field.
#[component]
pub(crate) fn EditCaseButton(row: RowAddress, field: FieldName) -> impl IntoView {
    let open = RwSignal::new(false);
    let row = StoredValue::new(row);
    let word = format!(" {}", field.heading().to_lowercase());
    view! {
        <button class="btn small" type="button" aria-haspopup="dialog" on:click=move |_| open.set(true)>
            <Icon name=IconName::Edit/>"Edit"<span class="sr">{word}</span>
        </button>
        <Dialog title=format!("Edit {}", field.heading().to_lowercase()) open wide=true>
            {move || open.get().then(|| view! { <CaseForm row=row.get_value() field open/> })}
        </Dialog>
    }
}

#[component]
fn CaseForm(row: RowAddress, field: FieldName, open: RwSignal<bool>) -> impl IntoView {
    let form = FormState::new(if field == FieldName::Metadata { &["Metadata"] } else { &["Input"] });
    let (text, before) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let (is_read, refused) = (RwSignal::new(false), RwSignal::new(None::<AppError>));
    // What somebody else wrote meanwhile, as JSON.
    let theirs = RwSignal::new(None::<String>);
    let asked = ReadText { row: row.clone(), field, format: None };
    Effect::new(move |_| {
        send(case_text(asked.clone()), move |answer| match answer {
            Ok(stored) => {
                let _ = text.try_set(stored.text);
                let _ = before.try_set(stored.stored);
                let _ = is_read.try_set(true);
            }
            Err(error) => drop(refused.try_set(Some(error))),
        });
    });
    let row = StoredValue::new(row);
    let save = move || {
        if !is_read.get_untracked() || !form.begin() {
            return;
        }
        let command = ChangeCase { row: row.get_value(), field, text: text.get_untracked(), before: before.get_untracked() };
        send(change_case(command), move |answer| {
            // The dialog may be closed by now.
            if is_read.try_get_untracked().is_none() {
                return;
            }
            if let Err(AppError::Problem(Problem::Conflict { current })) = &answer {
                theirs.set(Some(current.clone()));
                form.busy.set(false);
            } else if form.finish(answer).is_some() {
                open.set(false);
            }
        });
    };
    let replace = move |_| {
        before.set(theirs.get_untracked().filter(|theirs| theirs != "null"));
        theirs.set(None);
        save();
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        save();
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            save();
        }
    };
    let heading = field.heading();
    let problem = form.about(heading);
    let conflict = move || {
        theirs.get().map(|theirs| {
            view! {
                <div class="notice warn" role="alert">
                    <Icon name=IconName::Warning/>
                    <div class="grow">"Somebody else changed this meanwhile. Now it says:"<pre class="raw said-text" tabindex="0">{theirs}</pre></div>
                    <div class="actions">
                        <button class="btn small" type="button" on:click=move |_| open.set(false)>"Keep theirs"</button>
                        <button class="btn small" type="button" on:click=replace>"Replace it"</button>
                    </div>
                </div>
            }
        })
    };
    view! {
        <form on:submit=submit on:keydown=key aria-busy=move || (!is_read.get() && refused.read().is_none()).to_string()>
            <div class="dialog-b">
                <Failure error=refused/>
                <Failure error=form.elsewhere()/>
                {conflict}
                <div>
                    <label class="label" for="case-text">{heading}</label>
                    <textarea dir="auto" class="input" id="case-text" rows="12" spellcheck="false" autofocus prop:value=text
                        readonly=move || !is_read.get() aria-invalid=move || problem.read().is_some().then_some("true")
                        aria-describedby="case-text-wrong" on:input=move |event| text.set(event_target_value(&event))></textarea>
                    <FieldProblem id="case-text-wrong" reason=problem/>
                    <p class="hint">{if field == FieldName::Metadata {
                        "JSON: an object of names and values. Empty for none."
                    } else {
                        "JSON, or a text that is taken as it is. Empty for none."
                    }}</p>
                </div>
            </div>
            <div class="dialog-f">
                <button class="btn ghost" type="button" on:click=move |_| open.set(false)>"Cancel"</button>
                <button class="btn primary" type="submit" aria-keyshortcuts="Control+Enter Meta+Enter"
                    disabled=move || form.busy.get() || !is_read.get() || theirs.read().is_some()>"Save"<kbd aria-hidden="true">"Ctrl ⏎"</kbd></button>
            </div>
        </form>
    }
}
