//! What `serve --demo` shows.

use crate::harness::{TestServer, Who, servers};
use http::Method;
use serde_json::{Value, json};
use shared::ProjectId;
use shared::people::Role;
use shared::reviews::{ListReviewItems, ReviewStatus};

#[tokio::test]
async fn the_demo_project_is_made_once_and_shows_a_team_at_work() {
    for server in servers().await {
        let link = server.store.setup_link().await.unwrap().unwrap();
        demo::seed::seed(server.options()).await.unwrap();
        demo::seed::seed(server.options()).await.unwrap();
        // A first owner can still come.
        assert!(server.store.open_link(link.path.strip_prefix("/setup/").unwrap()).await.is_ok());
        let key = server.key(Role::Engineer, &[]).await;
        let (_, projects) = server.get(&key, "/v1/project").await;
        let project = &projects["objects"][0];
        assert_eq!((projects["objects"].as_array().unwrap().len(), &project["name"]), (1, &json!(demo::seed::PROJECT)));
        let project = project["id"].as_str().unwrap();
        logs_have_been_judged(&server, &key, project).await;
        rows_wait_for_review(&server, project).await;
        the_second_experiment_is_better_and_the_third_worse(&server, &key, project).await;
        let verified = server.store.verify().await.unwrap();
        assert!(verified.is_ok_and(|verified| verified.spans > 2000 && verified.activity > 300));
    }
}

async fn logs_have_been_judged(server: &TestServer, key: &Who, project: &str) {
    let query = format!("/v1/summary?object_type=project_logs&object_id={project}");
    let (_, summary) = server.get(key, &query).await;
    assert!(summary["rows"].as_i64().unwrap() > 1000, "{summary}");
    for score in ["Preference", "Resolution", "Tone", "Factuality", "Helpfulness", "thumbs"] {
        assert!(summary["scores"][score]["count"].as_i64().unwrap() > 10, "{score}: {summary}");
    }
    for filter in [
        "metadata.review.change is not null",
        "expected is not null",
        "comments match 'working day after next'",
        "metadata.locale = 'he-IL'",
        "metadata.locale = 'ar-AE'",
        "input match 'brambles'",
    ] {
        let body = json!({"query": format!("select: id | from: project_logs('{project}') | filter: {filter} | limit: 3")});
        let found = server.done(key, Method::POST, "/btql", &body).await;
        assert!(!found["data"].as_array().unwrap().is_empty(), "{filter}: {found}");
    }
}

async fn rows_wait_for_review(server: &TestServer, project: &str) {
    let mara = server.store.console_desk(demo::REVIEWERS[0].1).await.unwrap();
    assert!(mara.unread_mentions().await.unwrap() > 1);
    let mut statuses = Vec::new();
    for status in [ReviewStatus::Backlog, ReviewStatus::Complete] {
        let query = ListReviewItems {
            project: ProjectId::from(project),
            list: None,
            status: Some(status),
            unfinished: false,
            assignee: None,
            row: None,
            row_id: None,
            kind: None,
            flagged: (None, None),
            after: None,
            limit: 50,
        };
        statuses.push(mara.review_items(query).await.unwrap());
    }
    let [open, done] = statuses.try_into().unwrap();
    assert!(open.len() > 8 && done.len() > 2, "{} open, {} done", open.len(), done.len());
    assert!(open.iter().any(|item| !item.assignees.is_empty()) && open.iter().any(|item| item.note.is_none()));
}

async fn the_second_experiment_is_better_and_the_third_worse(server: &TestServer, key: &Who, project: &str) {
    let (_, experiments) = server.get(key, &format!("/v1/experiment?project_id={project}")).await;
    let (_, datasets) = server.get(key, &format!("/v1/dataset?project_id={project}")).await;
    assert_eq!(datasets["objects"].as_array().unwrap().len(), 1);
    let experiments = experiments["objects"].as_array().unwrap();
    assert_eq!(experiments.len(), 3);
    let mut differences = Vec::new();
    for name in ["support-14", "support-15-short"] {
        let id = experiments.iter().find(|experiment| experiment["name"] == name).unwrap()["id"].as_str().unwrap();
        let (_, summary) = server.get(key, &format!("/v1/experiment/{id}/summarize?summarize_scores=true")).await;
        differences.push(summary["scores"]["Factuality"]["diff"].as_f64().unwrap());
        let body = json!({"query": format!("select: id | from: experiment('{id}') | filter: is_root and origin.object_type = 'dataset' | limit: 100")});
        let found: Value = server.done(key, Method::POST, "/btql", &body).await;
        assert_eq!(found["data"].as_array().unwrap().len(), 24, "{found}");
    }
    assert!(differences[0] > 0.15 && differences[1] < -0.15, "{differences:?}");
}
