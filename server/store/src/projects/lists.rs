//! The review lists of a project: made, changed, taken away. Every project has one from the start.

use crate::content::reviews;
use crate::ground::database::{all, exists, is_duplicate, run, values};
use crate::ground::keys::{ItemKey, Key as _, project_of};
use crate::ground::upsert::Upsert;
use crate::people::names::{folded, people};
use crate::projects::questions::configuration_changed;
use crate::projects::{checked_name, questions};
use crate::writing::writer::Change;
use crate::{Desk, Error, Result};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::objects::ObjectKind;
use shared::people::Person;
use shared::permissions::Action;
use shared::reviews::{ArchiveReviewList, ListSetting, ReviewList, SaveReviewList};
use shared::{ObjectId, PersonId, Problem, ProjectId, ReviewListId, RowId};

/// Items that are changed in one go.
const AT_ONCE: i64 = 50;

impl Desk {
    /// The review lists of a project, the default one first.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such project.
    pub async fn review_lists(&self, project: &ProjectId) -> Result<Vec<ReviewList>> {
        self.require_configuration()?;
        self.project(project).await?;
        Ok(reviews::lists(self.store.readers(), project).await?.into_iter().map(|list| self.seen_list(list.list)).collect())
    }

    /// The list as the person may see it: of pairs its seed says which side is which.
    pub(crate) fn seen_list(&self, list: ReviewList) -> ReviewList {
        let is_told = list.definition.pairwise.is_none() || self.actor.may(Action::SeeThrough);
        ReviewList { seed: if is_told { list.seed } else { 0 }, ..list }
    }

    /// One review list.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is none.
    pub async fn review_list(&self, id: &ReviewListId) -> Result<ReviewList> {
        self.require_configuration()?;
        Ok(self.seen_list(reviews::list(self.store.readers(), id).await?.list))
    }

    /// A review list, or none for a new one, with what one chooses from who sets it up.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] below engineers, [`Problem::NotFound`] for an unknown project or list.
    pub async fn list_setting(&self, project: &ProjectId, list: Option<&ReviewListId>) -> Result<ListSetting> {
        self.require(Action::Configure)?;
        let (settings, connection) = (self.settings(project).await?, self.store.readers());
        let (mut known, mut is_frame_fixed) = (None, false);
        if let Some(id) = list {
            let list = reviews::list(connection, id).await?.list;
            if list.project != *project {
                return Err(Problem::not_found("review list").into());
            }
            (known, is_frame_fixed) = (Some(list), is_reviewed(connection, id).await?);
        }
        let questions = questions::of_project(connection, project).await?.into_iter().filter(|question| !question.archived);
        let mut people = self.active_people().await?;
        people.retain(|person| Action::Review.allowed(person.role, None));
        Ok(ListSetting {
            list: known,
            questions: questions.map(|question| (question.id, question.name)).collect(),
            people,
            reviewers_per_item: settings.reviewers_per_item,
            claim_minutes: settings.claim_minutes,
            is_frame_fixed,
        })
    }

    /// Makes or changes a review list.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] below engineers, [`Problem::NotFound`], or [`Problem::Invalid`] for what cannot be: a name that looks like
    /// another's, people, questions or a dataset that there are not, another frame once something was reviewed; [`Problem::Conflict`] with
    /// the list as it stands if somebody else changed it first.
    pub async fn save_review_list(&self, command: SaveReviewList) -> Result<ReviewList> {
        self.require(Action::Configure)?;
        self.project(&command.project).await?;
        let (project, person) = (command.project.clone(), self.actor.person.id.clone());
        let applies = command.apply_to_open && command.list.is_some();
        let saved = named_once(self.store.write_in(&project, move |change| Box::pin(save(change, command, person))).await)?;
        if applies {
            self.apply_to_open(&saved).await?;
        }
        Ok(saved)
    }

    /// Changes a list to what `edit` makes of it as it is when its turn comes, so that nobody's change is lost to another of the same moment.
    ///
    /// # Errors
    /// Those of [`Desk::save_review_list`], and what `edit` says.
    pub async fn edit_review_list(
        &self,
        id: &ReviewListId,
        edit: impl FnOnce(ReviewList) -> std::result::Result<SaveReviewList, Problem> + Send + 'static,
    ) -> Result<ReviewList> {
        self.require(Action::Configure)?;
        let (list, person) = (self.review_list(id).await?, self.actor.person.id.clone());
        let saved = self
            .store
            .write_in(&list.project, move |change| {
                Box::pin(async move {
                    let list = reviews::list(&change.transaction, &list.id).await?.list;
                    let command = edit(list)?;
                    let applies = command.apply_to_open;
                    Ok((save(change, command, person).await?, applies))
                })
            })
            .await;
        let (saved, applies) = named_once(saved)?;
        if applies {
            self.apply_to_open(&saved).await?;
        }
        Ok(saved)
    }

    /// Items that are open need as many reviews as their list says now, a few at a time, so that nobody waits. Who has one in hand may finish.
    async fn apply_to_open(&self, list: &ReviewList) -> Result<()> {
        let mut after = Some(ItemKey::LOWEST);
        while let Some(last) = after {
            let id = list.id.clone();
            let apply = self.store.write_in(&list.project, move |change| Box::pin(async move { apply_to_some(change, &id, last).await }));
            after = apply.await?;
        }
        Ok(())
    }

    /// Takes a review list away and returns it as it was. Its rows stand in it no longer; what was said about them stays. Its name becomes
    /// free.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] below engineers, [`Problem::NotFound`], or [`Problem::Invalid`] for the list that every project has.
    pub async fn archive_review_list(&self, command: ArchiveReviewList) -> Result<ReviewList> {
        self.require(Action::Configure)?;
        let list = self.review_list(&command.list).await?;
        if list.is_default() {
            return Err(Problem::invalid("list", "Every project has this list. Take its rows out instead, or give it another name.").into());
        }
        let (project, person) = (list.project.clone(), self.actor.person.id.clone());
        self.store
            .write_in(&project, move |change| {
                Box::pin(async move {
                    let list = reviews::list(&change.transaction, &command.list).await?.list;
                    let text = "UPDATE review_lists SET deleted = ?, deleted_by = ?, live_name = NULL WHERE id = ?";
                    run(&change.transaction, text, values![change.now, person.as_str(), list.id.as_str()]).await?;
                    configuration_changed(change, &list.project).await?;
                    Ok(list)
                })
            })
            .await
    }
}

fn named_once<T>(saved: Result<T>) -> Result<T> {
    match saved {
        Err(error) if is_duplicate(&error) => {
            Err(Problem::invalid("Name", "There is already a review list whose name looks the same.").into())
        }
        saved => saved,
    }
}

/// Makes the list that every project has.
pub(super) async fn create_default(change: &mut Change, project: &str, person: &PersonId) -> Result<()> {
    let seed = new_seed(change);
    insert(change, project, (project, "Review"), "{}", seed, person).await
}

/// What is read and written as a number everywhere, also by JavaScript.
pub(crate) fn new_seed(change: &Change) -> i64 {
    let [first, second, third, fourth, ..] = change.fate.salt();
    i64::from(u32::from_be_bytes([first, second, third, fourth]))
}

async fn insert(change: &Change, project: &str, (id, name): (&str, &str), definition: &str, seed: i64, person: &PersonId) -> Result<()> {
    Upsert::into("review_lists")
        .set("id", id)
        .set("project_id", project)
        .set("name", name)
        .set("live_name", folded(name))
        .set("definition", definition)
        .set("seed", seed)
        .set("created_by", person.as_str())
        .set("created", change.now)
        .insert(&change.transaction)
        .await
}

async fn save(change: &mut Change, command: SaveReviewList, person: PersonId) -> Result<ReviewList> {
    command.definition.check()?;
    let name = checked_name(&command.name)?;
    let before = match &command.list {
        Some(id) => Some(reviews::list(&change.transaction, id).await?.list),
        None => None,
    };
    require_known(change, &command, before.as_ref()).await?;
    require_paired(change, &command, before.as_ref()).await?;
    let definition = serde_json::to_string(&command.definition)?;
    let id = match before {
        None => {
            let id = change.fate.id();
            let seed = command.seed.unwrap_or_else(|| new_seed(change));
            insert(change, command.project.as_str(), (&id, &name), &definition, seed, &person).await?;
            ReviewListId(id)
        }
        Some(before) => {
            let id = &before.id;
            if before.project != command.project {
                return Err(Problem::not_found("review list").into());
            }
            if command.version.is_some_and(|version| version != before.version) {
                return Err(Problem::Conflict { current: serde_json::to_string(&before)? }.into());
            }
            if command.seed.is_some_and(|seed| seed != before.seed) {
                return Err(
                    Problem::invalid("seed", "The seed of a list is never changed: what was drawn could not be drawn again.").into()
                );
            }
            if before.definition.frame != command.definition.frame && is_reviewed(&change.transaction, id).await? {
                let reason = "Somebody has reviewed rows of this list, so what they stand for is fixed. Make another list instead.";
                return Err(Problem::invalid("frame", reason).into());
            }
            let text = "UPDATE review_lists SET name = ?, live_name = ?, definition = ?, version = version + 1 WHERE id = ?";
            run(&change.transaction, text, values![name.as_str(), folded(&name), definition, id.as_str()]).await?;
            id.clone()
        }
    };
    let list = reviews::list(&change.transaction, &id).await?;
    configuration_changed(change, &command.project).await?;
    Ok(list.list)
}

/// Refuses people who review nothing, and questions and datasets that there are not. What a list names already may stay, whatever became of it.
async fn require_known(change: &Change, command: &SaveReviewList, before: Option<&ReviewList>) -> Result<()> {
    let definition = &command.definition;
    let known = people(&change.transaction, definition.reviewers.people.iter().map(|person| person.0.clone())).await?;
    if let Some(unknown) = definition.reviewers.people.iter().find(|person| !known.contains_key(person)) {
        return Err(Problem::invalid("reviewers", format!("There is no member {unknown}. Use the id of a member.")).into());
    }
    let had = before.map(|list| &list.definition);
    let is_new = |person: &&Person| had.is_none_or(|had| !had.reviewers.people.contains(&person.id));
    if let Some(viewer) = known.values().filter(is_new).find(|person| !Action::Review.allowed(person.role, None)) {
        return Err(Problem::invalid("reviewers", format!("{} may look and not review. Give them another role first.", viewer.name)).into());
    }
    for question in definition.questions.iter().filter(|question| had.is_none_or(|had| !had.questions.contains(question))) {
        match questions::find(&change.transaction, &command.project, question.as_str()).await {
            Err(Error::Problem(_)) => {
                return Err(Problem::invalid("questions", format!("This project has no question {question}.")).into());
            }
            Ok(found) if found.archived => {
                return Err(Problem::invalid("questions", format!("The question {} is archived.", found.name)).into());
            }
            found => found?,
        };
    }
    let had = had.and_then(|had| had.dataset.as_ref());
    let Some(dataset) = definition.dataset.as_ref().filter(|dataset| had != Some(*dataset)) else { return Ok(()) };
    let text = "SELECT 1 FROM objects WHERE id = ? AND project_id = ? AND kind = ? AND deleted IS NULL";
    if exists(&change.transaction, text, values![dataset.as_str(), command.project.as_str(), ObjectKind::Dataset.as_str()]).await? {
        return Ok(());
    }
    Err(Problem::invalid("dataset", "This project has no dataset with this id.").into())
}

/// Refuses to pair other experiments than those that a list was made for, and what are no experiments.
async fn require_paired(change: &Change, command: &SaveReviewList, before: Option<&ReviewList>) -> Result<()> {
    let pairwise = &command.definition.pairwise;
    if let Some(before) = before {
        if before.definition.pairwise == *pairwise {
            return Ok(());
        }
        return Err(Problem::invalid("pairwise", "What a list pairs is fixed from the start. Make another list instead.").into());
    }
    for experiment in pairwise.iter().flat_map(|pairwise| &pairwise.experiments) {
        let text = "SELECT 1 FROM objects WHERE id = ? AND project_id = ? AND kind = ? AND deleted IS NULL";
        let bound = values![experiment.as_str(), command.project.as_str(), ObjectKind::Experiment.as_str()];
        if !exists(&change.transaction, text, bound).await? {
            return Err(Problem::invalid("pairwise", format!("This project has no experiment with the id {experiment}.")).into());
        }
    }
    Ok(())
}

/// Whether anybody has reviewed anything in a list, or answered anything about what stands in it.
async fn is_reviewed(connection: &impl ConnectionTrait, list: &ReviewListId) -> Result<bool> {
    let text = "SELECT 1 FROM review_items i WHERE i.project = (SELECT p.short FROM projects p JOIN review_lists l ON l.project_id = p.id WHERE l.id = ?) \
                AND i.list_id = ? AND (EXISTS (SELECT 1 FROM reviews r WHERE r.project = i.project AND r.item = i.key) \
                OR (i.listed AND EXISTS (SELECT 1 FROM answers a WHERE a.project = i.project AND a.span = i.span))) LIMIT 1";
    exists(connection, text, values![list.as_str(), list.as_str()]).await
}

/// The next open items need as many reviews as their list says now. Returns after which the others come; none where there are no more.
async fn apply_to_some(change: &mut Change, list: &ReviewListId, after: ItemKey) -> Result<Option<ItemKey>> {
    #[derive(FromQueryResult)]
    struct Open {
        key: ItemKey,
        row_id: String,
        object_id: String,
        needed: i32,
    }
    let text = "SELECT i.key, s.row_id, o.id AS object_id, i.needed FROM review_items i JOIN spans s ON s.project = i.project AND s.key = i.span \
                JOIN objects o ON o.key = i.object WHERE i.project = (SELECT short FROM projects WHERE id = ?) AND i.list_id = ? AND NOT i.complete \
                AND i.key > ? ORDER BY i.key LIMIT ?";
    let list = reviews::list(&change.transaction, list).await?;
    let bound = values![list.list.project.as_str(), list.list.id.as_str(), after, AT_ONCE];
    let open = all::<Open>(&change.transaction, text, bound).await?;
    let last = open.last().map(|item| item.key);
    let mut keys = Vec::new();
    for item in open {
        let needed = list.needed(&ObjectId(item.object_id), &RowId(item.row_id));
        if needed != item.needed {
            let text = "UPDATE review_items SET needed = ?, complete = (done >= ?) WHERE project = ? AND key = ?";
            run(&change.transaction, text, values![needed, needed, project_of(item.key), item.key]).await?;
            keys.push(item.key);
        }
    }
    reviews::shown::show_again(change, &list.list.project, &keys).await?;
    Ok(last)
}
