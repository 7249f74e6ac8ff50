//! What the field offers: what may stand at the caret, or the filters that were applied last.

use crate::ui::caret::length;
use shared::filter::{CompletionKind, KnownNames, complete};
use std::ops::Range;

/// So many are offered at once.
const OFFERED: usize = 10;

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FilterOffer {
    /// The bytes of what is typed that it takes the place of.
    replace: Range<usize>,
    /// As it is written.
    pub(super) text: String,
    /// What it is, in a word.
    pub(super) kind: &'static str,
    /// Whether it is a whole filter.
    pub(super) is_whole: bool,
}

/// What may stand at the caret.
pub(super) fn completions(text: &str, caret: usize, known: &KnownNames) -> Vec<FilterOffer> {
    let completion = complete(text, caret, known);
    let replace = completion.replace.start as usize..completion.replace.end as usize;
    let written = text.get(replace.clone()).unwrap_or_default();
    // What stands there already is no offer.
    let options = completion.options.into_iter().filter(|option| option.text != written);
    let offer = |option: shared::filter::CompletionOption| FilterOffer {
        replace: replace.clone(),
        text: option.text,
        kind: word(option.kind),
        is_whole: false,
    };
    options.take(OFFERED).map(offer).collect()
}

/// Whole filters.
pub(super) fn whole(text: &str, filters: Vec<String>) -> Vec<FilterOffer> {
    let offer = |filter| FilterOffer { replace: 0..text.len(), text: filter, kind: "recent", is_whole: true };
    filters.into_iter().filter(|filter| filter != text.trim()).map(offer).collect()
}

/// The text with an offer taken, and where the caret goes.
pub(super) fn taken(text: &str, offer: &FilterOffer) -> (String, u32) {
    let (before, after) = (text.get(..offer.replace.start).unwrap_or_default(), text.get(offer.replace.end..).unwrap_or_default());
    // After an operator something follows.
    let space = if offer.kind == word(CompletionKind::Operator) && !after.starts_with(' ') { " " } else { "" };
    let lead = [before, &offer.text, space].concat();
    let caret = length(&lead);
    (lead + after, caret)
}

fn word(kind: CompletionKind) -> &'static str {
    match kind {
        CompletionKind::Column => "column",
        CompletionKind::Path => "name",
        CompletionKind::Value => "value",
        CompletionKind::Function => "function",
        CompletionKind::Operator => "operator",
    }
}

#[cfg(test)]
mod tests {
    use super::{completions, taken, whole};
    use shared::filter::KnownNames;

    fn known() -> KnownNames {
        KnownNames {
            scores: Some(vec!["Preference".into(), "Response quality".into()]),
            tags: Some(vec!["Triage".into()]),
            ..KnownNames::default()
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let (before, after) = text.split_once('|').unwrap();
        let typed = [before, after].concat();
        let offers = completions(&typed, before.len(), &known());
        let (text, caret) = taken(&typed, &offers[0]);
        let at = crate::ui::caret::byte_at(&text, caret);
        assert_eq!(format!("{}|{}", &text[..at], &text[at..]), expected);
    }

    #[test]
    fn the_first_offer_takes_its_place() {
        check("sco|", "scores|");
        check("scores.P| > 75%", "scores.Preference| > 75%");
        check("scores.res|", "scores.\"Response quality\"|");
        check("tags inc|", "tags includes |");
        check("tags includes 'T|'", "tags includes 'Triage'|");
        check("output = '😀' and tags includes |", "output = '😀' and tags includes 'Triage'|");
    }

    #[test]
    fn whole_filters_take_the_place_of_everything() {
        let offers = whole("error is null", vec!["error is null".into(), "is_root".into()]);
        assert_eq!(offers.len(), 1);
        assert_eq!(taken("error is null", &offers[0]), ("is_root".to_owned(), 7));
    }

    #[test]
    fn what_is_written_whole_is_no_offer() {
        assert!(completions("scores.Preference", 17, &known()).is_empty());
    }
}
