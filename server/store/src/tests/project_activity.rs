//! The activity of a whole project: its order, its pages, what it is narrowed by, and what the blind are told.

use super::sending::{address, answer, number, raws, slider};
use super::{TestStore, stores};
use crate::Desk;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use shared::activity::{ListProjectActivity, OpenProjectActivity, PlacedActivity};
use shared::audit::Deed;
use shared::comments::AddComment;
use shared::objects::{ChangeObject, DeleteObject, IfTaken, ObjectKind, RegisterObject, RowAddress};
use shared::projects::{ChangeSettings, DeleteProject, Project};
use shared::tags::ChangeTags;
use shared::{ObjectId, PersonId, Problem, ProjectId, RowId};

fn sent(id: &str) -> Value {
    json!({"id": id, "span_id": id, "root_span_id": id, "span_attributes": {"name": format!("name of {id}")}})
}

async fn comment(desk: &Desk, row: &RowAddress, text: &str) {
    desk.add_comment(AddComment { row: row.clone(), text: text.to_owned(), client_id: None }).await.unwrap();
}

async fn tag(desk: &Desk, project: &Project, row: &str, tag: &str) {
    let command = ChangeTags { row: address(project, row), add: vec![tag.to_owned()], remove: vec![], client_id: None };
    desk.change_tags(command).await.unwrap();
}

async fn blind(store: &TestStore, project: &Project) {
    let changes = json!({"blind_reviews": true}).as_object().unwrap().clone();
    store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes }).await.unwrap();
}

fn of(project: &Project, limit: u32) -> ListProjectActivity {
    ListProjectActivity::of(project.id.clone(), limit)
}

/// All that somebody is told, page by page.
async fn told(desk: &Desk, query: ListProjectActivity) -> Vec<PlacedActivity> {
    let (mut all, mut before) = (Vec::new(), query.before);
    loop {
        let page = desk.project_activity(ListProjectActivity { before, ..query.clone() }).await.unwrap();
        assert!(page.entries.len() <= query.limit as usize && (page.next.is_none() || page.entries.len() == query.limit as usize));
        assert_eq!(page.next, page.next.and(page.entries.last().map(|last| last.change.id)));
        all.extend(page.entries);
        match page.next {
            Some(next) => before = Some(next),
            None => return all,
        }
    }
}

fn lines(entries: &[PlacedActivity]) -> Vec<String> {
    let line = |entry: &PlacedActivity| {
        let who = entry.change.actor.as_ref().map_or("nobody", |actor| actor.role.as_str());
        let path = entry.change.path.to_string();
        let path = path.split_once('.').filter(|(kind, _)| *kind == "comments").map_or(path.clone(), |(kind, _)| kind.to_owned());
        let place = entry.place.as_ref().map_or("nowhere".to_owned(), |place| {
            format!("{}{}", place.page.path(), place.span.as_ref().map(|span| format!(" {}", span.name)).unwrap_or_default())
        });
        format!("{who} {} {path} at {place}", entry.change.action)
    };
    entries.iter().map(line).collect()
}

/// A project with the question Q, the rows a and b, and an experiment with the row e.
async fn busy(store: &TestStore) -> (Project, ObjectId) {
    let project = store.project("busy").await;
    store.question(&project, "Q", slider()).await;
    store.send(&project, &[sent("a"), sent("b")]).await;
    let command = RegisterObject {
        kind: ObjectKind::Experiment,
        project: project.id.clone(),
        name: Some("first try".to_owned()),
        if_taken: IfTaken::Open,
        details: serde_json::Map::new(),
    };
    let experiment = store.engineer.register_object(command).await.unwrap().0.id;
    store.engineer.ingest(raws(&[sent("e")]), Some(experiment.clone())).await.unwrap();
    (project, experiment)
}

#[tokio::test]
async fn who_did_what_where_and_when_newest_first_page_by_page() {
    for store in stores().await {
        let (project, experiment) = busy(&store).await;
        let other = store.project("other").await;
        store.send(&other, &[sent("a")]).await;
        tag(&store.engineer, &other, "a", "elsewhere").await;
        answer(&store.reviewer, &project, "a", "Q", number(0.5)).await.unwrap();
        let tried = RowAddress { object_type: ObjectKind::Experiment, object_id: experiment.clone(), id: RowId::from("e") };
        comment(&store.reviewer, &tried, "words").await;
        tag(&store.engineer, &project, "b", "new").await;
        let details = json!({"description": "better"}).as_object().unwrap().clone();
        let change = ChangeObject { kind: ObjectKind::Experiment, id: experiment.clone(), name: None, details };
        store.engineer.change_object(change).await.unwrap();
        let expected = [
            "engineer edit description at experiments/first%20try",
            "engineer edit tags at logs name of b",
            "reviewer comment comments at experiments/first%20try name of e",
            "reviewer answer scores.Q at logs name of a",
        ];
        for desk in [&store.owner, &store.engineer, &store.reviewer, &store.viewer] {
            for limit in [1, 2, 3, 4, 1_000] {
                assert_eq!(lines(&told(desk, of(&project, limit)).await), expected, "{limit}");
            }
        }
        let entries = told(&store.viewer, of(&project, 10)).await;
        assert!(entries.windows(2).all(|pair| pair[0].change.id > pair[1].change.id));
        // One click leads there.
        let addresses: Vec<_> = entries.iter().map(|entry| entry.address("touchstone", "busy").unwrap()).collect();
        let comment = entries[2].change.path.to_string().replace("comments.", "");
        assert_eq!(
            addresses,
            [
                "/app/touchstone/p/busy/experiments/first%20try".to_owned(),
                "/app/touchstone/p/busy/logs?r=b&s=b".to_owned(),
                format!("/app/touchstone/p/busy/experiments/first%20try?r=e&s=e&comment={comment}#comment-{comment}"),
                "/app/touchstone/p/busy/logs?r=a&s=a".to_owned(),
            ]
        );

        // By person, by kind, by time, and by all of them.
        let reviewer = Some(store.reviewer.actor().person.id.clone());
        let (edit, noon) = (Some(Deed::Edit), entries[1].change.created);
        for (query, places) in [
            (ListProjectActivity { actor: reviewer.clone(), ..of(&project, 1) }, &[2, 3][..]),
            (ListProjectActivity { action: edit.clone(), ..of(&project, 1) }, &[0, 1]),
            (ListProjectActivity { since: Some(noon), ..of(&project, 1) }, &[0, 1]),
            (ListProjectActivity { until: Some(noon), ..of(&project, 1) }, &[2, 3]),
            (ListProjectActivity { since: Some(noon), until: Some(noon + 1), ..of(&project, 1) }, &[1]),
            (ListProjectActivity { actor: reviewer, action: edit, since: Some(0), until: Some(i64::MAX), ..of(&project, 1) }, &[]),
            (ListProjectActivity { actor: Some(PersonId::from("\u{0}")), ..of(&project, 1) }, &[]),
            (ListProjectActivity { before: Some(i64::MIN), ..of(&project, 1) }, &[]),
            (ListProjectActivity { before: Some(entries[1].change.id), ..of(&project, 1) }, &[2, 3]),
        ] {
            let expected: Vec<_> = places.iter().map(|place| entries[*place].clone()).collect();
            assert_eq!(told(&store.viewer, query.clone()).await, expected, "{query:?}");
        }

        // What is not asked in a way that it could be answered.
        for (query, words) in [
            (ListProjectActivity { action: Some(Deed::Other("applaud".to_owned())), ..of(&project, 1) }, "There is no such kind of change"),
            (ListProjectActivity::of(ProjectId::from("none"), 1), "There is no project here"),
        ] {
            let told = store.viewer.project_activity(query).await.unwrap_err().to_string();
            assert!(told.contains(words), "{told}");
        }
        let page = |range: &str, before| {
            let query = OpenProjectActivity { project: project.id.clone(), actor: None, action: None, range: range.to_owned(), before };
            store.viewer.project_activity_page(query)
        };
        assert_eq!(lines(&page("1h", None).await.unwrap().entries), expected);
        assert_eq!(lines(&page("2020-01-01/2020-01-02", None).await.unwrap().entries), [""; 0]);
        assert_eq!(lines(&page("", Some(entries[2].change.id)).await.unwrap().entries), expected[3..]);
        assert!(page("soon", None).await.unwrap_err().to_string().contains("Write hours or days"));

        // What is gone leads nowhere, and what was done about it is still told to who sees all.
        let delete = DeleteObject { kind: ObjectKind::Experiment, id: experiment };
        store.engineer.delete_object(delete).await.unwrap();
        let entries = lines(&told(&store.viewer, of(&project, 2)).await);
        assert_eq!(entries[0], "engineer delete  at nowhere");
        assert_eq!(entries[3], "reviewer comment comments at nowhere");
        store.verified().await;
    }
}

#[tokio::test]
async fn the_blind_are_told_what_the_activity_of_each_row_tells_them_and_no_gap_is_seen() {
    for store in stores().await {
        let (project, _) = busy(&store).await;
        blind(&store, &project).await;
        store.store.add_member("anna@example.com", "Anna", shared::people::Role::Reviewer, super::PASSWORD).await.unwrap();
        let anna = store.store.console_desk("anna@example.com").await.unwrap();
        tag(&store.engineer, &project, "a", "first").await;
        for value in 1..=30 {
            answer(&anna, &project, "a", "Q", number(f64::from(value) / 100.0)).await.unwrap();
            answer(&anna, &project, "b", "Q", number(f64::from(value) / 100.0)).await.unwrap();
        }
        comment(&anna, &address(&project, "a"), "hushed").await;
        tag(&store.engineer, &project, "b", "last").await;
        let visible = ["engineer edit tags at logs name of b", "engineer edit tags at logs name of a"];
        for limit in [1, 2, 5] {
            assert_eq!(lines(&told(&store.reviewer, of(&project, limit)).await), visible, "{limit}");
        }
        let first = store.reviewer.project_activity(of(&project, 2)).await.unwrap();
        assert_eq!(first.next, None, "nothing that is seen is older");
        let of_anna = ListProjectActivity { actor: Some(anna.actor().person.id.clone()), ..of(&project, 5) };
        assert_eq!(told(&store.reviewer, of_anna.clone()).await, []);
        assert_eq!(told(&store.engineer, of_anna.clone()).await.len(), 61);

        // Where a page begins tells nothing of what stands there: an entry that is not seen, or none.
        let hidden = told(&store.engineer, of_anna.clone()).await[7].change.id;
        for before in [hidden, hidden + 1, hidden + 10_000, i64::MAX] {
            let page = store.reviewer.project_activity(ListProjectActivity { before: Some(before), ..of(&project, 5) }).await.unwrap();
            let expected: Vec<_> = first.entries.iter().filter(|entry| entry.change.id < before).cloned().collect();
            assert_eq!((page.entries, page.next), (expected, None));
        }

        // Who has answered on a row is told what stands on that row, and only on that.
        answer(&store.reviewer, &project, "a", "Q", number(0.9)).await.unwrap();
        let after = told(&store.reviewer, of_anna.clone()).await;
        assert_eq!(after.len(), 31, "her answers and her comment on a");
        assert!(after.iter().all(|entry| entry.place.as_ref().unwrap().span.as_ref().unwrap().row == address(&project, "a")));
        assert_eq!(told(&store.engineer, of_anna).await.len(), 61);
        store.verified().await;
    }
}

#[tokio::test]
async fn what_arrives_between_two_pages_moves_none_of_them() {
    for store in stores().await {
        let (project, _) = busy(&store).await;
        for number in 0..6 {
            tag(&store.engineer, &project, "a", &format!("t{number}")).await;
        }
        let first = store.viewer.project_activity(of(&project, 3)).await.unwrap();
        let (one, two) = tokio::join!(
            async { tag(&store.engineer, &project, "b", "late").await },
            store.viewer.project_activity(ListProjectActivity { before: first.next, ..of(&project, 3) }),
        );
        let ((), second) = (one, two.unwrap());
        let tags: Vec<_> = first.entries.iter().chain(&second.entries).filter_map(|entry| entry.change.to.clone()).collect();
        let expected: Vec<_> =
            (0..6).rev().map(|last| json!((0..=last).map(|n| format!("t{n}")).collect::<Vec<_>>()).to_string()).collect();
        assert_eq!(tags, expected);
        assert_eq!(second.next, None);
    }
}

#[tokio::test]
async fn a_project_that_is_deleted_tells_nothing() {
    for store in stores().await {
        let (project, _) = busy(&store).await;
        store.owner.delete_project(DeleteProject { project: project.id.clone() }).await.unwrap();
        let refused = store.owner.project_activity(of(&project, 1)).await.unwrap_err();
        assert!(matches!(refused.problem(), Some(Problem::NotFound { .. })));
    }
}

#[tokio::test]
async fn what_is_asked_for_in_particular_is_looked_for_among_so_many_at_a_time() {
    for store in stores().await {
        let (project, _) = busy(&store).await;
        tag(&store.engineer, &project, "a", "old").await;
        answer(&store.reviewer, &project, "a", "Q", number(0.5)).await.unwrap();
        // Many that nobody asks for.
        let short = format!("(SELECT short FROM projects WHERE id = '{}')", project.id);
        let columns =
            "project, object, span, transaction_id, person_id, external, source, action, path, from_value, to_value, reason, created";
        let text = format!(
            "INSERT INTO activity (id, {columns}) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 210000) \
             SELECT a.id + n.i, {} FROM n, activity a WHERE a.project = {short} AND a.action = 'answer'",
            columns.replace("project,", "a.project,")
        );
        Database::connect(store.place.url()).await.unwrap().execute_unprepared(&text).await.unwrap();
        let edits = ListProjectActivity { action: Some(Deed::Edit), ..of(&project, 5) };
        let first = store.viewer.project_activity(edits.clone()).await.unwrap();
        assert!(first.entries.is_empty() && first.next.is_some(), "it goes on");
        let second = store.viewer.project_activity(ListProjectActivity { before: first.next, ..edits.clone() }).await.unwrap();
        assert_eq!((lines(&second.entries), second.next), (vec!["engineer edit tags at logs name of a".to_owned()], None));
        // What is older than all that is asked for is not looked at.
        let future = ListProjectActivity { since: Some(i64::MAX), ..edits };
        let nothing = store.viewer.project_activity(future).await.unwrap();
        assert!(nothing.entries.is_empty() && nothing.next.is_none());
        assert_eq!(store.viewer.project_activity(of(&project, 5)).await.unwrap().entries.len(), 5);
    }
}
