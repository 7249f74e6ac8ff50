//! Twice the same blind project, in two servers that draw the same at random, and what is done in it.

use super::histories::{Deed, Step, Voice};
use crate::harness::{PASSWORD, TestServer, Who, row};
use http::Method;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::answers::{AnswerValue, Circumstances, Evidence, SetAnswer, SetGold};
use shared::audit::{Activity, Edit, ListActivity, Revert};
use shared::commands::Command;
use shared::comments::{AddComment, DeleteComment, EditComment};
use shared::expected::SetExpected;
use shared::filter::parse_expression;
use shared::objects::{ObjectKind, RowAddress};
use shared::people::Role;
use shared::projects::ChangeSettings;
use shared::questions::{Definition, MetadataPath, QuestionKind, QuestionOption, SaveQuestion};
use shared::tags::{ChangeTags, SaveTag};
use shared::{CommentId, ObjectId, ProjectId, RowId};
use std::collections::BTreeSet;
use store::{Desk, RowSearch};

/// The questions, in their order.
pub const QUESTIONS: [&str; 5] = ["Tone", "Kind", "Intent", "Topics", "Reason"];

/// What is special about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Plain,
    /// A scorer's span hangs on it.
    Scored,
    /// Nobody has said what is expected.
    Free,
}

/// A row that people speak of.
pub struct Row {
    pub id: &'static str,
    pub kind: ObjectKind,
    pub place: Place,
}

const fn logged(id: &'static str, place: Place) -> Row {
    Row { id, kind: ObjectKind::ProjectLogs, place }
}

/// The rows that people speak of.
pub const ROWS: [Row; 7] = [
    logged("one", Place::Scored),
    logged("one.part", Place::Plain),
    logged("one.scorer", Place::Plain),
    logged("two", Place::Plain),
    logged("free", Place::Free),
    Row { id: "tried", kind: ObjectKind::Experiment, place: Place::Scored },
    Row { id: "case", kind: ObjectKind::Dataset, place: Place::Plain },
];

/// Microseconds of a second, between two steps.
const SECOND: i64 = 1_000_000;

/// Later than any clock, so that the time of a database never counts.
const BEGIN: i64 = 2_000_000_000 * SECOND;

/// The second of the first step; those of setting up come before.
const FIRST_STEP: i64 = 100;

/// Seconds that a history may take.
const HISTORY: i64 = 1_000;

/// The members of a server, made once.
pub struct People {
    pub blind: Who,
    pub viewer: Who,
    pub engineer_key: Who,
    engineer: Desk,
    anna: Desk,
    ben: Desk,
    pub blind_person: shared::PersonId,
}

impl People {
    pub async fn new(server: &TestServer) -> Self {
        server.fate.set(BEGIN);
        let mut member = 0;
        let mut next = || {
            member += 1;
            server.fate.set(BEGIN + member * SECOND);
        };
        next();
        let engineer = server.member(Role::Engineer).await;
        let mut reviewers = Vec::new();
        for name in ["anna", "ben"] {
            next();
            let email = format!("{name}@example.com");
            server.store.add_member(&email, name, Role::Reviewer, PASSWORD).await.unwrap();
            reviewers.push(server.store.console_desk(&email).await.unwrap());
        }
        let [anna, ben] = reviewers.try_into().ok().unwrap();
        next();
        let blind = server.session(Role::Reviewer).await;
        next();
        let viewer = server.session(Role::Viewer).await;
        next();
        let engineer_key = server.key(Role::Engineer, &[]).await;
        let blind_person = server.member(Role::Reviewer).await.actor().person.id.clone();
        Self { blind, viewer, engineer_key, engineer, anna, ben, blind_person }
    }
}

/// One of the two projects.
pub struct World<'a> {
    pub server: &'a TestServer,
    pub people: &'a People,
    pub name: String,
    pub project: String,
    pub experiment: String,
    pub dataset: String,
    pub questions: Vec<String>,
    /// The last transaction before people speak.
    pub version: String,
    /// The steps of this history that the other lacks, by their places.
    pub hushed: BTreeSet<usize>,
    /// The live events of these.
    pub hushed_events: BTreeSet<i64>,
    began: i64,
}

impl<'a> World<'a> {
    pub const TONE: usize = 0;
    pub const INTENT: usize = 2;
    pub const TOPICS: usize = 3;

    /// The project of a history, in which only Ben has said something.
    pub async fn new(server: &'a TestServer, people: &'a People, number: i64) -> Self {
        let began = BEGIN + (number + 1) * HISTORY * SECOND;
        server.fate.set(began);
        let name = format!("blind-{number}");
        let project = people.engineer.register_project(&name).await.unwrap().0.id.0;
        let of_project = json!({ "project_id": project, "project_name": name, "name": "new" });
        server.fate.set(began + 1);
        let experiment = server.done(&people.engineer_key, Method::POST, "/v1/experiment", &of_project).await;
        server.fate.set(began + 2);
        let dataset = server.done(&people.engineer_key, Method::POST, "/v1/dataset", &of_project).await;
        let text = |object: &Value| object["id"].as_str().unwrap().to_owned();
        let (experiment, dataset) = (text(&experiment), text(&dataset));
        let mut world = Self {
            server,
            people,
            name,
            project,
            experiment,
            dataset,
            questions: Vec::new(),
            version: String::new(),
            hushed: BTreeSet::new(),
            hushed_events: BTreeSet::new(),
            began,
        };
        world.ask().await;
        world.fill().await;
        world.version = people.engineer.last_transaction().await.unwrap().0.to_string();
        let changes = json!({ "blind_reviews": true }).as_object().unwrap().clone();
        world.tick(50);
        people.engineer.change_settings(ChangeSettings { project: ProjectId::from(world.project.as_str()), changes }).await.unwrap();
        world
    }

    /// Sets the time of a step; those of setting up come before the first.
    fn tick(&self, second: i64) {
        self.server.fate.set(self.began + second * SECOND);
    }

    async fn ask(&mut self) {
        let options = || ["zebra", "horse", "okapi"].map(str::to_owned).to_vec();
        let kinds = ["good", "bad"].map(|name| QuestionOption { name: name.to_owned(), value: f64::from(u8::from(name == "good")) });
        let project = ProjectId::from(self.project.as_str());
        for (second, (name, kind)) in (3..).zip(QUESTIONS.into_iter().zip([
            QuestionKind::Continuous,
            QuestionKind::Categorical { options: kinds.to_vec() },
            QuestionKind::Expected { options: options(), multiple: false },
            QuestionKind::Expected { options: options(), multiple: true },
            QuestionKind::Text { path: MetadataPath::of("review.reason") },
        ])) {
            self.tick(second);
            let definition = Definition { kind, required: name == "Tone", ..Definition::default() };
            let save = SaveQuestion { project: project.clone(), question: None, after: None, name: name.to_owned(), definition };
            self.questions.push(self.people.engineer.save_question(save).await.unwrap().id.0);
        }
        self.tick(9);
        let tag =
            SaveTag { project, tag: None, name: "look".to_owned(), color: shared::tags::NO_COLOR.to_owned(), description: String::new() };
        self.people.engineer.save_tag(tag).await.unwrap();
    }

    async fn fill(&self) {
        let span = |id: &str, root: &str, parent: Option<&str>, kind: &str, more: Value| {
            let mut row = row(&self.project, id, &more);
            row["span_id"] = json!(id);
            row["root_span_id"] = json!(root);
            row["span_parents"] = json!(parent.map(|parent| [parent]));
            row["span_attributes"] = json!({ "name": if kind == "score" { "Tone" } else { kind }, "type": kind });
            row["created"] = json!("2026-01-01T00:00:00Z");
            row
        };
        let timed = |more: Value| {
            let mut row = json!({ "metrics": { "start": 1.7e9, "end": 1.7e9 + 2.0, "tokens": 7, "estimated_cost": 0.5 }, "metadata": { "model": "m" } });
            row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            row
        };
        let said = || json!({ "scores": { "Tone": 0.25, "Raw": 0.25 }, "output": { "score": 0.25 }, "tags": ["look"] });
        for (place, (object, row)) in [
            (&self.project, span("one", "one", None, "task", timed(json!({ "scores": { "Tone": 0.5, "Speed": 0.5 } })))),
            (&self.project, span("one.part", "one", Some("one"), "llm", timed(json!({})))),
            (&self.project, span("one.scorer", "one", Some("one"), "score", timed(said()))),
            (&self.project, span("one.asked", "one", Some("one.scorer"), "llm", timed(said()))),
            (&self.project, span("two", "two", None, "task", timed(json!({ "expected": "sent", "scores": { "Tone": 0.125 } })))),
            (&self.project, span("free", "free", None, "task", timed(json!({ "expected": { "sent": 1 } })))),
            (&self.experiment, span("tried", "tried", None, "eval", timed(json!({ "scores": { "Speed": 0.5 } })))),
            (&self.experiment, span("tried.scorer", "tried", Some("tried"), "score", timed(said()))),
            (&self.dataset, json!({ "id": "case", "input": "question", "expected": "sent", "created": "2026-01-01T00:00:00Z" })),
        ]
        .into_iter()
        .enumerate()
        {
            self.tick(10 + i64::try_from(place).unwrap());
            self.send(object, &[without_address(row)]).await.unwrap();
        }
        for (place, row) in (0..).zip(&ROWS) {
            for (question, value) in [("Intent", text("zebra")), ("Topics", AnswerValue::List(vec!["horse".to_owned()]))] {
                self.tick(if question == "Intent" { 20 } else { 30 } + place);
                if row.place != Place::Free {
                    let row = self.address(row);
                    let client_id = Some(format!("ben-{}-{question}-{place}", self.name));
                    let set = SetAnswer {
                        row,
                        question: question.to_owned(),
                        value: Some(value),
                        client_id,
                        reason: None,
                        confirm: true,
                        circumstances: Default::default(),
                    };
                    self.people.ben.run(Command::SetAnswer(set)).await.unwrap();
                }
            }
        }
    }

    async fn send(&self, object: &str, rows: &[Value]) -> store::Result<()> {
        let rows = rows.iter().map(|row| RawValue::from_string(row.to_string()).unwrap()).collect();
        let sent = self.people.engineer.ingest(rows, Some(ObjectId::from(object))).await?;
        assert!(sent.rejected.is_empty(), "{:?}", sent.rejected);
        Ok(())
    }

    /// The id of the object that a row is in.
    pub fn object(&self, kind: ObjectKind) -> &str {
        match kind {
            ObjectKind::ProjectLogs => &self.project,
            ObjectKind::Experiment => &self.experiment,
            ObjectKind::Dataset => &self.dataset,
        }
    }

    pub fn address(&self, row: &Row) -> RowAddress {
        RowAddress { object_type: row.kind, object_id: ObjectId::from(self.object(row.kind)), id: RowId::from(row.id) }
    }

    /// The number of the newest live event.
    pub async fn head(&self) -> i64 {
        self.people.engineer.summary(&ObjectId::from(self.project.as_str()), "").await.unwrap().1
    }

    /// Everything that changed a row, newest first.
    pub async fn entries(&self, row: RowAddress) -> Vec<Activity> {
        self.people.engineer.activity(ListActivity { row, before: None, limit: 1_000 }).await.unwrap()
    }

    /// The same as far as the blind reviewer is told, by its ids.
    pub async fn entries_seen(&self, row: RowAddress) -> BTreeSet<i64> {
        let query = ListActivity { row, before: None, limit: 1_000 };
        let entries = self.server.member(Role::Reviewer).await.activity(query).await.unwrap();
        entries.into_iter().map(|entry| entry.id).collect()
    }

    /// Remembers a step that the other history lacks, with what was told live after the event `before`.
    pub async fn hush(&mut self, place: usize, before: i64) {
        self.hushed.insert(place);
        self.hushed_events.extend(before + 1..=self.head().await);
    }

    /// Whether an entry tells of a step that the other history lacks.
    pub fn is_hushed(&self, entry: &Activity) -> bool {
        let step = (entry.created - self.began).div_euclid(SECOND) - FIRST_STEP;
        usize::try_from(step).is_ok_and(|step| self.hushed.contains(&step))
    }

    fn client_id(&self, place: usize) -> String {
        format!("{}-{place}", self.name)
    }

    /// What somebody sees in `expected`.
    async fn expected(&self, desk: &Desk, row: &Row) -> Option<String> {
        let filter = Some(parse_expression(&format!("id = '{}'", row.id)).unwrap());
        let found = desk.search_rows(RowSearch { filter, ..RowSearch::of(self.address(row).object_id) }).await.unwrap();
        let found: std::collections::BTreeMap<String, Box<RawValue>> = serde_json::from_str(found.rows[0].get()).unwrap();
        found.get("expected").map(|value| value.get().to_owned()).filter(|value| value != "null")
    }

    /// Does a step, and says how it went: to the blind reviewer everything they are told.
    pub async fn act(&self, place: usize, step: &Step, steps: &[Step], number: u64) -> String {
        self.tick(FIRST_STEP + i64::try_from(place).unwrap());
        let desk = match step.voice {
            Voice::Blind => &self.server.member(Role::Reviewer).await,
            Voice::Anna => &self.people.anna,
            Voice::Engineer => &self.people.engineer,
        };
        let target = &ROWS[step.row];
        let (row, client_id) = (self.address(target), Some(self.client_id(place)));
        let said = format!("text {number}");
        let own = |step: usize| CommentId(format!("{}.{}", desk.actor().person.id, self.client_id(step)));
        let command = match step.deed.clone() {
            Deed::Answer { question, confirm } => {
                let (question, value) = (QUESTIONS[question].to_owned(), Some(answer(question, number)));
                Command::SetAnswer(SetAnswer {
                    row,
                    question,
                    value,
                    client_id,
                    reason: Some(said.clone()),
                    confirm,
                    circumstances: Circumstances {
                        sureness: Some(share(number)),
                        evidence: Some(vec![pointed_at(said)]),
                        ..Circumstances::default()
                    },
                })
            }
            Deed::Clear { question } => {
                let question = QUESTIONS[question].to_owned();
                Command::SetAnswer(SetAnswer {
                    row,
                    question,
                    value: None,
                    client_id,
                    reason: None,
                    confirm: false,
                    circumstances: Default::default(),
                })
            }
            Deed::Gold { question } => {
                let (question, value) = (QUESTIONS[question].to_owned(), Some(answer(question, number)));
                Command::SetGold(SetGold { row, question, value, reason: said, client_id, confirm: true })
            }
            Deed::ClearGold { question } => {
                let question = QUESTIONS[question].to_owned();
                Command::SetGold(SetGold { row, question, value: None, reason: said, client_id, confirm: true })
            }
            Deed::Comment => Command::AddComment(AddComment { row, text: said, client_id }),
            Deed::EditComment { step } => {
                let before = self.comment(desk, &row, &own(step)).await;
                Command::EditComment(EditComment { row, comment: own(step), text: said, before, client_id })
            }
            Deed::DeleteComment { step } => Command::DeleteComment(DeleteComment { row, comment: own(step), client_id }),
            Deed::Expected { stale } => {
                let before = if stale { Some("\"stale\"".to_owned()) } else { self.expected(desk, target).await };
                Command::SetExpected(SetExpected { row, value: Some(format!("\"{said}\"")), before, client_id })
            }
            Deed::Tag => Command::ChangeTags(ChangeTags { row, add: vec!["look".to_owned()], remove: Vec::new(), client_id }),
            Deed::TakeBack { step } => {
                debug_assert_eq!(steps[step].row, steps[place].row);
                Command::Revert(Revert { edit: Edit::Command(self.client_id(step)), client_id })
            }
            Deed::TakeBackEntry => {
                let told = self.entries(row).await.into_iter().filter(|entry| !self.is_hushed(entry)).collect::<Vec<_>>();
                // What a step tells first is told in both histories; an edit also tells what it puts aside.
                let newest = told.iter().take_while(|entry| entry.created == told[0].created).last();
                Command::Revert(Revert { edit: Edit::Entry(newest.map_or(1 << 41, |entry| entry.id)), client_id })
            }
            Deed::Report => {
                return self
                    .merge(target, target.id, json!({ "scores": { "Tone": share(number), "\u{ff34}one": share(number ^ 1) } }))
                    .await;
            }
            Deed::Scorer => {
                let found = json!({
                    "scores": { "Tone": share(number), "Raw": share(number ^ 1) }, "output": { "score": share(number) },
                    "metadata": { "rationale": said }, "metrics": { "tokens": number % 100_000, "estimated_cost": share(number), "end": 1.7e9 + 3.0 + share(number) },
                    "error": if number.is_multiple_of(2) { json!(said) } else { Value::Null },
                });
                let outcome = self.merge(target, &format!("{}.scorer", target.id), found.clone()).await;
                return if target.id == "one" { outcome + &self.merge(target, "one.asked", found).await } else { outcome };
            }
            Deed::Feedback => {
                let item = json!({ "id": target.id, "scores": { "Tone": share(number) } });
                return told(&desk.feedback(&row.object_id, vec![item]).await);
            }
        };
        if step.voice == Voice::Blind { self.run(&command).await } else { told(&desk.run(command).await) }
    }

    async fn comment(&self, desk: &Desk, row: &RowAddress, comment: &CommentId) -> String {
        let entries = desk.activity(ListActivity { row: row.clone(), before: None, limit: 100 }).await.unwrap();
        let said = entries.iter().find(|entry| entry.path == shared::audit::Subject::Comment(comment.to_string()));
        said.and_then(|entry| serde_json::from_str(entry.to.as_deref()?).ok()).unwrap_or_default()
    }

    async fn merge(&self, target: &Row, id: &str, more: Value) -> String {
        let mut row = json!({ "id": id, "_is_merge": true });
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        told(&self.send(self.object(target.kind), &[row]).await)
    }

    /// What the blind reviewer does, through HTTP: answers by REST, everything else as a page does it.
    async fn run(&self, command: &Command) -> String {
        let (method, path, body) = match command {
            Command::SetAnswer(answer) => {
                let mut body = serde_json::to_value(answer).unwrap();
                body["value"] = json!(answer.value);
                (Method::PUT, "/v1/answer".to_owned(), body)
            }
            Command::SetGold(gold) => (Method::PUT, "/v1/answer/gold".to_owned(), serde_json::to_value(gold).unwrap()),
            Command::Revert(Revert { edit: Edit::Entry(id), client_id }) => {
                (Method::POST, format!("/v1/activity/{id}/revert"), json!({ "client_id": client_id }))
            }
            command => (Method::POST, "/fn/commands/run".to_owned(), json!({ "person": self.people.blind_person, "command": command })),
        };
        let request = self.server.request(&self.people.blind, method, &path).header("accept", "application/json");
        let response = request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
        format!("{} {}", response.status(), response.text().await.unwrap())
    }
}

/// A row as it goes to an object that is named beside it.
fn without_address(mut row: Value) -> Value {
    for key in ["project_id", "log_id"] {
        row.as_object_mut().unwrap().remove(key);
    }
    row
}

/// How something went: for who tells, only whether it did.
fn told<T>(done: &store::Result<T>) -> String {
    match done {
        Ok(_) => "done".to_owned(),
        Err(error) => format!("{:?}", error.problem().map(std::mem::discriminant)),
    }
}

fn text(text: &str) -> AnswerValue {
    AnswerValue::Text(text.to_owned())
}

/// Evidence with these words.
fn pointed_at(quote: String) -> Evidence {
    Evidence { path: "output".to_owned(), start: 0, end: 1, quote, changed: false }
}

/// A number from 0 to 1, another for each.
fn share(number: u64) -> f64 {
    (number % 1_000_003) as f64 / 1_000_003.0
}

fn answer(question: usize, number: u64) -> AnswerValue {
    let option = |options: &[&str], number: u64| options[usize::try_from(number).unwrap() % options.len()].to_owned();
    match QUESTIONS[question] {
        "Tone" => AnswerValue::Number(share(number)),
        "Kind" => AnswerValue::Text(option(&["good", "bad"], number % 2)),
        "Intent" => AnswerValue::Text(option(&["zebra", "horse", "okapi"], number % 3)),
        "Topics" => AnswerValue::List(vec![option(&["zebra", "horse", "okapi"], number % 3)]),
        _ => AnswerValue::Text(format!("text {number}")),
    }
}
