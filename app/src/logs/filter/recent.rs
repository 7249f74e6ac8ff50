//! The filters that a person applied in a project last, kept by the browser.

use crate::drafts::{keep, read};
use shared::address::encode;
use shared::{PersonId, ProjectId};

/// So many are kept, and none that is longer.
const MOST: usize = 8;
const LONGEST: usize = 2_000;

/// Those of a person in a project.
#[derive(Clone)]
pub(super) struct RecentFilters {
    name: String,
}

impl RecentFilters {
    pub(super) fn of(person: &PersonId, project: &ProjectId) -> Self {
        Self { name: format!("recent-filters/{}/{}", encode(person.as_str()), encode(project.as_str())) }
    }

    /// The newest first.
    pub(super) fn list(&self) -> Vec<String> {
        read(&self.name).and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default()
    }

    /// Keeps one more.
    pub(super) fn add(&self, filter: &str) {
        let filters = with(self.list(), filter);
        keep(&self.name, serde_json::to_string(&filters).ok().as_deref());
    }
}

/// The filters with one more in front of them, each once.
fn with(mut filters: Vec<String>, filter: &str) -> Vec<String> {
    if filter.is_empty() || filter.len() > LONGEST {
        return filters;
    }
    filters.retain(|known| known != filter);
    filters.insert(0, filter.to_owned());
    filters.truncate(MOST);
    filters
}

#[cfg(test)]
mod tests {
    use super::with;

    #[test]
    fn the_newest_are_kept_each_once() {
        let mut filters = Vec::new();
        for number in 0..12 {
            filters = with(filters, &format!("id = '{number}'"));
        }
        assert_eq!(filters.len(), 8);
        filters = with(filters, "id = '9'");
        assert_eq!(filters[..3], ["id = '9'", "id = '11'", "id = '10'"]);
        assert_eq!(filters.len(), 8);
        assert_eq!(with(filters.clone(), ""), filters);
        assert_eq!(with(filters.clone(), &"a".repeat(3_000)), filters);
    }
}
