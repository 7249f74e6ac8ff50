//! A slider, and a field for its number.

use super::control::Control;
use crate::trace::keys::leave_on_escape;
use crate::ui::Saving;
use leptos::prelude::*;
use shared::answers::AnswerValue;
use shared::questions::Question;

/// Draws the slider.
#[component]
pub(super) fn Slider(question: Memo<Option<Question>>, control: Control) -> impl IntoView {
    let name = move || question.with(|question| question.as_ref().map(|question| question.name.clone()).unwrap_or_default());
    let percent = move || control.number().map(|number| (number * 1000.0).round() / 10.0);
    let position = move || percent().unwrap_or(50.0).to_string();
    let field = move || percent().map(|percent| percent.to_string()).unwrap_or_default();
    let fill = move || match percent() {
        Some(percent) => format!("range v{}", percent.round() as u32),
        None => "range unset v0".to_owned(),
    };
    let wrong = RwSignal::new(false);
    let typed = move |event| {
        let text = event_target_value(&event);
        let text = text.trim().trim_end_matches('%').trim().replace(',', ".");
        let percent = text.parse::<f64>().ok().filter(|percent| (0.0..=100.0).contains(percent));
        let is_wrong = !text.is_empty() && percent.is_none();
        wrong.set(is_wrong);
        control.note(is_wrong.then_some(Saving::Idle));
        if !wrong.get_untracked() {
            control.set(percent.map(|percent| AnswerValue::Number(percent / 100.0)));
        }
    };
    // Whatever is answered another way takes the place of what could not be.
    Effect::new(move |before: Option<()>| {
        percent();
        wrong.set(false);
        if before.is_some() {
            control.note(None);
        }
    });
    let slide = move |value: String| {
        if let Ok(percent) = value.parse::<f64>() {
            control.slide(percent / 100.0);
        }
    };
    let moved = move |event| slide(event_target_value(&event));
    // Where nothing is answered the browser's knob stands in the middle, unseen: a press there moves nothing, and is an answer.
    let pressed = move |event: leptos::ev::MouseEvent| {
        if control.number_now().is_none() {
            slide(event_target_value(&event));
        }
    };
    // What is being typed is sent before the page goes.
    let leaving = window_event_listener(leptos::ev::pagehide, move |_| control.send_waiting());
    on_cleanup(move || leaving.remove());
    let spoken = move || percent().map_or_else(|| "not answered".to_owned(), |percent| format!("{percent} %"));
    view! {
        <div class="slide">
            <input class=fill type="range" min="0" max="100" step="1" aria-label=name aria-valuetext=spoken
                value=untrack(position) prop:value=position on:input=moved on:click=pressed on:blur=move |_| control.send_waiting()/>
            <span class="pct">
                <input class="input" type="text" inputmode="decimal" autocomplete="off" placeholder="–" aria-label=move || format!("{} in percent", name())
                    aria-invalid=move || wrong.get().then_some("true")
                    value=untrack(field) prop:value=field on:change=typed on:keydown=leave_on_escape/>
            </span>
        </div>
        <div aria-live="polite">
            {move || wrong.get().then(|| view! { <p class="wrong">"Use a number from 0 to 100. It is not saved."</p> })}
        </div>
    }
}
