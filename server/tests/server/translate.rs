//! Filters in plain English, as scripts ask for them.

use crate::harness::{row, servers};
use axum::routing::post;
use axum::{Json, Router};
use http::Method;
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::config::LanguageModelOptions;
use server::language_model::LanguageModelEndpoint;
use shared::people::Role;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

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

/// An endpoint that speaks as OpenAI's does: it replies what stands in the place, and keeps what it was asked.
async fn endpoint(reply: Arc<Mutex<(StatusCode, String)>>, asked: Arc<Mutex<Vec<Value>>>) -> String {
    let answer = move |headers: http::HeaderMap, Json(mut body): Json<Value>| async move {
        body["key"] = json!(headers["authorization"].to_str().unwrap());
        asked.lock().unwrap().push(body);
        let (status, reply) = reply.lock().unwrap().clone();
        (status, Json(json!({ "choices": [{ "message": { "role": "assistant", "content": reply } }] })))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/v1/chat/completions", post(answer))).await });
    format!("http://{address}/v1/")
}

#[tokio::test]
async fn a_language_model_reads_what_is_typed_and_the_grammar_where_it_fails() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let score = json!({ "project_id": project, "name": "Preference", "score_type": "slider" });
        server.done(&key, Method::POST, "/v1/project_score", &score).await;
        let (reply, asked) = (Arc::new(Mutex::new((StatusCode::OK, String::new()))), Arc::new(Mutex::new(Vec::new())));
        let options = LanguageModelOptions {
            llm_url: Some(endpoint(Arc::clone(&reply), Arc::clone(&asked)).await),
            llm_key: Some("secret".to_owned()),
            llm_model: "small-model".to_owned(),
        };
        assert!(!format!("{options:?}").contains("secret"));
        server.store.read_english_by(LanguageModelEndpoint::of(&options).unwrap().unwrap());
        let ask = async |text: &str| server.get(&key, &format!("/v1/translate?project_id={project}&text={text}")).await;

        *reply.lock().unwrap() = (StatusCode::OK, json!({ "filter": "scores.Preference>=90%", "parts": [] }).to_string());
        let (status, answer) = ask("the%20really%20great%20ones").await;
        assert_eq!((status, &answer["filter"]), (StatusCode::OK, &json!("scores.Preference >= 0.9")), "{answer}");
        assert_eq!(answer["notes"], json!(["Read by small-model"]));
        let body = asked.lock().unwrap().remove(0);
        assert_eq!((&body["model"], &body["key"]), (&json!("small-model"), &json!("Bearer secret")));
        assert_eq!(body["messages"][1], json!({ "role": "user", "content": "the really great ones" }));
        assert!(body["messages"][0]["content"].as_str().unwrap().contains("scores.Preference"), "{body}");

        // What is no filter, what nobody carries and what it could not read is never shown: the grammar reads the text.
        for failure in [
            (StatusCode::OK, "Sorry!".to_owned()),
            (StatusCode::OK, json!({ "filter": "scores.Nothing > 1" }).to_string()),
            (StatusCode::OK, json!({ "filter": "is_root", "not_understood": ["errors"] }).to_string()),
            (StatusCode::OK, "x".repeat(1_000_000)),
            (StatusCode::INTERNAL_SERVER_ERROR, json!({ "filter": "is_root" }).to_string()),
        ] {
            *reply.lock().unwrap() = failure.clone();
            let (status, answer) = ask("errors").await;
            assert_eq!((status, &answer["filter"]), (StatusCode::OK, &json!("error is not null")), "{failure:?}: {answer}");
            assert_eq!(ask("grumpy%20ones").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        }
    }
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_costs_nothing() {
    let server = servers().await.remove(0);
    let key = server.key(Role::Engineer, &[]).await;
    let project = server.project("P").await;
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let options = LanguageModelOptions { llm_url: Some(format!("http://{nobody}")), llm_key: None, llm_model: "small-model".to_owned() };
    server.store.read_english_by(LanguageModelEndpoint::of(&options).unwrap().unwrap());
    let (_, answer) = server.get(&key, &format!("/v1/translate?project_id={project}&text=errors")).await;
    assert_eq!(answer["filter"], "error is not null");
}
