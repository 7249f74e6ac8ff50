//! Fills an empty database with the demo project: what `serve --demo` shows.
//!
//! The demo has a store of its own, whose clock goes through the last two weeks, so that everything was said when it was said.

mod history;
mod team;

use shared::projects::{ChangeSettings, CreateProject, Project};
use shared::questions::{Definition, MetadataPath, QuestionKind, QuestionOption, SaveQuestion};
use shared::tags::SaveTag;
use store::{Fate, Result, Store, StoreOptions};

use crate::DemoQuestionKind;
use crate::clock::DAY;
use history::History;
use serde_json::{Map, Value};
use shared::objects::ObjectKind;
use team::Team;

/// The name of the demo project.
pub const PROJECT: &str = "support-assistant";

const SEED: u64 = 7;
const TRACES: usize = 300;

/// When the team came together, in microseconds before now.
const BEGINNING: i64 = 16 * DAY;

/// Makes the demo project, unless the database is in use already.
///
/// # Errors
/// When the store fails.
pub async fn seed(options: StoreOptions) -> Result<()> {
    let now = store::now();
    let fate = Fate::seeded(SEED, now - BEGINNING);
    let store = Store::open(StoreOptions { fate: fate.clone(), ..options }).await?;
    let seeded = seed_into(&store, fate, now).await;
    store.close().await;
    seeded
}

async fn seed_into(store: &Store, fate: Fate, now: i64) -> Result<()> {
    let members = store.all_members().await?;
    let is_ours = |email: &str| crate::REVIEWERS.iter().any(|(_, ours)| *ours == email);
    if members.iter().any(|member| is_ours(&member.person.email)) {
        return Ok(());
    }
    if !members.is_empty() {
        tracing::info!("this database has members already, so no demo project was made; use an empty database for --demo");
        return Ok(());
    }
    let mut team = Team::gather(store, fate, now - BEGINNING).await?;
    let (project, existed) = team.editor().create_project(CreateProject { name: PROJECT.to_owned() }).await?;
    if existed {
        return Ok(());
    }
    configure(&mut team, &project).await?;
    let mut history = History::new(&project, SEED, now);
    history.tell_logs(crate::traces(SEED, TRACES, now).collect());
    history.happen(&mut team).await?;
    tracing::info!(traces = TRACES, "the demo project is complete");
    Ok(())
}

async fn configure(team: &mut Team, project: &Project) -> Result<()> {
    team.wait();
    let changes = Map::from_iter([("tour".to_owned(), Value::Bool(true))]);
    team.editor().change_settings(ChangeSettings { project: project.id.clone(), changes }).await?;
    for question in crate::QUESTIONS {
        team.wait();
        let (kind, objects) = match question.kind {
            DemoQuestionKind::Slider => (QuestionKind::Continuous, Vec::new()),
            DemoQuestionKind::Options(options) => {
                let options = options.iter().map(|(name, value)| QuestionOption { name: (*name).to_owned(), value: *value }).collect();
                (QuestionKind::Categorical { options }, Vec::new())
            }
            DemoQuestionKind::Expected(options) => {
                let options = options.iter().map(|name| (*name).to_owned()).collect();
                // Elsewhere the expected answer stands there.
                (QuestionKind::Expected { options, multiple: true }, vec![ObjectKind::ProjectLogs])
            }
            DemoQuestionKind::Text(path) => (QuestionKind::Text { path: MetadataPath::of(path) }, Vec::new()),
        };
        let (description, required) = (question.description.to_owned(), question.required);
        let definition = Definition { kind, description, required, objects, ..Definition::default() };
        let name = question.name.to_owned();
        let save = SaveQuestion { project: project.id.clone(), question: None, after: None, name, definition };
        team.editor().save_question(save).await?;
    }
    for (name, color, description) in crate::TAGS {
        team.wait();
        let save = SaveTag {
            project: project.id.clone(),
            tag: None,
            name: (*name).to_owned(),
            color: (*color).to_owned(),
            description: (*description).to_owned(),
        };
        team.editor().save_tag(save).await?;
    }
    Ok(())
}
