//! The columns that somebody chose, as the server reads them: what is drawn of each, and what has to be computed of the rows.

use super::ShownColumn;
use crate::logs::layout::{CREATED, Layout};
use shared::Problem;
use shared::columns::{Column, MOST_COMPUTED};
use shared::filter::{Kind, parse_expression};
use shared::spans::TraceMeasure;

/// The columns that somebody chose.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::logs) struct Chosen {
    /// Each as it is drawn; none where the list shows those that it has by itself.
    pub(in crate::logs) columns: Vec<ShownColumn>,
    /// The expressions of those that are computed.
    pub(in crate::logs) computed: Vec<String>,
    /// What there is to say about them.
    pub(in crate::logs) note: Option<String>,
}

impl Chosen {
    /// Reads the columns of a list; what names a row always stands there, because it opens the row.
    pub(in crate::logs) fn of(text: &str, layout: &Layout) -> Self {
        let columns = match Column::parse(text) {
            Ok(columns) if columns.is_empty() => return Self::default(),
            Ok(columns) => super::titled(columns, layout),
            Err(problem) => {
                let why = match &problem {
                    Problem::Filter { mistakes } => mistakes.first().map(|mistake| mistake.message.clone()).unwrap_or_default(),
                    other => other.to_string(),
                };
                return Self { note: Some(format!("The columns cannot be shown. {why}")), ..Self::default() };
            }
        };
        let mut chosen = Self::default();
        for column in columns {
            let measure = measure(&column.expression);
            let path = measure.as_ref().map_or_else(|| column.expression.clone(), TraceMeasure::path);
            let heading = column.heading();
            let (class, heading, score) = match (measure, layout.columns.iter().chain([&CREATED]).find(|(.., known)| *known == path)) {
                (Some(TraceMeasure::Score(name)), _) => ("score", column.name.clone().unwrap_or_else(|| name.clone()), name),
                (_, Some((class, heading, _))) => (*class, column.name.clone().unwrap_or_else(|| (*heading).to_owned()), String::new()),
                _ => {
                    chosen.computed.push(column.expression);
                    ("val", heading, String::new())
                }
            };
            // Texts share what room is left, until somebody says how wide they are.
            let grows = column.width.is_none() && ["in", "out", "expected", "md"].contains(&class);
            let width = column.width.unwrap_or_else(|| width(class)).to_string();
            let class = if grows { format!("{class} wide") } else { class.to_owned() };
            chosen.columns.push(ShownColumn { class, heading, score, width });
        }
        if chosen.computed.len() > MOST_COMPUTED {
            let many = chosen.computed.len();
            let note = format!("At most {MOST_COMPUTED} columns can be computed of each row; these are {many}. Take some away.");
            return Self { note: Some(note), ..Self::default() };
        }
        chosen
    }
}

fn measure(expression: &str) -> Option<TraceMeasure> {
    match parse_expression(expression).ok()?.kind {
        Kind::Path(path) => TraceMeasure::of_path(&path),
        _ => None,
    }
}

/// How wide the cells of a class are by themselves.
fn width(class: &str) -> u32 {
    match class {
        "in" | "out" | "expected" | "md" => 220,
        "name" => 180,
        "score" => 94,
        "num er" | "num soft du" | "num soft tk" | "num soft ct" => 72,
        "num tm" => 84,
        _ => 142,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::layout::LOGS;

    #[test]
    fn what_is_chosen_is_drawn_as_the_list_draws_it() {
        let chosen = Chosen::of(
            "scores.\"A b\", input, output 300, metrics.total_tokens, created as When, metadata.channel, len(output) as Long 50",
            &LOGS,
        );
        let drawn: Vec<_> = chosen.columns.iter().map(|column| <[String; 4]>::from(column.clone()).join("|")).collect();
        assert_eq!(
            drawn,
            [
                "name|Name||180",
                "score|A b|A b|94",
                "in wide|Input||220",
                "out|Output||300",
                "num soft tk|Tokens||72",
                "num tm|When||84",
                "val|channel||142",
                "val|Long||50",
            ]
        );
        assert_eq!(chosen.computed, ["metadata.channel", "len(output)"]);
        assert_eq!(Chosen::of("", &LOGS), Chosen::default());
        let many: Vec<_> = (0..=MOST_COMPUTED).map(|place| format!("metadata.x{place}")).collect();
        for text in ["input, a +", &many.join(",")] {
            let refused = Chosen::of(text, &LOGS);
            assert!(refused.note.is_some() && refused.columns.is_empty(), "{refused:?}");
        }
    }
}
