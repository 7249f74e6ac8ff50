//! The rows of experiments joined on their input, and which of them are asked for.

use super::Compared;
use crate::Result;
use crate::looking::experiments::{Input, Measured, MeasuredRow};
use crate::people::names::same_name;
use shared::Problem;
use shared::address::{ComparisonAddress, RowsShown};
use shared::experiments::ScoreTrend;
use std::collections::HashMap;

/// The inputs of some experiments: those of the first, newest first, then those that only later ones have.
pub(super) struct Joined {
    pub(super) inputs: Vec<JoinedInput>,
}

/// One input, with its rows in each experiment.
pub(super) struct JoinedInput {
    pub(super) input: Input,
    sides: Vec<Vec<usize>>,
}

impl Joined {
    pub(super) fn of(measured: &[Measured]) -> Self {
        let mut inputs: Vec<JoinedInput> = Vec::new();
        let mut places: HashMap<Input, usize> = HashMap::new();
        for (side, measured_side) in measured.iter().enumerate() {
            for (index, row) in measured_side.rows.iter().enumerate() {
                let place = *places.entry(row.input).or_insert_with(|| {
                    inputs.push(JoinedInput { input: row.input, sides: vec![Vec::new(); measured.len()] });
                    inputs.len() - 1
                });
                if let Some(rows) = inputs.get_mut(place).and_then(|input| input.sides.get_mut(side)) {
                    rows.push(index);
                }
            }
        }
        Self { inputs }
    }
}

impl JoinedInput {
    /// The indexes of its rows, newest first.
    pub(super) fn rows(&self, side: usize) -> &[usize] {
        self.sides.get(side).map_or(&[], Vec::as_slice)
    }

    /// Its newest row; none where it is missing.
    pub(super) fn newest<'a>(&self, side: usize, measured: &'a Measured) -> Option<&'a MeasuredRow> {
        measured.rows.get(*self.rows(side).first()?)
    }

    /// Whether one of its rows has an error.
    pub(super) fn has_failed(&self, side: usize, measured: &Measured) -> bool {
        self.rows(side).iter().filter_map(|index| measured.rows.get(*index)).any(|row| row.failed)
    }
}

/// Which inputs an address asks for.
pub(super) struct Rule<'a> {
    compared: &'a Compared,
    shown: Option<(&'a RowsShown, usize)>,
    differences: bool,
}

impl<'a> Rule<'a> {
    pub(super) fn of(compared: &'a Compared, address: &'a ComparisonAddress) -> Result<Self> {
        let side = |name: &str| {
            let side = compared.objects.iter().position(|object| same_name(&object.name, name));
            side.ok_or_else(|| Problem::invalid("in", format!("\"{name}\" is not among the experiments that are compared.")))
        };
        let shown = match &address.shown {
            Some(shown @ (RowsShown::Changed { experiment, .. } | RowsShown::Failed(experiment) | RowsShown::Missing(experiment))) => {
                Some((shown, side(experiment)?))
            }
            None => None,
        };
        Ok(Self { compared, shown, differences: address.differences })
    }

    /// Whether an input is asked for.
    pub(super) fn holds(&self, input: &JoinedInput) -> bool {
        let is_shown = match self.shown {
            None => true,
            Some((RowsShown::Changed { change, score, .. }, side)) => self.change(input, score, side) == Some(*change),
            Some((RowsShown::Failed(_), side)) => self.compared.measured.get(side).is_some_and(|measured| input.has_failed(side, measured)),
            Some((RowsShown::Missing(_), side)) => input.rows(side).is_empty(),
        };
        is_shown && (!self.differences || self.differs(input))
    }

    /// What is most lost on an input, less than zero; of the score that is asked for, where one is.
    pub(super) fn loss(&self, input: &JoinedInput) -> f64 {
        let gained = |(score, side): (&str, usize)| {
            let difference = self.compared.difference(input, score, side)?;
            Some(if self.compared.higher_is_better(score) { difference } else { -difference })
        };
        let gains: Vec<f64> = match self.shown {
            Some((RowsShown::Changed { score, .. }, side)) => gained((score.as_str(), side)).into_iter().collect(),
            _ => self.compared.pairs().filter_map(gained).collect(),
        };
        gains.into_iter().reduce(f64::min).unwrap_or(f64::MAX)
    }

    fn change(&self, input: &JoinedInput, score: &str, side: usize) -> Option<ScoreTrend> {
        Some(ScoreTrend::of(self.compared.difference(input, score, side)?, self.compared.higher_is_better(score)))
    }

    /// Whether something changed on an input, or it failed or is missing somewhere.
    fn differs(&self, input: &JoinedInput) -> bool {
        let failed = |(side, measured)| input.rows(side).is_empty() || input.has_failed(side, measured);
        self.compared.measured.iter().enumerate().any(failed)
            || self
                .compared
                .pairs()
                .any(|(score, side)| self.change(input, score, side).is_some_and(|change| change != ScoreTrend::Unchanged))
    }
}

impl Compared {
    /// Every score of every experiment that is compared with the base.
    fn pairs(&self) -> impl Iterator<Item = (&str, usize)> {
        let sides = self.measured.iter().enumerate().skip(1);
        sides.flat_map(|(side, measured)| measured.scores.keys().map(move |score| (score.as_str(), side)))
    }

    /// What a score of an input is more or less than in the base; none where one of them has none.
    pub(super) fn difference(&self, input: &JoinedInput, score: &str, side: usize) -> Option<f64> {
        let value = |side: usize| self.measured.get(side)?.scores.get(score)?.of_input(&input.input);
        if side == 0 { None } else { Some(value(side)? - value(0)?) }
    }
}
