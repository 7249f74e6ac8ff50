//! Lists and people as scripts name them: by their ids, or by what people call them.

use crate::people::names::same_name;
use crate::{Desk, Result};
use shared::objects::RowAddress;
use shared::{PersonId, Problem, ProjectId, ReviewListId};

impl Desk {
    /// The id of a review list of a project, by its id or its name; of none named, the default one, which is not looked up.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown list.
    pub async fn review_list_named(&self, project: &ProjectId, named: Option<&str>) -> Result<ReviewListId> {
        let Some(named) = named else { return Ok(ReviewListId(project.0.clone())) };
        let lists = self.review_lists(project).await?;
        let by_id = lists.iter().find(|list| list.id.as_str() == named);
        let found = by_id.or_else(|| lists.iter().find(|list| same_name(&list.name, named)));
        Ok(found.ok_or_else(|| Problem::not_found(format!("review list {named}")))?.id.clone())
    }

    /// The same of the project that a row belongs to.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown row or list.
    pub async fn review_list_of_row(&self, row: &RowAddress, named: Option<&str>) -> Result<ReviewListId> {
        let project = self.store.project_of(&row.object_id).await?;
        let project = project.ok_or_else(|| Problem::not_found(format!("{} {}", row.object_type.as_str(), row.object_id)))?;
        self.review_list_named(&project, named).await
    }

    /// The ids of active members, by their ids or addresses.
    ///
    /// # Errors
    /// [`Problem::Invalid`] at `field` that names the first who is none.
    pub async fn members_named(&self, field: &str, named: &[String]) -> Result<Vec<PersonId>> {
        if named.is_empty() {
            return Ok(Vec::new());
        }
        let people = self.people().await?;
        let find = |named: &String| {
            let found = people.iter().find(|person| person.id.as_str() == *named || same_name(&person.email, named));
            found.map(|person| person.id.clone()).ok_or_else(|| {
                Problem::invalid(field, format!("There is no active member {named}. Use the addresses or ids of members.")).into()
            })
        };
        named.iter().map(find).collect()
    }
}
