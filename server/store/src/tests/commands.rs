//! Every command in any order, by several people, sent twice and at once: what stands there in the end is what a model says that
//! knows nothing of the store.

mod cast;
mod model;
mod refusals;
mod steps;

use super::sending::slider;
use super::{PASSWORD, TestStore, stores};
use crate::Desk;
use cast::{Cast, ENGINEER};
use model::{Call, Model};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use shared::people::Role;
use std::cell::RefCell;
use std::collections::BTreeSet;
use steps::{Past, ROWS, Sent, Step, step, touched};

/// A story while it happens on one database.
struct Story<'a> {
    store: &'a TestStore,
    cast: Cast,
    model: Model,
    past: Past,
    commands: usize,
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
        self.commands += 1;
        act.call(&self.cast, &self.model, &self.past, person, self.commands)
    }

    async fn alone(&mut self, person: usize, call: &Call) {
        let done = self.cast.call(person, call).await;
        assert_eq!(done, self.model.call(person, call), "{person}: {call:?}");
        for row in touched(call) {
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
        let rows: BTreeSet<String> = touched(one.1).into_iter().chain(touched(other.1)).collect();
        for row in &rows {
            let (shown, _) = self.cast.shown(self.store, row).await;
            explained.retain(|model| model.shown(row) == shown);
        }
        let Some(model) = explained.into_iter().next() else {
            panic!("no order explains {one:?} with {other:?}: {done:?}");
        };
        self.model = model;
        for row in &rows {
            self.compare(row).await;
        }
    }

    async fn compare(&mut self, row: &str) {
        let (shown, numbers) = self.cast.shown(self.store, row).await;
        assert_eq!(shown, self.model.shown(row), "row {row}: stored, and as the model says");
        self.model.learn(row, &numbers);
    }

    async fn end(mut self) {
        for row in ROWS {
            self.compare(row).await;
        }
        assert_eq!(self.cast.counted(self.store).await, self.model.counted());
        self.store.verified().await;
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

    async fn tell(&mut self, steps: &[Step]) {
        self.project += 1;
        for (store, second) in &self.stores {
            let (cast, model) = Cast::gather(store, second, &format!("story {}", self.project)).await;
            let mut story = Story { store, cast, model, past: Vec::new(), commands: 0 };
            // One trace is there at the beginning; what else comes may come early.
            story.alone(ENGINEER, &Call::Rows(steps::at_first())).await;
            for step in steps {
                story.take(step).await;
            }
            story.end().await;
        }
    }
}

#[test]
fn any_commands_in_any_order_end_as_the_rules_say() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // A failure leaves differences behind, so the next attempt gets a new stage.
    let kept = RefCell::new(None);
    let config = ProptestConfig { cases: 24, source_file: Some(file!()), ..ProptestConfig::default() };
    let told = TestRunner::new(config).run(&prop::collection::vec(step(), 1..40), |steps| {
        let stage = kept.take();
        let stage = runtime.block_on(async {
            let mut stage = if let Some(stage) = stage { stage } else { Stage::set().await };
            stage.tell(&steps).await;
            stage
        });
        kept.replace(Some(stage));
        Ok(())
    });
    if let Err(failure) = told {
        panic!("{failure}");
    }
}
