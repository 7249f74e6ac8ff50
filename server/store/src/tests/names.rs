//! Names that look the same are the same: nobody could tell apart what they stand for.

use super::sending::{address, answer, choice, slider};
use super::{PASSWORD, TestStore, stores};
use crate::{Error, SignIn};
use serde_json::json;
use shared::Problem;
use shared::answers::AnswerValue;
use shared::objects::{IfTaken, ObjectKind, RegisterObject};
use shared::people::Role;
use shared::projects::{CreateProject, RenameProject};
use shared::questions::SaveQuestion;
use shared::tags::{ChangeTags, SaveTag};

const COMPOSED: &str = "Zo\u{eb}";
const DECOMPOSED: &str = "Zoe\u{308}";
const CAPITALS: &str = "ZO\u{cb}";

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().problem().unwrap().to_string()
}

#[tokio::test]
async fn one_address_is_one_member_however_it_is_typed() {
    for TestStore { store, .. } in &stores().await {
        let [composed, decomposed, capitals] = [COMPOSED, DECOMPOSED, CAPITALS].map(|name| format!("{name}@example.com"));
        let added = store.add_member(&decomposed, DECOMPOSED, Role::Viewer, PASSWORD).await.unwrap();
        assert_eq!((added.name.as_str(), added.email.as_str()), (COMPOSED, "zo\u{eb}@example.com"));
        for again in [&composed, &decomposed, &capitals] {
            assert!(refused(store.add_member(again, "Another", Role::Owner, PASSWORD).await).contains("belongs to a member already"));
            let (password, agent, address) = (PASSWORD.to_owned(), String::new(), String::new());
            let signed_in = store.sign_in(SignIn { email: again.clone(), password, agent, address }).await.unwrap();
            assert_eq!(signed_in.person, added);
            assert_eq!(store.console_desk(again).await.unwrap().actor().person, added);
        }
    }
}

#[tokio::test]
async fn of_projects_and_objects_that_look_the_same_there_is_one() {
    for store in stores().await {
        let (project, _) = store.engineer.create_project(CreateProject { name: DECOMPOSED.to_owned() }).await.unwrap();
        assert_eq!(project.name, COMPOSED);
        for name in [COMPOSED, DECOMPOSED, CAPITALS] {
            assert_eq!(store.engineer.register_project(name).await.unwrap(), (project.clone(), true));
            assert_eq!(store.viewer.project_by_name(name).await.unwrap(), project);
        }
        let other = store.project("Other").await;
        let rename = |name: &str| RenameProject { project: other.id.clone(), name: name.to_owned() };
        assert!(refused(store.engineer.rename_project(rename(CAPITALS)).await).starts_with("Name: "));
        assert_eq!(store.engineer.rename_project(rename("OTHER")).await.unwrap().name, "OTHER", "one's own name may be spelled anew");
        let register = async |name: &str, if_taken| {
            let (kind, project, name) = (ObjectKind::Dataset, project.id.clone(), Some(name.to_owned()));
            store.engineer.register_object(RegisterObject { kind, project, name, if_taken, details: Default::default() }).await.unwrap()
        };
        let (dataset, _) = register(COMPOSED, IfTaken::Open).await;
        assert_eq!(register(CAPITALS, IfTaken::Open).await, (dataset.clone(), true));
        assert_ne!(register(DECOMPOSED, IfTaken::AddSuffix).await.0.id, dataset.id);
        assert_eq!(store.viewer.object_by_name(ObjectKind::Dataset, &project.id, CAPITALS).await.unwrap(), dataset);
    }
}

#[tokio::test]
async fn questions_options_and_tags_that_look_the_same_are_refused() {
    for store in stores().await {
        let project = store.project("looks").await;
        store.question(&project, COMPOSED, slider()).await;
        let save = |name: &str, definition| {
            let (project, name) = (project.id.clone(), name.to_owned());
            store.engineer.save_question(SaveQuestion { project, question: None, after: None, name, definition })
        };
        for name in [DECOMPOSED, CAPITALS, "Zo\u{eb}\u{200b}"] {
            assert!(refused(save(name, slider()).await).contains("looks the same"), "{name:?}");
        }
        let reason = refused(save("Options", choice(&[("Yes", 1.0), ("No", 0.0), ("YES ", 0.5)])).await);
        assert_eq!(reason, "Option 3: It looks like option 1. Give it a name that people can tell apart.");

        let tag = |name: &str| {
            let (project, name, color) = (project.id.clone(), name.to_owned(), "rose".to_owned());
            store.engineer.save_tag(SaveTag { project, tag: None, name, color, description: String::new() })
        };
        tag(COMPOSED).await.unwrap();
        assert!(refused(tag(CAPITALS).await).contains("looks the same"));
        // A reviewer who types a tag in another way means the one that is configured.
        store.send(&project, &[json!({"id": "r", "span_id": "s", "root_span_id": "t"})]).await;
        let put = |name: &str| ChangeTags { row: address(&project, "r"), add: vec![name.to_owned()], remove: Vec::new(), client_id: None };
        store.reviewer.change_tags(put(DECOMPOSED)).await.unwrap();
        store.reviewer.change_tags(put(CAPITALS)).await.unwrap();
        assert_eq!(store.span(&project, "r").await.said.tags, [COMPOSED]);
        let unknown = store.reviewer.change_tags(put("Zoe")).await.unwrap_err();
        assert!(matches!(unknown.problem(), Some(Problem::Forbidden { .. })));
    }
}

#[tokio::test]
async fn what_looks_like_a_question_an_option_or_a_tag_is_that() {
    for store in stores().await {
        let project = store.project("looks").await;
        store.question(&project, "Tone", choice(&[(COMPOSED, 1.0), ("Rude", 0.0)])).await;
        store.send(&project, &[json!({"id": "r", "span_id": "s", "root_span_id": "t", "tags": ["triage", DECOMPOSED]})]).await;
        for (question, value, option) in [("tone", "rude", "Rude"), ("TONE", CAPITALS, COMPOSED), ("Tone ", "RUDE", "Rude")] {
            let value = Some(AnswerValue::Text(value.to_owned()));
            let given = answer(&store.reviewer, &project, "r", question, value).await.unwrap().answer.unwrap();
            assert_eq!(given.question_name, "Tone");
            assert_eq!(given.value, AnswerValue::Text(option.to_owned()), "{question}");
        }
        // A row carries a tag once, and it is taken off however it is typed.
        let (name, color) = ("Triage".to_owned(), "rose".to_owned());
        let tag = SaveTag { project: project.id.clone(), tag: None, name, color, description: String::new() };
        store.engineer.save_tag(tag).await.unwrap();
        let change = |add: &[&str], remove: &[&str]| {
            let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
            ChangeTags { row: address(&project, "r"), add: names(add), remove: names(remove), client_id: None }
        };
        store.reviewer.change_tags(change(&["Triage"], &[])).await.unwrap();
        assert_eq!(store.span(&project, "r").await.said.tags, ["triage", DECOMPOSED]);
        store.reviewer.change_tags(change(&[], &["TRIAGE", CAPITALS])).await.unwrap();
        assert!(store.span(&project, "r").await.said.tags.is_empty());
        store.verified().await;
    }
}

#[tokio::test]
async fn a_name_can_be_seen_and_reads_as_it_is_written() {
    for store in stores().await {
        let create = async |name: &str| {
            store.engineer.create_project(CreateProject { name: name.to_owned() }).await.map(|(project, _)| project.name)
        };
        for name in ["\u{200b}", "\u{200e}\u{200f}", "\u{2066}", "a\u{202e}live", "\u{feff} \u{ad}"] {
            assert!(refused(create(name).await).contains("a name that can be seen"), "{name:?}");
        }
        // Joiners and marks belong to some writings.
        for name in ["\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}", "\u{5e9}\u{5dc}\u{5d5}\u{5dd}\u{200f}"] {
            assert_eq!(create(name).await.unwrap(), name);
        }
    }
}
