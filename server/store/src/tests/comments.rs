//! Comments: edited, deleted and restored by who wrote them; and the people they mention.

use super::sending::{address, raws};
use super::{TestStore, stores};
use crate::{Desk, Error, RowSearch};
use expect_test::{Expect, expect};
use sea_orm::{ConnectionTrait, Database};
use serde_json::json;
use shared::CommentId;
use shared::address::RowsPage;
use shared::audit::{Edit, Revert};
use shared::commands::Command;
use shared::comments::{AddComment, Comment, DeleteComment, EditComment, Mention, ReadMentions};
use shared::objects::{IfTaken, ObjectKind, RegisterObject, RowAddress};
use shared::people::ChangeMember;
use shared::projects::Project;
use std::fmt::Debug;

fn refused<T: Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().problem().unwrap().to_string()
}

/// A project with the row `r`.
async fn commented(store: &TestStore, name: &str) -> (Project, RowAddress) {
    let project = store.project(name).await;
    store.send(&project, &[json!({"id": "r", "span_id": "s", "root_span_id": "t", "input": "i"})]).await;
    let row = address(&project, "r");
    (project, row)
}

fn add(row: &RowAddress, text: &str, id: &str) -> Command {
    Command::AddComment(AddComment { row: row.clone(), text: text.to_owned(), client_id: Some(id.to_owned()) })
}

fn edit(row: &RowAddress, comment: &CommentId, before: &str, text: &str, id: &str) -> Command {
    let (row, comment, before, text) = (row.clone(), comment.clone(), before.to_owned(), text.to_owned());
    Command::EditComment(EditComment { row, comment, text, before, client_id: Some(id.to_owned()) })
}

fn delete(row: &RowAddress, comment: &CommentId, id: &str) -> Command {
    Command::DeleteComment(DeleteComment { row: row.clone(), comment: comment.clone(), client_id: Some(id.to_owned()) })
}

fn revert(of: &str, id: &str) -> Command {
    Command::Revert(Revert { edit: Edit::Command(of.to_owned()), client_id: Some(id.to_owned()) })
}

fn link(desk: &Desk) -> String {
    format!("[@x](person:{})", desk.actor().person.id)
}

impl TestStore {
    async fn comments(&self, project: &Project) -> Vec<Comment> {
        self.span(project, "r").await.said.comments
    }

    /// The comments, the count in the list, what the filter finds, and the newest entry of the activity.
    async fn told(&self, project: &Project) -> String {
        let span = self.span(project, "r").await;
        let texts: Vec<_> = span
            .said
            .comments
            .iter()
            .map(|comment| format!("{}{}", comment.text, if comment.edited.is_some() { "*" } else { "" }))
            .collect();
        let (listed, word) = (self.list(project, "").await[0].comments, self.list(project, "comments match 'one'").await.len());
        let entry = &span.said.activity[0];
        let path =
            span.said.comments.first().map_or(entry.path.to_string(), |comment| entry.path.to_string().replace(comment.id.as_str(), "id"));
        let path = path.split_once('.').map_or("", |(kind, id)| if id == "id" { "comments.id" } else { kind });
        let value = |value: &Option<String>| value.clone().unwrap_or_default();
        format!("{texts:?} {listed} {word} {} {path} {}→{}\n", entry.action, value(&entry.from), value(&entry.to))
    }
}

#[tokio::test]
async fn ones_own_comment_is_edited_deleted_restored_and_all_of_it_taken_back() {
    for store in stores().await {
        let (project, row) = commented(&store, "own").await;
        let mut lines = String::new();
        store.reviewer.run(add(&row, "one", "a")).await.unwrap();
        let id = store.comments(&project).await[0].id.clone();
        lines += &store.told(&project).await;
        let commands = [
            edit(&row, &id, "one", "two", "b"),
            revert("b", "c"),
            delete(&row, &id, "d"),
            revert("d", "e"),
            revert("e", "f"),
            revert("f", "g"),
            revert("a", "h"),
        ];
        for command in commands {
            for _ in 0..3 {
                store.reviewer.run(command.clone()).await.unwrap();
            }
            lines += &store.told(&project).await;
        }
        expect![[r#"
            ["one"] 1 1 comment comments.id →"one"
            ["two*"] 1 0 edit_comment comments.id "one"→"two"
            ["one*"] 1 1 edit_comment comments.id "two"→"one"
            [] 0 0 delete_comment comments "one"→
            ["one*"] 1 1 restore_comment comments.id →"one"
            [] 0 0 delete_comment comments "one"→
            ["one*"] 1 1 restore_comment comments.id →"one"
            [] 0 0 delete_comment comments "one"→
        "#]]
        .assert_eq(&lines);
        // What is sent again late changes nothing, whatever has become of the comment.
        store.reviewer.run(edit(&row, &id, "one", "two", "b")).await.unwrap();
        assert_eq!(store.comments(&project).await, []);
        store.verified().await;
    }
}

#[tokio::test]
async fn what_cannot_be_done_to_a_comment_is_said() {
    for store in stores().await {
        let (project, row) = commented(&store, "refused").await;
        store.reviewer.run(add(&row, "one", "a")).await.unwrap();
        let id = store.comments(&project).await[0].id.clone();
        let check = async |desk: &Desk, command: Command, expected: Expect| {
            let told = store.told(&project).await;
            expected.assert_eq(&refused(desk.run(command).await));
            assert_eq!(store.told(&project).await, told);
        };
        let entry = store.span(&project, "r").await.said.activity[0].id;
        check(
            &store.owner,
            edit(&row, &id, "one", "x", "1"),
            expect!["Only who wrote a comment can change or delete it. You can answer with a comment of your own."],
        )
        .await;
        check(
            &store.engineer,
            delete(&row, &id, "1"),
            expect!["Only who wrote a comment can change or delete it. You can answer with a comment of your own."],
        )
        .await;
        let other = Command::Revert(Revert { edit: Edit::Entry(entry), client_id: None });
        check(&store.owner, other, expect!["Only who wrote a comment can change or delete it. You can answer with a comment of your own."])
            .await;
        check(
            &store.viewer,
            delete(&row, &id, "1"),
            expect!["You may not answer, comment or tag. Ask an owner of this installation for a role that allows it."],
        )
        .await;
        check(&store.reviewer, edit(&row, &id, "one", " ", "1"), expect!["Add a comment: Write something first."]).await;
        check(
            &store.reviewer,
            edit(&row, &id, "one", &"x".repeat(1 << 20), "1"),
            expect!["Add a comment: Use at most 100,000 bytes; this has 1,048,576."],
        )
        .await;
        check(&store.reviewer, edit(&row, &id, "none", "x", "1"), expect!["Somebody else changed this meanwhile."]).await;
        check(
            &store.reviewer,
            edit(&row, &"other".into(), "one", "x", "1"),
            expect!["There is no comment here. It may have been deleted, or the link is incomplete."],
        )
        .await;
        store.reviewer.run(edit(&row, &id, "one", "two", "b")).await.unwrap();
        check(&store.reviewer, revert("a", "1"), expect!["Somebody else changed this meanwhile."]).await;
        store.reviewer.run(delete(&row, &id, "d")).await.unwrap();
        check(
            &store.reviewer,
            edit(&row, &id, "two", "x", "1"),
            expect!["There is no comment here. It may have been deleted, or the link is incomplete."],
        )
        .await;
        check(&store.reviewer, revert("b", "1"), expect!["Somebody else changed this meanwhile."]).await;
        // What an end user said belongs to nobody here, not even to whose key it came through.
        let feedback = json!({"id": "r", "comment": format!("<img src=x onerror=alert(1)> {}", link(&store.owner)), "user_id": "u7"});
        store.engineer.feedback(&project.logs(), vec![feedback]).await.unwrap();
        let said = store.comments(&project).await.remove(0);
        assert_eq!(said.author, None);
        expect![[r#"
            <p dir="auto">&lt;img src=x onerror=alert(1)&gt; @x</p>
        "#]]
        .assert_eq(said.html.as_str());
        assert_eq!(store.owner.unread_mentions().await.unwrap(), 0);
        check(
            &store.engineer,
            delete(&row, &said.id, "1"),
            expect!["Only who wrote a comment can change or delete it. You can answer with a comment of your own."],
        )
        .await;
        store.verified().await;
    }
}

#[tokio::test]
async fn verify_knows_what_every_comment_said() {
    for store in stores().await {
        let (project, row) = commented(&store, "proven").await;
        store.reviewer.run(add(&row, "one", "a")).await.unwrap();
        store.reviewer.run(add(&row, "two", "b")).await.unwrap();
        let id = store.comments(&project).await[1].id.clone();
        store.reviewer.run(delete(&row, &id, "c")).await.unwrap();
        store.verified().await;
        let connection = Database::connect(store.place.url()).await.unwrap();
        let changes = [
            ("UPDATE comments SET text = 'x' WHERE text = 'one'", "UPDATE comments SET text = 'one' WHERE text = 'x'"),
            ("UPDATE comments SET text = 'x' WHERE text = 'two'", "UPDATE comments SET text = 'two' WHERE text = 'x'"),
            ("UPDATE comments SET id = 'x' WHERE text = 'one'", ""),
        ];
        for (change, back) in changes {
            connection.execute_unprepared(change).await.unwrap();
            let difference = store.store.verify().await.unwrap().expect_err(change).to_string();
            assert!(difference.starts_with("the comment "), "{difference}");
            connection.execute_unprepared(back).await.ok();
        }
        connection.close().await.unwrap();
    }
}

/// What an inbox says, without times.
async fn inbox(desk: &Desk) -> String {
    let inbox = desk.inbox().await.unwrap();
    assert_eq!(inbox.unread, desk.unread_mentions().await.unwrap());
    let line = |mention: &Mention| {
        let author = mention.author.as_ref().map_or("", |author| &author.name);
        let Mention { project, page, trace, span, row, excerpt, read, .. } = mention;
        format!("{project} {page:?} {trace} {span} {} {author}: {excerpt}{}\n", row.id, if *read { " (read)" } else { "" })
    };
    format!("{} unread\n{}", inbox.unread, inbox.mentions.iter().map(line).collect::<String>())
}

#[tokio::test]
async fn who_is_mentioned_is_told_and_who_is_not_any_more_is_not() {
    for store in stores().await {
        let (project, row) = commented(&store, "mentions").await;
        let (owner, viewer) = (link(&store.owner), link(&store.viewer));
        let text = format!("{owner} look at **this**, {owner}, with {viewer} and [@Nobody](person:nobody)");
        store.reviewer.run(add(&row, &text, "a")).await.unwrap();
        let comment = store.comments(&project).await.remove(0);
        expect![[r#"
            <p dir="auto"><span class="mention">@The owner</span> look at <strong>this</strong>, <span class="mention">@The owner</span>, with <span class="mention">@The viewer</span> and @Nobody</p>
        "#]].assert_eq(comment.html.as_str());
        expect![[r#"
            1 unread
            mentions Logs t s r The reviewer: @The owner look at this, @The owner, with @The viewer and @Nobody
        "#]]
        .assert_eq(&inbox(&store.owner).await);
        assert_eq!(store.viewer.unread_mentions().await.unwrap(), 1);
        assert_eq!(inbox(&store.engineer).await, "0 unread\n");
        // The viewer has read it; the owner has not, and is told no more.
        store.viewer.read_mentions(ReadMentions { comment: Some(comment.id.clone()) }).await.unwrap();
        let engineer = link(&store.engineer);
        store.reviewer.run(edit(&row, &comment.id, &text, &engineer, "b")).await.unwrap();
        assert_eq!(inbox(&store.owner).await, "0 unread\n");
        expect![[r#"
            0 unread
            mentions Logs t s r The reviewer: @The engineer (read)
        "#]]
        .assert_eq(&inbox(&store.viewer).await);
        assert_eq!(store.engineer.unread_mentions().await.unwrap(), 1);
        // Deleted, nobody sees it; restored, it is told again.
        store.reviewer.run(delete(&row, &comment.id, "c")).await.unwrap();
        assert_eq!([inbox(&store.viewer).await, inbox(&store.engineer).await], ["0 unread\n", "0 unread\n"]);
        store.reviewer.run(revert("c", "d")).await.unwrap();
        assert_eq!(store.engineer.unread_mentions().await.unwrap(), 1);
        store.engineer.read_mentions(ReadMentions { comment: None }).await.unwrap();
        assert_eq!(store.engineer.unread_mentions().await.unwrap(), 0);
        // Who mentions themselves knows; who is no active member is nobody.
        let person = store.viewer.actor().person.id.to_string();
        store.owner.change_member(ChangeMember { person, role: None, active: Some(false) }).await.unwrap();
        store.reviewer.run(add(&row, &format!("{} {viewer}", link(&store.reviewer)), "e")).await.unwrap();
        expect![[r#"
            <p dir="auto"><span class="mention">@The reviewer</span> @x</p>
        "#]]
        .assert_eq(store.comments(&project).await[1].html.as_str());
        assert_eq!(store.reviewer.unread_mentions().await.unwrap(), 0);
        let names: Vec<_> = store.reviewer.mentionable().await.unwrap().into_iter().map(|person| person.name).collect();
        assert_eq!(names, ["The engineer", "The owner", "The reviewer"]);
        store.verified().await;
    }
}

#[tokio::test]
async fn an_inbox_knows_every_kind_of_row_and_forgets_what_is_gone() {
    for store in stores().await {
        let (project, row) = commented(&store, "kinds").await;
        let register = |kind| RegisterObject {
            kind,
            project: project.id.clone(),
            name: Some("of rows".to_owned()),
            if_taken: IfTaken::Open,
            details: serde_json::Map::new(),
        };
        let mut rows = vec![row.clone()];
        for kind in [ObjectKind::Experiment, ObjectKind::Dataset] {
            let object = store.engineer.register_object(register(kind)).await.unwrap().0;
            let sent = json!({"id": "e", "span_id": "s", "root_span_id": "s"});
            store.engineer.ingest(raws(&[sent]), Some(object.id.clone())).await.unwrap();
            rows.push(RowAddress { object_type: kind, object_id: object.id, id: "e".into() });
        }
        for (number, row) in rows.iter().enumerate() {
            store.reviewer.run(add(row, &format!("see {}", link(&store.owner)), &number.to_string())).await.unwrap();
        }
        expect![[r#"
            3 unread
            kinds Dataset("of rows") s s e The reviewer: see @The owner
            kinds Experiment("of rows") s s e The reviewer: see @The owner
            kinds Logs t s r The reviewer: see @The owner
        "#]]
        .assert_eq(&inbox(&store.owner).await);
        let pages: Vec<_> = store.owner.inbox().await.unwrap().mentions.into_iter().map(|mention| mention.page).collect();
        assert_eq!(pages, [RowsPage::Dataset("of rows".to_owned()), RowsPage::Experiment("of rows".to_owned()), RowsPage::Logs]);
        store.engineer.erase_row(row).await.unwrap();
        let object = shared::objects::DeleteObject { kind: ObjectKind::Dataset, id: rows[2].object_id.clone() };
        store.engineer.delete_object(object).await.unwrap();
        assert_eq!(store.owner.inbox().await.unwrap().mentions.len(), 1);
        let found = store.engineer.search_rows(RowSearch { limit: 10, ..RowSearch::of(rows[1].object_id.clone()) }).await.unwrap();
        assert_eq!(found.values()[0]["comments"][0]["user"]["name"], json!("The reviewer"));
        store.verified().await;
    }
}

#[tokio::test]
async fn the_same_id_in_another_object_is_another_comment() {
    for store in stores().await {
        let (one, _) = commented(&store, "one").await;
        let (other, row) = commented(&store, "other").await;
        let said = |text: &str| json!({"id": "c", "origin": {"id": "r"}, "comment": {"text": text}});
        for _ in 0..2 {
            store.send(&one, &[said("of one"), said("never said")]).await;
            store.send(&other, &[said("of the other")]).await;
        }
        let texts = async |project: &Project| -> Vec<(i64, String)> {
            let count = store.list(project, "").await[0].comments;
            store.comments(project).await.into_iter().map(|comment| (count, comment.text)).collect()
        };
        assert_eq!(texts(&one).await, [(1, "of one".to_owned())]);
        assert_eq!(texts(&other).await, [(1, "of the other".to_owned())]);
        assert_eq!(store.span(&other, "r").await.said.activity[0].to.as_deref(), Some(r#""of the other""#));
        // The other one is found under its id also when the first is gone.
        store.owner.erase_row(address(&one, "r")).await.unwrap();
        store.send(&other, &[said("of the other")]).await;
        assert_eq!(texts(&other).await, [(1, "of the other".to_owned())]);
        // A member's own comments stand beside it.
        store.reviewer.run(add(&row, "mine", "1")).await.unwrap();
        assert_eq!(texts(&other).await.len(), 2);
        assert_eq!(store.store.verify().await.unwrap().map(|_| ()), Ok(()));
    }
}
