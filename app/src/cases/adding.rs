//! The dialog that adds rows to a dataset, one after the other.

use super::AddingState;
use super::api::{add_case, remove_case};
use crate::api::{Failure, FieldProblem, send};
use crate::configuration::{FormState, TextField};
use crate::ui::{Dialog, Icon, IconName};
use leptos::html::Textarea;
use leptos::prelude::*;
use shared::cases::AddCase;

/// Draws the dialog while it is open.
#[component]
pub(super) fn AddRowDialog(state: AddingState) -> impl IntoView {
    let open = state.open;
    view! { <Dialog title="Add row" open wide=true>{move || open.get().then(|| view! { <AddRowForm state/> })}</Dialog> }
}

#[component]
fn AddRowForm(state: AddingState) -> impl IntoView {
    let form = FormState::new(&["Input", "Expected", "Metadata", "Tags", "Id"]);
    let first = NodeRef::<Textarea>::new();
    let add = move || {
        if !form.begin() {
            return;
        }
        let fields = [state.id, state.input, state.expected, state.metadata, state.tags];
        let sent = fields.map(|text| text.get_untracked());
        let text = |text: RwSignal<String>| text.get_untracked();
        let command = AddCase {
            dataset: state.dataset.get_value(),
            id: text(state.id),
            input: text(state.input),
            expected: text(state.expected),
            metadata: text(state.metadata),
            tags: text(state.tags),
        };
        send(add_case(command), move |answer| {
            if let Some(added) = form.finish(answer) {
                // What was typed meanwhile is of the next one.
                for (text, sent) in fields.into_iter().zip(sent) {
                    text.update(|text| *text = text.strip_prefix(&sent).unwrap_or(text).to_owned());
                }
                state.added.set(Some(added));
                state.changed.run(());
                // Whoever added one goes on with the next.
                if let Some(field) = first.get_untracked() {
                    let _ = field.focus();
                }
            }
        });
    };
    let take_back = move |_| {
        let Some(added) = state.added.get_untracked().filter(|_| form.begin()) else { return };
        send(remove_case(added), move |answer| {
            if form.finish(answer).is_some() {
                state.added.set(None);
                state.changed.run(());
            }
        });
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        add();
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            add();
        }
    };
    let added = move || {
        state.added.get().map(|added| {
            view! {
                <div class="notice good">
                    <Icon name=IconName::Check/><div class="grow">"Added row "<b>{added.id.as_str().to_owned()}</b>"."</div>
                    <div class="actions">
                        <button class="btn small" type="button" disabled=form.busy on:click=take_back><Icon name=IconName::Undo/>"Take back"</button>
                    </div>
                </div>
            }
        })
    };
    let is_empty = move || {
        let texts = [state.input, state.expected, state.metadata, state.tags];
        texts.iter().all(|text| text.with(|text| text.trim().is_empty()))
    };
    view! {
        <form on:submit=submit on:keydown=key>
            <div class="dialog-b">
                <div role="status" hidden=move || state.added.with(Option::is_none)>{added}</div>
                <Failure error=form.elsewhere()/>
                <LongField id="case-input" label="Input" value=state.input problem=form.about("Input") node=first autofocus=true/>
                <LongField id="case-expected" label="Expected" value=state.expected problem=form.about("Expected")/>
                <LongField id="case-metadata" label="Metadata" value=state.metadata problem=form.about("Metadata")/>
                <p class="hint">"JSON, or a text that is taken as it is. Metadata is an object of names and values."</p>
                <TextField id="case-tags" label="Tags" value=state.tags problem=form.about("Tags")/>
                <TextField id="case-id" label="Id" value=state.id problem=form.about("Id")/>
                <p class="hint">"Commas stand between tags. Without an id of its own the row gets one."</p>
            </div>
            <div class="dialog-f">
                <button class="btn ghost" type="button" on:click=move |_| state.open.set(false)>"Close"</button>
                <button class="btn primary" type="submit" aria-keyshortcuts="Control+Enter Meta+Enter" disabled=move || form.busy.get() || is_empty()>
                    "Add row"<kbd aria-hidden="true">"Ctrl ⏎"</kbd>
                </button>
            </div>
        </form>
    }
}

/// Draws a field of several lines with what is wrong with it.
#[component]
fn LongField(
    id: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    problem: Signal<Option<String>>,
    #[prop(optional)] node: NodeRef<Textarea>,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let wrong = format!("{id}-wrong");
    view! {
        <div>
            <label class="label" for=id>{label}</label>
            <textarea dir="auto" class="input" id=id rows="3" spellcheck="false" autofocus=autofocus node_ref=node prop:value=value
                aria-invalid=move || problem.read().is_some().then_some("true") aria-describedby=wrong.clone()
                on:input=move |event| value.set(event_target_value(&event))></textarea>
            <FieldProblem id=wrong reason=problem/>
        </div>
    }
}
