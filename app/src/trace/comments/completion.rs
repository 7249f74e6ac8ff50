//! What `@` completes: the word before the caret, who fits it, and the text with the name in its place.
//!
//! Browsers count places in UTF-16 units; everything here takes and gives such places.

use crate::ui::caret::{byte_at, length};
use shared::comments::Mentionable;

/// Characters between the `@` and the caret at most.
const LONGEST: usize = 40;

/// Members that are offered at once.
const OFFERED: usize = 8;

/// The `@word` that the caret stands behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Typed {
    /// The place of the `@`.
    pub(super) start: u32,
    /// The place of the caret.
    pub(super) end: u32,
    /// What stands between them, in lower case.
    pub(super) word: String,
}

/// What is being typed at the caret; none where it is no mention.
pub(super) fn typed(text: &str, caret: u32) -> Option<Typed> {
    let before = text.get(..byte_at(text, caret))?;
    let at = before.rfind('@')?;
    let (lead, word) = (before.get(..at)?, before.get(at + 1..)?);
    let begins = lead.chars().next_back().is_none_or(|character| !character.is_alphanumeric() && character != '[');
    let is_word = !word.starts_with(' ') && !word.contains(['\n', '(', ']']) && word.chars().count() <= LONGEST;
    (begins && is_word).then(|| Typed { start: length(lead), end: caret, word: word.to_lowercase() })
}

/// Those whose name has a word that begins like what was typed, or begins as a whole like it.
pub(super) fn fitting(members: &[Mentionable], word: &str) -> Vec<Mentionable> {
    let fits = |member: &&Mentionable| {
        let name = member.name.to_lowercase();
        name.starts_with(word) || name.split(' ').any(|part| part.starts_with(word))
    };
    members.iter().filter(fits).take(OFFERED).cloned().collect()
}

/// The text with a word in the place of what was typed, and where the caret goes.
pub(super) fn completed(text: &str, typed: &Typed, word: &str) -> (String, u32) {
    let (lead, rest) = (text.get(..byte_at(text, typed.start)), text.get(byte_at(text, typed.end)..));
    let lead = format!("{}{word} ", lead.unwrap_or_default());
    let caret = length(&lead);
    (lead + rest.unwrap_or_default().trim_start_matches(' '), caret)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members() -> Vec<Mentionable> {
        ["Ada Lovelace", "Ben Åström", "Carla Ben-Amar"]
            .map(|name| Mentionable { id: name.split(' ').next().unwrap_or_default().into(), name: name.to_owned() })
            .to_vec()
    }

    #[test]
    fn only_what_begins_like_a_mention_is_one() {
        for (text, word) in [
            ("@", Some("")),
            ("see @Ben", Some("ben")),
            ("(@ada lo", Some("ada lo")),
            ("😀@b", Some("b")),
            ("a@b.example", None),
            ("@ b", None),
            ("@b\nnext", None),
            ("[@Ada](person:1)", None),
            ("nothing", None),
        ] {
            assert_eq!(typed(text, length(text)).map(|typed| typed.word).as_deref(), word, "{text}");
        }
    }

    #[test]
    fn names_are_found_by_each_of_their_words() {
        let found = |word: &str| fitting(&members(), word).into_iter().map(|member| member.name).collect::<Vec<_>>();
        assert_eq!(found("ben"), ["Ben Åström", "Carla Ben-Amar"]);
        assert_eq!(found("ada l"), ["Ada Lovelace"]);
        assert_eq!(found("å"), ["Ben Åström"]);
        assert_eq!(found("x").len(), 0);
        assert_eq!(found("").len(), 3);
    }

    #[test]
    fn the_caret_goes_behind_the_name() {
        let text = "😀 hi @be, bye";
        let typed = typed(text, 9).unwrap();
        let (text, caret) = completed(text, &typed, &members()[1].word());
        assert_eq!(text, "😀 hi @Ben Åström , bye");
        assert_eq!(&text[byte_at(&text, caret)..], ", bye");
    }
}
