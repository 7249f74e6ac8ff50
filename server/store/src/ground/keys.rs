//! Keys: by what tables that grow know things that belong to a project.
//!
//! A project's short integer stands above a number that the project gives out once, whatever for. So a key says to whom it belongs, and
//! nothing is numbered across projects. Keys of different things are different types, because they are all alike in the database.

use sea_orm::{DeriveValueType, Value};
use std::fmt;

/// Bits of a key that number what belongs to one project; the project's short integer stands above them.
const NUMBER_BITS: u32 = 40;

/// The short integer of a project, `projects.short`: from 1, and the first column of every table that grows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub(crate) struct ProjectShort(i64);

/// The key of the logs of a project, an experiment or a dataset, `objects.key`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub(crate) struct ObjectKey(i64);

/// The key of a trace, `traces.key`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub(crate) struct TraceKey(i64);

/// The key of a span, which is a row of an object, `spans.key`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub(crate) struct SpanKey(i64);

/// The id of an entry of the activity, `activity.id`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub(crate) struct EntryId(i64);

/// The key of a row in a review list, `review_items.key`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub(crate) struct ItemKey(i64);

/// The key of one way in which a row got into a review list, `review_selections.key`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub(crate) struct SelectionKey(i64);

/// The key of a job, `jobs.key`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub(crate) struct JobKey(i64);

/// The key of an event, `events.key`; its number is the event's own, which is counted for itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub(crate) struct EventKey(i64);

/// What all keys have.
pub(crate) trait Key: Copy + Ord + From<i64> + Into<i64> + Into<Value> {
    /// Nobody's key: what stands where there is none.
    const NONE: Self;
    /// Not above any key, for the beginning of a walk.
    const LOWEST: Self;
    /// Not below any key.
    const HIGHEST: Self;

    /// The key with a number of a project.
    fn of(project: ProjectShort, number: i64) -> Self {
        Self::from((project.0 << NUMBER_BITS) | number)
    }

    /// Not below any key of a project.
    fn last_of(project: ProjectShort) -> Self {
        Self::of(project, (1 << NUMBER_BITS) - 1)
    }

    /// The number in its project.
    fn number(self) -> i64 {
        let key: i64 = self.into();
        key & ((1 << NUMBER_BITS) - 1)
    }

    /// The key that was given out after it.
    fn next(self) -> Self {
        let key: i64 = self.into();
        Self::from(key + 1)
    }

    /// It and all that were given out after it.
    fn onward(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |key| Some(key.next()))
    }

    /// How it leaves the installation: an opaque text that carries its project.
    fn text(self) -> String {
        format!("{}-{}", project_of(self), self.number())
    }

    /// The key of such a text; none of any other.
    fn parse(text: &str) -> Option<Self> {
        let (project, number) = text.split_once('-')?;
        let project = project.parse::<i64>().ok().filter(|project| (1..1 << (62 - NUMBER_BITS)).contains(project))?;
        let key = Self::of(ProjectShort(project), number.parse().ok()?);
        (key.text() == text).then_some(key)
    }
}

macro_rules! numbers {
    ($($name:ident),*) => { $(
        impl From<i64> for $name {
            fn from(number: i64) -> Self {
                Self(number)
            }
        }

        impl From<$name> for i64 {
            fn from(key: $name) -> Self {
                key.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }
    )* };
}

macro_rules! keys {
    ($($name:ident),*) => { $(
        impl Key for $name {
            const NONE: Self = Self(0);
            const LOWEST: Self = Self(i64::MIN);
            const HIGHEST: Self = Self(i64::MAX);
        }
    )* };
}

numbers!(ProjectShort, ObjectKey, TraceKey, SpanKey, EntryId, ItemKey, SelectionKey, JobKey, EventKey);
keys!(ObjectKey, TraceKey, SpanKey, EntryId, ItemKey, SelectionKey, JobKey, EventKey);

/// The project that a key belongs to.
pub(crate) fn project_of(key: impl Key) -> ProjectShort {
    let key: i64 = key.into();
    ProjectShort(key >> NUMBER_BITS)
}

/// The id of an entry of the activity as it leaves the installation.
pub fn entry_text(entry: i64) -> String {
    EntryId(entry).text()
}

/// The entry of an id that [`entry_text`] made; none of any other text.
pub fn entry_of(text: &str) -> Option<i64> {
    EntryId::parse(text).map(i64::from)
}

/// What `project = ? AND key IN (…)` is bound to. Keys that are looked up together are of one project; 0 is nobody's.
pub(crate) fn bound(keys: &[impl Key]) -> Vec<Value> {
    let project = keys.iter().max().map_or(ProjectShort(0), |key| project_of(*key));
    std::iter::once(Value::from(project)).chain(keys.iter().map(|key| (*key).into())).collect()
}

#[cfg(test)]
mod tests {
    use super::{EntryId, Key, project_of};

    #[test]
    fn a_key_is_read_from_its_own_text_only() {
        let key = EntryId::of(3.into(), 5);
        assert_eq!((project_of(key), key.number(), key.text().as_str()), (3.into(), 5, "3-5"));
        assert_eq!(EntryId::parse("3-5"), Some(key));
        for text in ["", "3", "3-", "-5", "03-5", "3-05", "3-+5", "0-5", "-1-5", "4194304-1", "3-1099511627776", "3-5-1", "x-5"] {
            assert_eq!(EntryId::parse(text), None, "{text}");
        }
        assert_eq!(key.onward().take(2).map(Key::text).collect::<Vec<_>>(), ["3-5", "3-6"]);
    }
}
