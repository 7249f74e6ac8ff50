//! Where a server's data is, and the binary that is started, asked and killed.

use reqwest::{Client, Method};
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};

const PASSWORD: &str = "correct horse battery\n";

/// Nothing here takes this long. What does is stuck, and a test that says where is better than one that never ends.
pub const PATIENCE: Duration = Duration::from_secs(120);

pub async fn patiently<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| panic!("{what} does not end"))
}

pub fn client() -> Client {
    Client::builder().timeout(PATIENCE).build().unwrap()
}

/// Where the data is, and how it is reached.
pub struct Place {
    pub folder: TempDir,
    pub url: String,
    server: Option<(String, String)>,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.server {
            // Only a leftover in a database server for tests if it fails.
            let _ = std::process::Command::new("psql")
                .args([server, "--quiet", "--command", &format!("DROP DATABASE {name} WITH (FORCE)")])
                .output();
        }
    }
}

pub fn sqlite() -> Place {
    let folder = TempDir::new().unwrap();
    Place { url: format!("sqlite://{}/touchstone.db", folder.path().display()), folder, server: None }
}

pub fn postgres() -> Option<Place> {
    let server = std::env::var("TEST_DATABASE_URL").ok()?;
    let name = format!("touchstone_crash_{:016x}", rand::random::<u64>());
    let created =
        std::process::Command::new("psql").args([&server, "--quiet", "--command", &format!("CREATE DATABASE {name}")]).output().unwrap();
    assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stderr));
    let (front, _) = server.rsplit_once('/').unwrap();
    Some(Place { url: format!("{front}/{name}"), folder: TempDir::new().unwrap(), server: Some((server, name)) })
}

pub fn binary() -> PathBuf {
    std::env::var_os("TOUCHSTONE_BINARY").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_touchstone")), PathBuf::from)
}

/// A started server. It is killed when this is dropped.
pub struct Server {
    pub child: Child,
    pub url: String,
}

impl Place {
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("TOUCHSTONE_DATABASE_URL", &self.url).env_remove("TOUCHSTONE_LOG").current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        command
    }

    pub fn touchstone(&self) -> Command {
        self.command(&binary().display().to_string())
    }

    /// Runs a command to its end.
    pub async fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.touchstone();
        let mut child = command.args(arguments).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
        patiently(&format!("touchstone {}", arguments.join(" ")), child.wait_with_output()).await.unwrap()
    }

    /// A member and a key of theirs.
    pub async fn key(&self, name: &str, role: &str) -> String {
        let email = format!("{name}@example.com");
        let add = ["user", "add", "--email", &email, "--name", name, "--role", role, "--password-stdin"];
        let added = self.run(&add, PASSWORD).await;
        assert!(added.status.success(), "{added:?}");
        let key = self.run(&["key", "create", "--email", &email, "--name", "crash"], "").await;
        String::from_utf8(key.stdout).unwrap().trim().to_owned()
    }

    /// Whether somebody who is in the middle of a transaction and does nothing holds a project on PostgreSQL.
    pub fn holds_a_project(&self) -> bool {
        let statement = "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) \
                         WHERE datname = current_database() AND state = 'idle in transaction' \
                         AND relation = 'projects'::regclass AND mode IN ('RowShareLock', 'RowExclusiveLock')";
        let arguments = [&self.url, "--quiet", "--no-align", "--tuples-only", "--command", statement];
        let counted = std::process::Command::new("psql").args(arguments).output().unwrap();
        assert!(counted.status.success(), "{}", String::from_utf8_lossy(&counted.stderr));
        counted.stdout.trim_ascii() != b"0"
    }

    pub async fn serve(&self) -> Server {
        Server::started(self.touchstone().args(["serve", "--listen", "127.0.0.1:0"])).await
    }

    /// What `touchstone verify` says.
    pub async fn verify(&self) -> Result<String, String> {
        let output = self.run(&["verify"], "").await;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
    }
}

impl Server {
    pub async fn started(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = patiently("starting", async {
            loop {
                let line = lines.next_line().await.unwrap().expect("the server ended at once");
                if let Some(address) = line.strip_prefix("listening on ") {
                    return address.to_owned();
                }
            }
        });
        let url = url.await;
        // What else it prints must not fill the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, url }
    }

    /// Sends a signal, such as `-STOP`.
    pub async fn signal(&self, signal: &str) {
        let process = self.child.id().expect("it runs").to_string();
        assert!(Command::new("kill").args([signal, &process]).status().await.unwrap().success(), "kill {signal}");
    }

    /// SIGKILL.
    pub async fn kill(&mut self) {
        patiently("the killed server", self.child.kill()).await.unwrap();
    }

    pub async fn ask(&self, key: &str, method: Method, path: &str, body: &Value) -> Value {
        let answer = client().request(method, format!("{}{path}", self.url)).bearer_auth(key).json(body).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }
}
