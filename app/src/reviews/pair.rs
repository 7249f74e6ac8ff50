//! A pair of a review list: what came out of two experiments side by side, and which one is better. Nothing here tells which is which.

use super::api::{keep_row, next_pair, open_pair, prefer, release_row};
use crate::api::{AppError, send};
use crate::context::use_project;
use crate::journal::api::run_command;
use crate::journal::command_id;
use crate::keys::{Act, Scope, shortcuts, use_keys};
use crate::loading::{loaded, resource};
use crate::raw_query::raw_query;
use crate::title::PageTitle;
use crate::ui::markup::inner;
use crate::ui::{Icon, IconName, format};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::address::ReviewsAddress;
use shared::audit::{Edit, Revert};
use shared::commands::Command;
use shared::reviews::{CompleteReview, OpenPair, PairSide, ReviewItem, ShownSide, SkipReason, SkipReview, TakeNext};
use shared::{PersonId, Problem, ReviewItemId};
use std::cell::RefCell;
use std::time::Duration;

/// How often one says that one is still there.
const SIGN_OF_LIFE: Duration = Duration::from_secs(60);

/// What one can say, with its key.
const SAID: [(ShownSide, &str, &str); 3] =
    [(ShownSide::A, "a", "A is better"), (ShownSide::B, "b", "B is better"), (ShownSide::Equal, "=", "Equal")];

thread_local! {
    /// The pair that came with the last answer, until its page opens.
    static COME: RefCell<Option<OpenPair>> = const { RefCell::new(None) };
    /// What was said last in this tab: the command and its pair.
    static LAST: RefCell<Option<(String, ReviewItemId)>> = const { RefCell::new(None) };
}

/// Draws the pair that the address names.
#[component]
pub(super) fn PairPage() -> impl IntoView {
    let raw = raw_query();
    let pair = Memo::new(move |before: Option<&ReviewItemId>| {
        let named = ReviewsAddress::parse(&raw.get()).pair.map(ReviewItemId);
        // One may be about to be on another page.
        named.or_else(|| before.cloned()).unwrap_or_else(|| ReviewItemId(String::new()))
    });
    let answer = resource(
        move || pair.get(),
        |id| async move {
            match COME.take().filter(|pair| pair.taken.item.id == id) {
                Some(pair) => Ok(pair),
                None => open_pair(id).await,
            }
        },
    );
    let page = loaded(answer, |pair| view! { <Pair pair/> }.into_any());
    view! { <Transition>{page}</Transition> }
}

/// Reviewing a pair. Copies share it.
#[derive(Clone, Copy)]
struct Judging {
    item: StoredValue<ReviewItem>,
    person: StoredValue<PersonId>,
    /// Goes to the next pair.
    go: Callback<OpenPair>,
    back: Callback<ReviewItemId>,
    chosen: RwSignal<Option<ShownSide>>,
    /// Whether an answer is awaited: meanwhile keys mean nothing, because what they would be about is not there yet.
    is_busy: RwSignal<bool>,
    /// Whether it is out of one's hand.
    is_done: StoredValue<bool>,
    /// Whether nothing else is left.
    is_over: RwSignal<bool>,
    told: RwSignal<String>,
}

impl Judging {
    fn choose(self, side: ShownSide) {
        if !self.is_busy.get_untracked() && !self.is_over.get_untracked() {
            self.told.set(String::new());
            self.chosen.set(Some(side));
        }
    }

    /// Asks for something, and hands on what came of it unless the page has gone.
    fn ask<T: 'static>(self, asked: impl Future<Output = Result<T, AppError>> + 'static, done: impl FnOnce(T) + 'static) {
        self.is_busy.set(true);
        send(asked, move |answer| match answer {
            Ok(answer) => {
                if self.is_done.try_set_value(true).is_none() {
                    done(answer);
                }
            }
            Err(error) => {
                if self.is_busy.try_set(false).is_none() {
                    self.told.set(error.to_string());
                }
            }
        });
    }

    fn next(self) -> TakeNext {
        let (project, list) = self.item.with_value(|item| (item.project.clone(), item.list.clone()));
        TakeNext { project, list: Some(list), order: None }
    }

    fn complete(self) {
        if self.is_busy.get_untracked() || self.is_over.get_untracked() {
            return;
        }
        let Some(preference) = self.chosen.get_untracked() else {
            self.told.set(Problem::unanswered(&["Preference"]).to_string());
            return;
        };
        let (row, list, id) = self.item.with_value(|item| (item.row.clone(), item.list.clone(), item.id.clone()));
        let client_id = command_id();
        let command = CompleteReview { row, list: Some(list), preference: Some(preference), client_id: Some(client_id.clone()) };
        self.told.set("Saving…".to_owned());
        self.ask(prefer(command, self.next()), move |next| {
            LAST.set(Some((client_id, id)));
            self.go_on(next);
        });
    }

    fn go_on(self, next: Option<OpenPair>) {
        let Some(next) = next else {
            self.is_over.set(true);
            self.is_busy.set(false);
            return self.told.set("Nothing else is left for you in this list.".to_owned());
        };
        self.go.run(next);
    }

    fn skip(self, reason: SkipReason) {
        if self.is_busy.get_untracked() || self.is_over.get_untracked() {
            return;
        }
        let (row, list) = self.item.with_value(|item| (item.row.clone(), item.list.clone()));
        let command = Command::SkipReview(SkipReview { row, list: Some(list), reason, note: None, client_id: Some(command_id()) });
        let (person, next) = (self.person.get_value(), self.next());
        let skip = async move {
            run_command(person, command).await?;
            next_pair(next).await
        };
        self.ask(skip, move |next| self.go_on(next));
    }

    /// Takes back what was said last, and opens that pair again.
    fn undo(self) {
        if self.is_busy.get_untracked() {
            return;
        }
        let Some((client_id, pair)) = LAST.take() else {
            self.told.set("There is nothing to take back.".to_owned());
            return;
        };
        let command = Command::Revert(Revert { edit: Edit::Command(client_id), client_id: Some(command_id()) });
        let person = self.person.get_value();
        self.ask(run_command(person, command), move |_| {
            if self.item.with_value(|item| item.id == pair) {
                self.is_done.set_value(false);
                self.is_over.set(false);
                self.is_busy.set(false);
                self.told.set("Taken back.".to_owned());
            } else {
                self.back.run(pair);
            }
        });
    }

    /// Says that one is still there, and lets the pair go with the page unless something was said.
    fn hold(self) {
        // Effects run in the browser only.
        Effect::new(move |_| {
            let (row, list) = self.item.with_value(|item| (item.row.clone(), item.list.clone()));
            let place = (row.clone(), list.clone());
            let say = move || send(keep_row(place.0.clone(), place.1.clone()), |_| ());
            if let Ok(interval) = set_interval_with_handle(say, SIGN_OF_LIFE) {
                on_cleanup(move || interval.clear());
            }
            on_cleanup(move || {
                if self.is_done.try_get_value() == Some(false) {
                    send(release_row(row.clone(), list.clone()), |_| ());
                }
            });
        });
    }

    fn follow_keys(self) {
        use_keys().on(Scope::Pair, move |act| {
            match act {
                Act::Letter('a') => self.choose(ShownSide::A),
                Act::Letter('b') => self.choose(ShownSide::B),
                Act::Letter('=') => self.choose(ShownSide::Equal),
                Act::Undo => self.undo(),
                Act::CompleteAndGoOn => self.complete(),
                _ => return false,
            }
            true
        });
    }
}

#[component]
fn Pair(pair: OpenPair) -> impl IntoView {
    let context = use_project();
    let OpenPair { taken, instructions, input, input_cut, a, b, open } = pair;
    let item = taken.item;
    let address = ReviewsAddress { list: Some(item.list.0.clone()), ..ReviewsAddress::default() };
    let (list, navigate) = (address.to_query(), use_navigate());
    let of_pair = move |id: &ReviewItemId| ReviewsAddress { pair: Some(id.0.clone()), ..address.clone() }.to_query();
    let back = {
        let (navigate, of_pair) = (navigate.clone(), of_pair.clone());
        Callback::new(move |id: ReviewItemId| navigate(&of_pair(&id), NavigateOptions::default()))
    };
    let go = Callback::new(move |next: OpenPair| {
        let query = of_pair(&next.taken.item.id);
        COME.set(Some(next));
        navigate(&query, NavigateOptions::default());
    });
    let judging = Judging {
        item: StoredValue::new(item),
        person: StoredValue::new(context.viewer.id.clone()),
        go,
        back,
        chosen: RwSignal::new(None),
        is_busy: RwSignal::new(false),
        is_done: StoredValue::new(false),
        is_over: RwSignal::new(false),
        told: RwSignal::new(String::new()),
    };
    judging.hold();
    judging.follow_keys();
    let instructions = (!instructions.is_empty())
        .then(|| view! { <details class="pair-about"><summary>"Instructions"</summary><div class="desc" inner_html=inner(instructions)></div></details> });
    let left = format!("{} open", format::count(open.unsigned_abs()));
    let more = input_cut.then(|| view! { <span class="muted">"…"</span> });
    let input =
        if input.is_empty() { view! { <span class="muted">"no input"</span> }.into_any() } else { view! { {input}{more} }.into_any() };
    view! {
        <PageTitle parts=vec!["Review in pairs".to_owned(), context.project.name.clone()]/>
        <header class="head">
            <a class="btn icon ghost" href=list.clone() aria-label="Back to the list" title="Back to the list"><Icon name=IconName::Close/></a>
            <h1 class="clip">"Which is better?"</h1>
            <span class="hint nowrap">{left}</span>
            <div class="actions"></div>
        </header>
        <div class="pair">
            <div class="pair-read" tabindex="0" role="region" aria-label="Pair">
                {instructions}
                <section aria-label="Input">
                    <p class="pair-name"><b>"Input"</b><span class="hint">"one input, both answers"</span></p>
                    <div class="pair-text asked" dir="auto">{input}</div>
                </section>
                <p class="hint pair-hint">"Sides are shuffled for you and stay so. Which is which is hidden."</p>
                <div class="pair-sides"><Side name="A" side=a/><Side name="B" side=b/></div>
            </div>
            <Preference judging list/>
        </div>
    }
}

/// Draws what came out on one side.
#[component]
fn Side(name: &'static str, side: PairSide) -> impl IntoView {
    let PairSide { output, is_error, cut, is_gone } = side;
    let words = output.split_whitespace().count() as u64;
    let told = match (is_gone, is_error, words) {
        (true, ..) => "deleted".to_owned(),
        (false, true, _) => "failed".to_owned(),
        (false, false, words) => format::counted(words, "word", "words"),
    };
    let shown = match (is_gone, output.is_empty()) {
        (true, _) => view! { <span class="muted">"This side was deleted. Skip the pair as broken."</span> }.into_any(),
        (false, true) => view! { <span class="muted">"no output"</span> }.into_any(),
        (false, false) => {
            let more = cut.then(|| view! { <span class="muted">"… it goes on"</span> });
            view! { {output}{more} }.into_any()
        }
    };
    view! {
        <section class="pair-side" aria-label=name>
            <p class="pair-name"><b>{name}</b><span class="hint">{told}</span></p>
            <div class="pair-text" class:err=is_error dir="auto">{shown}</div>
        </section>
    }
}

/// Draws what one can say.
#[component]
fn Preference(judging: Judging, list: String) -> impl IntoView {
    let is_shut = move || judging.is_busy.get() || judging.is_over.get();
    let said = SAID.map(|(side, key, words)| {
        let is_chosen = move || judging.chosen.get() == Some(side);
        view! {
            <button class="pair-choice" type="button" role="radio" aria-checked=move || is_chosen().to_string() aria-keyshortcuts=key
                disabled=is_shut on:click=move |_| judging.choose(side)>
                <kbd aria-hidden="true">{key}</kbd>{words}
            </button>
        }
    });
    let skip = move |event: leptos::ev::Event| {
        let word = event_target_value(&event);
        if let Some(reason) = SkipReason::parse(&word) {
            judging.skip(reason);
        }
    };
    let reasons = [
        (SkipReason::UnclearQuestion, "Unclear"),
        (SkipReason::BrokenItem, "Broken item"),
        (SkipReason::OutOfScope, "Out of scope"),
        (SkipReason::Later, "Later"),
        (SkipReason::NotMine, "Not mine"),
    ];
    let reasons = reasons.map(|(reason, words)| view! { <option value=reason.as_str()>{words}</option> });
    view! {
        <aside class="pair-say" aria-label="Human review">
            <h2>"Preference"<span class="hint">"required"</span></h2>
            <div class="pair-choices" role="radiogroup" aria-label="Preference">{said.into_iter().collect_view()}</div>
            <p class="hint" role="status">{move || judging.told.get()}</p>
            <div class="pair-foot">
                <select class="input" aria-label="Skip" disabled=is_shut on:change=skip>
                    <option value="">"Skip…"</option>{reasons.into_iter().collect_view()}
                </select>
                <button class="btn" type="button" aria-keyshortcuts=shortcuts(Act::Undo) disabled=move || judging.is_busy.get() on:click=move |_| judging.undo()>
                    <Icon name=IconName::Undo/>"Undo"<kbd aria-hidden="true">"z"</kbd>
                </button>
            </div>
            <Show when=move || judging.is_over.get()><a class="btn" href=list.clone()>"Back to the list"</a></Show>
            <button class="btn primary" type="button" aria-keyshortcuts=shortcuts(Act::CompleteAndGoOn) disabled=is_shut on:click=move |_| judging.complete()>
                "Complete and continue"<kbd aria-hidden="true">"Ctrl ↵"</kbd>
            </button>
        </aside>
    }
}
