//! Touchstone in the browser.

use std::time::Duration;
use wasm_bindgen::prelude::wasm_bindgen;

/// Brings the page the server sent to life. The page's own script calls it once the module is loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    wasm_bindgen_futures::spawn_local(async {
        app::parts::load_needed().await;
        // What was loaded was set up in this task. The first drawing gets one of its own, so that both stay short.
        leptos::prelude::set_timeout(app::hydrate, Duration::ZERO);
    });
}
