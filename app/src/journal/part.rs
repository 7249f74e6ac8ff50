//! What of the journal lies in the part of the trace: sending, and taking back.

use super::Journal;
use crate::hydration::in_background;
use wasm_split_helpers::wasm_split;

/// Begins to send what lies in a journal, and with `undoes` takes the last action back, also after the trace that it was about is
/// closed. What knows how lies in the part of the trace.
pub(crate) fn mind(journal: Journal, undoes: bool) {
    in_background(tend(journal, undoes));
}

#[wasm_split(trace)]
fn tend(journal: Journal, undoes: bool) {
    journal.start();
    if undoes {
        journal.undo();
    }
}
