//! A PostgreSQL of our own for the tests: in a temporary folder, on a free port, gone afterwards.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Explain, Failure, Outcome};
use crate::process::{find_program, pause, read, run, say, succeeds};
use crate::setup;

/// Starts the server and waits for the end of its standard input, which comes when we end, in whatever way: nothing
/// is left behind even when this program is killed.
const KEEPER: &str = r#"
trap "" INT TERM
"$1/postgres" -D "$2/data" -p "$3" -k "$2" -c listen_addresses=127.0.0.1 -c max_connections=300 </dev/null >"$2/log" 2>&1 &
while read -r line; do :; done
kill -QUIT $!
wait
rm -rf "$2"
"#;

const START_WITHIN: Duration = Duration::from_secs(60);

/// A database for the tests; it ends with this value.
pub struct Database {
    /// Where it is: `TEST_DATABASE_URL`.
    pub url: String,
    keeper: Option<Child>,
}

impl Database {
    /// Whether it has the Citus extension, so that tests distribute the tables that grow.
    pub fn is_distributed(&self) -> bool {
        let query = "SELECT 1 FROM pg_extension WHERE extname = 'citus'";
        let found = read(Command::new("psql").args([&self.url, "--no-align", "--tuples-only", "--command", query]));
        found.is_ok_and(|found| !found.trim().is_empty())
    }

    /// The one `TEST_DATABASE_URL` names, or a private one.
    pub fn provide() -> Outcome<Database> {
        if let Some(url) = std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty()) {
            return Ok(Database { url, keeper: None });
        }
        let programs = programs()?;
        say("starting a private PostgreSQL");
        let folder = read(as_database_user("mktemp").args(["-d", "/tmp/touchstone-postgresql-XXXXXX"]))?;
        let folder = PathBuf::from(folder.trim());
        start(&programs, &folder).inspect_err(|_| {
            succeeds(as_database_user("rm").arg("-rf").arg(&folder));
        })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            // Nothing is left to be done about a keeper that cannot be waited for.
            let _ = keeper.wait();
        }
    }
}

fn start(programs: &Path, folder: &Path) -> Outcome<Database> {
    let mut create = as_database_user(&programs.join("initdb").display().to_string());
    create.arg("-D").arg(folder.join("data")).args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]);
    run(create.stdout(Stdio::null()))?;

    let port = free_port()?;
    let mut keeper = as_database_user("sh");
    keeper.args(["-c", KEEPER, "sh"]).arg(programs).arg(folder).arg(port.to_string()).stdin(Stdio::piped());
    let keeper = keeper.spawn().explain(|| "cannot start PostgreSQL".into())?;
    let database = Database { url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), keeper: Some(keeper) };

    let started = Instant::now();
    let answers = || succeeds(Command::new(programs.join("pg_isready")).args(["-h", "127.0.0.1", "-p", &port.to_string()]));
    while !answers() {
        if started.elapsed() > START_WITHIN {
            let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
            return Err(Failure(format!("PostgreSQL did not start within a minute; it says: {log}")));
        }
        pause(Duration::from_millis(100));
    }
    Ok(database)
}

/// PostgreSQL refuses to run as root.
fn as_database_user(program: &str) -> Command {
    if !setup::is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--", program]).current_dir("/");
    command
}

/// The folder with PostgreSQL's programs; Debian keeps them off the search path.
fn programs() -> Outcome<PathBuf> {
    if let Some(folder) = find_programs() {
        return Ok(folder);
    }
    setup::install(&["postgresql"]).map_err(|failure| {
        Failure(format!("the tests need PostgreSQL's programs ({failure}). Install them, or name a server in TEST_DATABASE_URL"))
    })?;
    find_programs().ok_or_else(|| Failure("PostgreSQL is installed, but `initdb` was not found".into()))
}

fn find_programs() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let folder = entry.path().join("bin");
        folder.join("initdb").is_file().then_some((version, folder))
    });
    let newest = debian.max().map(|(_, folder)| folder);
    newest.or_else(|| find_program("initdb").and_then(|program| program.parent().map(Path::to_path_buf)))
}

fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).explain(|| "there is no free port".into())
}
