//! How many tests passed, read from what the test programs print.

use std::fmt::{self, Display};
use std::ops::AddAssign;

/// Counts of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u32,
    pub failed: u32,
    pub skipped: u32,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// Sums the result lines of cargo's test programs, of which there are many in one run.
#[derive(Default)]
pub struct CargoLines(pub Tally);

impl CargoLines {
    /// Takes in one line: `test result: ok. 12 passed; 0 failed; 1 ignored; …`.
    pub fn read(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|result| result.split_once(". ")) else { return };
        for count in counts.split("; ") {
            match counted(count) {
                Some((number, "passed")) => self.0.passed += number,
                Some((number, "failed")) => self.0.failed += number,
                Some((number, "ignored")) => self.0.skipped += number,
                _ => {}
            }
        }
    }
}

/// Reads the summary at the end of Playwright's list; what looks like it earlier is replaced by what comes later.
#[derive(Default)]
pub struct PlaywrightLines {
    passed: u32,
    flaky: u32,
    failed: u32,
    interrupted: u32,
    skipped: u32,
    did_not_run: u32,
}

impl PlaywrightLines {
    /// Takes in one line: `  12 passed (30.1s)`, `  1 failed`, `  2 did not run`.
    pub fn read(&mut self, line: &str) {
        let line = without_colour(line);
        let line = line.split(" (").next().unwrap_or_default();
        match counted(line) {
            Some((number, "passed")) => self.passed = number,
            Some((number, "flaky")) => self.flaky = number,
            Some((number, "failed")) => self.failed = number,
            Some((number, "interrupted")) => self.interrupted = number,
            Some((number, "skipped")) => self.skipped = number,
            Some((number, "did not run")) => self.did_not_run = number,
            _ => {}
        }
    }

    /// A flaky test failed at least once, which is a failure here: a test that lies sometimes is worth nothing.
    pub fn tally(&self) -> Tally {
        Tally { passed: self.passed, failed: self.failed + self.flaky + self.interrupted, skipped: self.skipped + self.did_not_run }
    }
}

/// Reads a line like our own last line: `12 passed, 0 failed, 1 skipped`.
pub fn last_line(line: &str) -> Option<Tally> {
    let mut parts = line.trim().split(", ").map(counted);
    match (parts.next()??, parts.next()??, parts.next()??, parts.next()) {
        ((passed, "passed"), (failed, "failed"), (skipped, "skipped"), None) => Some(Tally { passed, failed, skipped }),
        _ => None,
    }
}

fn counted(text: &str) -> Option<(u32, &str)> {
    let (number, what) = text.trim().split_once(' ')?;
    Some((number.parse().ok()?, what.trim()))
}

fn without_colour(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('\u{1b}') {
        plain.push_str(&rest[..start]);
        rest = rest[start..].find('m').map_or("", |end| &rest[start + end + 1..]);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::{CargoLines, PlaywrightLines, Tally, last_line};

    #[test]
    fn cargo_prints_one_result_for_each_program() {
        let mut lines = CargoLines::default();
        let text = "running 3 tests\ntest a ... ok\n\
            test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: FAILED. 4 passed; 1 failed; 0 ignored; 0 measured; 7 filtered out; finished in 0.01s\n";
        text.lines().for_each(|line| lines.read(line));
        assert_eq!(lines.0, Tally { passed: 6, failed: 1, skipped: 1 });
    }

    #[test]
    fn playwright_prints_a_summary() {
        let mut lines = PlaywrightLines::default();
        let text = "Running 12 tests using 1 worker\n\
            \u{20} ✓  1 signs in › [chromium] (1.2s)\n  7 passed\n\
            \u{20} 1 failed\n    [chromium] › a.spec.ts:3:1 › a test \n  1 flaky\n\
            \u{20} 2 skipped\n  1 did not run\n\u{1b}[32m  8 passed\u{1b}[39m\u{1b}[2m (30.1s)\u{1b}[22m\n";
        text.lines().for_each(|line| lines.read(line));
        assert_eq!(lines.tally(), Tally { passed: 8, failed: 2, skipped: 3 });
    }

    #[test]
    fn our_own_last_line_is_understood() {
        let tally = Tally { passed: 12, failed: 0, skipped: 3 };
        assert_eq!(tally.to_string(), "12 passed, 0 failed, 3 skipped");
        assert_eq!(last_line(&tally.to_string()), Some(tally));
        for other in ["12 passed", "12 passed, 1 failed, 3 skipped, 4 flaky", "", "DONE", "a passed, b failed, c skipped"] {
            assert_eq!(last_line(other), None, "{other}");
        }
    }
}
