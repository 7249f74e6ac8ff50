//! The parts of the bundle that a browser loads only where they are needed, so that what everybody loads first stays
//! small. A part is cut out of the bundle at functions: whatever only those reach goes with it. Each stands in the feature that it cuts, in a
//! file called `part.rs`; here are the names of the parts, and the pages that are parts as a whole.
//!
//! What two parts share is a file of its own; `parts.txt` in the bundle says which files belong to which. A part comes with its style sheets
//! and waits for them, so nothing is ever painted without its styles. The server preloads the part that an address needs and links its
//! sheets, and the browser loads it before hydration, so that the first drawing is whole. Pointing at a row loads the part of
//! the trace, and reading a trace lies in that part too: that is why the page's data carries it as JSON.
//!
//! What decides the size of the bundle, measured: one reader for each type, enums without an inner tag (a tag inside makes serde keep a copy
//! of the value and read it with a second set of readers), no `{:?}`, and rows as text instead of views. wasm-opt makes it smaller before
//! compression and larger after.

use crate::activity::ActivityPage;
use crate::home::HomePage;
use crate::inbox::InboxPage;
use crate::logs::load_trace;
use crate::objects::{ComparisonPage, DatasetsPage, ExperimentsPage};
use crate::people::{AccountPage, JoinPage, KeysPage, LoginPage, MembersPage, ResetPage, SetupPage};
use crate::projects::{ProjectsPage, ReviewSettingsPage};
use crate::questions::ScoresPage;
use crate::raw_query::segments;
use crate::reviews::ReviewsPage;
use crate::tags::TagsPage;
use crate::trace::load_review;
use leptos::prelude::*;
use leptos_router::ChooseView;
use shared::address::{LogsAddress, RowsPage};
use wasm_split_helpers::wasm_split;

/// A part of the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The pages around the work: signing in, lists of projects, experiments and datasets, *Configuration*.
    Administration,
    /// The open trace and the list beside it, and what only the rows of experiments and datasets show.
    Trace,
    /// What review mode draws into an open trace.
    Review,
}

impl Part {
    /// The name that the bundle's files go by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Administration => "administration",
            Self::Trace => "trace",
            Self::Review => "review",
        }
    }

    /// The parts that a page cannot be drawn without; none if what everybody loads is enough. `path` and `query` are as
    /// they stand in the address bar, the query without its `?`.
    pub fn needed_by(path: &str, query: &str) -> &'static [Self] {
        let Some(rows) = RowsPage::of_segments(&segments(path)) else { return &[Self::Administration] };
        let address = LogsAddress::parse(query);
        match (address.trace.is_some() || address.row.is_some(), address.review) {
            (true, Some(_)) => &[Self::Trace, Self::Review],
            (true, None) => &[Self::Trace],
            (false, _) if rows != RowsPage::Logs => &[Self::Trace],
            (false, _) => &[],
        }
    }

    /// Loads the part; at once if it is there already.
    pub async fn load(self) {
        match self {
            Self::Administration => load_administration().await,
            Self::Trace => load_trace().await,
            Self::Review => load_review().await,
        }
    }
}

/// Loads what the page in the address bar is drawn with. The first drawing must be the server's, so this comes before it.
#[cfg(feature = "hydrate")]
pub async fn load_needed() {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    let query = location.search().unwrap_or_default();
    let needed = Part::needed_by(&path, query.trim_start_matches('?'));
    // Where there are no logs yet, and where a view has groups, no address says that the part of the trace has drawn something.
    let has_drawn = document().query_selector("[data-part]").is_ok_and(|found| found.is_some());
    for part in if needed.is_empty() && has_drawn { &[Part::Trace] } else { needed } {
        part.load().await;
    }
}

/// A page that people open seldom or only pass through, as a route names it: signing in, lists, *Configuration*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Administration {
    Login,
    Setup,
    Join,
    Reset,
    Projects,
    Experiments,
    Comparison,
    Datasets,
    Reviews,
    Activity,
    Home,
    Inbox,
    Scores,
    Tags,
    Review,
    Members,
    Keys,
    Account,
}

impl ChooseView for Administration {
    async fn choose(self) -> AnyView {
        administration(self).await
    }

    async fn preload(&self) {
        Part::Administration.load().await;
    }
}

#[wasm_split(administration, preload(load_administration))]
fn administration(page: Administration) -> AnyView {
    match page {
        Administration::Login => view! { <LoginPage/> }.into_any(),
        Administration::Setup => view! { <SetupPage/> }.into_any(),
        Administration::Join => view! { <JoinPage/> }.into_any(),
        Administration::Reset => view! { <ResetPage/> }.into_any(),
        Administration::Projects => view! { <ProjectsPage/> }.into_any(),
        Administration::Experiments => view! { <ExperimentsPage/> }.into_any(),
        Administration::Comparison => view! { <ComparisonPage/> }.into_any(),
        Administration::Datasets => view! { <DatasetsPage/> }.into_any(),
        Administration::Reviews => view! { <ReviewsPage/> }.into_any(),
        Administration::Activity => view! { <ActivityPage/> }.into_any(),
        Administration::Home => view! { <HomePage/> }.into_any(),
        Administration::Inbox => view! { <InboxPage/> }.into_any(),
        Administration::Scores => view! { <ScoresPage/> }.into_any(),
        Administration::Tags => view! { <TagsPage/> }.into_any(),
        Administration::Review => view! { <ReviewSettingsPage/> }.into_any(),
        Administration::Members => view! { <MembersPage/> }.into_any(),
        Administration::Keys => view! { <KeysPage/> }.into_any(),
        Administration::Account => view! { <AccountPage/> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::Part;

    #[test]
    fn a_page_needs_the_parts_that_draw_it() {
        for (path, query, expect) in [
            ("/app/touchstone/p/Demo/logs", "", &[][..]),
            ("/app/touchstone/p/Demo/logs", "filter=a", &[]),
            ("/app/touchstone/p/Demo/logs", "r=1", &[Part::Trace]),
            ("/app/touchstone/p/Demo/logs", "r=1&review=1", &[Part::Trace, Part::Review]),
            ("/app/touchstone/p/Demo/logs", "review=1", &[]),
            ("/app/touchstone/p/Demo/logs/", "oid=1", &[Part::Trace]),
            ("/app/touchstone/p/logs/configuration", "r=1", &[Part::Administration]),
            ("/app/touchstone/p/Demo/experiments/a%2Fb", "", &[Part::Trace]),
            ("/app/touchstone/p/Demo/experiments/a%2Fb/compare", "with=b", &[Part::Administration]),
            ("/app/touchstone/p/Demo/datasets/golden", "r=1", &[Part::Trace]),
            ("/app/touchstone/p/Demo/home", "", &[Part::Administration]),
            ("/app/touchstone/p/Demo/inbox", "", &[Part::Administration]),
            ("/app/touchstone/p/Demo/activity", "range=7d", &[Part::Administration]),
            ("/app/touchstone/p/Demo/experiments", "", &[Part::Administration]),
            ("/app/touchstone", "", &[Part::Administration]),
            ("/login", "next=/app/touchstone/p/Demo/logs", &[Part::Administration]),
        ] {
            assert_eq!(Part::needed_by(path, query), expect, "{path}?{query}");
        }
    }
}
