//! A server on a free port with a member of each role, once for each database.

#[path = "../../store/src/tests/cluster.rs"]
mod cluster;

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use server::application::{Application, Patience, ServerSettings};
use server::router::router;
use shared::people::{ApiScope, CreateKey, Role};
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;
use store::{Desk, Fate, SignIn, Store, StoreOptions};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The password of everybody in tests.
pub const PASSWORD: &str = "correct horse battery";

/// Small enough to be exceeded quickly.
pub const BODY_LIMIT: u64 = 2 * 1024 * 1024;

/// A running server.
pub struct TestServer {
    pub address: SocketAddr,
    pub store: Store,
    pub fate: Fate,
    database_url: String,
    client: Client,
    end: watch::Sender<bool>,
    _place: Place,
}

enum Place {
    Folder(#[expect(dead_code, reason = "the folder is removed when this is dropped")] TempDir),
    Postgres { server: String, name: String },
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Self::Postgres { server, name } = self {
            cluster::drop_database(server, name);
        }
    }
}

/// Somebody who asks.
#[derive(Clone, Debug)]
pub enum Who {
    Nobody,
    Key(String),
    Session(String),
}

/// A server on SQLite that waits for its clients no longer than this.
pub async fn impatient_server(patience: Patience) -> TestServer {
    let folder = TempDir::new().unwrap();
    let database_url = format!("sqlite://{}/touchstone.db", folder.path().display());
    TestServer::start_with(database_url, Place::Folder(folder), patience, Fate::default()).await
}

/// A server on each database.
pub async fn servers() -> Vec<TestServer> {
    let mut servers = Vec::new();
    for (database_url, place) in places() {
        servers.push(TestServer::start(database_url, place).await);
    }
    servers
}

/// Two servers on each database, whose time stands still until it is set, and that draw the same at random.
pub async fn twins() -> Vec<[TestServer; 2]> {
    let mut twins = Vec::new();
    for ((one, its_place), (other, place)) in places().into_iter().zip(places()) {
        let fate = || Fate::seeded(1, 0);
        let one = TestServer::start_with(one, its_place, Patience::default(), fate()).await;
        twins.push([one, TestServer::start_with(other, place, Patience::default(), fate()).await]);
    }
    twins
}

/// An empty place for a database, of each kind.
fn places() -> Vec<(String, Place)> {
    let folder = TempDir::new().unwrap();
    let mut places = vec![(format!("sqlite://{}/touchstone.db", folder.path().display()), Place::Folder(folder))];
    if let Ok(server) = std::env::var("TEST_DATABASE_URL") {
        let name = format!("touchstone_http_{:016x}", rand::random::<u64>());
        cluster::migrated(&server, &name, prepare);
        places.push((cluster::url_of(&server, &name), Place::Postgres { server, name }));
    }
    places
}

/// Brings a database up to date, and distributes it.
fn prepare(url: &str, distribute: bool) {
    let mut migrate = Command::new(env!("CARGO_BIN_EXE_touchstone"));
    migrate.args(["migrate", "--database-url", url]).args(distribute.then_some("--distribute"));
    let ended = migrate.output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

impl TestServer {
    async fn start(database_url: String, place: Place) -> Self {
        Self::start_with(database_url, place, Patience::default(), Fate::default()).await
    }

    async fn start_with(database_url: String, place: Place, patience: Patience, fate: Fate) -> Self {
        let store =
            Store::open(StoreOptions { database_url: database_url.clone(), organization: "touchstone".to_owned(), fate: fate.clone() })
                .await
                .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ending) = watch::channel(false);
        let application = Application::new(
            store.clone(),
            ServerSettings { public_url: None, body_limit: BODY_LIMIT, trusted_proxies: Vec::new(), patience },
            ending,
        );
        tokio::spawn(server::connections::run(listener, application.clone(), router(application)));
        // An answer that does not come fails its test instead of holding up all.
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(Duration::from_secs(60)).build().unwrap();
        Self { address, store, fate, database_url, client, end, _place: place }
    }

    /// How its store is opened once more.
    pub fn options(&self) -> StoreOptions {
        StoreOptions { database_url: self.database_url.clone(), organization: "touchstone".to_owned(), fate: Fate::default() }
    }

    /// Tells the server to stop.
    pub fn stop(&self) {
        self.end.send(true).unwrap();
    }

    /// A member of a role, made when first asked for.
    pub async fn member(&self, role: Role) -> Desk {
        let email = format!("{}@example.com", role.as_str());
        if let Ok(desk) = self.store.console_desk(&email).await {
            return desk;
        }
        self.store.add_member(&email, &format!("The {}", role.as_str()), role, PASSWORD).await.unwrap();
        self.store.console_desk(&email).await.unwrap()
    }

    /// A member of a role, signed in with a browser.
    pub async fn session(&self, role: Role) -> Who {
        self.member(role).await;
        let sign_in = SignIn {
            email: format!("{}@example.com", role.as_str()),
            password: PASSWORD.to_owned(),
            agent: "test".to_owned(),
            address: "127.0.0.1".to_owned(),
        };
        Who::Session(self.store.sign_in(sign_in).await.unwrap().token)
    }

    /// A key of a member who may make keys.
    pub async fn key(&self, role: Role, scopes: &[ApiScope]) -> Who {
        let create = CreateKey { owner: None, name: "test".to_owned(), scopes: scopes.to_vec(), expires_in_days: None };
        Who::Key(self.member(role).await.create_key(create).await.unwrap().secret)
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A request of somebody.
    pub fn request(&self, who: &Who, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, self.url(path));
        match who {
            Who::Nobody => request,
            Who::Key(secret) => request.bearer_auth(secret),
            Who::Session(token) => request.header("cookie", format!("touchstone_session={token}")),
        }
    }

    /// Sends text and returns the status and the JSON that came back.
    pub async fn send(&self, who: &Who, method: Method, path: &str, body: impl Into<String>) -> (StatusCode, Value) {
        read(self.request(who, method, path).body(body.into()).send().await.unwrap()).await
    }

    /// Reads JSON.
    pub async fn get(&self, who: &Who, path: &str) -> (StatusCode, Value) {
        read(self.request(who, Method::GET, path).send().await.unwrap()).await
    }

    /// Sends JSON, which must succeed, and returns what came back.
    pub async fn done(&self, who: &Who, method: Method, path: &str, body: &Value) -> Value {
        let (status, answer) = self.send(who, method.clone(), path, body.to_string()).await;
        assert_eq!(status, StatusCode::OK, "{method} {path}: {answer}");
        answer
    }

    /// The id of a project of that name, made if there is none.
    pub async fn project(&self, name: &str) -> String {
        self.member(Role::Engineer).await.register_project(name).await.unwrap().0.id.0
    }
}

async fn read(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// A row of a project's logs.
pub fn row(project: &str, id: &str, more: &Value) -> Value {
    let mut row = json!({
        "id": id, "project_id": project, "log_id": "g", "span_id": format!("s-{id}"), "root_span_id": format!("r-{id}"),
        "span_attributes": { "name": "answer" }, "input": "question", "output": "answer",
    });
    for (key, value) in more.as_object().unwrap() {
        row[key] = value.clone();
    }
    row
}
