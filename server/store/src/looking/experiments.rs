//! Experiments summed up and compared, joined on the input of their rows.

use crate::content::scores::{self, ScoreValue};
use crate::content::traces::ListedTrace;
use crate::ground::database::{all, values};
use crate::ground::keys::{SpanKey, TraceKey};
use crate::ground::places::Home;
use crate::looking::sight::Sight;
use crate::projects::questions;
use crate::{Desk, Result};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::experiments::{Comparison, Values};
use shared::objects::{NamedObject, ObjectKind};
use shared::permissions::Action;
use shared::spans::TraceRow;
use shared::summary::Nano;
use shared::{Micros, ObjectId};
use std::collections::{BTreeMap, HashMap};

/// What rows are joined on: the digest of their input. Rows without an input are the same to it.
type Input = Option<i64>;

/// Traces in one query.
const CHUNK: usize = 400;

/// Everything that is compared of an experiment.
#[derive(Default)]
struct Measured {
    scores: BTreeMap<String, Values<Input>>,
    metrics: BTreeMap<String, Values<Input>>,
}

impl Desk {
    /// The means of an experiment's scores and metrics, and with a base how each input fared against it. A row has the mean
    /// of a score over the spans of its trace.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] if one of the two is no experiment.
    pub async fn compare_experiments(&self, experiment: &ObjectId, base: Option<&ObjectId>) -> Result<Comparison> {
        self.require(Action::Read)?;
        let measured = self.measured(experiment).await?;
        let base = match base {
            Some(base) => Some(self.measured(base).await?),
            None => None,
        };
        let project = self.find_object(experiment).await?.project;
        let lower = questions::lower_is_better(self.store.readers(), &project).await?;
        let scores = measured.scores.iter().filter_map(|(name, values)| {
            let base = base.as_ref().and_then(|base| base.scores.get(name));
            Some((name.clone(), values.compare(base, !lower.contains(name))?))
        });
        let metrics = measured.metrics.iter().filter_map(|(name, values)| {
            let base = base.as_ref().and_then(|base| base.metrics.get(name));
            Some((name.clone(), values.compare(base, false)?))
        });
        Ok(Comparison { scores: scores.collect(), metrics: metrics.collect() })
    }

    /// What an experiment is compared with when nothing is said, as [`NamedObject::base`] has it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn base_experiment(&self, experiment: &NamedObject) -> Result<Option<NamedObject>> {
        let all = self.objects(ObjectKind::Experiment, &experiment.project).await?;
        let baseline = self.project(&experiment.project).await?.settings.baseline_experiment_id;
        Ok(experiment.base(&all, baseline.as_ref()).cloned())
    }

    async fn measured(&self, experiment: &ObjectId) -> Result<Measured> {
        self.require_object(ObjectKind::Experiment, experiment).await?;
        let home = self.find_object(experiment).await?;
        let snapshot = self.store.snapshot().await?;
        let sight = Sight::of(&snapshot, &self.actor, &home).await?;
        measure(&snapshot, &sight, &home).await
    }
}

async fn measure(connection: &impl ConnectionTrait, sight: &Sight, home: &Home) -> Result<Measured> {
    #[derive(FromQueryResult)]
    struct Row {
        key: TraceKey,
        span: SpanKey,
        duration: Option<Micros>,
        tokens: Option<i64>,
        cost: Option<i64>,
        input_digest: Input,
    }
    let mut measured = Measured::default();
    let text = "SELECT t.key, s.key AS span, t.duration, t.tokens, t.cost, s.input_digest FROM traces t \
                JOIN spans s ON s.project = t.project AND s.object = t.object AND s.row_id = t.row_id WHERE t.project = ? AND t.object = ?";
    let mut inputs: HashMap<TraceKey, Input> = HashMap::new();
    let seen = sight.of_object(connection, home.key).await?;
    let rows = all::<Row>(connection, text, values![home.short(), home.key]).await?;
    let mut shown = HashMap::new();
    for rows in rows.chunks(CHUNK) {
        shown.extend(seen.shown(connection, &rows.iter().map(|row| row.key).collect::<Vec<_>>()).await?);
    }
    for row in rows {
        let row = match shown.remove(&row.key) {
            Some(ListedTrace { row: TraceRow { duration, tokens, cost, .. }, .. }) => Row { duration, tokens, cost, ..row },
            None => row,
        };
        let input = row.input_digest.filter(|_| !seen.hides(row.span));
        let metrics = [
            ("duration", row.duration.map(|micros| micros as f64 / 1e6)),
            ("tokens", row.tokens.map(|tokens| tokens as f64)),
            ("estimated_cost", row.cost.map(|cost| cost as f64 / 1e9)),
        ];
        for (name, value) in metrics {
            if let Some(value) = value {
                measured.metrics.entry(name.to_owned()).or_default().add(input, value);
            }
        }
        inputs.insert(row.key, input);
    }
    let mut by_trace: BTreeMap<(TraceKey, String), (i64, i64)> = BTreeMap::new();
    for ScoreValue { span, trace, name, value } in scores::values_in(connection, home.key).await? {
        if !seen.score(span, &name) {
            continue;
        }
        let (sum, count) = by_trace.entry((trace, name)).or_default();
        *sum += value;
        *count += 1;
    }
    for ((trace, name), (sum, count)) in by_trace {
        if let Some(input) = inputs.get(&trace) {
            measured.scores.entry(name).or_default().add(*input, Nano(sum).score() / count as f64);
        }
    }
    Ok(measured)
}
