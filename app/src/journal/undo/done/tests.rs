//! A person answers, takes back and waits in every order while the connection comes and goes: once all has arrived, the server holds what
//! the person left.

use super::*;
use crate::journal::waiting::replaced_by;
use crate::journal::{Entry, Place, Stage};
use shared::objects::{ObjectKind, RowAddress};

/// What a person sees and has done, and what they think the answer was after each action.
struct World {
    done: Done,
    queue: Vec<Entry>,
    server: Server,
    /// The answer after each action that is not taken back; the first is what was there before.
    meant: Vec<Option<u32>>,
    numbers: u32,
}

/// What the server does with commands about one question.
#[derive(Default)]
struct Server {
    value: Option<u32>,
    /// Each answer: its id, what it was before and after.
    ran: Vec<(String, Option<u32>, Option<u32>)>,
    commands: usize,
}

impl Server {
    fn run(&mut self, command: &Command) {
        self.commands += 1;
        match command {
            Command::SetAnswer(command) => {
                let value = match command.value {
                    Some(AnswerValue::Number(number)) => Some(number as u32),
                    _ => None,
                };
                self.ran.push((command.client_id.clone().unwrap(), self.value, value));
                self.value = value;
            }
            Command::Revert(Revert { edit: Edit::Command(id), .. }) => {
                let (_, before, after) = self.ran.iter().find(|(known, ..)| known == id).expect("only what arrived is reverted");
                assert_eq!(self.value, *after, "only what stands is reverted");
                self.value = *before;
            }
            other => panic!("{:?} is not said here", other.client_id()),
        }
    }
}

impl World {
    fn new() -> Self {
        Self { done: Done::default(), queue: Vec::new(), server: Server::default(), meant: vec![None], numbers: 0 }
    }

    fn id(&mut self) -> String {
        self.numbers += 1;
        self.numbers.to_string()
    }

    /// Puts a command into the queue as the journal does.
    fn keep(&mut self, command: Command) {
        let replaced = replaced_by(&command, self.queue.iter()).map(|entry| entry.command.clone());
        if let (Some(old), Some(new)) = (&replaced, command.client_id()) {
            self.queue.retain(|entry| entry.command != *old);
            self.done.replace(old, new);
        }
        self.queue.push(Entry { place: Place::Nowhere, command, what: String::new(), stage: Stage::Waiting, is_begun: false });
    }

    fn answer(&mut self, value: Option<u32>, is_moving: bool) {
        let id = self.id();
        let row = RowAddress { object_type: ObjectKind::ProjectLogs, object_id: "logs".into(), id: "row".into() };
        let number = value.map(|value| AnswerValue::Number(f64::from(value)));
        let (question, client_id) = ("q".to_owned(), Some(id));
        let command = Command::SetAnswer(SetAnswer {
            row,
            question,
            value: number,
            client_id,
            reason: None,
            confirm: false,
            circumstances: Default::default(),
        });
        let before = self.done.len();
        self.done.add(&command, "", is_moving);
        if self.done.len() == before {
            self.meant.pop();
        }
        self.meant.push(value);
        self.keep(command);
    }

    fn undo(&mut self) {
        let id = self.id();
        let Some((commands, _)) = self.done.take_back(|_| false, id) else { return };
        self.meant.pop();
        for command in commands {
            let id = self.id();
            self.keep(if command.client_id().is_some() { command } else { command.with_client_id(id) });
        }
    }

    fn begin_to_send(&mut self) {
        if let Some(entry) = self.queue.first_mut() {
            entry.is_begun = true;
        }
    }

    fn send(&mut self) {
        self.begin_to_send();
        if !self.queue.is_empty() {
            self.server.run(&self.queue.remove(0).command);
        }
    }

    fn arrive(&mut self) {
        while !self.queue.is_empty() {
            self.send();
        }
        assert_eq!(self.server.value, *self.meant.last().unwrap());
    }
}

#[test]
fn only_the_last_answer_arrives_and_each_is_taken_back() {
    let mut world = World::new();
    for value in [1, 2, 3] {
        world.answer(Some(value), false);
    }
    world.arrive();
    assert_eq!(world.server.commands, 1);
    for expected in [Some(2), Some(1), None] {
        world.undo();
        world.arrive();
        assert_eq!(world.server.value, expected);
    }
}

#[test]
fn taken_back_before_anything_is_sent_only_the_rest_arrives() {
    let mut world = World::new();
    world.answer(Some(1), false);
    world.answer(Some(2), false);
    world.undo();
    world.arrive();
    assert_eq!((world.server.value, world.server.commands), (Some(1), 1));
    world.undo();
    world.arrive();
    assert_eq!(world.server.value, None);
}

#[test]
fn what_is_refused_takes_what_rides_on_it_along() {
    let mut world = World::new();
    world.answer(Some(1), false);
    world.send();
    world.answer(Some(2), false);
    world.answer(Some(3), false);
    // The third went in place of the second, and is refused.
    let refused = world.queue[0].command.client_id().unwrap().to_owned();
    let (commands, _) = world.done.take_back(|id| id == refused, "again".to_owned()).unwrap();
    assert!(matches!(&commands[..], [Command::Revert(Revert { edit: Edit::Command(id), .. })] if id == "1"));
}

#[test]
fn in_any_order_the_server_ends_with_what_the_person_left() {
    // Always the same numbers.
    let mut random = 1_u64;
    let mut next = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    for _ in 0..3_000 {
        let mut world = World::new();
        for step in 0..12 {
            match next(7) {
                0 => world.undo(),
                1 => world.begin_to_send(),
                2 => world.send(),
                3 => world.arrive(),
                4 => world.answer(None, false),
                5 => world.answer(Some(step), true),
                _ => world.answer(Some(step), false),
            }
        }
        world.arrive();
        while world.meant.len() > 1 {
            world.undo();
            if next(2) == 0 {
                world.arrive();
            }
        }
        world.arrive();
        assert_eq!(world.server.value, None);
    }
}

#[test]
fn what_is_given_up_cannot_be_taken_back() {
    let mut world = World::new();
    world.answer(Some(1), false);
    world.send();
    world.answer(Some(2), false);
    world.answer(Some(3), false);
    let given_up = world.queue.remove(0).command.client_id().unwrap().to_owned();
    world.done.forget(&given_up);
    world.meant.truncate(2);
    assert_eq!(world.done.len(), 1);
    world.undo();
    world.arrive();
}
