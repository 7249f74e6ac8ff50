//! `/v1/review_list/{id}/pair` and `/v1/review_item/{id}/pair`: two experiments compared by people, pair by pair.

use crate::actor::Signed;
use crate::body::Path;
use crate::problems::ApiResult;
use axum::Json;
use serde_json::{Value, json};
use shared::filter::format_instant;
use shared::reviews::{PairSide, ShareEstimate};
use shared::{ReviewItemId, ReviewListId};

/// Puts into a list that was made with `pairwise` the pairs that its experiments have in common and it does not have yet. It answers `added`
/// and `already`, how many inputs only one experiment has, and how many were not drawn because the list is full.
pub async fn fill(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    let paired = desk.pair_list(&ReviewListId(id)).await?;
    Ok(Json(json!({
        "list": paired.list.id, "added": paired.added, "already": paired.already, "only_in_one": paired.alone, "not_drawn": paired.not_drawn,
    })))
}

/// How often each of the experiments was preferred: of the second against the first, and how often the left side was. `totals` is null for
/// whom reviews are blind.
pub async fn totals(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    let found = desk.pair_totals(&ReviewListId(id)).await?;
    let totals = found.totals.map(|totals| {
        let mean = totals.mean.map(|ShareEstimate { mean, low, high }| json!({ "mean": mean, "low": low, "high": high }));
        json!({
            "experiments": found.experiments, "wins": totals.wins, "losses": totals.losses, "ties": totals.ties, "pairs": totals.pairs,
            "share": mean, "left": totals.left, "decided": totals.decided(), "left_p_value": totals.side_chance,
        })
    });
    Ok(Json(json!({ "totals": totals })))
}

/// Takes a pair in hand and shows both sides, drawn for the caller: which is which is not told.
pub async fn open(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    let pair = desk.open_pair(&ReviewItemId(id)).await?;
    Ok(Json(json!({
        "id": pair.taken.item.id, "list": pair.taken.item.list, "input": pair.input, "a": side(&pair.a), "b": side(&pair.b),
        "expires": format_instant(pair.taken.until),
    })))
}

fn side(side: &PairSide) -> Value {
    json!({ "output": side.output, "is_error": side.is_error, "cut": side.cut, "deleted": side.is_gone })
}
