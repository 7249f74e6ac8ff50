//! Databases of PostgreSQL for tests of the store and of the server, as `TEST_DATABASE_URL` names a server. A database is brought up to
//! date once for each process of tests, and copied for each test. Where the server is one of Citus, each test has a cluster of its own on
//! the same machines, which cannot be copied.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

/// What the names of databases that are copied begin with; the process that made one follows.
const TEMPLATE: &str = "touchstone_template";

/// Runs a statement and returns what it printed.
fn psql(url: &str, statement: &str) -> Result<String, String> {
    let arguments = [url, "--quiet", "--no-align", "--tuples-only", "--command", statement];
    let output = Command::new("psql").args(arguments).output().map_err(|error| format!("psql: {error}"))?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim().to_owned();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

fn must(url: &str, statement: &str) -> String {
    psql(url, statement).unwrap_or_else(|error| panic!("{statement}: {error}"))
}

/// The address of another database on the same server.
pub(crate) fn url_of(server: &str, name: &str) -> String {
    let (address, options) = server.split_once('?').map_or((server, String::new()), |(address, options)| (address, format!("?{options}")));
    let host = address.find("://").map_or(0, |at| at + 3);
    let end = address[host..].find('/').map_or(address.len(), |at| host + at);
    format!("{}/{name}{options}", &address[..end])
}

/// The same address on another machine.
fn at(url: &str, node: &str) -> String {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find('/').map_or(url.len(), |at| host + at);
    let start = url[host..end].rfind('@').map_or(host, |at| host + at + 1);
    format!("{}{node}{}", &url[..start], &url[end..])
}

/// The workers of the cluster as `host:port`; none where the server is none of Citus.
fn workers(server: &str) -> Option<&'static [String]> {
    static WORKERS: OnceLock<Option<Vec<String>>> = OnceLock::new();
    let workers = WORKERS.get_or_init(|| {
        let has_citus = !must(server, "SELECT 1 FROM pg_extension WHERE extname = 'citus'").is_empty();
        let nodes = "SELECT nodename || ':' || nodeport FROM pg_dist_node WHERE groupid <> 0 AND noderole = 'primary'";
        has_citus.then(|| must(server, nodes).lines().map(str::to_owned).collect())
    });
    workers.as_deref()
}

/// Whether tables that grow are distributed in these tests.
pub(crate) fn is_distributed(server: &str) -> bool {
    workers(server).is_some()
}

/// A new database with nothing in it, on every machine of a cluster.
pub(crate) fn empty(server: &str, name: &str) {
    must(server, &format!("CREATE DATABASE {name}"));
    let Some(workers) = workers(server) else { return };
    let extension = "CREATE EXTENSION citus";
    for worker in workers {
        // Newer ones make it there by themselves.
        let _ = psql(&at(server, worker), &format!("CREATE DATABASE {name}"));
        must(&at(&url_of(server, name), worker), "CREATE EXTENSION IF NOT EXISTS citus");
    }
    let database = url_of(server, name);
    must(&database, extension);
    let coordinator = must(server, "SELECT nodename || ':' || nodeport FROM pg_dist_node WHERE groupid = 0");
    let coordinator = if coordinator.is_empty() { "localhost:5432".to_owned() } else { coordinator };
    let node = |node: &str| {
        let (host, port) = node.rsplit_once(':').unwrap_or((node, "5432"));
        format!("'{host}', {port}")
    };
    must(&database, &format!("SELECT citus_set_coordinator_host({})", node(&coordinator)));
    for worker in workers {
        must(&database, &format!("SELECT citus_add_node({})", node(worker)));
    }
}

/// A new database that is up to date. `prepare` brings one up to date, and distributes it if asked.
pub(crate) fn migrated(server: &str, name: &str, prepare: impl Fn(&str, bool)) {
    static MADE: OnceLock<String> = OnceLock::new();
    if is_distributed(server) {
        empty(server, name);
        return prepare(&url_of(server, name), true);
    }
    let template = MADE.get_or_init(|| {
        forget_old(server);
        let template = format!("{TEMPLATE}_{}_{:016x}", std::process::id(), rand::random::<u64>());
        empty(server, &template);
        prepare(&url_of(server, &template), false);
        template
    });
    must(server, &format!("CREATE DATABASE {name} TEMPLATE {template}"));
}

/// Drops what processes have left that are gone.
fn forget_old(server: &str) {
    for name in must(server, &format!("SELECT datname FROM pg_database WHERE datname LIKE '{TEMPLATE}_%'")).lines() {
        let process = name[TEMPLATE.len()..].split('_').nth(1).unwrap_or_default();
        if !Path::new("/proc").join(process).exists() {
            // Another process may drop it at the same moment.
            let _ = psql(server, &format!("DROP DATABASE IF EXISTS {name}"));
        }
    }
}

/// Drops a database; only a leftover in a server for tests if it fails.
pub(crate) fn drop_database(server: &str, name: &str) {
    let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    let _ = psql(server, &statement);
    for worker in workers(server).unwrap_or_default() {
        let _ = psql(&at(server, worker), &statement);
    }
}

#[test]
fn addresses_of_databases() {
    assert_eq!(url_of("postgres://a:b@host:5432/postgres", "x"), "postgres://a:b@host:5432/x");
    assert_eq!(url_of("postgres://host?sslmode=disable", "x"), "postgres://host/x?sslmode=disable");
    assert_eq!(at("postgres://a:b@host:5432/x?sslmode=disable", "other:1"), "postgres://a:b@other:1/x?sslmode=disable");
    assert_eq!(at("postgres://host/x", "other:1"), "postgres://other:1/x");
}
