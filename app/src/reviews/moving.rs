//! Moving a card from one column of the board to another: to *In review* takes it in hand, to *Complete* says that one has reviewed it, to
//! *Backlog* takes it out of everybody's hand and opens it again. It stands there at once, and goes back with the reason if it is refused.

use super::reading::Reading;
use super::row::{status_words, title};
use crate::api::{AppError, send};
use crate::context::use_project;
use crate::journal::api::run_command;
use crate::journal::command_id;
use leptos::prelude::*;
use shared::address::review_link;
use shared::audit::{Edit, Revert};
use shared::commands::{Command, Ran};
use shared::reviews::{BoardColumn, CompleteReview, ReviewItem, ReviewStatus, SetReviewStatus};
use shared::{PersonId, Problem, ReviewItemId};

/// A card that was moved, until what was read says the same.
#[derive(Clone, PartialEq)]
struct Moved {
    item: ReviewItem,
    to: ReviewStatus,
    /// What is read up to here knows of it; none until it is done.
    as_of: Option<i64>,
    /// Where it goes from there, if it was moved on before that was done.
    then: Option<ReviewStatus>,
    /// What is taken back as soon as it is done.
    back: Option<Made>,
}

/// A move that was made and can be taken back.
#[derive(Clone, PartialEq)]
struct Made {
    /// As it stood before.
    item: ReviewItem,
    to: ReviewStatus,
    /// The command that did it.
    id: String,
}

/// Moves that can be taken back, one after the other.
const REMEMBERED: usize = 100;

/// What there is to say about the last move.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Told {
    pub(super) words: String,
    /// Whether it was refused.
    pub(super) is_refused: bool,
    /// Where one goes on.
    pub(super) place: Option<String>,
}

/// Moving cards. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct Moving {
    reading: Reading,
    person: StoredValue<PersonId>,
    organization: StoredValue<String>,
    moved: RwSignal<Vec<Moved>>,
    made: StoredValue<Vec<Made>>,
    pub(super) told: RwSignal<Told>,
}

impl Moving {
    pub(super) fn new(reading: Reading) -> Self {
        let context = use_project();
        let moved = RwSignal::new(Vec::<Moved>::new());
        Effect::new(move |_| {
            let as_of = reading.view.with(|view| view.reviews.as_of);
            if moved.with_untracked(|moved| moved.iter().any(|moved| moved.as_of.is_some_and(|done| done <= as_of))) {
                moved.update(|moved| moved.retain(|moved| moved.as_of.is_none_or(|done| done > as_of)));
            }
        });
        let (person, organization) = (StoredValue::new(context.viewer.id), StoredValue::new(context.organization));
        Self { reading, person, organization, moved, made: StoredValue::default(), told: RwSignal::new(Told::default()) }
    }

    /// The columns with what was moved a moment ago.
    pub(super) fn columns(self) -> Vec<BoardColumn> {
        let mut columns = self.reading.view.with(|view| view.reviews.columns.clone());
        self.moved.with(|moved| moved.iter().for_each(|moved| lay(&mut columns, moved)));
        columns
    }

    /// Moves a card. One that is on its way goes on from there.
    pub(super) fn run(self, item: &ReviewItem, to: ReviewStatus) {
        let id = item.id.clone();
        if item.status == to {
            return;
        }
        let is_on_its_way = |moved: &Moved| moved.item.id == id && moved.as_of.is_none();
        if self.moved.with_untracked(|moved| moved.iter().any(is_on_its_way)) {
            self.moved.update(|moved| moved.iter_mut().filter(|moved| moved.item.id == id).for_each(|moved| moved.then = Some(to)));
            return;
        }
        let made = Made { item: item.clone(), to, id: command_id() };
        let command = command(item, to).with_client_id(made.id.clone());
        self.made.update_value(|all| {
            if all.len() >= REMEMBERED {
                all.remove(0);
            }
            all.push(made.clone());
        });
        self.send(item.clone(), to, command, Some(made.id));
    }

    /// Takes the last move back. One that is on its way is taken back when it is there.
    pub(super) fn take_back(self) {
        let Some(last) = self.made.with_value(|all| all.last().cloned()) else { return };
        let waits = self.moved.try_update(|moved| {
            let moved = moved.iter_mut().find(|moved| moved.item.id == last.item.id && moved.as_of.is_none())?;
            let goes_on = moved.then.take().is_some();
            if !goes_on {
                moved.back = Some(last.clone());
            }
            Some(goes_on)
        });
        let waits = waits.flatten();
        // Where it had not set out for the last place yet, it does not go there, and that is all.
        if waits != Some(true) {
            self.made.update_value(|all| all.truncate(all.len().saturating_sub(1)));
        }
        if waits.is_none() {
            self.send_back(last);
        }
    }

    fn send_back(self, Made { item, to, id }: Made) {
        let back = item.status;
        // What only takes in hand or lets go leaves no entry that could be reverted.
        let is_kept = to == ReviewStatus::Complete || back == ReviewStatus::Complete;
        let moved = ReviewItem { status: to, ..item };
        let command = if is_kept { Command::Revert(Revert { edit: Edit::Command(id), client_id: None }) } else { command(&moved, back) };
        self.send(moved, back, command.with_client_id(command_id()), None);
    }

    /// Sends a move and shows it meanwhile. `made` is the id of one that can be taken back.
    fn send(self, item: ReviewItem, to: ReviewStatus, command: Command, made: Option<String>) {
        self.told.set(Told::default());
        self.moved.update(|moved| {
            moved.retain(|moved| moved.item.id != item.id);
            moved.push(Moved { item: item.clone(), to, as_of: None, then: None, back: None });
        });
        send(run_command(self.person.get_value(), command), move |answer| self.hear(&item, to, made, answer));
    }

    /// Takes in what became of a move.
    fn hear(self, item: &ReviewItem, to: ReviewStatus, made: Option<String>, answer: Result<Ran, AppError>) {
        // The page may be gone.
        let Some(organization) = self.organization.try_get_value() else { return };
        let is_it = |moved: &Moved| moved.item.id == item.id;
        let told = match answer {
            Ok(ran) => {
                let back = self.moved.with_untracked(|moved| moved.iter().find(|moved| is_it(moved)).and_then(|moved| moved.back.clone()));
                let then = self
                    .moved
                    .with_untracked(|moved| moved.iter().find(|moved| is_it(moved)).and_then(|moved| moved.then))
                    .filter(|then| *then != to);
                self.moved.update(|moved| moved.iter_mut().filter(|moved| is_it(moved)).for_each(|moved| moved.as_of = Some(ran.as_of)));
                if let Some(then) = then {
                    return self.run(&ReviewItem { status: to, ..item.clone() }, then);
                }
                self.reading.read();
                if let Some(back) = back {
                    return self.send_back(back);
                }
                if made.is_none() { taken_back(item, to) } else { done(item, to, &organization) }
            }
            Err(error) => {
                self.moved.update(|moved| moved.retain(|moved| !is_it(moved)));
                self.made.update_value(|all| all.retain(|other| made.as_ref() != Some(&other.id)));
                // An earlier move may be done.
                self.reading.read();
                let is_unanswered = matches!(error.problem(), Some(Problem::Unanswered { .. }));
                let place = is_unanswered.then(|| review_link(&organization, &item.row, item.list.as_str()));
                Told { words: [&title(item), ": ", &error.to_string()].concat(), is_refused: true, place }
            }
        };
        self.told.set(told);
    }
}

fn command(item: &ReviewItem, to: ReviewStatus) -> Command {
    let (row, list) = (item.row.clone(), Some(item.list.clone()));
    match to {
        ReviewStatus::Complete => Command::CompleteReview(CompleteReview { row, list, preference: None, client_id: None }),
        ReviewStatus::Backlog | ReviewStatus::InReview => {
            Command::SetReviewStatus(SetReviewStatus { row, list, status: to, client_id: None })
        }
    }
}

/// What is said when a card was moved.
fn done(item: &ReviewItem, to: ReviewStatus, organization: &str) -> Told {
    let (place, words) = match to {
        ReviewStatus::Backlog => (None, "It is in the backlog, in nobody’s hand.".to_owned()),
        ReviewStatus::InReview => (Some(review_link(organization, &item.row, item.list.as_str())), "You have it in hand.".to_owned()),
        ReviewStatus::Complete => match item.needed.saturating_sub(item.done + 1) {
            0 => (None, "It is complete.".to_owned()),
            more => (None, format!("Your review is complete. It needs {more} more.")),
        },
    };
    Told { words, is_refused: false, place }
}

/// What is said when a move was taken back.
fn taken_back(item: &ReviewItem, to: ReviewStatus) -> Told {
    let words = [&title(item), ": taken back, ", &status_words(to).1.to_lowercase(), " again."].concat();
    Told { words, ..Told::default() }
}

/// Lays a move over what was read.
fn lay(columns: &mut [BoardColumn], moved: &Moved) {
    let back = moved.back.as_ref().map(|made| made.item.status);
    let (item, to) = (&moved.item, moved.then.or(back).unwrap_or(moved.to));
    let mut is_there = false;
    for column in columns.iter_mut() {
        let before = column.items.len();
        column.items.retain(|known| known.id != item.id);
        if column.items.len() < before {
            is_there = true;
            column.count -= 1;
        }
    }
    let Some(column) = columns.iter_mut().find(|column| is_there && column.status == to) else { return };
    column.count += 1;
    let place = column.items.iter().position(|known| newer(&item.id, &known.id)).unwrap_or(column.items.len());
    column.items.insert(place, ReviewItem { status: to, ..item.clone() });
}

/// Whether an item came into its list after another, by the numbers in their ids.
fn newer(one: &ReviewItemId, other: &ReviewItemId) -> bool {
    (one.0.len(), &one.0) > (other.0.len(), &other.0)
}

/// The column beside another, and its name.
pub(super) fn beside(status: ReviewStatus, is_after: bool) -> Option<ReviewStatus> {
    let place = ReviewStatus::ALL.iter().position(|other| *other == status)?;
    ReviewStatus::ALL.get(if is_after { place + 1 } else { place.checked_sub(1)? }).copied()
}

/// What moving a card to a column is called.
pub(super) fn move_words(to: ReviewStatus) -> String {
    ["Move to ", status_words(to).1].concat()
}
