//! The activity of a whole project, as everything that it tells.

use super::{World, written};
use crate::Desk;
use shared::activity::{ListProjectActivity, OpenProjectActivity};

/// As programs read it.
pub(super) async fn listed(world: &World, desk: &Desk) -> String {
    written(&desk.project_activity(ListProjectActivity::of(world.project.id.clone(), 1000)).await.unwrap())
}

/// As its page shows it.
pub(super) async fn shown(world: &World, desk: &Desk) -> String {
    let (project, range) = (world.project.id.clone(), "1d".to_owned());
    let query = OpenProjectActivity { project, actor: None, action: None, range, before: None };
    written(&desk.project_activity_page(query).await.unwrap())
}
