//! Archives that are wrong, too large, cut off, sent at once, or by whom they must not be.

use super::sending::{answer, number, slider};
use super::{PASSWORD, Place, TestStore, empty_stores, stores};
use crate::{Desk, Error, Imported, Store};
use expect_test::expect;
use serde_json::{Value, json};
use shared::Problem;
use shared::people::Role;
use shared::projects::{CreateProject, Project};
use shared::tags::SaveTag;

/// A project with a row that somebody has judged.
async fn project(store: &TestStore) -> Project {
    let project = store.project("Moved").await;
    store.question(&project, "Tone", slider()).await;
    let rows = [json!({ "id": "a", "input": "Why?", "scores": { "Fast": 0.5 }, "tags": ["x"] }), json!({ "id": "b", "input": "How?" })];
    store.send(&project, &rows).await;
    answer(&store.reviewer, &project, "a", "Tone", number(0.7)).await.unwrap();
    project
}

pub(super) async fn exported(desk: &Desk, project: &Project) -> String {
    let mut archive = desk.export_archive(&project.id, None).await.unwrap();
    let mut text = String::new();
    while let Some(page) = archive.page().await.unwrap() {
        text += &String::from_utf8(page).unwrap();
    }
    text
}

pub(super) async fn imported(desk: &Desk, archive: &str) -> Result<Imported, Error> {
    let mut import = desk.import_archive(None)?;
    import.take(archive.as_bytes()).await?;
    import.finish().await
}

/// What somebody is told who may not, or sent what cannot be.
async fn refused(desk: &Desk, archive: &str) -> String {
    match imported(desk, archive).await {
        Err(Error::Problem(problem)) => problem.to_string(),
        other => panic!("{other:?}"),
    }
}

/// Empty installations with their owners.
pub(super) async fn empty() -> Vec<(Store, Desk, Place)> {
    let mut empty = Vec::new();
    for (store, place) in empty_stores().await {
        store.add_member("mover@example.org", "The mover", Role::Owner, PASSWORD).await.unwrap();
        let mover = store.console_desk("mover@example.org").await.unwrap();
        empty.push((store, mover, place));
    }
    empty
}

/// The archive with the field of the first line about something changed.
fn changed(archive: &str, word: &str, field: &str, value: &Value) -> String {
    let mut done = false;
    let lines = archive.lines().map(|line| {
        let mut read: Value = serde_json::from_str(line).unwrap();
        if !done && let Some(about) = read.get_mut(word) {
            about[field] = value.clone();
            done = true;
            return read.to_string();
        }
        line.to_owned()
    });
    let lines: Vec<String> = lines.collect();
    assert!(done, "no line is about {word}");
    lines.join("\n")
}

/// The first line about something.
fn line_of(archive: &str, word: &str) -> Value {
    let lines = archive.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter_map(|mut line| line.get_mut(word).map(Value::take)).next().unwrap()
}

#[tokio::test]
async fn what_is_wrong_is_told_by_its_line_and_what_is_half_is_seen_by_nobody() {
    for store in stores().await {
        let archive = exported(&store.engineer, &project(&store).await).await;
        let place = |word: &str| archive.lines().position(|line| line.starts_with(&format!("{{\"{word}\""))).unwrap();
        let lines: Vec<&str> = archive.lines().collect();
        let cut = |count: usize| lines[..count].join("\n");
        let with = |at: usize, line: &str| {
            let mut lines = lines.clone();
            lines.insert(at, line);
            lines.join("\n")
        };
        assert_ne!(place("answer"), place("span"), "both are there");
        let definition = json!({ "kind": { "telepathy": {} } }).to_string();
        let tries = [
            String::new(),
            "{\"id\":\"a\"}\n".to_owned(),
            changed(&archive, "touchstone_archive", "form", &json!(2)),
            cut(lines.len() - 1),
            with(place("end"), "{\"span\":{\"key\":"),
            with(place("end"), "{\"unicorn\":{}}"),
            with(place("end"), "[1]"),
            with(lines.len(), "{\"gone\":{\"key\":1}}"),
            changed(&archive, "question_version", "definition", &json!(definition)),
            changed(&archive, "object", "kind", &json!("pipeline")),
            changed(&archive, "answer", "question_id", &json!("nobody-asked")),
            changed(&archive, "answer", "person_id", &json!("nobody")),
            changed(&archive, "answer", "score", &json!("0.7")),
            changed(&archive, "answer", "score", &json!(2_000_000_000)),
            changed(&archive, "answer", "mood", &json!("good")),
            changed(&archive, "answer", "value", &Value::Null),
            changed(&archive, "span", "body", &json!("[]")),
            changed(&archive, "span", "body", &json!("{\"scores\":{\"Fast\":7}}")),
            changed(&archive, "span", "key", &json!(1_i64 << 40)),
            changed(&archive, "span", "object", &json!(999)),
            changed(&archive, "span", "transaction_id", &json!(i64::MAX)),
            changed(&archive, "person", "email", &json!("nowhere")),
            changed(&archive, "end", "rows", &json!(3)),
        ];
        for (mover_store, mover, _place) in empty().await {
            let mut said = String::new();
            for wrong in &tries {
                // Each as an archive of its own, so that none goes on with another.
                let source = format!("\"source\":\"{}", said.len());
                said += &format!("{}\n", refused(&mover, &wrong.replacen("\"source\":\"", &source, 1)).await);
                assert_eq!(mover.projects().await.unwrap().len(), 0, "{said}");
            }
            expect![[r#"
                line 1: The archive ends here, and its last line is missing. Export it again, or send the whole file.
                line 1: This is no line of an archive: invalid type: string "a", expected a map at character 9.
                line 1: This archive has another form than this version of Touchstone reads, which is 1.
                line 12: The archive ends here, and its last line is missing. Export it again, or send the whole file.
                line 12: This is no line of an archive: EOF while parsing a value at character 15.
                line 12: unicorn is nothing that this version of Touchstone knows.
                line 12: This is no line of an archive: invalid type: sequence, expected a map at character 0.
                line 13: Nothing follows the end of an archive.
                line 5: definition is none of a question that this version of Touchstone knows: unknown variant `telepathy`, expected one of `continuous`, `categorical`, `expected`, `text` at line 1 column 20.
                line 2: kind must be project_logs, experiment or dataset.
                line 8: question_id: nobody-asked has no line before this one.
                line 8: person_id: the member nobody has no line before this one.
                line 8: score must be a whole number.
                line 8: score is counted in units of a thousand-millionth, from 0 to 1000000000.
                line 8: mood is nothing that this version of Touchstone knows.
                line 8: value must not be null.
                line 10: body must be the JSON of an object, as text.
                line 10: scores must be numbers from 0 to 1.
                line 10: key must be a number of the project, from 0 to 1099511627775.
                line 10: object 999 has no line before this one.
                transaction: Something in the archive is later than its end.
                line 4: Email: Use an address like name@example.com.
                line 12: There should be 3 rows, and 2 came. Export it again, or send the whole file.
            "#]].assert_eq(&said);
            // What was found to be wrong in the end is not kept for the right one.
            let wrong = changed(&archive, "span", "transaction_id", &json!(i64::MAX));
            refused(&mover, &wrong).await;
            let right = imported(&mover, &archive).await.unwrap();
            assert_eq!((right.rows, right.written, right.ids.len()), (2, 2, 0));
            if let Err(difference) = mover_store.verify().await.unwrap() {
                panic!("{difference}");
            }
            mover_store.close().await;
        }
    }
}

#[tokio::test]
async fn whatever_interrupts_it_the_same_archive_goes_on_and_two_at_once_are_one() {
    for store in stores().await {
        let project = store.project("Many").await;
        for part in 0..5 {
            let rows: Vec<Value> =
                (0..200).map(|row| json!({ "id": format!("{part}-{row}"), "input": row, "scores": { "S": 0.5 } })).collect();
            store.send(&project, &rows).await;
        }
        let archive = exported(&store.engineer, &project).await;
        for (target, mover, _place) in empty().await {
            let mut cut = mover.import_archive(None).unwrap();
            let half = archive.len() / 2;
            cut.take(&archive.as_bytes()[..half]).await.unwrap();
            drop(cut);
            assert_eq!(mover.projects().await.unwrap().len(), 0);
            assert_eq!(mover.deleted_projects().await.unwrap().len(), 0);
            if let Err(difference) = target.verify().await.unwrap() {
                panic!("half of it: {difference}");
            }
            let (one, other) = tokio::join!(imported(&mover, &archive), imported(&mover, &archive));
            let (one, other) = (one.unwrap(), other.unwrap());
            assert_eq!((&one.project, one.rows, other.rows), (&other.project, 1000, 1000));
            assert!(one.written + other.written < 1000, "some were there: {} and {}", one.written, other.written);
            assert_eq!(mover.projects().await.unwrap().len(), 1);
            if let Err(difference) = target.verify().await.unwrap() {
                panic!("{difference}");
            }
            assert_eq!(exported(&mover, &project).await, archive);
            // What is written afterwards comes later than everything that was moved.
            let rows = super::sending::raws(&[json!({ "id": "new", "input": 1 })]);
            let moved = mover.project(&project.id).await.unwrap();
            mover.ingest(rows, Some(moved.logs())).await.unwrap();
            if let Err(difference) = target.verify().await.unwrap() {
                panic!("{difference}");
            }
            target.close().await;
        }
    }
}

#[tokio::test]
async fn only_owners_bring_what_others_said_and_only_who_sees_through_takes_it_away() {
    for store in stores().await {
        let project = project(&store).await;
        let archive = exported(&store.engineer, &project).await;
        for desk in [&store.engineer, &store.reviewer, &store.viewer] {
            let said = refused(desk, &archive).await;
            assert!(said.starts_with("You may not manage members"), "{said}");
        }
        for desk in [&store.reviewer, &store.viewer] {
            assert!(matches!(desk.export_archive(&project.id, None).await, Err(Error::Problem(Problem::Forbidden { .. }))));
        }
        // Whoever answered and is not known here is a member who cannot sign in.
        for (target, mover, _place) in empty().await {
            imported(&mover, &archive).await.unwrap();
            let members = mover.members().await.unwrap().members;
            let reviewer = members.iter().find(|member| member.person.email == "reviewer@example.com").unwrap();
            assert!(!reviewer.active);
            assert!(target.console_desk("reviewer@example.com").await.is_err());
            target.close().await;
        }
    }
}

#[tokio::test]
async fn a_line_that_never_ends_is_refused_before_it_is_kept() {
    for store in stores().await.into_iter().take(1) {
        let mut import = store.owner.import_archive(None).unwrap();
        let piece = vec![b'x'; 8 * 1024 * 1024];
        let mut refused = None;
        for _ in 0..20 {
            if let Err(error) = import.take(&piece).await {
                refused = Some(error.problem().unwrap().to_string());
                break;
            }
        }
        expect!["line 1: A line may have 67 MB."].assert_eq(&refused.unwrap());
    }
}

#[tokio::test]
async fn an_archive_writes_to_no_other_project_and_moves_no_clock() {
    for store in stores().await {
        let project = project(&store).await;
        let (name, color) = ("own".to_owned(), "teal".to_owned());
        let tag = SaveTag { project: project.id.clone(), tag: None, name, color, description: String::new() };
        store.engineer.save_tag(tag).await.unwrap();
        let archive = exported(&store.engineer, &project).await;
        for (target, mover, _place) in empty().await {
            let victim = mover.create_project(CreateProject { name: "victim".to_owned() }).await.unwrap().0;
            for word in ["tag", "question", "question_version", "object"] {
                let told = refused(&mover, &changed(&archive, word, "project_id", &json!(victim.id.as_str()))).await;
                assert!(told.contains("must be the project of the first line"), "{word}: {told}");
            }
            // What has the id of a tag is no question.
            let id = line_of(&archive, "tag")["id"].clone();
            let told = refused(&mover, &changed(&archive, "question_version", "question_id", &id)).await;
            assert!(told.contains("has no line before this one"), "{told}");
            let far = changed(&archive, "end", "transaction", &json!(i64::MAX));
            let told = refused(&mover, &far).await;
            assert!(told.contains("transaction and number must say where the project stood"), "{told}");
            assert_eq!(mover.tags(&victim.id).await.unwrap().len(), 0);
            imported(&mover, &archive).await.unwrap();
            if let Err(difference) = target.verify().await.unwrap() {
                panic!("{difference}");
            }
            target.close().await;
        }
    }
}

#[tokio::test]
async fn of_two_exports_of_one_project_one_is_taken_whole() {
    for store in stores().await {
        let project = store.project("Twice").await;
        let send = async |from: usize| {
            let rows: Vec<Value> = (from..from + 600).map(|row| json!({ "id": format!("r{row}"), "input": row })).collect();
            store.send(&project, &rows).await;
        };
        send(0).await;
        let first = exported(&store.engineer, &project).await;
        send(600).await;
        let second = exported(&store.engineer, &project).await;
        assert_ne!(first, second);
        for (target, mover, _place) in empty().await {
            let mut half = mover.import_archive(None).unwrap();
            half.take(&first.as_bytes()[..first.len() * 3 / 4]).await.unwrap();
            let mut other = mover.import_archive(None).unwrap();
            other.take(&second.as_bytes()[..second.len() / 2]).await.unwrap();
            let rest = async {
                half.take(&first.as_bytes()[first.len() * 3 / 4..]).await?;
                half.finish().await
            };
            let told = rest.await.unwrap_err().problem().unwrap().to_string();
            assert!(told.starts_with("Another export of this project is being imported"), "{told}");
            other.take(&second.as_bytes()[second.len() / 2..]).await.unwrap();
            assert_eq!(other.finish().await.unwrap().rows, 1200);
            assert_eq!(exported(&mover, &project).await, second);
            if let Err(difference) = target.verify().await.unwrap() {
                panic!("{difference}");
            }
            target.close().await;
        }
    }
}

#[tokio::test]
async fn ids_in_texts_are_replaced_whole_and_once() {
    for store in stores().await {
        let project = project(&store).await;
        let archive = exported(&store.engineer, &project).await;
        // The project is here already, so every id becomes another one. None of them is a letter of a word.
        let tag = line_of(&exported(&store.engineer, &project).await, "question")["id"].as_str().unwrap().to_owned();
        let short = archive.replace(&tag, "a");
        let moved = imported(&store.owner, &short).await.unwrap();
        let again = exported(&store.engineer, &store.engineer.project(&moved.project).await.unwrap()).await;
        assert!(again.len() < archive.len() * 11 / 10, "{} became {}", archive.len(), again.len());
        store.verified().await;
    }
}
