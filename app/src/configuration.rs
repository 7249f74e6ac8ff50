//! *Configuration*: what stands around its sections, and what their forms share.

mod field;
mod form;
mod order;
mod reorder;

pub(crate) use field::TextField;
pub(crate) use form::FormState;
pub(crate) use order::{Ordered, saved_order};
pub(crate) use reorder::{Grip, Reorder, move_by, move_to};

use crate::context::use_project;
use crate::raw_query::relation;
use crate::title::PageTitle;
use leptos::prelude::*;
use shared::permissions::Action;

/// A section of *Configuration*.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Section {
    /// The questions reviewers see.
    Scores,
    /// Tags.
    Tags,
    /// How the project is reviewed.
    Review,
    /// Members of the organisation.
    Members,
    /// API keys.
    Keys,
    /// One's own sessions.
    Account,
}

impl Section {
    const ALL: [Self; 6] = [Self::Scores, Self::Tags, Self::Review, Self::Members, Self::Keys, Self::Account];

    fn heading(self) -> &'static str {
        match self {
            Self::Scores => "Human review scores",
            Self::Tags => "Tags",
            Self::Review => "Review settings",
            Self::Members => "Members",
            Self::Keys => "API keys",
            Self::Account => "Account",
        }
    }

    fn page(self) -> &'static str {
        match self {
            Self::Scores => "configuration",
            Self::Tags => "configuration/tags",
            Self::Review => "configuration/review",
            Self::Members => "configuration/members",
            Self::Keys => "configuration/keys",
            Self::Account => "configuration/account",
        }
    }

    /// What one must be allowed to do to be shown the section.
    fn needs(self) -> Action {
        match self {
            Self::Scores | Self::Tags | Self::Review => Action::Read,
            Self::Members => Action::ManageMembers,
            Self::Keys => Action::OwnKeys,
            Self::Account => Action::OwnSessions,
        }
    }
}

/// Draws the head of the page, the list of sections and the section.
#[component]
pub(crate) fn Configuration(
    /// The section that is shown.
    section: Section,
    /// What it is for.
    explanation: &'static str,
    /// The state of saving and the primary action, for the head of the page.
    #[prop(optional)]
    actions: Option<AnyView>,
    /// The section.
    children: Children,
) -> impl IntoView {
    let context = use_project();
    let links = Section::ALL.into_iter().filter(|other| context.may(other.needs())).map(|other| {
        let href = context.page(other.page());
        view! { <a href=href.clone() rel=relation(&href) aria-current=(other == section).then_some("page")>{other.heading()}</a> }
    });
    let links = links.collect_view();
    view! {
        <PageTitle parts=vec![section.heading().to_owned(), context.project.name.clone()]/>
        <header class="head">
            <h1>"Configuration"</h1>
            <div class="actions">{actions}</div>
        </header>
        <div class="page-body">
            <div class="conf">
                <nav aria-label="Configuration sections">{links}</nav>
                <div>
                    <h2>{section.heading()}</h2>
                    <p class="soft">{explanation}</p>
                    {children()}
                </div>
            </div>
        </div>
    }
}
