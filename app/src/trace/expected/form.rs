//! The editor of `expected` as it is drawn.

use super::conflict::Conflict;
use super::editor::Editor;
use super::place;
use crate::api::Failure;
use crate::trace::diff::diff;
use crate::ui::{Icon, IconName};
use leptos::html::Textarea;
use leptos::prelude::*;
use shared::texts::{TextFormat, TextMistake};

/// With what the text is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Against {
    Stored,
    Output,
}

/// Draws the editor.
#[component]
pub(super) fn EditorForm(editor: Editor) -> impl IntoView {
    let field = NodeRef::<Textarea>::new();
    // Whoever opens the editor wants to type.
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    let mistake = Memo::new(move |_| editor.preview.with(|preview| preview.as_ref().and_then(|preview| preview.mistake.clone())));
    let go_there = move |mistake: &TextMistake| {
        if let Some(field) = field.get_untracked() {
            let place = place::offset(&editor.text.get_untracked(), mistake.line, mistake.column);
            // A field that cannot take the focus keeps the page as it is.
            let _ = field.focus();
            let _ = field.set_selection_range(place, place);
        }
    };
    let save = move || {
        editor.save(move || {
            if let Some(mistake) = mistake.get_untracked() {
                go_there(&mistake);
            }
        });
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        save();
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        let saves = event.key() == "Enter" && (event.ctrl_key() || event.meta_key());
        if saves || event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            if saves { save() } else { editor.close() }
        }
    };
    let wrong = move || {
        mistake.get().map(|mistake| {
            let place = format!("Line {}, column {}", mistake.line, mistake.column);
            let words = format!(": {}", mistake.message);
            view! { <p class="wrong"><button class="link" type="button" on:click=move |_| go_there(&mistake)>{place}</button>{words}</p> }
        })
    };
    let formats = TextFormat::ALL.map(|format| {
        let pressed = move || if editor.format.get() == format { "true" } else { "false" };
        view! {
            <button class="btn small" type="button" aria-pressed=pressed on:click=move |_| editor.lay_out(format)>{format.label()}</button>
        }
    });
    let draft = move || {
        editor.is_draft.get().then(|| {
            view! {
                <span class="hint">"Your draft. "<button class="link" type="button" on:click=move |_| editor.start_over()>"Start over"</button></span>
            }
        })
    };
    view! {
        <section class="sec editor" aria-label="Expected">
            <form on:submit=submit on:keydown=key>
                <div class="sec-h">
                    <h3>"Expected"</h3>{draft}
                    <span class="actions">
                        <span class="group" role="group" aria-label="Written as">{formats.collect_view()}</span>
                        <button class="btn small" type="button" on:click=move |_| editor.lay_out(editor.format.get_untracked())>"Format"</button>
                    </span>
                </div>
                <Show when=move || !editor.in_conflict.get() fallback=move || view! { <Conflict editor/> }>
                    <textarea dir="auto" class="input code" rows="10" spellcheck="false" aria-label="Expected" aria-describedby="expected-mistake"
                        aria-invalid=move || mistake.read().is_some().then_some("true") readonly=move || editor.is_saving.get()
                        node_ref=field prop:value=editor.text
                        on:input=move |event| editor.typed(event_target_value(&event))></textarea>
                    <div id="expected-mistake" aria-live="polite">{wrong}</div>
                    <Beside editor/>
                    <Compared editor/>
                    <div class="row end wrap">
                        <button class="btn small" type="button" aria-keyshortcuts="Escape" on:click=move |_| editor.close()>
                            "Cancel"<kbd aria-hidden="true">"Esc"</kbd>
                        </button>
                        <button class="btn small primary" type="submit" aria-keyshortcuts="Control+Enter Meta+Enter">
                            "Save"<kbd aria-hidden="true">"Ctrl ⏎"</kbd>
                        </button>
                    </div>
                </Show>
                <Failure error=editor.refused/>
            </form>
        </section>
    }
}

/// Draws what somebody else wrote, as long as it is not dealt with.
#[component]
fn Beside(editor: Editor) -> impl IntoView {
    let meanwhile = Memo::new(move |_| editor.preview.with(|preview| preview.as_ref().and_then(|preview| preview.meanwhile.clone())));
    let changed = move || {
        meanwhile.get().map(|meanwhile| {
            let who = move || editor.other().unwrap_or_else(|| "Somebody".to_owned());
            view! {
                <div class="notice warn" role="status">
                    <Icon name=IconName::Warning/>
                    <div class="grow"><b>{who}</b>" changed this meanwhile."{diff(meanwhile.theirs)}</div>
                </div>
            }
        })
    };
    let theirs = move || {
        editor.theirs.get().map(|theirs| {
            view! { <div role="group" aria-label="Theirs"><p class="hint">"Theirs. Saving replaces it."</p><pre class="raw">{theirs}</pre></div> }
        })
    };
    view! { {changed}{theirs} }
}

/// Draws what the text changes, and what will be stored.
#[component]
fn Compared(editor: Editor) -> impl IntoView {
    let against = RwSignal::new(Against::Stored);
    let choices = [(Against::Stored, "Changes"), (Against::Output, "Against output")].map(|(choice, label)| {
        let pressed = move || if against.get() == choice { "true" } else { "false" };
        view! { <button class="btn small" type="button" aria-pressed=pressed on:click=move |_| against.set(choice)>{label}</button> }
    });
    let parts = move || {
        let preview = editor.preview.get().filter(|preview| preview.mistake.is_none())?;
        let parts = if against.get() == Against::Stored { preview.against_stored } else { preview.against_output };
        Some(diff(parts))
    };
    // YAML and text say less than they seem to: what they become is shown.
    let stored = move || {
        let preview = editor.preview.get().filter(|preview| preview.mistake.is_none())?;
        (editor.format.get() != TextFormat::Json).then(|| {
            let value = preview.value.unwrap_or_else(|| "nothing".to_owned());
            view! { <div role="group" aria-label="Stored as"><p class="hint">"Stored as JSON"</p><pre class="raw">{value}</pre></div> }
        })
    };
    view! {
        <div class="compared" role="group" aria-label="Difference">
            <span class="group">{choices.collect_view()}</span>
            {parts}
        </div>
        {stored}
    }
}
