//! Answers that are made of all rows that match: groups, samples, unpivoted lists, fields that are discovered, and rows in an order that
//! is not that of their time.

use super::{MOST_COLUMNS, PAGE, QueryAnswer, summaries};
use crate::ground::body;
use crate::looking::cursor::Cursor;
use crate::looking::found::{FoundSpan, Wanted};
use crate::looking::search::{RowSearch, Scan, whole_traces};
use crate::looking::view::View;
use crate::looking::wire::{Placed, Whereabouts, WireRow};
use crate::looking::work::{Effort, aside};
use crate::{Desk, Error, Result};
use shared::filter::{Context, Expression, Kind, Query, QueryOutput, Shape, SortItem, Step};
use shared::{Micros, ObjectId, Problem, TransactionId};
use std::cell::RefCell;

/// The clocks of two servers differ by less, in microseconds.
const DAY: Micros = 86_400_000_000;

/// Bytes that an answer may hold while it is made.
const MOST_HELD: usize = 64 * 1024 * 1024;

impl Desk {
    /// Looks at all rows of all objects and answers.
    pub(super) async fn made(
        &self,
        query: &Query,
        objects: &[ObjectId],
        version: Option<TransactionId>,
        context: Context,
    ) -> Result<QueryAnswer> {
        let is_paged = QueryOutput::is_paged(query);
        if query.cursor.is_some() && !is_paged {
            let reason =
                "This answer has one page. For further ones leave `sort:` out or sort by created, or ask for values after the last.";
            return Err(Problem::invalid("cursor", reason).into());
        }
        let columns = query.computed_columns().len();
        if columns > MOST_COLUMNS {
            return Err(Problem::invalid("select", format!("Select at most {MOST_COLUMNS} columns; these are {columns}.")).into());
        }
        let makes_rows = !query.is_aggregated() && query.infer.is_none();
        let limit = query.limit.or(makes_rows.then_some(PAGE)).map(|limit| if makes_rows { limit.min(PAGE) } else { limit });
        let mut sort = query.sort.clone();
        if is_paged {
            // No two rows are alike by then.
            let place = Expression::new(Kind::Path(vec![Step::Key("_pagination_key".to_owned())]), 0..0);
            sort.push(SortItem { expression: place, descending: true });
        }
        let query = &Query { limit, sort, ..query.clone() };
        let filter = query.source_filter();
        let cursor = Cursor::of(&["sorted", &Query { limit: None, cursor: None, ..query.clone() }.to_string(), &format!("{version:?}")]);
        let begun = query.cursor.as_ref().map(|text| cursor.read_keys(text)).transpose()?;
        // Every page is asked for when the first one was: an order by age is one order.
        let latest = context.now_micros.saturating_add(DAY);
        let context = Context { now_micros: begun.as_ref().map_or(context.now_micros, |(now, _)| *now), ..context };
        let mut making = Making { answer: QueryOutput::new(query, context), effort: Effort::whole() };
        if let Some((now, keys)) = begun
            && !((0..=latest).contains(&now) && making.answer.begin_after(&keys))
        {
            return Err(Problem::invalid("cursor", "This cursor belongs to another order. Begin without one.").into());
        }
        for object in objects {
            let view = self.search_view(object).await?.asked_in(context);
            making = if query.from.shape == Shape::Spans || version.is_some() {
                making.of_spans(&view, filter.as_ref(), version).await?
            } else {
                making.of_traces(&view, filter.as_ref(), query).await?
            };
        }
        let (rows, last) = making.answer.finish_page();
        let next = match last.filter(|_| is_paged) {
            Some(keys) => cursor.text_of_keys(context.now_micros, &keys)?,
            None => None,
        };
        Ok(QueryAnswer { rows: rows.iter().map(body::raw).collect::<std::result::Result<_, _>>()?, next })
    }
}

/// The time that an answer may take is over before everything was looked at.
fn too_long() -> Error {
    Problem::invalid("filter", "Looking at every row takes too long. Narrow the filter, for example by created.").into()
}

/// An answer on the way.
struct Making {
    answer: QueryOutput,
    effort: Effort,
}

impl Making {
    async fn of_spans(mut self, view: &View, filter: Option<&Expression>, version: Option<TransactionId>) -> Result<Self> {
        let wanted = if self.answer.is_whole() { Wanted::whole() } else { Wanted::columns(self.answer.columns()) };
        let mut scan = Scan::new(view, filter, wanted).await?;
        scan.as_of(version);
        if self.answer.only_counts()
            && let Some(count) = scan.exact_count().await?
        {
            self.answer.add_counted(count);
            return Ok(self);
        }
        scan.effort = self.effort;
        scan.places = self.answer.conditions();
        let whereabouts = Whereabouts::of(view);
        while !self.answer.is_finished() {
            let Some(spans) = scan.next().await? else {
                scan.require_finished()?;
                break;
            };
            self = self.add(spans, whereabouts.clone()).await?;
        }
        self.effort = scan.effort;
        Ok(self)
    }

    async fn add(mut self, spans: Vec<FoundSpan>, whereabouts: Whereabouts) -> Result<Self> {
        let added = aside(move || {
            let failed: RefCell<Option<Error>> = RefCell::default();
            for span in &spans {
                if self.effort.is_over() {
                    return Err(too_long());
                }
                let whole = || match span.wire(&whereabouts) {
                    Ok(row) => row.columns(),
                    Err(error) => {
                        failed.replace(Some(error));
                        body::Object::default()
                    }
                };
                self.answer.add(&Placed { span, whereabouts: &whereabouts }, &whole);
                if !self.has_room() {
                    break;
                }
            }
            match failed.into_inner() {
                Some(error) => Err(error),
                None => Ok(self),
            }
        });
        added.await??.require_room()
    }

    async fn of_traces(mut self, view: &View, filter: Option<&Expression>, query: &Query) -> Result<Self> {
        let mut search = RowSearch { filter: filter.cloned(), whole_traces: true, ..RowSearch::of(view.home.id.clone()) };
        let whereabouts = Whereabouts::of(view);
        // Groups are made of what the row holds, and not of how it is shortened.
        let length = if query.is_aggregated() { Some(-1) } else { query.preview_length };
        loop {
            let (mut spans, mut rows): (Vec<FoundSpan>, Vec<WireRow>) = (Vec::new(), Vec::new());
            search.after = if query.from.shape == Shape::Summary {
                summaries(view, &search, search.order(), length, &mut |row| {
                    rows.push(row);
                    Ok(0)
                })
                .await?
            } else {
                let mut take = |span: FoundSpan| {
                    let bytes = span.bytes();
                    spans.push(span);
                    Ok(bytes)
                };
                whole_traces(view, &search, search.order(), true, &mut take).await?
            };
            self.effort.spend(spans.len() + rows.len(), 0, 0);
            self = self.add(spans, whereabouts.clone()).await?;
            rows.iter().for_each(|row| self.answer.add(row, &|| row.columns()));
            self = self.require_room()?;
            if search.after.is_none() || self.answer.is_finished() {
                return Ok(self);
            }
            if self.effort.is_over() {
                return Err(too_long());
            }
        }
    }

    fn has_room(&self) -> bool {
        self.answer.bytes() <= MOST_HELD
    }

    fn require_room(self) -> Result<Self> {
        if self.has_room() {
            return Ok(self);
        }
        let (field, reason) = if self.answer.is_whole() {
            ("limit", "These rows are too large to be held at once. Ask for fewer with limit, or select some columns.")
        } else {
            ("dimensions", "There are too many different groups or values. Group by something with fewer values, or narrow the filter.")
        };
        Err(Problem::invalid(field, reason).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::looking::found::Which;
    use crate::tests::stores;
    use serde_json::json;
    use shared::filter::parse_query;

    #[tokio::test]
    async fn an_answer_ends_between_two_rows() {
        for store in stores().await {
            let project = store.project("making").await;
            store.send(&project, &[json!({ "id": "one" }), json!({ "id": "two" })]).await;
            let view = store.viewer.search_view(&project.logs()).await.unwrap();
            let which = Which { condition: "TRUE".to_owned(), bound: Vec::new(), order: String::new(), waiting: false };
            let query = parse_query("measures: count(1) from: project_logs('x')").unwrap();
            for (effort, is_made) in [(Effort::whole(), true), (Effort::of_spans(0), false)] {
                let making = Making { answer: QueryOutput::new(&query, Context::at(0)), effort };
                let spans = view.read(&which, &Wanted::whole(), None).await.unwrap().spans;
                let added = making.add(spans, Whereabouts::of(&view)).await;
                let refused = added.err().and_then(|error| error.problem().map(ToString::to_string));
                assert_eq!(refused.is_none(), is_made, "{refused:?}");
            }
        }
    }
}
