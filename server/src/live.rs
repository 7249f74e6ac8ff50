//! Live events as server-sent events.
//!
//! A stream reads from the store only when the connection takes more, and the store keeps a bounded number of events
//! for those who fall behind: a browser that never reads costs a fixed amount of memory and is told to load afresh.

use crate::actor::{Signed, identify};
use crate::application::Application;
use crate::body::{Path, Query};
use crate::problems::ApiResult;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream;
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderName, HeaderValue};
use shared::ProjectId;
use std::convert::Infallible;
use std::time::Duration;
use store::{Actor, LiveEvents, Subscription};
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval_at};

/// A comment is sent this often, so that proxies keep the connection and dead ones are noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How often it is checked that whoever listens still may, beside each time that somebody may less: sessions and keys run out, too.
const CHECK: Duration = Duration::from_secs(60);

struct Listener {
    application: Application,
    headers: HeaderMap,
    actor: Actor,
    subscription: Subscription,
    check: Interval,
    access: watch::Receiver<u64>,
}

/// Answers `/live/{project}`: what was committed after `Last-Event-ID`, or after `after`, and from now on.
pub async fn listen(
    State(application): State<Application>,
    Signed(desk): Signed,
    Path(project): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|text| text.trim().parse().ok());
    let after = last.or_else(|| query.text("after").and_then(|text| text.parse().ok())).unwrap_or_default();
    let subscription = desk.follow(&ProjectId(project), after).await?;
    let mut check = interval_at(tokio::time::Instant::now() + CHECK, CHECK);
    check.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut access = application.store().access_changes();
    // Something may have changed between the look at who asks and here.
    access.mark_changed();
    let listener = Listener { application, headers, actor: desk.actor().clone(), subscription, check, access };
    let events =
        stream::unfold(listener, |mut listener| async move { listener.next().await.map(|event| (Ok::<_, Infallible>(event), listener)) });
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx buffers answers unless told not to.
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

impl Listener {
    async fn next(&mut self) -> Option<Event> {
        loop {
            tokio::select! {
                // Who may not listen any more is told nothing, whatever else has happened.
                biased;
                () = self.application.ended() => return None,
                _ = self.check.tick() => {
                    if !self.is_same().await {
                        return None;
                    }
                }
                changed = self.access.changed() => {
                    if changed.is_err() || !self.is_same().await {
                        return None;
                    }
                }
                events = self.subscription.next() => return events.map(|events| message(&events)),
            }
        }
    }

    /// Whether whoever listens is still who they were. Whose role has changed comes again as who they are now.
    async fn is_same(&self) -> bool {
        let now = identify(&self.application, &self.headers).await;
        now.is_ok_and(|desk| desk.is_some_and(|desk| *desk.actor() == self.actor))
    }
}

fn message(events: &LiveEvents) -> Event {
    match events {
        LiveEvents::Event(published) => match serde_json::to_string(&published.event) {
            Ok(text) => Event::default().id(published.sequence.to_string()).data(text),
            Err(_) => resync(),
        },
        LiveEvents::Resync => resync(),
    }
}

fn resync() -> Event {
    Event::default().event("resync").data("{}")
}
