//! The activity of a whole project, newest first: by whom, of which kind and of which time it is asked for.
//!
//! Entries stand in the order in which they were made, so no index is kept for this: an answer would pay for it. What is asked for in
//! particular is looked for among the newest, so many at a time, and a page ends where that took long. Of rows that nobody lists nothing
//! is told. Who is blind is shown of each entry what the activity of its row would show them; what lies between is passed over, and
//! neither the length of a page nor the place where it ends tells of it.

use super::page::{SHOWN, SMALL, in_sentences};
use super::{LONGEST_PAGE, StoredChange, entries};
use crate::ground::database::{all, list, one, values};
use crate::ground::keys::{EntryId, Key, ObjectKey, ProjectShort, SpanKey, bound};
use crate::ground::places::Home;
use crate::ground::time::HOUR;
use crate::looking::sight::Sight;
use crate::projects::settings;
use crate::{Actor, Desk, Error, Result, now};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::activity::{ActivityPlace, ListProjectActivity, OpenProjectActivity, PlacedActivity, PlacedSpan, ProjectActivity};
use shared::address::RowsPage;
use shared::audit::{Activity, Deed};
use shared::objects::{ObjectKind, RowAddress};
use shared::permissions::Action;
use shared::ranges::TimeRange;
use shared::{Micros, ObjectId, Problem, ProjectId, RowId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Bytes of an entry's values together above which they are left out: a page of a thousand stays below 8 MB.
const LARGE: i64 = 8_000;

/// Spans or objects in one query.
const CHUNK: usize = 400;

/// Entries that are looked at by one statement where only some are asked for, and such statements for one page.
const WINDOW: i64 = 20_000;
const WINDOWS: usize = 10;

/// Clocks of several servers are never further apart.
const SLACK: Micros = HOUR;

impl Desk {
    /// What was changed in a project, newest first.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown project, [`Problem::Invalid`] for a kind of change that is not known.
    pub async fn project_activity(&self, query: ListProjectActivity) -> Result<ProjectActivity> {
        self.read_project_activity(query, LARGE).await
    }

    /// The same, as a page shows it.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown project, [`Problem::Invalid`] for no time range.
    pub async fn project_activity_page(&self, query: OpenProjectActivity) -> Result<ProjectActivity> {
        let OpenProjectActivity { project, actor, action, range, before } = query;
        let (since, until) = TimeRange::parse(&range)?.map(|range| range.moments(now())).unwrap_or_default();
        let query = ListProjectActivity { project, actor, action, since, until, before, limit: SHOWN };
        let mut page = self.read_project_activity(query, SMALL).await?;
        in_sentences(&mut page.entries);
        Ok(page)
    }

    async fn read_project_activity(&self, query: ListProjectActivity, largest: i64) -> Result<ProjectActivity> {
        self.require(Action::Read)?;
        if let Some(Deed::Other(_)) = &query.action {
            let words = Deed::ALL.map(|deed| deed.to_string()).join(", ");
            return Err(Problem::invalid("action", format!("There is no such kind of change. Use one of: {words}.")).into());
        }
        self.project(&query.project).await?;
        // Who is blind may have much to pass over.
        let turn = match self.actor.may(Action::SeeThrough) {
            true => None,
            false => Some(self.store.searches().turn(&self.actor.person.id).await?),
        };
        let snapshot = self.store.snapshot().await?;
        let page = of_project(&snapshot, &self.actor, &query, largest).await;
        drop(turn);
        page
    }
}

/// A page of the activity of a project, as somebody may see it.
pub(crate) async fn of_project(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    query: &ListProjectActivity,
    largest: i64,
) -> Result<ProjectActivity> {
    #[derive(FromQueryResult)]
    struct Project {
        short: ProjectShort,
    }
    let text = "SELECT short FROM projects WHERE id = ? AND deleted IS NULL";
    let project = one::<Project>(connection, text, values![query.project.as_str()]).await?;
    let short = project.ok_or_else(|| Problem::not_found("project"))?.short;
    let mut looking = Looking {
        actor,
        short,
        project: &query.project,
        is_blind: settings::blinds(connection, actor, &query.project).await?,
        sights: HashMap::new(),
    };
    let passed = looking.passed_over(connection).await?;
    let limit = query.limit.clamp(1, LONGEST_PAGE) as usize;
    // Who is blind may be shown few of those that are read.
    let read_at_once = if looking.is_blind { CHUNK.max(limit + 1) } else { limit + 1 };
    // Who is blind reads on, so that the end of a page tells nothing of what is hidden.
    let is_looked_for = !looking.is_blind && query.is_narrowed();
    let mut before = query.before.map_or(EntryId::HIGHEST, EntryId::from);
    let (mut found, mut windows) = (Vec::new(), 0);
    // One more than is shown tells whether there are older ones.
    let next = loop {
        let window = if is_looked_for { Some(Window::of(connection, short, before).await?) } else { None };
        let (condition, bound) = narrowed(short, query, before, window.as_ref(), passed.as_ref(), read_at_once);
        let read = entries(connection, &condition, bound, largest).await?;
        let is_whole = read.len() < read_at_once;
        if let Some(last) = read.last() {
            before = last.entry.id.into();
        }
        found.extend(looking.at(connection, read).await?);
        if found.len() > limit {
            found.truncate(limit);
            break found.last().map(|last| last.change.id);
        }
        match window {
            None if is_whole => break None,
            Some(window) if is_whole => {
                windows += 1;
                if window.is_last(query.since) {
                    break None;
                }
                before = window.lowest;
                if windows == WINDOWS {
                    break Some(before.into());
                }
            }
            _ => {}
        }
    };
    Ok(ProjectActivity { entries: found, next })
}

/// The entries before one that are looked at together.
#[derive(FromQueryResult)]
struct Window {
    lowest: EntryId,
    newest: Micros,
    count: i64,
}

impl Window {
    async fn of(connection: &impl ConnectionTrait, project: ProjectShort, before: EntryId) -> Result<Self> {
        let text = "SELECT COALESCE(MIN(id), 0) AS lowest, COALESCE(MAX(created), 0) AS newest, COUNT(*) AS count FROM \
                    (SELECT id, created FROM activity WHERE project = ? AND id < ? ORDER BY id DESC LIMIT ?) w";
        let window = one::<Self>(connection, text, values![project, before, WINDOW]).await?;
        Ok(window.unwrap_or(Self { lowest: EntryId::NONE, newest: 0, count: 0 }))
    }

    /// Whether nothing that is asked for can lie before it.
    fn is_last(&self, since: Option<Micros>) -> bool {
        self.count < WINDOW || since.is_some_and(|since| self.newest < since.saturating_sub(SLACK))
    }
}

/// Which entries are asked for, in their order.
fn narrowed(
    short: ProjectShort,
    query: &ListProjectActivity,
    before: EntryId,
    window: Option<&Window>,
    passed: Option<&(String, Vec<Value>)>,
    limit: usize,
) -> (String, Vec<Value>) {
    let mut text = "project = ? AND id < ? AND id >= ?".to_owned();
    let mut bound = values![short, before, window.map_or(EntryId::LOWEST, |window| window.lowest)];
    let mut and = |condition: &str, values: Vec<Value>| {
        text += &format!(" AND {condition}");
        bound.extend(values);
    };
    if let Some(actor) = &query.actor {
        and("person_id = ?", values![actor.as_str()]);
    }
    if let Some(action) = &query.action {
        and("action = ?", values![action.as_str()]);
    }
    if let Some(since) = query.since {
        and("created >= ?", values![since]);
    }
    if let Some(until) = query.until {
        and("created < ?", values![until]);
    }
    // Feedback that waits for its row.
    and("NOT EXISTS (SELECT 1 FROM spans s WHERE s.project = activity.project AND s.key = activity.span AND NOT s.arrived)", Vec::new());
    if let Some((condition, values)) = passed {
        and(condition, values.clone());
    }
    text += " ORDER BY id DESC LIMIT ?";
    bound.extend(values![i64::try_from(limit).unwrap_or(i64::MAX)]);
    (text, bound)
}

/// An object whose activity is told.
#[derive(Clone, FromQueryResult)]
struct PlacedObject {
    key: ObjectKey,
    id: String,
    kind: String,
    name: String,
    gone: bool,
}

/// A span about which something is told.
#[derive(FromQueryResult)]
struct SpanRow {
    key: SpanKey,
    row_id: String,
    span_id: String,
    root_span_id: String,
    name: String,
    arrived: bool,
}

/// Looks at entries of a project as somebody sees them.
struct Looking<'a> {
    actor: &'a Actor,
    short: ProjectShort,
    project: &'a ProjectId,
    is_blind: bool,
    /// What they see of each object that was met, and where it is shown.
    sights: HashMap<ObjectKey, Option<(Sight, PlacedObject)>>,
}

impl Looking<'_> {
    /// What is passed over without being looked at.
    async fn passed_over(&self, connection: &impl ConnectionTrait) -> Result<Option<(String, Vec<Value>)>> {
        if !self.is_blind {
            return Ok(None);
        }
        // The questions are those of the project, whatever its objects; what comments wait for depends on the kind.
        let (mut comments_wait, mut passed) = (true, None);
        for kind in [ObjectKind::ProjectLogs, ObjectKind::Experiment, ObjectKind::Dataset] {
            let home = Home { key: ObjectKey::of(self.short, 0), id: ObjectId(String::new()), project: self.project.clone(), kind };
            let sight = Sight::of(connection, self.actor, &home).await?;
            comments_wait &= sight.comments_wait();
            passed = sight.passed_over(comments_wait);
        }
        Ok(passed)
    }

    /// The entries that may be seen, in their order, with their places.
    async fn at(&mut self, connection: &impl ConnectionTrait, read: Vec<StoredChange>) -> Result<Vec<PlacedActivity>> {
        let objects: BTreeSet<ObjectKey> = read.iter().map(|entry| entry.object).filter(|key| !self.sights.contains_key(key)).collect();
        self.meet(connection, objects.into_iter().collect()).await?;
        let spans: BTreeSet<SpanKey> = read.iter().map(|entry| entry.span).filter(|span| *span != SpanKey::NONE).collect();
        let rows = spans_of(connection, &spans.into_iter().collect::<Vec<_>>()).await?;
        let mut seen = BTreeMap::new();
        if self.is_blind {
            let mut by_object: BTreeMap<ObjectKey, BTreeSet<SpanKey>> = BTreeMap::new();
            for entry in read.iter().filter(|entry| rows.contains_key(&entry.span)) {
                by_object.entry(entry.object).or_default().insert(entry.span);
            }
            for (object, spans) in by_object {
                let Some(Some((sight, _))) = self.sights.get(&object) else { continue };
                seen.insert(object, sight.of_spans(connection, &spans.into_iter().collect::<Vec<_>>()).await?);
            }
        }
        let shown = read.into_iter().filter_map(|StoredChange { object, span, entry }| {
            let place = self.sights.get(&object).and_then(Option::as_ref).map(|(_, place)| place);
            let is_gone = place.is_none_or(|place| place.gone);
            let page = place.filter(|_| !is_gone).and_then(page_of);
            if span == SpanKey::NONE {
                let place = page.zip(place).map(|(page, object)| ActivityPlace { page, object: ObjectId(object.id.clone()), span: None });
                return Some(PlacedActivity { change: entry, place });
            }
            let row = rows.get(&span);
            if row.is_some_and(|row| !row.arrived) {
                return None;
            }
            let entry = if self.is_blind {
                // What is not there any more is shown to nobody who would have to be shown less.
                let seen = seen.get(&object).filter(|_| row.is_some() && !is_gone)?;
                let mut entry = vec![entry];
                seen.activity(span, &mut entry);
                entry.pop()?
            } else {
                entry
            };
            Some(placed(entry, page, place, row))
        });
        Ok(shown.collect())
    }

    /// Looks up objects, and what may be seen in each.
    async fn meet(&mut self, connection: &impl ConnectionTrait, keys: Vec<ObjectKey>) -> Result<()> {
        for keys in keys.chunks(CHUNK) {
            let text = format!("SELECT key, id, kind, name, deleted IS NOT NULL AS gone FROM objects WHERE key IN ({})", list(keys.len()));
            let found = all::<PlacedObject>(connection, &text, keys.iter().copied().map(Value::from).collect()).await?;
            self.sights.extend(keys.iter().map(|key| (*key, None)));
            for object in found {
                let kind = ObjectKind::parse(&object.kind).ok_or_else(|| Error::Corrupt(format!("object kind {}", object.kind)))?;
                let home = Home { key: object.key, id: ObjectId(object.id.clone()), project: self.project.clone(), kind };
                let sight = if self.is_blind { Sight::of(connection, self.actor, &home).await? } else { Sight::All };
                self.sights.insert(object.key, Some((sight, object)));
            }
        }
        Ok(())
    }
}

fn page_of(object: &PlacedObject) -> Option<RowsPage> {
    Some(match ObjectKind::parse(&object.kind)? {
        ObjectKind::ProjectLogs => RowsPage::Logs,
        ObjectKind::Experiment => RowsPage::Experiment(object.name.clone()),
        ObjectKind::Dataset => RowsPage::Dataset(object.name.clone()),
    })
}

fn placed(change: Activity, page: Option<RowsPage>, object: Option<&PlacedObject>, row: Option<&SpanRow>) -> PlacedActivity {
    let place = page.zip(object).zip(row).map(|((page, object), row)| {
        let (object_type, object_id) = (page.kind(), ObjectId(object.id.clone()));
        let address = RowAddress { object_type, object_id: object_id.clone(), id: RowId(row.row_id.clone()) };
        let (trace, span, name) = (row.root_span_id.clone(), row.span_id.clone(), row.name.clone());
        ActivityPlace { page, object: object_id, span: Some(PlacedSpan { row: address, trace, span, name }) }
    });
    PlacedActivity { change, place }
}

/// The spans that are there.
async fn spans_of(connection: &impl ConnectionTrait, spans: &[SpanKey]) -> Result<HashMap<SpanKey, SpanRow>> {
    let mut found = HashMap::new();
    for spans in spans.chunks(CHUNK) {
        let places = list(spans.len());
        let text = format!("SELECT key, row_id, span_id, root_span_id, name, arrived FROM spans WHERE project = ? AND key IN ({places})");
        let rows = all::<SpanRow>(connection, &text, bound(spans)).await?;
        found.extend(rows.into_iter().map(|row| (row.key, row)));
    }
    Ok(found)
}
