//! Fills an empty database with the demo project: what `serve --demo` shows.

use serde_json::value::{RawValue, to_raw_value};
use shared::answers::{AnswerValue, SetAnswer};
use shared::comments::AddComment;
use shared::objects::{ObjectKind, RowAddress};
use shared::people::Role;
use shared::projects::{CreateProject, Project};
use shared::questions::{Definition, QuestionKind, QuestionOption, SaveQuestion};
use shared::tags::SaveTag;
use shared::{ObjectId, RowId};
use store::{Desk, Error, Result, Store};

/// The name of the demo project.
pub const PROJECT: &str = "support-assistant";

const SEED: u64 = 7;
const TRACES: usize = 300;

/// Traces that are written at once.
const BATCH: usize = 20;

/// Makes the demo project, unless the database is in use already.
///
/// # Errors
/// When the store fails.
pub async fn seed(store: &Store) -> Result<()> {
    let members = store.all_members().await?;
    let is_ours = |email: &str| crate::REVIEWERS.iter().any(|(_, ours)| *ours == email);
    if members.iter().any(|member| is_ours(&member.person.email)) {
        return Ok(());
    }
    if !members.is_empty() {
        tracing::info!("this database has members already, so no demo project was made; use an empty database for --demo");
        return Ok(());
    }
    let desks = reviewers(store).await?;
    let Some(editor) = desks.first() else { return Ok(()) };
    let (project, existed) = editor.create_project(CreateProject { name: PROJECT.to_owned() }).await?;
    if existed {
        return Ok(());
    }
    configure(editor, &project).await?;
    let traces: Vec<_> = crate::traces(SEED, TRACES, store::now(), project.id.as_str()).collect();
    for traces in traces.chunks(BATCH) {
        let rows = traces.iter().flat_map(|trace| &trace.rows).map(to_raw_value).collect::<serde_json::Result<Vec<Box<RawValue>>>>()?;
        let ingested = editor.ingest(rows, None).await?;
        if let Some(row) = ingested.rejected.first() {
            return Err(Error::Corrupt(format!("a row of the demo project: {}", row.reason)));
        }
        for trace in traces {
            judge(&desks, &project, trace).await?;
        }
    }
    tracing::info!(traces = TRACES, "the demo project is complete");
    Ok(())
}

/// The people of the demo. Nobody knows their passwords: they are here for what they said.
async fn reviewers(store: &Store) -> Result<Vec<Desk>> {
    let mut desks = Vec::new();
    for (index, (name, email)) in crate::REVIEWERS.into_iter().enumerate() {
        let role = if index == 0 { Role::Engineer } else { Role::Reviewer };
        store.add_member(email, name, role, &random_password()).await?;
        desks.push(store.console_desk(email).await?);
    }
    Ok(desks)
}

fn random_password() -> String {
    format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>())
}

async fn configure(desk: &Desk, project: &Project) -> Result<()> {
    for question in crate::QUESTIONS {
        let options =
            question.options.iter().map(|(name, value)| QuestionOption { name: (*name).to_owned(), value: *value }).collect::<Vec<_>>();
        let kind = if options.is_empty() { QuestionKind::Continuous } else { QuestionKind::Categorical { options } };
        let definition =
            Definition { kind, description: question.description.to_owned(), required: question.required, ..Definition::default() };
        desk.save_question(SaveQuestion {
            project: project.id.clone(),
            question: None,
            after: None,
            name: question.name.to_owned(),
            definition,
        })
        .await?;
    }
    for (name, color, description) in crate::TAGS {
        let save = SaveTag {
            project: project.id.clone(),
            tag: None,
            name: (*name).to_owned(),
            color: (*color).to_owned(),
            description: (*description).to_owned(),
        };
        desk.save_tag(save).await?;
    }
    Ok(())
}

async fn judge(desks: &[Desk], project: &Project, trace: &crate::DemoTrace) -> Result<()> {
    let row =
        |id: &str| RowAddress { object_type: ObjectKind::ProjectLogs, object_id: ObjectId(project.id.0.clone()), id: RowId::from(id) };
    for answer in &trace.answers {
        let (Some(desk), Some(value)) = (desks.get(answer.reviewer), answer.value.as_f64()) else { continue };
        desk.set_answer(SetAnswer {
            row: row(&answer.row_id),
            question: answer.question.to_owned(),
            value: Some(AnswerValue::Number(value)),
            client_id: None,
            reason: None,
            confirm: false,
            circumstances: Default::default(),
        })
        .await?;
    }
    for comment in &trace.comments {
        let Some(desk) = desks.get(comment.reviewer) else { continue };
        desk.add_comment(AddComment { row: row(&comment.row_id), text: comment.text.clone(), client_id: None }).await?;
    }
    Ok(())
}
