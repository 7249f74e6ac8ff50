//! What came back to somebody: items that were opened again after they had completed them, and items that others left because a question was
//! not clear, for who can make it clear.
//!
//! An item is told of until it is reviewed, taken out, or begun again; that a question was not clear no longer than a month, and only until
//! a question that is asked there is edited.

use super::awaited::{LookedAt, home_item};
use super::items::of_keys;
use super::taking::THERE;
use crate::content::reviews::{self, claims};
use crate::ground::database::{all, one, values};
use crate::ground::keys::{ItemKey, ProjectShort, SpanKey};
use crate::people::names;
use crate::{Actor, Desk, Result};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::audit::{Deed, Subject};
use shared::home::{ReopenedItem, ReturnedItems, UnclearItem};
use shared::permissions::Action;
use shared::reviews::{ReviewItem, SkipReason};
use shared::{Micros, PersonId, ProjectId, QuestionId};

/// Items of each kind that are told of.
const TOLD: usize = 20;

/// Reviews of a project that are looked at for each kind, the newest first.
const LOOKED_AT: usize = 1_000;

/// For so long it is told that a question was not clear: thirty days.
const UNCLEAR_FOR: Micros = 30 * 86_400_000_000;

impl Desk {
    /// The items that came back to whoever asks.
    ///
    /// # Errors
    /// [`shared::Problem::Forbidden`] for who may not read.
    pub async fn returned_items(&self) -> Result<ReturnedItems> {
        self.require(Action::Read)?;
        let (snapshot, now) = (self.store.snapshot().await?, self.store.inner.writer.clock().now());
        let (projects, is_cut) = super::awaited::looked_at(&snapshot).await?;
        let mut returned = returned(&snapshot, &self.actor, &projects, now).await?;
        returned.is_cut |= is_cut;
        Ok(returned)
    }
}

/// The items of some projects that came back to somebody.
pub(in crate::said) async fn returned(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    projects: &[LookedAt],
    now: Micros,
) -> Result<ReturnedItems> {
    let mut returned = ReturnedItems::default();
    for project in projects {
        if actor.may(Action::Review) && returned.reopened.len() < TOLD {
            returned.is_cut |= reopened(connection, actor, project, now, &mut returned.reopened).await?;
        }
        if actor.may(Action::Configure) && returned.unclear.len() < TOLD {
            returned.is_cut |= unclear(connection, actor, project, now, &mut returned.unclear).await?;
        }
    }
    returned.is_cut |= returned.reopened.len() >= TOLD || returned.unclear.len() >= TOLD;
    returned.reopened.sort_by_key(|item| std::cmp::Reverse(item.at));
    returned.unclear.sort_by_key(|item| std::cmp::Reverse(item.at));
    returned.reopened.truncate(TOLD);
    returned.unclear.truncate(TOLD);
    Ok(returned)
}

#[derive(FromQueryResult)]
struct Found {
    key: ItemKey,
    span: SpanKey,
}

/// Adds the items of a project that were opened again after somebody had completed them; says whether there may be more.
async fn reopened(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    project: &LookedAt,
    now: Micros,
    told: &mut Vec<ReopenedItem>,
) -> Result<bool> {
    let person = actor.person.id.as_str();
    let text = format!(
        "SELECT DISTINCT i.key, i.span FROM (SELECT item, round FROM reviews WHERE project = ? AND person_id = ? AND NOT skipped \
         ORDER BY created DESC, item DESC LIMIT {LOOKED_AT}) m JOIN review_items i ON i.project = ? AND i.key = m.item AND i.round > m.round {THERE} \
         WHERE i.listed AND NOT i.complete AND {} ORDER BY i.key DESC LIMIT {}",
        claims::UNTOUCHED,
        TOLD + 1
    );
    let found = all::<Found>(connection, &text, values![project.short, person, project.short, person]).await?;
    let keys: Vec<ItemKey> = found.iter().map(|found| found.key).collect();
    for item in of_keys(connection, actor, &keys, now).await? {
        let Some(Found { key, span }) = found.iter().find(|found| super::items::id_of(found.key) == item.id) else { continue };
        let list = reviews::list(connection, &item.list).await?;
        let asked = reviews::asked(connection, &list, *key).await?;
        // Others are asked now, or others review the list.
        if !list.list.definition.reviewers.includes(&actor.person) || (!asked.is_empty() && !asked.iter().any(|id| id == person)) {
            continue;
        }
        let (by, at) = reopening(connection, project.short, *span, &item).await?.unwrap_or((None, item.flagged));
        // Who opened it oneself knows.
        if by.as_ref() == Some(&actor.person.id) {
            continue;
        }
        let by = match by {
            Some(id) => names::people(connection, std::iter::once(id.0.clone())).await?.remove(&id),
            None => None,
        };
        told.push(ReopenedItem { item: home_item(item, &project.name, &list.list.name), by, at });
    }
    Ok(found.len() > TOLD)
}

/// Who began the round in which an item is, and when.
async fn reopening(
    connection: &impl ConnectionTrait,
    project: ProjectShort,
    span: SpanKey,
    item: &ReviewItem,
) -> Result<Option<(Option<PersonId>, Micros)>> {
    #[derive(FromQueryResult)]
    struct Entry {
        person_id: Option<String>,
        to_value: Option<String>,
        created: Micros,
    }
    let text = "SELECT person_id, to_value, created FROM activity WHERE project = ? AND span = ? AND action = ? AND path = ? \
                ORDER BY id DESC LIMIT 1";
    let path = Subject::Review(item.list.0.clone()).to_string();
    let entry = one::<Entry>(connection, text, values![project, span, Deed::Reopen.as_str(), path]).await?;
    let of_round = |entry: &Entry| {
        let state = entry.to_value.as_deref().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
        state.is_some_and(|state| state["round"] == item.round)
    };
    Ok(entry.filter(of_round).map(|entry| (entry.person_id.map(PersonId), entry.created)))
}

/// A question as it is asked now.
#[derive(FromQueryResult)]
struct Asked {
    id: String,
    name: String,
    version: i32,
    changed: Micros,
}

/// Adds the items of a project that others left because a question was not clear; says whether there may be more.
async fn unclear(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    project: &LookedAt,
    now: Micros,
    told: &mut Vec<UnclearItem>,
) -> Result<bool> {
    let text = format!(
        "SELECT DISTINCT i.key, i.span FROM (SELECT item, round FROM reviews WHERE project = ? AND reason = ? AND created >= ? \
         ORDER BY created DESC, item DESC LIMIT {LOOKED_AT}) m JOIN review_items i ON i.project = ? AND i.key = m.item AND i.round = m.round {THERE} \
         WHERE i.listed AND NOT i.complete ORDER BY i.key DESC LIMIT {}",
        TOLD + 1
    );
    let reason = SkipReason::UnclearQuestion;
    let bound = values![project.short, reason.as_str(), now - UNCLEAR_FOR, project.short];
    let found = all::<Found>(connection, &text, bound).await?;
    if found.is_empty() {
        return Ok(false);
    }
    let text = "SELECT q.id, q.name, q.version, v.created AS changed FROM questions q \
                JOIN question_versions v ON v.question_id = q.id AND v.version = q.version \
                WHERE q.project_id = ? AND NOT q.archived ORDER BY q.position, q.id";
    let questions = all::<Asked>(connection, text, values![ProjectId(project.id.clone()).as_str()]).await?;
    let keys: Vec<ItemKey> = found.iter().map(|found| found.key).collect();
    for item in of_keys(connection, actor, &keys, now).await? {
        let list = reviews::list(connection, &item.list).await?.list;
        let asked = &list.definition.questions;
        let asked: Vec<&Asked> =
            questions.iter().filter(|question| asked.is_empty() || asked.iter().any(|id| id.as_str() == question.id)).collect();
        // As far as one may know why somebody left it.
        let mut by: Vec<_> = item.reviews.iter().filter(|said| said.round == item.round && said.reason == Some(reason)).rev().collect();
        by.dedup_by(|one, other| one.person.id == other.person.id);
        let Some(last) = by.first() else { continue };
        if asked.iter().any(|question| question.version > 1 && question.changed > last.created) {
            continue;
        }
        let (at, note) = (last.created, last.note.clone());
        let by = by.into_iter().map(|said| said.person.clone()).collect();
        let questions = asked.iter().map(|question| (QuestionId(question.id.clone()), question.name.clone())).collect();
        told.push(UnclearItem { item: home_item(item, &project.name, &list.name), by, note, at, questions });
    }
    Ok(found.len() > TOLD)
}
