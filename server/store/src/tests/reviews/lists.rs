//! Review lists and how rows come into them.

use super::{complete, flag, flag_as, refused, stores};
use crate::tests::sending::{address, answer, number, slider};
use serde_json::json;
use shared::audit::{Deed, Edit, ListActivity, Revert};
use shared::objects::{DeleteObject, ObjectKind};
use shared::people::{ChangeMember, Role};
use shared::projects::DeleteProject;
use shared::questions::{ArchiveQuestion, Audience};
use shared::reviews::{
    ArchiveReviewList, AssignReview, CompleteReview, FlagRow, FlagRows, Flagging, Frame, ListDefinition, ListReviewItems, Overlap,
    ReviewList, ReviewStatus, SaveReviewList, Selection, SelectionFrame, SelectionKind, SetReviewStatus, TakeNext, UnflagRow,
};
use shared::{PersonId, Problem, ReviewListId};

#[tokio::test]
async fn a_project_has_its_list_from_the_start_and_others_by_name() {
    for store in stores().await {
        let project = store.project("lists").await;
        let lists = store.viewer.review_lists(&project.id).await.unwrap();
        assert_eq!((lists.len(), lists[0].name.as_str(), lists[0].is_default()), (1, "Review", true));
        let definition =
            ListDefinition { description: "Read this.".to_owned(), metadata: vec!["user.plan".to_owned()], ..ListDefinition::default() };
        let spring = store.list_of(&project, " Spring audit ", definition.clone()).await;
        assert_eq!((spring.name.as_str(), spring.seed, &spring.definition), ("Spring audit", 7, &definition));
        let save = |list: Option<&ReviewListId>, name: &str, definition: ListDefinition| SaveReviewList {
            project: project.id.clone(),
            list: list.cloned(),
            name: name.to_owned(),
            definition,
            seed: None,
            apply_to_open: false,
            version: None,
        };
        let nobody = Audience { people: vec![PersonId::from("nobody")], roles: Vec::new() };
        let reasons = [
            refused(store.engineer.save_review_list(save(None, "SPRING  audit", definition.clone())).await),
            refused(store.engineer.save_review_list(save(None, "review", definition.clone())).await),
            refused(store.engineer.save_review_list(save(None, "", definition.clone())).await),
            refused(store.engineer.save_review_list(save(None, "x", ListDefinition { reviewers: nobody, ..definition.clone() })).await),
            refused(
                store
                    .engineer
                    .save_review_list(save(None, "x", ListDefinition { questions: vec!["q".into()], ..definition.clone() }))
                    .await,
            ),
            refused(
                store.engineer.save_review_list(save(None, "x", ListDefinition { dataset: Some("d".into()), ..definition.clone() })).await,
            ),
            refused(store.engineer.save_review_list(save(Some(&"none".into()), "x", definition.clone())).await),
            refused(
                store.engineer.save_review_list(SaveReviewList { seed: Some(8), ..save(Some(&spring.id), "x", definition.clone()) }).await,
            ),
            refused(store.reviewer.save_review_list(save(None, "x", definition.clone())).await),
            refused(store.engineer.archive_review_list(ArchiveReviewList { list: lists[0].id.clone() }).await),
            refused(store.reviewer.archive_review_list(ArchiveReviewList { list: spring.id.clone() }).await),
        ];
        expect_test::expect![[r#"
            Name: There is already a review list whose name looks the same.
            Name: There is already a review list whose name looks the same.
            Name: Use 1 to 200 characters, without line breaks.
            reviewers: There is no member nobody. Use the id of a member.
            questions: This project has no question q.
            dataset: This project has no dataset with this id.
            There is no review list here. It may have been deleted, or the link is incomplete.
            seed: The seed of a list is never changed: what was drawn could not be drawn again.
            You may not change the configuration of a project. Ask an owner of this installation for a role that allows it.
            list: Every project has this list. Take its rows out instead, or give it another name.
            You may not change the configuration of a project. Ask an owner of this installation for a role that allows it."#]]
        .assert_eq(&reasons.join("\n"));
        let changed = |name: &str| SaveReviewList { version: Some(spring.version), ..save(Some(&spring.id), name, definition.clone()) };
        let first = store.engineer.save_review_list(changed("Autumn audit")).await.unwrap();
        match store.owner.save_review_list(changed("Winter audit")).await.unwrap_err().problem() {
            Some(Problem::Conflict { current }) => assert_eq!(serde_json::from_str::<ReviewList>(current).unwrap(), first),
            other => panic!("{other:?}"),
        }
        let renamed = store.engineer.save_review_list(save(Some(&spring.id), "Summer", definition)).await.unwrap();
        assert_eq!((renamed.name.as_str(), renamed.seed), ("Summer", 7));
        store.engineer.archive_review_list(ArchiveReviewList { list: spring.id.clone() }).await.unwrap();
        assert!(matches!(store.viewer.review_list(&spring.id).await.unwrap_err().problem(), Some(Problem::NotFound { .. })));
        store.list_of(&project, "Summer", ListDefinition::default()).await;
        store.owner.delete_project(DeleteProject { project: project.id.clone() }).await.unwrap();
        assert!(store.viewer.review_lists(&project.id).await.is_err());
    }
}

#[tokio::test]
async fn a_row_stands_in_a_list_once_and_keeps_every_selection() {
    for store in stores().await {
        let project = store.with_rows("once", &["a", "b"]).await;
        let spring = store.list_of(&project, "Spring", ListDefinition::default()).await;
        let default = store.viewer.review_lists(&project.id).await.unwrap().remove(0).id;
        let both = flag_as(&project, "a", &[&default, &spring.id], |flagging| flagging.note = Some("Look at the tone.".to_owned()));
        store.reviewer.flag_row(both).await.unwrap();
        store.reviewer.flag_row(flag(&project, "a", &[&spring.id])).await.unwrap();
        let drawn = Selection {
            kind: SelectionKind::Random,
            probability: Some(0.25),
            seed: Some(3),
            stratum: None,
            rule: None,
            frame: Some(SelectionFrame { filter: "error is null".to_owned(), as_of: 9, rows: 400 }),
        };
        store.engineer.flag_row(flag_as(&project, "a", &[&spring.id], |flagging| flagging.selection = drawn.clone())).await.unwrap();
        let items = store.items(&project, "a").await;
        assert_eq!(items.iter().map(|item| item.selections.len()).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(items[1].selections, [Selection::default(), drawn]);
        assert_eq!(items[0].note.as_deref(), Some("Look at the tone."));
        assert_eq!(items[0].flagged_by.as_ref().unwrap().email, "reviewer@example.com");
        // Who may not say how rows were drawn, or who reviews them, is told so.
        let random = Selection { kind: SelectionKind::Random, ..Selection::default() };
        let assignees = vec![store.reviewer.actor().person.id.clone()];
        let reasons = [
            refused(store.reviewer.flag_row(flag_as(&project, "b", &[], |flagging| flagging.selection = random)).await),
            refused(store.reviewer.flag_row(flag_as(&project, "b", &[], |flagging| flagging.assignees = assignees)).await),
            refused(store.viewer.flag_row(flag(&project, "b", &[])).await),
            refused(store.reviewer.flag_row(flag(&project, "none", &[])).await),
            refused(store.reviewer.flag_row(flag(&project, "b", &[&"none".into()])).await),
            refused(store.engineer.flag_row(flag_as(&project, "b", &[], |flagging| flagging.assignees = vec!["nobody".into()])).await),
            refused(store.engineer.flag_row(flag_as(&project, "b", &[], |flagging| flagging.note = Some("\0".to_owned()))).await),
        ];
        expect_test::expect![[r#"
            You may not assign reviews or say how rows were picked. Ask an owner of this installation for a role that allows it.
            You may not assign reviews or say how rows were picked. Ask an owner of this installation for a role that allows it.
            You may not answer, comment or tag. Ask an owner of this installation for a role that allows it.
            There is no row none here. It may have been deleted, or the link is incomplete.
            There is no review list none here. It may have been deleted, or the link is incomplete.
            assignees: There is no active member nobody. Use the ids of members.
            note: Use at most 10,000 characters, without a NUL."#]]
        .assert_eq(&reasons.join("\n"));
        assert_eq!(store.items(&project, "b").await, [], "nothing of what was refused is left");
        store.verified().await;
    }
}

#[tokio::test]
async fn rules_never_put_back_what_somebody_took_out() {
    for store in stores().await {
        let project = store.with_rows("rules", &["a", "b"]).await;
        let by_rule = |row: &str| {
            let selection = Selection { kind: SelectionKind::Rule, rule: Some("errors".to_owned()), ..Selection::default() };
            flag_as(&project, row, &[], |flagging| flagging.selection = selection)
        };
        let out = |row: &str| UnflagRow { row: address(&project, row), lists: Vec::new(), client_id: None };
        store.engineer.flag_row(by_rule("a")).await.unwrap();
        store.reviewer.unflag_row(out("a")).await.unwrap();
        store.engineer.flag_row(by_rule("a")).await.unwrap();
        assert!(!store.items(&project, "a").await[0].listed);
        // A person may, and what was reviewed already is reviewed once more.
        store.reviewer.flag_row(flag(&project, "a", &[])).await.unwrap();
        let item = store.items(&project, "a").await.remove(0);
        assert_eq!((item.listed, item.round, item.selections.len()), (true, 1, 2));
        store.reviewer.complete_review(complete(&project, "a")).await.unwrap();
        store.reviewer.unflag_row(out("a")).await.unwrap();
        store.reviewer.flag_row(flag(&project, "a", &[])).await.unwrap();
        let item = store.items(&project, "a").await.remove(0);
        assert_eq!((item.listed, item.round, item.done, item.reviews.len()), (true, 2, 0, 1));
        store.verified().await;
    }
}

#[tokio::test]
async fn picked_rows_are_flagged_all_or_none_and_once() {
    for store in stores().await {
        let project = store.with_rows("picked", &["a", "b", "c"]).await;
        let other = store.with_rows("other", &["x"]).await;
        let pick = |rows: &[&str], client_id: Option<&str>| FlagRows {
            rows: rows.iter().map(|row| address(&project, row)).collect(),
            flagging: Flagging::default(),
            client_id: client_id.map(str::to_owned),
        };
        let mut foreign = pick(&["a"], None);
        foreign.rows.push(address(&other, "x"));
        let reasons = [
            refused(store.reviewer.flag_rows(pick(&[], None)).await),
            refused(store.reviewer.flag_rows(pick(&["a"; 101], None)).await),
            refused(store.reviewer.flag_rows(foreign).await),
            refused(store.reviewer.flag_rows(pick(&["a", "b", "nowhere"], None)).await),
        ];
        expect_test::expect![[r#"
            rows: Pick 1 to 100 rows; these are 0.
            rows: Pick 1 to 100 rows; these are 101.
            rows: Pick rows of one project.
            There is no row nowhere here. It may have been deleted, or the link is incomplete."#]]
        .assert_eq(&reasons.join("\n"));
        assert_eq!(store.matching(&project, "review is not null").await, Vec::<String>::new());
        store.reviewer.flag_rows(pick(&["a", "b"], Some("once"))).await.unwrap();
        store.reviewer.unflag_row(UnflagRow { row: address(&project, "a"), lists: Vec::new(), client_id: None }).await.unwrap();
        store.reviewer.flag_rows(pick(&["a", "b"], Some("once"))).await.unwrap();
        assert_eq!(store.matching(&project, "review is not null").await, ["b"], "what is sent again changes nothing");
        store.verified().await;
    }
}

#[tokio::test]
async fn what_a_list_needs_is_copied_and_changed_for_open_items_only() {
    for store in stores().await {
        let names: Vec<String> = (0..40).map(|number| format!("r{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let project = store.with_rows("needed", &names).await;
        let definition = ListDefinition { overlap: Some(Overlap { share: 0.5, needed: 2 }), ..ListDefinition::default() };
        let list = store.list_of(&project, "Twice", definition.clone()).await;
        for row in &names {
            store.reviewer.flag_row(flag(&project, row, &[&list.id])).await.unwrap();
        }
        let all = || {
            let (project, list) = (project.id.clone(), Some(list.id.clone()));
            ListReviewItems {
                project,
                list,
                status: None,
                unfinished: false,
                assignee: None,
                row: None,
                row_id: None,
                kind: None,
                flagged: (None, None),
                after: None,
                limit: 100,
            }
        };
        let items = store.viewer.review_items(all()).await.unwrap();
        let twice = items.iter().filter(|item| item.needed == 2).count();
        assert!((10..=30).contains(&twice) && items.len() == 40, "{twice} of 40 twice");
        let done = items.iter().find(|item| item.needed == 1).unwrap().row.id.clone();
        store.reviewer.complete_review(complete(&project, done.as_str())).await.unwrap();
        let more = ListDefinition { needed: Some(3), overlap: None, ..definition };
        let command = SaveReviewList {
            project: project.id.clone(),
            list: Some(list.id.clone()),
            name: "Twice".to_owned(),
            definition: more,
            seed: None,
            apply_to_open: true,
            version: None,
        };
        store.engineer.save_review_list(command.clone()).await.unwrap();
        let items = store.viewer.review_items(all()).await.unwrap();
        assert_eq!(items.iter().filter(|item| item.needed == 3).count(), 39, "what is complete stays so");
        // Once somebody has reviewed or answered, what the rows stand for is fixed.
        let representative = ListDefinition { frame: Frame::Representative, ..command.definition.clone() };
        let changed = SaveReviewList { definition: representative, ..command };
        assert!(refused(store.engineer.save_review_list(changed).await).starts_with("frame: "));
        store.verified().await;
    }
}

#[tokio::test]
async fn who_is_asked_is_an_engineers_to_say_and_may_be_taken_back() {
    for store in stores().await {
        let project = store.with_rows("asked", &["a"]).await;
        store.question(&project, "Tone", slider()).await;
        let id = |desk: &crate::Desk| desk.actor().person.id.clone();
        let assign = |add: Vec<PersonId>, remove: Vec<PersonId>| AssignReview {
            row: address(&project, "a"),
            list: None,
            add,
            remove,
            only: false,
            client_id: Some(uuid::Uuid::now_v7().to_string()),
        };
        assert!(refused(store.engineer.assign_review(assign(vec![id(&store.reviewer)], vec![])).await).contains("review of this row"));
        store.reviewer.flag_row(flag(&project, "a", &[])).await.unwrap();
        assert!(refused(store.reviewer.assign_review(assign(vec![id(&store.reviewer)], vec![])).await).contains("assign reviews"));
        store.engineer.assign_review(assign(vec![id(&store.reviewer), id(&store.owner)], vec![])).await.unwrap();
        let second = assign(vec![id(&store.engineer)], vec![id(&store.owner)]);
        let undo = shared::audit::Edit::Command(second.client_id.clone().unwrap());
        store.engineer.assign_review(second).await.unwrap();
        let asked = || async {
            let mut asked: Vec<_> = store.items(&project, "a").await.remove(0).assignees.into_iter().map(|person| person.email).collect();
            asked.sort();
            asked
        };
        assert_eq!(asked().await, ["engineer@example.com", "reviewer@example.com"]);
        store.engineer.revert(shared::audit::Revert { edit: undo, client_id: None }).await.unwrap();
        assert_eq!(asked().await, ["owner@example.com", "reviewer@example.com"]);
        let query = ListReviewItems {
            project: project.id.clone(),
            list: None,
            status: None,
            unfinished: false,
            assignee: Some(id(&store.owner)),
            row: None,
            row_id: None,
            kind: None,
            flagged: (None, None),
            after: None,
            limit: 9,
        };
        assert_eq!(store.viewer.review_items(query).await.unwrap().len(), 1);
        // An answer does not wait for any of this.
        answer(&store.engineer, &project, "a", "Tone", number(0.5)).await.unwrap();
        assert_eq!(store.row(&project, "a").await["scores"], json!({"Tone": 0.5}));
        store.verified().await;
    }
}

#[tokio::test]
async fn what_a_list_names_already_may_stay_whatever_became_of_it() {
    for store in stores().await {
        let project = store.project("gone").await;
        let dataset = store.dataset(&project, "golden").await;
        let (question, person) = (store.question(&project, "Tone", slider()).await, store.member("anna").await.actor().person.id.clone());
        let definition = ListDefinition {
            dataset: Some(dataset.clone()),
            questions: vec![question.id.clone()],
            reviewers: Audience { people: vec![person.clone()], roles: Vec::new() },
            ..ListDefinition::default()
        };
        let list = store.list_of(&project, "Spring", definition.clone()).await;
        store.engineer.archive_question(ArchiveQuestion { question: question.id.clone(), archived: true }).await.unwrap();
        store.owner.change_member(ChangeMember { person: person.0.clone(), role: Some(Role::Viewer), active: None }).await.unwrap();
        store.engineer.delete_object(DeleteObject { kind: ObjectKind::Dataset, id: dataset }).await.unwrap();
        let command = SaveReviewList {
            project: project.id.clone(),
            list: Some(list.id.clone()),
            name: "Summer".to_owned(),
            definition,
            seed: None,
            apply_to_open: false,
            version: Some(list.version),
        };
        let saved = store.engineer.save_review_list(command.clone()).await.unwrap();
        assert_eq!((saved.name.as_str(), saved.version), ("Summer", 2));
        let mut reasons = Vec::new();
        let ListDefinition { dataset, questions, reviewers, .. } = command.definition.clone();
        for definition in [
            ListDefinition { dataset, ..ListDefinition::default() },
            ListDefinition { questions, ..ListDefinition::default() },
            ListDefinition { reviewers, ..ListDefinition::default() },
        ] {
            let another = SaveReviewList { list: None, name: "Autumn".to_owned(), definition, ..command.clone() };
            reasons.push(refused(store.engineer.save_review_list(another).await));
        }
        expect_test::expect![[r#"
            dataset: This project has no dataset with this id.
            questions: The question Tone is archived.
            reviewers: anna may look and not review. Give them another role first."#]]
        .assert_eq(&reasons.join("\n"));
    }
}

#[tokio::test]
async fn nobody_is_asked_who_does_not_review_a_list() {
    for store in stores().await {
        let project = store.with_rows("asked-few", &["a"]).await;
        let id = |desk: &crate::Desk| desk.actor().person.id.clone();
        let few = Audience { people: vec![id(&store.reviewer)], roles: Vec::new() };
        let list = store.list_of(&project, "Few", ListDefinition { reviewers: few, ..ListDefinition::default() }).await;
        let flagging = |list: &ReviewListId, person: &crate::Desk| Flagging {
            lists: vec![list.clone()],
            assignees: vec![id(person)],
            ..Flagging::default()
        };
        let flag = |list: &ReviewListId, person: &crate::Desk| FlagRow {
            row: address(&project, "a"),
            flagging: flagging(list, person),
            client_id: None,
        };
        let default = ReviewListId(project.id.0.clone());
        let assign = AssignReview {
            row: address(&project, "a"),
            list: Some(list.id.clone()),
            add: vec![id(&store.owner)],
            remove: vec![],
            only: false,
            client_id: None,
        };
        let reasons = [
            refused(store.engineer.flag_row(flag(&list.id, &store.engineer)).await),
            refused(store.engineer.flag_row(flag(&default, &store.viewer)).await),
            {
                store.engineer.flag_row(flag(&list.id, &store.reviewer)).await.unwrap();
                refused(store.engineer.assign_review(assign).await)
            },
        ];
        let names = [&store.engineer, &store.viewer, &store.owner].map(|desk| desk.actor().person.name.clone());
        for (reason, (name, list)) in reasons.iter().zip(names.iter().zip(["Few", "Review", "Few"])) {
            let expected = format!("assignees: {name} does not review the list {list}. Ask somebody who does, or change who reviews it.");
            assert_eq!(*reason, expected);
        }
    }
}

#[tokio::test]
async fn what_is_asked_of_people_who_can_review_it_no_more_is_anybodys() {
    for store in stores().await {
        let project = store.with_rows("asked-in-vain", &["a", "b"]).await;
        let anna = store.member("anna").await;
        let id = |desk: &crate::Desk| desk.actor().person.id.clone();
        let two = Audience { people: vec![id(&store.reviewer), id(&anna)], roles: Vec::new() };
        let list = store.list_of(&project, "Two", ListDefinition { reviewers: two, ..ListDefinition::default() }).await;
        let flag = |row: &str| FlagRow {
            row: address(&project, row),
            flagging: Flagging { lists: vec![list.id.clone()], assignees: vec![id(&anna)], ..Flagging::default() },
            client_id: Some(format!("flag {row}")),
        };
        store.engineer.flag_row(flag("a")).await.unwrap();
        let next = async |desk: &crate::Desk| {
            let command = TakeNext { project: project.id.clone(), list: Some(list.id.clone()), order: None };
            desk.take_next(command).await.unwrap().map(|taken| taken.item.row.id.0)
        };
        let complete = CompleteReview { list: Some(list.id.clone()), ..complete(&project, "a") };
        assert_eq!(next(&store.reviewer).await, None);
        assert!(refused(store.reviewer.complete_review(complete.clone()).await).contains("Others are asked"));
        let only = Audience { people: vec![id(&store.reviewer)], roles: Vec::new() };
        let command = SaveReviewList {
            project: project.id.clone(),
            list: Some(list.id.clone()),
            name: "Two".to_owned(),
            definition: ListDefinition { reviewers: only, ..ListDefinition::default() },
            seed: None,
            apply_to_open: false,
            version: None,
        };
        store.engineer.save_review_list(command).await.unwrap();
        assert_eq!(next(&store.reviewer).await.as_deref(), Some("a"));
        store.reviewer.complete_review(complete).await.unwrap();
        store.verified().await;
    }
}

#[tokio::test]
async fn taking_back_asks_for_the_right_to_do_it_anew() {
    for store in stores().await {
        let project = store.with_rows("back", &["a"]).await;
        let anna = store.member("anna").await;
        let id = |desk: &crate::Desk| desk.actor().person.id.clone();
        let only =
            |people: Vec<PersonId>| ListDefinition { reviewers: Audience { people, roles: Vec::new() }, ..ListDefinition::default() };
        let list = store.list_of(&project, "Annas", only(vec![id(&anna), id(&store.reviewer)])).await;
        let named = |client_id: &str| Some(client_id.to_owned());
        let flagging = Flagging { lists: vec![list.id.clone()], assignees: vec![id(&store.reviewer)], ..Flagging::default() };
        store.engineer.flag_row(FlagRow { row: address(&project, "a"), flagging, client_id: named("flag") }).await.unwrap();
        let close = SetReviewStatus {
            row: address(&project, "a"),
            list: Some(list.id.clone()),
            status: ReviewStatus::Complete,
            client_id: named("close"),
        };
        store.engineer.set_review_status(close).await.unwrap();
        let unasked = AssignReview {
            row: address(&project, "a"),
            list: Some(list.id.clone()),
            add: Vec::new(),
            remove: vec![id(&store.reviewer)],
            only: false,
            client_id: named("unask"),
        };
        store.engineer.assign_review(unasked).await.unwrap();
        let command = SaveReviewList {
            project: project.id.clone(),
            list: Some(list.id.clone()),
            name: "Annas".to_owned(),
            definition: only(vec![id(&anna)]),
            seed: None,
            apply_to_open: false,
            version: None,
        };
        store.engineer.save_review_list(command).await.unwrap();
        let entries = store.engineer.activity(ListActivity { row: address(&project, "a"), before: None, limit: 10 }).await.unwrap();
        let entry = |deed: Deed| entries.iter().find(|entry| entry.action == deed).unwrap().id;
        let back = |deed: Deed| Revert { edit: Edit::Entry(entry(deed)), client_id: None };
        assert!(refused(store.reviewer.revert(back(Deed::Close)).await).contains("is reviewed by others"));
        let undo = Revert { edit: Edit::Command("unask".to_owned()), client_id: None };
        assert!(refused(store.engineer.revert(undo).await).contains("does not review the list Annas"));
        store.verified().await;
    }
}
