//! What the rows of a list show: those of logs here, those of experiments and datasets in the part of the trace.

use super::row::no_cell;
use super::state::LogsState;
use shared::markup::Html;
use shared::spans::TraceRow;

/// What the rows of a list show by themselves.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    /// The class of the table.
    pub(super) class: &'static str,
    /// The columns but for *Created*, which is always the last: each the class of its cells, its heading, and what it shows as a filter says it.
    pub(super) columns: &'static [LayoutColumn],
    /// The cells of the classes that only this list has.
    pub(super) cell: fn(&LogsState, &TraceRow, &str) -> Html,
}

/// The class of its cells, its heading, and what it shows as a filter says it.
pub(super) type LayoutColumn = (&'static str, &'static str, &'static str);

/// Where the columns of scores stand by themselves.
pub(super) const SCORES: LayoutColumn = ("score", "", "scores");

/// What comes last in every list.
pub(super) const CREATED: LayoutColumn = ("num tm", "Created", "created");

/// The rows of logs.
pub(super) static LOGS: Layout = Layout {
    class: "logs",
    columns: &[
        ("name", "Name", "span_attributes.name"),
        ("in", "Input", "input"),
        ("out", "Output", "output"),
        SCORES,
        ("tg", "Tags", "tags"),
        ("num soft du", "Duration", "metrics.duration"),
        ("num soft tk", "Tokens", "metrics.tokens"),
        ("num soft ct", "Cost", "metrics.estimated_cost"),
    ],
    cell: no_cell,
};
