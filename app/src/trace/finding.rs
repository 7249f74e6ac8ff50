//! Finds words in all spans of the open trace, also in those that nobody has opened yet, and goes from place to place.

use super::api::find_in_trace;
use super::keys::leave_on_escape;
use super::marks::{self, MarkPlace, MarkStep, once_drawn};
use super::{Opened, Way};
use crate::api::{AppError, send};
use crate::keys::{Act, Scope, act_of, find, shortcuts, titled, use_keys};
use crate::raw_query::in_place;
use crate::ui::markup::inner;
use crate::ui::{Icon, IconName, format};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use shared::objects::FieldName;
use shared::spans::{FindInTrace, FoundInSpan, FoundInTrace, span_title};

/// What is looked for in the trace, what was found, and where one is in it. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct FindingInTrace {
    opened: Opened,
    is_open: RwSignal<bool>,
    /// Whether the spans that hold the words are listed, until one goes to one of them.
    is_listed: RwSignal<bool>,
    words: RwSignal<String>,
    found: RwSignal<Option<Result<FoundInTrace, AppError>>>,
    /// The words that the open span is marked with; none until one goes to a place of them.
    marked: RwSignal<Option<String>>,
    /// Where one is among the marks of the open span.
    at: RwSignal<Option<MarkPlace>>,
    /// From where one comes to a span whose marks are on their way, and in how many of its fields they are.
    coming: StoredValue<Option<(MarkStep, usize)>>,
    /// Whether one wants to go to a place before it is known where there is one.
    hurried: StoredValue<bool>,
    /// The number of the newest question: what is answered to an older one is not shown.
    newest: StoredValue<u32>,
}

impl FindingInTrace {
    /// Nothing is looked for yet. What was found in one trace says nothing of another.
    pub(super) fn new(opened: Opened) -> Self {
        let finding = Self {
            opened,
            is_open: RwSignal::new(false),
            is_listed: RwSignal::new(false),
            words: RwSignal::new(String::new()),
            found: RwSignal::new(None),
            marked: RwSignal::new(None),
            at: RwSignal::new(None),
            coming: StoredValue::new(None),
            hurried: StoredValue::new(false),
            newest: StoredValue::new(0),
        };
        let root = Memo::new(move |_| opened.trace.of_content(|content| content.trace.root_span_id.clone()));
        Effect::new(move |before: Option<()>| {
            root.track();
            if before.is_some() {
                finding.close();
            }
        });
        finding
    }

    /// The words to be marked in a field of a span, if it holds any.
    pub(super) fn marked_in(self, span: &str, field: FieldName) -> Option<String> {
        let words = self.marked.get()?;
        let holds = |found: &FoundInSpan| found.span_id == span && found.fields.iter().any(|found| found.field == field);
        self.found.with(|found| matches!(found, Some(Ok(found)) if found.spans.iter().any(&holds))).then_some(words)
    }

    /// A field of the open span was drawn with its marks: goes to the first of all, or to the last if one comes from behind.
    pub(super) fn has_drawn(self) {
        once_drawn(move || {
            let Some((step, left)) = self.coming.try_get_value().flatten() else { return };
            self.coming.set_value((left > 1).then_some((step, left - 1)));
            self.at.set(find("section.span").and_then(|span| marks::enter(&span, step)));
        });
    }

    fn ask(self, go: impl Fn(&str) + 'static) {
        let number = self.newest.try_update_value(|newest| {
            *newest += 1;
            *newest
        });
        self.marked.set(None);
        self.at.set(None);
        self.is_listed.set(true);
        self.hurried.set_value(false);
        let (words, trace) = (self.words.get_untracked(), self.opened.trace);
        let root = untrack(|| trace.of_content(|content| content.trace.root_span_id.clone()));
        let (Some(row), Some(root_span_id), false) = (trace.row.get_untracked(), root, words.trim().is_empty()) else {
            self.found.set(None);
            return;
        };
        send(find_in_trace(FindInTrace { object: row.object_id, root_span_id, words }), move |answer| {
            if self.newest.try_get_value() == number {
                let _ = self.found.try_set(Some(answer));
                if self.hurried.try_get_value() == Some(true) {
                    self.step(MarkStep::Next, go);
                }
            }
        });
    }

    /// The open span, and those that hold the words, each with the number of its fields that do.
    fn spans(self) -> (String, Vec<(String, usize)>) {
        let open = untrack(|| self.opened.trace.of_content(|content| content.span.span_id.clone())).unwrap_or_default();
        let spans = self.found.with_untracked(|found| match found {
            Some(Ok(found)) => found.spans.iter().map(|span| (span.span_id.clone(), span.fields.len())).collect(),
            _ => Vec::new(),
        });
        (open, spans)
    }

    /// Goes to a place beside the current one, also in another span; `go` opens that.
    fn step(self, step: MarkStep, go: impl Fn(&str)) {
        let (open, spans) = self.spans();
        let here = spans.iter().position(|(span, _)| *span == open);
        if self.marked.with_untracked(Option::is_none) {
            self.hurried.set_value(spans.is_empty() && self.found.with_untracked(Option::is_none));
            if let Some((span, fields)) = spans.get(here.unwrap_or(0)) {
                self.come_to(*fields, step);
                if here.is_none() {
                    go(span);
                }
            }
            return;
        }
        let section = find("section.span");
        if here.is_some() {
            self.coming.set_value(None);
            if let Some(place) = section.as_ref().and_then(|section| marks::step(section, step)) {
                self.at.set(Some(place));
                return;
            }
        }
        let beside = match (here, step) {
            (None, _) => 0,
            (Some(here), MarkStep::Next) => (here + 1) % spans.len(),
            (Some(here), MarkStep::Previous) => here.checked_sub(1).unwrap_or(spans.len() - 1),
        };
        match spans.get(beside) {
            Some((span, fields)) if Some(beside) != here => {
                self.come_to(*fields, step);
                go(span);
            }
            _ => self.at.set(section.and_then(|section| marks::enter(&section, step))),
        }
    }

    /// Marks the words in the span that is or will be open.
    fn come_to(self, fields: usize, step: MarkStep) {
        self.coming.set_value(Some((step, fields)));
        self.at.set(None);
        self.is_listed.set(false);
        let words = self.words.get_untracked();
        if self.marked.with_untracked(|marked| marked.as_deref() != Some(words.as_str())) {
            self.marked.set(Some(words));
        }
    }

    fn close(self) {
        self.is_open.set(false);
        self.words.set(String::new());
        self.marked.set(None);
        self.at.set(None);
        self.found.set(None);
    }

    /// "3 of 17", and among which spans.
    fn about(self) -> Option<String> {
        let place = self.at.get()?.words();
        let open = self.opened.trace.of_content(|content| content.span.span_id.clone())?;
        self.found.with(|found| match found {
            Some(Ok(found)) if found.spans.len() > 1 => {
                let here = found.spans.iter().position(|span| span.span_id == open)?;
                Some(format!("{place}, span {} of {}", here + 1, found.spans.len()))
            }
            _ => Some(place),
        })
    }
}

/// Draws the button, and what it opens.
#[component]
pub(super) fn TraceFinding() -> impl IntoView {
    let (opened, finding) = (expect_context::<Opened>(), expect_context::<FindingInTrace>());
    let navigate = use_navigate();
    let go = move |span: &str| {
        let root = untrack(|| opened.trace.of_content(|content| content.trace.root_span_id.clone())).unwrap_or_default();
        navigate(&untrack(|| opened.links.to(Way::Span { root, span: span.to_owned() })), in_place());
    };
    let step = {
        let go = go.clone();
        move |step: MarkStep| finding.step(step, &go)
    };
    let by_key = {
        let step = step.clone();
        move |act: Act| {
            let way = match act {
                Act::NextFound => MarkStep::Next,
                Act::PreviousFound => MarkStep::Previous,
                _ => return false,
            };
            let is_open = finding.is_open.get_untracked();
            if is_open {
                step(way);
            }
            is_open
        }
    };
    use_keys().on(Scope::Trace, by_key.clone());
    let input = NodeRef::<leptos::html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            let _ = input.focus();
        }
    });
    let toggle = move |_| if finding.is_open.get_untracked() { finding.close() } else { finding.is_open.set(true) };
    let open = move || {
        finding.is_open.get().then(|| {
            let (go, step, by_key) = (go.clone(), step.clone(), by_key.clone());
            let (next, previous) = (step.clone(), step.clone());
            let key = move |event: leptos::ev::KeyboardEvent| {
                match event.key().as_str() {
                    "Escape" => finding.close(),
                    "Enter" if !event.is_composing() => step(if event.shift_key() { MarkStep::Previous } else { MarkStep::Next }),
                    _ if act_of(&event, Scope::Trace).is_some_and(&by_key) => event.prevent_default(),
                    _ => {}
                }
                leave_on_escape(event);
            };
            let typed = move |event| {
                finding.words.set(event_target_value(&event));
                finding.ask(go.clone());
            };
            let holds_none = move || !finding.found.with(|found| matches!(found, Some(Ok(found)) if !found.spans.is_empty()));
            view! {
                <input class="input find" type="search" dir="auto" aria-label="Find in trace" node_ref=input prop:value=finding.words on:input=typed on:keydown=key/>
                <span class="hint num nowrap" role="status" aria-label="Place">{move || finding.about()}</span>
                <span class="group">
                    <button class="btn icon small keep" type="button" aria-label="Previous place" title=titled("Previous place", Act::PreviousFound)
                        aria-keyshortcuts=shortcuts(Act::PreviousFound) disabled=holds_none on:click=move |_| previous(MarkStep::Previous)>
                        <Icon name=IconName::Up/>
                    </button>
                    <button class="btn icon small keep" type="button" aria-label="Next place" title=titled("Next place", Act::NextFound)
                        aria-keyshortcuts=shortcuts(Act::NextFound) disabled=holds_none on:click=move |_| next(MarkStep::Next)>
                        <Icon name=IconName::Down/>
                    </button>
                </span>
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
fn Found(finding: FindingInTrace) -> impl IntoView {
    let opened = expect_context::<Opened>();
    let span = move |span: FoundInSpan, root: String| {
        let FoundInSpan { span_id, name, fields, around } = span;
        let name = span_title(&name, "").to_owned();
        let count: u64 = fields.iter().map(|found| u64::from(found.count)).sum();
        let headings = fields.iter().map(|found| found.field.heading()).collect::<Vec<_>>().join(", ");
        let times = if count > 1 { [headings, format::counted(count, "time", "times")].join(", ") } else { headings };
        let come = {
            let (span, fields) = (span_id.clone(), fields.len());
            move |_| {
                let is_marked = finding.marked.with_untracked(Option::is_some);
                finding.come_to(fields, MarkStep::Next);
                // What is drawn with its marks already is not drawn again.
                if is_marked && finding.spans().0 == span {
                    finding.has_drawn();
                }
            }
        };
        let address = opened.links.to(Way::Span { root, span: span_id });
        view! {
            <li><a data-noscroll="" href=address on:click=come>
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
        finding.found.get().filter(|_| finding.is_listed.get()).map(|answer| match answer {
            Ok(found) => view! { <section class="found" aria-label="Found in trace">{list(found)}</section> }.into_any(),
            Err(error) => {
                view! { <section class="found" aria-label="Found in trace"><p class="wrong" role="alert">{error.to_string()}</p></section> }
                    .into_any()
            }
        })
    }
}
