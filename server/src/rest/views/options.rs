//! What pages read of the `options` of a view: `columnOrder` lists the columns that are shown, in their order, each by an expression of the
//! filter language with its heading after `as`, or by a word of SDKs; `columnVisibility` takes columns out of it, `columnSizing` says widths,
//! `timeRangeFilter` the time that rows are of, `rowHeight` whether they are `tall`, and `grouping` by what they are grouped. Without
//! `columnOrder` a list has its own columns.

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use shared::Problem;
use shared::columns::Column;
use shared::filter::{format_instant, parse_instant};
use shared::ranges::TimeRange;
use shared::spans::RowGrouping;
use shared::views::{COMFORTABLE, ListState};

/// Words of SDKs for columns.
const WORDS: [(&str, &str); 6] = [
    ("name", "span_attributes.name"),
    ("duration", "metrics.duration"),
    ("tokens", "metrics.tokens"),
    ("total_tokens", "metrics.tokens"),
    ("cost", "metrics.estimated_cost"),
    ("estimated_cost", "metrics.estimated_cost"),
];

/// How a list is shown, as options say it, but for filter and order. What they say in another way is not for pages to read.
///
/// # Errors
/// [`Problem::Invalid`] for more than a list can show.
pub(super) fn read(options: Option<&RawValue>) -> Result<ListState, Problem> {
    let options: Value = options.and_then(|options| serde_json::from_str(options.get()).ok()).unwrap_or_default();
    let mut columns: Vec<Column> = Vec::new();
    for id in options["columnOrder"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if options["columnVisibility"][id] == json!(false) {
            continue;
        }
        let Some(mut column) = column(id) else { continue };
        let width = options["columnSizing"][id].as_f64().filter(|width| *width >= 1.0);
        column.width = width.map(|width| width.min(1e6).round() as u32);
        columns.push(column);
    }
    let columns =
        Column::parse(&Column::to_text(&columns)).map_err(|problem| Problem::invalid("options.columnOrder", problem.to_string()))?;
    let range = match &options["timeRangeFilter"] {
        Value::String(text) => TimeRange::parse(text).ok().flatten(),
        Value::Object(moments) => {
            let moment = |key: &str| moments.get(key).and_then(Value::as_str).and_then(parse_instant);
            let range = TimeRange::Between(moment("from"), moment("to"));
            TimeRange::parse(&range.to_text()).ok().flatten()
        }
        _ => None,
    };
    Ok(ListState {
        columns: Column::to_text(&columns),
        range: range.map(|range| range.to_text()).unwrap_or_default(),
        density: if options["rowHeight"] == json!("tall") { COMFORTABLE.to_owned() } else { String::new() },
        group: options["grouping"]
            .as_str()
            .and_then(|text| RowGrouping::parse(text).ok().flatten())
            .map(|by| by.to_text())
            .unwrap_or_default(),
        ..ListState::default()
    })
}

/// The column that is called so.
fn column(id: &str) -> Option<Column> {
    let text = WORDS.iter().find(|(word, _)| *word == id).map_or(id, |(_, path)| path);
    match Column::parse(text).ok()?.as_slice() {
        [column] => Some(column.clone()),
        _ => None,
    }
}

/// What is said of a column where it is saved: all but its width.
fn id(column: &Column) -> String {
    Column::to_text(&[Column { width: None, ..column.clone() }])
}

/// What a page has saved since an SDK sent options: the members that say it. `sent` is what those said.
pub(super) fn changes(sent: &ListState, stands: &ListState) -> Map<String, Value> {
    let mut changes = Map::new();
    if sent.columns != stands.columns {
        let columns = Column::parse(&stands.columns).unwrap_or_default();
        let before = Column::parse(&sent.columns).unwrap_or_default();
        let shown: Map<_, _> = columns.iter().map(|column| (id(column), json!(true))).collect();
        let gone = before.iter().filter(|column| columns.iter().all(|shown| shown.expression != column.expression));
        let hidden = gone.map(|column| (id(column), json!(false)));
        let widths: Map<_, _> = columns.iter().map(|column| (id(column), json!(column.width))).collect();
        changes.insert("columnOrder".to_owned(), columns.iter().map(id).collect());
        changes.insert("columnSizing".to_owned(), Value::Object(widths));
        changes.insert("columnVisibility".to_owned(), Value::Object(hidden.chain(shown).collect()));
    }
    if sent.range != stands.range {
        let range = match TimeRange::parse(&stands.range).ok().flatten() {
            None => Value::Null,
            Some(TimeRange::Between(from, to)) => json!({ "from": from.map(format_instant), "to": to.map(format_instant) }),
            Some(range) => json!(range.to_text()),
        };
        changes.insert("timeRangeFilter".to_owned(), range);
    }
    if sent.density != stands.density {
        changes.insert("rowHeight".to_owned(), json!(if stands.density.is_empty() { "compact" } else { "tall" }));
    }
    if sent.group != stands.group {
        changes.insert("grouping".to_owned(), json!(Some(&stands.group).filter(|group| !group.is_empty())));
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(options: &Value) -> ListState {
        read(Some(&serde_json::value::to_raw_value(options).unwrap())).unwrap()
    }

    #[test]
    fn what_sdks_send_is_read_and_what_pages_save_comes_back() {
        let options = json!({
            "columnOrder": ["name", "input", "cost", "len(output) as Long", 5, "no such )"],
            "columnVisibility": { "cost": false },
            "columnSizing": { "input": 240.4, "name": 0 },
            "timeRangeFilter": { "from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z" },
            "rowHeight": "tall",
            "grouping": "metadata.thread_id",
        });
        let state = of(&options);
        assert_eq!(state.columns, "span_attributes.name, input 240, len(output) as Long");
        assert_eq!((state.range.as_str(), state.density.as_str()), ("2026-01-01T00:00:00Z/2026-02-01T00:00:00Z", "comfortable"));
        assert_eq!(state.group, "metadata.thread_id");
        assert!(changes(&state, &state).is_empty());
        let saved = ListState { columns: "output 90, metadata.a as \"A, b\"".to_owned(), range: "7d".to_owned(), ..ListState::default() };
        let merged = changes(&state, &saved);
        assert_eq!(of(&Value::Object(merged.clone())), saved);
        assert_eq!((&merged["timeRangeFilter"], &merged["rowHeight"]), (&json!("7d"), &json!("compact")));
        assert_eq!(of(&Value::Object(changes(&saved, &ListState::default()))), ListState::default());
        assert_eq!(of(&json!({ "timeRangeFilter": "never", "columnOrder": "x" })), ListState::default());
        assert_eq!(of(&json!([])), ListState::default());
    }
}
