//! What a well-formed expression may still have wrong: unknown columns and functions, comparisons that can never be
//! true, aggregates where there is nothing to aggregate.

mod queries;
mod types;

use super::diagnostic::{Diagnostic, nearest};
use super::function::Function;
use super::syntax::{BinaryOperator, Expression, Kind, Step};
use super::time::parse_instant;
use super::words::tokens;
pub(super) use queries::{check_query, expand_aliases};
pub(super) use types::type_of_path;
use types::{inside, type_of};

/// The columns of a row. `scores` holds what counts, `reported` what the API reported, `feedback` what end users said, `gold` what was
/// settled, `answers` what reviewers said, and `review` the state of the review. `arrived` is false of rows that only feedback speaks of, which nothing finds that does not ask
/// for `arrived = false`.
pub const COLUMNS: &[&str] = &[
    "id",
    "created",
    "_xact_id",
    "_pagination_key",
    "span_id",
    "root_span_id",
    "span_parents",
    "is_root",
    "arrived",
    "input",
    "output",
    "expected",
    "error",
    "scores",
    "reported",
    "feedback",
    "gold",
    "answers",
    "metadata",
    "metrics",
    "tags",
    "context",
    "span_attributes",
    "origin",
    "comments",
    "review",
    "audit_data",
    "project_id",
    "org_id",
    "log_id",
    "experiment_id",
    "dataset_id",
    "facets",
    "classifications",
    "__bt_assignments",
    "span_type_info",
];

/// Names that people look for at the top level, and the column that holds them.
pub(super) const INSIDE: [(&str, &str); 25] = [
    ("model", "metadata.model"),
    ("user_id", "metadata.user_id"),
    ("name", "span_attributes.name"),
    ("type", "span_attributes.type"),
    ("purpose", "span_attributes.purpose"),
    ("score", "scores"),
    ("tag", "tags"),
    ("comment", "comments"),
    ("start", "metrics.start"),
    ("end", "metrics.end"),
    ("duration", "metrics.duration"),
    ("latency", "metrics.duration"),
    ("tokens", "metrics.tokens"),
    ("total_tokens", "metrics.total_tokens"),
    ("prompt_tokens", "metrics.prompt_tokens"),
    ("completion_tokens", "metrics.completion_tokens"),
    ("cost", "metrics.estimated_cost"),
    ("time", "created"),
    ("date", "created"),
    ("status", "review.status"),
    ("assignee", "review.assignees"),
    ("assignees", "review.assignees"),
    ("reviewer", "review.reviewers"),
    ("reviewers", "review.reviewers"),
    ("answer", "answers"),
];

/// The mistakes of an expression that selects rows.
pub fn check(expression: &Expression) -> Vec<Diagnostic> {
    let mut checker = Checker::default();
    checker.expression(expression);
    checker.found
}

/// So many mistakes are noted; more of them say no more.
const MOST_NOTED: usize = 100;

/// What may stand in an expression, and what was found wrong.
#[derive(Default)]
struct Checker<'names> {
    /// Names beside the columns: those that rows have more, or those of an aggregated answer.
    names: Vec<&'names str>,
    /// Whether there may be names that only the rows tell.
    any_name: bool,
    /// Whether what is computed of many rows has a meaning here.
    aggregates: bool,
    found: Vec<Diagnostic>,
}

impl Checker<'_> {
    fn expression(&mut self, expression: &Expression) {
        if self.found.len() >= MOST_NOTED {
            return;
        }
        let span = || expression.span.clone();
        match &expression.kind {
            Kind::Path(path) => self.path(expression, path),
            Kind::Call { name, arguments } => {
                self.call(expression, name, arguments);
                return;
            }
            Kind::Binary { operator, left, right } => self.binary(*operator, left, right),
            Kind::In { list, .. } if matches!(&list.kind, Kind::Array(items) if items.is_empty()) => {
                let message = "An empty list holds nothing, so nothing can match.";
                self.found.push(Diagnostic::new(list.span.clone(), message, "empty list"));
            }
            Kind::In { list, .. }
                if matches!(
                    list.kind,
                    Kind::Null | Kind::Boolean(_) | Kind::Number(_) | Kind::Decimal(_) | Kind::Text(_) | Kind::Object(_)
                ) =>
            {
                let found = Diagnostic::new(list.span.clone(), "`in` looks in a list.", "a list is expected here");
                self.found.push(found.with_help("Write: metadata.model in ['gpt-4o', 'gpt-4o-mini']"));
            }
            Kind::And(operands) | Kind::Or(operands) if operands.is_empty() => {
                self.found.push(Diagnostic::new(span(), "There are no conditions to join.", "empty"));
            }
            _ => {}
        }
        expression.kind.for_each_child(&mut |child| self.expression(child));
    }

    fn path(&mut self, expression: &Expression, path: &[Step]) {
        let Some(Step::Key(head)) = path.first() else { return };
        if self.any_name || self.names.contains(&head.as_str()) {
            return;
        }
        if COLUMNS.contains(&head.as_str()) {
            self.found.extend(inside(expression, head, &path[1..]));
            return;
        }
        let small = head.to_lowercase();
        let inside = INSIDE.iter().find(|(name, _)| *name == small).map(|(_, column)| *column);
        let known = COLUMNS.iter().copied().chain(self.names.iter().copied());
        let help = match inside.or_else(|| nearest(head, known)) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => {
                let step = super::print::quote_path_step(head);
                format!("A score is scores.{step}, a field of your own is metadata.{step}, and text stands in quotes: '{head}'.")
            }
        };
        let start = expression.span.start;
        let end = expression.span.end.min(start.saturating_add(u32::try_from(head.len()).unwrap_or(0)));
        let message = format!("There is no column `{head}`.");
        self.found.push(Diagnostic::new(start..end.max(start), message, "unknown column").with_help(help));
    }

    fn call(&mut self, expression: &Expression, name: &str, arguments: &[Expression]) {
        let start = expression.span.start;
        let name_span = start..expression.span.end.min(start.saturating_add(u32::try_from(name.len()).unwrap_or(0)));
        let Some(function) = Function::named(name) else {
            let found = Diagnostic::new(name_span, format!("There is no function `{name}`."), "unknown function");
            self.found.push(match nearest(name, Function::names()) {
                Some(near) => found.with_help(format!("Did you mean `{near}`?")),
                None => found.with_help(format!("The functions are {}.", Function::names().collect::<Vec<_>>().join(", "))),
            });
            return;
        };
        if function.is_aggregate() && !self.aggregates {
            let message = format!("`{name}` computes one value of many rows, which has no meaning here.");
            let help = "Use it in `measures:` and what follows them, and not inside another aggregate.";
            self.found.push(Diagnostic::new(name_span.clone(), message, "aggregate").with_help(help));
        }
        let (fewest, most) = function.arguments();
        if arguments.len() < fewest || most.is_some_and(|most| arguments.len() > most) {
            let expected = match most {
                Some(most) if most == fewest => count_of(fewest),
                Some(most) => format!("{fewest} or {most} arguments"),
                None => format!("{} or more", count_of(fewest)),
            };
            let message = format!("`{name}` takes {expected}, not {}.", arguments.len());
            self.found.push(Diagnostic::new(expression.span.clone(), message, format!("{expected} expected")));
        }
        if let (Function::DateTrunc, Some(Kind::Text(unit))) = (function, arguments.first().map(|first| &first.kind))
            && super::time::counted_unit(unit).is_none()
        {
            let message = format!("`{unit}` is not a unit of time.");
            let help = "Write 'hour', 'day', 'week', 'month', 'year' or for example '15 minutes'.";
            self.found.push(Diagnostic::new(arguments[0].span.clone(), message, "unknown unit").with_help(help));
        }
        if let (Function::Percentile, Some(part)) = (function, arguments.get(1))
            && !matches!(&part.kind, Kind::Number(part) if part.as_f64().is_some_and(|part| (0.0..=1.0).contains(&part)))
        {
            let message = format!("`{name}` needs to know below which part of the values: a number from 0 to 1.");
            let found = Diagnostic::new(part.span.clone(), message, "not from 0 to 1");
            self.found.push(found.with_help("Write 0.95 or 95% for the value below which 95 of 100 lie."));
        }
        // An aggregate of an aggregate has no meaning either.
        let outside = self.aggregates;
        self.aggregates = outside && !function.is_aggregate();
        arguments.iter().for_each(|argument| self.expression(argument));
        self.aggregates = outside;
    }

    /// Notes what can never be true because of what a column holds.
    fn types(&mut self, operator: BinaryOperator, left: &Expression, right: &Expression) {
        for (column, literal, turned) in [(left, right, false), (right, left, true)] {
            let Kind::Path(path) = &column.kind else { continue };
            let Some(held) = type_of(path) else { continue };
            if let Some((message, help)) = held.mismatch(operator, column, literal, turned) {
                self.found.push(Diagnostic::new(literal.span.clone(), message, "never true").with_help(help));
            }
        }
    }

    fn binary(&mut self, operator: BinaryOperator, left: &Expression, right: &Expression) {
        use BinaryOperator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, Match, NotEqual};
        let compares = matches!(operator, Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual);
        if compares && (matches!(left.kind, Kind::Null) || matches!(right.kind, Kind::Null)) {
            let (other, null) = if matches!(right.kind, Kind::Null) { (left, right) } else { (right, left) };
            let test = if operator == NotEqual { "is not null" } else { "is null" };
            let message = "Comparing with null is never true.";
            let help = format!("Write: {other} {test}");
            self.found.push(Diagnostic::new(null.span.clone(), message, "never true").with_help(help));
        }
        for (column, literal) in [(left, right), (right, left)] {
            if let (true, Kind::Path(path), Kind::Text(text)) = (compares, &column.kind, &literal.kind)
                && matches!(path.as_slice(), [Step::Key(head)] if head == "created")
                && parse_instant(text).is_none()
            {
                let message = format!("`{text}` is not a date.");
                let help = "Write '2026-01-31' or '2026-01-31T12:00:00Z', or count back: now() - interval 7 day";
                self.found.push(Diagnostic::new(literal.span.clone(), message, "not a date").with_help(help));
            }
        }
        if self.names.is_empty() {
            self.types(operator, left, right);
        }
        if let (Match, Kind::Text(text)) = (operator, &right.kind)
            && tokens(text).next().is_none()
        {
            let message = "There is no word to look for.";
            self.found.push(Diagnostic::new(right.span.clone(), message, "no word").with_help("Use `like` to find signs."));
        }
    }
}

fn count_of(number: usize) -> String {
    match number {
        0 => "no arguments".to_owned(),
        1 => "one argument".to_owned(),
        2 => "two arguments".to_owned(),
        more => format!("{more} arguments"),
    }
}
