//! Rows of traces: what one sees there is what one filters, puts in order and sums up.

use super::sending::{address, answer, number, raws, slider};
use super::{TestStore, stores};
use crate::{Desk, Error};
use serde_json::{Value, json};
use shared::Problem;
use shared::columns::MOST_COMPUTED;
use shared::comments::AddComment;
use shared::filter::{Context, parse_query};
use shared::projects::{ChangeSettings, Project};
use shared::spans::{GroupTraces, ListTraces, SortTraces, TraceMeasure, TraceSort};
use std::collections::BTreeMap;

/// Four traces whose scorers have spans of their own; the first is of three spans.
async fn filled(store: &TestStore) -> Project {
    let project = store.project("rows").await;
    let span = |id: &str, root: &str, more: Value| {
        let parents = if id == root { Value::Null } else { json!([root]) };
        let mut row = json!({"id": id, "span_id": id, "root_span_id": root, "span_parents": parents, "created": "2026-01-01T00:00:00Z"});
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        row
    };
    let rows = [
        span("one", "one", json!({"metadata": {"plan": "pro"}, "tags": ["shipping"], "metrics": {"start": 10, "end": 14, "tokens": 9}})),
        span(
            "model",
            "one",
            json!({"error": "Timeout after 30 s", "metrics": {"start": 11, "end": 19, "tokens": 40, "estimated_cost": 0.25}}),
        ),
        span("scorer", "one", json!({"scores": {"Factuality": 0.25}, "span_attributes": {"name": "factuality", "type": "task"}})),
        span(
            "two",
            "two",
            json!({"metadata": {"plan": "pro"}, "tags": ["billing"], "scores": {"Factuality": 1}, "created": "2026-01-02T00:00:00Z"}),
        ),
        span("late", "two", json!({"scores": {"Factuality": 0}, "tags": ["shipping"]})),
        span(
            "three",
            "three",
            json!({"metadata": {"plan": "free"}, "scores": {"Factuality": 0.75}, "metrics": {"start": 1, "end": 2, "tokens": 40}}),
        ),
        span("four", "four", json!({"error": "boom", "created": "2026-01-03T00:00:00Z"})),
    ];
    store.send(&project, &rows).await;
    let comment = AddComment { row: address(&project, "late"), text: "Why so late?".to_owned(), client_id: None };
    store.reviewer.add_comment(comment).await.unwrap();
    project
}

async fn listed(store: &TestStore, project: &Project, filter: &str) -> Vec<String> {
    let mut roots: Vec<_> = store.list(project, filter).await.into_iter().map(|row| row.root_span_id).collect();
    roots.sort();
    roots
}

#[tokio::test]
async fn the_rows_of_a_group_are_those_that_its_condition_finds() {
    for store in stores().await {
        let project = filled(&store).await;
        for (by, expected) in [
            ("tags", "shipping 2, billing 1, no tags 2"),
            ("metadata.plan", "pro 2, free 1, nothing there 1"),
            ("scores.Factuality", "20–40 % 1, 40–60 % 1, 60–80 % 1, no Factuality 1"),
            ("error is null", "false 2, true 2"),
            ("len(comments)", "1 1, nothing there 3"),
        ] {
            let query = |filter: &str| GroupTraces { object: project.logs(), filter: filter.to_owned(), by: by.to_owned() };
            let told = store.viewer.group_traces(query("")).await.unwrap();
            let groups: Vec<_> = told.groups.iter().map(|group| format!("{} {}", group.words, group.rows)).collect();
            assert_eq!((groups.join(", ").as_str(), told.rows, told.is_partial), (expected, 4, false), "{by}");
            for group in told.groups {
                let found = listed(&store, &project, group.condition.as_deref().unwrap()).await;
                assert_eq!(found.len() as u64, group.rows, "{by}: {:?} finds {found:?}", group.condition);
            }
            let some = store.viewer.group_traces(query("metadata.plan = 'pro'")).await.unwrap();
            assert_eq!(some.rows, 2, "{by}");
        }
        let query = |by: &str| GroupTraces { object: project.logs(), filter: String::new(), by: by.to_owned() };
        let means = store.viewer.group_traces(query("metadata.plan")).await.unwrap();
        assert_eq!((means.scores, &means.groups[0].means[0]), (vec!["Factuality".to_owned()], &Some(0.375)));
        for by in ["", "metadata.", "tags and ("] {
            assert!(matches!(store.viewer.group_traces(query(by)).await.unwrap_err().problem(), Some(Problem::Invalid { .. })), "{by}");
        }
    }
}

#[tokio::test]
async fn a_filter_finds_the_rows_that_show_it() {
    for store in stores().await {
        let project = filled(&store).await;
        for (filter, expected) in [
            // The tag stands on the root, the score on the span of a scorer.
            ("tags includes 'shipping' and scores.Factuality < 50%", "one"),
            ("tags includes 'shipping' and scores.Factuality = 50%", "two"),
            ("scores.Factuality > 0.9", ""),
            ("any_span(scores.Factuality > 0.9)", "two"),
            ("any_span(scores.Factuality >= 0 and scores.Factuality < 0.05)", "two"),
            ("any_span(tags includes 'shipping' and scores.Factuality < 50%)", "two"),
            ("metadata.plan = 'pro' and scores.Factuality is not null and error is not null", "one"),
            ("error like 'Timeout%'", "one"),
            ("error ilike '%BOOM%' or error match 'timeout'", "four one"),
            ("error is null", "three two"),
            ("not error = 'boom'", "one"),
            ("comments.text ilike '%late%' and metadata.plan = 'pro'", "two"),
            ("comments is null", "four one three"),
            ("metrics.duration = 9", "one"),
            ("metrics.start = 10 and metrics.end = 19", "one"),
            ("metrics.tokens = 40", "one three"),
            ("any_span(metrics.tokens = 9)", "one"),
            ("metrics.estimated_cost > 0.2 and estimated_cost() < 0.3", "one"),
            ("span_attributes.type = 'task'", ""),
            ("any_span(span_attributes.type = 'task') and metadata.plan = 'pro'", "one"),
            ("len(tags) = 2", "two"),
            ("id = 'late'", ""),
            ("root_span_id = 'two' and tags includes 'billing'", "two"),
            ("created >= '2026-01-02'", "four two"),
        ] {
            assert_eq!(listed(&store, &project, filter).await.join(" "), expected, "{filter}");
            let from = format!("from: project_logs('{}') summary", project.id);
            let query = parse_query(&format!("select: root_span_id | {from} | filter: {filter}")).unwrap();
            let answer = store.viewer.query(&query, None, Context::at(crate::now())).await.unwrap();
            let mut roots: Vec<Value> = answer.rows.iter().map(|row| serde_json::from_str(row.get()).unwrap()).collect();
            roots.sort_by_key(|row| row["root_span_id"].to_string());
            let roots: Vec<_> = roots.iter().map(|row| row["root_span_id"].as_str().unwrap()).collect();
            assert_eq!(roots.join(" "), expected, "summary: {filter}");
        }
    }
}

#[tokio::test]
async fn the_summary_is_of_all_spans_of_the_rows_that_are_shown() {
    for store in stores().await {
        let project = filled(&store).await;
        for filter in ["metadata.plan = 'pro'", "tags includes 'shipping'", "len(tags) > 0"] {
            let (summary, _) = store.viewer.summary_of_rows(&project.logs(), filter).await.unwrap();
            let scores: BTreeMap<_, _> = summary.scores.iter().map(|(name, rollup)| (name.as_str(), (rollup.count, rollup.sum))).collect();
            assert_eq!((summary.traces, summary.spans, summary.partial), (2, 5, false), "{filter}");
            assert_eq!(scores, BTreeMap::from([("Factuality", (3, 1_250_000_000))]), "{filter}");
            assert_eq!(summary.carried, BTreeMap::from([("Factuality".to_owned(), 2)]), "{filter}");
        }
        let (summary, _) = store.viewer.summary_of_rows(&project.logs(), "error is not null").await.unwrap();
        assert_eq!((summary.traces, summary.spans, summary.carried.get("Factuality")), (2, 4, Some(&1)));
        let (summary, _) = store.viewer.summary_of_rows(&project.logs(), "tags includes 'nothing'").await.unwrap();
        assert_eq!(summary, shared::summary::Summary::default());
        let (whole, _) = store.viewer.summary_of_rows(&project.logs(), "").await.unwrap();
        assert_eq!(whole, store.summary(&project).await);
    }
}

/// All rows in an order, page by page.
async fn sorted(desk: &Desk, project: &Project, filter: &str, sort: &TraceSort, limit: u32) -> Vec<String> {
    let (mut roots, mut after) = (Vec::new(), None);
    loop {
        let query = SortTraces { object: project.logs(), filter: filter.to_owned(), sort: sort.clone(), after, limit, columns: Vec::new() };
        let page = desk.sort_traces(query).await.unwrap();
        roots.extend(page.rows.into_iter().map(|row| row.root_span_id));
        after = page.next;
        if after.is_none() {
            return roots;
        }
    }
}

#[tokio::test]
async fn rows_come_in_the_order_of_what_they_show_and_those_without_it_last() {
    for store in stores().await {
        let project = filled(&store).await;
        let score = || TraceMeasure::Score("Factuality".to_owned());
        for (by, descending, filter, expected) in [
            (score(), true, "", "three two one four"),
            (score(), false, "", "one two three four"),
            (score(), false, "metadata.plan = 'pro'", "one two"),
            (score(), true, "tags includes 'shipping'", "two one"),
            (TraceMeasure::Duration, true, "", "one three four two"),
            (TraceMeasure::Duration, false, "", "three one two four"),
            // As many tokens: the newer one, which came later, first.
            (TraceMeasure::Tokens, true, "", "three one four two"),
            (TraceMeasure::Tokens, false, "", "one three two four"),
            (TraceMeasure::Cost, true, "metadata.plan = 'pro'", "one two"),
            (TraceMeasure::Cost, false, "len(tags) > 0", "one two"),
            (TraceMeasure::Created, true, "", "four two three one"),
            (TraceMeasure::Created, false, "metadata.plan = 'pro'", "one two"),
        ] {
            let sort = TraceSort { by, descending };
            for limit in [1, 2, 3, 100] {
                assert_eq!(sorted(&store.viewer, &project, filter, &sort, limit).await.join(" "), expected, "{sort:?} {filter} {limit}");
            }
        }
        // An answer changes the mean, and moves the row.
        store.question(&project, "Factuality", slider()).await;
        answer(&store.reviewer, &project, "three", "Factuality", number(0.1)).await.unwrap();
        answer(&store.reviewer, &project, "four", "Factuality", number(0.9)).await.unwrap();
        let sort = TraceSort { by: score(), descending: true };
        assert_eq!(sorted(&store.viewer, &project, "", &sort, 1).await.join(" "), "four two one three");
        answer(&store.reviewer, &project, "four", "Factuality", None).await.unwrap();
        store.send(&project, &[json!({"id": "two", "_object_delete": true}), json!({"id": "late", "_object_delete": true})]).await;
        assert_eq!(sorted(&store.viewer, &project, "", &sort, 1).await.join(" "), "one three four");
        store.verified().await;
    }
}

#[tokio::test]
async fn a_query_of_traces_is_sorted_page_by_page() {
    for store in stores().await {
        let project = filled(&store).await;
        for (sort, expected) in [
            ("scores.Factuality desc", "three two one four"),
            ("scores.Factuality", "one two three four"),
            ("scores.Factuality desc, created desc", "three two one four"),
            ("metrics.duration desc", "one three four two"),
            ("metrics.total_tokens asc", "one three two four"),
            ("metrics.estimated_cost desc", "one four two three"),
        ] {
            let (mut roots, mut cursor) = (Vec::new(), String::new());
            loop {
                let from = format!("from: project_logs('{}') summary", project.id);
                let text = format!("select: root_span_id | {from} | sort: {sort} | limit: 1{cursor}");
                let answer = store.viewer.query(&parse_query(&text).unwrap(), None, Context::at(crate::now())).await.unwrap();
                roots.extend(answer.rows.iter().map(|row| serde_json::from_str::<Value>(row.get()).unwrap()["root_span_id"].clone()));
                match answer.next {
                    Some(next) => cursor = format!(" | cursor: '{next}'"),
                    None => break,
                }
            }
            let roots: Vec<_> = roots.iter().map(|root| root.as_str().unwrap()).collect();
            assert_eq!(roots.join(" "), expected, "{sort}");
        }
    }
}

#[tokio::test]
async fn an_order_tells_nobody_what_they_may_not_see() {
    for store in stores().await {
        let project = filled(&store).await;
        store.question(&project, "Factuality", slider()).await;
        let changes = json!({"blind_reviews": true}).as_object().unwrap().clone();
        store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes }).await.unwrap();
        let sort = TraceSort { by: TraceMeasure::Score("Factuality".to_owned()), descending: true };
        assert_eq!(sorted(&store.engineer, &project, "", &sort, 2).await.join(" "), "three two one four");
        for desk in [&store.reviewer, &store.viewer] {
            let query = SortTraces {
                object: project.logs(),
                filter: String::new(),
                sort: sort.clone(),
                after: None,
                limit: 10,
                columns: Vec::new(),
            };
            let refused = desk.sort_traces(query).await.unwrap_err();
            assert!(matches!(refused, Error::Problem(Problem::Forbidden { .. })), "{refused}");
            // A query puts in order what may be seen: nothing, so that the rows come as they are found.
            let text =
                format!("select: root_span_id, scores | from: project_logs('{}') summary | sort: scores.Factuality desc", project.id);
            let answer = desk.query(&parse_query(&text).unwrap(), None, Context::at(crate::now())).await.unwrap();
            let rows: Vec<Value> = answer.rows.iter().map(|row| serde_json::from_str(row.get()).unwrap()).collect();
            assert!(rows.iter().all(|row| row["scores"] == json!({})), "{rows:?}");
            let roots: Vec<_> = rows.iter().map(|row| row["root_span_id"].as_str().unwrap()).collect();
            assert_eq!(roots.join(" "), "four two three one");
            let sort = TraceSort { by: TraceMeasure::Duration, descending: true };
            assert_eq!(sorted(desk, &project, "", &sort, 2).await.join(" "), "one three four two");
        }
        // The span of a scorer hides what it takes and costs, too.
        store.engineer.ingest(raws(&[json!({"id": "judge", "span_id": "judge", "root_span_id": "one", "span_parents": ["one"], "span_attributes": {"name": "Factuality", "type": "score"}})]), Some(project.logs())).await.unwrap();
        let sort = TraceSort { by: TraceMeasure::Duration, descending: true };
        let query = SortTraces { object: project.logs(), filter: String::new(), sort, after: None, limit: 10, columns: Vec::new() };
        assert!(matches!(store.reviewer.sort_traces(query).await.unwrap_err(), Error::Problem(Problem::Forbidden { .. })));
    }
}

/// What some expressions come to, row by row.
async fn told(desk: &Desk, project: &Project, columns: &[&str]) -> BTreeMap<String, Vec<String>> {
    let columns = columns.iter().map(|&column| column.to_owned()).collect();
    let query = ListTraces { object: project.logs(), filter: String::new(), before: None, limit: 10, columns };
    let rows = desk.list_traces(query).await.unwrap().rows;
    rows.into_iter().map(|row| (row.root_span_id, row.values)).collect()
}

#[tokio::test]
async fn a_column_shows_what_a_filter_reads_of_the_row() {
    for store in stores().await {
        let project = filled(&store).await;
        let columns = [
            "metadata.plan",
            "metrics.tokens",
            "scores.Factuality > 0.5",
            "any_span(error is not null)",
            "len(comments)",
            "tags",
            "metadata",
        ];
        let rows = told(&store.viewer, &project, &columns).await;
        let row = |root: &str| rows[root].join(" | ");
        assert_eq!(row("one"), r#"pro | 40 | false | true |  | shipping | {"plan":"pro"}"#);
        assert_eq!(row("two"), r#"pro |  | false | false | 1 | billing, shipping | {"plan":"pro"}"#);
        assert_eq!(row("three"), r#"free | 40 | true | false |  |  | {"plan":"free"}"#);
        assert_eq!(row("four"), " |  |  | true |  |  | ");
        // The same in an order of one's own, page by page.
        let sort = TraceSort { by: TraceMeasure::Duration, descending: true };
        let columns = vec!["metadata.plan".to_owned()];
        let query = SortTraces { object: project.logs(), filter: String::new(), sort, after: None, limit: 1, columns };
        let first = store.viewer.sort_traces(query.clone()).await.unwrap();
        let second = store.viewer.sort_traces(SortTraces { after: first.next, ..query }).await.unwrap();
        let values: Vec<_> = first.rows.iter().chain(&second.rows).map(|row| (row.root_span_id.as_str(), row.values.join("|"))).collect();
        assert_eq!(values, [("one", "pro".to_owned()), ("three", "free".to_owned())]);
    }
}

#[tokio::test]
async fn columns_are_bounded_and_mistakes_in_them_are_told() {
    for store in stores().await {
        let project = filled(&store).await;
        let ask = |columns: Vec<String>| ListTraces { object: project.logs(), filter: String::new(), before: None, limit: 10, columns };
        let many = vec!["metadata.plan".to_owned(); MOST_COMPUTED + 1];
        let refused = store.viewer.list_traces(ask(many)).await.unwrap_err();
        assert!(refused.problem().unwrap().to_string().contains("at most 20 columns"), "{refused}");
        let wrong = store.viewer.list_traces(ask(vec!["metadata.".to_owned()])).await.unwrap_err();
        assert!(matches!(wrong.problem(), Some(Problem::Filter { .. })), "{wrong}");
        assert!(told(&store.viewer, &project, &[]).await.values().all(Vec::is_empty));
    }
}

#[tokio::test]
async fn a_column_tells_nobody_what_they_may_not_see() {
    for store in stores().await {
        let project = filled(&store).await;
        store.question(&project, "Factuality", slider()).await;
        answer(&store.reviewer, &project, "one", "Factuality", number(0.5)).await.unwrap();
        let changes = json!({"blind_reviews": true}).as_object().unwrap().clone();
        store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes }).await.unwrap();
        let columns =
            ["scores.Factuality", "answers.Factuality.count", "scores.Factuality is null", "any_span(scores.Factuality > 0)", "scores"];
        let open = told(&store.engineer, &project, &columns).await;
        assert_eq!((open["three"][0].as_str(), open["one"][1].as_str()), ("0.75", "1"));
        let blind = told(&store.viewer, &project, &columns).await;
        for (root, values) in blind {
            assert_eq!(values.join("|"), "||true|false|", "{root}");
        }
    }
}
