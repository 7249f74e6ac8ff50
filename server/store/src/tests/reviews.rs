//! Review lists, their items, who has them in hand, and what SDKs see of them.

mod any_order;
mod board;
mod filling;
mod flags;
mod home;
mod in_hand;
mod keys;
mod lists;
mod pairs;
mod rules;
mod taking;

use super::sending::address;
use super::{PASSWORD, TestStore, stores};
use crate::Desk;
use serde_json::{Value, json};
use shared::ReviewListId;
use shared::people::Role;
use shared::projects::Project;
use shared::reviews::{CompleteReview, FlagRow, Flagging, ListDefinition, ReviewItem, ReviewList, SaveReviewList};

/// Flags a row by hand.
pub(super) fn flag(project: &Project, row: &str, lists: &[&ReviewListId]) -> FlagRow {
    FlagRow {
        row: address(project, row),
        flagging: Flagging { lists: lists.iter().map(|list| (*list).clone()).collect(), ..Flagging::default() },
        client_id: None,
    }
}

/// Flags a row in some other way.
pub(super) fn flag_as(project: &Project, row: &str, lists: &[&ReviewListId], alter: impl FnOnce(&mut Flagging)) -> FlagRow {
    let mut flag = flag(project, row, lists);
    alter(&mut flag.flagging);
    flag
}

/// Completes the review of a row.
pub(super) fn complete(project: &Project, row: &str) -> CompleteReview {
    CompleteReview { row: address(project, row), list: None, preference: None, client_id: None }
}

/// What was refused, as its sentence.
pub(super) fn refused<T: std::fmt::Debug>(result: crate::Result<T>) -> String {
    result.unwrap_err().problem().unwrap().to_string()
}

impl TestStore {
    /// A project with some rows.
    async fn with_rows(&self, name: &str, rows: &[&str]) -> Project {
        let project = self.project(name).await;
        let rows: Vec<Value> = rows.iter().map(|id| json!({"id": id, "span_id": id, "root_span_id": id, "input": id})).collect();
        self.send(&project, &rows).await;
        project
    }

    /// Another reviewer.
    async fn member(&self, name: &str) -> Desk {
        let email = format!("{name}@example.com");
        self.store.add_member(&email, name, Role::Reviewer, PASSWORD).await.unwrap();
        self.store.console_desk(&email).await.unwrap()
    }

    /// A list of that name.
    async fn list_of(&self, project: &Project, name: &str, definition: ListDefinition) -> ReviewList {
        let project = project.id.clone();
        let command =
            SaveReviewList { project, list: None, name: name.to_owned(), definition, seed: Some(7), apply_to_open: false, version: None };
        self.engineer.save_review_list(command).await.unwrap()
    }

    /// How a row stands in its lists.
    async fn items(&self, project: &Project, row: &str) -> Vec<ReviewItem> {
        self.engineer.reviews_of_row(&address(project, row)).await.unwrap()
    }

    /// What SDKs see of a row's review.
    async fn on_wire(&self, project: &Project, row: &str) -> Value {
        let row = self.row(project, row).await;
        json!([row["metadata"]["~__bt_review_lists"], row["metadata"]["~__bt_assignments"]])
    }

    /// The rows that match, in the order in which they were sent.
    async fn matching(&self, project: &Project, filter: &str) -> Vec<String> {
        let mut ids: Vec<_> = self.rows(project, filter).await.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    }
}
