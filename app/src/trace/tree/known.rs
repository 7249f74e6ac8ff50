//! What is known of a tree: the part that came with the open span, and those that were read when they came into view.

use crate::api::send;
use crate::trace::TraceState;
use crate::trace::api::read_tree;
use leptos::prelude::*;
use shared::Micros;
use shared::spans::{ReadTree, SpanNode, TREE_PART, TraceContent, TreePart};
use std::collections::BTreeMap;

/// The spans of a tree that are known, by their place.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Known {
    root: String,
    /// Spans of the whole tree.
    pub(super) total: usize,
    /// From the first start to the last end.
    pub(super) duration: Micros,
    /// The newest reading, whatever part it was of.
    as_of: i64,
    spans: BTreeMap<usize, Reading>,
}

/// A span, and as of which event it stands there.
#[derive(Clone, PartialEq)]
struct Reading {
    as_of: i64,
    span: SpanNode,
}

impl Known {
    /// Takes in the part that came with an open span.
    fn open(&mut self, content: &TraceContent) {
        if self.root != content.trace.root_span_id {
            *self = Self { root: content.trace.root_span_id.clone(), ..Self::default() };
        }
        self.take(&content.tree);
    }

    fn take(&mut self, part: &TreePart) {
        if part.as_of >= self.as_of {
            (self.as_of, self.total, self.duration) = (part.as_of, part.total as usize, part.duration);
            self.spans.split_off(&self.total);
        }
        for (place, span) in (part.first as usize..).zip(&part.spans) {
            if self.spans.get(&place).is_none_or(|known| known.as_of <= part.as_of) {
                self.spans.insert(place, Reading { as_of: part.as_of, span: span.clone() });
            }
        }
    }

    /// The span at a place, if it is known.
    pub(super) fn at(&self, place: usize) -> Option<&SpanNode> {
        self.spans.get(&place).map(|reading| &reading.span)
    }

    /// The place of the span around the one at a place; that one itself at the top, or as far up as is known.
    pub(super) fn around(&self, place: usize) -> usize {
        let Some(depth) = self.at(place).map(|span| span.depth) else { return place };
        let above = (0..place).rev().map_while(|above| Some((above, self.at(above)?.depth)));
        above.into_iter().find(|(_, at)| *at < depth).map_or(place, |(above, _)| above)
    }

    /// The first place in a range that has to be read, because nothing or something old is known of it.
    fn missing(&self, (first, last): (usize, usize)) -> Option<usize> {
        (first..last.min(self.total)).find(|place| self.spans.get(place).is_none_or(|reading| reading.as_of < self.as_of))
    }
}

/// Reads of the tree what is to be drawn. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    pub(super) known: Memo<Known>,
    arrived: RwSignal<Option<(String, TreePart)>>,
    asking: StoredValue<bool>,
}

impl Reader {
    pub(super) fn new(trace: TraceState) -> Self {
        let arrived = RwSignal::new(None::<(String, TreePart)>);
        let known = Memo::new(move |before: Option<&Known>| {
            let mut known = before.cloned().unwrap_or_default();
            trace.of_content(|content| known.open(content));
            arrived.with(|arrived| match arrived {
                Some((root, part)) if *root == known.root => known.take(part),
                _ => {}
            });
            known
        });
        Self { known, arrived, asking: StoredValue::new(false) }
    }

    /// Asks for what is missing in a range of places, part by part.
    pub(super) fn need(&self, trace: &TraceState, range: (usize, usize)) {
        let wanted = self.known.with_untracked(|known| known.missing(range).map(|place| (known.root.clone(), place)));
        let Some((root, place)) = wanted.filter(|_| !self.asking.get_value()) else { return };
        self.asking.set_value(true);
        // Some of what stands above, because it is often where one goes next.
        let first = u32::try_from(place).unwrap_or(u32::MAX).saturating_sub(TREE_PART / 4);
        let query = ReadTree { object: trace.object(), root_span_id: root.clone(), first };
        let reader = *self;
        send(read_tree(query), move |answer| {
            if reader.asking.try_set_value(false).is_some() {
                return;
            }
            // What could not be read is asked for again when something else comes into view.
            if let Ok(part) = answer {
                reader.arrived.set(Some((root, part)));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(first: u32, names: &[&str], total: u32, as_of: i64) -> TreePart {
        let spans = names.iter().map(|name| SpanNode {
            span_id: (*name).to_owned(),
            name: String::new(),
            kind: String::new(),
            depth: 0,
            error: false,
            offset: None,
            duration: None,
            tokens: None,
            cost: None,
            scores: Vec::new(),
        });
        TreePart { first, spans: spans.collect(), total, duration: 0, errors: 0, tokens: None, cost: None, as_of }
    }

    fn names(known: &Known) -> String {
        let names = (0..known.total).map(|place| known.at(place).map_or("?", |span| &span.span_id));
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn parts_are_put_together_and_the_newest_reading_counts() {
        let mut known = Known::default();
        known.take(&part(1, &["b", "c"], 5, 1));
        assert_eq!((names(&known).as_str(), known.missing((0, 5)), known.missing((1, 3))), ("? b c ? ?", Some(0), None));
        known.take(&part(0, &["a", "b"], 5, 1));
        known.take(&part(3, &["d", "e"], 5, 1));
        assert_eq!((names(&known).as_str(), known.missing((0, 9))), ("a b c d e", None));
        // A span is gone and another has changed; what was not read again is drawn as it was, and asked for.
        known.take(&part(0, &["a", "B"], 4, 3));
        assert_eq!((names(&known).as_str(), known.missing((0, 2)), known.missing((0, 9))), ("a B c d", None, Some(2)));
        // What was read before that and arrives late changes nothing that is newer.
        known.take(&part(1, &["x", "y"], 6, 2));
        assert_eq!((names(&known).as_str(), known.total), ("a B y d", 4));
    }
}
