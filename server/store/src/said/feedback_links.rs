//! Links with which visitors of a web page say what they think of one span. A link is a signed text: what it allows, until when, and who
//! made it. Nothing is stored, and a link ends with the key or the member that made it.

use crate::content::ingest::check_id;
use crate::ground::database::{one, values};
use crate::ground::{hexadecimal, ids, signatures, time};
use crate::{Actor, Desk, Proof, Result, Store};
use hmac::Mac as _;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::feedback::{CreateFeedbackLink, FeedbackLink, VisitorFeedback};
use shared::objects::RowAddress;
use shared::permissions::Action;
use shared::{KeyId, PersonId, Problem};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So often a link may be used within [`WINDOW`].
const MOST_USES: u32 = 10;
const WINDOW: Duration = Duration::from_secs(60);

/// What one visitor may change of a span in all, and how often what was expected of it, which keeps a version of the row each time.
const MOST_CHANGES: i64 = 100;
const MOST_EXPECTED: i64 = 5;

/// Links whose uses are remembered at once.
const REMEMBERED: usize = 20_000;

/// What a link says.
#[derive(Serialize, Deserialize)]
struct Terms {
    /// Tells visitors apart of whom nothing else is known: a score that one gives again replaces the one before.
    id: String,
    row: RowAddress,
    scores: Vec<String>,
    comment: bool,
    expected: bool,
    user: Option<String>,
    expires: i64,
    person: PersonId,
    key: KeyId,
}

/// How often links were used a moment ago, in memory.
#[derive(Default)]
pub(crate) struct FeedbackUses {
    uses: Mutex<HashMap<String, (Instant, u32)>>,
}

impl FeedbackUses {
    /// Counts a use, or says how long to wait.
    fn begin(&self, link: &str, now: Instant) -> std::result::Result<(), Problem> {
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        if uses.len() >= REMEMBERED && !uses.contains_key(link) {
            uses.retain(|_, (begin, _)| now.duration_since(*begin) < WINDOW);
            if uses.len() >= REMEMBERED {
                return Err(Problem::Busy { retry_after: 5 });
            }
        }
        let (begin, count) = uses.entry(link.to_owned()).or_insert((now, 0));
        if now.duration_since(*begin) >= WINDOW {
            (*begin, *count) = (now, 0);
        }
        if *count >= MOST_USES {
            let left = WINDOW.saturating_sub(now.duration_since(*begin)).as_secs() + 1;
            return Err(Problem::Busy { retry_after: u32::try_from(left).unwrap_or(u32::MAX) });
        }
        *count += 1;
        Ok(())
    }
}

/// A visitor who has a link that works.
pub struct FeedbackVisitor {
    desk: Desk,
    terms: Terms,
}

impl Desk {
    /// Makes a link for feedback on a span. It works as long as whoever makes it may send feedback themselves, with the same key.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission, [`Problem::NotFound`] for an unknown object, [`Problem::Invalid`] for what no link
    /// can allow.
    pub async fn make_feedback_link(&self, create: CreateFeedbackLink) -> Result<FeedbackLink> {
        self.require(Action::Feedback)?;
        create.check()?;
        if self.find_object(&create.row.object_id).await?.kind != create.row.object_type {
            return Err(Problem::not_found("object of this type with this id").into());
        }
        let CreateFeedbackLink { row, scores, comment, expected, user, seconds } = create;
        check_id("id", row.id.as_str()).map_err(|reason| Problem::invalid("id", reason))?;
        let Proof::Key(key, _) = &self.actor.proof else {
            return Err(Problem::invalid("key", "Make links with an API key: they end when it is revoked.").into());
        };
        let key = key.clone();
        let expires = time::now() + i64::from(seconds) * 1_000_000;
        let person = self.actor.person.id.clone();
        let terms = Terms { id: ids::new_id(), row, scores, comment, expected, user, expires, person, key };
        let text = serde_json::to_string(&terms)?;
        let signature = signatures::signature(self.store.secret(), &signed(&text)).finalize().into_bytes();
        Ok(FeedbackLink { token: format!("{}.{}", hexadecimal::write(text.as_bytes()), hexadecimal::write(&signature)), expires })
    }
}

fn signed(terms: &str) -> String {
    format!("feedback {terms}")
}

impl Store {
    /// Who comes with a link for feedback.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a link that was not made here, has ended, or was made by who may not send feedback any more;
    /// [`Problem::Busy`] for one that is used too often.
    pub async fn feedback_visitor(&self, token: &str) -> Result<FeedbackVisitor> {
        let gone = || Problem::not_found("feedback under this link");
        let terms = self.terms_of(token).ok_or_else(gone)?;
        let actor: Actor = self.actor_again(&terms.person, Some(&terms.key)).await?.ok_or_else(gone)?;
        if !actor.may(Action::Feedback) {
            return Err(gone().into());
        }
        self.inner.feedback_uses.begin(&terms.id, Instant::now())?;
        Ok(FeedbackVisitor { desk: Desk::new(self.clone(), actor), terms })
    }

    fn terms_of(&self, token: &str) -> Option<Terms> {
        let (text, signature) = token.split_once('.')?;
        let text = String::from_utf8(hexadecimal::read(text)?).ok()?;
        signatures::signature(self.secret(), &signed(&text)).verify_slice(&hexadecimal::read(signature)?).ok()?;
        serde_json::from_str::<Terms>(&text).ok().filter(|terms| terms.expires > time::now())
    }
}

impl FeedbackVisitor {
    /// Takes what the visitor says. Scores that they gave before with this link, or as the same user, are replaced.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for what the link does not allow, for what is no feedback, and for who has said a great deal already.
    pub async fn say(&self, said: VisitorFeedback) -> Result<()> {
        let Terms { id, row, scores, comment, expected, user, .. } = &self.terms;
        if let Some(name) = said.scores.keys().find(|name| !scores.contains(name)) {
            let reason = format!("This link takes no score of that name. It takes: {}.", scores.join(", "));
            return Err(Problem::invalid(format!("scores.{name}"), reason).into());
        }
        for (is_said, is_allowed, field) in
            [(said.comment.is_some(), *comment, "comment"), (said.expected.is_some(), *expected, "expected")]
        {
            if is_said && !is_allowed {
                return Err(Problem::invalid(field, "This link was not made for it.").into());
            }
        }
        let visitor = user.clone().unwrap_or_else(|| format!("visitor {id}"));
        self.require_room(&visitor, said.expected.is_some()).await?;
        let item: HashMap<&str, Value> = HashMap::from([
            ("id", json!(row.id)),
            ("scores", json!(said.scores)),
            ("source", json!("external")),
            ("metadata", json!({ "user_id": visitor })),
        ]);
        // Both stay as they were written.
        #[derive(Serialize)]
        struct Item<'said> {
            #[serde(flatten)]
            said: HashMap<&'said str, Value>,
            #[serde(skip_serializing_if = "Option::is_none")]
            comment: Option<Box<RawValue>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            expected: Option<Box<RawValue>>,
        }
        let item = Item { said: item, comment: said.comment, expected: said.expected };
        let taken = self.desk.feedback(&row.object_id, vec![item]).await?;
        match taken.rejected.into_iter().next() {
            Some(refused) => Err(Problem::invalid("feedback", refused.reason).into()),
            None => Ok(()),
        }
    }

    /// Refuses who has changed so much of the span already that it is no feedback any more.
    async fn require_room(&self, visitor: &str, expects: bool) -> Result<()> {
        #[derive(FromQueryResult)]
        struct Said {
            changes: i64,
            expected: i64,
        }
        let home = self.desk.find_object(&self.terms.row.object_id).await?;
        let text = "SELECT COUNT(*) AS changes, COUNT(CASE WHEN path = 'expected' THEN 1 END) AS expected FROM activity WHERE project = ? \
                    AND span IN (SELECT key FROM spans WHERE project = ? AND object = ? AND row_id = ?) AND external = ?";
        let bound = values![home.short(), home.short(), home.key, self.terms.row.id.as_str(), visitor];
        let said = one::<Said>(self.desk.store.readers(), text, bound).await?;
        if said.is_some_and(|said| said.changes >= MOST_CHANGES || expects && said.expected >= MOST_EXPECTED) {
            return Err(Problem::invalid("feedback", "You have said a great deal about this already. Nothing more is taken here.").into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_is_used_too_often_waits_and_others_do_not() {
        let (uses, begin) = (FeedbackUses::default(), Instant::now());
        for _ in 0..MOST_USES {
            uses.begin("one", begin).unwrap();
        }
        assert_eq!(uses.begin("one", begin + Duration::from_secs(10)).unwrap_err(), Problem::Busy { retry_after: 51 });
        uses.begin("two", begin).unwrap();
        uses.begin("one", begin + WINDOW).unwrap();
        for link in 0..REMEMBERED {
            let _ = uses.begin(&format!("link {link}"), begin);
        }
        assert!(uses.begin("one more", begin).is_err(), "nobody fills the memory");
        uses.begin("one more", begin + WINDOW).unwrap();
    }
}
