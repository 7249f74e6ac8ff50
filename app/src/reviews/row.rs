//! An item of a review list as a row of a table, and what of it a card shows, too.

use crate::ui::{Avatar, RelativeTime, format};
use leptos::prelude::*;
use shared::address::{ReviewsAddress, review_link, row_link};
use shared::objects::ObjectKind;
use shared::reviews::{Review, ReviewItem, ReviewStatus, Selection, SelectionKind, SkipReason};

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
            <td class="from">{kind_words(item.row.object_type)}<span class="muted" title=ways(&item)>{how(&item)}</span></td>
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
        ReviewStatus::Backlog | ReviewStatus::InReview if item.is_pair => {
            let (list, pair) = (Some(item.list.0.clone()), Some(item.id.0.clone()));
            ReviewsAddress { list, pair, ..ReviewsAddress::default() }.to_query()
        }
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
pub(super) fn how(item: &ReviewItem) -> Option<String> {
    item.selections.last().map(|last| [how_words(last.kind), &stratum(last)].concat())
}

/// How an item came into its list, each time, at length.
pub(super) fn ways(item: &ReviewItem) -> Option<String> {
    let ways: Vec<String> = item.selections.iter().map(way).collect();
    (!ways.is_empty()).then(|| ways.join("; "))
}

fn stratum(selection: &Selection) -> String {
    selection.stratum.as_ref().map(|stratum| [": ", if stratum.is_empty() { "none" } else { stratum }].concat()).unwrap_or_default()
}

/// One way into a list: "drawn at random: 20 of 412 (input = 1)", "by the rule error is not null, 5 %".
fn way(selection: &Selection) -> String {
    let rows = selection.frame.as_ref().map(|frame| frame.rows).filter(|rows| *rows > 0);
    let filter = selection.frame.as_ref().map(|frame| frame.filter.trim()).filter(|filter| !filter.is_empty());
    let mut words = match (selection.kind, rows) {
        (SelectionKind::Random, _) => "drawn at random".to_owned(),
        (SelectionKind::Stratified, _) => ["drawn at random, by stratum", &stratum(selection)].concat(),
        (SelectionKind::Rule, _) => "by the rule".to_owned(),
        (kind @ (SelectionKind::Manual | SelectionKind::Filter | SelectionKind::Active), _) => how_words(kind).to_owned(),
    };
    match (selection.kind, selection.probability, rows) {
        // Of a stratum it is not the whole frame that was drawn from.
        (SelectionKind::Random, Some(probability), Some(rows)) => {
            words += &format!(": {:.0} of {}", probability * rows as f64, format::count(rows.unsigned_abs()));
        }
        (SelectionKind::Manual, ..) | (_, None, None) => {}
        (_, Some(probability), _) => words += &format!(", {}", format::percent_short(probability)),
        (_, None, Some(rows)) => words += &format!(", {} rows", format::count(rows.unsigned_abs())),
    }
    if let Some(filter) = filter {
        words += &format!(" ({filter})");
    }
    if selection.kind == SelectionKind::Rule && selection.probability.is_none() {
        words += ", in no rates";
    }
    words
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

#[cfg(test)]
mod tests {
    use super::way;
    use shared::reviews::{Selection, SelectionFrame, SelectionKind};

    #[test]
    fn how_an_item_came_is_told_in_words() {
        let frame = |filter: &str, rows| Some(SelectionFrame { filter: filter.to_owned(), as_of: 1, rows });
        let of = |kind, probability, frame| Selection { kind, probability, frame, ..Selection::default() };
        let drawn = of(SelectionKind::Random, Some(20.0 / 412.0), frame("", 412));
        assert_eq!(way(&drawn), "drawn at random: 20 of 412");
        let of_stratum = Selection { stratum: Some("pro".to_owned()), ..of(SelectionKind::Stratified, Some(0.5), frame("a = 1", 9)) };
        assert_eq!(way(&of_stratum), "drawn at random, by stratum: pro, 50 % (a = 1)");
        assert_eq!(way(&of(SelectionKind::Rule, Some(0.25), frame("error is not null", 0))), "by the rule, 25 % (error is not null)");
        assert_eq!(way(&of(SelectionKind::Rule, None, None)), "by the rule, in no rates");
        assert_eq!(way(&of(SelectionKind::Filter, None, frame("a = 1", 1_500))), "from a filter, 1,500 rows (a = 1)");
        assert_eq!(way(&Selection::default()), "by hand");
    }
}
