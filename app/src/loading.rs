//! What a page is drawn from: the server's answer, there when the page comes, and asked for again when its source changes.
//!
//! While the server waits for an answer it goes through the views that it has, again and again and on several threads, to see what else they
//! wait for. A page made on such a walk is made again on the next: it loads everything twice, can send the HTML of one reading with the
//! data of another, and may be gone when it is drawn. So this is the only place that waits: what it draws is made when it is written.

use crate::api::{AppError, ErrorPage};
use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use leptos::suspense::Unsuspend;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::pin::Pin;

/// What the server sends with a page, read as the answers of server functions are: one reader for each type is enough
/// for the bundle.
pub struct PageJson;

impl<T: Serialize> Encoder<T> for PageJson {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for PageJson {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Self::Error> {
        crate::json::read(text.as_bytes())
    }
}

/// The server's answer to `load`, asked for again when `source` changes.
pub fn resource<S, T, Answer>(
    source: impl Fn() -> S + Send + Sync + 'static,
    load: impl Fn(S) -> Answer + Send + Sync + 'static,
) -> Resource<T, PageJson>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    Answer: Future<Output = T> + Send + 'static,
{
    Resource::new_with_options(source, load, false)
}

/// Draws what a part of the bundle draws, as soon as that part is there. One function for all of them: each way to wait costs every page.
pub fn once_there(part: impl Future<Output = AnyView> + Send + 'static) -> AnyView {
    let part: Pin<Box<dyn Future<Output = AnyView> + Send>> = Box::pin(part);
    view! { <Suspense>{Suspend::new(part).into_any()}</Suspense> }.into_any()
}

/// Draws an answer once it is there, or why there is none. To be put inside a `Suspense` or a `Transition`.
pub fn loaded<T>(answer: Resource<Result<T, AppError>, PageJson>, draw: impl Fn(T) -> AnyView + Clone + Send + 'static) -> AnyView
where
    T: Clone + Send + Sync + 'static,
{
    answered(answer, move |answer| match answer {
        Ok(value) => draw(value),
        Err(error) => view! { <ErrorPage error/> }.into_any(),
    })
}

/// The same where what is drawn instead is the caller's.
///
/// While the server waits for one answer it goes through the views that it has, again and again and on several threads, to find
/// what else they wait for. A view made on such a walk would be made again on the next one, would load everything inside it
/// each time, and might be drawn from one reading while the browser gets another. So what is drawn here is made when it is
/// written, and that is once.
pub fn answered<T>(
    answer: Resource<Result<T, AppError>, PageJson>,
    draw: impl Fn(Result<T, AppError>) -> AnyView + Clone + Send + 'static,
) -> AnyView
where
    T: Clone + Send + Sync + 'static,
{
    let page = move || {
        let draw = draw.clone();
        Suspend::new(async move {
            let answer = answer.await;
            Unsuspend::new(move || untrack(|| draw(answer)))
        })
    };
    // As one type for all pages: what waits for it is compiled once.
    page.into_any()
}
