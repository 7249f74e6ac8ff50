//! As what this browser shows fields, kept in a cookie, so that the server draws at once what was chosen.

use shared::objects::FieldName;
use shared::spans::{Rendering, ShownAs};

/// Shows such fields as this from now on, for a year.
pub(super) fn choose(field: FieldName, fitting: Rendering, chosen: Rendering) {
    let mut shown = ShownAs::of_cookies(&cookies().unwrap_or_default());
    shown.choose(field, fitting, chosen);
    set_cookie(&format!("{}={}; Path=/; Max-Age=31536000; SameSite=Lax", ShownAs::COOKIE, shown.to_text()));
}

#[cfg(feature = "hydrate")]
fn cookies() -> Option<String> {
    js_sys::Reflect::get(&leptos::prelude::document(), &"cookie".into()).ok()?.as_string()
}

#[cfg(not(feature = "hydrate"))]
fn cookies() -> Option<String> {
    None
}

fn set_cookie(cookie: &str) {
    // A browser that keeps no cookies forgets it with the page.
    #[cfg(feature = "hydrate")]
    let _ = js_sys::Reflect::set(&leptos::prelude::document(), &"cookie".into(), &cookie.into());
    #[cfg(not(feature = "hydrate"))]
    let _ = cookie;
}
