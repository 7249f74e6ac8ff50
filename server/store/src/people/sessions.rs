//! Sign-ins: a random token in the browser's cookie, its hash in the database, thirty days from the last request.

use super::{NOTE_EVERY, checks, passwords, person_of_email, role, tokens, visible};
use crate::ground::database::{one, run, values};
use crate::ground::error::Result;
use crate::ground::time::DAY;
use crate::people::entities::{person, session};
use crate::writing::writer::Change;
use crate::{Actor, Desk, Proof, Store};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter, QueryOrder};
use shared::people::{Person, Session};
use shared::permissions::Action;
use shared::{Micros, Problem, SessionId};

/// How long a session lives after the last request.
const LIFETIME: Micros = 30 * DAY;

/// Somebody signs in with a password.
#[derive(Clone)]
pub struct SignIn {
    /// As typed.
    pub email: String,
    /// As typed.
    pub password: String,
    /// The browser, as it names itself.
    pub agent: String,
    /// Where the request comes from, for the brake on guessing.
    pub address: String,
}

/// Somebody has signed in.
#[derive(Clone)]
pub struct SignedIn {
    /// The secret of the session, for the cookie.
    pub token: String,
    /// Who.
    pub person: Person,
}

impl Store {
    /// Signs somebody in with a new session.
    ///
    /// # Errors
    /// When email or password is wrong, which of them is not said; when there were too many failures.
    pub async fn sign_in(&self, sign_in: SignIn) -> Result<SignedIn> {
        let SignIn { email, password, agent, address } = sign_in;
        let email = checks::normal_email(&email);
        self.inner.attempts.begin(&email, &address)?;
        let found = person_of_email(self.readers(), &email).await?.filter(|person| person.active);
        let stored = found.as_ref().and_then(|person| person.password_hash.clone());
        let right = passwords::matches(password, stored.clone()).await?;
        let Some(person) = found.filter(|_| right) else { return Err(wrong().into()) };
        let signed_in = self
            .write(move |change| {
                Box::pin(async move {
                    // Hashing took a while: meanwhile the member may be deactivated or have another password.
                    let person = person::Entity::find_by_id(person.id).one(&change.transaction).await?;
                    match person.filter(|person| person.active && person.password_hash == stored) {
                        Some(person) => start(change, &person, &agent).await,
                        None => Err(wrong().into()),
                    }
                })
            })
            .await?;
        self.inner.attempts.succeeded(&email, &address);
        Ok(signed_in)
    }

    /// Who has the session of this token; nobody when it has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn actor_of_session(&self, token: &str) -> Result<Option<Actor>> {
        #[derive(FromQueryResult)]
        struct Row {
            session: String,
            last_seen: i64,
            person: String,
            email: String,
            name: String,
            role: String,
        }
        let now = crate::now();
        let row = one::<Row>(
            self.readers(),
            "SELECT sessions.id AS session, sessions.last_seen AS last_seen, people.id AS person, people.email AS email, \
             people.name AS name, people.role AS role \
             FROM sessions JOIN people ON people.id = sessions.person_id \
             WHERE sessions.token_hash = ? AND sessions.expires > ? AND people.active",
            values![tokens::hash(token), now],
        )
        .await?;
        let Some(row) = row else { return Ok(None) };
        if now - row.last_seen >= NOTE_EVERY {
            self.note_session(row.session.clone(), row.person.clone(), now);
        }
        let person = Person { id: row.person.into(), name: row.name, email: row.email, role: role(&row.role)? };
        Ok(Some(Actor { person, proof: Proof::Session(row.session.into()) }))
    }

    /// Notes a request without making it wait. Losing a note does no harm.
    fn note_session(&self, session: String, person: String, now: Micros) {
        let store = self.clone();
        tokio::spawn(async move {
            let noted = store.write(move |change| {
                Box::pin(async move {
                    let noted = run(
                        &change.transaction,
                        "UPDATE sessions SET last_seen = ?, expires = ? WHERE id = ? AND last_seen <= ?",
                        values![now, now + LIFETIME, session, now - NOTE_EVERY],
                    )
                    .await?;
                    if noted > 0 {
                        saw(&change.transaction, &person, now).await?;
                    }
                    Ok(())
                })
            });
            if let Err(error) = noted.await {
                tracing::warn!(%error, "the last use of a session was not noted");
            }
        });
    }
}

impl Desk {
    /// One's own sessions, the last used first.
    ///
    /// # Errors
    /// When the actor may not, or the database fails.
    pub async fn sessions(&self) -> Result<Vec<Session>> {
        self.require(Action::OwnSessions)?;
        let rows = session::Entity::find()
            .filter(session::Column::PersonId.eq(self.actor.person.id.as_str()))
            .filter(session::Column::Expires.gt(crate::now()))
            .order_by_desc(session::Column::LastSeen)
            .order_by_desc(session::Column::Id)
            .all(self.store.readers())
            .await?;
        let current = self.own_session().map(SessionId::as_str);
        Ok(rows
            .into_iter()
            .map(|row| Session {
                current: current == Some(&row.id),
                id: row.id.into(),
                agent: row.agent,
                created: row.created,
                last_seen: row.last_seen,
            })
            .collect())
    }

    /// Ends one of one's own sessions.
    ///
    /// # Errors
    /// When the actor may not, or has no such session.
    pub async fn end_session(&self, session: &SessionId) -> Result<()> {
        self.require(Action::OwnSessions)?;
        let (session, person) = (session.0.clone(), self.actor.person.id.0.clone());
        self.store
            .write_access(move |change| {
                Box::pin(async move {
                    let ended = session::Entity::delete_many()
                        .filter(session::Column::Id.eq(session))
                        .filter(session::Column::PersonId.eq(person))
                        .exec(&change.transaction)
                        .await?;
                    if ended.rows_affected == 0 { Err(Problem::not_found("session").into()) } else { Ok(()) }
                })
            })
            .await
    }

    /// Ends the session that asks.
    ///
    /// # Errors
    /// When the actor may not, or the database fails.
    pub async fn sign_out(&self) -> Result<()> {
        self.require(Action::OwnSessions)?;
        match self.own_session() {
            Some(session) => match self.end_session(session).await {
                // Ended already, by another page.
                Err(error) if matches!(error.problem(), Some(Problem::NotFound { .. })) => Ok(()),
                result => result,
            },
            None => Ok(()),
        }
    }

    fn own_session(&self) -> Option<&SessionId> {
        match &self.actor.proof {
            Proof::Session(session) => Some(session),
            Proof::Key(..) | Proof::Console => None,
        }
    }
}

/// Starts a session with a new token.
pub(super) async fn start(change: &Change, person: &person::Model, agent: &str) -> Result<SignedIn> {
    let (connection, now) = (&change.transaction, change.now);
    session::Entity::delete_many().filter(session::Column::Expires.lte(now)).exec(connection).await?;
    let token = tokens::random();
    let row = session::Model {
        id: change.fate.id(),
        token_hash: tokens::hash(&token),
        person_id: person.id.clone(),
        agent: agent.chars().filter(|character| !character.is_control()).take(300).collect(),
        created: now,
        last_seen: now,
        expires: now + LIFETIME,
    };
    session::Entity::insert(row.into_active_model()).exec_without_returning(connection).await?;
    saw(connection, &person.id, now).await?;
    Ok(SignedIn { token, person: visible(person)? })
}

/// Ends every session of a member.
pub(super) async fn end_all(connection: &impl ConnectionTrait, person: &str) -> Result<()> {
    session::Entity::delete_many().filter(session::Column::PersonId.eq(person)).exec(connection).await?;
    Ok(())
}

async fn saw(connection: &impl ConnectionTrait, person: &str, now: Micros) -> Result<()> {
    run(connection, "UPDATE people SET last_seen = ? WHERE id = ?", values![now, person]).await?;
    Ok(())
}

fn wrong() -> Problem {
    Problem::SignIn { reason: "The email or the password is wrong.".to_owned() }
}
