//! What a search costs, what it hands through, and where it goes on.

use super::sending::raw;
use super::{TestStore, stores};
use crate::RowSearch;
use crate::ground::database::STATEMENTS;
use serde_json::json;
use shared::filter::{Context, parse_expression, parse_query};
use shared::projects::Project;
use shared::spans::ListTraces;

/// Values that a careless reader changes or drops, as they are sent.
const ODD: [&str; 8] = [
    r#"{"z":1,"a":2,"m":{"y":0,"b":0}}"#,
    r#""cut \ud83e""#,
    "1e400",
    "123456789012345678901234567890",
    "0.1000000000000000055511151231257827",
    r#"{"a\ud83e":[1.0, 1.50,-0]}"#,
    r#""\u0000\u00e9é""#,
    r#"[ {"k" : "v"} ]"#,
];

impl TestStore {
    /// The rows that a query gives, each as its text.
    async fn answer(&self, project: &Project, text: &str) -> Vec<String> {
        let query = parse_query(&text.replace("LOGS", &format!("project_logs('{}')", project.id))).unwrap();
        let answer = self.viewer.query(&query, None, Context::at(crate::now())).await.unwrap();
        answer.rows.iter().map(|row| row.get().to_owned()).collect()
    }

    /// The ids of what the list shows for a filter, and how many pages it took.
    async fn pages(&self, project: &Project, filter: &str) -> (Vec<String>, usize) {
        let (mut ids, mut pages, mut before) = (Vec::new(), 0, None);
        loop {
            let query = ListTraces { object: project.logs(), filter: filter.to_owned(), before, limit: 50, columns: Vec::new() };
            let page = self.viewer.list_traces(query).await.unwrap();
            pages += 1;
            ids.extend(page.rows.into_iter().map(|row| row.root_span_id));
            before = page.next;
            if before.is_none() {
                return (ids, pages);
            }
        }
    }
}

#[tokio::test]
async fn what_arrived_comes_back_byte_for_byte() {
    for store in stores().await {
        let project = store.project("odd").await;
        let deep = format!("{}\"needle\"{}", "[".repeat(300), "]".repeat(300));
        for (number, value) in ODD.into_iter().chain([deep.as_str()]).enumerate() {
            let text = format!(r#"{{"id":"r{number}","span_id":"r{number}","input":{value},"metadata":{{"b":1,"a":{value}}}}}"#);
            let sent = store.engineer.ingest(vec![raw(text)], Some(project.logs())).await.unwrap();
            assert_eq!(sent.rejected, [], "{value}");
            let filter = parse_expression(&format!("id = 'r{number}'")).unwrap();
            for whole_traces in [false, true] {
                let search = RowSearch { filter: Some(filter.clone()), whole_traces, ..RowSearch::of(project.logs()) };
                let found = store.viewer.search_rows(search).await.unwrap();
                let row = found.rows[0].get();
                assert!(row.contains(&format!(r#""input":{value},"#)), "{value}: {row}");
                assert!(row.contains(&format!(r#""metadata":{{"b":1,"a":{value}}}"#)), "{value}: {row}");
            }
        }
        store.verified().await;
    }
}

#[tokio::test]
async fn what_is_odd_is_found_where_it_can_be_read() {
    for store in stores().await {
        let project = store.project("odd").await;
        let deep = format!("{}\"needle\"{}", "[".repeat(300), "]".repeat(300));
        for (id, value) in [("emoji", r#"{"said":"cut \ud83e","plan":"pro"}"#), ("deep", &deep), ("huge", r#"{"n":1e400,"plan":"pro"}"#)] {
            let text = format!(r#"{{"id":"{id}","span_id":"{id}","metadata":{{"x":{value}}},"output":{value}}}"#);
            assert_eq!(store.engineer.ingest(vec![raw(text)], Some(project.logs())).await.unwrap().rejected, []);
        }
        for (filter, mut expected) in [
            ("metadata.x.plan = 'pro'", vec!["emoji", "huge"]),
            ("output.said match 'cut'", vec!["emoji"]),
            ("output.said like 'cut %'", vec!["emoji"]),
            ("output match 'needle'", vec!["deep"]),
            ("search('needle')", vec!["deep"]),
            ("output.n is not null", vec!["huge"]),
            ("output.n > 1", vec!["huge"]),
        ] {
            let rows = store.rows(&project, filter).await;
            let mut found: Vec<_> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
            let mut listed = store.pages(&project, filter).await.0;
            found.sort_unstable();
            listed.sort_unstable();
            expected.sort_unstable();
            assert_eq!((found, listed), (expected.clone(), expected.iter().map(|id| (*id).to_owned()).collect()), "{filter}");
        }
        store.verified().await;
    }
}

#[tokio::test]
async fn a_list_goes_on_until_it_finds_what_is_old() {
    for store in stores().await {
        let project = store.project("old").await;
        let rows: Vec<_> = (0..2_500)
            .map(|number| {
                let created = format!("2026-01-01T{:02}:{:02}:00Z", number / 60 % 24, number % 60);
                json!({"id": format!("r{number}"), "span_id": format!("r{number}"), "metadata": {"n": number}, "created": created})
            })
            .collect();
        for rows in rows.chunks(1_000) {
            store.send(&project, rows).await;
        }
        // Three in the first minutes of the day, so the last that a list comes to.
        let (ids, pages) = store.pages(&project, "metadata.n + 0 in [0, 1, 1440]").await;
        assert_eq!((ids.len(), pages > 1), (3, true), "{pages} pages: {ids:?}");
        let first =
            ListTraces { object: project.logs(), filter: "metadata.n + 0 = 0".to_owned(), before: None, limit: 50, columns: Vec::new() };
        let page = store.viewer.list_traces(first).await.unwrap();
        assert_eq!((page.rows.len(), page.partial, page.next.is_some()), (0, true, true), "it says that it has not seen everything");
        // Who asks for rows gets no empty page with a cursor.
        assert_eq!(store.answer(&project, "select: id | from: LOGS | filter: metadata.n = 0").await, [r#"{"id":"r0"}"#]);
        assert_eq!(store.answer(&project, "measures: count(1) as n | from: LOGS").await, [r#"{"n":2500}"#]);
        assert_eq!(
            store.answer(&project, "measures: count(1) as n, max(metadata.n) as m | from: LOGS | filter: metadata.n < 100").await,
            [r#"{"n":100,"m":99}"#]
        );
        assert_eq!(
            store.answer(&project, "dimensions: metadata.n % 2 as odd | measures: count(1) as n | from: LOGS | sort: odd").await,
            [r#"{"odd":0,"n":1250}"#, r#"{"odd":1,"n":1250}"#]
        );
        store.verified().await;
    }
}

#[tokio::test]
async fn a_page_ends_where_it_is_large_and_goes_on_inside_a_trace() {
    for store in stores().await {
        let project = store.project("large").await;
        let text = "x".repeat(1_500_000);
        for number in 0..12 {
            let row = json!({"id": format!("r{number:02}"), "span_id": format!("r{number:02}"), "root_span_id": format!("t{}", number / 8), "input": text});
            store.send(&project, &[row]).await;
        }
        for whole_traces in [false, true] {
            let (mut ids, mut after, mut pages) = (Vec::new(), None, 0);
            loop {
                let search = RowSearch { after, whole_traces, ..RowSearch::of(project.logs()) };
                let found = store.viewer.search_rows(search).await.unwrap();
                let bytes: usize = found.rows.iter().map(|row| row.get().len()).sum();
                assert!(bytes < 18_000_000, "{bytes}");
                ids.extend(found.values().iter().map(|row| row["id"].as_str().unwrap().to_owned()));
                pages += 1;
                after = found.next;
                if after.is_none() {
                    break;
                }
            }
            assert!(pages > 1);
            ids.sort_unstable();
            assert_eq!(ids, (0..12).map(|number| format!("r{number:02}")).collect::<Vec<_>>(), "each once");
        }
        let rows = store.answer(&project, "select: id, metrics.errors as errors | from: LOGS summary").await;
        assert_eq!(rows.len(), 2, "{rows:?}");
        store.verified().await;
    }
}

#[tokio::test]
async fn a_cursor_belongs_to_its_question() {
    for store in stores().await {
        let project = store.project("cursors").await;
        store.send(&project, &[json!({"id": "a", "tags": ["x"]}), json!({"id": "b", "tags": ["x"]}), json!({"id": "c"})]).await;
        let search = |filter: &str, oldest_first: bool, after: Option<String>| RowSearch {
            filter: parse_expression(filter).ok(),
            oldest_first,
            after,
            limit: 1,
            ..RowSearch::of(project.logs())
        };
        let next = store.viewer.search_rows(search("tags includes 'x'", false, None)).await.unwrap().next;
        let on = store.viewer.search_rows(search("tags includes 'x'", false, next.clone())).await.unwrap();
        assert_eq!(on.values()[0]["id"], "a");
        for other in [search("tags is null", false, next.clone()), search("tags includes 'x'", true, next.clone())] {
            let error = store.viewer.search_rows(other).await.unwrap_err();
            assert!(error.to_string().contains("another query"), "{error}");
        }
        let error = store.viewer.search_rows(search("tags includes 'x'", false, Some("soon".to_owned()))).await.unwrap_err();
        assert!(error.to_string().contains("not a cursor"), "{error}");
        store.verified().await;
    }
}

#[tokio::test]
async fn a_page_ends_by_what_its_rows_have_become() {
    for store in stores().await {
        let project = store.project("becoming").await;
        let rows: Vec<_> = (0..20).map(|number| json!({"id": format!("r{number}"), "input": "a".repeat(100_000)})).collect();
        store.send(&project, &rows).await;
        let query = |columns: usize| {
            let columns: Vec<_> = (0..columns).map(|number| format!("input as a{number}")).collect();
            parse_query(&format!("select: {} | from: project_logs('{}') | limit: 20", columns.join(", "), project.id)).unwrap()
        };
        let answer = store.viewer.query(&query(20), None, Context::at(crate::now())).await.unwrap();
        assert!((1..10).contains(&answer.rows.len()) && answer.next.is_some(), "{}", answer.rows.len());
        let refused = store.viewer.query(&query(201), None, Context::at(crate::now())).await.unwrap_err();
        assert!(refused.to_string().contains("at most 200 columns"), "{refused}");
        store.verified().await;
    }
}

#[tokio::test]
async fn what_is_only_counted_is_not_read_and_what_is_read_is_read_in_parts() {
    const AT_ONCE: usize = 200;
    for store in stores().await {
        let project = store.project("counted").await;
        let rows: Vec<_> = (0..900)
            .map(|number| json!({"id": format!("r{number}"), "input": "a".repeat(100), "tags": ["x"], "scores": {"Q": 0.5}, "metadata": {"n": number}}))
            .collect();
        store.send(&project, &rows).await;
        for (query, answer, reads) in [
            ("measures: count(1) as n", r#"{"n":900}"#, false),
            ("measures: count(1) as n | filter: tags includes 'x'", r#"{"n":900}"#, false),
            ("measures: count(1) as n, avg(scores.Q) as q", r#"{"n":900,"q":0.5}"#, false),
            ("measures: count(1) as n, max(metadata.n) as m", r#"{"n":900,"m":899}"#, true),
        ] {
            STATEMENTS.with_borrow_mut(Vec::clear);
            assert_eq!(store.answer(&project, &format!("from: LOGS | {query}")).await, [answer]);
            let statements = STATEMENTS.take();
            let read: Vec<_> = statements.iter().filter(|(text, _)| text.contains("span_payloads")).collect();
            assert_eq!(!read.is_empty(), reads, "{query}: {read:?}");
            // A number that is bound has eight bytes: those of the spans and of the project.
            let contents = read.iter().filter(|(text, _)| text.contains("body FROM"));
            assert!(contents.map(|(_, bytes)| *bytes).all(|bytes| bytes <= 8 * (AT_ONCE + 1)), "{query}: {read:?}");
        }
        store.verified().await;
    }
}
