//! The items of one row, while something is done to them.

use super::{Item, List, assigned, claims, done, lists, pairs, shown};
use crate::content::traces::{self, Effect};
use crate::ground::database::{all, run, values};
use crate::ground::keys::{ItemKey, SelectionKey, SpanKey, project_of};
use crate::ground::places::Home;
use crate::ground::upsert::Upsert;
use crate::writing::activity::NewActivity;
use crate::writing::writer::Change;
use crate::{Result, ground};
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use shared::audit::{Deed, Source, Subject};
use shared::live::{LiveChange, ReviewsChanged, TouchedPart};
use shared::reviews::{ReviewStatus, Selection, SelectionKind};
use shared::{PersonId, Problem, ReviewListId, RowId};
use std::collections::BTreeSet;

/// See the module. What is done is saved at once; [`RowReviews::finish`] brings in line what follows from it.
pub(crate) struct RowReviews<'a> {
    pub(super) change: &'a mut Change,
    pub(super) home: Home,
    pub(super) span: SpanKey,
    pub(super) row: RowId,
    /// Who does it.
    pub(super) person: PersonId,
    source: Source,
    pub(crate) lists: Vec<List>,
    pub(super) items: Vec<Item>,
    entries: Vec<NewActivity>,
    touched: BTreeSet<ReviewListId>,
}

/// What people and the API have said about an item, as the activity tells it: as a whole, so that whoever takes a change back sees whether
/// anything else was said since.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ItemState {
    pub(crate) listed: bool,
    pub(crate) round: i32,
    pub(crate) closed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    /// The ids of those who are asked to review it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) assignees: BTreeSet<String>,
    /// How many have reviewed it in this round, or left it to others.
    #[serde(default)]
    pub(crate) reviews: i64,
}

impl<'a> RowReviews<'a> {
    /// Reads the items of a row.
    pub(crate) async fn load(
        change: &'a mut Change,
        home: &Home,
        (span, row): (SpanKey, &RowId),
        person: &PersonId,
        source: Source,
    ) -> Result<Self> {
        let lists = lists(&change.transaction, &home.project).await?;
        let text = format!("SELECT {} FROM review_items WHERE project = ? AND span = ? ORDER BY key", super::ITEM);
        let items = all::<Item>(&change.transaction, &text, values![project_of(span), span]).await?;
        let (home, row, person) = (home.clone(), row.clone(), person.clone());
        Ok(Self { change, home, span, row, person, source, lists, items, entries: Vec::new(), touched: BTreeSet::new() })
    }

    /// The default list of the project.
    pub(crate) fn default_list(&self) -> ReviewListId {
        ReviewListId(self.home.project.0.clone())
    }

    /// A list of the project.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if it has none of that id.
    pub(crate) fn list(&self, id: &ReviewListId) -> Result<&List> {
        self.lists.iter().find(|list| list.list.id == *id).ok_or_else(|| Problem::not_found(format!("review list {id}")).into())
    }

    /// Refuses people who cannot review the row in a list.
    ///
    /// # Errors
    /// [`Problem::Invalid`] that names the first, [`Problem::NotFound`] for a list that the project does not have.
    pub(crate) async fn require_reviewers(&self, list: &ReviewListId, people: &[PersonId]) -> Result<()> {
        super::require_reviewers(&self.change.transaction, self.list(list)?, people).await
    }

    /// The lists in which the row stands, in their order.
    pub(crate) fn listed_in(&self) -> Vec<ReviewListId> {
        let stands = |list: &ReviewListId| self.items.iter().any(|item| item.listed && item.list_id == list.0);
        self.lists.iter().map(|list| list.list.id.clone()).filter(stands).collect()
    }

    /// The item of a list in which the row stands.
    pub(crate) fn item(&self, list: &ReviewListId) -> Option<&Item> {
        self.items.iter().find(|item| item.list_id == list.0 && item.listed)
    }

    /// Who is asked to review the row in a list and can; nobody in particular where it does not stand there.
    pub(crate) async fn assignees(&self, list: &ReviewListId) -> Result<Vec<String>> {
        match self.item(list) {
            Some(item) => super::asked(&self.change.transaction, self.list(list)?, item.key).await,
            None => Ok(Vec::new()),
        }
    }

    /// The list in which the person has the row in hand.
    pub(crate) async fn held(&self) -> Result<Option<ReviewListId>> {
        #[derive(FromQueryResult)]
        struct Held {
            list_id: String,
        }
        let text = "SELECT i.list_id FROM review_items i JOIN review_claims c ON c.project = i.project AND c.item = i.key \
                    WHERE i.project = ? AND i.span = ? AND i.listed AND c.person_id = ? AND c.until > ? ORDER BY i.key";
        let bound = values![project_of(self.span), self.span, self.person.as_str(), self.change.now];
        let held = all::<Held>(&self.change.transaction, text, bound).await?;
        Ok(held.into_iter().map(|held| ReviewListId(held.list_id)).find(|list| self.list(list).is_ok()))
    }

    /// Puts the row into a list, and asks some people to review it there. A rule does not put back what somebody took out.
    pub(crate) async fn flag(
        &mut self,
        list: &ReviewListId,
        note: Option<&str>,
        assignees: &[PersonId],
        selection: &Selection,
    ) -> Result<()> {
        self.list(list)?;
        let by_rule = selection.kind == SelectionKind::Rule;
        let place = self.place(list).ok();
        let mut selection = selection.clone();
        if by_rule {
            let item = place.map(|at| &self.items[at]);
            if item.is_some_and(|item| item.taken_out.is_some()) {
                return Ok(());
            }
            let Some(admitted) = self.admitted(item.map(|item| item.key), &selection).await? else { return Ok(()) };
            selection = admitted;
        }
        let at = match place {
            Some(at) => at,
            None => self.insert(list).await?,
        };
        let before = self.state(at).await?;
        let item = &mut self.items[at];
        let is_new = !item.listed;
        if is_new {
            if item.complete {
                item.reopen();
            }
            (item.listed, item.taken_out) = (true, None);
            self.save(at).await?;
            let text = "UPDATE review_items SET flagged_by = ?, flagged = ? WHERE project = ? AND key = ?";
            let key = self.items[at].key;
            run(&self.change.transaction, text, values![self.person.as_str(), self.change.now, project_of(key), key]).await?;
        }
        if let Some(note) = note {
            self.write_note(at, note).await?;
        }
        if is_new || selection.kind != SelectionKind::Manual {
            self.keep_selection(at, &selection).await?;
        }
        let mut asked = before.assignees.clone();
        asked.extend(assignees.iter().map(|person| person.0.clone()));
        self.ask(at, &before.assignees, &asked).await?;
        self.tell_state(at, before.clone(), note).await?;
        self.tell_asked(at, &before.assignees, &asked)
    }

    /// Takes the row out of a list.
    pub(crate) async fn unflag(&mut self, list: &ReviewListId) -> Result<()> {
        let Ok(at) = self.listed(list) else { return Ok(()) };
        let before = self.state(at).await?;
        (self.items[at].listed, self.items[at].taken_out) = (false, Some(self.change.now));
        self.save(at).await?;
        claims::release_all(self.change, self.items[at].key).await?;
        self.tell_state(at, before, None).await
    }

    /// Who is asked to review the row in a list is what `alter` makes of it.
    pub(crate) async fn assign(&mut self, list: &ReviewListId, alter: impl FnOnce(&mut BTreeSet<String>)) -> Result<()> {
        let at = self.listed(list)?;
        let before = self.asked(at).await?;
        let mut after = before.clone();
        alter(&mut after);
        self.ask(at, &before, &after).await?;
        self.tell_asked(at, &before, &after)
    }

    async fn asked(&self, at: usize) -> Result<BTreeSet<String>> {
        let asked = assigned(&self.change.transaction, &[self.items[at].key]).await?;
        Ok(asked.into_iter().map(|(_, person)| person).collect())
    }

    /// Asks `after` to review an item, and nobody else of `before`.
    async fn ask(&mut self, at: usize, before: &BTreeSet<String>, after: &BTreeSet<String>) -> Result<()> {
        if after == before {
            return Ok(());
        }
        if after.len() > shared::reviews::MOST_ASSIGNED {
            let reason = format!("At most {} people can be asked to review one row.", shared::reviews::MOST_ASSIGNED);
            return Err(Problem::invalid("assignees", reason).into());
        }
        let key = self.items[at].key;
        for person in before.difference(after) {
            let text = "DELETE FROM review_assignments WHERE project = ? AND item = ? AND person_id = ?";
            run(&self.change.transaction, text, values![project_of(key), key, person.as_str()]).await?;
        }
        for person in after.difference(before) {
            Upsert::into("review_assignments")
                .set("project", project_of(key))
                .set("item", key)
                .set("person_id", person.as_str())
                .set("assigned_by", self.person.as_str())
                .set("created", self.change.now)
                .insert(&self.change.transaction)
                .await?;
        }
        self.touch(at);
        Ok(())
    }

    fn tell_asked(&mut self, at: usize, before: &BTreeSet<String>, after: &BTreeSet<String>) -> Result<()> {
        if after != before {
            self.tell(at, Deed::Assign, Some(serde_json::to_string(before)?), Some(serde_json::to_string(after)?), None);
        }
        Ok(())
    }

    async fn write_note(&mut self, at: usize, note: &str) -> Result<()> {
        let key = self.items[at].key;
        let note = Some(note).filter(|note| !note.is_empty()).map(str::to_owned);
        let text = "UPDATE review_items SET note = ? WHERE project = ? AND key = ?";
        run(&self.change.transaction, text, values![note.clone(), project_of(key), key]).await?;
        self.items[at].note = note;
        self.touch(at);
        Ok(())
    }

    /// What stands of an item.
    pub(super) async fn state(&self, at: usize) -> Result<ItemState> {
        let Item { key, listed, round, closed, status, note, .. } = self.items[at].clone();
        let reviews = done::all_of(&self.change.transaction, key, round).await?;
        Ok(ItemState { listed, round, closed, status, note, assignees: self.asked(at).await?, reviews })
    }

    /// Sets where the review in a list stands.
    ///
    /// # Errors
    /// [`Problem::Taken`] if it cannot be taken in hand.
    pub(crate) async fn set_status(&mut self, list: &ReviewListId, status: ReviewStatus) -> Result<()> {
        let at = self.listed(list)?;
        let before = self.state(at).await?;
        let key = self.items[at].key;
        match status {
            ReviewStatus::Complete if self.items[at].complete => return Ok(()),
            ReviewStatus::Complete => self.items[at].closed = true,
            ReviewStatus::InReview => {
                if self.items[at].complete {
                    self.items[at].reopen();
                    self.save(at).await?;
                }
                let until = self.change.now + self.list(list)?.claim_time();
                if !claims::take(self.change, key, &self.person, until).await? {
                    return Err(Problem::taken(NO_ROOM).into());
                }
            }
            ReviewStatus::Backlog => {
                claims::release_all(self.change, key).await?;
                if self.items[at].closed || done::any(&self.change.transaction, key, self.items[at].round).await? {
                    self.items[at].reopen();
                }
            }
        }
        self.save(at).await?;
        self.tell_state(at, before, None).await
    }

    /// Takes in what the API calls the status of the review in a list. What the row shows already, and the same word once more while the
    /// review is open, say nothing new; another status is set as people set it, and an unknown word is only kept.
    pub(crate) async fn say(&mut self, list: &ReviewListId, text: &str) -> Result<()> {
        let at = self.listed(list)?;
        let item = &self.items[at];
        if item.shown() == text || (item.status.as_deref() == Some(text) && !item.complete) {
            return Ok(());
        }
        let stands = ReviewStatus::of(item.progress(claims::count(self.change, item.key).await?));
        match ReviewStatus::said(text) {
            Some(ReviewStatus::InReview) => {
                if self.items[at].complete {
                    self.set_status(list, ReviewStatus::Backlog).await?;
                }
                // Where others have it in hand already, the word is kept all the same.
                let until = self.change.now + self.list(list)?.claim_time();
                claims::take(self.change, self.items[at].key, &self.person, until).await?;
            }
            Some(status) if status != stands => self.set_status(list, status).await?,
            Some(_) | None => {}
        }
        let before = self.state(at).await?;
        self.items[at].status = Some(text.replace('\0', "\u{fffd}"));
        self.save(at).await?;
        self.tell_state(at, before, None).await
    }

    /// Puts an item back to what it was, where it is still what it became and nobody else has begun with it.
    ///
    /// # Errors
    /// [`Problem::Conflict`] if something was said about it since, or somebody would lose it out of their hands.
    pub(crate) async fn restore(&mut self, list: &ReviewListId, from: ItemState, to: &ItemState) -> Result<()> {
        let at = self.place(list)?;
        let before = self.state(at).await?;
        let key = self.items[at].key;
        let is_taken_away = !from.listed || from.round != to.round;
        if before != *to || (is_taken_away && claims::of_others(self.change, key, &self.person).await?) {
            return Err(Problem::Conflict { current: serde_json::to_string(&before)? }.into());
        }
        let (now, count) = (self.change.now, done::count(&self.change.transaction, key, from.round).await?);
        let item = &mut self.items[at];
        item.taken_out = if from.listed { None } else { Some(now) };
        (item.listed, item.round, item.closed, item.status, item.done) = (from.listed, from.round, from.closed, from.status, count);
        self.save(at).await?;
        if from.note != before.note {
            self.write_note(at, &from.note.unwrap_or_default()).await?;
        }
        self.ask(at, &before.assignees, &from.assignees).await?;
        if !self.items[at].listed {
            claims::release_all(self.change, key).await?;
        }
        self.tell_state(at, before.clone(), None).await?;
        self.tell_asked(at, &before.assignees, &from.assignees)
    }

    /// Brings in line what the row shows, tells who follows, and gives the entries for the activity. None if nothing was done.
    pub(crate) async fn finish(mut self) -> Result<Option<Vec<NewActivity>>> {
        if self.touched.is_empty() {
            return Ok(None);
        }
        // Who follows is told in the order of transactions.
        self.change.transaction_id(&self.home.project).await?;
        shown::show(self.change, &self.home, self.span, &self.items).await?;
        let lists = std::mem::take(&mut self.touched).into_iter().collect();
        self.change.publish(&self.home.project, LiveChange::Reviews(ReviewsChanged { lists }));
        Ok(Some(self.entries))
    }

    /// Where the item of a list is, listed or not.
    pub(super) fn place(&self, list: &ReviewListId) -> Result<usize> {
        let place = self.items.iter().position(|item| item.list_id == list.0);
        place.ok_or_else(|| Problem::not_found("review of this row in the list").into())
    }

    /// The same, where the row stands in the list.
    pub(super) fn listed(&self, list: &ReviewListId) -> Result<usize> {
        self.place(list).ok().filter(|at| self.items[*at].listed).ok_or_else(|| Problem::not_found("review of this row in the list").into())
    }

    /// The same, also where nobody flagged the row: then it is remembered without being listed.
    pub(super) async fn place_or_unlisted(&mut self, list: &ReviewListId) -> Result<usize> {
        self.list(list)?;
        match self.place(list) {
            Ok(at) => Ok(at),
            Err(_) => self.insert(list).await,
        }
    }

    async fn insert(&mut self, id: &ReviewListId) -> Result<usize> {
        if self.list(id)?.list.definition.pairwise.is_some() {
            return Err(Problem::invalid("list", pairs::FOREIGN).into());
        }
        self.insert_any(id).await
    }

    pub(super) async fn insert_any(&mut self, id: &ReviewListId) -> Result<usize> {
        let list = self.list(id)?;
        let (needed, rank) = (list.needed(&self.home.id, &self.row), list.rank(&self.home.id, &self.row));
        let key: ItemKey = self.change.take(&self.home.project, 1).await?;
        let item = Item {
            key,
            list_id: id.0.clone(),
            listed: false,
            taken_out: None,
            round: 1,
            needed,
            done: 0,
            closed: false,
            complete: false,
            status: None,
            note: None,
        };
        Upsert::into("review_items")
            .set("project", project_of(key))
            .set("object", self.home.key)
            .set("span", self.span)
            .set("key", key)
            .set("list_id", id.as_str())
            .set("listed", item.listed)
            .set("round", item.round)
            .set("needed", needed)
            .set("done", item.done)
            .set("closed", item.closed)
            .set("complete", item.complete)
            .set("flagged", self.change.now)
            .set("rank", rank)
            .insert(&self.change.transaction)
            .await?;
        self.items.push(item);
        Ok(self.items.len() - 1)
    }

    /// Writes down what an item has become.
    pub(super) async fn save(&mut self, at: usize) -> Result<()> {
        self.items[at].settle();
        self.touch(at);
        let item = &self.items[at];
        let text = "UPDATE review_items SET listed = ?, taken_out = ?, round = ?, done = ?, closed = ?, complete = ?, status = ? \
                    WHERE project = ? AND key = ?";
        let bound = values![
            item.listed,
            item.taken_out,
            item.round,
            item.done,
            item.closed,
            item.complete,
            item.status.clone(),
            project_of(item.key),
            item.key
        ];
        run(&self.change.transaction, text, bound).await.map(|_| ())
    }

    pub(super) async fn keep_selection(&mut self, at: usize, selection: &Selection) -> Result<()> {
        let (item, key) = (self.items[at].key, self.change.take::<SelectionKey>(&self.home.project, 1).await?);
        let frame = selection.frame.as_ref();
        Upsert::into("review_selections")
            .set("project", project_of(key))
            .set("key", key)
            .set("item", item)
            .set("kind", selection.kind.as_str())
            .set("probability", selection.probability)
            .set("seed", selection.seed)
            .set("stratum", selection.stratum.clone())
            .set("rule", selection.rule.clone())
            .set("frame_filter", frame.map(|frame| frame.filter.clone()))
            .set("frame_as_of", frame.map(|frame| frame.as_of))
            .set("frame_rows", frame.map(|frame| frame.rows))
            .set("person_id", self.person.as_str())
            .set("created", self.change.now)
            .insert(&self.change.transaction)
            .await?;
        self.touch(at);
        Ok(())
    }

    pub(super) fn touch(&mut self, at: usize) {
        self.touched.insert(ReviewListId(self.items[at].list_id.clone()));
    }

    /// Tells the activity what an item became, if it became anything else.
    pub(super) async fn tell_state(&mut self, at: usize, before: ItemState, reason: Option<&str>) -> Result<()> {
        let after = self.state(at).await?;
        if before == after {
            return Ok(());
        }
        let deed = match (before.listed, after.listed) {
            (false, true) => Deed::Flag,
            (true, false) => Deed::Unflag,
            _ if after.closed && !before.closed && before.round == after.round => Deed::Close,
            _ if before.round != after.round || before.closed != after.closed => Deed::Reopen,
            _ if before.status != after.status => Deed::SetStatus,
            _ => Deed::Flag,
        };
        let (from, to) = (serde_json::to_string(&before)?, serde_json::to_string(&after)?);
        self.tell(at, deed, Some(from), Some(to), reason.map(str::to_owned));
        Ok(())
    }

    pub(super) fn tell(&mut self, at: usize, action: Deed, from: Option<String>, to: Option<String>, reason: Option<String>) {
        let path = Subject::Review(self.items[at].list_id.clone());
        let (actor, source) = (Some(self.person.clone()), self.source);
        self.entries.push(NewActivity { span: self.span, actor, external: None, source, action, path, from, to, reason, given: None });
    }
}

/// Why an item cannot be taken in hand.
pub(crate) const NO_ROOM: &str =
    "Others have this row in hand, or have reviewed it, or you have already. Take the next one, or try again later.";

/// Tells open pages that a row shows something else.
pub(crate) async fn tell_row(change: &mut Change, home: &Home, span: &ground::places::LocatedSpan, row: &RowId) -> Result<()> {
    let mut effect = Effect::new(home);
    effect.touch(span.trace, &span.root_span_id, row, TouchedPart::Said);
    traces::tell_said(change, effect, Vec::new()).await
}
