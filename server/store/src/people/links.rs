//! Links that work once: the set-up of an installation, invitations, new passwords.

use super::{active, checks, keys, members, passwords, person_of_email, role, sessions, tokens, visible};
use crate::ground::error::{Error, Result};
use crate::ground::time::DAY;
use crate::people::SignedIn;
use crate::people::entities::{person, secret_link};
use crate::{Actor, Desk, Proof, Store};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};
use shared::people::{InviteMember, LinkPurpose, OpenLink, ResetPassword, Role, SecretLink, WithdrawInvitation};
use shared::permissions::Action;
use shared::{Micros, Problem};

/// What somebody enters on the page behind a link.
#[derive(Clone)]
pub struct RedeemLink {
    /// The address to sign in with; only the set-up link asks for it.
    pub email: Option<String>,
    /// What to be called; a new password leaves the name as it is.
    pub name: String,
    /// The password to sign in with.
    pub password: String,
    /// The browser, as it names itself.
    pub agent: String,
    /// Whether a new password ends the member's API keys, too.
    pub end_keys: bool,
}

impl Store {
    /// A new set-up link, as long as there is no member. It replaces the one before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn setup_link(&self) -> Result<Option<SecretLink>> {
        self.write(|change| {
            Box::pin(async move {
                if members::any(&change.transaction).await? {
                    return Ok(None);
                }
                delete_open(&change.transaction, LinkPurpose::Setup, None, None).await?;
                make(&change.transaction, LinkPurpose::Setup, None, None, change.now).await.map(Some)
            })
        })
        .await
    }

    /// What a link still offers.
    ///
    /// # Errors
    /// When there is no such link, or it was used or has expired.
    pub async fn open_link(&self, token: &str) -> Result<OpenLink> {
        let (link, purpose) = find(self.readers(), token, crate::now()).await?;
        Ok(match &link.person_id {
            None => OpenLink { purpose, email: link.email, name: None, keys: 0 },
            Some(id) => {
                let person = active(self.readers(), id).await?;
                let keys = keys::working(self.readers(), id, crate::now()).await?;
                OpenLink { purpose, email: Some(person.email), name: Some(person.name), keys }
            }
        })
    }

    /// Uses a link up and signs in whoever it has made a member, or given a new password.
    ///
    /// # Errors
    /// When the link does not work any more, or a field holds something that cannot be.
    pub async fn redeem_link(&self, token: &str, redeem: RedeemLink) -> Result<SignedIn> {
        let (_, purpose) = find(self.readers(), token, crate::now()).await?;
        let email = match purpose {
            LinkPurpose::Setup => Some(checks::email(redeem.email.as_deref().unwrap_or_default())?),
            LinkPurpose::Join | LinkPurpose::Reset => None,
        };
        let name = match purpose {
            LinkPurpose::Setup | LinkPurpose::Join => checks::name(&redeem.name, "A member")?,
            LinkPurpose::Reset => String::new(),
        };
        checks::password(&redeem.password)?;
        let password_hash = passwords::hash(redeem.password).await?;
        let (token, agent, end_keys) = (token.to_owned(), redeem.agent, redeem.end_keys);
        self.write_access(move |change| {
            Box::pin(async move {
                let connection = &change.transaction;
                // Looked up again: of two who use the link at once, only one gets in.
                let (link, purpose) = find(connection, &token, change.now).await?;
                secret_link::Entity::update_many()
                    .col_expr(secret_link::Column::Used, Expr::value(change.now))
                    .filter(secret_link::Column::TokenHash.eq(link.token_hash.as_str()))
                    .exec(connection)
                    .await?;
                let person = match purpose {
                    LinkPurpose::Setup => {
                        let email = email.unwrap_or_default();
                        members::insert(change, email, name, Role::Owner, password_hash).await?
                    }
                    LinkPurpose::Join => {
                        let (Some(email), Some(word)) = (link.email, link.role) else {
                            return Err(Error::Corrupt("an invitation without an address or a role".to_owned()));
                        };
                        members::insert(change, email, name, role(&word)?, password_hash).await?
                    }
                    LinkPurpose::Reset => {
                        let person = active(connection, link.person_id.as_deref().unwrap_or_default()).await?;
                        person::Entity::update_many()
                            .col_expr(person::Column::PasswordHash, Expr::value(password_hash))
                            .filter(person::Column::Id.eq(person.id.as_str()))
                            .exec(connection)
                            .await?;
                        // Whoever knew the old password is out, and so are other links to change it.
                        sessions::end_all(connection, &person.id).await?;
                        if end_keys {
                            keys::revoke_all(connection, &person.id, change.now).await?;
                        }
                        delete_open(connection, LinkPurpose::Reset, None, Some(&person.id)).await?;
                        person
                    }
                };
                sessions::start(change, &person, &agent).await
            })
        })
        .await
    }

    /// A link with which the active member of an address chooses a new password. For the command line, where being on
    /// the server's machine is proof enough.
    ///
    /// # Errors
    /// When there is no active member with that address.
    pub async fn reset_link(&self, email: &str) -> Result<SecretLink> {
        let person = person_of_email(self.readers(), &checks::normal_email(email)).await?;
        let person = person.filter(|person| person.active).ok_or_else(|| Problem::not_found("active member with this address"))?;
        self.make_reset_link(Actor { person: visible(&person)?, proof: Proof::Console }, person.id).await
    }

    async fn make_reset_link(&self, actor: Actor, person: String) -> Result<SecretLink> {
        self.write(move |change| {
            Box::pin(async move {
                let row = active(&change.transaction, &person).await?;
                // The link lets one in with all that the member may.
                actor.require_covers(role(&row.role)?, None)?;
                make(&change.transaction, LinkPurpose::Reset, None, Some(person), change.now).await
            })
        })
        .await
    }
}

impl Desk {
    /// Makes a link by which somebody becomes a member. It replaces an earlier one to the same address.
    ///
    /// # Errors
    /// When the actor may not, the address cannot be, or belongs to a member already.
    pub async fn invite_member(&self, invite: InviteMember) -> Result<SecretLink> {
        self.require(Action::ManageMembers)?;
        let email = checks::email(&invite.email)?;
        self.actor.require_covers(invite.role, None)?;
        self.store
            .write(move |change| {
                Box::pin(async move {
                    members::refuse_known(&change.transaction, &email).await?;
                    delete_open(&change.transaction, LinkPurpose::Join, Some(&email), None).await?;
                    make(&change.transaction, LinkPurpose::Join, Some((email, invite.role)), None, change.now).await
                })
            })
            .await
    }

    /// Takes an invitation back. Its link stops working at once.
    ///
    /// # Errors
    /// When the actor may not, or nobody of that address is invited.
    pub async fn withdraw_invitation(&self, withdraw: WithdrawInvitation) -> Result<()> {
        self.require(Action::ManageMembers)?;
        self.store
            .write(move |change| {
                Box::pin(async move {
                    match delete_open(&change.transaction, LinkPurpose::Join, Some(&withdraw.email), None).await? {
                        0 => Err(Problem::not_found("open invitation to this address").into()),
                        _ => Ok(()),
                    }
                })
            })
            .await
    }

    /// Makes a link with which a member chooses a new password.
    ///
    /// # Errors
    /// When the actor may not, or there is no such active member.
    pub async fn reset_password(&self, reset: ResetPassword) -> Result<SecretLink> {
        self.require(Action::ManageMembers)?;
        self.store.make_reset_link(self.actor.clone(), reset.person.0).await
    }
}

/// The word of a purpose in the database and in the path of the link, and how long the link works.
fn terms(purpose: LinkPurpose) -> (&'static str, Micros) {
    match purpose {
        LinkPurpose::Setup => ("setup", 7 * DAY),
        LinkPurpose::Join => ("join", 7 * DAY),
        LinkPurpose::Reset => ("reset", DAY),
    }
}

async fn make(
    connection: &impl ConnectionTrait,
    purpose: LinkPurpose,
    invited: Option<(String, Role)>,
    person_id: Option<String>,
    now: Micros,
) -> Result<SecretLink> {
    // Old links are kept for a while, so that whoever follows one is told what became of it.
    secret_link::Entity::delete_many().filter(secret_link::Column::Expires.lt(now - 90 * DAY)).exec(connection).await?;
    let (word, lifetime) = terms(purpose);
    let token = tokens::random();
    let (email, role) = invited.unzip();
    let row = secret_link::Model {
        token_hash: tokens::hash(&token),
        purpose: word.to_owned(),
        email,
        role: role.map(|role| role.as_str().to_owned()),
        person_id,
        created: now,
        expires: now + lifetime,
        used: None,
    };
    let expires = row.expires;
    secret_link::Entity::insert(row.into_active_model()).exec_without_returning(connection).await?;
    Ok(SecretLink { path: format!("/{word}/{token}"), expires })
}

/// Takes back the links of a purpose that nobody has used yet, to an address or of a person, and says how many there were.
pub(super) async fn delete_open(
    connection: &impl ConnectionTrait,
    purpose: LinkPurpose,
    email: Option<&str>,
    person: Option<&str>,
) -> Result<u64> {
    let mut delete = secret_link::Entity::delete_many()
        .filter(secret_link::Column::Purpose.eq(terms(purpose).0))
        .filter(secret_link::Column::Used.is_null());
    if let Some(email) = email {
        delete = delete.filter(secret_link::Column::Email.eq(email));
    }
    if let Some(person) = person {
        delete = delete.filter(secret_link::Column::PersonId.eq(person));
    }
    Ok(delete.exec(connection).await?.rows_affected)
}

/// The link of a token, if it still works.
async fn find(connection: &impl ConnectionTrait, token: &str, now: Micros) -> Result<(secret_link::Model, LinkPurpose)> {
    let link = secret_link::Entity::find_by_id(tokens::hash(token)).one(connection).await?;
    let link = link.ok_or_else(|| Problem::not_found("link"))?;
    let purpose = [LinkPurpose::Setup, LinkPurpose::Join, LinkPurpose::Reset]
        .into_iter()
        .find(|purpose| terms(*purpose).0 == link.purpose)
        .ok_or_else(|| Error::Corrupt(format!("{} is no purpose of a link", link.purpose)))?;
    if link.used.is_some() {
        return Err(Problem::invalid("link", "This link was used already. Sign in, or ask an owner for a new link.").into());
    }
    if purpose == LinkPurpose::Setup && members::any(connection).await? {
        return Err(Problem::invalid("link", "This installation is set up already. Sign in, or ask an owner for an invitation.").into());
    }
    if link.expires <= now {
        let next = if purpose == LinkPurpose::Setup { "Restart the server to get a new one." } else { "Ask an owner for a new one." };
        return Err(Problem::invalid("link", format!("This link has expired. {next}")).into());
    }
    Ok((link, purpose))
}

/// Invitations that nobody has used yet, newest first: address, role, end.
pub(super) async fn invitations(connection: &impl ConnectionTrait, now: Micros) -> Result<Vec<secret_link::Model>> {
    let mut rows = secret_link::Entity::find()
        .filter(secret_link::Column::Purpose.eq(terms(LinkPurpose::Join).0))
        .filter(secret_link::Column::Used.is_null())
        .filter(secret_link::Column::Expires.gt(now))
        .all(connection)
        .await?;
    rows.sort_by_key(|row| std::cmp::Reverse(row.created));
    Ok(rows)
}
