//! Items of review lists whose rows match a filter.

use super::items::LONGEST_PAGE;
use crate::looking::found::Wanted;
use crate::looking::search::Scan;
use crate::looking::work::Effort;
use crate::{Desk, Result};
use shared::filter::{Expression, Kind, Step};
use shared::reviews::{ListReviewItems, ReviewItem};
use shared::{ObjectId, ReviewItemId, RowId};
use std::collections::{HashMap, HashSet};

/// Pages of items that are looked at for one answer.
const MOST_PAGES: usize = 4;

/// Items whose rows match.
pub struct MatchingItems {
    /// The newest first.
    pub items: Vec<ReviewItem>,
    /// After which one to look on; none where all were looked at, or as many were found as were wanted.
    pub next: Option<ReviewItemId>,
}

impl Desk {
    /// Items whose rows match, as far as they are found in a few thousand. Rows are seen as the caller sees them.
    ///
    /// # Errors
    /// [`Problem::NotFound`](shared::Problem::NotFound) for an unknown project or row, [`Problem::Invalid`](shared::Problem::Invalid) for a filter
    /// that takes too long.
    pub async fn review_items_that_match(&self, query: ListReviewItems, filter: &Expression) -> Result<MatchingItems> {
        let wanted = query.limit.clamp(1, LONGEST_PAGE) as usize;
        let mut page = ListReviewItems { limit: LONGEST_PAGE, ..query };
        let mut found = MatchingItems { items: Vec::new(), next: None };
        // What may be spent is of all of them.
        let mut effort = Effort::whole();
        for _ in 0..MOST_PAGES {
            let items = self.review_items(page.clone()).await?;
            let is_last = items.len() < LONGEST_PAGE as usize;
            page.after = items.last().map(|item| item.id.clone());
            let matching = self.rows_that_match(&items, filter, &mut effort).await?;
            found.items.extend(items.into_iter().filter(|item| matching.contains(&(item.row.object_id.clone(), item.row.id.clone()))));
            if found.items.len() >= wanted || is_last {
                found.items.truncate(wanted);
                return Ok(found);
            }
        }
        found.next = page.after;
        Ok(found)
    }

    async fn rows_that_match(&self, items: &[ReviewItem], filter: &Expression, effort: &mut Effort) -> Result<HashSet<(ObjectId, RowId)>> {
        let mut rows: HashMap<&ObjectId, Vec<Expression>> = HashMap::new();
        for item in items {
            rows.entry(&item.row.object_id).or_default().push(Expression::new(Kind::Text(item.row.id.0.clone()), 0..0));
        }
        let mut matching = HashSet::new();
        for (object, ids) in rows {
            let view = self.search_view(object).await?;
            let filter = Expression::all_of(vec![one_of(ids), filter.clone()], 0..0);
            let mut scan = Scan::new(&view, Some(&filter), Wanted::default()).await?;
            scan.effort = *effort;
            while let Some(spans) = scan.next().await? {
                matching.extend(spans.iter().map(|span| (object.clone(), RowId::from(span.row_id()))));
            }
            scan.require_finished()?;
            *effort = scan.effort;
        }
        Ok(matching)
    }
}

/// That the id of a row is one of some.
fn one_of(ids: Vec<Expression>) -> Expression {
    let id = Expression::new(Kind::Path(vec![Step::Key("id".to_owned())]), 0..0);
    let list = Expression::new(Kind::Array(ids), 0..0);
    Expression::new(Kind::In { operand: Box::new(id), list: Box::new(list) }, 0..0)
}
