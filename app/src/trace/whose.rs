//! Whose the form is: for which span one answers, while one may read another one, and where else in the trace answers stand.

use super::state::Whose;
use super::{Opened, Way};
use crate::keys::{Act, Scope, find, shortcuts, titled, use_keys};
use crate::ui::format;
use leptos::prelude::*;
use shared::spans::span_title;

/// What leads back to the root.
const WHOLE: &str = "Answer for the whole trace";

/// Spans that are named; of more there is a number.
const NAMED: usize = 3;

/// Draws whose the form is. A trace of one span needs no word about it.
#[component]
pub(super) fn FormOwner() -> impl IntoView {
    let trace = expect_context::<Opened>().trace;
    let has_others = Memo::new(move |_| trace.of_content(|content| content.tree.total > 1).unwrap_or_default());
    use_keys().on(Scope::Trace, move |act| act == Act::AnswerFor && find(".whose [role=button]").map(|link| link.click()).is_some());
    view! {
        <Show when=move || has_others.get()>
            <div class="whose">
                <Owner/>
                <AlsoAnswered/>
            </div>
        </Show>
    }
}

fn shown(name: &str) -> String {
    span_title(name, "").to_owned()
}

#[component]
fn Owner() -> impl IntoView {
    let Opened { trace, links, .. } = expect_context::<Opened>();
    let whose = Memo::new(move |_| trace.whose());
    let read =
        Memo::new(move |_| trace.of_content(|content| (content.span.span_id.clone(), shown(&content.span.name))).unwrap_or_default());
    let is_root_read = Memo::new(move |_| trace.of_content(|content| content.span.row_id == content.trace.row_id).unwrap_or_default());
    let root = Memo::new(move |_| trace.of_content(|content| content.trace.root_span_id.clone()).unwrap_or_default());
    let to = move |span: Option<String>| {
        let reading = read.with(|(read, _)| read.clone());
        links.to(Way::AnswerFor { root: root.get(), span, reading })
    };
    let way = move |label: &'static str, href: String| {
        view! {
            <a class="btn small" role="button" data-noscroll="" href=href title=titled(label, Act::AnswerFor) aria-keyshortcuts=shortcuts(Act::AnswerFor)>{label}</a>
        }
    };
    move || {
        let Whose { name, is_root, is_read, .. } = whose.get()?;
        let which = if is_root { ", the whole trace." } else { ", this span only." };
        let (reading, reading_name) = read.get();
        let other = (!is_read).then(|| {
            view! {
                <div class="row">
                    <span class="grow clip">"You are reading "{reading_name}"."</span>
                    {if is_root_read.get() { way(WHOLE, to(None)) } else { way("Answer for this span", to(Some(reading))) }}
                </div>
            }
        });
        let back = (is_read && !is_root).then(|| view! { <div class="row end">{way(WHOLE, to(None))}</div> });
        Some(view! { <p>"Answers are for "<b>{shown(&name)}</b>{which}</p>{other}{back} })
    }
}

/// Tells where else in the trace answers stand, so that none looks lost.
#[component]
fn AlsoAnswered() -> impl IntoView {
    let Opened { trace, links, .. } = expect_context::<Opened>();
    let root = Memo::new(move |_| trace.of_content(|content| content.trace.root_span_id.clone()).unwrap_or_default());
    move || {
        let whose = trace.whose()?;
        let marks = trace.marks.get();
        let others: Vec<_> = marks.into_iter().filter(|mark| mark.span_id != whose.span_id).collect();
        if others.is_empty() {
            return None;
        }
        let spans = format::counted(others.len() as u64, "span", "spans");
        let count = format!("Also answered: {spans} {}", if whose.is_root { "below" } else { "of the trace" });
        let more = others.len().saturating_sub(NAMED);
        let more = (more > 0).then(|| format!(" and {more} more"));
        let links = others.into_iter().take(NAMED).enumerate().map(|(place, mark)| {
            let href = links.to(Way::Span { root: root.get(), span: mark.span_id });
            view! { {(place > 0).then_some(", ")}<a class="link" data-noscroll="" href=href>{shown(&mark.name)}</a> }
        });
        Some(view! { <p>{count}": "{links.collect_view()}{more}</p> })
    }
}
