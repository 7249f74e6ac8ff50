//! A dialog over the page.

use leptos::{ev, html, prelude::*};

use super::{Icon, IconName};

/// Draws a native `<dialog>`: the browser keeps the focus inside, closes it on Escape and gives the focus back
/// to where it was. It also closes by its button named "Close" and by a press beside it.
///
/// The children are always in the page; put `<Show when=open>` inside where a form should start afresh each time.
/// They bring their own `.dialog-b` (content) and `.dialog-f` (buttons). The first field should carry `autofocus`,
/// or the focus starts on "Close".
#[component]
pub fn Dialog(
    /// The heading, which is also the dialog's accessible name.
    #[prop(into)]
    title: Signal<String>,
    /// Whether it is shown. The dialog sets it to false when the person closes it.
    open: RwSignal<bool>,
    /// As wide as two columns need.
    #[prop(optional)]
    wide: bool,
    /// The content and the buttons.
    children: Children,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    // Effects run in the browser only.
    Effect::new(move |_| {
        let Some(dialog) = element.get() else { return };
        if open.get() {
            if !dialog.open() && dialog.show_modal().is_err() {
                // A dialog that was loaded on demand is drawn a moment before it comes into the page.
                request_animation_frame(move || {
                    if open.try_get_untracked() == Some(true) {
                        // Fails only when the dialog is no longer in the page; then there is nothing to do.
                        let _ = dialog.show_modal();
                    }
                });
            }
        } else if dialog.open() {
            dialog.close();
        }
    });
    // The backdrop belongs to the dialog element itself; everything inside has another target.
    // A press, not a click: selecting text with the mouse may end outside.
    let close_beside = move |event: ev::PointerEvent| {
        if event.target() == event.current_target() {
            open.set(false);
        }
    };
    let heading = format!("dialog-{}", identifier(&title.get_untracked()));
    view! {
        <dialog class=if wide { "dialog wide" } else { "dialog" } node_ref=element aria-labelledby=heading.clone()
            on:close=move |_| open.set(false) on:pointerdown=close_beside>
            <div class="dialog-h">
                <h2 id=heading.clone()>{title}</h2>
                <button class="btn icon ghost small" type="button" aria-label="Close" title="Close (Escape)"
                    aria-keyshortcuts="Escape" on:click=move |_| open.set(false)>
                    <Icon name=IconName::Close/>
                </button>
            </div>
            {children()}
        </dialog>
    }
}

/// Whether a dialog is shown that is about something: it opens when `about` is set, and clears it when it is closed.
pub fn opened_by<T: Send + Sync + 'static>(about: RwSignal<Option<T>>) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        let is_some = about.with(Option::is_some);
        if open.get_untracked() != is_some {
            open.set(is_some);
        }
    });
    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if was_open == Some(true) && !is_open {
            about.set(None);
        }
        is_open
    });
    open
}

/// A title as a part of an element's id: "Add human review score" becomes "add-human-review-score".
fn identifier(title: &str) -> String {
    title.to_lowercase().split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::identifier;

    #[test]
    fn a_title_becomes_an_identifier() {
        assert_eq!(identifier("Add human review score"), "add-human-review-score");
        assert_eq!(identifier("Edit “Tone”?"), "edit-tone");
    }
}
