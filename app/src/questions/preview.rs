//! The question as reviewers will see it.

use super::api::preview_description;
use super::draft::Draft;
use crate::api::send;
use crate::ui::format::percent_short;
use crate::ui::markup::inner;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use shared::markup::Html;
use shared::questions::QuestionKind;
use std::time::Duration;

/// How long nothing is typed before the server renders a description.
const PAUSE: Duration = Duration::from_millis(250);

/// Draws the control of the question that is being written. It can be tried; nothing is stored.
#[component]
pub(super) fn Preview(draft: Draft) -> impl IntoView {
    let title = move || {
        let name = draft.name.get();
        if name.trim().is_empty() { "Name".to_owned() } else { name }
    };
    let required = move || draft.required.get().then(|| view! { <span class="req">"required"</span> });
    let kind = Memo::new(move |_| draft.question_kind());
    let letters = Memo::new(move |_| draft.letters());
    let description = rendered(draft);
    let control = move || match kind.get() {
        QuestionKind::Continuous => view! { <Slider/> }.into_any(),
        QuestionKind::Categorical { options } => {
            let value = |value: f64| if value.is_nan() { "– %".to_owned() } else { percent_short(value) };
            let options = options.into_iter().map(|option| (option.name, Some(value(option.value))));
            view! { <Options options=options.collect() letters multiple=false/> }.into_any()
        }
        QuestionKind::Expected { options, multiple } => {
            view! { <Options options=options.into_iter().map(|name| (name, None)).collect() letters multiple/> }.into_any()
        }
        QuestionKind::Text { .. } => {
            view! { <textarea dir="auto" class="input" rows="2" aria-label=title autocomplete="off"></textarea> }.into_any()
        }
    };
    view! {
        <h3 id="preview">"Preview"</h3>
        <div role="group" aria-labelledby="preview">
            <div class="q-h"><h4>{title}</h4>{required}</div>
            <div class="desc space-below" inner_html=move || inner(description.get())></div>
            {control}
        </div>
    }
}

/// The description as HTML; of what was typed a moment ago, because the server makes it.
fn rendered(draft: Draft) -> RwSignal<Html> {
    let html = RwSignal::new(Html::default());
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        let markdown = draft.description.get();
        if let Some(waiting) = waiting.get_value() {
            waiting.clear();
        }
        if markdown.trim().is_empty() {
            html.set(Html::default());
            return;
        }
        let later = move || {
            let asked = markdown.clone();
            send(preview_description(markdown), move |answer| {
                // What is shown belongs to what is typed; a refusal leaves the last one.
                if let Ok(answer) = answer
                    && draft.description.try_with_untracked(|now| *now == asked) == Some(true)
                {
                    let _ = html.try_set(answer);
                }
            });
        };
        waiting.set_value(set_timeout_with_handle(later, PAUSE).ok());
    });
    html
}

#[component]
fn Options(options: Vec<(String, Option<String>)>, letters: Memo<Vec<Option<char>>>, multiple: bool) -> impl IntoView {
    let kind = if multiple { "checkbox" } else { "radio" };
    let options = options.into_iter().enumerate().map(|(index, (name, value))| {
        let badge =
            move || letters.with(|letters| letters.get(index).copied().flatten()).map_or_else(|| (index + 1).to_string(), String::from);
        view! {
            <label class="opt">
                <input type=kind name="preview"/><kbd aria-hidden="true">{badge}</kbd><span>{name}</span>
                {value.map(|value| view! { <span class="pc">{value}</span> })}
            </label>
        }
    });
    view! { <div class="opts">{options.collect_view()}</div> }
}

#[component]
fn Slider() -> impl IntoView {
    // Nothing is answered at first, as in the form.
    let value = RwSignal::new(None::<String>);
    let slide = move |event| value.set(Some(event_target_value(&event)));
    let class = move || if value.with(Option::is_none) { "range unset" } else { "range" };
    let shown = move || value.get().map_or_else(|| "–".to_owned(), |value| format!("{value} %"));
    view! {
        <div class="slide">
            <input class=class type="range" min="0" max="100" aria-label="Value" on:input=slide
                on:click=move |event: leptos::ev::MouseEvent| value.set(Some(event_target_value(&event)))/>
            <output class="num">{shown}</output>
        </div>
    }
}
