//! What `/v1` offers for reviewing: answers of every kind, gold values, activity, reverts, and how a project is set up.

use crate::harness::{TestServer, Who, row, servers};
use http::Method;
use reqwest::StatusCode;
use serde_json::{Value, json};
use shared::ProjectId;
use shared::people::Role;
use shared::questions::{Definition, MetadataPath, QuestionKind, SaveQuestion};

/// A project with one row and a question of each kind that is no slider.
async fn asked(server: &TestServer, key: &Who, expected: &Value) -> String {
    let project = server.project("P").await;
    let rows = json!({ "rows": [row(&project, "one", &json!({ "expected": expected, "metadata": { "model": "m" } }))] });
    server.done(key, Method::POST, "/logs3", &rows).await;
    let options = || ["billing", "bug"].map(str::to_owned).to_vec();
    for (name, kind) in [
        ("Intent", QuestionKind::Expected { options: options(), multiple: false }),
        ("Topics", QuestionKind::Expected { options: options(), multiple: true }),
        ("Reason", QuestionKind::Text { path: MetadataPath::of("review.reason") }),
    ] {
        let definition = Definition { kind, ..Definition::default() };
        let save =
            SaveQuestion { project: ProjectId::from(project.as_str()), question: None, after: None, name: name.to_owned(), definition };
        server.member(Role::Engineer).await.save_question(save).await.unwrap();
    }
    project
}

fn body(project: &str, question: &str, value: &Value) -> Value {
    json!({ "object_type": "project_logs", "object_id": project, "id": "one", "question": question, "value": value })
}

#[tokio::test]
async fn answers_of_every_kind_are_set_and_listed() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = asked(&server, &key, &Value::Null).await;
        let set =
            async |question: &str, value: Value| server.done(&key, Method::PUT, "/v1/answer", &body(&project, question, &value)).await;
        let standing = |answer: &Value| (answer["expected"].clone(), answer["metadata"].clone());
        let model = json!({ "model": "m" });
        assert_eq!(standing(&set("Intent", json!("bug")).await), (json!("bug"), model.clone()));
        let both = json!({ "Intent": "bug", "Topics": ["billing", "bug"] });
        assert_eq!(standing(&set("Topics", json!(["bug", "billing"])).await), (both.clone(), model.clone()));
        let reasoned = json!({ "model": "m", "review": { "reason": "late" } });
        let mut with_reason = body(&project, "Reason", &json!("late"));
        (with_reason["reason"], with_reason["client_id"]) = (json!("I looked."), json!("c1"));
        for _ in 0..2 {
            let answer = server.done(&key, Method::PUT, "/v1/answer", &with_reason).await;
            assert_eq!(standing(&answer), (both.clone(), reasoned.clone()));
        }
        let rows = format!("object_type=project_logs&object_id={project}&id=one");
        let (_, listed) = server.get(&key, &format!("/v1/answer?{rows}")).await;
        let said =
            |object: &Value| (object["question"].clone(), object["version"].clone(), object["value"].clone(), object["gold"].clone());
        let listed: Vec<_> = listed["objects"].as_array().unwrap().iter().map(said).collect();
        assert_eq!(
            listed,
            [
                (json!("Intent"), json!(1), json!("bug"), json!(false)),
                (json!("Topics"), json!(1), json!(["billing", "bug"]), json!(false)),
                (json!("Reason"), json!(1), json!("late"), json!(false)),
            ]
        );
        let (_, activity) = server.get(&key, &format!("/v1/activity?{rows}")).await;
        let entries = activity["objects"].as_array().unwrap();
        assert_eq!((entries.len(), &entries[0]["path"], &entries[0]["reason"]), (3, &json!("answers.Reason"), &json!("I looked.")));
        assert_eq!(standing(&set("Topics", json!([])).await), (json!("bug"), reasoned), "an empty choice clears");
        for (question, value, words) in [
            ("Intent", json!(["bug"]), "takes one option"),
            ("Topics", json!(["other"]), "not an option"),
            ("Topics", json!([1]), "Send a number"),
            ("Reason", json!(1), "with a text"),
            ("Reason", json!(true), "Send a number"),
            ("None", json!("x"), "no score named None"),
        ] {
            let (status, answer) = server.send(&key, Method::PUT, "/v1/answer", body(&project, question, &value).to_string()).await;
            assert!(status.is_client_error() && answer["error"].as_str().unwrap().contains(words), "{question} {value}: {status} {answer}");
        }
    }
}

#[tokio::test]
async fn a_value_of_its_own_is_kept_only_with_consent() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = asked(&server, &key, &json!("Paris")).await;
        for path in ["/v1/answer", "/v1/answer/gold"] {
            let mut command = body(&project, "Intent", &json!("bug"));
            let (status, answer) = server.send(&key, Method::PUT, path, command.to_string()).await;
            assert_eq!((status, &answer["problem"]), (StatusCode::CONFLICT, &json!("confirm")), "{path}: {answer}");
            assert_eq!(answer["proposed"], json!({ "Intent": "bug", "expected": "Paris" }), "{path}: {answer}");
            command["confirm"] = json!(true);
            assert_eq!(server.done(&key, Method::PUT, path, &command).await["expected"], json!({ "Intent": "bug", "expected": "Paris" }));
            command["value"] = Value::Null;
            assert_eq!(server.done(&key, Method::PUT, path, &command).await["expected"], "Paris", "{path}: clearing gives it back");
        }
    }
}

#[tokio::test]
async fn gold_values_are_settled_by_engineers() {
    for server in servers().await {
        let (key, reviewer) = (server.key(Role::Engineer, &[]).await, server.session(Role::Reviewer).await);
        let project = asked(&server, &key, &Value::Null).await;
        let slider = json!({ "project_id": project, "name": "Tone", "score_type": "slider" });
        server.done(&key, Method::POST, "/v1/project_score", &slider).await;
        server.done(&reviewer, Method::PUT, "/v1/answer", &body(&project, "Tone", &json!(0.2))).await;
        let mut gold = body(&project, "Tone", &json!(0.9));
        gold["reason"] = json!("We agreed.");
        let (status, answer) = server.send(&reviewer, Method::PUT, "/v1/answer/gold", gold.to_string()).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{answer}");
        let answer = server.done(&key, Method::PUT, "/v1/answer/gold", &gold).await;
        assert_eq!((&answer["scores"], &answer["gold"]["value"]), (&json!({ "Tone": 0.9 }), &json!(0.9)), "{answer}");
        let path = format!("/v1/answer?object_type=project_logs&object_id={project}&id=one");
        let (_, listed) = server.get(&reviewer, &path).await;
        let golds: Vec<_> = listed["objects"].as_array().unwrap().iter().map(|object| (&object["gold"], &object["value"])).collect();
        assert_eq!(golds, [(&json!(false), &json!(0.2)), (&json!(true), &json!(0.9))]);
        assert_eq!((&listed["objects"][1]["reason"], &listed["objects"][1]["version"]), (&json!("We agreed."), &json!(1)));
        gold["value"] = Value::Null;
        let answer = server.done(&key, Method::PUT, "/v1/answer/gold", &gold).await;
        assert_eq!((&answer["scores"], &answer["gold"]), (&json!({ "Tone": 0.2 }), &Value::Null), "the answers have their say again");
    }
}

#[tokio::test]
async fn edits_are_listed_and_taken_back() {
    for server in servers().await {
        let (key, reviewer) = (server.key(Role::Engineer, &[]).await, server.session(Role::Reviewer).await);
        let project = asked(&server, &key, &Value::Null).await;
        for value in ["bug", "billing"] {
            server.done(&reviewer, Method::PUT, "/v1/answer", &body(&project, "Intent", &json!(value))).await;
        }
        let path = format!("/v1/activity?object_type=project_logs&object_id={project}&id=one");
        let activity = async |more: &str| {
            let (status, answer) = server.get(&key, &format!("{path}{more}")).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            answer["objects"].as_array().unwrap().clone()
        };
        let entries = activity("").await;
        let newest = &entries[0];
        assert_eq!(
            (&newest["action"], &newest["path"], &newest["from"], &newest["to"], &newest["source"], &newest["actor"]["email"]),
            (&json!("answer"), &json!("answers.Intent"), &json!("bug"), &json!("billing"), &json!("app"), &json!("reviewer@example.com")),
        );
        assert_eq!(newest["hash"].as_str().unwrap().len(), 64);
        let id = newest["id"].as_str().unwrap();
        assert!(
            id.split_once('-').is_some_and(|(project, number)| [project, number].iter().all(|part| part.parse::<u32>().is_ok())),
            "{id}"
        );
        assert_eq!(activity(&format!("&starting_after={id}")).await, entries[1..]);
        assert_eq!(activity("&limit=1").await, entries[..1]);

        let revert = format!("/v1/activity/{id}/revert");
        let (status, answer) = server.send(&key, Method::POST, &revert, "").await;
        assert_eq!(status, StatusCode::FORBIDDEN, "an answer is its reviewer's: {answer}");
        server.done(&reviewer, Method::POST, &revert, &json!({})).await;
        assert_eq!(activity("").await[0]["to"], "bug");
        let (status, answer) = server.send(&reviewer, Method::POST, &revert, "").await;
        assert_eq!((status, &answer["current"]), (StatusCode::CONFLICT, &json!("bug")), "something else stands there: {answer}");
        for unknown in ["none", "123456", "1-99999999", "-1-1", "01-1"] {
            let (status, _) = server.send(&reviewer, Method::POST, &format!("/v1/activity/{unknown}/revert"), "").await;
            assert_eq!(status, StatusCode::NOT_FOUND);
        }
        assert_eq!(server.get(&key, &format!("{path}&starting_after=x")).await.0, StatusCode::BAD_REQUEST);
        assert_eq!(server.get(&key, "/v1/activity?object_type=project_logs&object_id=none&id=one").await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_activity_of_a_project_is_listed_page_by_page() {
    for server in servers().await {
        let (key, reviewer) = (server.key(Role::Engineer, &[]).await, server.session(Role::Reviewer).await);
        let project = asked(&server, &key, &Value::Null).await;
        for value in ["bug", "billing"] {
            server.done(&reviewer, Method::PUT, "/v1/answer", &body(&project, "Intent", &json!(value))).await;
        }
        server.done(&key, Method::PUT, "/v1/answer", &body(&project, "Intent", &json!("bug"))).await;
        let path = format!("/v1/activity?project_id={project}");
        let activity = async |more: &str| {
            let (status, answer) = server.get(&key, &format!("{path}{more}")).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            answer["objects"].as_array().unwrap().clone()
        };
        let entries = activity("").await;
        assert_eq!(entries.iter().map(|entry| &entry["to"]).collect::<Vec<_>>(), ["bug", "billing", "bug"]);
        let row = json!({
            "object_type": "project_logs", "object_id": project, "id": "one", "span_id": entries[0]["place"]["span_id"],
            "root_span_id": entries[0]["place"]["root_span_id"], "name": entries[0]["place"]["name"],
        });
        assert!(row["span_id"].is_string() && row["root_span_id"].is_string());
        assert!(entries.iter().all(|entry| entry["place"] == row));
        // What is told of a row is told in the same words.
        let (_, of_row) = server.get(&key, &format!("/v1/activity?object_type=project_logs&object_id={project}&id=one")).await;
        let mut same = entries.clone();
        for entry in &mut same {
            entry.as_object_mut().unwrap().remove("place");
        }
        assert_eq!(of_row["objects"], json!(same));

        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap().to_owned();
        let mut paged = activity("&limit=1").await;
        while let [older] = &activity(&format!("&limit=1&starting_after={}", text(paged.last().unwrap(), "id"))).await[..] {
            paged.push(older.clone());
        }
        assert_eq!(paged, entries);
        let person = text(&entries[1]["actor"], "id");
        assert_eq!(activity(&format!("&actor={person}")).await, entries[1..]);
        assert_eq!(activity("&action=answer").await, entries);
        assert_eq!(activity("&action=comment").await, [] as [Value; 0]);
        assert_eq!(activity(&format!("&since={}", text(&entries[1], "created"))).await, entries[..2]);
        assert_eq!(activity(&format!("&until={}", text(&entries[1], "created"))).await, entries[2..]);
        for (wrong, place) in [
            ("&id=one", "id"),
            ("&action=applaud", "action"),
            ("&since=soon", "since"),
            ("&since=2026-02-01&until=2026-01-01", "until"),
            ("&starting_after=x", "starting_after"),
            ("&limit=many", "limit"),
        ] {
            let (status, answer) = server.get(&key, &format!("{path}{wrong}")).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}: {answer}");
            assert!(answer.to_string().contains(place), "{wrong}: {answer}");
        }
        let (status, _) = server.get(&key, "/v1/activity?object_type=project_logs&object_id=x&id=one&action=answer").await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "a row is not narrowed");
        assert_eq!(server.get(&key, "/v1/activity?project_id=none").await.0, StatusCode::NOT_FOUND);

        // What is large is left out, and said to be.
        let long = json!({ "events": [{ "id": "one", "_is_merge": true, "_audit_source": "external", "metadata": { "note": "x".repeat(16_000) } }] });
        server.done(&key, Method::POST, &format!("/v1/project_logs/{project}/insert"), &long).await;
        let large = &activity("&limit=1").await[0];
        assert_eq!((&large["cut"], &large["to"]), (&json!(true), &Value::Null), "{large}");
    }
}

#[tokio::test]
async fn projects_are_set_up() {
    for server in servers().await {
        let (key, reviewer) = (server.key(Role::Engineer, &[]).await, server.session(Role::Reviewer).await);
        let project = server.project("P").await;
        let path = format!("/v1/project/{project}");
        let new = json!({
            "blind_reviews": false, "require_all_human_review_scores": false, "reviewers_per_item": 1, "claim_minutes": 5,
            "comparison_key": null, "baseline_experiment_id": null, "tour": false,
        });
        assert_eq!(server.get(&reviewer, &path).await.1["settings"], new);
        let experiment = server.done(&key, Method::POST, "/v1/experiment", &json!({ "project_id": project, "name": "base" })).await;
        let changes = json!({ "blind_reviews": true, "reviewers_per_item": 3, "baseline_experiment_id": experiment["id"] });
        let changed = server.done(&key, Method::PATCH, &path, &json!({ "settings": changes })).await;
        let mut expected = new.clone();
        expected.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        assert_eq!(changed["settings"], expected, "what is not named stays");
        let renamed = server.done(&key, Method::PATCH, &path, &json!({ "name": "Q", "settings": { "reviewers_per_item": null } })).await;
        expected["reviewers_per_item"] = json!(1);
        assert_eq!((&renamed["name"], &renamed["settings"]), (&json!("Q"), &expected));

        for (settings, words) in [
            (json!({ "blind": true }), "settings.blind: There is no such setting"),
            (json!({ "blind_reviews": 1 }), "settings.blind_reviews: Use true or false"),
            (json!({ "claim_minutes": 0 }), "settings.claim_minutes: Use a whole number"),
            (json!({ "baseline_experiment_id": project }), "settings.baseline_experiment_id: This project has no experiment"),
            (json!([]), "settings: Send an object"),
        ] {
            let (status, answer) = server.send(&key, Method::PATCH, &path, json!({ "settings": settings }).to_string()).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{settings}: {answer}");
            assert!(answer["error"].as_str().unwrap().starts_with(words), "{settings}: {answer}");
        }
        let (status, _) = server.send(&reviewer, Method::PATCH, &path, json!({ "settings": { "blind_reviews": false } }).to_string()).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert_eq!(server.get(&reviewer, &path).await.1["settings"], expected, "nothing of it was kept");
    }
}
