//! Filters in plain English, as scripts ask for them.

use crate::harness::{row, servers};
use http::Method;
use reqwest::StatusCode;
use serde_json::json;
use shared::people::Role;

#[tokio::test]
async fn plain_english_becomes_a_filter_that_is_not_applied() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let score = json!({ "project_id": project, "name": "Preference", "score_type": "slider" });
        server.done(&key, Method::POST, "/v1/project_score", &score).await;
        let content = json!({ "tags": ["Triage"], "metadata": { "customer": "Acme", "model": "gpt-4o" }, "scores": { "Factuality": 0.5 } });
        server.done(&key, Method::POST, "/logs3", &json!({ "rows": [row(&project, "one", &content)] })).await;
        let path = |text: &str, more: &str| {
            let text = text.replace('%', "%25").replace(' ', "%20");
            format!("/v1/translate?object_type=project_logs&object_id={project}&text={text}{more}")
        };
        let (status, answer) =
            server.get(&key, &path("rated over 75% and tagged triage, factuality below 0.5, customer is acme, model is gpt-4o", "")).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let expected = "scores.Preference > 0.75 and tags includes 'Triage' and scores.Factuality < 0.5 and metadata.customer = 'Acme' \
                        and metadata.model = 'gpt-4o'";
        assert_eq!((&answer["expression"], &answer["unknown"]), (&json!(expected), &json!([])));
        let phrase =
            json!({ "range": { "start": 0, "end": 14 }, "expression": "scores.Preference > 0.75", "hint": "Preference is the main score" });
        assert_eq!(answer["parts"][0], phrase);

        // The same of a project's logs, and what the filter alone does not say.
        let (_, of_project) = server.get(&key, &format!("/v1/translate?project_id={project}&text=rated%20over%2075%25")).await;
        assert_eq!(of_project["filter"], "scores.Preference > 0.75");
        assert_eq!(of_project["notes"], json!(["Preference is the main score"]));

        // Words that were not understood are no filter, and what the others became is told.
        let (status, answer) = server.get(&key, &path("errors, no grumpy ones since 2026-01-02", "&tz_offset=-60")).await;
        assert_eq!((status, &answer["filter"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(null)), "{answer}");
        assert!(answer["error"].as_str().unwrap().contains("grumpy"), "{answer}");
        assert_eq!(answer["expression"], "error is not null and created >= '2026-01-02T00:00+01:00'");
        assert!(answer["unknown"][0]["reason"].as_str().unwrap().contains("grumpy"), "{answer}");

        for (path, words) in [
            (path(&"a".repeat(5_000), ""), "at most 4000 characters"),
            ("/v1/translate?text=errors".to_owned(), "in which project"),
            (path("errors", "&tz_offset=x"), "minutes from UTC"),
            (format!("/v1/translate?object_type=project_logs&object_id={project}"), "text"),
        ] {
            let (status, answer) = server.get(&key, &path).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
            assert!(answer["error"].as_str().unwrap().contains(words), "{answer}");
        }
    }
}
