//! What people said, as the activity tells it: everybody's answers and gold values, since when and until when, and which of them count.

use super::reviews::Reviews;
use super::{Step, same};
use crate::ground::database::{all, values};
use crate::ground::keys::SpanKey;
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::Value;
use serde_json::value::RawValue;
use shared::audit::Deed;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Of whom, on which span and to what: none for a gold value, which is everybody's.
type Place = (SpanKey, String, Option<String>);

/// A value as it stood from a transaction on: until when, the value as JSON, whether it counted, and of an answer, how sure somebody was and
/// the evidence, as JSON.
type Standing = (i64, String, bool, Option<String>);

/// An end user on a span, to the score of a name.
type Voice = (SpanKey, String, String);

/// Ends what stands now.
const STANDS: i64 = i64::MAX;

/// What was said.
#[derive(Default)]
pub(super) struct Told {
    /// By the transaction that said it.
    said: BTreeMap<(Place, i64), Standing>,
    /// What stands of each.
    standing: HashMap<Place, i64>,
    /// What end users said, by the transaction since which they did: until when, and how much in units of 1e-9.
    heard: BTreeMap<Voice, BTreeMap<i64, (i64, i64)>>,
    /// By span and id: the text as JSON, and whether it is shown.
    comments: HashMap<(SpanKey, String), (String, bool)>,
    /// Comments whose entries name no id, by span and text as JSON: they are older than ids in the activity.
    nameless: HashSet<(SpanKey, String)>,
    reviews: Reviews,
}

impl Told {
    /// Takes in the next entry of the activity.
    ///
    /// # Errors
    /// When a value is no JSON.
    pub(super) fn hear(
        &mut self,
        (span, transaction): (SpanKey, i64),
        action: &str,
        path: String,
        (person, external): (Option<String>, Option<String>),
        (from, to, given): (Option<String>, Option<String>, Option<String>),
    ) -> Step {
        let deed = Deed::from(action.to_owned());
        match &deed {
            Deed::Answer | Deed::Clear => {
                if person.is_some() {
                    self.say((span, path, person), transaction, to.map(|value| (value, true, given)));
                }
            }
            Deed::Gold | Deed::ClearGold => self.say((span, path, None), transaction, to.map(|value| (value, true, None))),
            Deed::Comment if path == "comments" => self.nameless.extend(to.map(|text| (span, text))),
            Deed::Comment | Deed::EditComment | Deed::DeleteComment | Deed::RestoreComment => {
                let comment = (span, path.strip_prefix("comments.").unwrap_or(&path).to_owned());
                // Of what was erased no text is left.
                match (to, from) {
                    (Some(text), _) => self.comments.insert(comment, (text, true)),
                    (None, Some(text)) => self.comments.insert(comment, (text, false)),
                    (None, None) => self.comments.remove(&comment),
                };
            }
            // Whose answers no longer count, or count again, and what they are. Of what was erased nothing is left.
            Deed::SetAside | Deed::CountAgain => {
                let said = from.or(to);
                let said: HashMap<String, Box<RawValue>> = said.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default();
                for (person, value) in said {
                    let place = (span, path.clone(), Some(person));
                    // What belongs to the answer stays with it.
                    let standing = self.standing.get(&place).and_then(|since| self.said.get(&(place.clone(), *since)));
                    let given = standing.and_then(|(.., given)| given.clone());
                    let said = (value.get().to_owned(), deed == Deed::CountAgain, given);
                    self.say(place, transaction, Some(said));
                }
            }
            Deed::Flag
            | Deed::Unflag
            | Deed::Assign
            | Deed::Complete
            | Deed::Prefer
            | Deed::Skip
            | Deed::Close
            | Deed::Reopen
            | Deed::SetStatus => {
                self.reviews.hear(&deed, (span, &path), person, from.as_deref(), to.as_deref())?;
            }
            Deed::Feedback => {
                let name = path.strip_prefix("scores.").unwrap_or(&path).to_owned();
                let score = to.as_deref().map(serde_json::from_str::<f64>).transpose()?;
                self.listen((span, external.unwrap_or_default(), name), transaction, score.map(|score| (score * 1e9).round() as i64));
            }
            Deed::Edit | Deed::Merge | Deed::Erase | Deed::Delete | Deed::Restore | Deed::Other(_) => {}
        }
        Ok(())
    }

    /// From a transaction on something else is said there, or nothing any more.
    fn say(&mut self, place: Place, transaction: i64, said: Option<(String, bool, Option<String>)>) {
        if let Some(before) = self.standing.remove(&place)
            && let Some(standing) = self.said.get_mut(&(place.clone(), before))
        {
            standing.0 = transaction;
        }
        if let Some((value, counts, given)) = said {
            self.standing.insert(place.clone(), transaction);
            self.said.insert((place, transaction), (STANDS, value, counts, given));
        }
    }

    /// From a transaction on an end user says something else, or nothing any more. What was said for no time at all is not kept.
    fn listen(&mut self, voice: Voice, transaction: i64, said: Option<i64>) {
        let of_voice = self.heard.entry(voice).or_default();
        if of_voice.last_key_value().is_some_and(|(since, _)| *since == transaction) {
            of_voice.pop_last();
        }
        if let Some(mut last) = of_voice.last_entry()
            && last.get().0 >= transaction
        {
            last.get_mut().0 = transaction;
        }
        if let Some(said) = said {
            of_voice.insert(transaction, (STANDS, said));
        }
    }

    async fn compare_feedback(&mut self, connection: &impl ConnectionTrait) -> Step {
        #[derive(FromQueryResult)]
        struct Stored {
            span: SpanKey,
            voice: String,
            name: String,
            value: i64,
            transaction_id: i64,
            superseded: i64,
        }
        let mut stored: BTreeMap<Voice, BTreeMap<i64, (i64, i64)>> = BTreeMap::new();
        let text = "SELECT span, voice, name, value, transaction_id, superseded FROM feedback";
        for row in all::<Stored>(connection, text, values![]).await? {
            stored.entry((row.span, row.voice, row.name)).or_default().insert(row.transaction_id, (row.superseded, row.value));
        }
        self.heard.retain(|_, said| !said.is_empty());
        let differs = |(voice, said): &(&Voice, &BTreeMap<i64, (i64, i64)>)| self.heard.get(*voice) != Some(*said);
        let voice =
            stored.iter().find(differs).map(|(voice, _)| voice).or_else(|| self.heard.keys().find(|voice| !stored.contains_key(*voice)));
        match voice {
            Some(voice @ (span, user, name)) => {
                same(|| format!("the feedback of {user} to {name} on span {span}"), &stored.get(voice), &self.heard.get(voice))
            }
            None => Ok(()),
        }
    }

    /// Compares it with what is stored.
    pub(super) async fn compare(mut self, connection: &impl ConnectionTrait) -> Step {
        #[derive(FromQueryResult)]
        struct Stored {
            span: SpanKey,
            name: String,
            person_id: String,
            gold: bool,
            value: String,
            active: bool,
            transaction_id: i64,
            superseded: i64,
            definition: String,
            sureness: Option<f64>,
            evidence: Option<String>,
        }
        self.compare_comments(connection).await?;
        std::mem::take(&mut self.reviews).compare(connection).await?;
        self.compare_feedback(connection).await?;
        const COLUMNS: &str = "span, question_id, person_id, value, active, transaction_id";
        let text = format!(
            "SELECT s.span, q.name, s.person_id, s.gold, s.value, s.active, s.transaction_id, s.superseded, v.definition, s.sureness, s.evidence FROM (\
             SELECT {COLUMNS}, FALSE AS gold, {STANDS} AS superseded, sureness, evidence FROM answers UNION ALL \
             SELECT {COLUMNS}, TRUE, {STANDS}, CAST(NULL AS DOUBLE PRECISION), CAST(NULL AS TEXT) FROM golds UNION ALL \
             SELECT {COLUMNS}, gold, superseded, sureness, evidence FROM said_versions) s \
             JOIN questions q ON q.id = s.question_id JOIN question_versions v ON v.question_id = q.id AND v.version = q.version \
             ORDER BY s.span, q.id, s.transaction_id"
        );
        // A gold value that does not count is only remembered; the activity tells that it was cleared.
        for stored in all::<Stored>(connection, &text, values![]).await?.into_iter().filter(|stored| stored.active || !stored.gold) {
            let kind = if lies_on(&stored.definition, "expected") || lies_on(&stored.definition, "text") { "answers" } else { "scores" };
            let said =
                ((stored.span, format!("{kind}.{}", stored.name), (!stored.gold).then_some(stored.person_id)), stored.transaction_id);
            let told = self.said.remove(&said);
            let given = given(stored.sureness, stored.evidence.as_deref())?;
            same(|| place_of(&said), &Some((stored.superseded, stored.value, stored.active, given)), &told)?;
        }
        match self.said.into_iter().next() {
            Some((said, standing)) => same(|| place_of(&said), &None, &Some(standing)),
            None => Ok(()),
        }
    }

    async fn compare_comments(&mut self, connection: &impl ConnectionTrait) -> Step {
        #[derive(FromQueryResult)]
        struct Stored {
            id: String,
            span: SpanKey,
            text: String,
            deleted: Option<i64>,
        }
        let mut told = std::mem::take(&mut self.comments);
        for comment in all::<Stored>(connection, "SELECT id, span, text, deleted FROM comments ORDER BY id", values![]).await? {
            let stored = (serde_json::to_string(&comment.text)?, comment.deleted.is_none());
            let told = told.remove(&(comment.span, comment.id.clone()));
            if told.is_none() && stored.1 && self.nameless.contains(&(comment.span, stored.0.clone())) {
                continue;
            }
            same(|| format!("the comment {} on span {}", comment.id, comment.span), &Some(stored), &told)?;
        }
        match told.into_iter().min() {
            Some(((span, id), comment)) => same(|| format!("the comment {id} on span {span}"), &None, &Some(comment)),
            None => Ok(()),
        }
    }
}

fn place_of(((span, path, person), transaction): &(Place, i64)) -> String {
    let what = person.as_ref().map_or_else(|| "the gold value".to_owned(), |person| format!("the answer of {person}"));
    format!("{what} to {path} on span {span} as of {transaction}")
}

/// How sure somebody was and the evidence, as the activity tells them.
fn given(sureness: Option<f64>, evidence: Option<&str>) -> Step<Option<String>> {
    if sureness.is_none() && evidence.is_none() {
        return Ok(None);
    }
    let sureness = serde_json::to_string(&sureness)?;
    Ok(Some(format!(r#"{{"sureness":{sureness},"evidence":{}}}"#, evidence.unwrap_or("null"))))
}

/// Whether answers to a question of that definition lie on `expected`, or are text.
fn lies_on(definition: &str, kind: &str) -> bool {
    serde_json::from_str::<Value>(definition).is_ok_and(|definition| definition["kind"].get(kind).is_some())
}
