//! Where the review of a row stands, in the words of this language, and in those that SDKs send for the same.

use super::syntax::{Expression, Kind, Step};
use std::borrow::Cow;

/// The word for where a review stands, of whatever somebody calls it; none for a text that says nothing known.
pub fn review_status(text: &str) -> Option<&'static str> {
    match text.trim().to_ascii_uppercase().as_str() {
        "" | "PENDING" | "BACKLOG" => Some("backlog"),
        "IN_PROGRESS" | "IN_REVIEW" => Some("in_review"),
        "COMPLETE" | "COMPLETED" | "APPROVED" | "REJECTED" => Some("complete"),
        _ => None,
    }
}

/// What is written beside `review.status`, in the words in which rows say it: `'PENDING'` is `'backlog'`.
pub(super) fn in_our_words<'tree>(written: &'tree Expression, beside: &Expression) -> Cow<'tree, Expression> {
    let is_status = |path: &[Step]| path.iter().map(Step::key).eq([Some("review"), Some("status")]);
    match &beside.kind {
        Kind::Path(path) if is_status(path) => {
            Cow::Owned(written.clone().map(&mut |inner| match inner.kind.text().filter(|text| !text.is_empty()).and_then(review_status) {
                Some(word) => Expression::new(Kind::Text(word.to_owned()), inner.span),
                None => inner,
            }))
        }
        _ => Cow::Borrowed(written),
    }
}
