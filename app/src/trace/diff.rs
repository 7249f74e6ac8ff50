//! Two texts compared: what was taken out and what was put in.

use leptos::prelude::*;
use shared::texts::{DiffKind, DiffPart};

/// Characters of a stretch that stayed, beside a change, that are shown.
const AROUND: usize = 120;

/// Draws what changed, and of what stayed only what stands around it.
pub(super) fn diff(parts: Vec<DiffPart>) -> AnyView {
    if parts.iter().all(|part| part.kind == DiffKind::Same) {
        return view! { <p class="hint">"No difference."</p> }.into_any();
    }
    let last = parts.len().saturating_sub(1);
    let parts = parts.into_iter().enumerate().map(|(place, part)| match part.kind {
        DiffKind::Same => shortened(part.text, place > 0, place < last).into_any(),
        DiffKind::Removed => view! { <del>{part.text}</del> }.into_any(),
        DiffKind::Added => view! { <ins>{part.text}</ins> }.into_any(),
    });
    view! { <div class="diff" tabindex="0">{parts.collect_view()}</div> }.into_any()
}

/// The beginning of a text, if something stands before it, and its end, if something follows.
fn shortened(text: String, after: bool, before: bool) -> String {
    let beginning = if after { AROUND } else { 0 };
    let ending = if before { AROUND } else { 0 };
    let length = text.chars().count();
    if length <= beginning + ending + 20 {
        return text;
    }
    let characters = text.chars();
    let beginning: String = characters.clone().take(beginning).collect();
    let ending: String = characters.skip(length - ending).collect();
    format!("{beginning} … {ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_stayed_the_surroundings_of_a_change_are_shown() {
        let long = "é".repeat(1_000);
        let around = "é".repeat(AROUND);
        for (text, after, before, expected) in [
            ("short", true, true, "short".to_owned()),
            (&long, true, false, format!("{around} … ")),
            (&long, false, true, format!(" … {around}")),
            (&long, true, true, format!("{around} … {around}")),
        ] {
            assert_eq!(shortened(text.to_owned(), after, before), expected);
        }
    }
}
