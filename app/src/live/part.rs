//! What reads live events lies in a part of its own: nothing that is painted first needs it.

use super::stream::Stream;
use crate::hydration::in_background;
use wasm_split_helpers::wasm_split;

/// Opens a stream as soon as its part is there.
pub(super) fn start(stream: Stream) {
    in_background(open(stream));
}

#[wasm_split(live)]
fn open(stream: Stream) {
    stream.start();
}
