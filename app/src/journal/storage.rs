//! Where commands lie in the browser until the server has them: one small database for each person.
//!
//! A browser may have none to give (a private window, a full disk). Then the journal lives as long as the tab.

use super::Stage;
use crate::drafts;
use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::window;
use serde::{Deserialize, Serialize};
use shared::PersonId;
use shared::address::encode;
use shared::commands::Command;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbObjectStore, IdbObjectStoreParameters, IdbRequest, IdbTransaction, IdbTransactionMode};

/// The only table: what was said, under ascending numbers.
const COMMANDS: &str = "commands";

/// A command as it lies in the browser.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) command: Command,
    /// What it says, in a few words.
    #[serde(default)]
    pub(super) what: String,
    pub(super) stage: Stage,
    /// Whether a tab has begun to send it: then the server may have it.
    #[serde(default)]
    pub(super) is_begun: bool,
}

/// The database of a person.
pub(super) struct Storage(IdbDatabase);

thread_local! {
    static OPEN: RefCell<Option<(PersonId, IdbDatabase)>> = const { RefCell::new(None) };
}

impl Storage {
    /// Opens it, or finds it open.
    pub(super) async fn open(person: &PersonId) -> Result<Self, JsValue> {
        let open = OPEN.with_borrow(|open| open.as_ref().filter(|(whose, _)| whose == person).map(|(_, database)| database.clone()));
        if let Some(database) = open {
            return Ok(Self(database));
        }
        let factory = window().indexed_db()?.ok_or(JsValue::NULL)?;
        let opening = factory.open_with_u32(&format!("touchstone-journal-{person}"), 1)?;
        let made = opening.clone();
        let upgrade = Closure::once(move || {
            let parameters = IdbObjectStoreParameters::new();
            parameters.set_auto_increment(true);
            let database = made.result().and_then(|database| database.dyn_into::<IdbDatabase>());
            // A database without its table fails at the first use, and then the journal does without.
            let _ = database.and_then(|database| database.create_object_store_with_optional_parameters(COMMANDS, &parameters));
        });
        opening.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
        let database: IdbDatabase = answer(&opening).await?.dyn_into()?;
        OPEN.replace(Some((person.clone(), database.clone())));
        Ok(Self(database))
    }

    fn begin(&self, mode: IdbTransactionMode) -> Result<(IdbTransaction, IdbObjectStore), JsValue> {
        let transaction = self.0.transaction_with_str_and_mode(COMMANDS, mode)?;
        let table = transaction.object_store(COMMANDS)?;
        Ok((transaction, table))
    }

    /// Adds a command; returns its number, and whether it took the place of the one with the number `instead_of`: it does unless a tab has
    /// begun to send that.
    pub(super) async fn add(&self, kept: &Kept, instead_of: Option<u32>) -> Result<(u32, bool), JsValue> {
        let (transaction, table) = self.begin(IdbTransactionMode::Readwrite)?;
        let replaces = Rc::new(Cell::new(false));
        let looking = instead_of.map(|old| {
            let (rows, replaces) = (table.clone(), replaces.clone());
            look(&table, old, move |there| {
                replaces.set(!there.is_begun && rows.delete(&old.into()).is_ok());
            })
        });
        let looking = looking.transpose()?;
        let request = table.add(&text(kept)?.into())?;
        finished(&transaction).await?;
        drop(looking);
        Ok((number(&request.result()?)?, replaces.get()))
    }

    /// Notes that a command begins to be sent; false if it is not there any more.
    pub(super) async fn begin_to_send(&self, key: u32) -> Result<bool, JsValue> {
        let (transaction, table) = self.begin(IdbTransactionMode::Readwrite)?;
        let is_there = Rc::new(Cell::new(false));
        let (rows, found) = (table.clone(), is_there.clone());
        let looking = look(&table, key, move |there| {
            let begun = text(&Kept { is_begun: true, ..there });
            found.set(begun.and_then(|begun| rows.put_with_key(&begun.into(), &key.into())).is_ok());
        })?;
        finished(&transaction).await?;
        drop(looking);
        Ok(is_there.get())
    }

    /// Writes what became of a command.
    pub(super) async fn change(&self, key: u32, kept: &Kept) -> Result<(), JsValue> {
        let (transaction, table) = self.begin(IdbTransactionMode::Readwrite)?;
        table.put_with_key(&text(kept)?.into(), &key.into())?;
        finished(&transaction).await
    }

    /// Forgets a command.
    pub(super) async fn remove(&self, key: u32) -> Result<(), JsValue> {
        let (transaction, table) = self.begin(IdbTransactionMode::Readwrite)?;
        table.delete(&key.into())?;
        finished(&transaction).await
    }

    /// Everything, in order.
    pub(super) async fn all(&self) -> Result<Vec<(u32, Kept)>, JsValue> {
        let (_, table) = self.begin(IdbTransactionMode::Readonly)?;
        let (keys, values) = (table.get_all_keys()?, table.get_all()?);
        let keys: Array = answer(&keys).await?.dyn_into()?;
        let values: Array = answer(&values).await?.dyn_into()?;
        let entries = keys.iter().zip(values.iter()).filter_map(|(key, value)| {
            // What a newer version wrote and this one cannot read stays where it is, for the newer one.
            let kept = crate::json::read(value.as_string()?.as_bytes()).ok()?;
            Some((number(&key).ok()?, kept))
        });
        Ok(entries.collect())
    }
}

/// Looks at a command inside a transaction, before that ends: what waits for a promise comes too late. What is returned has to be held until
/// then.
fn look(table: &IdbObjectStore, key: u32, see: impl FnOnce(Kept) + 'static) -> Result<Closure<dyn FnMut()>, JsValue> {
    let request = table.get(&key.into())?;
    let asked = request.clone();
    let seen = Closure::once(move || {
        let there = asked.result().ok().and_then(|value| crate::json::read(value.as_string()?.as_bytes()).ok());
        if let Some(there) = there {
            see(there);
        }
    });
    request.set_onsuccess(Some(seen.as_ref().unchecked_ref()));
    Ok(seen)
}

fn text(kept: &Kept) -> Result<String, JsValue> {
    serde_json::to_string(kept).map_err(|error| error.to_string().into())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the browser numbers from 1 upwards, and nobody says four thousand million things"
)]
fn number(key: &JsValue) -> Result<u32, JsValue> {
    key.as_f64().map(|key| key as u32).ok_or(JsValue::NULL)
}

/// What a request is answered with.
async fn answer(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let promise = Promise::new(&mut |resolve: Function, reject: Function| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(promise).await?;
    request.result()
}

/// Waits until what a transaction wrote is kept.
async fn finished(transaction: &IdbTransaction) -> Result<(), JsValue> {
    let promise = Promise::new(&mut |resolve: Function, reject: Function| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onerror(Some(&reject));
        transaction.set_onabort(Some(&reject));
    });
    JsFuture::from(promise).await.map(|_| ())
}

/// Does something that only one tab of this browser may do at a time. Without such locks (an address without TLS) it is
/// done all the same: a command that arrives twice is one.
pub(super) async fn alone(name: &str, work: impl Future<Output = ()> + 'static) {
    let get = |from: &JsValue, name: &str| Reflect::get(from, &name.into()).ok();
    let locks = get(&window().navigator(), "locks").filter(JsValue::is_object);
    let request = locks.as_ref().and_then(|locks| get(locks, "request")).and_then(|request| request.dyn_into::<Function>().ok());
    let (Some(locks), Some(request)) = (locks, request) else { return work.await };
    let work = Closure::once_into_js(move |_lock: JsValue| {
        wasm_bindgen_futures::future_to_promise(async move {
            work.await;
            Ok(JsValue::UNDEFINED)
        })
    });
    if let Ok(done) = request.call2(&locks, &name.into(), &work) {
        // The work itself never fails, and a lock that is not granted means that the page is going.
        let _ = JsFuture::from(Promise::resolve(&done)).await;
    }
}

/// A new client id.
pub(super) fn new_id() -> String {
    let mut bytes = [0_u8; 16];
    let random = window().crypto().is_ok_and(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok());
    if !random {
        bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Says for the next page whether the journal of this person holds anything, so that it can see that without opening it.
pub(super) fn mark(person: &PersonId, not_empty: bool) {
    drafts::keep(&marker(person), not_empty.then_some("not empty"));
}

/// Whether the journal of this person may hold anything.
pub(super) fn is_marked(person: &PersonId) -> bool {
    drafts::read(&marker(person)).is_some()
}

fn marker(person: &PersonId) -> String {
    format!("journal/{}", encode(person.as_str()))
}
