//! The filters that a person applied in a project last, kept by the browser.

use crate::context::use_project;
use crate::drafts::{keep, read};

/// So many are kept, and none that is longer.
const MOST: usize = 8;
const LONGEST: usize = 2_000;

/// What stands between two of them: nobody types it.
const BETWEEN: char = '\u{1e}';

/// Those of a person in a project.
#[derive(Clone)]
pub(super) struct RecentFilters {
    name: String,
}

impl RecentFilters {
    /// Those of who looks, in the project that is looked at.
    pub(super) fn here() -> Self {
        let context = use_project();
        Self { name: ["applied-filters", context.viewer.id.as_str(), context.project.id.as_str()].join("/") }
    }

    /// The newest first.
    pub(super) fn list(&self) -> Vec<String> {
        read(&self.name).map(|kept| kept.split(BETWEEN).map(str::to_owned).collect()).unwrap_or_default()
    }

    /// Keeps one more, if it is one.
    pub(super) fn add(&self, filter: &str) {
        let filter = filter.trim();
        if !filter.is_empty() && filter.len() <= LONGEST && !filter.contains(BETWEEN) {
            keep(&self.name, Some(&with(&read(&self.name).unwrap_or_default(), filter)));
        }
    }
}

/// The filters with one more in front of them, each once.
fn with(kept: &str, filter: &str) -> String {
    let mut filters = filter.to_owned();
    for known in kept.split(BETWEEN).filter(|known| *known != filter && !known.is_empty()).take(MOST - 1) {
        filters.push(BETWEEN);
        filters.push_str(known);
    }
    filters
}

#[cfg(test)]
mod tests {
    use super::{BETWEEN, with};

    #[test]
    fn the_newest_are_kept_each_once() {
        let mut kept = String::new();
        for number in 0..12 {
            kept = with(&kept, &format!("id = '{number}'"));
        }
        assert_eq!(kept.split(BETWEEN).count(), 8);
        kept = with(&kept, "id = '9'");
        assert_eq!(kept.split(BETWEEN).take(3).collect::<Vec<_>>(), ["id = '9'", "id = '11'", "id = '10'"]);
        assert_eq!(kept.split(BETWEEN).count(), 8);
    }
}
