//! `touchstone seed`: a reproducible corpus, written as an SDK and reviewers would write it.

use super::{CommandFailure, random_password};
use crate::config::DatabaseOptions;
use demo::corpus::{self, REVIEWERS, SeededTrace};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};
use shared::RowId;
use shared::answers::{AnswerValue, SetAnswer};
use shared::comments::AddComment;
use shared::objects::{ObjectKind, RowAddress};
use shared::people::Role;
use shared::projects::{CreateProject, Project};
use shared::questions::{Definition, SaveQuestion};
use std::time::Instant;
use store::{Desk, Store};

/// Rows in a batch, and answers under way at once: as many as share commits well.
const BATCH: u64 = 2_000;
const AT_ONCE: usize = 128;

/// Fills a project with a reproducible corpus: chats of about 1 kB, scores, answers of reviewers, comments and tags.
/// Seeding again with the same numbers changes nothing.
#[derive(clap::Args, Clone, Debug)]
pub struct SeedCommand {
    #[command(flatten)]
    database: DatabaseOptions,
    /// The project's name; it is made if there is none.
    #[arg(long)]
    project: String,
    /// How many traces.
    #[arg(long)]
    traces: u64,
    /// Spans in each trace.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=1000))]
    spans_per_trace: u64,
    /// Another seed gives other rows.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Prints one JSON object when done.
    #[arg(long)]
    json: bool,
}

impl SeedCommand {
    /// Seeds.
    ///
    /// # Errors
    /// When the database fails or the project's name cannot be.
    pub async fn run(self) -> Result<(), CommandFailure> {
        let store = Store::open(self.database.options()).await?;
        let began = Instant::now();
        let spans = self.seed(&store).await?;
        store.close().await;
        let seconds = began.elapsed().as_secs_f64();
        if self.json {
            println!("{}", json!({ "project": self.project, "traces": self.traces, "spans": spans, "seconds": seconds }));
        } else {
            println!("{} traces with {spans} spans stand in {} after {seconds:.1} s.", self.traces, self.project);
        }
        Ok(())
    }

    async fn seed(&self, store: &Store) -> Result<u64, CommandFailure> {
        let desks = reviewers(store).await?;
        let editor = &desks[0];
        let (project, _) = editor.create_project(CreateProject { name: self.project.clone() }).await?;
        ask(editor, &project).await?;
        let per_batch = (BATCH / self.spans_per_trace).max(1);
        let mut spans = 0;
        let mut told = 0;
        for first in (0..self.traces).step_by(usize::try_from(per_batch).unwrap_or(1)) {
            let last = (first + per_batch).min(self.traces);
            let traces: Vec<_> = (first..last).map(|number| corpus::trace(self.seed, number, self.traces, self.spans_per_trace)).collect();
            let rows = traces.iter().flat_map(|trace| &trace.rows).map(to_raw_value).collect::<serde_json::Result<Vec<Box<RawValue>>>>();
            let rows = rows.map_err(|error| CommandFailure::Failed(format!("A row could not be written as JSON: {error}.")))?;
            spans += rows.len() as u64;
            editor.ingest(rows, Some(project.logs())).await?;
            judge(&desks, &project, &traces).await?;
            let percent = last * 100 / self.traces.max(1);
            if percent >= told + 5 {
                told = percent;
                eprintln!("{percent} % ({last} of {} traces)", self.traces);
            }
        }
        Ok(spans)
    }
}

/// Nobody knows their passwords: they are here for what they say.
async fn reviewers(store: &Store) -> Result<Vec<Desk>, CommandFailure> {
    let mut desks = Vec::new();
    for number in 1..=REVIEWERS {
        let email = format!("reviewer-{number}@seed.example");
        let desk = match store.console_desk(&email).await {
            Ok(desk) => desk,
            Err(_) => {
                let role = if number == 1 { Role::Engineer } else { Role::Reviewer };
                store.add_member(&email, &format!("Seeded reviewer {number}"), role, &random_password()).await?;
                store.console_desk(&email).await?
            }
        };
        desks.push(desk);
    }
    Ok(desks)
}

async fn ask(desk: &Desk, project: &Project) -> Result<(), CommandFailure> {
    if desk.questions(&project.id).await?.iter().any(|question| question.name == "Preference") {
        return Ok(());
    }
    let definition = Definition { description: "How much would you like to get this answer?".to_owned(), ..Definition::default() };
    desk.save_question(SaveQuestion {
        project: project.id.clone(),
        question: None,
        after: None,
        name: "Preference".to_owned(),
        definition,
    })
    .await?;
    Ok(())
}

async fn judge(desks: &[Desk], project: &Project, traces: &[SeededTrace]) -> Result<(), CommandFailure> {
    let row =
        |trace: &SeededTrace| RowAddress { object_type: ObjectKind::ProjectLogs, object_id: project.logs(), id: RowId(trace.root.clone()) };
    let answers = traces.iter().filter_map(|trace| trace.answer.map(|(reviewer, value)| (trace, reviewer, value)));
    stream::iter(answers.map(|(trace, reviewer, value)| {
        let answer = SetAnswer {
            row: row(trace),
            question: "Preference".to_owned(),
            value: Some(AnswerValue::Number(value)),
            client_id: Some(format!("seed-answer-{}-{}", project.id, trace.root)),
            reason: None,
            confirm: false,
        };
        desks[reviewer].set_answer(answer)
    }))
    .buffer_unordered(AT_ONCE)
    .try_for_each(|_| async { Ok(()) })
    .await?;
    let comments = traces.iter().filter_map(|trace| trace.comment.as_ref().map(|(reviewer, text)| (trace, *reviewer, text)));
    stream::iter(comments.map(|(trace, reviewer, text)| {
        let comment =
            AddComment { row: row(trace), text: text.clone(), client_id: Some(format!("seed-comment-{}-{}", project.id, trace.root)) };
        desks[reviewer].add_comment(comment)
    }))
    .buffer_unordered(AT_ONCE)
    .try_for_each(|_| async { Ok(()) })
    .await?;
    Ok(())
}
