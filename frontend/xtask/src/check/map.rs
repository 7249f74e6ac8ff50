//! `ARCHITECTURE.md` as a map that must be right: short enough to be read, and every answer to "where does it live" leads
//! to a file in which the thing stands.

use std::fs;

use crate::failure::{Explain, Failure, Outcome};
use crate::workspace::Workspace;

const MAP: &str = "ARCHITECTURE.md";
const MOST_LINES: usize = 120;
const LONGEST_LINE: usize = 140;
const FEWEST_ANSWERS: usize = 20;

/// The heading above the table of questions.
const QUESTIONS: &str = "## Where does it live?";

/// A line of the table: what is asked, the file that answers, and what stands in it.
#[derive(Debug, PartialEq)]
struct Answer<'a> {
    question: &'a str,
    file: &'a str,
    holds: &'a str,
}

/// Fails with everything that is wrong with the map.
pub fn check(workspace: &Workspace) -> Outcome {
    let text = fs::read_to_string(workspace.path(MAP)).explain(|| format!("cannot read {MAP}"))?;
    let mut wrong = shape(&text);
    let answers = answers(&text);
    if answers.len() < FEWEST_ANSWERS {
        wrong.push(format!("{} questions are answered; answer at least {FEWEST_ANSWERS}", answers.len()));
    }
    for answer in answers {
        let found = fs::read_to_string(workspace.path(answer.file)).is_ok_and(|source| source.contains(answer.holds));
        if !found {
            wrong.push(format!("{}: `{}` does not stand in {}", answer.question, answer.holds, answer.file));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Failure(wrong.iter().map(|wrong| format!("{MAP}: {wrong}\n")).collect())) }
}

fn shape(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let lines = text.lines().count();
    if lines > MOST_LINES {
        wrong.push(format!("{lines} lines; {MOST_LINES} are what somebody reads. What a module does stands at its head"));
    }
    for (number, line) in (1..).zip(text.lines()) {
        let length = line.chars().count();
        if length > LONGEST_LINE {
            wrong.push(format!("line {number} has {length} characters; break it after {LONGEST_LINE}"));
        }
    }
    wrong
}

fn answers(text: &str) -> Vec<Answer<'_>> {
    let table = text.split_once(QUESTIONS).map_or("", |(_, after)| after.split("\n## ").next().unwrap_or_default());
    let rows = table.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.filter_map(|line| match cells(line)[..] {
        [question, file, holds] => Some(Answer { question, file, holds }),
        _ => None,
    })
    .collect()
}

fn cells(line: &str) -> Vec<&str> {
    line.trim().trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect()
}

#[cfg(test)]
mod tests {
    use super::{Answer, answers, shape};

    #[test]
    fn the_table_of_questions_is_read() {
        let text = "# A\n\n## Where does it live?\n\n| what | file | |\n|---|---|---|\n| the writer | `a/b.rs` | `fn commit` |\n\n## Next\n\n| no | `c` | `d` |\n";
        assert_eq!(answers(text), [Answer { question: "the writer", file: "a/b.rs", holds: "fn commit" }]);
        assert_eq!(answers("# A"), []);
    }

    #[test]
    fn what_is_too_long_is_told() {
        let wide = "a".repeat(141);
        assert_eq!(shape(&wide), ["line 1 has 141 characters; break it after 140"]);
        assert_eq!(shape(&"a\n".repeat(121)), ["121 lines; 120 are what somebody reads. What a module does stands at its head"]);
        assert!(shape(&"ä".repeat(140)).is_empty());
    }
}
