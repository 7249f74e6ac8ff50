//! A tree of which only those lines are drawn that hold some words, with what stands above them.

use super::{DEEPEST, holds, holds_something, shown, shown_key, shown_string};
use crate::render::drawing::Drawing;
use crate::render::json;
use crate::render::marked::{Words, excerpts, read_text};
use shared::figures;
use shared::html;
use shared::markup::Html;
use shared::spans::JsonKind;

/// Lines that are drawn; those after them are counted.
const MOST: usize = 200;
/// Bytes of a string; of a longer one that is shown which stands around the words.
const LONGEST: usize = 1_200;

/// The lines of a value that hold words, and how many there are.
pub(in crate::render) fn found(drawing: &Drawing<'_>, value: &str, words: &Words, hide_internal: bool) -> (Html, usize) {
    let mut finding = Finding { drawing, words, lines: 0, hide_internal };
    let lines = finding.value(&Html::default(), false, value, 0).unwrap_or_default();
    let count = finding.lines;
    let rest = count.saturating_sub(MOST);
    let more = (rest > 0).then(|| html!(r#"<p class="hint">{} more</p>"#, figures::count(rest as u64)));
    (html!(r#"<div class="json">{}{}</div>"#, lines, more), count)
}

struct Finding<'d, 's> {
    drawing: &'d Drawing<'s>,
    words: &'d Words,
    lines: usize,
    /// Whether the outermost object keeps some of its keys back.
    hide_internal: bool,
}

impl Finding<'_, '_> {
    /// The line of a value with those below it that hold the words; none if there are none. It calls itself, `DEEPEST` times at most.
    fn value(&mut self, key: &Html, key_holds: bool, value: &str, depth: u32) -> Option<Html> {
        if depth >= DEEPEST || !holds_something(value) {
            return self.leaf(key, key_holds, value);
        }
        let mut lines = Html::default();
        let kind = json::kind(value);
        for (position, (key, value)) in shown(value, usize::MAX, self.hide_internal && depth == 0).first.into_iter().enumerate() {
            let name = if kind == JsonKind::Object { shown_key(key) } else { position.to_string() };
            let holds = kind == JsonKind::Object && self.words.is_in(&name);
            let shown = if holds { self.words.marked(&name) } else { Html::text(&name) };
            let key = html!(r#"<span class="json-key"><bdi>{}</bdi>: </span>"#, shown);
            if let Some(line) = self.value(&key, holds, value, depth + 1) {
                lines.push(&line);
            }
        }
        if depth == 0 {
            return Some(lines);
        }
        let at = self.drawing.place(value).map(|at| html!(r#" data-at="{}""#, at));
        let line = html!(
            r#"<summary tabindex="-1">{}<span class="json-key">{}</span></summary><div>{}</div></details>"#,
            key,
            holds(value),
            lines
        );
        if !lines.is_empty() {
            return Some(html!("<details open{}>{}", at, line));
        }
        if !key_holds || !self.counts() {
            return None;
        }
        let folded = at.is_some().then(|| Html::ours(" data-folded"));
        Some(html!("<details{}{}>{}", at, folded, line))
    }

    fn leaf(&mut self, key: &Html, key_holds: bool, value: &str) -> Option<Html> {
        let is_text = json::kind(value) == JsonKind::String;
        let text = if is_text { read_text(value) } else { value.to_owned() };
        if !(key_holds || self.words.is_in(&text)) || !self.counts() {
            return None;
        }
        let at = self.drawing.place(value).map(|at| html!(r#" data-at="{}""#, at));
        let shown = if text.len() > LONGEST {
            match excerpts(&text, self.words, LONGEST * 4) {
                // Only its key holds them.
                around if around.is_empty() => format!("{}…", text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default()),
                around => around,
            }
        } else if is_text && text.len() + 2 < value.len() && value.contains(";base64,") {
            format!("{text};base64,…")
        } else if is_text {
            shown_string(value, LONGEST * 6).0
        } else {
            text
        };
        let shown = self.words.marked(&shown);
        let shown = if is_text { html!(r#"<bdi class="st">"{}"</bdi>"#, shown) } else { html!(r#"<span class="nu">{}</span>"#, shown) };
        Some(html!(r#"<div class="leaf" tabindex="-1"{}>{}{}</div>"#, at, key, shown))
    }

    /// Counts a line, and says whether it is drawn.
    fn counts(&mut self) -> bool {
        self.lines += 1;
        self.lines <= MOST
    }
}
