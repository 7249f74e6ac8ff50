//! Words that are looked for in texts, in any case.

use shared::html;
use shared::markup::Html;
use std::ops::Range;

/// Bytes of the words at most.
const LONGEST: usize = 200;

/// Words that are looked for.
pub(crate) struct Words {
    /// In small letters.
    folded: String,
    /// As they were typed.
    typed: String,
}

impl Words {
    /// None if there are none.
    pub(crate) fn new(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        let typed = typed.get(..typed.floor_char_boundary(LONGEST)).unwrap_or_default().to_owned();
        (!typed.is_empty()).then(|| Self { folded: typed.to_lowercase(), typed })
    }

    /// Whether a text holds them.
    pub(super) fn is_in(&self, text: &str) -> bool {
        !self.places(text, 1).is_empty()
    }

    /// How often a text holds them.
    pub(super) fn count(&self, text: &str) -> usize {
        self.places(text, usize::MAX).len()
    }

    /// Where a text holds them, the first so many.
    pub(super) fn places(&self, text: &str, most: usize) -> Vec<Range<usize>> {
        let ranges =
            |within: &str, words: &str| within.match_indices(words).map(|(at, _)| at..at + words.len()).take(most).collect::<Vec<_>>();
        if text.is_ascii() && self.folded.is_ascii() {
            return ranges(&text.to_ascii_lowercase(), &self.folded);
        }
        let folded = text.to_lowercase();
        // Few letters are of another length in small; a text with one of them is searched as it is.
        let fits = |range: &Range<usize>| text.is_char_boundary(range.start) && text.is_char_boundary(range.end);
        if folded.len() == text.len() {
            return ranges(&folded, &self.folded).into_iter().filter(fits).collect();
        }
        ranges(text, &self.typed)
    }

    /// A text in which they are marked.
    pub(super) fn marked(&self, text: &str) -> Html {
        let mut html = Html::default();
        let mut from = 0;
        for range in self.places(text, usize::MAX) {
            let (before, words) = (text.get(from..range.start).unwrap_or_default(), text.get(range.clone()).unwrap_or_default());
            html.push(&html!("{}<mark>{}</mark>", before, words));
            from = range.end;
        }
        html.push(&Html::text(text.get(from..).unwrap_or_default()));
        html
    }
}

/// At most so many bytes of a text around the first place of the words.
pub(super) fn excerpt(text: &str, words: &Words, most: usize) -> String {
    let first = words.places(text, 1).first().map_or(0, |range| range.start);
    let begin = text.floor_char_boundary(first.saturating_sub(most / 4));
    let end = text.floor_char_boundary((begin + most).min(text.len()));
    let (before, after) = (if begin > 0 { "…" } else { "" }, if end < text.len() { "…" } else { "" });
    format!("{before}{}{after}", text.get(begin..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_case_and_never_open_a_tag() {
        for (typed, text, marked) in [
            ("pole", "The Pole, <pole>", "The <mark>Pole</mark>, &lt;<mark>pole</mark>&gt;"),
            ("ÜBER", "über Über", "<mark>über</mark> <mark>Über</mark>"),
            ("שלום", "שלום", "<mark>שלום</mark>"),
            ("i", "İi", "İ<mark>i</mark>"),
            ("<b", "<B>", "<mark>&lt;B</mark>&gt;"),
            ("x", "", ""),
        ] {
            assert_eq!(Words::new(typed).unwrap().marked(text).as_str(), marked, "{typed}");
        }
        assert!(Words::new("  ").is_none());
    }

    #[test]
    fn an_excerpt_stands_around_the_words() {
        let text = format!("{}needle{}", "ü".repeat(1_000), "é".repeat(1_000));
        let found = excerpt(&text, &Words::new("NEEDLE").unwrap(), 100);
        assert!(found.starts_with("…ü") && found.contains("needle") && found.ends_with("é…") && found.len() < 110, "{found}");
        assert_eq!(excerpt("short", &Words::new("x").unwrap(), 100), "short");
    }
}
