//! `touchstone key …`: API keys.

use super::{CommandFailure, day, desk, print_table};
use shared::people::{ApiScope, CreateKey};
use std::io::Write as _;
use store::Store;

/// API keys, in the name of a member.
#[derive(clap::Subcommand, Clone, Debug)]
pub enum KeyCommand {
    /// Makes a key and prints its secret, which is shown this once only.
    Create {
        /// The email address of the member whose key it is. The key can do at most what they may do.
        #[arg(long)]
        email: String,
        /// What to call it.
        #[arg(long)]
        name: String,
        /// What it can be used for: ingest, feedback, read, write, admin, with commas between them. Left out, for all that its owner may do.
        #[arg(long, value_delimiter = ',', value_parser = scope)]
        scopes: Vec<ApiScope>,
        /// How long it works, in days, such as 90d. Left out, it never expires.
        #[arg(long, value_parser = days)]
        expires: Option<u32>,
    },
    /// Lists a member's keys; for an owner, everybody's.
    List {
        /// The email address of the member.
        #[arg(long)]
        email: String,
    },
    /// Ends a key at once.
    Revoke {
        /// The email address of the member who revokes it: its owner, or an owner of the installation.
        #[arg(long)]
        email: String,
        /// The key's id, as `key list` shows it.
        id: String,
    },
}

impl KeyCommand {
    /// Does it.
    ///
    /// # Errors
    /// When it cannot be done; the sentence says what to do next.
    pub async fn run(self, store: &Store) -> Result<(), CommandFailure> {
        match self {
            Self::Create { email, name, scopes, expires } => {
                let created =
                    desk(store, &email).await?.create_key(CreateKey { owner: None, name, scopes, expires_in_days: expires }).await?;
                writeln!(std::io::stdout(), "{}", created.secret)?;
            }
            Self::List { email } => {
                let rows = desk(store, &email).await?.keys().await?.into_iter().map(|key| {
                    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
                    vec![
                        key.id.0,
                        key.name,
                        key.preview,
                        key.owner.email,
                        if scopes.is_empty() { "all".to_owned() } else { scopes.join(",") },
                        key.expires.map_or_else(|| "never".to_owned(), day),
                        key.last_used.map_or_else(|| "never".to_owned(), day),
                    ]
                });
                print_table(&["ID", "NAME", "KEY", "OWNER", "SCOPES", "EXPIRES", "LAST USED"], rows.collect())?;
            }
            Self::Revoke { email, id } => {
                desk(store, &email).await?.revoke_key(&id.as_str().into()).await.map_err(|error| match error.problem() {
                    Some(shared::Problem::NotFound { .. }) => CommandFailure::Failed(format!(
                        "There is no API key with the id {id}. `touchstone key list --email {email}` shows the ids."
                    )),
                    _ => error.into(),
                })?;
                eprintln!("The key does not work any more.");
            }
        }
        Ok(())
    }
}

fn scope(word: &str) -> Result<ApiScope, String> {
    ApiScope::parse(word.trim()).ok_or_else(|| "use ingest, feedback, read, write or admin, with commas between them".to_owned())
}

fn days(text: &str) -> Result<u32, String> {
    let days = text.strip_suffix('d').and_then(|number| number.parse().ok());
    days.filter(|days| (1..=36_500).contains(days)).ok_or_else(|| "use a number of days from 1d to 36500d, for example 90d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_arguments() {
        assert_eq!(days("90d"), Ok(90));
        for wrong in ["90", "0d", "d", "-1d", "40000d", "90 d"] {
            assert!(days(wrong).is_err(), "{wrong}");
        }
        assert_eq!(scope("ingest"), Ok(ApiScope::Ingest));
        assert!(scope("everything").is_err());
    }
}
