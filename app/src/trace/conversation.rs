//! The open trace as one conversation: who said what, and what tools answered. Each message leads to its span.

use super::api::read_conversation;
use super::field::{Unfolded, Unfolding};
use super::tree::icon;
use super::{Opened, TraceState, Way};
use crate::api::{AppError, send};
use crate::ui::markup::inner;
use crate::ui::{Icon, format};
use leptos::prelude::*;
use shared::layout::TraceLayout;
use shared::objects::RowAddress;
use shared::spans::{ReadConversation, SpokenMessage, TraceConversation, span_title};

/// What is known of a conversation. Copies share it.
#[derive(Clone, Copy)]
struct Listening {
    trace: TraceState,
    heard: RwSignal<Option<TraceConversation>>,
    refused: RwSignal<Option<AppError>>,
    /// The number of the newest reading: what comes later than that is not shown.
    newest: StoredValue<u32>,
}

impl Listening {
    /// Begins with what came with the page.
    fn new() -> Self {
        let Opened { trace, conversation, .. } = expect_context::<Opened>();
        let root = trace.of_content(|content| content.trace.root_span_id.clone());
        // The server wrote it a moment ago; what cannot be read is read again.
        let heard = conversation.with_value(|json| crate::json::read::<TraceConversation>(json.as_ref()?.get().as_bytes()).ok());
        let heard = heard.filter(|heard| Some(&heard.root_span_id) == root.as_ref());
        Self { trace, heard: RwSignal::new(heard), refused: RwSignal::new(None), newest: StoredValue::new(0) }
    }

    /// Reads a conversation from its beginning, or goes on with what is known of it.
    fn read(self, root: String, first: usize) {
        let number = self.newest.try_update_value(|newest| {
            *newest += 1;
            *newest
        });
        let query = ReadConversation { object: self.trace.object(), root_span_id: root, first: u32::try_from(first).unwrap_or(u32::MAX) };
        send(read_conversation(query), move |answer| {
            // Another trace may be shown by now, and the pane be gone.
            if self.newest.try_get_value() != number {
                return;
            }
            match answer {
                Ok(part) => {
                    let _ = self.refused.try_set(None);
                    let _ = self.heard.try_update(|heard| take(heard, part));
                }
                Err(error) => {
                    let _ = self.refused.try_set(Some(error));
                }
            }
        });
    }
}

/// Takes in a part: at the end of what is known, or in its place.
fn take(heard: &mut Option<TraceConversation>, part: TraceConversation) {
    match heard {
        Some(known) if part.first > 0 && known.root_span_id == part.root_span_id && known.messages.len() == part.first as usize => {
            (known.total, known.partial) = (part.total, part.partial);
            known.messages.extend(part.messages);
        }
        _ => *heard = Some(part),
    }
}

/// Draws the conversation of the open trace.
#[component]
pub(super) fn ConversationPane() -> impl IntoView {
    let listening = Listening::new();
    let Listening { trace, heard, refused, .. } = listening;
    // What is said changes with the trace, and as it grows.
    let told =
        Memo::new(move |_| trace.of_content(|content| (content.trace.root_span_id.clone(), content.tree.total, content.tree.duration)));
    Effect::new(move |before: Option<Option<(String, u32, i64)>>| {
        let told = told.get();
        let is_there = before.is_none() && heard.with_untracked(Option::is_some);
        if let Some((root, ..)) = told.clone().filter(|_| !is_there && before.as_ref() != Some(&told)) {
            listening.read(root, 0);
        }
        told
    });
    let is_awaited = move || {
        let root = told.get().map(|(root, ..)| root);
        heard.with(|heard| heard.as_ref().map(|heard| &heard.root_span_id) != root.as_ref()) && refused.with(Option::is_none)
    };
    let messages =
        move || heard.with(|heard| heard.iter().flat_map(|heard| heard.messages.iter().cloned().enumerate()).collect::<Vec<_>>());
    let key = |(place, message): &(usize, SpokenMessage)| (*place, message.span_id.clone(), message.stamp, message.html.as_str().len());
    let is_silent = move || heard.with(|heard| heard.as_ref().is_some_and(|heard| heard.messages.is_empty()));
    let more = move || {
        let (known, total) = heard.with(|heard| heard.as_ref().map_or((0, 0), |heard| (heard.messages.len(), heard.total as usize)));
        let go_on = move |_| {
            if let Some((root, ..)) = told.get_untracked() {
                listening.read(root, known);
            }
        };
        (known < total).then(|| {
            let label = format!("Show more of {}", format::counted(total as u64, "message", "messages"));
            view! { <button class="fold" type="button" on:click=go_on>{label}</button> }
        })
    };
    let is_partial = move || heard.with(|heard| heard.as_ref().is_some_and(|heard| heard.partial));
    view! {
        <section class="conversation" aria-label="Conversation" tabindex="0" aria-busy=move || is_awaited().then_some("true")>
            <For each=messages key=key let((_, message))><Message message refused/></For>
            {move || is_silent().then(|| view! { <p class="hint">"Nobody says anything in this trace."</p> })}
            {more}
            {move || is_partial().then(|| view! { <p class="hint">"This trace asks its models more often than is read here. Look at the tree for the rest."</p> })}
            {move || refused.get().map(|error| view! { <p class="wrong" role="alert">{error.to_string()}</p> })}
        </section>
    }
}

/// Draws a message, with the link to its span.
#[component]
fn Message(message: SpokenMessage, refused: RwSignal<Option<AppError>>) -> impl IntoView {
    let Opened { trace, kind, links, layout, .. } = expect_context::<Opened>();
    let SpokenMessage { span_id, span_name, row_id, field, stamp, html, cut } = message;
    let name = span_title(&span_name, "").to_owned();
    let root = Memo::new(move |_| trace.of_content(|content| content.trace.root_span_id.clone()).unwrap_or_default());
    let href = move || links.to(Way::Span { root: root.get(), span: span_id.clone() });
    // Whoever goes to a span wants to read it. What was chosen stays chosen for the next trace.
    let go = move |_| layout.set(TraceLayout::Tree);
    let title = format!("Go to {name}");
    let row = RowAddress { object_type: kind, object_id: trace.object(), id: row_id };
    let has_lines = html.as_str().contains(r#"class="json"#);
    let said = if has_lines {
        let unfolding = Unfolding::new(row, field, stamp, refused);
        view! { <Unfolded unfolding html label="Message".to_owned()/> }.into_any()
    } else {
        view! { <div inner_html=inner(html)></div> }.into_any()
    };
    view! {
        <article class="spoken">
            <a class="from" href=href data-noscroll="" on:click=go title=title><Icon name=icon("llm")/><span class="clip">{name}</span></a>
            <div class="chat">{said}</div>
            {cut.then(|| view! { <p class="hint">"It goes on. Go to the span for all of it."</p> })}
        </article>
    }
}
