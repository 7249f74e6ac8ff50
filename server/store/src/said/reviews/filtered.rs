//! Items of review lists whose rows match a filter.

use super::items::LONGEST_PAGE;
use crate::looking::found::Wanted;
use crate::looking::search::Scan;
use crate::looking::work::Effort;
use crate::{Desk, Result};
use shared::filter::{Expression, Kind, Step};
use shared::reviews::{ListReviewItems, ReviewItem};
use shared::{ObjectId, Problem, RowId};
use std::collections::{HashMap, HashSet};

/// Items that are looked at for one answer.
const MOST_LOOKED_AT: usize = 10_000;

impl Desk {
    /// A page of items whose rows match, the newest first. Rows are seen as the caller sees them.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown project or row, [`Problem::Invalid`] where too many items would have to be looked at.
    pub async fn review_items_that_match(&self, query: ListReviewItems, filter: &Expression) -> Result<Vec<ReviewItem>> {
        let wanted = query.limit.clamp(1, LONGEST_PAGE) as usize;
        let mut page = ListReviewItems { limit: LONGEST_PAGE, ..query };
        let (mut found, mut looked_at) = (Vec::new(), 0);
        loop {
            let items = self.review_items(page.clone()).await?;
            looked_at += items.len();
            let is_last = items.len() < LONGEST_PAGE as usize;
            page.after = items.last().map(|item| item.id.clone());
            let matching = self.rows_that_match(&items, filter).await?;
            found.extend(items.into_iter().filter(|item| matching.contains(&(item.row.object_id.clone(), item.row.id.clone()))));
            if found.len() >= wanted || is_last {
                found.truncate(wanted);
                return Ok(found);
            }
            if looked_at >= MOST_LOOKED_AT {
                let reason =
                    format!("Fewer than {wanted} of {looked_at} items match. Ask for fewer, or narrow by list, status or assignee.");
                return Err(Problem::invalid("filter", reason).into());
            }
        }
    }

    async fn rows_that_match(&self, items: &[ReviewItem], filter: &Expression) -> Result<HashSet<(ObjectId, RowId)>> {
        let mut rows: HashMap<&ObjectId, Vec<Expression>> = HashMap::new();
        for item in items {
            rows.entry(&item.row.object_id).or_default().push(Expression::new(Kind::Text(item.row.id.0.clone()), 0..0));
        }
        let mut matching = HashSet::new();
        for (object, ids) in rows {
            let view = self.search_view(object).await?;
            let filter = Expression::all_of(vec![one_of(ids), filter.clone()], 0..0);
            let mut scan = Scan::new(&view, Some(&filter), Wanted::default()).await?;
            scan.effort = Effort::whole();
            while let Some(spans) = scan.next().await? {
                matching.extend(spans.iter().map(|span| (object.clone(), RowId::from(span.row_id()))));
            }
            scan.require_finished()?;
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
