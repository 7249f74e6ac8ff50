//! A short tour for whoever opens a project that offers one for the first time: six things on the page, the last of which is an answer of
//! one's own. It lies in a part of the bundle of its own.

mod guide;
mod part;
mod shade;

pub(crate) use part::draw_tour;

use crate::cookies;
use crate::raw_query::current_address;
use leptos::prelude::*;
use shared::cookies::cookie;
use shared::projects::Project;

/// The cookie in which a browser keeps that its tour was taken or declined.
const COOKIE: &str = "touchstone_tour";

/// Whether the tour is shown. It begins by itself where the project offers it and the list of traces is what one sees first.
pub(crate) fn offered(project: Option<&Project>) -> RwSignal<bool> {
    let is_shown = RwSignal::new(false);
    let offers = project.is_some_and(|project| project.settings.tour);
    let address = offers.then(current_address);
    // Effects run in the browser only, where its cookies are known.
    Effect::new(move |_| {
        let is_list = address.as_ref().is_some_and(|address| address.ends_with("/logs"));
        if is_list && cookie(&cookies::kept(), COOKIE).is_none() {
            is_shown.set(true);
        }
    });
    is_shown
}

/// Remembers that the tour was taken or declined.
fn remember() {
    cookies::keep(COOKIE, "done");
}
