//! An item of a review list as a row of a table.

use crate::ui::{Avatar, RelativeTime};
use leptos::prelude::*;
use shared::address::{review_link, row_link};
use shared::objects::ObjectKind;
use shared::reviews::{ReviewItem, ReviewStatus, SelectionKind};

/// Reviews that have a mark each.
const MARKED: u32 = 6;

/// People who are named; of more there is a number.
const NAMED: usize = 2;

/// Draws an item. It opens inside its trace: what waits in review mode, what is complete as it stands.
#[component]
pub(super) fn ItemRow(item: ReviewItem, organization: String) -> impl IntoView {
    let href = match item.status {
        ReviewStatus::Complete => row_link(&organization, item.row.object_type, &item.row.object_id, &item.row.id),
        ReviewStatus::Backlog | ReviewStatus::InReview => review_link(&organization, &item.row, item.list.as_str()),
    };
    let name = if item.input.is_empty() { item.name.clone() } else { item.input.clone() };
    let held: Vec<&str> = item.claims.iter().map(|claim| claim.person.name.as_str()).collect();
    let held = (!held.is_empty()).then(|| format!("In hand: {}", held.join(", ")));
    let skips = item.reviews.iter().filter(|review| review.skipped && review.round == item.round).count();
    let skips = (skips > 0).then(|| view! { <span class="muted">{format!("skipped {skips}×")}</span> });
    let marks = (0..item.needed.min(MARKED)).map(|place| view! { <i class:done=place < item.done></i> }).collect_view();
    let flagged = item.flagged_by.as_ref().map(|person| format!("Flagged by {}", person.name));
    let (status, word) = status_words(item.status);
    view! {
        <tr data-item=item.id.0.clone()>
            <td class="standing" title=held><span class=format!("review-status {status}") aria-hidden="true"></span>{word}</td>
            <td class="item"><a class="clip" rel="external" href=href title=name.clone()>{name.clone()}</a></td>
            <td class="note clip" title=item.note.clone()>{item.note.clone()}</td>
            <td class="from">{kind_words(item.row.object_type)}<span class="muted">{item.selections.last().map(|last| how_words(last.kind))}</span></td>
            <td class="assigned"><Assigned item=item.clone()/></td>
            <td class="reviewers"><span class="marks" aria-hidden="true">{marks}</span>{format!("{} of {}", item.done, item.needed)}{skips}</td>
            <td class="num age" title=flagged><RelativeTime micros=item.flagged/></td>
        </tr>
    }
}

#[component]
fn Assigned(item: ReviewItem) -> impl IntoView {
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
fn status_words(status: ReviewStatus) -> (&'static str, &'static str) {
    match status {
        ReviewStatus::Backlog => ("backlog", "Backlog"),
        ReviewStatus::InReview => ("in-review", "In review"),
        ReviewStatus::Complete => ("complete", "Complete"),
    }
}

fn kind_words(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::ProjectLogs => "Logs",
        ObjectKind::Experiment => "Experiment",
        ObjectKind::Dataset => "Dataset",
    }
}

/// How a row came into its list.
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
