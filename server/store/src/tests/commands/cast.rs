//! The people, the project with a question of each kind, and the store seen through them.

use super::model::{Asked, Call, Model, Outcome, Refusal};
use crate::tests::TestStore;
use crate::tests::sending::{address, choice, raws, slider};
use crate::{Desk, Error};
use serde_json::{Value, json};
use shared::objects::RowAddress;
use shared::people::{Person, Role};
use shared::projects::Project;
use shared::questions::{ArchiveQuestion, Audience, Definition, MetadataPath, QuestionKind, SaveQuestion};
use shared::spans::OpenTrace;
use shared::summary::Nano;
use shared::{QuestionId, RowId};

/// Places in the cast: who may configure and settle, and who only reads.
pub(super) const OWNER_AND_ENGINEER: [usize; 2] = [0, 1];
pub(super) const ENGINEER: usize = 1;
pub(super) const VIEWER: usize = 4;

/// Who acts, and where.
#[derive(Clone)]
pub(super) struct Cast {
    pub(super) people: Vec<Desk>,
    pub(super) project: Project,
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
    let for_engineers = Definition { audience: Audience { people: Vec::new(), roles: vec![Role::Engineer] }, ..slider() };
    vec![
        ("Tone", vec![slider(), described]),
        ("Resolution", vec![choice(&[("yes", 1.0), ("partly", 0.4), ("no", 0.0)]), choice(&[("yes", 1.0), ("no", 0.1)])]),
        ("Intent", vec![expecting(&["billing", "bug", "other"], false), expecting(&["other", "billing"], false)]),
        ("Topics", vec![expecting(&["a", "b", "c"], true), expecting(&["c", "a"], true)]),
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
        let cast = Self { people, project, questions };
        let model = Model::new(&cast, asked, &["Triage"]);
        (cast, model)
    }

    pub(super) fn address(&self, row: &str) -> RowAddress {
        address(&self.project, row)
    }

    pub(super) fn role(&self, person: usize) -> Role {
        self.people[person].actor().person.role
    }

    /// Does it on the store.
    pub(super) async fn call(&self, person: usize, call: &Call) -> Outcome {
        let desk = &self.people[person];
        let done = match call.clone() {
            Call::Command(command) => desk.run(command).await.map(|_| ()),
            Call::Rows(rows) => desk.ingest(raws(&rows), Some(self.project.logs())).await.map(|ingested| {
                let all = !OWNER_AND_ENGINEER.contains(&person);
                assert!(
                    if all { ingested.rejected.len() == rows.len() } else { are_of_deleted(&ingested.rejected) },
                    "{:?}",
                    ingested.rejected
                );
            }),
            Call::Feedback(item) => {
                desk.feedback(&self.project.logs(), vec![item]).await.map(|taken| assert!(are_of_deleted(&taken.rejected), "{taken:?}"))
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

    /// Everything that is shown of a row, in the words of [`Model::shown`], and the numbers of its activity.
    pub(super) async fn shown(&self, store: &TestStore, id: &str) -> (Value, Vec<i64>) {
        let viewer = &self.people[VIEWER];
        let Ok((_, root_span_id, span_id)) = viewer.locate_row(&self.project.logs(), &RowId::from(id)).await else {
            return (Value::Null, Vec::new());
        };
        let query = OpenTrace { object: self.project.logs(), root_span_id, span_id: Some(span_id) };
        let span = viewer.open_trace(query).await.unwrap().span;
        let row = store.row(&self.project, id).await;
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
            json!([of, answer.value, answer.score.map(nano), answer.active, answer.version])
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

    /// What is counted of all rows, in the words of [`Model::counted`].
    pub(super) async fn counted(&self, store: &TestStore) -> Value {
        let summary = store.summary(&self.project).await;
        assert_eq!(summary, store.recount(&self.project).await);
        let scores = summary.scores.iter().map(|(name, rollup)| (name.clone(), json!([rollup.count, rollup.sum])));
        json!({"scores": scores.collect::<serde_json::Map<_, _>>(), "spans": summary.spans, "traces": summary.traces})
    }
}

fn are_of_deleted(rejected: &[crate::RejectedRow]) -> bool {
    rejected.iter().all(|row| row.reason.contains(" was deleted. "))
}
