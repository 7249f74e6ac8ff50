//! Blind review: every way out of the store, tried by who has not answered.

mod decided;
mod deeds;
mod groups;
mod nodes;
mod others;
mod refusals;
mod scorers;
pub(crate) mod ways;

use super::evidence::{glimpsed, text};
use super::sending::{address, number, raws, slider};
use super::{PASSWORD, TestStore, stores};
use crate::{Actor, Desk, LiveEvents, Proof, RowSearch, Subscription};
use serde_json::{Value, json};
use shared::answers::{AnswerValue, SetAnswer, SetGold};
use shared::audit::{Deed, Edit, ListActivity, Revert, Subject};
use shared::comments::AddComment;
use shared::expected::SetExpected;
use shared::filter::parse_expression;
use shared::live::LiveChange;
use shared::objects::{IfTaken, ObjectKind, RegisterObject, RowAddress};
use shared::people::{ApiScope, Role};
use shared::projects::{ChangeSettings, Project};
use shared::questions::{Definition, MetadataPath, QuestionKind};
use shared::spans::{ListTraces, OpenTrace};
use shared::{KeyId, ObjectId, RowId, TransactionId};
use ways::{Way, ways};

/// What nobody must find who has not answered. Scores stand in both of their forms.
const SECRETS: [&str; 19] = [
    "0.4217",
    "421700000",
    "0.8391",
    "839100000",
    "0.6173",
    "617300000",
    "0.7259",
    "725900000",
    "0.3141",
    "314100000",
    "0.2718",
    "271800000",
    "0.1618",
    "161800000",
    "zebra",
    "opaque words",
    "hushed",
    "0.5772",
    "glimpsed",
];

/// Somebody has answered everything on the rows of a blind project.
pub(crate) struct World {
    pub(super) project: Project,
    experiment: ObjectId,
    base: ObjectId,
    before_answers: TransactionId,
}

const ROWS: [&str; 2] = ["one", "two"];

impl World {
    pub(crate) async fn new(store: &TestStore) -> Self {
        let project = store.project("blind").await;
        let intent = QuestionKind::Expected { options: vec!["zebra".to_owned(), "horse".to_owned()], multiple: false };
        let reason = QuestionKind::Text { path: MetadataPath::of("review.reason") };
        store.question(&project, "Tone", Definition { required: true, ..slider() }).await;
        store.question(&project, "Intent", Definition { kind: intent, ..Definition::default() }).await;
        store.question(&project, "Reason", Definition { kind: reason, ..Definition::default() }).await;
        let row = |id: &str, score: f64| json!({"id": id, "span_id": id, "root_span_id": id, "input": "same", "metadata": {"model": "m"}, "scores": {"Tone": score, "Speed": 0.5}});
        store.send(&project, &[row("one", 0.8391), row("two", 0.7259)]).await;
        let mut experiments = Vec::new();
        for (name, score) in [("base", 0.1618), ("new", 0.3141)] {
            let details = serde_json::Map::new();
            let command = RegisterObject {
                kind: ObjectKind::Experiment,
                project: project.id.clone(),
                name: Some(name.to_owned()),
                if_taken: IfTaken::Open,
                details,
            };
            let id = store.engineer.register_object(command).await.unwrap().0.id;
            store.engineer.ingest(raws(&[row("tried", score)]), Some(id.clone())).await.unwrap();
            experiments.push(id);
        }
        let [base, experiment] = experiments.try_into().unwrap();
        let before_answers = store.engineer.last_transaction().await.unwrap();
        store.store.add_member("anna@example.com", "Anna", Role::Reviewer, PASSWORD).await.unwrap();
        let anna = store.store.console_desk("anna@example.com").await.unwrap();
        let world = Self { project, experiment, base, before_answers };
        let tried = world.tried();
        for (row, question, value) in [
            (world.row("one"), "Tone", number(0.4217)),
            (world.row("one"), "Intent", text("zebra")),
            (world.row("one"), "Reason", text("opaque words")),
            (tried, "Tone", number(0.2718)),
        ] {
            anna.set_answer(SetAnswer { circumstances: glimpsed(), ..answer(row, question, value) }).await.unwrap();
        }
        anna.add_comment(AddComment { row: world.row("one"), text: "hushed".to_owned(), client_id: None }).await.unwrap();
        let gold = SetGold {
            row: world.row("two"),
            question: "Tone".to_owned(),
            value: number(0.6173),
            reason: "hushed reason".to_owned(),
            client_id: None,
            confirm: false,
        };
        store.engineer.set_gold(gold).await.unwrap();
        // An older version holds what reviewers said, too.
        store.send(&world.project, &[json!({"id": "one", "_is_merge": true, "output": "later"})]).await;
        world.set(store, json!({"blind_reviews": true})).await;
        world
    }

    fn row(&self, id: &str) -> RowAddress {
        address(&self.project, id)
    }

    fn tried(&self) -> RowAddress {
        RowAddress { object_type: ObjectKind::Experiment, object_id: self.experiment.clone(), id: RowId::from("tried") }
    }

    async fn set(&self, store: &TestStore, changes: Value) {
        let changes = changes.as_object().unwrap().clone();
        store.owner.change_settings(ChangeSettings { project: self.project.id.clone(), changes }).await.unwrap();
    }
}

fn answer(row: RowAddress, question: &str, value: Option<AnswerValue>) -> SetAnswer {
    SetAnswer {
        row,
        question: question.to_owned(),
        value,
        client_id: None,
        reason: None,
        confirm: false,
        circumstances: Default::default(),
    }
}

fn written(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

/// Who may take an entry back, and whose an answer is, are other questions than who may see it.
fn seen_in(told: &str) -> String {
    let told = told.replace("\"revertible\":true", "\"revertible\":false");
    let mut marks = told.split("\"own\":");
    let before = marks.next().unwrap_or_default().to_owned();
    marks.fold(before, |seen, mark| {
        let (own, rest) = mark.split_once(",\"others\":").unwrap();
        let (others, rest) = rest.split_once(',').unwrap();
        let answers = own.parse::<u32>().unwrap() + others.parse::<u32>().unwrap();
        format!("{seen}\"answers\":{answers},{rest}")
    })
}

fn secrets_in(text: &str) -> Vec<&'static str> {
    SECRETS.into_iter().filter(|secret| text.contains(secret)).collect()
}

#[tokio::test]
async fn who_has_not_answered_finds_nothing_in_any_way() {
    for store in stores().await {
        let world = World::new(&store).await;
        let person = store.engineer.actor().person.clone();
        let key = |scopes: &[ApiScope]| {
            let proof = Proof::Key(KeyId::from("k"), scopes.to_vec());
            Desk::new(store.store.clone(), Actor { person: person.clone(), proof })
        };
        let (narrowed, wide) = (key(&[ApiScope::Read]), key(&[ApiScope::Read, ApiScope::Write]));
        for (name, way) in ways() {
            let (Way::Out(probe) | Way::Veiled(probe)) = way else { continue };
            for blind in [&store.reviewer, &store.viewer, &narrowed] {
                let told = probe(&world, blind).await;
                assert_eq!(secrets_in(&told), [""; 0], "{name}: {told}");
            }
            let through = probe(&world, &store.engineer).await;
            assert_ne!(secrets_in(&through), [""; 0], "{name} finds what there is: {through}");
            for desk in [&store.owner, &wide] {
                assert_eq!(seen_in(&probe(&world, desk).await), seen_in(&through), "{name}");
            }
        }
        // Summaries tell nothing of it, not even how many there are.
        let (summary, _) = store.reviewer.summary(&world.project.logs(), "").await.unwrap();
        assert_eq!(summary.scores.keys().collect::<Vec<_>>(), ["Speed"]);
        let compared = store.reviewer.compare_experiments(&world.experiment, Some(&world.base)).await.unwrap();
        assert_eq!(compared.scores.keys().collect::<Vec<_>>(), ["Speed"]);

        // Who has answered everything sees what who sees through sees.
        let tried = [world.tried(), RowAddress { object_id: world.base.clone(), ..world.tried() }];
        for row in ROWS.into_iter().map(|row| world.row(row)).chain(tried) {
            for (question, value) in [("Tone", number(0.5)), ("Intent", text("horse")), ("Reason", text("short"))] {
                store.reviewer.set_answer(answer(row.clone(), question, value)).await.unwrap();
            }
        }
        for (name, way) in ways() {
            if let Way::Out(probe) = way {
                assert_eq!(seen_in(&probe(&world, &store.reviewer).await), seen_in(&probe(&world, &store.engineer).await), "{name}");
            }
        }
        // Without blind review nobody is blind.
        world.set(&store, json!({"blind_reviews": false})).await;
        for (name, way) in ways() {
            if let Way::Out(probe) | Way::Veiled(probe) = way {
                assert_eq!(seen_in(&probe(&world, &store.viewer).await), seen_in(&probe(&world, &store.engineer).await), "{name}");
            }
        }
        assert_eq!(store.store.verify().await.unwrap().map(|_| ()), Ok(()));
    }
}

#[tokio::test]
async fn filters_mean_what_one_may_see() {
    for store in stores().await {
        let world = World::new(&store).await;
        let logs = world.project.logs();
        let matches = async |desk: &Desk, filter: &str| {
            let list = ListTraces { object: logs.clone(), filter: filter.to_owned(), before: None, limit: 10, columns: Vec::new() };
            let listed = desk.list_traces(list).await.unwrap().rows.len();
            let expression = parse_expression(filter).unwrap();
            let counted = desk.count_rows(&logs, Some(&expression)).await.unwrap();
            let summed = desk.summary(&logs, filter).await.unwrap().0.spans;
            let mut found = Vec::new();
            for whole_traces in [false, true] {
                let search = RowSearch { filter: Some(expression.clone()), whole_traces, ..RowSearch::of(logs.clone()) };
                found.push(desk.search_rows(search).await.unwrap().rows.len());
            }
            assert_eq!((vec![listed; 2], counted, summed), (found, listed as i64, listed as i64), "{filter}");
            listed
        };
        for filter in [
            "scores.Tone > 0.1",
            "0.1 < scores.Tone",
            "scores.Tone between 0.1 and 0.9",
            "scores.Tone is not null",
            "scores.Tone = 0.4217",
            "any_span(scores.Tone > 0.1)",
            "reported.Tone > 0.1",
            "expected = 'zebra'",
            "expected is not null",
            "metadata.review.reason = 'opaque words'",
            "metadata.review is not null",
            "comments match 'hushed'",
            "comments is not null",
        ] {
            assert_eq!(matches(&store.reviewer, filter).await, 0, "{filter}");
            assert_eq!(matches(&store.viewer, filter).await, 0, "{filter}");
            assert_ne!(matches(&store.engineer, filter).await, 0, "{filter}");
        }
        for filter in ["scores.Tone is null", "reported.Tone is null", "expected is null", "metadata.review is null", "comments is null"] {
            assert_eq!(matches(&store.reviewer, filter).await, 2, "{filter}");
            assert_ne!(matches(&store.engineer, filter).await, 2, "{filter}");
        }
        for (filter, count) in [("scores.Speed = 0.5", 2), ("metadata.model = 'm'", 2), ("scores.Tone is null or scores.Speed > 0.4", 2)] {
            assert_eq!(matches(&store.reviewer, filter).await, count, "{filter}");
        }
    }
}

#[tokio::test]
async fn each_question_opens_where_it_is_answered() {
    for store in stores().await {
        let world = World::new(&store).await;
        let reviewer = &store.reviewer;
        let set = reviewer.set_answer(answer(world.row("one"), "Intent", text("horse"))).await.unwrap();
        assert_eq!(set.standing.scores.keys().collect::<Vec<_>>(), ["Speed"], "an answer tells nothing of other questions");
        let open = async |root: &str| {
            let query = OpenTrace { object: world.project.logs(), root_span_id: root.to_owned(), span_id: None, form: None };
            reviewer.open_trace(query).await.unwrap()
        };
        let row = async |id: &str| {
            let rows = reviewer.search_rows(RowSearch::of(world.project.logs())).await.unwrap().values();
            rows.into_iter().find(|row| row["id"] == json!(id)).unwrap()
        };
        // Both have said something; of as frequent ones the earliest counts. Its projection is what everybody sees.
        assert_eq!((&row("one").await["expected"], &row("one").await["metadata"]), (&json!("zebra"), &json!({"model": "m"})));
        let said = open("one").await.said;
        assert_eq!(said.answers.iter().map(|answer| answer.question_name.as_str()).collect::<Vec<_>>(), ["Intent", "Intent"]);
        assert_eq!(said.comments.len(), 0, "a required question is not answered yet");

        let set = reviewer.set_answer(answer(world.row("one"), "Tone", number(0.5))).await.unwrap();
        assert_eq!(set.standing.scores["Tone"].spread, Some((0.4217, 0.5)));
        let view = open("one").await;
        assert_eq!(view.said.comments.len(), 1, "all that is required is answered");
        let listed = async |root: &str| {
            let query = ListTraces { object: world.project.logs(), filter: String::new(), before: None, limit: 10, columns: Vec::new() };
            reviewer.list_traces(query).await.unwrap().rows.into_iter().find(|row| row.root_span_id == root).unwrap()
        };
        assert_eq!(listed("one").await.scores["Tone"].value, 0.46085);
        let summary = async || reviewer.summary(&world.project.logs(), "").await.unwrap().0.scores;
        assert_eq!(summary().await["Tone"].count, 1, "only where it is answered");
        assert!(!listed("two").await.scores.contains_key("Tone"));
        assert_eq!(secrets_in(&written(&open("two").await)), [""; 0]);
        // Text is still hidden, and comes with the answer.
        assert_eq!(row("one").await["metadata"], json!({"model": "m"}));
        reviewer.set_answer(answer(world.row("one"), "Reason", text("short"))).await.unwrap();
        assert_eq!(row("one").await["metadata"], json!({"model": "m", "review": {"reason": "short"}}));

        // What is taken back is hidden again.
        reviewer.set_answer(answer(world.row("one"), "Tone", None)).await.unwrap();
        assert!(!summary().await.contains_key("Tone") && open("one").await.said.comments.is_empty());
        let own = open("one").await.said.activity;
        assert_eq!((&own[0].action, own[0].path.to_string().as_str()), (&Deed::Clear, "scores.Tone"), "one's own stays in sight");
    }
}

#[tokio::test]
async fn commands_tell_nothing() {
    for store in stores().await {
        let world = World::new(&store).await;
        let reviewer = &store.reviewer;
        // An edit begins with what one sees, and a conflict shows nothing else.
        let edit = |before: Option<&str>, value: &str| SetExpected {
            row: world.row("one"),
            value: Some(value.to_owned()),
            before: before.map(str::to_owned),
            client_id: Some(value.to_owned()),
        };
        let refused = reviewer.set_expected(edit(Some("1"), "2")).await.unwrap_err();
        assert_eq!(refused.problem(), Some(&shared::Problem::Conflict { current: "null".to_owned() }));
        // What others wrote there is not brought to light by taking it back.
        let entries = store.engineer.activity(ListActivity { row: world.row("one"), before: None, limit: 100 }).await.unwrap();
        for entry in &entries {
            let revert = Revert { edit: Edit::Entry(entry.id), client_id: None };
            let refused = reviewer.revert(revert).await.unwrap_err();
            assert_eq!(secrets_in(&written(refused.problem().unwrap())), [""; 0], "{entry:?}");
        }
        // Nobody replaces what they may not see, and nothing of it is lost.
        let refused = reviewer.set_expected(edit(None, "3")).await.unwrap_err();
        let Some(shared::Problem::NotYours { reason }) = refused.problem() else { panic!("{refused}") };
        assert!(reason.contains("Answer the questions about expected first"), "{reason}");
        assert_eq!(expected_of(&store.engineer, &world).await, json!("zebra"));
        // Where nothing is hidden, everybody edits, and takes that back.
        let edit = SetExpected { row: world.row("two"), ..edit(None, "3") };
        reviewer.set_expected(edit).await.unwrap();
        let activity = reviewer.activity(ListActivity { row: world.row("two"), before: None, limit: 100 }).await.unwrap();
        assert_eq!((activity.len(), &activity[0].from, &activity[0].path), (1, &None, &Subject::Expected));
        let undo = Revert { edit: Edit::Command("3".to_owned()), client_id: None };
        reviewer.revert(undo).await.unwrap();
        // A comment of one's own is there at once.
        let said = reviewer.add_comment(AddComment { row: world.row("one"), text: "mine".to_owned(), client_id: None }).await.unwrap();
        let query = OpenTrace { object: world.project.logs(), root_span_id: "one".to_owned(), span_id: None, form: None };
        assert_eq!(reviewer.open_trace(query).await.unwrap().said.comments, [said]);
    }
}

async fn expected_of(desk: &Desk, world: &World) -> Value {
    let rows = desk.search_rows(RowSearch::of(world.project.logs())).await.unwrap().values();
    rows.into_iter().find(|row| row["id"] == json!("one")).unwrap()["expected"].clone()
}

#[tokio::test]
async fn what_is_written_down_from_answers_stays_hidden_until_one_has_answered() {
    for store in stores().await {
        let world = World::new(&store).await;
        let edit = async |desk: &Desk, before: &str, value: &str| {
            let (before, value) = (Some(before.to_owned()), Some(value.to_owned()));
            desk.set_expected(SetExpected { row: world.row("one"), value, before, client_id: None }).await.unwrap();
        };
        edit(&store.engineer, "\"zebra\"", "{\"animal\":\"zebra\"}").await;
        assert_eq!(expected_of(&store.engineer, &world).await, json!({"animal": "zebra"}));
        for (name, way) in ways() {
            let (Way::Out(probe) | Way::Veiled(probe)) = way else { continue };
            let told = probe(&world, &store.reviewer).await;
            assert_eq!(secrets_in(&told), [""; 0], "{name}: {told}");
        }
        // Once more by who saw it, although no answer counts any more.
        edit(&store.engineer, "{\"animal\":\"zebra\"}", "\"zebra or horse\"").await;
        assert_eq!(expected_of(&store.reviewer, &world).await, Value::Null);
        // Who does not see it does not replace it.
        let blind = SetExpected { row: world.row("one"), value: Some("1".to_owned()), before: None, client_id: None };
        let refused = store.reviewer.set_expected(blind).await.unwrap_err();
        assert!(matches!(refused.problem(), Some(shared::Problem::NotYours { .. })), "{refused}");
        edit(&store.engineer, "\"zebra or horse\"", "\"zebra\"").await;
        assert_eq!(expected_of(&store.reviewer, &world).await, Value::Null);
        // Nobody is asked about a value that they may not see; it is kept.
        let sent = SetAnswer { client_id: Some("sent".to_owned()), ..answer(world.row("one"), "Intent", text("horse")) };
        store.reviewer.set_answer(sent).await.unwrap();
        assert_eq!(expected_of(&store.reviewer, &world).await, json!({"Intent": "horse", "expected": "zebra"}));
        store.reviewer.set_answer(answer(world.row("one"), "Intent", None)).await.unwrap();
        assert_eq!(expected_of(&store.reviewer, &world).await, Value::Null);
        // What the API writes into it leaves a part of it, and is hidden with that; what takes its place is nobody's secret.
        let merge = |value: Value| json!({"id": "one", "_is_merge": true, "expected": value});
        edit(&store.engineer, "\"zebra\"", "{\"animal\":\"zebra\"}").await;
        let before = store.send(&world.project, &[merge(json!({"legs": 4}))]).await.transaction;
        assert_eq!(expected_of(&store.engineer, &world).await, json!({"animal": "zebra", "legs": 4}));
        assert_eq!(expected_of(&store.reviewer, &world).await, Value::Null);
        store.send(&world.project, &[merge(json!("by the API"))]).await;
        assert_eq!(expected_of(&store.reviewer, &world).await, json!("by the API"));
        let found = async |desk: &Desk| {
            let version = Some(desk.version(&before).await.unwrap());
            let rows = desk.search_rows(RowSearch { version, ..RowSearch::of(world.project.logs()) }).await.unwrap().values();
            rows.into_iter().find(|row| row["id"] == json!("one")).unwrap()["expected"].clone()
        };
        assert_eq!((found(&store.engineer).await, found(&store.reviewer).await), (json!({"animal": "zebra", "legs": 4}), Value::Null));
        // What comes back is hidden as it was.
        let entries = store.engineer.activity(ListActivity { row: world.row("one"), before: None, limit: 1 }).await.unwrap();
        store.engineer.revert(Revert { edit: Edit::Entry(entries[0].id), client_id: None }).await.unwrap();
        assert_eq!(expected_of(&store.engineer, &world).await, json!({"animal": "zebra", "legs": 4}));
        assert_eq!(expected_of(&store.reviewer, &world).await, Value::Null);
        assert_eq!(store.store.verify().await.unwrap().map(|_| ()), Ok(()));
    }
}

#[tokio::test]
async fn who_is_mentioned_reads_what_is_said_once_they_have_answered() {
    for store in stores().await {
        let world = World::new(&store).await;
        let person = &store.reviewer.actor().person;
        let text = format!("hushed [@{}](person:{})", person.name, person.id);
        store.engineer.add_comment(AddComment { row: world.row("one"), text, client_id: None }).await.unwrap();
        let mentioned = async || store.reviewer.inbox().await.unwrap().mentions.remove(0);
        assert_eq!(mentioned().await.excerpt, "");
        store.reviewer.set_answer(answer(world.row("one"), "Tone", number(0.5))).await.unwrap();
        assert!(mentioned().await.excerpt.starts_with("hushed"));
    }
}

async fn change(subscription: &mut Subscription) -> LiveChange {
    match subscription.next().await.unwrap() {
        LiveEvents::Event(published) => published.event.change.clone(),
        LiveEvents::Resync => LiveChange::Resync,
    }
}

#[tokio::test]
async fn who_follows_is_blind_from_the_moment_it_is_set() {
    for store in stores().await {
        let world = World::new(&store).await;
        world.set(&store, json!({"blind_reviews": false})).await;
        let (_, head) = store.reviewer.summary(&world.project.logs(), "").await.unwrap();
        let mut reviewer = store.reviewer.follow(&world.project.id, head).await.unwrap();
        let mut engineer = store.engineer.follow(&world.project.id, head).await.unwrap();
        let say = async |value: f64| store.engineer.set_answer(answer(world.row("two"), "Tone", number(value))).await.unwrap();
        say(0.1).await;
        assert!(matches!(change(&mut reviewer).await, LiveChange::Spans(_)));
        world.set(&store, json!({"blind_reviews": true})).await;
        assert_eq!(change(&mut reviewer).await, LiveChange::Configuration);
        say(0.2).await;
        let LiveChange::Veiled(veiled) = change(&mut reviewer).await else { panic!("which span changed is told") };
        assert_eq!((veiled.object, veiled.touched.len(), &veiled.touched[0].row_id), (world.project.logs(), 1, &RowId::from("two")));
        for _ in 0..3 {
            assert!(!matches!(change(&mut engineer).await, LiveChange::Veiled(_)));
        }
    }
}

#[tokio::test]
async fn what_is_not_known_is_hidden() {
    for store in stores().await {
        let world = World::new(&store).await;
        let list = ListActivity { row: world.row("one"), before: None, limit: 100 };
        let count = async |desk: &Desk| desk.activity(list.clone()).await.unwrap().len();
        let before = (count(&store.reviewer).await, count(&store.engineer).await);
        let row = world.row("one");
        store.store.write(move |change| Box::pin(async move { write_what_is_not_known(change, &row).await })).await.unwrap();
        assert_eq!((count(&store.reviewer).await, count(&store.engineer).await), (before.0, before.1 + 2));
    }
}

/// Entries as a later version might write them.
async fn write_what_is_not_known(change: &mut crate::writing::writer::Change, row: &RowAddress) -> crate::Result<()> {
    let (home, span) = crate::ground::places::find_span(&change.transaction, row).await?;
    let entry = |action, path| crate::writing::activity::NewActivity {
        span: span.key,
        actor: None,
        external: None,
        source: shared::audit::Source::Api,
        action,
        path,
        from: None,
        to: Some("1".to_owned()),
        reason: None,
        given: None,
    };
    let entries = vec![entry(Deed::Other("applaud".to_owned()), Subject::Tags), entry(Deed::Edit, Subject::Other("applause".to_owned()))];
    crate::writing::activity::record(change, &home, entries).await.map(|_| ())
}

#[tokio::test]
async fn a_score_whose_name_only_looks_the_same_is_hidden_too() {
    for store in stores().await {
        let world = World::new(&store).await;
        world.set(&store, json!({"blind_reviews": true})).await;
        let scores = json!({"TONE": 0.7777, "\u{ff34}one": 0.6666, "tone ": 0.55, "Speed": 0.5});
        store.send(&world.project, &[json!({"id": "alike", "span_id": "alike", "root_span_id": "alike", "scores": scores})]).await;
        let filter = Some(parse_expression("id = 'alike'").unwrap());
        let search = || RowSearch { filter: filter.clone(), ..RowSearch::of(world.project.logs()) };
        for (desk, expected) in [(&store.reviewer, 1), (&store.engineer, 4)] {
            let row: Value = serde_json::from_str(desk.search_rows(search()).await.unwrap().rows[0].get()).unwrap();
            assert_eq!(row["scores"].as_object().unwrap().len(), expected, "{row}");
            let (summary, _) = desk.summary(&world.project.logs(), "").await.unwrap();
            assert_eq!(summary.scores.contains_key("TONE"), expected == 4);
        }
    }
}
