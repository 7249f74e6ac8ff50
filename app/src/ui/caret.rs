//! Places in a text: browsers count UTF-16 units, everything else bytes.

/// The byte at a place of the browser; the end where it lies beyond.
pub(crate) fn byte_at(text: &str, place: u32) -> usize {
    let mut units = 0;
    for (byte, character) in text.char_indices() {
        if units >= place {
            return byte;
        }
        units += width(character);
    }
    text.len()
}

fn width(character: char) -> u32 {
    if u32::from(character) > 0xffff { 2 } else { 1 }
}

/// How long a text is for the browser: the place behind it.
pub(crate) fn length(text: &str) -> u32 {
    text.chars().map(width).sum()
}
