//! What of a row becomes what of a case: read from the row as it may be seen.

use super::drawing::Drawn;
use crate::content::judgement;
use crate::ground::body::{self, Object, Raw};
use crate::ground::database::{list, values};
use crate::ground::keys::SpanKey;
use crate::ground::places::Home;
use crate::looking::found::{FoundSpan, Wanted, Which};
use crate::projects::{questions, settings};
use crate::{Desk, Result};
use sea_orm::{ConnectionTrait, Value as Bound};
use serde_json::json;
use shared::answers::AnswerValue;
use shared::filter::{Fields as _, Step};
use shared::jobs::{CaseExpected, CaseMapping, CaseMetadata, ExpectedFrom};
use shared::people::Role;
use shared::questions::Question;
use shared::reviews::{ASSIGNMENTS_KEY, LISTS_KEY};
use shared::{ObjectId, PersonId, Problem, ProjectId};
use std::collections::HashMap;

/// The fields that a mapping fills.
pub(super) const FIELDS: [&str; 4] = ["input", "expected", "metadata", "tags"];

/// The mapping of who sends none.
pub(super) fn unsaid(expected: ExpectedFrom) -> CaseMapping {
    let expected = match expected {
        ExpectedFrom::Expected => CaseExpected::Expected,
        ExpectedFrom::Output => CaseExpected::Output,
    };
    CaseMapping { expected, ..CaseMapping::default() }
}

/// The question whose answers a mapping reads. In a blind project none: whoever sees the dataset would see what others said.
pub(super) async fn question(
    connection: &impl ConnectionTrait,
    project: &ProjectId,
    mapping: Option<&CaseMapping>,
) -> Result<Option<Question>> {
    let Some(CaseExpected::Answer(name)) = mapping.map(|mapping| &mapping.expected) else { return Ok(None) };
    if settings::of_project(connection, project).await?.blind_reviews {
        let reason = "Reviews of this project are blind, and everybody sees what a dataset expects: answers do not go there. Take expected or output.";
        return Err(Problem::invalid("mapping.expected", reason).into());
    }
    questions::find(connection, project, name).await.map(Some)
}

/// Some rows as cases: of what they are made.
pub(super) struct Sources {
    pub(super) home: Home,
    pub(super) spans: Vec<FoundSpan>,
    /// What counts of the answers that are asked for.
    answers: HashMap<SpanKey, AnswerValue>,
}

/// Who looks where reviewers must not learn from each other: somebody who sees through nothing and has answered nothing. What is copied is
/// nobody's answer any more, so it would be shown to everybody.
fn unanswering(desk: &Desk) -> Desk {
    let mut actor = desk.actor().clone();
    actor.person.role = Role::Reviewer;
    actor.person.id = PersonId(String::new());
    Desk::new(desk.store.clone(), actor)
}

/// Reads some rows as whoever copies them sees them, in a blind project without what reviewers said. Returns of how many of them: the first,
/// where they have more than `most` bytes together.
pub(super) async fn read(desk: &Desk, object: &ObjectId, rows: &[Drawn], mapping: &CaseMapping, most: u64) -> Result<(usize, Sources)> {
    let project = desk.find_object(object).await?.project;
    let question = question(desk.store.readers(), &project, Some(mapping)).await?;
    let view = match settings::of_project(desk.store.readers(), &project).await?.blind_reviews {
        true => unanswering(desk).view(object).await?,
        false => desk.view(object).await?,
    };
    let wanted = Wanted::columns(["input", "output", "expected", "metadata", "tags"]);
    let mut count = rows.len();
    loop {
        if count == 0 {
            return Ok((0, Sources { home: view.home.clone(), spans: Vec::new(), answers: HashMap::new() }));
        }
        let rows = &rows[..count];
        let which = Which {
            condition: format!("s.object = ? AND s.key IN ({})", list(count)),
            bound: values![view.home.key].into_iter().chain(rows.iter().map(|row| Bound::from(row.span))).collect(),
            order: "ORDER BY s.key".to_owned(),
            waiting: false,
        };
        let read = view.read(&which, &wanted, None).await?;
        let bytes: u64 = read.spans.iter().map(FoundSpan::bytes).sum();
        if count > 1 && (read.cut || bytes > most) {
            // The half at most, and never more often than there are halves.
            count = usize::try_from((count as u64).saturating_mul(most) / bytes.max(1)).unwrap_or(1).clamp(1, count / 2);
            continue;
        }
        let keys: Vec<SpanKey> = read.spans.iter().map(FoundSpan::key).collect();
        let mut answers = HashMap::new();
        if let Some(question) = question {
            answers = judgement::settled(&view.snapshot, &keys, &question).await?;
            let seen = view.sight.of_spans(&view.snapshot, &keys).await?;
            answers.retain(|span, _| seen.answer(*span, question.id.as_str()));
        }
        return Ok((count, Sources { home: view.home.clone(), spans: read.spans, answers }));
    }
}

impl Sources {
    /// What a row becomes, without its id. `job` is who makes it.
    pub(super) fn case_of(&self, span: &FoundSpan, mapping: &CaseMapping, job: &str) -> Result<Object> {
        let content = |field: &str| span.content().get(field).filter(|value| !body::is_null(value)).cloned();
        let (field, path) = mapping.input_path()?;
        let input = content(field).and_then(|value| follow(value, &path)).filter(|value| !body::is_null(value));
        let input = input.map(|value| if path.is_empty() && field == "metadata" { unlisted(value) } else { Ok(value) }).transpose()?;
        let expected = match &mapping.expected {
            CaseExpected::ExpectedElseOutput => content("expected").or_else(|| content("output")),
            CaseExpected::Expected => content("expected"),
            CaseExpected::Output => content("output"),
            CaseExpected::Answer(_) => self.answers.get(&span.key()).map(body::raw).transpose()?,
            CaseExpected::Nothing => None,
        };
        let metadata = match &mapping.metadata {
            CaseMetadata::All => content("metadata").map(unlisted).transpose()?,
            CaseMetadata::Keys(keys) => content("metadata").map(|value| chosen(&value, keys)).transpose()?.flatten(),
            CaseMetadata::Nothing => None,
        };
        let tags = content("tags").filter(|_| mapping.tags);
        let fields = FIELDS.into_iter().zip([input, expected, metadata, tags]);
        let mut case: Object = fields.filter_map(|(field, value)| Some((field.to_owned(), value?))).collect();
        let origin = json!({
            "object_type": self.home.kind.as_str(), "object_id": self.home.id, "id": span.row_id(), "_xact_id": span.column("_xact_id"),
            "created": span.column("created"), "job": job,
        });
        case.insert("origin".to_owned(), body::raw(&origin)?);
        Ok(case)
    }
}

/// Metadata without what stands in it for review lists: the case stands in none because its origin does.
fn unlisted(value: Raw) -> Result<Raw> {
    let Some(mut metadata) = body::object(value.get()) else { return Ok(value) };
    metadata.retain(|key, _| ![LISTS_KEY, ASSIGNMENTS_KEY].contains(&key.as_str()));
    Ok(body::raw(&metadata)?)
}

/// Some keys of metadata, in the order in which they stand there; none where it has none of them.
fn chosen(value: &Raw, keys: &[String]) -> Result<Option<Raw>> {
    let Some(mut metadata) = body::object(value.get()) else { return Ok(None) };
    metadata.retain(|key, _| keys.contains(key) && ![LISTS_KEY, ASSIGNMENTS_KEY].contains(&key.as_str()));
    Ok(if metadata.is_empty() { None } else { Some(body::raw(&metadata)?) })
}

/// Follows a path into a value, which stays as it is written.
fn follow(value: Raw, path: &[Step]) -> Option<Raw> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => body::object(value.get())?.swap_remove(key),
        Step::Index(index) => {
            let mut items = body::list(value.get())?;
            let length = i64::try_from(items.len()).ok()?;
            let place = usize::try_from(if *index < 0 { length.checked_add(*index)? } else { *index }).ok()?;
            (place < items.len()).then(|| items.swap_remove(place))
        }
    })
}
