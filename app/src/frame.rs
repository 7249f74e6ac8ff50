//! The frame around every page for people who are signed in: the rail, the bottom bar of a phone, the page itself.

mod palette;
mod part;
mod sheet;
mod theme;

use crate::context::Viewer;
use crate::hydration::later;
use crate::inbox::Unread;
use crate::journal::Journal;
use crate::journal::refused::NotSaved;
use crate::keys::{Act, Keys, Scope, find, follow_everywhere, shortcuts, titled};
use crate::raw_query::{path_segments, relation};
use crate::tour::{draw_tour, offered};
use crate::ui::{Avatar, Icon, IconName, Mark};
use leptos::prelude::*;
use palette::Palette;
use part::draw_over_page;
use shared::address;
use shared::projects::Project;
use sheet::KeySheet;
use theme::ThemeButton;

/// The pages of a project that have a place in the rail: word, address, icon, and the letter that leads there.
const PAGES: [(&str, &str, IconName, char); 6] = [
    ("Home", "home", IconName::Home, 'h'),
    ("Logs", "logs", IconName::Logs, 'l'),
    ("Experiments", "experiments", IconName::Experiments, 'e'),
    ("Datasets", "datasets", IconName::Datasets, 'd'),
    ("Review", "review", IconName::Review, 'r'),
    ("Configuration", "configuration", IconName::Configuration, 'c'),
];

/// Draws the frame. With a project the rail links its pages; without one only the list of projects.
#[component]
pub fn Frame(
    /// Who looks at it.
    viewer: Viewer,
    /// The project whose pages the rail links.
    #[prop(optional_no_strip)]
    project: Option<Project>,
    /// The page.
    children: Children,
) -> impl IntoView {
    let journal = Journal::of(&viewer.person);
    #[cfg(feature = "hydrate")]
    if crate::journal::is_left(&viewer.person) {
        crate::journal::mind(journal.clone(), false);
    }
    let (sheet, palette) = (RwSignal::new(false), RwSignal::new(false));
    let tour = offered(project.as_ref());
    let tour_over = move || tour.get().then(|| draw_tour(tour));
    let keys = Keys::listen();
    let search = move || {
        keys.await_field();
        palette.set(true);
    };
    follow_everywhere(Scope::Everywhere, Act::Palette, search);
    keys.on(Scope::Everywhere, move |act| match act {
        Act::Sheet => {
            sheet.set(true);
            true
        }
        Act::Go(letter) => find(&format!(".rail [data-key={letter}]")).map(|link| link.click()).is_some(),
        _ => false,
    });
    let has_project = project.is_some();
    let lies_over = {
        let journal = journal.clone();
        Memo::new(move |before: Option<&bool>| before == Some(&true) || journal.is_troubled() || sheet.get() || palette.get())
    };
    let over_page = move || lies_over.get().then(|| draw_over_page(journal.clone(), (sheet, palette), has_project.then_some(tour)));
    let organization = StoredValue::new(viewer.organization.clone());
    let project_name = StoredValue::new(project.map(|project| project.name));
    let segments = path_segments();
    let current = Signal::derive(move || segments.read().get(4).cloned().unwrap_or_default());
    let section = Signal::derive(move || segments.read().get(5).cloned().unwrap_or_default());
    let page_address = move |page: &str| {
        organization.with_value(|organization| {
            project_name.with_value(|project| project.as_deref().map(|project| address::project_page(organization, project, page)))
        })
    };
    let list = address::projects(&viewer.organization);
    let account = page_address("configuration/account");
    let (activity, inbox) = (page_address("activity"), page_address("inbox"));
    let unread = Unread::provide();
    let count = move || {
        let count = unread.count.get();
        (count > 0).then(|| view! { <span class="count">{count}<span class="sr">" unread"</span></span> })
    };
    let activity_here = move || (*current.read() == "activity").then_some("page");
    let inbox_here = move || (*current.read() == "inbox").then_some("page");
    let links = move || {
        PAGES.map(|(word, page, icon, letter)| {
            page_address(page).map(|href| {
                // The account stands in the rail on its own.
                let here = move || (*current.read() == page && *section.read() != "account").then_some("page");
                view! {
                    <a href=href.clone() rel=relation(&href) aria-current=here title=titled(word, Act::Go(letter)) data-key=letter.to_string()>
                        <Icon name=icon/>
                        <span class="words">{word}</span>
                    </a>
                }
            })
        })
    };
    let account_here = move || (*section.read() == "account").then_some("page");
    let title = project_name.get_value().unwrap_or_else(|| "Projects".to_owned());
    let bottom_links = (list.clone(), inbox.clone(), account.clone());
    let is_outside = account.is_none();
    let rail = move || {
        view! {
            <nav class="rail" aria-label="Main">
                <a class="brand" href=list>
                    <Mark/>
                    <span class="words"><b>{title}</b><small>{viewer.organization.clone()}</small><span class="sr">": all projects"</span></span>
                </a>
                {links()}
                <div class="gap"></div>
                {activity.map(|href| view! {
                    <a href=href.clone() rel=relation(&href) aria-current=activity_here>
                        <Icon name=IconName::History/>
                        <span class="words">"Activity"</span>
                    </a>
                })}
                {inbox.map(|href| view! {
                    <a href=href.clone() rel=relation(&href) aria-current=inbox_here>
                        <Icon name=IconName::Inbox/>
                        <span class="words">"Inbox"</span>
                        {count}
                    </a>
                })}
                <button class="item" type="button" title=titled("Command palette", Act::Palette) aria-keyshortcuts=shortcuts(Act::Palette) on:click=move |_| search()>
                    <Icon name=IconName::Search/>
                    <span class="words">"Search"</span>
                </button>
                <button class="item" type="button" title=titled("Keyboard shortcuts", Act::Sheet) aria-keyshortcuts=shortcuts(Act::Sheet) on:click=move |_| sheet.set(true)>
                    <Icon name=IconName::Keyboard/>
                    <span class="words">"Shortcuts"</span>
                </button>
                <ThemeButton/>
                {account.map(|href| view! {
                    <a href=href.clone() rel=relation(&href) aria-current=account_here>
                        <Avatar name=viewer.person.name.clone()/>
                        <span class="words">{viewer.person.name.clone()}</span>
                    </a>
                })}
                {is_outside.then(|| view! {
                    <form method="post" action="/logout">
                        <button class="item" type="submit"><Icon name=IconName::SignOut/><span class="words">"Sign out"</span></button>
                    </form>
                })}
            </nav>
        }
        .into_any()
    };
    let bottom_bar = move || {
        let (list, inbox, account) = bottom_links;
        view! {
            <nav class="bottom-bar" aria-label="Main, phone">
                <a href=list><Icon name=IconName::Project/><span class="words">"Projects"</span></a>
                {links()}
                {inbox.map(|href| view! {
                    <a href=href.clone() rel=relation(&href) aria-current=inbox_here>
                        <Icon name=IconName::Inbox/><span class="words">"Inbox"</span>{count}
                    </a>
                })}
                {account.map(|href| view! {
                    <a href=href.clone() rel=relation(&href) aria-current=account_here><Icon name=IconName::Person/><span class="words">"Account"</span></a>
                })}
            </nav>
        }
        .into_any()
    };
    view! {
        <a class="skip" href="#main" rel="external">"Skip to content"</a>
        <div class="app">
            {later(rail)}
            {later(|| view! { <main class="main" id="main" tabindex="-1">{children()}</main> }.into_any())}
            {over_page}
            {tour_over}
            {later(bottom_bar)}
        </div>
    }
}

/// Draws what lies over every page when it has to be known or is asked for.
#[component]
fn OverPage(journal: Journal, sheet: RwSignal<bool>, palette: RwSignal<bool>, tour: Option<RwSignal<bool>>) -> impl IntoView {
    view! { <NotSaved journal/><KeySheet open=sheet tour/><Palette open=palette/> }
}

/// Marks the document once it is alive, so that scripts and tests know that its buttons work.
#[component]
pub fn Hydrated() -> impl IntoView {
    // Effects run in the browser only, after hydration.
    Effect::new(move |_| {
        if let Some(root) = document().document_element() {
            // Setting a plain attribute cannot fail.
            let _ = root.set_attribute("data-hydrated", "true");
        }
    });
}
