//! Addresses that lead to pages, and the headers that every answer carries.

use crate::harness::{PASSWORD, Who, row, servers};
use http::Method;
use reqwest::StatusCode;
use serde_json::json;
use shared::people::Role;

#[tokio::test]
async fn addresses_lead_where_they_should() {
    for server in servers().await {
        let viewer = server.session(Role::Viewer).await;
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("my project").await;
        let child = json!({ "span_id": "child", "root_span_id": "trace", "span_parents": ["s"] });
        server.done(&key, Method::POST, "/logs3", &json!({ "rows": [row(&project, "a/b", &child)] })).await;
        let object = format!("/app/touchstone/object?object_type=project_logs&object_id={project}&id=a%2Fb");
        for (who, path, leads) in [
            (&Who::Nobody, "/".to_owned(), "/login".to_owned()),
            (&viewer, "/".to_owned(), "/app/touchstone".to_owned()),
            (&viewer, "/app/touchstone/p/my%20project".to_owned(), "/app/touchstone/p/my%20project/logs".to_owned()),
            (&Who::Nobody, "/app/touchstone".to_owned(), "/login?next=%2Fapp%2Ftouchstone".to_owned()),
            (
                &Who::Nobody,
                "/app/touchstone/p/P/logs?r=1&filter=75%25&comment=c".to_owned(),
                "/login?next=%2Fapp%2Ftouchstone%2Fp%2FP%2Flogs%3Fr%3D1%26filter%3D75%2525%26comment%3Dc".to_owned(),
            ),
            (&viewer, object, "/app/touchstone/p/my%20project/logs?r=trace&s=child".to_owned()),
            (
                &viewer,
                format!("/app/touchstone/object?object_type=project_logs&object_id={project}"),
                "/app/touchstone/p/my%20project/logs".to_owned(),
            ),
        ] {
            let response = server.request(who, Method::GET, &path).header("accept", "text/html").send().await.unwrap();
            assert_eq!(response.status(), StatusCode::SEE_OTHER, "{path}");
            assert_eq!(response.headers()["location"].to_str().unwrap(), leads, "{path}");
        }
        for path in ["/app/another", "/app/touchstone/object?object_id=unknown&id=x", "/no/such/page"] {
            let response = server.request(&viewer, Method::GET, path).header("accept", "text/html").send().await.unwrap();
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
            assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"), "{path}");
        }
        let response = server.request(&viewer, Method::GET, "/app/touchstone").header("accept", "text/html").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert!(response.headers().contains_key("content-security-policy"));
    }
}

/// While a page waits for an answer, its views are gone through on several threads. Whatever is made on the way is made again,
/// reads everything again, and may be gone when it is drawn.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_page_is_made_once() {
    for server in servers().await {
        let viewer = server.session(Role::Owner).await;
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        server.done(&key, Method::POST, "/logs3", &json!({ "rows": [row(&project, "one", &json!({}))] })).await;
        // What a page of a project reads: the project, and what it shows; a list of experiments also what was deleted.
        let pages = [
            ("logs", 2),
            ("logs?r=r-one", 2),
            ("experiments", 3),
            ("activity", 2),
            ("home", 2),
            ("inbox", 2),
            ("configuration", 2),
            ("configuration/keys", 2),
        ];
        let load = async |page: &str| {
            let request = server.request(&viewer, Method::GET, &format!("/app/touchstone/p/P/{page}")).header("accept", "text/html");
            let response = request.send().await.unwrap();
            (response.status(), response.text().await.unwrap().matches("__RESOLVED_RESOURCES[").count())
        };
        for (page, readings) in pages {
            for _ in 0..10 {
                for (status, read) in futures::future::join_all((0..4).map(|_| load(page))).await {
                    assert_eq!((status, read), (StatusCode::OK, readings), "{page}");
                }
            }
        }
    }
}

#[tokio::test]
async fn every_answer_is_guarded() {
    for server in servers().await {
        for path in ["/healthz", "/readyz", "/v1", "/v1/project", "/nothing", "/login"] {
            let response = server.request(&Who::Nobody, Method::GET, path).send().await.unwrap();
            let headers = response.headers();
            assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
            assert_eq!(headers["x-frame-options"], "DENY", "{path}");
            assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
            assert_eq!(headers["x-request-id"].len(), 16, "{path}");
            let policy = headers["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        }
        let preflight = |wanted: &'static str| {
            let request = server.request(&Who::Nobody, Method::OPTIONS, "/v1/project").header("origin", "https://tools.example");
            request.header("access-control-request-method", "POST").header("access-control-request-headers", wanted).send()
        };
        let response = preflight("authorization,content-type").await.unwrap();
        assert_eq!(
            (response.status(), response.headers()["access-control-allow-origin"].as_bytes()),
            (StatusCode::NO_CONTENT, b"*".as_slice())
        );
        assert!(!response.headers().contains_key("access-control-allow-credentials"));
        let response = preflight("content-type").await.unwrap();
        assert!(!response.headers().contains_key("access-control-allow-origin"), "without a key there is nothing to allow");
        let key = server.key(Role::Engineer, &[]).await;
        let request = server.request(&key, Method::GET, "/v1/project").header("accept-encoding", "br");
        server.project("a name long enough to be worth compressing").await;
        assert_eq!(request.send().await.unwrap().headers()["content-encoding"], "br");
    }
}

#[tokio::test]
async fn an_address_that_was_typed_stands_in_the_form_again_and_in_no_address() {
    for server in servers().await {
        server.member(Role::Viewer).await;
        let post = async |password: &str| {
            let request = server.request(&Who::Nobody, Method::POST, "/login").header("content-type", "application/x-www-form-urlencoded");
            let form = format!("email=viewer%40example.com&password={}&next=%2Fapp", password.replace(' ', "+"));
            request.body(form).send().await.unwrap()
        };
        let refused = post("wrong").await;
        let location = refused.headers()["location"].to_str().unwrap().to_owned();
        assert_eq!(location, "/login?problem=sign-in&next=%2Fapp");
        let cookie = refused.headers()["set-cookie"].to_str().unwrap().to_owned();
        assert_eq!(cookie, "touchstone_email=viewer%40example.com; HttpOnly; SameSite=Lax; Path=/login; Max-Age=60");
        let form = async |cookie: &str| {
            let request = server.request(&Who::Nobody, Method::GET, &location).header("accept", "text/html");
            request.header("cookie", cookie).send().await.unwrap().text().await.unwrap()
        };
        assert!(form("touchstone_email=viewer%40example.com").await.contains(r#"value="viewer@example.com""#));
        assert!(!form("other=1").await.contains("viewer@example.com"));
        // Who gets in leaves nothing behind.
        let entered = post(PASSWORD).await;
        let cookies: Vec<_> = entered.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap()).collect();
        assert_eq!(cookies.len(), 2, "{cookies:?}");
        assert!(cookies.iter().any(|cookie| cookie.starts_with("touchstone_email=; ") && cookie.ends_with("Max-Age=0")), "{cookies:?}");
    }
}

#[tokio::test]
async fn the_set_up_link_works_once() {
    for server in servers().await {
        let path = server.store.setup_link().await.unwrap().unwrap().path;
        let form = format!("email=ada%40example.com&name=Ada&password={}", PASSWORD.replace(' ', "+"));
        let post = async || {
            let request = server.request(&Who::Nobody, Method::POST, &path).header("content-type", "application/x-www-form-urlencoded");
            request.body(form.clone()).send().await.unwrap()
        };
        let first = post().await;
        assert_eq!((first.status(), first.headers()["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, "/"));
        let cookie = first.headers()["set-cookie"].to_str().unwrap().to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        let second = post().await;
        assert_eq!(second.status(), StatusCode::SEE_OTHER);
        assert!(second.headers()["location"].to_str().unwrap().contains("problem="), "the second time it says why not");
        assert!(!second.headers().contains_key("set-cookie"));
        assert!(server.store.setup_link().await.unwrap().is_none());
    }
}
