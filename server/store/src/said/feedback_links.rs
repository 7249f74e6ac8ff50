//! Links with which visitors of a web page say what they think of one span. A link is a signed text: what it allows, until when, and who
//! made it. Nothing is stored, and a link ends with the key or the member that made it.

use crate::ground::{hexadecimal, ids, signatures, time};
use crate::{Actor, Desk, Result, Store};
use hmac::Mac as _;
use serde::{Deserialize, Serialize};
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

/// Links whose uses are remembered at once.
const REMEMBERED: usize = 20_000;

/// What a link says.
#[derive(Serialize, Deserialize)]
struct Terms {
    /// Tells visitors apart of whom nothing else is known: what one says again replaces what they said.
    id: String,
    row: RowAddress,
    scores: Vec<String>,
    comment: bool,
    expected: bool,
    user: Option<String>,
    expires: i64,
    person: PersonId,
    key: Option<KeyId>,
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
        let key = match &self.actor.proof {
            crate::Proof::Key(key, _) => Some(key.clone()),
            crate::Proof::Session(_) | crate::Proof::Console => None,
        };
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
        let actor: Actor = self.actor_again(&terms.person, terms.key.as_ref()).await?.ok_or_else(gone)?;
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
    /// Takes what the visitor says. What they said before with this link, or as the same user, is replaced.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for what the link does not allow, and for what is no feedback.
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
        let mut item: HashMap<&str, Value> = HashMap::from([
            ("id", json!(row.id)),
            ("scores", json!(said.scores)),
            ("source", json!("external")),
            ("metadata", json!({ "user_id": visitor })),
        ]);
        if let Some(text) = said.comment {
            item.insert("comment", json!({ "text": text }));
        }
        // What is expected stays as it was written.
        #[derive(Serialize)]
        struct Item<'said> {
            #[serde(flatten)]
            said: HashMap<&'said str, Value>,
            #[serde(skip_serializing_if = "Option::is_none")]
            expected: Option<Box<serde_json::value::RawValue>>,
        }
        let taken = self.desk.feedback(&row.object_id, vec![Item { said: item, expected: said.expected }]).await?;
        match taken.rejected.into_iter().next() {
            Some(refused) => Err(Problem::invalid("feedback", refused.reason).into()),
            None => Ok(()),
        }
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
