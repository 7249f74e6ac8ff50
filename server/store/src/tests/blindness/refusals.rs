//! What is refused, and what for, is made of what one may see.

use super::{World, answer, stores, text, written};
use serde_json::json;
use shared::CommentId;
use shared::answers::SetAnswer;
use shared::audit::{Edit, ListActivity, Revert, Subject};
use shared::commands::Command;
use shared::comments::{DeleteComment, EditComment};

#[tokio::test]
async fn consent_and_refusals_are_made_of_what_one_may_see() {
    for store in stores().await {
        let world = World::new(&store).await;
        let anna = store.store.console_desk("anna@example.com").await.unwrap();
        let row = |id: &str| json!({"id": id, "span_id": id, "root_span_id": id, "expected": "sent"});
        store.send(&world.project, &[row("alone"), row("answered")]).await;
        let intent = |id: &str, value: &str| answer(world.row(id), "Intent", text(value));
        anna.set_answer(SetAnswer { confirm: true, ..intent("answered", "zebra") }).await.unwrap();
        let mut told = Vec::new();
        for id in ["alone", "answered"] {
            let refused = store.reviewer.set_answer(intent(id, "horse")).await.unwrap_err();
            let Some(shared::Problem::Confirm { proposed, .. }) = refused.problem() else { panic!("{refused}") };
            assert_eq!(proposed, r#"{"Intent":"horse","expected":"sent"}"#);
            told.push(written(refused.problem().unwrap()));
            store.reviewer.set_answer(SetAnswer { confirm: true, ..intent(id, "horse") }).await.unwrap();
            // Once one has said it oneself, nobody is asked again.
            store.reviewer.set_answer(intent(id, "horse")).await.unwrap();
        }
        assert_eq!(told[0], told[1], "nobody learns that somebody else has answered");
        let answers = store.engineer.answers(&world.row("answered")).await.unwrap();
        assert_eq!(answers.iter().filter(|answer| answer.active).count(), 2, "nothing is lost");
        // What another entry would do does not tell that it is there.
        store.reviewer.set_answer(answer(world.row("one"), "Intent", text("horse"))).await.unwrap();
        let entries = store.engineer.activity(ListActivity { row: world.row("one"), before: None, limit: 100 }).await.unwrap();
        let hidden = entries.iter().filter(|entry| matches!(entry.path, Subject::Score(_) | Subject::Comment(_)));
        let mut refusals: Vec<String> = Vec::new();
        for id in hidden.map(|entry| entry.id).chain([entries[0].id + 1_000]) {
            let refused = store.reviewer.revert(Revert { edit: Edit::Entry(id), client_id: None }).await.unwrap_err();
            refusals.push(written(refused.problem().unwrap()));
        }
        refusals.dedup();
        assert_eq!(refusals.len(), 1, "{refusals:?}");
    }
}

#[tokio::test]
async fn a_comment_that_may_not_be_seen_is_not_there() {
    for store in stores().await {
        let world = World::new(&store).await;
        let entries = store.engineer.activity(ListActivity { row: world.row("one"), before: None, limit: 100 }).await.unwrap();
        let mut comments = entries.iter().filter_map(|entry| match &entry.path {
            Subject::Comment(id) => Some(CommentId(id.clone())),
            _ => None,
        });
        let hidden = comments.next_back().unwrap();
        let refusals = async |comment: &CommentId| {
            let (row, comment, client_id) = (world.row("one"), comment.clone(), None);
            let edit = EditComment {
                row: row.clone(),
                comment: comment.clone(),
                text: "mine".to_owned(),
                before: "hushed".to_owned(),
                client_id: None,
            };
            let mut told = Vec::new();
            for command in [Command::EditComment(edit), Command::DeleteComment(DeleteComment { row, comment, client_id })] {
                told.push(written(store.reviewer.run(command).await.unwrap_err().problem().unwrap()));
            }
            told
        };
        let nowhere = refusals(&CommentId("nobody.1".to_owned())).await;
        assert_eq!(refusals(&hidden).await, nowhere);
        // Once it is seen, it is told whose it is.
        store.reviewer.set_answer(answer(world.row("one"), "Tone", super::number(0.5))).await.unwrap();
        assert_ne!(refusals(&hidden).await, nowhere);
    }
}
