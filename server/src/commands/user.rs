//! `touchstone user …`: members.

use super::{CommandFailure, day, desk, print_table, unknown_member};
use shared::Problem;
use shared::people::{ChangeMember, InviteMember, Member, Role};
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use store::{Desk, Store, same_name};

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
    /// Prints a link by which somebody becomes a member, within seven days, once. It replaces an earlier one to the same address.
    Invite {
        /// The address they will sign in with.
        #[arg(long)]
        email: String,
        /// What they may do: viewer, reviewer, engineer or owner.
        #[arg(long, value_parser = role)]
        role: Role,
        /// The address under which people reach the server.
        #[arg(long, env = "TOUCHSTONE_PUBLIC_URL", default_value = "http://127.0.0.1:3000")]
        public_url: String,
    },
    /// Gives a member another role.
    Role {
        /// The address they sign in with.
        #[arg(long)]
        email: String,
        /// What they may do from now on: viewer, reviewer, engineer or owner.
        #[arg(long, value_parser = role)]
        role: Role,
    },
    /// Shuts a member out: their sessions and keys end at once; what they said stays.
    Deactivate {
        /// The address they sign in with.
        #[arg(long)]
        email: String,
    },
    /// Lets a member in again who was shut out.
    Activate {
        /// The address they sign in with.
        #[arg(long)]
        email: String,
    },
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
            Self::Invite { email, role, public_url } => {
                let link = owner(store).await?.invite_member(InviteMember { email: email.clone(), role }).await?;
                writeln!(std::io::stdout(), "{}{}", public_url.trim_end_matches('/'), link.path)?;
                eprintln!("The link works once, for seven days. It makes {email} a member, as {}.", role.as_str());
            }
            Self::Role { email, role } => change(store, &email, Some(role), None).await?,
            Self::Deactivate { email } => change(store, &email, None, Some(false)).await?,
            Self::Activate { email } => change(store, &email, None, Some(true)).await?,
            Self::ResetLink { email, public_url } => {
                let link = store.reset_link(&email).await.map_err(|error| unknown_member(error, &email))?;
                writeln!(std::io::stdout(), "{}{}", public_url.trim_end_matches('/'), link.path)?;
                eprintln!("The link works once, until tomorrow. It ends every session of {email} when it is used.");
            }
        }
        Ok(())
    }
}

/// The desk of an owner: whoever runs the installation may what they may.
async fn owner(store: &Store) -> Result<Desk, CommandFailure> {
    let owner = store.all_members().await?.into_iter().find(|member| member.active && member.person.role == Role::Owner);
    let owner =
        owner.ok_or_else(|| CommandFailure::Failed("There is no active owner. `touchstone user add --role owner` adds one.".to_owned()))?;
    desk(store, &owner.person.email).await
}

async fn change(store: &Store, email: &str, role: Option<Role>, active: Option<bool>) -> Result<(), CommandFailure> {
    let found = store.all_members().await?.into_iter().find(|member| same_name(&member.person.email, email));
    let found = found.ok_or_else(|| unknown_member(Problem::not_found("member").into(), email))?;
    let Member { person, active, .. } = owner(store).await?.change_member(ChangeMember { person: found.person.id.0, role, active }).await?;
    let state = if active { format!("a member, as {}", person.role.as_str()) } else { "deactivated".to_owned() };
    eprintln!("{} <{}> is {state}.", person.name, person.email);
    Ok(())
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
