//! The order in which things arrive: merges and feedback before their row, the same again, and what comes after a deletion.

use super::sending::{raw, raws, slider};
use super::{TestStore, stores};
use crate::Ingested;
use crate::ground::database::{all, values};
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use shared::Problem;
use shared::filter::parse_expression;
use shared::projects::Project;
use shared::summary::Summary;

impl TestStore {
    /// Sends rows as SDKs do, to the address that serves all objects.
    async fn send_anywhere(&self, project: &Project, rows: &[Value]) -> Ingested {
        let mut rows = rows.to_vec();
        for row in &mut rows {
            row["project_id"] = json!(project.id);
            row["log_id"] = json!("g");
        }
        self.engineer.ingest(raws(&rows), None).await.unwrap()
    }

    /// The numbers of events and transactions of a project so far.
    pub(crate) async fn heads(&self, project: &Project) -> (i64, i64) {
        #[derive(FromQueryResult)]
        struct Row {
            event: i64,
            transaction_id: i64,
        }
        let rows =
            all::<Row>(self.store.readers(), "SELECT event, transaction_id FROM projects WHERE id = ?", values![project.id.as_str()]);
        let row = rows.await.unwrap().pop().unwrap();
        (row.event, row.transaction_id)
    }
}

#[tokio::test]
async fn a_merge_before_its_row_loses_nothing_when_the_row_comes() {
    for store in stores().await {
        let project = store.project("order").await;
        let ids = json!({"id": "r", "span_id": "s", "root_span_id": "t"});
        let with = |more: Value| {
            let mut row = ids.clone();
            row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            row
        };
        let end = with(json!({"_is_merge": true, "span_parents": null, "output": "done", "metrics": {"end": 2}, "tags": ["late"]}));
        let full =
            with(json!({"created": "2026-01-01T00:00:00Z", "input": "hi", "output": null, "metrics": {"start": 1}, "tags": ["early"],
                               "span_parents": ["p"]}));
        assert_eq!(store.send_anywhere(&project, std::slice::from_ref(&end)).await.waiting, []);
        assert_eq!(store.list(&project, "").await.len(), 1, "it says which span it is of, so it is listed");
        store.send_anywhere(&project, std::slice::from_ref(&full)).await;
        let expected = r#"{"span_id":"s","root_span_id":"t","created":"2026-01-01T00:00:00Z","input":"hi","output":"done","metrics":{"start":1,"end":2},"tags":["early","late"],"span_parents":["p"]}"#;
        let stored: Value = serde_json::from_str(&store.stored_text(&project, "r").await).unwrap();
        assert_eq!(stored, serde_json::from_str::<Value>(expected).unwrap());
        // Both again change nothing, and another whole row is a new one: nothing lies on top of it any more.
        store.send_anywhere(&project, &[full, end]).await;
        assert_eq!(serde_json::from_str::<Value>(&store.stored_text(&project, "r").await).unwrap(), stored);
        store.send_anywhere(&project, &[with(json!({"input": "anew"}))]).await;
        assert_eq!(store.row(&project, "r").await["output"], Value::Null);
        assert_eq!(store.summary(&project).await, store.recount(&project).await);
        store.verified().await;
    }
}

#[tokio::test]
async fn feedback_for_a_row_that_is_not_there_waits_and_is_told() {
    for store in stores().await {
        let project = store.project("waiting").await;
        store.question(&project, "Thumb", slider()).await;
        let feedback = json!({"id": "r", "scores": {"Thumb": 1}, "tags": ["user"], "comment": "Thanks", "metadata": {"user_id": "u7"}});
        let taken = store.reviewer.feedback(&project.logs(), vec![json!({"id": "r", "comment": "first"}), feedback]).await.unwrap();
        assert_eq!(taken.rejected, []);
        assert_eq!(taken.waiting.iter().map(|row| (row.index, row.id.as_str())).collect::<Vec<_>>(), [(0, "r"), (1, "r")]);
        // The same as SDKs send it.
        let more = json!({"id": "r", "_is_merge": true, "_audit_source": "external", "scores": {"Other": 0.5}});
        assert_eq!(store.send_anywhere(&project, &[more]).await.waiting.len(), 1);
        assert_eq!((store.list(&project, "").await, store.rows(&project, "").await, store.summary(&project).await), Default::default());
        // Only who asks for it finds it.
        for filter in ["arrived = false", "not arrived", "arrived != true and comments match 'thanks'"] {
            let found = store.rows(&project, filter).await;
            assert_eq!(found.iter().map(|row| &row["id"]).collect::<Vec<_>>(), ["r"], "{filter}");
            let counted = store.viewer.count_rows(&project.logs(), Some(&parse_expression(filter).unwrap())).await.unwrap();
            let summed = store.viewer.summary(&project.logs(), filter).await.unwrap().0.spans;
            assert_eq!((counted, summed), (1, 1), "{filter}");
        }
        for filter in ["arrived", "arrived = false or id = 'r'", "arrived is not null", "id = 'r'", "arrived = false and id = 's'"] {
            assert_eq!(store.rows(&project, filter).await, [Value::Null; 0], "{filter}");
        }
        assert!(matches!(
            store.viewer.locate_row(&project.logs(), &"r".into()).await.unwrap_err().problem(),
            Some(Problem::NotFound { .. })
        ));
        store.verified().await;
        let ingested = store.send_anywhere(&project, &[json!({"id": "r", "span_id": "s", "root_span_id": "t", "input": "hi"})]).await;
        assert_eq!(ingested.waiting, []);
        let rows = store.list(&project, "").await;
        assert_eq!((rows.len(), rows[0].comments, rows[0].tags.clone()), (1, 2, vec!["user".to_owned()]));
        assert_eq!((store.rows(&project, "arrived").await.len(), store.rows(&project, "not arrived").await.len()), (1, 0));
        assert_eq!(store.summary(&project).await.scores.keys().collect::<Vec<_>>(), ["Other", "Thumb"]);
        assert_eq!(store.summary(&project).await, store.recount(&project).await);
        // What waited is no version of the row.
        let before = Some(store.viewer.last_transaction().await.unwrap());
        let as_of = crate::RowSearch { version: before, ..crate::RowSearch::of(project.logs()) };
        assert_eq!(store.viewer.search_rows(as_of).await.unwrap().rows.len(), 1);
        store.verified().await;
        // What waits for ever can be erased.
        store.reviewer.feedback(&project.logs(), vec![json!({"id": "never", "comment": "lost"})]).await.unwrap();
        store.engineer.erase_row(super::sending::address(&project, "never")).await.unwrap();
        store.verified().await;
    }
}

#[tokio::test]
async fn what_is_said_about_a_deleted_row_is_refused_by_name() {
    for store in stores().await {
        let project = store.project("deleted").await;
        let full = json!({"id": "r", "span_id": "s", "root_span_id": "t", "input": "hi"});
        let delete = json!({"id": "r", "_object_delete": true});
        let comment = json!({"id": "c", "origin": {"id": "r"}, "comment": {"text": "hm"}});
        let merge = json!({"id": "r", "span_id": "s", "_is_merge": true, "output": "ho"});
        store.send_anywhere(&project, &[full.clone(), merge.clone()]).await;
        let ingested = store.send_anywhere(&project, &[delete.clone(), comment.clone(), merge.clone(), full.clone()]).await;
        let reason = "Row r was deleted. Send the whole row again, without _is_merge, if it should be there.";
        let told = |ingested: &Ingested| ingested.rejected.iter().map(|row| (row.index, row.reason.clone())).collect::<Vec<_>>();
        assert_eq!(told(&ingested), [(1, reason.to_owned()), (2, reason.to_owned())]);
        let nothing = || async { (store.list(&project, "").await, store.summary(&project).await) };
        assert_eq!(nothing().await, (Vec::new(), Summary::default()), "the row sent again with the same bytes is a retry");
        // The same in batches of their own, and as feedback.
        for row in [&comment, &merge] {
            assert_eq!(told(&store.send_anywhere(&project, std::slice::from_ref(row)).await), [(0, reason.to_owned())]);
        }
        let taken = store.reviewer.feedback(&project.logs(), vec![json!({"id": "r", "scores": {"Thumb": 1}})]).await.unwrap();
        assert_eq!(taken.rejected.iter().map(|row| row.reason.as_str()).collect::<Vec<_>>(), [reason]);
        assert_eq!(store.send_anywhere(&project, std::slice::from_ref(&full)).await.rejected, []);
        assert_eq!(nothing().await, (Vec::new(), Summary::default()));
        store.engineer.erase_row(super::sending::address(&project, "r")).await.unwrap();
        assert_eq!(told(&store.send_anywhere(&project, std::slice::from_ref(&merge)).await), [(0, reason.to_owned())]);
        // Other bytes are another row.
        store.send_anywhere(&project, &[json!({"id": "r", "input": "anew"})]).await;
        assert_eq!(store.list(&project, "").await.len(), 1);
        assert_eq!(told(&store.send_anywhere(&project, &[comment, merge]).await), []);
        store.verified().await;
    }
}

#[tokio::test]
async fn what_is_sent_again_tells_nobody_anything() {
    for store in stores().await {
        let project = store.project("retry").await;
        let rows: Vec<_> = (0..300)
            .map(|number| json!({"id": format!("r{number}"), "span_id": format!("s{number}"), "root_span_id": "t", "scores": {"Q": 1}}))
            .chain([
                json!({"id": "r0", "_is_merge": true, "_audit_source": "external", "tags": ["x"]}),
                json!({"id": "c", "origin": {"id": "r0"}, "comment": {"text": "hm"}}),
            ])
            .collect();
        let first = store.send_anywhere(&project, &rows).await;
        let before = store.heads(&project).await;
        let again = store.send_anywhere(&project, &rows).await;
        assert_eq!(store.heads(&project).await, before);
        assert_eq!(again.transaction, first.transaction);
        // A comment alone changes the row that it is about, and no other.
        store.send_anywhere(&project, &[json!({"id": "d", "origin": {"id": "r1"}, "comment": {"text": "hm"}})]).await;
        assert_eq!(store.heads(&project).await.0, before.0 + 1);
        assert_eq!(store.list(&project, "").await[0].comments, 2);
        store.verified().await;
    }
}

#[tokio::test]
async fn what_a_parent_repeats_of_its_children_counts_once() {
    for store in stores().await {
        let project = store.project("measures").await;
        let span = |id: &str, parent: Option<&str>, metrics: Value| json!({"id": id, "span_id": id, "root_span_id": "t", "span_parents": parent.map(|parent| vec![parent]), "metrics": metrics});
        let rows = [
            span("root", None, json!({"tokens": 30, "estimated_cost": 0.05})),
            span("task", Some("root"), json!({})),
            span("llm", Some("task"), json!({"prompt_tokens": 7, "completion_tokens": 3, "estimated_cost": 0.004})),
            span("other", Some("task"), json!({"total_tokens": 20, "estimated_cost": 0.000_000_001})),
            // What leads in a circle, and what has a parent that is not there.
            span("a", Some("b"), json!({"tokens": 1})),
            span("b", Some("a"), json!({})),
            span("lost", Some("nowhere"), json!({"tokens": 5})),
        ];
        store.send(&project, &rows[..1]).await;
        let listed = async || {
            let row = store.list(&project, "").await.remove(0);
            (row.tokens, row.cost)
        };
        assert_eq!(listed().await, (Some(30), Some(50_000_000)), "nothing below it has a number");
        store.send(&project, &rows).await;
        assert_eq!(listed().await, (Some(36), Some(4_000_001)));
        // What one sees of a row is what one filters; each span by itself says what it said.
        for (filter, finds) in [
            ("metrics.estimated_cost = 0.004000001", true),
            ("metrics.estimated_cost > 0.01", false),
            ("any_span(metrics.estimated_cost > 0.01)", true),
            ("metrics.estimated_cost < 0.01 and any_span(metrics.estimated_cost = 0.05)", true),
            ("metrics.tokens = 36 and metrics.estimated_cost is not null", true),
            ("metrics.tokens = 30", false),
            ("not metrics.estimated_cost > 0.01", true),
        ] {
            assert_eq!(store.list(&project, filter).await.len(), usize::from(finds), "{filter}");
        }
        // A merge changes what it says anything of, and a deletion takes its part away.
        store.send(&project, &[json!({"id": "other", "_is_merge": true, "metrics": {"estimated_cost": 0.5}})]).await;
        assert_eq!(listed().await, (Some(36), Some(504_000_000)));
        store.send(&project, &[json!({"id": "llm", "_object_delete": true}), json!({"id": "other", "_object_delete": true})]).await;
        assert_eq!(listed().await, (Some(36), Some(50_000_000)));
        store.verified().await;
    }
}

#[tokio::test]
async fn feedback_keeps_numbers_and_the_order_of_keys() {
    for store in stores().await {
        let project = store.project("as written").await;
        store.send(&project, &[json!({"id": "r"})]).await;
        let expected = r#"{"z":12345678901234567890123,"a":0.10,"é":"\ud83e"}"#;
        let item = raw(format!(r#"{{"id":"r","expected":{expected},"metadata":{{"user_id":"u7"}}}}"#));
        let refused =
            store.reviewer.feedback(&project.logs(), vec![raw(r#"{"id":"r","source":1,"comment":"x"}"#), raw("[1]")]).await.unwrap();
        let reasons: Vec<_> = refused.rejected.iter().map(|row| row.reason.as_str()).collect();
        assert_eq!(reasons[0], "source must be \"app\", \"api\" or \"external\".");
        assert_eq!(reasons.len(), 2);
        assert_eq!(store.reviewer.feedback(&project.logs(), vec![item]).await.unwrap().rejected, []);
        assert_eq!(store.stored_text(&project, "r").await, format!(r#"{{"expected":{expected}}}"#));
        store.verified().await;
    }
}
