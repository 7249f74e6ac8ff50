//! Every command in any order, by several people, sent twice and at once: what stands there in the end is what a model says that
//! knows nothing of the store.

mod cast;
mod model;
mod moved;
mod refusals;
mod steps;

use super::sending::slider;
use super::{PASSWORD, TestStore, stores};
use crate::Desk;
use cast::{Cast, ENGINEER, OBJECTS};
use model::{Call, FILTERS, Model};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use shared::people::Role;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use steps::{Past, ROWS, Sent, Step, step, touched};

/// A story while it happens on one database.
struct Story<'a> {
    store: &'a TestStore,
    cast: Cast,
    model: Model,
    past: Past,
    told: Told,
}

/// How much was told.
#[derive(Clone, Copy, Default)]
struct Told {
    stories: usize,
    commands: usize,
    /// How often a row was looked at by somebody who may be blind, and how often they saw less of it than there is.
    looks: usize,
    blind_looks: usize,
}

impl Told {
    fn and(self, more: Self) -> Self {
        Self {
            stories: self.stories + more.stories,
            commands: self.commands + more.commands,
            looks: self.looks + more.looks,
            blind_looks: self.blind_looks + more.blind_looks,
        }
    }
}

impl Story<'_> {
    async fn take(&mut self, step: &Step) {
        let (person, call) = self.next(step.person, &step.act);
        match &step.sent {
            Sent::Once => self.alone(person, &call).await,
            Sent::Twice => {
                self.alone(person, &call).await;
                self.alone(person, &call).await;
            }
            Sent::With(other, act) => {
                let (other, second) = self.next(*other, act);
                self.together((person, &call), (other, &second)).await;
                self.past.push((other, second));
            }
        }
        self.past.push((person, call));
    }

    fn next(&mut self, person: usize, act: &steps::Act) -> (usize, Call) {
        self.told.commands += 1;
        act.call(&self.cast, &self.model, &self.past, person, self.told.commands)
    }

    async fn alone(&mut self, person: usize, call: &Call) {
        let done = self.cast.call(person, call).await;
        assert_eq!(done, self.model.call(person, call), "{person}: {call:?}");
        for row in touched(&self.cast, call) {
            self.compare(&row).await;
        }
    }

    /// Two calls at once: the store decides which was first, and everything is as if they had come in that order.
    async fn together(&mut self, one: (usize, &Call), other: (usize, &Call)) {
        let done = tokio::join!(self.cast.call(one.0, one.1), self.cast.call(other.0, other.1));
        let in_order = |swapped: bool| {
            let mut model = self.model.clone();
            let outcomes = if swapped {
                let second = model.call(other.0, other.1);
                (model.call(one.0, one.1), second)
            } else {
                (model.call(one.0, one.1), model.call(other.0, other.1))
            };
            (outcomes == done).then_some(model)
        };
        let mut explained: Vec<Model> = [false, true].into_iter().filter_map(in_order).collect();
        let rows: BTreeSet<String> = touched(&self.cast, one.1).into_iter().chain(touched(&self.cast, other.1)).collect();
        for row in &rows {
            let (shown, _) = self.cast.shown(ENGINEER, row).await;
            explained.retain(|model| model.shown(ENGINEER, row) == shown);
        }
        let Some(model) = explained.into_iter().next() else {
            panic!("no order explains {one:?} with {other:?}: {done:?}");
        };
        self.model = model;
        for row in &rows {
            self.compare(row).await;
        }
    }

    /// The row as an engineer sees it, and as somebody sees it who may be blind.
    async fn compare(&mut self, row: &str) {
        let (shown, numbers) = self.cast.shown(ENGINEER, row).await;
        assert_eq!(shown, self.model.shown(ENGINEER, row), "row {row}: stored, and as the model says");
        self.model.learn(row, &numbers);
        self.compare_for(2 + self.told.commands % 3, row).await;
    }

    async fn compare_for(&mut self, person: usize, row: &str) {
        let (shown, _) = self.cast.shown(person, row).await;
        assert_eq!(shown, self.model.shown(person, row), "row {row} as {person} sees it: stored, and as the model says");
        self.told.looks += 1;
        self.told.blind_looks += usize::from(shown != self.model.shown(ENGINEER, row));
    }

    async fn end(mut self) -> Told {
        for row in ROWS {
            self.compare(row).await;
        }
        for person in 0..self.cast.people.len() {
            for row in ROWS {
                self.compare_for(person, row).await;
            }
            for (object, (name, _)) in OBJECTS.iter().enumerate() {
                let counted = self.cast.counted(person, object).await;
                assert_eq!(counted, self.model.counted(person, object), "what is counted of {name} for {person}");
                for (place, filter) in FILTERS.iter().enumerate() {
                    let found = self.cast.found(person, object, filter).await;
                    assert_eq!(found, self.model.found(person, object, place), "{filter} in {name} for {person}");
                }
            }
        }
        self.store.verified().await;
        Told { stories: 1, ..self.told }
    }
}

/// Databases with their people, and the number of the next project.
struct Stage {
    stores: Vec<(TestStore, Desk)>,
    project: usize,
}

impl Stage {
    async fn set() -> Self {
        let mut with_second = Vec::new();
        for store in stores().await {
            store.store.add_member("second@example.com", "The second reviewer", Role::Reviewer, PASSWORD).await.unwrap();
            let second = store.store.console_desk("second@example.com").await.unwrap();
            let foreign = store.project("foreign").await;
            store.question(&foreign, "Foreign", slider()).await;
            with_second.push((store, second));
        }
        Self { stores: with_second, project: 0 }
    }

    async fn tell(&mut self, steps: &[Step]) -> Told {
        self.project += 1;
        let mut told = Told::default();
        for (store, second) in &self.stores {
            let (cast, model) = Cast::gather(store, second, &format!("story {}", self.project)).await;
            let mut story = Story { store, cast, model, past: Vec::new(), told: Told::default() };
            // Every second project is blind from the beginning.
            story.alone(ENGINEER, &Call::Blind(self.project.is_multiple_of(2))).await;
            // Some rows are there at the beginning; what else comes may come early.
            story.alone(ENGINEER, &Call::Rows(steps::at_first(&story.cast))).await;
            for step in steps {
                story.take(step).await;
            }
            told = story.end().await;
        }
        told
    }
}

/// Stories on one stage, so that proving what is stored does not take longer and longer.
const STORIES: usize = 25;

/// Commands unless `TOUCHSTONE_COMMANDS` says how many.
const COMMANDS: usize = 300;

fn number_of(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{variable} must be a number: {text}")))
}

/// `TOUCHSTONE_SEED` tells the same stories again.
#[test]
fn any_commands_in_any_order_end_as_the_rules_say() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let wanted = number_of("TOUCHSTONE_COMMANDS").map_or(COMMANDS, |wanted| usize::try_from(wanted).unwrap());
    let seed = number_of("TOUCHSTONE_SEED").unwrap_or_else(rand::random);
    println!("TOUCHSTONE_SEED={seed}");
    // A failure leaves differences behind, so the next attempt gets a new stage.
    let kept = RefCell::new(None);
    let done = Cell::new(Told::default());
    // Each story has at least one step.
    let cases = u32::try_from(wanted).unwrap();
    let config = ProptestConfig { cases, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..ProptestConfig::default() };
    let told = TestRunner::new(config).run(&prop::collection::vec(step(), 1..40), |steps| {
        let so_far = done.get();
        if so_far.commands >= wanted {
            return Ok(());
        }
        let stage = kept.take().filter(|_| !so_far.stories.is_multiple_of(STORIES));
        let (stage, more) = runtime.block_on(async {
            let mut stage = if let Some(stage) = stage { stage } else { Stage::set().await };
            let more = stage.tell(&steps).await;
            (stage, more)
        });
        kept.replace(Some(stage));
        done.set(so_far.and(more));
        Ok(())
    });
    if let Err(failure) = told {
        panic!("{failure}");
    }
    let Told { stories, commands, looks, blind_looks } = done.get();
    println!("{commands} commands in {stories} stories on each database; {blind_looks} of {looks} looks saw less than there is");
    assert!(commands >= wanted && blind_looks > 0);
}
