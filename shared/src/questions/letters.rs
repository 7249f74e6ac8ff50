//! The letters that pick options. They are stored with the question, so that no change of another one moves them.

use super::{Definition, LETTERS};
use crate::Problem;

impl Definition {
    /// Whether both ask the same in the same way, whatever letters pick the options.
    pub fn asks_the_same(&self, other: &Self) -> bool {
        Self { letters: other.letters.clone(), ..self.clone() } == *other
    }

    /// The letters that mean something while it is asked: the one that leads to it, and those that pick its options.
    pub fn keys(&self) -> impl Iterator<Item = char> {
        self.hotkey.into_iter().chain(self.letters.iter().copied().flatten())
    }

    /// A letter for each option: the one that is chosen for it, else the one that the option of that name had, else of its name the first
    /// that is free. What other questions have is `taken`. An option that was there without a letter stays without.
    pub fn lettered(&self, before: Option<&Self>, taken: &[char]) -> Vec<Option<char>> {
        let had = |name: &str| {
            let before = before?;
            let place = before.kind.option_names().into_iter().position(|option| option == name)?;
            before.letters.get(place).copied()
        };
        let names = self.kind.option_names();
        let wanted = names.iter().enumerate().map(|(index, name)| match self.letters.get(index) {
            Some(letter) => *letter,
            None => had(name).flatten(),
        });
        let wanted: Vec<Option<char>> = wanted.collect();
        let mut taken: Vec<char> = taken.iter().copied().chain(self.hotkey).collect();
        let mut take = |letter: &char| {
            let is_free = !taken.contains(letter);
            taken.extend(is_free.then_some(*letter));
            is_free
        };
        let kept: Vec<Option<char>> = wanted.iter().map(|letter| letter.filter(&mut take)).collect();
        let mut mnemonic =
            |name: &str| name.chars().map(|letter| letter.to_ascii_lowercase()).find(|letter| LETTERS.contains(letter) && take(letter));
        let lettered = names.iter().zip(wanted).zip(kept).map(|((name, wanted), kept)| {
            let stays_without = wanted.is_none() && had(name).is_some();
            kept.or_else(|| if stays_without { None } else { mnemonic(name) })
        });
        lettered.collect()
    }
}

/// Adds what is wrong with the letters that are chosen.
pub(super) fn letter_mistakes(definition: &Definition, found: &mut Vec<Problem>) {
    found.extend(definition.hotkey.filter(|letter| !LETTERS.contains(letter)).map(|_| meaning_something_else("Key")));
    let letters = &definition.letters;
    if !letters.is_empty() && letters.len() != definition.kind.option_names().len() {
        found.push(Problem::invalid("Options", "Send a letter for each option, or for none."));
    }
    for (index, letter) in letters.iter().enumerate() {
        let Some(letter) = letter else { continue };
        let field = format!("Key {}", index + 1);
        if !LETTERS.contains(letter) {
            found.push(meaning_something_else(&field));
        } else if definition.hotkey == Some(*letter) {
            found.push(Problem::invalid(field, "This letter leads to the question itself. Choose another."));
        } else if let Some(other) = letters[..index].iter().position(|other| other == &Some(*letter)) {
            found.push(Problem::invalid(field, format!("Option {} has this letter already. Choose another.", other + 1)));
        }
    }
}

fn meaning_something_else(field: &str) -> Problem {
    let letters = LETTERS.map(String::from).join(" ");
    Problem::invalid(field, format!("Use one of these letters: {letters}. The others mean something else."))
}

#[cfg(test)]
mod tests {
    use super::super::{QuestionKind, mistakes};
    use super::Definition;
    use expect_test::{Expect, expect};

    fn asking(options: &[&str], letters: &[Option<char>], hotkey: Option<char>) -> Definition {
        let kind = QuestionKind::Expected { options: options.iter().map(ToString::to_string).collect(), multiple: false };
        Definition { kind, letters: letters.to_vec(), hotkey, ..Definition::default() }
    }

    #[track_caller]
    fn check(definition: &Definition, before: Option<&Definition>, taken: &[char], expected: Expect) {
        let letters = definition.lettered(before, taken).into_iter();
        expected.assert_eq(&letters.map(|letter| letter.map_or("–".to_owned(), String::from)).collect::<Vec<_>>().join(" "));
    }

    #[test]
    fn each_option_has_of_its_name_the_first_letter_that_is_free() {
        check(&asking(&["Not resolved", "Partly", "Resolved", "Exceeded"], &[], None), None, &[], expect!["n p o d"]);
        check(&asking(&["Warranty", "Delivery", "Payment", "Öl"], &[], Some('w')), None, &['n', 'p', 'o', 'd'], expect!["– l – –"]);
    }

    #[test]
    fn a_letter_stays_with_its_option() {
        let before = asking(&["Warranty", "Delivery", "Öl"], &[Some('w'), Some('v'), None], None);
        // In another order, with another option, after a letter became free.
        check(&asking(&["Öl", "Delivery", "Dispute", "Warranty"], &[], None), Some(&before), &[], expect!["– v d w"]);
        // Another one is chosen, and the one that had it gets another only where it is given back.
        check(&asking(&["Warranty", "Delivery", "Öl"], &[None, Some('w'), Some('l')], None), Some(&before), &[], expect!["– w l"]);
        // What was given away meanwhile is replaced.
        check(&before, Some(&before), &['v'], expect!["w d –"]);
    }

    #[test]
    fn other_letters_ask_the_same() {
        let before = asking(&["Warranty", "Delivery"], &[Some('w'), Some('v')], None);
        assert!(before.asks_the_same(&asking(&["Warranty", "Delivery"], &[Some('n'), None], None)));
        assert!(!before.asks_the_same(&asking(&["Warranty", "Delivered"], &[Some('w'), Some('v')], None)));
        assert!(!before.asks_the_same(&asking(&["Warranty", "Delivery"], &[Some('w'), Some('v')], Some('b'))));
    }

    #[test]
    fn a_letter_that_cannot_be_is_told_at_its_option() {
        let wrong = asking(&["a", "b", "c", "d"], &[Some('j'), Some('b'), Some('n'), Some('n')], Some('b'));
        let lines: Vec<_> = mistakes("Q", &wrong).iter().map(ToString::to_string).collect();
        expect![[r#"
            Key 1: Use one of these letters: b d h i l n o p q u v w. The others mean something else.
            Key 2: This letter leads to the question itself. Choose another.
            Key 4: Option 3 has this letter already. Choose another."#]]
        .assert_eq(&lines.join("\n"));
        assert_eq!(mistakes("Q", &asking(&["a", "b"], &[None], None)).len(), 1);
    }
}
