//! The file itself, which only a browser has, and how it is sent.

#[cfg(feature = "hydrate")]
pub(super) use browser::*;
#[cfg(not(feature = "hydrate"))]
pub(super) use elsewhere::*;

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::*;
    use leptos::wasm_bindgen::JsCast;
    use leptos::web_sys::{DragEvent, Event, File, HtmlInputElement, RequestInit, Response};
    use send_wrapper::SendWrapper;
    use shared::uploads::Uploaded;
    use wasm_bindgen_futures::JsFuture;

    /// What is said when no answer came back.
    const UNREACHABLE: &str = "The server cannot be reached, or the file is not there any more. Check both, then try again.";

    /// A file of the browser.
    #[derive(Clone)]
    pub(in crate::uploads) struct LocalFile(SendWrapper<File>);

    impl LocalFile {
        /// Its name.
        pub(in crate::uploads) fn name(&self) -> String {
            self.0.name()
        }
    }

    /// Whether a file is dragged.
    pub(in crate::uploads) fn holds_file(event: &DragEvent) -> bool {
        event.data_transfer().is_some_and(|data| data.types().iter().any(|kind| kind == "Files"))
    }

    /// The file that was dropped.
    pub(in crate::uploads) fn dropped(event: &DragEvent) -> Option<LocalFile> {
        Some(LocalFile(SendWrapper::new(event.data_transfer()?.files()?.get(0)?)))
    }

    /// The file that was chosen in a field.
    pub(in crate::uploads) fn chosen(event: &Event) -> Option<LocalFile> {
        Some(LocalFile(SendWrapper::new(event_target::<HtmlInputElement>(event).files()?.get(0)?)))
    }

    /// What an answer says that is no success.
    #[derive(serde::Deserialize)]
    struct Refusal {
        error: String,
        reason: Option<String>,
    }

    /// Sends a file to an address.
    pub(in crate::uploads) async fn send(file: LocalFile, address: String) -> Result<Uploaded, String> {
        let unreachable = |_| UNREACHABLE.to_owned();
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_body(&file.0);
        let answer = JsFuture::from(window().fetch_with_str_and_init(&address, &init)).await.map_err(unreachable)?;
        let answer: Response = answer.dyn_into().map_err(unreachable)?;
        let text = JsFuture::from(answer.text().map_err(unreachable)?).await.map_err(unreachable)?.as_string().unwrap_or_default();
        let foreign =
            |_| "Something between this browser and Touchstone answered in its place. The file may be too large for it.".to_owned();
        if answer.ok() {
            return crate::json::read(text.as_bytes()).map_err(foreign);
        }
        let refusal: Refusal = crate::json::read(text.as_bytes()).map_err(foreign)?;
        Err(refusal.reason.unwrap_or(refusal.error))
    }
}

#[cfg(not(feature = "hydrate"))]
mod elsewhere {
    use leptos::web_sys::{DragEvent, Event};
    use shared::uploads::Uploaded;

    /// A file; there is none outside of a browser.
    #[derive(Clone)]
    pub(in crate::uploads) enum LocalFile {}

    impl LocalFile {
        pub(in crate::uploads) fn name(&self) -> String {
            match *self {}
        }
    }

    pub(in crate::uploads) fn holds_file(_: &DragEvent) -> bool {
        false
    }

    pub(in crate::uploads) fn dropped(_: &DragEvent) -> Option<LocalFile> {
        None
    }

    pub(in crate::uploads) fn chosen(_: &Event) -> Option<LocalFile> {
        None
    }

    pub(in crate::uploads) async fn send(file: LocalFile, _: String) -> Result<Uploaded, String> {
        match file {}
    }
}
