//! Chat as it is drawn.

use super::ChatMessage;
use super::parts::{Media, MessagePart, ToolAnswer, ToolCall};
use crate::render::drawing::{Drawing, LIMIT};
use crate::render::marked::{Words, read_text};
use crate::render::{code, file, json, one_line, tree};
use shared::figures;
use shared::html;
use shared::markup::Html;
use shared::spans::JsonKind;

/// Words above which a system message is folded.
const FOLD: usize = 40;
/// What a message costs beside its words, so that no page holds thousands at first.
const MESSAGE: usize = 100;
/// The same for a part of a message, since one may hold thousands of calls of tools.
const PART: usize = 100;
/// Parts of a message above which only those are drawn that hold the words that somebody looks for.
const MANY: usize = 100;
/// Messages that are drawn of those that hold some words.
const FOUND: u32 = 200;
/// Characters of a folded message.
const BEGINNING: usize = 120;

/// What a chat is in a few words: "4 messages, 1 tool call".
pub(in crate::render) fn about(turns: &[ChatMessage<'_>]) -> String {
    let messages = figures::counted(turns.iter().filter(|turn| !turn.parts.is_empty()).count() as u64, "message", "messages");
    match turns.iter().flat_map(|turn| &turn.parts).filter(|part| matches!(part, MessagePart::Call(_))).count() {
        0 => messages,
        calls => format!("{messages}, {}", figures::counted(calls as u64, "tool call", "tool calls")),
    }
}

/// The messages, as far as the drawing goes; of a longer chat in which somebody looks for words those that hold them.
pub(in crate::render) fn html(drawing: &mut Drawing<'_>, turns: &[ChatMessage<'_>]) -> Html {
    let html = from_the_first(drawing, turns);
    match drawing.find {
        Some(words) if drawing.cut => found(drawing, turns, words),
        _ => html,
    }
}

/// The messages that hold words, the first [`FOUND`].
fn found(drawing: &mut Drawing<'_>, turns: &[ChatMessage<'_>], words: &Words) -> Html {
    let (mut all, mut shown, mut between) = (Html::default(), 0, 0);
    let left_out = |count: u64| {
        (count > 0).then(|| html!(r#"<p class="hint">{} without these words</p>"#, figures::counted(count, "message", "messages")))
    };
    for turn in turns.iter().filter(|turn| !turn.parts.is_empty()) {
        if !holds(turn, words) {
            between += 1;
            continue;
        }
        shown += 1;
        if shown > FOUND {
            continue;
        }
        all.push(&left_out(between).unwrap_or_default());
        between = 0;
        drawing.left = LIMIT;
        all.push(&message(drawing, turn));
    }
    let rest = u64::from(shown.saturating_sub(FOUND));
    let rest = (rest > 0).then(|| html!(r#"<p class="hint">{} more with these words</p>"#, figures::counted(rest, "message", "messages")));
    html!(r#"<div class="chat">{}{}</div>"#, all, rest.or_else(|| left_out(between)))
}

/// Whether anything that a message says holds words.
fn holds(turn: &ChatMessage<'_>, words: &Words) -> bool {
    turn.parts.iter().any(|part| is_in(part, words))
}

/// Whether anything that a part of a message says holds words.
fn is_in(part: &MessagePart<'_>, words: &Words) -> bool {
    let says = |literal: &str| match json::kind(literal) {
        JsonKind::String => words.is_in(&read_text(literal)),
        _ => words.is_in(&json::unescape_inside(literal, usize::MAX).text),
    };
    match part {
        MessagePart::Text(literal) | MessagePart::Noted(_, literal) | MessagePart::Json(literal) => says(literal),
        MessagePart::Call(call) => {
            let answer = call.answer.as_ref().and_then(|answer| answer.content);
            words.is_in(&call.name) || [call.arguments, answer].into_iter().flatten().any(says)
        }
        MessagePart::Result(answer) => answer.content.is_some_and(says),
        MessagePart::Image(media) | MessagePart::File(_, media) => media.name.as_ref().is_some_and(|name| words.is_in(name)),
    }
}

fn from_the_first(drawing: &mut Drawing<'_>, turns: &[ChatMessage<'_>]) -> Html {
    let mut all = Html::default();
    for turn in turns.iter().filter(|turn| !turn.parts.is_empty()) {
        if drawing.left == 0 {
            drawing.cut = true;
            break;
        }
        all.push(&message(drawing, turn));
    }
    html!(r#"<div class="chat">{}</div>"#, all)
}

/// One message, as far as the drawing goes.
pub(in crate::render) fn message(drawing: &mut Drawing<'_>, turn: &ChatMessage<'_>) -> Html {
    drawing.spend(MESSAGE);
    let who = match turn.role.as_str() {
        "system" => "System",
        "developer" => "Developer",
        "user" => "User",
        "assistant" => "Assistant",
        "tool" => "Tool",
        "" => "Message",
        other => other,
    };
    let name = turn.name.as_ref().map(|name| html!("<small>{}</small>", name));
    let mut plain = String::new();
    let said = as_far_as_it_goes(drawing, &turn.parts, |drawing, part| drawn(drawing, part, &mut plain));
    let words = plain.split_whitespace().count();
    if matches!(turn.role.as_str(), "system" | "developer") && words > FOLD {
        return html!(
            r#"<details class="msg sys"><summary><span class="who">{}{}</span><span class="one"><span class="clip" dir="auto">{}</span><span class="fold">{}</span></span></summary><div class="said">{}</div></details>"#,
            who,
            name,
            one_line(&plain, BEGINNING),
            figures::counted(words as u64, "word", "words"),
            said
        );
    }
    html!(r#"<div class="msg"><div class="who" dir="auto">{}{}</div><div class="said">{}</div></div>"#, who, name, said)
}

/// Draws parts one after the other, and says how many it left out; of many in which somebody looks for words, those that hold them.
fn as_far_as_it_goes<'a, 'source>(
    drawing: &mut Drawing<'a>,
    parts: &[MessagePart<'source>],
    mut draw: impl FnMut(&mut Drawing<'a>, &MessagePart<'source>) -> Html,
) -> Html {
    let words = drawing.find.filter(|_| parts.len() > MANY);
    let shown: Vec<_> = parts.iter().filter(|part| words.is_none_or(|words| is_in(part, words))).collect();
    let mut all = Html::default();
    let mut rest = shown.iter();
    while drawing.left > 0
        && let Some(part) = rest.next()
    {
        drawing.spend(PART);
        all.push(&draw(drawing, part));
    }
    drawing.cut |= rest.len() > 0;
    let (one, many) = match rest.clone().all(|part| matches!(part, MessagePart::Call(_))) {
        true => ("more tool call", "more tool calls"),
        false => ("more part", "more parts"),
    };
    for (count, [one, many]) in
        [(rest.len(), [one, many]), (parts.len() - shown.len(), ["part without these words", "parts without these words"])]
    {
        if count > 0 {
            all.push(&html!(r#"<p class="hint">{}</p>"#, figures::counted(count as u64, one, many)));
        }
    }
    all
}

/// Draws a part, and adds what it says to `plain`.
fn drawn(drawing: &mut Drawing<'_>, part: &MessagePart<'_>, plain: &mut String) -> Html {
    match part {
        MessagePart::Text(literal) => {
            let (html, text) = drawing.prose(literal);
            plain.push_str(&text);
            plain.push('\n');
            html!(r#"<div class="read">{}</div>"#, html)
        }
        MessagePart::Noted(note, literal) => {
            let (html, text) = drawing.prose(literal);
            let words = figures::counted(text.split_whitespace().count() as u64, "word", "words");
            match *note {
                "thinking" => html!(
                    r#"<details class="aside"><summary class="fold">thinking, {}</summary><div class="read">{}</div></details>"#,
                    words,
                    html
                ),
                "code" => code::block(&text, ""),
                "result" => html!(r#"<div><p class="hint">{}</p><pre class="raw">{}</pre></div>"#, note, text),
                _ => html!(r#"<div><p class="hint">{}</p><div class="read">{}</div></div>"#, note, html),
            }
        }
        MessagePart::Call(call) => called(drawing, call),
        MessagePart::Result(answer) => answered_alone(drawing, answer),
        MessagePart::Image(media) => shown_file(drawing, "image", media),
        MessagePart::File(what, media) => shown_file(drawing, what, media),
        MessagePart::Json(value) => {
            drawing.spend(value.len().min(1_000));
            tree::tree(drawing, value, false)
        }
    }
}

fn tool(name: &str, id: Option<&String>) -> Html {
    let icon = Html::ours(r##"<svg class="ic small" viewBox="0 0 16 16" aria-hidden="true"><use href="#i-tool"/></svg>"##);
    html!(
        r#"<div class="call-h">{}<b dir="auto">{}</b>{}</div>"#,
        icon,
        name,
        id.map(|id| html!(r#"<span class="hint clip">{}</span>"#, id))
    )
}

fn called(drawing: &mut Drawing<'_>, call: &ToolCall<'_>) -> Html {
    drawing.spend(call.name.len());
    let asked = call.arguments.map(|arguments| html!(r#"<div class="part"><span>asked</span>{}</div>"#, value(drawing, arguments)));
    let got = call.answer.as_ref().map(|answer| got(drawing, answer));
    html!(
        r#"<div class="call" role="group" aria-label="Tool call {0}">{1}{2}{3}</div>"#,
        call.name,
        tool(&call.name, call.id.as_ref()),
        asked,
        got
    )
}

fn answered_alone(drawing: &mut Drawing<'_>, answer: &ToolAnswer<'_>) -> Html {
    let name = answer.name.clone().unwrap_or_else(|| "tool".to_owned());
    html!(
        r#"<div class="call" role="group" aria-label="Tool result {0}">{1}{2}</div>"#,
        name,
        tool(&name, answer.id.as_ref()),
        got(drawing, answer)
    )
}

fn got(drawing: &mut Drawing<'_>, answer: &ToolAnswer<'_>) -> Html {
    let word = if answer.failed { "failed" } else { "got" };
    let content = answer.content.map_or_else(|| Html::ours(r#"<span class="hint">nothing</span>"#), |content| value(drawing, content));
    html!(r#"<div class="part"><span>{}</span>{}</div>"#, word, content)
}

/// What a tool is asked or answers: JSON as a tree, also where it is written as a text; text as it is; parts as what they are.
fn value(drawing: &mut Drawing<'_>, literal: &str) -> Html {
    match json::kind(literal) {
        JsonKind::String => {
            let text = drawing.text(literal);
            match json::parse(&text).filter(|inner| matches!(json::kind(inner), JsonKind::Object | JsonKind::Array)) {
                Some(inner) => tree::tree(drawing, inner, false),
                None => html!(r#"<pre class="raw" dir="auto">{}</pre>"#, text),
            }
        }
        JsonKind::Array => {
            let items = json::children(literal, json::MOST_CHILDREN).first;
            let parts: Option<Vec<_>> = items.iter().map(|(_, item)| super::parts::typed(item)).collect();
            match parts.filter(|parts| !parts.is_empty()) {
                Some(parts) => {
                    let parts: Vec<_> = parts.into_iter().flatten().collect();
                    html!(r#"<div class="said">{}</div>"#, as_far_as_it_goes(drawing, &parts, inside))
                }
                None => tree::tree(drawing, literal, false),
            }
        }
        _ => {
            drawing.spend(literal.len().min(1_000));
            tree::tree(drawing, literal, false)
        }
    }
}

/// A part of what a tool answered. Calls and answers stand in messages only.
fn inside(drawing: &mut Drawing<'_>, part: &MessagePart<'_>) -> Html {
    match part {
        MessagePart::Text(literal) | MessagePart::Noted(_, literal) => match drawing.text(literal) {
            text if json::parse(&text).is_some_and(|inner| matches!(json::kind(inner), JsonKind::Object | JsonKind::Array)) => {
                tree::tree(drawing, text.trim(), false)
            }
            text => html!(r#"<pre class="raw" dir="auto">{}</pre>"#, text),
        },
        MessagePart::Image(media) => shown_file(drawing, "image", media),
        MessagePart::File(what, media) => shown_file(drawing, what, media),
        MessagePart::Json(value) => tree::tree(drawing, value, false),
        MessagePart::Call(call) => tool(&call.name, call.id.as_ref()),
        MessagePart::Result(answer) => tool(answer.name.as_deref().unwrap_or("tool"), answer.id.as_ref()),
    }
}

fn shown_file(drawing: &mut Drawing<'_>, what: &str, media: &Media<'_>) -> Html {
    drawing.spend(100);
    file::block(drawing, what, media)
}

/// What a message says in plain text, of which so many bytes are read.
pub(in crate::render) fn plain(turn: &ChatMessage<'_>, limit: usize) -> String {
    let mut left = limit;
    let mut text = |literal: &str| {
        let text = json::text(literal, left).text;
        left = left.saturating_sub(literal.len());
        text
    };
    let parts = turn.parts.iter().map(|part| match part {
        MessagePart::Text(literal) | MessagePart::Noted(_, literal) => text(literal),
        MessagePart::Call(call) => format!("{}({})", call.name, call.arguments.map(&mut text).unwrap_or_default()),
        MessagePart::Result(answer) => answer.content.map(&mut text).unwrap_or_default(),
        MessagePart::Image(_) => "[image]".to_owned(),
        MessagePart::File(what, _) => format!("[{what}]"),
        MessagePart::Json(value) => json::compact(value, limit),
    });
    parts.collect::<Vec<_>>().join("\n")
}
