//! What the rows of a list show: those of logs here, those of experiments and datasets in the part of the trace.

use super::row::cells;
use super::state::{LogsState, ScoreColumn};
use shared::markup::Html;
use shared::spans::TraceRow;

/// What the rows of a list show. Scores stand between the other columns.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    /// The class of the table.
    pub(super) class: &'static str,
    /// The columns before the scores: each a class and its heading.
    pub(super) before: &'static [(&'static str, &'static str)],
    /// Those after the scores but for *Created*, which is always the last.
    pub(super) after: &'static [(&'static str, &'static str)],
    /// The cells of a row, for `now`.
    pub(super) cells: fn(&LogsState, &TraceRow, &[ScoreColumn], Option<i64>) -> Html,
}

/// The rows of logs.
pub(super) static LOGS: Layout = Layout {
    class: "logs",
    before: &[("name", "Name"), ("in", "Input"), ("out", "Output")],
    after: &[("tg", "Tags"), ("num du", "Duration"), ("num tk", "Tokens"), ("num ct", "Cost")],
    cells,
};
