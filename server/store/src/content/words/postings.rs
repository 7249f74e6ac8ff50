//! Which rows of a block have a word.

use crate::ground::database::{all, list, run, values};
use crate::ground::keys::{Key, ProjectShort, SpanKey};
use crate::ground::upsert::{Upsert, upsert_all};
use crate::{Error, Result};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Bits of the number of a row that tell it apart in its block.
const PLACE_BITS: u32 = 12;

/// Bytes of a posting that has a bit for each row.
const BIT_BYTES: usize = 1 << (PLACE_BITS - 3);

/// Words that are looked up in one statement, and blocks.
const WORDS_AT_ONCE: usize = 300;

/// Postings that are taken out in one statement.
const GONE_AT_ONCE: usize = 100;

/// The block of a row.
pub(crate) fn block_of(span: SpanKey) -> i64 {
    span.number() >> PLACE_BITS
}

/// The place of a row in its block.
fn place_of(span: SpanKey) -> u16 {
    u16::try_from(span.number() & ((1 << PLACE_BITS) - 1)).unwrap_or_default()
}

/// Rows of a block, a bit for each.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct BlockRows {
    bits: BTreeMap<u16, u64>,
}

impl BlockRows {
    fn read(stored: &[u8]) -> Result<Self> {
        let mut rows = Self::default();
        if stored.len() == BIT_BYTES {
            for (place, bytes) in (0..).zip(stored.chunks_exact(8)) {
                let bits = bytes.iter().rev().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
                if bits != 0 {
                    rows.bits.insert(place, bits);
                }
            }
            return Ok(rows);
        }
        for pair in stored.chunks(2) {
            let [low, high] = *pair else { return Err(Error::Corrupt("a posting of a word".to_owned())) };
            rows.add(u16::from_le_bytes([low, high]));
        }
        Ok(rows)
    }

    fn add(&mut self, place: u16) {
        *self.bits.entry(place >> 6).or_default() |= 1 << (place & 63);
    }

    fn remove(&mut self, place: u16) {
        if let Some(bits) = self.bits.get_mut(&(place >> 6)) {
            *bits &= !(1 << (place & 63));
            if *bits == 0 {
                self.bits.remove(&(place >> 6));
            }
        }
    }

    fn has(&self, place: u16) -> bool {
        self.bits.get(&(place >> 6)).is_some_and(|bits| bits >> (place & 63) & 1 == 1)
    }

    fn is_empty(&self) -> bool {
        self.bits.is_empty()
    }

    fn places(&self) -> impl Iterator<Item = u16> {
        self.bits.iter().flat_map(|(high, bits)| (0..64).filter(move |low| bits >> low & 1 == 1).map(move |low| high << 6 | low))
    }

    /// As they are stored, whichever is shorter.
    fn stored(&self) -> Vec<u8> {
        let count: u32 = self.bits.values().map(|bits| bits.count_ones()).sum();
        if usize::try_from(count).is_ok_and(|count| count * 2 < BIT_BYTES) {
            return self.places().flat_map(u16::to_le_bytes).collect();
        }
        (0..).take(BIT_BYTES / 8).flat_map(|place| self.bits.get(&place).copied().unwrap_or_default().to_le_bytes()).collect()
    }
}

/// A posting as it is stored.
#[derive(FromQueryResult)]
pub(crate) struct StoredPosting {
    pub(crate) block: i64,
    pub(crate) word: Vec<u8>,
    spans: Vec<u8>,
}

impl StoredPosting {
    fn rows(&self) -> Result<BlockRows> {
        BlockRows::read(&self.spans)
    }

    /// The rows that have the word.
    pub(crate) fn spans(&self, project: ProjectShort) -> Result<Vec<SpanKey>> {
        let places = self.rows()?;
        Ok(places.places().map(|place| SpanKey::of(project, self.block << PLACE_BITS | i64::from(place))).collect())
    }
}

/// What is stored of some words in some blocks.
pub(crate) async fn stored(
    connection: &impl ConnectionTrait,
    project: ProjectShort,
    blocks: &[i64],
    words: &[&[u8]],
) -> Result<Vec<StoredPosting>> {
    let mut postings = Vec::new();
    for words in words.chunks(WORDS_AT_ONCE) {
        let text = format!(
            "SELECT block, word, spans FROM word_postings WHERE project = ? AND block IN ({}) AND word IN ({})",
            list(blocks.len()),
            list(words.len())
        );
        let mut bound = values![project];
        bound.extend(blocks.iter().copied().map(Value::from));
        bound.extend(words.iter().map(|word| Value::from(word.to_vec())));
        postings.extend(all::<StoredPosting>(connection, &text, bound).await?);
    }
    Ok(postings)
}

/// Postings of a project that are about to be written, by block and word.
pub(crate) struct NewPostings {
    project: ProjectShort,
    /// With what is stored.
    postings: BTreeMap<(i64, Vec<u8>), (Option<BlockRows>, BlockRows)>,
}

impl NewPostings {
    /// Without rows that were in the index, and with those that have some words.
    pub(crate) async fn make(
        connection: &impl ConnectionTrait,
        project: ProjectShort,
        gone: &[SpanKey],
        words: impl Iterator<Item = (Vec<u8>, Vec<SpanKey>)>,
    ) -> Result<Self> {
        let mut new: BTreeMap<(i64, Vec<u8>), Vec<u16>> = BTreeMap::new();
        for (word, spans) in words {
            for span in spans {
                new.entry((block_of(span), word.clone())).or_default().push(place_of(span));
            }
        }
        let mut made = Self { project, postings: BTreeMap::new() };
        let mut places: BTreeMap<i64, Vec<u16>> = BTreeMap::new();
        for span in gone {
            places.entry(block_of(*span)).or_default().push(place_of(*span));
        }
        for (block, gone) in &places {
            // Which words a row had is known to nobody else.
            let text = "SELECT block, word, spans FROM word_postings WHERE project = ? AND block = ?";
            for posting in all::<StoredPosting>(connection, text, values![project, *block]).await? {
                let before = posting.rows()?;
                let key = (*block, posting.word);
                if gone.iter().any(|place| before.has(*place)) || new.contains_key(&key) {
                    let mut after = before.clone();
                    gone.iter().for_each(|place| after.remove(*place));
                    made.postings.insert(key, (Some(before), after));
                }
            }
        }
        let blocks: BTreeSet<i64> = new.keys().map(|(block, _)| *block).filter(|block| !places.contains_key(block)).collect();
        for block in blocks {
            let words: Vec<&[u8]> = new.keys().filter(|(of, _)| *of == block).map(|(_, word)| word.as_slice()).collect();
            for posting in stored(connection, project, &[block], &words).await? {
                let rows = posting.rows()?;
                made.postings.insert((block, posting.word), (Some(rows.clone()), rows));
            }
        }
        for (key, places) in new {
            let (_, after) = made.postings.entry(key).or_default();
            places.into_iter().for_each(|place| after.add(place));
        }
        Ok(made)
    }

    /// Writes what differs from what is stored.
    pub(crate) async fn write(&self, connection: &impl ConnectionTrait) -> Result<()> {
        let changed = || self.postings.iter().filter(|(_, (before, after))| before.as_ref() != Some(after));
        let rows = changed().filter(|(_, (_, after))| !after.is_empty()).map(|((block, word), (_, after))| {
            Upsert::into("word_postings")
                .fixed("project", self.project)
                .fixed("block", *block)
                .fixed("word", word.clone())
                .set("spans", after.stored())
        });
        upsert_all(rows.collect(), "project, block, word", connection).await?;
        let empty: Vec<_> = changed().filter(|(_, (_, after))| after.is_empty()).map(|(key, _)| key).collect();
        for empty in empty.chunks(GONE_AT_ONCE) {
            let each = vec!["block = ? AND word = ?"; empty.len()].join(" OR ");
            let mut bound = values![self.project];
            bound.extend(empty.iter().flat_map(|(block, word)| values![*block, word.clone()]));
            run(connection, &format!("DELETE FROM word_postings WHERE project = ? AND ({each})"), bound).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::BlockRows;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn rows_are_read_as_they_were_stored(
            places in prop::collection::btree_set(0..4096_u16, 0..600), gone in prop::collection::btree_set(0..4096_u16, 0..600)
        ) {
            let mut rows = BlockRows::default();
            places.iter().for_each(|place| rows.add(*place));
            let stored = rows.stored();
            prop_assert!(stored.len() <= 512);
            let mut read = BlockRows::read(&stored).unwrap();
            prop_assert!(read == rows && places.iter().all(|place| read.has(*place)));
            prop_assert_eq!(read.places().collect::<BTreeSet<_>>(), places.clone());
            gone.iter().for_each(|place| read.remove(*place));
            prop_assert_eq!(read.places().collect::<BTreeSet<_>>(), places.difference(&gone).copied().collect());
            prop_assert_eq!(read.is_empty(), places.is_subset(&gone));
        }
    }
}
