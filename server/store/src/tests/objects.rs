//! Experiments and datasets: registered, found, changed, deleted, filled and compared.

use super::sending::raws;
use super::{TestStore, stores};
use crate::{Desk, Error};
use serde_json::{Map, Value, json};
use shared::filter::format_instant;
use shared::objects::{ChangeObject, DeleteObject, IfTaken, NamedObject, ObjectKind, RegisterObject, RowAddress};
use shared::projects::Project;
use shared::questions::Definition;
use shared::spans::{Case, ListTraces};
use shared::summary::Summary;
use shared::{ObjectId, Problem, RowId};

fn details(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

async fn register(desk: &Desk, project: &Project, kind: ObjectKind, name: &str, if_taken: IfTaken) -> crate::Result<(NamedObject, bool)> {
    let name = (!name.is_empty()).then(|| name.to_owned());
    let details = details(json!({ "description": "first", "metadata": { "a": 1 } }));
    desk.register_object(RegisterObject { kind, project: project.id.clone(), name, if_taken, details }).await
}

async fn experiment(store: &TestStore, project: &Project, name: &str) -> NamedObject {
    register(&store.engineer, project, ObjectKind::Experiment, name, IfTaken::AddSuffix).await.unwrap().0
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().problem().unwrap().to_string()
}

fn missing<T: std::fmt::Debug>(result: Result<T, Error>) -> bool {
    matches!(result.unwrap_err().problem(), Some(Problem::NotFound { .. }))
}

#[tokio::test]
async fn a_taken_name_is_opened_or_gets_a_suffix() {
    for store in stores().await {
        let project = store.project("names").await;
        let (first, existed) = register(&store.engineer, &project, ObjectKind::Dataset, "golden", IfTaken::Open).await.unwrap();
        assert!(!existed);
        let (again, existed) = register(&store.engineer, &project, ObjectKind::Dataset, "golden", IfTaken::Open).await.unwrap();
        assert_eq!((&again, existed), (&first, true));
        // An experiment of the same name is something else.
        let e1 = experiment(&store, &project, "golden").await;
        assert_ne!(e1.id, first.id);
        let e2 = experiment(&store, &project, "golden").await;
        assert!(e2.name.starts_with("golden-") && e2.name.len() == "golden-12345678".len(), "{}", e2.name);
        let unnamed = experiment(&store, &project, "").await;
        assert_eq!(unnamed.name, "experiment");
        assert!(experiment(&store, &project, "").await.name.starts_with("experiment-"));

        let names = |objects: Vec<NamedObject>| objects.into_iter().map(|object| object.name).collect::<Vec<_>>();
        assert_eq!(names(store.viewer.objects(ObjectKind::Dataset, &project.id).await.unwrap()), ["golden"]);
        assert_eq!(store.viewer.objects(ObjectKind::Experiment, &project.id).await.unwrap().len(), 4);
        assert_eq!(store.viewer.object_by_name(ObjectKind::Experiment, &project.id, "golden").await.unwrap(), e1);
        // What is of the other kind is not there.
        assert!(missing(store.viewer.object(ObjectKind::Dataset, &e1.id).await));
        assert!(missing(store.viewer.require_object(ObjectKind::ProjectLogs, &e1.id).await));
        assert!(missing(store.viewer.object(ObjectKind::Experiment, &project.logs()).await));
    }
}

#[tokio::test]
async fn of_two_who_register_a_name_at_once_both_have_it() {
    for store in stores().await {
        let project = store.project("race").await;
        let both = |kind, if_taken| {
            let (store, project) = (&store, &project);
            async move {
                let (one, other) = tokio::join!(
                    register(&store.engineer, project, kind, "same", if_taken),
                    register(&store.owner, project, kind, "same", if_taken),
                );
                (one.unwrap(), other.unwrap())
            }
        };
        let ((one, existed), (other, existed_too)) = both(ObjectKind::Dataset, IfTaken::Open).await;
        assert_eq!((one.id == other.id, existed != existed_too), (true, true));
        let ((one, _), (other, _)) = both(ObjectKind::Experiment, IfTaken::AddSuffix).await;
        assert_ne!(one.name, other.name);
    }
}

#[tokio::test]
async fn objects_are_changed_and_deleted_by_who_may() {
    for store in stores().await {
        let project = store.project("changes").await;
        let (one, two) = (experiment(&store, &project, "one").await, experiment(&store, &project, "two").await);
        let change = |id: &ObjectId, name: Option<&str>, more: Value| ChangeObject {
            kind: ObjectKind::Experiment,
            id: id.clone(),
            name: name.map(str::to_owned),
            details: details(more),
        };
        let changed = store.engineer.change_object(change(&one.id, Some("uno"), json!({ "metadata": { "b": 2 } }))).await.unwrap();
        assert_eq!((changed.name.as_str(), &changed.details["metadata"]), ("uno", &json!({ "a": 1, "b": 2 })));
        assert_eq!(changed.details["description"], "first");
        assert!(refused(store.engineer.change_object(change(&one.id, Some("two"), json!({}))).await).contains("has this name already"));
        for name in ["", "a\nb", &"x".repeat(10_000)] {
            assert!(refused(store.engineer.change_object(change(&one.id, Some(name), json!({}))).await).contains("1 to 200"), "{name}");
        }
        let odd = store.engineer.change_object(change(&one.id, Some("a/b 🪨"), json!({}))).await.unwrap();
        assert_eq!(store.viewer.object_by_name(ObjectKind::Experiment, &project.id, "a/b 🪨").await.unwrap(), odd);

        let delete = || DeleteObject { kind: ObjectKind::Experiment, id: two.id.clone() };
        assert!(refused(store.reviewer.delete_object(delete()).await).contains("may not"));
        assert!(refused(register(&store.reviewer, &project, ObjectKind::Dataset, "no", IfTaken::Open).await).contains("may not"));
        assert_eq!(store.engineer.delete_object(delete()).await.unwrap(), two);
        assert!(missing(store.engineer.object(ObjectKind::Experiment, &two.id).await));
        assert!(missing(store.engineer.delete_object(delete()).await));
        // Its rows are read no more, nothing can be sent to it, and its name is free.
        assert!(missing(store.viewer.summary(&two.id, "").await));
        let ingested = store.engineer.ingest(raws(&[json!({ "id": "r", "experiment_id": two.id })]), None).await.unwrap();
        assert_eq!(ingested.rejected.len(), 1);
        assert_eq!(experiment(&store, &project, "two").await.name, "two");
    }
}

/// An evaluation as SDKs log it: the scores are on spans of their own.
fn evaluated(experiment: &NamedObject, case: i64, score: f64, seconds: f64) -> [Value; 2] {
    let id = format!("{}-{case}", experiment.name);
    let root = json!({
        "id": id, "experiment_id": experiment.id, "span_id": id, "root_span_id": id, "input": { "case": case, "q": "?" }, "output": case,
        "metrics": { "start": 1000.0, "end": 1000.0 + seconds, "estimated_cost": seconds / 1000.0 }, "span_attributes": { "name": "eval", "type": "eval" },
    });
    let scorer = json!({
        "id": format!("{id}-s"), "experiment_id": experiment.id, "span_id": format!("{id}-s"), "root_span_id": id, "span_parents": [id],
        "scores": { "exact": score }, "span_attributes": { "name": "exact", "type": "score", "purpose": "scorer" },
    });
    [root, scorer]
}

#[tokio::test]
async fn experiments_are_compared_on_their_inputs() {
    for store in stores().await {
        let project = store.project("compared").await;
        let (base, new) = (experiment(&store, &project, "base").await, experiment(&store, &project, "new").await);
        let mut rows = Vec::new();
        for (case, before, after) in [(1, 0.5, 1.0), (2, 1.0, 0.0), (3, 0.25, 0.25)] {
            rows.extend(evaluated(&base, case, before, 2.0));
            rows.extend(evaluated(&new, case, after, 1.0));
        }
        rows.extend(evaluated(&new, 4, 1.0, 1.0));
        rows[1]["error"] = json!("the scorer failed");
        rows[3]["error"] = json!("the scorer failed again");
        assert_eq!(store.engineer.ingest(raws(&rows), None).await.unwrap().rejected, []);

        let (summary, _) = store.viewer.summary(&new.id, "").await.unwrap();
        assert_eq!((summary.traces, summary.spans, summary.scores["exact"].count), (4, 8, 4));
        let compared = store.viewer.compare_experiments(&new.id, Some(&base.id)).await.unwrap();
        let exact = compared.scores["exact"];
        assert_eq!((exact.mean, exact.improvements(), exact.regressions()), (0.5625, 1, 1));
        assert!((exact.difference.unwrap() - (0.5625 - 1.75 / 3.0)).abs() < 1e-9);
        let duration = compared.metrics["duration"];
        assert_eq!((duration.mean, duration.improvements(), duration.regressions(), duration.difference), (1.0, 3, 0, Some(-1.0)));

        let cost = compared.metrics["estimated_cost"];
        assert_eq!((cost.mean, cost.improvements(), cost.difference), (0.001, 3, Some(-0.001)));

        let empty = experiment(&store, &project, "empty").await;
        assert!(store.viewer.compare_experiments(&empty.id, None).await.unwrap().scores.is_empty());
        assert!(missing(store.viewer.compare_experiments(&project.logs(), None).await));
        // The one that ran before is the base, unless one was named.
        assert_eq!(store.viewer.base_experiment(&empty).await.unwrap().unwrap().id, new.id);
        assert_eq!(store.viewer.base_experiment(&new).await.unwrap().unwrap().id, base.id);
        assert_eq!(store.viewer.base_experiment(&base).await.unwrap(), None);
        let named = ChangeObject {
            kind: ObjectKind::Experiment,
            id: new.id.clone(),
            name: None,
            details: details(json!({ "base_exp_id": empty.id })),
        };
        let new = store.engineer.change_object(named).await.unwrap();
        assert_eq!(store.viewer.base_experiment(&new).await.unwrap().unwrap().id, empty.id);
        let listed = store.viewer.object_summaries(ObjectKind::Experiment, &project.id).await.unwrap();
        let bases: Vec<_> =
            listed.iter().map(|object| (object.name.as_str(), object.base.as_deref(), object.description.as_str(), object.cost)).collect();
        let (less, more) = (Some(1_000_000), Some(2_000_000));
        assert_eq!(bases, [("empty", Some("new"), "first", None), ("new", Some("empty"), "first", less), ("base", None, "first", more)]);
        let facts: Vec<_> = listed.iter().map(|object| (object.errors, object.duration, object.author.as_deref())).collect();
        assert_eq!(facts[0], (0, None, Some(store.engineer.actor().person.name.as_str())));
        assert_eq!(facts[1], (1, Some(1_000_000), facts[0].2));
    }
}

#[tokio::test]
async fn where_less_is_better_a_fall_is_an_improvement() {
    for store in stores().await {
        let project = store.project("falling").await;
        let (base, new) = (experiment(&store, &project, "base").await, experiment(&store, &project, "new").await);
        let rows: Vec<_> = (1..=3).flat_map(|case| [evaluated(&base, case, 0.9, 1.0), evaluated(&new, case, 0.1, 1.0)]).flatten().collect();
        store.engineer.ingest(raws(&rows), None).await.unwrap();
        let counted = async || {
            let exact = store.viewer.compare_experiments(&new.id, Some(&base.id)).await.unwrap().scores["exact"];
            (exact.improvements(), exact.regressions())
        };
        assert_eq!(counted().await, (0, 3));
        store.question(&project, "exact", Definition { higher_is_better: false, ..Definition::default() }).await;
        assert_eq!(counted().await, (3, 0));
    }
}

#[tokio::test]
async fn means_are_compared_with_the_week_before_and_with_the_base() {
    for store in stores().await {
        let project = store.project("changes").await;
        let ago = |days: i64| format_instant(crate::now() - days * crate::ground::time::DAY);
        let rows: Vec<_> = [("a", 1, 0.75), ("b", 2, 0.25), ("c", 9, 0.25), ("d", 20, 1.0)]
            .into_iter()
            .map(|(id, days, score)| json!({"id": id, "created": ago(days), "scores": {"Q": score, (id): 1}}))
            .collect();
        store.send(&project, &rows).await;
        let periods = store.viewer.compared_summaries(&project.logs()).await.unwrap();
        let means =
            |summary: &Summary| summary.scores.iter().map(|(name, scores)| (name.clone(), scores.mean().unwrap())).collect::<Vec<_>>();
        let named = |means: &[(&str, f64)]| means.iter().map(|(name, mean)| ((*name).to_owned(), *mean)).collect::<Vec<_>>();
        assert_eq!(
            periods.iter().map(means).collect::<Vec<_>>(),
            [named(&[("Q", 0.25), ("c", 1.0)]), named(&[("Q", 0.5), ("a", 1.0), ("b", 1.0)])]
        );

        let mut experiments = Vec::new();
        for (name, score) in [("base", 0.5), ("new", 0.25)] {
            let experiment = experiment(&store, &project, name).await;
            let row = json!({"id": "r", "scores": {"Q": score}});
            store.engineer.ingest(raws(&[row]), Some(experiment.id.clone())).await.unwrap();
            experiments.push(experiment.id);
        }
        let base = store.viewer.compared_summaries(&experiments[1]).await.unwrap();
        assert_eq!(base.iter().map(means).collect::<Vec<_>>(), [named(&[("Q", 0.5)])]);
        store.verified().await;
    }
}

#[tokio::test]
async fn rows_of_experiments_and_datasets_say_what_should_have_come_out() {
    for store in stores().await {
        let project = store.project("cases").await;
        let (dataset, _) = register(&store.engineer, &project, ObjectKind::Dataset, "golden", IfTaken::Open).await.unwrap();
        let origin = json!({ "object_type": "project_logs", "object_id": project.id, "id": "log" });
        let rows = [
            json!({ "id": "a", "dataset_id": dataset.id, "input": "How high?", "expected": { "answer": "1200 m" }, "metadata": { "lang": "en", "n": 2 }, "origin": origin }),
            json!({ "id": "b", "dataset_id": dataset.id, "input": "How deep?" }),
        ];
        assert_eq!(store.engineer.ingest(raws(&rows), None).await.unwrap().rejected, []);
        let list =
            |object: ObjectId, filter: &str| ListTraces { object, filter: filter.to_owned(), before: None, limit: 10, columns: Vec::new() };
        for filter in ["", "input like '%How%'"] {
            let listed = store.viewer.list_traces(list(dataset.id.clone(), filter)).await.unwrap().rows;
            let mut cases: Vec<_> = listed.into_iter().map(|row| (row.input, row.case.unwrap())).collect();
            cases.sort_by(|one, other| one.0.cmp(&other.0));
            let from = RowAddress { object_type: ObjectKind::ProjectLogs, object_id: project.logs(), id: RowId::from("log") };
            let said = Case { expected: "1200 m".to_owned(), metadata: "lang: en, n: 2".to_owned(), origin: Some(from) };
            assert_eq!(cases, [("How deep?".to_owned(), Case::default()), ("How high?".to_owned(), said)], "{filter}");
        }
        store.send(&project, &[json!({ "id": "log", "input": "How high?", "expected": "1200 m" })]).await;
        assert_eq!(store.viewer.list_traces(list(project.logs(), "")).await.unwrap().rows[0].case, None);
    }
}
