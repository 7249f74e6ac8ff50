//! Names as people see them, and people by id, for answers, comments and activity that name them.

use crate::Result;
use crate::ground::database::{all, list};
use crate::ground::error::Error;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::PersonId;
use shared::people::{Person, Role};
use std::collections::{BTreeSet, HashMap};
use unicode_normalization::UnicodeNormalization as _;

/// As what a name is compared is stored beside it, under the unique indexes.
pub(crate) use shared::filter::folded;

/// A name as it is stored: as it was written, in the one form in which letters and their accents are one.
pub(crate) fn normal(name: &str) -> String {
    name.trim().nfc().collect()
}

/// Whether two names look the same to people.
pub fn same_name(one: &str, other: &str) -> bool {
    folded(one) == folded(other)
}

/// The people of some ids, deactivated ones too.
pub(crate) async fn people(connection: &impl ConnectionTrait, ids: impl Iterator<Item = String>) -> Result<HashMap<PersonId, Person>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: String,
        name: String,
        email: String,
        role: String,
    }
    let ids: BTreeSet<String> = ids.collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let text = format!("SELECT id, name, email, role FROM people WHERE id IN ({})", list(ids.len()));
    let rows = all::<Row>(connection, &text, ids.into_iter().map(Value::from).collect()).await?;
    let people = rows.into_iter().map(|row| {
        let role = Role::parse(&row.role).ok_or_else(|| Error::Corrupt(format!("role {}", row.role)))?;
        let id = PersonId(row.id);
        Ok((id.clone(), Person { id, name: row.name, email: row.email, role }))
    });
    people.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_the_same_is_the_same() {
        for (one, other) in [
            ("Zo\u{eb}", "Zoe\u{308}"),
            ("Zo\u{eb}", "zo\u{cb}"),
            (" A  b ", "a\u{a0}b"),
            ("Stra\u{df}e", "STRASSE"),
            ("\u{3a3}\u{391}\u{3a3}", "\u{3c3}\u{3b1}\u{3c2}"),
            ("\u{ff21}\u{ff22}", "ab"),
            ("\u{fb01}t", "fit"),
            ("safe\u{200b}ty", "safety"),
            ("", "\u{feff}"),
        ] {
            assert!(same_name(one, other), "{one:?} {other:?}");
        }
        for (one, other) in [("Zoe", "Zo\u{eb}"), ("a", "b"), ("a b", "ab"), ("\u{430}", "a"), ("1", "2")] {
            assert!(!same_name(one, other), "{one:?} {other:?}");
        }
        assert_eq!(normal(" Zoe\u{308} "), "Zo\u{eb}");
    }
}
