//! Filters and pages: everything that matches, each once, whatever SQL decided beforehand.

use super::sending::{address, answer, number, slider};
use super::{TestStore, stores};
use crate::RowSearch;
use crate::ground::database::STATEMENTS;
use crate::looking::found::Wanted;
use crate::looking::search::Scan;
use crate::looking::work::Effort;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::comments::AddComment;
use shared::filter::{Context, holds, parse_expression, parse_query};
use shared::objects::Place;
use shared::projects::Project;
use shared::spans::ListTraces;
use shared::summary::{Nano, Summary};
use std::collections::{BTreeMap, BTreeSet};

#[tokio::test]
async fn looking_at_rows_ends_between_two_of_them_and_goes_on_there() {
    for store in stores().await {
        let project = store.project("effort").await;
        let rows: Vec<_> = (0..30).map(|number| json!({ "id": format!("r{number}"), "metadata": { "n": number } })).collect();
        store.send(&project, &rows).await;
        let view = store.viewer.search_view(&project.logs()).await.unwrap();
        let filter = parse_expression("metadata.n + 0 >= 10").unwrap();
        let mut scan = Scan::new(&view, Some(&filter), Wanted::default()).await.unwrap();
        let mut found = BTreeSet::new();
        for _ in 0..30 {
            scan.effort = Effort::of_spans(1);
            let spans = scan.next().await.unwrap().unwrap_or_default();
            assert!(spans.len() <= 1, "{}", spans.len());
            found.extend(spans.iter().map(|span| span.row_id().to_owned()));
        }
        scan.effort = Effort::page();
        assert!(scan.next().await.unwrap().is_none() && scan.finished);
        assert_eq!(found, (10..30).map(|number| format!("r{number}")).collect());
    }
}

/// One filter of each kind, and what is awkward about them.
const FILTERS: &[&str] = &[
    "scores.Q > 50%",
    "scores.Q >= 0.5",
    "scores.Q < 0.5",
    "scores.Q <= 0.5",
    "scores.Q = 0.5",
    "scores.Q != 0.5",
    "0.5 < scores.Q",
    "scores.Q is null",
    "scores.Q is not null",
    "scores.Q between 0.2 and 0.5",
    "not scores.Q > 0.5",
    "scores.Q > -1",
    "scores.Q > 7",
    "scores.Q > 0.5 or scores.Auto > 0.5",
    "scores.Q > 0.3 and scores.Auto > 0.3",
    "scores.\"a b\" = 1",
    "scores.Missing is null",
    "tags includes 'prod'",
    "tags includes 'Prod'",
    "not tags includes 'prod'",
    "tags is null",
    "tags is not null",
    "len(tags) > 1",
    "error is null",
    "error is not null",
    "error = ''",
    "comments is null",
    "comments is not null",
    "is_root",
    "not is_root",
    "id = 'r3'",
    "id != 'r3'",
    "id in ['r1', 'r2']",
    "span_id = 's5'",
    "root_span_id = 't1'",
    "span_attributes.name = 'chat'",
    "span_attributes.name = 'CHAT'",
    "span_attributes.type = 'llm'",
    "span_attributes.type is null",
    "created > '2026-01-01T00:10:00Z'",
    "created <= '2026-01-01T00:10:00Z'",
    "'2026-01-01T00:10:00Z' < created",
    "created between '2026-01-01T00:05:00Z' and '2026-01-01T00:10:00Z'",
    "created > '2026-01-01' and created < '2026-01-02'",
    "metadata.model = 'gpt-4o'",
    "metadata.n > 5",
    "input ilike '%REFUND%'",
    "output match 'sorry'",
    "metrics.calls > 10",
    "created = '2026-01-01T00:10:00Z'",
];

/// Spans that differ in everything that a filter can ask for.
async fn filled(store: &TestStore) -> Project {
    let project = store.project("filters").await;
    store.question(&project, "Q", slider()).await;
    let rows: Vec<_> = (0..40)
        .map(|number| {
            let mut row = json!({
                "id": format!("r{number}"), "span_id": format!("s{number}"), "root_span_id": format!("t{}", number / 4),
                "span_parents": if number % 4 == 0 { Value::Null } else { json!([format!("s{}", number / 4 * 4)]) },
                "created": format!("2026-01-01T00:{number:02}:00Z"),
                "span_attributes": {"name": (["chat", "CHAT", "tool"][number % 3]), "type": (["llm", "tool"][number % 2])},
                "metadata": {"model": (["gpt-4o", "other"][number % 2]), "n": number},
                "input": (["I want a refund", "hello"][number % 2]), "output": (["Sorry, no", "yes"][number / 2 % 2]),
                "metrics": {"tokens": number, "calls": number},
            });
            match number % 5 {
                0 => row["scores"] = json!({"Q": f64::from(u8::try_from(number).unwrap()) / 40.0, "a b": 1}),
                1 => row["scores"] = json!({"Q": 0.5, "Auto": 0.75}),
                2 => row["scores"] = json!({"Q": Value::Null, "Auto": 0.25}),
                _ => {}
            }
            match number % 6 {
                0 => row["tags"] = json!(["prod", "x"]),
                1 => row["tags"] = json!(["Prod"]),
                2 => row["tags"] = json!([]),
                _ => {}
            }
            match number % 7 {
                0 => row["error"] = json!("Traceback: boom"),
                1 => row["error"] = json!(""),
                2 => row["error"] = Value::Null,
                _ => {}
            }
            if number % 11 == 0 {
                row.as_object_mut().unwrap().remove("span_attributes");
            }
            row
        })
        .collect();
    store.send(&project, &rows).await;
    for (row, value) in [("r1", 0.1), ("r3", 0.5), ("r5", 0.333_333_333)] {
        answer(&store.reviewer, &project, row, "Q", number(value)).await.unwrap();
        answer(&store.engineer, &project, row, "Q", number(value)).await.unwrap();
        store.reviewer.add_comment(AddComment { row: address(&project, row), text: "see".to_owned(), client_id: None }).await.unwrap();
    }
    project
}

#[tokio::test]
async fn columns_are_the_text_that_is_stored() {
    let deep = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    for store in stores().await {
        let project = store.project("exact").await;
        let long = "123456789012345678901234567890";
        let values = [
            "1e400".to_owned(),
            long.to_owned(),
            format!("-{long}.5"),
            "0.10000000000000000000000000000000000000001".to_owned(),
            "18446744073709551616".to_owned(),
            r#""cut \ud83e""#.to_owned(),
            r#"{"z": 1, "a": {"y": 2.50, "b": null}}"#.to_owned(),
            deep(127),
            deep(128),
            deep(200),
        ];
        for (number, value) in values.iter().enumerate() {
            let row = format!(r#"{{"id":"r{number}","input":{value},"metadata":{{"inner":{{"list":[0,{value}]}}}}}}"#);
            let ingested = store.engineer.ingest(vec![RawValue::from_string(row).unwrap()], Some(project.logs())).await.unwrap();
            assert_eq!(ingested.rejected, []);
        }
        let rows = async |text: &str| {
            let query = parse_query(&format!("{text} | from: project_logs('{}')", project.id)).unwrap();
            let answer = store.viewer.query(&query, None, Context::at(crate::now())).await.unwrap();
            answer.rows.into_iter().map(|row| row.get().to_owned()).collect::<Vec<_>>()
        };
        for (number, value) in values.iter().enumerate() {
            let one = format!("filter: id = 'r{number}'");
            let whole = format!(r#"{{"input":{value},"part":{value},"last":{value},"chosen":{value},"first":{value}}}"#);
            let columns = "select: input, metadata.inner.list[1] as part, metadata.inner.list[-1] as last, \
                           (id is null ? 1 : input) as chosen, coalesce(metadata.none, input) as first";
            assert_eq!(rows(&format!("{columns} | {one}")).await, [whole], "{value}");
            let beside = rows(&format!("select: *, metadata.inner.list[1] as part | {one}")).await;
            assert!(beside[0].contains(&format!(r#""part":{value}"#)), "{value}");
            for measure in ["max", "min"] {
                let most = rows(&format!("measures: {measure}(input) as most | {one}")).await;
                assert_eq!(most, [format!(r#"{{"most":{value}}}"#)], "{value}");
            }
            let groups = rows(&format!("dimensions: input as value | measures: count(1) as n | {one}")).await;
            assert_eq!(groups, [format!(r#"{{"value":{value},"n":1}}"#)]);
        }
        // Numbers are compared, summed and told apart as they were written.
        for (number, value) in [long, "123456789012345678901234567891", "123456789012345678901234567889"].iter().enumerate() {
            let row = format!(r#"{{"id":"n{number}","metadata":{{"n":{value},"tenth":0.1}}}}"#);
            store.engineer.ingest(vec![RawValue::from_string(row).unwrap()], Some(project.logs())).await.unwrap();
        }
        let numbers = "filter: metadata.n is not null";
        let all = "measures: max(metadata.n) as most, min(metadata.n) as least, sum(metadata.n) as all, count_distinct(metadata.n) as n, \
                   sum(metadata.tenth) as tenths, avg(metadata.n) as mean";
        assert_eq!(
            rows(&format!("{all} | {numbers}")).await,
            [format!(
                r#"{{"most":123456789012345678901234567891,"least":123456789012345678901234567889,"all":370370367037037036703703703670,"n":3,"tenths":0.3,"mean":{long}}}"#
            )]
        );
        for (filter, found) in [
            (format!("metadata.n = {long}"), 1),
            (format!("metadata.n != {long}"), 2),
            (format!("metadata.n > {long}"), 1),
            (format!("metadata.n between {long} and 123456789012345678901234567891"), 2),
            (format!("metadata.n in [{long}, 1]"), 1),
            ("input > 5 and id = 'r0'".to_owned(), 1),
        ] {
            assert_eq!(store.rows(&project, &filter).await.len(), found, "{filter}");
        }
        let ordered = rows(&format!("dimensions: metadata.n as n | measures: count(1) as c | sort: n desc | {numbers}")).await;
        assert_eq!(
            ordered.iter().map(|row| &row[5..35]).collect::<Vec<_>>(),
            ["123456789012345678901234567891", long, "123456789012345678901234567889"]
        );
    }
}

#[tokio::test]
async fn filters_find_what_looking_at_every_row_finds() {
    for store in stores().await {
        let project = filled(&store).await;
        // A filter that SQL cannot narrow, and that reads the comments into the rows.
        let everything = store.rows(&project, "comments is null or true").await;
        assert_eq!(everything.len(), 40);
        let mut found_none = Vec::new();
        for &filter in FILTERS {
            let expression = parse_expression(filter).unwrap_or_else(|mistakes| panic!("{filter}: {mistakes:?}"));
            let expected: Vec<_> = everything.iter().filter(|row| holds(&expression, *row, crate::now())).collect();
            let id = |row: &Value| row["id"].as_str().unwrap().to_owned();
            let found: Vec<_> = store.rows(&project, filter).await.iter().map(id).collect();
            assert_eq!(found, expected.iter().map(|row| id(row)).collect::<Vec<_>>(), "{filter}");
            let count = store.viewer.count_rows(&project.logs(), Some(&expression)).await.unwrap();
            assert_eq!(count, i64::try_from(expected.len()).unwrap(), "{filter}");
            let (summary, _) = store.viewer.summary(&project.logs(), filter).await.unwrap();
            assert_eq!(summary, counted(&expected), "{filter}");
            if found.is_empty() {
                found_none.push(filter);
            }
        }
        expect_test::expect!["scores.Q > 7"].assert_eq(&found_none.join("\n"));
    }
}

/// The summary of rows, from their scores as they are sent.
fn counted(rows: &[&Value]) -> Summary {
    let mut summary = Summary { spans: i64::try_from(rows.len()).unwrap(), ..Summary::default() };
    let mut scores: BTreeMap<String, shared::summary::Rollup> = BTreeMap::new();
    for (name, score) in rows.iter().flat_map(|row| row["scores"].as_object().unwrap()) {
        if let Some(score) = score.as_f64() {
            scores.entry(name.clone()).or_default().add(Nano::from_score(score), 1);
        }
    }
    summary.scores = scores;
    summary.traces = i64::try_from(rows.iter().map(|row| row["root_span_id"].as_str()).collect::<BTreeSet<_>>().len()).unwrap();
    summary
}

#[tokio::test]
async fn conditions_on_several_spans_of_a_trace() {
    for store in stores().await {
        let project = store.project("any").await;
        store
            .send(
                &project,
                &[
                    json!({"id": "a", "span_id": "a", "root_span_id": "one", "tags": ["prod"]}),
                    json!({"id": "b", "span_id": "b", "root_span_id": "one", "span_parents": ["a"], "error": "boom"}),
                    json!({"id": "c", "span_id": "c", "root_span_id": "two", "tags": ["prod"]}),
                ],
            )
            .await;
        for (filter, expected) in [
            ("tags includes 'prod' and error is not null", 1),
            ("any_span(tags includes 'prod' and error is not null)", 0),
            ("any_span(tags includes 'prod') and any_span(error is not null)", 1),
            ("tags includes 'prod' and any_span(error is not null)", 1),
            ("any_span(tags includes 'prod')", 2),
        ] {
            assert_eq!(store.list(&project, filter).await.len(), expected, "{filter}");
        }
    }
}

#[tokio::test]
async fn pages_give_each_trace_once() {
    for store in stores().await {
        let project = store.project("pages").await;
        let rows: Vec<_> = (0..1_000)
            .map(|number| json!({"id": format!("r{number}"), "created": "2026-01-01T00:00:00Z", "tags": if number % 3 == 0 { json!(["a"]) } else { json!([]) }}))
            .collect();
        store.send(&project, &rows).await;
        for (filter, expected) in [("", 1_000), ("tags includes 'a'", 334), ("len(tags) = 1", 334)] {
            let mut seen = Vec::new();
            let mut before: Option<Place> = None;
            loop {
                let query = ListTraces { object: project.logs(), filter: filter.to_owned(), before, limit: 17, columns: Vec::new() };
                let page = store.viewer.list_traces(query).await.unwrap();
                seen.extend(page.rows.iter().map(|row| row.place()));
                // What arrives meanwhile is newer, and moves nothing that was read.
                store.send(&project, &[json!({"id": format!("new{}", seen.len()), "tags": ["a"]})]).await;
                before = page.next;
                if before.is_none() {
                    break;
                }
            }
            assert_eq!(seen.len(), expected, "{filter}");
            assert!(seen.is_sorted_by(|one, other| one > other), "{filter}");
            store
                .send(&project, &(0..1_001).map(|number| json!({"id": format!("new{number}"), "_object_delete": true})).collect::<Vec<_>>())
                .await;
        }
        let filter = parse_expression("tags includes 'a'").unwrap();
        for oldest_first in [false, true] {
            let mut seen = Vec::new();
            let mut after = None;
            loop {
                let search = RowSearch { filter: Some(filter.clone()), oldest_first, after, limit: 17, ..RowSearch::of(project.logs()) };
                let found = store.viewer.search_rows(search).await.unwrap();
                seen.extend(found.values().iter().map(|row| Place::parse(row["_pagination_key"].as_str().unwrap()).unwrap()));
                after = found.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(seen.len(), 334);
            assert!(seen.is_sorted_by(|one, other| (one < other) == oldest_first && one != other));
        }
    }
}

#[tokio::test]
async fn whole_traces_come_with_all_their_spans() {
    for store in stores().await {
        let project = filled(&store).await;
        let mut traces = Vec::new();
        let mut after = None;
        loop {
            let filter = parse_expression("error is not null").ok();
            let search = RowSearch { filter, after, limit: 2, whole_traces: true, ..RowSearch::of(project.logs()) };
            let found = store.viewer.search_rows(search).await.unwrap();
            assert!(found.rows.len() <= 8);
            traces.extend(found.values().iter().map(|row| row["root_span_id"].as_str().unwrap().to_owned()));
            after = found.next;
            if after.is_none() {
                break;
            }
        }
        let distinct: BTreeSet<_> = traces.iter().cloned().collect();
        let listed: BTreeSet<_> = store.list(&project, "error is not null").await.into_iter().map(|row| row.root_span_id).collect();
        assert_eq!(distinct, listed);
        assert_eq!(traces.len(), distinct.len() * 4, "each span once");
    }
}

#[tokio::test]
async fn a_trace_whose_spans_lie_apart_comes_once() {
    for store in stores().await {
        let project = store.project("apart").await;
        let rows: Vec<_> = (0..12)
            .map(|number| json!({"id": format!("r{number}"), "root_span_id": format!("t{}", number % 4), "created": format!("2026-01-01T00:{number:02}:00Z")}))
            .collect();
        store.send(&project, &rows).await;
        for oldest_first in [false, true] {
            let mut ids = Vec::new();
            let mut after = None;
            loop {
                let search = RowSearch { oldest_first, after, limit: 1, whole_traces: true, ..RowSearch::of(project.logs()) };
                let found = store.viewer.search_rows(search).await.unwrap();
                ids.extend(found.values().iter().map(|row| row["id"].as_str().unwrap().to_owned()));
                after = found.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (12, 12));
        }
    }
}

#[tokio::test]
async fn mistakes_in_filters_are_told() {
    for store in stores().await {
        let project = store.project("mistakes").await;
        let query = ListTraces { object: project.logs(), filter: "scores.Q >".to_owned(), before: None, limit: 5, columns: Vec::new() };
        assert!(matches!(store.viewer.list_traces(query).await.unwrap_err().problem(), Some(shared::Problem::Filter { .. })));
        assert!(matches!(store.viewer.summary(&project.logs(), "(").await.unwrap_err().problem(), Some(shared::Problem::Filter { .. })));
    }
}

#[tokio::test]
async fn whole_traces_are_read_together_and_contents_by_their_keys() {
    for store in stores().await {
        let project = store.project("together").await;
        let mut rows = Vec::new();
        for number in 0..60 {
            // One of them is too large to be read with others.
            let spans = if number == 30 { 300 } else { 3 };
            for span in 0..spans {
                let (id, root) = (format!("{number}-{span}"), format!("{number}-0"));
                let created = format!("2026-01-01T00:{number:02}:{:02}Z", span % 60);
                rows.push(json!({"id": id, "span_id": id, "root_span_id": root, "created": created, "output": format!("of {id}")}));
            }
        }
        store.send(&project, &rows).await;
        let fetch = async |limit, after| {
            let search = RowSearch { limit, after, whole_traces: true, ..RowSearch::of(project.logs()) };
            store.viewer.search_rows(search).await.unwrap()
        };
        let all = fetch(1000, None).await.values();
        let roots: Vec<_> = all.iter().map(|row| row["root_span_id"].clone()).collect();
        let mut traces = roots.clone();
        traces.dedup();
        let newest_first: Vec<_> = (0..60).rev().map(|number| json!(format!("{number}-0"))).collect();
        assert_eq!((all.len(), traces), (59 * 3 + 300, newest_first));
        assert!(all.iter().all(|row| row["output"] == json!(format!("of {}", row["id"].as_str().unwrap()))));
        // Page by page it is the same.
        let (mut paged, mut after) = (Vec::new(), None);
        loop {
            let page = fetch(7, after).await;
            paged.extend(page.values());
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(paged, all);
        STATEMENTS.with_borrow_mut(Vec::clear);
        fetch(29, None).await;
        // Whoever follows the events asks once a second by themselves.
        let by_itself = |text: &String| text.starts_with("SELECT id, event FROM projects");
        let statements: Vec<_> = STATEMENTS.take().into_iter().map(|(text, _)| text).filter(|text| !by_itself(text)).collect();
        assert!(statements.len() <= 10, "{}: {statements:#?}", statements.len());
        let contents = statements.iter().find(|text| text.contains("octet_length")).unwrap();
        assert!(contents.find("ORDER BY") < contents.find("JOIN span_payloads"), "{contents}");
    }
}
