//! The address of experiments side by side.

use super::{encode, pairs, query};
use crate::experiments::ScoreTrend;
use crate::objects::Place;
use serde::{Deserialize, Serialize};

/// Which rows of a comparison are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowsShown {
    /// Those that changed like this in a score of an experiment.
    Changed {
        /// How.
        change: ScoreTrend,
        /// The score.
        score: String,
        /// The name of the experiment.
        experiment: String,
    },
    /// Those that failed in the experiment of this name.
    Failed(String),
    /// Those that are missing in the experiment of this name.
    Missing(String),
}

/// What the address of a comparison says behind its path, which names the base. It is the link to share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonAddress {
    /// The names of the experiments that are compared with the base, in their order.
    pub with: Vec<String>,
    /// Which rows are shown; all where it does not say.
    pub shown: Option<RowsShown>,
    /// Whether rows are left out on which nothing changed.
    pub differences: bool,
    /// Whether the rows that lost most come first.
    pub worst_first: bool,
    /// The page begins behind the row of this place.
    pub after: Option<Place>,
}

impl ComparisonAddress {
    /// Reads a raw query.
    pub fn parse(raw: &str) -> Self {
        let mut address = Self::default();
        let (mut show, mut score, mut experiment) = (String::new(), String::new(), String::new());
        for (key, value) in pairs(raw).filter(|(_, value)| !value.is_empty()) {
            match key.as_str() {
                "with" => address.with.push(value),
                "show" => show = value,
                "score" => score = value,
                "in" => experiment = value,
                "differences" => address.differences = true,
                "sort" => address.worst_first = value == "drop",
                "after" => address.after = Place::parse(&value),
                _ => {}
            }
        }
        let changed = || ScoreTrend::ALL.into_iter().find(|change| change.word() == show);
        address.shown = match show.as_str() {
            _ if experiment.is_empty() => None,
            "failed" => Some(RowsShown::Failed(experiment)),
            "missing" => Some(RowsShown::Missing(experiment)),
            _ => changed().filter(|_| !score.is_empty()).map(|change| RowsShown::Changed { change, score, experiment }),
        };
        address
    }

    /// The query, with its `?` also where nothing is set.
    pub fn to_query(&self) -> String {
        let (show, score, experiment) = match &self.shown {
            None => ("", "", ""),
            Some(RowsShown::Changed { change, score, experiment }) => (change.word(), score.as_str(), experiment.as_str()),
            Some(RowsShown::Failed(experiment)) => ("failed", "", experiment.as_str()),
            Some(RowsShown::Missing(experiment)) => ("missing", "", experiment.as_str()),
        };
        let (differences, sort) = (if self.differences { "1" } else { "" }, if self.worst_first { "drop" } else { "" });
        let after = self.after.map(Place::to_text).unwrap_or_default();
        let with = self.with.iter().map(|name| ("with", name.as_str()));
        let rest = [("show", show), ("score", score), ("in", experiment), ("differences", differences), ("sort", sort), ("after", &after)];
        let query = query(&with.chain(rest).collect::<Vec<_>>());
        if query.is_empty() { "?".to_owned() } else { query }
    }

    /// The same experiments from the first row, with these rows.
    pub fn with_shown(&self, shown: Option<RowsShown>) -> Self {
        Self { shown, after: None, ..self.clone() }
    }

    /// Other experiments, and all of their rows.
    pub fn with_experiments(&self, with: Vec<String>) -> Self {
        Self { with, shown: None, after: None, ..self.clone() }
    }
}

/// The page that compares with the base of this name, behind the project: see [`super::project_page`].
pub fn comparison_page(base: &str) -> String {
    format!("experiments/{}/compare", encode(base))
}

/// The name of the base in the decoded segments of a path; none for another page.
pub fn base_of_segments(segments: &[String]) -> Option<String> {
    match segments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["app", _, "p", _, "experiments", base, "compare"] => Some((*base).to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::{decode, project_page};

    #[test]
    fn the_link_says_all() {
        let text = str::to_owned;
        let with = vec![text("a,b & c"), text("75% +1")];
        let changed = RowsShown::Changed { change: ScoreTrend::Regressed, score: text("A/B \"x\""), experiment: text("75% +1") };
        for address in [
            ComparisonAddress::default(),
            ComparisonAddress { with: with.clone(), differences: true, worst_first: true, ..Default::default() },
            ComparisonAddress {
                with: with.clone(),
                shown: Some(changed),
                after: Some(Place { created: -5, key: 7 }),
                ..Default::default()
            },
            ComparisonAddress { with: with.clone(), shown: Some(RowsShown::Failed(text("a,b & c"))), ..Default::default() },
            ComparisonAddress { with, shown: Some(RowsShown::Missing(text("75% +1"))), ..Default::default() },
        ] {
            assert_eq!(ComparisonAddress::parse(&address.to_query()), address);
        }
        for nothing in ["show=better&score=a&in=b", "show=improved&in=b", "show=improved&score=a", "in=b", "show=failed"] {
            assert_eq!(ComparisonAddress::parse(nothing).shown, None, "{nothing}");
        }
    }

    #[test]
    fn the_base_is_found_in_its_own_path() {
        let path = project_page("touchstone", "Demo", &comparison_page("a/b 50 %"));
        let segments: Vec<_> = path.trim_matches('/').split('/').map(decode).collect();
        assert_eq!(base_of_segments(&segments).as_deref(), Some("a/b 50 %"));
        assert_eq!(base_of_segments(&segments[..6]), None);
    }
}
