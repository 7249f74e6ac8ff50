//! What rows show of the lists they stand in and of who is asked to review them: in their metadata on the wire, and as the columns `review`
//! and `__bt_assignments` of the filter language. It is kept by transaction, so that a row as of a version shows what it showed then.

use super::{ITEM, Item, assigned, lists};
use crate::content::versions::STANDS;
use crate::ground::body::{self, Object, Raw};
use crate::ground::database::{all, list, one, run, values};
use crate::ground::keys::{ItemKey, ObjectKey, SpanKey, bound, project_of};
use crate::ground::places::Home;
use crate::ground::upsert::Upsert;
use crate::people::names;
use crate::writing::writer::Change;
use crate::{Error, Result};
use indexmap::IndexMap;
use sea_orm::{ConnectionTrait, FromQueryResult, Value as Bound};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use shared::filter::review_status;
use shared::objects::ObjectKind;
use shared::reviews::{ASSIGNMENTS_KEY, DEFAULT_LIST, LISTS_KEY};
use shared::{ObjectId, PersonId, ProjectId, TransactionId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a row shows of one list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Flag {
    status: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    assignees: Vec<String>,
}

#[derive(FromQueryResult)]
struct Stored {
    span: SpanKey,
    transaction_id: i64,
    flags: String,
}

/// Keeps what a row shows from this transaction on, if it is something else.
pub(super) async fn show(change: &mut Change, home: &Home, span: SpanKey, items: &[Item]) -> Result<()> {
    let flags = flags(&change.transaction, items).await?;
    let flags = if flags.is_empty() { None } else { Some(serde_json::to_string(&flags)?) };
    let text = "SELECT span, transaction_id, flags FROM span_flags WHERE project = ? AND span = ? AND superseded = ?";
    let stands = one::<Stored>(&change.transaction, text, values![project_of(span), span, STANDS]).await?;
    if stands.as_ref().map(|stored| &stored.flags) == flags.as_ref() {
        return Ok(());
    }
    let transaction = change.transaction_id(&home.project).await?;
    if let Some(stored) = stands {
        let (text, end) = if stored.transaction_id == transaction {
            ("DELETE FROM span_flags WHERE project = ? AND span = ? AND superseded = ?", None)
        } else {
            ("UPDATE span_flags SET superseded = ? WHERE project = ? AND span = ? AND superseded = ?", Some(transaction))
        };
        let place = values![project_of(span), span, STANDS];
        run(&change.transaction, text, end.map(Bound::from).into_iter().chain(place).collect()).await?;
    }
    if let Some(flags) = flags {
        Upsert::into("span_flags")
            .set("project", project_of(span))
            .set("span", span)
            .set("transaction_id", transaction)
            .set("superseded", STANDS)
            .set("flags", flags)
            .insert(&change.transaction)
            .await?;
    }
    // That is a new version of the row.
    let text = "UPDATE spans SET said = ? WHERE project = ? AND key = ?";
    run(&change.transaction, text, values![transaction, project_of(span), span]).await.map(|_| ())
}

async fn flags(connection: &impl ConnectionTrait, items: &[Item]) -> Result<BTreeMap<String, Flag>> {
    let listed: Vec<&Item> = items.iter().filter(|item| item.listed).collect();
    let keys: Vec<ItemKey> = listed.iter().map(|item| item.key).collect();
    let assigned = assigned(connection, &keys).await?;
    let flag = |item: &Item| {
        let assignees = assigned.iter().filter(|(key, _)| *key == item.key).map(|(_, person)| person.clone()).collect();
        (item.list_id.clone(), Flag { status: item.shown(), assignees })
    };
    Ok(listed.into_iter().map(flag).collect())
}

/// What a row shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RowFlags {
    /// By what the wire calls the lists.
    lists: Map<String, Value>,
    /// Ids of people.
    assignees: Vec<String>,
    /// The column of the filter language.
    review: Value,
}

impl RowFlags {
    /// `{status, lists, assignees, reviewers}`: of several lists where the review stands in the first, the names of all, and people by their ids
    /// and addresses. Who reviewed is said of now only.
    pub(crate) fn review(&self) -> &Value {
        &self.review
    }

    /// Ids of people; null where nobody is asked.
    pub(crate) fn assignments(&self) -> Value {
        if self.assignees.is_empty() { Value::Null } else { json!(self.assignees) }
    }

    fn lay_on(&self, metadata: &mut Object) -> Result<()> {
        metadata.insert(LISTS_KEY.to_owned(), body::raw(&self.lists)?);
        if !self.assignees.is_empty() {
            metadata.insert(ASSIGNMENTS_KEY.to_owned(), body::raw(&self.assignees)?);
        }
        Ok(())
    }
}

/// Puts into the metadata of a row what the row shows, in the place of whatever stands there under these keys.
pub(crate) fn lay_on(metadata: Option<&Raw>, flags: Option<&RowFlags>) -> Result<Option<Raw>> {
    let stands = metadata.is_some_and(|metadata| metadata.get().contains(LISTS_KEY) || metadata.get().contains(ASSIGNMENTS_KEY));
    if flags.is_none() && !stands {
        return Ok(metadata.cloned());
    }
    let mut object = match metadata {
        None => Object::new(),
        Some(metadata) if body::is_null(metadata) => Object::new(),
        Some(metadata) => match body::object(metadata.get()) {
            Some(object) => object,
            // No place for a key.
            None => return Ok(Some(metadata.clone())),
        },
    };
    object.shift_remove(LISTS_KEY);
    object.shift_remove(ASSIGNMENTS_KEY);
    if let Some(flags) = flags {
        flags.lay_on(&mut object)?;
    }
    Ok(Some(body::raw(&object)?))
}

/// What some rows show, now or as of a version.
pub(crate) async fn of_spans(
    connection: &impl ConnectionTrait,
    project: &ProjectId,
    spans: &[SpanKey],
    version: Option<TransactionId>,
) -> Result<HashMap<SpanKey, RowFlags>> {
    if spans.is_empty() {
        return Ok(HashMap::new());
    }
    let (when, more) = match version {
        None => ("superseded = ?", values![STANDS]),
        Some(version) => ("transaction_id <= ? AND superseded > ?", values![version.0, version.0]),
    };
    let text =
        format!("SELECT span, transaction_id, flags FROM span_flags WHERE project = ? AND span IN ({}) AND {when}", list(spans.len()));
    let stored = all::<Stored>(connection, &text, bound(spans).into_iter().chain(more).collect()).await?;
    if stored.is_empty() {
        return Ok(HashMap::new());
    }
    let lists = lists(connection, project).await?;
    let mut read = Vec::with_capacity(stored.len());
    for row in stored {
        read.push((row.span, serde_json::from_str::<BTreeMap<String, Flag>>(&row.flags)?));
    }
    let mut reviewers = match version {
        None => reviewers(connection, spans).await?,
        Some(_) => HashMap::new(),
    };
    let assigned = read.iter().flat_map(|(_, flags)| flags.values()).flat_map(|flag| flag.assignees.iter().cloned());
    let people = names::people(connection, assigned.chain(reviewers.values().flatten().cloned())).await?;
    let known = |ids: &[String]| {
        let addresses = ids.iter().filter_map(|id| Some(people.get(&PersonId(id.clone()))?.email.clone()));
        ids.iter().cloned().chain(addresses).collect::<Vec<String>>()
    };
    let rows = read.into_iter().filter_map(|(span, mut flags)| {
        // Lists that were taken away show nothing.
        let shown: IndexMap<_, _> = lists
            .iter()
            .filter_map(|list| Some((&list.list, flags.remove(list.list.id.as_str())?)))
            .map(|(list, flag)| (&list.id, (list, flag)))
            .collect();
        let (_, (_, first)) = shown.first()?;
        let assignees: BTreeSet<&String> = shown.values().flat_map(|(_, flag)| &flag.assignees).collect();
        let assignees: Vec<String> = assignees.into_iter().cloned().collect();
        let names: Vec<&str> = shown.values().map(|(list, _)| list.name.as_str()).collect();
        let reviewers = reviewers.remove(&span).map(|ids| known(&ids)).unwrap_or_default();
        let status = review_status(&first.status).unwrap_or(&first.status);
        let review = json!({ "status": status, "lists": names, "assignees": known(&assignees), "reviewers": reviewers });
        let lists = shown.values().map(|(list, flag)| {
            let key = if list.is_default() { DEFAULT_LIST } else { list.id.as_str() };
            (key.to_owned(), json!({ "status": flag.status }))
        });
        Some((span, RowFlags { lists: lists.collect(), assignees, review }))
    });
    Ok(rows.collect())
}

/// Who has reviewed some rows in their rounds, by their ids, the first one first.
async fn reviewers(connection: &impl ConnectionTrait, spans: &[SpanKey]) -> Result<HashMap<SpanKey, Vec<String>>> {
    #[derive(FromQueryResult)]
    struct Row {
        span: SpanKey,
        person_id: String,
    }
    let text = format!(
        "SELECT i.span, r.person_id FROM review_items i JOIN reviews r ON r.project = i.project AND r.item = i.key AND r.round = i.round \
         WHERE i.project = ? AND i.span IN ({}) AND i.listed AND NOT r.skipped ORDER BY r.created, r.person_id",
        list(spans.len())
    );
    let mut by_span: HashMap<SpanKey, Vec<String>> = HashMap::new();
    for row in all::<Row>(connection, &text, bound(spans)).await? {
        let of_span = by_span.entry(row.span).or_default();
        if !of_span.contains(&row.person_id) {
            of_span.push(row.person_id);
        }
    }
    Ok(by_span)
}

/// Keeps what the rows of some items of a project show by now, because the items changed by themselves.
pub(crate) async fn show_again(change: &mut Change, project: &ProjectId, items: &[ItemKey]) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Place {
        span: SpanKey,
        object: ObjectKey,
        object_id: String,
        kind: String,
    }
    for key in items {
        let text = "SELECT i.span, i.object, o.id AS object_id, o.kind FROM review_items i JOIN objects o ON o.key = i.object WHERE i.project = ? AND i.key = ?";
        let Some(place) = one::<Place>(&change.transaction, text, bound(&[*key])).await? else { continue };
        let kind = ObjectKind::parse(&place.kind).ok_or_else(|| Error::Corrupt(format!("object kind {}", place.kind)))?;
        let home = Home { key: place.object, id: ObjectId(place.object_id), project: project.clone(), kind };
        let text = format!("SELECT {ITEM} FROM review_items WHERE project = ? AND span = ? ORDER BY key");
        let of_span = all::<Item>(&change.transaction, &text, bound(&[place.span])).await?;
        show(change, &home, place.span, &of_span).await?;
    }
    Ok(())
}
