//! What rows would become in a dataset, before anything is written; and in which datasets a row is.

use super::copying::{case_id, count_cases};
use super::drawing::Drawn;
use super::mapping::{self, FIELDS};
use super::picked;
use crate::ground::body;
use crate::ground::database::{all, values};
use crate::ground::keys::SpanKey;
use crate::ground::places::{Home, find_span};
use crate::looking::trace_rows::{RowOrder, RowScan};
use crate::render;
use crate::{Desk, Result};
use sea_orm::FromQueryResult;
use shared::jobs::{CasePlace, CasePreview, IfThere, JobAction, JobRows, MOST_PLACES, PREVIEWED, PreviewCases, PreviewedCase, StartJob};
use shared::objects::RowAddress;
use shared::permissions::Action;
use shared::{ObjectId, Problem, RowId};
use std::collections::BTreeSet;

/// Characters of a value that is shown.
const SHOWN: usize = 240;

/// Datasets that are looked into: the newest of a project.
const LOOKED_AT: usize = 1_000;

/// Keys of metadata that are offered.
const MOST_OFFERED: usize = 50;

impl Desk {
    /// Tells what the first of some rows would become in a dataset, and of rows that were picked, how many are there already.
    ///
    /// # Errors
    /// Those of starting the job that adds them.
    pub async fn preview_cases(&self, query: PreviewCases) -> Result<CasePreview> {
        let PreviewCases { object, rows, dataset, mapping } = query;
        let action = JobAction::AddToDataset {
            dataset: dataset.clone().unwrap_or_else(|| ObjectId(String::new())),
            expected: shared::jobs::ExpectedFrom::default(),
            mapping: Some(mapping.clone()),
            already: IfThere::default(),
        };
        let command = StartJob { object: object.clone(), rows: rows.clone(), action };
        self.require_job(&command.action, command.is_of_many())?;
        command.check()?;
        let home = self.find_object(&object).await?;
        let target = match &dataset {
            Some(dataset) => {
                self.require_target(&home, dataset).await?;
                Some(self.find_object(dataset).await?)
            }
            None => None,
        };
        let first = self.first_rows(&home, &rows).await?;
        let (_, sources) = mapping::read(self, &object, &first, &mapping, u64::MAX).await?;
        let (mut preview, mut keys) = (CasePreview::default(), BTreeSet::new());
        // In the order in which they were asked for.
        for span in first.iter().filter_map(|row| sources.spans.iter().find(|span| span.key() == row.span)) {
            let case = sources.case_of(span, &mapping, "")?;
            let [input, expected, metadata, tags] =
                FIELDS.map(|field| case.get(field).map(|value| render::preview(value.get(), SHOWN)).unwrap_or_default());
            let already = match &target {
                Some(target) => self.there(target, &home, [span.row_id()].into_iter()).await? > 0,
                None => false,
            };
            preview.cases.push(PreviewedCase { input, expected, metadata, tags, already });
            let metadata = span.content().get("metadata").and_then(|metadata| body::object(metadata.get())).unwrap_or_default();
            keys.extend(metadata.into_keys().filter(|key| !key.starts_with("~__bt")));
        }
        preview.keys = keys.into_iter().take(MOST_OFFERED).collect();
        preview.already = match (&target, &rows) {
            (Some(target), JobRows::Picked(ids)) => Some(self.there(target, &home, ids.iter().map(RowId::as_str)).await?),
            (None, JobRows::Picked(_)) => Some(0),
            (_, JobRows::Matching(_)) => None,
        };
        Ok(preview)
    }

    /// The rows of datasets of its project that come from a row: some of them, where they are many.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown row.
    pub async fn places_of_case(&self, row: &RowAddress) -> Result<Vec<CasePlace>> {
        #[derive(FromQueryResult)]
        struct Place {
            dataset: String,
            name: String,
        }
        self.require(Action::Read)?;
        let snapshot = self.store.snapshot().await?;
        let (home, _) = find_span(&snapshot, row).await?;
        let id = case_id(home.kind, home.id.as_str(), row.id.as_str(), None);
        let text = format!(
            "SELECT o.id AS dataset, o.name FROM (SELECT id, name, key FROM objects WHERE project_id = ? AND kind = 'dataset' \
             AND deleted IS NULL ORDER BY key DESC LIMIT {LOOKED_AT}) o JOIN spans s ON s.project = ? AND s.object = o.key AND s.row_id = ? \
             WHERE s.arrived ORDER BY o.name, o.id LIMIT {MOST_PLACES}"
        );
        let found = all::<Place>(&snapshot, &text, values![home.project.as_str(), home.short(), id.as_str()]).await?;
        Ok(found
            .into_iter()
            .map(|place| CasePlace { dataset: ObjectId(place.dataset), name: place.name, row: RowId(id.clone()) })
            .collect())
    }

    /// The first of some rows.
    async fn first_rows(&self, home: &Home, rows: &JobRows) -> Result<Vec<Drawn>> {
        let keys: Vec<SpanKey> = match rows {
            JobRows::Picked(ids) => picked(self.store.readers(), home, ids.iter().take(PREVIEWED).cloned().collect()).await?,
            JobRows::Matching(filter) => {
                let filter = self.read_filter(filter)?;
                let view = self.search_view(&home.id).await?;
                let mut scan = RowScan::new(&view, filter.as_ref(), RowOrder::Time { oldest_first: false }, None).await?;
                let mut keys = Vec::new();
                while keys.len() < PREVIEWED {
                    let Some(found) = scan.next(PREVIEWED - keys.len()).await? else { break };
                    keys.extend(found.into_iter().map(|row| row.listed.root));
                }
                keys
            }
        };
        Ok(keys.into_iter().map(Drawn::from).collect())
    }

    /// How many of some rows are in a dataset.
    async fn there(&self, target: &Home, home: &Home, ids: impl Iterator<Item = &str>) -> Result<u64> {
        let ids: BTreeSet<String> = ids.map(|id| case_id(home.kind, home.id.as_str(), id, None)).collect();
        let ids: Vec<String> = ids.into_iter().collect();
        let count = count_cases(self.store.readers(), target, &ids).await?;
        u64::try_from(count).map_err(|_| Problem::not_found("dataset").into())
    }
}
