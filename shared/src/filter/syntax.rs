//! The tree of an expression, in which every node knows its place in the text.

use std::ops::Range;

use serde_json::{Number, Value};

/// Bytes of the text from which a node was read.
pub type Span = Range<u32>;

/// How high a tree may grow, so that walking it never exhausts the stack.
pub(super) const MAXIMUM_HEIGHT: u16 = 128;

/// An expression. Two expressions are equal when they mean the same tree, wherever it was written.
#[derive(Clone, Debug)]
pub struct Expression {
    /// What the expression is.
    pub kind: Kind,
    /// Where it was written; empty when it was not written at all.
    pub span: Span,
    height: u16,
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// The forms an expression can take. The many ways to write a thing are one here: `contains(a, b)` is
/// [`BinaryOperator::Includes`], `a not in [b]` is [`Kind::Not`] of [`Kind::In`], and `75%` is the number 0.75.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A number; a percentage is already divided.
    Number(Number),
    /// A number that no machine number holds, as it is written.
    Decimal(String),
    /// A quoted string.
    Text(String),
    /// `interval 7 day`
    Interval {
        /// How many units.
        count: i64,
        /// Of which length.
        unit: Unit,
    },
    /// `[a, b]`
    Array(Vec<Expression>),
    /// `{key: value}`
    Object(Vec<(String, Expression)>),
    /// `metadata."customer tier".items[0]`
    Path(Vec<Step>),
    /// A path into something computed: `json_extract(input, 'a').b`
    Member {
        /// The computed value.
        operand: Box<Expression>,
        /// The path into it.
        steps: Vec<Step>,
    },
    /// `-a`
    Negate(Box<Expression>),
    /// `not a`
    Not(Box<Expression>),
    /// `a is null`
    IsNull(Box<Expression>),
    /// `a is not null`
    IsNotNull(Box<Expression>),
    /// `a and b and c`
    And(Vec<Expression>),
    /// `a or b or c`
    Or(Vec<Expression>),
    /// A comparison, a search or arithmetic.
    Binary {
        /// Which one.
        operator: BinaryOperator,
        /// The left side.
        left: Box<Expression>,
        /// The right side.
        right: Box<Expression>,
    },
    /// `a in [b, c]`
    In {
        /// What is looked for.
        operand: Box<Expression>,
        /// Where it is looked for: nearly always a [`Kind::Array`].
        list: Box<Expression>,
    },
    /// `a between b and c`, both ends included
    Between {
        /// What is compared.
        operand: Box<Expression>,
        /// The lower bound.
        low: Box<Expression>,
        /// The upper bound.
        high: Box<Expression>,
    },
    /// `a ? b : c`
    Conditional {
        /// What decides.
        condition: Box<Expression>,
        /// The value when the condition is true.
        then: Box<Expression>,
        /// The value when it is false or null.
        otherwise: Box<Expression>,
    },
    /// `lower(a)`
    Call {
        /// The function's name in small letters.
        name: String,
        /// Its arguments.
        arguments: Vec<Expression>,
    },
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A key of an object.
    Key(String),
    /// A place in an array; negative from the end.
    Index(i64),
}

impl Step {
    /// The key, where the step is one.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Key(key) => Some(key),
            Self::Index(_) => None,
        }
    }
}

/// Operators with two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it, and `symbol` shows how each is written")]
pub enum BinaryOperator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
    LikeIgnoringCase,
    Match,
    Includes,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl BinaryOperator {
    /// Whether the operator compares two values.
    pub fn compares(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual | Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual)
    }

    /// How the operator is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Like => "like",
            Self::LikeIgnoringCase => "ilike",
            Self::Match => "match",
            Self::Includes => "includes",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Unit {
    Microsecond,
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

impl Unit {
    const ALL: [(&'static str, Self); 9] = [
        ("microsecond", Self::Microsecond),
        ("millisecond", Self::Millisecond),
        ("second", Self::Second),
        ("minute", Self::Minute),
        ("hour", Self::Hour),
        ("day", Self::Day),
        ("week", Self::Week),
        ("month", Self::Month),
        ("year", Self::Year),
    ];

    /// The unit of a word in singular or plural.
    pub fn named(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        let singular = word.strip_suffix('s').unwrap_or(&word);
        Self::ALL.iter().find(|(name, _)| *name == singular).map(|(_, unit)| *unit)
    }

    /// The unit in singular.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, unit)| *unit == self).map_or("", |(name, _)| name)
    }
}

impl Expression {
    /// An expression read from a place in the text.
    pub fn new(kind: Kind, span: Span) -> Self {
        let mut height = 0;
        kind.for_each_child(&mut |child| height = height.max(child.height));
        Self { kind, span, height: height.saturating_add(1) }
    }

    /// The number of nodes from here to the deepest leaf.
    pub fn height(&self) -> u16 {
        self.height
    }

    /// The expression that stands for a JSON value.
    pub fn literal(value: &Value, span: Span) -> Self {
        let kind = match value {
            Value::Null => Kind::Null,
            Value::Bool(boolean) => Kind::Boolean(*boolean),
            Value::Number(number) => Kind::Number(number.clone()),
            Value::String(text) => Kind::Text(text.clone()),
            Value::Array(items) => Kind::Array(items.iter().map(|item| Self::literal(item, span.clone())).collect()),
            Value::Object(members) => {
                Kind::Object(members.iter().map(|(key, member)| (key.clone(), Self::literal(member, span.clone()))).collect())
            }
        };
        Self::new(kind, span)
    }

    /// `-operand`, where a negated number is a negative number.
    pub fn negate(operand: Self, span: Span) -> Self {
        let kind = match &operand.kind {
            Kind::Number(number) => match negative(number) {
                Some(number) => Kind::Number(number),
                None => Kind::Decimal(format!("-{number}")),
            },
            Kind::Decimal(text) => match text.strip_prefix('-') {
                // What is too low for a machine number may not be too high for one.
                Some(positive) => {
                    positive.parse::<u64>().map_or_else(|_| Kind::Decimal(positive.to_owned()), |number| Kind::Number(number.into()))
                }
                None => Kind::Decimal(format!("-{text}")),
            },
            _ => Kind::Negate(Box::new(operand)),
        };
        Self::new(kind, span)
    }

    /// All of the operands. An `and` inside an `and` becomes part of it.
    pub fn all_of(operands: Vec<Self>, span: Span) -> Self {
        let flat = flatten(operands, |kind| match kind {
            Kind::And(inner) => Ok(inner),
            other => Err(other),
        });
        Self::joined(flat, span, Kind::And)
    }

    /// At least one of the operands. An `or` inside an `or` becomes part of it.
    pub fn any_of(operands: Vec<Self>, span: Span) -> Self {
        let flat = flatten(operands, |kind| match kind {
            Kind::Or(inner) => Ok(inner),
            other => Err(other),
        });
        Self::joined(flat, span, Kind::Or)
    }

    fn joined(mut operands: Vec<Self>, span: Span, kind: fn(Vec<Self>) -> Kind) -> Self {
        match operands.pop() {
            Some(only) if operands.is_empty() => only,
            Some(last) => {
                operands.push(last);
                Self::new(kind(operands), span)
            }
            None => Self::new(kind(operands), span),
        }
    }

    /// A path into an expression. A path into a path is one longer path.
    pub fn member(operand: Self, mut steps: Vec<Step>, span: Span) -> Self {
        if steps.is_empty() {
            return operand;
        }
        let kind = match operand.kind {
            Kind::Path(mut path) => {
                path.append(&mut steps);
                Kind::Path(path)
            }
            Kind::Member { operand, steps: mut first } => {
                first.append(&mut steps);
                Kind::Member { operand, steps: first }
            }
            _ => Kind::Member { operand: Box::new(operand), steps },
        };
        Self::new(kind, span)
    }

    /// The tree with `change` applied to every node, leaves first.
    #[must_use]
    pub fn map(self, change: &mut dyn FnMut(Self) -> Self) -> Self {
        let span = self.span;
        let one = |inner: Box<Self>, change: &mut dyn FnMut(Self) -> Self| Box::new(inner.map(change));
        let kind = match self.kind {
            leaf @ (Kind::Null
            | Kind::Boolean(_)
            | Kind::Number(_)
            | Kind::Decimal(_)
            | Kind::Text(_)
            | Kind::Interval { .. }
            | Kind::Path(_)) => leaf,
            Kind::Array(items) => Kind::Array(items.into_iter().map(|item| item.map(change)).collect()),
            Kind::Object(members) => Kind::Object(members.into_iter().map(|(key, member)| (key, member.map(change))).collect()),
            Kind::Member { operand, steps } => Kind::Member { operand: one(operand, change), steps },
            Kind::Negate(operand) => Kind::Negate(one(operand, change)),
            Kind::Not(operand) => Kind::Not(one(operand, change)),
            Kind::IsNull(operand) => Kind::IsNull(one(operand, change)),
            Kind::IsNotNull(operand) => Kind::IsNotNull(one(operand, change)),
            Kind::And(operands) => Kind::And(operands.into_iter().map(|operand| operand.map(change)).collect()),
            Kind::Or(operands) => Kind::Or(operands.into_iter().map(|operand| operand.map(change)).collect()),
            Kind::Binary { operator, left, right } => Kind::Binary { operator, left: one(left, change), right: one(right, change) },
            Kind::In { operand, list } => Kind::In { operand: one(operand, change), list: one(list, change) },
            Kind::Between { operand, low, high } => {
                Kind::Between { operand: one(operand, change), low: one(low, change), high: one(high, change) }
            }
            Kind::Conditional { condition, then, otherwise } => {
                Kind::Conditional { condition: one(condition, change), then: one(then, change), otherwise: one(otherwise, change) }
            }
            Kind::Call { name, arguments } => {
                Kind::Call { name, arguments: arguments.into_iter().map(|argument| argument.map(change)).collect() }
            }
        };
        change(Self::new(kind, span))
    }

    /// Whether the expression or any part of it satisfies the question.
    pub fn any(&self, question: &dyn Fn(&Self) -> bool) -> bool {
        let mut found = question(self);
        self.kind.for_each_child(&mut |child| found = found || child.any(question));
        found
    }
}

impl Kind {
    /// The text of a quoted string.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Visits the direct parts in the order in which they are written.
    pub(super) fn for_each_child<'tree>(&'tree self, visit: &mut dyn FnMut(&'tree Expression)) {
        match self {
            Self::Null | Self::Boolean(_) | Self::Number(_) | Self::Decimal(_) | Self::Text(_) | Self::Interval { .. } | Self::Path(_) => {}
            Self::Array(items) | Self::And(items) | Self::Or(items) | Self::Call { arguments: items, .. } => {
                items.iter().for_each(visit);
            }
            Self::Object(members) => members.iter().for_each(|(_, member)| visit(member)),
            Self::Member { operand, .. }
            | Self::Negate(operand)
            | Self::Not(operand)
            | Self::IsNull(operand)
            | Self::IsNotNull(operand) => visit(operand),
            Self::Binary { left, right, .. } => [left, right].into_iter().for_each(|side| visit(side)),
            Self::In { operand, list } => [operand, list].into_iter().for_each(|side| visit(side)),
            Self::Between { operand, low, high } => [operand, low, high].into_iter().for_each(|side| visit(side)),
            Self::Conditional { condition, then, otherwise } => {
                [condition, then, otherwise].into_iter().for_each(|side| visit(side));
            }
        }
    }
}

/// Lifts the parts of nested operands of the same kind into one list.
fn flatten(operands: Vec<Expression>, open: fn(Kind) -> Result<Vec<Expression>, Kind>) -> Vec<Expression> {
    let mut flat = Vec::with_capacity(operands.len());
    for operand in operands {
        let Expression { kind, span, .. } = operand;
        match open(kind) {
            Ok(mut inner) => flat.append(&mut inner),
            Err(kind) => flat.push(Expression::new(kind, span)),
        }
    }
    flat
}

fn negative(number: &Number) -> Option<Number> {
    if let Some(whole) = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from)) {
        return match i64::try_from(-whole) {
            Ok(small) => Some(Number::from(small)),
            Err(_) => u64::try_from(-whole).ok().map(Number::from),
        };
    }
    Number::from_f64(-number.as_f64()?)
}
