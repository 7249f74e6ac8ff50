//! Rows in groups, as somebody sees them.

use super::{World, written};
use crate::Desk;
use shared::spans::GroupTraces;

/// The rows in groups of what answers lie on.
pub(super) async fn groups(world: &World, desk: &Desk) -> String {
    let mut all = String::new();
    for by in ["tags", "scores.Tone", "answers.Tone.count", "expected"] {
        let query = GroupTraces { object: world.project.logs(), filter: String::new(), by: by.to_owned() };
        all += &written(&desk.group_traces(query).await.unwrap());
    }
    all
}
