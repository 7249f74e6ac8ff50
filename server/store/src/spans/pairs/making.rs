//! Making a list of the pairs of two experiments, and filling it with what came since.

use crate::content::reviews::{self, List, RowReviews, drawing, tell_row};
use crate::ground::database::{all, list as places, values};
use crate::ground::keys::{self, ObjectKey, SpanKey};
use crate::ground::places::{Home, find_span};
use crate::looking::experiments::{Input, measure};
use crate::people::names::same_name;
use crate::writing::activity::record;
use crate::writing::writer::Change;
use crate::{Actor, Desk, Result};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::objects::{NamedObject, ObjectKind, RowAddress};
use shared::permissions::Action;
use shared::reviews::{
    Frame, ListDefinition, MOST_PAIRS, PairExperiments, PairsMade, Pairwise, ReviewList, SaveReviewList, Selection, SelectionKind,
};
use shared::{ObjectId, Problem, ReviewListId, RowId};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Rows of each experiment that are looked at most, the newest; as many as are compared.
const MOST_ROWS: usize = 20_000;

/// Pairs that are added in one go, so that nobody waits long.
const AT_ONCE: usize = 50;

/// Roots in one query.
const CHUNK: usize = 400;

/// Characters of the names of the experiments in that of their list.
const OF_NAME: usize = 60;

/// The rows that one input has in both experiments: the first that ran of each.
#[derive(Clone, Copy)]
struct Pair {
    first: SpanKey,
    second: SpanKey,
}

impl Desk {
    /// Makes a list of the pairs of two experiments, joined on the input as experiments are compared; where there is one already, in either
    /// order, it gets the pairs that came since.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] below engineers, [`Problem::NotFound`] for unknown experiments, [`Problem::Invalid`] where they have no input in
    /// common.
    pub async fn pair_experiments(&self, command: PairExperiments) -> Result<PairsMade> {
        self.require(Action::Configure)?;
        let all = self.objects(ObjectKind::Experiment, &command.project).await?;
        let find = |name: &String| -> Result<&NamedObject> {
            let found = all.iter().find(|object| same_name(&object.name, name));
            Ok(found.ok_or_else(|| Problem::not_found(format!("experiment \"{name}\" in this project")))?)
        };
        let [base, other] = &command.experiments;
        let (base, other) = (find(base)?, find(other)?);
        if base.id == other.id {
            return Err(Problem::invalid("experiments", "Name two experiments: one cannot be compared with itself.").into());
        }
        let lists = self.review_lists(&command.project).await?;
        let pairs_both = |list: &&ReviewList| {
            list.definition
                .pairwise
                .as_ref()
                .is_some_and(|Pairwise { experiments }| experiments.contains(&base.id) && experiments.contains(&other.id))
        };
        if let Some(list) = lists.iter().find(pairs_both) {
            return self.pair_list(&list.id).await;
        }
        let experiments = [base.id.clone(), other.id.clone()];
        if self.joined(&experiments).await?.0.is_empty() {
            return Err(Problem::invalid("experiments", "They have no input in common, so there is nothing to compare.").into());
        }
        let short = |name: &str| name.chars().take(OF_NAME).collect::<String>();
        let definition =
            ListDefinition { frame: Frame::Representative, pairwise: Some(Pairwise { experiments }), ..ListDefinition::default() };
        let name = format!("{} against {}", short(&other.name), short(&base.name));
        let project = command.project;
        let save = SaveReviewList { project, list: None, name, definition, seed: None, apply_to_open: false, version: None };
        let list = self.save_review_list(save).await?;
        self.pair_list(&list.id).await
    }

    /// Puts into a list of pairs what its experiments have in common and it does not have yet. Sent again, it goes on where it was.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] below engineers, [`Problem::NotFound`] for an unknown list or experiment, and for a list of single rows.
    pub async fn pair_list(&self, list: &ReviewListId) -> Result<PairsMade> {
        self.require(Action::Configure)?;
        let list = reviews::list(self.store.readers(), list).await?;
        let pairwise = list.list.definition.pairwise.clone();
        let Pairwise { experiments } = pairwise.ok_or_else(|| Problem::not_found("pairs in this review list"))?;
        let (pairs, alone) = self.joined(&experiments).await?;
        let known = known(self.store.readers(), &list.list.id).await?;
        let total = pairs.len();
        let fresh: Vec<(Input, Pair)> = pairs.into_iter().filter(|(_, pair)| !known.contains(&pair.first)).collect();
        let already = total - fresh.len();
        let (drawn, not_drawn) = draw(&list, &experiments[0], fresh, MOST_PAIRS.saturating_sub(known.len()));
        // What comes into a list that is full in the middle of a draw has a chance that nobody knows.
        let probability = match (not_drawn, already) {
            (0, _) => Some(1.0),
            (_, 0) => Some(drawn.len() as f64 / total as f64),
            _ => None,
        };
        let selection = Selection { kind: SelectionKind::Random, probability, seed: Some(list.list.seed), ..Selection::default() };
        let mut added = 0;
        for some in drawn.chunks(AT_ONCE) {
            let (actor, id, selection, some) = (self.actor.clone(), list.list.id.clone(), selection.clone(), some.to_vec());
            let (first, second) = (self.find_object(&experiments[0]).await?, self.find_object(&experiments[1]).await?);
            let add = self.store.write_in(&list.list.project, move |change| {
                Box::pin(async move { add(change, &actor, (&first, &second), &id, &selection, some).await })
            });
            added += add.await?;
        }
        let already = already as u64 + (drawn.len() as u64).saturating_sub(added);
        Ok(PairsMade { list: list.list, added, already, alone, not_drawn })
    }

    /// What two experiments have in common, and how many inputs only one of them has.
    async fn joined(&self, experiments: &[ObjectId; 2]) -> Result<(BTreeMap<Input, Pair>, u64)> {
        let mut sides = Vec::new();
        for experiment in experiments {
            let view = self.search_view(experiment).await?;
            let measured = measure(&view, Some(MOST_ROWS)).await?;
            // The newest come first, so the first that ran of each input stays.
            sides.push(measured.rows.iter().map(|row| (row.input, row.root)).collect::<HashMap<Input, SpanKey>>());
        }
        let (first, second) = (sides.first(), sides.get(1));
        let (mut pairs, mut alone) = (BTreeMap::new(), 0);
        let (Some(first), Some(second)) = (first, second) else { return Ok((pairs, alone)) };
        for (input, root) in first {
            match second.get(input).filter(|_| input.is_some()) {
                Some(other) => drop(pairs.insert(*input, Pair { first: *root, second: *other })),
                None => alone += 1,
            }
        }
        alone += second.keys().filter(|input| !pairs.contains_key(input)).count() as u64;
        Ok((pairs, alone))
    }
}

/// At most so many of them, drawn by the seed of the list, and how many were not drawn.
fn draw(list: &List, object: &ObjectId, mut pairs: Vec<(Input, Pair)>, most: usize) -> (Vec<Pair>, u64) {
    let place = |input: &Input| drawing::number(list.list.seed, "pair", object, &RowId(input.unwrap_or_default().to_string()));
    pairs.sort_by_cached_key(|(input, _)| place(input));
    let not_drawn = pairs.len().saturating_sub(most) as u64;
    (pairs.into_iter().take(most).map(|(_, pair)| pair).collect(), not_drawn)
}

/// The rows of the first experiment that a list has, or that somebody took out of it.
async fn known(connection: &impl ConnectionTrait, list: &ReviewListId) -> Result<HashSet<SpanKey>> {
    #[derive(FromQueryResult)]
    struct Row {
        span: SpanKey,
    }
    let text = "SELECT i.span FROM review_items i \
                WHERE i.project = (SELECT p.short FROM projects p JOIN review_lists l ON l.project_id = p.id WHERE l.id = ?) AND i.list_id = ?";
    let rows = all::<Row>(connection, text, values![list.as_str(), list.as_str()]).await?;
    Ok(rows.into_iter().map(|row| row.span).collect())
}

/// Adds some pairs; says how many were new.
async fn add(
    change: &mut Change,
    actor: &Actor,
    (first, second): (&Home, &Home),
    list: &ReviewListId,
    selection: &Selection,
    pairs: Vec<Pair>,
) -> Result<u64> {
    let rows = ids(change, first.key, pairs.iter().map(|pair| pair.first)).await?;
    let there = ids(change, second.key, pairs.iter().map(|pair| pair.second)).await?;
    let mut added = 0;
    for Pair { first: root, second: partner } in pairs {
        // One of them may have been deleted meanwhile.
        let Some(row) = rows.get(&root).filter(|_| there.contains_key(&partner)) else { continue };
        let (kind, object) = (ObjectKind::Experiment, first.id.clone());
        let (home, span) = find_span(&change.transaction, &RowAddress { object_type: kind, object_id: object, id: row.clone() }).await?;
        let mut reviews = RowReviews::load(change, &home, (span.key, row), &actor.person.id, actor.source()).await?;
        added += u64::from(reviews.pair(list, (second.key, partner), selection).await?);
        let Some(told) = reviews.finish().await? else { continue };
        record(change, &home, told).await?;
        tell_row(change, &home, &span, row).await?;
    }
    Ok(added)
}

/// The ids of the rows of some roots, as far as they are there.
async fn ids(change: &Change, object: ObjectKey, roots: impl Iterator<Item = SpanKey>) -> Result<HashMap<SpanKey, RowId>> {
    #[derive(FromQueryResult)]
    struct Row {
        key: SpanKey,
        row_id: String,
    }
    let (roots, mut found): (Vec<SpanKey>, _) = (roots.collect(), HashMap::new());
    for roots in roots.chunks(CHUNK) {
        let text = format!("SELECT key, row_id FROM spans WHERE project = ? AND key IN ({}) AND object = ?", places(roots.len()));
        let bound = keys::bound(roots).into_iter().chain(values![object]).collect();
        found.extend(all::<Row>(&change.transaction, &text, bound).await?.into_iter().map(|row| (row.key, RowId(row.row_id))));
    }
    Ok(found)
}
