//! What waits for somebody in the review lists of all projects.

use super::items::of_keys;
use super::taking::{held, takeable, upcoming};
use crate::content::reviews::{self, List};
use crate::ground::database::{all, one, values};
use crate::ground::keys::{ItemKey, ProjectShort};
use crate::{Actor, Desk, Result};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::home::{HomeItem, NextItem};
use shared::permissions::Action;
use shared::reviews::{AwaitedReviews, MOST_AWAITED, ReviewItem};
use shared::{Micros, ProjectId};

/// Projects in which is looked, those first in which something happened last.
const PROJECTS: usize = 50;

/// Review lists of somebody in which is looked.
const LISTS: usize = 200;

/// Microseconds of a day.
const DAY: Micros = 86_400_000_000;

/// A project in which is looked.
#[derive(Clone, FromQueryResult)]
pub(in crate::said) struct LookedAt {
    pub(in crate::said) short: ProjectShort,
    pub(in crate::said) id: String,
    pub(in crate::said) name: String,
}

/// The projects in which is looked, and whether there are more.
pub(in crate::said) async fn looked_at(connection: &impl ConnectionTrait) -> Result<(Vec<LookedAt>, bool)> {
    let text =
        format!("SELECT short, id, name FROM projects WHERE deleted IS NULL ORDER BY transaction_id DESC, id LIMIT {}", PROJECTS + 1);
    let mut projects = all::<LookedAt>(connection, &text, values![]).await?;
    let is_cut = projects.len() > PROJECTS;
    projects.truncate(PROJECTS);
    Ok((projects, is_cut))
}

/// A list in which something waits for somebody.
pub(in crate::said) struct Awaiting {
    list: List,
    told: AwaitedReviews,
}

impl Awaiting {
    /// What is told of it.
    pub(in crate::said) fn into_told(self) -> AwaitedReviews {
        self.told
    }
}

/// The lists of some projects in which something waits for somebody, those first that they should go on with: where they have an item in
/// hand, then where they are asked, then what is due first. And whether only some lists were looked at.
pub(in crate::said) async fn awaiting(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    projects: &[LookedAt],
    now: Micros,
) -> Result<(Vec<Awaiting>, bool)> {
    let (mut awaiting, mut left, mut is_cut) = (Vec::new(), LISTS, false);
    if !actor.may(Action::Review) {
        return Ok((awaiting, is_cut));
    }
    'projects: for project in projects {
        for list in reviews::lists(connection, &ProjectId(project.id.clone())).await? {
            if !list.list.definition.reviewers.includes(&actor.person) {
                continue;
            }
            if left == 0 {
                is_cut = true;
                break 'projects;
            }
            left -= 1;
            let (mine, anybodys) =
                (count_takeable(connection, actor, &list, true, now).await?, count_takeable(connection, actor, &list, false, now).await?);
            let held = held(connection, actor, &list, now).await?.is_some();
            if mine + anybodys > 0 || held {
                let told = AwaitedReviews {
                    project_id: list.list.project.clone(),
                    project: project.name.clone(),
                    list: list.list.id.clone(),
                    name: list.list.name.clone(),
                    mine,
                    anybodys,
                    held,
                    due: list.list.definition.due,
                };
                awaiting.push(Awaiting { list, told });
            }
        }
    }
    awaiting.sort_by_key(|Awaiting { told, .. }| (!told.held, told.mine == 0, told.due.unwrap_or(Micros::MAX)));
    Ok((awaiting, is_cut))
}

/// What somebody takes next: the first that can be had.
pub(in crate::said) async fn next_item(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    awaiting: &[Awaiting],
    now: Micros,
) -> Result<Option<NextItem>> {
    let Some(Awaiting { list, told }) = awaiting.first() else { return Ok(None) };
    let Some((key, why)) = upcoming(connection, actor, list, now).await? else { return Ok(None) };
    let item = of_keys(connection, actor, &[key], now).await?.pop();
    Ok(item.map(|item| NextItem { item: home_item(item, &told.project, &told.name), why }))
}

/// Items that somebody is asked to review and has not, the oldest of each list first.
pub(in crate::said) async fn asked_of(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    awaiting: &[Awaiting],
    limit: usize,
    now: Micros,
) -> Result<Vec<HomeItem>> {
    #[derive(FromQueryResult)]
    struct Found {
        key: ItemKey,
    }
    let mut items = Vec::new();
    for Awaiting { list, told } in awaiting.iter().filter(|awaiting| awaiting.told.mine > 0) {
        let left = limit - items.len();
        if left == 0 {
            break;
        }
        let (open, bound) = takeable(actor, list, true, now);
        let text = format!("SELECT i.key {open} ORDER BY i.flagged, i.key LIMIT {left}");
        let keys: Vec<ItemKey> = all::<Found>(connection, &text, bound).await?.into_iter().map(|found| found.key).collect();
        let found = of_keys(connection, actor, &keys, now).await?;
        items.extend(found.into_iter().map(|item| home_item(item, &told.project, &told.name)));
    }
    Ok(items)
}

/// How many items of some projects somebody completed in the last 24 hours.
pub(in crate::said) async fn done_lately(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    projects: &[LookedAt],
    now: Micros,
) -> Result<i64> {
    let text = format!(
        "SELECT COUNT(*) AS items FROM (SELECT 1 AS one FROM reviews WHERE project = ? AND person_id = ? AND created >= ? AND NOT skipped \
         LIMIT {MOST_AWAITED}) counted"
    );
    let mut done = 0;
    for project in projects {
        let bound = values![project.short, actor.person.id.as_str(), now - DAY];
        done += one::<Counted>(connection, &text, bound).await?.map_or(0, |counted| counted.items);
    }
    Ok(done.min(MOST_AWAITED))
}

/// As much of an item as one has to know to open it.
pub(super) fn home_item(item: ReviewItem, project: &str, list_name: &str) -> HomeItem {
    HomeItem {
        project_id: item.project,
        project: project.to_owned(),
        list: item.list,
        list_name: list_name.to_owned(),
        row: item.row,
        title: if item.input.is_empty() { item.name } else { item.input },
        note: item.note,
        flagged: item.flagged,
    }
}

#[derive(FromQueryResult)]
struct Counted {
    items: i64,
}

async fn count_takeable(connection: &impl ConnectionTrait, actor: &Actor, list: &List, assigned: bool, now: Micros) -> Result<i64> {
    let (open, bound) = takeable(actor, list, assigned, now);
    let text = format!("SELECT COUNT(*) AS items FROM (SELECT 1 AS one {open} LIMIT {MOST_AWAITED}) counted");
    Ok(one::<Counted>(connection, &text, bound).await?.map_or(0, |counted| counted.items))
}

impl Desk {
    /// The review lists in which something waits for whoever asks: first those with an item that they have in hand, then those with items
    /// that they are asked to review, then those with items that anybody of the list may take.
    ///
    /// # Errors
    /// [`shared::Problem::Forbidden`] for who may not read.
    pub async fn awaited_reviews(&self) -> Result<Vec<AwaitedReviews>> {
        self.require(Action::Read)?;
        let (snapshot, now) = (self.store.snapshot().await?, self.store.inner.writer.clock().now());
        let (projects, _) = looked_at(&snapshot).await?;
        let (awaiting, _) = awaiting(&snapshot, &self.actor, &projects, now).await?;
        Ok(awaiting.into_iter().map(Awaiting::into_told).collect())
    }
}
