//! Experiments and datasets: the lists of them, and what the page of one says about it. Its rows are drawn like the logs.

mod activity;
pub mod api;
mod comparison;
mod deleted;
mod dialogs;
mod empty;
mod head;
mod metadata;
mod new;
mod page;

pub use comparison::{ComparisonPage, ComparisonView};
pub(crate) use deleted::{DeletedLine, DeletedThing};
pub(crate) use head::ObjectHead;
pub use page::{DatasetsPage, ExperimentsPage};

use crate::context::use_project;
use crate::raw_query::relation;
use leptos::prelude::window;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use serde::{Deserialize, Serialize};
use shared::ObjectId;
use shared::address::RowsPage;
use shared::markup::Html;
use shared::objects::{ObjectKind, ObjectMetadata};

/// What the page of an experiment or a dataset says about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its id.
    pub id: ObjectId,
    /// Experiment or dataset.
    pub kind: ObjectKind,
    /// Its name.
    pub name: String,
    /// What it says about itself; empty where it says nothing.
    pub description: String,
    /// Facts that came with it, each a name and a value: where its code is from, what its metadata says.
    pub facts: Vec<(String, String)>,
    /// What it says about itself in its own words.
    pub metadata: ObjectMetadata,
    /// Of an experiment, what it can be compared with: ids and names.
    pub others: Vec<(ObjectId, String)>,
    /// Which of them it is compared with.
    pub base: Option<ObjectId>,
    /// Its scores against that one, drawn.
    pub against: Html,
}

/// Goes to a page of the project.
fn leading() -> impl Fn(&str) + Clone + Send + Sync + 'static {
    let (context, navigate) = (use_project(), use_navigate());
    move |page: &str| {
        let address = context.page(page);
        match relation(&address) {
            // The router cannot go there.
            Some(_) => drop(window().location().set_href(&address)),
            None => navigate(&address, NavigateOptions::default()),
        }
    }
}

/// The page of an experiment or a dataset.
fn page_of(kind: ObjectKind, name: &str) -> RowsPage {
    match kind {
        ObjectKind::ProjectLogs => RowsPage::Logs,
        ObjectKind::Experiment => RowsPage::Experiment(name.to_owned()),
        ObjectKind::Dataset => RowsPage::Dataset(name.to_owned()),
    }
}
