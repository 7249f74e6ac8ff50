//! Archives: a project with everything in it, sent page by page and taken in line by line, in constant memory both ways.

use crate::actor::Signed;
use crate::application::Application;
use crate::bodies::is_too_slow;
use crate::body::Query;
use crate::problems::{ApiError, ApiResult};
use axum::Json;
use axum::body::{Body, BodyDataStream};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http_body_util::LengthLimitError;
use serde_json::{Value, json};
use shared::objects::ObjectKind;
use shared::{ObjectId, Problem, ProjectId, address};
use std::error::Error as _;
use std::time::Duration;
use store::{Desk, Imported};
use tokio::time::timeout;

/// For how long the rest of a body is read that is in vain, so that whoever sends it sees the answer.
const DRAINED_FOR: Duration = Duration::from_secs(5);

/// Sends an archive of a project (`object_type=project`), or of the logs, the experiment or the dataset with its id.
pub async fn export(desk: &Desk, query: &Query) -> ApiResult<Response> {
    if let Some(other) = ["filter", "rows", "answers"].into_iter().find(|key| query.text(key).is_some()) {
        return Err(Problem::invalid(other, "An archive holds everything. Leave this out, or use format=jsonl.").into());
    }
    let id = query.required("object_id")?;
    let (project, object) = match query.required("object_type")? {
        "project" => (ProjectId::from(id), None),
        kind => {
            let kind = ObjectKind::parse(kind);
            let kind = kind.ok_or_else(|| Problem::invalid("object_type", "Use project, project_logs, experiment or dataset."))?;
            let object = ObjectId::from(id);
            (desk.project_of_object(kind, &object).await?, Some(object))
        }
    };
    let name = desk.project(&project).await?.name;
    let mut archive = desk.export_archive(&project, object.as_ref()).await?;
    let first = archive.page().await?.unwrap_or_default();
    let rest = stream::try_unfold((Some(first), archive), |(ready, mut archive)| async move {
        let page = match ready {
            Some(ready) => Some(ready),
            None => archive.page().await?,
        };
        Ok::<_, store::Error>(page.map(|page| (Bytes::from(page), (None, archive))))
    });
    let headers = [
        (CONTENT_TYPE, "application/x-ndjson".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{}.archive.jsonl", address::encode(&name))),
    ];
    Ok((headers, Body::from_stream(rest)).into_response())
}

/// Takes in an archive: its body. `name` is what the project is to be called, where not as it was.
pub async fn import(
    State(application): State<Application>,
    Signed(desk): Signed,
    query: Query,
    request: Request,
) -> ApiResult<Json<Value>> {
    let mut pieces = request.into_body().into_data_stream();
    let taken = take(&application, &desk, query.text("name"), &mut pieces).await;
    if taken.is_err() {
        let in_vain = async { while let Some(Ok(_)) = pieces.next().await {} };
        // However it ends, the answer is the same.
        let _ = timeout(DRAINED_FOR, in_vain).await;
    }
    taken.map(|imported| Json(shape(&imported)))
}

async fn take(application: &Application, desk: &Desk, name: Option<&str>, pieces: &mut BodyDataStream) -> ApiResult<Imported> {
    let mut import = desk.import_archive(name)?;
    while let Some(piece) = pieces.try_next().await.map_err(|error| unread(&error, application))? {
        import.take(&piece).await?;
    }
    Ok(import.finish().await?)
}

/// Why a body was not read to its end.
fn unread(error: &axum::Error, application: &Application) -> ApiError {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return ApiError::too_large(application.body_limit());
        }
        cause = error.source();
    }
    if is_too_slow(error) {
        return ApiError::too_slow();
    }
    Problem::invalid("body", "The request ended before its body did. Send it again.").into()
}

/// What became of an archive.
pub fn shape(imported: &Imported) -> Value {
    json!({
        "project_id": imported.project, "project_name": imported.name, "rows": imported.rows, "written": imported.written,
        "already": imported.already, "ids": imported.ids,
    })
}
