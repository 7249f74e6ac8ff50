//! Flags and assignments as SDKs write them: two keys of a row's metadata, which are no content. They are taken out when a row is read, and
//! become items of review lists once the row is written.
//!
//! `~__bt_review_lists` is an object of lists by `__bt_default_review_list`, or by the id or the name of another list of the project; each
//! is `{"status": "PENDING"}`, or null to take the row out of that list. A merge leaves the lists that it does not name; with the key in
//! `_merge_paths`, and in a whole row, the lists that are not named go, so `{}` takes the row out of all. `~__bt_assignments` is a list of
//! ids or addresses of members; `[]` means nobody in particular. It is about every list in which the row stands, and puts a row that stands
//! in none into the default one. What is not there says nothing. A row that names a list or a member that there is not is refused by name.

use super::RejectedRow;
use super::row::Row;
use crate::Result;
use crate::content::reviews::{self, RowReviews};
use crate::content::traces::{self, Effect};
use crate::ground::body::{self, Object, Paths, Removals};
use crate::ground::database::{all, list, one, values};
use crate::ground::keys::{SpanKey, TraceKey};
use crate::ground::places::Home;
use crate::people::names::folded;
use crate::writing::activity::record;
use crate::writing::writer::Change;
use indexmap::IndexMap;
use sea_orm::{FromQueryResult, Value};
use serde::Deserialize;
use serde_json::value::RawValue;
use shared::audit::Source;
use shared::live::TouchedPart;
use shared::reviews::{ASSIGNMENTS_KEY, DEFAULT_LIST, LISTS_KEY, MOST_ASSIGNED, Selection};
use shared::{PersonId, ReviewListId, RowId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Lists in one row at most.
const MOST_LISTS: usize = 100;

/// Characters of a status that the API sends at most.
const LONGEST_STATUS: usize = 200;

/// What a row says of its review.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags {
    lists: Option<Lists>,
    /// All who are asked.
    assignees: Option<Vec<String>>,
    /// Who is asked no longer.
    removed: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Lists {
    /// Whether the row goes out of lists that are not named.
    replaces: bool,
    named: IndexMap<String, Said>,
}

/// What is said of one list.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    /// The row stands in it, with a status if one is named.
    In(Option<String>),
    Out,
}

impl Flags {
    /// Takes what a row says of its review out of its content. A merge says where it replaces, and what it takes out of lists.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(super) fn take(content: &mut Object, merge: Option<(&Paths, &Removals)>) -> std::result::Result<Option<Self>, String> {
        let removed = merge.map(|(_, removals)| removals.texts_at(&["metadata", ASSIGNMENTS_KEY])).unwrap_or_default();
        let mut flags = Self { removed, ..Self::default() };
        if let Some(metadata) = content.get("metadata").filter(|metadata| metadata.get().contains("~__bt_"))
            && let Some(mut metadata) = body::object(metadata.get())
        {
            let (lists, assignees) = (metadata.shift_remove(LISTS_KEY), metadata.shift_remove(ASSIGNMENTS_KEY));
            let replaces = merge.is_none_or(|(paths, _)| paths.replaces_at(&["metadata", LISTS_KEY]));
            flags.lists = lists.map(|lists| Lists::read(&lists, replaces)).transpose()?;
            flags.assignees = assignees.map(|people| people_of(&people)).transpose()?;
            if metadata.is_empty() {
                content.shift_remove("metadata");
            } else {
                content.insert("metadata".to_owned(), body::raw(&metadata).map_err(|error| error.to_string())?);
            }
        }
        Ok(Some(flags).filter(|flags| *flags != Self::default()))
    }

    fn lists(&self) -> impl Iterator<Item = &String> {
        self.lists.iter().flat_map(|lists| lists.named.keys())
    }

    fn people(&self) -> impl Iterator<Item = &String> {
        self.assignees.iter().flatten()
    }
}

impl Lists {
    fn read(text: &RawValue, replaces: bool) -> std::result::Result<Self, String> {
        #[derive(Deserialize)]
        struct Entry {
            #[serde(default)]
            status: Option<String>,
        }
        let wrong =
            || format!("metadata.{LISTS_KEY} must be an object of lists, such as {{\"{DEFAULT_LIST}\": {{\"status\": \"PENDING\"}}}}.");
        if body::is_null(text) {
            // Nothing stands there from now on.
            return Ok(Self { replaces: true, named: IndexMap::new() });
        }
        let lists = body::object(text.get()).ok_or_else(wrong)?;
        if lists.len() > MOST_LISTS {
            return Err(format!("metadata.{LISTS_KEY} may name {MOST_LISTS} lists; this names {}.", lists.len()));
        }
        let mut named = IndexMap::new();
        for (list, entry) in lists {
            let said = match body::is_null(&entry) {
                true => Said::Out,
                false if !body::is_object(entry.get()) => return Err(wrong()),
                false => Said::In(serde_json::from_str::<Entry>(entry.get()).map_err(|_| wrong())?.status),
            };
            if let Said::In(Some(status)) = &said
                && status.chars().count() > LONGEST_STATUS
            {
                return Err(format!("The status of a list in metadata.{LISTS_KEY} may have {LONGEST_STATUS} characters."));
            }
            named.insert(list, said);
        }
        Ok(Self { replaces, named })
    }
}

fn people_of(text: &RawValue) -> std::result::Result<Vec<String>, String> {
    if body::is_null(text) {
        return Ok(Vec::new());
    }
    let people: Vec<String> = serde_json::from_str(text.get()).map_err(|_| {
        format!("metadata.{ASSIGNMENTS_KEY} must be a list of ids or email addresses of members, such as [\"anna@example.com\"].")
    })?;
    if people.len() > MOST_ASSIGNED {
        return Err(format!("metadata.{ASSIGNMENTS_KEY} may name {MOST_ASSIGNED} members; this names {}.", people.len()));
    }
    Ok(people)
}

/// Takes out the rows that name lists or members that there are not, and says so. In the others they are ids from then on.
pub(super) async fn resolve(change: &Change, home: &Home, rows: &mut Vec<(usize, Row)>) -> Result<Vec<RejectedRow>> {
    if rows.iter().all(|(_, row)| row.flags.is_none()) {
        return Ok(Vec::new());
    }
    let mut lists: HashMap<String, String> = HashMap::new();
    if rows.iter().filter_map(|(_, row)| row.flags.as_ref()).any(|flags| flags.lists().next().is_some()) {
        for list in reviews::lists(&change.transaction, &home.project).await?.into_iter().rev() {
            let id = list.list.id.0.clone();
            lists.insert(folded(&list.list.name), id.clone());
            if list.list.is_default() {
                lists.insert(DEFAULT_LIST.to_owned(), id.clone());
            }
            lists.insert(id.clone(), id);
        }
    }
    let named: BTreeSet<&str> = rows
        .iter()
        .filter_map(|(_, row)| row.flags.as_ref())
        .flat_map(|flags| flags.people().chain(&flags.removed))
        .map(String::as_str)
        .collect();
    let people = members(change, &named).await?;
    let mut rejected = Vec::new();
    let mut kept = Vec::with_capacity(rows.len());
    for (index, mut row) in std::mem::take(rows) {
        match row.flags.take().map(|flags| flags.resolved(&lists, &people)).transpose() {
            Ok(flags) => kept.push((index, Row { flags, ..row })),
            Err(reason) => rejected.push(RejectedRow { index, id: Some(row.id), reason }),
        }
    }
    *rows = kept;
    Ok(rejected)
}

impl Flags {
    fn resolved(self, lists: &HashMap<String, String>, people: &BTreeMap<String, String>) -> std::result::Result<Self, String> {
        let list = |name: String| {
            let found = lists.get(&name).or_else(|| lists.get(&folded(&name))).cloned();
            found.ok_or_else(|| {
                format!("There is no review list {name} in this project. Make it first, or name {DEFAULT_LIST}, which is always there.")
            })
        };
        let person = |name: &String| people.get(name).or_else(|| people.get(&folded(name))).cloned();
        let resolved = |Lists { replaces, named }: Lists| {
            let named = named.into_iter().map(|(name, said)| Ok((list(name)?, said)));
            Ok::<_, String>(Lists { replaces, named: named.collect::<std::result::Result<_, String>>()? })
        };
        let assignees = |names: Vec<String>| {
            let found = names.iter().map(|name| {
                person(name).ok_or_else(|| {
                    format!("metadata.{ASSIGNMENTS_KEY} names {name}, who is no member here. Use the ids or email addresses of members.")
                })
            });
            found.collect::<std::result::Result<Vec<_>, String>>()
        };
        Ok(Self {
            lists: self.lists.map(resolved).transpose()?,
            assignees: self.assignees.map(assignees).transpose()?,
            removed: self.removed.iter().map(|name| person(name).unwrap_or_else(|| name.clone())).collect(),
        })
    }
}

/// The ids of members by what they are called: by their ids, and by their addresses as people see them.
async fn members(change: &Change, named: &BTreeSet<&str>) -> Result<BTreeMap<String, String>> {
    #[derive(FromQueryResult)]
    struct Member {
        id: String,
        folded_email: String,
    }
    let mut members = BTreeMap::new();
    let named: Vec<&str> = named.iter().copied().collect();
    for named in named.chunks(200) {
        let places = list(named.len());
        let text = format!("SELECT id, folded_email FROM people WHERE id IN ({places}) OR folded_email IN ({places})");
        let bound = named.iter().map(|name| Value::from(*name)).chain(named.iter().map(|name| Value::from(folded(name)))).collect();
        for member in all::<Member>(&change.transaction, &text, bound).await? {
            members.insert(member.folded_email, member.id.clone());
            members.insert(member.id.clone(), member.id);
        }
    }
    Ok(members)
}

/// Does what rows say of their review, now that they are written. Says in which transaction, if anything was done.
pub(super) async fn apply(change: &mut Change, home: &Home, actor: &PersonId, said: Vec<(RowId, Flags)>) -> Result<Option<i64>> {
    #[derive(FromQueryResult)]
    struct Span {
        key: SpanKey,
        trace: TraceKey,
        root_span_id: String,
        arrived: bool,
    }
    let mut effect = Effect::new(home);
    let mut entries = Vec::new();
    for (row, flags) in said {
        let text = "SELECT key, trace, root_span_id, arrived FROM spans WHERE project = ? AND object = ? AND row_id = ?";
        let span = one::<Span>(&change.transaction, text, values![home.short(), home.key, row.as_str()]).await?;
        // A row that was sent again after it was deleted.
        let Some(span) = span else { continue };
        let mut reviews = RowReviews::load(change, home, (span.key, &row), actor, Source::Api).await?;
        flags.apply(&mut reviews).await?;
        let Some(told) = reviews.finish().await? else { continue };
        entries.extend(told);
        if span.arrived {
            effect.touch(span.trace, &span.root_span_id, &row, TouchedPart::Said);
        }
    }
    if entries.is_empty() && effect.is_nothing() {
        return Ok(None);
    }
    record(change, home, entries).await?;
    if !effect.is_nothing() {
        traces::tell_said(change, effect, Vec::new()).await?;
    }
    Ok(Some(change.transaction_id(&home.project).await?))
}

impl Flags {
    async fn apply(self, reviews: &mut RowReviews<'_>) -> Result<()> {
        if let Some(Lists { replaces, named }) = self.lists {
            for list in reviews.listed_in() {
                if replaces && !named.contains_key(list.as_str()) {
                    reviews.unflag(&list).await?;
                }
            }
            for (list, said) in named {
                let list = ReviewListId(list);
                // What only pairs can be in is passed over.
                if reviews.is_unpaired(&list) {
                    continue;
                }
                match said {
                    Said::Out => reviews.unflag(&list).await?,
                    Said::In(status) => {
                        reviews.flag(&list, None, &[], &Selection::default()).await?;
                        if let Some(status) = status {
                            reviews.say(&list, &status).await?;
                        }
                    }
                }
            }
        }
        if self.assignees.as_ref().is_some_and(|people| !people.is_empty()) && reviews.listed_in().is_empty() {
            let list = reviews.default_list();
            reviews.flag(&list, None, &[], &Selection::default()).await?;
        }
        for list in reviews.listed_in() {
            let (assignees, removed) = (&self.assignees, &self.removed);
            reviews
                .assign(&list, |people| {
                    if let Some(assignees) = assignees {
                        *people = assignees.iter().cloned().collect();
                    }
                    people.retain(|person| !removed.contains(person));
                })
                .await?;
        }
        Ok(())
    }
}
