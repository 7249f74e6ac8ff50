//! The sheet that says which keys a page has.

use crate::ui::Dialog;
use leptos::prelude::*;

/// Keys with what they do. Keys to be pressed one after the other stand beside each other, those to choose from after a comma.
type Keys = (&'static str, &'static str);

/// The keys by what has to be on the page for them to work, as a selector.
const GROUPS: [(&str, &str, &[Keys]); 4] = [
    (
        "Everywhere",
        ".rail",
        &[
            ("?", "This sheet"),
            ("g l", "Go to Logs"),
            ("g e", "Go to Experiments"),
            ("g d", "Go to Datasets"),
            ("g c", "Go to Configuration"),
        ],
    ),
    ("List", "form.filter", &[("/, f", "Filter"), ("Enter", "Open the row that has the focus"), ("z", "Undo")]),
    (
        "Open trace",
        "article.trace",
        &[
            ("j, k", "Next and previous trace"),
            ("Esc", "Leave a field, then close the trace"),
            ("c", "Comment"),
            ("t", "Tags"),
            ("y", "Copy link"),
            ("z, Ctrl z", "Undo"),
        ],
    ),
    (
        "Human review",
        ".q[role=group]",
        &[
            ("↑, ↓", "Previous and next question"),
            ("←, →", "Inside a question; with Shift by 10 % on a slider"),
            ("1–9", "Pick an option; 10 % to 90 % on a slider"),
            ("0", "Clear the answer"),
            ("Shift g", "Settle"),
        ],
    ),
];

/// Draws the sheet: the keys of what is on the page.
#[component]
pub(super) fn KeySheet(open: RwSignal<bool>) -> impl IntoView {
    let groups = move || {
        let here = |selector: &str| open.get() && document().query_selector(selector).is_ok_and(|found| found.is_some());
        let groups = GROUPS.into_iter().filter(|(_, selector, _)| here(selector));
        groups.map(|(title, _, keys)| view! { <section><h3>{title}</h3><dl class="facts-list">{keys.iter().map(line).collect_view()}</dl></section> }).collect_view()
    };
    view! {
        <Dialog title="Keyboard shortcuts" open>
            <div class="dialog-b key-sheet">{groups}<p class="hint">"Letters do nothing while you type. Options and questions have letters of their own, which stand beside them."</p></div>
        </Dialog>
    }
}

fn line((keys, does): &Keys) -> impl IntoView + use<> {
    let keys = keys
        .split(", ")
        .map(|keys| view! { <span class="keys">{keys.split(' ').map(|key| view! { <kbd>{key.to_owned()}</kbd> }).collect_view()}</span> });
    view! { <div><dt>{*does}</dt><dd class="row tight">{keys.collect_view()}</dd></div> }
}
