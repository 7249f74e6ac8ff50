//! Whatever matches a filter, as a file: page by page, in constant memory, for as long as somebody reads on.

mod table;

use crate::actor::Signed;
use crate::body::Query;
use crate::problems::ApiResult;
use crate::rest::archives;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use http::Version;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use indexmap::IndexMap;
use serde_json::value::RawValue;
use shared::filter::parse_expression;
use shared::objects::ObjectKind;
use shared::reviews::{ASSIGNMENTS_KEY, LISTS_KEY};
use shared::{ObjectId, Problem, address};
use store::{Desk, RowSearch};
use table::Table;

/// Traces of a page, which also ends where it would be too large.
const PAGE: u32 = 200;

/// A row of the wire protocol.
type ExportedRow = IndexMap<String, Box<RawValue>>;

/// Sends every span of the traces whose row matches, newest first; with `rows=traces` their roots alone, with `answers=true` who judged each
/// how, too. What fails on the way ends the
/// connection, so that no part passes for the whole.
pub async fn export(Signed(desk): Signed, version: Version, query: Query) -> ApiResult<Response> {
    if version < Version::HTTP_11 {
        let reason = "Ask with HTTP/1.1: in HTTP/1.0 nobody sees whether a file is whole. A proxy may need proxy_http_version 1.1.";
        return Err(Problem::invalid("version", reason).into());
    }
    if query.text("format") == Some("archive") {
        return archives::export(&desk, &query).await;
    }
    let kind = query.required("object_type").map(ObjectKind::parse)?;
    let kind = kind.ok_or_else(|| Problem::invalid("object_type", "Use project_logs, experiment or dataset."))?;
    let object = ObjectId::from(query.required("object_id")?);
    let name = match kind {
        ObjectKind::ProjectLogs => {
            desk.require_object(kind, &object).await?;
            "logs".to_owned()
        }
        ObjectKind::Experiment | ObjectKind::Dataset => desk.object(kind, &object).await?.name,
    };
    let roots_only = match query.text("rows") {
        None | Some("spans") => false,
        Some("traces") => true,
        Some(_) => return Err(Problem::invalid("rows", "Use spans for every span, or traces for a line of each.").into()),
    };
    let judged = match query.text("answers") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(Problem::invalid("answers", "Use true to have what each reviewer answered, or false.").into()),
    };
    let (format, table) = match query.text("format") {
        None | Some("jsonl") => (("jsonl", "application/x-ndjson"), None),
        Some("csv") => {
            let answered = if judged { Some(desk.answered_by(&object).await?) } else { None };
            (("csv", "text/csv; charset=utf-8"), Some(Table::of(desk.score_kinds(&object).await?.into_keys(), answered)?))
        }
        Some(_) => return Err(Problem::invalid("format", "Use jsonl, csv or archive.").into()),
    };
    let filter = query.text("filter").map(parse_expression).transpose()?;
    let search = RowSearch { filter, limit: PAGE, whole_traces: true, patient: true, judged, ..RowSearch::of(object) };
    let mut export = Export { desk, search: Some(search), roots_only, table };
    let mut first = export.table.as_ref().map(Table::head).transpose()?.unwrap_or_default();
    // Whatever is wrong with the question is told before anything is sent.
    first.extend(export.page().await?.unwrap_or_default());
    let rest = stream::try_unfold((Some(first), export), |(ready, mut export)| async move {
        let page = match ready {
            Some(ready) => Some(ready),
            None => export.page().await?,
        };
        Ok::<_, store::Error>(page.map(|page| (Bytes::from(page), (None, export))))
    });
    let headers = [
        (CONTENT_TYPE, format.1.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{}.{}", address::encode(&name), format.0)),
    ];
    Ok((headers, Body::from_stream(rest)).into_response())
}

/// An export on the way.
struct Export {
    desk: Desk,
    /// What comes next; none at the end.
    search: Option<RowSearch>,
    roots_only: bool,
    /// The columns of a table; none for lines of JSON.
    table: Option<Table>,
}

impl Export {
    /// The next rows as they stand in the file; none at the end.
    async fn page(&mut self) -> store::Result<Option<Vec<u8>>> {
        let Some(search) = self.search.take() else { return Ok(None) };
        let found = self.desk.search_rows(search.clone()).await?;
        self.search = found.next.map(|after| RowSearch { after: Some(after), ..search });
        let mut rows = found.rows.iter().map(|row| plain(row)).collect::<store::Result<Vec<_>>>()?;
        rows.retain(|row| !self.roots_only || row.get("is_root").is_some_and(|is_root| is_root.get() == "true"));
        match &self.table {
            Some(table) => table.lines(rows.iter()).map(Some),
            None => rows.iter().map(line).collect::<store::Result<Vec<_>>>().map(|lines| Some(lines.concat())),
        }
    }
}

/// A row without what it shows of review lists, which is not of its own.
fn plain(row: &RawValue) -> store::Result<ExportedRow> {
    let mut row: ExportedRow = serde_json::from_str(row.get())?;
    let shows = |metadata: &RawValue| [LISTS_KEY, ASSIGNMENTS_KEY].iter().any(|key| metadata.get().contains(key));
    if let Some(metadata) = row.get_mut("metadata").filter(|metadata| shows(metadata))
        && let Ok(mut own) = serde_json::from_str::<ExportedRow>(metadata.get())
    {
        own.retain(|key, _| key != LISTS_KEY && key != ASSIGNMENTS_KEY);
        *metadata = serde_json::value::to_raw_value(&own)?;
    }
    Ok(row)
}

/// A row as a line of JSON.
fn line(row: &ExportedRow) -> store::Result<Vec<u8>> {
    let mut text = serde_json::to_vec(row)?;
    // Between the values of JSON, and nowhere else, a line break can stand as it is.
    for byte in &mut text {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    text.push(b'\n');
    Ok(text)
}
