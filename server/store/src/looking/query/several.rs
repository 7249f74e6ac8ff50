//! Rows of several objects: spans are merged in the order of their time, traces come object by object. A page ends like one of a single
//! object, and its cursor says of which object the last row was.

use super::{Columns, QueryAnswer, length};
use crate::ground::body::Raw;
use crate::looking::cursor::{Cursor, Position};
use crate::looking::found::FoundSpan;
use crate::looking::search::{RowSearch, single_spans};
use crate::looking::wire::Whereabouts;
use crate::{Desk, Result};
use shared::Problem;
use shared::filter::{Context, Query};
use shared::objects::Place;
use std::cmp::Reverse;

/// Objects whose rows are merged at most.
const MOST_OBJECTS: usize = 100;

impl Desk {
    /// A page of the rows of several objects, of which each is searched in the same way.
    pub(super) async fn of_several(&self, query: &Query, searches: Vec<RowSearch>, context: Context) -> Result<QueryAnswer> {
        if searches.len() > MOST_OBJECTS {
            return Err(Problem::invalid("from", format!("Ask for at most {MOST_OBJECTS} objects at once.")).into());
        }
        match searches.first().is_some_and(|first| first.whole_traces) {
            true => self.one_after_the_other(query, searches, context).await,
            false => self.merged(query, searches, context).await,
        }
    }

    async fn one_after_the_other(&self, query: &Query, searches: Vec<RowSearch>, context: Context) -> Result<QueryAnswer> {
        let (first, mut inside) = match &query.cursor {
            Some(cursor) => read(cursor, searches.len()).map(|(place, inside)| (place, (!inside.is_empty()).then(|| inside.to_owned())))?,
            None => (0, None),
        };
        for (place, mut search) in searches.into_iter().enumerate().skip(first) {
            search.after = inside.take();
            let page = self.page(query, &search, search.order(), context).await?;
            if page.rows.is_empty() {
                continue;
            }
            let next = match page.next {
                Some(inside) => Some(format!("{place}~{inside}")),
                // Whether there is more is known when it is asked for.
                None => (place + 1 < query.from.ids.len()).then(|| format!("{}~", place + 1)),
            };
            return Ok(QueryAnswer { next, rows: page.rows });
        }
        Ok(QueryAnswer::default())
    }

    async fn merged(&self, query: &Query, searches: Vec<RowSearch>, context: Context) -> Result<QueryAnswer> {
        let columns = Columns::of(query, context)?;
        let Some(first) = searches.first() else { return Ok(QueryAnswer::default()) };
        let (limit, oldest_first) = (first.limit as usize, first.oldest_first);
        let ids: Vec<&str> = searches.iter().map(|search| search.object.as_str()).collect();
        let filter = first.filter.as_ref().map(ToString::to_string).unwrap_or_default();
        let order = if oldest_first { "oldest" } else { "newest" };
        let cursor = Cursor::of(&[&ids.join(" "), order, &format!("{:?}", first.version), &filter]);
        let began = match &query.cursor {
            Some(text) => {
                let (place, inside) = read(text, searches.len())?;
                Some((place, cursor.read(inside)?.after))
            }
            None => None,
        };
        let mut found: Vec<(Place, usize, Raw)> = Vec::new();
        let mut unfinished = Vec::new();
        for (place, mut search) in searches.into_iter().enumerate() {
            search.after = began.map(|began| search.cursor("spans").text(&Position::after(beginning(began, place, oldest_first))));
            let view = self.search_view(&search.object).await?.asked_in(context);
            let whereabouts = Whereabouts::of(&view);
            let mut take = |span: FoundSpan| {
                let row = columns.of_span(&span, &whereabouts)?;
                let bytes = span.bytes().max(length(&row));
                found.push((span.place(), place, row));
                Ok(bytes)
            };
            if single_spans(&view, &search, &mut take).await?.is_some() {
                unfinished.push(place);
            }
        }
        sort(&mut found, oldest_first);
        // What comes after the last row of an object of which there is more cannot be merged with that yet.
        let known = unfinished.iter().map(|object| found.iter().rposition(|(_, of, _)| of == object).map_or(0, |last| last + 1)).min();
        found.truncate(known.unwrap_or(found.len()));
        let more = !unfinished.is_empty() || found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|(last, place, _)| format!("{place}~{}", cursor.text(&Position::after(*last))));
        Ok(QueryAnswer { next, rows: found.into_iter().map(|(.., row)| row).collect() })
    }
}

/// The number of an object, and where in it a page ended.
fn read(cursor: &str, objects: usize) -> Result<(usize, &str)> {
    let parts = cursor.split_once('~').and_then(|(place, inside)| Some((place.parse::<usize>().ok()?, inside)));
    parts.filter(|(place, _)| *place < objects).ok_or_else(|| {
        Problem::invalid("cursor", "This is not a cursor that an earlier answer gave. Send it as it came, or leave it out.").into()
    })
}

/// Where an object's rows begin after the last row of a page: rows of the same time come in the order of the objects.
fn beginning((last_object, last): (usize, Place), object: usize, oldest_first: bool) -> Place {
    let all_of_that_time = if oldest_first { i64::MIN } else { i64::MAX };
    let none_of_that_time = if oldest_first { i64::MAX } else { i64::MIN };
    match object.cmp(&last_object) {
        std::cmp::Ordering::Less => Place { key: none_of_that_time, ..last },
        std::cmp::Ordering::Equal => last,
        std::cmp::Ordering::Greater => Place { key: all_of_that_time, ..last },
    }
}

fn sort(found: &mut [(Place, usize, Raw)], oldest_first: bool) {
    match oldest_first {
        true => found.sort_by_key(|(place, object, _)| (place.created, *object, place.key)),
        false => found.sort_by_key(|(place, object, _)| (Reverse(place.created), *object, Reverse(place.key))),
    }
}
