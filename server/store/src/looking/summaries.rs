//! Summaries: read from roll-ups where nothing is filtered, else counted over what matches.

use crate::ground::database::{all, one, values};
use crate::ground::time;
use crate::looking::search::Scan;
use crate::looking::sight::Sight;
use crate::writing::events;
use crate::writing::group::RollupRow;
use crate::writing::writer::ALL_TIME;
use crate::{Desk, Result};
use sea_orm::FromQueryResult;
use shared::filter::parse_expression;
use shared::objects::ObjectKind;
use shared::permissions::Action;
use shared::summary::{Nano, Summary};
use shared::{ObjectId, Problem};
use std::collections::BTreeSet;

/// Matching spans counted for one summary at most.
const MOST_COUNTED: usize = 100_000;

/// Hours of the period whose mean is compared with that of the one before: a week.
const PERIOD: i64 = 7 * 24;

impl Desk {
    /// What the means of an object are compared with: of an experiment its base; of logs the seven days before the last seven,
    /// and after them the last seven. Empty where there is nothing to compare. Read from roll-ups only.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown object.
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
    /// [`Problem::NotFound`] for an unknown object, [`Problem::Filter`] for a filter that cannot be read.
    pub async fn summary(&self, object: &ObjectId, filter: &str) -> Result<(Summary, i64)> {
        #[derive(FromQueryResult)]
        struct Counts {
            spans: i64,
            traces: i64,
        }
        self.require(Action::Read)?;
        let home = self.find_object(object).await?;
        let snapshot = self.store.snapshot().await?;
        let as_of = events::head(&snapshot, &home.project).await?;
        let sight = Sight::of(&snapshot, &self.actor, &home).await?;
        if filter.trim().is_empty() {
            let text = "SELECT name, count, sum, squares, buckets FROM rollups WHERE project = ? AND object = ? AND hour = ?";
            let rollups = all::<RollupRow>(&snapshot, text, values![home.short(), home.key, ALL_TIME]).await?;
            let counts = one::<Counts>(&snapshot, "SELECT spans, traces FROM objects WHERE key = ?", values![home.key]).await?;
            let (spans, traces) = counts.map_or((0, 0), |counts| (counts.spans, counts.traces));
            let mut scores = rollups.into_iter().map(RollupRow::read).collect::<Result<_>>()?;
            sight.rollups(&snapshot, home.key, &mut scores).await?;
            return Ok((Summary { scores, spans, traces, partial: false }, as_of));
        }
        let filter = parse_expression(filter).map_err(Problem::filter)?;
        let mut scan = Scan::new(&home, &sight, Some(&filter), false, None);
        scan.budget = MOST_COUNTED;
        let mut summary = Summary::default();
        let mut traces = BTreeSet::new();
        while let Some(spans) = scan.next(&snapshot).await? {
            for span in spans {
                summary.spans += 1;
                traces.insert(span.trace());
                for score in span.scores() {
                    if let Some(value) = score.value {
                        summary.scores.entry(score.name.clone()).or_default().add(Nano(value), 1);
                    }
                }
            }
        }
        summary.traces = i64::try_from(traces.len()).unwrap_or(i64::MAX);
        summary.partial = !scan.finished;
        Ok((summary, as_of))
    }
}
