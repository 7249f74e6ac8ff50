//! What is being written and not saved yet, kept by the browser under a name: a page that is closed in the middle of a word
//! loses nothing. On the server there are no drafts.

/// What is kept under a name; none if nothing is.
pub(crate) fn read(name: &str) -> Option<String> {
    #[cfg(feature = "hydrate")]
    {
        storage()?.get_item(name).ok()?
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = name;
        None
    }
}

/// Keeps a text under a name; none forgets it.
pub(crate) fn keep(name: &str, text: Option<&str>) {
    #[cfg(feature = "hydrate")]
    if let Some(storage) = storage() {
        // A browser that keeps nothing, or no more, loses the draft with the page: as without this.
        let _ = match text {
            Some(text) => storage.set_item(name, text),
            None => storage.remove_item(name),
        };
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (name, text);
}

#[cfg(feature = "hydrate")]
fn storage() -> Option<web_sys::Storage> {
    leptos::prelude::window().local_storage().ok().flatten()
}
