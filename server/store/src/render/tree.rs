//! JSON as the lines of a tree.

use super::{Budget, ended, json};
use shared::spans::{JsonKind, JsonLine};

/// Values deeper than this stand on one line.
const DEEPEST: u32 = 60;
/// Characters of one line unless the whole is asked for.
const LONGEST: usize = 2_000;
/// Characters of one key.
const LONGEST_KEY: usize = 200;
/// Lines unless the whole is asked for.
const MOST_LINES: usize = 2_000;
/// Lines at the very most.
const MOST_LINES_WHOLE: usize = 20_000;
/// What keys begin with that an SDK keeps for itself.
const INTERNAL: &str = "\"~__bt_";

/// The lines of a value. Strings stand in quotation marks, with their control characters escaped.
pub(super) fn lines(value: &str, hide_internal: bool, whole: bool, budget: &mut Budget) -> Vec<JsonLine> {
    let (most, longest) = if whole { (MOST_LINES_WHOLE, usize::MAX) } else { (MOST_LINES, LONGEST) };
    let mut tree = Tree { lines: Vec::new(), full: false, most, longest, budget };
    tree.add(0, String::new(), value, hide_internal);
    tree.lines
}

struct Tree<'a> {
    lines: Vec<JsonLine>,
    full: bool,
    most: usize,
    longest: usize,
    budget: &'a mut Budget,
}

impl Tree<'_> {
    /// Adds a value and what it holds. It calls itself for children, `DEEPEST` times at most.
    fn add(&mut self, depth: u32, key: String, value: &str, hide_internal: bool) {
        if self.lines.len() >= self.most || self.budget.left == 0 {
            self.full = true;
            self.budget.cut = true;
            return;
        }
        let kind = json::kind(value);
        self.budget.spend(key.len());
        if depth >= DEEPEST || !matches!(kind, JsonKind::Object | JsonKind::Array) {
            let value = self.on_one_line(kind, value);
            self.budget.spend(value.len());
            self.lines.push(JsonLine { depth, key, value, kind });
            return;
        }
        let mut children = json::children(value, self.most);
        if hide_internal {
            let before = children.first.len();
            children.first.retain(|(key, _)| !key.starts_with(INTERNAL));
            children.count -= before - children.first.len();
        }
        let holds = if kind == JsonKind::Object { format!("{{ {} }}", children.count) } else { format!("[ {} ]", children.count) };
        self.budget.spend(holds.len());
        self.lines.push(JsonLine { depth, key, value: holds, kind });
        for (index, (key, value)) in children.first.into_iter().enumerate() {
            let key = if kind == JsonKind::Object { shown_key(key) } else { index.to_string() };
            self.add(depth + 1, key, value, false);
            if self.full {
                return;
            }
        }
    }

    fn on_one_line(&mut self, kind: JsonKind, value: &str) -> String {
        // No character takes more than twelve bytes of JSON: a pair of escaped surrogates.
        let limit = self.longest.saturating_mul(12).min(self.budget.left);
        let (text, cut) = match kind {
            JsonKind::Object | JsonKind::Array => (json::compact(value, limit), limit < value.len()),
            JsonKind::String => shown_string(value, limit),
            _ => (value.to_owned(), false),
        };
        let (text, shortened) = shorten(text, self.longest);
        self.budget.cut |= cut || shortened;
        text
    }
}

/// A key without its quotation marks, or its JSON text if it holds a lone surrogate.
fn shown_key(literal: &str) -> String {
    let unescaped = json::unescape(literal, LONGEST_KEY * 12);
    let text = if unescaped.broken { literal.to_owned() } else { unescaped.text };
    shorten(text.replace(char::is_control, "\u{fffd}"), LONGEST_KEY).0
}

/// A string in quotation marks with only those characters escaped that have to be, and whether it was cut.
fn shown_string(literal: &str, limit: usize) -> (String, bool) {
    let unescaped = json::unescape(literal, limit);
    if unescaped.broken {
        let end = literal.floor_char_boundary(limit);
        return (literal.get(..end).unwrap_or_default().to_owned(), end < literal.len());
    }
    let ellipsis = if unescaped.cut { "…" } else { "" };
    let text = serde_json::to_string(&(unescaped.text + ellipsis)).unwrap_or_default();
    (text, unescaped.cut)
}

/// At most so many characters, and whether that was a cut.
fn shorten(mut text: String, characters: usize) -> (String, bool) {
    match text.char_indices().nth(characters) {
        Some((end, _)) => {
            text.truncate(end);
            (ended(text), true)
        }
        None => (text, false),
    }
}
