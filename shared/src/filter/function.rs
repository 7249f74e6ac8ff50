//! The functions of the language: their names and how many arguments they take.

/// A function that an expression may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is named as it is written; the reference describes them")]
pub enum Function {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
    DateTrunc,
    Now,
    CurrentDate,
    Lower,
    Upper,
    Concat,
    Len,
    JsonExtract,
    Coalesce,
    Nullif,
    Least,
    Greatest,
    Round,
    ToString,
    ToBoolean,
    ToInteger,
    ToNumber,
    ToDate,
    ToDatetime,
    ToInterval,
    AnySpan,
    Search,
    EstimatedCost,
    Me,
    Count,
    CountDistinct,
    Sum,
    Average,
    Minimum,
    Maximum,
    Percentile,
}

/// So many arguments that no call reaches it.
const ANY: usize = usize::MAX;

/// Name, function, fewest and most arguments. The first name of a function is the one to suggest.
const FUNCTIONS: [(&str, Function, usize, usize); 39] = [
    ("second", Function::Second, 1, 1),
    ("minute", Function::Minute, 1, 1),
    ("hour", Function::Hour, 1, 1),
    ("day", Function::Day, 1, 1),
    ("week", Function::Week, 1, 1),
    ("month", Function::Month, 1, 1),
    ("year", Function::Year, 1, 1),
    ("date_trunc", Function::DateTrunc, 2, 2),
    ("now", Function::Now, 0, 0),
    ("current_timestamp", Function::Now, 0, 0),
    ("current_date", Function::CurrentDate, 0, 0),
    ("lower", Function::Lower, 1, 1),
    ("upper", Function::Upper, 1, 1),
    ("concat", Function::Concat, 1, ANY),
    ("len", Function::Len, 1, 1),
    ("json_extract", Function::JsonExtract, 2, 2),
    ("coalesce", Function::Coalesce, 1, ANY),
    ("nullif", Function::Nullif, 2, 2),
    ("least", Function::Least, 1, ANY),
    ("greatest", Function::Greatest, 1, ANY),
    ("round", Function::Round, 1, 2),
    ("to_string", Function::ToString, 1, 1),
    ("to_boolean", Function::ToBoolean, 1, 1),
    ("to_integer", Function::ToInteger, 1, 1),
    ("to_number", Function::ToNumber, 1, 1),
    ("to_date", Function::ToDate, 1, 1),
    ("to_datetime", Function::ToDatetime, 1, 1),
    ("to_interval", Function::ToInterval, 1, 1),
    ("any_span", Function::AnySpan, 1, 1),
    ("search", Function::Search, 1, 1),
    ("estimated_cost", Function::EstimatedCost, 0, 0),
    ("me", Function::Me, 0, 0),
    ("count", Function::Count, 1, 1),
    ("count_distinct", Function::CountDistinct, 1, 1),
    ("sum", Function::Sum, 1, 1),
    ("avg", Function::Average, 1, 1),
    ("min", Function::Minimum, 1, 1),
    ("max", Function::Maximum, 1, 1),
    ("percentile", Function::Percentile, 2, 2),
];

impl Function {
    /// The function of a name in small letters.
    pub fn named(name: &str) -> Option<Self> {
        FUNCTIONS.iter().find(|(known, ..)| *known == name).map(|(_, function, ..)| *function)
    }

    /// All names that can be called.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FUNCTIONS.iter().map(|(name, ..)| *name)
    }

    /// Whether the function computes one value of many rows.
    pub fn is_aggregate(self) -> bool {
        matches!(self, Self::Count | Self::CountDistinct | Self::Sum | Self::Average | Self::Minimum | Self::Maximum | Self::Percentile)
    }

    /// The fewest and the most arguments; `None` for any number.
    pub fn arguments(self) -> (usize, Option<usize>) {
        FUNCTIONS
            .iter()
            .find(|(_, function, ..)| *function == self)
            .map_or((0, None), |(.., fewest, most)| (*fewest, (*most != ANY).then_some(*most)))
    }
}
