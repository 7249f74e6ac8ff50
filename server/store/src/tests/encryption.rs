//! A PostgreSQL whose encryption cannot be used.

use crate::ground::database::reachable;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// The length and the number of the message with which a client of PostgreSQL asks for encryption.
const ASKS_FOR_ENCRYPTION: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// A server that offers encryption and then says something that is none.
async fn offering_nothing() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut asked = [0; 8];
            if client.read_exact(&mut asked).await.is_ok() && asked == ASKS_FOR_ENCRYPTION {
                let _ = client.write_all(b"S").await;
                let _ = client.read(&mut [0; 1024]).await;
                let _ = client.write_all(b"this is no handshake").await;
            }
        }
    });
    format!("postgres://touchstone@{address}/touchstone")
}

#[tokio::test]
async fn where_encryption_is_only_preferred_the_database_is_reached_without() {
    let url = offering_nothing().await;
    for (asked, reached) in [
        ("", "?sslmode=disable"),
        ("?sslmode=prefer", "?sslmode=prefer&sslmode=disable"),
        ("?application_name=x", "?application_name=x&sslmode=disable"),
        // Who asks for more is not given less.
        ("?sslmode=require", "?sslmode=require"),
        ("?sslmode=verify-full", "?sslmode=verify-full"),
        ("?sslmode=disable", "?sslmode=disable"),
    ] {
        assert_eq!(reachable(&format!("{url}{asked}")).await, format!("{url}{reached}"));
    }
    assert_eq!(reachable("sqlite://touchstone.db").await, "sqlite://touchstone.db");
    // What is not there at all is told by who connects.
    assert_eq!(reachable("postgres://touchstone@127.0.0.1:1/touchstone").await, "postgres://touchstone@127.0.0.1:1/touchstone");
}
