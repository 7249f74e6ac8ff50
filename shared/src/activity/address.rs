//! The address of the activity of a project.

use crate::PersonId;
use crate::address::{query, value};
use crate::audit::Deed;

/// What the address of the activity of a project says behind its path. It is the link to share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityAddress {
    /// Only what this member did.
    pub actor: Option<PersonId>,
    /// Only what was done in this way.
    pub action: Option<Deed>,
    /// The time in which it was done, as [`crate::ranges::TimeRange`] writes it; empty for any.
    pub range: String,
    /// Only entries with a smaller number.
    pub before: Option<i64>,
}

impl ActivityAddress {
    /// Reads a raw query.
    pub fn parse(raw: &str) -> Self {
        let text = |key: &str| value(raw, key).filter(|value| !value.is_empty());
        Self {
            actor: text("person").map(PersonId),
            action: text("action").map(Deed::from),
            range: text("range").unwrap_or_default(),
            before: text("before").and_then(|number| number.parse().ok()),
        }
    }

    /// The query, with its `?` also where nothing is set.
    pub fn to_query(&self) -> String {
        let query = query(&[
            ("person", self.actor.as_ref().map_or("", PersonId::as_str)),
            ("action", self.action.as_ref().map_or("", Deed::as_str)),
            ("range", &self.range),
            ("before", &self.before.map(|number| number.to_string()).unwrap_or_default()),
        ]);
        if query.is_empty() { "?".to_owned() } else { query }
    }

    /// Whether some entries are left out.
    pub fn is_narrowed(&self) -> bool {
        *self != Self { before: self.before, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::ActivityAddress;

    #[test]
    fn what_is_asked_for_survives_the_address_bar() {
        for raw in ["?", "?person=a%2Fb&action=answer&range=7d&before=17", "?action=applaud", "?range=2026-01-01%2F"] {
            assert_eq!(ActivityAddress::parse(raw).to_query(), raw);
        }
        assert_eq!(ActivityAddress::parse("person=&before=x&other=1").to_query(), "?");
        assert!(ActivityAddress::parse("range=7d&before=17").is_narrowed() && !ActivityAddress::parse("before=17").is_narrowed());
    }
}
