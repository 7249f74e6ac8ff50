//! The chosen span: what it is, and its fields.

use super::adding::InDatasets;
use super::expected::ExpectedSection;
use super::field::FieldSection;
use super::flag::{AssignButton, FlagButton, Flagged};
use super::tree::icon;
use super::{Opened, Way};
use crate::cases::EditCaseButton;
use crate::context::use_project;
use crate::ui::markup::{inner, row_origin};
use crate::ui::{Icon, RelativeTime, format, score_bar};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use shared::cases::EDITED;
use shared::objects::{FieldName, ObjectKind, RowAddress};
use shared::permissions::Action;
use shared::said::ScoreBelow;
use shared::spans::{SpanHead, span_title};
use shared::summary::SpanScore;

/// The length of a score's track in pixels.
const TRACK: u32 = 48;

/// Draws the span that is open.
#[component]
pub(super) fn SpanSection() -> impl IntoView {
    let Opened { trace, kind, .. } = expect_context::<Opened>();
    let span = Memo::new(move |_| trace.of_content(|content| Head::of(&content.span, kind, content.trace.title(kind))));
    let label = move || span.with(|span| span.as_ref().map(|span| format!("Span {}", span.name)));
    let head = move || span.get().map(|head| view! { <SpanHead head/> });
    // What should have come out can be written, so who may does not need it to be there.
    let may_edit = use_project().may(Action::Review);
    // So can the input and the metadata of a case.
    let may_ingest = use_project().may(Action::Ingest);
    let is_case =
        Memo::new(move |_| may_ingest && trace.row.with(|row| row.as_ref().is_some_and(|row| row.object_type == ObjectKind::Dataset)));
    let names = Memo::new(move |_| {
        let names = trace.of_content(|content| {
            let has = |name: &FieldName| content.fields.iter().any(|field| field.field == *name);
            let edited = |name: &FieldName| (may_edit && *name == FieldName::Expected) || (is_case.get() && EDITED.contains(name));
            FieldName::ALL.into_iter().filter(|name| has(name) || edited(name)).collect::<Vec<_>>()
        });
        names.unwrap_or_default()
    });
    // Whoever chose with the pointer goes on with the keys of the form.
    let is_pointed = StoredValue::new(false);
    let give_keys_back = move |event: leptos::ev::Event| {
        let chosen = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        if let Some(chosen) =
            chosen.filter(|chosen| is_pointed.try_get_value().unwrap_or(false) && chosen.matches("select").unwrap_or(false))
        {
            // What cannot give up the focus keeps it.
            let _ = chosen.blur();
        }
    };
    let fields = move || {
        let row = trace.row.get();
        names.get().into_iter().filter_map(|name| Some((row.clone()?, name))).collect::<Vec<_>>()
    };
    view! {
        <section class="span" aria-label=label tabindex="0" inert=move || !trace.is_painted.get()
            on:pointerdown=move |_| is_pointed.set_value(true) on:keydown=move |_| is_pointed.set_value(false) on:change=give_keys_back>
            {head}
            <For each=fields key=Clone::clone let((row, name))>
                {if name == FieldName::Expected {
                    view! { <ExpectedSection row/> }.into_any()
                } else if is_case.get_untracked() && EDITED.contains(&name) {
                    let button = view! { <EditCaseButton row=row.clone() field=name/> };
                    view! { <FieldSection row name action=button.into_any()/> }.into_any()
                } else {
                    view! { <FieldSection row name/> }.into_any()
                }}
            </For>
            <Metrics/>
            <Scores/>
        </section>
    }
}

/// What the head shows of a span.
#[derive(Clone, PartialEq)]
struct Head {
    name: String,
    kind: String,
    duration: Option<i64>,
    model: Option<String>,
    tokens: Option<f64>,
    cost: Option<i64>,
    created: i64,
    origin: Option<RowAddress>,
}

impl Head {
    fn of(span: &SpanHead, object: ObjectKind, title: &str) -> Self {
        // Rows of datasets are cases: what names them is their input.
        let is_case = object == ObjectKind::Dataset && span.name.is_empty();
        let metric = |name: &str| span.metrics.iter().find(|(key, _)| key == name).map(|(_, value)| *value);
        Self {
            name: if is_case { title.to_owned() } else { span_title(&span.name, &span.kind).to_owned() },
            kind: if is_case { "row" } else { Some(span.kind.as_str()).filter(|kind| !kind.is_empty()).unwrap_or("span") }.to_owned(),
            duration: span.duration,
            model: span.model.clone(),
            tokens: shared::spans::tokens(metric).map(|tokens| tokens as f64),
            cost: shared::spans::cost(metric),
            created: span.created,
            origin: span.origin.clone(),
        }
    }
}

#[component]
fn SpanHead(head: Head) -> impl IntoView {
    let tokens = head.tokens.map(|tokens| view! { <span><b>{format::count(tokens as u64)}</b>" tokens"</span> });
    let organization = use_project().organization;
    let origin = head.origin.map(|row| view! { <span>"From "<span inner_html=inner(row_origin(&organization, &row))></span></span> });
    let duration = head.duration.map(|micros| view! { <span><b>{format::duration(micros as f64 / 1e6)}</b></span> });
    view! {
        <header class="span-h">
            <div class="row"><Icon name=icon(&head.kind)/><h3>{head.name}</h3><span class="badge">{head.kind}</span><FlagButton/><AssignButton/></div>
            <div class="facts">
                {duration}{tokens}
                {head.cost.map(|cost| view! { <span>{format::nanodollars(cost)}</span> })}
                {head.model.map(|model| view! { <span>{model}</span> })}
                {origin}
                <RelativeTime micros=head.created/>
            </div>
            <Flagged/>
            <InDatasets/>
        </header>
    }
}

#[component]
fn Metrics() -> impl IntoView {
    let trace = expect_context::<Opened>().trace;
    let metrics = Memo::new(move |_| trace.of_content(|content| content.span.metrics.clone()).unwrap_or_default());
    let lines = move || {
        metrics
            .get()
            .into_iter()
            .map(|(name, value)| {
                view! { <div><dt>{name}</dt><dd class="num">{value.to_string()}</dd></div> }
            })
            .collect_view()
    };
    view! {
        <Show when=move || !metrics.read().is_empty()>
            <section class="sec" aria-label="Metrics">
                <div class="sec-h"><h3>"Metrics"</h3></div>
                <dl class="facts-list">{lines}</dl>
            </section>
        </Show>
    }
}

#[component]
fn Scores() -> impl IntoView {
    let Opened { trace, links, .. } = expect_context::<Opened>();
    let scores = Memo::new(move |_| trace.said.with(|said| said.as_ref().map(|said| said.scores.clone()).unwrap_or_default()));
    let below = Memo::new(move |_| trace.said.with(|said| said.as_ref().map(|said| said.scores_below.clone()).unwrap_or_default()));
    let root = Memo::new(move |_| trace.of_content(|content| content.trace.root_span_id.clone()).unwrap_or_default());
    let bar = |SpanScore { value, kind, spread, .. }| score_bar(kind, Some(value), spread, TRACK);
    let lines = move || {
        let own = scores.get().into_iter().map(|(name, score)| view! { <div><dt>{name}</dt><dd inner_html=inner(bar(score))></dd></div> });
        own.collect_view()
    };
    let lines_below = move || {
        let line = |ScoreBelow { name, score, span_id, span_name, reason }| {
            let href = links.to(Way::Span { root: root.get(), span: span_id });
            let from = ["From ", span_title(&span_name, "")].concat();
            let reason = (!reason.is_empty()).then(|| view! { <q dir="auto">{reason}</q> });
            view! {
                <div>
                    <dt><a class="link" data-noscroll="" href=href title=from>{name}</a></dt>
                    <dd><span inner_html=inner(bar(score))></span>{reason}</dd>
                </div>
            }
        };
        below.get().into_iter().map(line).collect_view()
    };
    view! {
        <Show when=move || !scores.read().is_empty() || !below.read().is_empty()>
            <section class="sec" aria-label="Scores">
                <div class="sec-h"><h3>"Scores"</h3></div>
                <dl class="facts-list scores-list">{lines}{lines_below}</dl>
            </section>
        </Show>
    }
}
