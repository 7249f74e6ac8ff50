//! What had the focus in the filter bar of a list that another list takes the place of: who types on loses no letter, and who goes through
//! the conditions by keyboard is still there.

use leptos::html::Input;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlInputElement;

/// What of the bar has the focus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::logs) enum HeldFocus {
    /// The field, with a text that is not applied, and the place of the caret.
    Field(String, u32),
    /// One of the conditions, or what adds one.
    Conditions,
}

impl HeldFocus {
    /// What has the focus now; nothing where the field holds the filter that the list is drawn with. To be asked in the browser only.
    pub(in crate::logs) fn now(filter: &str) -> Option<Self> {
        let focused = document().active_element()?;
        if focused.matches("form.filter .filter-conditions *").ok()? {
            return Some(Self::Conditions);
        }
        let input = focused.dyn_into::<HtmlInputElement>().ok().filter(|input| input.name() == "filter")?;
        let text = input.value();
        let caret = input.selection_end().ok().flatten().unwrap_or_default();
        (text.trim() != filter.trim()).then_some(Self::Field(text, caret))
    }

    /// What was typed.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Field(text, _) => Some(text.clone()),
            Self::Conditions => None,
        }
    }

    /// Gives it to the bar that is there now.
    pub(super) fn give_back(&self, field: NodeRef<Input>) {
        match self {
            Self::Field(text, caret) => {
                // A page that comes to life has never lost it.
                let is_there = document().active_element().is_some_and(|focused| focused.matches("form.filter .box *").unwrap_or(false));
                if let Some(input) = field.get_untracked().filter(|_| !is_there) {
                    // With another text in the field the caret would have no place, or lose it later.
                    input.set_value(text);
                    // The caret of a field that is in the page can be set, and it can have the focus.
                    let _ = input.focus();
                    let _ = input.set_selection_range(*caret, *caret);
                }
            }
            Self::Conditions => {
                if let Some(add) = crate::keys::find(r#"form.filter [data-condition=""]"#) {
                    // A button that is in the page can have the focus.
                    let _ = add.focus();
                }
            }
        }
    }
}
