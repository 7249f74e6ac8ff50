//! A connection that is lost while a group of commands is committed: nobody knows whether it was kept, and that is what is said. The same
//! command sent again is done once, either way.

use super::sending::{address, number, slider};
use super::{Place, stores};
use crate::{Desk, Error, Fate, Store, StoreOptions};
use serde_json::json;
use shared::answers::{Circumstances, SetAnswer};
use shared::commands::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What happens to the next commit.
const PASSES: u8 = 0;
const IS_LOST: u8 = 1;
const GOES_UNHEARD: u8 = 2;

/// A way to a database that can be cut at a commit. Returns its address.
async fn way(database: String, next: Arc<AtomicU8>) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (database, next) = (database.clone(), Arc::clone(&next));
            tokio::spawn(async move {
                let Ok(server) = TcpStream::connect(database).await else { return };
                // Whoever is cut off is told nothing: both connections end.
                let _ = pass(client, server, &next).await;
            });
        }
    });
    address
}

async fn pass(mut client: TcpStream, mut server: TcpStream, next: &AtomicU8) -> std::io::Result<()> {
    let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            length = client.read(&mut asked) => {
                let asked = &asked[..length?];
                if asked.is_empty() {
                    return Ok(());
                }
                let is_commit = asked.windows(6).any(|word| word == b"COMMIT");
                match if is_commit { next.swap(PASSES, Ordering::SeqCst) } else { PASSES } {
                    IS_LOST => return Ok(()),
                    GOES_UNHEARD => {
                        server.write_all(asked).await?;
                        // It is committed once the database answers.
                        return server.read(&mut answered).await.map(|_| ());
                    }
                    _ => server.write_all(asked).await?,
                }
            }
            length = server.read(&mut answered) => {
                let answered = &answered[..length?];
                if answered.is_empty() {
                    return Ok(());
                }
                client.write_all(answered).await?;
            }
        }
    }
}

/// The machine and port of a database.
fn machine(url: &str) -> &str {
    let authority = url.split_once("://").unwrap().1.split('/').next().unwrap();
    authority.rsplit_once('@').map_or(authority, |(_, machine)| machine)
}

#[tokio::test]
async fn a_commit_whose_outcome_is_unknown_is_told_as_that_and_done_once() {
    for store in stores().await {
        let url = store.place.url();
        if matches!(store.place, Place::Folder(_)) {
            continue;
        }
        let next = Arc::new(AtomicU8::new(PASSES));
        let through = way(machine(&url).to_owned(), Arc::clone(&next)).await;
        let database_url = url.replacen(machine(&url), &through.to_string(), 1);
        let distant =
            Store::open(StoreOptions { database_url, organization: "touchstone".to_owned(), fate: Fate::default() }).await.unwrap();
        let desk = Desk::new(distant.clone(), store.reviewer.actor().clone());
        let project = store.project("uncertain").await;
        store.question(&project, "Q", slider()).await;
        for (row, fate, kept) in [("lost", IS_LOST, 0), ("unheard", GOES_UNHEARD, 1)] {
            store.send(&project, &[json!({"id": row, "scores": {"Other": 0.5}})]).await;
            let command = Command::SetAnswer(SetAnswer {
                row: address(&project, row),
                question: "Q".to_owned(),
                value: number(0.75),
                client_id: Some(row.to_owned()),
                reason: None,
                confirm: false,
                circumstances: Circumstances::default(),
            });
            next.store(fate, Ordering::SeqCst);
            let told = desk.run(command.clone()).await.unwrap_err();
            assert!(matches!(told, Error::Unknown(_)) && told.is_passing(), "{row}: {told:?}");
            assert!(told.to_string().starts_with("it is not known whether this was kept"), "{told}");
            assert_eq!(store.span(&project, row).await.said.answers.len(), kept, "{row}");
            for _ in 0..2 {
                desk.run(command.clone()).await.unwrap();
                let span = store.span(&project, row).await;
                assert_eq!((span.said.answers.len(), span.said.activity.len()), (1, 1), "{row}");
            }
        }
        store.verified().await;
        distant.close().await;
    }
}
