use super::{Act, LETTERS, Scope, TABLE, meaning, shortcuts, titled};

#[test]
fn a_key_means_one_thing_at_one_place() {
    for scope in Scope::ALL {
        let keys: Vec<_> = TABLE.iter().filter(|line| line.scope == scope).flat_map(|line| line.keys).map(|(keys, _)| *keys).collect();
        for (place, key) in keys.iter().enumerate() {
            assert!(!keys[..place].contains(key), "{key} means two things in {scope:?}");
        }
    }
    // The letters of options are free everywhere where a question can be.
    for letter in LETTERS {
        for scope in [Scope::Everywhere, Scope::Trace, Scope::Tree] {
            assert_eq!(meaning(scope, &letter.to_string(), false), None, "{letter} in {scope:?}");
        }
    }
}

#[test]
fn keys_mean_what_the_table_says() {
    for (scope, key, with_control, expected) in [
        (Scope::Trace, "j", false, Some(Act::Next)),
        (Scope::Trace, "j", true, None),
        (Scope::Trace, "z", true, Some(Act::Undo)),
        (Scope::Trace, "Z", true, None),
        (Scope::List, "j", false, Some(Act::RowBelow)),
        (Scope::List, "ArrowUp", false, Some(Act::RowAbove)),
        (Scope::List, "j", true, None),
        (Scope::Review, "G", false, Some(Act::Settle)),
        (Scope::Review, "g", false, None),
        (Scope::Review, "7", false, Some(Act::Pick(7))),
        (Scope::Review, "w", false, Some(Act::Letter('w'))),
        (Scope::Review, "w", true, None),
        (Scope::Review, "c", false, None),
        (Scope::Trace, "Space", false, Some(Act::ReadDown)),
        (Scope::Trace, "Shift+Space", false, Some(Act::ReadUp)),
        (Scope::Trace, "F3", false, Some(Act::NextFound)),
        (Scope::Trace, "Shift+F3", false, Some(Act::PreviousFound)),
        (Scope::Board, "ArrowLeft", false, Some(Act::ColumnBefore)),
        (Scope::Board, "Shift+ArrowLeft", false, Some(Act::MoveBefore)),
        (Scope::Board, "Shift+ArrowLeft", true, None),
        (Scope::Board, "Shift+ArrowUp", false, None),
        (Scope::Trace, "J", false, Some(Act::SpanBelow)),
        (Scope::Trace, "E", false, Some(Act::ExpectedFromOutput)),
        (Scope::Everywhere, "g l", false, Some(Act::Go('l'))),
        (Scope::Everywhere, "?", false, Some(Act::Sheet)),
    ] {
        assert_eq!(meaning(scope, key, with_control), expected, "{key}");
    }
}

#[test]
fn names_of_keys_come_from_the_table() {
    assert_eq!(shortcuts(Act::Undo).as_deref(), Some("z Control+z"));
    assert_eq!(shortcuts(Act::EditExpected).as_deref(), Some("e"));
    assert_eq!(shortcuts(Act::Letter('w')), None);
    assert_eq!(titled("Next", Act::Next), "Next (j)");
    assert_eq!(titled("Logs", Act::Go('l')), "Logs (g l)");
}
