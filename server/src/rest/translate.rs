//! `/v1/translate`: what a filter in plain English would be. Nothing is applied, and nothing is guessed.

use super::answers::object_kind;
use crate::actor::Signed;
use crate::body::Query;
use crate::problems::{ApiError, ApiResult};
use axum::Json;
use serde::Serialize;
use shared::english::Understood;
use shared::{ObjectId, Problem};

/// A text that was understood to its last word.
#[derive(Serialize)]
pub struct Translated {
    /// The filter.
    filter: String,
    /// What the filter alone does not say: which Monday, whose address.
    notes: Vec<String>,
    #[serde(flatten)]
    understood: Understood,
}

/// Makes a filter of `text`, about the rows of an object or the logs of a project.
pub async fn read(Signed(desk): Signed, query: Query) -> ApiResult<Json<Translated>> {
    let object = match (query.text("object_id"), query.text("project_id")) {
        (Some(object), _) => {
            let object = ObjectId::from(object);
            desk.require_object(object_kind(query.text("object_type"))?, &object).await?;
            object
        }
        (None, Some(project)) => ObjectId::from(project),
        (None, None) => {
            return Err(Problem::invalid("project_id", "Say in which project, or name an object by object_type and object_id.").into());
        }
    };
    let understood = desk.understand(&object, query.required("text")?, offset(&query)?).await?;
    match understood.unknown.first() {
        Some(unknown) => Err(ApiError::not_understood(&unknown.reason, &understood)),
        None => Ok(Json(Translated { filter: understood.expression.clone(), notes: notes(&understood), understood })),
    }
}

fn notes(understood: &Understood) -> Vec<String> {
    understood.parts.iter().map(|part| &part.hint).filter(|hint| !hint.is_empty()).cloned().collect()
}

/// Where days begin, in minutes from UTC, west positive, as `/btql` takes it.
fn offset(query: &Query) -> Result<i32, Problem> {
    let Some(typed) = query.text("tz_offset") else { return Ok(0) };
    let minutes = typed.parse().ok().filter(|minutes| (-14 * 60..=12 * 60).contains(minutes));
    minutes.ok_or_else(|| Problem::invalid("tz_offset", "Give minutes from UTC, west positive: 480 for the Pacific coast of America."))
}
