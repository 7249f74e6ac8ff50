//! Changing the order of a list: by dragging a grip, or with the arrow keys while a grip has the focus.
//!
//! Rows carry `data-order` with their id, each has a grip, and the list forwards its pointer events. The rows themselves
//! are plain data that the callbacks move.

use crate::ui::{Icon, IconName};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::{ev, web_sys};

/// The state of a list that can be reordered.
#[derive(Clone, Copy)]
pub(crate) struct Reorder {
    dragged: RwSignal<Option<String>>,
    moved: RwSignal<bool>,
    /// Puts the first row in the place of the second.
    place: Callback<(String, String)>,
    /// Moves a row up (-1) or down (1).
    step: Callback<(String, i32)>,
    /// The order is final.
    done: Callback<()>,
}

impl Reorder {
    /// Makes the state. `place` puts the first row where the second is, `step` moves a row up or down by one, and
    /// `done` is called once the order is final.
    pub(crate) fn new(place: Callback<(String, String)>, step: Callback<(String, i32)>, done: Callback<()>) -> Self {
        Self { dragged: RwSignal::new(None), moved: RwSignal::new(false), place, step, done }
    }

    /// Whether this row is in the hand.
    pub(crate) fn lifts(self, id: &str) -> bool {
        self.dragged.with(|dragged| dragged.as_deref() == Some(id))
    }

    /// The pointer went down on a grip.
    fn lift(self, event: &ev::PointerEvent, id: &str) {
        if event.button() == 0 {
            // Text would be selected along the way otherwise.
            event.prevent_default();
            self.moved.set(false);
            self.dragged.set(Some(id.to_owned()));
        }
    }

    /// The pointer moved over the list.
    pub(crate) fn drag(self, event: &ev::PointerEvent) {
        let Some(dragged) = self.dragged.get_untracked() else { return };
        if event.buttons() == 0 {
            // It was let go outside of the list.
            return self.drop_it();
        }
        #[expect(clippy::cast_precision_loss, reason = "places on a screen are small")]
        let under = document().element_from_point(event.client_x() as f32, event.client_y() as f32);
        let row = under.and_then(|element| element.closest("[data-order]").ok().flatten());
        let Some(target) = row.and_then(|row| row.get_attribute("data-order")) else { return };
        if target != dragged {
            self.moved.set(true);
            self.place.run((dragged, target));
        }
    }

    /// The pointer was let go.
    pub(crate) fn drop_it(self) {
        if self.dragged.get_untracked().is_some() {
            self.dragged.set(None);
            if self.moved.get_untracked() {
                self.done.run(());
            }
        }
    }

    /// A key was pressed while a grip has the focus.
    fn key(self, event: &ev::KeyboardEvent, id: &str) {
        let by = match event.key().as_str() {
            "ArrowUp" => -1,
            "ArrowDown" => 1,
            _ => return,
        };
        event.prevent_default();
        self.step.run((id.to_owned(), by));
        self.done.run(());
        // The row was taken out and put in again, which takes the focus from its grip.
        let grip = grip_id(id);
        request_animation_frame(move || {
            let element = document().get_element_by_id(&grip).and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
            if let Some(element) = element {
                // Fails only for what cannot have the focus.
                let _ = element.focus();
            }
        });
    }
}

/// Draws what a row is dragged by, or moved with the arrow keys.
#[component]
pub(crate) fn Grip(
    /// The id of the row.
    id: String,
    /// What it does, in words that name the row.
    #[prop(into)]
    label: Signal<String>,
    order: Reorder,
) -> impl IntoView {
    let element_id = grip_id(&id);
    let id = StoredValue::new(id);
    view! {
        <button class="grip" type="button" id=element_id aria-label=label title="Drag, or press the up and down arrows"
            on:pointerdown=move |event| id.with_value(|id| order.lift(&event, id))
            on:keydown=move |event| id.with_value(|id| order.key(&event, id))>
            <Icon name=IconName::Grip/>
        </button>
    }
}

fn grip_id(row: &str) -> String {
    format!("grip-{row}")
}

/// Takes the item at `from` out and puts it in where `to` was.
pub(crate) fn move_to<T>(items: &mut Vec<T>, from: Option<usize>, to: Option<usize>) {
    if let (Some(from), Some(to)) = (from, to)
        && from < items.len()
        && to < items.len()
    {
        let item = items.remove(from);
        items.insert(to, item);
    }
}

/// Moves the item at `from` up (-1) or down (1), as far as there is room.
pub(crate) fn move_by<T>(items: &mut Vec<T>, from: Option<usize>, by: i32) {
    let to = from.and_then(|from| from.checked_add_signed(by as isize));
    move_to(items, from, to);
}

#[cfg(test)]
mod tests {
    use super::{move_by, move_to};

    #[test]
    fn items_change_places() {
        let mut items = vec!['a', 'b', 'c', 'd'];
        move_to(&mut items, Some(3), Some(1));
        assert_eq!(items, ['a', 'd', 'b', 'c']);
        move_to(&mut items, Some(0), Some(2));
        assert_eq!(items, ['d', 'b', 'a', 'c']);
        move_by(&mut items, Some(0), -1);
        move_by(&mut items, Some(3), 1);
        move_by(&mut items, None, 1);
        assert_eq!(items, ['d', 'b', 'a', 'c']);
        move_by(&mut items, Some(1), 1);
        assert_eq!(items, ['d', 'a', 'b', 'c']);
    }
}
