//! Blind review through HTTP: every route, every server function and the pages, asked by a reviewer who has not answered.

use crate::harness::{TestServer, Who, row, servers};
use http::Method;
use serde_json::{Value, json};
use server::router;
use shared::ProjectId;
use shared::comments::AddComment;
use shared::objects::{FieldName, ObjectKind, RowAddress};
use shared::people::{ApiScope, Role};
use shared::projects::ChangeSettings;
use shared::questions::{Definition, MetadataPath, QuestionKind, SaveQuestion};
use shared::spans::{ReadField, Rendering};

/// What nobody must find who has not answered.
const SECRETS: [&str; 7] = ["0.4217", "421700000", "0.8391", "839100000", "zebra", "opaque words", "hushed"];

/// What is asked of the server: the route it goes to, the path, and the body if it is sent.
struct Question {
    route: &'static str,
    method: Method,
    path: String,
    body: Option<Value>,
}

/// The project and the experiment of the test.
struct World {
    project: String,
    experiment: String,
    /// Another one, whose base it is.
    later: String,
    /// The newest live event.
    head: i64,
    /// What the values of `expected` and `metadata` are stamped with for whoever sees them.
    stamps: Vec<(FieldName, u32)>,
}

impl World {
    async fn new(server: &TestServer) -> Self {
        let engineer = server.member(Role::Engineer).await;
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("blind").await;
        let intent = QuestionKind::Expected { options: vec!["zebra".to_owned()], multiple: false };
        let reason = QuestionKind::Text { path: MetadataPath::of("review.reason") };
        for (name, kind) in
            [("Tone", QuestionKind::Continuous), ("Other", QuestionKind::Continuous), ("Intent", intent), ("Reason", reason)]
        {
            let definition = Definition { kind, ..Definition::default() };
            let save =
                SaveQuestion { project: ProjectId::from(project.as_str()), question: None, after: None, name: name.to_owned(), definition };
            engineer.save_question(save).await.unwrap();
        }
        let experiment = server.done(&key, Method::POST, "/v1/experiment", &json!({ "project_id": project, "name": "new" })).await;
        let experiment = experiment["id"].as_str().unwrap().to_owned();
        let scored = json!({ "scores": { "Tone": 0.8391 } });
        server.done(&key, Method::POST, "/logs3", &json!({ "rows": [row(&project, "one", &scored)] })).await;
        let tried =
            json!({ "events": [{ "id": "tried", "span_id": "s", "root_span_id": "s", "input": "i", "scores": { "Tone": 0.8391 } }] });
        server.done(&key, Method::POST, &format!("/v1/experiment/{experiment}/insert"), &tried).await;
        let later = server.done(&key, Method::POST, "/v1/experiment", &json!({ "project_id": project, "name": "later" })).await;
        let later = later["id"].as_str().unwrap().to_owned();
        server.done(&key, Method::POST, &format!("/v1/experiment/{later}/insert"), &tried).await;
        for (question, value) in [("Tone", json!(0.4217)), ("Intent", json!("zebra")), ("Reason", json!("opaque words"))] {
            let body = json!({ "object_type": "project_logs", "object_id": project, "id": "one", "question": question, "value": value });
            server.done(&key, Method::PUT, "/v1/answer", &body).await;
        }
        let row = RowAddress { object_type: ObjectKind::ProjectLogs, object_id: project.as_str().into(), id: "one".into() };
        engineer.add_comment(AddComment { row, text: "hushed".to_owned(), client_id: None }).await.unwrap();
        let changes = json!({ "blind_reviews": true }).as_object().unwrap().clone();
        engineer.change_settings(ChangeSettings { project: ProjectId::from(project.as_str()), changes }).await.unwrap();
        let (_, head) = engineer.summary(&project.as_str().into(), "").await.unwrap();
        let mut stamps = Vec::new();
        for field in [FieldName::Expected, FieldName::Metadata] {
            let object = project.as_str().into();
            let query = ReadField { object, row_id: "one".into(), field, rendering: Rendering::Json, whole: true, find: String::new() };
            stamps.push((field, engineer.read_field(query).await.unwrap().stamp));
        }
        Self { project, experiment, later, head, stamps }
    }

    /// Everything that leads out, by its route.
    fn questions(&self) -> Vec<Question> {
        let Self { project, experiment, later, stamps, .. } = self;
        let get = |route, path: String| Question { route, method: Method::GET, path, body: None };
        let post = |route, path: String, body| Question { route, method: Method::POST, path, body: Some(body) };
        let call = |route: &'static str, body| Question { route, method: Method::POST, path: route.to_owned(), body: Some(body) };
        let of_row = format!("object_type=project_logs&object_id={project}&id=one");
        let list = json!({ "object": project, "filter": "", "before": null, "limit": 10 });
        let open = json!({ "object": project, "root_span_id": "r-one", "span_id": null });
        let reread = json!({
            "object": project, "root_span_id": "r-one", "span_id": null, "content": { "tree": 0, "fields": [] },
            "said": { "scores": [], "tags": [], "unasked": [], "answers": [], "golds": [], "comments": [], "activity": [] },
        });
        let page = |query: &str| format!("/app/touchstone/p/blind/{query}");
        let compared = json!({ "with": ["later"], "shown": null, "differences": false, "worst_first": true, "after": null });
        let queries = ["", " spans", " traces", " summary"].map(|shape| format!("from: project_logs('{project}'){shape} | select: *"));
        let aggregate =
            format!("from: project_logs('{project}') | dimensions: id | measures: avg(scores.Tone) as tone, max(reported.Tone) as top");
        let mut questions = vec![
            get("/v1/project_logs/{id}/fetch", format!("/v1/project_logs/{project}/fetch")),
            post("/v1/project_logs/{id}/fetch", format!("/v1/project_logs/{project}/fetch"), json!({})),
            get("/v1/experiment/{id}/fetch", format!("/v1/experiment/{experiment}/fetch")),
            post("/v1/experiment/{id}/fetch", format!("/v1/experiment/{experiment}/fetch"), json!({})),
            get("/v1/experiment/{id}/summarize", format!("/v1/experiment/{experiment}/summarize?summarize_scores=true")),
            get("/experiment-comparison2", format!("/experiment-comparison2?experiment_id={experiment}&base_experiment_id={experiment}")),
            get("/v1/answer", format!("/v1/answer?{of_row}")),
            get("/v1/activity", format!("/v1/activity?{of_row}")),
            get("/v1/activity", format!("/v1/activity?project_id={project}")),
            get("/v1/summary", format!("/v1/summary?object_type=project_logs&object_id={project}")),
            get("/v1/summary", format!("/v1/summary?object_type=project_logs&object_id={project}&filter=span_id%20is%20not%20null")),
            post("/btql", "/btql".to_owned(), json!({ "query": aggregate })),
            call(
                "/fn/logs/open",
                json!({ "query": { "project": project, "rows": "logs", "filter": "", "before": null, "limit": 10, "open": open, "row": null } }),
            ),
            call("/fn/spans/list", json!({ "query": list })),
            call("/fn/spans/open", json!({ "query": open })),
            call("/fn/spans/reread", json!({ "query": reread })),
            call(
                "/fn/activity/project",
                json!({ "query": { "project": project, "actor": null, "action": null, "range": "", "before": null } }),
            ),
            get("page", page("activity")),
            call("/fn/activity/trace", json!({ "query": { "object": project, "root_span_id": "r-one", "before": null, "limit": 100 } })),
            call("/fn/spans/find", json!({ "query": { "object": project, "root_span_id": "r-one", "words": "zebra" } })),
            call("/fn/filters/names", json!({ "object": project })),
            call(
                "/fn/spans/sort",
                json!({ "query": { "object": project, "filter": "", "sort": { "by": "duration", "descending": true }, "after": null, "limit": 10 } }),
            ),
            call("/fn/spans/group", json!({ "query": { "object": project, "filter": "", "by": "scores.Tone" } })),
            call("/fn/objects/list", json!({ "project": project, "kind": "experiment" })),
            get("page", page("logs")),
            get("page", page("logs?r=r-one")),
            get("page", page("logs?filter=span_id%20is%20not%20null")),
            get("page", page("experiments")),
            get("page", page("experiments/new?r=s")),
            get("page", page("experiments/new/compare?with=later")),
            call("/fn/objects/against", json!({ "experiment": later })),
            call("/fn/objects/comparison", json!({ "query": { "project": project, "base": "new", "address": compared } })),
        ];
        for field in ["expected", "metadata"] {
            let query = json!({ "object": project, "row_id": "one", "field": field, "rendering": "json", "whole": true });
            questions.push(call("/fn/spans/field", json!({ "query": query })));
        }
        let row = json!({ "object_type": "project_logs", "object_id": project, "id": "one" });
        for (field, stamp) in stamps {
            questions.push(call("/fn/spans/piece", json!({ "query": { "object": project, "row_id": "one", "field": field, "from": 0 } })));
            let node =
                json!({ "object": project, "row_id": "one", "field": field, "at": 0, "stamp": stamp, "rendering": "json", "from": 0 });
            questions.push(call("/fn/spans/node", json!({ "query": node })));
            questions.push(call("/fn/spans/copied", json!({ "query": node })));
            questions.push(get("/file", format!("/file?object={project}&row=one&field={}&at=0&number=0&stamp={stamp}", field.key())));
            questions.push(call("/fn/texts/read", json!({ "query": { "row": row, "field": field, "format": null } })));
        }
        let preview = json!({ "row": row, "format": "json", "text": "1", "into": "json", "before": null });
        questions.push(call("/fn/texts/preview", json!({ "query": preview })));
        questions.push(call("/fn/activity/list", json!({ "query": { "row": row, "before": null, "limit": 100 } })));
        questions.extend(queries.map(|query| post("/btql", "/btql".to_owned(), json!({ "query": query }))));
        questions
    }
}

/// Routes and server functions that tell nothing of what stands on spans, or write and return at most what was written.
/// A name stands for itself and everything below it.
const HARMLESS: &[&str] = &[
    // Inputs and outputs, into which nobody says anything; spans of scorers are left out.
    "/fn/spans/conversation",
    // Names that stand in what the person sees anyway; the histories of twins ask it.
    "/v1/translate",
    // What SDKs and engineers say about experiments and datasets themselves.
    "/fn/objects/activity",
    "/fn/objects/deleted",
    "/fn/objects/metadata",
    "/fn/objects/register",
    "/fn/objects/restore",
    // The process, signing in, redirects, files.
    "/healthz",
    "/readyz",
    "/metrics",
    "/assets",
    "/login",
    "/logout",
    "/setup",
    "/join",
    "/reset",
    "/",
    "/app",
    "/ping",
    "/version",
    "/v1",
    "/attachment",
    "/xact-id",
    "/api/apikey",
    // What is registered and configured.
    "/api/project",
    "/api/experiment",
    "/api/base_experiment",
    "/api/dataset",
    "/api/self",
    "/v1/project",
    "/v1/project/{id}",
    "/v1/experiment",
    "/v1/experiment/{id}",
    "/v1/prompt",
    "/v1/function",
    "/v1/project_score",
    "/v1/project_tag",
    // It reads the names that `/fn/filters/names` tells, and says back what it was told.
    "/fn/filters/understand",
    // What somebody keeps to look at lists by; what these show is asked of the lists.
    "/v1/view",
    "/fn/views",
    // What others than engineers did themselves; that they see no others' is tried in the tests of the store.
    "/v1/job",
    "/fn/jobs",
    // Who is asked and who is done is no secret; why somebody skipped a row is tried in the tests of review items.
    "/v1/review_list",
    "/v1/review_item",
    "/dataset-summary",
    // The handlers of datasets are those of logs and experiments.
    "/v1/dataset",
    "/v1/dataset_version",
    // Names and times; the rest is for who sees through.
    "/fn/versions",
    // For who sees through.
    "/fn/cases",
    // For who sees through.
    "/v1/export",
    "/v1/import",
    // They write. What they return is tried below, and in the tests of the store.
    "/logs3",
    "/v1/project_logs/{id}/insert",
    "/v1/project_logs/{id}/feedback",
    "/v1/experiment/{id}/insert",
    "/v1/experiment/{id}/feedback",
    "/v1/feedback_link",
    "/v1/feedback/{token}",
    "/v1/erase",
    "/v1/answer/gold",
    "/v1/activity/{id}/revert",
    "/fn/commands/run",
    "/fn/objects/change",
    "/fn/objects/delete",
    // What one is told of a single change and of mentions is tried in the tests of the store. Every server function is asked for by its
    // own name.
    "/fn/activity/change",
    // Names and times of spans.
    "/fn/spans/tree",
    "/fn/comments",
    "/fn/home",
    "/fn/inbox",
    "/fn/{*name}",
    "/fn/people",
    "/fn/projects",
    "/fn/questions",
    "/fn/reviews",
    "/fn/tags",
    // See the test of live events.
    "/live/{project}",
];

/// Those of the harmless that are meant alone, because what is below them tells more.
const ALONE: &[&str] = &["/", "/v1", "/v1/project", "/v1/project/{id}", "/v1/experiment", "/v1/experiment/{id}"];

fn is_harmless(route: &str) -> bool {
    let below = |name: &str| !ALONE.contains(&name) && route.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
    HARMLESS.iter().any(|name| route == *name || below(name))
}

#[tokio::test]
async fn every_route_and_server_function_is_decided() {
    for server in servers().await {
        let world = World::new(&server).await;
        let asked: Vec<_> = world.questions().into_iter().map(|question| question.route).collect();
        let routes = router::listed().into_iter().map(|(_, route, _)| route.to_owned());
        let functions = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned());
        let undecided: Vec<_> = routes.chain(functions).filter(|route| !asked.contains(&route.as_str()) && !is_harmless(route)).collect();
        assert!(undecided.is_empty(), "say in questions() how these are asked, or in HARMLESS that they tell nothing: {undecided:?}");
    }
}

async fn told(server: &TestServer, who: &Who, question: &Question) -> String {
    let mut request = server.request(who, question.method.clone(), &question.path);
    request = request.header("accept", if question.route == "page" { "text/html" } else { "application/json" });
    if let Some(body) = &question.body {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    let response = request.send().await.unwrap();
    assert!(
        response.status().is_success()
            || matches!(question.route, "/fn/spans/field" | "/fn/spans/piece" | "/fn/spans/node" | "/fn/spans/copied" | "/file"),
        "{}: {}",
        question.path,
        response.status()
    );
    response.text().await.unwrap()
}

fn secrets_in(text: &str) -> Vec<&'static str> {
    // The options of a question are no secret, only which of them was chosen.
    let text = text.replace(r#""options":["zebra"]"#, "").replace(r#"\"options\":[\"zebra\"]"#, "");
    SECRETS.into_iter().filter(|secret| text.contains(secret)).collect()
}

#[tokio::test]
async fn a_reviewer_who_has_not_answered_finds_nothing() {
    for server in servers().await {
        let world = World::new(&server).await;
        let reviewer = server.session(Role::Reviewer).await;
        let blind = [reviewer.clone(), server.session(Role::Viewer).await, server.key(Role::Owner, &[ApiScope::Read]).await];
        let engineer = server.session(Role::Engineer).await;
        for question in world.questions() {
            for who in &blind {
                // Pages and their functions are for people; a key has none.
                if matches!(who, Who::Key(_)) && (question.route == "page" || question.route.starts_with("/fn/")) {
                    continue;
                }
                let told = told(&server, who, &question).await;
                // The form on a page draws every option; which one was chosen is tried in the other ways.
                let found: Vec<_> = secrets_in(&told).into_iter().filter(|secret| question.route != "page" || *secret != "zebra").collect();
                assert_eq!(found, [""; 0], "{}: {told}", question.path);
            }
        }
        // What shows a score with two digits, or nothing but numbers of rows, finds it in its own words.
        // In no field of the row is a file.
        for question in world.questions().into_iter().filter(|question| question.route != "/file") {
            let told = told(&server, &engineer, &question).await;
            let shown = !secrets_in(&told).is_empty() || told.contains("42.2") || told.contains("83.9") || told.contains("84");
            assert!(shown, "{} finds what there is: {told}", question.path);
        }
        let body = json!({ "object_type": "project_logs", "object_id": world.project, "id": "one", "question": "Other", "value": 1 });
        let answer = server.done(&reviewer, Method::PUT, "/v1/answer", &body).await;
        assert_eq!((&answer["scores"], &answer["expected"], &answer["metadata"]), (&json!({ "Other": 1.0 }), &Value::Null, &Value::Null));
        let tone = json!({ "object_type": "project_logs", "object_id": world.project, "id": "one", "question": "Tone", "value": 0.5 });
        let answer = server.done(&reviewer, Method::PUT, "/v1/answer", &tone).await;
        assert_eq!(answer["scores"], json!({ "Other": 1.0, "Tone": 0.46085 }), "what is answered is seen");
        let summary = format!("/v1/summary?object_type=project_logs&object_id={}", world.project);
        assert_eq!(server.get(&reviewer, &summary).await.1["scores"]["Tone"]["count"], 1);
        let experiment = format!("/v1/summary?object_type=experiment&object_id={}", world.experiment);
        assert_eq!(server.get(&reviewer, &experiment).await.1["scores"], json!({}));
    }
}

#[tokio::test]
async fn live_events_tell_only_which_spans_changed() {
    for server in servers().await {
        let world = World::new(&server).await;
        for (role, sees) in [(Role::Reviewer, false), (Role::Viewer, false), (Role::Engineer, true)] {
            let who = server.session(role).await;
            let mut response = server.request(&who, Method::GET, &format!("/live/{}?after=0", world.project)).send().await.unwrap();
            let mut text = String::new();
            while !text.contains(&format!("id: {}\n", world.head)) {
                text += std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap();
            }
            assert_eq!(!secrets_in(&text).is_empty(), sees, "{role:?}: {text}");
            assert_eq!(text.contains("veiled"), !sees, "{role:?}: {text}");
        }
    }
}
