//! One field of a span: as chat, Markdown, a tree of JSON, or text.

use super::Opened;
use super::api::{read_field, read_piece};
use crate::api::{AppError, send};
use crate::ui::format;
use crate::ui::markup::inner;
use leptos::prelude::*;
use shared::objects::{FieldName, RowAddress};
use shared::spans::{FieldContent, FieldView, JsonKind, JsonLine, Message, Piece, ReadField, ReadPiece, Rendering, WHOLE};

/// Words above which a system message is folded.
const FOLD: u32 = 40;

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
    let trace = expect_context::<Opened>().trace;
    let row = StoredValue::new(row);
    let stored = Memo::new(move |_| trace.field(name));
    // What was chosen here holds until the stored value changes.
    let chosen = RwSignal::new(None::<FieldView>);
    // What is too long to be shown at once, as far as it was read on, in place of what came with the page.
    let pieces = RwSignal::new(Vec::<Piece>::new());
    let refused = RwSignal::new(None::<AppError>);
    Effect::new(move |before: Option<()>| {
        stored.track();
        if before.is_some() {
            chosen.set(None);
            pieces.update(Vec::clear);
        }
    });
    let field = Memo::new(move |_| chosen.get().or_else(|| stored.get()));
    let read = move |rendering: Rendering, whole: bool| {
        let row = row.get_value();
        send(read_field(ReadField { object: row.object_id, row_id: row.id, field: name, rendering, whole }), move |answer| match answer {
            // Another row may be shown by now, and the section be gone.
            Ok(field) => {
                let _ = pieces.try_update(Vec::clear);
                let _ = chosen.try_set(Some(field));
            }
            Err(error) => {
                let _ = refused.try_set(Some(error));
            }
        });
    };
    // The page may be gone when a piece arrives.
    let next = move || pieces.try_with_untracked(|pieces| pieces.last().map_or(Some(0), |last| last.next)).flatten();
    let read_on = move || {
        let (row, Some(from)) = (row.get_value(), next()) else { return };
        send(read_piece(ReadPiece { object: row.object_id, row_id: row.id, field: name, from }), move |answer| match answer {
            // A second click may have asked for the same piece.
            Ok(piece) if next() == Some(from) => pieces.update(|pieces| pieces.push(piece)),
            Ok(_) => {}
            Err(error) => {
                let _ = refused.try_set(Some(error));
            }
        });
    };
    let hint = move || field.with(|field| field.as_ref().map(hint));
    let select = move || {
        let field = field.get()?;
        (field.renderings.len() > 1).then(|| {
            let label = format!("Show {} as", name.heading().to_lowercase());
            let options = field.renderings.iter().map(|rendering| {
                view! { <option value=rendering.label() selected=*rendering == field.rendering>{rendering.label()}</option> }
            });
            let renderings = field.renderings.clone();
            let change = move |event| {
                let word = event_target_value(&event);
                if let Some(rendering) = renderings.iter().find(|rendering| rendering.label() == word) {
                    read(*rendering, false);
                }
            };
            view! { <select class="input short" aria-label=label on:change=change>{options.collect_view()}</select> }
        })
    };
    let more = move || {
        let field = field.get().filter(|field| field.cut)?;
        if field.bytes > WHOLE {
            let is_all = pieces.with(|pieces| pieces.last().is_some_and(|last| last.next.is_none()));
            let button = view! { <button class="fold" type="button" on:click=move |_| read_on()>"Show more"</button> };
            return (!is_all).then(|| button.into_any());
        }
        let button = view! {
            <button class="fold" type="button" on:click=move |_| read(field.rendering, true)>"Show all "{format::bytes(field.bytes)}</button>
        };
        Some(button.into_any())
    };
    let is_in_pieces = Memo::new(move |_| pieces.with(|pieces| !pieces.is_empty()));
    let shown = move || {
        if !is_in_pieces.get() {
            return match field.get() {
                Some(field) => content(name, field.content),
                None => view! { <p class="hint">"Nothing yet."</p> }.into_any(),
            };
        }
        let piece = |(_, piece): (usize, Piece)| view! { <pre class="piece">{piece.text}</pre> };
        let read = move || pieces.get().into_iter().enumerate().collect::<Vec<_>>();
        view! { <div class="raw" tabindex="0"><For each=read key=|(place, _)| *place children=piece/></div> }.into_any()
    };
    view! {
        <section class="sec" aria-label=name.heading()>
            <div class="sec-h"><h3>{name.heading()}</h3><span class="hint">{hint}</span><span class="actions">{select}{action}</span></div>
            {shown}
            {more}
            {move || refused.get().map(|error| view! { <p class="wrong" role="alert">{error.to_string()}</p> })}
        </section>
    }
}

fn hint(field: &FieldView) -> String {
    match &field.content {
        FieldContent::Chat(messages) => format::counted(messages.len() as u64, "message", "messages"),
        FieldContent::Html(_) | FieldContent::Text(_) | FieldContent::Json(_) => format::bytes(field.bytes),
    }
}

fn content(name: FieldName, content: FieldContent) -> AnyView {
    match content {
        FieldContent::Chat(messages) => view! { <div class="chat">{messages.into_iter().map(message).collect_view()}</div> }.into_any(),
        // The server made this HTML: it holds nothing of the source but text.
        FieldContent::Html(html) => view! { <div class="read" inner_html=inner(html)></div> }.into_any(),
        FieldContent::Text(text) => view! { <pre class="raw" class:err=name == FieldName::Error>{text}</pre> }.into_any(),
        FieldContent::Json(lines) => view! { <div class="json">{lines.into_iter().map(json_line).collect_view()}</div> }.into_any(),
    }
}

fn message(message: Message) -> AnyView {
    let who = match message.role.as_str() {
        "system" => "System".to_owned(),
        "user" => "User".to_owned(),
        "assistant" => "Assistant".to_owned(),
        "tool" => "Tool".to_owned(),
        other => other.to_owned(),
    };
    if message.role == "system" && message.words > FOLD {
        return view! {
            <details class="msg sys">
                <summary>
                    <span class="who">{who}</span>
                    <span class="one"><span class="clip">{message.beginning}</span><span class="fold">{format::counted(u64::from(message.words), "word", "words")}</span></span>
                </summary>
                <div class="read" inner_html=inner(message.html)></div>
            </details>
        }
        .into_any();
    }
    view! { <div class="msg"><div class="who">{who}</div><div class="read" inner_html=inner(message.html)></div></div> }.into_any()
}

fn json_line(line: JsonLine) -> AnyView {
    let class = match line.kind {
        JsonKind::Object | JsonKind::Array => "json-key",
        JsonKind::String => "st",
        JsonKind::Number | JsonKind::Bool => "nu",
        JsonKind::Null => "nul",
    };
    let holds = matches!(line.kind, JsonKind::Object | JsonKind::Array);
    let key = (!line.key.is_empty()).then(|| view! { <span class="json-key">{line.key}</span>": " });
    view! { <div class=format!("d{}", line.depth.min(24)) class:tw=holds>{key}<span class=class>{line.value}</span></div> }.into_any()
}
