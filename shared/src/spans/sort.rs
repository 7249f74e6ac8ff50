//! Orders of rows of traces, as they are written: `scores."A b" desc`, `metrics.duration`, `created desc`.

use crate::Problem;
use crate::filter::{Kind, Step, parse_expression, quote_path_step};
use serde::{Deserialize, Serialize};

/// What rows of traces are put in order by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TraceMeasure {
    /// The mean of a score.
    Score(String),
    /// From the first start to the last end.
    Duration,
    /// Tokens.
    Tokens,
    /// The cost.
    Cost,
    /// The time of the root.
    Created,
}

/// An order of rows of traces. Those of which nothing is known come last; what is equal comes in the same direction by its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceSort {
    /// By what.
    pub by: TraceMeasure,
    /// The greatest first, and of equal ones the newest.
    pub descending: bool,
}

impl TraceMeasure {
    /// The measure that a path of the filter language means; none for what rows are not kept in the order of.
    pub fn of_path(path: &[Step]) -> Option<Self> {
        let keys: Vec<&str> = path.iter().map(Step::key).collect::<Option<_>>()?;
        Some(match keys.as_slice() {
            ["scores", name] => Self::Score((*name).to_owned()),
            ["metrics", "duration"] => Self::Duration,
            ["metrics", "tokens" | "total_tokens"] => Self::Tokens,
            ["metrics", "estimated_cost"] => Self::Cost,
            ["created"] => Self::Created,
            _ => return None,
        })
    }

    /// Its path, as [`TraceMeasure::of_path`] reads it.
    pub fn path(&self) -> String {
        match self {
            Self::Score(name) => format!("scores.{}", quote_path_step(name)),
            Self::Duration => "metrics.duration".to_owned(),
            Self::Tokens => "metrics.tokens".to_owned(),
            Self::Cost => "metrics.estimated_cost".to_owned(),
            Self::Created => "created".to_owned(),
        }
    }
}

impl TraceSort {
    /// The order that lists have by themselves.
    pub const NEWEST_FIRST: Self = Self { by: TraceMeasure::Created, descending: true };

    /// Reads an order: a path, then `asc` or `desc`; the smallest first where neither stands. Empty text is the newest first.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for what rows cannot be put in order by.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::NEWEST_FIRST);
        }
        let (path, descending) = match text.rsplit_once(char::is_whitespace) {
            Some((path, word)) if word.eq_ignore_ascii_case("desc") => (path, true),
            Some((path, word)) if word.eq_ignore_ascii_case("asc") => (path, false),
            _ => (text, false),
        };
        let by = parse_expression(path).ok().and_then(|expression| match expression.kind {
            Kind::Path(path) => TraceMeasure::of_path(&path),
            _ => None,
        });
        let reason = "Rows can be put in order by a score, as in scores.Helpfulness desc, by metrics.duration, metrics.tokens, \
                      metrics.estimated_cost and created.";
        by.map(|by| Self { by, descending }).ok_or_else(|| Problem::invalid("sort", reason))
    }

    /// As [`TraceSort::parse`] reads it; empty for the newest first.
    pub fn to_text(&self) -> String {
        if *self == Self::NEWEST_FIRST {
            return String::new();
        }
        format!("{} {}", self.by.path(), if self.descending { "desc" } else { "asc" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_as_it_is_written() {
        for (text, expected) in [
            ("", ""),
            (" created  DESC ", ""),
            ("created", "created asc"),
            ("scores.A desc", "scores.A desc"),
            ("scores.\"A desc\"", "scores.\"A desc\" asc"),
            ("scores.\"a \"\"b\" desc", "scores.\"a \"\"b\" desc"),
            ("metrics.total_tokens asc", "metrics.tokens asc"),
            ("metrics.estimated_cost desc", "metrics.estimated_cost desc"),
        ] {
            let sort = TraceSort::parse(text).unwrap();
            assert_eq!(sort.to_text(), expected, "{text}");
            assert_eq!(TraceSort::parse(expected).unwrap(), sort);
        }
        for text in ["desc", "scores", "scores.A + 1", "scores.A, created", "metadata.a desc", "scores.A | limit: 1", "'", "name"] {
            assert!(TraceSort::parse(text).is_err(), "{text}");
        }
    }
}
