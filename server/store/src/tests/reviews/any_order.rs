//! Whatever is done with reviews, by whom and in whatever order: what stands there is what a model says that knows nothing of the store.

use super::complete;
use crate::tests::{TestStore, stores};
use crate::{Desk, Result};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{RngSeed, TestRunner};
use shared::audit::{Edit, Revert};
use shared::projects::Project;
use shared::reviews::{
    AssignReview, CompleteReview, FlagRow, Flagging, ListDefinition, ReviewItem, ReviewStatus, SetReviewStatus, SkipReason, SkipReview,
    TakeNext, UnflagRow,
};
use shared::{Problem, ReviewListId};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

const ROWS: [&str; 3] = ["a", "b", "c"];

/// Places of the people: owner, engineer, two reviewers, viewer.
const ENGINEER: usize = 1;
const VIEWER: usize = 4;

/// Reviews that each row needs.
const NEEDED: usize = 2;

/// What somebody does with a row, by its place.
#[derive(Clone, Debug)]
enum ReviewAct {
    Flag {
        row: usize,
        note: Option<usize>,
        ask: Option<usize>,
    },
    Unflag(usize),
    /// Takes the last flagging of one's own back, in or out.
    Undo,
    Assign {
        row: usize,
        add: usize,
        remove: usize,
    },
    Complete(usize),
    Skip(usize),
    Set(usize, ReviewStatus),
    Next,
    Release(usize),
}

fn act() -> impl Strategy<Value = ReviewAct> {
    let row = || 0..ROWS.len();
    let maybe = |one: std::ops::Range<usize>| prop::option::weighted(0.3, one);
    prop_oneof![
        4 => (row(), maybe(0..3), maybe(0..4)).prop_map(|(row, note, ask)| ReviewAct::Flag { row, note, ask }),
        3 => Just(ReviewAct::Undo),
        1 => row().prop_map(ReviewAct::Unflag),
        1 => (row(), 0..4_usize, 0..4_usize).prop_map(|(row, add, remove)| ReviewAct::Assign { row, add, remove }),
        5 => row().prop_map(ReviewAct::Complete),
        2 => row().prop_map(ReviewAct::Skip),
        3 => (row(), select(ReviewStatus::ALL.to_vec())).prop_map(|(row, status)| ReviewAct::Set(row, status)),
        5 => Just(ReviewAct::Next),
        2 => row().prop_map(ReviewAct::Release),
    ]
}

/// How something ended: the row that was taken in hand, if any was, or why it was refused.
type Ended = std::result::Result<Option<usize>, Refused>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    Forbidden,
    NotFound,
    Taken,
    Invalid,
    Conflict,
}

/// A row in the list, as the rules say.
#[derive(Clone, Debug, Default)]
struct ModelItem {
    listed: bool,
    flagged: usize,
    made: usize,
    round: u32,
    closed: bool,
    /// Whether they left it to others, by round and person.
    reviews: BTreeMap<(u32, usize), bool>,
    note: Option<usize>,
    assignees: BTreeSet<usize>,
    /// Since when, by person.
    hands: BTreeMap<usize, usize>,
}

impl ModelItem {
    fn done(&self) -> usize {
        self.reviews.iter().filter(|((round, _), skipped)| *round == self.round && !**skipped).count()
    }

    /// What somebody said of it, and how much was done with it since it stands there.
    fn said(&self) -> ModelSaid {
        let reviews = self.reviews.keys().filter(|(round, _)| *round == self.round).count();
        (self.listed, self.round, self.closed, self.note, self.assignees.clone(), reviews)
    }

    fn is_complete(&self) -> bool {
        self.closed || self.done() >= NEEDED
    }

    fn reopen(&mut self) {
        (self.round, self.closed) = (self.round + 1, false);
    }

    fn is_touched(&self, person: usize) -> bool {
        self.reviews.contains_key(&(self.round, person))
    }

    fn has_room(&self, person: usize) -> bool {
        self.done() + self.hands.keys().filter(|other| **other != person).count() < NEEDED
    }

    /// Whether others have it in hand, or have begun what is not over.
    fn is_of_others(&self, person: usize) -> bool {
        let has_begun = |((round, who), skipped): (&(u32, usize), &bool)| *round == self.round && *who != person && !skipped;
        self.hands.keys().any(|who| *who != person) || (!self.is_complete() && self.reviews.iter().any(has_begun))
    }

    fn status(&self) -> ReviewStatus {
        match (self.is_complete(), self.done() > 0 || !self.hands.is_empty()) {
            (true, _) => ReviewStatus::Complete,
            (false, true) => ReviewStatus::InReview,
            (false, false) => ReviewStatus::Backlog,
        }
    }

    /// What is compared with the store.
    fn shown(&self) -> String {
        let reviews: Vec<_> = self.reviews.iter().map(|((round, person), skipped)| (*round, *person, *skipped)).collect();
        let hands: BTreeSet<_> = self.hands.keys().copied().collect();
        let (listed, round, done, status, assignees) = (self.listed, self.round, self.done(), self.status(), &self.assignees);
        format!("{listed} {round} {done} {status:?} {reviews:?} {hands:?} {assignees:?} {:?}", self.note)
    }
}

/// See [`ModelItem::said`].
type ModelSaid = (bool, u32, bool, Option<usize>, BTreeSet<usize>, usize);

#[derive(Clone, Debug, Default)]
struct ReviewModel {
    items: [Option<ModelItem>; ROWS.len()],
    now: usize,
    /// The last flagging of each person: the row, and what was said of it before and after.
    flagged: BTreeMap<usize, (usize, ModelSaid, ModelSaid)>,
}

impl ReviewModel {
    fn act(&mut self, person: usize, act: &ReviewAct) -> Ended {
        self.now += 1;
        let asks = matches!(act, ReviewAct::Assign { .. } | ReviewAct::Flag { ask: Some(_), .. });
        if person == VIEWER || (asks && person > ENGINEER) {
            return Err(Refused::Forbidden);
        }
        match *act {
            ReviewAct::Flag { row, note, ask } => {
                let now = self.now;
                let item = self.made(row);
                let before = item.said();
                if !item.listed {
                    if item.is_complete() {
                        item.reopen();
                    }
                    (item.listed, item.flagged) = (true, now);
                }
                item.note = note.or(item.note);
                item.assignees.extend(ask);
                let after = item.said();
                self.flagged.insert(person, (row, before, after));
            }
            ReviewAct::Unflag(row) => {
                if let Some(item) = self.items[row].as_mut().filter(|item| item.listed) {
                    if person > ENGINEER && item.is_of_others(person) {
                        return Err(Refused::Taken);
                    }
                    let before = item.said();
                    item.listed = false;
                    item.hands.clear();
                    let after = item.said();
                    self.flagged.insert(person, (row, before, after));
                } else {
                    self.flagged.remove(&person);
                }
            }
            ReviewAct::Undo => return self.undo(person),
            ReviewAct::Assign { row, add, remove } => {
                let item = self.listed(row)?;
                item.assignees.insert(add);
                item.assignees.remove(&remove);
            }
            ReviewAct::Complete(row) => {
                self.require_reviewer(row, person)?;
                let item = self.made(row);
                if item.reviews.get(&(item.round, person)) == Some(&false) {
                    return Ok(None);
                }
                if item.listed && !item.hands.contains_key(&person) && (item.closed || !item.has_room(person)) {
                    return Err(Refused::Taken);
                }
                item.reviews.insert((item.round, person), false);
                item.hands.remove(&person);
            }
            ReviewAct::Skip(row) => {
                let item = self.listed(row)?;
                if item.reviews.get(&(item.round, person)) == Some(&false) {
                    return Err(Refused::Invalid);
                }
                item.reviews.insert((item.round, person), true);
                item.hands.remove(&person);
            }
            ReviewAct::Set(row, ReviewStatus::Complete) => {
                let item = self.listed(row)?;
                item.closed |= !item.is_complete();
            }
            ReviewAct::Set(row, ReviewStatus::InReview) => {
                self.require_reviewer(row, person)?;
                let mut item = self.listed(row)?.clone();
                if item.is_complete() {
                    item.reopen();
                }
                let has_it = item.hands.contains_key(&person);
                if item.is_touched(person) || (!has_it && !item.has_room(person)) {
                    return Err(Refused::Taken);
                }
                item.hands.entry(person).or_insert(self.now);
                self.items[row] = Some(item);
            }
            ReviewAct::Set(row, ReviewStatus::Backlog) => {
                let item = self.listed(row)?;
                if person > ENGINEER && item.is_of_others(person) {
                    return Err(Refused::Taken);
                }
                item.hands.clear();
                if item.closed || item.reviews.keys().any(|(round, _)| *round == item.round) {
                    item.reopen();
                }
            }
            ReviewAct::Next => return Ok(self.next(person)),
            ReviewAct::Release(row) => {
                let item = self.listed(row)?;
                item.hands.remove(&person).ok_or(Refused::Taken)?;
            }
        }
        Ok(None)
    }

    /// Nothing that was said or begun since is lost.
    fn undo(&mut self, person: usize) -> Ended {
        let Some((row, before, after)) = self.flagged.get(&person).cloned().filter(|(_, before, after)| before != after) else {
            return Ok(None);
        };
        let item = self.items[row].as_mut().ok_or(Refused::NotFound)?;
        let is_taken_away = !before.0 || before.1 != after.1;
        if item.said() != after || (is_taken_away && item.hands.keys().any(|other| *other != person)) {
            return Err(Refused::Conflict);
        }
        (item.listed, item.round, item.closed, item.note, item.assignees) = (before.0, before.1, before.2, before.3, before.4);
        if !item.listed {
            item.hands.clear();
        }
        Ok(None)
    }

    fn made(&mut self, row: usize) -> &mut ModelItem {
        let made = self.now;
        self.items[row].get_or_insert_with(|| ModelItem { made, round: 1, ..ModelItem::default() })
    }

    fn listed(&mut self, row: usize) -> std::result::Result<&mut ModelItem, Refused> {
        self.items[row].as_mut().filter(|item| item.listed).ok_or(Refused::NotFound)
    }

    /// Who is asked to review a row that is listed, or anybody.
    fn require_reviewer(&self, row: usize, person: usize) -> std::result::Result<(), Refused> {
        let item = self.items[row].as_ref().filter(|item| item.listed && !item.assignees.is_empty());
        if item.is_none_or(|item| item.assignees.contains(&person)) { Ok(()) } else { Err(Refused::Forbidden) }
    }

    fn next(&mut self, person: usize) -> Option<usize> {
        let listed = || self.items.iter().enumerate().filter_map(|(row, item)| Some((row, item.as_ref().filter(|item| item.listed)?)));
        let untouched = || listed().filter(|(_, item)| !item.is_touched(person));
        let held = untouched().filter_map(|(row, item)| Some((item.hands.get(&person)?, row))).min();
        if let Some((_, row)) = held {
            return Some(row);
        }
        let open = |assigned: bool| {
            let whose = move |item: &ModelItem| if assigned { item.assignees.contains(&person) } else { item.assignees.is_empty() };
            let open = untouched().filter(|(_, item)| !item.is_complete() && item.has_room(person) && whose(item));
            open.map(|(row, item)| ((item.flagged, item.made), row)).min().map(|(_, row)| row)
        };
        let row = open(true).or_else(|| open(false))?;
        let now = self.now;
        self.items[row].as_mut().map(|item| item.hands.insert(person, now));
        Some(row)
    }
}

/// The same on a database.
struct ReviewStory<'a> {
    project: &'a Project,
    list: &'a ReviewListId,
    people: &'a [Desk],
    /// The command of the last flagging of each person.
    flagged: RefCell<BTreeMap<usize, String>>,
}

impl ReviewStory<'_> {
    /// Keeps the command of a flagging, which can be taken back, unless it was refused.
    fn keep(&self, person: usize, id: String, ended: Result<()>) -> Result<Option<usize>> {
        ended.map(|()| {
            self.flagged.borrow_mut().insert(person, id);
            None
        })
    }

    async fn act(&self, person: usize, act: &ReviewAct) -> Ended {
        let (project, desk, list) = (self.project, &self.people[person], Some(self.list.clone()));
        let row = |place: usize| super::address(project, ROWS[place]);
        let client_id = None;
        let ended: Result<Option<usize>> = match *act {
            ReviewAct::Flag { row: place, note, ask } => {
                let assignees = ask.map(|place| self.people[place].actor().person.id.clone()).into_iter().collect();
                let flagging =
                    Flagging { lists: vec![self.list.clone()], note: note.map(|note| note.to_string()), assignees, ..Flagging::default() };
                let id = rand::random::<u128>().to_string();
                let flag = FlagRow { row: row(place), flagging, client_id: Some(id.clone()) };
                self.keep(person, id, desk.flag_row(flag).await)
            }
            ReviewAct::Unflag(place) => {
                let id = rand::random::<u128>().to_string();
                let unflag = UnflagRow { row: row(place), lists: vec![self.list.clone()], client_id: Some(id.clone()) };
                self.keep(person, id, desk.unflag_row(unflag).await)
            }
            ReviewAct::Undo => {
                let command = self.flagged.borrow().get(&person).cloned();
                match command {
                    Some(id) => desk.revert(Revert { edit: Edit::Command(id), client_id }).await.map(|()| None),
                    None if person == VIEWER => return Err(Refused::Forbidden),
                    None => return Ok(None),
                }
            }
            ReviewAct::Assign { row: place, add, remove } => {
                let person = |place: usize| vec![self.people[place].actor().person.id.clone()];
                let command = AssignReview { row: row(place), list, add: person(add), remove: person(remove), only: false, client_id };
                desk.assign_review(command).await.map(|()| None)
            }
            ReviewAct::Complete(place) => {
                desk.complete_review(CompleteReview { list, ..complete(project, ROWS[place]) }).await.map(|()| None)
            }
            ReviewAct::Skip(place) => {
                let command = SkipReview { row: row(place), list, reason: SkipReason::UnclearQuestion, note: None, client_id };
                desk.skip_review(command).await.map(|()| None)
            }
            ReviewAct::Set(place, status) => {
                desk.set_review_status(SetReviewStatus { row: row(place), list, status, client_id }).await.map(|()| None)
            }
            ReviewAct::Next => {
                let taken = desk.take_next(TakeNext { project: project.id.clone(), list, order: None }).await;
                let place = |id: &str| ROWS.iter().position(|row| *row == id);
                taken.map(|taken| taken.and_then(|taken| place(taken.item.row.id.as_str())))
            }
            ReviewAct::Release(place) => match self.item(place).await.filter(|item| item.listed) {
                Some(item) => desk.release_item(&item.id).await.map(|()| None),
                // What stands in no list has no id that anybody is told.
                None if person == VIEWER => return Err(Refused::Forbidden),
                None => return Err(Refused::NotFound),
            },
        };
        ended.map_err(|error| match error.problem() {
            Some(Problem::Forbidden { .. } | Problem::NotYours { .. }) => Refused::Forbidden,
            Some(Problem::NotFound { .. }) => Refused::NotFound,
            Some(Problem::Taken { .. }) => Refused::Taken,
            Some(Problem::Invalid { .. }) => Refused::Invalid,
            Some(Problem::Conflict { .. }) => Refused::Conflict,
            _ => panic!("never foreseen: {error}"),
        })
    }

    async fn item(&self, row: usize) -> Option<ReviewItem> {
        let items = self.people[ENGINEER].reviews_of_row(&super::address(self.project, ROWS[row])).await.unwrap();
        items.into_iter().find(|item| item.list == *self.list)
    }

    /// What stands there, in the words of the model.
    async fn shown(&self, row: usize) -> Option<String> {
        let item = self.item(row).await?;
        let place = |person: &shared::people::Person| self.people.iter().position(|desk| desk.actor().person.id == person.id).unwrap();
        let mut reviews: Vec<_> = item.reviews.iter().map(|review| (review.round, place(&review.person), review.skipped)).collect();
        reviews.sort_unstable();
        let hands: BTreeSet<_> = item.claims.iter().map(|claim| place(&claim.person)).collect();
        let assignees: BTreeSet<_> = item.assignees.iter().map(place).collect();
        let ReviewItem { listed, round, done, status, .. } = item;
        let note = item.note.and_then(|note| note.parse::<usize>().ok());
        Some(format!("{listed} {round} {done} {status:?} {reviews:?} {hands:?} {assignees:?} {note:?}"))
    }
}

async fn tell(stores: &[(TestStore, Vec<Desk>)], name: &str, steps: &[(usize, ReviewAct)]) {
    for (store, people) in stores {
        let project = store.with_rows(name, &ROWS).await;
        let definition = ListDefinition { needed: u32::try_from(NEEDED).ok(), ..ListDefinition::default() };
        let list = store.list_of(&project, "Two", definition).await.id;
        let story = ReviewStory { project: &project, list: &list, people, flagged: RefCell::default() };
        let mut model = ReviewModel::default();
        for (step, (person, act)) in steps.iter().enumerate() {
            let ended = story.act(*person, act).await;
            assert_eq!(ended, model.act(*person, act), "{person}: {act:?}, step {step} of {steps:?}");
            for row in 0..ROWS.len() {
                let says = model.items[row].as_ref().map(ModelItem::shown);
                assert_eq!(story.shown(row).await, says, "row {row} after {person}: {act:?}, step {step} of {steps:?}");
            }
        }
        store.verified().await;
    }
}

/// `TOUCHSTONE_SEED` tells the same stories again.
#[test]
fn any_reviews_in_any_order_end_as_the_rules_say() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let seed = std::env::var("TOUCHSTONE_SEED").ok().map_or_else(rand::random, |seed| seed.parse().unwrap());
    println!("TOUCHSTONE_SEED={seed}");
    let stores = runtime.block_on(async {
        let mut told = Vec::new();
        for store in stores().await {
            let anna = store.member("anna").await;
            let people = [&store.owner, &store.engineer, &store.reviewer, &anna, &store.viewer].map(Desk::clone).to_vec();
            told.push((store, people));
        }
        told
    });
    let config = ProptestConfig { cases: 10, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..ProptestConfig::default() };
    let number = Cell::new(0);
    let person = prop_oneof![12 => 0..4_usize, 1 => Just(VIEWER)];
    let told = TestRunner::new(config).run(&prop::collection::vec((person, act()), 20..60), |steps| {
        number.set(number.get() + 1);
        runtime.block_on(tell(&stores, &format!("story {}", number.get()), &steps));
        Ok(())
    });
    if let Err(failure) = told {
        panic!("{failure}");
    }
}
