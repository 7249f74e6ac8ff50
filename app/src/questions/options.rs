//! The editor of a question's options.

use super::draft::{Draft, OptionDraft, reason};
use crate::api::FieldProblem;
use crate::configuration::{Grip, Reorder, move_by, move_to};
use crate::ui::{Icon, IconName};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys;
use shared::Problem;

/// Draws the options with their percentages.
#[component]
pub(super) fn OptionsEditor(draft: Draft, mistakes: Memo<Vec<Problem>>) -> impl IntoView {
    let options = draft.options;
    let index_of = move |options: &[OptionDraft], id: &str| options.iter().position(|option| row_id(option.key) == id);
    let place = Callback::new(move |(from, to): (String, String)| {
        options.update(|options| {
            let (from, to) = (index_of(options, &from), index_of(options, &to));
            move_to(options, from, to);
        });
        draft.spread_if_untouched();
    });
    let step = Callback::new(move |(id, by): (String, i32)| {
        options.update(|options| {
            let from = index_of(options, &id);
            move_by(options, from, by);
        });
        draft.spread_if_untouched();
    });
    let order = Reorder::new(place, step, Callback::new(|()| ()));
    let add = move || {
        let field = name_id(draft.add_option());
        // The field comes into the page with the next drawing.
        request_animation_frame(move || focus(&field));
    };
    // From one option to the next, and at the end to a new one.
    let go_on = Callback::new(move |key: u32| {
        let next = draft.options.with_untracked(|options| {
            let place = options.iter().position(|option| option.key == key)?;
            options.get(place + 1).map(|option| name_id(option.key))
        });
        match next {
            Some(field) => focus(&field),
            None => add(),
        }
    });
    let spread = move |_| {
        draft.spread();
        draft.spreads.set(true);
    };
    let none = Signal::derive(move || mistakes.with(|mistakes| reason(mistakes, "Options")));
    view! {
        <fieldset>
            <legend class="label">"Options"</legend>
            <div class="stack tight" class:plain=move || draft.expected.get() on:pointermove=move |event| order.drag(&event) on:pointerup=move |_| order.drop_it()>
                <For each=move || options.get() key=|option| option.key let:option>
                    <OptionRow option draft mistakes order go_on/>
                </For>
            </div>
            <FieldProblem id="question-options-wrong" reason=none/>
            <div class="row wrap space-above">
                <button class="btn small" type="button" on:click=move |_| add()><Icon name=IconName::Plus/>"Add option"</button>
                <Show when=move || !draft.expected.get()>
                    <span class="hint">
                        "Each percentage may be used once. "<button class="link" type="button" on:click=spread>"Spread evenly"</button>
                    </span>
                </Show>
            </div>
        </fieldset>
    }
}

#[component]
fn OptionRow(
    option: OptionDraft,
    draft: Draft,
    mistakes: Memo<Vec<Problem>>,
    order: Reorder,
    /// Goes on from the option of that key.
    go_on: Callback<u32>,
) -> impl IntoView {
    let enter = move |event: leptos::ev::KeyboardEvent| {
        // Elsewhere in the dialog the key saves.
        if event.key() == "Enter" && !(event.ctrl_key() || event.meta_key() || event.is_composing()) {
            event.prevent_default();
            go_on.run(option.key);
        }
    };
    let id = row_id(option.key);
    let number = Memo::new(move |_| draft.options.read().iter().position(|other| other.key == option.key).map_or(0, |index| index + 1));
    let wrong_name = Signal::derive(move || mistakes.with(|mistakes| reason(mistakes, &format!("Option {}", number.get()))));
    let wrong_percentage = Signal::derive(move || mistakes.with(|mistakes| reason(mistakes, &format!("Percentage {}", number.get()))));
    let wrong_key = Signal::derive(move || mistakes.with(|mistakes| reason(mistakes, &format!("Key {}", number.get()))));
    let wrong_id = format!("wrong-{id}");
    let wrong_key_id = format!("wrong-key-{id}");
    let wrong_percentage_id = format!("wrong-percentage-{id}");
    let type_percentage = move |event| {
        draft.spreads.set(false);
        option.percentage.set(event_target_value(&event));
    };
    let type_letter = move |event| option.letter.set(event_target_value(&event).chars().next().map(|letter| letter.to_ascii_lowercase()));
    view! {
        <div data-order=id.clone()>
            <div class="optrow">
                <Grip id=id.clone() label=Signal::derive(move || format!("Move option {}", number.get())) order/>
                <input class="input key" type="text" autocomplete="off" maxlength="1" placeholder=if option.is_new { "auto" } else { "–" }
                    prop:value=move || option.letter.get().map(String::from).unwrap_or_default() on:input=type_letter on:keydown=enter
                    aria-label=move || format!("Key of option {}", number.get()) aria-describedby=wrong_key_id.clone()
                    aria-invalid=move || wrong_key.read().is_some().then_some("true")/>
                <input class="input" type="text" dir="auto" autocomplete="off" id=name_id(option.key) bind:value=option.name on:keydown=enter
                    aria-label=move || format!("Option {}", number.get()) aria-describedby=wrong_id.clone()
                    aria-invalid=move || wrong_name.read().is_some().then_some("true")/>
                <span class="percent" hidden=move || draft.expected.get()>
                    <input class="input" type="text" inputmode="decimal" autocomplete="off" prop:value=option.percentage
                        on:input=type_percentage on:keydown=enter aria-label=move || format!("Percentage of option {}", number.get())
                        aria-describedby=wrong_percentage_id.clone()
                        aria-invalid=move || wrong_percentage.read().is_some().then_some("true")/>
                </span>
                <button class="btn icon ghost" type="button" aria-label=move || format!("Remove option {}", number.get())
                    title="Remove" on:click=move |_| draft.remove_option(option.key)>
                    <Icon name=IconName::Close/>
                </button>
            </div>
            <FieldProblem id=wrong_id reason=wrong_name/>
            <FieldProblem id=wrong_percentage_id reason=wrong_percentage/>
            <FieldProblem id=wrong_key_id reason=wrong_key/>
        </div>
    }
}

fn focus(field: &str) {
    let element = document().get_element_by_id(field).and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(element) = element {
        // Fails only for what cannot have the focus.
        let _ = element.focus();
    }
}

fn row_id(key: u32) -> String {
    format!("option-{key}")
}

fn name_id(key: u32) -> String {
    format!("option-name-{key}")
}
