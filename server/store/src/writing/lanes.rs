//! Whose turn it is: commands wait in lanes, one for each project, and lanes take turns, so that a busy project does not hold up the
//! others. Commands of one lane run in the order in which they came.

use crate::{Error, Result};
use shared::ProjectId;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Commands of one lane that may wait; who comes later waits until there is room.
const ROOM: usize = 512;

/// Commands that must run one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Lane {
    /// Those that belong to no project, or may touch several: people, keys, new projects.
    Installation,
    /// Those of a project.
    Project(ProjectId),
}

/// What waits, in every lane.
pub(super) struct Lanes<Job> {
    state: Mutex<State<Job>>,
    changed: Notify,
}

struct State<Job> {
    waiting: HashMap<Lane, VecDeque<(Job, OwnedSemaphorePermit)>>,
    room: HashMap<Lane, Arc<Semaphore>>,
    /// Lanes in which something waits and nothing runs, in the order of their turns.
    turns: VecDeque<Lane>,
    running: HashSet<Lane>,
    closing: bool,
}

/// Commands that share one commit, each with its lane. Their lanes are free again when it is dropped.
pub(super) struct Group<Job> {
    pub(super) jobs: Vec<(Lane, Job)>,
    lanes: Arc<Lanes<Job>>,
    running: HashSet<Lane>,
    /// Places in the lanes, held until the group is done.
    _places: Vec<OwnedSemaphorePermit>,
}

impl<Job> Lanes<Job> {
    pub(super) fn new() -> Arc<Self> {
        let state =
            State { waiting: HashMap::new(), room: HashMap::new(), turns: VecDeque::new(), running: HashSet::new(), closing: false };
        Arc::new(Self { state: Mutex::new(state), changed: Notify::new() })
    }

    fn state(&self) -> MutexGuard<'_, State<Job>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a command at the end of its lane, as soon as there is room.
    pub(super) async fn push(&self, lane: Lane, job: Job) -> Result<()> {
        let room = Arc::clone(self.state().room.entry(lane.clone()).or_insert_with(|| Arc::new(Semaphore::new(ROOM))));
        let place = room.acquire_owned().await.map_err(|_| Error::Closing)?;
        let mut state = self.state();
        if state.closing {
            return Err(Error::Closing);
        }
        let waiting = state.waiting.entry(lane.clone()).or_default();
        waiting.push_back((job, place));
        if waiting.len() == 1 && !state.running.contains(&lane) {
            state.turns.push_back(lane);
        }
        drop(state);
        self.changed.notify_waiters();
        Ok(())
    }

    /// The next group of `most` commands at most: of one lane, or of several `mixed`, each lane giving one in its turn. None once nothing
    /// more will come.
    pub(super) async fn next(self: &Arc<Self>, most: usize, mixed: bool) -> Option<Group<Job>> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let mut state = self.state();
                if let Some(group) = state.take(self, most, mixed) {
                    return Some(group);
                }
                if state.closing {
                    return None;
                }
            }
            changed.await;
        }
    }

    /// Commands that wait.
    pub(super) fn len(&self) -> usize {
        self.state().waiting.values().map(VecDeque::len).sum()
    }

    /// Takes nothing more; what waits is done.
    pub(super) fn close(&self) {
        self.state().closing = true;
        self.changed.notify_waiters();
    }
}

impl<Job> State<Job> {
    fn take(&mut self, lanes: &Arc<Lanes<Job>>, most: usize, mixed: bool) -> Option<Group<Job>> {
        let (mut jobs, mut running, mut places) = (Vec::new(), HashSet::new(), Vec::new());
        while jobs.len() < most {
            let Some(lane) = self.turns.pop_front() else { break };
            let Some(waiting) = self.waiting.get_mut(&lane) else { continue };
            // What belongs to no project is alone in its transaction: it may come to touch any of them.
            let alone = lane == Lane::Installation && !mixed;
            let count = if mixed || alone { 1 } else { most };
            for (job, place) in waiting.drain(..count.min(waiting.len())) {
                jobs.push((lane.clone(), job));
                places.push(place);
            }
            if waiting.is_empty() {
                self.waiting.remove(&lane);
            } else if mixed {
                self.turns.push_back(lane.clone());
            }
            running.insert(lane);
            if !mixed {
                break;
            }
        }
        if jobs.is_empty() {
            return None;
        }
        // Where lanes are mixed there is one who takes, and nothing else runs meanwhile.
        if !mixed {
            self.running.extend(running.iter().cloned());
        }
        Some(Group { jobs, lanes: Arc::clone(lanes), running, _places: places })
    }
}

impl<Job> Drop for Group<Job> {
    fn drop(&mut self) {
        let mut state = self.lanes.state();
        for lane in self.running.drain() {
            if state.running.remove(&lane) && state.waiting.contains_key(&lane) {
                state.turns.push_back(lane);
            }
        }
        drop(state);
        self.lanes.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::{Lane, Lanes};
    use shared::ProjectId;

    fn project(name: &str) -> Lane {
        Lane::Project(ProjectId(name.to_owned()))
    }

    #[tokio::test]
    async fn a_busy_lane_does_not_hold_up_the_others() {
        for mixed in [false, true] {
            let lanes = Lanes::new();
            for number in 0..100 {
                lanes.push(project("busy"), number).await.unwrap();
            }
            lanes.push(project("quiet"), 1000).await.unwrap();
            let first = lanes.next(10, mixed).await.unwrap();
            assert_eq!(first.jobs.len(), 10);
            let second = if mixed { first } else { lanes.next(10, mixed).await.unwrap() };
            assert!(second.jobs.iter().any(|(_, job)| *job == 1000));
        }
    }

    #[tokio::test]
    async fn a_lane_runs_one_group_at_a_time_and_in_order() {
        let lanes = Lanes::new();
        for number in 0..25 {
            lanes.push(project("one"), number).await.unwrap();
        }
        lanes.close();
        assert!(lanes.push(project("one"), 99).await.is_err());
        let mut seen = Vec::new();
        while let Some(group) = lanes.next(10, false).await {
            assert!(lanes.state().turns.is_empty());
            seen.extend(group.jobs.iter().map(|(_, job)| *job));
        }
        assert_eq!(seen, (0..25).collect::<Vec<_>>());
        assert_eq!(lanes.len(), 0);
    }
}
