//! Commands that carry an id run once, however often they are sent.

use crate::Result;
use crate::ground::database::{one, run, values};
use crate::ground::places::{Home, project_of};
use crate::writing::chain::{self, Digest};
use crate::writing::writer::Change;
use sea_orm::FromQueryResult;
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
    pub(crate) async fn remember(&self, change: &Change, person: &PersonId, span: i64, entry: Option<i64>) -> Result<()> {
        let salt = change.fate.salt();
        let text =
            "INSERT INTO commands (project, person_id, client_id, created, span, entry, salt, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        let bound = values![
            project_of(span),
            person.as_str(),
            self.client_id.as_str(),
            change.now,
            span,
            entry,
            salt.to_vec(),
            self.digest(&salt).to_vec()
        ];
        run(&change.transaction, text, bound).await.map(|_| ())
    }
}

/// Whether a command ran already.
///
/// # Errors
/// [`Problem::Reused`] if another command of this person ran under its id.
pub(crate) async fn has_run(change: &Change, home: &Home, person: &PersonId, once: Option<&Once>) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Ran {
        salt: Option<Vec<u8>>,
        digest: Option<Vec<u8>>,
    }
    let Some(once) = once else { return Ok(false) };
    let text = "SELECT salt, digest FROM commands WHERE project = ? AND person_id = ? AND client_id = ?";
    let ran = one::<Ran>(&change.transaction, text, values![home.short(), person.as_str(), once.client_id.as_str()]).await?;
    let Some(ran) = ran else { return Ok(false) };
    // Of what was erased it is not known any more what it said.
    match ran.salt.zip(ran.digest) {
        Some((salt, digest)) if digest != once.digest(&salt) => Err(Problem::Reused { id: once.client_id.clone() }.into()),
        Some(_) | None => Ok(true),
    }
}
