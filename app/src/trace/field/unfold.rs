//! What unfolds in a field that the server drew: values that are not there yet, more of long lists, whole texts; and what one can do with
//! the line that one points at. One listener serves all lines, of which there may be thousands.

use crate::api::{AppError, send};
use crate::keys::{Act, Scope, act_of};
use crate::trace::api::{read_node, read_node_text};
use crate::ui::copy;
use crate::ui::markup::inner;
use leptos::ev::KeyboardEvent;
use leptos::html::{Div, Span};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, Event, HtmlElement};
use shared::html;
use shared::markup::Html;
use shared::objects::{FieldName, RowAddress};
use shared::spans::{FieldContent, ReadNode, Rendering};

/// The lines of trees, the cells of tables, and what continues them.
const LINES: &str = ".json summary, .json .leaf, .json button.fold, .like-rows td[data-at]";

/// What one can do with a line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LineTool {
    /// Shows a string as the text that it is, or no longer.
    Text,
    /// Shows a list of like objects as a table, or no longer.
    Table,
    /// Copies the value.
    Value,
    /// Copies how the value is reached.
    Path,
}

impl LineTool {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Table => "table",
            Self::Value => "value",
            Self::Path => "path",
        }
    }
}

/// What unfolds in a field. Copies share it.
#[derive(Clone, Copy)]
pub(in crate::trace) struct Unfolding {
    row: StoredValue<RowAddress>,
    field: FieldName,
    stamp: u32,
    refused: RwSignal<Option<AppError>>,
    /// What holds the lines.
    pub(super) place: NodeRef<Div>,
    /// What one can do with a line, which goes to the line that one points at.
    pub(super) tools: NodeRef<Span>,
}

impl Unfolding {
    pub(in crate::trace) fn new(row: RowAddress, field: FieldName, stamp: u32, refused: RwSignal<Option<AppError>>) -> Self {
        Self { row: StoredValue::new(row), field, stamp, refused, place: NodeRef::new(), tools: NodeRef::new() }
    }

    /// Unfolds what was clicked, if it is not there yet.
    pub(super) fn click(self, event: &Event) {
        let Some(target) = element(event) else { return };
        if let Ok(Some(button)) = target.closest("button.fold[data-at]") {
            let what = button.get_attribute("data-as").unwrap_or_default();
            let from = number(&button, "data-from").unwrap_or(0);
            let rendering = match what.as_str() {
                "text" => Rendering::Text,
                "rows" => Rendering::Table,
                _ => Rendering::Json,
            };
            self.read(&button, rendering, u32::try_from(from).unwrap_or(0), move |button, content| {
                if what == "rows"
                    && let Ok(Some(row)) = button.closest("tr")
                {
                    let before = row.previous_element_sibling();
                    row.set_outer_html(&inner(drawn(content)));
                    focus(before.and_then(|before| before.next_element_sibling()).as_ref().and_then(first_line).as_ref());
                } else if !what.is_empty()
                    && let Ok(Some(cell)) = button.closest("td")
                {
                    let below = html!(r#"<div class="below json">{}</div>"#, drawn(content));
                    // A cell that is in the page takes it.
                    let _ = cell.insert_adjacent_html("beforeend", &inner(below));
                    button.remove();
                } else if what == "text"
                    && let Ok(Some(line)) = button.closest(".leaf")
                {
                    show_below(&line, content, LineTool::Text);
                    button.remove();
                } else {
                    let before = button.previous_element_sibling();
                    button.set_outer_html(&inner(drawn(content)));
                    // Whoever goes on with the keyboard goes on at the first of what came.
                    focus(before.and_then(|before| before.next_element_sibling()).as_ref().and_then(first_line).as_ref());
                }
            });
        } else if let Ok(Some(summary)) = target.closest("summary") {
            self.fill(summary.parent_element());
        }
    }

    /// Draws what an object or a list holds, if it was not drawn yet.
    fn fill(self, details: Option<Element>) {
        let Some(details) = details.filter(|details| details.has_attribute("data-folded")) else { return };
        // A second click asks for nothing more.
        let _ = details.remove_attribute("data-folded");
        self.read(&details, Rendering::Json, 0, |details, content| {
            if let Some(held) = details.last_element_child() {
                // It is empty, and takes what it is given.
                let _ = held.insert_adjacent_html("beforeend", &inner(drawn(content)));
            }
        });
    }

    /// Brings the tools to the line that one points at or goes to.
    pub(super) fn point(self, event: &Event) {
        let line = element(event).and_then(|target| target.closest(":is(.json, .like-rows) [data-at]:not(button)").ok().flatten());
        let (Some(line), Some(tools)) = (line, self.tools.get_untracked()) else { return };
        let line = if line.matches("details").unwrap_or(false) { line.first_element_child().unwrap_or(line) } else { line };
        if tools.parent_element().as_ref() == Some(&line) {
            return;
        }
        let is_text = line.query_selector(":scope > .st").ok().flatten().is_some();
        let is_table = line.parent_element().is_some_and(|details| details.has_attribute("data-table")) && !is_text;
        for (tool, fits) in [(LineTool::Text, is_text), (LineTool::Table, is_table)] {
            if let Ok(Some(button)) = tools.query_selector(&format!("[data-tool={}]", tool.word())) {
                let _ = button.toggle_attribute_with_force("hidden", !fits);
            }
        }
        tools.set_hidden(false);
        // A line that is in the page takes them.
        let _ = line.append_child(&tools);
    }

    /// Does something with the line that the tools are at.
    pub(super) fn use_tool(self, event: &Event, tool: LineTool) {
        // A summary would fold.
        event.prevent_default();
        event.stop_propagation();
        let Some(line) = element(event).and_then(|target| target.closest("[data-at]").ok().flatten()) else { return };
        match tool {
            LineTool::Value | LineTool::Path => {
                let Some(query) = self.query(&line, Rendering::Text, 0) else { return };
                send(read_node_text(query), move |answer| match answer {
                    Ok(node) => {
                        let _ = copy(if tool == LineTool::Path { &node.path } else { &node.text });
                    }
                    Err(error) => self.refuse(error),
                });
            }
            LineTool::Text | LineTool::Table => {
                // What is shown already goes again.
                if let Some(shown) = shown_below(&line, tool) {
                    shown.remove();
                    return;
                }
                let rendering = if tool == LineTool::Text { Rendering::Text } else { Rendering::Table };
                self.read(&line, rendering, 0, move |line, content| show_below(line, content, tool));
            }
        }
    }

    /// Goes through the lines with the arrows.
    pub(super) fn key(self, event: &KeyboardEvent) {
        let (Some(act), Some(place), Some(target)) = (act_of(event, Scope::Lines), self.place.get_untracked(), element(event)) else {
            return;
        };
        let Ok(at) = target.closest(LINES) else { return };
        let mut lines = Vec::new();
        visible_lines(&place, &mut lines);
        let here = at.as_ref().and_then(|at| lines.iter().position(|line| line == at));
        let details = at.as_ref().filter(|line| line.matches("summary").unwrap_or(false)).and_then(|line| line.parent_element());
        let is_open = details.as_ref().is_some_and(|details| details.has_attribute("open"));
        let next = || here.map_or(lines.first(), |here| lines.get(here + 1));
        match act {
            Act::LineBelow => focus(next()),
            Act::LineAbove => focus(here.and_then(|here| lines.get(here.checked_sub(1)?))),
            Act::Unfold => match &details {
                Some(details) if !is_open => {
                    let _ = details.set_attribute("open", "");
                    self.fill(Some(details.clone()));
                }
                _ => focus(next()),
            },
            Act::Fold => match &details {
                Some(details) if is_open => {
                    let _ = details.remove_attribute("open");
                }
                _ => {
                    let line = details.or_else(|| at.clone());
                    let above = line.and_then(|line| line.parent_element()?.closest("details").ok().flatten());
                    focus(above.and_then(|details| details.first_element_child()).as_ref());
                }
            },
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }

    fn query(self, element: &Element, rendering: Rendering, from: u32) -> Option<ReadNode> {
        let row = self.row.try_get_value()?;
        let (at, stamp) = (number(element, "data-at")?, self.stamp);
        Some(ReadNode { object: row.object_id, row_id: row.id, field: self.field, at, stamp, rendering, from })
    }

    /// Reads the value of a line, and hands it on with the line.
    fn read(self, element: &Element, rendering: Rendering, from: u32, done: impl FnOnce(&Element, FieldContent) + 'static) {
        let Some(query) = self.query(element, rendering, from) else { return };
        let element = element.clone();
        send(read_node(query), move |answer| match answer {
            Ok(content) => done(&element, content),
            Err(error) => self.refuse(error),
        });
    }

    fn refuse(self, error: AppError) {
        let _ = self.refused.try_set(Some(error));
    }
}

/// The element that an event is about.
fn element(event: &Event) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()
}

fn number(element: &Element, name: &str) -> Option<u64> {
    element.get_attribute(name)?.parse().ok()
}

/// What the server drew; a text becomes a block of text.
fn drawn(content: FieldContent) -> Html {
    match content {
        FieldContent::Html(html) => html,
        FieldContent::Text(text) => html!(r#"<pre class="raw said-text" dir="auto" tabindex="0">{}</pre>"#, text),
    }
}

/// What is shown below a line with a tool.
fn shown_below(line: &Element, tool: LineTool) -> Option<Element> {
    line.next_element_sibling().filter(|next| next.get_attribute("data-shown").as_deref() == Some(tool.word()))
}

fn show_below(line: &Element, content: FieldContent, tool: LineTool) {
    // The answer to a second click comes when the first has shown it.
    if shown_below(line, tool).is_some() {
        return;
    }
    let below = html!(r#"<div class="below" data-shown="{}">{}</div>"#, tool.word(), drawn(content));
    // A line that is in the page takes it.
    let _ = line.insert_adjacent_html("afterend", &inner(below));
}

/// Gathers the lines of an element that are not folded away, in order.
fn visible_lines(element: &Element, lines: &mut Vec<Element>) {
    let is_folded = element.matches("details:not([open])").unwrap_or(false);
    let mut child = element.first_element_child();
    while let Some(element) = child {
        if element.matches(LINES).unwrap_or(false) {
            lines.push(element.clone());
        }
        visible_lines(&element, lines);
        // Of what is folded only the first child is there, its own line.
        child = if is_folded { None } else { element.next_element_sibling() };
    }
}

/// The first line of what an element holds, or itself.
fn first_line(element: &Element) -> Option<Element> {
    if element.matches(LINES).unwrap_or(false) { Some(element.clone()) } else { element.query_selector(LINES).ok().flatten() }
}

fn focus(element: Option<&Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_ref::<HtmlElement>()) {
        // What cannot take the focus leaves it where it is.
        let _ = element.focus();
    }
}
