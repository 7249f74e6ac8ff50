//! An item of a review list as a row of a table.

use crate::ui::RelativeTime;
use leptos::prelude::*;
use shared::address::review_link;
use shared::objects::ObjectKind;
use shared::reviews::{ReviewItem, ReviewStatus};

/// Draws an item. It opens inside its trace, in review mode.
pub(super) fn item_row(item: &ReviewItem, organization: &str) -> impl IntoView + use<> {
    let href = review_link(organization, &item.row, item.list.as_str());
    let name = if item.input.is_empty() { item.name.clone() } else { item.input.clone() };
    let assigned = match item.assignees.as_slice() {
        [] => "Anyone".to_owned(),
        people => people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join(", "),
    };
    let held: Vec<&str> = item.claims.iter().map(|claim| claim.person.name.as_str()).collect();
    let held = (!held.is_empty()).then(|| format!("In hand: {}", held.join(", ")));
    let skips = item.reviews.iter().filter(|review| review.skipped && review.round == item.round).count();
    let skips = (skips > 0).then(|| view! { <span class="muted">{format!(" · skipped {skips}×")}</span> });
    view! {
        <tr data-item=item.id.0.clone()>
            <td class="nowrap" title=held>{status_words(item.status)}</td>
            <td class="item"><a class="clip" rel="external" href=href title=name.clone()>{name.clone()}</a></td>
            <td class="clip" title=item.note.clone()>{item.note.clone()}</td>
            <td class="nowrap">{kind_words(item.row.object_type)}</td>
            <td class="clip">{assigned}</td>
            <td class="nowrap">{format!("{} of {}", item.done, item.needed)}{skips}</td>
            <td class="num nowrap" title=item.flagged_by.as_ref().map(|person| format!("Flagged by {}", person.name))><RelativeTime micros=item.flagged/></td>
        </tr>
    }
}

fn status_words(status: ReviewStatus) -> &'static str {
    match status {
        ReviewStatus::Backlog => "Backlog",
        ReviewStatus::InReview => "In review",
        ReviewStatus::Complete => "Complete",
    }
}

fn kind_words(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::ProjectLogs => "Logs",
        ObjectKind::Experiment => "Experiment",
        ObjectKind::Dataset => "Dataset",
    }
}
