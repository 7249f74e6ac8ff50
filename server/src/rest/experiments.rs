//! `/v1/experiment/{id}/summarize`: an experiment alone, or against another.

use crate::actor::Signed;
use crate::application::Application;
use crate::body::{Path, Query};
use crate::problems::ApiResult;
use axum::Json;
use axum::extract::State;
use http::HeaderMap;
use serde_json::{Map, Value, json};
use shared::ObjectId;
use shared::address;
use shared::experiments::{Compared, Comparison};
use shared::objects::ObjectKind;
use store::Desk;

/// Sums up an experiment. Scores come with `summarize_scores`; the base is `comparison_experiment_id`, else what the
/// experiment was registered with, else the newest other one.
pub async fn summarize(
    State(application): State<Application>,
    Signed(desk): Signed,
    Path(id): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> ApiResult<Json<Value>> {
    let experiment = desk.object(ObjectKind::Experiment, &ObjectId(id)).await?;
    let project = desk.project(&experiment.project).await?;
    let wanted = query.text("summarize_scores").is_some_and(|wanted| wanted == "true");
    let base = match query.text("comparison_experiment_id") {
        Some(base) => Some(desk.object(ObjectKind::Experiment, &ObjectId::from(base)).await?),
        None if wanted => desk.base_experiment(&experiment).await?,
        None => None,
    };
    let page = application.origin(&headers) + &address::project_page(desk.organization(), &project.name, "");
    let mut answer = json!({
        "project_name": project.name, "experiment_name": experiment.name, "project_url": page.trim_end_matches('/'),
        "experiment_url": format!("{page}experiments/{}", address::encode(&experiment.name)),
        "comparison_experiment_name": base.as_ref().map(|base| &base.name),
    });
    if wanted {
        let (scores, metrics) = comparison(&desk, &experiment.id, base.map(|base| base.id).as_ref()).await?;
        answer["scores"] = scores;
        answer["metrics"] = metrics;
    }
    Ok(Json(answer))
}

/// Scores and metrics with exactly the keys that SDKs take: one more, and the Python SDK refuses the answer.
///
/// # Errors
/// As [`Desk::compare_experiments`].
pub async fn comparison(desk: &Desk, experiment: &ObjectId, base: Option<&ObjectId>) -> ApiResult<(Value, Value)> {
    let Comparison { scores, metrics } = desk.compare_experiments(experiment, base).await?;
    let scores: Map<_, _> = scores.into_iter().map(|(name, score)| (name.clone(), entry(&name, score, "score", None))).collect();
    let metrics = metrics.into_iter().map(|(name, metric)| {
        let unit = match name.as_str() {
            "duration" => "s",
            "estimated_cost" => "$",
            _ => "tok",
        };
        (name.clone(), entry(&name, metric, "metric", Some(unit)))
    });
    Ok((Value::Object(scores), Value::Object(metrics.collect())))
}

fn entry(name: &str, compared: Compared, value: &str, unit: Option<&str>) -> Value {
    let mut entry = json!({
        "name": name, value: compared.mean, "improvements": compared.improvements(), "regressions": compared.regressions(),
    });
    if let Some(unit) = unit {
        entry["unit"] = json!(unit);
    }
    if let Some(difference) = compared.difference {
        entry["diff"] = json!(difference);
    }
    entry
}
