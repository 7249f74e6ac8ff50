//! Live events, and the reducer that keeps an open page true.
//!
//! The store publishes an [`Event`] after each commit. A page that was loaded `as_of` some event applies every later
//! one; applying them one by one gives what loading afresh would give.

use crate::objects::Place;
use crate::spans::TraceRow;
use crate::summary::{Summary, SummaryDelta};
use crate::{ObjectId, ReviewListId, RowId};
use serde::{Deserialize, Serialize};

/// Something that was committed, in the order of commits of its project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Ascending within a project, without gaps for the server; a client sees only those that concern it.
    pub sequence: i64,
    /// What happened.
    pub change: LiveChange,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiveChange {
    /// Spans of an object changed.
    Spans(SpansChanged),
    /// Spans of an object changed, of which who is told may see only a part: load afresh.
    Veiled(Veiled),
    /// Items of review lists changed, or who has them in hand.
    Reviews(ReviewsChanged),
    /// Questions, tags, review lists or settings of the project changed.
    Configuration,
    /// Events were missed: load afresh.
    Resync,
}

/// What a commit changed in an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpansChanged {
    /// In what.
    pub object: ObjectId,
    /// Every changed trace as it stands now.
    pub traces: Vec<TraceRow>,
    /// Traces that are gone, because their spans were deleted or belong to another trace now.
    pub gone: Vec<Place>,
    /// The changed spans: trace and row.
    pub touched: Vec<Touched>,
    /// What changed in the summary of the whole object.
    pub summary: SummaryDelta,
}

/// Which spans of an object a commit changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Veiled {
    /// In what.
    pub object: ObjectId,
    /// The changed spans: trace and row.
    pub touched: Vec<Touched>,
}

/// Which review lists have items that changed. Whoever shows one reads it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewsChanged {
    /// The lists.
    pub lists: Vec<ReviewListId>,
}

/// A changed span.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// Its trace.
    pub root_span_id: String,
    /// Its row.
    pub row_id: RowId,
    /// What of it.
    #[serde(default)]
    pub part: TouchedPart,
}

/// What of a span changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TouchedPart {
    /// Only what is said about it: its fields and the tree are as they were.
    Said,
    /// Anything, or it is not told.
    #[default]
    Any,
}

/// What a page of traces holds: the summary and the newest rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traces {
    /// Of the whole object.
    pub summary: Summary,
    /// Newest first.
    pub rows: Vec<TraceRow>,
    /// Where the rows that are not loaded begin; none if all are here. In an order of one's own it is the last row, where there are more.
    pub next: Option<Place>,
    /// Whether the rows are in an order of one's own, of which their places say nothing.
    pub is_sorted: bool,
    /// Events up to this one are in.
    pub as_of: i64,
}

/// What applying an event did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It was known already, or concerns something else.
    Nothing,
    /// The page changed.
    Changed,
    /// Something changed that the event does not say, or the configuration did: load the page afresh.
    Stale,
    /// Load everything afresh.
    Resync,
}

impl Traces {
    /// Applies one event to the page of `object`.
    pub fn apply(&mut self, object: &ObjectId, event: &Event) -> Applied {
        if event.sequence <= self.as_of && event.change != LiveChange::Resync {
            return Applied::Nothing;
        }
        match &event.change {
            LiveChange::Resync => Applied::Resync,
            LiveChange::Configuration => {
                self.as_of = event.sequence;
                Applied::Stale
            }
            LiveChange::Spans(SpansChanged { object: of, .. }) | LiveChange::Veiled(Veiled { object: of, .. }) if of != object => {
                self.as_of = event.sequence;
                Applied::Nothing
            }
            LiveChange::Reviews(_) => {
                self.as_of = event.sequence;
                Applied::Nothing
            }
            LiveChange::Veiled(_) => {
                self.as_of = event.sequence;
                Applied::Stale
            }
            LiveChange::Spans(changed) => {
                self.as_of = event.sequence;
                self.summary.apply(&changed.summary);
                merge_rows(&mut self.rows, self.next, &changed.traces, &changed.gone);
                Applied::Changed
            }
        }
    }
}

impl Traces {
    /// Takes over what was read again. Rows beyond it stay, as they are loaded. Returns those that stood where it was read and do not
    /// any more.
    pub fn replace(&mut self, newer: Traces) -> Vec<TraceRow> {
        let older = std::mem::replace(self, newer);
        self.as_of = self.as_of.max(older.as_of);
        let mut rows = older.rows;
        if self.is_sorted {
            // What stands beyond may stand elsewhere by now; it is loaded again where it is needed.
            rows.retain(|row| self.index_of(row.place()).is_err());
            return rows;
        }
        let read = self.next.map_or(rows.len(), |end| rows.partition_point(|row| row.place() >= end));
        let beyond = rows.split_off(read);
        rows.retain(|row| self.position(row.place()).is_none());
        if !beyond.is_empty() {
            self.next = older.next;
            self.rows.extend(beyond);
        }
        rows
    }

    /// Shows what changed of loaded rows, where it is not known which rows belong to the list now.
    pub fn show_changed(&mut self, changed: &SpansChanged) {
        self.rows.retain(|row| changed.gone.iter().all(|gone| gone.key != row.key));
        for row in &changed.traces {
            if let Some(position) = self.position(row.place()) {
                show(&mut self.rows[position], row);
            }
        }
    }

    /// The row at a place.
    pub fn at(&self, place: Place) -> Option<&TraceRow> {
        self.position(place).map(|position| &self.rows[position])
    }

    /// The number of the row at a place; where it is not there, the number that it would have. In an order of one's own nothing says that
    /// number, and it is the first.
    ///
    /// # Errors
    /// The number of the row below.
    pub fn index_of(&self, place: Place) -> Result<usize, usize> {
        if self.is_sorted {
            return self.rows.iter().position(|row| row.key == place.key).ok_or(0);
        }
        // Newest first.
        self.rows.binary_search_by(|row| place.cmp(&row.place()))
    }

    /// The number of the row at a place, or of the one below.
    pub fn index_below(&self, place: Place) -> usize {
        self.index_of(place).unwrap_or_else(|below| below)
    }

    /// Whether rows are loaded so far that the one at a place is among them if there is one.
    pub fn reaches(&self, place: Place) -> bool {
        match self.next {
            None => true,
            Some(_) if self.is_sorted => self.index_of(place).is_ok(),
            Some(next) => next <= place,
        }
    }

    fn position(&self, place: Place) -> Option<usize> {
        self.index_of(place).ok()
    }
}

/// Shows a changed row in the place of the loaded one. What events do not say stays until the list is read again.
fn show(loaded: &mut TraceRow, changed: &TraceRow) {
    let (case, values) = (loaded.case.take(), std::mem::take(&mut loaded.values));
    *loaded = changed.clone();
    loaded.case = loaded.case.take().or(case);
    loaded.values = values;
}

/// Puts changed rows in their places among loaded ones, newest first. Rows beyond `next` are not loaded and stay out.
pub fn merge_rows(rows: &mut Vec<TraceRow>, next: Option<Place>, changed: &[TraceRow], gone: &[Place]) {
    for place in gone {
        rows.retain(|row| row.key != place.key);
    }
    for row in changed {
        // A row whose time changed has another place now, so its old one is looked for by key.
        if let Some(position) = rows.iter().position(|loaded| loaded.key == row.key) {
            if rows[position].place() == row.place() {
                show(&mut rows[position], row);
                continue;
            }
            rows.remove(position);
        }
        if next.is_none_or(|next| row.place() > next) {
            let position = rows.partition_point(|loaded| loaded.place() > row.place());
            rows.insert(position, row.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::{Nano, Rollup, ScoreKind, TraceScore};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// An independent model: what is stored, and what loading it afresh gives.
    #[derive(Clone, Default)]
    struct Model {
        traces: BTreeMap<i64, (i64, Option<Nano>)>,
    }

    impl Model {
        fn row(key: i64, created: i64, score: Option<Nano>) -> TraceRow {
            TraceRow {
                key,
                root_span_id: format!("r{key}"),
                row_id: RowId(format!("s{key}")),
                name: "answer".to_owned(),
                created,
                input: String::new(),
                output: String::new(),
                errors: 0,
                spans: 1,
                comments: 0,
                duration: None,
                tokens: None,
                cost: None,
                scores: score
                    .map(|score| ("Q".to_owned(), TraceScore { value: score.score(), kind: ScoreKind::Human, spread: None }))
                    .into_iter()
                    .collect(),
                tags: Vec::new(),
                case: None,
                values: Vec::new(),
            }
        }

        fn load(&self, limit: usize, as_of: i64) -> Traces {
            let mut rows: Vec<_> = self.traces.iter().map(|(key, (created, score))| Self::row(*key, *created, *score)).collect();
            rows.sort_by_key(|row| std::cmp::Reverse(row.place()));
            let next = (rows.len() > limit).then(|| rows[limit - 1].place());
            rows.truncate(limit);
            let mut summary = Summary { spans: self.traces.len() as i64, traces: self.traces.len() as i64, ..Summary::default() };
            let mut rollup = Rollup::default();
            self.traces.values().filter_map(|(_, score)| *score).for_each(|score| rollup.add(score, 1));
            if !rollup.is_nothing() {
                summary.scores.insert("Q".to_owned(), rollup);
            }
            Traces { summary, rows, next, as_of, is_sorted: false }
        }

        fn commit(&mut self, sequence: i64, object: &ObjectId, key: i64, state: Option<(i64, Option<Nano>)>) -> Event {
            let old = self.traces.get(&key).copied();
            let mut summary = SummaryDelta { spans: 0, traces: 0, scores: BTreeMap::new() };
            let change = Rollup::change(old.and_then(|old| old.1), state.and_then(|new| new.1));
            if !change.is_nothing() {
                summary.scores.insert("Q".to_owned(), change);
            }
            let count = i64::from(state.is_some()) - i64::from(old.is_some());
            (summary.spans, summary.traces) = (count, count);
            let mut traces = Vec::new();
            let mut gone = Vec::new();
            match state {
                Some(new) => {
                    self.traces.insert(key, new);
                    traces.push(Self::row(key, new.0, new.1));
                }
                None => {
                    if let Some(old) = self.traces.remove(&key) {
                        gone.push(Place { created: old.0, key });
                    }
                }
            }
            let touched = vec![Touched { root_span_id: format!("r{key}"), row_id: RowId(format!("s{key}")), part: TouchedPart::Any }];
            Event { sequence, change: LiveChange::Spans(SpansChanged { object: object.clone(), traces, gone, touched, summary }) }
        }
    }

    proptest! {
        /// The law: events one by one equal loading afresh, from whatever moment the page was loaded.
        #[test]
        fn events_one_by_one_equal_loading_afresh(
            commits in prop::collection::vec((0..6_i64, prop::option::weighted(0.8, (0..5_i64, prop::option::of(0..=1_000_000_000_i64)))), 1..40),
            loaded_at in 0..40_usize,
        ) {
            let object = ObjectId::from("logs");
            let mut model = Model::default();
            let mut events = Vec::new();
            let mut page = None;
            for (index, (key, state)) in commits.into_iter().enumerate() {
                if index == loaded_at {
                    page = Some(model.load(100, index as i64));
                }
                events.push(model.commit(index as i64 + 1, &object, key, state.map(|(created, score)| (created, score.map(Nano)))));
            }
            let mut page = page.unwrap_or_default();
            // Events that the page knows already are sent again after a reconnection; they must change nothing.
            for event in &events {
                page.apply(&object, event);
            }
            prop_assert_eq!(page, model.load(100, events.len() as i64));
        }
    }

    #[test]
    fn what_is_loaded_stays_when_a_part_of_it_is_read_again() {
        let rows = |keys: &str| keys.split_whitespace().map(|key| Model::row(key.parse().unwrap(), 0, None)).collect::<Vec<_>>();
        let end = |key: i64| (key > 0).then_some(Place { created: 0, key });
        let keys = |rows: &[TraceRow]| rows.iter().map(|row| row.key.to_string()).collect::<Vec<_>>().join(" ");
        for (loaded, beyond, read, read_to, expected, then, gone) in [
            // All of it was read, to its end or not.
            ("5 4 3", 0, "6 5 3", 0, "6 5 3", 0, "4"),
            ("5 4 3", 3, "6 5 3", 3, "6 5 3", 3, "4"),
            // More is loaded than was read.
            ("9 8 7 6 5", 5, "9 7", 7, "9 7 6 5", 5, "8"),
            ("9 8 7 6 5", 0, "9 7", 7, "9 7 6 5", 0, "8"),
            // It was looked at further than anything was found.
            ("9 8 7 6 5", 5, "9", 7, "9 6 5", 5, "8 7"),
            ("9 8", 8, "", 3, "", 3, "9 8"),
        ] {
            let mut traces = Traces { rows: rows(loaded), next: end(beyond), as_of: 7, ..Traces::default() };
            let left = traces.replace(Traces { rows: rows(read), next: end(read_to), as_of: 6, ..Traces::default() });
            assert_eq!((keys(&traces.rows).as_str(), traces.next, keys(&left).as_str()), (expected, end(then), gone), "{loaded} / {read}");
            assert_eq!(traces.as_of, 7);
        }
    }

    #[test]
    fn in_an_order_of_ones_own_places_say_nothing() {
        let rows = |keys: &str| keys.split_whitespace().map(|key| Model::row(key.parse().unwrap(), 0, None)).collect::<Vec<_>>();
        let place = |key: i64| Place { created: 0, key };
        let mut traces = Traces { rows: rows("3 9 1 5"), next: Some(place(5)), is_sorted: true, ..Traces::default() };
        assert_eq!([9, 5, 7].map(|key| traces.index_of(place(key))), [Ok(1), Ok(3), Err(0)]);
        assert_eq!([9, 7].map(|key| traces.reaches(place(key))), [true, false]);
        let left = traces.replace(Traces { rows: rows("9 3 4"), is_sorted: true, ..Traces::default() });
        assert_eq!(left.iter().map(|row| row.key).collect::<Vec<_>>(), [1, 5]);
        assert_eq!((traces.index_of(place(4)), traces.next, traces.reaches(place(7))), (Ok(2), None, true));
    }

    #[test]
    fn rows_of_a_filtered_list_show_what_changed_and_stay() {
        let object = ObjectId::from("logs");
        let mut model = Model::default();
        let mut traces = Traces::default();
        for (key, score) in [(1, None), (2, None), (1, Some(Nano(500_000_000))), (3, None)] {
            let event = model.commit(key, &object, key, Some((0, score)));
            let LiveChange::Spans(changed) = event.change else { panic!("spans changed") };
            if key < 3 && score.is_none() {
                traces.rows = model.load(9, 0).rows;
            }
            traces.show_changed(&changed);
        }
        let shown: Vec<_> = traces.rows.iter().map(|row| (row.key, row.scores.get("Q").map(|score| score.value))).collect();
        assert_eq!(shown, [(2, None), (1, Some(0.5))]);
    }

    #[test]
    fn who_may_see_only_a_part_loads_afresh() {
        let object = ObjectId::from("logs");
        let veiled = |sequence: i64, object: &str| {
            let touched = vec![Touched { root_span_id: "r".to_owned(), row_id: RowId::from("s"), part: TouchedPart::Any }];
            Event { sequence, change: LiveChange::Veiled(Veiled { object: ObjectId::from(object), touched }) }
        };
        let mut page = Traces::default();
        assert_eq!(page.apply(&object, &veiled(1, "elsewhere")), Applied::Nothing);
        assert_eq!(page.apply(&object, &veiled(2, "logs")), Applied::Stale);
        assert_eq!(page.apply(&object, &veiled(2, "logs")), Applied::Nothing, "known already");
        assert_eq!(page.as_of, 2);
    }

    #[test]
    fn rows_beyond_the_loaded_page_stay_out() {
        let mut model = Model::default();
        let object = ObjectId::from("logs");
        for key in 1..=4 {
            model.commit(key, &object, key, Some((key * 10, None)));
        }
        let mut page = model.load(2, 4);
        let older = model.commit(5, &object, 1, Some((10, Some(Nano(5)))));
        assert_eq!(page.apply(&object, &older), Applied::Changed);
        assert_eq!(page.rows.iter().map(|row| row.key).collect::<Vec<_>>(), [4, 3]);
        assert_eq!(page.summary, model.load(2, 5).summary);
    }
}
