//! The room of the tree: how wide it is and whether it is shown, as the browser keeps it.

use crate::drafts;
use crate::keys::{Act, Scope, act_of, find, shortcuts, titled, use_keys};
use crate::ui::{Icon, IconName};
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Element;

/// The narrowest tree, and by how many pixels a step makes it wider: each has a class in the style sheet.
const NARROWEST: i32 = 136;
const STEP: i32 = 24;
const STEPS: i32 = 16;

/// Where a tree begins that nobody has made wider.
const USUAL: i32 = 3;

/// The names under which the browser keeps both.
const WIDTH: &str = "pane/spans/width";
const FOLDED: &str = "pane/spans/folded";

/// The room of the tree. Copies share it.
#[derive(Clone, Copy)]
pub(in crate::trace) struct Pane {
    /// How many steps wide it is; none as long as nobody said.
    step: RwSignal<Option<i32>>,
    is_folded: RwSignal<bool>,
}

impl Pane {
    /// The room as the browser kept it: known after the first drawing.
    pub(in crate::trace) fn new() -> Self {
        let pane = Self { step: RwSignal::new(None), is_folded: RwSignal::new(false) };
        Effect::new(move |_| {
            pane.step.set(drafts::read(WIDTH).and_then(|width| width.parse().ok()).filter(|step| (1..=STEPS).contains(step)));
            pane.is_folded.set(drafts::read(FOLDED).is_some());
        });
        use_keys().on(Scope::Trace, move |act| pane.does(act));
        pane
    }

    /// The classes that say it to the style sheet.
    pub(in crate::trace) fn classes(self) -> String {
        let width = self.step.get().map(|step| format!(" spans-{step}")).unwrap_or_default();
        format!("{width}{}", if self.is_folded.get() { " spans-folded" } else { "" })
    }

    fn does(self, act: Act) -> bool {
        match act {
            Act::FoldTree => self.fold(!self.is_folded.get_untracked()),
            Act::Narrower => self.widen(self.step.get_untracked().unwrap_or(USUAL) - 1),
            Act::Wider => self.widen(self.step.get_untracked().unwrap_or(USUAL) + 1),
            _ => return false,
        }
        true
    }

    fn fold(self, is_folded: bool) {
        drafts::keep(FOLDED, is_folded.then_some("1"));
        self.is_folded.set(is_folded);
    }

    fn widen(self, step: i32) {
        let step = step.clamp(1, STEPS);
        if self.step.get_untracked() != Some(step) {
            drafts::keep(WIDTH, Some(&step.to_string()));
            self.step.set(Some(step));
        }
    }
}

/// Draws the button that shows the tree or hides it.
#[component]
pub(in crate::trace) fn FoldButton(pane: Pane) -> impl IntoView {
    let label = move || if pane.is_folded.get() { "Show spans" } else { "Hide spans" };
    let expanded = move || if pane.is_folded.get() { "false" } else { "true" };
    view! {
        <button class="btn icon ghost small" type="button" aria-label=label aria-expanded=expanded title=move || titled(label(), Act::FoldTree)
            aria-keyshortcuts=shortcuts(Act::FoldTree) on:click=move |_| pane.fold(!pane.is_folded.get_untracked())>
            <Icon name=IconName::Columns/>
        </button>
    }
}

/// Draws the edge by which the tree is made wider: it is dragged, or has the focus and takes the arrow keys.
#[component]
pub(in crate::trace) fn PaneEdge(pane: Pane) -> impl IntoView {
    // How far from the pointer the edge would be without it: what was taken in the hand stays there.
    let held = StoredValue::new(None::<i32>);
    let hold = move |event: PointerEvent| {
        let edge = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        if let (0, Some(edge), Some(tree)) = (event.button(), edge, find("nav.trace-tree")) {
            // Text would be selected along the way otherwise.
            event.prevent_default();
            // Without it the edge is dragged as long as the pointer stays over it.
            let _ = edge.set_pointer_capture(event.pointer_id());
            held.set_value(Some(tree.offset_width() - event.client_x()));
        }
    };
    let drag = move |event: PointerEvent| {
        if let Some(held) = held.get_value() {
            pane.widen((event.client_x() + held - NARROWEST + STEP / 2).div_euclid(STEP));
        }
    };
    let key = move |event: KeyboardEvent| {
        let by = match act_of(&event, Scope::Review) {
            Some(Act::StepBack) => Act::Narrower,
            Some(Act::StepOn) => Act::Wider,
            _ => return,
        };
        event.prevent_default();
        pane.does(by);
    };
    let width = move || (NARROWEST + STEP * pane.step.get().unwrap_or(USUAL)).to_string();
    view! {
        <div class="tree-edge" role="separator" tabindex="0" aria-orientation="vertical" aria-label="Width of the spans" aria-valuenow=width
            aria-valuemin=(NARROWEST + STEP).to_string() aria-valuemax=(NARROWEST + STEP * STEPS).to_string()
            on:pointerdown=hold on:pointermove=drag on:pointerup=move |_| held.set_value(None) on:pointercancel=move |_| held.set_value(None) on:keydown=key></div>
    }
}
