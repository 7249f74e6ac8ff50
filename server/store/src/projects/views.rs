//! Saved views. Who does not own a view that is not shared is told about it as about one that is not there, in every answer.

use crate::ground::database::{all, is_duplicate, one, run, values};
use crate::ground::upsert::Upsert;
use crate::people::names::folded;
use crate::projects::checked_name;
use crate::projects::questions::configuration_changed;
use crate::writing::writer::Change;
use crate::{Actor, Desk, Error, Result};
use sea_orm::{ConnectionTrait, FromQueryResult, Value as Bound};
use shared::permissions::Action;
use shared::views::{DeleteView, RestoreView, SaveView, SavedView, SetDefaultView, VIEW_TYPES};
use shared::{Micros, PersonId, Problem, ProjectId, ViewId};

/// Views of one type that a project can share, and that a person can keep in it.
const MOST_VIEWS: i64 = 200;

/// Which of the views of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhichViews<'a> {
    /// All.
    All,
    /// Those of one type.
    Of(&'a str),
    /// What the project shows of a type where nothing else is asked for: one, or none.
    DefaultOf(&'a str),
}

impl Desk {
    /// Views of a project that the caller sees, by name, without what SDKs sent of them.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such project.
    pub async fn saved_views(&self, project: &ProjectId, which: WhichViews<'_>) -> Result<Vec<SavedView>> {
        self.require(Action::Read)?;
        self.project(project).await?;
        let (mut condition, mut bound) = ("v.project_id = ? AND v.deleted IS NULL".to_owned(), values![project.as_str()]);
        match which {
            WhichViews::All => {}
            WhichViews::Of(view_type) => {
                condition += " AND v.view_type = ?";
                bound.extend(values![view_type]);
            }
            WhichViews::DefaultOf(view_type) => {
                condition += " AND v.view_type = ? AND v.is_default = ?";
                bound.extend(values![view_type, true]);
            }
        }
        find(self.store.readers(), &self.actor, NOT_SENT, &condition, bound).await
    }

    /// One view with what an SDK sent of it; a deleted one, too, as it was last.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is none that the caller sees.
    pub async fn saved_view(&self, id: &ViewId) -> Result<SavedView> {
        self.require(Action::Read)?;
        by_id(self.store.readers(), &self.actor, id).await
    }

    /// Makes or changes a view. A shared one is changed by who made it, and by who may change the configuration.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers and for other people's views, [`Problem::NotFound`], [`Problem::Conflict`] with the view as JSON
    /// where somebody was there first, or [`Problem::Invalid`] and [`Problem::Filter`] for what cannot be.
    pub async fn save_view(&self, command: SaveView) -> Result<SavedView> {
        self.require(Action::SaveViews)?;
        self.project(&command.project).await?;
        let (project, actor) = (command.project.clone(), self.actor.clone());
        named_once(self.store.write_in(&project, move |change| Box::pin(async move { save(change, &actor, command).await })).await)
    }

    /// Changes a view to what `edit` makes of it as it is when its turn comes, so that nobody's change is lost to another of the same
    /// moment.
    ///
    /// # Errors
    /// Those of [`Desk::save_view`], and what `edit` says.
    pub async fn edit_view(
        &self,
        id: ViewId,
        edit: impl FnOnce(SavedView) -> std::result::Result<SaveView, Problem> + Send + 'static,
    ) -> Result<SavedView> {
        self.require(Action::SaveViews)?;
        let project = by_id(self.store.readers(), &self.actor, &id).await?.project;
        let actor = self.actor.clone();
        let saved = self.store.write_in(&project, move |change| {
            Box::pin(async move {
                let view = by_id(&change.transaction, &actor, &id).await?;
                save(change, &actor, edit(view)?).await
            })
        });
        named_once(saved.await)
    }

    /// Deletes a view and returns it as it was. Its name becomes free; links to it show its last state.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers and for other people's views, [`Problem::NotFound`] if there is none.
    pub async fn delete_view(&self, command: DeleteView) -> Result<SavedView> {
        self.require(Action::SaveViews)?;
        let project = by_id(self.store.readers(), &self.actor, &command.view).await?.project;
        let actor = self.actor.clone();
        self.store
            .write_in(&project, move |change| {
                Box::pin(async move {
                    let view = standing(change, &actor, &command.view).await?;
                    let text = "UPDATE views SET deleted = ?, live_name = NULL, is_default = ? WHERE id = ?";
                    run(&change.transaction, text, values![change.now, false, view.id.as_str()]).await?;
                    tell(change, &view).await?;
                    by_id(&change.transaction, &actor, &view.id).await
                })
            })
            .await
    }

    /// Takes the deletion of a view back.
    ///
    /// # Errors
    /// Those of [`Desk::delete_view`], and [`Problem::Invalid`] where another view has its name by now.
    pub async fn restore_view(&self, command: RestoreView) -> Result<SavedView> {
        self.require(Action::SaveViews)?;
        let project = by_id(self.store.readers(), &self.actor, &command.view).await?.project;
        let actor = self.actor.clone();
        let restored = self.store.write_in(&project, move |change| {
            Box::pin(async move {
                let view = by_id(&change.transaction, &actor, &command.view).await?;
                require_change(&actor, &view)?;
                if view.deleted.is_none() {
                    return Ok(view);
                }
                require_room(change, &view.project, &view.view_type, space(view.shared, &view.owner)).await?;
                let text = "UPDATE views SET deleted = NULL, live_name = ?, version = version + 1 WHERE id = ?";
                run(&change.transaction, text, values![folded(&view.name), view.id.as_str()]).await?;
                tell(change, &view).await?;
                by_id(&change.transaction, &actor, &view.id).await
            })
        });
        named_once(restored.await)
    }

    /// Says what a project shows where nothing else is asked for.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] below engineers, [`Problem::NotFound`], or [`Problem::Invalid`] for a view that is not shared or not of that
    /// type.
    pub async fn set_default_view(&self, command: SetDefaultView) -> Result<Vec<SavedView>> {
        self.require(Action::Configure)?;
        self.project(&command.project).await?;
        if !VIEW_TYPES.contains(&command.view_type.as_str()) {
            return Err(Problem::invalid("view_type", format!("Use one of {}.", VIEW_TYPES.join(", "))).into());
        }
        let (project, actor) = (command.project.clone(), self.actor.clone());
        self.store.write_in(&project, move |change| Box::pin(async move { set_default(change, &actor, command).await })).await
    }
}

async fn set_default(change: &mut Change, actor: &Actor, command: SetDefaultView) -> Result<Vec<SavedView>> {
    let SetDefaultView { project, view_type, view } = command;
    if let Some(id) = &view {
        let view = by_id(&change.transaction, actor, id).await?;
        if view.deleted.is_some() || view.project != project {
            return Err(Problem::not_found("view").into());
        }
        if !view.shared || view.view_type != view_type {
            let reason = "Only a shared view of the same list can be what everybody is shown first. Share it before.";
            return Err(Problem::invalid("view", reason).into());
        }
    }
    let text = "UPDATE views SET is_default = (id = ?) WHERE project_id = ? AND view_type = ?";
    let id = view.as_ref().map_or("", ViewId::as_str);
    run(&change.transaction, text, values![id, project.as_str(), view_type.as_str()]).await?;
    configuration_changed(change, &project).await?;
    let condition = "v.project_id = ? AND v.deleted IS NULL AND v.view_type = ?";
    find(&change.transaction, actor, NOT_SENT, condition, values![project.as_str(), view_type]).await
}

/// Says in words that a name is taken.
fn named_once(saved: Result<SavedView>) -> Result<SavedView> {
    match saved {
        Err(error) if is_duplicate(&error) => Err(Problem::invalid("Name", "There is already a view whose name looks the same.").into()),
        saved => saved,
    }
}

/// Among whose names a view stands.
fn space(shared: bool, owner: &PersonId) -> &str {
    if shared { "" } else { owner.as_str() }
}

/// Refuses changes of other people's views by those who may not change the configuration.
fn require_change(actor: &Actor, view: &SavedView) -> Result<()> {
    if view.owner == actor.person.id || actor.may(Action::Configure) {
        return Ok(());
    }
    let reason = format!("{} made this view. Save it as your own under another name, or ask an engineer to change it.", view.owner_name);
    Err(Problem::not_yours(reason).into())
}

/// The view that is to be changed, if the actor may.
async fn standing(change: &Change, actor: &Actor, id: &ViewId) -> Result<SavedView> {
    let view = by_id(&change.transaction, actor, id).await?;
    if view.deleted.is_some() {
        return Err(Problem::not_found("view").into());
    }
    require_change(actor, &view)?;
    Ok(view)
}

async fn require_room(change: &Change, project: &ProjectId, view_type: &str, space: &str) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Row {
        views: i64,
    }
    let text = "SELECT COUNT(*) AS views FROM views WHERE project_id = ? AND view_type = ? AND space = ? AND deleted IS NULL";
    let row = one::<Row>(&change.transaction, text, values![project.as_str(), view_type, space]).await?;
    if row.is_some_and(|row| row.views >= MOST_VIEWS) {
        return Err(Problem::invalid("Name", format!("There are {MOST_VIEWS} views already. Delete some that nobody needs.")).into());
    }
    Ok(())
}

/// Tells everybody of a change of what everybody sees.
async fn tell(change: &mut Change, view: &SavedView) -> Result<()> {
    if view.shared { configuration_changed(change, &view.project).await } else { Ok(()) }
}

async fn save(change: &mut Change, actor: &Actor, command: SaveView) -> Result<SavedView> {
    command.check()?;
    let name = checked_name(&command.name)?;
    let state = serde_json::to_string(&command.state.normal())?;
    let Some(id) = command.view else {
        let (id, owner) = (ViewId(change.fate.id()), &actor.person.id);
        let space = space(command.shared, owner);
        require_room(change, &command.project, &command.view_type, space).await?;
        Upsert::into("views")
            .set("id", id.as_str())
            .set("project_id", command.project.as_str())
            .set("view_type", command.view_type.as_str())
            .set("name", name.as_str())
            .set("space", space)
            .set("live_name", folded(&name))
            .set("owner", owner.as_str())
            .set("is_default", false)
            .set("state", state)
            .set("sent", command.sent)
            .set("version", 1)
            .set("created", change.now)
            .set("changed", change.now)
            .insert(&change.transaction)
            .await?;
        let view = by_id(&change.transaction, actor, &id).await?;
        tell(change, &view).await?;
        return Ok(view);
    };
    let before = standing(change, actor, &id).await?;
    if before.project != command.project || before.view_type != command.view_type {
        return Err(Problem::invalid("view", "A view stays in its project and of its type. Make another one there.").into());
    }
    if command.version.is_some_and(|version| version != before.version) {
        return Err(Problem::Conflict { current: serde_json::to_string(&before)? }.into());
    }
    if before.shared && !command.shared && before.owner != actor.person.id {
        let reason = format!("Only {}, who made this view, can stop sharing it. Delete it, or save it as your own.", before.owner_name);
        return Err(Problem::not_yours(reason).into());
    }
    if before.shared != command.shared {
        require_room(change, &before.project, &before.view_type, space(command.shared, &before.owner)).await?;
    }
    let text = "UPDATE views SET name = ?, live_name = ?, space = ?, is_default = ?, state = ?, sent = COALESCE(?, sent), version = version + 1, \
                changed = ? WHERE id = ?";
    let bound = values![
        name.as_str(),
        folded(&name),
        space(command.shared, &before.owner),
        before.is_default && command.shared,
        state,
        command.sent,
        change.now,
        id.as_str()
    ];
    run(&change.transaction, text, bound).await?;
    let view = by_id(&change.transaction, actor, &id).await?;
    if before.shared || view.shared {
        configuration_changed(change, &view.project).await?;
    }
    Ok(view)
}

#[derive(FromQueryResult)]
struct StoredView {
    id: String,
    project_id: String,
    view_type: String,
    name: String,
    space: String,
    owner: String,
    owner_name: Option<String>,
    is_default: bool,
    state: String,
    sent: Option<String>,
    version: i32,
    created: Micros,
    changed: Micros,
    deleted: Option<Micros>,
}

impl StoredView {
    fn read(self) -> Result<SavedView> {
        let state = serde_json::from_str(&self.state).map_err(|_| Error::Corrupt(format!("the view {}", self.id)))?;
        Ok(SavedView {
            id: ViewId(self.id),
            project: ProjectId(self.project_id),
            view_type: self.view_type,
            name: self.name,
            owner: PersonId(self.owner),
            owner_name: self.owner_name.unwrap_or_default(),
            shared: self.space.is_empty(),
            is_default: self.is_default,
            state,
            sent: self.sent,
            version: self.version,
            created: self.created,
            changed: self.changed,
            deleted: self.deleted,
        })
    }
}

/// What is read of a view where what an SDK sent of it is wanted, and where it is not: it may be large, and lists are long.
const SENT: &str = "v.sent";
const NOT_SENT: &str = "CAST(NULL AS TEXT) AS sent";

/// The views that somebody sees and that fulfil a condition, by name. The condition is made of our own text.
async fn find(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    sent: &str,
    condition: &str,
    mut bound: Vec<Bound>,
) -> Result<Vec<SavedView>> {
    let text = format!(
        "SELECT v.id, v.project_id, v.view_type, v.name, v.space, v.owner, o.name AS owner_name, v.is_default, v.state, {sent}, v.version, \
         v.created, v.changed, v.deleted FROM views v JOIN projects p ON p.id = v.project_id AND p.deleted IS NULL \
         LEFT JOIN people o ON o.id = v.owner WHERE {condition} AND (v.space = '' OR v.owner = ?) ORDER BY v.live_name, v.id"
    );
    bound.extend(values![actor.person.id.as_str()]);
    all::<StoredView>(connection, &text, bound).await?.into_iter().map(StoredView::read).collect()
}

async fn by_id(connection: &impl ConnectionTrait, actor: &Actor, id: &ViewId) -> Result<SavedView> {
    let found = find(connection, actor, SENT, "v.id = ?", values![id.as_str()]).await?;
    found.into_iter().next().ok_or_else(|| Problem::not_found("view").into())
}
