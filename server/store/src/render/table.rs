//! A list of like objects as a table, with a column for each key.

use super::drawing::Drawing;
use super::{json, preview};
use shared::figures;
use shared::html;
use shared::markup::Html;
use shared::spans::JsonKind;

/// Columns at most.
const COLUMNS: usize = 30;
/// Rows that are drawn unless the whole is asked for.
const ROWS: usize = 100;
/// Rows at the very most.
const ROWS_WHOLE: usize = 2_000;
/// Rows by whose keys it is decided whether they are alike.
const LOOKED_AT: usize = 50;
/// Characters of a cell.
const CELL: usize = 300;

/// Whether a value is a list of two objects or more whose keys are mostly the same.
pub(super) fn is_of_like_objects(value: &str) -> bool {
    json::kind(value) == JsonKind::Array && columns(value).is_some()
}

/// The keys of the first rows in the order in which they appear; none if the rows have too little in common.
fn columns(list: &str) -> Option<Vec<&str>> {
    let first = json::children(list, LOOKED_AT).first;
    let mut keys: Vec<&str> = Vec::new();
    let mut cells = 0;
    for (_, row) in &first {
        if json::kind(row) != JsonKind::Object {
            return None;
        }
        let held = json::children(row, COLUMNS + 1);
        cells += held.first.len();
        for (key, _) in held.first {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        if keys.len() > COLUMNS {
            return None;
        }
    }
    (first.len() > 1 && !keys.is_empty() && cells * 2 >= keys.len() * first.len()).then_some(keys)
}

/// The table of a list; none if it is no list of like objects.
pub(super) fn table(drawing: &mut Drawing<'_>, list: &str) -> Option<Html> {
    let columns = columns(list)?;
    let most = if drawing.whole { ROWS_WHOLE } else { ROWS };
    let rows = json::children(list, most);
    let mut body = Html::default();
    for (_, row) in &rows.first {
        let row = json::children(row, json::MOST_CHILDREN);
        let cell = |key: &&str| match row.value_of(key) {
            Some(value) => match json::kind(value) {
                JsonKind::Number => html!(r#"<td class="num">{}</td>"#, preview(value, CELL)),
                JsonKind::Null => Html::ours(r#"<td><span class="nul">null</span></td>"#),
                _ => html!("<td><bdi>{}</bdi></td>", preview(value, CELL)),
            },
            None => Html::ours("<td></td>"),
        };
        body.push(&html!("<tr>{}</tr>", columns.iter().map(cell).collect::<Html>()));
    }
    let head: Html = columns.iter().map(|key| html!(r#"<th scope="col"><bdi>{}</bdi></th>"#, super::tree::shown_key(key))).collect();
    let rest = rows.count - rows.first.len();
    drawing.cut |= rest > 0;
    let more = (rest > 0).then(|| html!(r#"<p class="hint">{} more rows</p>"#, figures::count(rest as u64)));
    Some(html!(
        r#"<div class="like-rows" role="region" aria-label="Table" tabindex="0"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>{}"#,
        head,
        body,
        more
    ))
}
