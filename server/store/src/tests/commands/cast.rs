//! The people, the project with a question of each kind, and the store seen through them.

use super::model::{Asked, Call, Model, Outcome, Refusal};
use crate::tests::TestStore;
use crate::tests::sending::{choice, raws, slider};
use crate::{Desk, Error, RowSearch};
use serde_json::{Value, json};
use shared::filter::parse_expression;
use shared::objects::{IfTaken, ObjectKind, RegisterObject, RowAddress};
use shared::people::{Person, Role};
use shared::projects::{ChangeSettings, Project};
use shared::questions::{ArchiveQuestion, Audience, Definition, MetadataPath, QuestionKind, SaveQuestion};
use shared::spans::OpenTrace;
use shared::summary::Nano;
use shared::{ObjectId, QuestionId};
use std::collections::BTreeSet;

/// Places in the cast: who may configure and settle, and who only reads.
pub(super) const OWNER_AND_ENGINEER: [usize; 2] = [0, 1];
pub(super) const ENGINEER: usize = 1;
pub(super) const VIEWER: usize = 4;

/// What holds rows: the first part of a row's name, and the key with which rows say that they belong there.
pub(super) const OBJECTS: [(&str, &str); 3] = [("logs", "project_id"), ("experiment", "experiment_id"), ("dataset", "dataset_id")];

/// Who acts, and where.
#[derive(Clone)]
pub(super) struct Cast {
    pub(super) people: Vec<Desk>,
    pub(super) project: Project,
    /// What holds rows, in the order of [`OBJECTS`].
    pub(super) objects: Vec<(ObjectKind, ObjectId)>,
    pub(super) questions: Vec<QuestionId>,
}

/// The questions with their definitions: the first of each is what is asked at the beginning, the others are what an edit makes
/// of it.
pub(super) fn definitions() -> Vec<(&'static str, Vec<Definition>)> {
    let of = |kind| Definition { kind, ..Definition::default() };
    let expecting = |options: &[&str], multiple| {
        let options = options.iter().map(ToString::to_string).collect();
        of(QuestionKind::Expected { options, multiple })
    };
    let text = |path| of(QuestionKind::Text { path: MetadataPath::of(path) });
    let described = Definition { description: "Think.".to_owned(), ..slider() };
    let required = Definition { required: true, ..choice(&[("yes", 1.0), ("no", 0.1)]) };
    let of_tests = vec![ObjectKind::Experiment, ObjectKind::Dataset];
    let for_engineers = Definition { audience: Audience { people: Vec::new(), roles: vec![Role::Engineer] }, ..slider() };
    vec![
        ("Tone", vec![slider(), described]),
        ("Resolution", vec![choice(&[("yes", 1.0), ("partly", 0.4), ("no", 0.0)]), required]),
        ("Intent", vec![expecting(&["billing", "bug", "other"], false), expecting(&["other", "billing"], false)]),
        ("Topics", vec![expecting(&["a", "b", "c"], true), Definition { objects: of_tests, ..expecting(&["c", "a"], true) }]),
        ("Reason", vec![text("review.reason"), text("notes.reason")]),
        ("Inner", vec![for_engineers]),
    ]
}

/// A path of the activity as the model and the store both know it: nobody knows the ids of what end users say.
pub(super) fn told_path(path: &str) -> &str {
    if path.starts_with("comments.") { "comments" } else { path }
}

impl Cast {
    /// A new project with the questions and the tag `Triage`.
    pub(super) async fn gather(store: &TestStore, second: &Desk, name: &str) -> (Self, Model) {
        let project = store.project(name).await;
        let mut questions = Vec::new();
        let mut asked = Vec::new();
        for (name, mut definitions) in definitions() {
            let definition = definitions.swap_remove(0);
            questions.push(store.question(&project, name, definition.clone()).await.id);
            asked.push(Asked { name: name.to_owned(), definition, version: 1, archived: false });
        }
        let tag = shared::tags::SaveTag {
            project: project.id.clone(),
            tag: None,
            name: "Triage".to_owned(),
            color: "rose".to_owned(),
            description: String::new(),
        };
        store.engineer.save_tag(tag).await.unwrap();
        let people = [&store.owner, &store.engineer, &store.reviewer, second, &store.viewer].map(Desk::clone).to_vec();
        let mut objects = vec![(ObjectKind::ProjectLogs, project.logs())];
        for (kind, name) in [(ObjectKind::Experiment, "tried"), (ObjectKind::Dataset, "cases")] {
            let (name, details) = (Some(name.to_owned()), serde_json::Map::new());
            let command = RegisterObject { kind, project: project.id.clone(), name, if_taken: IfTaken::Open, details };
            objects.push((kind, store.engineer.register_object(command).await.unwrap().0.id));
        }
        let cast = Self { people, project, objects, questions };
        let model = Model::new(&cast, asked, &["Triage"]);
        (cast, model)
    }

    /// The address of a row with a name such as `logs/root`.
    pub(super) fn address(&self, name: &str) -> RowAddress {
        let (object_type, object_id) = self.objects[self.object_of(name)].clone();
        RowAddress { object_type, object_id, id: name.split_once('/').unwrap().1.into() }
    }

    /// The place of what holds a row.
    pub(super) fn object_of(&self, name: &str) -> usize {
        OBJECTS.iter().position(|(object, _)| name.split_once('/').unwrap().0 == *object).unwrap()
    }

    /// The name of a row.
    pub(super) fn name(&self, address: &RowAddress) -> String {
        let object = self.objects.iter().position(|(_, id)| *id == address.object_id).unwrap();
        format!("{}/{}", OBJECTS[object].0, address.id)
    }

    /// The name of a row that is sent to an object.
    pub(super) fn name_in(&self, object: usize, sent: &Value) -> String {
        format!("{}/{}", OBJECTS[object].0, sent["id"].as_str().unwrap())
    }

    /// The name of a row that says itself where it belongs.
    pub(super) fn name_of_sent(&self, sent: &Value) -> String {
        self.name_in(OBJECTS.iter().position(|(_, key)| sent[*key].is_string()).unwrap(), sent)
    }

    pub(super) fn role(&self, person: usize) -> Role {
        self.people[person].actor().person.role
    }

    /// Does it on the store.
    pub(super) async fn call(&self, person: usize, call: &Call) -> Outcome {
        let desk = &self.people[person];
        let done = match call.clone() {
            Call::Command(command) => desk.run(command).await.map(|_| ()),
            Call::Rows(rows) => desk.ingest(raws(&rows), None).await.map(|sent| require_known(&sent.rejected)),
            Call::Insert(object, rows) => {
                let object = self.objects[object].1.clone();
                desk.ingest(raws(&rows), Some(object)).await.map(|sent| require_known(&sent.rejected))
            }
            Call::Feedback(object, item) => {
                desk.feedback(&self.objects[object].1, vec![item]).await.map(|taken| require_known(&taken.rejected))
            }
            Call::Blind(blind) => {
                let changes = json!({"blind_reviews": blind}).as_object().unwrap().clone();
                desk.change_settings(ChangeSettings { project: self.project.id.clone(), changes }).await.map(|_| ())
            }
            Call::Archive(question, archived) => {
                let command = ArchiveQuestion { question: self.questions[question].clone(), archived };
                desk.archive_question(command).await.map(|_| ())
            }
            Call::Define(question, definition) => {
                let command = SaveQuestion {
                    project: self.project.id.clone(),
                    question: Some(self.questions[question].clone()),
                    after: None,
                    name: super::cast::definitions()[question].0.to_owned(),
                    definition,
                };
                desk.save_question(command).await.map(|_| ())
            }
        };
        done.map_err(|error: Error| error.problem().map_or_else(|| Refusal::Other(error.to_string()), Refusal::from))
    }

    fn place(&self, person: &Person) -> Option<usize> {
        self.people.iter().position(|desk| desk.actor().person.id == person.id)
    }

    /// What several people said, by their numbers in the cast.
    fn named_by_place(&self, said: &Value) -> Value {
        let place = |id: &str| self.people.iter().position(|desk| desk.actor().person.id.as_str() == id).unwrap();
        let said = said.as_object().unwrap().iter().map(|(id, value)| (place(id).to_string(), value.clone()));
        Value::Object(said.collect())
    }

    /// The rows of an object that somebody reads.
    async fn rows(&self, person: usize, object: &ObjectId, filter: Option<&str>) -> Vec<Value> {
        let filter = filter.map(|filter| parse_expression(filter).unwrap());
        let search = RowSearch { filter, limit: 1_000, ..RowSearch::of(object.clone()) };
        self.people[person].search_rows(search).await.unwrap().values()
    }

    /// Everything that somebody is shown of a row, in the words of [`Model::shown`], and the numbers of its activity.
    pub(super) async fn shown(&self, person: usize, name: &str) -> (Value, Vec<i64>) {
        let (desk, RowAddress { object_id: object, id, .. }) = (&self.people[person], self.address(name));
        let Ok((_, root_span_id, span_id)) = desk.locate_row(&object, &id).await else {
            return (Value::Null, Vec::new());
        };
        let query = OpenTrace { object: object.clone(), root_span_id, span_id: Some(span_id), form: None };
        let span = desk.open_trace(query).await.unwrap().said;
        let row = self.rows(person, &object, None).await.into_iter().find(|row| row["id"] == json!(id)).unwrap();
        assert_eq!(row["scores"].as_object().map_or(0, serde_json::Map::len), span.scores.len(), "the scores of the row and of the page");
        assert_eq!(desk.answers(&self.address(name)).await.unwrap(), span.answers);
        let nano = |score: f64| Nano::from_score(score).0;
        let json = |text: Option<&String>| text.map_or(Value::Null, |text| serde_json::from_str(text).unwrap());
        let scores = span.scores.iter().map(|(name, score)| {
            let spread = score.spread.map(|(lowest, highest)| (nano(lowest), nano(highest)));
            let reported = score.reported.map(nano);
            assert_eq!(row["scores"][name].as_f64().map(nano), Some(nano(score.value)), "the score {name} of the row and of the page");
            let (value, kind) = (nano(score.value), score.kind.as_str());
            let (feedback, users) = (score.feedback.map(nano), score.end_users);
            (
                name.clone(),
                json!({"value": value, "kind": kind, "reported": reported, "feedback": feedback, "users": users,
                                  "answers": score.answers, "spread": spread}),
            )
        });
        let answers = span.answers.iter().map(|answer| {
            let of = format!("{} of {}", answer.question_name, self.place(&answer.reviewer).unwrap());
            let evidence = answer.circumstances.evidence.iter().flatten().map(|evidence| json!([evidence.path, evidence.quote]));
            let given = (answer.circumstances.sureness, evidence.collect::<Vec<_>>());
            json!([of, answer.value, answer.score.map(nano), answer.active, answer.version, given])
        });
        let mut answers: Vec<_> = answers.collect();
        answers.sort_by_key(Value::to_string);
        let golds = span
            .golds
            .iter()
            .map(|gold| json!([gold.question_name, self.place(&gold.settled_by), gold.value, gold.score.map(nano), gold.reason]));
        let comments = span.comments.iter().map(|comment| match comment.author.as_ref().and_then(|author| self.place(author)) {
            Some(author) => json!({"by": author, "text": comment.text}),
            None => json!({"by": comment.external, "text": comment.text}),
        });
        let activity: Vec<_> = span.activity.iter().rev().collect();
        let told = activity.iter().map(|entry| {
            let person = entry.actor.as_ref().and_then(|actor| self.place(actor));
            let (mut from, mut to) = (json(entry.from.as_ref()), json(entry.to.as_ref()));
            match entry.action.as_str() {
                "set_aside" => from = self.named_by_place(&from),
                "count_again" => to = self.named_by_place(&to),
                _ => {}
            }
            json!([person, entry.external, entry.source.as_str(), entry.action, told_path(&entry.path.to_string()), from, to, entry.reason])
        });
        let shown = json!({
            "scores": scores.collect::<serde_json::Map<_, _>>(),
            "answers": answers,
            "golds": golds.collect::<Vec<_>>(),
            "expected": row["expected"],
            "metadata": row["metadata"],
            "tags": span.tags,
            "comments": comments.collect::<Vec<_>>(),
            "activity": told.collect::<Vec<_>>(),
        });
        (shown, activity.iter().map(|entry| entry.id).collect())
    }

    /// What is counted of the rows of an object for somebody, in the words of [`Model::counted`].
    pub(super) async fn counted(&self, person: usize, object: usize) -> Value {
        let (summary, _) = self.people[person].summary(&self.objects[object].1, "").await.unwrap();
        let scores = summary.scores.iter().map(|(name, rollup)| (name.clone(), json!([rollup.count, rollup.sum])));
        json!({"scores": scores.collect::<serde_json::Map<_, _>>(), "spans": summary.spans, "traces": summary.traces})
    }

    /// The ids of the rows of an object that a filter finds for somebody.
    pub(super) async fn found(&self, person: usize, object: usize, filter: &str) -> BTreeSet<String> {
        let rows = self.rows(person, &self.objects[object].1, Some(filter)).await;
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    }
}

/// Rows are left out that were deleted, or that only engineers may send.
fn require_known(rejected: &[crate::RejectedRow]) {
    let known = |row: &crate::RejectedRow| [" was deleted. ", "may not send spans"].iter().any(|reason| row.reason.contains(reason));
    assert!(rejected.iter().all(known), "{rejected:?}");
}
