//! Following a project: what was committed since a moment, then what is committed from now on.

use crate::projects::settings;
use crate::writing::events::Published;
use crate::writing::events::{MOST_MISSED, head, since};
use crate::{Actor, Desk, Result, Store};
use shared::ProjectId;
use shared::live::{Event, LiveChange, Touched, TouchedPart, Veiled};
use shared::permissions::Action;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// What a follower is told.
#[derive(Clone, Debug)]
pub enum LiveEvents {
    /// Something was committed.
    Event(Arc<Published>),
    /// Events were missed: load afresh.
    Resync,
}

/// A follower of one project.
pub struct Subscription {
    actor: Actor,
    /// Whether the follower may see only a part of what is said about spans; none where it must be looked up.
    blind: Option<bool>,
    /// What comes next, while it is looked up how it may be told.
    held: Option<LiveEvents>,
    project: ProjectId,
    last: i64,
    missed: VecDeque<Arc<Published>>,
    resync: bool,
    receiver: Receiver<Arc<Published>>,
    store: Store,
}

impl Desk {
    /// Follows a project from the event `after` on.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] if there is no such project.
    pub async fn follow(&self, project: &ProjectId, after: i64) -> Result<Subscription> {
        self.require(Action::Read)?;
        // Listening begins before reading, so that nothing falls between.
        let receiver = self.store.inner.feed.subscribe();
        let head = head(self.store.readers(), project).await?;
        let resync = after > head || head - after > MOST_MISSED;
        let mut missed = VecDeque::new();
        if !resync && after < head {
            missed = since(self.store.readers(), project, after).await?;
        }
        // The oldest events are forgotten after a while.
        let gap = missed.front().is_some_and(|first| first.sequence != after + 1) || (after < head && missed.is_empty());
        let resync = resync || gap;
        if resync {
            missed.clear();
        }
        let blind = Some(settings::blinds(self.store.readers(), &self.actor, project).await?);
        let (project, store, actor) = (project.clone(), self.store.clone(), self.actor.clone());
        Ok(Subscription { actor, blind, held: None, project, last: if resync { head } else { after }, missed, resync, receiver, store })
    }
}

impl Subscription {
    /// The next thing to tell; none when the store has closed. Whoever stops waiting loses nothing.
    pub async fn next(&mut self) -> Option<LiveEvents> {
        if self.held.is_none() {
            self.held = self.follow().await;
        }
        let change = match &self.held {
            Some(LiveEvents::Event(published)) => Some(&published.event.change),
            _ => None,
        };
        let (tells, configures) = (matches!(change, Some(LiveChange::Spans(_))), change == Some(&LiveChange::Configuration));
        if tells && self.blind.is_none() {
            // Who cannot be known to see everything is told nothing.
            let blind = settings::blinds(self.store.readers(), &self.actor, &self.project).await;
            self.blind = Some(blind.unwrap_or(true));
        }
        if configures {
            self.blind = None;
        }
        let events = self.held.take()?;
        Some(if self.blind == Some(true) { veiled(events) } else { events })
    }

    async fn follow(&mut self) -> Option<LiveEvents> {
        if std::mem::take(&mut self.resync) {
            return Some(LiveEvents::Resync);
        }
        loop {
            if let Some(published) = self.missed.pop_front() {
                self.last = published.sequence;
                return Some(LiveEvents::Event(published));
            }
            match self.receiver.recv().await {
                Ok(published) if published.project == self.project && published.sequence > self.last => {
                    if published.sequence == self.last + 1 {
                        self.last = published.sequence;
                        return Some(LiveEvents::Event(published));
                    }
                    // A gap is what another process wrote just before; it is in the database.
                    self.missed = since(self.store.readers(), &self.project, self.last).await.unwrap_or_default();
                    if self.missed.front().is_none_or(|first| first.sequence != self.last + 1) {
                        self.missed.clear();
                        self.last = published.sequence;
                        self.blind = None;
                        return Some(LiveEvents::Resync);
                    }
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => {
                    self.blind = None;
                    return Some(LiveEvents::Resync);
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

/// What is told to somebody who may see only a part of what is said about spans: which spans changed, and not how.
fn veiled(events: LiveEvents) -> LiveEvents {
    let LiveEvents::Event(published) = &events else { return events };
    let LiveChange::Spans(changed) = &published.event.change else { return events };
    // What of them changed would say what somebody did.
    let touched = changed.touched.iter().map(|touched| Touched { part: TouchedPart::Any, ..touched.clone() });
    let change = LiveChange::Veiled(Veiled { object: changed.object.clone(), touched: touched.collect() });
    let (project, sequence) = (published.project.clone(), published.sequence);
    LiveEvents::Event(Arc::new(Published { project, sequence, event: Event { sequence, change } }))
}
