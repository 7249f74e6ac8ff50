//! The lists of experiments and datasets: what each comes to, as far as somebody may see.

use crate::content::traces::ListedTrace;
use crate::ground::database::{all, one, values};
use crate::ground::keys::TraceKey;
use crate::people::names::people;
use crate::{Desk, Result};
use sea_orm::FromQueryResult;
use shared::objects::{ObjectKind, ObjectScore, ObjectSummary};
use shared::permissions::Action;
use shared::summary::Rollup;
use shared::{Micros, ObjectId, ProjectId};

/// Traces in one query.
const CHUNK: usize = 400;

/// A row of an object, as it was measured.
#[derive(FromQueryResult)]
struct Measured {
    key: TraceKey,
    errors: i64,
    duration: Option<Micros>,
    cost: Option<i64>,
}

/// What the rows of an object come to: how many have an error, how many tell how long they took, and how long these took in all; the same
/// for what they cost, in units of 1e-9 dollars.
#[derive(Default, FromQueryResult)]
struct Measures {
    errors: i64,
    timed: i64,
    took: Option<Micros>,
    priced: i64,
    paid: Option<f64>,
}

impl Measures {
    fn add(&mut self, errors: i64, duration: Option<Micros>, cost: Option<i64>) {
        self.errors += i64::from(errors > 0);
        self.timed += i64::from(duration.is_some());
        self.took = self.took.into_iter().chain(duration).reduce(Micros::saturating_add);
        self.priced += i64::from(cost.is_some());
        self.paid = self.paid.into_iter().chain(cost.map(|cost| cost as f64)).reduce(|paid, cost| paid + cost);
    }

    /// How long one took.
    fn duration(&self) -> Option<Micros> {
        self.took?.checked_div(self.timed)
    }

    /// What one cost.
    fn cost(&self) -> Option<i64> {
        // Of costs without bound a sum of integers would be none.
        self.paid.map(|paid| (paid / self.priced as f64).round() as i64)
    }
}

impl Desk {
    /// The experiments or the datasets of a project as a list shows them, newest first.
    ///
    /// # Errors
    /// [`shared::Problem::Forbidden`] for who may not read, [`shared::Problem::NotFound`] if there is no such project.
    pub async fn object_summaries(&self, kind: ObjectKind, project: &ProjectId) -> Result<Vec<ObjectSummary>> {
        self.require(Action::Read)?;
        let all = self.objects(kind, project).await?;
        let baseline = self.project(project).await?.settings.baseline_experiment_id;
        let authors = people(self.store.readers(), all.iter().filter_map(|object| object.created_by.clone()).map(|id| id.0)).await?;
        let mut summaries = Vec::new();
        for object in &all {
            let (summary, _) = self.summary(&object.id, "").await?;
            let kinds = self.score_kinds(&object.id).await?;
            let score =
                |(name, rollup): (&String, &Rollup)| Some((name.clone(), ObjectScore { mean: rollup.mean()?, kind: *kinds.get(name)? }));
            let scores = summary.scores.iter().filter_map(score).collect();
            let measures = self.measures(&object.id).await?;
            let base = object.base(&all, baseline.as_ref()).filter(|_| kind == ObjectKind::Experiment);
            summaries.push(ObjectSummary {
                id: object.id.clone(),
                name: object.name.clone(),
                created: object.created,
                rows: summary.traces,
                scores,
                description: object.description().to_owned(),
                base: base.map(|base| base.name.clone()),
                errors: measures.errors,
                duration: measures.duration(),
                cost: measures.cost(),
                author: object.created_by.as_ref().and_then(|author| authors.get(author)).map(|author| author.name.clone()),
                revision: object.revision(),
            });
        }
        Ok(summaries)
    }

    /// What the rows of an object come to.
    async fn measures(&self, object: &ObjectId) -> Result<Measures> {
        let view = self.view(object).await?;
        let whose = || values![view.home.short(), view.home.key];
        if !view.sight.veils_spans() {
            let text = "SELECT COUNT(CASE WHEN errors > 0 THEN 1 END) AS errors, COUNT(duration) AS timed, CAST(SUM(duration) AS BIGINT) AS took, \
                        COUNT(cost) AS priced, SUM(CAST(cost AS DOUBLE PRECISION)) AS paid \
                        FROM traces WHERE project = ? AND object = ?";
            return Ok(one::<Measures>(&view.snapshot, text, whose()).await?.unwrap_or_default());
        }
        // What the spans that are not hidden come to is known only trace by trace.
        let seen = view.sight.of_object(&view.snapshot, view.home.key).await?;
        let text = "SELECT key, errors, duration, cost FROM traces WHERE project = ? AND object = ?";
        let mut measures = Measures::default();
        for rows in all::<Measured>(&view.snapshot, text, whose()).await?.chunks(CHUNK) {
            let shown = seen.shown(&view.snapshot, &rows.iter().map(|row| row.key).collect::<Vec<_>>()).await?;
            for row in rows {
                match shown.get(&row.key) {
                    Some(ListedTrace { row: shown, .. }) => measures.add(shown.errors, shown.duration, shown.cost),
                    None => measures.add(row.errors, row.duration, row.cost),
                }
            }
        }
        Ok(measures)
    }
}
