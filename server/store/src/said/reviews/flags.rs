//! In which review lists a row stands, and what one flags it with. None of it is a secret: see the reading of items.

use crate::content::reviews;
use crate::ground::database::{all, values};
use crate::ground::keys::{ItemKey, SpanKey, project_of};
use crate::people::names;
use crate::{Desk, Result};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::people::Person;
use shared::permissions::Action;
use shared::reviews::{FlagSetting, ListChoice, RowFlag};
use shared::{PersonId, ProjectId, ReviewListId};

impl Desk {
    /// What one chooses from who flags a row of a project: its lists and, for who may ask others, who can be asked.
    ///
    /// # Errors
    /// [`shared::Problem::Forbidden`] for viewers, [`shared::Problem::NotFound`] for an unknown project.
    pub async fn flag_setting(&self, project: &ProjectId) -> Result<FlagSetting> {
        self.require(Action::Review)?;
        self.project(project).await?;
        let lists = reviews::lists(self.store.readers(), project).await?.into_iter().map(|known| {
            let list = known.list;
            ListChoice { id: list.id, name: list.name, reviewers: list.definition.reviewers }
        });
        let mut people = Vec::new();
        if self.actor.may(Action::Assign) {
            people = self.active_people().await?;
            people.retain(|person| Action::Review.allowed(person.role, None));
        }
        Ok(FlagSetting { lists: lists.collect(), people })
    }
}

/// The lists in which a row stands, in the order in which it came there.
pub(crate) async fn of_span(connection: &impl ConnectionTrait, span: SpanKey) -> Result<Vec<RowFlag>> {
    #[derive(FromQueryResult)]
    struct Stored {
        key: ItemKey,
        list_id: String,
        name: String,
        flagged_by: Option<String>,
        note: Option<String>,
        needed: i32,
        done: i32,
    }
    let text = "SELECT i.key, i.list_id, l.name, i.flagged_by, i.note, i.needed, i.done FROM review_items i \
                JOIN review_lists l ON l.id = i.list_id AND l.deleted IS NULL WHERE i.project = ? AND i.span = ? AND i.listed ORDER BY i.key";
    let stored = all::<Stored>(connection, text, values![project_of(span), span]).await?;
    if stored.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<ItemKey> = stored.iter().map(|item| item.key).collect();
    let assigned = reviews::assigned(connection, &keys).await?;
    let named = stored.iter().filter_map(|item| item.flagged_by.clone());
    let people = names::people(connection, named.chain(assigned.iter().map(|(_, person)| person.clone()))).await?;
    let person = |id: &str| -> Option<Person> { people.get(&PersonId(id.to_owned())).cloned() };
    let count = |number: i32| u32::try_from(number).unwrap_or(0);
    let flags = stored.into_iter().map(|item| RowFlag {
        list: ReviewListId(item.list_id),
        list_name: item.name,
        by: item.flagged_by.as_deref().and_then(person),
        note: item.note.filter(|note| !note.is_empty()),
        assignees: assigned.iter().filter(|(of, _)| *of == item.key).filter_map(|(_, id)| person(id)).collect(),
        needed: count(item.needed),
        done: count(item.done),
    });
    Ok(flags.collect())
}
