//! Tags on spans: light queues that people put rows into and take them out of.

use crate::content::ingest::edit_row;
use crate::ground::body;
use crate::ground::database::{one, values};
use crate::people::names::{folded, normal};
use crate::projects::tags::insert;
use crate::writing::turn::Turn;
use crate::writing::writer::Change;
use crate::{Actor, Desk, Result};
use indexmap::{IndexMap, IndexSet};
use sea_orm::FromQueryResult;
use shared::ProjectId;
use shared::audit::{Deed, Subject};
use shared::commands::Command;
use shared::live::LiveChange;
use shared::permissions::Action;
use shared::tags::{ChangeTags, NO_COLOR, check_change, mistakes};
use std::collections::HashSet;

impl Desk {
    /// Puts tags on a span and takes others off.
    ///
    /// # Errors
    /// [`shared::Problem::Forbidden`] for viewers, and below engineers for a tag that is not configured; [`shared::Problem::NotFound`] for an
    /// unknown span; [`shared::Problem::Invalid`] for a name that cannot be.
    pub async fn change_tags(&self, command: ChangeTags) -> Result<()> {
        self.run(Command::ChangeTags(command)).await.map(|_| ())
    }
}

/// Puts tags on a span and takes others off.
pub(crate) async fn change_on_span(turn: &mut Turn<'_>, command: ChangeTags) -> Result<()> {
    set(turn, command, true).await
}

/// Takes a change back. The tags stood there before, perhaps through the API, so they need not be configured.
pub(crate) async fn put_back(turn: &mut Turn<'_>, command: ChangeTags) -> Result<()> {
    set(turn, command, false).await
}

async fn set(turn: &mut Turn<'_>, command: ChangeTags, as_configured: bool) -> Result<()> {
    // What is taken back is put back letter by letter.
    let seen = |name: &str| if as_configured { folded(name) } else { name.to_owned() };
    if as_configured {
        check_change(&command.add, &command.remove)?;
    }
    let stored: IndexSet<String> = body::read(&body::of_span(&turn.change.transaction, turn.span.key).await?, "tags").unwrap_or_default();
    let removed: HashSet<String> = command.remove.iter().map(|name| seen(name)).collect();
    let mut wanted: IndexSet<String> = stored.iter().filter(|tag| !removed.contains(&seen(tag))).cloned().collect();
    let mut standing: HashSet<String> = wanted.iter().map(|tag| seen(tag)).collect();
    for name in &command.add {
        let name = if as_configured { configured(turn.change, turn.actor, &turn.home.project, name).await? } else { name.clone() };
        if standing.insert(seen(&name)) {
            wanted.insert(name);
        }
    }
    if wanted == stored {
        return Ok(());
    }
    let fields = IndexMap::from([("tags".to_owned(), body::raw(&wanted)?)]);
    edit_row(turn.change, turn.home.clone(), &turn.actor.person.id, turn.row.as_str(), fields).await?;
    let (from, to) = (serde_json::to_string(&stored)?, serde_json::to_string(&wanted)?);
    let entry = turn.entry(Deed::Edit, Subject::Tags, Some(from), Some(to));
    turn.tell(vec![entry]).await.map(|_| ())
}

/// The name of a tag as it is configured. One that is new to the project is configured on the way, by who may.
async fn configured(change: &mut Change, actor: &Actor, project: &ProjectId, name: &str) -> Result<String> {
    #[derive(FromQueryResult)]
    struct Configured {
        name: String,
    }
    let name = normal(name);
    if let Some(mistake) = mistakes(&name, NO_COLOR, "").into_iter().next() {
        return Err(mistake.into());
    }
    let text = "SELECT name FROM tags WHERE project_id = ? AND folded = ?";
    if let Some(tag) = one::<Configured>(&change.transaction, text, values![project.as_str(), folded(&name)]).await? {
        return Ok(tag.name);
    }
    actor.require(Action::Configure, &format!("make the tag {name}; it is not configured"))?;
    insert(change, project, &name, NO_COLOR.to_owned(), String::new()).await?;
    change.transaction_id(project).await?;
    change.publish(project, LiveChange::Configuration);
    Ok(name)
}
