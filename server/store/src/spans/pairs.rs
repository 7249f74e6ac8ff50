//! Two experiments compared by people: a pair as its reviewer sees it, and what came of all of them.
//!
//! A pair shows what came out of both, and nothing that tells which is which: neither names nor scores, and the sides are drawn for each
//! reviewer.

mod making;

use crate::content::reviews;
use crate::ground::database::{all, one, values};
use crate::ground::keys::{ItemKey, Key as _, SpanKey, project_of};
use crate::looking::found::{FoundSpan, Wanted, Which};
use crate::projects::settings;
use crate::{Desk, Error, Result, render};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::value::RawValue;
use shared::permissions::Action;
use shared::reviews::{OpenPair, PairSide, PairTotals, Preference, TakeNext, TakenItem, TotalsOfPairs};
use shared::{ObjectId, Problem, ReviewItemId, ReviewListId};
use std::collections::BTreeMap;

/// Characters of an output that are shown.
const OUTPUT: usize = 40_000;

/// Characters of an input.
const INPUT: usize = 10_000;

/// What is told where there is no pair.
const NO_PAIR: &str = "pair of this review item";

/// A row that stands beside another.
#[derive(FromQueryResult)]
struct Partner {
    object: String,
    span: SpanKey,
}

/// What a row of a pair says.
#[derive(Default)]
struct Said {
    input: (String, bool),
    side: Option<PairSide>,
}

impl Desk {
    /// Takes the next pair of a list in hand. None if nothing is left for the caller.
    ///
    /// # Errors
    /// Those of [`Desk::take_next`], [`Problem::NotFound`] for a list of single rows.
    pub async fn next_pair(&self, command: TakeNext) -> Result<Option<OpenPair>> {
        match self.take_next(command).await? {
            Some(taken) => self.shown_pair(taken).await.map(Some),
            None => Ok(None),
        }
    }

    /// Takes a pair in hand, or keeps it there.
    ///
    /// # Errors
    /// Those of [`Desk::claim_item`], [`Problem::NotFound`] for what is no pair.
    pub async fn open_pair(&self, item: &ReviewItemId) -> Result<OpenPair> {
        self.require(Action::Review)?;
        if !self.review_item(item).await?.is_pair {
            return Err(Problem::not_found(NO_PAIR).into());
        }
        self.shown_pair(self.claim_item(item).await?).await
    }

    async fn shown_pair(&self, taken: TakenItem) -> Result<OpenPair> {
        #[derive(FromQueryResult)]
        struct Counted {
            open: i64,
        }
        let no_pair = || Problem::not_found(NO_PAIR);
        let key = ItemKey::parse(taken.item.id.as_str()).ok_or_else(no_pair)?;
        let (list, connection) = (reviews::list(self.store.readers(), &taken.item.list).await?, self.store.readers());
        let text = "SELECT o.id AS object, i.span FROM review_items i JOIN objects o ON o.key = i.object WHERE i.project = ? AND i.key = ?";
        let first = one::<Partner>(connection, text, values![project_of(key), key]).await?.ok_or_else(no_pair)?;
        let text =
            "SELECT o.id AS object, v.span FROM review_pairs v JOIN objects o ON o.key = v.object WHERE v.project = ? AND v.item = ?";
        let second = one::<Partner>(connection, text, values![project_of(key), key]).await?.ok_or_else(no_pair)?;
        let text = "SELECT COUNT(*) AS open FROM review_items WHERE project = ? AND list_id = ? AND listed AND NOT complete";
        let open = one::<Counted>(connection, text, values![project_of(key), list.list.id.as_str()]).await?.map_or(0, |row| row.open);
        let (first, second) = (self.said_by(first).await?, self.said_by(second).await?);
        let (input, input_cut) = if first.side.is_some() { first.input } else { second.input };
        let side =
            |side: Option<PairSide>| side.unwrap_or_else(|| PairSide { output: String::new(), is_error: false, cut: false, is_gone: true });
        let (mut a, mut b) = (side(first.side), side(second.side));
        if list.swaps(&taken.item.row.object_id, &taken.item.row.id, &self.actor.person.id) {
            std::mem::swap(&mut a, &mut b);
        }
        let instructions = render::description(&list.list.definition.description);
        Ok(OpenPair { instructions, input, input_cut, a, b, open, taken })
    }

    /// What a row says; nothing where it or its experiment was deleted.
    async fn said_by(&self, partner: Partner) -> Result<Said> {
        let view = match self.view(&ObjectId(partner.object)).await {
            Err(Error::Problem(Problem::NotFound { .. })) => return Ok(Said::default()),
            view => view?,
        };
        let wanted = Wanted::columns(["input", "output", "error"]);
        let (condition, bound) = ("s.object = ? AND s.key = ?".to_owned(), values![view.home.key, partner.span]);
        let which = Which { condition, bound, order: "ORDER BY s.key".to_owned(), waiting: false };
        let read = view.read(&which, &wanted, None).await?;
        Ok(read.spans.first().map(said).unwrap_or_default())
    }

    /// How often each of the two experiments of a list won. Where reviews are blind for the caller, only which two these are.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown list, and for one of single rows.
    pub async fn pair_totals(&self, list: &ReviewListId) -> Result<TotalsOfPairs> {
        self.require(Action::Read)?;
        let snapshot = self.store.snapshot().await?;
        let list = reviews::list(&snapshot, list).await?.list;
        let pairwise = list.definition.pairwise.as_ref().ok_or_else(|| Problem::not_found("pairs in this review list"))?;
        if settings::blinds(&snapshot, &self.actor, &list.project).await? {
            return Ok(TotalsOfPairs { experiments: Default::default(), totals: None });
        }
        let mut names = Vec::new();
        for experiment in &pairwise.experiments {
            names.push(name_of(&snapshot, experiment).await?);
        }
        let said = said_of_pairs(&snapshot, &list.id).await?;
        let totals = PairTotals::of(said.values().map(Vec::as_slice));
        let [first, second] = <[String; 2]>::try_from(names).unwrap_or_default();
        Ok(TotalsOfPairs { experiments: [first, second], totals: Some(totals) })
    }
}

/// What an experiment is called, also one that was deleted.
async fn name_of(connection: &impl ConnectionTrait, experiment: &ObjectId) -> Result<String> {
    #[derive(FromQueryResult)]
    struct Named {
        name: String,
    }
    let named = one::<Named>(connection, "SELECT name FROM objects WHERE id = ?", values![experiment.as_str()]).await?;
    Ok(named.map(|named| named.name).unwrap_or_default())
}

/// What was said of each pair of a list that stands there, in its round, and whether the sides were swapped. There are as many reviews at most
/// as items and reviews that each needs.
async fn said_of_pairs(connection: &impl ConnectionTrait, list: &ReviewListId) -> Result<BTreeMap<ItemKey, Vec<(Preference, bool)>>> {
    #[derive(FromQueryResult)]
    struct Reviewed {
        item: ItemKey,
        preference: String,
        swapped: bool,
    }
    let text = "SELECT r.item, r.preference, r.swapped FROM review_items i JOIN reviews r ON r.project = i.project AND r.item = i.key AND r.round = i.round \
                WHERE i.project = (SELECT p.short FROM projects p JOIN review_lists l ON l.project_id = p.id WHERE l.id = ?) \
                AND i.list_id = ? AND i.listed AND r.preference IS NOT NULL ORDER BY r.item, r.person_id";
    let mut said: BTreeMap<ItemKey, Vec<(Preference, bool)>> = BTreeMap::new();
    for Reviewed { item, preference, swapped } in all::<Reviewed>(connection, text, values![list.as_str(), list.as_str()]).await? {
        let preference = Preference::parse(&preference).ok_or_else(|| Error::Corrupt(format!("a preference for {preference}")))?;
        said.entry(item).or_default().push((preference, swapped));
    }
    Ok(said)
}

fn said(span: &FoundSpan) -> Said {
    let raw = |name: &str| span.content().get(name).map(AsRef::as_ref).filter(|raw: &&RawValue| raw.get() != "null");
    let text = |name: &str, characters| raw(name).map(|raw| render::excerpt_of(raw.get(), characters));
    let (output, error) = (text("output", OUTPUT), text("error", OUTPUT));
    let is_error = output.is_none() && error.is_some();
    let (output, cut) = output.or(error).unwrap_or_default();
    Said { input: text("input", INPUT).unwrap_or_default(), side: Some(PairSide { output, is_error, cut, is_gone: false }) }
}
