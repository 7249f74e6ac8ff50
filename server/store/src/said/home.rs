//! Home: what is somebody's to do first, in whatever project it is. All of it is of one moment.

use super::comments::mentions;
use super::reviews::awaited::{self, Awaiting};
use super::reviews::returned::returned;
use crate::{Desk, Result};
use shared::home::HomeView;
use shared::people::Role;
use shared::permissions::Action;

/// Items that are listed of those that somebody is asked to review.
const MINE: usize = 20;

/// Mentions that are listed.
const MENTIONS: usize = 20;

impl Desk {
    /// What is first to do for whoever asks.
    ///
    /// # Errors
    /// [`shared::Problem::Forbidden`] for who may not read.
    pub async fn home(&self) -> Result<HomeView> {
        self.require(Action::Read)?;
        let (snapshot, now) = (self.store.snapshot().await?, self.store.inner.writer.clock().now());
        let (projects, more_projects) = awaited::looked_at(&snapshot).await?;
        let (awaiting, more_lists) = awaited::awaiting(&snapshot, &self.actor, &projects, now).await?;
        Ok(HomeView {
            next: awaited::next_item(&snapshot, &self.actor, &awaiting, now).await?,
            mine: awaited::asked_of(&snapshot, &self.actor, &awaiting, MINE, now).await?,
            lists: awaiting.into_iter().map(Awaiting::into_told).collect(),
            is_cut: more_projects || more_lists,
            done: awaited::done_lately(&snapshot, &self.actor, &projects, now).await?,
            unread: mentions::count_unread(&snapshot, &self.actor).await?,
            mentions: mentions::of_actor(&snapshot, &self.actor, true, MENTIONS).await?,
            returned: returned(&snapshot, &self.actor, &projects, now).await?,
        })
    }

    /// The name of the project at whose *Home* whoever signs in begins; none for who begins at the list of projects, as all do who do more
    /// than review, and where there is no project.
    ///
    /// # Errors
    /// [`shared::Problem::Forbidden`] for who may not read.
    pub async fn landing(&self) -> Result<Option<String>> {
        self.require(Action::Read)?;
        if self.actor.person.role != Role::Reviewer {
            return Ok(None);
        }
        let (snapshot, now) = (self.store.snapshot().await?, self.store.inner.writer.clock().now());
        let (projects, _) = awaited::looked_at(&snapshot).await?;
        let (awaiting, _) = awaited::awaiting(&snapshot, &self.actor, &projects, now).await?;
        let first = awaiting.into_iter().next().map(|awaiting| awaiting.into_told().project);
        Ok(first.or_else(|| projects.into_iter().next().map(|project| project.name)))
    }
}
