//! How a row stands in review lists, as its head tells it, and what one flags it with.

use crate::people::Person;
use crate::questions::Audience;
use crate::{PersonId, ReviewListId};
use serde::{Deserialize, Serialize};

/// A row stands in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFlag {
    /// In which.
    pub list: ReviewListId,
    /// What that is called; empty where only this browser knows of it yet.
    pub list_name: String,
    /// Who flagged it; none for nobody.
    pub by: Option<Person>,
    /// What whoever reviews it should know.
    pub note: Option<String>,
    /// Who is asked to review it; nobody in particular means everybody.
    pub assignees: Vec<Person>,
    /// Reviews that it needs.
    pub needed: u32,
    /// Those it has in this round.
    pub done: u32,
}

impl RowFlag {
    /// The ids of who is asked.
    pub fn asked(&self) -> Vec<PersonId> {
        self.assignees.iter().map(|person| person.id.clone()).collect()
    }
}

/// A list into which rows can be put.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListChoice {
    /// Id.
    pub id: ReviewListId,
    /// What it is called.
    pub name: String,
    /// Who reviews it.
    pub reviewers: Audience,
}

/// What one chooses from who flags a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagSetting {
    /// The lists of the project, the default one first.
    pub lists: Vec<ListChoice>,
    /// Who can be asked to review it; nobody for who may not ask.
    pub people: Vec<Person>,
}
