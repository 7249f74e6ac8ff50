//! The order in which one goes from trace to trace: the one that the list had when one entered. What leaves the list meanwhile, by
//! one's own answer under a filter for example, keeps its place until one leaves.

use shared::objects::Place;
use shared::spans::TraceRow;
use std::collections::HashSet;

/// The traces of the list as one entered, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Order(Vec<Stop>);

/// A trace in the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stop {
    /// Where it stands in the list.
    pub(super) place: Place,
    /// Its root span id.
    pub(super) root: String,
}

impl Stop {
    fn of(row: &TraceRow) -> Self {
        Self { place: row.place(), root: row.root_span_id.clone() }
    }
}

impl Order {
    /// The order of the rows that are loaded.
    pub(super) fn of(rows: &[TraceRow]) -> Self {
        Self(rows.iter().map(Stop::of).collect())
    }

    /// Takes in what was loaded of the rest of the list.
    pub(super) fn extend(&mut self, rows: &[TraceRow]) {
        let last = self.0.last().map(|stop| stop.place);
        self.0.extend(rows.iter().filter(|row| last.is_none_or(|last| row.place() < last)).map(Stop::of));
    }

    /// Takes in what was loaded of the rest of a list whose order no places say.
    pub(super) fn append(&mut self, rows: &[TraceRow]) {
        let fresh: Vec<_> = rows.iter().map(Stop::of).filter(|stop| self.position(&stop.root).is_none()).collect();
        self.0.extend(fresh);
    }

    /// Gives a trace that one opened and that the list does not hold its place, unless that is beyond what is loaded. `is_whole` says
    /// that the list is loaded to its end.
    pub(super) fn enter(&mut self, root: &str, place: Place, is_whole: bool) {
        let position = self.0.partition_point(|stop| stop.place > place);
        if self.position(root).is_none() && (is_whole || position < self.0.len()) {
            self.0.insert(position, Stop { place, root: root.to_owned() });
        }
    }

    /// Takes out what is gone for good, but for the open one: one goes on from where it was.
    pub(super) fn remove(&mut self, gone: &[Place], open: Option<&str>) {
        if !gone.is_empty() {
            self.0.retain(|stop| open == Some(stop.root.as_str()) || gone.iter().all(|gone| gone.key != stop.place.key));
        }
    }

    /// The number of a trace.
    pub(super) fn position(&self, root: &str) -> Option<usize> {
        self.0.iter().position(|stop| stop.root == root)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// How many of some rows stand nowhere in it: they came to the list after one entered.
    pub(super) fn lacks(&self, rows: &[TraceRow]) -> usize {
        let known: HashSet<i64> = self.0.iter().map(|stop| stop.place.key).collect();
        rows.iter().filter(|row| !known.contains(&row.key)).count()
    }

    /// The trace `by` places further down.
    pub(super) fn neighbour(&self, root: &str, by: isize) -> Option<&str> {
        let position = self.position(root)?.checked_add_signed(by)?;
        self.0.get(position).map(|stop| stop.root.as_str())
    }

    /// The traces from one number to before another.
    pub(super) fn between(&self, first: usize, last: usize) -> &[Stop] {
        self.0.get(first..last.min(self.0.len())).unwrap_or_default()
    }

    /// Where a trace stands in the list.
    pub(super) fn place(&self, root: &str) -> Option<Place> {
        self.position(root).map(|position| self.0[position].place)
    }
}

#[cfg(test)]
mod tests {
    use super::{Order, Stop};
    use shared::objects::Place;

    fn order(stops: &str) -> Order {
        let stop = |name: &str| Stop { place: place(name), root: name.to_owned() };
        Order(stops.split_whitespace().map(stop).collect())
    }

    fn place(name: &str) -> Place {
        let number = name.parse().unwrap();
        Place { created: number, key: number }
    }

    fn roots(order: &Order) -> String {
        order.0.iter().map(|stop| stop.root.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn neighbours_are_those_of_the_moment_one_entered() {
        let order = order("9 7 5");
        for (root, by, expected) in [("7", 1, Some("5")), ("7", -1, Some("9")), ("9", -1, None), ("5", 1, None), ("6", 1, None)] {
            assert_eq!(order.neighbour(root, by), expected, "{root} {by}");
        }
        for (first, last, expected) in [(0, 2, 2), (1, 40, 2), (3, 40, 0), (7, 40, 0)] {
            assert_eq!(order.between(first, last).len(), expected, "{first} {last}");
        }
        assert_eq!((order.place("7"), order.place("6")), (Some(place("7")), None));
    }

    #[test]
    fn what_the_list_does_not_hold_gets_its_place_where_that_is_known() {
        for (root, is_whole, expected) in [("8", false, "9 8 7 5"), ("7", false, "9 7 5"), ("3", false, "9 7 5"), ("3", true, "9 7 5 3")] {
            let mut order = order("9 7 5");
            order.enter(root, place(root), is_whole);
            assert_eq!(roots(&order), expected, "{root}");
        }
        let mut order = order("9 7 5");
        order.remove(&[place("7"), place("5")], Some("5"));
        assert_eq!(roots(&order), "9 5");
    }
}
