//! What the Logs page asks of the server.

use super::{LogsView, OpenLogs};
use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use shared::spans::{ListTraces, TracePage};

/// Everything that the Logs page shows at first.
#[server(name = OpenLogsCall, prefix = "/fn", endpoint = "logs/open", input = Json)]
pub async fn open_logs(query: OpenLogs) -> Result<LogsView, AppError> {
    server::open(desk()?, query).await
}

/// A further page of traces.
#[server(name = ListTracesCall, prefix = "/fn", endpoint = "spans/list", input = Json)]
pub async fn list_traces(query: ListTraces) -> Result<TracePage, AppError> {
    Ok(desk()?.list_traces(query).await?)
}

#[cfg(feature = "ssr")]
mod server {
    use super::{AppError, ListTraces, LogsView, OpenLogs, TracePage};
    use crate::logs::logs_of;
    use shared::Problem;
    use shared::spans::{OpenTrace, TraceView};
    use shared::summary::Summary;
    use store::Desk;

    pub(super) async fn open(desk: Desk, query: OpenLogs) -> Result<LogsView, AppError> {
        let object = logs_of(&query.project);
        let (trace, trace_missing) = open_trace(&desk, &query).await?;
        let (questions, tags) = (desk.questions(&query.project).await?, desk.tags(&query.project).await?);
        let list = ListTraces { object: object.clone(), filter: query.filter.clone(), before: query.before, limit: query.limit };
        let listed = match desk.summary(&object, &query.filter).await {
            Ok((summary, as_of)) => desk.list_traces(list).await.map(|page| (summary, page, as_of)),
            Err(error) => Err(error),
        };
        let (summary, page, mistakes) = match listed {
            // The summary was read first, and its moment counts: events since then change it by what they say, while rows
            // that know them already are only replaced by themselves.
            Ok((summary, page, as_of)) => (summary, TracePage { as_of, ..page }, Vec::new()),
            Err(store::Error::Problem(Problem::Filter { mistakes })) => {
                (Summary::default(), TracePage { rows: Vec::new(), next: None, as_of: 0 }, mistakes)
            }
            Err(error) => return Err(error.into()),
        };
        Ok(LogsView { questions, tags, summary, page, trace, trace_missing, mistakes })
    }

    async fn open_trace(desk: &Desk, query: &OpenLogs) -> Result<(Option<TraceView>, bool), AppError> {
        let object = logs_of(&query.project);
        let wanted = match (&query.open, &query.row) {
            (Some(open), _) => Some(open.clone()),
            (None, Some(row)) => match desk.locate_row(&object, row).await {
                Ok((_, root_span_id, span_id)) => Some(OpenTrace { object, root_span_id, span_id: Some(span_id) }),
                Err(store::Error::Problem(Problem::NotFound { .. })) => return Ok((None, true)),
                Err(error) => return Err(error.into()),
            },
            (None, None) => None,
        };
        match wanted {
            None => Ok((None, false)),
            Some(open) => match desk.open_trace(open).await {
                Ok(view) => Ok((Some(view), false)),
                Err(store::Error::Problem(Problem::NotFound { .. })) => Ok((None, true)),
                Err(error) => Err(error.into()),
            },
        }
    }
}
