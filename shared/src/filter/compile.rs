//! The third stage of the language: an expression made ready for many rows. What does not depend on a row is computed once
//! (dates, patterns, words, functions of constants), and every column that is needed is known and read once for each row.

mod cost;
mod parts;

use super::decimal::Decimal;
use super::evaluate::{Computed, Context, Evaluator, Pattern, Reading};
use super::function::Function;
use super::standing;
use super::syntax::{BinaryOperator, Expression, Kind, Step};
use super::time::{Length, parse_instant};
use super::words::tokens;
use super::{Fields, Nothing};
use indexmap::IndexSet;
pub(super) use parts::Each;
use serde_json::value::RawValue;
use serde_json::{Number, Value};
use std::borrow::Cow;
use std::collections::HashSet;

/// The columns that `search` looks through.
pub const SEARCHED: [&str; 7] = ["input", "output", "expected", "error", "metadata", "tags", "comments"];

/// Expressions that are ready to be evaluated, at one time of asking.
#[derive(Debug)]
pub struct Compiled {
    pub(super) roots: Vec<Node>,
    /// The arguments of `any_span(…)`, inner ones before those around them, with how many stand inside each.
    pub(super) any_spans: Vec<(Node, usize)>,
    pub(super) needs: Needs,
    context: Context,
}

/// What is read of a row.
#[derive(Debug, Default)]
pub(super) struct Needs {
    /// Columns by name.
    pub(super) columns: IndexSet<String>,
    /// Places in columns: the column's number and the path inside it.
    pub(super) places: IndexSet<(usize, Vec<Step>)>,
}

impl Needs {
    fn place(&mut self, column: &str, rest: &[Step]) -> usize {
        let column = match self.columns.get_index_of(column) {
            Some(known) => known,
            None => self.columns.insert_full(column.to_owned()).0,
        };
        self.places.insert_full((column, rest.to_vec())).0
    }
}

/// An expression in which functions, literals and columns are resolved.
#[derive(Debug)]
pub(super) enum Node {
    Constant(Computed<'static>),
    /// A number that no machine number holds, and the nearest of those.
    Decimal(Decimal, Value),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
    /// The number of a place of [`Needs`], and how its column is read.
    Place(usize, ColumnReading),
    Member(Box<Node>, Vec<Step>),
    Negate(Box<Node>),
    Not(Box<Node>),
    IsNull(Box<Node>),
    IsNotNull(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Compare(BinaryOperator, Box<Compared>),
    /// A text of one form: the form is known beforehand.
    Like(Box<Node>, Pattern),
    /// The same where the form is computed.
    LikeComputed(Box<Node>, Box<Node>, bool),
    /// Words that must all be there.
    Match(Box<Node>, Vec<String>),
    MatchComputed(Box<Node>, Box<Node>),
    Includes(Box<Node>, Box<Node>),
    Arithmetic(BinaryOperator, Box<Node>, Box<Node>),
    /// The parts of each item of a list.
    Each(Box<Each>),
    /// Each item is compared with the operand.
    In(Box<Node>, Vec<Listed>),
    InTexts(Box<Node>, HashSet<String>),
    InComputed(Box<Node>, Box<Node>),
    Between(Box<Node>, Box<Listed>, Box<Listed>),
    Conditional(Box<Node>, Box<Node>, Box<Node>),
    Call(Function, Vec<Node>),
    /// Words that are looked for in several places.
    Search(Box<Node>, Vec<usize>),
    /// What any span of the trace satisfies; for a row alone, this row. The number is one of [`Compiled::any_spans`].
    AnySpan(usize),
}

/// How a whole column is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnReading {
    AsItIs,
    /// An instant.
    Time,
    /// An empty list is a missing one.
    List,
}

/// Two sides of a comparison. A number written in the expression also compares with a stored text that reads as a number.
#[derive(Debug)]
pub(super) struct Compared {
    pub(super) left: Node,
    pub(super) right: Node,
    pub(super) number_on_left: bool,
    pub(super) number_on_right: bool,
}

/// One of several sides that are compared with the same operand, which stands left.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) node: Node,
    pub(super) number_on_left: bool,
    pub(super) number_on_right: bool,
}

impl Compiled {
    /// Makes an expression ready.
    pub fn new(expression: &Expression, context: Context) -> Self {
        Self::of_all([expression], context)
    }

    /// Makes several ready, which share what they read of a row.
    pub fn of_all<'tree>(expressions: impl IntoIterator<Item = &'tree Expression>, context: Context) -> Self {
        Self::made(expressions, false, context)
    }

    /// Makes ready what is asked of the row of a trace, in which `error` and `review` are lists of what all its spans say: a condition on
    /// them is true where it is true of any. Inside `any_span(…)` they are those of one span.
    pub fn of_trace_row(expression: &Expression, context: Context) -> Self {
        Self::made([expression], true, context)
    }

    /// The same for several, which share what they read.
    pub fn all_of_trace_row<'tree>(expressions: impl IntoIterator<Item = &'tree Expression>, context: Context) -> Self {
        Self::made(expressions, true, context)
    }

    fn made<'tree>(expressions: impl IntoIterator<Item = &'tree Expression>, of_trace: bool, context: Context) -> Self {
        let mut compiler = Compiler { needs: Needs::default(), any_spans: Vec::new(), of_trace, context };
        let roots = expressions.into_iter().map(|expression| compiler.node(expression)).collect();
        Self { roots, any_spans: compiler.any_spans, needs: compiler.needs, context }
    }

    /// The columns that are read.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.needs.columns.iter().map(String::as_str)
    }

    /// Whether something of a column is read that stands there under a key.
    pub fn reads(&self, column: &str, key: &str) -> bool {
        let is_column = |place: usize| self.needs.columns.get_index(place).is_some_and(|name| name == column);
        self.needs.places.iter().any(|(place, rest)| is_column(*place) && rest.first().and_then(Step::key) == Some(key))
    }

    /// Whether `any_span(…)` asks for several spans of a trace.
    pub fn asks_across_spans(&self) -> bool {
        !self.any_spans.is_empty()
    }

    /// How many places are read and compared: with the bytes of a row, what it costs to look at it.
    pub fn conditions(&self) -> u64 {
        self.roots.iter().chain(self.any_spans.iter().map(|(node, _)| node)).map(Node::conditions).sum()
    }

    /// Whether a row is selected: the first expression is true, neither false nor null.
    pub fn holds(&self, row: &dyn Fields) -> bool {
        let reading = Reading::new(row, &self.needs);
        self.roots.first().is_some_and(|root| self.evaluator(&reading, &[]).truth(root) == Some(true))
    }

    /// The values of all expressions for a row; null where one is unknown.
    pub fn values(&self, row: &dyn Fields) -> Vec<Value> {
        let reading = Reading::new(row, &self.needs);
        let evaluator = self.evaluator(&reading, &[]);
        self.roots.iter().map(|root| evaluator.compute(root).into_value()).collect()
    }

    /// The same as JSON: what stands in the row comes as the text that is stored.
    ///
    /// # Errors
    /// Never: what is computed can be written.
    pub fn texts(&self, row: &dyn Fields) -> Result<Vec<Box<RawValue>>, serde_json::Error> {
        let reading = Reading::new(row, &self.needs);
        let evaluator = self.evaluator(&reading, &[]);
        self.roots.iter().map(|root| evaluator.text(root)).collect()
    }

    /// Hands each expression on its way to what wants its value, in their order.
    pub(super) fn for_each(&self, row: &dyn Fields, take: &mut dyn for<'row> FnMut(usize, &Evaluator<'row>, &'row Node)) {
        let reading = Reading::new(row, &self.needs);
        let evaluator = self.evaluator(&reading, &[]);
        self.roots.iter().enumerate().for_each(|(place, root)| take(place, &evaluator, root));
    }

    pub(super) fn evaluator<'row>(&'row self, reading: &'row Reading<'row>, settled: &'row [bool]) -> Evaluator<'row> {
        Evaluator { reading, any_spans: &self.any_spans, settled, context: self.context }
    }
}

impl Node {
    /// The value, where it does not depend on a row.
    pub(super) fn constant(&self) -> Option<&Computed<'static>> {
        match self {
            Self::Constant(value) => Some(value),
            _ => None,
        }
    }
}

impl Compared {
    fn is_constant(&self) -> bool {
        self.left.constant().is_some() && self.right.constant().is_some()
    }
}

struct Compiler {
    needs: Needs,
    any_spans: Vec<(Node, usize)>,
    /// Whether rows are those of traces.
    of_trace: bool,
    context: Context,
}

impl Compiler {
    fn node(&mut self, expression: &Expression) -> Node {
        let (node, constant) = self.shape(expression);
        if !constant || matches!(node, Node::Constant(_)) {
            return node;
        }
        let needs = Needs::default();
        let reading = Reading::new(&Nothing, &needs);
        let evaluator = Evaluator { reading: &reading, any_spans: &[], settled: &[], context: self.context };
        Node::Constant(evaluator.compute(&node).into_owned())
    }

    fn boxed(&mut self, expression: &Expression) -> Box<Node> {
        Box::new(self.node(expression))
    }

    /// The node, and whether all it is made of is constant.
    fn shape(&mut self, expression: &Expression) -> (Node, bool) {
        let all = |nodes: &[Node]| nodes.iter().all(|node| node.constant().is_some());
        let one = |node: &Node| node.constant().is_some();
        let value = |value: Value| (Node::Constant(Computed::json(value)), true);
        match &expression.kind {
            Kind::Null => value(Value::Null),
            Kind::Boolean(boolean) => value(Value::Bool(*boolean)),
            Kind::Number(number) => value(Value::Number(number.clone())),
            Kind::Decimal(text) => {
                let near = text.parse().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number);
                match Decimal::parse(text) {
                    Some(decimal) => (Node::Decimal(decimal, near), false),
                    None => value(near),
                }
            }
            Kind::Text(text) => value(Value::String(text.clone())),
            Kind::Interval { count, unit } => (Node::Constant(Computed::Length(Length::of(*count, *unit))), true),
            Kind::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| self.node(item)).collect();
                let constant = all(&items);
                (Node::Array(items), constant)
            }
            Kind::Object(members) => {
                let members: Vec<_> = members.iter().map(|(key, member)| (key.clone(), self.node(member))).collect();
                let constant = members.iter().all(|(_, member)| one(member));
                (Node::Object(members), constant)
            }
            Kind::Path(path) => (self.path(path), false),
            Kind::Member { operand, steps } => {
                let operand = self.boxed(operand);
                let constant = one(&operand);
                (Node::Member(operand, steps.clone()), constant)
            }
            Kind::Negate(operand) => self.with(operand, Node::Negate),
            Kind::Not(operand) => self.with(operand, Node::Not),
            Kind::IsNull(operand) => self.with(operand, Node::IsNull),
            Kind::IsNotNull(operand) => self.with(operand, Node::IsNotNull),
            Kind::And(operands) => {
                let operands: Vec<_> = operands.iter().map(|operand| self.node(operand)).collect();
                let constant = all(&operands);
                (Node::And(operands), constant)
            }
            Kind::Or(operands) => {
                let operands: Vec<_> = operands.iter().map(|operand| self.node(operand)).collect();
                let constant = all(&operands);
                (Node::Or(operands), constant)
            }
            Kind::Binary { operator, left, right } => self.binary(*operator, left, right),
            Kind::In { operand, list } => self.list(operand, list),
            Kind::Between { operand, low, high } => {
                let node = self.boxed(operand);
                let (low, high) = (self.listed(operand, &node, low), self.listed(operand, &node, high));
                let constant = one(&node) && one(&low.node) && one(&high.node);
                (Node::Between(node, Box::new(low), Box::new(high)), constant)
            }
            Kind::Conditional { condition, then, otherwise } => {
                let (condition, then, otherwise) = (self.boxed(condition), self.boxed(then), self.boxed(otherwise));
                let constant = one(&condition) && one(&then) && one(&otherwise);
                (Node::Conditional(condition, then, otherwise), constant)
            }
            Kind::Call { name, arguments } => match Function::named(name) {
                Some(function) => self.call(function, arguments),
                None => value(Value::Null),
            },
        }
    }

    fn with(&mut self, operand: &Expression, node: fn(Box<Node>) -> Node) -> (Node, bool) {
        let operand = self.boxed(operand);
        let constant = operand.constant().is_some();
        (node(operand), constant)
    }

    fn path(&mut self, path: &[Step]) -> Node {
        let Some((Step::Key(column), rest)) = path.split_first() else { return Node::Constant(Computed::NULL) };
        let of_spans = if self.of_trace { parts::of_spans(column, rest).map(|parts| (Vec::new(), parts)) } else { None };
        if let Some((prefix, parts)) = of_spans.or_else(|| parts::of_each(column, rest)) {
            let place = self.needs.place(column, &prefix);
            return Node::Each(Box::new(Each { place, parts }));
        }
        if let Some(rest) = parts::of_answers(column, rest) {
            return Node::Place(self.needs.place(column, &rest), ColumnReading::List);
        }
        let reading = match (column.as_str(), rest.is_empty()) {
            ("created", true) => ColumnReading::Time,
            ("tags" | "comments", true) => ColumnReading::List,
            _ => ColumnReading::AsItIs,
        };
        Node::Place(self.needs.place(column, rest), reading)
    }

    fn compared(&mut self, left: &Expression, right: &Expression) -> Compared {
        let (number_on_left, number_on_right) = numbers(left, right);
        let (mut left, mut right) = (self.node(left), self.node(right));
        // A date is read once.
        if let (true, Some(instant)) = (is_time(&left), right.constant().and_then(Computed::instant)) {
            right = Node::Constant(Computed::Instant(instant));
        }
        if let (true, Some(instant)) = (is_time(&right), left.constant().and_then(Computed::instant)) {
            left = Node::Constant(Computed::Instant(instant));
        }
        Compared { left, right, number_on_left, number_on_right }
    }

    fn binary(&mut self, operator: BinaryOperator, left: &Expression, right: &Expression) -> (Node, bool) {
        use BinaryOperator as Operator;
        if operator.compares() {
            let (left, right) = (&*standing::in_our_words(left, right), &*standing::in_our_words(right, left));
            let compared = self.compared(left, right);
            let constant = compared.is_constant();
            return (Node::Compare(operator, Box::new(compared)), constant);
        }
        let (left, right) = (self.boxed(left), self.boxed(right));
        let constant = left.constant().is_some() && right.constant().is_some();
        let text = right.constant().and_then(Computed::as_json).cloned();
        let node = match (operator, text) {
            (Operator::Like | Operator::LikeIgnoringCase, Some(Value::String(pattern))) => {
                Node::Like(left, Pattern::new(&pattern, operator == Operator::LikeIgnoringCase))
            }
            (Operator::Like | Operator::LikeIgnoringCase, _) => Node::LikeComputed(left, right, operator == Operator::LikeIgnoringCase),
            (Operator::Match, Some(Value::String(words))) => Node::Match(left, tokens(&words).collect()),
            (Operator::Match, _) => Node::MatchComputed(left, right),
            (Operator::Includes, _) => Node::Includes(left, right),
            (operator, _) => Node::Arithmetic(operator, left, right),
        };
        (node, constant)
    }

    fn list(&mut self, operand: &Expression, list: &Expression) -> (Node, bool) {
        let list = &*standing::in_our_words(list, operand);
        let Kind::Array(items) = &list.kind else {
            let (operand, list) = (self.boxed(operand), self.boxed(list));
            let constant = operand.constant().is_some() && list.constant().is_some();
            return (Node::InComputed(operand, list), constant);
        };
        let node = self.boxed(operand);
        let texts: Option<HashSet<String>> = items.iter().map(|item| item.kind.text().map(str::to_owned)).collect();
        if let Some(texts) = texts
            && !matches!(*node, Node::Place(_, ColumnReading::Time) | Node::Each(_))
        {
            let constant = node.constant().is_some();
            return (Node::InTexts(node, texts), constant);
        }
        let items: Vec<_> = items.iter().map(|item| self.listed(operand, &node, item)).collect();
        let constant = node.constant().is_some() && items.iter().all(|item| item.node.constant().is_some());
        (Node::In(node, items), constant)
    }

    /// One of several sides that are compared with an operand, which is made ready once, however many they are.
    fn listed(&mut self, operand: &Expression, ready: &Node, item: &Expression) -> Listed {
        let (number_on_left, number_on_right) = numbers(operand, item);
        let mut node = self.node(item);
        if is_time(ready)
            && let Some(instant) = node.constant().and_then(Computed::instant)
        {
            node = Node::Constant(Computed::Instant(instant));
        }
        Listed { node, number_on_left, number_on_right }
    }

    fn call(&mut self, function: Function, arguments: &[Expression]) -> (Node, bool) {
        match function {
            Function::EstimatedCost => {
                let place = self.needs.place("metrics", &[Step::Key("estimated_cost".to_owned())]);
                (Node::Place(place, ColumnReading::AsItIs), false)
            }
            Function::Search => {
                let words = arguments.first().map_or(Node::Constant(Computed::NULL), |words| self.node(words));
                let places = SEARCHED.iter().map(|column| self.needs.place(column, &[])).collect();
                (Node::Search(Box::new(words), places), false)
            }
            Function::AnySpan => {
                let before = self.any_spans.len();
                let of_trace = std::mem::take(&mut self.of_trace);
                let inner = arguments.first().map_or(Node::Constant(Computed::NULL), |inner| self.node(inner));
                self.of_trace = of_trace;
                let inside = self.any_spans.len() - before;
                self.any_spans.push((inner, inside));
                (Node::AnySpan(self.any_spans.len() - 1), false)
            }
            // Nobody asks until a person is bound, and a single row has no aggregates.
            Function::Me
            | Function::Count
            | Function::CountDistinct
            | Function::Sum
            | Function::Average
            | Function::Minimum
            | Function::Maximum
            | Function::Percentile => (Node::Constant(Computed::NULL), true),
            function => {
                let arguments: Vec<_> = arguments.iter().map(|argument| self.node(argument)).collect();
                let constant = arguments.iter().all(|argument| argument.constant().is_some());
                (Node::Call(function, arguments), constant)
            }
        }
    }
}

/// Whether a number is written on the left, and on the right, beside something that is not written there.
fn numbers(left: &Expression, right: &Expression) -> (bool, bool) {
    let number = |kind: &Kind| matches!(kind, Kind::Number(_) | Kind::Decimal(_));
    let literal = |kind: &Kind| matches!(kind, Kind::Number(_) | Kind::Decimal(_) | Kind::Text(_));
    (number(&left.kind) && !literal(&right.kind), number(&right.kind) && !literal(&left.kind))
}

/// Whether what is read of a row is an instant.
fn is_time(node: &Node) -> bool {
    match node {
        Node::Place(_, reading) => *reading == ColumnReading::Time,
        Node::Each(each) => each.is_time(),
        _ => false,
    }
}

/// The value of an expression that reads nothing of a row; none where it depends on one.
pub fn constant(expression: &Expression, context: Context) -> Option<Value> {
    let compiled = Compiled::new(expression, context);
    compiled.roots.first().and_then(Node::constant).map(|value| value.clone().into_value())
}

/// A place's value as it is compared and computed with.
pub(super) fn read(value: Option<&Value>, reading: ColumnReading) -> Computed<'_> {
    match (reading, value) {
        (_, None) => Computed::NULL,
        (ColumnReading::Time, Some(Value::String(text))) => match parse_instant(text) {
            Some(instant) => Computed::Instant(instant),
            None => Computed::Json(Cow::Owned(Value::String(text.clone()))),
        },
        // A row without tags is a row whose tags are missing.
        (ColumnReading::List, Some(Value::Array(items))) if items.is_empty() => Computed::NULL,
        (_, Some(value)) => Computed::Json(Cow::Borrowed(value)),
    }
}
