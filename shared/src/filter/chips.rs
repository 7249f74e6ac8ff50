//! A filter as chips: conditions that are joined by `and`, each a place, an operator and a value. What a chip cannot show stays an
//! expression, so that nothing is lost on the way there and back.

mod draft;
mod wording;

use super::check::type_of_path;
use super::syntax::{BinaryOperator, Expression, Kind, Step};
pub use draft::ChipDraft;
pub use wording::ChipUnit;

/// Conditions that all hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chips(pub Vec<Chip>);

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub enum Chip {
    /// A place in the row, and what is said of it.
    Condition {
        /// The place.
        path: Vec<Step>,
        /// What is asked.
        operator: ChipOperator,
        /// What it is compared with: as many values as the operator takes.
        values: Vec<Expression>,
    },
    /// Anything else.
    Expression(Expression),
}

/// What a chip asks of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "`words` says what each asks")]
pub enum ChipOperator {
    Is,
    IsNot,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Between,
    NotBetween,
    OneOf,
    NoneOf,
    Includes,
    IncludesNot,
    Like,
    LikeNot,
    LikeIgnoringCase,
    LikeIgnoringCaseNot,
    Matches,
    MatchesNot,
    Missing,
    There,
    True,
    False,
}

/// How many values an operator takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChipValues {
    /// None.
    Nothing,
    /// One.
    One,
    /// A lower and an upper bound.
    Two,
    /// One or more.
    Several,
}

impl ChipOperator {
    /// Every operator.
    pub const ALL: [Self; 22] = [
        Self::Is,
        Self::IsNot,
        Self::Less,
        Self::AtMost,
        Self::Greater,
        Self::AtLeast,
        Self::Between,
        Self::NotBetween,
        Self::OneOf,
        Self::NoneOf,
        Self::Includes,
        Self::IncludesNot,
        Self::Like,
        Self::LikeNot,
        Self::LikeIgnoringCase,
        Self::LikeIgnoringCaseNot,
        Self::Matches,
        Self::MatchesNot,
        Self::Missing,
        Self::There,
        Self::True,
        Self::False,
    ];

    /// The words between the place and the value.
    pub fn words(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::Less => "is less than",
            Self::AtMost => "is at most",
            Self::Greater => "is greater than",
            Self::AtLeast => "is at least",
            Self::Between => "is between",
            Self::NotBetween => "is not between",
            Self::OneOf => "is one of",
            Self::NoneOf => "is none of",
            Self::Includes => "includes",
            Self::IncludesNot => "does not include",
            Self::Like => "is like",
            Self::LikeNot => "is not like",
            Self::LikeIgnoringCase => "is like, whatever the case,",
            Self::LikeIgnoringCaseNot => "is not like, whatever the case,",
            Self::Matches => "has the words",
            Self::MatchesNot => "does not have the words",
            Self::Missing => "is missing",
            Self::There => "is there",
            Self::True => "is true",
            Self::False => "is not true",
        }
    }

    /// How many values it takes.
    pub fn values(self) -> ChipValues {
        match self {
            Self::Missing | Self::There | Self::True | Self::False => ChipValues::Nothing,
            Self::Between | Self::NotBetween => ChipValues::Two,
            Self::OneOf | Self::NoneOf => ChipValues::Several,
            _ => ChipValues::One,
        }
    }

    /// The operators that make sense for a place, the likeliest first.
    pub fn offered(path: &[Step]) -> &'static [Self] {
        const NUMBERS: &[ChipOperator] = &[
            ChipOperator::Greater,
            ChipOperator::AtLeast,
            ChipOperator::Less,
            ChipOperator::AtMost,
            ChipOperator::Is,
            ChipOperator::Between,
            ChipOperator::Missing,
            ChipOperator::There,
        ];
        const TEXTS: &[ChipOperator] = &[
            ChipOperator::Is,
            ChipOperator::IsNot,
            ChipOperator::OneOf,
            ChipOperator::NoneOf,
            ChipOperator::Matches,
            ChipOperator::LikeIgnoringCase,
            ChipOperator::Missing,
            ChipOperator::There,
        ];
        const LISTS: &[ChipOperator] = &[ChipOperator::Includes, ChipOperator::IncludesNot, ChipOperator::Missing, ChipOperator::There];
        const TIMES: &[ChipOperator] = &[ChipOperator::AtLeast, ChipOperator::Less, ChipOperator::Between];
        const TRUTHS: &[ChipOperator] = &[ChipOperator::True, ChipOperator::False];
        const WORDS: &[ChipOperator] =
            &[ChipOperator::Matches, ChipOperator::MatchesNot, ChipOperator::LikeIgnoringCase, ChipOperator::Missing, ChipOperator::There];
        const ANYTHING: &[ChipOperator] = &[
            ChipOperator::Is,
            ChipOperator::IsNot,
            ChipOperator::Greater,
            ChipOperator::Less,
            ChipOperator::OneOf,
            ChipOperator::Includes,
            ChipOperator::Matches,
            ChipOperator::Missing,
            ChipOperator::There,
        ];
        match type_of_path(path) {
            PathType::Number => NUMBERS,
            PathType::Text => TEXTS,
            PathType::List => LISTS,
            PathType::Time => TIMES,
            PathType::Truth => TRUTHS,
            PathType::Words => WORDS,
            PathType::Anything => ANYTHING,
        }
    }

    fn of_binary(operator: BinaryOperator, negated: bool) -> Option<Self> {
        use BinaryOperator as Operator;
        Some(match (operator, negated) {
            (Operator::Equal, false) => Self::Is,
            (Operator::NotEqual, false) => Self::IsNot,
            (Operator::Less, false) => Self::Less,
            (Operator::LessOrEqual, false) => Self::AtMost,
            (Operator::Greater, false) => Self::Greater,
            (Operator::GreaterOrEqual, false) => Self::AtLeast,
            (Operator::Includes, false) => Self::Includes,
            (Operator::Includes, true) => Self::IncludesNot,
            (Operator::Like, false) => Self::Like,
            (Operator::Like, true) => Self::LikeNot,
            (Operator::LikeIgnoringCase, false) => Self::LikeIgnoringCase,
            (Operator::LikeIgnoringCase, true) => Self::LikeIgnoringCaseNot,
            (Operator::Match, false) => Self::Matches,
            (Operator::Match, true) => Self::MatchesNot,
            // `not a = b` is not `a != b` where it is unknown, and stays an expression.
            _ => return None,
        })
    }

    /// The operator of the language, and whether it stands under `not`.
    fn binary(self) -> Option<(BinaryOperator, bool)> {
        use BinaryOperator as Operator;
        Some(match self {
            Self::Is => (Operator::Equal, false),
            Self::IsNot => (Operator::NotEqual, false),
            Self::Less => (Operator::Less, false),
            Self::AtMost => (Operator::LessOrEqual, false),
            Self::Greater => (Operator::Greater, false),
            Self::AtLeast => (Operator::GreaterOrEqual, false),
            Self::Includes => (Operator::Includes, false),
            Self::IncludesNot => (Operator::Includes, true),
            Self::Like => (Operator::Like, false),
            Self::LikeNot => (Operator::Like, true),
            Self::LikeIgnoringCase => (Operator::LikeIgnoringCase, false),
            Self::LikeIgnoringCaseNot => (Operator::LikeIgnoringCase, true),
            Self::Matches => (Operator::Match, false),
            Self::MatchesNot => (Operator::Match, true),
            Self::Between | Self::NotBetween | Self::OneOf | Self::NoneOf | Self::Missing | Self::There | Self::True | Self::False => {
                return None;
            }
        })
    }
}

/// What a place holds, as far as it decides what can be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathType {
    Number,
    Text,
    List,
    Time,
    Truth,
    Words,
    Anything,
}

impl Chips {
    /// The chips of a filter.
    pub fn of(expression: &Expression) -> Self {
        match &expression.kind {
            Kind::And(operands) => Self(operands.iter().map(Chip::of).collect()),
            _ => Self(vec![Chip::of(expression)]),
        }
    }

    /// The filter of the chips; none without chips.
    pub fn expression(&self) -> Option<Expression> {
        let conditions: Vec<Expression> = self.0.iter().map(Chip::expression).collect();
        (!conditions.is_empty()).then(|| Expression::all_of(conditions, 0..0))
    }

    /// The filter of the chips as it is written; empty without chips.
    pub fn text(&self) -> String {
        self.expression().map(|expression| expression.to_string()).unwrap_or_default()
    }

    /// All of them but one.
    #[must_use]
    pub fn without(&self, place: usize) -> Self {
        Self(self.0.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, chip)| chip.clone()).collect())
    }
}

impl Chip {
    /// The chip of a condition.
    pub fn of(expression: &Expression) -> Self {
        Self::condition(expression).unwrap_or_else(|| Self::Expression(expression.clone()))
    }

    fn condition(expression: &Expression) -> Option<Self> {
        let (inner, negated) = match &expression.kind {
            Kind::Not(inner) => (inner.as_ref(), true),
            _ => (expression, false),
        };
        let (place, operator, values) = match (&inner.kind, negated) {
            (Kind::Path(_), false) => (inner, ChipOperator::True, Vec::new()),
            (Kind::Path(_), true) => (inner, ChipOperator::False, Vec::new()),
            (Kind::IsNull(place), false) => (place.as_ref(), ChipOperator::Missing, Vec::new()),
            (Kind::IsNotNull(place), false) => (place.as_ref(), ChipOperator::There, Vec::new()),
            (Kind::Binary { operator, left, right }, negated) => {
                (left.as_ref(), ChipOperator::of_binary(*operator, negated)?, vec![right.as_ref().clone()])
            }
            (Kind::Between { operand, low, high }, negated) => {
                let operator = if negated { ChipOperator::NotBetween } else { ChipOperator::Between };
                (operand.as_ref(), operator, vec![low.as_ref().clone(), high.as_ref().clone()])
            }
            (Kind::In { operand, list }, negated) => {
                let Kind::Array(items) = &list.kind else { return None };
                let operator = if negated { ChipOperator::NoneOf } else { ChipOperator::OneOf };
                (operand.as_ref(), operator, items.clone())
            }
            _ => return None,
        };
        let Kind::Path(path) = &place.kind else { return None };
        let is_whole = operator.values() != ChipValues::Several || !values.is_empty();
        (is_whole && values.iter().all(is_value)).then(|| Self::Condition { path: path.clone(), operator, values })
    }

    /// The condition of the chip.
    pub fn expression(&self) -> Expression {
        let (path, operator, values) = match self {
            Self::Expression(expression) => return expression.clone(),
            Self::Condition { path, operator, values } => (path, *operator, values),
        };
        let node = |kind| Expression::new(kind, 0..0);
        let place = Box::new(node(Kind::Path(path.clone())));
        let value = |at: usize| Box::new(values.get(at).cloned().unwrap_or_else(|| node(Kind::Null)));
        let not = |kind, negated| if negated { Kind::Not(Box::new(node(kind))) } else { kind };
        let kind = match (operator, operator.binary()) {
            (_, Some((operator, negated))) => not(Kind::Binary { operator, left: place, right: value(0) }, negated),
            (ChipOperator::Between | ChipOperator::NotBetween, _) => {
                let between = Kind::Between { operand: place, low: value(0), high: value(1) };
                not(between, operator == ChipOperator::NotBetween)
            }
            (ChipOperator::OneOf | ChipOperator::NoneOf, _) => {
                let list = Box::new(node(Kind::Array(values.clone())));
                not(Kind::In { operand: place, list }, operator == ChipOperator::NoneOf)
            }
            (ChipOperator::Missing, _) => Kind::IsNull(place),
            (ChipOperator::There, _) => Kind::IsNotNull(place),
            (ChipOperator::False, _) => Kind::Not(place),
            (_, None) => Kind::Path(path.clone()),
        };
        node(kind)
    }
}

/// Whether a value can stand in a field: it is written there, or computed of the time, and says nothing of the row.
fn is_value(expression: &Expression) -> bool {
    let is_plain = match &expression.kind {
        Kind::Boolean(_) | Kind::Number(_) | Kind::Decimal(_) | Kind::Text(_) | Kind::Interval { .. } | Kind::Call { .. } => true,
        Kind::Binary { operator, .. } => matches!(operator, BinaryOperator::Add | BinaryOperator::Subtract),
        _ => false,
    };
    is_plain && !expression.any(&|inner| matches!(inner.kind, Kind::Path(_)))
}
