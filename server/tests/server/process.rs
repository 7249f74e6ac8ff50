//! The binary itself: how it starts, says where it is, and stops.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

fn touchstone(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_touchstone"));
    let database = format!("sqlite://{}/touchstone.db", folder.display());
    command.env("TOUCHSTONE_DATABASE_URL", database).env_remove("TOUCHSTONE_LOG").current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A started server, its address and its set-up link.
struct Served {
    child: Child,
    address: String,
    set_up: String,
}

fn serve(folder: &Path) -> Served {
    let mut child = touchstone(folder).args(["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut line = |start: &str| lines.next().unwrap().unwrap().strip_prefix(start).unwrap().to_owned();
    let (address, set_up) = (line("listening on http://"), line("set up: "));
    Served { child, address, set_up }
}

fn end_of(child: &mut Child, within: Duration) -> i32 {
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code().unwrap_or(-1);
        }
        if begin.elapsed() > within {
            child.kill().unwrap();
            panic!("still running after {within:?}");
        }
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn sigterm_ends_it_within_five_seconds_whatever_is_open() {
    let folder = TempDir::new().unwrap();
    let mut served = serve(folder.path());
    assert!(served.set_up.starts_with(&format!("http://{}/setup/", served.address)), "{}", served.set_up);
    assert_eq!(reqwest::get(format!("http://{}/readyz", served.address)).await.unwrap().status(), 200);
    // A connection that sends half a request and waits.
    let mut half = tokio::net::TcpStream::connect(&served.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut half, b"POST /logs3 HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{").await.unwrap();
    let begin = Instant::now();
    assert!(Command::new("kill").args(["-TERM", &served.child.id().to_string()]).status().unwrap().success());
    assert_eq!(end_of(&mut served.child, Duration::from_secs(5)), 0);
    assert!(begin.elapsed() < Duration::from_secs(5));
    let mut log = String::new();
    served.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    let token = served.set_up.rsplit('/').next().unwrap();
    assert!(!log.contains(token), "the set-up token is in the log");
}

#[tokio::test]
async fn a_taken_port_and_a_wrong_word_say_what_to_do() {
    let folder = TempDir::new().unwrap();
    let mut served = serve(folder.path());
    let second = touchstone(folder.path()).args(["serve", "--listen", &served.address]).output().unwrap();
    let says = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1), "{says}");
    assert!(says.contains("--listen") && says.contains("Another program"), "{says}");
    served.child.kill().unwrap();
    served.child.wait().unwrap();

    let wrong = touchstone(folder.path()).args(["serve", "--nonsense"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    let unreadable =
        touchstone(folder.path()).env("TOUCHSTONE_DATABASE_URL", "sqlite:///no/such/folder/x.db").arg("migrate").output().unwrap();
    let says = String::from_utf8(unreadable.stderr).unwrap();
    assert_eq!(unreadable.status.code(), Some(1), "{says}");
    assert!(says.contains("Check"), "{says}");
}

#[tokio::test]
async fn a_migration_that_is_killed_or_has_company_ends_with_a_whole_database() {
    for round in 0..12_u64 {
        let folder = TempDir::new().unwrap();
        let mut killed = touchstone(folder.path()).arg("migrate").spawn().unwrap();
        // Wherever it is by then; what counts is what the next one finds.
        tokio::time::sleep(Duration::from_millis(round * round)).await;
        killed.kill().unwrap();
        killed.wait().unwrap();
        let mut together: Vec<Child> = (0..3).map(|_| touchstone(folder.path()).arg("migrate").spawn().unwrap()).collect();
        for child in &mut together {
            let code = end_of(child, Duration::from_secs(30));
            let mut says = String::new();
            child.stderr.take().unwrap().read_to_string(&mut says).unwrap();
            assert_eq!(code, 0, "{says}");
        }
    }
}

#[tokio::test]
async fn members_and_keys_are_made_while_it_runs() {
    let folder = TempDir::new().unwrap();
    let mut served = serve(folder.path());
    let mut add = touchstone(folder.path())
        .args(["user", "add", "--email", "ada@example.com", "--name", "Ada", "--role", "engineer", "--password-stdin"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut add.stdin.take().unwrap(), b"correct horse battery\n").unwrap();
    assert_eq!(end_of(&mut add, Duration::from_secs(20)), 0);
    let key = touchstone(folder.path())
        .args(["key", "create", "--email", "ada@example.com", "--name", "ci", "--scopes", "ingest"])
        .output()
        .unwrap();
    let secret = String::from_utf8(key.stdout).unwrap();
    assert!(secret.starts_with("ts_") && secret.lines().count() == 1, "{secret}");
    let client = reqwest::Client::new();
    let login = async |secret: &str| {
        let request = client.post(format!("http://{}/api/apikey/login", served.address)).bearer_auth(secret.trim());
        request.send().await.unwrap().status()
    };
    assert_eq!(login(&secret).await, 200);
    // Whoever owns the machine makes keys for members who cannot make any themselves.
    let mut add = touchstone(folder.path())
        .args(["user", "add", "--email", "mara@example.com", "--name", "Mara", "--role", "reviewer", "--password-stdin"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut add.stdin.take().unwrap(), b"correct horse battery\n").unwrap();
    assert_eq!(end_of(&mut add, Duration::from_secs(20)), 0);
    let key = |arguments: &[&str]| {
        let output = touchstone(folder.path()).arg("key").args(arguments).args(["--email", "mara@example.com"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let secret = key(&["create", "--name", "scripts"]);
    assert_eq!(login(&secret).await, 200);
    let list = key(&["list"]);
    let id = list.lines().nth(1).unwrap().split_whitespace().next().unwrap();
    key(&["revoke", id]);
    assert_eq!(login(&secret).await, 401);
    served.child.kill().unwrap();
    served.child.wait().unwrap();
}

#[tokio::test]
async fn members_are_changed_on_the_command_line() {
    let folder = TempDir::new().unwrap();
    let user = |arguments: &[&str], input: &[u8]| {
        let mut child = touchstone(folder.path()).arg("user").args(arguments).stdin(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input).unwrap();
        let output = child.wait_with_output().unwrap();
        let says = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code(), says)
    };
    let add = |email: &str, role: &str| {
        let arguments = ["add", "--email", email, "--name", "Somebody", "--role", role, "--password-stdin"];
        assert_eq!(user(&arguments, b"correct horse battery\n").0, Some(0));
    };
    add("ada@example.com", "reviewer");
    let (code, says) = user(&["role", "--email", "ada@example.com", "--role", "engineer"], b"");
    assert!(code == Some(1) && says.contains("no active owner"), "{says}");
    add("olga@example.com", "owner");
    for (arguments, words) in [
        (&["role", "--email", "Ada@Example.com", "--role", "engineer"][..], "is a member, as engineer"),
        (&["deactivate", "--email", "ada@example.com"], "is deactivated"),
        (&["activate", "--email", "ada@example.com"], "is a member, as engineer"),
        (&["invite", "--email", "new@example.com", "--role", "viewer", "--public-url", "https://t.example/"], "https://t.example/join/"),
    ] {
        let (code, says) = user(arguments, b"");
        assert!(code == Some(0) && says.contains(words), "{arguments:?}: {says}");
    }
    for (arguments, words) in [
        (&["deactivate", "--email", "olga@example.com"][..], "the only active owner"),
        (&["deactivate", "--email", "nobody@example.com"], "`touchstone user list`"),
        (&["invite", "--email", "ada@example.com", "--role", "viewer"], "belongs to a member already"),
    ] {
        let (code, says) = user(arguments, b"");
        assert!(code == Some(1) && says.contains(words), "{arguments:?}: {says}");
    }
}
