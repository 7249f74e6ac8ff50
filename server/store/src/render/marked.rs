//! Words that are looked for in texts, in any case.

use super::json;
use shared::html;
use shared::markup::Html;
use std::borrow::Cow;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization as _;

/// Bytes of the words at most.
const LONGEST: usize = 200;
/// Marks that are drawn in a field.
pub(super) const MOST_MARKS: usize = 1_000;
/// Bytes that are shown on each side of words in a text that is too long to be shown.
const AROUND: usize = 300;

/// What is marked already, and what we say ourselves between the texts that arrived: how its tag begins, and the tag that ends it.
/// Nothing is marked in it.
const OURS: [(&str, &str); 10] = [
    ("<mark>", "</mark>"),
    ("<button", "</button>"),
    ("<pre class=\"numbers", "</pre>"),
    ("<span class=\"clip\" dir=", "</span>"),
    ("<small", "</small>"),
    ("<span>", "</span>"),
    ("<span class=\"hint", "</span>"),
    ("<span class=\"fold", "</span>"),
    ("<p class=\"hint", "</p>"),
    ("<summary class=\"fold", "</summary>"),
];

/// Words that are looked for.
pub(crate) struct Words {
    /// In small letters, with accents on their letters and beside them: a text may have either.
    folded: Vec<String>,
    /// As they were typed.
    typed: String,
}

impl Words {
    /// None if there are none.
    pub(crate) fn new(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        let typed = typed.get(..typed.floor_char_boundary(LONGEST)).unwrap_or_default().to_owned();
        if typed.is_empty() {
            return None;
        }
        let small = typed.to_lowercase();
        let mut folded = vec![small.nfc().collect(), small.nfd().collect(), small];
        folded.sort_unstable();
        folded.dedup();
        Some(Self { folded, typed })
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
        let ranges = |within: &str, words: &str| within.match_indices(words).map(|(at, _)| at..at + words.len()).take(most).collect();
        let folded = if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase() };
        // Few letters are of another length in small; a text with one of them is searched as it is.
        if folded.len() != text.len() {
            return ranges(text, &self.typed);
        }
        let fits = |range: &Range<usize>| text.is_char_boundary(range.start) && text.is_char_boundary(range.end);
        let mut places: Vec<Range<usize>> =
            self.folded.iter().flat_map(|words| -> Vec<_> { ranges(&folded, words) }).filter(fits).collect();
        places.sort_unstable_by_key(|range| range.start);
        let mut end = 0;
        places.retain(|range| {
            let is_after = range.start >= end;
            if is_after {
                end = range.end;
            }
            is_after
        });
        places.truncate(most);
        places
    }

    /// HTML that was drawn here, with the words marked in its texts as far as [`MOST_MARKS`] go, and how many marks there are.
    pub(super) fn marked_in(&self, html: &Html) -> (Html, usize) {
        let (mut marked, mut count) = (String::with_capacity(html.as_str().len()), 0);
        let mut rest = html.as_str();
        let mut ours = None;
        while !rest.is_empty() {
            let (text, from) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            let found = if ours.is_none() && count < MOST_MARKS { self.count(&unescaped(text)) } else { 0 };
            if found > 0 {
                count += found;
                marked.push_str(self.marked(&unescaped(text)).as_str());
            } else {
                marked.push_str(text);
            }
            let (tag, after) = from.split_at(from.find('>').map_or(from.len(), |end| end + 1));
            marked.push_str(tag);
            ours = match ours {
                Some(end) if end == tag => None,
                None => OURS.iter().find(|(begin, _)| tag.starts_with(begin)).map(|(_, end)| *end),
                within => within,
            };
            rest = after;
        }
        // Tags are as they were, and what stands between them was escaped again.
        (Html::sanitised(marked), count)
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

/// The text of HTML between its tags.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    Cow::Owned(text.replace("&amp;", "&"))
}

/// What a string says to whoever looks for words. The digits of a file that stands in it say nothing.
pub(super) fn read_text(literal: &str) -> String {
    let inside = json::inside(literal);
    let head = inside.get(..inside.floor_char_boundary(200.min(inside.len()))).unwrap_or_default();
    match head.split_once(";base64,") {
        Some((head, _)) if head.starts_with("data:") => json::unescape_inside(head, usize::MAX).text,
        _ => json::unescape_inside(inside, usize::MAX).text,
    }
}

/// What stands around each place of the words in a long text, with "…" for what was left out, until there are so many bytes of it.
pub(super) fn excerpts(text: &str, words: &Words, most: usize) -> String {
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut length = 0;
    for place in words.places(text, MOST_MARKS) {
        let begin = text.floor_char_boundary(place.start.saturating_sub(AROUND));
        let end = text.floor_char_boundary((place.end + AROUND).min(text.len()));
        match parts.last_mut().filter(|last| last.end >= begin) {
            Some(last) => {
                length += end - last.end;
                last.end = end;
            }
            None if length < most => {
                length += end - begin;
                parts.push(begin..end);
            }
            None => break,
        }
    }
    let mut excerpts = String::with_capacity(length + parts.len() * 10);
    for part in &parts {
        excerpts.push_str(if part.start == 0 { "" } else { "…" });
        excerpts.push_str(text.get(part.clone()).unwrap_or_default());
        excerpts.push_str(if part.end == text.len() { "" } else { "…\n\n" });
    }
    excerpts
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
    fn words_are_marked_between_tags_and_not_in_what_we_say() {
        for (words, html, marked, count) in [
            (
                "pole",
                r#"<p title="pole">A &lt;Pole&gt; &amp; <b>pole</b></p>"#,
                r#"<p title="pole">A &lt;<mark>Pole</mark>&gt; &amp; <b><mark>pole</mark></b></p>"#,
                2,
            ),
            (
                "all",
                r#"<i>all</i><button class="fold">All 7 kB</button> all"#,
                r#"<i><mark>all</mark></i><button class="fold">All 7 kB</button> <mark>all</mark>"#,
                2,
            ),
            ("<b>", "<b>&lt;b&gt;</b>", "<b><mark>&lt;b&gt;</mark></b>", 1),
            ("amp", "a &amp;amp; b", "a &amp;<mark>amp</mark>; b", 1),
            ("&", "&amp; &lt;", "<mark>&amp;</mark> &lt;", 1),
            (
                "asked",
                r#"<span>asked</span><bdi class="st">asked</bdi>"#,
                r#"<span>asked</span><bdi class="st"><mark>asked</mark></bdi>"#,
                1,
            ),
            ("x", "<x", "<x", 0),
        ] {
            let (found, times) = Words::new(words).unwrap().marked_in(&Html::sanitised(html.to_owned()));
            assert_eq!((found.as_str(), times), (marked, count), "{words}");
        }
        let many = Html::text(&"e".repeat(100)).into_string();
        let many = Html::sanitised(format!("<i>{many}</i>").repeat(1_000));
        assert_eq!(Words::new("e").unwrap().marked_in(&many).1, MOST_MARKS);
    }

    #[test]
    fn a_long_text_is_read_around_each_place() {
        let text = format!("needle{}Needle NEEDLE{}", "ü".repeat(10_000), "é".repeat(10_000));
        let words = Words::new("needle").unwrap();
        let found = excerpts(&text, &words, 10_000);
        assert!(found.starts_with("needleü") && found.ends_with("é…\n\n") && found.len() < 2_000, "{found}");
        assert_eq!(words.count(&found), 3);
        assert!(words.count(&excerpts(&"a needle and hay ".repeat(100_000), &words, 10_000)) < MOST_MARKS + 100);
        assert_eq!(excerpts("hay", &words, 10), "");
    }

    #[test]
    fn an_excerpt_stands_around_the_words() {
        let text = format!("{}needle{}", "ü".repeat(1_000), "é".repeat(1_000));
        let found = excerpt(&text, &Words::new("NEEDLE").unwrap(), 100);
        assert!(found.starts_with("…ü") && found.contains("needle") && found.ends_with("é…") && found.len() < 110, "{found}");
        assert_eq!(excerpt("short", &Words::new("x").unwrap(), 100), "short");
    }
}
