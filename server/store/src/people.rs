//! Members, and how they prove who they are: passwords, sessions, API keys and links that work once.
//!
//! Of every secret only a hash is stored. What is random is long enough that a plain SHA-256 of it cannot be guessed
//! back; passwords are hashed with argon2id.

mod access;
mod attempts;
mod checks;
pub(crate) mod entities;
mod keys;
mod links;
mod members;
pub(crate) mod names;
mod passwords;
mod sessions;
mod tokens;

pub(crate) use access::AccessWatch;
pub(crate) use attempts::Attempts;
pub use links::RedeemLink;
pub(crate) use members::adopt;
pub use sessions::{SignIn, SignedIn};

use crate::ground::error::{Error, Result};
use crate::people::entities::person;
use crate::people::names::folded;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use shared::people::{Person, Role};
use shared::{Micros, Problem};

/// How long after the last note of a use the next one is written: uses are frequent, and a minute is exact enough.
const NOTE_EVERY: Micros = 60_000_000;

/// The member as everybody may see them.
fn visible(row: &person::Model) -> Result<Person> {
    Ok(Person { id: row.id.as_str().into(), name: row.name.clone(), email: row.email.clone(), role: role(&row.role)? })
}

/// The role of a stored word.
fn role(word: &str) -> Result<Role> {
    Role::parse(word).ok_or_else(|| Error::Corrupt(format!("{word} is no role")))
}

/// The member of that id, if they are active.
async fn active(connection: &impl ConnectionTrait, id: &str) -> Result<person::Model> {
    let person = person::Entity::find_by_id(id).one(connection).await?;
    Ok(person.filter(|person| person.active).ok_or_else(|| Problem::not_found("active member"))?)
}

/// The member whose address looks like this one.
async fn person_of_email(connection: &impl ConnectionTrait, email: &str) -> Result<Option<person::Model>> {
    Ok(person::Entity::find().filter(person::Column::FoldedEmail.eq(folded(email))).one(connection).await?)
}
