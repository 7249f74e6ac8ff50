//! The page of review lists: how far each has come, and the items of one.

use crate::content::reviews;
use crate::ground::database::{all, exists, values};
use crate::writing::events;
use crate::{Desk, Result, render};
use sea_orm::FromQueryResult;
use shared::permissions::Action;
use shared::reviews::{ItemsShown, ListProgress, ListReviewItems, OpenReviews, ReviewStatus, ReviewsView};
use shared::{Problem, ReviewListId};

/// Items of a page.
const PAGE: usize = 100;

/// By list: open items, those of them that somebody is asked to review, and complete ones. Bound to the person and the project.
const COUNTS: &str = "SELECT i.list_id, SUM(CASE WHEN i.complete THEN 0 ELSE 1 END) AS open, SUM(CASE WHEN i.complete THEN 1 ELSE 0 END) AS complete, \
     SUM(CASE WHEN NOT i.complete AND EXISTS (SELECT 1 FROM review_assignments a WHERE a.project = i.project AND a.item = i.key AND a.person_id = ?) \
     THEN 1 ELSE 0 END) AS mine FROM review_items i JOIN spans s ON s.project = i.project AND s.key = i.span \
     JOIN objects o ON o.key = i.object AND o.deleted IS NULL WHERE i.project = (SELECT short FROM projects WHERE id = ?) AND i.listed GROUP BY i.list_id";

/// Whether a person has reviewed or skipped anything of a list. Bound to the project, the person and the list.
const BEGUN: &str = "SELECT 1 FROM reviews r JOIN review_items i ON i.project = r.project AND i.key = r.item \
     WHERE r.project = (SELECT short FROM projects WHERE id = ?) AND r.person_id = ? AND i.list_id = ? LIMIT 1";

#[derive(FromQueryResult)]
struct Counted {
    list_id: String,
    open: i64,
    complete: i64,
    mine: i64,
}

impl Desk {
    /// The page of review lists.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown project or list.
    pub async fn open_reviews(&self, query: OpenReviews) -> Result<ReviewsView> {
        self.require(Action::Read)?;
        self.project(&query.project).await?;
        let as_of = events::head(self.store.readers(), &query.project).await?;
        let lists = reviews::lists(self.store.readers(), &query.project).await?;
        let list = query.list.unwrap_or_else(|| ReviewListId(query.project.0.clone()));
        if !lists.iter().any(|known| known.list.id == list) {
            return Err(Problem::not_found("review list").into());
        }
        let bound = values![self.actor.person.id.as_str(), query.project.as_str()];
        let counts = all::<Counted>(self.store.readers(), COUNTS, bound).await?;
        let begun = values![query.project.as_str(), self.actor.person.id.as_str(), list.as_str()];
        let is_new = !exists(self.store.readers(), BEGUN, begun).await?;
        let me = (query.shown == ItemsShown::Mine).then(|| self.actor.person.id.clone());
        let (status, unfinished) = match query.shown {
            ItemsShown::Awaiting | ItemsShown::Mine => (None, true),
            ItemsShown::Completed => (Some(ReviewStatus::Complete), false),
            ItemsShown::All => (None, false),
        };
        let wanted = ListReviewItems {
            project: query.project,
            list: Some(list.clone()),
            status,
            unfinished,
            assignee: me,
            row: None,
            row_id: None,
            after: query.after,
            limit: u32::try_from(PAGE + 1).unwrap_or(u32::MAX),
        };
        let mut items = self.review_items(wanted).await?;
        let has_more = items.len() > PAGE;
        items.truncate(PAGE);
        let progress = lists.into_iter().map(|known| {
            let counted = counts.iter().find(|counted| counted.list_id == known.list.id.0);
            let (open, mine, complete) = counted.map_or((0, 0, 0), |counted| (counted.open, counted.mine, counted.complete));
            ListProgress { instructions: render::description(&known.list.definition.description), list: known.list, open, mine, complete }
        });
        Ok(ReviewsView { lists: progress.collect(), list, is_new, items, has_more, as_of })
    }
}
