//! Some rows of traces while their spans are looked at, one after the other: of one trace at a time, something is kept.

use crate::Result;
use crate::ground::keys::{SpanKey, TraceKey};
use crate::looking::found::FoundSpan;
use crate::looking::trace_row::{Gathered, TraceRowFields};
use crate::looking::trace_rows::{FoundRow, ValuesAs};
use crate::render;
use indexmap::IndexMap;
use serde_json::value::RawValue;
use shared::Problem;
use shared::filter::{Compiled, TraceTest};
use std::sync::Arc;

/// Bytes of the spans that say something for the row of one trace.
const MOST_GATHERED: u64 = 64 * 1024 * 1024;

/// Characters of a value in a row.
const PREVIEW: usize = 240;

/// Bytes of a list at most whose items are told one by one.
const SHORT: usize = 4_096;

/// What a value looks like in a row: of a short list its items, and nothing where there is nothing.
fn shown(json: &str) -> String {
    if json == "null" {
        return String::new();
    }
    let items = if json.starts_with('[') && json.len() <= SHORT { serde_json::from_str::<Vec<&RawValue>>(json).ok() } else { None };
    match items {
        Some(items) if items.iter().all(|item| !item.get().starts_with(['[', '{'])) => {
            let items: Vec<_> = items.iter().map(|item| render::preview(item.get(), PREVIEW)).collect();
            items.join(", ").chars().take(PREVIEW).collect()
        }
        _ => render::preview(json, PREVIEW),
    }
}

/// Rows of which it is not known yet whether they match.
pub(super) struct Deciding {
    filter: Arc<Compiled>,
    /// Where all rows stay, and are told what the expressions come to: how.
    of_values: Option<ValuesAs>,
    rows: IndexMap<TraceKey, Candidate>,
    /// The trace whose spans come, and what they said.
    current: Option<(TraceKey, Gathered)>,
}

struct Candidate {
    row: FoundRow,
    test: TraceTest,
    decided: bool,
}

impl Deciding {
    pub(super) fn new(filter: Arc<Compiled>, rows: Vec<FoundRow>) -> Self {
        let candidate = |row: FoundRow| (row.listed.key(), Candidate { row, test: filter.trace_test(), decided: false });
        let rows = rows.into_iter().map(candidate).collect();
        Self { filter, of_values: None, rows, current: None }
    }

    /// Rows of which it is not known yet what some expressions come to.
    pub(super) fn values(columns: Arc<Compiled>, rows: Vec<FoundRow>, told_as: ValuesAs) -> Self {
        Self { of_values: Some(told_as), ..Self::new(columns, rows) }
    }

    pub(super) fn filter(&self) -> &Compiled {
        &self.filter
    }

    pub(super) fn traces(&self) -> impl Iterator<Item = TraceKey> {
        self.rows.keys().copied()
    }

    pub(super) fn roots(&self) -> Vec<SpanKey> {
        self.rows.values().map(|candidate| candidate.row.listed.root).collect()
    }

    /// Looks at spans of the traces, for what `any_span(…)` asks.
    pub(super) fn at_spans(mut self, spans: Vec<FoundSpan>) -> Result<Self> {
        for span in &spans {
            if let Some(candidate) = self.rows.get_mut(&span.trace()) {
                self.filter.look(&mut candidate.test, span);
            }
        }
        Ok(self)
    }

    /// All spans were looked at.
    pub(super) fn end_round(&mut self) {
        self.rows.values_mut().for_each(|candidate| self.filter.end_round(&mut candidate.test));
    }

    /// Takes what spans of the traces say for the rows, and looks at the row of each trace whose spans have all come.
    pub(super) fn at_rows(mut self, spans: Vec<FoundSpan>) -> Result<Self> {
        for span in spans {
            let trace = span.trace();
            if self.current.as_ref().is_some_and(|(current, _)| *current != trace) {
                self.decide_current();
            }
            let Some(candidate) = self.rows.get(&trace).filter(|candidate| !candidate.decided) else { continue };
            let (_, gathered) = self.current.get_or_insert_with(|| (trace, Gathered::of(&self.filter)));
            gathered.add(span, candidate.row.listed.root)?;
            if gathered.bytes > MOST_GATHERED && self.of_values.is_some() {
                // Its values are not told.
                self.current = None;
                self.rows.entry(trace).and_modify(|candidate| candidate.decided = true);
                continue;
            }
            if gathered.bytes > MOST_GATHERED {
                let reason = format!(
                    "The spans of trace {} say too much to be looked at together. Ask for one of them with any_span(…).",
                    candidate.row.listed.row.root_span_id
                );
                return Err(Problem::invalid("filter", reason).into());
            }
        }
        Ok(self)
    }

    fn decide_current(&mut self) {
        if let Some((trace, gathered)) = self.current.take()
            && let Some(candidate) = self.rows.get_mut(&trace)
        {
            candidate.decide(&self.filter, &gathered, self.of_values);
        }
    }

    /// The rows that match, in their order.
    pub(super) fn finish(mut self) -> Vec<FoundRow> {
        self.decide_current();
        let nothing = Gathered::default();
        for candidate in self.rows.values_mut().filter(|candidate| !candidate.decided) {
            candidate.decide(&self.filter, &nothing, self.of_values);
        }
        let of_values = self.of_values;
        self.rows.into_values().filter(|candidate| of_values.is_some() || candidate.test.holds()).map(|candidate| candidate.row).collect()
    }
}

impl Candidate {
    fn decide(&mut self, filter: &Compiled, gathered: &Gathered, of_values: Option<ValuesAs>) {
        let fields = TraceRowFields { listed: &self.row.listed, gathered };
        if let Some(told_as) = of_values {
            let texts = filter.texts_of_row(&self.test, &fields).unwrap_or_default();
            let told = |text: &str| if told_as == ValuesAs::Json { text.to_owned() } else { shown(text) };
            self.row.listed.row.values = texts.iter().map(|text| told(text.get())).collect();
        } else {
            filter.look(&mut self.test, &fields);
        }
        self.decided = true;
    }
}
