//! JSON as a tree that unfolds: keys in the order they came, long lists and long strings as far as they are asked for.
//!
//! What is folded and not drawn yet carries the place where its value begins in the field (`data-at`), by which it is read when it is
//! unfolded. Values that stand in a text inside of a field have no place: they are drawn as a whole, as far as the limits go.

mod found;

use super::drawing::Drawing;
use super::{code, file, json, table};
use shared::figures;
use shared::html;
use shared::markup::Html;
use shared::spans::JsonKind;
use std::collections::{HashSet, VecDeque};
use std::fmt::Write;

pub(super) use found::found;

/// Values deeper than this stand on one line.
const DEEPEST: u32 = 60;
/// Bytes of one key.
const LONGEST_KEY: usize = 200;
/// Bytes of code that is shown as such.
const LONGEST_CODE: usize = 32 * 1024;
/// What keys begin with that an SDK keeps for itself.
const INTERNAL: &str = "\"~__bt_";
/// What a list or an object holds is laid out apart in so many lines, so that a browser skips what is out of view.
const CHUNK: usize = 100;

/// How much is drawn.
struct Limits {
    /// Lines that are drawn.
    lines: usize,
    /// Things of a list.
    list: usize,
    /// Keys of an object.
    object: usize,
    /// Bytes of one string.
    string: usize,
}

impl Limits {
    /// At first, or when everything is unfolded.
    fn of(whole: bool) -> Self {
        if whole {
            Self { lines: 30_000, list: 20_000, object: 20_000, string: 64 * 1024 }
        } else {
            Self { lines: 300, list: 20, object: 200, string: 1_200 }
        }
    }

    fn holds(&self, kind: JsonKind) -> usize {
        if kind == JsonKind::Array { self.list } else { self.object }
    }
}

/// The tree of a value: of an object the lines of its keys, without the keys that an SDK keeps for itself if `hide_internal` says so.
pub(super) fn tree(drawing: &mut Drawing<'_>, value: &str, hide_internal: bool) -> Html {
    if let Some(words) = drawing.find {
        let (found, lines) = found(drawing, value, words, hide_internal);
        if lines > 0 {
            return found;
        }
    }
    let limits = Limits::of(drawing.whole);
    let mut tree = Tree { drawing, limits, opened: HashSet::new(), hide_internal };
    tree.open(value);
    let lines = tree.all(value);
    html!(r#"<div class="json">{}{}</div>"#, lines, attached(drawing, value))
}

/// What an object or a list holds, from so many of its things on: what unfolding adds to a tree.
pub(super) fn unfolded(drawing: &mut Drawing<'_>, value: &str, from: usize, hide_internal: bool) -> Html {
    let mut limits = Limits::of(false);
    // Whoever asks for more of a list has seen the beginning.
    if from > 0 {
        limits.list = 200;
    }
    let mut tree = Tree { drawing, limits, opened: HashSet::new(), hide_internal };
    if from == 0 {
        tree.open(value);
    }
    tree.held(value, from, 0)
}

struct Tree<'d, 's> {
    drawing: &'d mut Drawing<'s>,
    limits: Limits,
    /// Where the values begin that are unfolded.
    opened: HashSet<*const u8>,
    /// Whether the outermost object keeps some of its keys back.
    hide_internal: bool,
}

impl Tree<'_, '_> {
    /// Unfolds as much as the limits allow, what is not deep first.
    fn open<'v>(&mut self, value: &'v str) {
        let (mut lines, mut bytes) = (0, 0);
        let mut waiting = VecDeque::from([(value, 0_u32)]);
        while let Some((value, depth)) = waiting.pop_front() {
            let most = self.limits.holds(json::kind(value));
            let held: json::Children<'v> = json::children(value, most);
            lines += held.first.len();
            bytes += held.first.iter().map(|(key, value)| key.len() + value.len().min(self.limits.string)).sum::<usize>();
            let is_first = self.opened.is_empty();
            if !is_first && (lines > self.limits.lines || bytes > self.drawing.left) {
                self.drawing.cut = true;
                return;
            }
            self.opened.insert(value.as_ptr());
            if depth < DEEPEST {
                waiting.extend(held.first.into_iter().filter(|(_, value)| holds_something(value)).map(|(_, value)| (value, depth + 1)));
            }
        }
    }

    /// A value with no key before it.
    fn all(&mut self, value: &str) -> Html {
        if holds_something(value) { self.held(value, 0, 0) } else { self.line(&Html::default(), value, 0) }
    }

    /// The lines of what a value holds. It calls itself for what they hold, `DEEPEST` times at most.
    fn held(&mut self, value: &str, from: usize, depth: u32) -> Html {
        let kind = json::kind(value);
        let most = from.saturating_add(self.limits.holds(kind));
        let held = shown(value, most, self.hide_internal && depth == 0);
        let mut lines = Vec::new();
        for (position, (key, value)) in held.first.iter().enumerate().skip(from) {
            let is_code = kind == JsonKind::Object && code::is_named(json::inside(key));
            let key = if kind == JsonKind::Object { shown_key(key) } else { position.to_string() };
            let key = html!(r#"<span class="json-key"><bdi>{}</bdi>: </span>"#, key);
            let code = if is_code { self.code(&key, value) } else { None };
            lines.push(code.unwrap_or_else(|| self.line(&key, value, depth)));
        }
        let mut all: Html = if lines.len() > CHUNK {
            lines.chunks(CHUNK).map(|chunk| html!(r#"<div class="chunk">{}</div>"#, chunk.iter().cloned().collect::<Html>())).collect()
        } else {
            lines.into_iter().collect()
        };
        let more = held.count.saturating_sub(held.first.len().max(from));
        if more > 0 {
            self.drawing.cut = true;
            let more = figures::count(more as u64);
            all.push(&match self.drawing.place(value) {
                Some(at) => html!(
                    r#"<button class="fold" type="button" data-at="{}" data-from="{}">{} more</button>"#,
                    at,
                    held.first.len().max(from),
                    more
                ),
                None => html!(r#"<p class="hint">{} more</p>"#, more),
            });
        }
        all
    }

    /// A string of several lines of code, below the line of its key; none of anything else, and of what is too long to be shown at once.
    fn code(&mut self, key: &Html, value: &str) -> Option<Html> {
        if json::kind(value) != JsonKind::String || value.len() > self.drawing.left.min(LONGEST_CODE) {
            return None;
        }
        let text = json::unescape(value, usize::MAX).text;
        let lines = code::lines(&text);
        if lines < 2 {
            return None;
        }
        let at = self.drawing.place(value).map(|at| html!(r#" data-at="{}""#, at));
        let text = self.drawing.text(value);
        Some(html!(
            r#"<div class="leaf" tabindex="-1"{}>{}<span class="json-key">{}</span></div><div class="below">{}</div>"#,
            at,
            key,
            figures::counted(lines as u64, "line", "lines"),
            code::block(&text, "")
        ))
    }

    /// One line, with what it holds below it.
    fn line(&mut self, key: &Html, value: &str, depth: u32) -> Html {
        let at = self.drawing.place(value).map(|at| html!(r#" data-at="{}""#, at));
        if !holds_something(value) {
            return html!(r#"<div class="leaf" tabindex="-1"{}>{}{}</div>"#, at, key, self.leaf(value));
        }
        let holds = html!(r#"<span class="json-key">{}</span>"#, holds(value));
        let like = table::is_of_like_objects(value).then(|| Html::ours(" data-table"));
        if self.opened.contains(&value.as_ptr()) && depth < DEEPEST {
            let (held, file) = (self.held(value, 0, depth + 1), attached(self.drawing, value));
            return html!(
                r#"<details open{}{}><summary tabindex="-1">{}{}</summary><div>{}</div></details>{}"#,
                at,
                like,
                key,
                holds,
                held,
                file
            );
        }
        match at {
            Some(at) => html!(
                r#"<details{} data-folded{}><summary tabindex="-1">{}{}</summary><div></div></details>{}"#,
                at,
                like,
                key,
                holds,
                attached(self.drawing, value)
            ),
            None => {
                let text = json::compact(value, self.limits.string);
                self.drawing.cut |= value.len() > self.limits.string;
                html!(r#"<div class="leaf" tabindex="-1">{}{}</div>"#, key, text)
            }
        }
    }

    /// A value that holds nothing more.
    fn leaf(&mut self, value: &str) -> Html {
        match json::kind(value) {
            JsonKind::String => self.string(value),
            JsonKind::Number | JsonKind::Bool => {
                self.drawing.spend(value.len());
                html!(r#"<span class="nu">{}</span>"#, value)
            }
            JsonKind::Null => Html::ours(r#"<span class="nul">null</span>"#),
            JsonKind::Object => Html::ours(r#"<span class="json-key">{ }</span>"#),
            JsonKind::Array => Html::ours(r#"<span class="json-key">[ ]</span>"#),
        }
    }

    fn string(&mut self, literal: &str) -> Html {
        if let Some(media) = file::of(literal) {
            let begin = html!(r#"<bdi class="st">"data:{};base64,…"</bdi>"#, media.content_type);
            return html!("{}{}", begin, file::block(self.drawing, "file", &media));
        }
        let (text, cut) = shown_string(literal, self.limits.string);
        self.drawing.spend(text.len());
        let shown = if is_address(&text) && !cut {
            html!(r#"<bdi class="st">"<a href="{0}" rel="noopener noreferrer nofollow" target="_blank">{0}</a>"</bdi>"#, text)
        } else {
            html!(r#"<bdi class="st">"{}{}"</bdi>"#, text, if cut { "…" } else { "" })
        };
        if !cut {
            return shown;
        }
        self.drawing.cut = true;
        let more = self.drawing.place(literal).map(|at| {
            let size = figures::bytes(literal.len() as u64);
            html!(r#" <button class="fold" type="button" data-at="{}" data-as="text">All {}</button>"#, at, size)
        });
        html!("{}{}", shown, more)
    }
}

/// Whether a text is an address elsewhere and nothing else: a link, from which nothing is loaded.
fn is_address(text: &str) -> bool {
    let is_plain = |character: char| !character.is_whitespace() && !character.is_control() && !"\"\\<>".contains(character);
    (text.starts_with("https://") || text.starts_with("http://")) && text.chars().all(is_plain)
}

/// The file that an object names, below it.
fn attached(drawing: &Drawing<'_>, value: &str) -> Option<Html> {
    let media = file::of(value).filter(|_| json::kind(value) == JsonKind::Object)?;
    Some(html!(r#"<div class="below">{}</div>"#, file::block(drawing, "file", &media)))
}

/// The first of what a value holds, perhaps without the keys that an SDK keeps for itself.
pub(super) fn shown(value: &str, most: usize, hide_internal: bool) -> json::Children<'_> {
    let mut held = json::children(value, most);
    if hide_internal {
        let before = held.first.len();
        held.first.retain(|(key, _)| !is_internal(key));
        held.count -= before - held.first.len();
    }
    held
}

/// Whether an SDK keeps the value of this key for itself.
pub(super) fn is_internal(key: &str) -> bool {
    key.starts_with(INTERNAL)
}

/// Whether a value has anything in it that could be unfolded.
fn holds_something(value: &str) -> bool {
    matches!(json::kind(value), JsonKind::Object | JsonKind::Array)
        && value.get(1..).is_some_and(|rest| !rest.trim_start().starts_with(['}', ']']))
}

/// What stands for what an object or a list holds: `{ 4 keys }`, `[ 3 items, 1.2 kB ]`.
fn holds(value: &str) -> String {
    let count = json::children(value, 0).count as u64;
    let size = if value.len() < 1_000 { String::new() } else { format!(", {}", figures::bytes(value.len() as u64)) };
    match json::kind(value) {
        JsonKind::Object => format!("{{ {}{size} }}", figures::counted(count, "key", "keys")),
        _ => format!("[ {}{size} ]", figures::counted(count, "item", "items")),
    }
}

/// A key without its quotation marks, or its JSON text if it holds a lone surrogate.
pub(super) fn shown_key(literal: &str) -> String {
    let unescaped = json::unescape(literal, LONGEST_KEY * 12);
    let text = if unescaped.broken { literal.to_owned() } else { unescaped.text };
    let text = text.replace(char::is_control, "\u{fffd}");
    let end = text.char_indices().nth(LONGEST_KEY).map(|(end, _)| end);
    match end {
        Some(end) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// A string between its quotation marks, whose lines are lines and in which else only that is escaped that has to be; and whether it was
/// cut. One with a lone surrogate, which no text can hold, stands as it arrived.
fn shown_string(literal: &str, limit: usize) -> (String, bool) {
    let unescaped = json::unescape(literal, limit);
    if unescaped.broken {
        let inside = json::inside(literal);
        let end = inside.floor_char_boundary(limit);
        return (inside.get(..end).unwrap_or_default().to_owned(), end < inside.len());
    }
    let mut text = String::with_capacity(unescaped.text.len());
    for character in unescaped.text.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push('\n'),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            control if control.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(text, "\\u{:04x}", control as u32);
            }
            other => text.push(other),
        }
    }
    (text, unescaped.cut)
}
