//! The open trace: head, tree, span and side.

use super::activity::ActivitySection;
use super::adding::SpanDatasets;
use super::conversation::ConversationPane;
use super::finding::{FindingInTrace, TraceFinding};
use super::flag::{FlagDialog, SpanFlags};
use super::form::Form;
use super::keys::follow_keys;
use super::layout::LayoutTabs;
use super::missed::Missed;
use super::review::HumanReview;
use super::reviewing::{OpenItem, ReviewPart, Shown, follow_mode, is_reviewing};
use super::span::SpanSection;
use super::tags::TagsSection;
use super::tree::{FoldButton, Pane, PaneEdge, SpanTree};
use super::{Opened, Way};
use crate::api::ErrorPage;
use crate::context::use_project;
use crate::hydration::later;
use crate::journal::undo::UndoToast;
use crate::keys::{Act, find, shortcuts, titled};
use crate::ui::{Icon, IconName, IconSize, format};
use leptos::prelude::*;
use shared::layout::TraceLayout;
use shared::objects::RowAddress;
use shared::permissions::Action;
use shared::spans::TraceHead;

/// Draws the trace that is open.
#[component]
pub(crate) fn TracePanel() -> impl IntoView {
    let trace = expect_context::<Opened>().trace;
    // The panel stays while one goes from span to span and from trace to trace: only what differs is drawn anew.
    let shown = Memo::new(move |_| trace.content.with(Option::is_some));
    let reviewing = is_reviewing();
    let panel = move || {
        if shown.get() {
            view! { <Trace/> }.into_any()
        } else if let Some(error) = trace.refused.get() {
            let gone = move || reviewing.get().then(|| view! { <ReviewPart shown=Shown::Gone/> });
            view! { <div class="trace-missing"><ErrorPage error/>{gone}</div> }.into_any()
        } else {
            view! { <article class="trace" aria-label="Trace" aria-busy="true"></article> }.into_any()
        }
    };
    view! { {panel}<Missed/> }
}

#[component]
fn Trace() -> impl IntoView {
    let opened = expect_context::<Opened>();
    let Opened { trace, links, layout, kind, .. } = opened;
    provide_context(FindingInTrace::new(opened));
    let flags = SpanFlags::new(trace);
    provide_context(flags);
    provide_context(SpanDatasets::new(trace));
    follow_keys(trace);
    follow_mode();
    let reviewing = is_reviewing();
    let of = move |read: fn(&TraceHead) -> String| move || trace.of_content(|content| read(&content.trace)).unwrap_or_default();
    let name = move || trace.of_content(|content| content.trace.title(kind).to_owned()).unwrap_or_default();
    let label = move || format!("Trace {}", name());
    let close = move || links.to(Way::Closed);
    let pane = Pane::new();
    // Whoever chose a trace from the list beside it goes on with its keys.
    Effect::new(move |before: Option<Option<RowAddress>>| {
        let row = trace.form_row.get();
        if before.is_some_and(|before| before != row)
            && let Some(link) = find(".minilist a:focus")
        {
            // What cannot give up the focus keeps it.
            let _ = link.blur();
        }
        row
    });
    let errors = Memo::new(move |_| trace.of_content(|content| content.tree.errors).unwrap_or_default());
    let errors = move || {
        (errors.get() > 0).then(|| view! { <span class="fault nowrap"><Icon name=IconName::Warning size=IconSize::Small/>{format::counted(u64::from(errors.get()), "error", "errors")}</span> })
    };
    let tokens = Memo::new(move |_| trace.of_content(|content| content.tree.tokens).flatten());
    let tokens = move || {
        tokens.get().map(|tokens| view! { <span class="hint id nowrap">{format::counted(tokens.unsigned_abs(), "token", "tokens")}</span> })
    };
    let cost = Memo::new(move |_| trace.of_content(|content| content.tree.cost).flatten());
    let cost =
        move || cost.get().map(|cost| view! { <span class="hint id nowrap" title="Estimated cost">{format::nanodollars(cost)}</span> });
    // In review mode what leads on stands below the form.
    let steps = move || if reviewing.get() { view! { <ReviewPart shown=Shown::Place/> }.into_any() } else { view! { <Steps/> }.into_any() };
    view! {
        <article class=move || ["trace", &laid_out(layout.get(), &pane.classes()), if reviewing.get() { " reviewing" } else { "" }].concat() aria-label=label aria-busy=move || (!trace.is_painted.get()).then_some("true")>
            <header class="trace-h">
                {steps}
                <h2 class="clip" title=name>{name}</h2>
                <span class="hint id nowrap">{of(|head| format::counted(head.spans.unsigned_abs(), "span", "spans"))}</span>
                {errors}
                {tokens}
                {cost}
                <code class="hint id clip">{of(|head| head.root_span_id.clone())}</code>
                <div class="actions">
                    <FoldButton pane/>
                    <TraceFinding/>
                    <CopyLink/>
                    <a class="btn icon ghost small keep" role="button" data-noscroll="" href=close aria-label="Close" title=titled("Close", Act::Close) aria-keyshortcuts=shortcuts(Act::Close)><Icon name=IconName::Close/></a>
                </div>
            </header>
            {later(|| view! { <Spans/> }.into_any())}
            <PaneEdge pane/>
            {later(|| view! { <SpanSection/> }.into_any())}
            {later(|| view! { <Side/> }.into_any())}
            <Show when=move || !reviewing.get()><UndoToast/></Show>
            <FlagDialog/>
        </article>
    }
}

/// Draws what leads to the trace before and to the next.
#[component]
fn Steps() -> impl IntoView {
    let links = expect_context::<Opened>().links;
    let (previous, next) = (move || links.to(Way::Previous), move || links.to(Way::Next));
    view! {
        <span class="group">
            <a class="btn icon keep small" role="button" data-noscroll="" href=previous aria-label="Previous" title=titled("Previous", Act::Previous) aria-keyshortcuts=shortcuts(Act::Previous)><Icon name=IconName::Up/></a>
            <a class="btn icon keep small" role="button" data-noscroll="" href=next aria-label="Next" title=titled("Next", Act::Next) aria-keyshortcuts=shortcuts(Act::Next)><Icon name=IconName::Down/></a>
        </span>
    }
}

/// The classes that say to the style sheet as what the spans are laid out. A conversation takes the room of the tree and of the span.
fn laid_out(layout: TraceLayout, pane: &str) -> String {
    match layout {
        TraceLayout::Tree => pane.to_owned(),
        TraceLayout::Timeline => [" as-timeline", pane].concat(),
        TraceLayout::Conversation => " as-conversation".to_owned(),
    }
}

#[component]
fn Spans() -> impl IntoView {
    let layout = expect_context::<Opened>().layout;
    let is_conversation = Memo::new(move |_| layout.get() == TraceLayout::Conversation);
    let spans = move || {
        if is_conversation.get() { view! { <ConversationPane/> }.into_any() } else { view! { <SpanTree/> }.into_any() }
    };
    view! {
        <div class="spans">
            <LayoutTabs/>
            <div class="laid" role="tabpanel" id="trace-spans" aria-label=move || layout.get().label()>{spans}</div>
        </div>
    }
}

#[component]
fn Side() -> impl IntoView {
    let opened = expect_context::<Opened>();
    let trace = opened.trace;
    let is_open = RwSignal::new(false);
    provide_context(Form::new(opened, opened.kind));
    let may_review = use_project().may(Action::Review);
    let reviewing = is_reviewing();
    provide_context(OpenItem::new());
    let item = move || (may_review && reviewing.get()).then(|| view! { <ReviewPart shown=Shown::Item/> });
    let foot = move || (may_review && reviewing.get()).then(|| view! { <ReviewPart shown=Shown::Foot/> });
    view! {
        <aside class="side" class:open=is_open aria-label="Review and activity" inert=move || !trace.is_form_painted.get()>
            {item}
            <HumanReview is_open/>
            <TagsSection/>
            <ActivitySection/>
            {foot}
        </aside>
    }
}

#[component]
fn CopyLink() -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        {
            let address = window().location().href().unwrap_or_default();
            crate::ui::copy_link(&address);
            copied.set(true);
            set_timeout(
                move || {
                    let _ = copied.try_set(false);
                },
                std::time::Duration::from_secs(2),
            );
        }
    };
    let icon = move || view! { <Icon name=if copied.get() { IconName::Check } else { IconName::Link }/> };
    view! {
        <button class="btn icon ghost small" type="button" aria-label="Copy link" title=titled("Copy link", Act::CopyLink) aria-keyshortcuts=shortcuts(Act::CopyLink) on:click=copy>{icon}</button>
    }
}
