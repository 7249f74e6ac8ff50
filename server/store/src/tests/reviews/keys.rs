//! Flags and assignments as SDKs write and read them.

use super::{complete, flag, stores};
use crate::RowSearch;
use crate::tests::sending::{address, raws};
use serde_json::{Value, json};
use shared::RowId;
use shared::audit::{Deed, ListActivity};
use shared::filter::parse_expression;
use shared::objects::{FieldName, IfTaken, ObjectKind, RegisterObject};
use shared::reviews::{ListDefinition, ReviewStatus, SetReviewStatus, UnflagRow};
use shared::spans::{ListTraces, ReadField, Rendering};

/// What SDKs send to flag a row.
fn flags(row: &str, lists: &Value) -> Value {
    json!({"id": row, "_is_merge": true, "_merge_paths": [["metadata", "~__bt_review_lists"]], "metadata": {"~__bt_review_lists": lists}})
}

fn assigns(row: &str, people: &Value) -> Value {
    json!({"id": row, "_is_merge": true, "_merge_paths": [["metadata", "~__bt_assignments"]], "metadata": {"~__bt_assignments": people}})
}

fn pending() -> Value {
    json!({"__bt_default_review_list": {"status": "PENDING"}})
}

#[tokio::test]
async fn what_sdks_flag_is_an_item_and_comes_back_as_it_was() {
    for store in stores().await {
        let project = store.with_rows("keys", &["a", "b", "c"]).await;
        let id = |desk: &crate::Desk| desk.actor().person.id.0.clone();
        let (reviewer, engineer) = (id(&store.reviewer), id(&store.engineer));
        store.send(&project, &[flags("a", &pending()), assigns("a", &json!([reviewer.clone(), "engineer@example.com"]))]).await;
        assert_eq!(store.on_wire(&project, "a").await[0], pending());
        let mut both = vec![reviewer.clone(), engineer];
        both.sort();
        assert_eq!(store.on_wire(&project, "a").await[1], json!(both));
        let items = store.items(&project, "a").await;
        assert_eq!(
            (items.len(), items[0].status, items[0].text.as_str(), items[0].assignees.len()),
            (1, ReviewStatus::Backlog, "PENDING", 2)
        );
        assert_eq!(items[0].flagged_by.as_ref().unwrap().email, "engineer@example.com");
        // It is no content: a page shows nothing of it, and what is stored holds nothing of it.
        assert!(!store.stored_text(&project, "a").await.contains("~__bt_"));
        let field = ReadField {
            object: project.logs(),
            row_id: RowId::from("a"),
            field: FieldName::Metadata,
            rendering: Rendering::Json,
            whole: true,
            find: String::new(),
        };
        assert!(store.viewer.read_field(field).await.is_err(), "the row has no other metadata");
        // Somebody who is assigned to a row that nobody flagged is asked to review it.
        store.send(&project, &[assigns("b", &json!(["reviewer@example.com"]))]).await;
        assert_eq!(store.on_wire(&project, "b").await, json!([pending(), [reviewer]]));
        for (filter, expected) in [
            ("review.status = 'PENDING'", vec!["a", "b"]),
            ("review.status = 'backlog'", vec!["a", "b"]),
            ("review.status is not null", vec!["a", "b"]),
            ("review.status is null", vec!["c"]),
            ("review is null", vec!["c"]),
            ("review.status != 'PENDING'", vec![]),
            ("not review.status = 'PENDING'", vec![]),
            ("review.lists includes 'Review'", vec!["a", "b"]),
            ("not review.lists includes 'Review'", vec!["c"]),
            ("review.assignees includes me()", vec![]),
            ("review.assignees includes 'engineer@example.com'", vec!["a"]),
            ("metadata.\"~__bt_review_lists\".__bt_default_review_list.status IS NOT NULL", vec!["a", "b"]),
            ("metadata.\"~__bt_review_lists\".__bt_default_review_list.status = 'PENDING'", vec!["a", "b"]),
            ("metadata.\"~__bt_assignments\" IS NOT NULL", vec!["a", "b"]),
        ] {
            assert_eq!(store.matching(&project, filter).await, expected, "{filter}");
        }
        for filter in ["__bt_assignments", "review.assignees"] {
            let filter = format!("{filter} includes '{reviewer}'", reviewer = id(&store.reviewer));
            assert_eq!(store.matching(&project, &filter).await, ["a", "b"], "{filter}");
            assert_eq!(store.list(&project, &filter).await.len(), 2, "traces: {filter}");
        }
        // Whoever asks is who is meant, wherever it is asked.
        for (desk, expected) in [(&store.reviewer, 2), (&store.engineer, 1), (&store.viewer, 0)] {
            let filter = "review.assignees includes me()".to_owned();
            let query = ListTraces { object: project.logs(), filter: filter.clone(), before: None, limit: 10, columns: Vec::new() };
            let listed = desk.list_traces(query).await.unwrap().rows.len();
            let expression = parse_expression(&filter).unwrap();
            let counted = desk.count_rows(&project.logs(), Some(&expression)).await.unwrap();
            let search = RowSearch { filter: Some(expression), ..RowSearch::of(project.logs()) };
            let found = desk.search_rows(search).await.unwrap().rows.len();
            let summed = desk.summary(&project.logs(), &filter).await.unwrap().0.spans;
            assert_eq!((listed, counted, found, summed), (expected, expected as i64, expected, expected as i64));
        }
        // Out again, one after the other.
        store.send(&project, &[assigns("a", &json!([])), flags("b", &json!({}))]).await;
        assert_eq!(store.on_wire(&project, "a").await, json!([pending(), null]));
        assert_eq!(store.on_wire(&project, "b").await, json!([null, null]));
        assert_eq!(store.matching(&project, "review.status = 'PENDING'").await, ["a"]);
        store
            .send(
                &project,
                &[json!({"id": "a", "_is_merge": true, "metadata": {"~__bt_review_lists": {"__bt_default_review_list": null}}})],
            )
            .await;
        assert_eq!(store.matching(&project, "review is not null").await, Vec::<String>::new());
        store.verified().await;
    }
}

#[tokio::test]
async fn what_is_not_there_says_nothing_and_the_same_again_changes_nothing() {
    for store in stores().await {
        let project = store.with_rows("again", &["a"]).await;
        let first = store.send(&project, &[flags("a", &pending())]).await.transaction;
        let version = |row: &Value| row["_xact_id"].as_str().unwrap().to_owned();
        assert_eq!(version(&store.row(&project, "a").await), first, "a flag is a new version of its row");
        store.send(&project, &[flags("a", &pending())]).await;
        store.send(&project, &[json!({"id": "a", "_is_merge": true, "metadata": {"~__bt_review_lists": {}}})]).await;
        assert_eq!(version(&store.row(&project, "a").await), first, "the same again, and a merge of nothing");
        // A whole row that says nothing of its review leaves it; what it says counts.
        let whole = |more: Value| json!({"id": "a", "span_id": "a", "root_span_id": "a", "input": more.to_string(), "metadata": more});
        store.send(&project, &[whole(json!({"model": "m"}))]).await;
        assert_eq!(store.row(&project, "a").await["metadata"], json!({"model": "m", "~__bt_review_lists": pending()}));
        store.send(&project, &[whole(json!({"model": "n", "~__bt_review_lists": {}}))]).await;
        assert_eq!(store.row(&project, "a").await["metadata"], json!({"model": "n"}));
        store.send(&project, &[whole(json!({"~__bt_review_lists": {"__bt_default_review_list": {}}}))]).await;
        assert_eq!(store.row(&project, "a").await["metadata"], json!({"~__bt_review_lists": pending()}));
        // As of each version the row has what it had.
        let then = Some(store.viewer.version(&first).await.unwrap());
        let found = store.viewer.search_rows(RowSearch { version: then, ..RowSearch::of(project.logs()) }).await.unwrap().values();
        assert_eq!((&found[0]["metadata"]["~__bt_review_lists"], &found[0]["_xact_id"]), (&pending(), &json!(first)));
        store.verified().await;
    }
}

#[tokio::test]
async fn what_a_row_cannot_say_of_its_review_refuses_it_by_name() {
    for store in stores().await {
        let project = store.with_rows("refused", &["a"]).await;
        let rows = [
            flags("a", &json!([])),
            flags("a", &json!({"__bt_default_review_list": "PENDING"})),
            flags("a", &json!({"__bt_default_review_list": {"status": 7}})),
            flags("a", &json!({"Spring": {"status": "PENDING"}})),
            assigns("a", &json!("reviewer@example.com")),
            assigns("a", &json!([7])),
            assigns("a", &json!(["stranger@example.com"])),
        ];
        let ingested = store.engineer.ingest(raws(&rows), Some(project.logs())).await.unwrap();
        let reasons: Vec<_> = ingested.rejected.iter().map(|row| row.reason.as_str()).collect();
        expect_test::expect![[r#"
            metadata.~__bt_review_lists must be an object of lists, such as {"__bt_default_review_list": {"status": "PENDING"}}.
            metadata.~__bt_review_lists must be an object of lists, such as {"__bt_default_review_list": {"status": "PENDING"}}.
            metadata.~__bt_review_lists must be an object of lists, such as {"__bt_default_review_list": {"status": "PENDING"}}.
            There is no review list Spring in this project. Make it first, or name __bt_default_review_list, which is always there.
            metadata.~__bt_assignments must be a list of ids or email addresses of members, such as ["anna@example.com"].
            metadata.~__bt_assignments must be a list of ids or email addresses of members, such as ["anna@example.com"].
            metadata.~__bt_assignments names stranger@example.com, who is no member here. Use the ids or email addresses of members."#]]
        .assert_eq(&reasons.join("\n"));
        assert_eq!(store.items(&project, "a").await, []);
        // Other lists go by their names and ids, and come back by their ids.
        let list = store.list_of(&project, "Spring", ListDefinition::default()).await;
        store.send(&project, &[flags("a", &json!({"spring": {"status": "Parked"}}))]).await;
        assert_eq!(store.on_wire(&project, "a").await[0], json!({(list.id.as_str()): {"status": "Parked"}}));
        store.send(&project, &[flags("a", &json!({(list.id.as_str()): {}, "__bt_default_review_list": {}}))]).await;
        assert_eq!(store.items(&project, "a").await.len(), 2);
        assert_eq!(store.matching(&project, "review.lists includes 'Spring' and review.status = 'PENDING'").await, ["a"]);
        store.verified().await;
    }
}

#[tokio::test]
async fn a_status_that_sdks_send_is_set_as_people_set_it() {
    for store in stores().await {
        let project = store.with_rows("status", &["a"]).await;
        let said = |status: &str| flags("a", &json!({"__bt_default_review_list": {"status": status}}));
        let mut told = String::new();
        for status in ["pending", "IN_PROGRESS", "approved", "approved", "PENDING", "Parked"] {
            store.send(&project, &[said(status)]).await;
            let item = store.items(&project, "a").await.remove(0);
            let hands = item.claims.len();
            told += &format!("{status}: {} round {} in {hands} hands, shown as {}\n", item.status.as_str(), item.round, item.text);
        }
        expect_test::expect![[r#"
            pending: backlog round 1 in 0 hands, shown as pending
            IN_PROGRESS: in_review round 1 in 1 hands, shown as IN_PROGRESS
            approved: complete round 1 in 1 hands, shown as approved
            approved: complete round 1 in 1 hands, shown as approved
            PENDING: backlog round 2 in 0 hands, shown as PENDING
            Parked: backlog round 2 in 0 hands, shown as Parked
        "#]]
        .assert_eq(&told);
        // What is complete has left those that await review, and says so.
        store.reviewer.complete_review(complete(&project, "a")).await.unwrap();
        assert_eq!(store.on_wire(&project, "a").await[0], json!({"__bt_default_review_list": {"status": "COMPLETE"}}));
        assert_eq!(store.matching(&project, "review.status in ['PENDING', 'Parked']").await, Vec::<String>::new());
        store.send(&project, &[said("PENDING")]).await;
        assert_eq!(store.items(&project, "a").await[0].status, ReviewStatus::Backlog, "it is opened again");
        store.verified().await;
    }
}

#[tokio::test]
async fn every_door_and_every_kind_of_row_understands_the_keys() {
    for store in stores().await {
        let project = store.with_rows("doors", &["a"]).await;
        let log = json!({"id": "a", "project_id": project.id, "log_id": "g", "_is_merge": true, "_audit_source": "external",
            "metadata": {"~__bt_review_lists": pending()}});
        let taken = store.engineer.ingest(raws(&[log]), None).await.unwrap();
        assert_eq!((taken.rejected.len(), taken.waiting.len()), (0, 0));
        assert_eq!(store.on_wire(&project, "a").await[0], pending());
        for kind in [ObjectKind::Experiment, ObjectKind::Dataset] {
            let details = serde_json::Map::new();
            let command = RegisterObject { kind, project: project.id.clone(), name: None, if_taken: IfTaken::Open, details };
            let object = store.engineer.register_object(command).await.unwrap().0.id;
            let row = json!({"id": "x", "input": 1, "metadata": {"k": 1, "~__bt_review_lists": pending(), "~__bt_assignments": ["reviewer@example.com"]}});
            assert_eq!(store.engineer.ingest(raws(&[row]), Some(object.clone())).await.unwrap().rejected, []);
            let row = store.viewer.search_rows(RowSearch::of(object)).await.unwrap().values().remove(0);
            assert_eq!(row["metadata"]["~__bt_review_lists"], pending());
            assert_eq!(row["metadata"]["k"], json!(1));
        }
        // A reviewer may not write rows, and flags in their own way.
        assert_eq!(store.reviewer.ingest(raws(&[flags("a", &json!({}))]), Some(project.logs())).await.unwrap().rejected.len(), 1);
        store.verified().await;
    }
}

#[tokio::test]
async fn what_people_flag_is_seen_by_sdks_and_as_of_every_version() {
    for store in stores().await {
        let project = store.with_rows("people", &["a", "b"]).await;
        let version = || async { store.row(&project, "a").await["_xact_id"].as_str().unwrap().to_owned() };
        let mut versions = vec![version().await];
        store.reviewer.flag_row(flag(&project, "a", &[])).await.unwrap();
        assert_eq!(store.on_wire(&project, "a").await[0], pending());
        versions.push(version().await);
        let (row, status) = (address(&project, "a"), ReviewStatus::Complete);
        store.reviewer.set_review_status(SetReviewStatus { row, list: None, status, client_id: None }).await.unwrap();
        versions.push(version().await);
        store.reviewer.unflag_row(UnflagRow { row: address(&project, "a"), lists: Vec::new(), client_id: None }).await.unwrap();
        versions.push(version().await);
        let mut shown = Vec::new();
        for version in &versions {
            let search = RowSearch { version: Some(store.viewer.version(version).await.unwrap()), ..RowSearch::of(project.logs()) };
            let rows = store.viewer.search_rows(search).await.unwrap().values();
            let row = rows.into_iter().find(|row| row["id"] == "a").unwrap();
            assert_eq!(row["_xact_id"], json!(version));
            shown.push(row["metadata"]["~__bt_review_lists"]["__bt_default_review_list"]["status"].clone());
        }
        assert_eq!(json!(shown), json!([null, "PENDING", "COMPLETE", null]));
        // Deleted with its row, which is another one when it comes back.
        store.reviewer.flag_row(flag(&project, "b", &[])).await.unwrap();
        store.send(&project, &[json!({"id": "b", "_object_delete": true})]).await;
        let query = shared::reviews::ListReviewItems {
            project: project.id.clone(),
            list: None,
            status: None,
            unfinished: false,
            assignee: None,
            row: None,
            row_id: None,
            kind: None,
            flagged: (None, None),
            after: None,
            limit: 10,
        };
        assert_eq!(store.viewer.review_items(query).await.unwrap(), []);
        store.send(&project, &[json!({"id": "b", "span_id": "b", "root_span_id": "b", "input": "again"})]).await;
        assert_eq!(store.items(&project, "b").await, []);
        let entries = store.viewer.activity(ListActivity { row: address(&project, "a"), before: None, limit: 10 }).await.unwrap();
        let deeds: Vec<_> = entries.into_iter().map(|entry| entry.action).collect();
        assert_eq!(deeds, [Deed::Unflag, Deed::Close, Deed::Flag]);
        store.verified().await;
    }
}
