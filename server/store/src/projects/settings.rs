//! What is set for a project.

use crate::ground::database::{one, run, values};
use crate::projects::questions::configuration_changed;
use crate::writing::writer::Change;
use crate::{Actor, Desk, Error, Result};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::filter::{Diagnostic, parse_expression};
use shared::objects::ObjectKind;
use shared::permissions::Action;
use shared::projects::{ChangeSettings, Project, Settings};
use shared::{Problem, ProjectId};

impl Desk {
    /// What is set for a project.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such project.
    pub async fn settings(&self, project: &ProjectId) -> Result<Settings> {
        self.require_configuration()?;
        of_project(self.store.readers(), project).await
    }

    /// Changes what is set for a project, and tells every open page.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] below engineers, [`Problem::NotFound`] if there is no such project, [`Problem::Invalid`] at the
    /// setting that is wrong.
    pub async fn change_settings(&self, command: ChangeSettings) -> Result<Project> {
        self.require(Action::Configure)?;
        let project = command.project.clone();
        self.store.write_in(&project, move |change| Box::pin(apply(change, command))).await?;
        self.project(&project).await
    }
}

async fn apply(change: &mut Change, command: ChangeSettings) -> Result<()> {
    let before = of_project(&change.transaction, &command.project).await?;
    let mut settings = before.clone();
    settings.change(&command.changes)?;
    if settings.baseline_experiment_id != before.baseline_experiment_id {
        require_baseline(change, &command.project, &settings).await?;
    }
    if let Some(key) = settings.comparison_key.as_ref().filter(|_| settings.comparison_key != before.comparison_key) {
        require_expression(key)?;
    }
    if settings == before {
        return Ok(());
    }
    let text = "UPDATE projects SET settings = ? WHERE id = ?";
    run(&change.transaction, text, values![serde_json::to_string(&settings)?, command.project.as_str()]).await?;
    configuration_changed(change, &command.project).await
}

fn require_expression(key: &str) -> Result<()> {
    let reason = |mistakes: Vec<Diagnostic>| {
        let first = mistakes.into_iter().next().map(|mistake| mistake.message).unwrap_or_default();
        Problem::invalid("settings.comparison_key", format!("Write an expression about a row, such as input.id or metadata.case. {first}"))
    };
    Ok(parse_expression(key).map(|_| ()).map_err(reason)?)
}

async fn require_baseline(change: &Change, project: &ProjectId, settings: &Settings) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Row {
        project_id: String,
    }
    let Some(baseline) = &settings.baseline_experiment_id else { return Ok(()) };
    let text = "SELECT project_id FROM objects WHERE id = ? AND kind = ? AND deleted IS NULL";
    let found = one::<Row>(&change.transaction, text, values![baseline.as_str(), ObjectKind::Experiment.as_str()]).await?;
    if found.is_some_and(|row| row.project_id == project.as_str()) {
        return Ok(());
    }
    Err(Problem::invalid("settings.baseline_experiment_id", "This project has no experiment with this id.").into())
}

/// Whether somebody sees in a project only what they have answered.
pub(crate) async fn blinds(connection: &impl ConnectionTrait, actor: &Actor, project: &ProjectId) -> Result<bool> {
    Ok(!actor.may(Action::SeeThrough) && of_project(connection, project).await?.blind_reviews)
}

/// What is set for a project.
pub(crate) async fn of_project(connection: &impl ConnectionTrait, project: &ProjectId) -> Result<Settings> {
    #[derive(FromQueryResult)]
    struct Row {
        settings: String,
    }
    let text = "SELECT settings FROM projects WHERE id = ? AND deleted IS NULL";
    let row = one::<Row>(connection, text, values![project.as_str()]).await?.ok_or_else(|| Problem::not_found("project"))?;
    read(project.as_str(), &row.settings)
}

/// Reads what is stored for a project.
pub(crate) fn read(project: &str, text: &str) -> Result<Settings> {
    serde_json::from_str(text).map_err(|_| Error::Corrupt(format!("the settings of project {project}")))
}
