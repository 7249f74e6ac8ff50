//! What every field that completes has in common: the list under it, and the keys that lead through that.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;

/// The list of what a field offers. Copies share it.
#[derive(Clone, Copy)]
pub(crate) struct Completion {
    id: StoredValue<String>,
    /// How many are offered; where none is, the list is closed.
    offered: Signal<usize>,
    chosen: RwSignal<usize>,
}

impl Completion {
    /// A list with an id of its own in the page.
    pub(crate) fn new(id: String, offered: Signal<usize>) -> Self {
        Self { id: StoredValue::new(id), offered, chosen: RwSignal::new(0) }
    }

    /// Its id in the page.
    pub(crate) fn id(self) -> String {
        self.id.get_value()
    }

    /// Whether anything is offered.
    pub(crate) fn is_open(self) -> bool {
        self.offered.get() > 0
    }

    /// The id of the chosen option, which the field names as its active descendant.
    pub(crate) fn active(self) -> Option<String> {
        self.is_open().then(|| self.option_id(self.place()))
    }

    /// Chooses the first again.
    pub(crate) fn begin(self) {
        self.chosen.set(0);
    }

    /// The number of the chosen option, if anything is offered.
    pub(crate) fn chosen(self) -> Option<usize> {
        untrack(|| self.is_open().then(|| self.place()))
    }

    /// Follows the arrows, which go round at either end; whether the key was one of them.
    pub(crate) fn follow(self, event: &KeyboardEvent) -> bool {
        let by = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            _ => return false,
        };
        let Some(next) = untrack(|| stepped(self.chosen.get(), self.offered.get(), by)) else { return false };
        self.chosen.set(next);
        event.prevent_default();
        true
    }

    /// Fewer may be offered than when it was chosen.
    fn place(self) -> usize {
        self.chosen.get().min(self.offered.get().saturating_sub(1))
    }

    fn option_id(self, number: usize) -> String {
        self.id.with_value(|id| format!("{id}-{number}"))
    }
}

/// The option before or after another, round at either end; none where nothing is offered.
fn stepped(chosen: usize, offered: usize, by: isize) -> Option<usize> {
    let last = offered.checked_sub(1)?;
    Some(match by {
        1 if chosen >= last => 0,
        1 => chosen + 1,
        _ if chosen == 0 => last,
        _ => chosen.min(offered) - 1,
    })
}

/// Draws the list.
#[component]
pub(crate) fn Completions(
    completion: Completion,
    /// What is offered, in a word.
    label: &'static str,
    /// What each option shows.
    options: Callback<(), Vec<AnyView>>,
    /// Takes the option of that number.
    take: Callback<usize>,
) -> impl IntoView {
    let lines = move || {
        let line = |(number, content): (usize, AnyView)| {
            let selected = move || (completion.is_open() && completion.place() == number).to_string();
            // Pressing would take the focus out of the field, and the list would be gone before it is let go.
            let press = move |event: PointerEvent| {
                event.prevent_default();
                take.run(number);
            };
            view! { <li role="option" id=completion.option_id(number) aria-selected=selected on:pointerdown=press>{content}</li> }
        };
        options.run(()).into_iter().enumerate().map(line).collect_view()
    };
    view! { <ul class="completions" id=completion.id() role="listbox" aria-label=label hidden=move || !completion.is_open()>{lines}</ul> }
}

#[cfg(test)]
mod tests {
    use super::stepped;

    #[test]
    fn the_arrows_go_round() {
        for (chosen, offered, by, expected) in [
            (0, 0, 1, None),
            (0, 0, -1, None),
            (0, 3, 1, Some(1)),
            (2, 3, 1, Some(0)),
            (0, 3, -1, Some(2)),
            (2, 3, -1, Some(1)),
            // There were more a moment ago.
            (7, 3, 1, Some(0)),
            (7, 3, -1, Some(2)),
            (0, 1, 1, Some(0)),
        ] {
            assert_eq!(stepped(chosen, offered, by), expected, "{chosen} of {offered} by {by}");
        }
    }
}
