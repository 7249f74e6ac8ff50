//! What leads on from a row in review mode: back, on, skipping it, and saying that one has reviewed it.

use super::OpenItem;
use super::advance::{AutoAdvance, remembered};
use super::list::ListWalk;
use super::skip::SkipReasons;
use crate::keys::{Act, Scope, follow_everywhere, shortcuts, titled, use_keys};
use crate::trace::form::Form;
use crate::trace::question::focus_on;
use crate::trace::{Opened, Way};
use crate::ui::{Icon, IconName};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use shared::Problem;
use shared::commands::Command;
use shared::questions::Question;
use shared::reviews::{CompleteReview, SkipReason, SkipReview};

/// Reviewing the row that is open. Copies share it.
#[derive(Clone, Copy)]
struct Reviewing {
    opened: Opened,
    form: Form,
    item: OpenItem,
    list: ListWalk,
    /// What there is to say about the row that is shown.
    told: RwSignal<String>,
    /// Whether one is asked why one skips it.
    is_skipping: RwSignal<bool>,
    /// Whether completing goes on by itself.
    advance: RwSignal<bool>,
}

impl Reviewing {
    fn new() -> Self {
        let (told, is_skipping) = (RwSignal::new(String::new()), RwSignal::new(false));
        let (opened, form, item) = (expect_context::<Opened>(), expect_context::<Form>(), expect_context::<OpenItem>());
        Effect::new(move |_| {
            opened.trace.form_row.track();
            told.set(String::new());
            is_skipping.set(false);
        });
        Self { opened, form, item, list: ListWalk::new(told), told, is_skipping, advance: remembered() }
    }

    fn is_over_list(self) -> bool {
        self.list.list().is_some()
    }

    /// Goes to the next row, or item, or says that there is none.
    fn go_on(self) {
        if untrack(|| self.is_over_list()) {
            return self.list.go_on();
        }
        let Some(walk) = self.opened.links.walk() else { return };
        match (walk.number.get_untracked(), walk.count.get_untracked()) {
            (Some(number), count) if number >= count => self.told.set("That was the last row in this order.".to_owned()),
            // What stands nowhere in the order is followed by its first row.
            (number, _) => walk.go.run(number.unwrap_or(0) + 1),
        }
    }

    /// Says that one has reviewed the row, unless something must be answered first: that gets the focus.
    fn complete(self, goes_on: bool) {
        let trace = self.opened.trace;
        // What stands in a text box is said when it is left, and what is typed on a slider a moment later.
        leave_field();
        self.form.say_all();
        let Some(row) = trace.form_row.get_untracked().filter(|_| trace.is_form_painted.get_untracked()) else { return trace.miss() };
        let missing = untrack(|| self.missing());
        if let Some(first) = missing.first() {
            self.form.choose(&row, &first.id);
            focus_on(&first.id);
            let names: Vec<&str> = missing.iter().map(|question| question.name.as_str()).collect();
            return self.told.set(Problem::unanswered(&names).to_string());
        }
        self.list.let_go();
        let list = untrack(|| self.list.list());
        trace.run(Command::CompleteReview(CompleteReview { row, list, preference: None, client_id: None }));
        self.told.set("Completed.".to_owned());
        if goes_on {
            self.go_on();
        }
    }

    /// What must be answered and is not. A list may ask fewer questions than the form shows.
    fn missing(self) -> Vec<Question> {
        let asked = self.item.held.with(|held| held.as_ref().map(|held| held.questions.clone()).unwrap_or_default());
        let unanswered = self.form.unanswered();
        unanswered.into_iter().filter(|question| asked.is_empty() || asked.contains(&question.id)).collect()
    }

    fn skip(self) {
        if !self.opened.trace.is_form_painted.get_untracked() {
            self.opened.trace.miss();
        } else if untrack(|| self.is_over_list()) {
            // Others get it, and should know why.
            self.is_skipping.update(|is_skipping| *is_skipping = !*is_skipping);
        } else {
            self.go_on();
        }
    }

    fn skip_because(self, reason: SkipReason) {
        let trace = self.opened.trace;
        let Some(row) = trace.form_row.get_untracked().filter(|_| trace.is_form_painted.get_untracked()) else { return trace.miss() };
        self.is_skipping.set(false);
        self.list.let_go();
        let list = untrack(|| self.list.list());
        trace.run(Command::SkipReview(SkipReview { row, list, reason, note: None, client_id: None }));
        self.go_on();
    }

    fn follow_keys(self) {
        use_keys().on(Scope::Trace, move |act| {
            match act {
                Act::Skip => self.skip(),
                Act::Next | Act::Previous if untrack(|| self.is_over_list()) => {
                    self.told.set("Complete or skip this one: the list says what comes next.".to_owned());
                }
                _ => return false,
            }
            true
        });
        follow_everywhere(Scope::Review, Act::CompleteAndGoOn, move || self.complete(true));
    }
}

/// Draws the buttons below the form, for who may review.
#[component]
pub(super) fn ReviewFoot() -> impl IntoView {
    let reviewing = Reviewing::new();
    let Reviewing { opened, told, is_skipping, advance, .. } = reviewing;
    reviewing.follow_keys();
    let skip_with = Callback::new(move |reason: SkipReason| reviewing.skip_because(reason));
    // In a review list the server says what comes next.
    let steps = move || {
        (!reviewing.is_over_list())
            .then(|| view! { <Step name="Previous" way=Way::Previous act=Act::Previous/><Step name="Next" way=Way::Next act=Act::Next/> })
    };
    view! {
        <footer class="review-foot">
            <p class="told" role="status">{move || told.get()}</p>
            <Show when=move || is_skipping.get()><SkipReasons chosen=skip_with/></Show>
            <div class="steps">
                {steps}
                <button class="btn" type="button" title=titled("Skip", Act::Skip) aria-keyshortcuts=shortcuts(Act::Skip) on:click=move |_| reviewing.skip()>
                    <Icon name=IconName::Right/><span class="words">"Skip"</span><kbd aria-hidden="true">"s"</kbd>
                </button>
                <button class="btn" type="button" title=titled("Undo", Act::Undo) aria-keyshortcuts=shortcuts(Act::Undo) on:click=move |_| opened.trace.journal().undo()>
                    <Icon name=IconName::Undo/><span class="words">"Undo"</span><kbd aria-hidden="true">"z"</kbd>
                </button>
            </div>
            <div class="steps done">
                <button class="btn" type="button" on:click=move |_| reviewing.complete(advance.get_untracked())>
                    <Icon name=IconName::Check/><span class="words">"Complete"</span>
                </button>
                <button class="btn primary" type="button" title=titled("Complete and continue", Act::CompleteAndGoOn)
                    aria-keyshortcuts=shortcuts(Act::CompleteAndGoOn) on:click=move |_| reviewing.complete(true)>
                    "Complete and continue"<kbd aria-hidden="true">"Ctrl ↵"</kbd>
                </button>
            </div>
            <AutoAdvance advance/>
        </footer>
    }
}

/// Draws what leads to the row before or after.
#[component]
fn Step(name: &'static str, way: Way, act: Act) -> impl IntoView {
    let links = expect_context::<Opened>().links;
    let (icon, key) = if act == Act::Next { (IconName::Down, "j") } else { (IconName::Up, "k") };
    view! {
        <a class="btn" role="button" data-noscroll="" href=move || links.to(way.clone()) title=titled(name, act) aria-keyshortcuts=shortcuts(act)>
            <Icon name=icon/><span class="words">{name}</span><kbd aria-hidden="true">{key}</kbd>
        </a>
    }
}

/// Leaves the field that one types in, so that what stands there is said.
fn leave_field() {
    let focused = document().active_element().and_then(|element| element.dyn_into::<leptos::web_sys::HtmlElement>().ok());
    if let Some(field) = focused.filter(|element| element.matches("input[type=text], textarea").unwrap_or(false)) {
        // A field that cannot be left keeps the focus.
        let _ = field.blur();
    }
}
