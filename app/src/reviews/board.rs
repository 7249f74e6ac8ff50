//! A review list as a board: a column for each status, through whose cards one goes with the arrows, and between which one moves them by
//! drag, with Shift and an arrow, or from the menu of a card.

use super::card::{Card, Cards};
use super::moving::{Moving, beside};
use super::reading::Reading;
use super::row::status_words;
use crate::context::use_project;
use crate::keys::{Act, Scope, act_of, find, has_no_focus, use_keys};
use crate::ui::{format, now};
use leptos::ev::KeyboardEvent;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::Element;
use shared::ReviewItemId;
use shared::address::ReviewsAddress;
use shared::permissions::Action;
use shared::reviews::{BoardColumn, COLUMN, ItemsShown, LONGEST_COLUMN, ReviewItem, ReviewStatus};
use std::time::Duration;

/// Draws the board.
#[component]
pub(super) fn Board(reading: Reading, address: ReviewsAddress) -> impl IntoView {
    let context = use_project();
    let moving = Moving::new(reading);
    let columns = Memo::new(move |_| moving.columns());
    let cards = Cards {
        moving,
        dragged: RwSignal::new(None),
        open: RwSignal::new(None),
        is_movable: context.may(Action::Review),
        organization: StoredValue::new(context.organization),
    };
    let walk = Walk { columns, moving, at: StoredValue::new(None), is_movable: cards.is_movable };
    walk.keep();
    look_again(reading);
    use_keys().on(Scope::List, move |act| matches!(act, Act::RowBelow | Act::RowAbove) && walk.go(walk.at.get_value().as_ref(), act));
    use_keys().on(Scope::List, move |act| {
        let is_undo = act == Act::Undo && cards.is_movable;
        if is_undo {
            moving.take_back();
        }
        is_undo
    });
    // While its card is drawn anew, nothing has the focus.
    use_keys().on(Scope::Board, move |act| {
        let at = walk.at.get_value().filter(|_| has_no_focus());
        at.is_some_and(|at| walk.go(Some(&at), act))
    });
    let key = move |event: KeyboardEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let is_link = target.as_ref().is_some_and(|target| target.matches(".board-card a").unwrap_or(false));
        let Some(id) = target.filter(|_| is_link).as_ref().and_then(item_of) else { return };
        if act_of(&event, Scope::Board).is_some_and(|act| walk.go(Some(&id), act)) {
            event.prevent_default();
        }
    };
    let focused = move |event: leptos::ev::FocusEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        walk.at.set_value(target.as_ref().and_then(item_of));
    };
    let lanes = ReviewStatus::ALL.map(|status| view! { <Lane status columns cards reading address=address.clone()/> });
    let told = move || {
        let told = moving.told.get();
        let place = told.place.map(|place| view! { <a class="link" rel="external" href=place>"Open it"</a> });
        (!told.words.is_empty()).then(|| view! { <p class="board-told" class:refused=told.is_refused>{told.words}" "{place}</p> })
    };
    view! {
        <div class="board-scroll" on:pointerdown=move |_| walk.at.set_value(None)>
            <div role="status">{told}</div>
            <div class="board" on:keydown=key on:focusin=focused>{lanes.into_iter().collect_view()}</div>
        </div>
    }
}

/// Reads the board again when the first of its cards falls out of somebody's hand, which nobody tells.
fn look_again(reading: Reading) {
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(Some(handle)) = waiting.try_update_value(Option::take) {
            handle.clear();
        }
    };
    Effect::new(move |_| {
        let ends = reading.view.with(|view| {
            let items = view.reviews.columns.iter().flat_map(|column| &column.items);
            items.flat_map(|item| &item.claims).map(|claim| claim.until).min()
        });
        stop();
        let Some((ends, now)) = ends.zip(untrack(now)) else { return };
        // The clock here may be wrong.
        let seconds = u64::try_from((ends - now) / 1_000_000).unwrap_or_default().clamp(30, 3_600);
        waiting.set_value(set_timeout_with_handle(move || reading.read(), Duration::from_secs(seconds)).ok());
    });
    on_cleanup(stop);
}

/// The card in which something is.
fn item_of(element: &Element) -> Option<ReviewItemId> {
    element.closest("[data-item]").ok()??.get_attribute("data-item").map(ReviewItemId)
}

/// Going through the cards. Copies share it.
#[derive(Clone, Copy)]
struct Walk {
    columns: Memo<Vec<BoardColumn>>,
    moving: Moving,
    /// The card that has the focus, or had it last.
    at: StoredValue<Option<ReviewItemId>>,
    is_movable: bool,
}

impl Walk {
    /// Does what a key means at a card; at none, goes to the first.
    fn go(self, at: Option<&ReviewItemId>, act: Act) -> bool {
        let columns = self.columns.get_untracked();
        let place = at.and_then(|id| place(&columns, id));
        let Some((column, row)) = place else {
            let first = columns.iter().find_map(|column| column.items.first());
            return first.is_some_and(|item| focus(&item.id));
        };
        let of_column = |column: &BoardColumn| column.items.get(row.min(column.items.len().checked_sub(1)?)).map(|item| item.id.clone());
        let item = &columns[column].items[row];
        let wanted = match act {
            Act::RowBelow => columns[column].items.get(row + 1).map(|item| item.id.clone()),
            Act::RowAbove => row.checked_sub(1).map(|row| columns[column].items[row].id.clone()),
            Act::ColumnAfter => columns[column + 1..].iter().find_map(of_column),
            Act::ColumnBefore => columns[..column].iter().rev().find_map(of_column),
            Act::MoveAfter | Act::MoveBefore if self.is_movable => {
                if let Some(to) = beside(item.status, act == Act::MoveAfter) {
                    self.moving.run(item, to);
                }
                None
            }
            _ => return false,
        };
        wanted.is_none_or(|wanted| focus(&wanted))
    }

    /// Keeps the focus at its card where that is drawn anew, in this column or another.
    fn keep(self) {
        Effect::new(move |_| {
            self.columns.track();
            request_animation_frame(move || {
                let at = self.at.try_get_value().flatten().filter(|_| has_no_focus());
                at.map(|at| focus(&at));
            });
        });
    }
}

fn place(columns: &[BoardColumn], id: &ReviewItemId) -> Option<(usize, usize)> {
    let row = |column: &BoardColumn| column.items.iter().position(|item| item.id == *id);
    columns.iter().enumerate().find_map(|(place, column)| Some((place, row(column)?)))
}

/// Gives a card the focus. False where it is not drawn.
fn focus(id: &ReviewItemId) -> bool {
    find(&["[data-item=\"", id.as_str(), "\"] a"].concat()).is_some_and(|link| link.focus().is_ok())
}

/// Draws a column.
#[component]
fn Lane(status: ReviewStatus, columns: Memo<Vec<BoardColumn>>, cards: Cards, reading: Reading, address: ReviewsAddress) -> impl IntoView {
    let column = Memo::new(move |_| columns.with(|columns| columns.iter().find(|column| column.status == status).cloned()));
    let place = ReviewStatus::ALL.iter().position(|other| *other == status).unwrap_or_default();
    let (class, words) = status_words(status);
    let is_over = RwSignal::new(false);
    let fits = move || {
        let dragged = cards.dragged.get_untracked();
        dragged.filter(|id| {
            column.with_untracked(|column| column.as_ref().is_none_or(|column| column.items.iter().all(|item| item.id != *id)))
        })
    };
    let over = move |event: leptos::ev::DragEvent| {
        if fits().is_some() {
            event.prevent_default();
            is_over.set(true);
        }
    };
    let drop = move |event: leptos::ev::DragEvent| {
        is_over.set(false);
        let Some(id) = fits() else { return };
        event.prevent_default();
        let item = columns.with_untracked(|columns| columns.iter().flat_map(|column| &column.items).find(|item| item.id == id).cloned());
        if let Some(item) = item {
            cards.moving.run(&item, status);
        }
    };
    let items = move || column.get().map(|column| column.items).unwrap_or_default();
    let count = Memo::new(move |_| column.with(|column| column.as_ref().map_or(0, |column| column.count)));
    let more = move || {
        let shown = column.with(|column| column.as_ref().map_or(0, |column| column.items.len()));
        if count.get().unsigned_abs() <= shown as u64 {
            return None;
        }
        if shown >= LONGEST_COLUMN as usize {
            let shown = if status == ReviewStatus::Complete { ItemsShown::Completed } else { ItemsShown::Awaiting };
            let href = ReviewsAddress { shown: Some(shown.word().to_owned()), is_board: false, ..address.clone() }.to_query();
            return Some(view! { <a class="btn small" href=href>"See the rest as a list"</a> }.into_any());
        }
        let ask = move |_| {
            reading.query.update(|query| {
                if let Some(wanted) = query.board.as_mut().and_then(|board| board.get_mut(place)) {
                    *wanted = (*wanted + COLUMN).min(LONGEST_COLUMN);
                }
            });
            reading.read();
        };
        Some(view! { <button class="btn small" type="button" on:click=ask>"Show more"</button> }.into_any())
    };
    view! {
        <section class="lane" aria-label=words class:over=move || is_over.get() on:dragover=over on:dragleave=move |_| is_over.set(false) on:drop=drop>
            <div class="lane-h">
                <span class=format!("review-status {class}") aria-hidden="true"></span><h2>{words}</h2>
                <span class="hint">{move || format::count(count.get().unsigned_abs())}</span>
            </div>
            <ul><For each=items key=look children=move |item| view! { <Card item cards/> }/></ul>
            {more}
        </section>
    }
}

/// What a card looks like: where that changes it is drawn anew.
fn look(item: &ReviewItem) -> String {
    let people = |people: Vec<&str>| people.join(",");
    let claims = people(item.claims.iter().map(|claim| claim.person.id.as_str()).collect());
    let assigned = people(item.assignees.iter().map(|person| person.id.as_str()).collect());
    let counts = [item.done, item.needed, item.round].map(|number| number.to_string()).join(" ");
    let reviews = item.reviews.len().to_string();
    let note = item.note.as_deref().unwrap_or_default();
    [item.id.as_str(), item.status.as_str(), &counts, &reviews, &claims, &assigned, &item.input, &item.output, note].join("\n")
}
