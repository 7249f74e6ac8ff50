//! `touchstone user …`: members.

use super::{CommandFailure, day, print_table, unknown_member};
use shared::people::Role;
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use store::Store;

/// Members of the installation.
#[derive(clap::Subcommand, Clone, Debug)]
pub enum UserCommand {
    /// Adds a member.
    Add {
        /// The address they sign in with.
        #[arg(long)]
        email: String,
        /// What they are called on pages.
        #[arg(long)]
        name: String,
        /// What they may do: viewer, reviewer, engineer or owner.
        #[arg(long, value_parser = role)]
        role: Role,
        /// Reads their password, one line, from standard input; arguments could be seen by others.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// Lists the members.
    List,
    /// Prints a link with which a member chooses a new password, within a day, once.
    ResetLink {
        /// The address they sign in with.
        #[arg(long)]
        email: String,
        /// The address under which people reach the server.
        #[arg(long, env = "TOUCHSTONE_PUBLIC_URL", default_value = "http://127.0.0.1:3000")]
        public_url: String,
    },
}

impl UserCommand {
    /// Does it.
    ///
    /// # Errors
    /// When it cannot be done; the sentence says what to do next.
    pub async fn run(self, store: &Store) -> Result<(), CommandFailure> {
        match self {
            Self::Add { email, name, role, password_stdin: _ } => {
                let password = tokio::task::spawn_blocking(read_password)
                    .await
                    .map_err(|_| CommandFailure::Failed("Standard input could not be read.".to_owned()))??;
                let person = store.add_member(&email, &name, role, &password).await?;
                eprintln!("{} <{}> is a member now, as {}.", person.name, person.email, person.role.as_str());
            }
            Self::List => {
                let rows = store.all_members().await?.into_iter().map(|member| {
                    let state = if member.active { "active" } else { "deactivated" };
                    let seen = member.last_seen.map_or_else(|| "never".to_owned(), day);
                    vec![member.person.email, member.person.name, member.person.role.as_str().to_owned(), state.to_owned(), seen]
                });
                print_table(&["EMAIL", "NAME", "ROLE", "STATE", "LAST SEEN"], rows.collect())?;
            }
            Self::ResetLink { email, public_url } => {
                let link = store.reset_link(&email).await.map_err(|error| unknown_member(error, &email))?;
                writeln!(std::io::stdout(), "{}{}", public_url.trim_end_matches('/'), link.path)?;
                eprintln!("The link works once, until tomorrow. It ends every session of {email} when it is used.");
            }
        }
        Ok(())
    }
}

fn role(word: &str) -> Result<Role, String> {
    Role::parse(word).ok_or_else(|| "use viewer, reviewer, engineer or owner".to_owned())
}

fn read_password() -> Result<String, CommandFailure> {
    let input = std::io::stdin();
    if input.is_terminal() {
        eprintln!("Type the password and press Enter. It will be visible.");
    }
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(CommandFailure::Usage("There is no password on standard input. Send one line, at least 10 characters.".to_owned()));
    }
    Ok(password.to_owned())
}
