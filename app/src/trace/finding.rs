//! Finds words in all spans of the open trace, also in those that nobody has opened yet.

use super::api::find_in_trace;
use super::keys::leave_on_escape;
use super::{Opened, Way};
use crate::api::{AppError, send};
use crate::ui::markup::inner;
use crate::ui::{Icon, IconName, format};
use leptos::prelude::*;
use shared::spans::{FindInTrace, FoundInSpan, FoundInTrace, span_title};

/// What is looked for, and what was found. Copies share it.
#[derive(Clone, Copy)]
struct Finding {
    is_open: RwSignal<bool>,
    words: RwSignal<String>,
    found: RwSignal<Option<Result<FoundInTrace, AppError>>>,
    /// The number of the newest question: what is answered to an older one is not shown.
    newest: StoredValue<u32>,
}

impl Finding {
    fn ask(self, opened: &Opened) {
        let number = self.newest.try_update_value(|newest| {
            *newest += 1;
            *newest
        });
        let words = self.words.get_untracked();
        let row = opened.trace.row.get_untracked();
        let root = untrack(|| opened.trace.of_content(|content| content.trace.root_span_id.clone()));
        let (Some(row), Some(root_span_id), false) = (row, root, words.trim().is_empty()) else {
            self.found.set(None);
            return;
        };
        send(find_in_trace(FindInTrace { object: row.object_id, root_span_id, words }), move |answer| {
            if self.newest.try_get_value() == number {
                let _ = self.found.try_set(Some(answer));
            }
        });
    }

    fn close(self) {
        self.is_open.set(false);
        self.words.set(String::new());
        self.found.set(None);
    }
}

/// Draws the button, and what it opens.
#[component]
pub(super) fn TraceFinding() -> impl IntoView {
    let opened = expect_context::<Opened>();
    let finding = Finding {
        is_open: RwSignal::new(false),
        words: RwSignal::new(String::new()),
        found: RwSignal::new(None),
        newest: StoredValue::new(0),
    };
    // What was found in one trace says nothing of another.
    let root = Memo::new(move |_| opened.trace.of_content(|content| content.trace.root_span_id.clone()));
    Effect::new(move |before: Option<()>| {
        root.track();
        if before.is_some() {
            finding.close();
        }
    });
    let input = NodeRef::<leptos::html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            let _ = input.focus();
        }
    });
    let key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            finding.close();
        }
        leave_on_escape(event);
    };
    let typed = move |event| {
        finding.words.set(event_target_value(&event));
        finding.ask(&opened);
    };
    let toggle = move |_| if finding.is_open.get_untracked() { finding.close() } else { finding.is_open.set(true) };
    let open = move || {
        finding.is_open.get().then(|| {
            view! {
                <input class="input find" type="search" dir="auto" aria-label="Find in trace" node_ref=input prop:value=finding.words on:input=typed on:keydown=key/>
                <Found finding/>
            }
        })
    };
    view! {
        <div class="trace-find">
            {open}
            <button class="btn icon ghost small keep" type="button" aria-label="Find in trace" title="Find in trace"
                aria-expanded=move || finding.is_open.get().to_string() on:click=toggle>
                <Icon name=IconName::Search/>
            </button>
        </div>
    }
}

#[component]
fn Found(finding: Finding) -> impl IntoView {
    let opened = expect_context::<Opened>();
    let span = move |span: FoundInSpan, root: String| {
        let FoundInSpan { span_id, name, field, count, around } = span;
        let name = span_title(&name, "").to_owned();
        let address = opened.links.to(Way::Span { root, span: span_id });
        let times = if count > 1 {
            format!("{}, {}", field.heading(), format::counted(u64::from(count), "time", "times"))
        } else {
            field.heading().to_owned()
        };
        view! {
            <li><a data-noscroll="" href=address>
                <span class="row"><b class="clip">{name}</b><span class="hint nowrap">{times}</span></span>
                <span class="excerpt" dir="auto" inner_html=inner(around)></span>
            </a></li>
        }
    };
    let list = move |found: FoundInTrace| {
        let root = opened.trace.of_content(|content| content.trace.root_span_id.clone()).unwrap_or_default();
        let count = found.spans.len() as u64;
        let about = match (count, found.partial) {
            (0, false) => "No span holds this.".to_owned(),
            (0, true) => "No span of those that were looked at holds this; the trace is too large to look at all.".to_owned(),
            (_, false) => format!("In {}", format::counted(count, "span", "spans")),
            (_, true) => format!("In {} and perhaps more: the trace is too large to look at all", format::counted(count, "span", "spans")),
        };
        let spans = found.spans.into_iter().map(|found| span(found, root.clone())).collect_view();
        view! { <p class="hint" role="status">{about}</p><ul>{spans}</ul> }
    };
    move || {
        finding.found.get().map(|answer| match answer {
            Ok(found) => view! { <section class="found" aria-label="Found in trace">{list(found)}</section> }.into_any(),
            Err(error) => {
                view! { <section class="found" aria-label="Found in trace"><p class="wrong" role="alert">{error.to_string()}</p></section> }
                    .into_any()
            }
        })
    }
}
