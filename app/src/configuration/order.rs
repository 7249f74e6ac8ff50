//! Lists whose order the server keeps: an order that somebody makes is saved, and goes back if it is refused.

use super::reorder::{Reorder, move_by, move_to};
use crate::api::{AppError, send};
use crate::ui::Saving;
use leptos::prelude::*;
use shared::ProjectId;

/// A row of a list whose order the server keeps.
pub(crate) trait Ordered: Clone + Send + Sync + 'static {
    /// Its id.
    fn id(&self) -> &str;

    /// The place that the server has given it.
    fn position(&self) -> i32;

    /// The server has given it another place.
    fn set_position(&mut self, position: i32);

    /// Saves an order of ids; the server answers with the rows in their places.
    fn save_order(project: ProjectId, order: Vec<String>) -> impl Future<Output = Result<Vec<Self>, AppError>> + 'static;
}

/// Makes the state of a list whose order is saved whenever it has changed.
pub(crate) fn saved_order<T: Ordered>(project: ProjectId, rows: RwSignal<Vec<T>>, saving: RwSignal<Saving>) -> Reorder {
    let list = SavedList { project, rows, saving, orders: ArcStoredValue::new(Orders::default()) };
    Reorder::new(
        Callback::new(move |(from, to): (String, String)| {
            rows.update(|rows| {
                let (from, to) = (index_of(rows, &from), index_of(rows, &to));
                move_to(rows, from, to);
            });
        }),
        Callback::new(move |(id, by): (String, i32)| {
            rows.update(|rows| {
                let from = index_of(rows, &id);
                move_by(rows, from, by);
            });
        }),
        Callback::new(move |()| list.clone().save()),
    )
}

fn index_of<T: Ordered>(rows: &[T], id: &str) -> Option<usize> {
    rows.iter().position(|row| row.id() == id)
}

/// The orders that are being saved. One is on its way at a time, so that an older one never arrives last; the newest one
/// waits for its answer. It outlives the page: an order that waits is sent even if the page is left meanwhile.
#[derive(Default)]
struct Orders {
    under_way: bool,
    next: Option<Vec<String>>,
}

#[derive(Clone)]
struct SavedList<T: 'static> {
    project: ProjectId,
    rows: RwSignal<Vec<T>>,
    saving: RwSignal<Saving>,
    orders: ArcStoredValue<Orders>,
}

impl<T: Ordered> SavedList<T> {
    /// Saves the order that is on the page, at once or after the one under way.
    fn save(self) {
        self.saving.set(Saving::Saving);
        let order: Vec<_> = self.rows.with_untracked(|rows| rows.iter().map(|row| row.id().to_owned()).collect());
        let waits = self.orders.with_value(|orders| orders.under_way);
        self.orders.update_value(|orders| {
            orders.under_way = true;
            orders.next = waits.then(|| order.clone());
        });
        if !waits {
            self.send(order);
        }
    }

    /// Sends an order and then the one that waits. If the server refuses, the page goes back to the server's order.
    fn send(self, order: Vec<String>) {
        send(T::save_order(self.project.clone(), order), move |answer| {
            let next = self.orders.try_update_value(|orders| orders.next.take()).flatten().filter(|_| answer.is_ok());
            self.orders.update_value(|orders| orders.under_way = next.is_some());
            // The page may have been left; what was saved is saved.
            match answer {
                Ok(ordered) => {
                    let _ = self.rows.try_update(|rows| {
                        for row in rows {
                            if let Some(saved) = ordered.iter().find(|saved| saved.id() == row.id()) {
                                row.set_position(saved.position());
                            }
                        }
                    });
                    match next {
                        Some(next) => self.send(next),
                        None => {
                            let _ = self.saving.try_set(Saving::Saved);
                        }
                    }
                }
                Err(error) => {
                    let _ = self.saving.try_set(Saving::Failed(error.to_string()));
                    // The position that came with each row is the one the server has.
                    let _ = self.rows.try_update(|rows| rows.sort_by_key(Ordered::position));
                }
            }
        });
    }
}
