//! Rows of experiments and datasets: the input is their name.

use super::layout::{Layout, SCORES};
use super::state::LogsState;
use crate::context::use_project;
use crate::ui::format;
use crate::ui::markup::row_origin;
use shared::html;
use shared::markup::Html;
use shared::spans::{Case, TraceRow};

/// The rows of experiments.
pub(super) static EXPERIMENT: Layout = Layout {
    class: "experiment",
    columns: &[
        ("name", "Input", "input"),
        ("expected", "Expected", "expected"),
        ("out", "Output", "output"),
        SCORES,
        ("tg", "Tags", "tags"),
        ("num er", "Errors", "error"),
        ("num soft du", "Duration", "metrics.duration"),
        ("num soft tk", "Tokens", "metrics.tokens"),
        ("num soft ct", "Cost", "metrics.estimated_cost"),
    ],
    cell,
};

/// The rows of datasets.
pub(super) static DATASET: Layout = Layout {
    class: "dataset",
    columns: &[
        ("name", "Input", "input"),
        ("expected", "Expected", "expected"),
        ("md", "Metadata", "metadata"),
        SCORES,
        ("tg", "Tags", "tags"),
        ("og", "Origin", "origin"),
    ],
    cell,
};

fn cell(_: &LogsState, row: &TraceRow, class: &str) -> Html {
    let case = row.case.as_ref();
    match class {
        "expected" => said(case, |case| &case.expected),
        "md" => said(case, |case| &case.metadata),
        "og" => html!("{}", case.and_then(|case| case.origin.as_ref()).map(|origin| row_origin(&use_project().organization, origin))),
        "num er" if row.errors == 0 => Html::ours(r#"<span class="soft">0</span>"#),
        "num er" => html!(r#"<span class="err">{}</span>"#, format::count(row.errors.unsigned_abs())),
        _ => Html::default(),
    }
}

/// What is not known, because the list has no room for it, is said to be unknown.
fn said(case: Option<&Case>, read: impl Fn(&Case) -> &str) -> Html {
    match case {
        Some(case) => html!("{}", read(case)),
        None => Html::ours("…"),
    }
}
