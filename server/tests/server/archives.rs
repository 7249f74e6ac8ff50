//! A project goes to another database: through HTTP, and on the command line as the README says.

use crate::harness::{TestServer, Who, row, servers};
use http::Method;
use reqwest::StatusCode;
use serde_json::{Value, json};
use shared::people::{ApiScope, Role};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

async fn archive(server: &TestServer, who: &Who, query: &str) -> (StatusCode, String) {
    let answer = server.request(who, Method::GET, &format!("/v1/export?format=archive&{query}")).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

async fn with_rows(server: &TestServer, count: usize) -> String {
    let project = server.project("Moved").await;
    let key = server.key(Role::Engineer, &[]).await;
    let rows: Vec<Value> = (0..count).map(|number| row(&project, &format!("r{number}"), &json!({ "scores": { "Fast": 0.5 } }))).collect();
    server.done(&key, Method::POST, "/logs3", &json!({ "api_version": 2, "rows": rows })).await;
    project
}

#[tokio::test]
async fn an_archive_leaves_one_server_and_arrives_at_another() {
    let (all, others) = (servers().await, servers().await);
    for server in &all {
        let project = with_rows(server, 30).await;
        let key = server.key(Role::Engineer, &[]).await;
        let whole = format!("object_type=project&object_id={project}");
        let (status, text) = archive(server, &key, &whole).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        assert!(text.starts_with("{\"touchstone_archive\":{\"form\":1,"), "{text}");
        let (status, logs) = archive(server, &key, &format!("object_type=project_logs&object_id={project}")).await;
        assert_eq!((status, logs.lines().count()), (StatusCode::OK, text.lines().count()), "{logs}");
        // Who may not.
        for role in [Role::Reviewer, Role::Viewer] {
            let key = server.key(role, &[]).await;
            assert_eq!(archive(server, &key, &whole).await.0, StatusCode::FORBIDDEN);
        }
        let narrow = server.key(Role::Engineer, &[ApiScope::Write]).await;
        assert_eq!(archive(server, &narrow, &whole).await.0, StatusCode::FORBIDDEN);
        for wrong in ["object_type=unicorn&object_id=x", "object_type=project", &format!("{whole}&filter=error+is+null")] {
            assert_eq!(archive(server, &key, wrong).await.0, StatusCode::BAD_REQUEST, "{wrong}");
        }
        assert_eq!(archive(server, &key, "object_type=project&object_id=x").await.0, StatusCode::NOT_FOUND);
        for other in &others {
            let owner = other.key(Role::Owner, &[]).await;
            for (role, scopes) in [(Role::Engineer, &[] as &[ApiScope]), (Role::Owner, &[ApiScope::Write])] {
                let key = other.key(role, scopes).await;
                assert_eq!(other.send(&key, Method::POST, "/v1/import", text.as_str()).await.0, StatusCode::FORBIDDEN);
            }
            let cut = &text[..text.len() / 2];
            let (status, answer) = other.send(&owner, Method::POST, "/v1/import", cut).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
            assert!(answer["error"].as_str().unwrap().starts_with("line "), "{answer}");
            let moved = other.send(&owner, Method::POST, "/v1/import?name=Arrived", text.as_str()).await;
            let name = moved.1["project_name"].as_str().unwrap().to_owned();
            assert_eq!((moved.0, &moved.1["rows"], &moved.1["project_id"]), (StatusCode::OK, &json!(30), &json!(project)), "{}", moved.1);
            assert!(name.starts_with("Arrived"), "{name}");
            let (_, again) = other.send(&owner, Method::POST, "/v1/import", text.as_str()).await;
            assert_eq!((&again["already"], &again["written"]), (&json!(true), &json!(0)), "{again}");
            let (status, back) = archive(other, &owner, &whole).await;
            // It has another name, and the engineer, whom both servers know, has an id of their own on each.
            let alike = |text: &str| {
                let lines: Vec<&str> = text.lines().skip(1).collect();
                let person = lines.iter().find(|line| line.contains("engineer@example.com")).unwrap();
                let person: Value = serde_json::from_str(person).unwrap();
                lines.join("\n").replace(person["person"]["id"].as_str().unwrap(), "ENGINEER")
            };
            assert_eq!((status, alike(&back)), (StatusCode::OK, alike(&text)));
        }
    }
}

/// `touchstone` with the database of a name in a folder.
fn touchstone(folder: &Path, database: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_touchstone"));
    command.env("TOUCHSTONE_DATABASE_URL", format!("sqlite://{}/{database}.db", folder.display()));
    command.env_remove("TOUCHSTONE_LOG").current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn done(mut child: Child, input: &[u8]) -> String {
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

fn seed(folder: &Path, database: &str, traces: u32) {
    let traces = traces.to_string();
    let command = ["seed", "--project", "support", "--traces", &traces];
    done(touchstone(folder, database).args(command).spawn().unwrap(), b"");
}

fn owner(folder: &Path, database: &str) {
    let command = ["user", "add", "--email", "mover@example.org", "--name", "The mover", "--role", "owner", "--password-stdin"];
    done(touchstone(folder, database).args(command).spawn().unwrap(), b"correct horse battery\n");
}

fn export(folder: &Path, database: &str) -> String {
    let command = ["export", "--project", "support", "--email", "mover@example.org"];
    done(touchstone(folder, database).args(command).spawn().unwrap(), b"")
}

#[test]
fn an_import_that_is_killed_goes_on_where_it_stopped() {
    let folder = TempDir::new().unwrap();
    seed(folder.path(), "old", 400);
    owner(folder.path(), "old");
    owner(folder.path(), "new");
    let archive = export(folder.path(), "old");
    for share in [1, 2, 3] {
        let mut killed = touchstone(folder.path(), "new").arg("import").spawn().unwrap();
        let mut input = killed.stdin.take().unwrap();
        input.write_all(&archive.as_bytes()[..archive.len() * share / 4]).unwrap();
        input.flush().unwrap();
        killed.kill().unwrap();
        killed.wait().unwrap();
    }
    let said = done(touchstone(folder.path(), "new").args(["import", "--json"]).spawn().unwrap(), archive.as_bytes());
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&said["project_name"], &said["rows"], &said["already"]), (&json!("support"), &json!(2000), &json!(false)), "{said}");
    assert!(said["written"].as_u64().unwrap() <= 2000);
    assert_eq!(export(folder.path(), "new"), archive);
    done(touchstone(folder.path(), "new").arg("verify").spawn().unwrap(), b"");
}

/// The lines of the README below a heading that a shell runs.
fn lines_of(heading: &str) -> String {
    let readme = include_str!("../../../README.md");
    let section = readme.split(&format!("\n## {heading}\n")).nth(1).unwrap_or_else(|| panic!("the README has no section {heading}"));
    let section = section.split("\n## ").next().unwrap();
    section.split("```sh\n").nth(1).unwrap().split("```").next().unwrap().to_owned()
}

#[test]
fn the_lines_of_the_readme_move_a_project() {
    let folder = TempDir::new().unwrap();
    seed(folder.path(), "touchstone", 5);
    owner(folder.path(), "touchstone");
    // Where the README names another server, this is another file.
    let lines = lines_of("Moving to another database");
    let place = "postgres://touchstone:…@db.example.org/touchstone";
    assert!(lines.contains(place) && lines.contains("PROJECT"), "{lines}");
    let lines = lines.replace(place, &format!("sqlite://{}/other.db", folder.path().display())).replace("PROJECT", "support");
    let binary = Path::new(env!("CARGO_BIN_EXE_touchstone")).parent().unwrap().to_owned();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let database = format!("sqlite://{}/touchstone.db", folder.path().display());
    let mut shell = Command::new("sh");
    shell.args(["-euc", &lines]).env("PATH", path).env("TOUCHSTONE_DATABASE_URL", database).current_dir(folder.path());
    let child = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let said = done(child, b"correct horse battery\n");
    assert!(said.contains("support is here, with 25 rows.") && said.contains("Everything holds: 25 spans"), "{said}");
}
