//! Summaries: read from roll-ups where nothing is filtered, else counted over what matches.

use crate::content::scores;
use crate::ground::database::{all, one, values};
use crate::ground::keys::TraceKey;
use crate::ground::time;
use crate::looking::found::Wanted;
use crate::looking::narrowing::Narrowing;
use crate::looking::search::Scan;
use crate::looking::sight::Sight;
use crate::looking::trace_rows::{FoundRow, RowOrder, RowScan};
use crate::looking::view::View;
use crate::looking::work::Effort;
use crate::writing::group::RollupRow;
use crate::writing::writer::ALL_TIME;
use crate::{Desk, Result};
use sea_orm::{FromQueryResult, Value};
use shared::ObjectId;
use shared::objects::ObjectKind;
use shared::permissions::Action;
use shared::summary::{Nano, Summary};
use std::collections::HashSet;

/// Hours of the period whose mean is compared with that of the one before: a week.
const PERIOD: i64 = 7 * 24;

/// Traces whose scores are read in one statement.
const CHUNK: usize = 400;

#[derive(FromQueryResult)]
struct Counts {
    spans: i64,
    traces: i64,
}

impl Desk {
    /// What the means of an object are compared with: of an experiment its base; of logs the seven days before the last seven,
    /// and after them the last seven. Empty where there is nothing to compare. Read from roll-ups only.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] for an unknown object.
    pub async fn compared_summaries(&self, object: &ObjectId) -> Result<Vec<Summary>> {
        self.require(Action::Read)?;
        let home = self.find_object(object).await?;
        match home.kind {
            ObjectKind::Dataset => Ok(Vec::new()),
            ObjectKind::Experiment => {
                let experiment = self.object(home.kind, object).await?;
                match self.base_experiment(&experiment).await? {
                    Some(base) => Ok(vec![self.summary(&base.id, "").await?.0]),
                    None => Ok(Vec::new()),
                }
            }
            ObjectKind::ProjectLogs => {
                let hour = time::now().div_euclid(time::HOUR) + 1;
                let mut periods = Vec::new();
                let sight = Sight::of(self.store.readers(), &self.actor, &home).await?;
                for end in [hour - PERIOD, hour] {
                    let mut period = Summary::default();
                    let text = "SELECT name, count, sum, squares, buckets FROM rollups WHERE project = ? AND object = ? AND hour >= ? AND hour < ?";
                    for row in all::<RollupRow>(self.store.readers(), text, values![home.short(), home.key, end - PERIOD, end]).await? {
                        let (name, rollup) = row.read()?;
                        period.scores.entry(name).or_default().merge(&rollup);
                    }
                    // Which of them somebody may see is not known by the hour.
                    sight.forget_scores(&mut period.scores);
                    periods.push(period);
                }
                Ok(periods)
            }
        }
    }

    /// The summary of the spans that match, and the last live event that is in it.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] for an unknown object, [`shared::Problem::Filter`] for a filter that cannot be read.
    pub async fn summary(&self, object: &ObjectId, filter: &str) -> Result<(Summary, i64)> {
        if filter.trim().is_empty() {
            let View { snapshot, home, sight, as_of, .. } = self.view(object).await?;
            let text = "SELECT name, count, sum, squares, buckets FROM rollups WHERE project = ? AND object = ? AND hour = ?";
            let rollups = all::<RollupRow>(&snapshot, text, values![home.short(), home.key, ALL_TIME]).await?;
            let counts = one::<Counts>(&snapshot, "SELECT spans, traces FROM objects WHERE key = ?", values![home.key]).await?;
            let (spans, traces) = counts.map_or((0, 0), |counts| (counts.spans, counts.traces));
            let mut scores = rollups.into_iter().map(RollupRow::read).collect::<Result<_>>()?;
            sight.rollups(&snapshot, home.key, &mut scores).await?;
            return Ok((Summary { scores, spans, traces, ..Summary::default() }, as_of));
        }
        let filter = self.read_filter(filter)?;
        let view = self.search_view(object).await?;
        let mut scan = Scan::new(&view, filter.as_ref(), Wanted::scores()).await?;
        if scan.narrowing().exact && !view.sight.is_blind() {
            return Ok((exact(&view, scan.narrowing()).await?, view.as_of));
        }
        scan.effort = Effort::summary();
        let mut summary = Summary::default();
        let mut traces = HashSet::new();
        while let Some(spans) = scan.next().await? {
            for span in spans {
                summary.spans += 1;
                traces.insert(span.trace());
                for score in span.scores() {
                    if let Some(value) = score.value {
                        add(&mut summary, &score.name, value, 1);
                    }
                }
            }
        }
        summary.traces = i64::try_from(traces.len()).unwrap_or(i64::MAX);
        summary.partial = !scan.finished;
        Ok((summary, view.as_of))
    }

    /// The summary of all spans of the traces whose rows match, with how many of these carry each score, and the last live event that is in
    /// it. Without a filter that is [`Desk::summary`].
    ///
    /// # Errors
    /// As of [`Desk::summary`].
    pub async fn summary_of_rows(&self, object: &ObjectId, filter: &str) -> Result<(Summary, i64)> {
        if filter.trim().is_empty() {
            return self.summary(object, filter).await;
        }
        let filter = self.read_filter(filter)?;
        let view = self.search_view(object).await?;
        let mut scan = RowScan::new(&view, filter.as_ref(), RowOrder::Time { oldest_first: false }, None).await?;
        if let Some((matching, bound)) = scan.exact() {
            return Ok((exact_rows(&view, &matching, bound).await?, view.as_of));
        }
        scan.effort = Effort::summary();
        let mut summary = Summary::default();
        while let Some(rows) = scan.next(CHUNK).await? {
            let keys: Vec<TraceKey> = rows.iter().map(|row| row.listed.key()).collect();
            for keys in keys.chunks(CHUNK) {
                let mut scores = scores::of_traces(&view.snapshot, keys).await?;
                view.sight.of_traces(&view.snapshot, keys).await?.scores(&mut scores);
                for score in scores {
                    if let Some(value) = score.value {
                        add(&mut summary, &score.name, value, 1);
                    }
                }
            }
            for FoundRow { listed, .. } in rows {
                summary.traces += 1;
                summary.spans += listed.row.spans;
                for name in listed.row.scores.into_keys() {
                    *summary.carried.entry(name).or_default() += 1;
                }
            }
        }
        summary.partial = !scan.finished;
        Ok((summary, view.as_of))
    }
}

/// The summary of all spans of the traces whose rows match, which SQL alone decides, in one pass.
async fn exact_rows(view: &View, matching: &str, bound: Vec<Value>) -> Result<Summary> {
    #[derive(FromQueryResult)]
    struct Row {
        name: Option<String>,
        value: Option<i64>,
        times: i64,
    }
    // The names of scores that traces carry, then their values, then how many traces and spans there are.
    let text = format!(
        "WITH matching AS MATERIALIZED (SELECT t.project, t.key, t.spans {matching}) \
         SELECT c.name, CAST(NULL AS BIGINT) AS value, COUNT(*) AS times FROM matching \
         CROSS JOIN trace_scores c WHERE c.project = matching.project AND c.trace = matching.key GROUP BY c.name \
         UNION ALL SELECT v.name, v.value, COUNT(*) FROM matching \
         CROSS JOIN span_scores v WHERE v.project = matching.project AND v.trace = matching.key AND v.value IS NOT NULL GROUP BY v.name, v.value \
         UNION ALL SELECT NULL, CAST(COALESCE(SUM(matching.spans), 0) AS BIGINT), COUNT(*) FROM matching"
    );
    let mut summary = Summary::default();
    for row in all::<Row>(&view.snapshot, &text, bound).await? {
        match row {
            Row { name: Some(name), value: Some(value), times } => add(&mut summary, &name, value, times),
            Row { name: Some(name), value: None, times } => {
                summary.carried.insert(name, times);
            }
            Row { name: None, value, times } => (summary.spans, summary.traces) = (value.unwrap_or(0), times),
        }
    }
    Ok(summary)
}

/// The summary of what SQL alone decides.
async fn exact(view: &View, narrowing: &Narrowing) -> Result<Summary> {
    #[derive(FromQueryResult)]
    struct Score {
        name: String,
        value: i64,
        times: i64,
    }
    let (condition, bound) = narrowing.condition(&view.home);
    let text = format!("SELECT COUNT(*) AS spans, COUNT(DISTINCT s.trace) AS traces FROM spans s WHERE {condition}");
    let counts = one::<Counts>(&view.snapshot, &text, bound.clone()).await?;
    let text = format!(
        "SELECT v.name, v.value, COUNT(*) AS times FROM spans s JOIN span_scores v ON v.project = s.project AND v.span = s.key \
         WHERE {condition} AND v.value IS NOT NULL GROUP BY v.name, v.value"
    );
    let mut summary = Summary::default();
    for score in all::<Score>(&view.snapshot, &text, bound).await? {
        add(&mut summary, &score.name, score.value, score.times);
    }
    (summary.spans, summary.traces) = counts.map_or((0, 0), |counts| (counts.spans, counts.traces));
    Ok(summary)
}

fn add(summary: &mut Summary, name: &str, value: i64, times: i64) {
    match summary.scores.get_mut(name) {
        Some(rollup) => rollup.add(Nano(value), times),
        None => summary.scores.entry(name.to_owned()).or_default().add(Nano(value), times),
    }
}
