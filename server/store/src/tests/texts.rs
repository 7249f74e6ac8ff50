//! Fields as texts that are edited.

use super::sending::{address, raw};
use super::{TestStore, stores};
use shared::expected::SetExpected;
use shared::objects::FieldName;
use shared::projects::Project;
use shared::texts::{DiffKind, EditableText, PreviewText, ReadText, TextFormat, TextPreview};

const OBJECT: &str = r#"{"z":9007199254740993,"a":"\ud800 \u0000"}"#;

async fn stored(store: &TestStore, name: &str) -> Project {
    let project = store.project(name).await;
    let large = "x".repeat(1_000_001);
    let rows = [
        format!(r#"{{"id":"object","span_id":"s","root_span_id":"t","output":"yes","expected":{OBJECT}}}"#),
        r#"{"id":"string","span_id":"u","root_span_id":"t","output":"The parcel is late.","expected":"The parcel is here."}"#.to_owned(),
        r#"{"id":"nothing","span_id":"v","root_span_id":"t","expected":null}"#.to_owned(),
        r#"{"id":"unwritten","span_id":"x","root_span_id":"t","output":"The parcel is late."}"#.to_owned(),
        format!(r#"{{"id":"large","span_id":"w","root_span_id":"t","output":"{large}","expected":"{large}"}}"#),
    ];
    let ingested = store.engineer.ingest(rows.map(raw).into(), Some(project.logs())).await.unwrap();
    assert_eq!(ingested.rejected, []);
    project
}

async fn read(store: &TestStore, project: &Project, row: &str, format: Option<TextFormat>) -> EditableText {
    let query = ReadText { row: address(project, row), field: FieldName::Expected, format };
    store.viewer.read_text(query).await.unwrap()
}

async fn preview(store: &TestStore, project: &Project, row: &str, format: TextFormat, text: &str) -> TextPreview {
    let before = read(store, project, row, None).await.stored;
    let query = PreviewText { row: address(project, row), format, text: text.to_owned(), into: format, before };
    store.viewer.preview_text(query).await.unwrap()
}

/// The texts of the parts that changed.
fn changed(parts: &[shared::texts::DiffPart]) -> Vec<(DiffKind, &str)> {
    parts.iter().filter(|part| part.kind != DiffKind::Same).map(|part| (part.kind, part.text.as_str())).collect()
}

#[tokio::test]
async fn a_viewer_reads_a_field_as_a_text() {
    for store in stores().await {
        let project = stored(&store, "texts").await;
        let text =
            |text: &str, format, stored: Option<&str>| EditableText { text: text.to_owned(), format, stored: stored.map(str::to_owned) };
        let json = "{\n  \"z\": 9007199254740993,\n  \"a\": \"\\ud800 \\u0000\"\n}";
        assert_eq!(read(&store, &project, "object", None).await, text(json, TextFormat::Json, Some(OBJECT)));
        let yaml = "z: 9007199254740993\na: !json '\"\\ud800 \\u0000\"'\n";
        assert_eq!(read(&store, &project, "object", Some(TextFormat::Yaml)).await, text(yaml, TextFormat::Yaml, Some(OBJECT)));
        let sentence = "The parcel is here.";
        assert_eq!(read(&store, &project, "string", None).await, text(sentence, TextFormat::Text, Some(&format!("\"{sentence}\""))));
        assert_eq!(read(&store, &project, "nothing", None).await, text("", TextFormat::Json, None));
        // Beside a text one writes a text.
        assert_eq!(read(&store, &project, "unwritten", None).await, text("", TextFormat::Text, None));
        assert_eq!(read(&store, &project, "nothing", Some(TextFormat::Yaml)).await, text("", TextFormat::Yaml, None));
    }
}

#[tokio::test]
async fn a_text_is_compared_with_what_is_stored_and_with_the_output() {
    for store in stores().await {
        let project = stored(&store, "preview").await;
        let same = preview(&store, &project, "object", TextFormat::Json, OBJECT).await;
        assert_eq!((same.value.as_deref(), same.stored.as_deref()), (Some(OBJECT), Some(OBJECT)));
        assert_eq!((changed(&same.against_stored), same.meanwhile), (vec![], None));

        let yaml = "z: 9007199254740993\na: b\n";
        let other = preview(&store, &project, "object", TextFormat::Yaml, yaml).await;
        assert_eq!(other.value.as_deref(), Some(r#"{"z":9007199254740993,"a":"b"}"#));
        assert_eq!(other.formatted, yaml);
        assert_eq!(changed(&other.against_stored), [(DiffKind::Removed, r#"!json '"\ud800 \u0000"'"#), (DiffKind::Added, "b")]);

        let string = preview(&store, &project, "string", TextFormat::Text, "The parcel is lost.").await;
        assert_eq!(string.value.as_deref(), Some(r#""The parcel is lost.""#));
        assert_eq!(changed(&string.against_stored), [(DiffKind::Removed, "here"), (DiffKind::Added, "lost")]);
        assert_eq!(changed(&string.against_output), [(DiffKind::Removed, "late"), (DiffKind::Added, "lost")]);

        for (format, text) in [(TextFormat::Text, " \n"), (TextFormat::Json, "null"), (TextFormat::Yaml, "# nothing")] {
            let empty = preview(&store, &project, "string", format, text).await;
            assert_eq!((empty.mistake, empty.value, empty.formatted.as_str()), (None, None, ""));
            assert_eq!(empty.against_stored.iter().map(|part| part.kind).collect::<Vec<_>>(), [DiffKind::Removed]);
        }
        let first = preview(&store, &project, "nothing", TextFormat::Json, "[1]").await;
        assert_eq!(changed(&first.against_stored), [(DiffKind::Added, "[\n  1\n]")]);
        assert_eq!((first.against_output, first.stored), (first.against_stored, None));
    }
}

#[tokio::test]
async fn a_text_goes_from_one_format_to_another_and_what_it_means_is_seen() {
    for store in stores().await {
        let project = stored(&store, "formats").await;
        let into = async |format, text: &str, into| {
            let query =
                PreviewText { row: address(&project, "object"), format, text: text.to_owned(), into, before: Some(OBJECT.to_owned()) };
            store.viewer.preview_text(query).await.unwrap()
        };
        let yaml = into(TextFormat::Json, r#"{"answer": "no", "count": 1.50}"#, TextFormat::Yaml).await;
        assert_eq!(yaml.formatted, "answer: \"no\"\ncount: 1.50\n");
        let json = into(TextFormat::Yaml, "answer: no\nsure: true\n", TextFormat::Json).await;
        assert_eq!(json.value.as_deref(), Some(r#"{"answer":"no","sure":true}"#));
        assert_eq!(json.formatted, "{\n  \"answer\": \"no\",\n  \"sure\": true\n}");
        // As plain text, an object is a string: it reads the same, and is not.
        let text = into(TextFormat::Json, OBJECT, TextFormat::Text).await.formatted;
        let string = into(TextFormat::Text, &text, TextFormat::Text).await;
        assert!(string.value.unwrap().starts_with(r#""{\n"#));
        assert_ne!(changed(&string.against_stored), []);
    }
}

#[tokio::test]
async fn what_somebody_else_wrote_meanwhile_is_shown_beside() {
    for store in stores().await {
        let project = stored(&store, "meanwhile").await;
        let before = Some("\"The parcel is here.\"".to_owned());
        let theirs = SetExpected {
            row: address(&project, "string"),
            value: Some("\"The parcel was here.\"".to_owned()),
            before: before.clone(),
            client_id: None,
        };
        store.engineer.set_expected(theirs).await.unwrap();
        let query = |text: &str, format| PreviewText {
            row: address(&project, "string"),
            format,
            text: text.to_owned(),
            into: format,
            before: before.clone(),
        };
        let preview = store.reviewer.preview_text(query("The parcel is lost.", TextFormat::Text)).await.unwrap();
        assert_eq!(preview.stored.as_deref(), Some("\"The parcel was here.\""));
        assert_eq!(changed(&preview.against_stored), [(DiffKind::Removed, "was here"), (DiffKind::Added, "is lost")]);
        let meanwhile = preview.meanwhile.unwrap();
        assert_eq!(meanwhile.before, "The parcel is here.");
        assert_eq!(changed(&meanwhile.mine), [(DiffKind::Removed, "here"), (DiffKind::Added, "lost")]);
        assert_eq!(changed(&meanwhile.theirs), [(DiffKind::Removed, "is"), (DiffKind::Added, "was")]);
        // While the own text cannot be read, theirs is seen all the same.
        let preview = store.reviewer.preview_text(query("[1", TextFormat::Json)).await.unwrap();
        let meanwhile = preview.meanwhile.unwrap();
        assert_eq!((preview.mistake.is_some(), meanwhile.mine.len(), meanwhile.theirs.is_empty()), (true, 0, false));
    }
}

#[tokio::test]
async fn mistakes_have_their_place_and_nothing_is_compared() {
    for store in stores().await {
        let project = stored(&store, "mistakes").await;
        for (format, text, place) in [(TextFormat::Json, "{\n  \"ä\": ,\n}", (2, 8)), (TextFormat::Yaml, "a: 1\n1: b\n", (2, 1))] {
            let preview = preview(&store, &project, "object", format, text).await;
            let mistake = preview.mistake.unwrap();
            assert_eq!((mistake.line, mistake.column), place, "{}", mistake.message);
            assert_eq!((preview.value, preview.formatted.as_str()), (None, ""));
            assert_eq!((preview.against_stored, preview.against_output), (vec![], vec![]));
            assert_eq!(preview.stored.as_deref(), Some(OBJECT));
        }
    }
}

#[tokio::test]
async fn what_is_unknown_or_too_large_is_told() {
    for store in stores().await {
        let project = stored(&store, "refused").await;
        let query = |row: &str, text: &str| PreviewText {
            row: address(&project, row),
            format: TextFormat::Text,
            text: text.to_owned(),
            into: TextFormat::Text,
            before: None,
        };
        let read = |row: &str| ReadText { row: address(&project, row), field: FieldName::Expected, format: None };
        let mut reasons = String::new();
        for result in [
            store.viewer.read_text(read("unknown")).await.map(drop),
            store.viewer.read_text(read("large")).await.map(drop),
            store.viewer.preview_text(query("unknown", "a")).await.map(drop),
            store.viewer.preview_text(query("string", &"x".repeat(1_000_001))).await.map(drop),
        ] {
            reasons += &result.unwrap_err().problem().unwrap().to_string();
            reasons += "\n";
        }
        expect_test::expect![[r#"
            There is no row unknown here. It may have been deleted, or the link is incomplete.
            Expected: This is larger than 1 MB, too large to edit here. Send it through the API.
            There is no row unknown here. It may have been deleted, or the link is incomplete.
            Expected: This is larger than 1 MB, too large to edit here. Send it through the API.
        "#]]
        .assert_eq(&reasons);
        // A value that is too large to compare can still be replaced.
        let preview = store.viewer.preview_text(query("large", "small")).await.unwrap();
        assert_eq!((preview.value.as_deref(), preview.against_stored), (Some(r#""small""#), vec![]));
    }
}
