//! Following what arrives, for the rules of review lists. A process takes a rule in hand for some seconds at a time, looks at the traces
//! that came or changed since it was there, and puts those that are drawn and match into the list, as whoever the rule belongs to would.
//! If it ends in between, the next one does the same again, and finds what stands there already.
//!
//! What came is found by keys, what changed by events. Where an event does not say what changed, or is not kept any more, the newest
//! traces are looked at once more.

use crate::content::reviews::drawing::is_drawn;
use crate::content::reviews::rules::{StoredRule, rules};
use crate::ground::database::{all, list, one, run, values};
use crate::ground::keys::{EventKey, Key as _, ProjectShort, SpanKey, TraceKey, bound};
use crate::looking::trace_rows::{FoundRow, RowOrder, RowScan};
use crate::looking::view::View;
use crate::looking::work::Effort;
use crate::{Desk, Error, Result, Store};
use futures::future::join_all;
use sea_orm::{FromQueryResult, Value};
use shared::filter::Expression;
use shared::live::{Event, LiveChange, ReviewsChanged};
use shared::objects::RowAddress;
use shared::permissions::Action;
use shared::reviews::{FlagRow, Flagging, Selection, SelectionFrame, SelectionKind};
use shared::{Micros, Problem, ProjectId, RowId};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

/// How often it is looked whether something arrived.
const EVERY: Duration = Duration::from_millis(500);

/// For how long a process has a rule in hand without saying so again.
const HOLD: Micros = 10_000_000;

/// New traces, and events, that are looked at in one go.
const TRACES: usize = 500;
const EVENTS: usize = 200;

/// Traces in one query, and rows that are put into the list in one go.
const CHUNK: usize = 200;
const FLAGS: usize = 50;

/// Of what changed unseen, so many of the newest traces are looked at once more.
const LOOKED_BACK: usize = if cfg!(test) { 20 } else { 2_000 };

/// Steps of one rule before others have their turn.
const STEPS: usize = 20;

/// Somebody who works at rules.
pub(crate) struct RuleWorker {
    /// What they go by.
    holder: String,
    /// Up to which transaction there is nothing to do in a project.
    known: HashMap<ProjectShort, i64>,
}

impl RuleWorker {
    /// Somebody whom others do not know.
    pub(crate) fn new() -> Self {
        Self { holder: crate::ground::ids::new_id(), known: HashMap::new() }
    }
}

/// A trace as a rule first sees it.
struct Arrived {
    root: SpanKey,
    row: RowId,
}

/// What there is to look at, and where the rule stands after it.
struct Step {
    traces: BTreeMap<TraceKey, Arrived>,
    seen: i64,
    heard: i64,
    is_last: bool,
}

impl Store {
    /// Works at rules for as long as the store is open.
    pub(crate) fn follow_rules(&self) {
        let inner = std::sync::Arc::downgrade(&self.inner);
        let mut worker = RuleWorker::new();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                let Some(inner) = inner.upgrade() else { return };
                let store = Self { inner };
                if store.is_closed()() {
                    return;
                }
                match store.work_at_rules(&mut worker).await {
                    Ok(()) => {}
                    Err(Error::Closing) => return,
                    Err(error) => tracing::warn!(%error, "rules could not go on; trying again"),
                }
            }
        });
    }

    /// Does of each rule what there is to do.
    pub(crate) async fn work_at_rules(&self, worker: &mut RuleWorker) -> Result<()> {
        #[derive(FromQueryResult)]
        struct Stand {
            id: String,
            short: ProjectShort,
            transaction_id: i64,
        }
        let text = "SELECT p.id, p.short, p.transaction_id FROM projects p WHERE p.deleted IS NULL AND EXISTS \
                    (SELECT 1 FROM review_rules r WHERE r.project_id = p.id AND r.deleted IS NULL AND NOT r.paused AND r.stopped IS NULL)";
        for Stand { id, short, transaction_id } in all::<Stand>(self.readers(), text, values![]).await? {
            if worker.known.get(&short) == Some(&transaction_id) {
                continue;
            }
            let project = ProjectId(id);
            let mut is_done = true;
            let at_work = "r.project_id = ? AND NOT r.paused AND r.stopped IS NULL";
            for rule in rules(self.readers(), at_work, values![project.as_str()]).await? {
                is_done &= self.work_at_rule(worker, &project, &rule.id).await?;
            }
            if is_done {
                worker.known.insert(short, transaction_id);
            }
        }
        Ok(())
    }

    /// Does what there is to do of a rule; whether nothing is left.
    async fn work_at_rule(&self, worker: &RuleWorker, project: &ProjectId, id: &str) -> Result<bool> {
        for _ in 0..STEPS {
            let Some(rule) = self.take_rule(project, id, &worker.holder).await? else { return Ok(false) };
            let began = Instant::now();
            let sentence = match self.step_of_rule(worker, project, &rule).await {
                Ok(true) => return Ok(true),
                Ok(false) => {
                    // As long again it leaves the machine to others. Tests have nobody to leave it to.
                    if !cfg!(test) {
                        tokio::time::sleep(began.elapsed()).await;
                    }
                    continue;
                }
                Err(Error::Problem(Problem::Filter { mistakes })) => {
                    let mistake = mistakes.into_iter().next().map(|mistake| mistake.message).unwrap_or_default();
                    format!("Its filter cannot be read any more: {mistake} Change it, and it goes on.")
                }
                // Others are looking.
                Err(Error::Problem(Problem::Busy { .. })) => return Ok(false),
                Err(Error::Problem(problem)) => problem.to_string(),
                Err(error) if error.is_passing() => return Err(error),
                Err(error) => {
                    tracing::error!(%error, rule = id, "a rule failed");
                    "Something failed inside Touchstone. Save the rule again to try once more; the log has the details.".to_owned()
                }
            };
            self.stop_rule(worker, project, rule, sentence).await?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Stops a rule, and tells who looks at its list.
    async fn stop_rule(&self, worker: &RuleWorker, project: &ProjectId, rule: StoredRule, why: String) -> Result<()> {
        let (of, holder) = (project.clone(), worker.holder.clone());
        self.write_in(project, move |change| {
            Box::pin(async move {
                let text = "UPDATE review_rules SET stopped = ?, held_until = 0 WHERE id = ? AND holder = ?";
                run(&change.transaction, text, values![why, rule.id.as_str(), holder]).await?;
                change.transaction_id(&of).await?;
                change.publish(&of, LiveChange::Reviews(ReviewsChanged { lists: vec![rule.list()] }));
                Ok(())
            })
        })
        .await
    }

    /// Takes a rule in hand, or keeps it there; none if it does not work, or somebody else has it.
    async fn take_rule(&self, project: &ProjectId, id: &str, holder: &str) -> Result<Option<StoredRule>> {
        let (id, holder) = (id.to_owned(), holder.to_owned());
        self.write_in(project, move |change| {
            Box::pin(async move {
                let text = "UPDATE review_rules SET holder = ?, held_until = ? WHERE id = ? AND deleted IS NULL AND NOT paused \
                            AND stopped IS NULL AND (holder IS NULL OR holder = ? OR held_until <= ?)";
                let bound = values![holder.as_str(), change.now + HOLD, id.as_str(), holder.as_str(), change.now];
                if run(&change.transaction, text, bound).await? == 0 {
                    return Ok(None);
                }
                Ok(rules(&change.transaction, "r.id = ?", values![id]).await?.pop())
            })
        })
        .await
    }

    /// Looks at the next traces for a rule; whether there are no more.
    async fn step_of_rule(&self, worker: &RuleWorker, project: &ProjectId, rule: &StoredRule) -> Result<bool> {
        let desk = self.desk_of_rule(rule).await?;
        let filter = desk.read_filter(&rule.filter)?;
        let view = desk.view(&rule.object()).await?;
        let mut step = arrived(&view, rule).await?;
        step.traces.retain(|_, arrived| is_drawn(rule.seed, &view.home.id, &arrived.row, rule.rate));
        let passed = passed_over(&view, rule, &step).await?;
        let traces: Vec<TraceKey> =
            step.traces.iter().filter(|(_, arrived)| !passed.contains(&arrived.root)).map(|(key, _)| *key).collect();
        let mut rows = Vec::new();
        for traces in traces.chunks(CHUNK) {
            for row in matching(&view, filter.as_ref(), traces.to_vec()).await? {
                rows.push(RowAddress { object_type: view.home.kind, object_id: view.home.id.clone(), id: row.listed.row.row_id });
            }
        }
        let as_of = last_transaction(&view).await?;
        drop(view);
        put(&desk, rule, rows, as_of).await?;
        let (id, holder, was) = (rule.id.clone(), worker.holder.clone(), (rule.seen, rule.heard));
        if (step.seen, step.heard) != was {
            self.write_in(project, move |change| {
                Box::pin(async move {
                    let text = "UPDATE review_rules SET seen = ?, heard = ? WHERE id = ? AND holder = ? AND seen = ? AND heard = ?";
                    run(&change.transaction, text, values![step.seen, step.heard, id, holder, was.0, was.1]).await
                })
            })
            .await?;
        }
        Ok(step.is_last)
    }

    /// The desk of whom a rule belongs to, as it is now.
    ///
    /// # Errors
    /// [`Problem::NotYours`] where they may no longer do what the rule does, in words about them.
    async fn desk_of_rule(&self, rule: &StoredRule) -> Result<Desk> {
        let by = rule.person_name.as_deref().unwrap_or_default();
        let Some(actor) = self.actor_again(&rule.person(), rule.api_key().as_ref()).await? else {
            let what = if rule.key_id.is_some() { "the API key it was made with no longer works" } else { "they were deactivated" };
            return Err(Problem::not_yours(format!("{by} made it, and {what}. Save it again, and it is yours.")).into());
        };
        let desk = Desk::new(self.clone(), actor);
        match [Action::Read, Action::Assign, Action::ActOnMany].into_iter().find(|action| !desk.actor.may(*action)) {
            Some(action) => {
                let reason = format!("{by} made it, and may no longer {}. Save it again, and it is yours.", action.phrase());
                Err(Problem::not_yours(reason).into())
            }
            None => Ok(desk),
        }
    }
}

/// The traces that arrived or changed since a rule looked.
async fn arrived(view: &View, rule: &StoredRule) -> Result<Step> {
    #[derive(FromQueryResult)]
    struct Trace {
        key: TraceKey,
        root: SpanKey,
        row_id: String,
    }
    #[derive(FromQueryResult)]
    struct Told {
        key: EventKey,
        body: String,
    }
    let (connection, project) = (&view.snapshot, view.home.short());
    let trace = |trace: Trace| (trace.key, Arrived { root: trace.root, row: RowId(trace.row_id) });
    let text = format!("SELECT key, root, row_id FROM traces WHERE project = ? AND object = ? AND key > ? ORDER BY key LIMIT {TRACES}");
    let new = all::<Trace>(connection, &text, values![project, view.home.key, TraceKey::of(project, rule.seen)]).await?;
    let mut step = Step { traces: BTreeMap::new(), seen: rule.seen, heard: rule.heard, is_last: new.len() < TRACES };
    step.seen = new.last().map_or(rule.seen, |last| last.key.number());
    step.traces.extend(new.into_iter().map(trace));
    if !step.is_last {
        return Ok(step);
    }
    let text = format!("SELECT key, body FROM events WHERE project = ? AND key > ? AND key <= ? ORDER BY key LIMIT {EVENTS}");
    let from = EventKey::of(project, rule.heard);
    let told = all::<Told>(connection, &text, values![project, from, EventKey::last_of(project)]).await?;
    let mut is_known = told.first().map_or(rule.heard >= view.as_of, |first| first.key.number() == rule.heard + 1);
    let mut changed = HashSet::new();
    for event in &told {
        match serde_json::from_str::<Event>(&event.body)?.change {
            LiveChange::Spans(spans) if spans.object == view.home.id => changed.extend(spans.traces.into_iter().map(|row| row.key)),
            LiveChange::Resync => is_known = false,
            _ => {}
        }
    }
    step.is_last = told.len() < EVENTS;
    step.heard = told.last().map_or(view.as_of.max(rule.heard), |last| last.key.number());
    if !is_known {
        let text = format!(
            "SELECT key, root, row_id FROM traces WHERE project = ? AND object = ? AND key > ? ORDER BY key DESC LIMIT {LOOKED_BACK}"
        );
        let newest = all::<Trace>(connection, &text, values![project, view.home.key, TraceKey::of(project, rule.mark)]).await?;
        step.traces.extend(newest.into_iter().map(trace));
    }
    let changed: Vec<TraceKey> = changed.into_iter().map(TraceKey::from).filter(|key| key.number() > rule.mark).collect();
    for keys in changed.chunks(CHUNK) {
        let text = format!("SELECT key, root, row_id FROM traces WHERE project = ? AND key IN ({})", list(keys.len()));
        step.traces.extend(all::<Trace>(connection, &text, bound(keys)).await?.into_iter().map(trace));
    }
    Ok(step)
}

/// Of what is looked at, what the rule took already, and what somebody took out of its list.
async fn passed_over(view: &View, rule: &StoredRule, step: &Step) -> Result<HashSet<SpanKey>> {
    #[derive(FromQueryResult)]
    struct Item {
        span: SpanKey,
    }
    let mut passed = HashSet::new();
    let roots: Vec<SpanKey> = step.traces.values().map(|arrived| arrived.root).collect();
    for roots in roots.chunks(CHUNK) {
        let text = format!(
            "SELECT i.span FROM review_items i WHERE i.project = ? AND i.list_id = ? AND i.span IN ({}) AND (i.taken_out IS NOT NULL \
             OR EXISTS (SELECT 1 FROM review_selections s WHERE s.project = i.project AND s.item = i.key AND s.rule = ?))",
            list(roots.len())
        );
        let spans = roots.iter().map(|root| Value::from(*root));
        let bound = values![view.home.short(), rule.list_id.as_str()].into_iter().chain(spans).chain(values![rule.id.as_str()]).collect();
        passed.extend(all::<Item>(&view.snapshot, &text, bound).await?.into_iter().map(|item| item.span));
    }
    Ok(passed)
}

/// Those of some traces that match. One that says too much to be looked at does not.
async fn matching(view: &View, filter: Option<&Expression>, traces: Vec<TraceKey>) -> Result<Vec<FoundRow>> {
    match scanned(view, filter, traces.clone()).await {
        Err(Error::Problem(_)) if traces.len() > 1 => {}
        Err(Error::Problem(_)) => return Ok(Vec::new()),
        found => return found,
    }
    let mut found = Vec::new();
    for trace in traces {
        match scanned(view, filter, vec![trace]).await {
            Err(Error::Problem(_)) => {}
            rows => found.extend(rows?),
        }
    }
    Ok(found)
}

async fn scanned(view: &View, filter: Option<&Expression>, traces: Vec<TraceKey>) -> Result<Vec<FoundRow>> {
    let mut scan = RowScan::new(view, filter, RowOrder::Time { oldest_first: true }, None).await?.among(traces);
    let mut found = Vec::new();
    loop {
        // Nobody waits for this.
        scan.effort = Effort::whole();
        match scan.next(CHUNK).await? {
            Some(rows) => found.extend(rows),
            None if scan.finished => return Ok(found),
            None => {}
        }
    }
}

async fn last_transaction(view: &View) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Row {
        transaction_id: i64,
    }
    let row = one::<Row>(&view.snapshot, "SELECT transaction_id FROM projects WHERE short = ?", values![view.home.short()]).await?;
    Ok(row.map_or(0, |row| row.transaction_id))
}

/// Puts rows into the list of a rule, as many as it may take today, and one more, which tells that its bound has cut.
async fn put(desk: &Desk, rule: &StoredRule, mut rows: Vec<RowAddress>, as_of: i64) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let now = desk.store.inner.writer.clock().now();
    if let Some(room) = rule.room(desk.store.readers(), now).await? {
        rows.truncate(usize::try_from(room).unwrap_or(usize::MAX).saturating_add(1));
    }
    // Of how many it is drawn is not known: more will come.
    let frame = Some(SelectionFrame { filter: rule.filter.clone(), as_of, rows: 0 });
    let selection = Selection { kind: SelectionKind::Rule, rule: Some(rule.id.clone()), frame, ..Selection::default() };
    for rows in rows.chunks(FLAGS) {
        let flag = |row: &RowAddress| {
            let flagging = Flagging { lists: vec![rule.list()], selection: selection.clone(), ..Flagging::default() };
            desk.flag_row(FlagRow { row: row.clone(), flagging, client_id: None })
        };
        for outcome in join_all(rows.iter().map(flag)).await {
            match outcome {
                // The row is gone, or the rule was changed meanwhile.
                Ok(()) | Err(Error::Problem(Problem::NotFound { .. } | Problem::Invalid { .. })) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}
