//! Where the scores of an object come from: what its cards and columns are, whatever is filtered.

use crate::content::scores;
use crate::ground::database::{all, values};
use crate::ground::places::Home;
use crate::{Desk, Result};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::ObjectId;
use shared::permissions::Action;
use shared::summary::ScoreKind;
use std::collections::{BTreeMap, HashSet};

impl Desk {
    /// Every score that an object has, as far as the caller may see, with where it comes from.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] for an unknown object.
    pub async fn score_kinds(&self, object: &ObjectId) -> Result<BTreeMap<String, ScoreKind>> {
        self.require(Action::Read)?;
        let (summary, _) = self.summary(object, "").await?;
        let home = self.find_object(object).await?;
        let connection = self.store.readers();
        let asked = names_of_questions(connection, &home).await?;
        let mut kinds = BTreeMap::new();
        for name in summary.scores.into_keys() {
            let kind = kind(connection, &home, &asked, &name).await?;
            kinds.insert(name, kind);
        }
        Ok(kinds)
    }
}

/// The names of the questions of a project, archived ones too.
async fn names_of_questions(connection: &impl ConnectionTrait, home: &Home) -> Result<HashSet<String>> {
    #[derive(FromQueryResult)]
    struct Row {
        name: String,
    }
    let text = "SELECT name FROM questions WHERE project_id = ?";
    Ok(all::<Row>(connection, text, values![home.project.as_str()]).await?.into_iter().map(|row| row.name).collect())
}

/// Where a score of an object comes from: from reviewers if it is asked for, else from whoever its values say.
async fn kind(connection: &impl ConnectionTrait, home: &Home, asked: &HashSet<String>, name: &str) -> Result<ScoreKind> {
    if asked.contains(name) {
        return Ok(ScoreKind::Human);
    }
    Ok(ScoreKind::first_of(scores::kinds(connection, home, name).await?))
}
