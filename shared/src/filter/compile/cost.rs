//! What it costs to look at a row, as places that are read and compared.

use super::{Compared, Node};

impl Node {
    /// How many places are read and compared.
    pub(super) fn conditions(&self) -> u64 {
        match self {
            Self::Constant(_) | Self::Decimal(..) | Self::AnySpan(_) => 0,
            Self::Place(..) => 1,
            Self::Search(words, places) => words.conditions() + places.len() as u64,
            Self::Array(items) | Self::And(items) | Self::Or(items) | Self::Call(_, items) => items.iter().map(Self::conditions).sum(),
            Self::Object(members) => members.iter().map(|(_, member)| member.conditions()).sum(),
            Self::Member(one, _) | Self::Negate(one) | Self::Not(one) | Self::IsNull(one) | Self::IsNotNull(one) => one.conditions(),
            Self::Like(one, _) | Self::Match(one, _) | Self::InTexts(one, _) => one.conditions(),
            Self::LikeComputed(one, other, _)
            | Self::MatchComputed(one, other)
            | Self::Includes(one, other)
            | Self::InComputed(one, other)
            | Self::Arithmetic(_, one, other) => one.conditions() + other.conditions(),
            Self::Compare(_, compared) => compared.conditions(),
            Self::Each(_) => 1,
            Self::In(one, items) => one.conditions() + items.iter().map(|item| item.node.conditions()).sum::<u64>(),
            Self::Between(one, low, high) => one.conditions() + low.node.conditions() + high.node.conditions(),
            Self::Conditional(one, two, three) => one.conditions() + two.conditions() + three.conditions(),
        }
    }
}

impl Compared {
    fn conditions(&self) -> u64 {
        self.left.conditions() + self.right.conditions()
    }
}
