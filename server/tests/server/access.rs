//! Who may use what: every route and every server function, tried by everybody.

use crate::harness::{TestServer, Who, servers};
use http::Method;
use reqwest::StatusCode;
use serde_json::json;
use server::actor::Access;
use server::router;
use shared::people::{ApiScope, Role};
use shared::permissions::Action;

/// A path of a route, with something that does not exist in every place.
fn filled(route: &str, project: &str) -> String {
    let path = route.replace("{id}", "nothing").replace("{project}", project).replace("{organization}", "touchstone");
    path.replace("{token}", "nothing").replace("{hash}", "nothing").replace("{*name}", "nothing").replace("{name}", "nothing")
}

async fn status(server: &TestServer, who: &Who, method: Method, path: &str) -> StatusCode {
    // The body is wrong everywhere: who may not must be told so first, and nothing may be changed by this test.
    let response = server.request(who, method, path).header("content-type", "application/json").body("[]").send().await.unwrap();
    response.status()
}

/// Every actor with the name it has in messages and what it may.
async fn actors(server: &TestServer) -> Vec<(String, Who, Role, Option<Vec<ApiScope>>)> {
    let mut actors = Vec::new();
    for role in Role::ALL {
        actors.push((format!("a session of the {}", role.as_str()), server.session(role).await, role, None));
    }
    for role in Role::ALL {
        actors.push((format!("a whole key of the {}", role.as_str()), server.key(role, &[]).await, role, Some(Vec::new())));
        for scope in ApiScope::ALL {
            let name = format!("a key of the {} for {}", role.as_str(), scope.as_str());
            actors.push((name, server.key(role, &[scope]).await, role, Some(vec![scope])));
        }
    }
    actors
}

#[tokio::test]
async fn every_route_lets_in_only_who_may() {
    for server in servers().await {
        let project = server.project("walked").await;
        for (name, who, role, scopes) in actors(&server).await {
            for (method, route, access) in router::listed() {
                if matches!(route, "/login" | "/logout") || route.starts_with("/live/") {
                    continue;
                }
                let may = access.missing(|action: Action| action.allowed(role, scopes.as_deref())).is_none();
                let status = status(&server, &who, method.clone(), &filled(route, &project)).await;
                assert_ne!(status, StatusCode::UNAUTHORIZED, "{name}: {method} {route}");
                assert!(!status.is_server_error(), "{name}: {method} {route}: {status}");
                // Public routes know nobody, so they refuse nobody.
                let refused = status == StatusCode::FORBIDDEN;
                assert_eq!(refused, !may, "{name}: {method} {route}: {status}");
            }
        }
    }
}

#[tokio::test]
async fn nobody_gets_in_without_proof() {
    for server in servers().await {
        let project = server.project("walked").await;
        for (method, route, access) in router::listed() {
            let path = filled(route, &project);
            for (name, who) in [
                ("nobody", Who::Nobody),
                ("a wrong key", Who::Key("ts_wrong".to_owned())),
                ("a wrong cookie", Who::Session("wrong".to_owned())),
            ] {
                let status = status(&server, &who, method.clone(), &path).await;
                let function_with_wrong_key = route.starts_with("/fn/") && matches!(who, Who::Key(_));
                let refused = status == StatusCode::UNAUTHORIZED;
                assert_eq!(
                    refused,
                    !matches!(access, Access::Public | Access::Link) || function_with_wrong_key,
                    "{name}: {method} {path}: {status}"
                );
                assert!(!status.is_server_error(), "{name}: {method} {path}: {status}");
            }
        }
    }
}

/// Every server function: what it needs, and a body that it can read but that must change nothing.
const FUNCTIONS: &[(&str, Access, &str)] = &[
    ("activity/change", Access::May(Action::Read), r#"{"query":{"row":{"object_type":"project_logs","object_id":"no","id":"no"},"id":1}}"#),
    (
        "activity/list",
        Access::May(Action::Read),
        r#"{"query":{"row":{"object_type":"project_logs","object_id":"no","id":"no"},"before":null,"limit":1}}"#,
    ),
    ("activity/project", Access::May(Action::Read), r#"{"query":{"project":"no","actor":null,"action":null,"range":"","before":null}}"#),
    ("activity/trace", Access::May(Action::Read), r#"{"query":{"object":"no","root_span_id":"no","before":null,"limit":1}}"#),
    // The store asks for the person first, who must not be somebody else; what each command needs is tested there.
    (
        "commands/run",
        Access::Known,
        r#"{"person":"no","command":{"add_comment":{"object_type":"project_logs","object_id":"no","id":"no","text":""}}}"#,
    ),
    (
        "logs/open",
        Access::May(Action::Read),
        r#"{"query":{"project":"no","rows":"logs","filter":"","before":null,"limit":10,"open":null,"row":null}}"#,
    ),
    (
        "spans/sort",
        Access::May(Action::Read),
        r#"{"query":{"object":"no","filter":"","sort":{"by":"cost","descending":true},"after":null,"limit":1}}"#,
    ),
    ("spans/group", Access::May(Action::Read), r#"{"query":{"object":"no","filter":"","by":"tags"}}"#),
    ("filters/names", Access::May(Action::Read), r#"{"object":"no"}"#),
    ("filters/understand", Access::May(Action::Read), r#"{"query":{"object":"no","text":"","offset_minutes":0}}"#),
    ("cases/add", Access::May(Action::Ingest), r#"{"command":{"dataset":"no","id":"","input":"x","expected":"","metadata":"","tags":""}}"#),
    ("cases/remove", Access::May(Action::Ingest), r#"{"command":{"dataset":"no","id":"no","transaction":"1"}}"#),
    (
        "cases/text",
        Access::May(Action::ActOnMany),
        r#"{"query":{"row":{"object_type":"dataset","object_id":"no","id":"no"},"field":"input","format":null}}"#,
    ),
    (
        "cases/change",
        Access::May(Action::ActOnMany),
        r#"{"command":{"row":{"object_type":"dataset","object_id":"no","id":"no"},"field":"input","text":"x","before":null}}"#,
    ),
    ("versions/list", Access::May(Action::Read), r#"{"dataset":"no"}"#),
    ("versions/save", Access::May(Action::Ingest), r#"{"command":{"dataset":"no","name":"x","note":""}}"#),
    ("versions/delete", Access::May(Action::Ingest), r#"{"command":{"version":"no"}}"#),
    ("versions/compare", Access::May(Action::ActOnMany), r#"{"query":{"from":"no","to":null}}"#),
    ("versions/restore", Access::May(Action::ActOnMany), r#"{"command":{"version":"no"}}"#),
    ("views/list", Access::May(Action::Read), r#"{"project":"no","view_type":"logs","shown":null}"#),
    (
        "views/save",
        Access::May(Action::SaveViews),
        r#"{"command":{"project":"no","view":null,"view_type":"logs","name":"x","shared":true,"state":{"filter":"","sort":""},"version":null}}"#,
    ),
    ("views/delete", Access::May(Action::SaveViews), r#"{"command":{"view":"no"}}"#),
    ("views/restore", Access::May(Action::SaveViews), r#"{"command":{"view":"no"}}"#),
    ("views/default", Access::May(Action::Configure), r#"{"command":{"project":"no","view_type":"logs","view":null}}"#),
    ("comments/mentionable", Access::May(Action::Read), "{}"),
    ("home/load", Access::May(Action::Read), "{}"),
    ("inbox/load", Access::May(Action::Read), "{}"),
    ("inbox/read", Access::May(Action::Read), r#"{"command":{"comment":"no"}}"#),
    ("inbox/returned", Access::May(Action::Read), "{}"),
    ("inbox/reviews", Access::May(Action::Read), "{}"),
    ("inbox/unread", Access::May(Action::Read), "{}"),
    ("jobs/list", Access::May(Action::Read), r#"{"project":"no"}"#),
    (
        "jobs/start",
        Access::May(Action::Review),
        r#"{"command":{"object":"no","rows":{"picked":["no"]},"action":{"tag":{"add":["x"],"remove":[]}}}}"#,
    ),
    (
        "jobs/preview",
        Access::Both(Action::Read, Action::Ingest),
        r#"{"query":{"object":"no","rows":{"picked":["no"]},"dataset":null,"mapping":{}}}"#,
    ),
    ("jobs/places", Access::May(Action::Read), r#"{"row":{"object_type":"project_logs","object_id":"no","id":"no"}}"#),
    ("jobs/cancel", Access::May(Action::Review), r#"{"command":{"job":"no"}}"#),
    ("jobs/undo", Access::May(Action::Review), r#"{"command":{"job":"no"}}"#),
    ("objects/activity", Access::May(Action::Read), r#"{"query":{"kind":"experiment","object":"no","before":null,"limit":1}}"#),
    ("objects/against", Access::May(Action::Read), r#"{"experiment":"no"}"#),
    (
        "objects/comparison",
        Access::May(Action::Read),
        r#"{"query":{"project":"no","base":"no","address":{"with":[],"shown":null,"differences":false,"worst_first":false,"after":null}}}"#,
    ),
    ("objects/change", Access::May(Action::Ingest), r#"{"command":{"kind":"experiment","id":"no","name":null,"details":{}}}"#),
    ("objects/delete", Access::May(Action::Configure), r#"{"command":{"kind":"experiment","id":"no"}}"#),
    ("objects/deleted", Access::May(Action::Configure), r#"{"project":"no","kind":"experiment"}"#),
    ("objects/metadata", Access::May(Action::Ingest), r#"{"command":{"kind":"experiment","id":"no","text":"{}","before":""}}"#),
    (
        "objects/register",
        Access::May(Action::Ingest),
        r#"{"command":{"kind":"dataset","project":"no","name":"x","if_taken":"open","details":{}}}"#,
    ),
    ("objects/restore", Access::May(Action::Configure), r#"{"command":{"kind":"experiment","id":"no","name":null}}"#),
    ("objects/list", Access::May(Action::Read), r#"{"project":"no","kind":"experiment"}"#),
    ("people/change", Access::May(Action::ManageMembers), r#"{"command":{"person":""}}"#),
    ("people/create-key", Access::May(Action::OwnKeys), r#"{"command":{"name":"","scopes":[],"expires_in_days":null}}"#),
    ("people/end-session", Access::May(Action::OwnSessions), r#"{"session":"no"}"#),
    ("people/invite", Access::May(Action::ManageMembers), r#"{"command":{"email":"","role":"viewer"}}"#),
    ("people/keys", Access::May(Action::OwnKeys), "{}"),
    ("people/members", Access::May(Action::ManageMembers), "{}"),
    ("people/open-link", Access::Public, r#"{"token":"no"}"#),
    ("people/reset-password", Access::May(Action::ManageMembers), r#"{"command":{"person":"no"}}"#),
    ("people/revoke-key", Access::May(Action::OwnKeys), r#"{"key":"no"}"#),
    ("people/withdraw-invitation", Access::May(Action::ManageMembers), r#"{"command":{"email":"no"}}"#),
    ("people/sessions", Access::May(Action::OwnSessions), "{}"),
    ("projects/create", Access::May(Action::ManageProjects), r#"{"command":{"name":""}}"#),
    ("projects/delete", Access::May(Action::DeleteProject), r#"{"command":{"project":"no"}}"#),
    ("projects/list", Access::May(Action::Read), r#"{"organization":"touchstone"}"#),
    // The store tells who may send to a project its id, and hides it from the others.
    ("projects/open", Access::Known, r#"{"organization":"touchstone","name":"walked"}"#),
    ("projects/restore", Access::May(Action::DeleteProject), r#"{"command":{"project":"no","name":null}}"#),
    ("projects/rename", Access::May(Action::ManageProjects), r#"{"command":{"project":"no","name":""}}"#),
    ("projects/set", Access::May(Action::Configure), r#"{"command":{"project":"no","changes":{}}}"#),
    ("projects/settings", Access::Either(Action::Read, Action::Configure), r#"{"project":"no"}"#),
    ("questions/archive", Access::May(Action::Configure), r#"{"command":{"question":"no","archived":true}}"#),
    ("questions/list", Access::Either(Action::Read, Action::Configure), r#"{"project":"no"}"#),
    ("questions/order", Access::May(Action::Configure), r#"{"command":{"project":"no","questions":[]}}"#),
    ("questions/preview-description", Access::May(Action::Configure), r#"{"markdown":""}"#),
    (
        "questions/save",
        Access::May(Action::Configure),
        r#"{"command":{"project":"no","question":null,"name":"","definition":{"kind":"continuous"}}}"#,
    ),
    ("questions/setting", Access::May(Action::Configure), r#"{"project":"no"}"#),
    ("questions/versions", Access::Either(Action::Read, Action::Configure), r#"{"question":"no"}"#),
    (
        "spans/field",
        Access::May(Action::Read),
        r#"{"query":{"object":"no","row_id":"no","field":"input","rendering":"fitting","whole":false}}"#,
    ),
    (
        "spans/node",
        Access::May(Action::Read),
        r#"{"query":{"object":"no","row_id":"no","field":"input","at":0,"stamp":0,"rendering":"json","from":0}}"#,
    ),
    (
        "spans/copied",
        Access::May(Action::Read),
        r#"{"query":{"object":"no","row_id":"no","field":"input","at":0,"stamp":0,"rendering":"json","from":0}}"#,
    ),
    ("spans/conversation", Access::May(Action::Read), r#"{"query":{"object":"no","root_span_id":"no","first":0}}"#),
    ("spans/find", Access::May(Action::Read), r#"{"query":{"object":"no","root_span_id":"no","words":"a"}}"#),
    ("reviews/open", Access::May(Action::Read), r#"{"query":{"project":"no","list":null,"shown":"awaiting","after":null}}"#),
    ("reviews/pace", Access::May(Action::Read), r#"{"query":{"project":"no","list":null,"day":0}}"#),
    ("reviews/flagging", Access::May(Action::Review), r#"{"project":"no"}"#),
    ("reviews/setting", Access::May(Action::Configure), r#"{"project":"no","list":null}"#),
    ("reviews/save", Access::May(Action::Configure), r#"{"command":{"project":"no","list":null,"name":"no","definition":{}}}"#),
    ("reviews/archive", Access::May(Action::Configure), r#"{"command":{"list":"no"}}"#),
    ("reviews/fill", Access::May(Action::ActOnMany), r#"{"command":{"list":"no","filter":"","dry_run":true}}"#),
    ("reviews/rules", Access::May(Action::ActOnMany), r#"{"list":"no"}"#),
    ("reviews/save-rule", Access::May(Action::ActOnMany), r#"{"command":{"list":"no","filter":"","rate":1}}"#),
    ("reviews/try-rule", Access::May(Action::ActOnMany), r#"{"command":{"list":"no","filter":"","rate":1}}"#),
    ("reviews/delete-rule", Access::May(Action::ActOnMany), r#"{"command":{"rule":"no"}}"#),
    ("reviews/keep", Access::May(Action::Review), r#"{"row":{"object_type":"project_logs","object_id":"no","id":"no"},"list":"no"}"#),
    ("reviews/hold", Access::May(Action::Review), r#"{"row":{"object_type":"project_logs","object_id":"no","id":"no"},"list":"no"}"#),
    ("reviews/release", Access::May(Action::Review), r#"{"row":{"object_type":"project_logs","object_id":"no","id":"no"},"list":"no"}"#),
    ("reviews/pair-experiments", Access::May(Action::Configure), r#"{"command":{"project":"no","experiments":["a","b"]}}"#),
    ("reviews/open-pair", Access::May(Action::Review), r#"{"item":"no"}"#),
    ("reviews/next-pair", Access::May(Action::Review), r#"{"command":{"project":"no"}}"#),
    (
        "reviews/prefer",
        Access::May(Action::Review),
        r#"{"command":{"row":{"object_type":"experiment","object_id":"no","id":"no"},"preference":"a"},"next":{"project":"no"}}"#,
    ),
    ("reviews/pair-totals", Access::May(Action::Read), r#"{"list":"no"}"#),
    ("reviews/next", Access::May(Action::Review), r#"{"command":{"project":"no"}}"#),
    ("spans/open", Access::May(Action::Read), r#"{"query":{"object":"no","root_span_id":"no","span_id":null}}"#),
    (
        "spans/reread",
        Access::May(Action::Read),
        r#"{"query":{"object":"no","root_span_id":"no","span_id":null,"said":{"scores":[],"tags":[],"unasked":[],"answers":[],"golds":[],"comments":[],"activity":[]},"content":null}}"#,
    ),
    ("spans/piece", Access::May(Action::Read), r#"{"query":{"object":"no","row_id":"no","field":"input","from":0}}"#),
    ("spans/tree", Access::May(Action::Read), r#"{"query":{"object":"no","root_span_id":"no","first":0}}"#),
    ("spans/list", Access::May(Action::Read), r#"{"query":{"object":"no","filter":"","before":null,"limit":10}}"#),
    ("tags/delete", Access::May(Action::Configure), r#"{"command":{"tag":"no"}}"#),
    ("tags/list", Access::Either(Action::Read, Action::Configure), r#"{"project":"no"}"#),
    ("tags/order", Access::May(Action::Configure), r#"{"command":{"project":"no","tags":[]}}"#),
    ("tags/save", Access::May(Action::Configure), r#"{"command":{"project":"no","tag":null,"name":"","color":"","description":""}}"#),
    (
        "texts/preview",
        Access::May(Action::Read),
        r#"{"query":{"row":{"object_type":"project_logs","object_id":"no","id":"no"},"format":"json","text":"","into":"json","before":null}}"#,
    ),
    (
        "texts/read",
        Access::May(Action::Read),
        r#"{"query":{"row":{"object_type":"project_logs","object_id":"no","id":"no"},"field":"expected","format":null}}"#,
    ),
];

#[tokio::test]
async fn every_server_function_lets_in_only_who_may() {
    for server in servers().await {
        let actors = actors(&server).await;
        for (path, method) in leptos::server_fn::axum::server_fn_paths() {
            let name = path.strip_prefix("/fn/").unwrap_or_else(|| panic!("{path} is outside /fn, where no route leads"));
            let Some((_, access, body)) = FUNCTIONS.iter().find(|(known, ..)| *known == name) else {
                panic!("{path} is new: say in FUNCTIONS what it needs");
            };
            let call = async |who: &Who| {
                let request = server.request(who, method.clone(), path).header("accept", "application/json");
                let response = request.header("content-type", "application/json").body(*body).send().await.unwrap();
                (response.status(), response.text().await.unwrap())
            };
            let (status, text) = call(&Who::Nobody).await;
            assert_eq!(status == StatusCode::UNAUTHORIZED, *access != Access::Public, "nobody: {path}: {status} {text}");
            if matches!(access, Access::Public | Access::Known) {
                continue;
            }
            for (who_name, who, role, scopes) in &actors {
                let (status, text) = call(who).await;
                assert!(!status.is_server_error(), "{who_name}: {path}: {status} {text}");
                let may = access.missing(|action: Action| action.allowed(*role, scopes.as_deref())).is_none();
                assert_eq!(status == StatusCode::FORBIDDEN, !may, "{who_name}: {path}: {status} {text}");
            }
        }
    }
}

#[tokio::test]
async fn a_key_for_administration_makes_no_way_in_that_may_more() {
    for server in servers().await {
        let owner = server.member(Role::Owner).await.actor().person.id.clone();
        let key = server.key(Role::Owner, &[ApiScope::Admin]).await;
        let session = server.session(Role::Owner).await;
        for (path, body) in [
            ("/fn/people/reset-password", json!({ "command": { "person": owner } })),
            ("/fn/people/invite", json!({ "command": { "email": "new@example.com", "role": "owner" } })),
            ("/fn/people/create-key", json!({ "command": { "name": "wide", "scopes": [], "expires_in_days": null } })),
        ] {
            let call = async |who: &Who| {
                let request = server.request(who, Method::POST, path).header("accept", "application/json");
                let response = request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
                (response.status(), response.text().await.unwrap())
            };
            let (status, text) = call(&key).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{path}: {text}");
            assert!(text.contains("do more than the key itself"), "{path}: {text}");
            let (status, text) = call(&session).await;
            assert_eq!(status, StatusCode::OK, "{path}: {text}");
        }
    }
}

#[tokio::test]
async fn an_id_of_another_kind_is_not_there() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("kinds").await;
        let named = |name: &str| json!({ "project_id": project, "name": name });
        let experiment = server.done(&key, Method::POST, "/v1/experiment", &named("e")).await["id"].as_str().unwrap().to_owned();
        let dataset = server.done(&key, Method::POST, "/v1/dataset", &named("d")).await["id"].as_str().unwrap().to_owned();
        let ids = [("project_logs", &project), ("experiment", &experiment), ("dataset", &dataset)];
        for (kind, _) in ids {
            for (other, id) in ids {
                let expected = if kind == other { StatusCode::OK } else { StatusCode::NOT_FOUND };
                for path in [format!("/v1/summary?object_type={kind}&object_id={id}"), format!("/v1/{kind}/{id}/fetch")] {
                    assert_eq!(server.get(&key, &path).await.0, expected, "{kind} with the id of a {other}: {path}");
                }
                let path = format!("/app/touchstone/object?object_type={kind}&object_id={id}");
                let found = server.request(&key, Method::GET, &path).send().await.unwrap().status();
                assert_eq!(found.is_redirection(), kind == other, "{kind} with the id of a {other}: {path}: {found}");
                let query = json!({ "query": format!("select: * | from: {kind}('{id}')") }).to_string();
                assert_eq!(server.send(&key, Method::POST, "/btql", query).await.0, expected, "{kind} with the id of a {other}");
            }
        }
    }
}

#[tokio::test]
async fn keys_that_ended_are_refused_with_the_reason() {
    for server in servers().await {
        let engineer = server.member(Role::Engineer).await;
        let Who::Key(secret) = server.key(Role::Engineer, &[]).await else { unreachable!() };
        let who = Who::Key(secret.clone());
        assert_eq!(server.get(&who, "/v1/project").await.0, StatusCode::OK);
        let key = engineer.keys().await.unwrap().remove(0);
        engineer.revoke_key(&key.id).await.unwrap();
        let (status, answer) = server.get(&who, "/v1/project").await;
        assert_eq!((status, answer["problem"].as_str()), (StatusCode::UNAUTHORIZED, Some("sign_in")));
        assert!(answer["error"].as_str().unwrap().contains("revoked"), "{answer}");
        let (status, answer) = server.get(&Who::Key("ts_unknown".to_owned()), "/v1/project").await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert!(answer["error"].as_str().unwrap().contains("not known"), "{answer}");
    }
}

#[tokio::test]
async fn pages_of_other_sites_cannot_write_with_a_cookie() {
    for server in servers().await {
        let who = server.session(Role::Owner).await;
        let create = |name: &str, value: &str| {
            let request = server.request(&who, Method::POST, "/v1/project").header(name, value);
            request.body(r#"{"name": "planted"}"#).send()
        };
        for (name, value) in [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
            let response = create(name, value).await.unwrap();
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{name}: {value}");
            assert!(response.text().await.unwrap().contains("another site"), "{name}: {value}");
        }
        assert!(server.member(Role::Owner).await.projects().await.unwrap().is_empty());
        let own = create("origin", &format!("http://{}", server.address)).await.unwrap();
        assert_eq!(own.status(), StatusCode::OK);

        let key = server.key(Role::Owner, &[]).await;
        let request = server.request(&key, Method::POST, "/v1/project").header("origin", "https://evil.example");
        let response = request.body(r#"{"name": "with a key"}"#).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "a key is proof enough");
        assert_eq!(response.headers()["access-control-allow-origin"], "*");
        assert!(!response.headers().contains_key("access-control-allow-credentials"));
    }
}
