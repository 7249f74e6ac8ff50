//! What the page of review lists and review mode ask of the server.

use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use shared::objects::RowAddress;
use shared::reviews::{OpenReviews, ReviewsView, TakeNext, TakenItem};
use shared::{Micros, ReviewListId};

/// The page of review lists.
#[server(name = OpenReviewsCall, prefix = "/fn", endpoint = "reviews/open", input = Json)]
pub async fn open_reviews(query: OpenReviews) -> Result<ReviewsView, AppError> {
    Ok(desk()?.open_reviews(query).await?)
}

/// Takes the next item of a list in hand; none if nothing is left for who asks.
#[server(name = TakeNextCall, prefix = "/fn", endpoint = "reviews/next", input = Json)]
pub async fn take_next(command: TakeNext) -> Result<Option<TakenItem>, AppError> {
    Ok(desk()?.take_next(command).await?)
}

/// Says that one still has a row in hand that stands in a list, and until when that holds now.
#[server(name = KeepRowCall, prefix = "/fn", endpoint = "reviews/keep", input = Json)]
pub async fn keep_row(row: RowAddress, list: ReviewListId) -> Result<Micros, AppError> {
    Ok(desk()?.keep_row(&row, &list).await?)
}
