//! Choices that a browser keeps in cookies, so that the server draws the next page as it was chosen.

/// Keeps a choice for a year. `value` has no characters that end a cookie.
pub(crate) fn keep(name: &str, value: &str) {
    // A browser that keeps no cookies forgets it with the page.
    #[cfg(feature = "hydrate")]
    let _ = {
        let cookie = [name, "=", value, "; Path=/; Max-Age=31536000; SameSite=Lax"].concat();
        js_sys::Reflect::set(&leptos::prelude::document(), &"cookie".into(), &cookie.into())
    };
    #[cfg(not(feature = "hydrate"))]
    let _ = (name, value);
}

/// What the browser keeps, as it sends it; nothing on the server.
pub(crate) fn kept() -> String {
    #[cfg(feature = "hydrate")]
    {
        let kept = js_sys::Reflect::get(&leptos::prelude::document(), &"cookie".into());
        kept.ok().and_then(|kept| kept.as_string()).unwrap_or_default()
    }
    #[cfg(not(feature = "hydrate"))]
    String::new()
}
