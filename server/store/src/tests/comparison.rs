//! Experiments side by side.

use super::sending::{address, number, raws, slider};
use super::{TestStore, stores};
use crate::{Desk, Error};
use serde_json::{Map, Value, json};
use shared::address::ComparisonAddress;
use shared::answers::SetAnswer;
use shared::comparison::{OpenComparison, SideBySide};
use shared::experiments::{ScoreTrend, Verdict};
use shared::objects::{DeleteObject, IfTaken, ObjectKind, RegisterObject, RowAddress};
use shared::projects::{ChangeSettings, Project};
use shared::questions::Definition;
use shared::texts::DiffKind;
use shared::{ObjectId, RowId};

pub(super) async fn experiment(store: &TestStore, project: &Project, name: &str) -> ObjectId {
    let (kind, name, details) = (ObjectKind::Experiment, Some(name.to_owned()), Map::new());
    let command = RegisterObject { kind, project: project.id.clone(), name, if_taken: IfTaken::Open, details };
    store.engineer.register_object(command).await.unwrap().0.id
}

/// A row as `Eval()` sends it: the score is on a span of its own. Input keys come in an order of the row's own.
fn row(id: &str, case: u32, output: &str, score: Option<f64>) -> Vec<Value> {
    let input = match case.is_multiple_of(2) {
        true => json!({"question": format!("Question {case}?"), "lang": "en"}),
        false => json!({"lang": "en", "question": format!("Question {case}?")}),
    };
    let root = json!({
        "id": id, "span_id": id, "root_span_id": id, "input": input, "output": output, "expected": format!("Answer {case}"),
        "metrics": {"start": 1000.0, "end": 1002.0, "tokens": 10, "estimated_cost": 0.002}, "span_attributes": {"type": "eval"},
    });
    let scorer = json!({
        "id": format!("{id}-s"), "span_id": format!("{id}-s"), "root_span_id": id, "span_parents": [id],
        "scores": {"exact": score}, "span_attributes": {"name": "exact", "type": "score"},
    });
    [root].into_iter().chain(score.map(|_| scorer)).collect()
}

async fn send(store: &TestStore, experiment: &ObjectId, rows: Vec<Vec<Value>>) {
    let sent = store.engineer.ingest(raws(&rows.concat()), Some(experiment.clone())).await.unwrap();
    assert_eq!(sent.rejected, []);
}

fn asked(project: &Project, base: &str, query: &str) -> OpenComparison {
    OpenComparison { project: project.id.clone(), base: base.to_owned(), address: ComparisonAddress::parse(query) }
}

async fn open(desk: &Desk, project: &Project, base: &str, query: &str) -> SideBySide {
    desk.open_comparison(asked(project, base, query)).await.unwrap()
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().problem().unwrap().to_string()
}

fn inputs(comparison: &SideBySide) -> Vec<&str> {
    comparison.rows.iter().map(|row| row.input.as_str()).collect()
}

/// Three experiments: `b` is better on 1 and worse on 2, failed on 3, lacks 4, and ran 1 twice; `c` is empty.
async fn world(store: &TestStore) -> (Project, [ObjectId; 3]) {
    let project = store.project("side by side").await;
    let ids = [experiment(store, &project, "a").await, experiment(store, &project, "b").await, experiment(store, &project, "c").await];
    let before: Vec<_> =
        [(1, 0.5), (2, 1.0), (3, 0.25), (4, 0.5)].map(|(case, score)| row(&format!("a{case}"), case, "It is red.", Some(score))).into();
    send(store, &ids[0], before).await;
    let mut failed = row("b3", 3, "", None);
    failed[0]["output"] = Value::Null;
    failed[0]["error"] = json!("timed out");
    let after = vec![
        row("b1", 1, "It is blue.", Some(1.0)),
        row("b1-again", 1, "It is dark blue.", Some(0.5)),
        row("b2", 2, "It is red.", Some(0.25)),
        failed,
        row("b5", 5, "It is new.", Some(1.0)),
    ];
    send(store, &ids[1], after).await;
    (project, ids)
}

#[tokio::test]
async fn what_ran_and_what_changed() {
    for store in stores().await {
        let (project, _) = world(&store).await;
        let all = open(&store.viewer, &project, "a", "with=b&with=c").await;
        let ran: Vec<_> =
            all.experiments.iter().map(|ran| (ran.name.as_str(), ran.ran, ran.failed, ran.missing, ran.trials, ran.cost)).collect();
        let cost = Some(2_000_000);
        let expected = [("a", 4, 0, 1, Some((1, 1)), cost), ("b", 4, 1, 1, Some((1, 2)), cost), ("c", 0, 0, 5, None, None)];
        assert_eq!((all.inputs, ran), (5, expected.to_vec()));
        assert_eq!(all.experiments[1].author.as_deref(), Some(store.engineer.actor().person.name.as_str()));
        let [exact] = &all.scores[..] else { panic!("{:?}", all.scores) };
        let [b, c] = &exact.sides[..] else { panic!("{exact:?}") };
        // Input 1 has the mean of its trials.
        assert_eq!((b.paired.pairs, b.paired.improved, b.paired.regressed, b.paired.unchanged), (2, 1, 1, 0));
        assert!((b.paired.difference - (0.25 - 0.75) / 2.0).abs() < 1e-9);
        assert_eq!((b.paired.verdict(), c.paired.verdict(), c.mean), (Verdict::Unclear, Verdict::TooFew, None));
        // Of one pair nothing is said.
        assert_eq!(open(&store.viewer, &project, "c", "with=a").await.scores[0].sides[0].paired.verdict(), Verdict::TooFew);
        // The summary that SDKs print says the same.
        let summed = store.viewer.compare_experiments(&all.experiments[1].id, Some(&all.experiments[0].id)).await.unwrap().scores["exact"];
        assert_eq!(summed.paired, Some(b.paired));
        assert_eq!((all.matching, all.next, all.cut.len(), all.others.len()), (5, None, 0, 0));
        assert_eq!(open(&store.viewer, &project, "a", "with=b").await.others, ["c"]);
    }
}

#[tokio::test]
async fn rows_stand_side_by_side() {
    for store in stores().await {
        let (project, ids) = world(&store).await;
        store.question(&project, "Preference", slider()).await;
        let judged = RowAddress { object_type: ObjectKind::Experiment, object_id: ids[1].clone(), id: RowId::from("b2") };
        let answer = SetAnswer {
            row: judged,
            question: "Preference".to_owned(),
            value: number(0.75),
            client_id: None,
            reason: None,
            confirm: false,
            circumstances: Default::default(),
        };
        store.reviewer.set_answer(answer).await.unwrap();
        let all = open(&store.viewer, &project, "a", "with=b").await;
        // Those of people come first.
        assert_eq!(all.scores.iter().map(|score| score.name.as_str()).collect::<Vec<_>>(), ["Preference", "exact"]);
        let mut asked = inputs(&all);
        asked.sort_unstable();
        assert_eq!(asked, ["Question 1?", "Question 2?", "Question 3?", "Question 4?", "Question 5?"]);
        // What only the other has comes last.
        assert_eq!(all.rows[4].input, "Question 5?");
        assert!(all.rows[4].sides[0].is_none());
        let of = |case: &str| all.rows.iter().find(|row| row.input.contains(case)).unwrap();
        let (one, two, three) = (of("1"), of("2"), of("3"));
        assert_eq!(one.expected, "Answer 1");
        let again = one.sides[1].as_ref().unwrap();
        assert_eq!((again.trials, again.scores["exact"].value, again.tokens), (2, 0.75, Some(10)));
        assert_eq!((again.changes["exact"].difference, again.changes["exact"].change), (0.25, ScoreTrend::Improved));
        let words: Vec<_> = again.output.iter().map(|part| (part.kind, part.text.as_str())).collect();
        assert_eq!(words[0], (DiffKind::Same, "It is "));
        assert_eq!(words[1], (DiffKind::Removed, "red"));
        let two = two.sides[1].as_ref().unwrap();
        assert_eq!((two.scores["Preference"].value, two.changes.contains_key("Preference")), (0.75, false));
        assert!(two.output.iter().all(|part| part.kind == DiffKind::Same));
        let three = three.sides[1].as_ref().unwrap();
        assert_eq!((three.failed, three.is_error, three.output[0].text.as_str()), (true, true, "timed out"));

        let shown = async |query: &str| {
            let page = open(&store.viewer, &project, "a", &format!("with=b&{query}")).await;
            assert_eq!(page.matching as usize, page.rows.len());
            let mut inputs: Vec<_> = inputs(&page).into_iter().map(str::to_owned).collect();
            inputs.sort_unstable();
            inputs
        };
        assert_eq!(shown("show=improved&score=exact&in=b").await, ["Question 1?"]);
        assert_eq!(shown("show=regressed&score=exact&in=b").await, ["Question 2?"]);
        assert_eq!(shown("show=unchanged&score=exact&in=b").await, [""; 0]);
        assert_eq!(shown("show=improved&score=none&in=b").await, [""; 0]);
        assert_eq!(shown("show=failed&in=b").await, ["Question 3?"]);
        assert_eq!(shown("show=missing&in=b").await, ["Question 4?"]);
        assert_eq!(shown("show=missing&in=a").await, ["Question 5?"]);
        assert_eq!(shown("differences=1").await.len(), 5);
        let worst = open(&store.viewer, &project, "a", "with=b&sort=drop").await;
        assert_eq!(inputs(&worst)[..2], ["Question 2?", "Question 1?"]);
        // Where less is better what rose is worse.
        store.question(&project, "exact", Definition { higher_is_better: false, ..slider() }).await;
        assert_eq!(shown("show=regressed&score=exact&in=b").await, ["Question 1?"]);
    }
}

#[tokio::test]
async fn pages_follow_one_another() {
    for store in stores().await {
        let project = store.project("many").await;
        let (a, b) = (experiment(&store, &project, "a").await, experiment(&store, &project, "b").await);
        for id in [&a, &b] {
            let rows = (0..60).map(|case| row(&format!("r{case}"), case, "same", Some(f64::from(case % 2)))).collect();
            send(&store, id, rows).await;
        }
        for order in ["", "&sort=drop"] {
            let (mut after, mut seen) = (String::new(), Vec::new());
            loop {
                let page = open(&store.viewer, &project, "a", &format!("with=b{order}{after}")).await;
                seen.extend(page.rows.iter().map(|row| row.input.clone()));
                let Some(next) = page.next else { break };
                after = format!("&after={}", next.to_text());
            }
            assert_eq!(seen.len(), 60, "{order}");
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), 60, "{order}");
        }
        // Nothing differs.
        assert_eq!(open(&store.viewer, &project, "a", "with=b&differences=1").await.matching, 0);
        let exact = open(&store.viewer, &project, "a", "with=b").await.scores.remove(0).sides.remove(0).paired;
        assert_eq!((exact.interval, exact.unchanged, exact.verdict()), (Some((0.0, 0.0)), 60, Verdict::Unclear));
    }
}

#[tokio::test]
async fn what_cannot_be_compared_is_said() {
    for store in stores().await {
        let (project, ids) = world(&store).await;
        let said = async |base: &str, query: &str| refused(store.viewer.open_comparison(asked(&project, base, query)).await);
        assert!(said("a", "with=A").await.contains("\"a\" cannot be compared with itself. Choose another experiment."));
        assert!(said("a", "with=b&with=b").await.contains("\"b\" cannot be compared with itself."));
        assert!(said("a", "with=none").await.contains("experiment \"none\" in this project"));
        assert!(said("none", "").await.contains("experiment \"none\" in this project"));
        assert!(said("a", "with=b&with=c&with=d&with=e&with=f").await.contains("Compare at most 5 experiments at once; these are 6."));
        assert!(said("a", "with=b&show=failed&in=c").await.contains("\"c\" is not among the experiments that are compared."));
        // One alone, an empty one, and a place that is not there any more are pages like others.
        assert_eq!(open(&store.viewer, &project, "a", "").await.rows.len(), 4);
        assert_eq!(open(&store.viewer, &project, "c", "").await.inputs, 0);
        assert_eq!(open(&store.viewer, &project, "a", "with=b&after=1_2").await.rows.len(), 5);
        store.engineer.delete_object(DeleteObject { kind: ObjectKind::Experiment, id: ids[1].clone() }).await.unwrap();
        assert!(said("a", "with=b").await.contains("experiment \"b\" in this project"));
        let other = store.project("elsewhere").await;
        assert!(refused(store.viewer.open_comparison(asked(&other, "a", "")).await).contains("experiment \"a\" in this project"));
    }
}

#[tokio::test]
async fn the_blind_compare_what_they_may_see() {
    for store in stores().await {
        let (project, ids) = world(&store).await;
        store.question(&project, "exact", slider()).await;
        let changes = json!({"blind_reviews": true}).as_object().unwrap().clone();
        store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes }).await.unwrap();
        let hidden = open(&store.reviewer, &project, "a", "with=b").await;
        assert_eq!((hidden.scores.len(), hidden.inputs, hidden.rows.len()), (0, 5, 5));
        assert!(
            hidden.rows.iter().flat_map(|row| row.sides.iter().flatten()).all(|side| side.scores.is_empty() && side.changes.is_empty())
        );
        assert_eq!(open(&store.reviewer, &project, "a", "with=b&show=improved&score=exact&in=b").await.matching, 0);
        assert_eq!(open(&store.engineer, &project, "a", "with=b&show=improved&score=exact&in=b").await.matching, 1);
        // What one has answered oneself is compared.
        for (object, id, value) in [(&ids[0], "a2", 0.5), (&ids[1], "b2", 1.0)] {
            let row = RowAddress { object_type: ObjectKind::Experiment, object_id: object.clone(), id: RowId::from(id) };
            let answer = SetAnswer { row, ..answer(&project, value) };
            store.reviewer.set_answer(answer).await.unwrap();
        }
        let own = open(&store.reviewer, &project, "a", "with=b").await;
        let [exact] = &own.scores[..] else { panic!("{:?}", own.scores) };
        assert_eq!((exact.base, exact.sides[0].mean, exact.sides[0].paired.pairs), (Some(0.5), Some(1.0), 1));
    }
}

fn answer(project: &Project, value: f64) -> SetAnswer {
    SetAnswer {
        row: address(project, "x"),
        question: "exact".to_owned(),
        value: number(value),
        client_id: None,
        reason: None,
        confirm: false,
        circumstances: Default::default(),
    }
}

#[tokio::test]
async fn rows_without_an_input_are_one() {
    for store in stores().await {
        let project = store.project("nothing asked").await;
        let (a, b) = (experiment(&store, &project, "a").await, experiment(&store, &project, "b").await);
        let row = |id: &str, score: f64| vec![json!({"id": id, "output": id, "scores": {"exact": score}})];
        send(&store, &a, vec![row("a1", 0.5)]).await;
        send(&store, &b, vec![row("b1", 1.0), row("b2", 0.5)]).await;
        let all = open(&store.viewer, &project, "a", "with=b").await;
        assert_eq!((all.inputs, all.rows[0].sides[1].as_ref().unwrap().trials, all.rows[0].input.as_str()), (1, 2, ""));
        assert_eq!(all.scores[0].sides[0].paired.difference, 0.25);
        assert_eq!(all.rows[0].sides[1].as_ref().unwrap().changes["exact"].change, ScoreTrend::Improved);
    }
}

#[tokio::test]
async fn a_project_may_say_what_rows_are_joined_on() {
    for store in stores().await {
        let project = store.project("keyed").await;
        let (a, b) = (experiment(&store, &project, "a").await, experiment(&store, &project, "b").await);
        let row = |id: &str, case: u32, words: &str, score: f64| {
            vec![json!({"id": id, "input": words, "metadata": {"case": case, "n": {"a": 1, "b": 2}}, "scores": {"exact": score}})]
        };
        send(&store, &a, vec![row("a1", 1, "Hi", 0.5), row("a2", 2, "Bye", 0.5)]).await;
        send(&store, &b, vec![row("b1", 1, "Hello", 1.0), row("b2", 2, "Bye", 0.5), row("b3", 3, "Bye", 0.5)]).await;
        let set = async |key: &str| {
            let changes = json!({"comparison_key": key}).as_object().unwrap().clone();
            store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes }).await
        };
        let paired = async || {
            let all = open(&store.viewer, &project, "a", "with=b").await;
            (all.inputs, all.scores[0].sides[0].paired.pairs, all.scores[0].sides[0].paired.improved)
        };
        assert_eq!(paired().await, (3, 1, 0));
        set("metadata.case").await.unwrap();
        assert_eq!(paired().await, (3, 2, 1));
        let summed = store.viewer.compare_experiments(&b, Some(&a)).await.unwrap().scores["exact"];
        assert_eq!((summed.improvements(), summed.regressions()), (1, 0));
        // Where it says nothing, rows are found by their input.
        set("metadata.none").await.unwrap();
        assert_eq!(paired().await, (3, 1, 0));
        assert!(refused(set("metadata.(").await).contains("Write an expression about a row, such as input.id or metadata.case."));
        set("input").await.unwrap();
        assert_eq!(paired().await, (3, 1, 0));
    }
}

#[tokio::test]
async fn scores_beyond_those_that_are_compared_are_counted_and_mark_nothing() {
    for store in stores().await {
        let project = store.project("many scores").await;
        store.question(&project, "Z last", slider()).await;
        let (a, b) = (experiment(&store, &project, "a").await, experiment(&store, &project, "b").await);
        let row = |id: &str, last: f64| {
            let mut scores: Map<String, Value> = (0..44).map(|number| (format!("s{number:02}"), json!(0.5))).collect();
            scores.insert("s99".to_owned(), json!(last));
            vec![json!({"id": id, "input": "Hi", "scores": scores})]
        };
        send(&store, &a, vec![row("a1", 0.5)]).await;
        send(&store, &b, vec![row("b1", 0.0)]).await;
        let all = open(&store.viewer, &project, "a", "with=b").await;
        assert_eq!((all.scores.len(), all.scores_left_out, all.matching), (40, 5, 1));
        let differences = open(&store.viewer, &project, "a", "with=b&differences=1").await;
        assert_eq!(differences.matching, 0, "what is not shown makes no difference");
    }
}
