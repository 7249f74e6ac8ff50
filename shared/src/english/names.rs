//! The names of a project, found in a text.

use std::collections::HashMap;

use serde_json::Value;

use super::Known;
use super::words::{Word, WordKind, key};

/// What a name stands for: places in the lists of [`Known`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Score(usize),
    ScoreOption(usize, usize),
    Pick(usize),
    PickOption(usize, usize),
    TextQuestion(usize),
    Tag(usize),
    Key(usize),
    Value(usize, usize),
    Model(usize),
    Person(usize),
    List(usize),
    SpanType(usize),
    SpanName(usize),
}

/// A name in a text is looked for in so many words.
const MOST_WORDS: usize = 8;

/// All names by how they are compared.
pub(super) struct Names {
    by_key: HashMap<String, Vec<Named>>,
}

impl Names {
    pub(super) fn of(known: &Known) -> Self {
        let mut names = Self { by_key: HashMap::new() };
        for (place, score) in known.scores.iter().enumerate() {
            names.add(&score.name, Named::Score(place));
            for (option, (name, _)) in score.options.iter().enumerate() {
                names.add(name, Named::ScoreOption(place, option));
            }
        }
        for (place, question) in known.picks.iter().enumerate() {
            names.add(&question.name, Named::Pick(place));
            for (option, name) in question.options.iter().enumerate() {
                names.add(name, Named::PickOption(place, option));
            }
        }
        for (place, question) in known.texts.iter().enumerate() {
            names.add(&question.name, Named::TextQuestion(place));
        }
        for (place, tag) in known.tags.iter().enumerate() {
            names.add(tag, Named::Tag(place));
        }
        for (place, entry) in known.metadata.iter().enumerate() {
            names.add(&entry.path.join("."), Named::Key(place));
            if let Some(last) = entry.path.last() {
                names.add(last, Named::Key(place));
                names.add(&apart(last), Named::Key(place));
            }
            for (value, known) in entry.values.iter().enumerate() {
                if let Value::String(text) = known {
                    names.add(text, Named::Value(place, value));
                }
            }
        }
        for (place, model) in known.models.iter().enumerate() {
            names.add(model, Named::Model(place));
        }
        for (place, person) in known.people.iter().enumerate() {
            names.add(&person.name, Named::Person(place));
            names.add(&person.email, Named::Person(place));
            if let Some((first, _)) = person.name.trim().split_once(char::is_whitespace) {
                names.add(first, Named::Person(place));
            }
        }
        for (place, list) in known.lists.iter().enumerate() {
            names.add(list, Named::List(place));
        }
        for (place, kind) in known.span_types.iter().enumerate() {
            names.add(kind, Named::SpanType(place));
        }
        for (place, name) in known.span_names.iter().enumerate() {
            names.add(name, Named::SpanName(place));
        }
        names
    }

    fn add(&mut self, name: &str, named: Named) {
        let key = key(name);
        if !key.is_empty() {
            let all = self.by_key.entry(key).or_default();
            if !all.contains(&named) {
                all.push(named);
            }
        }
    }

    /// The longest name at the beginning of some words of which one meaning is wanted: those meanings, and how many words it has.
    pub(super) fn at(&self, words: &[Word], wanted: &dyn Fn(Named) -> bool) -> Option<(Vec<Named>, usize)> {
        let mut joined = String::new();
        let mut found = None;
        for (place, word) in words.iter().take(MOST_WORDS).enumerate() {
            let quoted = matches!(word.kind, WordKind::Quoted(_));
            if word.kind == WordKind::Sign || quoted && place > 0 {
                break;
            }
            if place > 0 {
                joined.push(' ');
            }
            joined.push_str(&word.key);
            if let Some(meanings) = self.meanings(&joined, wanted, !quoted) {
                found = Some((meanings, place + 1));
            }
            if quoted {
                break;
            }
        }
        found
    }

    fn meanings(&self, key: &str, wanted: &dyn Fn(Named) -> bool, inflected: bool) -> Option<Vec<Named>> {
        let look = |key: &str| {
            let found: Vec<Named> = self.by_key.get(key)?.iter().copied().filter(|named| wanted(*named)).collect();
            (!found.is_empty()).then_some(found)
        };
        let mut forms = vec![key.to_owned()];
        if inflected {
            // Possessive and plural: "Mara's" is cut into "mara s".
            forms.extend(key.strip_suffix(" s").map(str::to_owned));
            forms.extend(key.strip_suffix('s').filter(|rest| rest.len() > 2).map(str::to_owned));
            forms.push(format!("{key}s"));
        }
        forms.iter().find_map(|form| look(form))
    }

    /// What is called so.
    pub(super) fn of_key(&self, key: &str) -> &[Named] {
        self.by_key.get(key).map_or(&[], Vec::as_slice)
    }

    /// Every name that is compared by one word, for suggestions.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.by_key.keys().map(String::as_str)
    }
}

/// `userId` as `user Id`.
fn apart(name: &str) -> String {
    let mut apart = String::new();
    let mut small = false;
    for letter in name.chars() {
        if letter.is_uppercase() && small {
            apart.push(' ');
        }
        small = letter.is_lowercase();
        apart.push(letter);
    }
    apart
}
