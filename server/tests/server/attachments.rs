//! Files in and out by links, and prompts and functions as SDKs load them.

use crate::harness::{TestServer, Who, row, servers};
use http::Method;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use shared::people::{ApiScope, Role};

/// Registers a file and returns the link to which its content goes.
async fn registered(server: &TestServer, key: &Who, name: &str, content_type: &str) -> String {
    let body = json!({ "key": name, "filename": format!("{name}.txt"), "content_type": content_type, "org_id": "any" });
    server.done(key, Method::POST, "/attachment", &body).await["signedUrl"].as_str().unwrap().to_owned()
}

/// Follows a link without saying who asks.
async fn put(link: &str, content: impl Into<Vec<u8>>) -> Response {
    Client::new().put(link).body(content.into()).send().await.unwrap()
}

async fn information(server: &TestServer, key: &Who, name: &str) -> Value {
    server.get(key, &format!("/attachment?key={name}&filename=x&content_type=y&org_id=z")).await.1
}

#[tokio::test]
async fn a_file_goes_in_and_out() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[ApiScope::Ingest, ApiScope::Read]).await;
        let link = registered(&server, &key, "file-1", "text/plain").await;
        assert_eq!(information(&server, &key, "file-1").await["status"], json!({ "upload_status": "uploading" }));
        let done = json!({ "key": "file-1", "org_id": "any", "status": { "upload_status": "done" } });
        let (status, told) = server.send(&key, Method::POST, "/attachment/status", done.to_string()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{told}");
        assert_eq!(put(&link, "hello bytes").await.status(), StatusCode::OK);
        server.done(&key, Method::POST, "/attachment/status", &done).await;
        // Who may only send does not get what others sent.
        let sender = server.key(Role::Engineer, &[ApiScope::Ingest]).await;
        assert_eq!(server.get(&sender, "/attachment?key=file-1").await.0, StatusCode::FORBIDDEN);
        // A client that saw no answer sends it again.
        assert_eq!(put(&link, "hello bytes").await.status(), StatusCode::OK);
        registered(&server, &key, "file-1", "text/plain").await;
        // What is here never changes, whatever is sent or said later.
        assert_eq!(put(&link, "other bytes").await.status(), StatusCode::BAD_REQUEST);
        let failed = json!({ "key": "file-1", "status": { "upload_status": "error", "error_message": "late" } });
        server.done(&key, Method::POST, "/attachment/status", &failed).await;

        let told = information(&server, &key, "file-1").await;
        assert_eq!(told["status"], json!({ "upload_status": "done" }));
        let read = Client::new().get(told["downloadUrl"].as_str().unwrap()).send().await.unwrap();
        let header = |name: &str| read.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/plain; charset=utf-8");
        assert_eq!(header("content-disposition"), "attachment; filename*=UTF-8''file-1.txt");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(header("content-security-policy").contains("default-src 'none'"));
        assert_eq!(read.bytes().await.unwrap(), "hello bytes".as_bytes());
    }
}

#[tokio::test]
async fn a_link_belongs_to_who_registered_the_file() {
    for server in servers().await {
        let (first, second) = (server.key(Role::Engineer, &[]).await, server.key(Role::Owner, &[ApiScope::Ingest]).await);
        let link = registered(&server, &first, "mine", "text/plain").await;
        let same_person = server.key(Role::Engineer, &[ApiScope::Ingest]).await;
        for other in [&second, &same_person] {
            let body = json!({ "key": "mine", "filename": "f", "content_type": "text/plain" }).to_string();
            let (status, told) = server.send(other, Method::POST, "/attachment", body).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{told}");
            assert!(told["error"].as_str().unwrap().contains("key of its own"), "{told}");
            let gone = json!({ "key": "mine", "status": { "upload_status": "error", "error_message": "gone" } }).to_string();
            assert_eq!(server.send(other, Method::POST, "/attachment/status", gone).await.0, StatusCode::FORBIDDEN);
        }
        assert_eq!(put(&link, "mine").await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn files_that_lie_and_links_that_are_wrong() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        for (name, content_type) in [("a", "text/html"), ("b", "image/svg+xml"), ("c", "application/xhtml+xml; charset=utf-8")] {
            let link = registered(&server, &key, name, content_type).await;
            put(&link, "<script>alert(1)</script>").await;
            let link = information(&server, &key, name).await["downloadUrl"].as_str().unwrap().to_owned();
            let read = Client::new().get(&link).send().await.unwrap();
            assert_eq!(read.headers()["content-type"], "application/octet-stream", "{content_type}");
            assert!(read.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
        }
        // An image that is none is still no page.
        let link = registered(&server, &key, "d", "image/png").await;
        put(&link, "<html>").await;
        let download = information(&server, &key, "d").await["downloadUrl"].as_str().unwrap().to_owned();
        assert_eq!(Client::new().get(&download).send().await.unwrap().headers()["x-content-type-options"], "nosniff");

        // A link for sending does not read, one for reading does not send, and a changed one does neither.
        let (front, token) = download.rsplit_once('/').unwrap();
        let upload = link.rsplit_once('/').unwrap().1;
        let changed = token.replacen(&token[..2], "00", 1);
        for wrong in [upload, &changed, "nothing", "64.9999999999999999.00", "é"] {
            assert_eq!(Client::new().get(format!("{front}/{wrong}")).send().await.unwrap().status(), StatusCode::NOT_FOUND, "{wrong}");
        }
        assert_eq!(put(&link.replace(upload, token), "x").await.status(), StatusCode::NOT_FOUND);
        let too_large = put(&registered(&server, &key, "e", "image/png").await, vec![0; 3 * 1024 * 1024]).await;
        assert_eq!(too_large.status(), StatusCode::PAYLOAD_TOO_LARGE);
        for wrong in [
            json!({ "key": "", "filename": "f", "content_type": "t" }),
            json!({ "key": "k\n", "filename": "f", "content_type": "t" }),
            json!({ "key": "k" }),
        ] {
            assert_eq!(server.send(&key, Method::POST, "/attachment", wrong.to_string()).await.0, StatusCode::BAD_REQUEST, "{wrong}");
        }
        assert_eq!(server.get(&key, "/attachment?key=unknown").await.0, StatusCode::NOT_FOUND);
        assert_eq!(server.get(&key, "/attachment").await.0, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn prompts_and_functions_are_kept_as_they_are_said() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let prompt = json!({ "project_id": project, "name": "Greet", "slug": "greet", "prompt_data": { "prompt": { "type": "chat", "messages": [] } } });
        let made = server.done(&key, Method::POST, "/v1/prompt", &prompt).await;
        assert_eq!((&made["slug"], &made["prompt_data"], &made["log_id"]), (&json!("greet"), &prompt["prompt_data"], &json!("p")));
        let other = json!({ "project_id": project, "name": "Other", "slug": "greet", "prompt_data": 7 });
        assert_eq!(server.done(&key, Method::POST, "/v1/prompt", &other).await, made, "an existing one is left as it is");
        let replaced = server.done(&key, Method::PUT, "/v1/prompt", &other).await;
        assert_eq!((&replaced["id"], &replaced["name"], &replaced["prompt_data"]), (&made["id"], &json!("Other"), &json!(7)));
        assert!(replaced["_xact_id"].as_str() > made["_xact_id"].as_str());
        let parameters = json!({ "project_id": project, "name": "Par", "slug": "greet", "function_data": { "type": "parameters", "data": { "t": 0.5 } } });
        let function = server.done(&key, Method::POST, "/v1/function", &parameters).await;

        for (path, expected) in [
            ("/v1/prompt?project_name=P&slug=greet".to_owned(), vec![&replaced]),
            (format!("/v1/prompt?project_id={project}"), vec![&replaced]),
            ("/v1/prompt?project_name=P&slug=none".to_owned(), vec![]),
            ("/v1/prompt?project_name=Q&slug=greet".to_owned(), vec![]),
            ("/v1/function?project_name=P&slug=greet&function_type=parameters".to_owned(), vec![&function]),
            ("/v1/function?project_name=P&slug=greet&function_type=tool".to_owned(), vec![]),
        ] {
            assert_eq!(server.get(&key, &path).await.1, json!({ "objects": expected }), "{path}");
        }
        let older = format!("/v1/prompt?project_name=P&slug=greet&version={}", made["_xact_id"].as_str().unwrap());
        assert_eq!(server.get(&key, &older).await.0, StatusCode::BAD_REQUEST, "an older version is not silently another one");
        let id = made["id"].as_str().unwrap();
        let changed = server.done(&key, Method::PATCH, &format!("/v1/prompt/{id}"), &json!({ "description": "d" })).await;
        assert_eq!((&changed["description"], &changed["name"]), (&json!("d"), &json!("Other")));
        assert_eq!(server.get(&key, &format!("/v1/prompt/{id}")).await.1, changed);
        assert_eq!(server.get(&key, &format!("/v1/function/{id}")).await.0, StatusCode::NOT_FOUND);
        assert_eq!(server.done(&key, Method::DELETE, &format!("/v1/prompt/{id}"), &json!({})).await["id"], made["id"]);
        assert_eq!(server.get(&key, &format!("/v1/prompt/{id}")).await.0, StatusCode::NOT_FOUND);
        assert_ne!(server.done(&key, Method::POST, "/v1/prompt", &prompt).await["id"], made["id"], "the slug is free again");
        for wrong in [
            json!({ "name": "n", "slug": "s" }),
            json!({ "project_id": project, "name": "n" }),
            json!({ "project_id": project, "name": 7, "slug": "s" }),
        ] {
            assert_eq!(server.send(&key, Method::POST, "/v1/prompt", wrong.to_string()).await.0, StatusCode::BAD_REQUEST, "{wrong}");
        }
        let foreign = json!({ "project_id": "none", "name": "n", "slug": "s" });
        assert_eq!(server.send(&key, Method::POST, "/v1/function", foreign.to_string()).await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_page_shows_files_and_never_what_could_run() {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x04";
    for server in servers().await {
        let key = server.key(Role::Engineer, &[ApiScope::Ingest, ApiScope::Read]).await;
        let project = server.project("files").await;
        let files = [
            ("image", "text/html", PNG),
            ("page", "image/png", b"<html><script>alert(1)</script>".as_slice()),
            ("pdf", "application/pdf", b"%PDF-1.7 a document"),
            ("sound", "audio/mpeg", b"ID3\x04 a sound"),
        ];
        let mut input = json!({});
        for (name, content_type, content) in files {
            let link = registered(&server, &key, name, content_type).await;
            assert_eq!(put(&link, content).await.status(), StatusCode::OK);
            input[name] =
                json!({ "type": "braintrust_attachment", "key": name, "filename": format!("{name}.html"), "content_type": content_type });
        }
        let row = row(&project, "a", &json!({ "input": input }));
        server.done(&key, Method::POST, "/logs3", &json!({ "rows": [row], "api_version": 2 })).await;
        let reviewer = server.session(Role::Reviewer).await;
        let query = json!({ "query": { "object": project, "row_id": "a", "field": "input", "rendering": "json", "whole": false } });
        let view = server.done(&reviewer, Method::POST, "/fn/spans/field", &query).await;
        let html = view["content"]["html"].as_str().unwrap().replace("&amp;", "&");
        let mut addresses: Vec<_> =
            html.split("href=\"/file").skip(1).map(|rest| format!("/file{}", rest.split_once('"').unwrap().0)).collect();
        addresses.dedup();
        assert_eq!(addresses.len(), 4, "{html}");
        let expected =
            [("image/png", "inline"), ("application/octet-stream", "attachment"), ("application/pdf", "inline"), ("audio/mpeg", "inline")];
        for ((address, (content_type, how)), (name, _, content)) in addresses.iter().zip(expected).zip(files) {
            let read = server.request(&reviewer, Method::GET, address).send().await.unwrap();
            let header = |name: &str| read.headers()[name].to_str().unwrap().to_owned();
            assert_eq!((header("content-type").as_str(), header("x-content-type-options").as_str()), (content_type, "nosniff"));
            // As it was registered, whatever the reference calls it.
            assert_eq!(header("content-disposition"), format!("{how}; filename*=UTF-8''{name}.txt"));
            assert_eq!(header("cache-control"), "private, no-store");
            assert!(
                header("content-security-policy").starts_with("default-src 'none';")
                    && !header("content-security-policy").contains("script-src")
            );
            assert_eq!(read.bytes().await.unwrap(), content);
            assert_eq!(server.request(&Who::Nobody, Method::GET, address).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
        }
        let part = server.request(&reviewer, Method::GET, &addresses[3]).header("range", "bytes=4-6").send().await.unwrap();
        assert_eq!((part.status(), part.headers()["content-range"].to_str().unwrap()), (StatusCode::PARTIAL_CONTENT, "bytes 4-6/12"));
        assert_eq!(part.bytes().await.unwrap(), " a ".as_bytes());
    }
}
