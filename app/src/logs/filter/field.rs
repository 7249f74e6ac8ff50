//! What stands over and under the field while one types: the text in colours, what may stand at the caret, mistakes in words, and what
//! English is understood as.

use super::FilterField;
use super::marks::{of_english, of_expression};
use super::offers::{FilterOffer, completions, taken, whole};
use super::recent::RecentFilters;
use super::understood::{English, UnderstoodAs, is_like_expression};
use crate::api::send;
use crate::logs::LogsState;
use crate::logs::api::filter_names;
use crate::ui::caret::{byte_at, length};
use crate::ui::completion::{Completion, Completions};
use crate::ui::markup::inner;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::tachys::prelude::ElementExt;
use leptos::web_sys::HtmlInputElement;
use shared::filter::{Diagnostic, KnownNames, parse_expression, unknown_names};

/// So many mistakes are told at once.
const MOST_TOLD: usize = 5;

/// What is typed, as far as the browser can tell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Typed {
    /// Nothing.
    Nothing,
    /// An expression, with what may help.
    Expression(Vec<Diagnostic>),
    /// No expression, with everything that is wrong with it.
    Mistaken(Vec<Diagnostic>),
}

impl Typed {
    fn of(text: &str, known: &KnownNames) -> Self {
        if text.trim().is_empty() {
            return Self::Nothing;
        }
        match parse_expression(text) {
            Ok(expression) => Self::Expression(unknown_names(&expression, known)),
            Err(mistakes) => Self::Mistaken(mistakes),
        }
    }

    fn told(&self) -> &[Diagnostic] {
        match self {
            Self::Nothing => &[],
            Self::Expression(told) | Self::Mistaken(told) => told,
        }
    }
}

/// What the list under the field depends on. Copies share it.
#[derive(Clone, Copy)]
struct Listing {
    field: FilterField,
    /// Where one types, as a byte of the text.
    caret: RwSignal<usize>,
    /// Whether the list may be shown.
    is_open: RwSignal<bool>,
    /// Whether one has gone into it.
    is_entered: RwSignal<bool>,
    offers: Memo<Vec<FilterOffer>>,
    completion: Completion,
}

impl Listing {
    fn new(field: FilterField, known: RwSignal<KnownNames>, recent: StoredValue<RecentFilters>) -> Self {
        let (caret, is_open, is_entered) = (RwSignal::new(0), RwSignal::new(false), RwSignal::new(false));
        let first = field.typed.get_untracked();
        let offers = Memo::new(move |_| {
            if !is_open.get() {
                return Vec::new();
            }
            field.typed.with(|text| {
                // Whoever has not begun to type may want what they had.
                let is_untouched = text.trim().is_empty() || *text == first;
                let before = if is_untouched { whole(text, recent.with_value(RecentFilters::list)) } else { Vec::new() };
                if before.is_empty() { completions(text, caret.get(), &known.read()) } else { before }
            })
        });
        let completion = Completion::new("filter-options".to_owned(), Signal::derive(move || offers.with(Vec::len)));
        Self { field, caret, is_open, is_entered, offers, completion }
    }

    fn open(self, is_open: bool) {
        self.completion.begin();
        self.is_entered.set(false);
        self.is_open.set(is_open);
    }

    /// Looks where the caret is.
    fn look(self) {
        let Some(input) = self.field.input.get_untracked() else { return };
        let place = input.selection_end().ok().flatten().unwrap_or_default();
        let caret = self.field.typed.with_untracked(|text| byte_at(text, place));
        if self.caret.try_get_untracked().is_some_and(|known| known != caret) {
            self.caret.set(caret);
        }
    }

    /// Writes an offer into the field; gives back a whole filter.
    fn take(self, number: usize) -> Option<String> {
        let offer = self.offers.with_untracked(|offers| offers.get(number).cloned())?;
        if offer.is_whole {
            self.open(false);
            return Some(offer.text);
        }
        let (text, caret) = self.field.typed.with_untracked(|text| taken(text, &offer));
        write(self.field, text, caret, caret);
        self.look();
        // What follows is offered as soon as one types on.
        self.open(false);
        None
    }

    /// Minds a key; whether it was one of the list.
    fn mind(self, event: &KeyboardEvent, apply: Callback<String>) -> bool {
        let offered = untrack(|| self.completion.is_open());
        let take = |number: usize| {
            if let Some(filter) = self.take(number) {
                apply.run(filter);
            }
            true
        };
        match (event.key().as_str(), self.completion.chosen()) {
            // Enter applies what is typed, unless one has gone into the list.
            ("Enter", Some(number)) if self.is_entered.get_untracked() => take(number),
            ("Tab", Some(number)) if !event.shift_key() => take(number),
            ("Escape", Some(_)) => {
                self.open(false);
                true
            }
            ("ArrowDown" | "ArrowUp", Some(_)) if !self.is_entered.get_untracked() => {
                self.is_entered.set(true);
                // The first is marked already; the last is one step up from it.
                event.key() == "ArrowDown" || self.completion.follow(event)
            }
            ("ArrowDown", None) => {
                self.look();
                self.open(true);
                true
            }
            _ => offered && self.completion.follow(event),
        }
    }
}

/// Puts a text into the field and selects some of it, in places of the browser.
pub(super) fn write(field: FilterField, text: String, from: u32, to: u32) {
    if let Some(input) = field.input.get_untracked() {
        input.set_value(&text);
        field.typed.set(text);
        // The caret of a field that is in the page can be set, and it can have the focus.
        let _ = input.focus();
        let _ = input.set_selection_range(from, to);
    }
}

/// Names that may stand in a filter: at first those that the page knows, then all.
fn known_names(state: LogsState) -> RwSignal<KnownNames> {
    let scores = untrack(|| state.scores()).into_iter().map(|column| column.name).collect();
    let tags = state.tags.with_untracked(|tags| tags.iter().map(|tag| tag.name.clone()).collect());
    let known = RwSignal::new(KnownNames { scores: Some(scores), tags: Some(tags), ..KnownNames::default() });
    send(filter_names(state.object()), move |names| {
        // Without an answer less is offered. The page may be gone.
        if let Ok(names) = names {
            let _ = known.try_set(names);
        }
    });
    known
}

/// Draws what helps while one types.
#[component]
pub(super) fn FilterHelp(field: FilterField) -> impl IntoView {
    let recent = StoredValue::new(RecentFilters::here());
    let state = expect_context::<LogsState>();
    let in_force = state.filter.get_value();
    let known = known_names(state);
    // Of people and metadata not everything is known.
    let certain = Memo::new(move |_| KnownNames { people: None, metadata: None, metrics: None, ..known.get() });
    let read = Memo::new(move |_| certain.with(|known| field.typed.with(|text| Typed::of(text, known))));
    let english = English::follow(field, read);
    let apply = field.go;
    let enter = move || match read.get_untracked() {
        Typed::Nothing | Typed::Expression(_) => apply.run(field.typed.get_untracked()),
        Typed::Mistaken(_) => match english.shown.get_untracked() {
            Some(understood) if !understood.expression.is_empty() => apply.run(understood.expression),
            // It is shown before it is applied.
            _ => english.ask(field.typed.get_untracked()),
        },
    };
    field.enter.set_value(Some(Callback::new(move |()| enter())));
    // The bar may have gone with it.
    on_cleanup(move || field.enter.set_value(None));
    // What may be English is no mistake before it is known that it is none, and what is shown as English is none.
    let told = Memo::new(move |_| {
        let may_be_english = || field.typed.with(|text| !is_like_expression(text)) && !english.is_answered.get();
        let is_english = || english.before.with(Option::is_some);
        read.with(|read| match read {
            Typed::Mistaken(_) if may_be_english() || is_english() => Vec::new(),
            Typed::Nothing | Typed::Expression(_) | Typed::Mistaken(_) => read.told().to_vec(),
        })
    });
    // What is wrong with the filter in force stands in the page already.
    let is_told = move || field.typed.with(|text| *text == in_force);
    let more = Memo::new(move |_| if is_told() { Vec::new() } else { told.get() });
    let listing = Listing::new(field, known, recent);
    let marks = NodeRef::<leptos::html::Div>::new();
    follow_input(listing, marks, apply);
    let marked = move || {
        field.typed.with(|text| match english.shown.get() {
            Some(understood) => of_english(text, &understood),
            None => told.with(|told| of_expression(text, told)),
        })
    };
    let options = move |()| {
        let option = |offer: FilterOffer| view! { <code class="clip">{offer.text}</code><span class="hint">{offer.kind}</span> }.into_any();
        listing.offers.get().into_iter().map(option).collect::<Vec<_>>()
    };
    let take = move |number| {
        if let Some(filter) = listing.take(number) {
            apply.run(filter);
        }
    };
    let edit = Callback::new(move |text: String| {
        let end = length(&text);
        write(field, text, end, end);
    });
    let understood = move || {
        let (text, understood) = english.before.get()?;
        Some(view! { <UnderstoodAs understood text is_current=english.is_answered.get() apply edit/> })
    };
    view! {
        <div class="filter-help">
            <div class="filter-marks" aria-hidden="true" node_ref=marks inner_html=move || inner(marked())></div>
            <div class="filter-offers"><Completions completion=listing.completion label="Completions" options=Callback::new(options) take=Callback::new(take)/></div>
        </div>
        <div class="filter-under">
            <Mistakes told=more typed=field.typed failed=english.failed/>
            <div aria-live="polite">{understood}</div>
        </div>
    }
}

/// Hears what happens in the field, which belongs to the page, for as long as this helps with it.
fn follow_input(listing: Listing, marks: NodeRef<leptos::html::Div>, apply: Callback<String>) {
    use leptos::ev;
    let field = listing.field;
    let handlers = StoredValue::new(Vec::new());
    // What is drawn over the field scrolls with it, as soon as both are laid out.
    let scroll = move || {
        request_animation_frame(move || {
            if let (Some(input), Some(marks)) = (field.input.try_get_untracked().flatten(), marks.try_get_untracked().flatten()) {
                marks.set_scroll_left(input.scroll_left());
            }
        });
    };
    Effect::new(move |_| {
        let (Some(input), Some(_)) = (field.input.get(), marks.get()) else { return };
        let key = move |event: KeyboardEvent| {
            if event.is_composing() {
                return;
            }
            let is_minded = listing.mind(&event, apply);
            if is_minded {
                event.prevent_default();
            } else if event.key() == "Escape" {
                leave(field);
            }
            if is_minded || event.key() == "Escape" {
                event.stop_propagation();
            }
        };
        let typed = move |event: ev::Event| {
            field.typed.set(event_target_value(&event));
            listing.look();
            listing.open(true);
            scroll();
        };
        let moved = move || {
            listing.look();
            scroll();
        };
        // An empty field offers what there was.
        let clicked = move || {
            moved();
            if field.typed.with_untracked(String::is_empty) {
                listing.open(true);
            }
        };
        handlers.set_value(vec![
            input.on(ev::keydown, key),
            input.on(ev::input, typed),
            input.on(ev::keyup, move |_| moved()),
            input.on(ev::click, move |_| clicked()),
            input.on(ev::scroll, move |_| scroll()),
            input.on(ev::blur, move |_| listing.open(false)),
        ]);
        // What was typed before is there already.
        let text = input.value();
        if field.typed.with_untracked(|typed| *typed != text) {
            field.typed.set(text);
        }
        moved();
        if field.awaits_list.get_value() && input.matches(":focus").unwrap_or(false) {
            listing.open(true);
        }
        tell_assistive_technology(&input, listing);
    });
}

fn leave(field: FilterField) {
    if let Some(input) = field.input.get_untracked() {
        // A field that cannot give up the focus has none.
        let _ = input.blur();
    }
}

/// The field stays one of text: it says which list is under it, and which of its options is chosen.
fn tell_assistive_technology(input: &HtmlInputElement, listing: Listing) {
    let input = StoredValue::new_local(input.clone());
    // Attributes of such names can always be set.
    input.with_value(|input| {
        let _ = input.set_attribute("aria-autocomplete", "list");
        let _ = input.set_attribute("aria-controls", &listing.completion.id());
    });
    Effect::new(move |_| {
        let active = listing.completion.active().filter(|_| listing.is_entered.get());
        input.with_value(|input| {
            let _ = match active {
                Some(id) => input.set_attribute("aria-activedescendant", &id),
                None => input.remove_attribute("aria-activedescendant"),
            };
        });
    });
}

/// Draws what is wrong with what is typed, or may be. The list is always there, so that what comes into it is read out.
#[component]
fn Mistakes(told: Memo<Vec<Diagnostic>>, typed: RwSignal<String>, failed: Memo<Option<String>>) -> impl IntoView {
    let lines = move || {
        let line = |told: Diagnostic| typed.with(|text| mistake(told, text));
        told.get().into_iter().take(MOST_TOLD).map(line).collect_view()
    };
    let more = move || {
        let more = told.with(Vec::len).saturating_sub(MOST_TOLD);
        (more > 0).then(|| view! { <li>{format!("And {more} more.")}</li> })
    };
    let failed = move || failed.get().map(|why| view! { <li class="surely">"It cannot be asked what this means in English: "{why}</li> });
    view! { <div role="status" aria-label="Mistakes"><ul class="filter-mistakes">{lines}{more}{failed}</ul></div> }
}

/// A mistake with its place.
fn mistake(told: Diagnostic, text: &str) -> impl IntoView + use<> {
    let (start, end) = (told.span.start as usize, told.span.end as usize);
    let place = text.get(start..end).unwrap_or_default().to_owned();
    let column = text.get(..start).map_or(1, |before| before.chars().count() + 1);
    let class = if told.is_hint() { "maybe" } else { "surely" };
    view! {
        <li class=class>
            {(!place.is_empty()).then(|| view! { <code>{place}</code>" " })}
            {told.message}" "{told.help}" "<span class="hint">{format!("Column {column}")}</span>
        </li>
    }
}
