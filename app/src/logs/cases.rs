//! Rows of experiments and datasets: the input is their name.

use super::layout::Layout;
use super::row::{chips, created, marks, measures, scores};
use super::state::{LogsState, ScoreColumn};
use crate::context::use_project;
use crate::ui::format;
use leptos::prelude::{WithValue, untrack};
use shared::address::{RowsPage, row_link};
use shared::html;
use shared::markup::Html;
use shared::objects::{ObjectKind, RowAddress};
use shared::spans::{Case, TraceRow};

/// Characters of an id that tell rows apart.
const ID: usize = 8;

/// The rows of experiments.
pub(super) static EXPERIMENT: Layout = Layout {
    class: "experiment",
    before: &[("name", "Input"), ("expected", "Expected"), ("out", "Output")],
    after: &[("tg", "Tags"), ("num er", "Errors"), ("num du", "Duration"), ("num tk", "Tokens"), ("num ct", "Cost")],
    cells: experiment_cells,
};

/// The rows of datasets.
pub(super) static DATASET: Layout = Layout {
    class: "dataset",
    before: &[("name", "Input"), ("expected", "Expected"), ("md", "Metadata")],
    after: &[("tg", "Tags"), ("og", "Origin")],
    cells: dataset_cells,
};

fn experiment_cells(state: &LogsState, row: &TraceRow, columns: &[ScoreColumn], now: Option<i64>) -> Html {
    let errors = match row.errors {
        0 => html!(r#"<td class="num soft er">0</td>"#),
        errors => html!(r#"<td class="num err er">{}</td>"#, format::count(errors.unsigned_abs())),
    };
    html!(
        r#"{}<td class="out">{}</td>{}<td class="tg">{}</td>{}{}{}"#,
        input_and_expected(state, row),
        row.output,
        scores(row, columns),
        chips(state, &row.tags),
        errors,
        measures(row),
        created(row, now),
    )
}

fn dataset_cells(state: &LogsState, row: &TraceRow, columns: &[ScoreColumn], now: Option<i64>) -> Html {
    let case = row.case.as_ref();
    html!(
        r#"{}<td class="md">{}</td>{}<td class="tg">{}</td><td class="og">{}</td>{}"#,
        input_and_expected(state, row),
        said(case, |case| &case.metadata),
        scores(row, columns),
        chips(state, &row.tags),
        case.and_then(|case| case.origin.as_ref()).map(origin),
        created(row, now),
    )
}

fn input_and_expected(state: &LogsState, row: &TraceRow) -> Html {
    // The filter of a list never changes; another filter is another list.
    let link = untrack(|| state.address_of(Some(&row.root_span_id), None));
    html!(
        r#"<td class="name"><span class="row"><a class="clip" href="{}" data-noscroll>{}</a>{}</span></td><td class="expected">{}</td>"#,
        link,
        row.title(state.rows.with_value(RowsPage::kind)),
        marks(row),
        said(row.case.as_ref(), |case| &case.expected),
    )
}

/// What is not known, because the list has no room for it, is said to be unknown.
fn said(case: Option<&Case>, read: impl Fn(&Case) -> &str) -> Html {
    match case {
        Some(case) => html!("{}", read(case)),
        None => Html::ours("…"),
    }
}

/// The link to the row that a case was made of.
fn origin(row: &RowAddress) -> Html {
    let word = match row.object_type {
        ObjectKind::ProjectLogs => "Logs",
        ObjectKind::Experiment => "Experiment",
        ObjectKind::Dataset => "Dataset",
    };
    let link = row_link(&use_project().organization, row.object_type, &row.object_id, &row.id);
    let id: String = row.id.as_str().chars().take(ID).collect();
    html!(r#"<a class="link" href="{}" rel="external">{} <code>{}</code></a>"#, link, word, id)
}
