//! Samples: which rows are drawn depends on the seed and on the row alone, so the same question draws the same rows, in whatever order
//! they come.

use crate::filter::query::{Sample, SampleSize, Shape};
use crate::filter::{AggregatedRow, Fields};
use std::borrow::Cow;

/// Rows while they are drawn.
pub(super) struct Drawing {
    size: SampleSize,
    seed: u64,
    /// What names a row.
    key: &'static str,
    /// Those of a fixed number of rows that are drawn so far: their rank, when they came, and what is needed of them.
    held: Vec<(u64, u64, AggregatedRow)>,
    came: u64,
    bytes: usize,
}

impl Drawing {
    pub(super) fn new(sample: &Sample, shape: Shape) -> Self {
        // All spans of a trace are drawn, or none.
        let key = match shape {
            Shape::Spans => "id",
            Shape::Traces | Shape::Summary => "root_span_id",
        };
        Self { size: sample.size, seed: sample.seed.unwrap_or(0), key, held: Vec::new(), came: 0, bytes: 0 }
    }

    /// What names the row that is asked for.
    pub(super) fn key(&self) -> &'static str {
        self.key
    }

    /// Whether a row is drawn at once; none where that is known only when all rows came.
    pub(super) fn decides(&self, row: &dyn Fields) -> Option<bool> {
        match self.size {
            SampleSize::Rate(rate) => Some(part(self.rank(row)) < rate),
            SampleSize::Count(_) => None,
        }
    }

    /// Takes a row in, if it may still be drawn. What is needed of it is only asked for then.
    pub(super) fn hold(&mut self, row: &dyn Fields, needed: impl FnOnce() -> AggregatedRow) {
        let SampleSize::Count(count) = self.size else { return };
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let rank = self.rank(row);
        self.came += 1;
        let place = self.held.partition_point(|(held, ..)| *held <= rank);
        // All spans of one trace have its rank and stay together.
        let full = self.held.len() >= count;
        if full && place == self.held.len() && self.held.last().is_none_or(|(last, ..)| *last != rank) {
            return;
        }
        let needed = needed();
        self.bytes += bytes(&needed);
        self.held.insert(place, (rank, self.came, needed));
        self.shorten(count);
    }

    /// Lets go of what is beyond the number of rows that are drawn, where a row is all that has the same name.
    fn shorten(&mut self, count: usize) {
        let mut names = 0;
        let mut before = None;
        let kept = self.held.iter().take_while(|(rank, ..)| {
            if before != Some(*rank) {
                names += 1;
                before = Some(*rank);
            }
            names <= count
        });
        let kept = if self.held.len() > count { kept.count() } else { self.held.len() };
        for (.., row) in self.held.drain(kept..) {
            self.bytes -= bytes(&row);
        }
    }

    /// Bytes that are held, roughly.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The rows that were drawn, in the order in which they came.
    pub(super) fn finish(&mut self) -> Vec<AggregatedRow> {
        let mut held = std::mem::take(&mut self.held);
        held.sort_by_key(|(_, came, _)| *came);
        held.into_iter().map(|(.., row)| row).collect()
    }

    fn rank(&self, row: &dyn Fields) -> u64 {
        let name = row.column(self.key).or_else(|| row.column("id"));
        match name.as_deref().and_then(|name| name.as_str()) {
            Some(name) => rank(self.seed, name),
            None => rank(self.seed, &name.unwrap_or(Cow::Owned(serde_json::Value::Null)).to_string()),
        }
    }
}

fn bytes(row: &AggregatedRow) -> usize {
    row.iter().map(|(name, value)| name.len() + value.get().len() + size_of::<(String, Box<str>)>()).sum()
}

/// A number that looks drawn: FNV-1a over seed and name, mixed so that all its bits depend on all of theirs. It is the same on every
/// machine and in every version, because what was drawn once must be drawn again.
fn rank(seed: u64, name: &str) -> u64 {
    let bytes = seed.to_le_bytes().into_iter().chain(name.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A rank as a number from 0 to 1, without 1.
#[expect(clippy::cast_precision_loss, reason = "53 bits are kept")]
fn part(rank: u64) -> f64 {
    (rank >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn drawn(size: SampleSize, seed: u64, rows: impl Iterator<Item = u64>) -> Vec<u64> {
        let mut drawing = Drawing::new(&Sample { size, seed: Some(seed) }, Shape::Spans);
        let mut at_once = Vec::new();
        for number in rows {
            let row = json!({"id": format!("row {number}")});
            let held = || AggregatedRow::from([("n".to_owned(), serde_json::value::to_raw_value(&number).unwrap())]);
            match drawing.decides(&row) {
                Some(true) => at_once.push(number),
                Some(false) => {}
                None => drawing.hold(&row, held),
            }
        }
        at_once.extend(drawing.finish().iter().map(|row| row["n"].get().parse::<u64>().unwrap()));
        at_once
    }

    #[test]
    fn the_same_rows_are_drawn_in_whatever_order_they_come() {
        for size in [SampleSize::Rate(0.25), SampleSize::Count(100)] {
            let forwards = drawn(size, 1, 0..1000);
            let mut backwards = drawn(size, 1, (0..1000).rev());
            backwards.reverse();
            assert_eq!(forwards, backwards);
            assert_ne!(forwards, drawn(size, 2, 0..1000), "another seed draws others");
        }
        assert_eq!(drawn(SampleSize::Count(100), 1, 0..1000).len(), 100);
        assert_eq!(drawn(SampleSize::Count(100), 1, 0..7).len(), 7);
        assert_eq!(drawn(SampleSize::Rate(1.0), 1, 0..50).len(), 50);
        assert_eq!(drawn(SampleSize::Rate(0.0), 1, 0..50).len(), 0);
        let quarter = drawn(SampleSize::Rate(0.25), 1, 0..10_000).len();
        assert!((2_300..2_700).contains(&quarter), "{quarter}");
    }

    #[test]
    fn all_spans_of_a_trace_are_drawn_or_none() {
        let mut drawing = Drawing::new(&Sample { size: SampleSize::Count(2), seed: None }, Shape::Traces);
        for number in 0..30 {
            let trace = format!("t{}", number / 3);
            let row = json!({"id": number, "root_span_id": trace});
            drawing.hold(&row, || AggregatedRow::from([(trace.clone(), serde_json::value::to_raw_value(&number).unwrap())]));
        }
        let traces: Vec<String> = drawing.finish().into_iter().flat_map(|row| row.into_keys().collect::<Vec<_>>()).collect();
        assert_eq!(traces.len(), 6);
        assert_eq!(traces.iter().collect::<std::collections::HashSet<_>>().len(), 2);
    }
}
