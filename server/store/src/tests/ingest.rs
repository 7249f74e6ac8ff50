//! Rows coming in: as SDKs send them, merged, repeated, deleted, moved, wrong, odd and many.

use super::sending::{address, answer, number, raw, raws, slider};
use super::stores;
use expect_test::{Expect, expect};
use serde_json::{Value, json};
use shared::Problem;
use shared::comments::AddComment;
use shared::filter::parse_instant;
use shared::objects::FieldName;
use shared::spans::{ReadField, Rendering};
use shared::summary::{ScoreKind, Summary, TraceScore};
use std::collections::{BTreeMap, BTreeSet};

/// What the official SDKs sent while a small program ran, batch by batch.
fn recorded(sdk: &str, project: &str) -> Vec<Vec<Value>> {
    let text = include_str!("recorded.json").replace("PROJECT", project);
    let mut batches: BTreeMap<String, Vec<Vec<Value>>> = serde_json::from_str(&text).unwrap();
    batches.remove(sdk).unwrap()
}

#[tokio::test]
async fn a_program_of_each_sdk_from_the_first_row_to_an_answer() {
    for store in stores().await {
        for sdk in ["python", "javascript"] {
            let project = store.project(sdk).await;
            store.question(&project, "Preference", slider()).await;
            for batch in recorded(sdk, project.id.as_str()) {
                let ingested = store.engineer.ingest(raws(&batch), None).await.unwrap();
                assert_eq!((ingested.rejected.len(), ingested.ids.len()), (0, batch.len()));
                assert!(ingested.transaction.len() == 19, "{}", ingested.transaction);
            }
            let mut lines = String::new();
            for row in store.list(&project, "").await {
                let scores: Vec<_> = row.scores.iter().map(|(name, score)| format!("{name} {}", score.value)).collect();
                lines += &format!(
                    "{} | {} | {} | errors {} spans {} comments {} tokens {:?} | {} | {}\n",
                    row.name,
                    row.input,
                    row.output.lines().next().unwrap_or_default(),
                    row.errors,
                    row.spans,
                    row.comments,
                    row.tokens,
                    scores.join(", "),
                    row.tags.join(", "),
                );
            }
            let expected = match sdk {
                "python" => expect![[r#"
                     |  | a log line 3 | errors 0 spans 1 comments 0 tokens None |  | 
                    att | {"content_type":"text/plain","filename":"a.txt","key":"9b0cbbe4-c112-4629-aeac-db9cbf4b8d0f","type":"braintrust_attachment"} |  | errors 0 spans 1 comments 0 tokens None |  | 
                    boom |  | Traceback (most recent call last): File "app/py_scenario.py", line 15, in <module> with lg.start_span(name="boom") as s: raise ValueError("bad") ^^^^^^^^^^^^^^… | errors 1 spans 1 comments 0 tokens None |  | 
                    request | hi | hello | errors 0 spans 3 comments 1 tokens Some(5) | Preference 0.8, correctness 1 | Triage, prod, user-feedback
                "#]],
                _ => expect![[r#"
                    att | {"content_type":"text/plain","filename":"a.txt","key":"5c4cccda-58e9-43b0-b035-e214a78fac22","type":"braintrust_attachment"} |  | errors 0 spans 1 comments 0 tokens None |  | 
                    boom |  | bad Error: bad at lg.traced.name (file://app/scenario.mjs:13:37) at file://app/node_modules/braintrust/dist/chunk-JRLC7T36.mjs:9318:63 at AsyncLocalStorage.run… | errors 1 spans 1 comments 0 tokens None |  | 
                    request | hi | yo | errors 0 spans 3 comments 1 tokens Some(5) | Preference 0.8, correctness 1 | Triage, user-feedback
                "#]],
            };
            expected.assert_eq(&lines);
            let root = store.list(&project, "scores.Preference > 75%").await.pop().unwrap();
            let view = store.open(&project, &root.root_span_id).await;
            assert_eq!((&view.content.trace.name, view.content.trace.place), (&root.name, root.place()));
            assert_eq!(view.said.comments.len(), 1);
            assert_eq!(store.summary(&project).await.scores["Preference"].mean(), Some(0.8));
            let set = answer(&store.reviewer, &project, root.row_id.as_str(), "Preference", number(0.5)).await.unwrap();
            assert_eq!(set.standing.scores["Preference"].value, 0.5);
            assert_eq!(store.summary(&project).await.scores["Preference"].mean(), Some(0.5));
            assert_eq!(store.summary(&project).await, store.recount(&project).await);
        }
    }
}

/// Rows sent one batch after the other to a fresh project; then the content of the row `r`, without what every row has.
async fn becomes(batches: &[Value], expected: Expect) {
    for store in stores().await {
        let project = store.project("merging").await;
        for batch in batches {
            let rows = batch.as_array().cloned().unwrap_or_else(|| vec![batch.clone()]);
            store.send(&project, &rows).await;
        }
        expected.assert_eq(&store.stored_text(&project, "r").await);
        assert_eq!(store.summary(&project).await, store.recount(&project).await);
    }
}

#[tokio::test]
async fn rows_merge_as_the_protocol_says() {
    becomes(
        &[
            json!({"id": "r", "input": {"a": {"b": 10}, "c": {"d": 20}}, "output": {"a": 20}}),
            json!({"id": "r", "_is_merge": true, "_merge_paths": [["input", "a"], ["output"]],
                   "input": {"a": {"q": 30}, "c": {"e": 30}, "bar": "baz"}, "output": {"d": 40}}),
        ],
        expect![[r#"{"input":{"a":{"q":30},"c":{"d":20,"e":30},"bar":"baz"},"output":{"d":40}}"#]],
    )
    .await;
    // Without the flag a row replaces the whole one.
    becomes(&[json!({"id": "r", "input": 1, "metadata": {"a": 1}}), json!({"id": "r", "input": 2})], expect![[r#"{"input":2}"#]]).await;
    // Merges never move a span or change its time.
    becomes(
        &[
            json!({"id": "r", "span_id": "s", "root_span_id": "t", "span_parents": ["p"], "created": "2026-01-01T00:00:00Z"}),
            json!({"id": "r", "_is_merge": true, "span_id": "x", "root_span_id": "y", "span_parents": null, "created": "2027-01-01T00:00:00Z"}),
        ],
        expect![[r#"{"created":"2026-01-01T00:00:00Z","root_span_id":"t","span_id":"s","span_parents":["p"]}"#]],
    )
    .await;
    // Tags are a union, other lists are replaced, null overwrites, values leave lists.
    becomes(
        &[
            json!({"id": "r", "tags": ["a", "b"], "metadata": {"list": [1], "gone": 1}, "scores": {"Q": 0.5}}),
            json!([
                {"id": "r", "_is_merge": true, "tags": ["b", "c"], "metadata": {"list": [2], "gone": null}, "scores": {"Q": null}},
                {"id": "r", "_is_merge": true, "_array_delete": [{"path": ["tags"], "delete": ["a"]}]},
            ]),
        ],
        expect![[r#"{"metadata":{"gone":null,"list":[2]},"scores":{"Q":null},"tags":["b","c"]}"#]],
    )
    .await;
}

#[tokio::test]
async fn feedback_that_comes_first_is_kept_when_its_row_comes() {
    for store in stores().await {
        for (name, merge) in [("replace", false), ("merge", true)] {
            let project = store.project(name).await;
            let feedback = json!({"id": "r", "scores": {"Thumb": 1}, "expected": "better", "tags": ["user"], "comment": "Thanks",
                                  "metadata": {"user_id": "u7"}});
            let taken = store.reviewer.feedback(&project.logs(), vec![feedback]).await.unwrap();
            assert_eq!((taken.rejected.len(), taken.waiting.len()), (0, 1));
            assert_eq!(store.list(&project, "").await, []);
            store
                .send(
                    &project,
                    &[json!({"id": "r", "_is_merge": merge, "span_id": "s", "root_span_id": "t", "created": "2026-01-01T00:00:00Z",
                             "span_attributes": {"name": "chat"}, "input": "hi", "output": "ho", "tags": ["prod"], "scores": {"Auto": 0.25}})],
                )
                .await;
            let rows = store.list(&project, "").await;
            assert_eq!(rows.len(), 1, "the trace of the early feedback is gone");
            assert_eq!((rows[0].root_span_id.as_str(), rows[0].name.as_str(), rows[0].comments), ("t", "chat", 1));
            assert_eq!(rows[0].created, parse_instant("2026-01-01T00:00:00Z").unwrap());
            assert_eq!(rows[0].scores.keys().collect::<Vec<_>>(), ["Auto", "Thumb"]);
            let span = store.span(&project, "r").await;
            let tags: BTreeSet<_> = span.said.tags.iter().map(String::as_str).collect();
            assert_eq!(tags, BTreeSet::from(["prod", "user"]));
            assert_eq!((span.said.comments[0].text.as_str(), span.said.comments[0].external.as_deref()), ("Thanks", Some("u7")));
            let noted: Vec<_> = span
                .said
                .activity
                .iter()
                .map(|entry| {
                    (
                        entry.path.to_string().replace(span.said.comments[0].id.as_str(), "id"),
                        entry.external.as_deref(),
                        entry.actor.is_some(),
                    )
                })
                .collect();
            let paths = ["comments.id", "scores.Thumb", "tags", "expected"];
            assert_eq!(noted, paths.map(|path| (path.to_owned(), Some("u7"), false)));
            assert_eq!(store.row(&project, "r").await["expected"], json!("better"));
            assert_eq!(store.summary(&project).await, store.recount(&project).await);
        }
    }
}

#[tokio::test]
async fn a_batch_sent_again_changes_nothing() {
    for store in stores().await {
        let project = store.project("again").await;
        for sdk in ["python", "javascript"] {
            for batch in recorded(sdk, project.id.as_str()) {
                store.engineer.ingest(raws(&batch), None).await.unwrap();
                let state = || async {
                    (store.rows(&project, "comments is null or true").await, store.list(&project, "").await, store.summary(&project).await)
                };
                let before = without_transactions(state().await);
                store.engineer.ingest(raws(&batch), None).await.unwrap();
                let (one, other) = (store.engineer.ingest(raws(&batch), None), store.owner.ingest(raws(&batch), None));
                let (one, other) = tokio::join!(one, other);
                assert!(one.is_ok() && other.is_ok());
                assert_eq!(without_transactions(state().await), before);
            }
        }
        assert_eq!(store.summary(&project).await, store.recount(&project).await);
    }
}

fn without_transactions<A, B>((mut rows, traces, summary): (Vec<Value>, A, B)) -> (Vec<Value>, A, B) {
    for row in &mut rows {
        row.as_object_mut().unwrap().remove("_xact_id");
    }
    (rows, traces, summary)
}

#[tokio::test]
async fn a_late_repetition_does_not_undo_what_came_after() {
    let first = json!({"id": "r", "span_id": "s", "input": "hi", "metrics": {"start": 1}});
    let merge = json!({"id": "r", "_is_merge": true, "metrics": {"end": 2}});
    becomes(&[first.clone(), merge, first], expect![[r#"{"input":"hi","metrics":{"start":1,"end":2},"span_id":"s"}"#]]).await;
}

#[tokio::test]
async fn rows_are_deleted_and_written_again() {
    for store in stores().await {
        let project = store.project("deleting").await;
        let row = |text: &str| json!({"id": "r", "span_id": "s", "root_span_id": "t", "input": text, "scores": {"Q": 0.5}, "tags": ["a"]});
        let delete = json!({"id": "r", "_object_delete": true});
        store.send(&project, &[row("first"), json!({"id": "c", "span_id": "c", "root_span_id": "t", "span_parents": ["s"]})]).await;
        store.send(&project, std::slice::from_ref(&delete)).await;
        assert_eq!(store.list(&project, "").await[0].spans, 1);
        assert_eq!(store.summary(&project).await, store.recount(&project).await);
        store.send(&project, &[json!({"id": "c", "_object_delete": true})]).await;
        assert_eq!((store.list(&project, "").await, store.summary(&project).await), (Vec::new(), Summary::default()));
        // Deleting what is not there is no mistake; the same row may come again, also in one batch with its deletion.
        store.send(&project, &[delete.clone(), row("second")]).await;
        assert_eq!(store.row(&project, "r").await["input"], json!("second"));
        store.send(&project, &[row("third"), delete]).await;
        assert_eq!((store.list(&project, "").await, store.summary(&project).await), (Vec::new(), Summary::default()));
    }
}

#[tokio::test]
async fn many_traces_vanish_at_once() {
    for store in stores().await {
        let project = store.project("vanishing").await;
        let ids: Vec<String> = (0..700).map(|number| format!("r{number}")).collect();
        store.send(&project, &ids.iter().map(|id| json!({"id": id, "scores": {"Q": 1}})).collect::<Vec<_>>()).await;
        assert_eq!(store.summary(&project).await.traces, 700);
        store.send(&project, &ids[..650].iter().map(|id| json!({"id": id, "_object_delete": true})).collect::<Vec<_>>()).await;
        assert_eq!(store.summary(&project).await, store.recount(&project).await);
    }
}

#[tokio::test]
async fn wrong_rows_are_named_and_the_others_kept() {
    for store in stores().await {
        let project = store.project("mixed").await;
        let long = "x".repeat(3000);
        let rows = [
            json!({"id": "good", "project_id": project.id, "log_id": "g"}).to_string(),
            json!({"id": "high", "project_id": project.id, "scores": {"Q": 1.01}}).to_string(),
            json!({"id": "low", "project_id": project.id, "scores": {"Q": -0.1}}).to_string(),
            json!({"id": "word", "project_id": project.id, "scores": {"Q": "0.5"}}).to_string(),
            format!(r#"{{"id": "huge", "project_id": "{}", "scores": {{"Q": 1e999}}}}"#, project.id),
            "[1]".to_owned(),
            json!({"id": 7, "project_id": project.id}).to_string(),
            json!({"id": "lost", "project_id": "nowhere"}).to_string(),
            json!({"id": "nul", "project_id": "no\0where"}).to_string(),
            json!({"id": "homeless"}).to_string(),
            json!({"id": "a\0b", "project_id": project.id}).to_string(),
            json!({"id": "when", "project_id": project.id, "created": "yesterday"}).to_string(),
            json!({"id": "tags", "project_id": project.id, "tags": "a"}).to_string(),
            json!({"id": "metadata", "project_id": project.id, "metadata": []}).to_string(),
            json!({"id": "comment", "project_id": project.id, "comment": {"text": "x"}}).to_string(),
            json!({"id": "comment2", "project_id": project.id, "origin": {"id": "a\0b"}, "comment": {"text": "x"}}).to_string(),
            json!({"id": "long", "project_id": project.id, "root_span_id": long}).to_string(),
            json!({"id": "long2", "project_id": project.id, "scores": {long.clone(): 1}}).to_string(),
            json!({"id": "long3", "project_id": project.id, "tags": [long]}).to_string(),
            json!({"id": "last", "project_id": project.id, "scores": {"Q": true}}).to_string(),
        ];
        let ingested = store.engineer.ingest(rows.into_iter().map(raw).collect(), None).await.unwrap();
        assert_eq!(ingested.ids.len(), 20);
        let lines: Vec<_> = ingested.rejected.iter().map(|row| format!("{} {:?} {}", row.index, row.id, row.reason)).collect();
        expect![[r#"
            1 Some("high") scores.Q must be a number from 0 to 1, or null.
            2 Some("low") scores.Q must be a number from 0 to 1, or null.
            3 Some("word") scores.Q must be a number from 0 to 1, or null.
            4 Some("huge") scores.Q must be a number from 0 to 1, or null.
            5 None A row must be a JSON object.
            6 None id must be a string.
            7 Some("lost") There is no project, experiment or dataset nowhere.
            8 Some("nul") project_id must have no NUL.
            9 Some("homeless") The row says no object: give it project_id with log_id "g", experiment_id or dataset_id.
            10 Some("a\0b") id must have 1 to 2048 bytes and no NUL.
            11 Some("when") created must be a time such as 2026-11-23T18:25:15.297664Z.
            12 Some("tags") tags must be a list of strings.
            13 Some("metadata") metadata must be an object.
            14 Some("comment") A comment needs origin.id, the id of the row it is about.
            15 Some("comment2") origin.id must have 1 to 2048 bytes and no NUL.
            16 Some("long") root_span_id must have 1 to 2048 bytes and no NUL.
            17 Some("long2") The name of a score may have 1,000 bytes; this has 3,000.
            18 Some("long3") A tag may have 1,000 bytes; this has 3,000."#]]
        .assert_eq(&lines.join("\n"));
        let kept: BTreeSet<_> = store.rows(&project, "").await.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(kept, BTreeSet::from(["good".to_owned(), "last".to_owned()]));
        assert_eq!(store.summary(&project).await.scores["Q"].mean(), Some(1.0));
    }
}

#[tokio::test]
async fn who_may_not_send_traces_may_send_feedback_only() {
    for store in stores().await {
        let project = store.project("feedback").await;
        store.send(&project, &[json!({"id": "r", "input": "hi"})]).await;
        let rows = [
            json!({"id": "r", "_is_merge": true, "_audit_source": "external", "scores": {"Thumb": 0}}),
            json!({"id": "c", "origin": {"id": "r"}, "comment": {"text": "no"}, "_audit_source": "external"}),
            json!({"id": "r", "_object_delete": true, "_audit_source": "external"}),
            json!({"id": "r", "input": "forged", "_audit_source": "external"}),
            json!({"id": "r", "_is_merge": true, "input": "forged", "_audit_source": "external"}),
            json!({"id": "r", "_is_merge": true, "scores": {"Thumb": 1}}),
        ];
        let ingested = store.reviewer.ingest(raws(&rows), Some(project.logs())).await.unwrap();
        assert_eq!(ingested.rejected.iter().map(|row| row.index).collect::<Vec<_>>(), [2, 3, 4, 5]);
        assert_eq!(store.row(&project, "r").await["input"], json!("hi"));
        assert_eq!(store.span(&project, "r").await.said.comments.len(), 1);
        assert!(matches!(store.viewer.ingest(raws(&rows), None).await.unwrap_err().problem(), Some(Problem::Forbidden { .. })));
        assert!(store.viewer.feedback(&project.logs(), Vec::<Value>::new()).await.is_err());
        let rejected =
            store.reviewer.feedback(&project.logs(), vec![json!({"scores": {"Thumb": 1}, "comment": "x"})]).await.unwrap().rejected;
        assert_eq!(rejected.len(), 1, "{rejected:?}");
    }
}

#[tokio::test]
async fn what_is_sent_never_came_through_the_app() {
    for store in stores().await {
        let project = store.project("sources").await;
        store.send(&project, &[json!({"id": "r", "span_id": "s", "root_span_id": "t", "expected": 0})]).await;
        for (number, source) in ["app", "api", "external", "anything"].into_iter().enumerate() {
            store.send(&project, &[json!({"id": "r", "_is_merge": true, "expected": number + 1, "_audit_source": source})]).await;
        }
        let item = json!({"id": "r", "expected": 9, "source": "app"});
        store.reviewer.feedback(&project.logs(), vec![item]).await.unwrap();
        let activity = store.span(&project, "r").await.said.activity;
        let sources: Vec<_> = activity.iter().rev().map(|entry| entry.source.as_str()).collect();
        assert_eq!(sources, ["api", "api", "external", "api", "api"]);
    }
}

#[tokio::test]
async fn feedback_that_says_nothing_makes_no_row() {
    for store in stores().await {
        let project = store.project("nothing said").await;
        store.send(&project, &[json!({"id": "here"})]).await;
        let metadata = json!({"user_id": "u7"});
        let items = vec![
            json!({"id": "gone"}),
            json!({"id": "gone", "metadata": metadata, "source": "external"}),
            json!({"id": "gone", "scores": {}, "tags": [], "expected": null, "comment": null}),
            json!({"id": "here", "metadata": metadata}),
            json!({"id": "said", "comment": "Thanks", "metadata": metadata}),
            // Nothing may well be what is expected.
            json!({"id": "expected", "expected": {}}),
        ];
        let taken = store.reviewer.feedback(&project.logs(), items).await.unwrap();
        let rejected = taken.rejected;
        let told: Vec<_> = rejected.iter().map(|row| (row.index, row.id.as_deref().unwrap(), row.reason.as_str())).collect();
        let reason = "This feedback says nothing. Send at least one of scores, expected, tags and comment.";
        assert_eq!(told, [(0, "gone", reason), (1, "gone", reason), (2, "gone", reason), (3, "here", reason)]);
        let rows = store.rows(&project, "").await;
        let ids: BTreeSet<_> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
        assert_eq!(ids, BTreeSet::from(["here"]));
        assert_eq!(taken.waiting.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["said", "expected"]);
        assert_eq!(store.span(&project, "here").await.said.activity, []);
    }
}

#[tokio::test]
async fn odd_content_comes_back_as_it_arrived() {
    let deep = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    let deep_object = |levels: usize| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
    for store in stores().await {
        let project = store.project("odd").await;
        let values = [
            r#""Grüße 你好 👩‍👩‍👧 \u00e9""#.to_owned(),
            r#""a\u0000b""#.to_owned(),
            r#""\ud800 alone \udfff""#.to_owned(),
            "[9007199254740993,9223372036854775807,18446744073709551616,-9223372036854775808,1e400,0.1]".to_owned(),
            deep(100),
            deep(100_000),
            deep_object(100_000),
            r#"{"z":1,"a":2,"":3}"#.to_owned(),
        ];
        for (index, value) in values.iter().enumerate() {
            let id = format!("r{index}");
            let row = format!(
                r#"{{"id":"{id}","input":{value},"output":{value},"metadata":{{"deep":{value}}},"scores":{{"a\u0000b":0.5}},"tags":["x\u0000","x\ufffd"]}}"#
            );
            let ingested = store.engineer.ingest(vec![raw(row)], Some(project.logs())).await.unwrap();
            assert_eq!(ingested.rejected, []);
            // Merging something this deep takes its time without optimisation; a test of its own does that.
            let merged = if value.len() > 10_000 { "{}" } else { value.as_str() };
            let merge = format!(
                r#"{{"id":"{id}","_is_merge":true,"_audit_source":"api","metadata":{{"same":{merged}}},"scores":{{"a\u0000b":0.25}}}}"#
            );
            let ingested = store.engineer.ingest(vec![raw(merge)], Some(project.logs())).await.unwrap();
            assert_eq!(ingested.rejected, []);
            let stored = store.stored_text(&project, &id).await;
            assert!(stored.starts_with(&format!(r#"{{"input":{value},"output":{value},"metadata":{{"deep":{value}"#)), "{id}");
            let view = store.open(&project, &id).await;
            assert_eq!((view.said.tags.len(), view.content.fields.len()), (1, 3));
            for rendering in [Rendering::Json, Rendering::Text] {
                let query = ReadField {
                    object: project.logs(),
                    row_id: id.as_str().into(),
                    field: FieldName::Input,
                    rendering,
                    whole: false,
                    find: String::new(),
                };
                store.viewer.read_field(query).await.unwrap();
            }
        }
        assert_eq!(store.list(&project, "input is not null").await.len(), values.len());
        store.verified().await;
        assert_eq!(store.summary(&project).await, store.recount(&project).await);
    }
}

#[tokio::test]
async fn impossible_numbers_do_not_stop_the_writer() {
    for store in stores().await {
        let project = store.project("numbers").await;
        let metrics = json!({"start": -1e300, "end": 1e300, "tokens": 1e300, "prompt_tokens": 1e300, "completion_tokens": 1e300});
        store
            .send(
                &project,
                &[json!({"id": "a", "root_span_id": "t", "metrics": metrics}), json!({"id": "b", "root_span_id": "t", "metrics": metrics})],
            )
            .await;
        store.send(&project, &[json!({"id": "c", "metrics": {"prompt_tokens": 1e300, "completion_tokens": 1e300}})]).await;
        assert_eq!(store.list(&project, "root_span_id = 't'").await[0].tokens, Some(i64::MAX));
        // Should a command panic nevertheless, it alone fails.
        let panics = store.store.write::<(), _>(|_| Box::pin(async { panic!("on purpose") })).await;
        assert!(panics.is_err());
        store.send(&project, &[json!({"id": "d"})]).await;
        assert_eq!(store.summary(&project).await, store.recount(&project).await);
        store.verified().await;
    }
}

#[tokio::test]
async fn ten_thousand_rows_in_one_batch() {
    for store in stores().await {
        let project = store.project("many").await;
        let rows: Vec<_> = (0..10_000)
            .map(|number| json!({"id": format!("r{number}"), "span_id": format!("s{number}"), "root_span_id": format!("t{}", number / 10),
                                 "scores": {"Q": f64::from(number % 100) / 100.0}, "tags": ["a", format!("t{}", number % 7)], "metrics": {"tokens": 1}}))
            .collect();
        let ingested = store.send(&project, &rows).await;
        assert_eq!(ingested.ids.len(), 10_000);
        let summary = store.summary(&project).await;
        assert_eq!((summary.spans, summary.traces, summary.scores["Q"].count), (10_000, 1_000, 10_000));
        assert_eq!(summary, store.recount(&project).await);
        let listed = store.list(&project, "").await;
        assert_eq!((listed.len(), listed[0].spans, listed[0].tokens), (1000, 10, Some(10)));
    }
}

#[tokio::test]
async fn a_trace_row_tells_of_all_its_spans() {
    for store in stores().await {
        let project = store.project("trace").await;
        store.question(&project, "Q", slider()).await;
        store
            .send(
                &project,
                &[
                    json!({"id": "child", "span_id": "c", "root_span_id": "t", "span_parents": ["s"], "created": "2026-01-01T00:00:01Z",
                           "span_attributes": {"name": "llm call", "type": "llm"}, "error": "boom", "tags": ["b", "c"],
                           "metrics": {"start": 101.5, "end": 103.25, "prompt_tokens": 3, "completion_tokens": 4}, "scores": {"Q": 0.5, "A": 1}}),
                    json!({"id": "root", "span_id": "s", "root_span_id": "t", "created": "2026-01-01T00:00:00Z", "input": "question",
                           "span_attributes": {"name": "chat", "type": "task"}, "output": {"role": "assistant", "content": "reply"},
                           "metrics": {"start": 100.0, "end": 103.0, "tokens": 10}, "scores": {"Q": 1, "A": null}, "tags": ["a", "b"]}),
                ],
            )
            .await;
        answer(&store.reviewer, &project, "child", "Q", number(0.2)).await.unwrap();
        answer(&store.engineer, &project, "child", "Q", number(0.4)).await.unwrap();
        store.reviewer.add_comment(AddComment { row: address(&project, "child"), text: "see".to_owned(), client_id: None }).await.unwrap();
        let row = store.list(&project, "").await.pop().unwrap();
        assert_eq!((row.name.as_str(), row.row_id.as_str(), row.created), ("chat", "root", parse_instant("2026-01-01T00:00:00Z").unwrap()));
        assert_eq!((row.input.as_str(), row.output.as_str()), ("question", "reply"));
        assert_eq!((row.spans, row.errors, row.comments, row.duration, row.tokens), (2, 1, 1, Some(3_250_000), Some(7)));
        // In the order in which they arrived: the child was sent first.
        assert_eq!(row.tags, ["b", "c", "a"].map(str::to_owned));
        assert_eq!(row.scores["Q"], TraceScore { value: 0.65, kind: ScoreKind::Human, spread: Some((0.2, 0.4)) });
        assert_eq!(row.scores["A"], TraceScore { value: 1.0, kind: ScoreKind::Automatic, spread: None });
        let tree: Vec<_> =
            store.open(&project, "t").await.content.tree.spans.into_iter().map(|span| (span.name, span.depth, span.kind)).collect();
        assert_eq!(tree, [("chat".to_owned(), 0, "task".to_owned()), ("llm call".to_owned(), 1, "llm".to_owned())]);
    }
}
