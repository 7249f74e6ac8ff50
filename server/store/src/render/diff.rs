//! Two texts compared word by word.

use imara_diff::{Algorithm, Diff, Hunk, InternedInput, Token};
use shared::texts::{DiffKind, DiffPart};

/// Bytes of either text above which words are not compared.
const LARGEST: usize = 200_000;

/// Words, or lines, that may be compared with as many others. The time that comparing takes grows faster than their number.
const MOST: usize = 30_000;

/// From where characters are words of their own: the scripts that put no space between words.
const FIRST_IDEOGRAPH: char = '\u{2e80}';

/// What leads from the old text to the new one. Parts of one kind are joined, and a removed part stands before the added one that takes its
/// place. Where too many words changed, lines are compared; of a text too large for that, all of the old one is removed and all of the new one
/// added.
pub(crate) fn words(old: &str, new: &str) -> Vec<DiffPart> {
    let mut parts = Vec::new();
    if old == new {
        add(&mut parts, DiffKind::Same, old);
    } else if old.len().max(new.len()) > LARGEST {
        add(&mut parts, DiffKind::Removed, old);
        add(&mut parts, DiffKind::Added, new);
    } else {
        compare(&mut parts, old, new);
    }
    parts
}

fn compare(parts: &mut Vec<DiffPart>, old: &str, new: &str) {
    if let Some((old, new)) = few(tokens(old), tokens(new)) {
        return compare_tokens(parts, old, new);
    }
    let (beginning, ending) = common(old, new);
    let old_middle = old.get(beginning..old.len() - ending).unwrap_or_default();
    let new_middle = new.get(beginning..new.len() - ending).unwrap_or_default();
    add(parts, DiffKind::Same, old.get(..beginning).unwrap_or_default());
    let words = few(tokens(old_middle), tokens(new_middle));
    match words.or_else(|| few(old_middle.split_inclusive('\n'), new_middle.split_inclusive('\n'))) {
        Some((old, new)) => compare_tokens(parts, old, new),
        None => {
            add(parts, DiffKind::Removed, old_middle);
            add(parts, DiffKind::Added, new_middle);
        }
    }
    add(parts, DiffKind::Same, old.get(old.len() - ending..).unwrap_or_default());
}

/// The tokens of both sides, if none has more than [`MOST`].
fn few<'a>(old: impl Iterator<Item = &'a str>, new: impl Iterator<Item = &'a str>) -> Option<(Vec<&'a str>, Vec<&'a str>)> {
    let (old, new): (Vec<_>, Vec<_>) = (old.take(MOST + 1).collect(), new.take(MOST + 1).collect());
    (old.len().max(new.len()) <= MOST).then_some((old, new))
}

/// How many bytes of words two texts have in common at the beginning and, of the rest, at the end.
fn common(old: &str, new: &str) -> (usize, usize) {
    let (old, new): (Vec<_>, Vec<_>) = (tokens(old).collect(), tokens(new).collect());
    let beginning = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (old.iter().skip(beginning).rev(), new.iter().skip(beginning).rev());
    let ending = old_rest.zip(new_rest).take_while(|(old, new)| old == new).map(|(token, _)| token.len()).sum();
    (old.iter().take(beginning).map(|token| token.len()).sum(), ending)
}

fn compare_tokens<'a>(parts: &mut Vec<DiffPart>, old: Vec<&'a str>, new: Vec<&'a str>) {
    let mut input = InternedInput::<&'a str>::default();
    input.update_before(old.into_iter());
    input.update_after(new.into_iter());
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_no_heuristic(&input);
    let mut add_tokens = |kind, tokens: &[Token], from: u32, to: u32| {
        for token in tokens.iter().take(to as usize).skip(from as usize) {
            add(parts, kind, input.interner[*token]);
        }
    };
    let mut place = 0;
    for hunk in joined(&diff, &input) {
        add_tokens(DiffKind::Same, &input.before, place, hunk.before.start);
        add_tokens(DiffKind::Removed, &input.before, hunk.before.start, hunk.before.end);
        add_tokens(DiffKind::Added, &input.after, hunk.after.start, hunk.after.end);
        place = hunk.before.end;
    }
    add_tokens(DiffKind::Same, &input.before, place, u32::MAX);
}

/// The changes, those joined between which only a space stayed: a phrase that gives way to another reads better than its words by turns.
fn joined(diff: &Diff, input: &InternedInput<&str>) -> Vec<Hunk> {
    let mut hunks: Vec<Hunk> = Vec::new();
    for hunk in diff.hunks() {
        match hunks.last_mut() {
            Some(last) if hunk.before.start - last.before.end == 1 && is_space(input, last.before.end) => {
                last.before.end = hunk.before.end;
                last.after.end = hunk.after.end;
            }
            _ => hunks.push(hunk),
        }
    }
    hunks
}

fn is_space(input: &InternedInput<&str>, index: u32) -> bool {
    input.before.get(index as usize).is_some_and(|token| input.interner[*token].chars().all(is_blank))
}

fn is_blank(character: char) -> bool {
    character.is_whitespace() && character != '\n'
}

fn is_of_word(character: char) -> bool {
    (character.is_alphanumeric() || character == '_') && character < FIRST_IDEOGRAPH
}

/// Words, stretches of space, and everything else character by character.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let length = if is_of_word(first) {
            rest.find(|character| !is_of_word(character)).unwrap_or(rest.len())
        } else if is_blank(first) {
            rest.find(|character| !is_blank(character)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, following) = rest.split_at(length);
        rest = following;
        Some(token)
    })
}

fn add(parts: &mut Vec<DiffPart>, kind: DiffKind, text: &str) {
    match parts.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.kind == kind => last.text.push_str(text),
        _ => parts.push(DiffPart { kind, text: text.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    /// The old text of parts (without what was added) or the new one.
    fn side(parts: &[DiffPart], without: DiffKind) -> String {
        parts.iter().filter(|part| part.kind != without).map(|part| part.text.as_str()).collect()
    }

    fn check(old: &str, new: &str, expected: Expect) {
        let parts = words(old, new);
        assert_eq!((side(&parts, DiffKind::Added).as_str(), side(&parts, DiffKind::Removed).as_str()), (old, new));
        let shown = parts.iter().map(|part| match part.kind {
            DiffKind::Same => part.text.clone(),
            DiffKind::Removed => format!("[-{}-]", part.text),
            DiffKind::Added => format!("[+{}+]", part.text),
        });
        expected.assert_eq(&shown.collect::<String>());
    }

    #[test]
    fn words_that_changed() {
        check("", "", expect![[""]]);
        check("", "a b", expect![["[+a b+]"]]);
        check("a b", "", expect![["[-a b-]"]]);
        check("a b", "a b", expect![["a b"]]);
        check("The red fox jumps.", "The brown dog jumps!", expect![["The [-red fox-][+brown dog+] jumps[-.-][+!+]"]]);
        check("one two three", "one three", expect![["one [-two -]three"]]);
        check(
            "{\n  \"a\": 1\n}",
            "{\n  \"a\": 1,\n  \"b\": 2\n}",
            expect![[r#"
            {
              "a": 1[+,
              "b": 2+]
            }"#]],
        );
        check("退款已批准", "退款未批准", expect![["退款[-已-][+未+]批准"]]);
        check("naïve café", "naive café", expect![["[-naïve-][+naive+] café"]]);
    }

    /// Words that come in no order, `different` ones at most.
    fn disorder(mut state: u64, different: u64, count: usize, between: &str) -> String {
        let mut step = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % different
        };
        (0..count).map(|_| format!("{}{between}", step())).collect()
    }

    #[test]
    fn what_is_compared_is_bounded() {
        let kinds = |old: &str, new: &str| -> Vec<DiffKind> {
            let parts = words(old, new);
            assert_eq!((side(&parts, DiffKind::Added).as_str(), side(&parts, DiffKind::Removed).as_str()), (old, new));
            parts.into_iter().map(|part| part.kind).collect()
        };
        // Two words by turns are the worst: here half of the words that are compared at most.
        assert!(kinds(&disorder(1, 2, MOST / 4, " "), &disorder(2, 2, MOST / 4, " ")).len() > 100);
        // Too many words, all of them changed: lines are compared, or nothing.
        let large = |seed, between| disorder(seed, 90_000, 20_000, between);
        assert!(kinds(&large(1, "\n"), &large(2, "\n")).len() > 3);
        assert_eq!(kinds(&large(1, "-\n\n"), &large(2, "_\n \n")), [DiffKind::Removed, DiffKind::Added, DiffKind::Same]);
        // Many words, few of them changed.
        let around = |word: &str| format!("{}{word} {}", large(1, " "), large(2, " ").get(..10_000).unwrap());
        assert_eq!(kinds(&around("a b"), &around("a c")), [DiffKind::Same, DiffKind::Removed, DiffKind::Added, DiffKind::Same]);
        let huge = "a ".repeat(LARGEST);
        assert_eq!(kinds(&huge, "a"), [DiffKind::Removed, DiffKind::Added]);
        assert_eq!(kinds(&huge, &huge), [DiffKind::Same]);
    }

    proptest! {
        #[test]
        fn both_texts_come_back(old in "[ab\n ]{0,12}|.{0,12}", new in "[ab\n ]{0,12}|.{0,12}") {
            let parts = words(&old, &new);
            prop_assert_eq!(side(&parts, DiffKind::Added), old);
            prop_assert_eq!(side(&parts, DiffKind::Removed), new);
            prop_assert!(parts.windows(2).all(|pair| pair[0].kind != pair[1].kind));
            prop_assert!(parts.iter().all(|part| !part.text.is_empty()));
        }
    }
}
