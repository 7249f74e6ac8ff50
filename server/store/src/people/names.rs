//! People by id, for answers, comments and activity that name them.

use crate::Result;
use crate::ground::database::{all, list};
use crate::ground::error::Error;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::PersonId;
use shared::people::{Person, Role};
use std::collections::{BTreeSet, HashMap};

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
