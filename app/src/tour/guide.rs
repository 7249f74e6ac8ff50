//! The steps of the tour, one after the other: a light on something on the page, and a sentence about it.

use super::remember;
use super::shade::{area_of, corner, path, show};
use crate::context::use_project;
use crate::journal::Journal;
use crate::keys::{Act, Scope, find, use_keys};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::web_sys::HtmlElement;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::commands::Command;
use shared::permissions::Action;
use std::time::Duration;

/// How often it is looked where things stand, because anything may move them.
const LOOK: Duration = Duration::from_millis(150);

/// A step of the tour.
struct Step {
    title: &'static str,
    words: &'static str,
    /// What it is about, as selectors: the first that is seen is lit.
    about: &'static [&'static str],
    /// Whether a trace is open in it.
    in_trace: bool,
}

static STEPS: [Step; 6] = [
    Step {
        title: "What your application did",
        words: "Each line is a trace: one request that the application answered, with what went in and what came out. New ones appear by themselves.",
        about: &[".table-scroll"],
        in_trace: false,
    },
    Step {
        title: "How good it was",
        words: "A card for each score: the mean, how many values there are, and how they spread. Reviewers, end users and programs each give some.",
        about: &[".summary"],
        in_trace: false,
    },
    Step {
        title: "Find what is worth a look",
        words: "Filter by anything that a trace says, for example scores.Preference < 50% or tags includes 'shipping'.",
        about: &["form.filter", ".filter"],
        in_trace: false,
    },
    Step {
        title: "Inside a trace",
        words: "A trace is made of spans: every call of a model or a tool. See them as a tree, on a timeline, or as one conversation.",
        about: &["article.trace .spans"],
        in_trace: true,
    },
    Step {
        title: "Read it",
        words: "What went in, what came out and what should have come out, as text, chat, table or JSON. j and k go to the next and the previous trace.",
        about: &["section.span", "section.conversation"],
        in_trace: true,
    },
    Step {
        title: "Now you",
        words: "Say what you think of this answer: drag the slider, or type a digit, where 8 is 80 %. It is saved at once, and z takes it back.",
        about: &[".side .question", ".side"],
        in_trace: true,
    },
];

/// Draws the tour. It closes itself, and is remembered then.
#[component]
pub(super) fn Guide(shown: RwSignal<bool>) -> impl IntoView {
    let context = use_project();
    let may_answer = context.may(Action::Review);
    let place = RwSignal::new(0_usize);
    let has_answered = RwSignal::new(false);
    let card = NodeRef::<Div>::new();
    let light = RwSignal::new((path((0.0, 0.0), None), "at-middle"));
    let close = move || {
        remember();
        shown.set(false);
    };
    let look = move || {
        let Some(step) = place.try_get_untracked().and_then(|place| STEPS.get(place)) else { return };
        let window = window_size();
        let lit = step.about.iter().find_map(|selector| area_of(selector));
        let now = (path(window, lit), corner(window, lit));
        if light.try_with_untracked(|light| *light != now) == Some(true) {
            light.set(now);
        }
    };
    let (navigate, logs) = (use_navigate(), context.page("logs"));
    Effect::new(move |_| {
        let Some(step) = STEPS.get(place.get()) else { return };
        let is_open = find("article.trace").is_some();
        if !step.in_trace && (is_open || find(".table-scroll").is_none()) {
            navigate(&logs, NavigateOptions::default());
        } else if step.in_trace && !is_open {
            // The first trace of the list, as a click on it would open it.
            if let Some(link) = find(".windowed tbody a[data-noscroll]") {
                link.click();
            }
        }
        if let Some(selector) = step.about.iter().find(|selector| area_of(selector).is_some()) {
            show(selector);
        }
        look();
        // Whoever goes on by keyboard goes on here, also where the page under it has changed; at the end in what is to be answered.
        let card = card.get().map(HtmlElement::from);
        let control = find(".side .question input").filter(|_| place.get_untracked() + 1 == STEPS.len() && may_answer);
        if let Some(element) = control.or(card) {
            let _ = element.focus();
            // Whatever the page under it takes the focus for as it begins comes before the next frame.
            request_animation_frame(move || {
                let _ = element.focus();
            });
        }
    });
    // Escape ends the tour before it closes anything else.
    use_keys().on(Scope::Trace, move |act| {
        let ends = act == Act::Close;
        if ends {
            close();
        }
        ends
    });
    let looking = set_interval_with_handle(look, LOOK).ok();
    on_cleanup(move || {
        if let Some(looking) = looking {
            looking.clear();
        }
    });
    // An answer of one's own ends it, however it was given.
    let entries = Journal::of(&context.viewer).entries();
    Effect::new(move |before: Option<usize>| {
        let answers = entries.with(|entries| entries.iter().filter(|entry| matches!(entry.command, Command::SetAnswer(_))).count());
        if before.is_some_and(|before| answers > before) && place.get_untracked() + 1 == STEPS.len() {
            has_answered.set(true);
        }
        answers
    });
    let next = move |_| {
        if place.get_untracked() + 1 < STEPS.len() {
            place.update(|place| *place += 1);
        } else {
            close();
        }
    };
    let back = move |_| place.update(|place| *place = place.saturating_sub(1));
    let escape = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() {
            // The trace under it stays open.
            event.prevent_default();
            event.stop_propagation();
            close();
        }
    };
    let step = move || STEPS.get(place.get());
    let is_last = move || place.get() + 1 == STEPS.len();
    let title = move || if has_answered.get() { "That was your first answer" } else { step().map_or("", |step| step.title) };
    let words = move || match step() {
        _ if has_answered.get() => {
            "It counts in the mean of the trace and of the list already. The sheet of keys (?) leads to this tour again."
        }
        Some(_) if is_last() && !may_answer => "Here reviewers say what they think of an answer. Ask an owner for a role that may.",
        Some(step) => step.words,
        None => "",
    };
    let onward = move || match is_last() {
        _ if has_answered.get() => "Done",
        true => "Finish",
        false => "Next",
    };
    let number = move || format!("{} of {}", place.get() + 1, STEPS.len());
    let path = move || light.with(|(path, _)| path.clone());
    let class = move || light.with(|(_, corner)| ["tour-card ", corner].concat());
    view! {
        <div class="tour">
            <svg class="tour-shade" aria-hidden="true"><path d=path fill-rule="evenodd"/></svg>
            <div class=class role="dialog" aria-labelledby="tour-title" aria-describedby="tour-words" tabindex="-1" node_ref=card on:keydown=escape>
                <p class="hint">{number}</p>
                <h2 id="tour-title" aria-live="polite">{title}</h2>
                <p id="tour-words">{words}</p>
                <div class="row">
                    <button class="btn ghost" type="button" hidden=move || has_answered.get() on:click=move |_| close()>"Skip"</button>
                    <span class="grow"></span>
                    <button class="btn" type="button" hidden=move || place.get() == 0 || has_answered.get() on:click=back>"Back"</button>
                    <button class="btn primary" type="button" on:click=next>{onward}</button>
                </div>
            </div>
        </div>
    }
}

fn window_size() -> (f64, f64) {
    let size = |size: Result<leptos::wasm_bindgen::JsValue, leptos::wasm_bindgen::JsValue>| size.ok().and_then(|size| size.as_f64());
    (size(window().inner_width()).unwrap_or_default(), size(window().inner_height()).unwrap_or_default())
}
