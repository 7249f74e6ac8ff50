//! Conditions on values inside `metadata` and `metrics`, by what is kept of them.

use super::posted::{FewRows, PostedPlace, PostedRange};
use super::{Narrower, Part};
use sea_orm::Value;
use shared::filter::{BinaryOperator, ComparedScalars, Expression, ScalarRange, compared_scalars};

impl Narrower<'_> {
    /// A value that compares so with an expression.
    pub(super) fn value(&self, operator: BinaryOperator, place: &[&str], value: &Expression) -> Part {
        let (path, exact) = match self.posted_place(place) {
            PostedPlace::Unknown => return Part::UNKNOWN,
            PostedPlace::Nowhere => return self.rest(),
            PostedPlace::At { path, exact } => (path, exact),
        };
        match compared_scalars(operator, value, exact, self.context) {
            ComparedScalars::Nowhere => Part::Nothing,
            ComparedScalars::Unknown => Part::UNKNOWN,
            ComparedScalars::Inside(range) => self.inside(path, &range),
            // It may also be missing.
            ComparedScalars::Outside(range) => match range.point() {
                Some(point) => Part::at_most(format!("NOT {}", self.posting()), self.bound(path, point)),
                None => Part::UNKNOWN,
            },
        }
    }

    /// A value between two others; none where that is no single range.
    pub(super) fn value_between(&self, place: &[&str], low: &Expression, high: &Expression) -> Option<Part> {
        let PostedPlace::At { path, exact } = self.posted_place(place) else { return None };
        let compared = |operator, value| match compared_scalars(operator, value, exact, self.context) {
            ComparedScalars::Inside(range) => Some(range),
            ComparedScalars::Nowhere | ComparedScalars::Outside(_) | ComparedScalars::Unknown => None,
        };
        let above = compared(BinaryOperator::GreaterOrEqual, low)?;
        // A text that reads as a number may lie between a number and a text.
        let below = compared(BinaryOperator::LessOrEqual, high).filter(|below| below.low.first() == above.low.first())?;
        let exact = above.exact && below.exact;
        Some(self.inside(path, &ScalarRange { low: above.low.max(below.low), high: above.high.min(below.high), exact }))
    }

    /// A value that is true, or false.
    pub(super) fn value_is(&self, place: &[&str], truth: bool) -> Part {
        match self.posted_place(place) {
            PostedPlace::Unknown => Part::UNKNOWN,
            PostedPlace::Nowhere => self.rest(),
            PostedPlace::At { path, .. } => self.inside(path, &ScalarRange::boolean(truth)),
        }
    }

    /// A value that is missing, or there.
    pub(super) fn value_null(&self, place: &[&str], null: bool) -> Part {
        let whole = ScalarRange::whole(true);
        match (self.posted_place(place), null) {
            (PostedPlace::Unknown, _) => Part::UNKNOWN,
            (PostedPlace::Nowhere, false) => self.rest(),
            (PostedPlace::Nowhere, true) => match self.posted.rest() {
                Some(_) => Part::UNKNOWN,
                None => Part::certain(true),
            },
            (PostedPlace::At { path, .. }, false) => self.inside(path, &whole),
            (PostedPlace::At { path, .. }, true) => {
                let range = PostedRange::of(path, &whole);
                if self.few(&range).is_none() {
                    return Part::UNKNOWN;
                }
                let (text, bound) = range.spans(self.posted.project());
                let text = format!("{}.key NOT IN ({text})", self.span);
                if self.posted.rest().is_some() { Part::at_most(text, bound) } else { Part::exactly(text, bound) }
            }
        }
    }

    fn posted_place(&self, place: &[&str]) -> PostedPlace {
        // What scorers said may be hidden.
        if self.sight.veils_spans() { PostedPlace::Unknown } else { self.posted.place(place) }
    }

    /// The few rows of a range. What is not known of it is asked for.
    fn few(&self, range: &PostedRange) -> Option<FewRows> {
        self.ranges.borrow_mut().push(range.clone());
        self.posted.few(range)
    }

    /// Rows with a value in a range, and those of which not all is kept.
    fn inside(&self, path: i64, range: &ScalarRange) -> Part {
        let posted = PostedRange::of(path, range);
        let few = self.few(&posted);
        let (mut text, mut values) = match (range.point(), &few) {
            (Some(point), _) => (self.posting(), self.bound(path, point)),
            (None, Some(_)) => {
                let (spans, values) = posted.spans(self.posted.project());
                (format!("{}.key IN ({spans})", self.span), values)
            }
            // Newest first with the evaluator: the values of a range lie in no order of time.
            (None, None) => return Part::UNKNOWN,
        };
        let Some(rest) = self.posted.rest() else {
            return Part::Where { text, values, exact: range.exact, few };
        };
        text = format!("({text} OR {})", self.posting());
        values.extend(self.bound(rest, &[]));
        let few = few.zip(self.posted.few_of_rest()).and_then(|(few, rest)| few.and(rest));
        Part::Where { text, values, exact: false, few }
    }

    /// Rows of which not all is kept.
    fn rest(&self) -> Part {
        match self.posted.rest() {
            None => Part::Nothing,
            Some(rest) => Part::Where { text: self.posting(), values: self.bound(rest, &[]), exact: false, few: self.posted.few_of_rest() },
        }
    }

    /// Whether the span has a value at a path.
    fn posting(&self) -> String {
        let span = self.span;
        format!(
            "EXISTS (SELECT 1 FROM span_values v WHERE v.project = {span}.project AND v.path = ? AND v.value = ? AND v.span = {span}.key)"
        )
    }

    fn bound(&self, path: i64, value: &[u8]) -> Vec<Value> {
        vec![Value::from(path), Value::from(value.to_vec())]
    }
}
