//! What waits for somebody in the review lists of all projects.

use super::taking::takeable;
use crate::content::reviews::{self, List};
use crate::ground::database::{all, one, values};
use crate::{Desk, Result};
use sea_orm::FromQueryResult;
use shared::ProjectId;
use shared::permissions::Action;
use shared::reviews::{AwaitedReviews, MOST_AWAITED};

/// Projects in which is looked, those first in which something happened last.
const PROJECTS: usize = 50;

#[derive(FromQueryResult)]
struct Project {
    id: String,
    name: String,
}

impl Desk {
    /// The review lists in which something waits for whoever asks: first those with items that they are asked to review, then those with
    /// items that anybody of the list may take.
    ///
    /// # Errors
    /// [`shared::Problem::Forbidden`] for who may not read.
    pub async fn awaited_reviews(&self) -> Result<Vec<AwaitedReviews>> {
        self.require(Action::Read)?;
        let mut awaited = Vec::new();
        if !self.actor.may(Action::Review) {
            return Ok(awaited);
        }
        let text = format!("SELECT id, name FROM projects WHERE deleted IS NULL ORDER BY transaction_id DESC, id LIMIT {PROJECTS}");
        for Project { id, name } in all::<Project>(self.store.readers(), &text, values![]).await? {
            for list in reviews::lists(self.store.readers(), &ProjectId(id)).await? {
                if !list.list.definition.reviewers.includes(&self.actor.person) {
                    continue;
                }
                let (mine, anybodys) = (self.count_takeable(&list, true).await?, self.count_takeable(&list, false).await?);
                if mine + anybodys > 0 {
                    let due = list.list.definition.due;
                    awaited.push(AwaitedReviews { project: name.clone(), list: list.list.id, name: list.list.name, mine, anybodys, due });
                }
            }
        }
        awaited.sort_by_key(|awaited| awaited.mine == 0);
        Ok(awaited)
    }

    async fn count_takeable(&self, list: &List, assigned: bool) -> Result<i64> {
        #[derive(FromQueryResult)]
        struct Counted {
            items: i64,
        }
        let (open, bound) = takeable(&self.actor, list, assigned, crate::now());
        let text = format!("SELECT COUNT(*) AS items FROM (SELECT 1 AS one {open} LIMIT {MOST_AWAITED}) counted");
        Ok(one::<Counted>(self.store.readers(), &text, bound).await?.map_or(0, |counted| counted.items))
    }
}
