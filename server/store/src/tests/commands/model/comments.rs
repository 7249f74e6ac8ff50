//! Comments: written by members and end users, changed and deleted by who wrote them.

use super::{Entry, Model, Outcome, Refusal, forbidden_unless};
use serde_json::{Value, json};
use shared::CommentId;
use shared::comments::{AddComment, DeleteComment, EditComment};

/// A comment on a row.
#[derive(Clone)]
pub(in crate::tests::commands) struct Remark {
    pub(in crate::tests::commands) id: String,
    /// The member who wrote it; none for an end user.
    pub(super) person: Option<usize>,
    pub(super) by: Value,
    pub(in crate::tests::commands) text: String,
    pub(super) shown: bool,
}

fn checked(text: &str) -> Result<String, Refusal> {
    let is_fine = !text.trim().is_empty() && text.len() <= 100_000;
    if is_fine { Ok(text.trim().to_owned()) } else { Err(Refusal::Invalid("Add a comment".to_owned())) }
}

impl Model {
    /// What is shown of the comments on a row.
    pub(super) fn comments(&self, person: usize, row: &str) -> Vec<Value> {
        let shown = self.rows[row].comments.iter().filter(|remark| remark.shown && self.sees_comment(person, row, remark.person));
        shown.map(|remark| json!({"by": remark.by, "text": remark.text})).collect()
    }

    /// A comment of that person, whoever may change it.
    fn own(&mut self, person: usize, row: &str, id: &str) -> Result<&mut Remark, Refusal> {
        let author = self.rows[row].comments.iter().find(|remark| remark.id == id).ok_or(Refusal::NotFound)?.person;
        if !self.sees_comment(person, row, author) {
            return Err(Refusal::NotFound);
        }
        let remark = self.row_mut(row).comments.iter_mut().find(|remark| remark.id == id).ok_or(Refusal::NotFound)?;
        forbidden_unless(remark.person == Some(person))?;
        Ok(remark)
    }

    pub(super) fn comment(&mut self, person: usize, command: &AddComment) -> Outcome {
        let (row, text) = (&self.cast.name(&command.row), checked(&command.text)?);
        let id = format!("{}.{}", self.cast.people[person].actor().person.id, command.client_id.as_deref().unwrap());
        let path = format!("comments.{id}");
        self.row_mut(row).comments.push(Remark { id, person: Some(person), by: json!(person), text: text.clone(), shown: true });
        self.note(person, row, "comment", &path, Value::Null, json!(text), None);
        Ok(())
    }

    pub(super) fn edit_comment(&mut self, person: usize, command: &EditComment) -> Outcome {
        let (row, id, text) = (&self.cast.name(&command.row), command.comment.as_str(), checked(&command.text)?);
        let remark = self.own(person, row, id)?;
        if !remark.shown {
            return Err(Refusal::NotFound);
        }
        if remark.text != command.before {
            return Err(Refusal::Conflict);
        }
        let before = std::mem::replace(&mut remark.text, text.clone());
        if before != text {
            self.note(person, row, "edit_comment", &format!("comments.{id}"), json!(before), json!(text), None);
        }
        Ok(())
    }

    pub(super) fn delete_comment(&mut self, person: usize, command: &DeleteComment) -> Outcome {
        self.show(person, &self.cast.name(&command.row), command.comment.as_str(), false)
    }

    fn show(&mut self, person: usize, row: &str, id: &str, shown: bool) -> Outcome {
        let remark = self.own(person, row, id)?;
        if remark.shown != shown {
            remark.shown = shown;
            let text = json!(remark.text);
            let (action, from, to) = if shown { ("restore_comment", Value::Null, text) } else { ("delete_comment", text, Value::Null) };
            self.note(person, row, action, &format!("comments.{id}"), from, to, None);
        }
        Ok(())
    }

    /// What an end user said, by the entry that tells it.
    pub(super) fn remark(&mut self, entry: Entry, text: &str) {
        let path = format!("comments.said {}", self.activity.len());
        let by = json!(entry.external);
        let row = self.row_mut(&entry.row);
        row.comments.push(Remark { id: path["comments.".len()..].to_owned(), person: None, by, text: text.to_owned(), shown: true });
        self.activity.push(Entry { path, ..entry });
    }

    pub(super) fn take_comment_back(&mut self, person: usize, entry: &Entry) -> Outcome {
        let (row, id) = (entry.row.as_str(), entry.path.strip_prefix("comments.").unwrap());
        let remark = self.row(row)?.comments.iter().find(|remark| remark.id == id && remark.shown);
        if remark.map_or(Value::Null, |remark| json!(remark.text)) != entry.to {
            return Err(Refusal::Conflict);
        }
        match (entry.from.as_str(), entry.to.as_str()) {
            (Some(text), Some(before)) => {
                let (row, comment) = (self.cast.address(row), CommentId(id.to_owned()));
                let (text, before) = (text.to_owned(), before.to_owned());
                self.edit_comment(person, &EditComment { row, comment, text, before, client_id: None })
            }
            (_, to) => self.show(person, row, id, to.is_none()),
        }
    }
}
