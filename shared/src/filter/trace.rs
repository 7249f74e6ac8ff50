//! Whether a trace is selected: one of its spans, or its row, satisfies the whole expression, where each `any_span(…)` may be satisfied by
//! another one. The spans are looked at one after the other, so that a trace of any size can be; for that there are as many rounds as
//! `any_span(…)` stand inside one another, and one more.

use super::Fields;
use super::compile::Compiled;
use super::evaluate::Reading;
use serde_json::value::RawValue;

/// A trace while its spans are looked at.
#[derive(Clone, Debug, Default)]
pub struct TraceTest {
    /// What of the expression's `any_span(…)` is known.
    settled: Vec<bool>,
    /// What was found in this round.
    found: Vec<bool>,
    holds: bool,
}

impl TraceTest {
    /// Whether the trace is selected, after the last round.
    pub fn holds(&self) -> bool {
        self.holds
    }
}

impl Compiled {
    /// A trace of which nothing is known.
    pub fn trace_test(&self) -> TraceTest {
        TraceTest { found: vec![false; self.ready(0)], ..TraceTest::default() }
    }

    /// How many times all spans are looked at.
    pub fn rounds(&self) -> usize {
        let (mut rounds, mut settled) = (1, 0);
        while settled < self.any_spans.len() {
            settled += self.ready(settled);
            rounds += 1;
        }
        rounds
    }

    /// Looks at a span of the trace.
    pub fn look(&self, test: &mut TraceTest, span: &dyn Fields) {
        let first = test.settled.len();
        let last_round = first == self.any_spans.len();
        if (last_round && test.holds) || (!last_round && test.found.iter().all(|found| *found)) {
            return;
        }
        let reading = Reading::new(span, &self.needs);
        let evaluator = self.evaluator(&reading, &test.settled);
        if last_round {
            test.holds = self.roots.first().is_some_and(|root| evaluator.truth(root) == Some(true));
            return;
        }
        for (found, (node, _)) in test.found.iter_mut().zip(&self.any_spans[first..]) {
            *found = *found || evaluator.truth(node) == Some(true);
        }
    }

    /// Ends a round, after all spans were looked at. After the last one it changes nothing.
    pub fn end_round(&self, test: &mut TraceTest) {
        test.settled.append(&mut test.found);
        test.found = vec![false; self.ready(test.settled.len())];
    }

    /// The values of all expressions for the row of a trace as JSON, after the rounds in which its spans were looked at.
    ///
    /// # Errors
    /// Never: what is computed can be written.
    pub fn texts_of_row(&self, test: &TraceTest, row: &dyn Fields) -> Result<Vec<Box<RawValue>>, serde_json::Error> {
        let reading = Reading::new(row, &self.needs);
        let evaluator = self.evaluator(&reading, &test.settled);
        self.roots.iter().map(|root| evaluator.text(root)).collect()
    }

    /// Whether a trace is selected.
    pub fn holds_in_trace<Row: Fields>(&self, spans: &[Row]) -> bool {
        let mut test = self.trace_test();
        for _ in 0..self.rounds() {
            spans.iter().for_each(|span| self.look(&mut test, span));
            self.end_round(&mut test);
        }
        test.holds()
    }

    /// Whether the row of a trace is selected, of an expression that [`Compiled::of_trace_row`] made ready: `any_span(…)` asks the spans,
    /// everything else the row.
    pub fn holds_in_row<Row: Fields>(&self, spans: &[Row], row: &dyn Fields) -> bool {
        let mut test = self.trace_test();
        for _ in 1..self.rounds() {
            spans.iter().for_each(|span| self.look(&mut test, span));
            self.end_round(&mut test);
        }
        self.look(&mut test, row);
        test.holds()
    }

    /// How many `any_span(…)` after the first so many need no other that is not settled then.
    fn ready(&self, settled: usize) -> usize {
        let rest = self.any_spans.get(settled..).unwrap_or_default();
        rest.iter().enumerate().take_while(|(place, (_, inside))| *inside == 0 || *place == 0).count()
    }
}
