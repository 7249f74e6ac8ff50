//! Following a project's live events in the browser: one stream for each tab, closed while the tab is hidden. What reads events lies in a
//! part of its own, which comes as soon as the page is alive.

#[cfg(feature = "hydrate")]
mod part;
#[cfg(feature = "hydrate")]
mod stream;

use leptos::prelude::*;
use shared::ProjectId;
use shared::live::Event;
use std::sync::Arc;

/// Who hears every event that a page follows, beside the page.
#[derive(Clone)]
pub(crate) struct Overhearing(pub(crate) Arc<dyn Fn(&Event) + Send + Sync>);

/// Follows a project until the caller's owner is gone. `as_of` says from where, each time the stream is opened; the
/// events go to `receive`, a gap as [`shared::live::LiveChange::Resync`].
pub(crate) fn follow(project: ProjectId, as_of: impl Fn() -> i64 + 'static, receive: impl Fn(Event) + 'static) {
    let overhearing = use_context::<Overhearing>();
    let receive = move |event: Event| {
        if let Some(Overhearing(hear)) = &overhearing {
            hear(&event);
        }
        receive(event);
    };
    // Effects run in the browser only.
    #[cfg(feature = "hydrate")]
    {
        let stream = stream::Stream::new(project, as_of, receive);
        Effect::new(move |_| {
            let left = send_wrapper::SendWrapper::new(stream.clone());
            on_cleanup(move || left.stop());
            part::start(stream.clone());
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (project, as_of, receive);
}
