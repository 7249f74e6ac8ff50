//! What a row, or one of its cells, can be filtered by: the list that the right button brings up, or a long touch, or the key for menus.

use super::FilterField;
use super::builder::{score_place, with};
use crate::logs::LogsState;
use crate::logs::columns::scores;
use crate::ui::{Dialog, opened_by};
use leptos::prelude::*;
use leptos::web_sys::Element;
use shared::filter::{Chip, Chips, format_instant, parse_expression, quote_text};
use shared::spans::TraceRow;

/// Draws the list whenever a row is asked about.
#[component]
pub(super) fn CellMenu(field: FilterField) -> impl IntoView {
    let state = expect_context::<LogsState>();
    let offered = RwSignal::new(None::<Vec<Chip>>);
    let open = opened_by(offered);
    Effect::new(move |_| {
        if let Some(is_pointed) = field.asked.get() {
            field.asked.set(None);
            offered.set(asked_about(state, is_pointed));
        }
    });
    let filter = state.filter.get_value();
    let chips = StoredValue::new(parse_expression(&filter).map(|expression| Chips::of(&expression)).unwrap_or_default());
    let show = move |chip: Chip, is_alone: bool| {
        let chips = if is_alone { Chips::default() } else { chips.get_value() };
        let filter = if chips.0.contains(&chip) { chips } else { with(&chips, None, chip) };
        offered.set(None);
        field.go.run(filter.text());
    };
    let is_filtered = state.is_filtered();
    let line = move |(number, chip): (usize, Chip)| {
        let (words, alone) = (chip.words(), chip.clone());
        let label = format!("Show only {words}");
        view! {
            <li>
                <button class="btn ghost" type="button" autofocus=number == 0 on:click=move |_| show(chip.clone(), false)><span class="clip">{words}</span></button>
                {is_filtered.then(|| view! { <button class="btn small" type="button" aria-label=label on:click=move |_| show(alone.clone(), true)>"Show only"</button> })}
            </li>
        }
    };
    let lines = move || {
        let lines = offered.get()?.into_iter().enumerate().map(line).collect_view();
        Some(view! { <ul class="dialog-b filter-choices">{lines}</ul> })
    };
    view! { <Dialog title="Filter by" open>{lines}</Dialog> }
}

/// What the cell that is asked about can be filtered by; all of the row where that is nothing, or where no cell is pointed at.
fn asked_about(state: LogsState, is_pointed: bool) -> Option<Vec<Chip>> {
    let target = document().query_selector("[data-asked]").ok().flatten()?;
    // What is marked was an element of this page.
    let _ = target.remove_attribute("data-asked");
    let key: i64 = target.closest("tr[data-key]").ok()??.get_attribute("data-key")?.parse().ok()?;
    let row = state.traces.with_untracked(|traces| traces.rows.iter().find(|row| row.key == key).cloned())?;
    let chosen = state.columns.get_untracked().into_iter().filter(|column| column.class == "score").map(|column| column.score);
    let names: Vec<String> = match state.columns.with_untracked(Vec::is_empty) {
        true => untrack(|| scores(&state)).into_iter().map(|column| column.name).collect(),
        false => chosen.collect(),
    };
    let is_of_logs = untrack(|| state.is_of_logs());
    let cell = target.closest("td").ok().flatten().filter(|_| is_pointed);
    let of_cell = cell.map(|cell| about(&row, &cell.class_name(), names.get(scores_before(&cell)).map(String::as_str), is_of_logs));
    let texts = of_cell.filter(|texts| !texts.is_empty()).unwrap_or_else(|| about_all(&row, &names, is_of_logs));
    Some(texts.iter().filter_map(|text| parse_expression(text).ok()).map(|expression| Chip::of(&expression)).collect())
}

/// How many cells with scores stand before one.
fn scores_before(cell: &Element) -> usize {
    std::iter::successors(cell.previous_element_sibling(), Element::previous_element_sibling)
        .filter(|cell| cell.class_list().contains("score"))
        .count()
}

/// The conditions about a whole row.
fn about_all(row: &TraceRow, scores: &[String], is_of_logs: bool) -> Vec<String> {
    let cells = |classes: &[&str]| classes.iter().flat_map(|class| about(row, class, None, is_of_logs)).collect::<Vec<_>>();
    let scores = scores.iter().flat_map(|name| about(row, "score", Some(name), is_of_logs));
    [cells(&["name"]), scores.collect(), cells(&["tg", "er", "du", "tk", "ct", "tm"])].concat()
}

/// The conditions about a cell, which is known by its class. `score` is the score that a cell with one shows.
fn about(row: &TraceRow, class: &str, score: Option<&str>, is_of_logs: bool) -> Vec<String> {
    let around = |place: &str, value: Option<String>| {
        value.map(|value| vec![format!("{place} > {value}"), format!("{place} < {value}")]).unwrap_or_default()
    };
    let parts = |units: i64, whole: f64| (units as f64 / whole).to_string();
    let is = |name: &str| class.split(' ').any(|word| word == name);
    if is("name") && is_of_logs && !row.name.is_empty() {
        let name = quote_text(&row.name);
        return vec![format!("span_attributes.name = {name}"), format!("span_attributes.name != {name}")];
    }
    if let Some(name) = score.filter(|_| is("score")) {
        let place = score_place(name);
        let Some(score) = row.scores.get(name) else { return vec![format!("{place} is null")] };
        let value = score.value;
        return [vec![format!("{place} = {value}"), format!("{place} != {value}")], around(&place, Some(value.to_string()))].concat();
    }
    if is("tg") {
        let tags = row.tags.iter().map(|tag| quote_text(tag));
        return tags.flat_map(|tag| [format!("tags includes {tag}"), format!("not tags includes {tag}")]).collect();
    }
    if is("er") || class == "err" {
        return vec![if row.errors == 0 { "error is null" } else { "error is not null" }.to_owned()];
    }
    if is("du") {
        return around("metrics.duration", row.duration.map(|micros| parts(micros, 1e6)));
    }
    if is("tk") {
        return around("metrics.tokens", row.tokens.map(|tokens| tokens.to_string()));
    }
    if is("ct") {
        return around("metrics.estimated_cost", row.cost.map(|nanodollars| parts(nanodollars, 1e9)));
    }
    if is("tm") {
        let time = quote_text(&format_instant(row.created));
        return vec![format!("created >= {time}"), format!("created < {time}")];
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::{about, about_all};
    use shared::filter::{Chip, parse_expression};
    use shared::spans::TraceRow;
    use shared::summary::{ScoreKind, TraceScore};

    fn row() -> TraceRow {
        let score = TraceScore { value: 0.75, kind: ScoreKind::Human, spread: None };
        TraceRow {
            key: 1,
            root_span_id: "r".into(),
            row_id: "i".into(),
            name: "it's".into(),
            created: 1_700_000_000_000_000,
            input: String::new(),
            output: String::new(),
            errors: 0,
            spans: 1,
            comments: 0,
            duration: Some(1_250_000),
            tokens: Some(42),
            cost: None,
            scores: [("A b".to_owned(), score)].into(),
            tags: vec!["Triage".into()],
            case: None,
            values: Vec::new(),
        }
    }

    #[track_caller]
    fn check(class: &str, score: Option<&str>, expected: &[&str]) {
        let texts = about(&row(), class, score, true);
        assert_eq!(texts, expected);
        for text in texts {
            assert!(matches!(Chip::of(&parse_expression(&text).unwrap()), Chip::Condition { .. }), "{text}");
        }
    }

    #[test]
    fn each_cell_has_its_conditions() {
        check("name", None, &["span_attributes.name = 'it''s'", "span_attributes.name != 'it''s'"]);
        check(
            "score pref",
            Some("A b"),
            &["scores.\"A b\" = 0.75", "scores.\"A b\" != 0.75", "scores.\"A b\" > 0.75", "scores.\"A b\" < 0.75"],
        );
        check("score more", Some("Other"), &["scores.Other is null"]);
        check("tg", None, &["tags includes 'Triage'", "not tags includes 'Triage'"]);
        check("num soft du", None, &["metrics.duration > 1.25", "metrics.duration < 1.25"]);
        check("num soft tk", None, &["metrics.tokens > 42", "metrics.tokens < 42"]);
        check("num soft ct", None, &[]);
        check("num tm", None, &["created >= '2023-11-14T22:13:20Z'", "created < '2023-11-14T22:13:20Z'"]);
        check("in", None, &[]);
    }

    #[test]
    fn a_row_has_those_of_all_its_cells() {
        assert_eq!(about_all(&row(), &["A b".to_owned()], true).len(), 15);
        // What names a row of an experiment is its input, which is cut.
        assert_eq!(about_all(&row(), &["A b".to_owned()], false).len(), 13);
    }
}
