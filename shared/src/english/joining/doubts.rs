//! Neighbours that people would read in two ways.

use super::{Link, Outcome, Unit, ambiguous};
use crate::english::build::{all, any, one_of, opposite};
use crate::english::{Meaning, NotUnderstood, span};
use crate::filter::{BinaryOperator, Expression, Kind};

/// Takes out what two neighbours leave in doubt.
pub(super) fn without_doubts(units: Vec<(Link, Unit)>, outcome: &mut Outcome) -> Vec<(Link, Unit)> {
    let mut kept: Vec<(Link, Unit)> = Vec::with_capacity(units.len());
    for (link, unit) in units {
        let Some((_, before)) = kept.last() else {
            kept.push((link, unit));
            continue;
        };
        let range = before.range.start..unit.range.end;
        let (one, other) = (&before.clause, &unit.clause);
        if one.event && other.time && link == Link::Beside {
            let reason = "It is known when a row was made, not when this was said of it. For the first, put a comma before the time.";
            let meaning = Meaning { words: "made then".to_owned(), expression: other.expression.to_string() };
            outcome.unknown.push(NotUnderstood { range: span(&unit.range), reason: reason.to_owned(), meanings: vec![meaning] });
            continue;
        }
        if !matches!(link, Link::Or | Link::CommaOr)
            && let Some(either) = kept.iter().find_map(|(_, before)| never_both(&before.clause.expression, &other.expression))
        {
            let reason = "No row is both. Say “or” where one of them is meant.".to_owned();
            let meanings = vec![Meaning { words: "one of them".to_owned(), expression: either.to_string() }];
            outcome.unknown.push(NotUnderstood { range: span(&range), reason, meanings });
            kept.pop();
            continue;
        }
        if one.bare && other.bare && link == Link::And && are_items_of_one_list(&one.expression, &other.expression) {
            let either = any(vec![one.expression.clone(), other.expression.clone()]);
            let both = all(vec![one.expression.clone(), other.expression.clone()]);
            outcome.unknown.push(ambiguous(&range, &both, &either));
            kept.pop();
            continue;
        }
        let reaches = one.negated && other.bare && link != Link::Beside;
        let goes_on = one.open && other.bare && matches!(link, Link::And | Link::Or);
        if reaches || goes_on {
            let join = |other: Expression| match link {
                Link::Or | Link::CommaOr => any(vec![one.expression.clone(), other]),
                Link::Beside | Link::And | Link::Comma => all(vec![one.expression.clone(), other]),
            };
            let both = all(vec![one.expression.clone(), opposite(other.expression.clone())]);
            let doubt = ambiguous(&range, &join(other.expression.clone()), &both);
            let doubt = if reaches { doubt } else { NotUnderstood { meanings: doubt.meanings.into_iter().take(1).collect(), ..doubt } };
            outcome.unknown.push(doubt);
            kept.pop();
            continue;
        }
        kept.push((link, unit));
    }
    kept
}

/// Two values that one place cannot both have, as a choice of them.
fn never_both(one: &Expression, other: &Expression) -> Option<Expression> {
    let equal = |expression: &Expression| match &expression.kind {
        Kind::Binary { operator: BinaryOperator::Equal, left, right } => Some(((**left).clone(), (**right).clone())),
        _ => None,
    };
    let ((place, value), (other_place, other_value)) = (equal(one)?, equal(other)?);
    (place == other_place && value != other_value).then(|| one_of(place, vec![value, other_value])).flatten()
}

/// Whether both ask for an item of the same list: of *triage and billing* alone nobody can say whether both are meant.
fn are_items_of_one_list(one: &Expression, other: &Expression) -> bool {
    let list = |expression: &Expression| match &expression.kind {
        Kind::Binary { operator: BinaryOperator::Includes, left, .. } => Some((**left).clone()),
        _ => None,
    };
    list(one).is_some() && list(one) == list(other)
}
