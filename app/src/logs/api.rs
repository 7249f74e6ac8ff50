//! What the Logs page asks of the server.

use super::{LogsView, OpenLogs};
use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use crate::json::Json;
use leptos::prelude::*;
use shared::ObjectId;
use shared::english::{UnderstandFilter, Understood};
use shared::filter::KnownNames;
use shared::spans::{GroupTraces, ListTraces, SortTraces, SortedTraces, TraceGroups, TracePage};

/// Everything that the Logs page shows at first.
#[server(name = OpenLogsCall, prefix = "/fn", endpoint = "logs/open", input = Json, output = Json)]
pub async fn open_logs(query: OpenLogs) -> Result<LogsView, AppError> {
    server::open(desk()?, query).await
}

/// A further page of traces.
#[server(name = ListTracesCall, prefix = "/fn", endpoint = "spans/list", input = Json, output = Json)]
pub async fn list_traces(query: ListTraces) -> Result<TracePage, AppError> {
    Ok(desk()?.list_traces(query).await?)
}

/// A further page of traces in an order of one's own.
#[server(name = SortTracesCall, prefix = "/fn", endpoint = "spans/sort", input = Json, output = Json)]
pub async fn sort_traces(query: SortTraces) -> Result<SortedTraces, AppError> {
    Ok(desk()?.sort_traces(query).await?)
}

/// The rows of a list in groups.
#[server(name = GroupTracesCall, prefix = "/fn", endpoint = "spans/group", input = Json, output = Json)]
pub async fn group_traces(query: GroupTraces) -> Result<TraceGroups, AppError> {
    Ok(desk()?.group_traces(query).await?)
}

/// What a filter in plain English would be. Nothing is applied.
#[server(name = UnderstandFilterCall, prefix = "/fn", endpoint = "filters/understand", input = Json, output = Json)]
pub async fn understand_filter(query: UnderstandFilter) -> Result<Understood, AppError> {
    // Rows of the page are traces.
    Ok(desk()?.understand(&query.object, &query.text, query.offset_minutes).await?.of_traces())
}

/// Names that may stand in a filter about the rows of an object.
#[server(name = FilterNamesCall, prefix = "/fn", endpoint = "filters/names", input = Json, output = Json)]
pub async fn filter_names(object: ObjectId) -> Result<KnownNames, AppError> {
    Ok(desk()?.filter_names(&object).await?)
}

#[cfg(feature = "ssr")]
mod server {
    use super::super::columns::{Chosen, layout_of_kind};
    use super::super::filter;
    use super::{AppError, ListTraces, LogsView, OpenLogs, SortTraces, SortedTraces, TracePage};
    use crate::api::cookies;
    use crate::objects::api::about;
    use crate::views::ShownList;
    use serde::Serialize;
    use serde_json::value::{RawValue, to_raw_value};
    use shared::address::{self, RowsPage};
    use shared::html;
    use shared::layout::TraceLayout;
    use shared::markup::Html;
    use shared::objects::{ObjectKind, Place};
    use shared::permissions::Action;
    use shared::ranges::TimeRange;
    use shared::spans::{OpenTrace, ReadConversation, TraceRow, TraceView};
    use shared::summary::Summary;
    use shared::views::view_type;
    use shared::{ObjectId, Problem};
    use store::Desk;

    /// What chooses a time and columns, what begins selecting, for who may do something with rows, and what shows the jobs.
    fn tools(desk: &Desk, list: &ShownList, (kind, object): (ObjectKind, &ObjectId)) -> Html {
        let button =
            |word: &str, name: &str| html!(r#"<button class="btn ghost small" type="button" data-views="{}">{}</button>"#, word, name);
        let select = desk.actor().may(Action::Review).then(|| button("+select", "Select"));
        let range = TimeRange::parse(&list.state.range).ok().flatten().map_or_else(|| "All time".to_owned(), |range| range.words());
        let time = html!(
            r#"<button class="btn ghost small" type="button" data-views="+range" aria-haspopup="dialog" aria-label="Time range: {}">{}</button>"#,
            range,
            range
        );
        let filter = list.state.condition();
        let file = |format: &str, name: &str| {
            let href = address::export(kind, object, &filter, format);
            html!(r#"<a class="btn ghost small" href="{}" download rel="external" aria-label="Download as {}">{}</a>"#, href, name, name)
        };
        let files = desk.actor().may(Action::ActOnMany).then(|| html!("{}{}", file("csv", "CSV"), file("jsonl", "JSONL")));
        let look = html!("{}{}", button("+columns", "Columns"), button("+group", "Group"));
        html!(r#"<span class="grow"></span>{}{}{}{}{}"#, time, look, select, button("+jobs", "Jobs"), files)
    }

    pub(super) async fn open(desk: Desk, query: OpenLogs) -> Result<LogsView, AppError> {
        let (object, base, about) = match &query.rows {
            RowsPage::Logs => (ObjectId(query.project.0.clone()), None, None),
            RowsPage::Experiment(name) | RowsPage::Dataset(name) => {
                let object = desk.object_by_name(query.rows.kind(), &query.project, name).await?;
                let base = if object.kind == ObjectKind::Experiment { desk.base_experiment(&object).await? } else { None };
                let about = as_json(&about(&desk, &object, base.as_ref()).await?)?;
                (object.id, base.map(|base| base.name), Some(about))
            }
        };
        let layout = layout_of_kind(query.rows.kind());
        let mut list = ShownList::of(&desk, &query.project, view_type(&query.rows), &query.filter, &query.others).await?;
        // From here on a view is what it shows.
        let chosen = Chosen::of(&list.state.columns, layout);
        if let Some(note) = chosen.note {
            list.refuse_columns(note);
        }
        let condition = list.state.condition();
        let query = OpenLogs { filter: condition.clone(), others: list.address().others, ..query };
        let listed = match desk.summary_of_rows(&object, &condition).await {
            Ok((summary, as_of)) => {
                listed(&desk, &object, &query, &mut list, &chosen.computed).await.map(|listed| (summary, listed, as_of))
            }
            Err(error) => Err(error),
        };
        let (summary, (page, further), mistakes) = match listed {
            // The summary was read first, and its moment counts: events since then change it by what they say, while rows
            // that know them already are only replaced by themselves.
            Ok((summary, (page, further), as_of)) => (summary, (TracePage { as_of, ..page }, further), Vec::new()),
            Err(store::Error::Problem(Problem::Filter { mistakes })) => {
                (Summary::default(), (TracePage { rows: Vec::new(), next: None, partial: false, as_of: 0 }, None), mistakes)
            }
            Err(error) => return Err(error.into()),
        };
        let mistakes =
            if mistakes.is_empty() && page.rows.is_empty() { desk.unknown_names_in(&object, &condition).await? } else { mistakes };
        let scores = desk.score_kinds(&object).await?;
        let (questions, tags) = (desk.questions(&query.project).await?, desk.tags(&query.project).await?);
        let compared = if query.filter.trim().is_empty() { desk.compared_summaries(&object).await? } else { Vec::new() };
        // After the list, whose moment the stream starts from: a change in between is in the trace, or comes as an event.
        let trace = open_trace(&desk, &query, &object).await?;
        let trace_missing = trace.is_none() && (query.open.is_some() || query.row.is_some());
        let layout = query.layout.unwrap_or_else(|| TraceLayout::of_cookies(&cookies()));
        let conversation = match &trace {
            Some(trace) if layout == TraceLayout::Conversation => {
                let root_span_id = trace.content.trace.root_span_id.clone();
                let query = ReadConversation { object: object.clone(), root_span_id, first: 0 };
                Some(as_json(&desk.read_conversation(query).await?)?)
            }
            _ => None,
        };
        let opened = trace.as_ref().map(|trace| trace.content.trace.title(query.rows.kind()).to_owned());
        let trace = trace.map(|trace| as_json(&trace)).transpose()?;
        let tools = tools(&desk, &list, (query.rows.kind(), &object));
        Ok(LogsView {
            object,
            questions,
            tags,
            summary,
            scores,
            compared,
            base,
            about,
            page,
            views: html!("{}{}", list.html(), tools),
            conditions: filter::conditions(&list.state.filter, &query.others),
            mistakes: filter::mistakes(&list.state.filter, &mistakes),
            others: list.address().others,
            condition,
            columns: chosen.columns,
            computed: chosen.computed,
            filter: list.state.filter,
            sort: list.state.sort,
            further,
            trace,
            opened,
            layout,
            conversation,
            trace_missing,
        })
    }

    /// The first rows, and where they go on in an order of one's own. An order that cannot be had is not kept.
    async fn listed(
        desk: &Desk,
        object: &ObjectId,
        query: &OpenLogs,
        list: &mut ShownList,
        columns: &[String],
    ) -> Result<(TracePage, Option<String>), store::Error> {
        if let Some(sort) = list.sort() {
            let sorted = SortTraces {
                object: object.clone(),
                filter: query.filter.clone(),
                sort,
                after: None,
                limit: query.limit,
                columns: columns.to_vec(),
            };
            match desk.sort_traces(sorted).await {
                Ok(SortedTraces { rows, next, partial, as_of }) => {
                    let end = rows.last().map_or(Place { created: 0, key: 0 }, TraceRow::place);
                    let page = TracePage { rows, next: next.as_ref().map(|_| end), partial, as_of };
                    return Ok((page, next));
                }
                Err(store::Error::Problem(refused @ Problem::Forbidden { .. })) => list.refuse_order(&refused),
                Err(error) => return Err(error),
            }
        }
        let query = ListTraces {
            object: object.clone(),
            filter: query.filter.clone(),
            before: query.before,
            limit: query.limit,
            columns: columns.to_vec(),
        };
        Ok((desk.list_traces(query).await?, None))
    }

    fn as_json(value: &impl Serialize) -> Result<Box<RawValue>, AppError> {
        Ok(to_raw_value(value).map_err(|error| Problem::Internal { request_id: error.to_string() })?)
    }

    /// The trace that is asked for; none if none is, or if it is not there.
    async fn open_trace(desk: &Desk, query: &OpenLogs, object: &ObjectId) -> Result<Option<TraceView>, AppError> {
        let wanted = match (&query.open, &query.row) {
            (Some(open), _) => OpenTrace { object: object.clone(), ..open.clone() },
            (None, Some(row)) => match desk.locate_row(object, row).await {
                Ok((_, root_span_id, span_id)) => {
                    OpenTrace { object: object.clone(), root_span_id, span_id: Some(span_id.clone()), form: Some(span_id) }
                }
                Err(store::Error::Problem(Problem::NotFound { .. })) => return Ok(None),
                Err(error) => return Err(error.into()),
            },
            (None, None) => return Ok(None),
        };
        match desk.open_trace(wanted).await {
            Ok(view) => Ok(Some(view)),
            Err(store::Error::Problem(Problem::NotFound { .. })) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
