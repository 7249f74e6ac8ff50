use super::*;
use expect_test::{Expect, expect};

fn check(name: &str, kind: QuestionKind, expected: Expect) {
    let lines: Vec<_> = mistakes(name, &Definition { kind, ..Definition::default() }).iter().map(ToString::to_string).collect();
    expected.assert_eq(&lines.join("\n"));
}

fn choice(options: &[(&str, f64)]) -> QuestionKind {
    let options = options.iter().map(|(name, value)| QuestionOption { name: (*name).to_owned(), value: *value });
    QuestionKind::Categorical { options: options.collect() }
}

fn expecting(options: &[&str]) -> QuestionKind {
    QuestionKind::Expected { options: options.iter().map(ToString::to_string).collect(), multiple: true }
}

fn text(path: &str) -> QuestionKind {
    QuestionKind::Text { path: MetadataPath::of(path) }
}

#[test]
fn every_mistake_stands_at_its_field() {
    check("Preference", QuestionKind::Continuous, expect![""]);
    check(" ", QuestionKind::Continuous, expect!["Name: Give the score a name; it becomes the key in scores."]);
    check("Resolution", choice(&[]), expect!["Options: Add at least one option to choose from."]);
    check("Resolution", choice(&[("yes", 1.0), ("no", 0.0)]), expect![""]);
    check(
        "Resolution",
        choice(&[("yes", 1.0), ("yes", 1.0), ("", 1.5)]),
        expect![[r#"
            Option 2: There is already an option named yes.
            Option 3: Give the option a name.
            Percentage 2: Option 1 already has this percentage; each may be used once.
            Percentage 3: Use a percentage from 0 to 100."#]],
    );
    check("R", choice(&[("a", f64::NAN)]), expect!["Percentage 1: Use a percentage from 0 to 100."]);
    check("Intent", expecting(&["billing", "bug"]), expect![""]);
    check("Intent", expecting(&[]), expect!["Options: Add at least one option to choose from."]);
    check("Intent", expecting(&["bug", " bug"]), expect!["Option 2: There is already an option named bug."]);
    check("expected", expecting(&["a"]), expect!["Name: An expected value that was there before is kept under this name. Choose another."]);
    check("Reason", text("review.reason"), expect![""]);
    check("Reason", text("metadata.review.reason"), expect![""]);
    let nowhere = "Metadata path: Say where under metadata the text is written, for example metadata.review.reason.";
    for path in ["", "metadata", "metadata."] {
        let found = mistakes("Reason", &Definition { kind: text(path), ..Definition::default() });
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), [nowhere], "{path}");
    }
    let elsewhere = "Metadata path: A text can only be stored under metadata, not in another field. Write it like metadata.review.reason.";
    for path in ["scores.x", "expected", " output . reason", "span_attributes.name", "metrics.", "tags", "error.why"] {
        let found = mistakes("Reason", &Definition { kind: text(path), ..Definition::default() });
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), [elsewhere], "{path}");
    }
    for path in ["reason", "scoring.x", "metadata.scores.x", "metadata.expected", "review.output"] {
        check("Reason", text(path), expect![""]);
    }
    // What programs send without our way of reading it.
    let sent = serde_json::from_str(r#"{"text": {"path": "scores.x"}}"#).unwrap();
    check(
        "Reason",
        sent,
        expect!["Metadata path: A text can only be stored under metadata, not in another field. Write it like metadata.review.reason."],
    );
    check("Reason", text("a..b"), expect!["Metadata path: A part between two dots is empty. Write it like metadata.review.reason."]);
    check("Reason", text("~__bt_x"), expect!["Metadata path: Paths that begin with ~__bt_ belong to the review list. Choose another."]);
}

#[test]
fn a_key_is_a_letter_that_means_nothing_else() {
    let with = |hotkey| mistakes("Q", &Definition { hotkey: Some(hotkey), ..Definition::default() });
    assert_eq!(with('b'), []);
    let refused: Vec<_> = with('j').iter().map(ToString::to_string).collect();
    assert_eq!(refused, ["Key: Use one of these letters: b d h i l n o p q u v w. The others mean something else."]);
}

#[test]
fn a_path_is_written_in_one_way() {
    for typed in ["review.reason", "metadata.review.reason", " metadata . review . reason "] {
        let path = MetadataPath::of(typed);
        assert_eq!((path.as_str(), path.keys().collect::<Vec<_>>()), ("metadata.review.reason", vec!["review", "reason"]), "{typed}");
    }
}

#[test]
fn who_is_asked_about_what() {
    let person = |id: &str, role| Person { id: id.into(), name: String::new(), email: String::new(), role };
    let audience = Audience { people: vec!["ada".into()], roles: vec![Role::Engineer] };
    let included = [("ada", Role::Reviewer, true), ("bob", Role::Reviewer, false), ("bob", Role::Engineer, true)];
    for (id, role, expected) in included {
        assert_eq!(audience.includes(&person(id, role)), expected, "{id}");
        assert!(Audience::default().includes(&person(id, role)));
    }
    let fits = |kind, objects: &[ObjectKind], object| Definition { kind, objects: objects.to_vec(), ..Definition::default() }.fits(object);
    assert!(fits(QuestionKind::Continuous, &[], ObjectKind::Experiment));
    assert!(!fits(QuestionKind::Continuous, &[], ObjectKind::Dataset));
    assert!(!fits(QuestionKind::Continuous, &[ObjectKind::Dataset], ObjectKind::Dataset));
    assert!(fits(text("a"), &[], ObjectKind::Dataset));
    assert!(!fits(text("a"), &[ObjectKind::ProjectLogs], ObjectKind::Dataset));
}
