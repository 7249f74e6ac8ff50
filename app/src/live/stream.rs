//! The stream of a tab.

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use leptos::prelude::document;
use shared::ProjectId;
use shared::live::{Event, LiveChange};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{EventSource, MessageEvent, VisibilityState};

type Listeners = [EventListener; 4];

/// The first pause before connecting again, in milliseconds; each further one is twice as long.
const FIRST_PAUSE: u32 = 1_000;
const LONGEST_PAUSE: u32 = 30_000;

/// The stream of a tab.
#[derive(Clone)]
pub(super) struct Stream {
    project: ProjectId,
    as_of: Rc<dyn Fn() -> i64>,
    receive: Rc<dyn Fn(Event)>,
    open: Rc<RefCell<Option<(EventSource, Listeners)>>>,
    visibility: Rc<RefCell<Option<EventListener>>>,
    /// How often in a row no stream came.
    failures: Rc<Cell<u32>>,
    /// Connects again; none while there is a stream, or while nobody looks.
    waiting: Rc<RefCell<Option<Timeout>>>,
    /// Whether nobody wants it any more.
    is_over: Rc<Cell<bool>>,
}

impl Stream {
    pub(super) fn new(project: ProjectId, as_of: impl Fn() -> i64 + 'static, receive: impl Fn(Event) + 'static) -> Self {
        Self {
            project,
            as_of: Rc::new(as_of),
            receive: Rc::new(receive),
            open: Rc::default(),
            visibility: Rc::default(),
            failures: Rc::default(),
            waiting: Rc::default(),
            is_over: Rc::default(),
        }
    }

    /// Opens the stream, and minds the visibility of the tab until it is stopped.
    pub(super) fn start(&self) {
        // The page may have been left before this part of the bundle was there.
        if self.is_over.get() {
            return;
        }
        self.follow_visibility();
        let stream = self.clone();
        let listener = EventListener::new(&document(), "visibilitychange", move |_| stream.follow_visibility());
        self.visibility.replace(Some(listener));
    }

    /// Ends it for good.
    pub(super) fn stop(&self) {
        self.is_over.set(true);
        self.visibility.take();
        self.close();
    }

    fn follow_visibility(&self) {
        if document().visibility_state() == VisibilityState::Hidden { self.close() } else { self.connect() }
    }

    fn connect(&self) {
        let address = format!("/live/{}?after={}", shared::address::encode(self.project.as_str()), (self.as_of)());
        let Ok(source) = EventSource::new(&address) else { return };
        let receive = self.receive.clone();
        let message = EventListener::new(&source, "message", move |event| {
            let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
            // An event of a newer server that this page does not understand is a reason to load afresh.
            let event = text.and_then(|text| crate::json::read(text.as_bytes()).ok()).unwrap_or(RESYNC);
            receive(event);
        });
        let receive = self.receive.clone();
        let resync = EventListener::new(&source, "resync", move |_| receive(RESYNC));
        // A browser connects again by itself, unless it got another answer than a stream: from a proxy while the server
        // starts, or because the session has ended.
        let (stream, watched) = (self.clone(), source.clone());
        let error = EventListener::new(&source, "error", move |_| {
            if watched.ready_state() == EventSource::CLOSED {
                stream.connect_later();
            }
        });
        let opened = self.failures.clone();
        let open = EventListener::new(&source, "open", move |_| opened.set(0));
        if let Some((old, _)) = self.open.replace(Some((source, [message, resync, error, open]))) {
            old.close();
        }
    }

    fn connect_later(&self) {
        let failures = self.failures.get();
        self.failures.set(failures.saturating_add(1));
        let stream = self.clone();
        let again = Timeout::new((FIRST_PAUSE << failures.min(8)).min(LONGEST_PAUSE), move || stream.follow_visibility());
        self.waiting.replace(Some(again));
    }

    fn close(&self) {
        self.waiting.take();
        if let Some((source, _)) = self.open.take() {
            source.close();
        }
    }
}

const RESYNC: Event = Event { sequence: 0, change: LiveChange::Resync };
