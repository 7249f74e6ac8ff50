//! Places in a text, as people count them and as a text field does.

/// Where a line and a column, both from 1 and in characters, are in a text field: it counts in units of UTF-16.
pub(super) fn offset(text: &str, line: u32, column: u32) -> u32 {
    let line = line.max(1) as usize - 1;
    let before: usize = text.split_inclusive('\n').take(line).map(units).sum();
    let rest = text.split('\n').nth(line).unwrap_or_default();
    let inside: usize = rest.chars().take(column.max(1) as usize - 1).map(char::len_utf16).sum();
    u32::try_from(before + inside).unwrap_or(u32::MAX)
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use super::offset;

    #[test]
    fn lines_and_columns() {
        for (text, line, column, expected) in [
            ("", 1, 1, 0),
            ("abc", 1, 3, 2),
            ("abc", 1, 9, 3),
            ("a\nbc", 2, 2, 3),
            ("a\n", 2, 1, 2),
            ("é\n😀x", 2, 2, 4),
            ("😀😀\nx", 2, 1, 5),
            ("a", 7, 7, 1),
        ] {
            assert_eq!(offset(text, line, column), expected, "{text:?} {line}:{column}");
        }
    }
}
