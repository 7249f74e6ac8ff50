//! The letters that pick options.

use shared::QuestionId;
use shared::questions::{LETTERS, Question};
use std::collections::HashMap;

/// The letter of each option of each question. Where no letter is left, the option is picked by its number.
pub(in crate::trace) type Letters = HashMap<QuestionId, Vec<Option<char>>>;

/// Gives the options of the questions in a form letters of their own: of its name the first that is free. Letters of whole
/// questions are taken.
pub(in crate::trace) fn letters(questions: &[Question]) -> Letters {
    let mut taken: Vec<char> = questions.iter().filter_map(|question| question.definition.hotkey).collect();
    let mut free = |name: &str| {
        let letter =
            name.chars().map(|letter| letter.to_ascii_lowercase()).find(|letter| LETTERS.contains(letter) && !taken.contains(letter));
        taken.extend(letter);
        letter
    };
    let of_question = |question: &Question| question.definition.kind.option_names().into_iter().map(&mut free).collect();
    questions.iter().map(of_question).zip(questions).map(|(letters, question)| (question.id.clone(), letters)).collect()
}

#[cfg(test)]
mod tests {
    use super::letters;
    use shared::markup::Html;
    use shared::questions::{Definition, Question, QuestionKind};

    fn question(id: &str, hotkey: Option<char>, options: &[&str]) -> Question {
        let kind = QuestionKind::Expected { options: options.iter().map(ToString::to_string).collect(), multiple: false };
        Question {
            id: id.into(),
            project: "p".into(),
            name: id.to_owned(),
            version: 1,
            definition: Definition { kind, hotkey, ..Definition::default() },
            description_html: Html::default(),
            position: 0,
            archived: false,
            created: 0,
            answers: Vec::new(),
        }
    }

    #[test]
    fn no_letter_means_two_things() {
        let asked = [
            question("Resolution", None, &["Not resolved", "Partly", "Resolved", "Exceeded"]),
            question("Topic", Some('w'), &["Warranty", "Delivery", "Payment", "Öl"]),
        ];
        let letters = letters(&asked);
        assert_eq!(letters[&asked[0].id], [Some('n'), Some('p'), Some('o'), Some('d')]);
        assert_eq!(letters[&asked[1].id], [None, Some('l'), None, None]);
    }
}
