//! The tree of a trace, read as a whole and handed out in parts.

use crate::content::scores;
use crate::ground::database::{all, one, values};
use crate::ground::keys::{SpanKey, TraceKey, bound};
use crate::looking::sight::{Seen, Sight};
use crate::writing::events;
use crate::{Desk, Result};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::permissions::Action;
use shared::spans::{NODE_SCORES, ReadTree, SpanNode, TREE_PART, TreePart, total};
use shared::summary::Nano;
use shared::{Micros, Problem, RowId};
use std::collections::{HashMap, HashSet};

/// A span as it hangs in the tree.
#[derive(Clone, FromQueryResult)]
pub(super) struct Node {
    pub(super) key: SpanKey,
    pub(super) row_id: String,
    pub(super) span_id: String,
    parent_span_id: Option<String>,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) created: Micros,
    started: Option<Micros>,
    ended: Option<Micros>,
    tokens: Option<i64>,
    cost: Option<i64>,
    error: bool,
}

impl Node {
    /// From its start to its end.
    pub(super) fn duration(&self) -> Option<Micros> {
        Some(self.ended?.saturating_sub(self.started?))
    }

    /// When it began, or came.
    pub(super) fn began(&self) -> Micros {
        self.started.unwrap_or(self.created)
    }

    /// When it ended; when it began where that is not known.
    pub(super) fn finished(&self) -> Micros {
        self.ended.unwrap_or_else(|| self.began())
    }
}

/// The tree of a trace, as somebody sees it.
pub(super) struct Tree<'a> {
    nodes: Vec<Node>,
    /// Places in `nodes` with the depth there, in the order in which the tree is drawn.
    order: Vec<(usize, u32)>,
    /// What may be seen of its spans.
    pub(super) seen: Seen<'a>,
}

impl<'a> Tree<'a> {
    /// Reads the tree of a trace as far as it may be seen: of a span that is hidden, where it hangs.
    pub(super) async fn of(connection: &impl ConnectionTrait, sight: &'a Sight, trace: TraceKey) -> Result<Self> {
        let text = "SELECT key, row_id, span_id, parent_span_id, name, kind, created, started, ended, tokens, cost, error FROM spans \
                    WHERE project = ? AND trace = ? ORDER BY created, key";
        let mut nodes = all::<Node>(connection, text, bound(&[trace])).await?;
        let seen = sight.of_traces(connection, &[trace]).await?;
        for node in nodes.iter_mut().filter(|node| seen.hides(node.key)) {
            (node.started, node.ended, node.tokens, node.cost, node.error) = (None, None, None, None, false);
        }
        let order = order(&nodes);
        Ok(Self { nodes, order, seen })
    }

    /// The span that is asked for, else the one of that row.
    pub(super) fn open(&self, span: Option<&str>, row: &RowId) -> Option<&Node> {
        let wanted = span.and_then(|id| self.nodes.iter().find(|node| node.span_id == id));
        wanted.or_else(|| self.nodes.iter().find(|node| node.row_id == row.0))
    }

    /// The spans in the order in which the tree is drawn.
    pub(super) fn spans(&self) -> impl Iterator<Item = &Node> {
        self.order.iter().filter_map(|(place, _)| self.nodes.get(*place))
    }

    /// The same, each with its depth.
    pub(super) fn spans_with_depth(&self) -> impl Iterator<Item = (&Node, u32)> {
        self.order.iter().filter_map(|(place, depth)| Some((self.nodes.get(*place)?, *depth)))
    }

    /// The keys of the spans below one.
    pub(super) fn below(&self, span: &Node) -> HashSet<SpanKey> {
        let at = |(place, _): &(usize, u32)| self.nodes.get(*place);
        let here = self.order.iter().position(|place| at(place).is_some_and(|node| node.key == span.key));
        let Some((_, depth)) = here.and_then(|here| self.order.get(here)) else { return HashSet::new() };
        let after = self.order.iter().skip(here.map_or(0, |here| here + 1));
        after.take_while(|(_, below)| below > depth).filter_map(|place| Some(at(place)?.key)).collect()
    }

    /// The part with a span in its middle, where there is more above and below.
    pub(super) async fn around(&self, connection: &impl ConnectionTrait, span: &Node, as_of: i64) -> Result<TreePart> {
        let part = TREE_PART as usize;
        let place = self.order.iter().position(|(place, _)| self.nodes.get(*place).is_some_and(|node| node.key == span.key)).unwrap_or(0);
        self.part(connection, place.saturating_sub(part / 2).min(self.order.len().saturating_sub(part)), as_of).await
    }

    /// The part that begins at a place.
    async fn part(&self, connection: &impl ConnectionTrait, first: usize, as_of: i64) -> Result<TreePart> {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let start = self.nodes.iter().filter_map(|node| node.started).min();
        let after_start = |time: Option<Micros>| Some(time?.saturating_sub(start?));
        let mut reported = self.reported(connection, first).await?;
        let spans = self.order.iter().skip(first).take(TREE_PART as usize).filter_map(|(place, depth)| {
            let node = self.nodes.get(*place)?;
            Some(SpanNode {
                span_id: node.span_id.clone(),
                name: node.name.clone(),
                kind: node.kind.clone(),
                depth: *depth,
                error: node.error,
                offset: after_start(node.started),
                duration: node.duration(),
                tokens: node.tokens,
                cost: node.cost,
                scores: reported.remove(&node.key).unwrap_or_default(),
            })
        });
        let spans = spans.collect();
        let ends = self.nodes.iter().filter(|node| node.started.is_some()).map(|node| node.ended);
        Ok(TreePart {
            first: number(first),
            spans,
            total: number(self.order.len()),
            duration: ends.filter_map(after_start).max().unwrap_or(0),
            errors: number(self.nodes.iter().filter(|node| node.error).count()),
            tokens: self.total(|node| node.tokens),
            cost: self.total(|node| node.cost),
            as_of,
        })
    }

    fn total(&self, number: fn(&Node) -> Option<i64>) -> Option<i64> {
        total(self.nodes.iter().map(|node| (node.span_id.as_str(), node.parent_span_id.as_deref(), number(node))))
    }

    /// The scores that were reported of the spans of a part, by the keys of the spans.
    async fn reported(&self, connection: &impl ConnectionTrait, first: usize) -> Result<HashMap<SpanKey, Vec<(String, f64)>>> {
        let keys: Vec<SpanKey> = self.spans().skip(first).take(TREE_PART as usize).map(|node| node.key).collect();
        let mut scores = scores::of_spans(connection, &keys).await?;
        self.seen.scores(&mut scores);
        let mut reported: HashMap<SpanKey, Vec<(String, f64)>> = HashMap::new();
        for score in scores {
            let known = reported.entry(score.span).or_default();
            if let Some(value) = score.reported.filter(|_| known.len() < NODE_SCORES) {
                known.push((score.name, Nano(value).score()));
            }
        }
        Ok(reported)
    }
}

impl Desk {
    /// A part of the tree of a trace.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such trace.
    pub async fn read_tree(&self, query: ReadTree) -> Result<TreePart> {
        #[derive(FromQueryResult)]
        struct Trace {
            key: TraceKey,
        }
        self.require(Action::Read)?;
        let home = self.find_object(&query.object).await?;
        let snapshot = self.store.snapshot().await?;
        let as_of = events::head(&snapshot, &home.project).await?;
        let text = "SELECT key FROM traces WHERE project = ? AND object = ? AND root_span_id = ?";
        let trace = one::<Trace>(&snapshot, text, values![home.short(), home.key, query.root_span_id.as_str()]).await?;
        let trace = trace.ok_or_else(|| Problem::not_found("trace"))?;
        let sight = Sight::of(&snapshot, &self.actor, &home).await?;
        Tree::of(&snapshot, &sight, trace.key).await?.part(&snapshot, query.first as usize, as_of).await
    }
}

/// Parents before children, in order of their start. A span whose parent is not here stands at the top.
fn order(nodes: &[Node]) -> Vec<(usize, u32)> {
    let known: HashSet<&str> = nodes.iter().map(|node| node.span_id.as_str()).collect();
    let mut children: HashMap<Option<&str>, Vec<(usize, &Node)>> = HashMap::new();
    for (place, node) in nodes.iter().enumerate() {
        let parent = node.parent_span_id.as_deref().filter(|parent| known.contains(parent) && *parent != node.span_id);
        children.entry(parent).or_default().push((place, node));
    }
    for siblings in children.values_mut() {
        siblings.sort_by_key(|(_, node)| (node.started.unwrap_or(node.created), node.key));
    }
    let mut placed = HashSet::new();
    let mut order = Vec::with_capacity(nodes.len());
    let mut stack = Vec::new();
    // Spans that are each other's parents hang on nothing at the top; they begin a tree of their own afterwards.
    let tops: Vec<_> = children.get(&None).into_iter().flatten().copied().chain(nodes.iter().enumerate()).collect();
    for top in tops {
        stack.push((top, 0));
        while let Some(((place, node), depth)) = stack.pop() {
            if placed.insert(node.key) {
                order.push((place, depth));
                let below = children.get(&Some(node.span_id.as_str()));
                stack.extend(below.into_iter().flatten().rev().map(|child| (*child, depth + 1)));
            }
        }
    }
    order
}
