//! The spans of scorers are hidden like the score that they report.

use super::{World, answer, number, secrets_in, stores, written};
use crate::{Desk, RowSearch};
use serde_json::{Value, json};
use shared::RowId;
use shared::address::ComparisonAddress;
use shared::audit::ListActivity;
use shared::comparison::OpenComparison;
use shared::filter::{Context, parse_expression, parse_query};
use shared::objects::{FieldName, NamedObject, ObjectKind, RowAddress};
use shared::spans::{FindInTrace, ListTraces, OpenTrace, ReadConversation, ReadField, ReadFile, ReadPiece, ReadTree, Rendering};
use shared::{ObjectId, TransactionId};

/// A trace with a scorer named like a question, one named otherwise that reports its score, what they asked a model, and another span.
fn trace(named: &str) -> Vec<Value> {
    let secret = json!({
        "output": {"score": 0.4217}, "metadata": {"rationale": "opaque words"}, "error": "hushed", "scores": {"Raw": 0.8391},
        "metrics": {"start": 1000.0, "end": 1314.159, "tokens": 271_828, "estimated_cost": 0.161_803}, "tags": ["seen"],
    });
    let span = |id: &str, parent: &str, kind: &str, name: &str, more: &Value| {
        let mut span = more.clone();
        span["id"] = json!(id);
        span["span_id"] = json!(id);
        span["root_span_id"] = json!("task");
        span["span_parents"] = json!([parent]);
        span["span_attributes"] = json!({"name": name, "type": kind, "purpose": "scorer"});
        span
    };
    let root = json!({"id": "task", "span_id": "task", "root_span_id": "task", "input": "i", "metrics": {"start": 1000.0, "end": 1001.0, "tokens": 5, "estimated_cost": 0.002}});
    let mut judge = secret.clone();
    judge["scores"] = json!({"tone": 0.7259, "Raw": 0.8391});
    vec![
        root,
        span("scorer", "task", "score", named, &secret),
        span("asked", "scorer", "llm", "chat", &secret),
        span("judge", "task", "score", "judge", &judge),
        span("other", "task", "score", "Speed", &json!({"scores": {"Speed": 0.5}, "output": {"score": 0.5}})),
    ]
}

/// Everything that somebody can find out.
async fn told(desk: &Desk, object: &ObjectId, row: &dyn Fn(&str) -> RowAddress, version: TransactionId) -> String {
    let mut all = String::new();
    for version in [None, Some(version)] {
        for whole_traces in [false, true] {
            let search = RowSearch { whole_traces, version, ..RowSearch::of(object.clone()) };
            all += &written(&desk.search_rows(search).await.unwrap().rows);
        }
    }
    let from = if row("task").object_type.as_str() == "experiment" { "experiment" } else { "project_logs" };
    for text in [
        format!("select: * | from: {from}('{object}') summary"),
        format!(
            "dimensions: error, output, metrics.tokens | measures: sum(metrics.tokens), sum(metrics.estimated_cost), avg(scores.Raw), max(reported.Raw) | from: {from}('{object}')"
        ),
    ] {
        all += &written(&desk.query(&parse_query(&text).unwrap(), None, Context::at(crate::now())).await.unwrap().rows);
    }
    for filter in ["", "span_id is not null"] {
        all += &written(&desk.summary(object, filter).await.unwrap());
        let query = ListTraces { object: object.clone(), filter: filter.to_owned(), before: None, limit: 10, columns: Vec::new() };
        all += &written(&desk.list_traces(query).await.unwrap().rows);
    }
    for (filter, secret) in [
        ("error is not null", "hushed"),
        ("output.score < 0.45", "0.4217"),
        ("scores.Raw > 0.1", "0.8391"),
        ("reported.Raw is not null", "0.8391"),
        ("metadata.rationale match 'opaque'", "opaque words"),
        ("metrics.tokens > 1000", "271828"),
        ("metrics.estimated_cost > 0.1", "161803"),
    ] {
        let expression = parse_expression(filter).unwrap();
        let traces = desk
            .list_traces(ListTraces { object: object.clone(), filter: filter.to_owned(), before: None, limit: 10, columns: Vec::new() })
            .await
            .unwrap();
        if desk.count_rows(object, Some(&expression)).await.unwrap() > 0 || !traces.rows.is_empty() {
            all += secret;
        }
    }
    for words in ["0.", "because", "score"] {
        let find = FindInTrace { object: object.clone(), root_span_id: "task".to_owned(), words: words.to_owned() };
        all += &written(&desk.find_in_trace(find).await.unwrap());
    }
    let spoken = ReadConversation { object: object.clone(), root_span_id: "task".to_owned(), first: 0 };
    all += &written(&desk.read_conversation(spoken).await.unwrap());
    let tree = ReadTree { object: object.clone(), root_span_id: "task".to_owned(), first: 0 };
    all += &written(&desk.read_tree(tree).await.unwrap());
    for span in ["task", "scorer", "asked", "judge"] {
        let open = OpenTrace { object: object.clone(), root_span_id: "task".to_owned(), span_id: Some(span.to_owned()), form: None };
        all += &written(&desk.open_trace(open).await.unwrap());
        all += &written(&desk.activity(ListActivity { row: row(span), before: None, limit: 100 }).await.unwrap());
        for field in FieldName::ALL {
            let (object, row_id) = (object.clone(), RowId::from(span));
            let read = ReadField {
                object: object.clone(),
                row_id: row_id.clone(),
                field,
                rendering: Rendering::Json,
                whole: true,
                find: String::new(),
            };
            all += &desk.read_field(read).await.map_or_else(|error| error.to_string(), |field| written(&field));
            let read = ReadPiece { object, row_id, field, from: 0 };
            all += &desk.read_piece(read).await.map_or_else(|error| error.to_string(), |piece| written(&piece));
        }
    }
    if from == "experiment" {
        all += &written(&desk.compare_experiments(object, None).await.unwrap());
        let NamedObject { project, name: base, .. } = desk.object(ObjectKind::Experiment, object).await.unwrap();
        all += &written(&desk.open_comparison(OpenComparison { project, base, address: ComparisonAddress::default() }).await.unwrap());
        all += &written(&desk.object_summaries(row("task").object_type, &desk.find_object(object).await.unwrap().project).await.unwrap());
    }
    all
}

/// Secrets, and what the hidden spans come to for their trace: tokens, cost, errors and how long it took.
fn found(told: &str) -> Vec<&'static str> {
    let sums = [
        "271828",
        "271833",
        "543656",
        "543661",
        "815484",
        "161803",
        "163803",
        "323606",
        "314159",
        "314.159",
        "\"error\":true",
        "\"errors\":3",
        "\"has_error\":true",
    ];
    let mut found = secrets_in(told);
    found.extend(sums.into_iter().filter(|sum| told.contains(sum)));
    found
}

#[tokio::test]
async fn what_a_scorer_says_is_hidden_until_one_has_answered_where_its_score_counts() {
    for store in stores().await {
        let world = World::new(&store).await;
        let project = store.project("scored").await;
        store.question(&project, "Tone", super::slider()).await;
        let world = World { project, ..world };
        world.set(&store, json!({"blind_reviews": true})).await;
        store.send(&world.project, &trace("\u{ff34}ONE")).await;
        let version = store.engineer.last_transaction().await.unwrap();
        store.send(&world.project, &[json!({"id": "scorer", "_is_merge": true, "metadata": {"more": 1}})]).await;
        store.send(&world.project, &[json!({"id": "scorer", "_is_merge": true, "metadata": {"rationale": "opaque words, still"}})]).await;
        let (logs, row) = (world.project.logs(), |id: &str| world.row(id));
        let told = async |desk: &Desk| told(desk, &logs, &row, version).await;
        let all = told(&store.engineer).await;
        for secret in ["0.4217", "0.8391", "0.7259", "opaque words", "hushed", "271828", "161803", "323606", "metadata.rationale"] {
            assert!(all.contains(secret), "{secret} is there to be found");
        }
        for desk in [&store.reviewer, &store.viewer] {
            let told = told(desk).await;
            assert_eq!(found(&told), [""; 0], "{told}");
            assert!(!told.contains("metadata.rationale"), "not even the keys of what is hidden are known: {told}");
            assert!(told.contains("\"seen\"") && told.contains("\"Speed\""), "tags, and what no question asks, are no secret: {told}");
        }
        // An answer elsewhere opens nothing; nor does one to the scorer's span itself.
        for id in ["other", "asked", "scorer", "judge"] {
            store.reviewer.set_answer(answer(world.row(id), "Tone", number(0.5))).await.unwrap();
        }
        let told_elsewhere = told(&store.reviewer).await;
        assert_eq!(found(&told_elsewhere), [""; 0], "{told_elsewhere}");
        store.reviewer.set_answer(answer(world.row("task"), "Tone", number(0.5))).await.unwrap();
        let opened = told(&store.reviewer).await;
        for secret in ["0.4217", "0.8391", "opaque words", "hushed", "271828"] {
            assert!(opened.contains(secret), "{secret} is there to be found");
        }
        store.reviewer.set_answer(answer(world.row("task"), "Tone", None)).await.unwrap();
        assert_eq!(found(&told(&store.reviewer).await), [""; 0], "clearing one's answer hides it again");
        // What is deleted stays hidden as of a version that had it.
        let delete = |id: &str| json!({"id": id, "_object_delete": true});
        store.send(&world.project, &[delete("scorer"), delete("asked"), delete("judge")]).await;
        let search = RowSearch { version: Some(version), ..RowSearch::of(logs.clone()) };
        let gone = written(&store.reviewer.search_rows(search.clone()).await.unwrap().rows);
        assert_eq!(found(&gone), [""; 0], "{gone}");
        assert!(found(&written(&store.engineer.search_rows(search).await.unwrap().rows)).contains(&"0.4217"));
    }
}

#[tokio::test]
async fn experiments_hide_what_their_scorers_say() {
    for store in stores().await {
        let world = World::new(&store).await;
        let rows = super::raws(&trace("Tone"));
        store.engineer.ingest(rows, Some(world.experiment.clone())).await.unwrap();
        let version = store.engineer.last_transaction().await.unwrap();
        let row = |id: &str| RowAddress { id: RowId::from(id), ..world.tried() };
        let told = async |desk: &Desk| told(desk, &world.experiment, &row, version).await;
        let hidden = told(&store.reviewer).await;
        assert_eq!(found(&hidden), [""; 0], "{hidden}");
        assert!(found(&told(&store.engineer).await).contains(&"0.4217"));
        store.reviewer.set_answer(answer(row("task"), "Tone", number(0.5))).await.unwrap();
        assert!(found(&told(&store.reviewer).await).contains(&"0.4217"));
    }
}

#[tokio::test]
async fn an_image_that_a_scorer_made_is_hidden_like_its_score() {
    const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAAECAIAAADETxJQAAAAEElEQVR4nGP4z8AAQQx4WQD7LAv1/r+/OwAAAABJRU5ErkJggg==";
    for store in stores().await {
        let world = World::new(&store).await;
        let project = store.project("pictured").await;
        store.question(&project, "Tone", super::slider()).await;
        let world = World { project, ..world };
        world.set(&store, json!({"blind_reviews": true})).await;
        let mut rows = trace("Tone");
        rows[1]["output"] = json!({"image": format!("data:image/png;base64,{PNG}")});
        store.send(&world.project, &rows).await;
        let (object, row_id, field) = (world.project.logs(), RowId::from("scorer"), FieldName::Output);
        let find = String::new();
        let whole = ReadField { object: object.clone(), row_id: row_id.clone(), field, rendering: Rendering::Json, whole: true, find };
        let stamp = store.engineer.read_field(whole).await.unwrap().stamp;
        let at = r#"{"image":"#.len() as u64;
        let image = ReadFile { object, row_id, field, at, number: 0, stamp };
        assert_eq!(store.engineer.read_file(image.clone()).await.unwrap().content_type, "image/png");
        for blind in [&store.reviewer, &store.viewer] {
            assert!(blind.read_file(image.clone()).await.is_err());
        }
        store.reviewer.set_answer(answer(world.row("task"), "Tone", number(0.5))).await.unwrap();
        assert_eq!(store.reviewer.read_file(image).await.unwrap().content_type, "image/png");
    }
}
