//! Saved views: how a list is shown, under a name. A view is its owner's alone, or shared with the project.

mod kept;

pub use kept::{KEPT_VIEWS, KeptView};

use crate::address::RowsPage;
use crate::filter::parse_expression;
use crate::spans::TraceSort;
use crate::{Micros, PersonId, Problem, ProjectId, ViewId};
use serde::{Deserialize, Serialize};

/// What views are of, as SDKs name it. Pages show those of `logs`, `experiment` and `dataset`.
pub const VIEW_TYPES: [&str; 18] = [
    "projects",
    "experiments",
    "experiment",
    "playgrounds",
    "playground",
    "datasets",
    "dataset",
    "prompts",
    "parameters",
    "tools",
    "scorers",
    "classifiers",
    "logs",
    "patterns",
    "monitor",
    "for_review_project_log",
    "for_review_experiments",
    "for_review_datasets",
];

/// Characters of a filter that a view can hold.
const LONGEST_FILTER: usize = 20_000;

/// Bytes of an order.
const LONGEST_SORT: usize = 1_000;

/// Bytes of what an SDK sends of a view.
const LONGEST_SENT: usize = 65_536;

/// What a view of such a page is called in [`VIEW_TYPES`].
pub fn view_type(page: &RowsPage) -> &'static str {
    match page {
        RowsPage::Logs => "logs",
        RowsPage::Experiment(_) => "experiment",
        RowsPage::Dataset(_) => "dataset",
    }
}

/// How a list is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct ListState {
    /// The filter as typed; empty shows every row.
    pub filter: String,
    /// The order of the rows, as [`TraceSort::parse`] reads it; empty for the newest first.
    pub sort: String,
}

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// Id: what links to it hold, so that another name keeps them working.
    pub id: ViewId,
    /// Its project.
    pub project: ProjectId,
    /// What it is of: one of [`VIEW_TYPES`].
    pub view_type: String,
    /// Unique among the shared views of its type, or among those of its owner.
    pub name: String,
    /// Who made it.
    pub owner: PersonId,
    /// What they are called.
    pub owner_name: String,
    /// Whether everybody in the project sees it; else its owner alone.
    pub shared: bool,
    /// Whether it is what the project shows where nothing else is asked for.
    pub is_default: bool,
    /// What it shows.
    pub state: ListState,
    /// What an SDK sent of it, as the JSON text of an object; lists leave it out, and pages are not told.
    #[serde(skip)]
    pub sent: Option<String>,
    /// One more with every change.
    pub version: i32,
    /// Created at.
    pub created: Micros,
    /// Last changed at.
    pub changed: Micros,
    /// Deleted at; then it shows what it showed last.
    pub deleted: Option<Micros>,
}

/// Makes a view, or with `view` set changes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveView {
    /// Where.
    pub project: ProjectId,
    /// The one to change; none makes one.
    pub view: Option<ViewId>,
    /// What it is of: one of [`VIEW_TYPES`]. A view stays what it was made for.
    pub view_type: String,
    /// Name.
    pub name: String,
    /// Whether everybody in the project sees it.
    pub shared: bool,
    /// What it shows.
    pub state: ListState,
    /// What an SDK sends of it; none keeps what is there.
    #[serde(skip)]
    pub sent: Option<String>,
    /// The version that was changed; where another one stands, somebody else was there first. None changes whatever stands.
    pub version: Option<i32>,
}

/// Deletes a view. Links to it show its last state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteView {
    /// Which.
    pub view: ViewId,
}

/// Takes the deletion of a view back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreView {
    /// Which.
    pub view: ViewId,
}

/// Says what a project shows where nothing else is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetDefaultView {
    /// Where.
    pub project: ProjectId,
    /// Of what: one of [`VIEW_TYPES`].
    pub view_type: String,
    /// A shared view; none means every row.
    pub view: Option<ViewId>,
}

impl ListState {
    /// Refuses what no list can show.
    ///
    /// # Errors
    /// [`Problem::Filter`] with every mistake at its place, [`Problem::Invalid`] for what is too long.
    pub fn check(&self) -> Result<(), Problem> {
        if self.filter.chars().count() > LONGEST_FILTER || self.filter.contains('\0') {
            return Err(Problem::invalid("Filter", "Use at most 20,000 characters, without a NUL."));
        }
        if self.sort.len() > LONGEST_SORT || self.sort.contains('\0') {
            return Err(Problem::invalid("sort", format!("Use at most {LONGEST_SORT} bytes, without a NUL.")));
        }
        TraceSort::parse(&self.sort)?;
        if self.filter.trim().is_empty() {
            return Ok(());
        }
        parse_expression(&self.filter).map(|_| ()).map_err(Problem::filter)
    }

    /// The same as it is written everywhere. An order that cannot be read stays as it is.
    #[must_use]
    pub fn normal(&self) -> Self {
        let sort = TraceSort::parse(&self.sort).map_or_else(|_| self.sort.clone(), |sort| sort.to_text());
        Self { filter: self.filter.trim().to_owned(), sort }
    }
}

impl SaveView {
    /// Refuses what no view can be; its name is for the store to look at.
    ///
    /// # Errors
    /// Those of [`ListState::check`], and [`Problem::Invalid`] for what there is no view of.
    pub fn check(&self) -> Result<(), Problem> {
        if !VIEW_TYPES.contains(&self.view_type.as_str()) {
            return Err(Problem::invalid("view_type", format!("Use one of {}.", VIEW_TYPES.join(", "))));
        }
        if self.sent.as_ref().is_some_and(|sent| sent.len() > LONGEST_SENT) {
            return Err(Problem::invalid("view_data", format!("Use at most {LONGEST_SENT} bytes, together with options.")));
        }
        if self.sent.as_ref().is_some_and(|sent| holds_nul(sent)) {
            return Err(Problem::invalid("view_data", "Leave out NUL characters."));
        }
        self.state.check()
    }
}

/// Whether a text in some JSON holds a NUL character, which no database column of texts does.
pub fn holds_nul(json: &str) -> bool {
    // A backslash that is escaped itself escapes nothing.
    let is_escape = |place: usize| json.as_bytes()[..place].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0;
    json.match_indices("\\u0000").any(|(place, _)| is_escape(place))
}

impl SavedView {
    /// What saves the view as it is, over this version of it.
    pub fn save(&self) -> SaveView {
        SaveView {
            project: self.project.clone(),
            view: Some(self.id.clone()),
            view_type: self.view_type.clone(),
            name: self.name.clone(),
            shared: self.shared,
            state: self.state.clone(),
            sent: None,
            version: Some(self.version),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn what_no_view_can_be_is_refused() {
        let save = |view_type: &str, filter: &str, sent: Option<String>| SaveView {
            project: "p".into(),
            view: None,
            view_type: view_type.to_owned(),
            name: "x".to_owned(),
            shared: true,
            state: ListState { filter: filter.to_owned(), ..ListState::default() },
            sent,
            version: None,
        };
        let mut said = String::new();
        for save in [
            save("logs", "", None),
            save("logs", "  ", None),
            save("monitor", "scores.Preference > 75%", Some("{}".to_owned())),
            save("spans", "", None),
            save("logs", "scores.Preference >", None),
            save("logs", "(tags includes 'a' and nothing('b')", None),
            save("logs", &"x".repeat(20_001), None),
            save("logs", "a\0", None),
            save("logs", "", Some("x".repeat(65_537))),
            save("logs", "", Some("{\"a\":\"\\u0000\"}".to_owned())),
            save("logs", "", Some(r#"{"a":"\\u0000"}"#.to_owned())),
            save("logs", "", Some(r#"{"a":"\\\u0000"}"#.to_owned())),
        ] {
            said += &format!("{}\n", save.check().map_or_else(|problem| problem.to_string(), |()| "fine".to_owned()));
        }
        expect![[r#"
            fine
            fine
            fine
            view_type: Use one of projects, experiments, experiment, playgrounds, playground, datasets, dataset, prompts, parameters, tools, scorers, classifiers, logs, patterns, monitor, for_review_project_log, for_review_experiments, for_review_datasets.
            The filter cannot be read: A value is missing at the end.
            The filter cannot be read: This `(` is never closed.
            Filter: Use at most 20,000 characters, without a NUL.
            Filter: Use at most 20,000 characters, without a NUL.
            view_data: Use at most 65536 bytes, together with options.
            view_data: Leave out NUL characters.
            fine
            view_data: Leave out NUL characters.
        "#]].assert_eq(&said);
        let sorted = |sort: &str| ListState { filter: " error is null ".to_owned(), sort: sort.to_owned() };
        assert!(sorted("tags desc").check().is_err() && sorted("scores.A desc").check().is_ok());
        let normal = |sort: &str| sorted(sort).normal().sort;
        assert_eq!((normal("created desc").as_str(), normal(" scores.A").as_str(), normal("x").as_str()), ("", "scores.A asc", "x"));
    }
}
