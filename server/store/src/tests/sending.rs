//! Short words for what every test of spans does: send rows, read them back, ask and answer.

use super::TestStore;
use crate::AnswerSet;
use crate::ground::database::{all, values};
use crate::ground::keys::TraceKey;
use crate::{Desk, Ingested, RowSearch};
use sea_orm::FromQueryResult;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::answers::{AnswerValue, SetAnswer};
use shared::filter::parse_expression;
use shared::live::Traces;
use shared::objects::{ObjectKind, RowAddress};
use shared::projects::{CreateProject, Project};
use shared::questions::{Definition, Question, QuestionKind, QuestionOption, SaveQuestion};
use shared::said::SpanSaid;
use shared::spans::{FieldView, ListTraces, OpenTrace, SpanHead, TraceRow, TraceView};
use shared::summary::{Nano, Summary};
use shared::{ObjectId, RowId};
use std::collections::BTreeSet;

/// A row as the text in which it is sent.
pub(crate) fn raw(text: impl Into<String>) -> Box<RawValue> {
    RawValue::from_string(text.into()).unwrap()
}

/// Rows as the texts in which they are sent.
pub(crate) fn raws(rows: &[Value]) -> Vec<Box<RawValue>> {
    rows.iter().map(|row| raw(row.to_string())).collect()
}

/// The address of a row in the logs of a project.
pub(crate) fn address(project: &Project, row: &str) -> RowAddress {
    RowAddress { object_type: ObjectKind::ProjectLogs, object_id: project.logs(), id: row.into() }
}

/// The slider in every test.
pub(crate) fn slider() -> Definition {
    Definition::default()
}

/// A choice between options.
pub(crate) fn choice(options: &[(&str, f64)]) -> Definition {
    let options = options.iter().map(|(name, value)| QuestionOption { name: (*name).to_owned(), value: *value }).collect();
    Definition { kind: QuestionKind::Categorical { options }, ..slider() }
}

/// A span as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ShownSpan {
    pub(crate) head: SpanHead,
    pub(crate) fields: Vec<FieldView>,
    pub(crate) said: SpanSaid,
}

impl TestStore {
    /// A project of that name.
    pub(crate) async fn project(&self, name: &str) -> Project {
        self.engineer.create_project(CreateProject { name: name.to_owned() }).await.unwrap().0
    }

    /// A question of that name.
    pub(crate) async fn question(&self, project: &Project, name: &str, definition: Definition) -> Question {
        let command = SaveQuestion { project: project.id.clone(), question: None, after: None, name: name.to_owned(), definition };
        self.engineer.save_question(command).await.unwrap()
    }

    /// Sends rows to the logs of a project; none may be rejected.
    pub(crate) async fn send(&self, project: &Project, rows: &[Value]) -> Ingested {
        let ingested = self.engineer.ingest(raws(rows), Some(project.logs())).await.unwrap();
        assert_eq!(ingested.rejected, []);
        ingested
    }

    /// The first page of traces that match.
    pub(crate) async fn list(&self, project: &Project, filter: &str) -> Vec<TraceRow> {
        let query = ListTraces { object: project.logs(), filter: filter.to_owned(), before: None, limit: 1000, columns: Vec::new() };
        self.viewer.list_traces(query).await.unwrap().rows
    }

    /// What a page holds that is loaded now.
    pub(crate) async fn load(&self, project: &Project) -> Traces {
        load(&self.viewer, &project.logs()).await
    }

    /// A trace with its root opened.
    pub(crate) async fn open(&self, project: &Project, root: &str) -> TraceView {
        let query = OpenTrace { object: project.logs(), root_span_id: root.to_owned(), span_id: None, form: None };
        self.viewer.open_trace(query).await.unwrap()
    }

    /// A span opened, wherever it is.
    pub(crate) async fn span(&self, project: &Project, row: &str) -> ShownSpan {
        let (_, root_span_id, span_id) = self.viewer.locate_row(&project.logs(), &RowId::from(row)).await.unwrap();
        let query = OpenTrace { object: project.logs(), root_span_id, span_id: Some(span_id), form: None };
        let TraceView { content, said, .. } = self.viewer.open_trace(query).await.unwrap();
        ShownSpan { head: content.span, fields: content.fields, said }
    }

    /// The rows that match, in the form of the wire protocol, newest first.
    pub(crate) async fn rows(&self, project: &Project, filter: &str) -> Vec<Value> {
        let filter = (!filter.is_empty()).then(|| parse_expression(filter).unwrap_or_else(|mistakes| panic!("{filter}: {mistakes:?}")));
        let search = RowSearch { filter, limit: 100_000, ..RowSearch::of(project.logs()) };
        self.viewer.search_rows(search).await.unwrap().values()
    }

    /// One row in the form of the wire protocol.
    pub(crate) async fn row(&self, project: &Project, id: &str) -> Value {
        let rows = self.rows(project, "").await;
        rows.into_iter().find(|row| row["id"] == json!(id)).unwrap_or_else(|| panic!("there is no row {id}"))
    }

    /// The stored text of a row's content.
    pub(crate) async fn stored_text(&self, project: &Project, id: &str) -> String {
        #[derive(FromQueryResult)]
        struct Row {
            body: String,
        }
        let text = "SELECT p.body FROM spans s JOIN span_payloads p ON p.span = s.key WHERE s.project = (SELECT short FROM projects WHERE id = ?) AND s.row_id = ?";
        let rows = all::<Row>(self.store.readers(), text, values![project.id.as_str(), id]).await.unwrap();
        rows.into_iter().next().unwrap().body
    }

    /// The summary without a filter.
    pub(crate) async fn summary(&self, project: &Project) -> Summary {
        self.viewer.summary(&project.logs(), "").await.unwrap().0
    }

    /// The summary counted afresh from what is stored about each span.
    pub(crate) async fn recount(&self, project: &Project) -> Summary {
        #[derive(FromQueryResult)]
        struct Score {
            name: String,
            value: Option<i64>,
        }
        #[derive(FromQueryResult)]
        struct Span {
            trace: TraceKey,
        }
        let id = || values![project.id.as_str()];
        let mut summary = Summary::default();
        let scores = all::<Score>(
            self.store.readers(),
            "SELECT name, value FROM span_scores WHERE project = (SELECT short FROM projects WHERE id = ?)",
            id(),
        )
        .await
        .unwrap();
        for score in scores {
            if let Some(value) = score.value {
                summary.scores.entry(score.name).or_default().add(Nano(value), 1);
            }
        }
        let spans = all::<Span>(
            self.store.readers(),
            "SELECT trace FROM spans WHERE project = (SELECT short FROM projects WHERE id = ?) AND arrived",
            id(),
        )
        .await
        .unwrap();
        summary.spans = i64::try_from(spans.len()).unwrap();
        let traces: BTreeSet<TraceKey> = spans.into_iter().map(|span| span.trace).collect();
        summary.traces = i64::try_from(traces.len()).unwrap();
        summary
    }
}

/// What a page holds that is loaded now.
pub(crate) async fn load(desk: &Desk, object: &ObjectId) -> Traces {
    let query = ListTraces { object: object.clone(), filter: String::new(), before: None, limit: 1000, columns: Vec::new() };
    let page = desk.list_traces(query).await.unwrap();
    let (summary, as_of) = desk.summary(object, "").await.unwrap();
    assert_eq!(page.as_of, as_of, "something was written between the two reads");
    Traces { summary, rows: page.rows, next: page.next, is_sorted: false, as_of }
}

/// Answers, or clears the answer, of the person at a desk.
pub(crate) async fn answer(
    desk: &Desk,
    project: &Project,
    row: &str,
    question: &str,
    value: Option<AnswerValue>,
) -> crate::Result<AnswerSet> {
    let command = SetAnswer {
        row: address(project, row),
        question: question.to_owned(),
        value,
        client_id: None,
        reason: None,
        confirm: false,
        circumstances: Default::default(),
    };
    desk.set_answer(command).await
}

/// A number as an answer.
pub(crate) fn number(value: f64) -> Option<AnswerValue> {
    Some(AnswerValue::Number(value))
}

/// An option as an answer.
pub(crate) fn option(name: &str) -> Option<AnswerValue> {
    Some(AnswerValue::Text(name.to_owned()))
}
