//! The review lists of a project, with how far each has come. A project with one list needs no choice.

use super::ReviewsPageView;
use crate::ui::civil::CivilTime;
use crate::ui::format;
use leptos::prelude::*;
use shared::ReviewListId;
use shared::address::ReviewsAddress;
use shared::reviews::{Frame, ListProgress};

/// Draws the lists where there are several. `list` is the one whose items are shown, on a board or not.
#[component]
pub(super) fn Lists(view: RwSignal<ReviewsPageView>, list: ReviewListId, is_board: bool) -> impl IntoView {
    let lists = Memo::new(move |_| view.with(|view| if view.reviews.lists.len() > 1 { view.reviews.lists.clone() } else { Vec::new() }));
    let rows = move || lists.get().into_iter().map(|progress| list_row(progress, &list, is_board)).collect_view();
    view! {
        <Show when=move || lists.with(|lists| !lists.is_empty())>
            <table class="table small review-lists" aria-label="Review lists">
                <thead><tr>
                    <th scope="col" class="list">"List"</th><th scope="col">"Done of needed"</th><th scope="col" class="num">"Open"</th>
                    <th scope="col" class="num">"Mine"</th><th scope="col" class="each">"Reviewers"</th><th scope="col" class="due">"Due"</th>
                </tr></thead>
                <tbody>{rows.clone()}</tbody>
            </table>
        </Show>
    }
}

fn list_row(progress: ListProgress, shown: &ReviewListId, is_board: bool) -> impl IntoView + use<> {
    let ListProgress { list, open, mine, complete, .. } = progress;
    let is_default = list.is_default();
    let href = ReviewsAddress { list: (!is_default).then(|| list.id.0.clone()), is_board, ..ReviewsAddress::default() }.to_query();
    let here = (list.id == *shown).then_some("true");
    let (done, all) = (complete.unsigned_abs(), (open + complete).unsigned_abs());
    let percent = (all > 0).then(|| format!("{} %", done * 100 / all));
    let frame = match list.definition.frame {
        Frame::Representative => "representative",
        Frame::Discovery => "discovery",
    };
    let each = match (list.definition.overlap, list.definition.needed) {
        (Some(overlap), _) => format!("{:.0} % by {}", overlap.share * 100.0, overlap.needed),
        (None, Some(needed)) => format!("{needed} each"),
        (None, None) => "As the project says".to_owned(),
    };
    let due = match list.definition.due {
        Some(due) => CivilTime::from_micros(due).to_day(),
        None => "–".to_owned(),
    };
    view! {
        <tr aria-selected=here>
            <td class="list"><a class="clip" href=href aria-current=here>{list.name}</a><span class="badge">{frame}</span></td>
            <td class="done">
                <span>{format!("{} of {}", format::count(done), format::count(all))}</span><span class="muted">{percent}</span>
                <progress class="review-bar" value=done.to_string() max=all.max(1).to_string() aria-hidden="true"></progress>
            </td>
            <td class="num">{format::count(open.unsigned_abs())}</td>
            <td class="num">{format::count(mine.unsigned_abs())}</td>
            <td class="each">{each}</td>
            <td class="due">{due}</td>
        </tr>
    }
}
