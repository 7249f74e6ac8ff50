//! Commands that carry an id run once, however often they are sent.

use crate::Result;
use crate::ground::database::StatementPart;
use crate::ground::keys::{EntryId, SpanKey, project_of};
use crate::ground::upsert::Upsert;
use crate::writing::chain::{self, Digest};
use crate::writing::writer::Change;
use sea_orm::{FromQueryResult, Value};
use shared::commands::Command;
use shared::{PersonId, Problem};

/// Bytes of the id of a command at most.
const LONGEST_CLIENT_ID: usize = 200;

/// A command that carries an id, and everything it says.
pub(crate) struct Once {
    client_id: String,
    text: String,
}

impl Once {
    /// None for a command that carries none.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for an id that cannot be.
    pub(crate) fn of(command: &Command) -> Result<Option<Self>> {
        let Some(client_id) = command.client_id() else { return Ok(None) };
        if !(1..=LONGEST_CLIENT_ID).contains(&client_id.len()) || client_id.contains('\0') {
            return Err(Problem::invalid("client_id", format!("Use 1 to {LONGEST_CLIENT_ID} bytes, without a NUL.")).into());
        }
        Ok(Some(Self { client_id: client_id.to_owned(), text: serde_json::to_string(command)? }))
    }

    fn digest(&self, salt: &[u8]) -> Digest {
        chain::digest(salt, [Some("command"), Some(self.text.as_str())])
    }

    /// Remembers a command that was done on a span, with the entry of the activity that it made. What it said is remembered as a digest that
    /// nobody can guess once its salt is erased with the row.
    pub(crate) fn remember(&self, change: &Change, person: &PersonId, span: SpanKey, entry: Option<EntryId>) -> StatementPart {
        let salt = change.fate.salt();
        Upsert::into("commands")
            .set("project", project_of(span))
            .set("person_id", person.as_str())
            .set("client_id", self.client_id.as_str())
            .set("created", change.now)
            .set("span", span)
            .set("entry", entry)
            .set("digest", self.digest(&salt).to_vec())
            .set("salt", salt.to_vec())
            .insertion()
    }
}

/// What stands of a command that ran already, where its place is looked up: columns of the join [`EarlierRun::JOIN`].
#[derive(FromQueryResult)]
pub(crate) struct EarlierRun {
    ran: Option<String>,
    salt: Option<Vec<u8>>,
    digest: Option<Vec<u8>>,
}

impl EarlierRun {
    /// The columns.
    pub(crate) const COLUMNS: &str = "c.client_id AS ran, c.salt, c.digest";

    /// The join on the project `p`, bound to a person and a client id.
    pub(crate) const JOIN: &str = "LEFT JOIN commands c ON c.project = p.short AND c.person_id = ? AND c.client_id = ?";

    /// What the join is bound to. A command without an id has not run.
    pub(crate) fn bound(person: &PersonId, once: Option<&Once>) -> [Value; 2] {
        [Value::from(person.as_str()), Value::from(once.map(|once| once.client_id.clone()))]
    }

    /// Whether the command ran already.
    ///
    /// # Errors
    /// [`Problem::Reused`] if another command of this person ran under its id.
    pub(crate) fn has_run(&self, once: Option<&Once>) -> Result<bool> {
        let Some(once) = once.filter(|_| self.ran.is_some()) else { return Ok(false) };
        // Of what was erased it is not known any more what it said.
        match self.salt.as_deref().zip(self.digest.as_deref()) {
            Some((salt, digest)) if *digest != once.digest(salt) => Err(Problem::Reused { id: once.client_id.clone() }.into()),
            Some(_) | None => Ok(true),
        }
    }
}
