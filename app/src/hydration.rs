//! Bringing the page that the server sent to life, in several tasks, so that none of them keeps the browser long.
//!
//! A browser compiles each function of the bundle when it is first called, so the first drawing costs much more than any
//! later one. `later` marks views that are brought to life in a task of their own. They are brought to life as the server
//! drew them, so nothing they show may change before: effects and everything else that runs by itself wait for the last
//! view (`Patient`, the executor of the page), and whatever a person does meanwhile brings the rest to life first.

use leptos::prelude::*;

#[cfg(feature = "hydrate")]
pub(crate) use browser::hydrate;

/// A view of exactly one element that is brought to life in a task of its own where the server sent it. Everywhere else it
/// is drawn like any other.
pub(crate) fn later(view: impl FnOnce() -> AnyView + Send + 'static) -> AnyView {
    #[cfg(feature = "hydrate")]
    return browser::Later::new(view).into_any();
    #[cfg(not(feature = "hydrate"))]
    view()
}

/// Goes on with something whatever page is shown meanwhile, as soon as the page is alive: what it changes before, a view that waits
/// would not hear of.
#[cfg(feature = "hydrate")]
pub(crate) fn in_background(work: impl Future<Output = ()> + 'static) {
    any_spawner::Executor::spawn_local(work);
}

#[cfg(feature = "hydrate")]
mod browser {
    use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
    use gloo::events::{EventListener, EventListenerOptions};
    use hydration_context::HydrateSharedContext;
    use leptos::prelude::*;
    use leptos::tachys::html::attribute::Attribute;
    use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
    use leptos::tachys::hydration::Cursor;
    use leptos::tachys::renderer::types::{Element, Node};
    use leptos::tachys::view::add_attr::AddAnyAttr;
    use leptos::tachys::view::any_view::AnyViewState;
    use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};
    use std::cell::{Cell, RefCell};
    use std::collections::VecDeque;
    use std::rc::{Rc, Weak};
    use std::sync::Arc;
    use std::time::Duration;
    use wasm_bindgen::JsCast;

    /// What people do that a page answers. Whatever else the app listens to comes later than the last view.
    const ACTIONS: [&str; 12] = [
        "click",
        "pointerdown",
        "keydown",
        "beforeinput",
        "input",
        "change",
        "submit",
        "focusin",
        "scroll",
        "resize",
        "popstate",
        "online",
    ];

    thread_local! {
        static WAITING_VIEWS: RefCell<VecDeque<Weak<RefCell<Place>>>> = const { RefCell::new(VecDeque::new()) };
        static WAITING_FUTURES: RefCell<Vec<PinnedLocalFuture<()>>> = const { RefCell::new(Vec::new()) };
        static ALIVE: Cell<bool> = const { Cell::new(false) };
    }

    /// Brings the page to life, which is drawn as `app` draws it. To be called once.
    pub fn hydrate(app: impl FnOnce() -> AnyView) {
        // It is the first executor of this page, and the only one.
        let _ = Executor::init_local_custom_executor(Patient);
        let options = EventListenerOptions::run_in_capture_phase();
        let listeners = ACTIONS.map(|name| EventListener::new_with_options(&window(), name, options, |_| finish()));
        let owner = Owner::new_root(Some(Arc::new(HydrateSharedContext::new())));
        let body = document().body().unwrap_or_else(|| unreachable!("the server sent a page"));
        let view = owner.with(|| app().hydrate_from::<true>(&body));
        // As long as the page.
        std::mem::forget((owner, view));
        // Dropped in a task that none of them runs in.
        Executor::spawn_local(async move { drop(listeners) });
        continue_later();
    }

    fn continue_later() {
        set_timeout(
            || {
                if hydrate_next() { continue_later() } else { finish() }
            },
            Duration::ZERO,
        );
    }

    /// Brings the next view to life; false if there is none.
    fn hydrate_next() -> bool {
        let Some(place) = WAITING_VIEWS.with_borrow_mut(VecDeque::pop_front) else { return false };
        // A view that has gone meanwhile needs no life.
        if let Some(place) = place.upgrade() {
            place.borrow_mut().hydrate();
        }
        true
    }

    /// Brings everything that waits to life, and lets go what waited for that.
    fn finish() {
        if ALIVE.get() {
            return;
        }
        while hydrate_next() {}
        ALIVE.set(true);
        // What comes later reads nothing of what came with the page.
        if let Some(context) = Owner::current_shared_context() {
            context.hydration_complete();
        }
        WAITING_FUTURES.take().into_iter().for_each(wasm_bindgen_futures::spawn_local);
    }

    /// Runs nothing by itself until the whole page is alive.
    struct Patient;

    impl CustomExecutor for Patient {
        fn spawn(&self, future: PinnedFuture<()>) {
            self.spawn_local(future);
        }

        fn spawn_local(&self, future: PinnedLocalFuture<()>) {
            if ALIVE.get() {
                wasm_bindgen_futures::spawn_local(future);
            } else {
                WAITING_FUTURES.with_borrow_mut(|waiting| waiting.push(future));
            }
        }

        fn poll_local(&self) {}
    }

    type View = Box<dyn FnOnce() -> AnyView + Send>;

    /// See [`super::later`].
    pub(super) struct Later(View);

    impl Later {
        pub(super) fn new(view: impl FnOnce() -> AnyView + Send + 'static) -> Self {
            Self(Box::new(view))
        }
    }

    /// Where a view is or will be.
    enum Place {
        /// The server's element, without life.
        Waiting {
            element: Element,
            owner: Owner,
            view: Option<View>,
        },
        Alive(AnyViewState),
    }

    impl Place {
        fn hydrate(&mut self) {
            let Self::Waiting { element, owner, view } = self else { return };
            let Some(view) = view.take() else { return };
            let state = owner.with(|| view().hydrate::<true>(&Cursor::new(element.clone()), &PositionState::new(Position::Current)));
            *self = Self::Alive(state);
        }
    }

    pub(super) struct LaterState(Rc<RefCell<Place>>);

    impl Render for Later {
        type State = LaterState;

        fn build(self) -> LaterState {
            LaterState(Rc::new(RefCell::new(Place::Alive((self.0)().build()))))
        }

        fn rebuild(self, state: &mut LaterState) {
            let mut place = state.0.borrow_mut();
            place.hydrate();
            if let Place::Alive(state) = &mut *place {
                (self.0)().rebuild(state);
            }
        }
    }

    impl AddAnyAttr for Later {
        type Output<NewAttr: Attribute> = Self;

        fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Self {
            self
        }
    }

    impl RenderHtml for Later {
        type AsyncOutput = AnyView;
        type Owned = Self;

        const MIN_LENGTH: usize = 0;

        fn dry_resolve(&mut self) {}

        async fn resolve(self) -> AnyView {
            (self.0)()
        }

        fn to_html_with_buf(self, html: &mut String, position: &mut Position, escape: bool, branches: bool, extra: Vec<AnyAttribute>) {
            (self.0)().to_html_with_buf(html, position, escape, branches, extra);
        }

        fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> LaterState {
            match position.get() {
                Position::FirstChild => cursor.child(),
                Position::Current => {}
                _ => cursor.sibling(),
            }
            position.set(Position::NextChild);
            let element = cursor.current().unchecked_into();
            let owner = Owner::current().unwrap_or_default();
            let place = Rc::new(RefCell::new(Place::Waiting { element, owner, view: Some(self.0) }));
            WAITING_VIEWS.with_borrow_mut(|waiting| waiting.push_back(Rc::downgrade(&place)));
            LaterState(place)
        }

        fn into_owned(self) -> Self {
            self
        }
    }

    impl Mountable for LaterState {
        fn unmount(&mut self) {
            match &mut *self.0.borrow_mut() {
                Place::Waiting { element, .. } => element.remove(),
                Place::Alive(state) => state.unmount(),
            }
        }

        fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
            match &mut *self.0.borrow_mut() {
                Place::Waiting { element, .. } => element.mount(parent, marker),
                Place::Alive(state) => state.mount(parent, marker),
            }
        }

        fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
            match &*self.0.borrow() {
                Place::Waiting { element, .. } => element.insert_before_this(child),
                Place::Alive(state) => state.insert_before_this(child),
            }
        }

        fn elements(&self) -> Vec<Element> {
            match &*self.0.borrow() {
                Place::Waiting { element, .. } => vec![element.clone()],
                Place::Alive(state) => state.elements(),
            }
        }
    }
}
