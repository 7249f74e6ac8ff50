//! An item of a review list as a row of a table, and what of it a card shows, too.

use crate::ui::{Avatar, RelativeTime};
use leptos::prelude::*;
use shared::address::{review_link, row_link};
use shared::objects::ObjectKind;
use shared::reviews::{Review, ReviewItem, ReviewStatus, SelectionKind, SkipReason};

/// Reviews that have a mark each.
const MARKED: u32 = 6;

/// People who are named; of more there is a number.
const NAMED: usize = 2;

/// Draws an item. It opens inside its trace: what waits in review mode, what is complete as it stands.
#[component]
pub(super) fn ItemRow(item: ReviewItem, organization: String) -> impl IntoView {
    let href = place(&item, &organization);
    let name = title(&item);
    let done: Vec<&str> = of_round(&item).filter(|review| !review.skipped).map(|review| review.person.name.as_str()).collect();
    let done = (!done.is_empty()).then(|| ["Reviewed by ", &done.join(", ")].concat());
    let skips = skips(&item);
    let (status, word) = status_words(item.status);
    let by = item.flagged_by.as_ref().map(|person| person.name.clone());
    let flagged = by.as_ref().map(|name| ["Flagged by ", name].concat());
    view! {
        <tr data-item=item.id.0.clone()>
            <td class="standing" title=held(&item)><span class=format!("review-status {status}") aria-hidden="true"></span>{word}</td>
            <td class="item"><a class="clip" rel="external" href=href title=name.clone()>{name.clone()}</a></td>
            <td class="note clip" title=item.note.clone()>{item.note.clone()}</td>
            <td class="from">{kind_words(item.row.object_type)}<span class="muted">{how(&item)}</span></td>
            <td class="by" title=flagged>{by}</td>
            <td class="assigned"><Assigned item=item.clone()/></td>
            <td class="reviewers" title=done><Reviewers item=item.clone()/></td>
            <td class="skips muted" title=skips.clone()>{skips.clone()}</td>
            <td class="num age"><RelativeTime micros=item.flagged/></td>
        </tr>
    }
}

/// The address of an item.
pub(super) fn place(item: &ReviewItem, organization: &str) -> String {
    match item.status {
        ReviewStatus::Complete => row_link(organization, item.row.object_type, &item.row.object_id, &item.row.id),
        ReviewStatus::Backlog | ReviewStatus::InReview => review_link(organization, &item.row, item.list.as_str()),
    }
}

/// What an item is called: by its input, else by its span.
pub(super) fn title(item: &ReviewItem) -> String {
    if item.input.is_empty() { item.name.clone() } else { item.input.clone() }
}

/// Who has an item in hand.
pub(super) fn held(item: &ReviewItem) -> Option<String> {
    let held: Vec<&str> = item.claims.iter().map(|claim| claim.person.name.as_str()).collect();
    (!held.is_empty()).then(|| ["In hand: ", &held.join(", ")].concat())
}

/// How often an item was left to others in this round and, as far as one may know, why.
pub(super) fn skips(item: &ReviewItem) -> Option<String> {
    let skips: Vec<_> = of_round(item).filter(|review| review.skipped).collect();
    let mut words: Vec<&str> = skips.iter().filter_map(|review| review.reason).map(reason_words).collect();
    words.dedup();
    let count = (!skips.is_empty()).then(|| format!("skipped {}×", skips.len()))?;
    Some(if words.is_empty() { count } else { [&count, ": ", &words.join(", ")].concat() })
}

fn of_round(item: &ReviewItem) -> impl Iterator<Item = &Review> {
    item.reviews.iter().filter(|review| review.round == item.round)
}

/// How an item came into its list, the last time.
pub(super) fn how(item: &ReviewItem) -> Option<&'static str> {
    item.selections.last().map(|last| how_words(last.kind))
}

/// Draws how many of the reviews that an item needs it has.
#[component]
pub(super) fn Reviewers(item: ReviewItem) -> impl IntoView {
    let marks = (0..item.needed.min(MARKED)).map(|place| view! { <i class:done=place < item.done></i> }).collect_view();
    view! { <span class="marks" aria-hidden="true">{marks}</span>{format!("{} of {}", item.done, item.needed)} }
}

/// Draws who is asked to review an item.
#[component]
pub(super) fn Assigned(item: ReviewItem) -> impl IntoView {
    if item.assignees.is_empty() {
        return view! { <span class="muted">"Anyone"</span> }.into_any();
    }
    let names: Vec<String> = item.assignees.iter().map(|person| person.name.clone()).collect();
    let people = names.iter().take(NAMED).map(|name| view! { <Avatar name=name.clone()/> }).collect_view();
    let more = names.len().checked_sub(NAMED).filter(|more| *more > 0).map(|more| format!(" +{more}"));
    let shown = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    view! { <span class="people" title=names.join(", ")>{people}<span class="clip">{shown}{more}</span></span> }.into_any()
}

/// The class and the word of a status.
pub(super) fn status_words(status: ReviewStatus) -> (&'static str, &'static str) {
    match status {
        ReviewStatus::Backlog => ("backlog", "Backlog"),
        ReviewStatus::InReview => ("in-review", "In review"),
        ReviewStatus::Complete => ("complete", "Complete"),
    }
}

pub(super) fn kind_words(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::ProjectLogs => "Logs",
        ObjectKind::Experiment => "Experiment",
        ObjectKind::Dataset => "Dataset",
    }
}

fn reason_words(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::UnclearQuestion => "unclear question",
        SkipReason::BrokenItem => "broken item",
        SkipReason::OutOfScope => "out of scope",
        SkipReason::Later => "later",
        SkipReason::NotMine => "not mine",
    }
}

fn how_words(kind: SelectionKind) -> &'static str {
    match kind {
        SelectionKind::Manual => "by hand",
        SelectionKind::Filter => "from a filter",
        SelectionKind::Random => "at random",
        SelectionKind::Stratified => "at random, by stratum",
        SelectionKind::Active => "it tells most",
        SelectionKind::Rule => "by rule",
    }
}
