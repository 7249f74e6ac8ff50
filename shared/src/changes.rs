//! Lists that are read again: only what is new in them is sent to who knows how they stood.
//!
//! Who knows a list says so by the [`Stamp`]s of its items, which both sides compute. What is answered says for each place of the list
//! which known item stands there now, or that the next of the new ones does.

use serde::{Deserialize, Serialize};
use std::io;

/// What stands for an item: the same for the same, and hardly ever for another one.
pub type Stamp = u32;

/// The stamp of anything that can be written as JSON.
pub fn stamp(item: &impl Serialize) -> Stamp {
    let mut stamping = Stamping(0xcbf2_9ce4_8422_2325);
    // What cannot be written is like nothing that is known, and is sent.
    if serde_json::to_writer(&mut stamping, item).is_err() {
        return 0;
    }
    (stamping.0 ^ (stamping.0 >> 32)) as u32
}

/// The stamps of a list.
pub fn stamps<T: Serialize>(items: &[T]) -> Vec<Stamp> {
    items.iter().map(stamp).collect()
}

/// FNV-1a over what is written.
struct Stamping(u64);

impl io::Write for Stamping {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A list as it stands now, told to who knows an earlier one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangedList<T> {
    /// For each place the number of the known item that stands there, from 0, or none for the next of `new`.
    order: Vec<Option<u32>>,
    /// What was not known, in its order.
    new: Vec<T>,
}

impl<T: Serialize + Clone> ChangedList<T> {
    /// What to tell who knows the items of these stamps; none if nothing is another.
    pub fn since(known: &[Stamp], now: Vec<T>) -> Option<Self> {
        let stamped = stamps(&now);
        if stamped == known {
            return None;
        }
        let mut new = Vec::new();
        let order = now.into_iter().zip(stamped).map(|(item, stamp)| {
            let place = known.iter().position(|known| *known == stamp).and_then(|place| u32::try_from(place).ok());
            if place.is_none() {
                new.push(item);
            }
            place
        });
        Some(Self { order: order.collect(), new })
    }

    /// The list as it stands now, from the one that was known.
    pub fn applied_to(self, known: &[T]) -> Vec<T> {
        let mut new = self.new.into_iter();
        let item = |place: Option<u32>| match place {
            Some(place) => known.get(place as usize).cloned(),
            None => new.next(),
        };
        self.order.into_iter().filter_map(item).collect()
    }
}

/// The list as it stands now: what was told of it, or what was known where nothing is another.
pub fn now<T: Serialize + Clone>(changed: Option<ChangedList<T>>, known: &[T]) -> Vec<T> {
    changed.map_or_else(|| known.to_vec(), |changed| changed.applied_to(known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_told_leads_from_one_list_to_the_other(before in prop::collection::vec("[a-e]{1,2}", 0..8), after in prop::collection::vec("[a-e]{1,2}", 0..8)) {
            let changed = ChangedList::since(&stamps(&before), after.clone());
            prop_assert_eq!(changed.is_none(), before == after);
            let sent = changed.map(|changed| serde_json::from_str(&serde_json::to_string(&changed).unwrap()).unwrap());
            prop_assert_eq!(now(sent, &before), after);
        }
    }

    #[test]
    fn only_what_is_new_is_sent() {
        let check = |before: &[&str], after: &[&str], expected: &str| {
            let after: Vec<String> = after.iter().map(ToString::to_string).collect();
            assert_eq!(serde_json::to_string(&ChangedList::since(&stamps(before), after)).unwrap(), expected);
        };
        check(&["a", "b"], &["a", "b"], "null");
        check(&["a", "b"], &["c", "a", "b"], r#"{"order":[null,0,1],"new":["c"]}"#);
        check(&["a", "b"], &["b"], r#"{"order":[1],"new":[]}"#);
        check(&[], &["a"], r#"{"order":[null],"new":["a"]}"#);
        check(&["a"], &[], r#"{"order":[],"new":[]}"#);
    }

    #[test]
    fn a_place_that_is_not_known_is_left_out() {
        let changed = ChangedList { order: vec![Some(7), None, None], new: vec!["a".to_owned()] };
        assert_eq!(changed.applied_to(&["b".to_owned()]), ["a"]);
    }
}
