//! What every handler can reach, and what the operator set.

use crate::room::Room;
use axum::extract::FromRef;
use http::HeaderMap;
use http::header::HOST;
use ipnet::IpNet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::sync::watch;

/// Connections at once, where the operator set nothing: below the 1,024 open files that many systems allow a process.
pub const CONNECTIONS: usize = 900;

/// What every handler can reach.
#[derive(Clone)]
pub struct Application {
    store: Store,
    settings: Arc<ServerSettings>,
    room: Room,
    ending: watch::Receiver<bool>,
}

/// What the operator set.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// The address under which people reach the server, without a slash at its end; none means the one they used.
    pub public_url: Option<String>,
    /// The largest request body, in bytes.
    pub body_limit: u64,
    /// Proxies that are believed when they say for whom they ask, beside those on this machine.
    pub trusted_proxies: Vec<IpNet>,
    /// What the server waits for.
    pub patience: Patience,
}

/// How long the server waits for the other side of a connection, and how many there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For the head of a request, also of the next one on the same connection.
    pub head: Duration,
    /// For the next piece of a body.
    pub body: Duration,
    /// For somebody who takes the next piece of an answer.
    pub answer: Duration,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address, so that none takes all of them; a proxy that is believed may take all.
    pub connections_each: usize,
}

/// Connections at once from one address, where the operator set nothing: a quarter of all.
pub fn connections_each(all: usize) -> usize {
    all.div_ceil(4)
}

impl Default for Patience {
    fn default() -> Self {
        let (head, body, answer) = (Duration::from_secs(20), Duration::from_secs(30), Duration::from_secs(60));
        Self { head, body, answer, connections: CONNECTIONS, connections_each: connections_each(CONNECTIONS) }
    }
}

impl Application {
    /// `ending` becomes true when the server is told to stop.
    pub fn new(store: Store, settings: ServerSettings, ending: watch::Receiver<bool>) -> Self {
        Self { store, room: Room::new(settings.body_limit), settings: Arc::new(settings), ending }
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The address under which people reach the server, if the operator gave one.
    pub fn public_url(&self) -> Option<&str> {
        self.settings.public_url.as_deref()
    }

    /// The largest request body, in bytes.
    pub fn body_limit(&self) -> u64 {
        self.settings.body_limit
    }

    /// How long the server waits for the other side of a connection.
    pub fn patience(&self) -> &Patience {
        &self.settings.patience
    }

    /// The room for bodies.
    pub fn room(&self) -> &Room {
        &self.room
    }

    /// Whether the other side of a connection is a proxy that is believed.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        peer.is_loopback() || self.settings.trusted_proxies.iter().any(|network| network.contains(&peer))
    }

    /// Whether the server was told to stop.
    pub fn is_ending(&self) -> bool {
        *self.ending.borrow()
    }

    /// Where people reach this server: as configured, else as the request says.
    pub fn origin(&self, headers: &HeaderMap) -> String {
        match (self.public_url(), headers.get(HOST).and_then(|host| host.to_str().ok())) {
            (Some(url), _) => url.to_owned(),
            (None, Some(host)) => format!("http://{host}"),
            (None, None) => String::new(),
        }
    }

    /// Returns once the server is told to stop.
    pub async fn ended(&self) {
        // A sender that is gone is an end as well.
        let _ = self.ending.clone().wait_for(|ending| *ending).await;
    }
}

impl FromRef<Application> for Store {
    fn from_ref(application: &Application) -> Self {
        application.store.clone()
    }
}
