//! Connections: a number of them at once, a part of it for each address, each served as HTTP/1.1, and ended when its other side does
//! nothing.
//!
//! A head that does not arrive and a connection on which nobody asks anything end after [`Patience::head`]. What becomes of a body
//! that does not arrive stands in `bodies`. An answer that nobody takes ends after [`Patience::answer`]: a stream of live events says
//! something every few seconds, so that it goes on as long as somebody listens and not much longer.

mod places;

use crate::application::{Application, Patience};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use places::{ConnectionPlace, Places};
use std::io::{Error, ErrorKind, IoSlice, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Sleep, sleep};
use tower::ServiceExt as _;

/// The largest head of a request, in bytes, and what is read ahead of a body.
const HEAD: usize = 64 * 1024;

/// How long nothing is accepted when the system has no room for another connection.
const NO_ROOM: Duration = Duration::from_secs(1);

/// What a connection hears whose address has as many as one may have. It is said without waiting: who does not take it is let go.
const TOO_MANY: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\ncache-control: no-store\r\n\
                        retry-after: 5\r\nconnection: close\r\n\r\n\
                        {\"error\":\"So many connections come from your address that it gets no more. Close some, or try again in 5 s. If this \
                        is the address of your proxy, start Touchstone with --trusted-proxy and it.\",\"problem\":\"busy\",\"retry_after\":5}";

/// Serves a router on a listener until the application ends and every answer is given.
pub async fn run(listener: TcpListener, application: Application, router: Router) {
    let Patience { head, answer, connections, connections_each, .. } = *application.patience();
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(HEAD);
    let places = Places::new(connections, connections_each);
    let mut open = JoinSet::new();
    loop {
        let (stream, peer, place) = tokio::select! {
            () = application.ended() => break,
            accepted = accept(&listener, &places, |peer| application.trusts(peer)) => accepted,
        };
        while open.try_join_next().is_some() {}
        let (router, application) = (router.clone(), application.clone());
        let service = service_fn(move |request: http::Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request)
        });
        let connection = protocol.serve_connection(TokioIo::new(Impatient::new(stream, answer)), service);
        open.spawn(async move {
            let _place = place;
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = application.ended() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    while open.join_next().await.is_some() {}
}

/// The next connection that gets a place. While all are taken, who comes waits in the system's own queue; who has as many as an address
/// may have is let go at once, unless they are `exempt`.
async fn accept(listener: &TcpListener, places: &Places, exempt: impl Fn(IpAddr) -> bool) -> (TcpStream, SocketAddr, ConnectionPlace) {
    loop {
        let place = places.free().await;
        match listener.accept().await {
            Ok((stream, peer)) => {
                let address = peer.ip().to_canonical();
                let Some(place) = places.give(place, address, exempt(address)) else {
                    tracing::debug!(%address, "an address has too many connections");
                    // A new connection has room for so little; if it had not, it would be let go without a word.
                    let _ = stream.into_std().and_then(|mut stream| stream.write(TOO_MANY.as_bytes()));
                    continue;
                };
                // Live events are small and must not wait for more.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "a connection is without TCP_NODELAY");
                }
                return (stream, peer, place);
            }
            Err(error)
                if matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted for a moment");
                sleep(NO_ROOM).await;
            }
        }
    }
}

/// A stream whose other side must take what is written within a time.
struct Impatient {
    stream: TcpStream,
    patience: Duration,
    /// Runs while something waits to be taken.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Impatient {
    fn new(stream: TcpStream, patience: Duration) -> Self {
        Self { stream, patience, waiting: None }
    }

    fn timed<T>(&mut self, context: &mut Context<'_>, written: Poll<Result<T, Error>>) -> Poll<Result<T, Error>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(patience)));
        waiting.as_mut().poll(context).map(|()| Err(Error::new(ErrorKind::TimedOut, "nobody takes the answer")))
    }
}

impl AsyncRead for Impatient {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Impatient {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Error>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.timed(context, written)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[IoSlice<'_>]) -> Poll<Result<usize, Error>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.timed(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.timed(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.timed(context, shut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpSocket;

    /// A connection from an address of this machine.
    async fn connect(from: Ipv4Addr, to: SocketAddr) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((from, 0))).unwrap();
        socket.connect(to).await.unwrap()
    }

    #[tokio::test]
    async fn who_has_as_many_as_one_may_have_is_told_and_others_get_a_place() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = listener.local_addr().unwrap();
        let places = Places::new(3, 2);
        let (greedy, other) = (Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3));
        let mut asking = Vec::new();
        for from in [greedy, greedy, greedy, greedy, other] {
            asking.push(connect(from, to).await);
        }
        let mut places_given = Vec::new();
        for from in [greedy, greedy, other] {
            let (stream, peer, place) = accept(&listener, &places, |_| false).await;
            assert_eq!(peer.ip(), IpAddr::V4(from));
            places_given.push((stream, place));
        }
        let mut told = String::new();
        asking[2].read_to_string(&mut told).await.unwrap();
        let (head, body) = told.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 503"), "{told}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(body).unwrap()["problem"], "busy");
        // Who stands for many others has what is left.
        drop(places_given.pop());
        asking.push(connect(greedy, to).await);
        assert_eq!(accept(&listener, &places, |_| true).await.1.ip(), IpAddr::V4(greedy));
    }
}
