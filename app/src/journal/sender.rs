//! Sending what is in the journal: one after the other, again after a while where the server cannot be reached.

use super::api::run_command;
use super::storage::{self, Kept, Storage};
use super::waiting::replaced_by;
use super::{Entry, Journal, Place, REMEMBERED, Reach, Stage, is_waiting};
use crate::api::AppError;
use crate::hydration::in_background;
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use js_sys::Promise;
use leptos::prelude::*;
use shared::Problem;
use shared::commands::Command;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::Poll;
use wasm_bindgen_futures::JsFuture;

/// After this long without an answer, in milliseconds, the page says that it is only on this device.
const PATIENCE: u32 = 4_000;

/// After this long without an answer, in milliseconds, a request is given up and sent again; long enough for a large text on
/// a slow line. The server does what it gets twice only once.
const ANSWERED_WITHIN: i32 = 60_000;

/// After so many answers in a row that are failures or not the server's own, a command is refused, so that the others go on.
const FAILED_ANSWERS: u32 = 5;

/// How long to wait for a sign that anything answers, in milliseconds.
const PATIENCE_FOR_A_SIGN: i32 = 10_000;

/// The first pause before trying again, in milliseconds; each further one is twice as long.
const FIRST_PAUSE: u32 = 500;
const LONGEST_PAUSE: u32 = 10_000;

/// Commands that follow each other within so many milliseconds may be steps of one movement.
const MOVEMENT: u32 = 1_000;

/// What the sender knows. Only one thread ever looks.
#[derive(Default)]
pub(super) struct State {
    started: AtomicBool,
    sending: AtomicBool,
    keeping: AtomicBool,
    /// How often something is to be taken back as soon as all that was said is kept.
    undo_later: AtomicU32,
    failures: AtomicU32,
    last_run: AtomicU32,
}

impl State {
    pub(super) fn undo_later(&self) {
        self.undo_later.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn is_moving(&self) -> bool {
        let now = now();
        now.saturating_sub(self.last_run.swap(now, Ordering::Relaxed)) < MOVEMENT
    }
}

/// Milliseconds since the page was opened.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a page is not open for 49 days")]
fn now() -> u32 {
    window().performance().map_or(0.0, |performance| performance.now()) as u32
}

impl Journal {
    /// Reads what an earlier page left behind, sends it, and minds the connection from now on. Once for each page.
    pub(crate) fn start(&self) {
        if self.0.sender.started.swap(true, Ordering::Relaxed) {
            return;
        }
        let journal = self.clone();
        // The page minds its connection for as long as it is there.
        EventListener::new(&window(), "online", move |_| journal.send_soon(0)).forget();
        let journal = self.clone();
        in_background(async move {
            let Ok(storage) = Storage::open(&journal.0.person.id).await else { return };
            let left = storage.all().await.unwrap_or_default();
            journal.0.entries.update(|entries| {
                // What was said since comes later. Another tab's commands are in the storage, too; whoever is first sends them.
                let known: Vec<_> = entries.iter().filter_map(|entry| entry.command.client_id().map(str::to_owned)).collect();
                let left =
                    left.into_iter().filter(|(_, kept)| kept.command.client_id().is_none_or(|id| !known.iter().any(|known| known == id)));
                let left = left.map(|(key, Kept { command, what, stage, is_begun })| Entry {
                    place: Place::At(key),
                    command,
                    what,
                    stage,
                    is_begun,
                });
                entries.splice(0..0, left.collect::<Vec<_>>());
            });
            journal.send_all().await;
        });
    }

    /// Keeps in the browser what was said, one after the other, and then sends it.
    pub(super) fn keep_and_send(&self) {
        self.start();
        storage::mark(&self.0.person.id, true);
        if self.0.sender.keeping.swap(true, Ordering::Relaxed) {
            return;
        }
        let journal = self.clone();
        in_background(async move {
            while journal.keep_next().await {
                let sending = journal.clone();
                in_background(async move { sending.send_all().await });
            }
            journal.0.sender.keeping.store(false, Ordering::Relaxed);
            for _ in 0..journal.0.sender.undo_later.swap(0, Ordering::Relaxed) {
                journal.undo();
            }
        });
    }

    /// Keeps the first command that is not kept yet, in place of one that it makes needless. False if there is none.
    async fn keep_next(&self) -> bool {
        let next = self.0.entries.with_untracked(|entries| {
            let place = entries.iter().position(|entry| entry.place == Place::Writing)?;
            let entry = entries.get(place)?.clone();
            Some((replaced_by(&entry.command, entries.iter().take(place)).cloned(), entry))
        });
        let Some((old, entry)) = next else { return false };
        let id = entry.command.client_id().map(str::to_owned);
        let key = match old.as_ref().map(|old| old.place) {
            Some(Place::At(key)) => Some(key),
            Some(Place::Writing | Place::Nowhere) | None => None,
        };
        let kept = match Storage::open(&self.0.person.id).await {
            Ok(storage) => storage.add(&Kept::from(entry), key).await,
            Err(error) => Err(error),
        };
        let (place, is_replaced) = match kept {
            Ok((key, is_replaced)) => (Place::At(key), is_replaced),
            // What the browser does not keep is replaced where it is, unless it is being sent by now.
            Err(_) => (Place::Nowhere, old.as_ref().is_some_and(|old| old.place == Place::Nowhere && !self.is_begun(&old.command))),
        };
        let old = old.filter(|_| is_replaced);
        self.0.entries.update(|entries| {
            entries.retain(|entry| old.as_ref().is_none_or(|old| old.command != entry.command));
            if let Some(entry) = entries.iter_mut().find(|entry| entry.command.client_id() == id.as_deref()) {
                entry.place = place;
            }
        });
        if let (Some(old), Some(new)) = (old, id) {
            self.0.done.update(|done| done.replace(&old.command, &new));
        }
        true
    }

    fn is_begun(&self, command: &Command) -> bool {
        self.0.entries.with_untracked(|entries| entries.iter().any(|entry| entry.command == *command && entry.is_begun))
    }

    /// Decides about a refused command: sends `command` in its place, or gives it up.
    pub(crate) fn decide(&self, refused: &Command, instead: Option<Command>) {
        let journal = self.clone();
        let client_id = refused.client_id().map(str::to_owned);
        let removed = self.0.entries.try_update(|entries| {
            let place = entries.iter().position(|entry| entry.command.client_id() == client_id.as_deref())?;
            Some(entries.remove(place))
        });
        let Some(Entry { place, what, .. }) = removed.flatten() else { return };
        // It never came to the server, so there is nothing to take back.
        if let Some(id) = &client_id {
            self.0.done.update(|done| done.forget(id));
        }
        in_background(async move {
            if let (Place::At(key), Ok(storage)) = (place, Storage::open(&journal.0.person.id).await) {
                // What cannot be forgotten now is refused again after the next reload.
                let _ = storage.remove(key).await;
            }
            match instead {
                Some(command) => journal.run(command, what),
                None => journal.tidy().await,
            }
        });
    }

    fn change(&self, client_id: Option<&str>, change: impl FnOnce(&mut Entry)) {
        self.0.entries.update(|entries| {
            if let Some(entry) = entries.iter_mut().find(|entry| entry.command.client_id() == client_id) {
                change(entry);
            }
        });
    }

    fn send_soon(&self, pause: u32) {
        let journal = self.clone();
        Timeout::new(pause, move || in_background(async move { journal.send_all().await })).forget();
    }

    /// Sends what waits, in order, until all is sent or the server cannot be reached. One at a time, in this tab and among tabs.
    async fn send_all(&self) {
        if self.0.sender.sending.swap(true, Ordering::Relaxed) {
            return;
        }
        let journal = self.clone();
        let name = format!("touchstone-journal-{}", self.0.person.id);
        let patience = {
            let reach = self.0.reach.clone();
            Timeout::new(PATIENCE, move || reach.set(Reach::Silent))
        };
        storage::alone(&name, async move { while journal.send_next().await {} }).await;
        drop(patience);
        self.0.sender.sending.store(false, Ordering::Relaxed);
        self.tidy().await;
        let waits =
            self.0.entries.with_untracked(|entries| entries.iter().any(|entry| is_waiting(&entry.stage) && entry.place != Place::Writing));
        if waits && self.0.reach.get_untracked() == Reach::Fine {
            // It came while the last one was being sent.
            self.send_soon(0);
        }
    }

    /// What is to be sent next. The order is that of the storage, in which all tabs write; what the browser does not keep goes
    /// in the order in which it was said, and so does everything while the storage cannot be read.
    async fn next(&self, storage: Option<&Storage>) -> Option<(Place, Kept)> {
        let said_here = |is_next: fn(Place) -> bool| {
            let mut waiting = self.0.entries.get_untracked().into_iter().filter(|entry| is_waiting(&entry.stage));
            waiting.find(|entry| is_next(entry.place)).map(|entry| (entry.place, Kept::from(entry)))
        };
        let kept = match storage {
            Some(storage) => storage.all().await.ok(),
            None => None,
        };
        let Some(kept) = kept else { return said_here(|place| place != Place::Writing) };
        self.hear_of_others(&kept);
        let waiting = kept.into_iter().find(|(_, kept)| is_waiting(&kept.stage));
        let waiting = waiting.map(|(key, kept)| (Place::At(key), kept));
        waiting.or_else(|| said_here(|place| place == Place::Nowhere))
    }

    /// Other tabs send what was said here, too: what they have sent is not in the storage any more, and what was refused says so.
    fn hear_of_others(&self, kept: &[(u32, Kept)]) {
        let fate = |entry: &Entry| match entry.place {
            Place::At(key) if is_waiting(&entry.stage) => match kept.iter().find(|(other, _)| *other == key) {
                // What it did comes with the live events.
                None => Some(Stage::Sent(0)),
                Some((_, kept)) => Some(kept.stage.clone()).filter(|stage| !is_waiting(stage)),
            },
            _ => None,
        };
        if self.0.entries.with_untracked(|entries| entries.iter().any(|entry| fate(entry).is_some())) {
            self.0.saved.set(true);
            self.0.entries.update(|entries| {
                for entry in entries {
                    if let Some(stage) = fate(entry) {
                        entry.stage = stage;
                    }
                }
            });
        }
    }

    /// Sends the next command. False if there is none, or if it has to wait.
    async fn send_next(&self) -> bool {
        let storage = Storage::open(&self.0.person.id).await.ok();
        let Some((place, kept)) = self.next(storage.as_ref()).await else { return false };
        let client_id = kept.command.client_id().map(str::to_owned);
        let failures = self.0.sender.failures.load(Ordering::Relaxed);
        // What is begun is never replaced any more, so nothing is begun where it cannot arrive.
        if self.is_cut_off() && !is_reachable().await {
            self.try_again(Reach::Lost, failures);
            return false;
        }
        self.change(client_id.as_deref(), |entry| entry.is_begun = true);
        if let (Place::At(key), Some(storage)) = (place, &storage)
            && !storage.begin_to_send(key).await.unwrap_or(true)
        {
            // Another one went in its place a moment ago.
            return true;
        }
        let answer = within(ANSWERED_WITHIN, run_command(self.0.person.id.clone(), kept.command.clone())).await;
        match answer.unwrap_or(Err(AppError::Unreachable)) {
            Ok(ran) => {
                self.reached();
                self.0.saved.set(true);
                let forgotten = match (place, &storage) {
                    (Place::At(key), Some(storage)) => storage.remove(key).await.is_ok(),
                    _ => true,
                };
                self.change(client_id.as_deref(), |entry| entry.stage = Stage::Sent(ran.as_of));
                // What cannot be forgotten now is sent again another time, and changes nothing then.
                forgotten
            }
            Err(error) => match wait(&error, failures) {
                Some(reach) => {
                    self.try_again(reach, failures);
                    false
                }
                None => {
                    self.reached();
                    let kept = Kept { stage: Stage::Refused(error), is_begun: true, ..kept };
                    let written = match (place, &storage) {
                        (Place::At(key), Some(storage)) => storage.change(key, &kept).await.is_ok(),
                        _ => true,
                    };
                    self.change(client_id.as_deref(), |entry| entry.stage = kept.stage);
                    // What cannot be written down now is tried again another time.
                    written
                }
            },
        }
    }

    fn try_again(&self, reach: Reach, failures: u32) {
        self.0.reach.set(reach);
        self.0.sender.failures.store(failures.saturating_add(1), Ordering::Relaxed);
        self.send_soon((FIRST_PAUSE << failures.min(8)).min(LONGEST_PAUSE));
    }

    /// Whether nothing may arrive, as far as is known.
    fn is_cut_off(&self) -> bool {
        matches!(self.0.reach.get_untracked(), Reach::Lost | Reach::Silent) || !window().navigator().on_line()
    }

    fn reached(&self) {
        self.0.sender.failures.store(0, Ordering::Relaxed);
        if self.0.reach.get_untracked() != Reach::Fine {
            self.0.reach.set(Reach::Fine);
        }
    }

    /// Forgets what was sent long ago, and says for the next page whether anything is left, in whichever tab it was said.
    async fn tidy(&self) {
        let left = match Storage::open(&self.0.person.id).await {
            Ok(storage) => storage.all().await.map_or(true, |kept| !kept.is_empty()),
            Err(_) => false,
        };
        storage::mark(&self.0.person.id, left);
        let sent = |entry: &Entry| matches!(entry.stage, Stage::Sent(_));
        let count = self.0.entries.with_untracked(|entries| entries.iter().filter(|entry| sent(entry)).count());
        let surplus = count.saturating_sub(REMEMBERED);
        if surplus > 0 {
            let mut surplus = surplus;
            self.0.entries.update(|entries| {
                entries.retain(|entry| {
                    let forget = surplus > 0 && sent(entry);
                    surplus -= usize::from(forget);
                    !forget
                });
            });
        }
    }
}

/// Whether anything answers. A browser that says it is offline may still reach a server on the same machine.
async fn is_reachable() -> bool {
    matches!(within(PATIENCE_FOR_A_SIGN, JsFuture::from(window().fetch_with_str("/healthz"))).await, Some(Ok(_)))
}

/// What comes of some work, if it comes in time.
async fn within<T>(milliseconds: i32, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut late) = (pin!(work), pin!(pause(milliseconds)));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => late.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// Lets time pass.
async fn pause(milliseconds: i32) {
    let over = Promise::new(&mut |resolve, _| {
        // A browser without timers would never give up, as without this.
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
    });
    let _ = JsFuture::from(over).await;
}

impl From<Entry> for Kept {
    fn from(Entry { command, what, stage, is_begun, .. }: Entry) -> Self {
        Self { command, what, stage, is_begun }
    }
}

/// Whether a command has to wait, and what the page says meanwhile; none if it is not taken.
fn wait(error: &AppError, failures: u32) -> Option<Reach> {
    match error {
        AppError::Unreachable => Some(Reach::Lost),
        AppError::Unavailable => Some(Reach::Unavailable),
        AppError::Problem(Problem::Busy { .. }) => Some(Reach::Failing),
        // It may be a passing trouble of the server or of what stands before it, or be about this command.
        AppError::Foreign | AppError::Problem(Problem::Internal { .. }) => (failures < FAILED_ANSWERS).then_some(Reach::Failing),
        AppError::Problem(Problem::SignIn { .. }) => Some(Reach::SignedOut),
        AppError::Problem(_) => None,
    }
}
