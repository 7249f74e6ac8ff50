//! Drawing rows from those that match: so many or a share of them, from all or stratum by stratum, each with its own probability.

use crate::Result;
use crate::content::reviews::drawing::{is_drawn, place};
use crate::ground::keys::SpanKey;
use crate::looking::trace_rows::{FoundRow, ValuesAs, with_values};
use crate::looking::view::View;
use shared::filter::{Expression, parse_expression};
use shared::reviews::{Draw, MOST_STRATA};
use shared::{ObjectId, Problem, RowId};
use std::collections::BTreeMap;

/// Rows whose strata are told in one go.
const AT_ONCE: usize = 100;

/// A row that matches.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) span: SpanKey,
    row: RowId,
    /// What it is put beside its like by.
    stratum: Option<String>,
}

/// A row that was drawn, or is taken without a draw.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Drawn {
    pub(super) span: SpanKey,
    pub(super) probability: Option<f64>,
    pub(super) stratum: Option<String>,
}

impl From<SpanKey> for Drawn {
    fn from(span: SpanKey) -> Self {
        Self { span, probability: None, stratum: None }
    }
}

/// Reads by what rows are put beside their like.
///
/// # Errors
/// [`Problem::Invalid`] for what is no expression.
pub(super) fn read_strata(draw: &Draw) -> Result<Option<Expression>> {
    let read = |text: &String| {
        parse_expression(text).map_err(|mistakes| {
            let reason = mistakes.first().map(|mistake| mistake.message.clone()).unwrap_or_default();
            Problem::invalid("stratify_by", reason).into()
        })
    };
    draw.stratify_by.as_ref().map(read).transpose()
}

/// Rows that match, with their strata.
///
/// # Errors
/// [`Problem::Invalid`] where it cannot be told in which stratum one is.
pub(super) async fn candidates(view: &View, strata: Option<&Expression>, rows: Vec<FoundRow>) -> Result<Vec<Candidate>> {
    let candidate =
        |row: &FoundRow, stratum: Option<String>| Candidate { span: row.listed.root, row: row.listed.row.row_id.clone(), stratum };
    let Some(strata) = strata else { return Ok(rows.iter().map(|row| candidate(row, None)).collect()) };
    let (mut rows, mut told) = (rows.into_iter().peekable(), Vec::new());
    while rows.peek().is_some() {
        let some = rows.by_ref().take(AT_ONCE).collect();
        for row in with_values(view, std::slice::from_ref(strata), some, ValuesAs::Line).await? {
            let Some(stratum) = row.listed.row.values.first() else {
                let reason = "It takes too long to tell which stratum each row is in. Use an expression over less, or narrow the filter.";
                return Err(Problem::invalid("stratify_by", reason).into());
            };
            told.push(candidate(&row, Some(stratum.clone())));
        }
    }
    Ok(told)
}

/// The rows that a draw takes, in their order.
///
/// # Errors
/// [`Problem::Invalid`] for too many strata, and for fewer rows than there are strata: of some, nothing could be drawn.
pub(super) fn drawn(draw: &Draw, seed: i64, object: &ObjectId, rows: Vec<Candidate>) -> Result<Vec<Drawn>> {
    let mut strata: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        strata.entry(row.stratum.as_deref()).or_default().push(at);
    }
    if strata.len() > MOST_STRATA {
        let reason = format!("There are more than {MOST_STRATA} strata. Use an expression with fewer values.");
        return Err(Problem::invalid("stratify_by", reason).into());
    }
    let mut probabilities: Vec<Option<Option<f64>>> = vec![None; rows.len()];
    match (draw.count, draw.rate) {
        (None, None) => probabilities.fill(Some(None)),
        (_, Some(rate)) => {
            for (row, probability) in rows.iter().zip(&mut probabilities) {
                *probability = is_drawn(seed, object, &row.row, rate).then_some(Some(rate));
            }
        }
        (Some(count), None) => {
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            if strata.len() > count {
                let reason =
                    format!("There are {} strata. Draw as many rows at least, or use an expression with fewer values.", strata.len());
                return Err(Problem::invalid("count", reason).into());
            }
            let sizes: Vec<usize> = strata.values().map(Vec::len).collect();
            for (stratum, share) in strata.values_mut().zip(shares(&sizes, count)) {
                let probability = share as f64 / stratum.len() as f64;
                stratum.sort_by_key(|at| rows.get(*at).map(|row| (place(seed, object, &row.row), row.span)));
                for at in stratum.iter().take(share) {
                    if let Some(drawn) = probabilities.get_mut(*at) {
                        *drawn = Some(Some(probability));
                    }
                }
            }
        }
    }
    let taken = rows.into_iter().zip(probabilities);
    Ok(taken.filter_map(|(row, drawn)| drawn.map(|probability| Drawn { span: row.span, probability, stratum: row.stratum })).collect())
}

/// How many of so many are drawn from each stratum: the same from all, and where one has fewer, more from the others.
fn shares(sizes: &[usize], count: usize) -> Vec<usize> {
    let mut shares = vec![0; sizes.len()];
    let mut left = count.min(sizes.iter().sum());
    while left > 0 {
        let open = shares.iter().zip(sizes).filter(|(share, size)| share < size).count();
        let each = left.checked_div(open).unwrap_or(left).max(1);
        for (share, size) in shares.iter_mut().zip(sizes) {
            let more = each.min(size - *share).min(left);
            *share += more;
            left -= more;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(sizes: &[(Option<&str>, usize)]) -> Vec<Candidate> {
        let of_stratum = |(stratum, size): &(Option<&str>, usize)| vec![stratum.map(str::to_owned); *size];
        let strata = sizes.iter().flat_map(of_stratum);
        let row = |(number, stratum)| Candidate { span: SpanKey::from(number), row: RowId(format!("r{number}")), stratum };
        (1..).zip(strata).map(row).collect()
    }

    fn draw(count: Option<u32>, rate: Option<f64>) -> Draw {
        Draw { count, rate, ..Draw::default() }
    }

    fn spans(draw: &Draw, seed: i64, rows: Vec<Candidate>) -> Vec<i64> {
        drawn(draw, seed, &"o".into(), rows).unwrap().into_iter().map(|drawn| drawn.span.into()).collect()
    }

    #[test]
    fn a_count_is_drawn_without_replacement_and_evenly() {
        let first: i64 = rand::random::<u32>().into();
        println!("seeds from {first}");
        let mut times = [0_u32; 50];
        for seed in first..first + 2_000 {
            let drawn = spans(&draw(Some(10), None), seed, rows(&[(None, 50)]));
            assert_eq!(drawn.len(), 10, "seed {seed}");
            assert!(drawn.windows(2).all(|pair| pair[0] < pair[1]), "seed {seed}: each once, in their order: {drawn:?}");
            assert_eq!(drawn, spans(&draw(Some(10), None), seed, rows(&[(None, 50)])), "the same seed draws the same");
            drawn.iter().for_each(|row| times[usize::try_from(row - 1).unwrap()] += 1);
        }
        // Each is expected 400 times, with a deviation of 18: six of them are never seen by chance.
        assert!(times.iter().all(|times| (290..=510).contains(times)), "seeds from {first}: {times:?}");
        let whole = drawn(&draw(Some(60), None), first, &"o".into(), rows(&[(None, 50)])).unwrap();
        assert!(whole.len() == 50 && whole.iter().all(|row| row.probability == Some(1.0)), "all there are");
    }

    #[test]
    fn a_rate_draws_the_same_whatever_comes_later() {
        let first: i64 = rand::random::<u32>().into();
        println!("seeds from {first}");
        let share = draw(None, Some(0.2));
        let mut count = 0;
        for seed in first..first + 200 {
            let (some, more) = (spans(&share, seed, rows(&[(None, 100)])), spans(&share, seed, rows(&[(None, 150)])));
            assert_eq!(some, more.iter().copied().filter(|row| *row <= 100).collect::<Vec<_>>(), "seed {seed}");
            let wider = spans(&draw(None, Some(0.4)), seed, rows(&[(None, 100)]));
            assert!(some.iter().all(|row| wider.contains(row)), "seed {seed}: a larger share has them all");
            count += some.len();
        }
        assert!((3_650..=4_350).contains(&count), "seeds from {first}: {count} of 20,000 instead of some 4,000");
    }

    #[test]
    fn a_count_is_spread_over_strata_as_evenly_as_they_allow() {
        assert_eq!(shares(&[100, 3, 100], 21), [9, 3, 9]);
        assert_eq!(shares(&[5, 5, 5], 7), [3, 2, 2]);
        assert_eq!(shares(&[1, 2], 9), [1, 2]);
        assert_eq!(shares(&[], 9), [0; 0]);
        let sizes = [(Some("free"), 100), (Some("pro"), 4), (Some(""), 40)];
        let taken = drawn(&draw(Some(24), None), 7, &"o".into(), rows(&sizes)).unwrap();
        let of = |stratum: &str| taken.iter().filter(|row| row.stratum.as_deref() == Some(stratum)).collect::<Vec<_>>();
        for (stratum, count, probability) in [("free", 10, 0.1), ("pro", 4, 1.0), ("", 10, 0.25)] {
            assert_eq!(of(stratum).len(), count, "{stratum}");
            assert!(of(stratum).iter().all(|row| row.probability == Some(probability)), "{stratum}");
        }
        let refused = |count, rows| drawn(&draw(Some(count), None), 7, &"o".into(), rows).unwrap_err().problem().unwrap().to_string();
        assert_eq!(
            refused(2, rows(&sizes)),
            "count: There are 3 strata. Draw as many rows at least, or use an expression with fewer values."
        );
        let many: Vec<String> = (0..201).map(|number| number.to_string()).collect();
        let many: Vec<_> = many.iter().map(|name| (Some(name.as_str()), 1)).collect();
        assert!(refused(300, rows(&many)).starts_with("stratify_by: There are more than 200 strata."));
        assert!(drawn(&draw(Some(5), None), 7, &"o".into(), Vec::new()).unwrap().is_empty());
    }

    #[test]
    fn everything_is_taken_without_a_probability() {
        let taken = drawn(&Draw::default(), 7, &"o".into(), rows(&[(None, 3)])).unwrap();
        assert!(taken.len() == 3 && taken.iter().all(|row| row.probability.is_none()));
    }
}
