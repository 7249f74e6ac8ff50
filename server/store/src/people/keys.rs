//! API keys: what programs prove themselves with.

use super::{NOTE_EVERY, active, checks, role, tokens, visible};
use crate::ground::database::{all, one, run, values};
use crate::ground::error::{Error, Result};
use crate::ground::time::DAY;
use crate::people::entities::api_key;
use crate::{Actor, Desk, Proof, Store};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel};
use shared::people::{ApiKey, ApiScope, CreateKey, CreatedKey, KeyList, Person};
use shared::permissions::Action;
use shared::{KeyId, Micros, PersonId, Problem};

/// A key together with its owner.
#[derive(FromQueryResult)]
struct Row {
    id: String,
    name: String,
    preview: String,
    scopes: String,
    created: i64,
    expires: Option<i64>,
    revoked: Option<i64>,
    last_used: Option<i64>,
    person: String,
    person_name: String,
    email: String,
    role: String,
    active: bool,
}

const SELECT: &str = "SELECT api_keys.id AS id, api_keys.name AS name, preview, scopes, api_keys.created AS created, expires, revoked, \
    last_used, people.id AS person, people.name AS person_name, email, role, active \
    FROM api_keys JOIN people ON people.id = api_keys.person_id";

impl Row {
    fn owner(&self) -> Result<Person> {
        Ok(Person { id: self.person.as_str().into(), name: self.person_name.clone(), email: self.email.clone(), role: role(&self.role)? })
    }

    fn scopes(&self) -> Result<Vec<ApiScope>> {
        let scope = |word| ApiScope::parse(word).ok_or_else(|| Error::Corrupt(format!("{word} is no scope")));
        self.scopes.split_whitespace().map(scope).collect()
    }

    fn key(self) -> Result<ApiKey> {
        let (owner, scopes) = (self.owner()?, self.scopes()?);
        Ok(ApiKey {
            id: self.id.into(),
            name: self.name,
            preview: self.preview,
            owner,
            scopes,
            created: self.created,
            expires: self.expires,
            last_used: self.last_used,
        })
    }
}

impl Store {
    /// Who asks with this key.
    ///
    /// # Errors
    /// When the key is wrong, has expired, was revoked, or its owner was deactivated; the reason says which.
    pub async fn actor_of_key(&self, secret: &str) -> Result<Actor> {
        let refuse = |reason: &str| Err(Problem::SignIn { reason: reason.to_owned() }.into());
        let now = crate::now();
        let row =
            one::<Row>(self.readers(), &format!("{SELECT} WHERE api_keys.secret_hash = ?"), values![tokens::hash(secret.trim())]).await?;
        let Some(row) = row else {
            return refuse(
                "This API key is not known here. Check that all of it was copied, or make a new one under Configuration, API keys.",
            );
        };
        if !row.active {
            return refuse("The owner of this API key was deactivated. Use a key of an active member.");
        }
        if row.revoked.is_some() {
            return refuse("This API key was revoked. Make a new one under Configuration, API keys.");
        }
        if row.expires.is_some_and(|expires| expires <= now) {
            return refuse("This API key has expired. Make a new one under Configuration, API keys.");
        }
        if row.last_used.is_none_or(|last| now - last >= NOTE_EVERY) {
            self.note_key(row.id.clone(), now);
        }
        let (person, scopes) = (row.owner()?, row.scopes()?);
        Ok(Actor { person, proof: Proof::Key(row.id.into(), scopes) })
    }

    /// Who somebody is by now who proved themselves with a key, or without one, a while ago; none if that no longer lets them in.
    pub(crate) async fn actor_again(&self, person: &PersonId, key: Option<&KeyId>) -> Result<Option<Actor>> {
        let Some(key) = key else {
            return match active(self.readers(), person.as_str()).await {
                Ok(row) => Ok(Some(Actor { person: visible(&row)?, proof: Proof::Console })),
                Err(Error::Problem(_)) => Ok(None),
                Err(error) => Err(error),
            };
        };
        let text = format!("{SELECT} WHERE api_keys.id = ? AND people.id = ?");
        let row = one::<Row>(self.readers(), &text, values![key.as_str(), person.as_str()]).await?;
        let works = |row: &Row| row.active && row.revoked.is_none() && row.expires.is_none_or(|expires| expires > crate::now());
        row.filter(works).map(|row| Ok(Actor { person: row.owner()?, proof: Proof::Key(key.clone(), row.scopes()?) })).transpose()
    }

    /// Notes a use without making it wait. Losing a note does no harm.
    fn note_key(&self, key: String, now: Micros) {
        let store = self.clone();
        tokio::spawn(async move {
            let noted = store.write(move |change| {
                Box::pin(async move {
                    run(
                        &change.transaction,
                        "UPDATE api_keys SET last_used = ? WHERE id = ? AND (last_used IS NULL OR last_used <= ?)",
                        values![now, key, now - NOTE_EVERY],
                    )
                    .await
                })
            });
            if let Err(error) = noted.await {
                tracing::warn!(%error, "the last use of an API key was not noted");
            }
        });
    }
}

impl Desk {
    /// One's own keys, newest first; owners see everybody's. Revoked ones are gone, expired ones still show.
    ///
    /// # Errors
    /// When the actor may not, or the database fails.
    pub async fn keys(&self) -> Result<Vec<ApiKey>> {
        self.require_own_keys()?;
        let everybody = self.actor.may(Action::ManageMembers);
        let rows = all::<Row>(
            self.store.readers(),
            &format!("{SELECT} WHERE revoked IS NULL AND (? OR person_id = ?) ORDER BY api_keys.created DESC, api_keys.id DESC"),
            values![everybody, self.actor.person.id.as_str()],
        )
        .await?;
        rows.into_iter().map(Row::key).collect()
    }

    /// The same with those for whom one can make keys.
    ///
    /// # Errors
    /// When the actor may not, or the database fails.
    pub async fn keys_and_others(&self) -> Result<KeyList> {
        let keys = self.keys().await?;
        let mut others = if self.actor.may(Action::ManageMembers) { self.active_people().await? } else { Vec::new() };
        others.retain(|person| person.id != self.actor.person.id);
        Ok(KeyList { keys, others })
    }

    /// Makes a key: of one's own, for owners of anybody's. Its secret is in the answer and nowhere else.
    ///
    /// # Errors
    /// When the actor may not, the key would be somebody's who is no active member, or a field holds something that cannot be.
    pub async fn create_key(&self, create: CreateKey) -> Result<CreatedKey> {
        self.require_own_keys()?;
        let name = checks::name(&create.name, "A key")?;
        let mut scopes = create.scopes;
        scopes.sort_unstable();
        scopes.dedup();
        if create.expires_in_days.is_some_and(|days| days == 0 || days > 36_500) {
            return Err(Problem::invalid("Expires", "Use 1 to 36,500 days, or leave it out for a key that does not expire.").into());
        }
        let secret = format!("ts_{}", tokens::random());
        let preview = format!("{}…{}", &secret[..5], &secret[secret.len() - 4..]);
        let secret_hash = tokens::hash(&secret);
        let actor = self.actor.clone();
        let owner = create.owner.unwrap_or_else(|| actor.person.id.clone());
        if owner != actor.person.id {
            self.require(Action::ManageMembers)?;
        }
        let key = self
            .store
            .write(move |change| {
                Box::pin(async move {
                    let owner = visible(&active(&change.transaction, owner.as_str()).await?)?;
                    actor.require_covers(owner.role, Some(&scopes))?;
                    let row = api_key::Model {
                        id: change.fate.id(),
                        secret_hash,
                        person_id: owner.id.0.clone(),
                        name,
                        preview,
                        scopes: scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" "),
                        created: change.now,
                        expires: create.expires_in_days.map(|days| change.now + i64::from(days) * DAY),
                        revoked: None,
                        last_used: None,
                    };
                    api_key::Entity::insert(row.clone().into_active_model()).exec_without_returning(&change.transaction).await?;
                    Ok(ApiKey {
                        id: row.id.into(),
                        name: row.name,
                        preview: row.preview,
                        owner,
                        scopes,
                        created: row.created,
                        expires: row.expires,
                        last_used: None,
                    })
                })
            })
            .await?;
        Ok(CreatedKey { key, secret })
    }

    /// Ends a key at once: one's own, or for owners anybody's.
    ///
    /// # Errors
    /// When the actor may not, or there is no such key.
    pub async fn revoke_key(&self, key: &KeyId) -> Result<()> {
        self.require_own_keys()?;
        let row = api_key::Entity::find_by_id(key.as_str()).one(self.store.readers()).await?;
        let row = row.ok_or_else(|| Problem::not_found("API key"))?;
        if row.person_id != self.actor.person.id.0 {
            self.require(Action::ManageMembers)?;
        }
        self.store
            .write_access(move |change| {
                Box::pin(async move {
                    let revoke = "UPDATE api_keys SET revoked = ? WHERE id = ? AND revoked IS NULL";
                    run(&change.transaction, revoke, values![change.now, row.id]).await?;
                    Ok(())
                })
            })
            .await
    }

    /// Whoever runs the installation makes keys for members of every role, who need not be able to make any themselves.
    fn require_own_keys(&self) -> Result<()> {
        match self.actor.proof {
            Proof::Console => Ok(()),
            Proof::Session(_) | Proof::Key(..) => self.require(Action::OwnKeys),
        }
    }
}

/// How many keys of a member work.
pub(super) async fn working(connection: &impl ConnectionTrait, person: &str, now: Micros) -> Result<usize> {
    let text = format!("{SELECT} WHERE revoked IS NULL AND (expires IS NULL OR expires > ?) AND person_id = ?");
    Ok(all::<Row>(connection, &text, values![now, person]).await?.len())
}

/// Ends every key of a member.
pub(super) async fn revoke_all(connection: &impl ConnectionTrait, person: &str, now: Micros) -> Result<()> {
    run(connection, "UPDATE api_keys SET revoked = ? WHERE person_id = ? AND revoked IS NULL", values![now, person]).await?;
    Ok(())
}
