//! The versions of a question, and what was said under each.

use crate::ground::database::{all, values};
use crate::people::names;
use crate::projects::settings;
use crate::{Desk, Result};
use sea_orm::FromQueryResult;
use shared::questions::QuestionVersion;
use shared::{Micros, PersonId, Problem, ProjectId, QuestionId};

impl Desk {
    /// Every version of a question, the newest first.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such question, or when the caller may not read.
    pub async fn question_versions(&self, id: &QuestionId) -> Result<Vec<QuestionVersion>> {
        #[derive(FromQueryResult)]
        struct Row {
            version: i32,
            definition: String,
            created_by: Option<String>,
            created: Micros,
            project_id: String,
            answers: i64,
        }
        self.require_configuration()?;
        let text = "SELECT v.version, v.project_id, v.definition, v.created_by, v.created, \
                    (SELECT COUNT(*) FROM answers a WHERE a.project = p.short AND a.question_id = v.question_id AND a.version = v.version) AS answers \
                    FROM question_versions v JOIN projects p ON p.id = v.project_id AND p.deleted IS NULL WHERE v.question_id = ? ORDER BY v.version DESC";
        let rows = all::<Row>(self.store.readers(), text, values![id.as_str()]).await?;
        let Some(project) = rows.first().map(|row| ProjectId(row.project_id.clone())) else {
            return Err(Problem::not_found("question").into());
        };
        let mut own = None;
        if settings::blinds(self.store.readers(), &self.actor, &project).await? {
            let counted = super::counts(self.store.readers(), &project, Some(&self.actor.person.id)).await?.remove(id.as_str());
            own = Some(counted.unwrap_or_default());
        }
        let people = names::people(self.store.readers(), rows.iter().filter_map(|row| row.created_by.clone())).await?;
        let versions = rows.into_iter().map(|row| {
            Ok(QuestionVersion {
                version: row.version,
                definition: serde_json::from_str(&row.definition)?,
                author: row.created_by.and_then(|id| people.get(&PersonId(id)).cloned()),
                created: row.created,
                answers: match &own {
                    Some(own) => own.iter().find(|(version, _)| *version == row.version).map_or(0, |(_, count)| *count),
                    None => row.answers,
                },
            })
        });
        versions.collect()
    }
}
