//! What happened in the demo project, in the order in which it did.

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use shared::answers::{Circumstances, SeenBeside, SetAnswer, SetGold};
use shared::comments::AddComment;
use shared::objects::{IfTaken, ObjectKind, RegisterObject, RowAddress};
use shared::projects::Project;
use shared::reviews::{CompleteReview, FlagRow, Flagging};
use shared::{ObjectId, RowId};
use std::collections::{BTreeMap, BTreeSet};
use store::{Error, Result};

use super::team::Team;
use crate::acts::{DemoAct, DemoDeed};
use crate::clock::rfc3339;
use crate::experiments::{self, RUNS, Run};
use crate::{DemoTrace, stories};

/// Traces of the logs that come in at once.
const BATCH: usize = 20;

/// How long a run takes, in microseconds.
const RUN: i64 = 40_000_000;

/// An object of the project.
#[derive(Clone)]
struct Place {
    kind: ObjectKind,
    id: ObjectId,
}

enum Event {
    /// Rows come in.
    Rows(Place, Vec<Value>),
    /// Somebody does something to a row.
    Act(Place, DemoAct),
    /// The dataset is written.
    Dataset,
    /// The assistant runs over the dataset.
    Run(&'static Run),
}

/// What waits to happen, and what has.
pub(super) struct History {
    project: Project,
    seed: u64,
    now: i64,
    waiting: BTreeMap<(i64, usize), Event>,
    told: usize,
    /// The rows of the logs that test cases were made of, by their story.
    origins: BTreeMap<&'static str, String>,
    dataset: Option<(ObjectId, String)>,
    /// The last run.
    experiment: Option<ObjectId>,
}

impl History {
    /// With the dataset and the runs over it.
    pub(super) fn new(project: &Project, seed: u64, now: i64) -> Self {
        let mut history = Self {
            project: project.clone(),
            seed,
            now,
            waiting: BTreeMap::new(),
            told: 0,
            origins: BTreeMap::new(),
            dataset: None,
            experiment: None,
        };
        history.tell(now - experiments::DATASET_AGE, Event::Dataset);
        for run in &RUNS {
            history.tell(now - run.age + RUN, Event::Run(run));
        }
        history
    }

    fn tell(&mut self, moment: i64, event: Event) {
        self.waiting.insert((moment, self.told), event);
        self.told += 1;
    }

    fn tell_acts(&mut self, place: &Place, earliest: i64, acts: Vec<DemoAct>) {
        for act in acts {
            self.tell(act.moment.max(earliest), Event::Act(place.clone(), act));
        }
    }

    /// The traces of the logs, and the stories among them.
    pub(super) fn tell_logs(&mut self, mut traces: Vec<DemoTrace>) {
        for story in stories::stories(self.seed, self.now) {
            self.origins.extend(story.trace.rows.first().and_then(|row| Some((story.key, row["id"].as_str()?.to_owned()))));
            traces.push(story.trace);
        }
        traces.sort_by_key(|trace| trace.moment);
        let place = Place { kind: ObjectKind::ProjectLogs, id: self.project.logs() };
        while !traces.is_empty() {
            let batch: Vec<DemoTrace> = traces.drain(..BATCH.min(traces.len())).collect();
            let last = batch.last().map_or(self.now, |trace| trace.moment);
            let (rows, acts): (Vec<_>, Vec<_>) = batch.into_iter().map(|trace| (trace.rows, trace.acts)).unzip();
            self.tell(last, Event::Rows(place.clone(), rows.concat()));
            acts.into_iter().for_each(|acts| self.tell_acts(&place, last, acts));
        }
    }

    /// Lets everything happen.
    pub(super) async fn happen(mut self, team: &mut Team) -> Result<()> {
        while let Some(((moment, _), event)) = self.waiting.pop_first() {
            team.wait_until(moment);
            match event {
                Event::Rows(place, rows) => _ = ingest(team, &place, &rows).await?,
                Event::Act(place, act) => act.run(team, &place).await?,
                Event::Dataset => self.write_dataset(team).await?,
                Event::Run(run) => self.run(run, team).await?,
            }
        }
        Ok(())
    }

    async fn write_dataset(&mut self, team: &mut Team) -> Result<()> {
        let details = json!({"description": experiments::DATASET_DESCRIPTION});
        let place = self.register(team, ObjectKind::Dataset, experiments::DATASET, details).await?;
        let logs = self.project.logs();
        let rows = experiments::dataset_rows(self.now, |story| {
            Some(json!({"object_type": "project_logs", "object_id": logs, "id": self.origins.get(story)?}))
        });
        team.wait();
        let version = ingest(team, &place, &rows).await?;
        self.dataset = Some((place.id, version));
        Ok(())
    }

    async fn run(&mut self, run: &'static Run, team: &mut Team) -> Result<()> {
        let mut details = run.details();
        let dataset = self.dataset.clone();
        if let Some((id, version)) = &dataset {
            (details["dataset_id"], details["dataset_version"]) = (json!(id), json!(version));
        }
        if let Some(base) = &self.experiment {
            details["base_exp_id"] = json!(base);
        }
        let place = self.register(team, ObjectKind::Experiment, run.name, details).await?;
        let created = rfc3339(self.now - experiments::DATASET_AGE);
        let traces = run.traces(self.seed, self.now, |case| match &dataset {
            Some((id, version)) => {
                json!({"object_type": "dataset", "object_id": id, "id": case.id, "_xact_id": version, "created": created})
            }
            None => Value::Null,
        });
        let (rows, acts): (Vec<_>, Vec<_>) = traces.into_iter().map(|trace| (trace.rows, trace.acts)).unzip();
        team.wait();
        ingest(team, &place, &rows.concat()).await?;
        let earliest = team.now();
        acts.into_iter().for_each(|acts| self.tell_acts(&place, earliest, acts));
        self.experiment = Some(place.id);
        Ok(())
    }

    async fn register(&self, team: &Team, kind: ObjectKind, name: &str, details: Value) -> Result<Place> {
        let command = RegisterObject {
            kind,
            project: self.project.id.clone(),
            name: Some(name.to_owned()),
            if_taken: IfTaken::Open,
            details: details.as_object().cloned().unwrap_or_default(),
        };
        let (object, _) = team.editor().register_object(command).await?;
        Ok(Place { kind, id: object.id })
    }
}

/// Writes rows and says in which transaction.
async fn ingest(team: &Team, place: &Place, rows: &[Value]) -> Result<String> {
    let rows = rows.iter().map(to_raw_value).collect::<serde_json::Result<Vec<Box<RawValue>>>>()?;
    let ingested = team.editor().ingest(rows, Some(place.id.clone())).await?;
    match ingested.rejected.first() {
        Some(row) => Err(Error::Corrupt(format!("a row of the demo project: {}", row.reason))),
        None => Ok(ingested.transaction),
    }
}

impl DemoAct {
    async fn run(self, team: &Team, place: &Place) -> Result<()> {
        let desk = team.desk(self.reviewer);
        let row = RowAddress { object_type: place.kind, object_id: place.id.clone(), id: RowId(self.row_id.clone()) };
        let client_id = None;
        match self.deed {
            DemoDeed::Answer { question, value, seconds } => {
                let circumstances = Circumstances {
                    seconds: Some(seconds),
                    visible: Some(BTreeSet::from([SeenBeside::Reported])),
                    ..Circumstances::default()
                };
                let (question, value) = (question.to_owned(), Some(value));
                desk.set_answer(SetAnswer { row, question, value, client_id, reason: None, confirm: true, circumstances }).await?;
            }
            DemoDeed::Gold { question, value, reason } => {
                let (question, value) = (question.to_owned(), Some(value));
                desk.set_gold(SetGold { row, question, value, reason, client_id, confirm: true }).await?;
            }
            DemoDeed::Comment(text) => {
                desk.add_comment(AddComment { row, text: team.with_mentions(&text), client_id }).await?;
            }
            DemoDeed::Feedback { user, up, comment } => {
                let scores = json!({"thumbs": if up { 1 } else { 0 }});
                let said = json!({"id": self.row_id, "scores": scores, "comment": comment, "metadata": {"user_id": user}});
                desk.feedback(&place.id, vec![said]).await?;
            }
            DemoDeed::Flag { note, assignee } => {
                let assignees = assignee.into_iter().map(|reviewer| team.id(reviewer)).collect();
                let flagging = Flagging { note: Some(note), assignees, ..Flagging::default() };
                desk.flag_row(FlagRow { row, flagging, client_id }).await?;
            }
            DemoDeed::Complete => desk.complete_review(CompleteReview { row, list: None, preference: None, client_id }).await?,
        }
        Ok(())
    }
}
