//! The question as reviewers will see it.

use super::draft::Draft;
use crate::ui::format::percent_short;
use leptos::prelude::*;
use shared::questions::QuestionKind;

/// Draws the control of the question that is being written. It can be tried; nothing is stored.
#[component]
pub(super) fn Preview(draft: Draft) -> impl IntoView {
    let title = move || {
        let name = draft.name.get();
        if name.trim().is_empty() { "Name".to_owned() } else { name }
    };
    let required = move || draft.required.get().then(|| view! { <span class="req">"required"</span> });
    let control = move || match draft.definition().kind {
        QuestionKind::Continuous => view! { <Slider/> }.into_any(),
        QuestionKind::Categorical { options } => {
            let options = options.into_iter().map(|option| {
                let value = if option.value.is_nan() { "– %".to_owned() } else { percent_short(option.value) };
                view! {
                    <label class="opt"><input type="radio" name="preview"/><span>{option.name}</span><span class="pc">{value}</span></label>
                }
            });
            view! { <div class="opts">{options.collect_view()}</div> }.into_any()
        }
        QuestionKind::Expected { .. } | QuestionKind::Text { .. } => ().into_any(),
    };
    view! {
        <h3 id="preview">"Preview"</h3>
        <div role="group" aria-labelledby="preview">
            <div class="q-h"><h4>{title}</h4>{required}</div>
            <p class="hint space-below">{draft.description}</p>
            {control}
        </div>
    }
}

#[component]
fn Slider() -> impl IntoView {
    let value = RwSignal::new("50".to_owned());
    view! {
        <div class="slide">
            <input class="range" type="range" min="0" max="100" aria-label="Value" prop:value=value
                on:input=move |event| value.set(event_target_value(&event))/>
            <output class="num">{value}" %"</output>
        </div>
    }
}
