//! How an item looks in JSON.

use serde_json::{Value, json};
use shared::filter::format_instant;
use shared::people::Person;
use shared::reviews::{Review, ReviewClaim, ReviewItem, WhyNext};
use store::Desk;

/// An item, with why the caller got it where they just did. `claim` is theirs, else that of who has had it in hand the longest.
pub fn item(item: &ReviewItem, desk: &Desk, why: Option<WhyNext>) -> Value {
    let me = &desk.actor().person.id;
    let mine = item.claims.iter().find(|claim| claim.person.id == *me).or(item.claims.first());
    let first = item.selections.first();
    json!({
        "id": item.id, "project_id": item.project, "list": item.list, "object_type": item.row.object_type.as_str(),
        "object_id": item.row.object_id, "row_id": item.row.id, "root_span_id": item.root_span_id, "name": item.name, "listed": item.listed,
        "is_pair": item.is_pair,
        "status": item.status.as_str(), "status_text": item.text, "note": item.note, "round": item.round,
        "assignees": item.assignees.iter().map(|person| &person.email).collect::<Vec<_>>(),
        "reviewers_done": item.done, "reviewers_needed": item.needed, "flagged_by": item.flagged_by.as_ref().map(address),
        "created": format_instant(item.flagged), "source": first.map(|selection| selection.kind), "selection": item.selections.last(),
        "selections": item.selections, "claim": mine.map(|mine| claim(mine, why)),
        "claims": item.claims.iter().map(|held| claim(held, None)).collect::<Vec<_>>(),
        "reviews": item.reviews.iter().map(review).collect::<Vec<_>>(),
    })
}

fn address(person: &Person) -> &str {
    &person.email
}

fn claim(claim: &ReviewClaim, why: Option<WhyNext>) -> Value {
    json!({ "reviewer": claim.person.email, "expires": format_instant(claim.until), "reason": why })
}

fn review(review: &Review) -> Value {
    json!({
        "reviewer": review.person.email, "round": review.round, "skipped": review.skipped, "reason": review.reason, "note": review.note,
        "created": format_instant(review.created),
    })
}
