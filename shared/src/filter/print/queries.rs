//! The canonical text of a query: clauses in one order, between bars.

use super::{is_plain, quote_text};
use crate::filter::query::{Aliased, Infer, Query, QuerySource, Sample, SampleSize, Select, Shape, SortItem, Unpivot, UnpivotNames};
use std::fmt::{self, Display, Formatter};

/// A name where only a name can stand.
fn name_text(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { format!("`{}`", name.replace('`', "``")) }
}

impl Display for Aliased {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        write!(to, "{}", self.expression)?;
        match &self.alias {
            Some(alias) => write!(to, " as {}", name_text(alias)),
            None => Ok(()),
        }
    }
}

impl Display for SortItem {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        write!(to, "{} {}", self.expression, if self.descending { "desc" } else { "asc" })
    }
}

impl Display for Select {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        let star = if self.star { Some("*".to_owned()) } else { None };
        let columns = self.columns.iter().map(ToString::to_string);
        to.write_str(&star.into_iter().chain(columns).collect::<Vec<_>>().join(", "))
    }
}

impl Display for Infer {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        let star = if self.star { Some("*".to_owned()) } else { None };
        let paths = self.paths.iter().map(ToString::to_string);
        to.write_str(&star.into_iter().chain(paths).collect::<Vec<_>>().join(", "))
    }
}

impl Display for Unpivot {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        match &self.names {
            UnpivotNames::Item(item) => write!(to, "{} as ({})", self.expression, name_text(item)),
            UnpivotNames::Member { key, value } => write!(to, "{} as ({}, {})", self.expression, name_text(key), name_text(value)),
        }
    }
}

impl Display for Sample {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        match self.size {
            SampleSize::Rate(rate) => write!(to, "{}%", percentage(rate))?,
            SampleSize::Count(count) => write!(to, "{count}")?,
        }
        self.seed.map_or(Ok(()), |seed| write!(to, " seed {seed}"))
    }
}

/// A hundred times a number from 0 to 1: the point moves in its text, which is exact where a product is not.
fn percentage(rate: f64) -> String {
    let written = rate.to_string();
    let (whole, fraction) = written.split_once('.').unwrap_or((&written, ""));
    let fraction = format!("{fraction:0<2}");
    let (moved, rest) = fraction.split_at(2);
    let whole = format!("{whole}{moved}");
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    if rest.is_empty() { whole.to_owned() } else { format!("{whole}.{rest}") }
}

impl Display for QuerySource {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        to.write_str(self.kind.name())?;
        if !self.ids.is_empty() {
            let ids: Vec<String> = self.ids.iter().map(|id| quote_text(id)).collect();
            write!(to, "({})", ids.join(", "))?;
        }
        match self.shape {
            Shape::Spans => Ok(()),
            shape => write!(to, " {}", shape.name()),
        }
    }
}

impl Display for Query {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        fn list<Item: Display>(name: &str, items: &[Item]) -> Option<String> {
            let items: Vec<String> = items.iter().map(ToString::to_string).collect();
            (!items.is_empty()).then(|| format!("{name}: {}", items.join(", ")))
        }
        fn one<Item: Display>(name: &str, item: Option<&Item>) -> Option<String> {
            item.map(|item| format!("{name}: {item}"))
        }
        let clauses = [
            one("select", self.select.as_ref()),
            list("dimensions", &self.dimensions),
            list("measures", &self.measures),
            list("pivot", &self.pivot),
            list("unpivot", &self.unpivot),
            one("infer", self.infer.as_ref()),
            Some(format!("from: {}", self.from)),
            one("filter", self.filter.as_ref()),
            one("span_filter", self.span_filter.as_ref()),
            one("trace_filter", self.trace_filter.as_ref()),
            one("sample", self.sample.as_ref()),
            one("final_filter", self.final_filter.as_ref()),
            list("final_dimensions", &self.final_dimensions),
            list("final_measures", &self.final_measures),
            list("sort", &self.sort),
            one("limit", self.limit.as_ref()),
            one("cursor", self.cursor.as_deref().map(quote_text).as_ref()),
            one("preview_length", self.preview_length.as_ref()),
            one("comparison_key", self.comparison_key.as_ref()),
            list("weighted_scores", &self.weighted_scores),
            list("custom_columns", &self.custom_columns),
            one("inference_budget", self.inference_budget.as_ref()),
        ];
        to.write_str(&clauses.into_iter().flatten().collect::<Vec<_>>().join(" | "))
    }
}
