//! Experiments measured and compared, joined on the input of their rows, or on what their project says.

mod joining;

use crate::content::scores::{self, trace_scores};
use crate::content::traces::ListedTrace;
use crate::ground::database::{all, values};
use crate::ground::keys::{SpanKey, TraceKey};
use crate::looking::view::View;
use crate::looking::work::Effort;
use crate::projects::questions;
use crate::{Desk, Result};
use sea_orm::FromQueryResult;
use shared::experiments::{Comparison, Values};
use shared::objects::{NamedObject, ObjectKind};
use shared::permissions::Action;
use shared::spans::TraceRow;
use shared::summary::{ScoreKind, TraceScore};
use shared::{Micros, ObjectId, Problem};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

/// What rows are joined on: the digest of their input. Those without one are the same to it.
pub(crate) type Input = Option<i64>;

/// Traces in one query.
const CHUNK: usize = 400;

/// Everything that is compared of an experiment, as far as somebody may see it. A row has the mean of a score over the spans of its trace.
#[derive(Default)]
pub(crate) struct Measured {
    /// Its rows, newest first.
    pub(crate) rows: Vec<MeasuredRow>,
    /// Whether there are more, which are older.
    pub(crate) cut: bool,
    /// By the score's name.
    pub(crate) scores: BTreeMap<String, Values<Input>>,
    /// Where each of them comes from.
    pub(crate) kinds: BTreeMap<String, ScoreKind>,
    /// `duration` in seconds, `tokens`, and `estimated_cost` in dollars.
    pub(crate) metrics: BTreeMap<&'static str, Values<Input>>,
}

/// A row of an experiment.
pub(crate) struct MeasuredRow {
    pub(crate) key: TraceKey,
    /// Its root.
    pub(crate) root: SpanKey,
    pub(crate) created: Micros,
    pub(crate) input: Input,
    /// Whether a span has an error.
    pub(crate) failed: bool,
}

#[derive(FromQueryResult)]
struct Row {
    key: TraceKey,
    root: SpanKey,
    created: Micros,
    errors: i64,
    duration: Option<Micros>,
    tokens: Option<i64>,
    cost: Option<i64>,
    scores: String,
    input_digest: Input,
}

impl Desk {
    /// The means of an experiment's scores and metrics, and with a base how each input fared against it.
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
            Some(((*name).to_owned(), values.compare(base, false)?))
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
        measure(&self.view(experiment).await?, None).await
    }
}

/// Measures the newest rows of an experiment: so many, or all of them.
pub(crate) async fn measure(view: &View, most: Option<usize>) -> Result<Measured> {
    let (connection, object) = (&view.snapshot, view.home.key);
    let limit = most.map_or(i64::MAX, |most| i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1));
    let text = "SELECT t.key, t.root, t.created, t.errors, t.duration, t.tokens, t.cost, t.scores, s.input_digest FROM \
                (SELECT * FROM traces WHERE project = ? AND object = ? ORDER BY created DESC, key DESC LIMIT ?) t \
                LEFT JOIN spans s ON s.project = t.project AND s.key = t.root";
    let mut rows = all::<Row>(connection, text, values![view.home.short(), object, limit]).await?;
    rows.sort_unstable_by_key(|row| Reverse((row.created, row.key)));
    let mut measured = Measured::default();
    if let Some(most) = most {
        measured.cut = rows.len() > most;
        rows.truncate(most);
    }
    let effort = if most.is_some() { Effort::summary() } else { Effort::whole() };
    let keys = joining::keys(view, &rows.iter().map(|row| row.root).collect::<Vec<_>>(), effort).await?;
    if let Some(keys) = &keys {
        // Those for which there was no time.
        let before = rows.len();
        rows.retain(|row| keys.contains_key(&row.root));
        measured.cut |= rows.len() < before;
        if measured.cut && most.is_none() {
            let reason = "Reading what the rows are joined on takes too long. Use a simpler expression, such as one value of the metadata.";
            return Err(Problem::invalid("comparison_key", reason).into());
        }
    }
    let seen = view.sight.of_object(connection, object).await?;
    let (mut shown, mut visible) = (HashMap::new(), BTreeMap::new());
    if view.sight.is_blind() {
        for rows in rows.chunks(CHUNK) {
            shown.extend(seen.shown(connection, &rows.iter().map(|row| row.key).collect::<Vec<_>>()).await?);
        }
        let mut stored = scores::in_object(connection, object).await?;
        seen.scores(&mut stored);
        visible = trace_scores(stored);
    }
    measured.rows.reserve(rows.len());
    for row in rows {
        let row = match shown.remove(&row.key) {
            Some(ListedTrace { row: TraceRow { duration, tokens, cost, errors, .. }, .. }) => Row { duration, tokens, cost, errors, ..row },
            None => row,
        };
        let scores = match view.sight.is_blind() {
            true => visible.remove(&row.key).unwrap_or_default(),
            false => serde_json::from_str::<BTreeMap<String, TraceScore>>(&row.scores)?,
        };
        let own = if seen.hides(row.root) { None } else { row.input_digest };
        // Where the key says nothing, a row is found by its input as everywhere.
        let input = keys.as_ref().and_then(|keys| keys.get(&row.root).copied().flatten()).or(own);
        measured.add(row, scores, input);
    }
    Ok(measured)
}

impl Measured {
    fn add(&mut self, row: Row, scores: BTreeMap<String, TraceScore>, input: Input) {
        let metrics = [
            ("duration", row.duration.map(|micros| micros as f64 / 1e6)),
            ("tokens", row.tokens.map(|tokens| tokens as f64)),
            ("estimated_cost", row.cost.map(|cost| cost as f64 / 1e9)),
        ];
        for (name, value) in metrics {
            if let Some(value) = value {
                self.metrics.entry(name).or_default().add(input, value);
            }
        }
        for (name, TraceScore { value, kind, .. }) in scores {
            let known = self.kinds.entry(name.clone()).or_insert(kind);
            *known = ScoreKind::first_of([*known, kind]);
            self.scores.entry(name).or_default().add(input, value);
        }
        self.rows.push(MeasuredRow { key: row.key, root: row.root, created: row.created, input, failed: row.errors > 0 });
    }
}
