//! Where in a trace somebody said something, in short.

use super::tree::{Node, Tree};
use crate::Result;
use crate::content::scores;
use crate::ground::database::{all, values};
use crate::ground::keys::{SpanKey, TraceKey};
use crate::looking::view::View;
use sea_orm::FromQueryResult;
use shared::spans::{NODE_SCORES, SpanMark};
use std::collections::HashMap;

/// Marks in one trace at most: the first in the order of the tree.
const MOST: usize = 200;

/// The spans about which somebody said something, as far as who looks may see it, in the order of the tree.
pub(super) async fn of(looking: &View, tree: &Tree<'_>, trace: TraceKey) -> Result<Vec<SpanMark>> {
    #[derive(FromQueryResult)]
    struct Given {
        span: SpanKey,
        question_id: String,
        person_id: String,
    }
    let View { snapshot, home, actor, .. } = looking;
    let text = "SELECT a.span, a.question_id, a.person_id FROM spans s JOIN answers a ON a.project = s.project AND a.span = s.key \
                WHERE s.project = ? AND s.trace = ?";
    let mut answers: HashMap<SpanKey, (u32, u32)> = HashMap::new();
    for Given { span, question_id, person_id } in all::<Given>(snapshot, text, values![home.short(), trace]).await? {
        if tree.seen.answer(span, &question_id) {
            let (own, others) = answers.entry(span).or_default();
            *(if person_id == actor.person.id.as_str() { own } else { others }) += 1;
        }
    }
    if answers.is_empty() {
        return Ok(Vec::new());
    }
    let marked: Vec<_> = tree.spans().filter(|node| answers.contains_key(&node.key)).take(MOST).collect();
    let keys: Vec<SpanKey> = marked.iter().map(|node| node.key).collect();
    let mut scores = scores::of_spans(snapshot, &keys).await?;
    tree.seen.scores(&mut scores);
    let mark = |node: &&Node| {
        let (own, others) = answers.get(&node.key).copied().unwrap_or_default();
        let of_span = scores.iter().filter(|score| score.span == node.key);
        let scores = of_span.filter_map(|score| Some((score.name.clone(), score.view()?))).take(NODE_SCORES).collect();
        SpanMark { span_id: node.span_id.clone(), name: node.name.clone(), own, others, scores }
    };
    Ok(marked.iter().map(mark).collect())
}
