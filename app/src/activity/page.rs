//! The page of the activity: what it is narrowed by stands in the address, and every line leads to its place.

use super::api::open_project_activity;
use crate::context::{ProjectContext, use_project};
use crate::loading::{loaded, resource};
use crate::raw_query::{raw_query, relation};
use crate::title::PageTitle;
use crate::trace::api::mentionable;
use crate::trace::{name_of, picture, words};
use crate::ui::RelativeTime;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::PersonId;
use shared::activity::{ActivityAddress, ActivityPlace, OpenProjectActivity, PlacedActivity, ProjectActivity};
use shared::address::RowsPage;
use shared::audit::Deed;
use shared::comments::Mentionable;
use shared::ranges::TimeRange;
use shared::spans::span_title;

/// Draws what was changed in the project, newest first.
#[component]
pub fn ActivityPage() -> impl IntoView {
    let context = use_project();
    let (project, parts) = (context.project.id.clone(), vec!["Activity".to_owned(), context.project.name.clone()]);
    let raw = raw_query();
    let address = Memo::new(move |_| ActivityAddress::parse(&raw.get()));
    let answer = resource(
        move || address.get(),
        move |ActivityAddress { actor, action, range, before }| {
            let query = OpenProjectActivity { project: project.clone(), actor, action, range, before };
            async { Ok((open_project_activity(query).await?, mentionable().await?)) }
        },
    );
    let page = loaded(answer, move |(activity, people)| {
        let address = address.get_untracked();
        view! { <Narrowing address=address.clone() people/><Entries address activity/> }.into_any()
    });
    view! {
        <PageTitle parts/>
        <header class="head"><h1>"Activity"</h1></header>
        <div class="page-body"><div class="deeds"><Transition>{page}</Transition></div></div>
    }
}

/// Draws what one chooses from.
#[component]
fn Narrowing(address: ActivityAddress, people: Vec<Mentionable>) -> impl IntoView {
    let mut persons = vec![(String::new(), "Everybody".to_owned())];
    persons.extend(people.into_iter().map(|person| (person.id.0, person.name)));
    let person = address.actor.map(|person| person.0).unwrap_or_default();
    if persons.iter().all(|(known, _)| *known != person) {
        persons.push((person.clone(), "Somebody who has left".to_owned()));
    }
    let mut kinds = vec![(String::new(), "All changes".to_owned())];
    kinds.extend(Deed::ALL.iter().map(|deed| (deed.to_string(), named(deed).to_owned())));
    let kind = address.action.map(|deed| deed.to_string()).unwrap_or_default();
    let common = [("", "Any time")].into_iter().chain(TimeRange::COMMON).map(|(range, words)| (range.to_owned(), words.to_owned()));
    let mut ranges: Vec<_> = common.collect();
    // One that was typed into the address is none of the common ones.
    let other = TimeRange::parse(&address.range).ok().flatten().map(|range| (range.to_text(), range.words()));
    let range = other.as_ref().map(|(range, _)| range.clone()).unwrap_or_default();
    if let Some(other) = other.filter(|other| !ranges.contains(other)) {
        ranges.push(other);
    }
    view! {
        <div class="deeds-narrowing" role="group" aria-label="What is shown">
            <Choice label="Person" options=persons chosen=person choose=|address, person| address.actor = some(person).map(PersonId)/>
            <Choice label="Kind of change" options=kinds chosen=kind choose=|address, kind| address.action = some(kind).map(Deed::from)/>
            <Choice label="Time" options=ranges chosen=range choose=|address, range| address.range = range/>
        </div>
    }
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// Draws a choice; `choose` says what it changes in the address.
#[component]
fn Choice(label: &'static str, options: Vec<(String, String)>, chosen: String, choose: fn(&mut ActivityAddress, String)) -> impl IntoView {
    let (navigate, raw) = (use_navigate(), raw_query());
    let choose = move |event| {
        // Something else may have been chosen a moment ago.
        let mut address = ActivityAddress { before: None, ..ActivityAddress::parse(&raw.get_untracked()) };
        choose(&mut address, event_target_value(&event));
        navigate(&address.to_query(), NavigateOptions::default());
    };
    let options = options.into_iter().map(|(value, words)| {
        let is_chosen = value == chosen;
        view! { <option value=value selected=is_chosen>{words}</option> }
    });
    view! { <select class="input short" aria-label=label on:change=choose>{options.collect_view()}</select> }
}

#[component]
fn Entries(address: ActivityAddress, activity: ProjectActivity) -> impl IntoView {
    let context = use_project();
    let ProjectActivity { entries, next } = activity;
    let nothing = entries.is_empty().then(|| {
        let all = ActivityAddress::default().to_query();
        let body = match (address.is_narrowed(), address.before) {
            (true, _) if next.is_some() => view! { <h2>"Nothing of this kind was found among so many"</h2> }.into_any(),
            (true, _) => view! {
                <h2>"Nobody did anything of this kind in this time"</h2>
                <p><a class="link" href=all>"Show all activity"</a></p>
            }
            .into_any(),
            (false, Some(_)) => view! { <h2>"There is nothing older"</h2><p><a class="link" href=all>"Show the newest"</a></p> }.into_any(),
            (false, None) => view! {
                <h2>"Nobody has changed anything here yet"</h2>
                <p>"Answers, edits, comments, tags and reviews stand here as soon as there are any. Open a trace in Logs and answer a question."</p>
            }
            .into_any(),
        };
        view! { <div class="empty small"><div class="in">{body}</div></div> }
    });
    let newest = address.before.map(|_| {
        let href = ActivityAddress { before: None, ..address.clone() }.to_query();
        view! { <a class="btn small" href=href>"Newest"</a> }
    });
    let older = next.map(|next| {
        let href = ActivityAddress { before: Some(next), ..address.clone() }.to_query();
        view! { <a class="btn small" href=href>"Older"</a> }
    });
    let is_any = !entries.is_empty();
    let lines = entries.into_iter().map(|entry| line(&context, entry)).collect_view();
    view! {
        {nothing}
        {is_any.then(|| view! { <section aria-label="Activity"><ol class="act">{lines}</ol></section> })}
        <p class="deeds-pages">{newest}{older}</p>
    }
}

/// Who did what, where and when.
fn line(context: &ProjectContext, entry: PlacedActivity) -> impl IntoView + use<> {
    let address = entry.address(&context.organization, &context.project.name);
    let PlacedActivity { change, place } = entry;
    let place = match (place, address) {
        (Some(place), Some(href)) => {
            let (row, object) = names(&place);
            let row = row.map(|row| view! { {row}<span class="muted">" in "</span> });
            view! { " · "<a class="link" href=href.clone() rel=relation(&href)>{row}{object}</a> }.into_any()
        }
        _ => view! { " · "<span class="muted">"not there any more"</span> }.into_any(),
    };
    let reason = change.reason.clone().map(|reason| view! { <div class="reason">{reason}</div> });
    view! {
        <li>
            {picture(change.actor.as_ref(), change.source)}
            <div class="what">
                <b>{name_of(change.actor.as_ref(), change.external.as_deref(), change.source)}</b>" "{words(&change)}
                {place}" "<RelativeTime micros=change.created/>
                {reason}
            </div>
        </li>
    }
}

/// What the row is called, if it is about one, and where that is.
fn names(place: &ActivityPlace) -> (Option<String>, String) {
    let row = place.span.as_ref().map(|span| span_title(&span.name, "").to_owned());
    let object = match &place.page {
        RowsPage::Logs => "Logs".to_owned(),
        RowsPage::Experiment(name) | RowsPage::Dataset(name) => name.clone(),
    };
    (row, object)
}

/// A kind of change, as one chooses it.
fn named(deed: &Deed) -> &'static str {
    match deed {
        Deed::Answer => "Answers",
        Deed::Clear => "Answers cleared",
        Deed::Gold => "Gold values",
        Deed::ClearGold => "Gold values cleared",
        Deed::SetAside => "Answers put aside",
        Deed::CountAgain => "Answers brought back",
        Deed::Edit => "Edits",
        Deed::Merge => "Changes by the API",
        Deed::Feedback => "Feedback of end users",
        Deed::Comment => "Comments",
        Deed::EditComment => "Comments edited",
        Deed::DeleteComment => "Comments deleted",
        Deed::RestoreComment => "Comments restored",
        Deed::Flag => "Flagged for review",
        Deed::Unflag => "Taken out of review",
        Deed::Assign => "Reviews assigned",
        Deed::Complete => "Reviews completed",
        Deed::Prefer => "Pairs reviewed",
        Deed::Skip => "Reviews left to others",
        Deed::Close => "Reviews closed",
        Deed::Reopen => "Reviews opened again",
        Deed::SetStatus => "Status of reviews",
        Deed::Erase => "Erased",
        Deed::Delete => "Deleted",
        Deed::Restore => "Brought back",
        Deed::Other(_) => "Other changes",
    }
}
