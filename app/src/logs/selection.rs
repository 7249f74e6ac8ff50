//! Selecting rows of the list, and doing something with all of them. What is selected stands here, for the table; everything else lies in a
//! part of the bundle of its own.

mod adding;
mod answering;
mod bar;
mod flagging;
mod part;
mod picking;
mod tagging;

pub(super) use part::{draw_selection, mind_selection};

use leptos::prelude::*;
use std::collections::BTreeSet;

/// Which rows are selected. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct Selection {
    /// Their keys.
    pub(super) keys: RwSignal<BTreeSet<i64>>,
    /// Whether anything was ever asked of it: then the cursor waits for it.
    pub(super) is_asked: StoredValue<bool>,
    /// What was asked of it and is not done yet, in its order.
    steps: StoredValue<Vec<SelectionStep>>,
    /// Whether selecting was ever begun: then what belongs to it is drawn.
    pub(super) is_begun: RwSignal<bool>,
    /// Whether it is everything that matches, loaded or not.
    everything: RwSignal<bool>,
    /// Whether pressing a row selects it.
    pub(super) is_on: RwSignal<bool>,
    /// What is asked before something is done with it.
    asking: RwSignal<Option<Asking>>,
    /// Whether the jobs are shown.
    jobs: RwSignal<bool>,
    /// The row from which a range goes.
    from: StoredValue<Option<i64>>,
}

impl Selection {
    /// None.
    pub(super) fn new() -> Self {
        Self {
            keys: RwSignal::new(BTreeSet::new()),
            is_asked: StoredValue::new(false),
            steps: StoredValue::new(Vec::new()),
            is_begun: RwSignal::new(false),
            everything: RwSignal::new(false),
            is_on: RwSignal::new(false),
            asking: RwSignal::new(None),
            jobs: RwSignal::new(false),
            from: StoredValue::new(None),
        }
    }
}

/// What is being asked before something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asking {
    /// Which answer.
    Answer,
    /// Which tags.
    Tags,
    /// Which dataset.
    Dataset,
    /// Which review list.
    Flag,
}

/// What is done with a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SelectionStep {
    /// From now on pressing a row selects it.
    Begin,
    /// Selects a row that was pressed before anything listened for that, or no longer; with Shift all rows up to it.
    Press(i64, bool),
    /// Selects the row at the cursor, or no longer.
    Row,
    /// Moves the cursor so many rows down, after whatever was asked before.
    Cursor(isize),
    /// Extends to the row below.
    Below,
    /// Extends to the row above.
    Above,
    /// Asks about its review.
    Flag,
    /// Shows the jobs.
    Jobs,
}
