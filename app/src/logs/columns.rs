//! Columns of a table of rows: those that the list has by itself, or those that somebody chose, which the server has read.

#[cfg(feature = "ssr")]
mod chosen;
mod grouping;
mod menu;
mod moving;
mod part;
mod range;

#[cfg(feature = "ssr")]
pub(super) use chosen::Chosen;
pub(super) use part::{draw_list_dialogs, resize_column};

use super::cases::{DATASET, EXPERIMENT};
use super::layout::{CREATED, LOGS, Layout, LayoutColumn, SCORES};
use super::state::{LogsState, ScoreColumn};
use crate::ui::markup::icon;
use crate::ui::{IconSize, ScoreKind, score_source};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::address::RowsPage;
use shared::columns::Column;
use shared::filter::quote_path_step;
use shared::html;
use shared::markup::Html;
use shared::objects::ObjectKind;
use shared::views::ListState;

/// A column as it is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "[String; 4]", into = "[String; 4]")]
pub struct ShownColumn {
    /// The class of its cells, which says what is drawn.
    pub class: String,
    /// Its heading.
    pub heading: String,
    /// The score that it shows.
    pub score: String,
    /// Its width in pixels, as text; empty where the style sheet knows it.
    pub width: String,
}

impl From<[String; 4]> for ShownColumn {
    fn from([class, heading, score, width]: [String; 4]) -> Self {
        Self { class, heading, score, width }
    }
}

impl From<ShownColumn> for [String; 4] {
    fn from(column: ShownColumn) -> Self {
        [column.class, column.heading, column.score, column.width]
    }
}

impl ShownColumn {
    fn of_layout((class, heading, _): &LayoutColumn) -> Self {
        Self { class: (*class).to_owned(), heading: (*heading).to_owned(), ..Self::default() }
    }

    /// What the rows can be put in order by under its heading.
    fn measure(&self) -> Option<String> {
        Some(match self.class.split(' ').next_back()? {
            "score" => format!("scores.{}", quote_path_step(&self.score)),
            "du" => "metrics.duration".to_owned(),
            "tk" => "metrics.tokens".to_owned(),
            "ct" => "metrics.estimated_cost".to_owned(),
            "tm" => "created".to_owned(),
            _ => return None,
        })
    }

    /// The attribute that says its width.
    pub(super) fn width(&self) -> Html {
        if self.width.is_empty() { Html::default() } else { html!(r#" width="{}""#, self.width) }
    }
}

/// Scores of scorers and end users that have a column beside the questions.
const OTHER_COLUMNS: usize = 4;

/// The columns of the table: those that were chosen, else those of the layout, where every question that somebody has answered has a column,
/// whatever the filter; other scores share what room is left.
pub(super) fn columns(state: &LogsState, layout: &Layout) -> Vec<ShownColumn> {
    let chosen = state.columns.get();
    if !chosen.is_empty() {
        return chosen;
    }
    let mut columns = Vec::new();
    for column in layout.columns.iter().chain([&CREATED]) {
        if *column == SCORES {
            columns.extend(scores(state).into_iter().map(|score| ShownColumn {
                class: "score".to_owned(),
                heading: score.name.clone(),
                score: score.name,
                width: String::new(),
            }));
        } else {
            columns.push(ShownColumn::of_layout(column));
        }
    }
    columns
}

/// The scores that have a column by themselves.
pub(super) fn scores(state: &LogsState) -> Vec<ScoreColumn> {
    let mut scores = state.scores();
    scores.retain(|column| state.has_values(&column.name));
    let asked = scores.iter().filter(|column| column.kind == ScoreKind::Human).count();
    let room = OTHER_COLUMNS.saturating_sub(asked).max(1);
    let mut others = 0;
    scores.retain(|column| {
        let is_other = column.kind != ScoreKind::Human;
        others += usize::from(is_other);
        !is_other || others <= room
    });
    scores
}

/// The row of headings. Each that rows can be put in order by is a link, and each has an edge that is dragged.
pub(super) fn heads(state: &LogsState, columns: &[ShownColumn]) -> Html {
    let scores = state.scores();
    let mut heads = Html::default();
    for column in columns {
        let measure = column.measure();
        let direction = measure.as_deref().and_then(|measure| state.direction_by(measure));
        let sorted = direction.map(|direction| html!(r#" aria-sort="{}""#, direction));
        let source = (column.class == "score").then(|| {
            let kind = scores.iter().find(|score| score.name == column.score).map_or(ScoreKind::Automatic, |score| score.kind);
            score_source(kind)
        });
        let title = source.map(|(_, words)| html!(r#" title="{}: {}""#, words, column.score));
        let icon = source.map(|(name, _)| icon(name, IconSize::Small));
        let words = match &measure {
            Some(measure) => html!(r#"<a href="{}">{}</a>"#, state.address_by(measure), column.heading),
            None => html!("{}", column.heading),
        };
        heads.push(&html!(
            r#"<th scope="col" class="{}"{}{}{}>{}{}<i class="edge"></i></th>"#,
            column.class,
            column.width(),
            title,
            sorted,
            icon,
            words
        ));
    }
    heads
}

/// What the rows of the list show by themselves.
fn layout_of(state: &LogsState) -> &'static Layout {
    layout_of_kind(state.rows.with_value(RowsPage::kind))
}

/// What the rows of an object show by themselves.
pub(super) fn layout_of_kind(kind: ObjectKind) -> &'static Layout {
    match kind {
        ObjectKind::ProjectLogs => &LOGS,
        ObjectKind::Experiment => &EXPERIMENT,
        ObjectKind::Dataset => &DATASET,
    }
}

/// The columns with what names a row, which opens it: it always stands there.
fn titled(mut columns: Vec<Column>, layout: &Layout) -> Vec<Column> {
    if let Some((_, _, title)) = layout.columns.first()
        && columns.iter().all(|column| column.expression != *title)
    {
        columns.insert(0, Column::of(title));
    }
    columns
}

/// The columns that the list has by itself, as they are written.
fn by_itself(state: &LogsState) -> Vec<Column> {
    let mut columns = Vec::new();
    for column in layout_of(state).columns.iter().chain([&CREATED]) {
        if *column == SCORES {
            columns.extend(scores(state).into_iter().map(|score| Column::of_score(&score.name)));
        } else {
            columns.push(Column::of(column.2));
        }
    }
    columns
}

/// The columns of the table as they are written, in their order.
fn listed(state: &LogsState) -> Vec<Column> {
    match Column::parse(&state.shown().columns) {
        Ok(columns) if !columns.is_empty() => titled(columns, layout_of(state)),
        _ => by_itself(state),
    }
}

/// The address of the list with other columns: without saying any where they are those that it has by itself.
fn say(state: &LogsState, columns: &[Column]) -> String {
    let columns = if untrack(|| by_itself(state)) == columns { String::new() } else { Column::to_text(columns) };
    said(state, |shown| ListState { columns, ..shown })
}

/// The address of the list as it is shown, with a change.
fn said(state: &LogsState, change: impl FnOnce(ListState) -> ListState) -> String {
    let query = change(state.shown()).said(&state.shown_address()).to_query();
    if query.is_empty() { "?".to_owned() } else { query }
}
