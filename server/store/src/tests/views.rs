//! Saved views: who sees them, who changes them, and what becomes of links to them.

use super::{PASSWORD, stores};
use crate::{Desk, Error, WhichViews};
use expect_test::expect;
use serde_json::json;
use shared::people::Role;
use shared::projects::{DeleteProject, Project};
use shared::spans::ListTraces;
use shared::tags::DeleteTag;
use shared::views::{DeleteView, KEPT_VIEWS, ListState, RestoreView, SaveView, SavedView, SetDefaultView};
use shared::{Problem, ViewId};
use std::fmt::Debug;

fn refused<T: Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().problem().unwrap().to_string()
}

fn missing<T: Debug>(result: Result<T, Error>) -> bool {
    matches!(result.unwrap_err().problem(), Some(Problem::NotFound { .. }))
}

fn save(project: &Project, name: &str, shared: bool, filter: &str) -> SaveView {
    SaveView {
        project: project.id.clone(),
        view: None,
        view_type: "logs".to_owned(),
        name: name.to_owned(),
        shared,
        state: ListState { filter: filter.to_owned(), ..ListState::default() },
        sent: None,
        version: None,
    }
}

fn delete(view: &SavedView) -> DeleteView {
    DeleteView { view: view.id.clone() }
}

fn restore(view: &SavedView) -> RestoreView {
    RestoreView { view: view.id.clone() }
}

fn default(project: &Project, view: Option<&SavedView>) -> SetDefaultView {
    SetDefaultView { project: project.id.clone(), view_type: "logs".to_owned(), view: view.map(|view| view.id.clone()) }
}

async fn names(desk: &Desk, project: &Project) -> Vec<String> {
    desk.saved_views(&project.id, WhichViews::Of("logs")).await.unwrap().into_iter().map(|view| view.name).collect()
}

/// Every way to ask for a view.
async fn every_answer(desk: &Desk, project: &Project, view: &SavedView) -> Vec<bool> {
    vec![
        missing(desk.saved_view(&view.id).await),
        missing(desk.save_view(SaveView { name: "Mine now".to_owned(), ..view.save() }).await),
        missing(desk.edit_view(view.id.clone(), |view| Ok(view.save())).await),
        missing(desk.delete_view(delete(view)).await),
        missing(desk.restore_view(restore(view)).await),
        desk.saved_views(&project.id, WhichViews::All).await.unwrap().iter().all(|listed| listed.id != view.id),
    ]
}

#[tokio::test]
async fn a_view_of_ones_own_is_nobody_elses_to_know() {
    for store in stores().await {
        let project = store.project("views").await;
        let own = store.reviewer.save_view(save(&project, "Mine", false, "tags includes 'a'")).await.unwrap();
        assert_eq!((own.shared, own.owner_name.as_str(), own.version), (false, "The reviewer", 1));
        for desk in [&store.owner, &store.engineer] {
            assert_eq!(every_answer(desk, &project, &own).await, [true; 6]);
            assert!(missing(desk.set_default_view(default(&project, Some(&own))).await));
        }
        assert!(missing(store.viewer.saved_view(&own.id).await));
        assert_eq!(names(&store.viewer, &project).await, Vec::<String>::new());
        // Its name is not taken, by anybody else: not among their own, and not among those of the project.
        store.engineer.save_view(save(&project, "Mine", false, "")).await.unwrap();
        let shared = store.engineer.save_view(save(&project, " mine ", true, "")).await.unwrap();
        assert_eq!(names(&store.engineer, &project).await, ["Mine", "mine"]);
        assert_eq!(names(&store.reviewer, &project).await, ["Mine", "mine"]);
        // Deleted, it stays theirs alone.
        let deleted = store.reviewer.delete_view(delete(&own)).await.unwrap();
        assert_eq!((deleted.deleted.is_some(), &deleted.state), (true, &own.state));
        assert_eq!(store.reviewer.saved_view(&own.id).await.unwrap(), deleted);
        assert_eq!(every_answer(&store.engineer, &project, &own).await, [true; 6]);
        assert!(refused(store.reviewer.save_view(own.save()).await).contains("no view"));
        let back = store.reviewer.restore_view(restore(&own)).await.unwrap();
        assert_eq!((back.deleted, back.version, back.state), (None, 2, own.state.clone()));
        // Shared, everybody sees it; and taken back, nobody else.
        let name = "For all".to_owned();
        let told = store.reviewer.save_view(SaveView { shared: true, name, version: None, ..own.save() }).await.unwrap();
        assert_eq!(store.viewer.saved_view(&own.id).await.unwrap(), told);
        store.reviewer.save_view(SaveView { shared: false, ..told.save() }).await.unwrap();
        assert!(missing(store.viewer.saved_view(&own.id).await) && missing(store.owner.saved_view(&own.id).await));
        assert_eq!(store.viewer.saved_view(&shared.id).await.unwrap(), shared);
    }
}

#[tokio::test]
async fn a_shared_view_is_changed_by_who_made_it_and_by_engineers() {
    for store in stores().await {
        let project = store.project("views").await;
        let other = store.store.add_member("other@example.com", "Another reviewer", Role::Reviewer, PASSWORD).await.unwrap();
        let other = store.store.console_desk(&other.email).await.unwrap();
        let view = store.reviewer.save_view(save(&project, "Triaged", true, "tags includes 'Triage'")).await.unwrap();
        let said = [
            refused(store.viewer.save_view(save(&project, "x", false, "")).await),
            refused(other.save_view(view.save()).await),
            refused(other.delete_view(delete(&view)).await),
            refused(other.restore_view(restore(&view)).await),
            refused(other.set_default_view(default(&project, Some(&view))).await),
            refused(store.engineer.save_view(SaveView { shared: false, ..view.save() }).await),
            refused(other.save_view(save(&project, "TRIAGED", true, "")).await),
        ];
        expect![[r#"
            You may not save views. Ask an owner of this installation for a role that allows it.
            The reviewer made this view. Save it as your own under another name, or ask an engineer to change it.
            The reviewer made this view. Save it as your own under another name, or ask an engineer to change it.
            The reviewer made this view. Save it as your own under another name, or ask an engineer to change it.
            You may not change the configuration of a project. Ask an owner of this installation for a role that allows it.
            Only The reviewer, who made this view, can stop sharing it. Delete it, or save it as your own.
            Name: There is already a view whose name looks the same."#]]
        .assert_eq(&said.join("\n"));
        // Another name, by an engineer: the link and the owner stay.
        let renamed = store.engineer.save_view(SaveView { name: "Flagged".to_owned(), ..view.save() }).await.unwrap();
        assert_eq!((&renamed.id, &renamed.owner, renamed.version, renamed.name.as_str()), (&view.id, &view.owner, 2, "Flagged"));
        assert_eq!(store.viewer.saved_view(&view.id).await.unwrap(), renamed);
        // What everybody sees first.
        let defaults = |views: Vec<SavedView>| views.into_iter().filter(|view| view.is_default).map(|view| view.name).collect::<Vec<_>>();
        assert_eq!(defaults(store.engineer.set_default_view(default(&project, Some(&view))).await.unwrap()), ["Flagged"]);
        let second = store.engineer.save_view(save(&project, "Second", true, "")).await.unwrap();
        assert_eq!(defaults(store.engineer.set_default_view(default(&project, Some(&second))).await.unwrap()), ["Second"]);
        assert!(store.viewer.saved_view(&second.id).await.unwrap().is_default);
        assert!(!store.engineer.delete_view(delete(&second)).await.unwrap().is_default);
        assert!(!store.engineer.restore_view(restore(&second)).await.unwrap().is_default);
        store.engineer.set_default_view(default(&project, Some(&second))).await.unwrap();
        assert_eq!(defaults(store.engineer.set_default_view(default(&project, None)).await.unwrap()), Vec::<String>::new());
        store.engineer.set_default_view(default(&project, Some(&second))).await.unwrap();
        assert!(!store.engineer.save_view(SaveView { shared: false, version: None, ..second.save() }).await.unwrap().is_default);
        assert!(refused(store.engineer.set_default_view(default(&project, Some(&second))).await).contains("shared view"));
        // A view goes with its project.
        store.owner.delete_project(DeleteProject { project: project.id.clone() }).await.unwrap();
        assert!(missing(store.reviewer.saved_view(&view.id).await) && missing(store.reviewer.save_view(view.save()).await));
    }
}

#[tokio::test]
async fn two_at_once_do_not_overwrite_one_another() {
    for store in stores().await {
        let project = store.project("views").await;
        let view = store.engineer.save_view(save(&project, "View", true, "")).await.unwrap();
        let filtered = |filter: &str| SaveView { state: ListState { filter: filter.to_owned(), ..ListState::default() }, ..view.save() };
        let (one, other) =
            tokio::join!(store.engineer.save_view(filtered("tags includes 'a'")), store.owner.save_view(filtered("tags includes 'b'")));
        let (kept, lost) = if one.is_ok() { (one, other) } else { (other, one) };
        let kept = kept.unwrap();
        let Err(Error::Problem(Problem::Conflict { current })) = lost else { panic!("both were kept") };
        assert_eq!(serde_json::from_str::<SavedView>(&current).unwrap(), kept);
        assert_eq!(store.viewer.saved_view(&view.id).await.unwrap(), kept);
        // Two of one name: one is refused.
        let (one, other) = tokio::join!(
            store.engineer.save_view(save(&project, "Same", true, "")),
            store.owner.save_view(save(&project, "same", true, ""))
        );
        assert!(one.is_ok() != other.is_ok());
        assert!(refused(if one.is_err() { one } else { other }).contains("looks the same"));
        // Deleted, its name is free; and taken, it cannot come back under it.
        store.engineer.delete_view(delete(&kept)).await.unwrap();
        store.owner.save_view(save(&project, "View", true, "")).await.unwrap();
        assert!(refused(store.engineer.restore_view(restore(&kept)).await).contains("looks the same"));
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_nothing_of_it_kept() {
    for store in stores().await {
        let (project, foreign) = (store.project("views").await, store.project("foreign").await);
        let view = store.engineer.save_view(save(&project, "View", true, "")).await.unwrap();
        let change = |command: SaveView| SaveView { view: Some(view.id.clone()), ..command };
        let said = [
            refused(store.engineer.save_view(save(&project, " ", true, "")).await),
            refused(store.engineer.save_view(save(&project, "a\nb", true, "")).await),
            refused(store.engineer.save_view(save(&project, &"x".repeat(201), true, "")).await),
            refused(store.engineer.save_view(save(&project, "x", true, "scores.A >")).await),
            refused(store.engineer.save_view(SaveView { view_type: "rows".to_owned(), ..save(&project, "x", true, "") }).await),
            refused(store.engineer.save_view(SaveView { project: "none".into(), ..save(&project, "x", true, "") }).await),
            refused(store.engineer.save_view(SaveView { view: Some(ViewId::from("none")), ..save(&project, "x", true, "") }).await),
            refused(store.engineer.save_view(change(save(&foreign, "x", true, ""))).await),
            refused(store.engineer.save_view(change(SaveView { view_type: "dataset".to_owned(), ..save(&project, "x", true, "") })).await),
            refused(store.engineer.set_default_view(SetDefaultView { view_type: "x".to_owned(), ..default(&project, None) }).await),
        ];
        expect![[r#"
            Name: Use 1 to 200 characters, without line breaks.
            Name: Use 1 to 200 characters, without line breaks.
            Name: Use 1 to 200 characters, without line breaks.
            The filter cannot be read: A value is missing at the end.
            view_type: Use one of projects, experiments, experiment, playgrounds, playground, datasets, dataset, prompts, parameters, tools, scorers, classifiers, logs, patterns, monitor, for_review_project_log, for_review_experiments, for_review_datasets.
            There is no project here. It may have been deleted, or the link is incomplete.
            There is no view here. It may have been deleted, or the link is incomplete.
            view: A view stays in its project and of its type. Make another one there.
            view: A view stays in its project and of its type. Make another one there.
            view_type: Use one of projects, experiments, experiment, playgrounds, playground, datasets, dataset, prompts, parameters, tools, scorers, classifiers, logs, patterns, monitor, for_review_project_log, for_review_experiments, for_review_datasets."#]].assert_eq(&said.join("\n"));
        assert_eq!(store.viewer.saved_views(&project.id, WhichViews::All).await.unwrap(), [view]);
        assert!(missing(store.viewer.saved_views(&"none".into(), WhichViews::All).await));
    }
}

#[tokio::test]
async fn a_view_outlives_who_made_it_and_what_it_names() {
    for store in stores().await {
        let project = store.project("views").await;
        let tag = shared::tags::SaveTag {
            project: project.id.clone(),
            tag: None,
            name: "Triage".to_owned(),
            color: "rose".to_owned(),
            description: String::new(),
        };
        let tag = store.engineer.save_tag(tag).await.unwrap();
        store.send(&project, &[json!({"id": "a", "tags": ["Triage"]}), json!({"id": "b"})]).await;
        let leaver = store.store.add_member("leaver@example.com", "Somebody who left", Role::Reviewer, PASSWORD).await.unwrap();
        let desk = store.store.console_desk(&leaver.email).await.unwrap();
        let view = desk.save_view(save(&project, "Triaged", true, "tags includes 'Triage'")).await.unwrap();
        let own = desk.save_view(save(&project, "Own", false, "")).await.unwrap();
        let leave = shared::people::ChangeMember { person: leaver.id.0.clone(), role: None, active: Some(false) };
        store.owner.change_member(leave).await.unwrap();
        store.engineer.delete_tag(DeleteTag { tag: tag.id }).await.unwrap();
        let kept = store.viewer.saved_view(&view.id).await.unwrap();
        assert_eq!((kept.owner_name.as_str(), &kept.state), ("Somebody who left", &view.state));
        let shown =
            |filter: &str| ListTraces { object: project.logs(), filter: filter.to_owned(), before: None, limit: 10, columns: Vec::new() };
        let rows = store.viewer.list_traces(shown(&kept.state.filter)).await.unwrap().rows;
        assert_eq!(rows.iter().map(|row| row.row_id.as_str()).collect::<Vec<_>>(), ["a"], "rows keep a tag that is configured no more");
        assert!(missing(store.owner.saved_view(&own.id).await));
        assert_eq!(names(&store.owner, &project).await, ["Triaged"]);
        // Engineers mind it from then on.
        store.engineer.save_view(SaveView { name: "Still triaged".to_owned(), ..kept.save() }).await.unwrap();
    }
}

#[tokio::test]
async fn the_views_that_every_project_has_show_what_they_say() {
    for store in stores().await {
        let project = store.project("views").await;
        let rows = [
            json!({"id": "plain"}),
            json!({"id": "failed", "error": "no"}),
            json!({"id": "reviewed", "metadata": {"~__bt_review_lists": {"__bt_default_review_list": {"status": "COMPLETE"}}}}),
            json!({"id": "mine", "metadata": {"~__bt_assignments": ["reviewer@example.com"]}}),
            json!({"id": "scored", "metadata": {"scorer_errors": {"Factuality": "no"}}}),
        ];
        store.send(&project, &rows).await;
        let mut shown = String::new();
        for view in KEPT_VIEWS {
            for desk in [&store.reviewer, &store.engineer] {
                let query =
                    ListTraces { object: project.logs(), filter: view.filter.to_owned(), before: None, limit: 10, columns: Vec::new() };
                let mut rows: Vec<_> = desk.list_traces(query).await.unwrap().rows.into_iter().map(|row| row.row_id.0).collect();
                rows.sort_unstable();
                let (summary, _) = desk.summary_of_rows(&project.logs(), view.filter).await.unwrap();
                assert_eq!(summary.traces, i64::try_from(rows.len()).unwrap(), "{}", view.name);
                let rows = std::iter::once(String::new()).chain(rows).collect::<Vec<_>>().join(" ");
                shown += &format!("{} of the {}:{rows}\n", view.name, desk.actor().person.role.as_str());
            }
        }
        expect![[r#"
            All of the reviewer: failed mine plain reviewed scored
            All of the engineer: failed mine plain reviewed scored
            Errors of the reviewer: failed
            Errors of the engineer: failed
            Unreviewed of the reviewer: failed mine plain scored
            Unreviewed of the engineer: failed mine plain scored
            Assigned to me of the reviewer: mine
            Assigned to me of the engineer:
            Scorer errors of the reviewer: scored
            Scorer errors of the engineer: scored
        "#]]
        .assert_eq(&shown);
    }
}

#[tokio::test]
async fn there_is_an_end_to_views() {
    for store in stores().await {
        let project = store.project("views").await;
        for number in 0..200 {
            store.reviewer.save_view(save(&project, &format!("View {number}"), false, "")).await.unwrap();
        }
        assert!(refused(store.reviewer.save_view(save(&project, "One more", false, "")).await).contains("200 views"));
        let shared = store.reviewer.save_view(save(&project, "One more", true, "")).await.unwrap();
        assert!(refused(store.reviewer.save_view(SaveView { shared: false, ..shared.save() }).await).contains("200 views"));
    }
}
