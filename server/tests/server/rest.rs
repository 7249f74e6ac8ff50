//! `/v1` as scripts use it.

use crate::harness::{row, servers};
use http::Method;
use reqwest::StatusCode;
use serde_json::json;
use shared::people::{ApiScope, Role};

#[tokio::test]
async fn projects_are_listed_renamed_and_deleted() {
    for server in servers().await {
        let key = server.key(Role::Owner, &[]).await;
        for name in ["a", "b", "c"] {
            server.done(&key, Method::POST, "/v1/project", &json!({ "name": name })).await;
        }
        let names = async |query: &str| {
            let (status, list) = server.get(&key, &format!("/v1/project{query}")).await;
            assert_eq!(status, StatusCode::OK, "{query}: {list}");
            let objects = list["objects"].as_array().unwrap().clone();
            (objects.iter().map(|project| project["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>(), objects)
        };
        let (all, objects) = names("").await;
        assert_eq!(all, ["c", "b", "a"], "newest first");
        let id = |place: usize| objects[place]["id"].as_str().unwrap().to_owned();
        assert_eq!(names("?limit=2").await.0, ["c", "b"]);
        assert_eq!(names(&format!("?limit=2&starting_after={}", id(1))).await.0, ["a"]);
        assert!(names(&format!("?starting_after={}", id(2))).await.0.is_empty(), "the end of the list is an empty page");
        assert_eq!(names(&format!("?limit=1&ending_before={}", id(2))).await.0, ["b"]);
        assert_eq!(names(&format!("?ids={}&ids={}", id(0), id(2))).await.0, ["c", "a"]);
        assert_eq!(names("?project_name=b").await.0, ["b"]);
        assert_eq!(server.get(&key, "/v1/project?starting_after=x").await.0, StatusCode::BAD_REQUEST);

        let renamed = server.done(&key, Method::PATCH, &format!("/v1/project/{}", id(0)), &json!({ "name": "d" })).await;
        assert_eq!(renamed["name"], "d");
        let deleted = server.done(&key, Method::DELETE, &format!("/v1/project/{}", id(0)), &json!({})).await;
        assert_eq!((&deleted["id"], deleted["deleted_at"].is_string()), (&json!(id(0)), true));
        assert_eq!(server.get(&key, &format!("/v1/project/{}", id(0))).await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_cannot_be_saved_stays_in_the_archive() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let score = |name: &str| json!({ "project_id": project, "name": name, "score_type": "slider", "config": { "hotkey": "b" } });
        let made = server.done(&key, Method::POST, "/v1/project_score", &score("Quality")).await;
        let path = format!("/v1/project_score/{}", made["id"].as_str().unwrap());
        server.done(&key, Method::DELETE, &path, &json!({})).await;
        server.done(&key, Method::POST, "/v1/project_score", &score("Tone")).await;
        let mut of_nobody = score("Quality");
        of_nobody["config"] = json!({ "hotkey": null, "visibility": { "users": ["nobody"] } });
        for (method, body, words) in [
            (Method::POST, score("Quality"), "Tone has this key already"),
            (Method::PUT, score("Quality"), "Tone has this key already"),
            (Method::PUT, of_nobody, "There is no member nobody"),
        ] {
            let (status, answer) = server.send(&key, method, "/v1/project_score", body.to_string()).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
            assert!(answer["error"].as_str().unwrap().contains(words), "{answer}");
            assert_eq!(server.get(&key, &path).await.0, StatusCode::NOT_FOUND);
        }
        let free = json!({ "project_id": project, "name": "Quality", "score_type": "slider", "config": { "hotkey": null } });
        let back = server.done(&key, Method::POST, "/v1/project_score", &free).await;
        assert_eq!((&back["id"], server.get(&key, &path).await.0), (&made["id"], StatusCode::OK));
    }
}

#[tokio::test]
async fn questions_are_made_changed_and_archived() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let categories = json!([{ "name": "Good", "value": 1.0 }, { "name": "Bad", "value": 0.0 }]);
        let create =
            json!({ "project_id": project, "name": "Quality", "score_type": "categorical", "categories": categories, "description": "d" });
        let made = server.done(&key, Method::POST, "/v1/project_score", &create).await;
        assert_eq!((&made["categories"], &made["score_type"], &made["description"]), (&categories, &json!("categorical"), &json!("d")));
        let mut again = create.clone();
        again["description"] = json!("another");
        assert_eq!(server.done(&key, Method::POST, "/v1/project_score", &again).await, made, "POST returns what is there");
        let replaced = server.done(&key, Method::PUT, "/v1/project_score", &again).await;
        assert_eq!((&replaced["id"], &replaced["description"]), (&made["id"], &json!("another")));
        let path = format!("/v1/project_score/{}", made["id"].as_str().unwrap());
        let changed = server.done(&key, Method::PATCH, &path, &json!({ "description": "third" })).await;
        assert_eq!((&changed["categories"], &changed["description"]), (&categories, &json!("third")));

        server.done(&key, Method::POST, "/v1/project_score", &json!({ "project_id": project, "name": "S", "score_type": "slider" })).await;
        let (_, sliders) = server.get(&key, "/v1/project_score?project_name=P&score_type=slider").await;
        assert_eq!((sliders["objects"].as_array().unwrap().len(), &sliders["objects"][0]["name"]), (1, &json!("S")));

        for (more, words) in [
            (json!({ "score_type": "online" }), "is computed"),
            (json!({ "score_type": "weighted" }), "is computed"),
            (json!({ "score_type": "odd" }), "no score type"),
            (json!({}), "slider, categorical or free-form"),
            (json!({ "score_type": "slider", "categories": categories }), "no categories"),
            (json!({ "score_type": "categorical", "categories": "a" }), "list"),
            (json!({ "score_type": "categorical", "categories": [1] }), "list"),
            (json!({ "score_type": "categorical", "categories": { "a": "1" } }), "list"),
            (json!({ "score_type": "categorical", "categories": ["a"] }), "Give a a value"),
            (json!({ "score_type": "categorical", "categories": { "a": 1.5 } }), "from 0 to 100"),
            (json!({ "score_type": "categorical", "categories": [] }), "option"),
            (json!({ "score_type": "slider", "config": { "destination": "expected" } }), "destination"),
            (json!({ "score_type": "slider", "config": { "destination": 1 } }), "destination"),
            (json!({ "score_type": "slider", "config": { "multi_select": true } }), "multi_select"),
            (json!({ "score_type": "categorical", "categories": categories, "config": { "multi_select": true } }), "expected"),
            (json!({ "score_type": "categorical", "categories": categories, "config": { "destination": "metadata.a" } }), "to expected"),
            (json!({ "score_type": "categorical", "config": { "destination": "expected" } }), "option"),
            (json!({ "score_type": "free-form" }), "metadata"),
            (json!({ "score_type": "free-form", "config": { "destination": "metadata" } }), "metadata"),
            (json!({ "score_type": "free-form", "config": { "destination": "a..b" } }), "empty"),
            (json!({ "score_type": "free-form", "config": { "destination": "scores.x" } }), "can only be stored under metadata"),
            (json!({ "score_type": "free-form", "config": { "destination": "expected" } }), "can only be stored under metadata"),
            (json!({ "score_type": "free-form", "categories": categories, "config": { "destination": "a" } }), "no categories"),
            (json!({ "score_type": "slider", "config": { "object_types": ["prompt"] } }), "object type prompt"),
            (json!({ "score_type": "slider", "config": { "object_types": "dataset" } }), "list"),
            (json!({ "score_type": "slider", "config": { "visibility": { "users": ["nobody"] } } }), "no member nobody"),
            (json!({ "score_type": "slider", "config": { "visibility": { "groups": ["admins"] } } }), "no group admins"),
            (json!({ "score_type": "slider", "config": { "visibility": [] } }), "users and groups"),
            (json!({ "score_type": "slider", "config": { "required": "yes" } }), "true or false"),
            (json!({ "score_type": "slider", "config": { "hotkey": "j" } }), "one of these letters"),
            (json!({ "score_type": "slider", "config": { "hotkey": "bb" } }), "one letter"),
            (json!({ "score_type": "slider", "config": { "condition": { "behavior": "hidden" } } }), "clauses"),
            (json!({ "score_type": "slider", "config": { "condition": { "when": { "clauses": "error is null" } } } }), "list"),
            (json!({ "score_type": "slider", "config": { "condition": { "when": {}, "behavior": "dimmed" } } }), "hidden"),
            (json!({ "score_type": "slider", "config": { "condition": { "when": { "trace_clauses": ["error is"] } } } }), "null"),
            (json!({ "score_type": "slider", "config": { "odd": 1 } }), "no such setting"),
        ] {
            let mut body = json!({ "project_id": project, "name": "New" });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let (status, answer) = server.send(&key, Method::POST, "/v1/project_score", body.to_string()).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{body}: {answer}");
            assert!(answer["error"].as_str().unwrap().contains(words), "{body}: {answer}");
        }
        server.done(&key, Method::DELETE, &path, &json!({})).await;
        assert_eq!(server.get(&key, &path).await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn questions_of_every_kind_are_read_as_they_were_written() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let score = |name: &str, score_type: &str, categories: serde_json::Value, config: serde_json::Value| {
            let body = json!({ "name": name, "score_type": score_type, "categories": categories, "config": config });
            (body["categories"].clone(), body["config"].clone(), body)
        };
        let options = json!([{ "name": "billing", "value": 0.0 }, { "name": "bug", "value": 1.0 }]);
        let to_expected = json!({ "destination": "expected", "multi_select": true });
        let settings = json!({
            "object_types": ["experiment"], "visibility": { "users": [], "groups": ["reviewer"] }, "required": true,
            "higher_is_better": false, "hotkey": "b",
            "condition": { "when": { "clauses": ["error is null"], "subspan_clauses": [], "trace_clauses": ["tags includes 'a'"] }, "behavior": "hidden" },
        });
        // What is sent, and what is read: the same, or the one way in which it is written.
        for ((categories, config, sent), read) in [
            (score("Slider", "slider", json!(null), json!(null)), None),
            (score("Settings", "slider", json!(null), settings.clone()), None),
            (
                score("Nothing set", "slider", json!([]), json!({ "online": null, "multi_select": false, "destination": null })),
                Some((json!(null), json!(null))),
            ),
            (
                score("Map", "categorical", json!({ "Bad": 0, "Good": 1, "Mixed": 0.5 }), json!(null)),
                Some((
                    json!([{ "name": "Bad", "value": 0.0 }, { "name": "Mixed", "value": 0.5 }, { "name": "Good", "value": 1.0 }]),
                    json!(null),
                )),
            ),
            (score("Several", "categorical", options.clone(), to_expected.clone()), None),
            (score("Names", "categorical", json!(["billing", "bug"]), to_expected.clone()), Some((options.clone(), to_expected.clone()))),
            (
                score(
                    "One",
                    "categorical",
                    json!([{ "name": "billing" }, { "name": "bug", "value": null }]),
                    json!({ "destination": "expected" }),
                ),
                Some((options.clone(), json!({ "destination": "expected", "multi_select": false }))),
            ),
            (
                score("Text", "free-form", json!(null), json!({ "destination": "metadata.review.reason", "object_types": ["dataset"] })),
                None,
            ),
            (
                score("Short", "free-form", json!(null), json!({ "destination": "review.short" })),
                Some((json!(null), json!({ "destination": "metadata.review.short" }))),
            ),
        ] {
            let mut sent = sent;
            sent["project_id"] = json!(project);
            let made = server.done(&key, Method::POST, "/v1/project_score", &sent).await;
            let (categories, config) = read.unwrap_or((categories, config));
            assert_eq!((&made["categories"], &made["config"], &made["score_type"]), (&categories, &config, &sent["score_type"]), "{sent}");
            assert_eq!(server.done(&key, Method::PUT, "/v1/project_score", &made).await, made, "what was read can be sent again");
            let path = format!("/v1/project_score/{}", made["id"].as_str().unwrap());
            let described = server.done(&key, Method::PATCH, &path, &json!({ "description": "d" })).await;
            assert_eq!((&described["categories"], &described["config"]), (&categories, &config), "what is not named stays");
        }
        let (_, list) = server.get(&key, "/v1/project_score?project_name=P&score_type=free-form").await;
        assert_eq!(list["objects"].as_array().unwrap().len(), 2);
        // One setting is changed and the others stay; null takes one away.
        let id = async |name: &str| {
            let (_, list) = server.get(&key, &format!("/v1/project_score?project_score_name={name}")).await;
            format!("/v1/project_score/{}", list["objects"][0]["id"].as_str().unwrap())
        };
        let changed = server
            .done(
                &key,
                Method::PATCH,
                &id("Settings").await,
                &json!({ "config": { "hotkey": null, "object_types": null, "condition": null } }),
            )
            .await;
        assert_eq!(
            changed["config"],
            json!({ "visibility": { "users": [], "groups": ["reviewer"] }, "required": true, "higher_is_better": false })
        );
        let changed = server.done(&key, Method::PATCH, &id("Several").await, &json!({ "config": { "multi_select": false } })).await;
        assert_eq!(changed["config"], json!({ "destination": "expected", "multi_select": false }));
        let changed = server
            .done(&key, Method::PATCH, &id("Several").await, &json!({ "config": { "destination": null }, "categories": options }))
            .await;
        assert_eq!((&changed["config"], &changed["score_type"]), (&json!(null), &json!("categorical")), "{changed}");
    }
}

#[tokio::test]
async fn answers_are_set_listed_and_cleared() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let rows = json!({ "rows": [row(&project, "one", &json!({ "expected": "e", "scores": { "Preference": 0.25 } }))] });
        server.done(&key, Method::POST, "/logs3", &rows).await;
        server
            .done(&key, Method::POST, "/v1/project_score", &json!({ "project_id": project, "name": "Preference", "score_type": "slider" }))
            .await;
        let mut body = json!({ "object_type": "project_logs", "object_id": project, "id": "one", "question": "Preference", "value": 0.75 });
        let answer = server.done(&key, Method::PUT, "/v1/answer", &body).await;
        assert_eq!((&answer["scores"], &answer["expected"]), (&json!({ "Preference": 0.75 }), &json!("e")), "{answer}");
        assert_eq!(answer["answer"]["reviewer"]["email"], "engineer@example.com");
        let path = format!("/v1/answer?object_type=project_logs&object_id={project}&id=one");
        let (_, listed) = server.get(&key, &path).await;
        assert_eq!((&listed["objects"][0]["question"], &listed["objects"][0]["value"]), (&json!("Preference"), &json!(0.75)), "{listed}");

        let places = |path: &str| json!([{ "path": path, "start": 0, "end": 1, "quote": "e" }, { "path": "metadata", "start": 0, "end": 4, "quote": "gone" }]);
        (body["sureness"], body["seconds"], body["evidence"]) = (json!(0.8), json!(12), places("expected"));
        let answer = server.done(&key, Method::PUT, "/v1/answer", &body).await["answer"].clone();
        let (_, listed) = server.get(&key, &path).await;
        assert_eq!(listed["objects"][0], answer);
        let mut told = places("expected");
        (told[0]["changed"], told[1]["changed"]) = (json!(false), json!(true));
        assert_eq!((&answer["sureness"], &answer["seconds"], &answer["evidence"]), (&json!(0.8), &json!(12), &told));
        let mut wrong = body.clone();
        (wrong["sureness"], wrong["evidence"]) = (json!(2), places("nowhere"));
        let (status, answer) = server.send(&key, Method::PUT, "/v1/answer", wrong.to_string()).await;
        assert_eq!((status, &answer["field"]), (StatusCode::BAD_REQUEST, &json!("sureness")), "{answer}");
        assert!(answer["error"].as_str().unwrap().contains("evidence[0].path"), "{answer}");

        body["value"] = json!(null);
        let answer = server.done(&key, Method::PUT, "/v1/answer", &body).await;
        assert_eq!(
            (&answer["answer"], &answer["scores"]),
            (&json!(null), &json!({ "Preference": 0.25 })),
            "what was reported is back: {answer}"
        );
        assert_eq!(server.get(&key, &path).await.1, json!({ "objects": [] }));
    }
}

#[tokio::test]
async fn what_is_configured_goes_with_its_project() {
    for server in servers().await {
        let key = server.key(Role::Owner, &[]).await;
        let project = server.project("P").await;
        let mut paths = Vec::new();
        for (path, more) in [("/v1/project_score", json!({ "score_type": "slider" })), ("/v1/project_tag", json!({}))] {
            let mut body = json!({ "project_id": project, "name": "Quality" });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let made = server.done(&key, Method::POST, path, &body).await;
            paths.push((path, body, format!("{path}/{}", made["id"].as_str().unwrap())));
        }
        server.done(&key, Method::DELETE, &format!("/v1/project/{project}"), &json!({})).await;
        for (list, body, one) in &paths {
            for (method, path, body) in [
                (Method::GET, one.as_str(), json!({})),
                (Method::PATCH, one, json!({ "description": "d" })),
                (Method::DELETE, one, json!({})),
                (Method::POST, list, body.clone()),
                (Method::PUT, list, body.clone()),
            ] {
                let (status, answer) = server.send(&key, method.clone(), path, body.to_string()).await;
                assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}: {answer}");
            }
            let (_, answer) = server.get(&key, &format!("{list}?project_id={project}")).await;
            assert_eq!(answer["objects"], json!([]), "{list}");
        }
    }
}

#[tokio::test]
async fn a_change_keeps_what_it_leaves_out_of_a_setting() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let person = server.member(Role::Reviewer).await.actor().person.id.clone();
        let when = |clauses: &[&str], below: &[&str], trace: &[&str]| {
            let when = json!({ "clauses": clauses, "subspan_clauses": below, "trace_clauses": trace });
            json!({ "when": when, "behavior": "hidden" })
        };
        let config = json!({
            "visibility": { "users": [person], "groups": ["engineer"] },
            "condition": when(&["error is null"], &["scores.A > 0.5"], &["tags includes 'a'"]),
        });
        let made = json!({ "project_id": project, "name": "Q", "score_type": "slider", "config": config });
        let made = server.done(&key, Method::POST, "/v1/project_score", &made).await;
        assert_eq!(made["config"], config);
        let path = format!("/v1/project_score/{}", made["id"].as_str().unwrap());
        let both = |groups: &[&str], condition: &serde_json::Value| json!({ "visibility": { "users": [person], "groups": groups }, "condition": condition });
        let narrowed = when(&["error is null"], &["input match 'x'"], &["tags includes 'a'"]);
        let cleared = when(&["error is null"], &["input match 'x'"], &[]);
        for (sent, stored) in [
            (json!({ "visibility": { "groups": ["owner"] } }), both(&["owner"], &config["condition"])),
            (json!({ "visibility": {} }), both(&["owner"], &config["condition"])),
            (json!({ "condition": { "when": { "subspan_clauses": ["input match 'x'"] } } }), both(&["owner"], &narrowed)),
            (json!({ "condition": { "behavior": "hidden" } }), both(&["owner"], &narrowed)),
            // Null takes away what it stands for and nothing beside it.
            (json!({ "condition": { "when": { "trace_clauses": null } } }), both(&["owner"], &cleared)),
            (json!({ "visibility": { "groups": null } }), both(&[], &cleared)),
            (json!({ "condition": null }), json!({ "visibility": { "users": [person], "groups": [] } })),
            (json!({ "visibility": null }), json!(null)),
        ] {
            let changed = server.done(&key, Method::PATCH, &path, &json!({ "config": sent })).await;
            assert_eq!(changed["config"], stored, "{sent}");
        }
    }
}

#[tokio::test]
async fn changes_of_different_fields_at_once_are_all_kept() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let make = async |path: &str, body: serde_json::Value| {
            let made = server.done(&key, Method::POST, path, &body).await;
            format!("{path}/{}", made["id"].as_str().unwrap())
        };
        let score = make("/v1/project_score", json!({ "project_id": project, "name": "Quality", "score_type": "slider" })).await;
        let tag = make("/v1/project_tag", json!({ "project_id": project, "name": "Triage" })).await;
        for round in 0..5 {
            let (text, flag) = (format!("round {round}"), round % 2 == 0);
            let of_score = json!({
                "name": text, "description": text, "config": {
                    "required": flag, "higher_is_better": !flag, "hotkey": if flag { "b" } else { "d" },
                    "object_types": [if flag { "experiment" } else { "project_logs" }],
                },
            });
            let of_tag = json!({ "name": text, "description": text, "color": if flag { "#b24468" } else { "#1f7f79" } });
            let mut changes = Vec::new();
            for (key, value) in of_score.as_object().unwrap() {
                match value.as_object() {
                    Some(config) => changes.extend(config.iter().map(|(key, value)| (&score, json!({ "config": { key: value } })))),
                    None => changes.push((&score, json!({ key: value }))),
                }
            }
            changes.extend(of_tag.as_object().unwrap().iter().map(|(key, value)| (&tag, json!({ key: value }))));
            futures::future::join_all(changes.iter().map(|(path, change)| server.done(&key, Method::PATCH, path, change))).await;
            for (path, expected) in [(&score, &of_score), (&tag, &of_tag)] {
                let (_, stored) = server.get(&key, path).await;
                for (key, value) in expected.as_object().unwrap() {
                    // What is as it is by itself is not listed.
                    match value.as_object() {
                        Some(config) => {
                            for (key, value) in config {
                                let absent = json!(key == "higher_is_better");
                                assert_eq!(stored["config"].get(key).unwrap_or(&absent), value, "{key}: {stored}");
                            }
                        }
                        None => assert_eq!(&stored[key], value, "{stored}"),
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn tags_are_made_changed_and_deleted() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let create = json!({ "project_id": project, "name": "Triage", "description": "Look at this.", "color": "#B24468" });
        let made = server.done(&key, Method::POST, "/v1/project_tag", &create).await;
        let mut expected = json!({
            "id": made["id"], "project_id": project, "user_id": null, "created": made["created"], "name": "Triage",
            "description": "Look at this.", "color": "#b24468", "position": "0000000001",
        });
        assert_eq!(made, expected);
        assert!(made["created"].is_string());
        let again = json!({ "project_id": project, "name": " Triage ", "color": "#000000" });
        assert_eq!(server.done(&key, Method::POST, "/v1/project_tag", &again).await, made, "POST returns what is there");
        let path = format!("/v1/project_tag/{}", made["id"].as_str().unwrap());
        let changed = server.done(&key, Method::PATCH, &path, &json!({ "name": "Triaged", "color": "teal", "description": null })).await;
        (expected["name"], expected["color"]) = (json!("Triaged"), json!("#1f7f79"));
        assert_eq!(changed, expected);
        assert_eq!(server.done(&key, Method::PUT, "/v1/project_tag", &changed).await, changed, "what was read can be sent again");
        let replaced = server.done(&key, Method::PUT, "/v1/project_tag", &json!({ "project_id": project, "name": "Triaged" })).await;
        (expected["description"], expected["color"]) = (json!(""), json!("#6a7480"));
        assert_eq!(replaced, expected);
        assert_eq!(server.get(&key, &path).await, (StatusCode::OK, replaced.clone()));

        // A key that may only configure sees what it configures.
        let administration = server.key(Role::Engineer, &[ApiScope::Admin]).await;
        let other = json!({ "project_id": project, "name": "Other", "color": null });
        let other = server.done(&administration, Method::POST, "/v1/project_tag", &other).await;
        assert_eq!(other["position"], "0000000002");

        let viewer = server.session(Role::Viewer).await;
        for (who, method, path, body, status, words) in [
            (&key, Method::POST, "/v1/project_tag", json!({ "name": "x" }), 400, "project_id"),
            (&key, Method::POST, "/v1/project_tag", json!({ "project_id": project }), 400, "name"),
            (&key, Method::POST, "/v1/project_tag", json!({ "project_id": project, "name": 1 }), 400, "string"),
            (&key, Method::POST, "/v1/project_tag", json!({ "project_id": project, "name": " " }), 400, "1 to 200 characters"),
            (&key, Method::POST, "/v1/project_tag", json!({ "project_id": project, "name": "a\u{0}b" }), 400, "NUL"),
            (&key, Method::PUT, "/v1/project_tag", json!({ "project_id": project, "name": "x".repeat(201) }), 400, "1 to 200 characters"),
            (&key, Method::POST, "/v1/project_tag", json!({ "project_id": project, "name": "x", "color": "red" }), 400, "#rrggbb"),
            (&key, Method::PATCH, path.as_str(), json!({ "color": "#12345" }), 400, "#rrggbb"),
            (&key, Method::PATCH, path.as_str(), json!({ "description": "a\u{0}b" }), 400, "NUL"),
            (&key, Method::PATCH, path.as_str(), json!({ "name": "Other" }), 400, "already a tag"),
            (&key, Method::PATCH, path.as_str(), json!({ "project_id": "another" }), 400, "stays in its project"),
            (&key, Method::POST, "/v1/project_tag", json!({ "project_id": "none", "name": "x" }), 404, "no project"),
            (&key, Method::PATCH, "/v1/project_tag/none", json!({}), 404, "no tag"),
            (&key, Method::DELETE, "/v1/project_tag/none", json!({}), 404, "no tag"),
            (&viewer, Method::POST, "/v1/project_tag", json!({ "project_id": project, "name": "x" }), 403, "configuration"),
            (&viewer, Method::PATCH, path.as_str(), json!({ "name": "x" }), 403, "configuration"),
            (&viewer, Method::DELETE, path.as_str(), json!({}), 403, "configuration"),
        ] {
            let (got, answer) = server.send(who, method.clone(), path, body.to_string()).await;
            assert_eq!(got.as_u16(), status, "{method} {path} {body}: {answer}");
            assert!(answer["error"].as_str().unwrap().contains(words), "{method} {path} {body}: {answer}");
        }
        assert_eq!(server.get(&viewer, &path).await, (StatusCode::OK, replaced.clone()), "nothing of it was kept");
        assert_eq!(server.done(&key, Method::DELETE, &path, &json!({})).await, replaced);
        assert_eq!(server.get(&key, &path).await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn tags_are_listed() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        for (project, names) in [("P", ["a", "b", "c"].as_slice()), ("Q", &["a"])] {
            let id = server.project(project).await;
            for name in names {
                server.done(&key, Method::POST, "/v1/project_tag", &json!({ "project_id": id, "name": name })).await;
            }
        }
        let project = server.project("P").await;
        let viewer = server.session(Role::Viewer).await;
        let list = async |query: &str| {
            let (status, list) = server.get(&viewer, &format!("/v1/project_tag{query}")).await;
            assert_eq!(status, StatusCode::OK, "{query}: {list}");
            let objects = list["objects"].as_array().unwrap().clone();
            let names: String = objects.iter().map(|tag| tag["name"].as_str().unwrap()).collect();
            (names, objects)
        };
        let (all, objects) = list("").await;
        assert_eq!(all, "acba", "newest first, of every project");
        let id = |place: usize| objects[place]["id"].as_str().unwrap();
        for (query, expected) in [
            ("?project_name=P".to_owned(), "cba"),
            (format!("?project_id={project}"), "cba"),
            (format!("?project_id={project}&project_tag_name=b"), "b"),
            ("?project_tag_name=a".to_owned(), "aa"),
            ("?project_tag_name=none".to_owned(), ""),
            ("?project_name=none".to_owned(), ""),
            ("?project_id=none".to_owned(), ""),
            ("?limit=2".to_owned(), "ac"),
            (format!("?limit=2&starting_after={}", id(1)), "ba"),
            (format!("?limit=2&starting_after={}", id(3)), ""),
            (format!("?limit=1&ending_before={}", id(3)), "b"),
            (format!("?ids={}&ids={}", id(3), id(1)), "ca"),
        ] {
            assert_eq!(list(&query).await.0, expected, "{query}");
        }
        for query in ["?starting_after=none", "?limit=many", &format!("?starting_after={}&ending_before={}", id(0), id(1))] {
            assert_eq!(server.get(&viewer, &format!("/v1/project_tag{query}")).await.0, StatusCode::BAD_REQUEST, "{query}");
        }
    }
}
