//! What became of the inputs of a page in each experiment.

use super::Compared;
use super::joined::{Joined, JoinedInput};
use crate::content::traces::{COLUMNS, ListedTrace, StoredTrace};
use crate::ground::database::{all, list, values};
use crate::ground::keys::{SpanKey, TraceKey, bound};
use crate::looking::found::{FoundSpan, Wanted, Which};
use crate::looking::view::View;
use crate::render::{self, compare, diff};
use crate::{Desk, Result};
use serde_json::value::RawValue;
use shared::comparison::{ComparedRow, ComparedSide, ScoreChange};
use shared::experiments::ScoreTrend;
use shared::summary::{ScoreKind, TraceScore};
use shared::texts::{DiffKind, DiffPart};
use std::collections::{BTreeMap, HashMap};

/// Rows of an input that are looked at to tell where its scores come from, the newest.
const MOST_TRIALS: usize = 8;

/// Characters of an output that are shown and compared.
const OUTPUT: usize = 1_500;

/// Characters of an input, and of what should have come out.
const INPUT: usize = 600;

/// Bytes of content that are read of each experiment. Rows beyond that say what lists say of them.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// What is read of an experiment for a page.
#[derive(Default)]
struct SideOfPage {
    traces: HashMap<TraceKey, ListedTrace>,
    texts: HashMap<SpanKey, Texts>,
}

/// What the root of a row says.
#[derive(Default)]
struct Texts {
    input: String,
    expected: String,
    output: String,
    /// Whether the output is an error.
    is_error: bool,
    /// Whether the output goes on.
    cut: bool,
}

impl Desk {
    /// The rows of a page: inputs by their index.
    pub(super) async fn rows_of_page(&self, compared: &Compared, joined: &Joined, page: &[usize]) -> Result<Vec<ComparedRow>> {
        let inputs: Vec<&JoinedInput> = page.iter().filter_map(|index| joined.inputs.get(*index)).collect();
        let mut sides = Vec::new();
        for (side, (object, measured)) in compared.each().enumerate() {
            let trials = inputs.iter().flat_map(|input| input.rows(side).iter().take(MOST_TRIALS));
            let keys: Vec<TraceKey> = trials.filter_map(|index| measured.rows.get(*index)).map(|row| row.key).collect();
            let roots: Vec<SpanKey> = inputs.iter().filter_map(|input| input.newest(side, measured)).map(|row| row.root).collect();
            let page = match keys.is_empty() {
                true => SideOfPage::default(),
                false => read(&self.view(&object.id).await?, &keys, &roots).await?,
            };
            sides.push(page);
        }
        let rows: Vec<ComparedRow> = inputs.iter().filter_map(|input| compared.row(input, &mut sides)).collect();
        // Comparing words takes its time, so it is done elsewhere.
        compare::aside(move || rows.into_iter().map(with_words).collect()).await
    }
}

/// Reads some traces of an experiment, and the content of some of their roots.
async fn read(view: &View, keys: &[TraceKey], roots: &[SpanKey]) -> Result<SideOfPage> {
    let text = format!("SELECT {COLUMNS} FROM traces WHERE project = ? AND key IN ({})", list(keys.len()));
    let stored = all::<StoredTrace>(&view.snapshot, &text, bound(keys)).await?;
    let mut traces = stored.into_iter().map(StoredTrace::listed).collect::<Result<Vec<_>>>()?;
    view.sight.traces(&view.snapshot, traces.iter_mut()).await?;
    let wanted = Wanted::columns(["input", "output", "expected", "error"]);
    let (mut texts, mut bytes, mut left) = (HashMap::new(), 0, roots.to_vec());
    while !left.is_empty() && bytes < MOST_BYTES {
        let condition = format!("s.object = ? AND s.key IN ({})", list(left.len()));
        let bound = values![view.home.key].into_iter().chain(left.iter().map(|key| (*key).into())).collect();
        let read = view.read(&Which { condition, bound, order: "ORDER BY s.key".to_owned(), waiting: false }, &wanted, None).await?;
        bytes += read.bytes;
        texts.extend(read.spans.iter().map(|span| (span.key(), texts_of(span))));
        left.retain(|key| !texts.contains_key(key));
        if !read.cut {
            break;
        }
    }
    Ok(SideOfPage { traces: traces.into_iter().map(|listed| (listed.key(), listed)).collect(), texts })
}

fn texts_of(span: &FoundSpan) -> Texts {
    let raw = |name: &str| span.content().get(name).map(AsRef::as_ref).filter(|raw: &&RawValue| raw.get() != "null");
    let text = |name: &str, characters| raw(name).map(|raw| render::excerpt_of(raw.get(), characters));
    let (output, error) = (text("output", OUTPUT), text("error", OUTPUT));
    let is_error = output.is_none() && error.is_some();
    let (output, cut) = output.or(error).unwrap_or_default();
    let short = |name: &str| text(name, INPUT).map(|(text, cut)| if cut { text + "…" } else { text }).unwrap_or_default();
    Texts { input: short("input"), expected: short("expected"), output, is_error, cut }
}

impl Compared {
    /// One input, with outputs that are not compared yet.
    fn row(&self, input: &JoinedInput, page: &mut [SideOfPage]) -> Option<ComparedRow> {
        let mut row = ComparedRow { place: self.place(input)?, input: String::new(), expected: String::new(), sides: Vec::new() };
        for (side, page) in page.iter_mut().enumerate() {
            let Some(mut texts) = self.texts(input, side, page) else {
                row.sides.push(None);
                continue;
            };
            for (said, known) in [(&mut texts.input, &mut row.input), (&mut texts.expected, &mut row.expected)] {
                if known.is_empty() {
                    *known = std::mem::take(said);
                }
            }
            row.sides.push(self.side(input, side, page, texts));
        }
        Some(row)
    }

    /// What the newest row of an input says; none where it is missing.
    fn texts(&self, input: &JoinedInput, side: usize, page: &mut SideOfPage) -> Option<Texts> {
        let newest = input.newest(side, self.measured.get(side)?)?;
        page.texts.remove(&newest.root).or_else(|| {
            // It is too large to be read here.
            let listed = page.traces.get(&newest.key)?;
            let (input, output) = (listed.row.input.clone(), listed.row.output.clone());
            Some(Texts { input, output, cut: true, ..Texts::default() })
        })
    }

    fn side(&self, input: &JoinedInput, side: usize, page: &SideOfPage, texts: Texts) -> Option<ComparedSide> {
        let measured = self.measured.get(side)?;
        let listed = page.traces.get(&input.newest(side, measured)?.key)?;
        let trials = input.rows(side).iter().take(MOST_TRIALS).filter_map(|index| page.traces.get(&measured.rows.get(*index)?.key));
        let trials: Vec<&ListedTrace> = trials.collect();
        let (mut scores, mut changes) = (BTreeMap::new(), BTreeMap::new());
        for (name, values) in &measured.scores {
            let Some(value) = values.of_input(&input.input) else { continue };
            let known: Vec<&TraceScore> = trials.iter().filter_map(|trial| trial.row.scores.get(name)).collect();
            let kind = ScoreKind::first_of(known.iter().map(|score| score.kind));
            let spread = known.iter().filter_map(|score| score.spread).reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
            scores.insert(name.clone(), TraceScore { value, kind, spread });
            if let Some(difference) = self.difference(input, name, side) {
                changes.insert(name.clone(), ScoreChange { difference, change: ScoreTrend::of(difference, self.higher_is_better(name)) });
            }
        }
        let mean = |name: &str| measured.metrics.get(name).and_then(|values| values.of_input(&input.input));
        Some(ComparedSide {
            root_span_id: listed.row.root_span_id.clone(),
            trials: input.rows(side).len() as u64,
            failed: input.has_failed(side, measured),
            output: vec![DiffPart { kind: DiffKind::Same, text: texts.output }],
            is_error: texts.is_error,
            cut: texts.cut,
            scores,
            changes,
            duration: mean("duration").map(|seconds| (seconds * 1e6).round() as i64),
            tokens: mean("tokens").map(|tokens| tokens.round() as i64),
            cost: mean("estimated_cost").map(|dollars| (dollars * 1e9).round() as i64),
        })
    }
}

/// The row with the words by which outputs differ from that of the base.
fn with_words(mut row: ComparedRow) -> ComparedRow {
    let mut sides = row.sides.iter_mut();
    let Some(Some(base)) = sides.next().filter(|base| base.as_ref().is_some_and(|base| !base.is_error)) else { return row };
    let base = text_of(base);
    for side in sides.flatten().filter(|side| !side.is_error) {
        side.output = diff::words(&base, &text_of(side));
    }
    row
}

fn text_of(side: &ComparedSide) -> String {
    side.output.iter().map(|part| part.text.as_str()).collect()
}
