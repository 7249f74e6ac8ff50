//! What scorers said of a span: the scores of the spans below it, with their reasons.

use super::tree::{Node, Tree};
use crate::content::judgement::Field;
use crate::content::scores;
use crate::ground::body;
use crate::ground::database::{all, list, values};
use crate::ground::keys::{SpanKey, TraceKey, bound};
use crate::{Result, render};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::said::ScoreBelow;
use std::collections::HashMap;

/// Scores that are told at most.
const MOST: usize = 50;

/// Scores of a trace that are read to find them.
const LOOKED_AT: usize = 1_000;

/// Rows that are larger are not read for their reasons, in bytes.
const LARGEST: i64 = 64 * 1024;

/// Characters of a reason that are told.
const REASON: usize = 1_000;

/// The scores of the spans below a span that may be seen, in the order of the tree.
pub(super) async fn scores_below(
    connection: &impl ConnectionTrait,
    tree: &Tree<'_>,
    trace: TraceKey,
    span: &Node,
) -> Result<Vec<ScoreBelow>> {
    let below = tree.below(span);
    if below.is_empty() {
        return Ok(Vec::new());
    }
    let mut stored = scores::some_of_trace(connection, trace, LOOKED_AT).await?;
    stored.retain(|score| below.contains(&score.span) && score.value.is_some());
    tree.seen.scores(&mut stored);
    if stored.is_empty() {
        return Ok(Vec::new());
    }
    let mut of_spans: HashMap<SpanKey, Vec<_>> = HashMap::new();
    for score in stored {
        of_spans.entry(score.span).or_default().push(score);
    }
    let spans = tree.spans().filter_map(|node| Some((node, of_spans.remove(&node.key)?)));
    let told = spans.flat_map(|(node, scores)| scores.into_iter().map(move |score| (node, score))).take(MOST);
    let told: Vec<_> = told.filter_map(|(node, score)| Some((node, score.view()?, score.name))).collect();
    let readable: Vec<SpanKey> = told.iter().map(|(node, ..)| node.key).filter(|span| tree.seen.field(*span, Field::Metadata)).collect();
    let mut reasons = reasons(connection, &readable).await?;
    let below = told.into_iter().map(|(node, score, name)| ScoreBelow {
        name,
        score,
        span_id: node.span_id.clone(),
        span_name: node.name.clone(),
        // Of several scores of one span it is told at the first.
        reason: reasons.remove(&node.key).unwrap_or_default(),
    });
    Ok(below.collect())
}

/// What stands at `metadata.rationale`, where scorers say why.
async fn reasons(connection: &impl ConnectionTrait, spans: &[SpanKey]) -> Result<HashMap<SpanKey, String>> {
    #[derive(FromQueryResult)]
    struct Row {
        span: SpanKey,
        body: String,
    }
    if spans.is_empty() {
        return Ok(HashMap::new());
    }
    let text = format!(
        "SELECT span, body FROM span_payloads WHERE project = ? AND span IN ({}) AND LENGTH(body) <= ? AND body LIKE '%\"rationale\"%'",
        list(spans.len())
    );
    let rows = all::<Row>(connection, &text, bound(spans).into_iter().chain(values![LARGEST]).collect()).await?;
    let reason = |row: Row| {
        let content = body::object(&row.body)?;
        let metadata = body::object(content.get("metadata")?.get())?;
        let reason = metadata.get("rationale").filter(|reason| !body::is_null(reason))?;
        Some((row.span, render::preview(reason.get(), REASON)))
    };
    Ok(rows.into_iter().filter_map(reason).collect())
}
