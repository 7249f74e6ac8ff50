//! `/v1` as scripts use it.

use crate::harness::{row, servers};
use http::Method;
use reqwest::StatusCode;
use serde_json::json;
use shared::people::Role;

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
            (json!({ "score_type": "online" }), "not available yet"),
            (json!({ "score_type": "weighted" }), "not available yet"),
            (json!({ "score_type": "odd" }), "no score type"),
            (json!({}), "slider or categorical"),
            (json!({ "score_type": "slider", "categories": categories }), "no categories"),
            (json!({ "score_type": "categorical", "categories": { "a": 1 } }), "list"),
            (json!({ "score_type": "categorical", "categories": [] }), "option"),
            (json!({ "score_type": "slider", "config": { "destination": "expected" } }), "destination"),
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
