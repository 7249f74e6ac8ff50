//! An item of a review list as a card of the board.

use super::moving::{Moving, move_words};
use super::row::{Assigned, Reviewers, held, how, kind_words, place, skips, title};
use crate::keys::{Act, shortcuts};
use crate::ui::{Icon, IconName, IconSize, RelativeTime};
use leptos::prelude::*;
use shared::ReviewItemId;
use shared::reviews::{ReviewItem, ReviewStatus};

/// What the cards of a board share.
#[derive(Clone, Copy)]
pub(super) struct Cards {
    pub(super) moving: Moving,
    /// The one that is dragged.
    pub(super) dragged: RwSignal<Option<ReviewItemId>>,
    /// The one whose moves are shown.
    pub(super) open: RwSignal<Option<ReviewItemId>>,
    /// Whether who looks may move them.
    pub(super) is_movable: bool,
    pub(super) organization: StoredValue<String>,
}

/// Draws a card.
#[component]
pub(super) fn Card(item: ReviewItem, cards: Cards) -> impl IntoView {
    let href = cards.organization.with_value(|organization| place(&item, organization));
    let (dragged, id) = (cards.dragged, item.id.clone());
    let start = move |event: leptos::ev::DragEvent| {
        carry(&event, &id);
        dragged.set(Some(id.clone()));
    };
    let name = title(&item);
    let note = item.note.clone().map(|note| view! { <span class="note" title=note.clone()><Icon name=IconName::Comment size=IconSize::ExtraSmall/><span class="clip">{note.clone()}</span></span> });
    let told = [held(&item), skips(&item)].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let moves = cards.is_movable.then(|| view! { <Moves item=item.clone() cards/> });
    let keys = cards.is_movable.then(|| [Act::MoveBefore, Act::MoveAfter].into_iter().filter_map(shortcuts).collect::<Vec<_>>().join(" "));
    let about = [&item.name, " · ", kind_words(item.row.object_type), " ", how(&item).as_deref().unwrap_or_default()].concat();
    let output = (!item.output.is_empty())
        .then(|| view! { <span class="output clip" dir="auto" title=item.output.clone()>{item.output.clone()}</span> });
    view! {
        <li class="board-card" data-item=item.id.0.clone() draggable=cards.is_movable.then_some("true")
            on:dragstart=start on:dragend=move |_| dragged.set(None)>
            <div class="what">
                <a rel="external" draggable="false" href=href dir="auto" aria-keyshortcuts=keys>{name}</a>
                {moves}
            </div>
            {output}
            {note}
            <div class="facts">
                <span class="clip" title=about.clone()>{about.clone()}</span>
                <span class="reviewers"><Reviewers item=item.clone()/></span>
                <RelativeTime micros=item.flagged/>
            </div>
            <div class="facts"><span class="assigned"><Assigned item=item.clone()/></span><span class="clip" title=told.clone()>{told.clone()}</span></div>
        </li>
    }
}

/// Says what is dragged: without that some browsers drag nothing.
fn carry(event: &leptos::ev::DragEvent, id: &ReviewItemId) {
    #[cfg(feature = "hydrate")]
    if let Some(data) = event.data_transfer() {
        let _ = data.set_data("text/plain", id.as_str());
        data.set_effect_allowed("move");
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (event, id);
}

/// Draws where a card can be moved to, on demand.
#[component]
fn Moves(item: ReviewItem, cards: Cards) -> impl IntoView {
    let (own, open) = (item.id.clone(), cards.open);
    let is_open = Memo::new(move |_| open.with(|open| open.as_ref() == Some(&own)));
    let id = item.id.clone();
    let toggle = move |_| open.set((!is_open.get_untracked()).then(|| id.clone()));
    let label = ["Move ", &title(&item)].concat();
    let ways = move || {
        let way = |to: ReviewStatus| {
            let item = item.clone();
            let go = move |_| {
                open.set(None);
                cards.moving.run(&item, to);
            };
            view! { <button class="btn small" type="button" on:click=go>{move_words(to)}</button> }
        };
        let ways = ReviewStatus::ALL.into_iter().filter(|to| *to != item.status).map(way).collect_view();
        is_open.get().then(|| view! { <div class="moves" role="group" aria-label="Move">{ways}</div> })
    };
    view! {
        <button class="btn icon ghost small" type="button" aria-label=label title="Move" aria-expanded=move || is_open.get().to_string() on:click=toggle>
            <Icon name=IconName::More/>
        </button>
        {ways}
    }
}
