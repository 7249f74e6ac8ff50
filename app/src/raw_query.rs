//! The address as it stands in the address bar. The router decodes the values of its own query map twice, so that `%25`
//! breaks and the server and the browser disagree; pages therefore read the raw query through [`shared::address`].

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_location;

/// The raw query without its `?`, following the navigation.
pub fn raw_query() -> Signal<String> {
    use_location().search.into()
}

/// The decoded segments of the path, following the navigation.
pub fn path_segments() -> Signal<Vec<String>> {
    let pathname = use_location().pathname;
    Signal::derive(move || pathname.with(|path| segments(path)))
}

/// The path with its query, as it is now.
pub fn current_address() -> String {
    let location = use_location();
    let search = location.search.get_untracked();
    let path = location.pathname.get_untracked();
    if search.is_empty() { path } else { format!("{path}?{search}") }
}

/// The origin of this installation as the browser knows it, for snippets and links that people carry elsewhere. In the
/// first drawing the browser must say what the server said: wrap the call in a `SharedValue`.
#[cfg(feature = "ssr")]
pub fn origin() -> String {
    let parts = use_context::<http::request::Parts>();
    let header = |name: &str| parts.as_ref().and_then(|parts| parts.headers.get(name)).and_then(|value| value.to_str().ok());
    let host = header("host").unwrap_or("localhost");
    let scheme = header("x-forwarded-proto").unwrap_or("http");
    format!("{scheme}://{host}")
}

/// The origin of this installation as the browser knows it.
#[cfg(not(feature = "ssr"))]
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// The `rel` of a link to `address`. The router decodes a path before it goes there, after which an encoded `%` cannot be
/// told from one that encodes; such links are left to the browser.
pub fn relation(address: &str) -> Option<&'static str> {
    address.contains("%25").then_some("external")
}

/// How one goes from trace to trace. The page itself does not scroll, and scrolling it to its top would make the browser
/// lay it out half finished.
pub(crate) fn in_place() -> NavigateOptions {
    NavigateOptions { scroll: false, ..NavigateOptions::default() }
}

/// The decoded segments of a path.
pub(crate) fn segments(path: &str) -> Vec<String> {
    // In a path a plus sign is itself, unlike in a query.
    path.trim_matches('/').split('/').map(|segment| shared::address::decode(&segment.replace('+', "%2B"))).collect()
}

#[cfg(test)]
mod tests {
    use super::segments;

    #[test]
    fn segments_are_decoded_once() {
        assert_eq!(segments("/app/fernway/p/a%2Fb%2525+c/logs"), ["app", "fernway", "p", "a/b%25+c", "logs"]);
    }
}
