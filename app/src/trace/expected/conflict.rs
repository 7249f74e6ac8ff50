//! Two people changed `expected` at once: both versions beside what stood there before, and three ways out.

use super::editor::Editor;
use crate::keys::has_no_focus;
use crate::trace::diff::diff;
use crate::ui::{Icon, IconName};
use leptos::html::Button;
use leptos::prelude::*;

/// Draws the choice.
#[component]
pub(super) fn Conflict(editor: Editor) -> impl IntoView {
    let other = move || editor.other().unwrap_or_else(|| "Somebody else".to_owned());
    let meanwhile = Memo::new(move |_| editor.preview.with(|preview| preview.as_ref().and_then(|preview| preview.meanwhile.clone())));
    let versions = move || {
        meanwhile.get().map(|meanwhile| {
            let before = if meanwhile.before.is_empty() { "Nothing.".to_owned() } else { meanwhile.before };
            view! {
                <div class="versions">
                    <div role="group" aria-label="Before"><p class="hint">"Before"</p><div class="diff" tabindex="0">{before}</div></div>
                    <div role="group" aria-label="Mine"><p class="hint">"You"</p>{diff(meanwhile.mine)}</div>
                    <div role="group" aria-label="Theirs"><p class="hint">{other}</p>{diff(meanwhile.theirs)}</div>
                </div>
            }
        })
    };
    // What had the focus is gone; the next key is for the choice.
    let first = NodeRef::<Button>::new();
    Effect::new(move |_| {
        if let Some(first) = first.get().filter(|_| has_no_focus()) {
            let _ = first.focus();
        }
    });
    view! {
        <div class="conflict" role="group" aria-label="Conflict in expected">
            <div class="conflict-h">
                <Icon name=IconName::Warning/>
                <div role="alert">
                    <b>"Expected changed while you were editing"</b>
                    <div class="hint">"Both texts are kept; choose which one stands."</div>
                </div>
            </div>
            {versions}
            <div class="acts">
                <button class="btn small" type="button" node_ref=first on:click=move |_| editor.keep_mine()>"Keep mine"</button>
                <button class="btn small" type="button" on:click=move |_| editor.keep_theirs()>"Keep theirs"</button>
                <button class="btn small" type="button" on:click=move |_| editor.edit_both()>"Edit both"</button>
            </div>
        </div>
    }
}
