//! A list of like objects as a table, with a column for each key.

use super::drawing::Drawing;
use super::{file, json, one_line};
use shared::figures;
use shared::html;
use shared::markup::Html;
use shared::spans::JsonKind;

/// Columns at most.
const COLUMNS: usize = 30;
/// Rows that are drawn at first.
const ROWS: usize = 20;
/// Rows that follow when one asks for more.
const ROWS_MORE: usize = 200;
/// Rows that are drawn when all is asked for.
const ROWS_WHOLE: usize = 2_000;
/// Rows by whose keys it is decided whether they are alike.
const LOOKED_AT: usize = 50;
/// Characters of a cell.
const CELL: usize = 200;

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

/// The table of a list; none if it is no list of like objects. Where somebody looks for words, the rows that hold them.
pub(super) fn table(drawing: &mut Drawing<'_>, list: &str) -> Option<Html> {
    let columns = columns(list)?;
    let most = match (drawing.find, drawing.whole) {
        (Some(_), _) => usize::MAX,
        (None, true) => ROWS_WHOLE,
        (None, false) => ROWS,
    };
    let body = rows(drawing, list, &columns, 0, most);
    let head: Html = columns.iter().map(|key| html!(r#"<th scope="col"><bdi>{}</bdi></th>"#, super::tree::shown_key(key))).collect();
    Some(html!(
        r#"<div class="like-rows" role="region" aria-label="Table" tabindex="0"><table><thead><tr><th scope="col">#</th>{}</tr></thead><tbody>{}</tbody></table></div>"#,
        head,
        body
    ))
}

/// The rows of a table that follow those that are known; none if it is no list of like objects.
pub(super) fn more(drawing: &mut Drawing<'_>, list: &str, from: usize) -> Option<Html> {
    let columns = columns(list)?;
    Some(rows(drawing, list, &columns, from, ROWS_MORE))
}

fn rows(drawing: &mut Drawing<'_>, list: &str, columns: &[&str], from: usize, most: usize) -> Html {
    let held = json::children(list, from.saturating_add(most));
    let (mut body, mut drawn) = (Html::default(), 0);
    for (number, (_, row)) in held.first.iter().enumerate().skip(from) {
        let holds = |words: &super::Words| words.is_in(&json::unescape_inside(row, usize::MAX).text);
        if drawing.find.is_some_and(|words| drawn == ROWS_WHOLE || !holds(words)) {
            continue;
        }
        drawn += 1;
        let row = json::children(row, json::MOST_CHILDREN);
        let cells: Html =
            columns.iter().map(|key| row.value_of(key).map_or(Html::ours("<td></td>"), |value| cell(drawing, value))).collect();
        body.push(&html!(r#"<tr><th scope="row">{}</th>{}</tr>"#, number, cells));
    }
    let rest = held.count.saturating_sub(held.first.len().max(from));
    if rest > 0 {
        drawing.cut = true;
        let more = figures::counted(rest as u64, "more row", "more rows");
        let more = match drawing.place(list) {
            Some(at) => html!(
                r#"<button class="fold" type="button" data-at="{}" data-from="{}" data-as="rows">{}</button>"#,
                at,
                held.first.len().max(from),
                more
            ),
            None => html!(r#"<span class="hint">{}</span>"#, more),
        };
        body.push(&html!(r#"<tr><td colspan="{}">{}</td></tr>"#, columns.len() + 1, more));
    }
    body
}

/// A cell: what is long is folded, and unfolds in it.
fn cell(drawing: &Drawing<'_>, value: &str) -> Html {
    let at = drawing.place(value);
    let place = at.map(|at| html!(r#" data-at="{}" tabindex="-1""#, at));
    let kind = json::kind(value);
    let shown = match kind {
        JsonKind::Number | JsonKind::Bool => return html!(r#"<td class="num"{}>{}</td>"#, place, value),
        JsonKind::Null => return html!(r#"<td{}><span class="nul">null</span></td>"#, place),
        JsonKind::String => json::unescape(value, CELL * 12).text,
        JsonKind::Object | JsonKind::Array => json::compact(value, CELL * 12),
    };
    if let Some(media) = file::of(value) {
        return html!("<td{}>{}</td>", place, file::block(drawing, "file", &media));
    }
    let line = one_line(&shown, CELL);
    let is_whole = match drawing.find {
        // What is marked has to be seen.
        Some(_) if kind == JsonKind::String => return html!("<td{}><bdi>{}</bdi></td>", place, json::unescape(value, usize::MAX).text),
        Some(_) => return html!("<td{}><bdi>{}</bdi></td>", place, json::compact(value, usize::MAX)),
        None => value.len() <= CELL || !line.ends_with('…'),
    };
    let more = at.filter(|_| !is_whole).map(|at| {
        let what = if kind == JsonKind::String { "text" } else { "json" };
        let size = figures::bytes(value.len() as u64);
        html!(r#" <button class="fold" type="button" data-at="{}" data-as="{}">All {}</button>"#, at, what, size)
    });
    html!("<td{}><bdi>{}</bdi>{}</td>", place, line, more)
}
