//! Files into datasets: what becomes of their lines, once and again, and of mistakes.

use super::sending::raws;
use super::{TestStore, stores};
use crate::{Desk, Error, RowSearch, Upload};
use serde_json::{Value, json};
use shared::ObjectId;
use shared::objects::{IfTaken, ObjectKind, RegisterObject};
use shared::people::{ApiScope, CreateKey};
use shared::projects::Project;
use shared::uploads::{MOST_ROWS, UploadColumn, UploadFormat, Uploaded};

async fn dataset(store: &TestStore, project: &Project) -> ObjectId {
    let (kind, project, name) = (ObjectKind::Dataset, project.id.clone(), Some("golden".to_owned()));
    let register = RegisterObject { kind, project, name, if_taken: IfTaken::Open, details: Default::default() };
    store.engineer.register_object(register).await.unwrap().0.id
}

fn file(dataset: &ObjectId, text: impl Into<Vec<u8>>) -> Upload {
    Upload { dataset: dataset.clone(), file: text.into(), format: None, mapping: Vec::new(), repeat: false, dry_run: false }
}

async fn upload(desk: &Desk, upload: Upload) -> Uploaded {
    desk.upload(upload).await.unwrap()
}

async fn refused(desk: &Desk, upload: Upload) -> String {
    desk.upload(upload).await.unwrap_err().problem().unwrap().to_string()
}

/// Added, updated, already there, refused.
fn counts(uploaded: &Uploaded) -> (u64, u64, u64, u64) {
    (uploaded.added, uploaded.updated, uploaded.already, uploaded.refused_lines)
}

fn told(uploaded: &Uploaded) -> Vec<String> {
    let line = |line: &shared::uploads::RefusedLine| format!("{} {}: {}", line.line, line.column.as_deref().unwrap_or("-"), line.reason);
    uploaded.refused.iter().map(line).collect()
}

/// The rows of a dataset in the order in which they came, as far as cases go.
async fn rows(desk: &Desk, dataset: &ObjectId) -> Vec<Value> {
    let search = RowSearch { oldest_first: true, limit: 1000, ..RowSearch::of(dataset.clone()) };
    let found = desk.search_rows(search).await.unwrap();
    let case = |row: &serde_json::value::RawValue| {
        let row: Value = serde_json::from_str(row.get()).unwrap();
        json!([row["input"], row["expected"], row["metadata"], row["tags"]])
    };
    found.rows.iter().map(|row| case(row)).collect()
}

fn becomes(name: &str, becomes: &str) -> UploadColumn {
    UploadColumn { name: name.to_owned(), becomes: becomes.to_owned(), as_text: false }
}

#[tokio::test]
async fn a_table_becomes_rows_and_again_none() {
    for store in stores().await {
        let project = store.project("p").await;
        let dataset = dataset(&store, &project).await;
        let text = "\u{feff}question;expected;plan;tags;n\r\n\"Is it \"\"open\"\"?\r\nOn Sunday\";No.;pro;a, b;1\r\nWhy?;\"{\"\"because\"\": [1.50]}\";;;2\r\n;;;;\r\nWhy?;[1];;;3";
        let trial = upload(&store.engineer, Upload { dry_run: true, ..file(&dataset, text) }).await;
        assert_eq!((counts(&trial), trial.format), ((3, 0, 0, 0), UploadFormat::Csv));
        assert_eq!(rows(&store.engineer, &dataset).await, Vec::<Value>::new(), "a trial writes nothing");
        let first = &trial.preview[0];
        assert_eq!(
            (first.input.as_str(), first.expected.as_str(), &first.tags[..]),
            ("Is it \"open\"? On Sunday", "No.", &["a".to_owned(), "b".to_owned()][..])
        );
        let done = upload(&store.engineer, file(&dataset, text)).await;
        assert_eq!(Uploaded { preview: Vec::new(), ..done.clone() }, Uploaded { preview: Vec::new(), ..trial });
        let expected = [
            json!(["Is it \"open\"?\r\nOn Sunday", "No.", { "plan": "pro", "n": 1 }, ["a", "b"]]),
            json!(["Why?", { "because": [1.50] }, { "n": 2 }, null]),
            json!(["Why?", [1], { "n": 3 }, null]),
        ];
        assert_eq!(rows(&store.engineer, &dataset).await, expected);
        // The same file once more: its inputs are there.
        let again = upload(&store.engineer, file(&dataset, text)).await;
        assert_eq!((counts(&again), again.repeated), ((0, 0, 3, 0), 3));
        assert_eq!(rows(&store.engineer, &dataset).await, expected);
        // Unless somebody wants them twice.
        let repeated = upload(&store.engineer, Upload { repeat: true, ..file(&dataset, text) }).await;
        assert_eq!(counts(&repeated), (3, 0, 0, 0));
        assert_eq!(rows(&store.engineer, &dataset).await.len(), 6);
        assert_eq!(store.store.verify().await.unwrap().map(|_| ()), Ok(()));
    }
}

#[tokio::test]
async fn an_id_changes_its_row_and_leaves_what_the_file_does_not_say() {
    for store in stores().await {
        let project = store.project("p").await;
        let dataset = dataset(&store, &project).await;
        let sent = json!({ "id": "1", "input": "q", "expected": "old", "metadata": { "a": 1, "b": { "c": 2 } }, "tags": ["kept"] });
        store.engineer.ingest(raws(&[sent]), Some(dataset.clone())).await.unwrap();
        let text = "id,expected,metadata.b.c\n1,new,3\n2,other,\n";
        assert_eq!(counts(&upload(&store.engineer, file(&dataset, text)).await), (1, 1, 0, 0));
        let both = [json!(["q", "new", { "a": 1, "b": { "c": 3 } }, ["kept"]]), json!([null, "other", null, null])];
        assert_eq!(rows(&store.engineer, &dataset).await, both);
        let again = upload(&store.engineer, file(&dataset, text)).await;
        assert_eq!((counts(&again), again.repeated), ((0, 0, 2, 0), 0));
        // An empty cell says nothing.
        assert_eq!(counts(&upload(&store.engineer, file(&dataset, "id,expected\n1,\n2,more\n")).await), (0, 1, 0, 1));
        assert_eq!(rows(&store.engineer, &dataset).await[0], both[0]);
        // A row that was deleted comes back, also with the same words.
        store.engineer.ingest(raws(&[json!({ "id": "2", "_object_delete": true })]), Some(dataset.clone())).await.unwrap();
        assert_eq!(counts(&upload(&store.engineer, file(&dataset, "id,expected\n2,more\n")).await), (1, 0, 0, 0));
        store.engineer.ingest(raws(&[json!({ "id": "2", "_object_delete": true })]), Some(dataset.clone())).await.unwrap();
        assert_eq!(counts(&upload(&store.engineer, file(&dataset, "id,expected\n2,more\n")).await), (1, 0, 0, 0));
        assert_eq!(rows(&store.engineer, &dataset).await.len(), 2);
        assert_eq!(store.store.verify().await.unwrap().map(|_| ()), Ok(()));
    }
}

#[tokio::test]
async fn objects_in_every_form() {
    for store in stores().await {
        let project = store.project("p").await;
        let dataset = dataset(&store, &project).await;
        let long = "123456789012345678901234567890";
        for (number, text) in [
            format!("[\n {{\"input\": {{\"n\": {long}}}, \"expected\": \"a\", \"more\": [1]}},\n {{\"input\": \"cut \\ud83e\"}}\n]"),
            format!("{{\"input\": {{\"n\": {long}}},\n \"expected\": \"a\", \"more\": [1]}}\n{{\"input\": \"cut \\ud83e\"\n}}"),
            format!("{{\"input\": {{\"n\": {long}}}, \"expected\": \"a\", \"more\": [1]}}\r\n\r\n{{\"input\": \"cut \\ud83e\"}}"),
        ]
        .into_iter()
        .enumerate()
        {
            let done = upload(&store.engineer, file(&dataset, text)).await;
            // The inputs mean the same in each.
            assert_eq!(counts(&done), if number == 0 { (2, 0, 0, 0) } else { (0, 0, 2, 0) });
        }
        let search = RowSearch { oldest_first: true, limit: 10, ..RowSearch::of(dataset.clone()) };
        let found = store.engineer.search_rows(search).await.unwrap().rows;
        assert!(found[0].get().contains(&format!("\"input\":{{\"n\": {long}}}")), "{}", found[0].get());
        assert!(found[0].get().contains("\"metadata\":{\"more\":[1]}"), "{}", found[0].get());
        assert!(found[1].get().contains(r#""input":"cut \ud83e""#), "{}", found[1].get());
        assert_eq!(store.store.verify().await.unwrap().map(|_| ()), Ok(()));
    }
}

#[tokio::test]
async fn columns_become_what_somebody_says() {
    for store in stores().await {
        let project = store.project("p").await;
        let dataset = dataset(&store, &project).await;
        let mapping =
            vec![becomes("a", "input"), becomes("b", "input"), becomes("c", "input.deep.er"), becomes("d", ""), becomes("e", "expected")];
        let as_text = UploadColumn { as_text: true, ..becomes("e", "expected") };
        let text = "a,b,c,d,e,f\n1,x,true,gone,42,{}\n";
        upload(&store.engineer, Upload { mapping: mapping.clone(), ..file(&dataset, text) }).await;
        let with_text = mapping[..4].iter().cloned().chain([as_text]).collect();
        upload(&store.engineer, Upload { mapping: with_text, repeat: true, ..file(&dataset, text) }).await;
        let row = |expected: Value| json!([{ "a": 1, "b": "x", "deep": { "er": true } }, expected, { "f": {} }, null]);
        assert_eq!(rows(&store.engineer, &dataset).await, [row(json!(42)), row(json!("42"))]);
        let twice = vec![becomes("a", "expected.x"), becomes("b", "expected.x")];
        let done = upload(&store.engineer, Upload { mapping: twice, ..file(&dataset, text) }).await;
        assert_eq!(told(&done), ["2 b: Another column says already what expected.x is. Leave one of them out."]);
        let wrong = |mapping| refused(&store.engineer, Upload { mapping, ..file(&dataset, text) });
        assert_eq!(wrong(vec![becomes("z", "input")]).await, "mapping: The file has no column z.");
        assert!(wrong(vec![becomes("a", "output")]).await.starts_with("mapping: a cannot become output."));
    }
}

#[tokio::test]
async fn every_mistake_has_its_line_and_the_rest_is_taken() {
    for store in stores().await {
        let project = store.project("p").await;
        let dataset = dataset(&store, &project).await;
        let text = "id,input,metadata,tags\n1,good,{},a\n2,\"bad\"quote,{},a\n1,again,{},a\n3,short\n4,x,\"{\"\"a\"\": \",a\n5,y,{},[1]\n6,last,{},b";
        let done = upload(&store.engineer, file(&dataset, text)).await;
        assert_eq!(counts(&done), (2, 0, 0, 5));
        assert_eq!(
            told(&done),
            [
                "3 -: The quote at character 7 closes the cell, but the cell goes on. Write \"\" for a quote inside a cell.",
                "4 -: The id 1 stands on line 2 already. Each row has an id of its own.",
                "5 -: This line has 2 cells, and the first line names 4 columns. Put quotes around a cell with a separator in it.",
                "6 metadata: This begins like JSON and is none: EOF while parsing a value. Mend it, or read the column as text.",
                "7 tags: Tags are a list of texts, or one text with commas between them.",
            ]
        );
        let lines = "{\"id\": \"7\", \"input\": 1}\n{\"id\": \"8\", \"input\": }\nnonsense\n[1]\n{\"id\": [], \"input\": 2}\n{\"\\ud83e\": 1}\n{\"id\": \"9\", \"input\": 3}";
        let done = upload(&store.engineer, file(&dataset, lines)).await;
        assert_eq!(counts(&done), (2, 0, 0, 5));
        assert_eq!(
            told(&done),
            [
                "2 -: This is not JSON at character 22: expected value.",
                "3 -: This is not JSON. Each line is an object, such as {\"input\": \"…\", \"expected\": \"…\"}.",
                "4 -: A row must be an object, such as {\"input\": \"…\", \"expected\": \"…\"}.",
                "5 id: An id is text or a number.",
                "6 -: A key of this row holds half of a character (such as \\ud83e without its other half). Write the whole character.",
            ]
        );
        let cut = upload(&store.engineer, file(&dataset, "[{\"input\": \"m\"},\n {\"input\": \"n\"},\n {\"input\": ")).await;
        assert_eq!((cut.added, cut.refused_lines, cut.refused[0].line), (2, 1, 3), "{:?}", cut.refused);
        for (text, reason) in [
            ("a,a\n1,2", "file: Columns 1 and 2 are both called a. Rename one of them."),
            (",a\n1,2", "file: Column 1 has no name in the first line. Give it one, or take it out."),
            ("input\n", "file: There is no row in this file."),
            ("[]", "file: There is no row in this file."),
        ] {
            assert_eq!(refused(&store.engineer, file(&dataset, text)).await, reason, "{text}");
        }
        assert!(refused(&store.engineer, file(&dataset, "[")).await.starts_with("file: Line 1: This is not JSON at character 1: EOF"));
        // Where no line is a row, each is told all the same.
        let none = upload(&store.engineer, file(&dataset, "[1, 2]")).await;
        assert_eq!((counts(&none), none.columns.len()), ((0, 0, 0, 2), 0));
        let lying = Upload { format: Some(UploadFormat::Json), ..file(&dataset, "input\nx") };
        assert_eq!(refused(&store.engineer, lying).await, "file: Line 1: This is not JSON at character 1: expected value.");
        let many = "input\n".to_owned() + &"x\n".repeat(MOST_ROWS + 1);
        assert_eq!(
            refused(&store.engineer, file(&dataset, many)).await,
            "file: A file may have 100,000 rows; this has more. Upload it in parts."
        );
        let columns: Vec<String> = (0..10_000).map(|number| format!("c{number}")).collect();
        assert!(refused(&store.engineer, file(&dataset, columns.join(",") + "\n")).await.contains("may have 500 columns"));
        assert_eq!(store.store.verify().await.unwrap().map(|_| ()), Ok(()));
    }
}

#[tokio::test]
async fn of_lines_that_are_alike_as_many_are_added_as_are_missing() {
    for store in stores().await {
        let project = store.project("p").await;
        let dataset = dataset(&store, &project).await;
        let text = |lines: usize| "input\n".to_owned() + &"same\n".repeat(lines) + "other\n";
        for (lines, expected) in [(3, (4, 0)), (3, (0, 4)), (5, (2, 4)), (1, (0, 2))] {
            let done = upload(&store.engineer, file(&dataset, text(lines))).await;
            assert_eq!((done.added, done.already), expected, "{lines}");
        }
    }
}

#[tokio::test]
async fn two_who_upload_the_same_at_once_have_it_once() {
    for store in stores().await {
        let project = store.project("p").await;
        let dataset = dataset(&store, &project).await;
        let text = "input\n".to_owned() + &(0..450).map(|number| format!("q{number}\n")).collect::<String>();
        let (one, other) =
            tokio::join!(store.engineer.upload(file(&dataset, text.clone())), store.owner.upload(file(&dataset, text.clone())));
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!((one.added + other.added, one.already + other.already), (450, 450));
        assert_eq!(rows(&store.engineer, &dataset).await.len(), 450);
    }
}

#[tokio::test]
async fn only_who_sees_through_uploads_and_only_into_datasets() {
    for store in stores().await {
        let project = store.project("p").await;
        let dataset = dataset(&store, &project).await;
        for desk in [&store.reviewer, &store.viewer] {
            assert!(refused(desk, file(&dataset, "input\nx")).await.starts_with("You may not act on everything that matches."));
        }
        for (scopes, may) in [
            (vec![], true),
            (vec![ApiScope::Ingest], false),
            (vec![ApiScope::Write], false),
            (vec![ApiScope::Write, ApiScope::Ingest], true),
        ] {
            let create = CreateKey { owner: None, name: "k".to_owned(), scopes: scopes.clone(), expires_in_days: None };
            let secret = store.engineer.create_key(create).await.unwrap().secret;
            let desk = Desk::new(store.store.clone(), store.store.actor_of_key(&secret).await.unwrap());
            let uploaded = desk.upload(Upload { dry_run: true, ..file(&dataset, "input\nx") }).await;
            assert_eq!(uploaded.is_ok(), may, "{scopes:?}");
        }
        let missing = |upload: Result<Uploaded, Error>| matches!(upload.unwrap_err().problem(), Some(shared::Problem::NotFound { .. }));
        assert!(missing(store.engineer.upload(file(&project.logs(), "input\nx")).await));
        assert!(missing(store.engineer.upload(file(&"none".into(), "input\nx")).await));
    }
}
