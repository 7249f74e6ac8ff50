//! One field of a span: as chat, Markdown, a tree or a table of JSON, or text. The server draws it; what unfolds in it is in `unfold.rs`.

mod shown_as;
mod unfold;

pub(super) use unfold::Unfolding;

use super::Opened;
use super::api::{read_field, read_node_text, read_piece};
use super::finding::FindingInTrace;
use super::keys::leave_on_escape;
use super::marks::{self, MarkPlace, MarkStep};
use crate::api::{AppError, send};
use crate::ui::markup::inner;
use crate::ui::{Icon, IconName, copy, format};
use leptos::prelude::*;
use shared::markup::Html;
use shared::objects::{FieldName, RowAddress};
use shared::spans::{FieldContent, FieldView, Piece, ReadField, ReadNode, ReadPiece, Rendering, WHOLE};

/// A field of a row, as it is shown. Copies share it.
#[derive(Clone, Copy)]
struct Showing {
    row: StoredValue<RowAddress>,
    name: FieldName,
    /// What came with the page, or what was chosen here.
    field: Memo<Option<FieldView>>,
    /// What was chosen here holds until the stored value changes.
    chosen: RwSignal<Option<FieldView>>,
    /// What is too long to be shown at once, as far as it was read on, in place of what came with the page.
    pieces: RwSignal<Vec<Piece>>,
    /// The words that are looked for in it; none while nobody looks for any.
    words: RwSignal<Option<String>>,
    finding: FindingInTrace,
    /// The words that are looked for in the whole trace, if it holds them.
    found: Memo<Option<String>>,
    refused: RwSignal<Option<AppError>>,
    /// The number of the newest reading: what comes later than that is not shown.
    newest: StoredValue<u32>,
}

impl Showing {
    fn new(row: RowAddress, name: FieldName) -> Self {
        let (trace, finding) = (expect_context::<Opened>().trace, expect_context::<FindingInTrace>());
        let stored = Memo::new(move |_| trace.field(name));
        let (chosen, pieces) = (RwSignal::new(None::<FieldView>), RwSignal::new(Vec::new()));
        let field = Memo::new(move |_| chosen.get().or_else(|| stored.get()));
        let (words, refused) = (RwSignal::new(None), RwSignal::new(None));
        // A section is of one span.
        let span = untrack(|| trace.of_content(|content| content.span.span_id.clone())).unwrap_or_default();
        let found = Memo::new(move |_| finding.marked_in(&span, name));
        let (row, newest) = (StoredValue::new(row), StoredValue::new(0));
        let showing = Self { row, name, field, chosen, pieces, words, finding, found, refused, newest };
        Effect::new(move |before: Option<()>| {
            stored.track();
            let is_found = found.with(Option::is_some);
            if before.is_some() {
                newest.update_value(|newest| *newest += 1);
                chosen.set(None);
                words.set(None);
                pieces.update(Vec::clear);
            }
            if is_found {
                showing.read(Rendering::Fitting, false);
            }
        });
        showing
    }

    /// Its heading in the middle of a sentence.
    fn word(self) -> String {
        self.name.heading().to_lowercase()
    }

    /// Reads it as it is wanted now.
    fn read(self, rendering: Rendering, whole: bool) {
        let row = self.row.get_value();
        let own = self.words.get_untracked().filter(|words| !words.is_empty());
        let of_trace = if own.is_none() { self.found.get_untracked() } else { None };
        let is_of_trace = of_trace.is_some();
        let find = own.or(of_trace).unwrap_or_default();
        let number = self.newest.try_update_value(|newest| {
            *newest += 1;
            *newest
        });
        let query = ReadField { object: row.object_id, row_id: row.id, field: self.name, rendering, whole, find };
        send(read_field(query), move |answer| {
            // Another row may be shown by now, the section be gone, or something else be wanted.
            if self.newest.try_get_value() != number {
                return;
            }
            match answer {
                Ok(field) => {
                    let _ = self.pieces.try_update(Vec::clear);
                    let _ = self.refused.try_set(None);
                    let _ = self.chosen.try_set(Some(field));
                    if is_of_trace {
                        self.finding.has_drawn();
                    }
                }
                Err(error) => {
                    let _ = self.refused.try_set(Some(error));
                }
            }
        });
    }

    /// Shows it as this, and fields of its kind from now on.
    fn show_as(self, rendering: Rendering) {
        let fitting = self.field.with_untracked(|field| field.as_ref().and_then(|field| field.renderings.first().copied()));
        if let Some(fitting) = fitting {
            shown_as::choose(self.name, fitting, rendering);
        }
        self.read(rendering, false);
    }

    /// Where the next piece begins; none at the end.
    fn next(self) -> Option<u64> {
        self.pieces.try_with_untracked(|pieces| pieces.last().map_or(Some(0), |last| last.next)).flatten()
    }

    fn read_on(self) {
        let (row, Some(from)) = (self.row.get_value(), self.next()) else { return };
        send(read_piece(ReadPiece { object: row.object_id, row_id: row.id, field: self.name, from }), move |answer| match answer {
            // A second click may have asked for the same piece, and the page may be gone.
            Ok(piece) if self.next() == Some(from) => self.pieces.update(|pieces| pieces.push(piece)),
            Ok(_) => {}
            Err(error) => {
                let _ = self.refused.try_set(Some(error));
            }
        });
    }

    fn copy(self) {
        let (row, stamp) = (self.row.get_value(), self.field.with_untracked(|field| field.as_ref().map_or(0, |field| field.stamp)));
        let whole = ReadNode { object: row.object_id, row_id: row.id, field: self.name, at: 0, stamp, rendering: Rendering::Text, from: 0 };
        send(read_node_text(whole), move |answer| match answer {
            Ok(node) => {
                let _ = copy(&node.text);
            }
            Err(error) => {
                let _ = self.refused.try_set(Some(error));
            }
        });
    }
}

/// Draws a field of the open span, with a choice of renderings.
#[component]
pub(super) fn FieldSection(
    /// Of which row.
    row: RowAddress,
    /// Which.
    name: FieldName,
    /// A button beside the choice.
    #[prop(optional)]
    action: Option<AnyView>,
) -> impl IntoView {
    let showing = Showing::new(row, name);
    let Showing { field, pieces, refused, .. } = showing;
    let about = move || field.with(|field| field.as_ref().map(|field| field.about.clone()));
    let more = move || {
        let field = field.get().filter(|field| field.cut)?;
        if field.bytes <= WHOLE {
            let label = match field.rendering {
                Rendering::Json => "Unfold all".to_owned(),
                _ => format!("Show all {}", format::bytes(field.bytes)),
            };
            return Some(
                view! { <button class="fold" type="button" on:click=move |_| showing.read(field.rendering, true)>{label}</button> }
                    .into_any(),
            );
        }
        // What unfolds is read where it unfolds.
        let is_all = matches!(field.rendering, Rendering::Json | Rendering::Table)
            || pieces.with(|pieces| pieces.last().is_some_and(|last| last.next.is_none()));
        (!is_all).then(|| view! { <button class="fold" type="button" on:click=move |_| showing.read_on()>"Show more"</button> }.into_any())
    };
    let section = NodeRef::new();
    let is_in_pieces = Memo::new(move |_| pieces.with(|pieces| !pieces.is_empty()));
    let shown = move || {
        if !is_in_pieces.get() {
            return match field.get() {
                Some(field) => content(showing, field),
                None => view! { <p class="hint">"Nothing yet."</p> }.into_any(),
            };
        }
        let piece = |(_, piece): (usize, Piece)| view! { <pre class="piece">{piece.text}</pre> };
        let read = move || pieces.get().into_iter().enumerate().collect::<Vec<_>>();
        view! { <div class="raw" tabindex="0"><For each=read key=|(place, _)| *place children=piece/></div> }.into_any()
    };
    view! {
        <section class="sec" aria-label=name.heading() node_ref=section>
            <div class="sec-h">
                <h3>{name.heading()}</h3><span class="hint">{about}</span>
                <span class="actions"><Choice showing/><Finding showing section/><CopyAll showing/>{action}</span>
            </div>
            {shown}
            {more}
            {move || refused.get().map(|error| view! { <p class="wrong" role="alert">{error.to_string()}</p> })}
        </section>
    }
}

/// Draws as what the field can be shown.
#[component]
fn Choice(showing: Showing) -> impl IntoView {
    let Showing { field, .. } = showing;
    let renderings = Memo::new(move |_| field.with(|field| field.as_ref().map(|field| field.renderings.clone())).unwrap_or_default());
    move || {
        let renderings = renderings.get();
        (renderings.len() > 1).then(|| {
            let buttons = renderings.into_iter().map(|rendering| {
                let is_shown = move || field.with(|field| field.as_ref().is_some_and(|field| field.rendering == rendering));
                let pressed = move || if is_shown() { "true" } else { "false" };
                view! { <button class="btn small" type="button" aria-pressed=pressed on:click=move |_| showing.show_as(rendering)>{rendering.label()}</button> }
            });
            view! { <span class="group" role="group" aria-label=format!("Show {} as", showing.word())>{buttons.collect_view()}</span> }
        })
    }
}

/// Draws a field for words, which are then marked, and of a tree only the lines that hold them are shown.
#[component]
fn Finding(showing: Showing, section: NodeRef<leptos::html::Section>) -> impl IntoView {
    let Showing { field, words, .. } = showing;
    let is_offered = Memo::new(move |_| field.with(Option::is_some));
    let is_open = Memo::new(move |_| words.with(Option::is_some));
    let label = format!("Find in {}", showing.word());
    let input = NodeRef::<leptos::html::Input>::new();
    // Whoever looks for words wants to type them.
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            let _ = input.focus();
        }
    });
    let at = RwSignal::new(None::<MarkPlace>);
    let close = move || {
        words.set(None);
        at.set(None);
        showing.read(Rendering::Fitting, false);
    };
    let step = move |step: MarkStep| {
        let Some(section) = section.get_untracked() else { return };
        at.set(marks::step(&section, step).or_else(|| marks::enter(&section, step)));
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        match event.key().as_str() {
            "Escape" => close(),
            "Enter" if !event.is_composing() => step(if event.shift_key() { MarkStep::Previous } else { MarkStep::Next }),
            _ => {}
        }
        leave_on_escape(event);
    };
    let typed = move |event| {
        words.set(Some(event_target_value(&event)));
        at.set(None);
        showing.read(Rendering::Fitting, false);
    };
    let open = move |_| if is_open.get_untracked() { close() } else { words.set(Some(String::new())) };
    let titled = StoredValue::new(label);
    move || {
        is_offered.get().then(|| {
            let field = move || {
                is_open.get().then(|| {
                    view! {
                        <span class="hint num nowrap" role="status">{move || at.get().map(MarkPlace::words)}</span>
                        <input class="input find" type="search" dir="auto" aria-label=titled.get_value() node_ref=input
                            on:input=typed on:keydown=key/>
                    }
                })
            };
            view! {
                {field}
                <button class="btn icon ghost small" type="button" aria-label=titled.get_value() title=titled.get_value() aria-expanded=move || is_open.get().to_string() on:click=open>
                    <Icon name=IconName::Search/>
                </button>
            }
        })
    }
}

#[component]
fn CopyAll(showing: Showing) -> impl IntoView {
    let label = format!("Copy {}", showing.word());
    let is_there = Memo::new(move |_| showing.field.with(Option::is_some));
    move || {
        is_there.get().then(|| {
            view! {
                <button class="btn icon ghost small" type="button" aria-label=label.clone() title=label.clone() on:click=move |_| showing.copy()>
                    <Icon name=IconName::Copy/>
                </button>
            }
        })
    }
}

fn content(showing: Showing, field: FieldView) -> AnyView {
    let FieldView { content, rendering, stamp, .. } = field;
    match content {
        FieldContent::Html(html) if matches!(rendering, Rendering::Json | Rendering::Chat | Rendering::Table) => {
            let unfolding = Unfolding::new(showing.row.get_value(), showing.name, stamp, showing.refused);
            view! { <Unfolded unfolding html label=format!("{} as {}", showing.name.heading(), rendering.label())/> }.into_any()
        }
        // The server made this HTML: it holds nothing of the source but text and images by their place.
        FieldContent::Html(html) => view! { <div inner_html=inner(html)></div> }.into_any(),
        FieldContent::Text(text) => {
            let class = if showing.name == FieldName::Error { "raw err" } else { "raw said-text" };
            view! { <pre class=class dir="auto" tabindex="0">{text}</pre> }.into_any()
        }
    }
}

/// Draws what unfolds, and what one can do with the line that one points at.
#[component]
pub(super) fn Unfolded(unfolding: Unfolding, html: Html, label: String) -> impl IntoView {
    let tool = |name: &'static str, icon: IconName, tool: unfold::LineTool| {
        view! {
            <button class="btn icon ghost small" type="button" aria-label=name title=name data-tool=tool.word() on:click=move |event| unfolding.use_tool(&event, tool)>
                <Icon name=icon/>
            </button>
        }
    };
    view! {
        <div class="unfolding" role="group" aria-label=label tabindex="0" node_ref=unfolding.place
            on:click=move |event| unfolding.click(&event) on:keydown=move |event| unfolding.key(&event)
            on:pointerover=move |event| unfolding.point(&event) on:focusin=move |event| unfolding.point(&event)>
            <div inner_html=inner(html)></div>
            <span class="tools" hidden node_ref=unfolding.tools>
                {tool("Show as text", IconName::Logs, unfold::LineTool::Text)}
                {tool("Show as table", IconName::Columns, unfold::LineTool::Table)}
                {tool("Copy value", IconName::Copy, unfold::LineTool::Value)}
                {tool("Copy path", IconName::Link, unfold::LineTool::Path)}
            </span>
        </div>
    }
}
