//! Saved views: how a list is shown, under a name. A view is its owner's alone, or shared with the project.

mod kept;

pub use kept::{KEPT_VIEWS, KeptView};

use crate::address::{LOOK, LogsAddress, RowsPage};
use crate::columns::Column;
use crate::filter::parse_expression;
use crate::ranges::TimeRange;
use crate::spans::{RowGrouping, TraceSort};
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
    /// The columns of the table, as [`Column::parse`] reads them; empty for those that it has by itself.
    pub columns: String,
    /// The time that the rows are of, as [`TimeRange::parse`] reads it; empty for all time.
    pub range: String,
    /// How the rows stand: [`COMFORTABLE`], or empty for as many as there is room for.
    pub density: String,
    /// By what the rows are grouped, as [`RowGrouping::parse`] reads it; empty where they are not.
    pub group: String,
}

/// Rows with more room around what they say.
pub const COMFORTABLE: &str = "comfortable";

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
        Column::parse(&self.columns)?;
        TimeRange::parse(&self.range)?;
        RowGrouping::parse(&self.group)?;
        if !["", COMFORTABLE].contains(&self.density.as_str()) {
            return Err(Problem::invalid("density", format!("Use {COMFORTABLE}, or leave it empty.")));
        }
        if self.filter.trim().is_empty() {
            return Ok(());
        }
        parse_expression(&self.filter).map(|_| ()).map_err(Problem::filter)
    }

    /// The same as it is written everywhere. What cannot be read stays as it is.
    #[must_use]
    pub fn normal(&self) -> Self {
        let sort = TraceSort::parse(&self.sort).map_or_else(|_| self.sort.clone(), |sort| sort.to_text());
        let columns = Column::parse(&self.columns).map_or_else(|_| self.columns.clone(), |columns| Column::to_text(&columns));
        let range = TimeRange::parse(&self.range)
            .map_or_else(|_| self.range.clone(), |range| range.map(|range| range.to_text()).unwrap_or_default());
        let group = RowGrouping::parse(&self.group)
            .map_or_else(|_| self.group.clone(), |group| group.map(|group| group.to_text()).unwrap_or_default());
        Self { filter: self.filter.trim().to_owned(), sort, columns, range, density: self.density.clone(), group }
    }

    /// What an address says.
    pub fn of(address: &LogsAddress) -> Self {
        let text = |key: &str| address.other(key).unwrap_or_default().to_owned();
        let filter = address.filter.clone();
        let (sort, columns, range, density, group) = (text("sort"), text("cols"), text("range"), text("density"), text("group"));
        Self { filter, sort, columns, range, density, group }
    }

    /// The address that says all of it, from the beginning of the list and with no trace open.
    pub fn said(&self, address: &LogsAddress) -> LogsAddress {
        let values = [&self.sort, &self.columns, &self.range, &self.density, &self.group];
        let address = LOOK.into_iter().zip(values).fold(address.clone(), |address, (key, value)| address.with_other(key, value));
        address.with_filter(&self.filter)
    }

    /// The condition that the rows fulfil: the filter, and the time that they are of. A filter that cannot be read is left as it is.
    pub fn condition(&self) -> String {
        let Ok(Some(range)) = TimeRange::parse(&self.range) else { return self.filter.clone() };
        match self.filter.trim() {
            "" => range.condition(),
            // As it is printed: what is typed may end in a comment.
            filter => match parse_expression(filter) {
                Ok(read) => format!("({read}) and {}", range.condition()),
                Err(_) => filter.to_owned(),
            },
        }
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
    fn what_is_shown_is_said_as_a_whole() {
        let address = LogsAddress::parse("view=v&cols=name&range=1d&r=1&lang=x");
        assert_eq!(ListState::of(&address), ListState { columns: "name".to_owned(), range: "1d".to_owned(), ..ListState::default() });
        for (state, expected) in [
            (ListState::default(), "?lang=x&view=v&sort=created%20desc"),
            (ListState { columns: "a, b".to_owned(), ..ListState::default() }, "?lang=x&view=v&cols=a%2C%20b&sort=created%20desc"),
            (
                ListState { filter: "a".to_owned(), density: "comfortable".to_owned(), ..ListState::default() },
                "?filter=a&lang=x&view=v&density=comfortable",
            ),
        ] {
            let said = state.said(&address);
            let mut parts: Vec<_> = said.to_query().trim_start_matches('?').split('&').map(str::to_owned).collect();
            let mut wanted: Vec<_> = expected.trim_start_matches('?').split('&').map(str::to_owned).collect();
            parts.sort();
            wanted.sort();
            assert_eq!(parts, wanted);
        }
        for (filter, range, expected) in [
            ("", "", ""),
            (" a ", "", " a "),
            ("", "7d", "created >= now() - interval 168 hour"),
            ("input = 1 or id = 'x'", "1h", "(input = 1 or id = 'x') and created >= now() - interval 1 hour"),
            ("input = 1 -- one", "1h", "(input = 1) and created >= now() - interval 1 hour"),
            ("input = 1 or", "1h", "input = 1 or"),
        ] {
            let state = ListState { filter: filter.to_owned(), range: range.to_owned(), ..ListState::default() };
            assert_eq!(state.condition(), expected);
        }
    }

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
        let sorted = |sort: &str| ListState { filter: " error is null ".to_owned(), sort: sort.to_owned(), ..ListState::default() };
        assert!(sorted("tags desc").check().is_err() && sorted("scores.A desc").check().is_ok());
        let normal = |sort: &str| sorted(sort).normal().sort;
        let shown = |columns: &str, range: &str, density: &str| ListState {
            columns: columns.to_owned(),
            range: range.to_owned(),
            density: density.to_owned(),
            ..ListState::default()
        };
        assert!(shown("input, scores.A 90", "7d", COMFORTABLE).check().is_ok());
        let grouped = |group: &str| ListState { group: group.to_owned(), ..ListState::default() };
        assert_eq!(grouped(" metadata.plan ").normal(), grouped("metadata.plan"));
        for state in [grouped("metadata."), shown("input", "7 days", ""), shown("a +", "", ""), shown("", "x", ""), shown("", "", "roomy")]
        {
            assert!(state.check().is_err(), "{state:?}");
        }
        assert_eq!(shown("id,tags  90", "24h", "").normal(), shown("id, tags 90", "1d", ""));
        assert_eq!((normal("created desc").as_str(), normal(" scores.A").as_str(), normal("x").as_str()), ("", "scores.A asc", "x"));
    }
}
