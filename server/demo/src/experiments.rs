//! Three runs over the dataset: the second is better than the first, the third is quicker, and worse.

use serde_json::{Value, json};
use shared::answers::AnswerValue;

use super::DemoTrace;
use super::acts::{DemoAct, DemoDeed};
use super::cases::{CASES, Prompt, TestCase};
use super::clock::{DAY, MINUTE, rfc3339};
use super::flow::{SYSTEM, tokens};
use super::random::Random;
use super::spans::{DemoSpan, Sdk, rows};

/// The name of the dataset.
pub const DATASET: &str = "support-cases";

/// What it is for.
pub const DATASET_DESCRIPTION: &str = "What the assistant must get right. Written by the support team, some of it made of conversations.";

/// When the dataset is written, in microseconds before now.
pub const DATASET_AGE: i64 = 9 * DAY;

/// A run of the assistant over the dataset.
pub struct Run {
    /// Its name.
    pub name: &'static str,
    /// What is tried.
    pub description: &'static str,
    /// With which prompt.
    pub prompt: Prompt,
    /// And which model.
    pub model: &'static str,
    /// How long ago, in microseconds.
    pub age: i64,
    commit: &'static str,
}

/// All runs, the oldest first.
pub const RUNS: [Run; 3] = [
    Run {
        name: "support-13",
        description: "The prompt that was live in autumn, as it stood.",
        prompt: Prompt::Thirteen,
        model: "gpt-4o-mini",
        age: 8 * DAY + 2 * 60 * MINUTE,
        commit: "5f0c1e7",
    },
    Run {
        name: "support-14",
        description: "Looks things up before it promises, and quotes the help page about gas, ropes and harnesses.",
        prompt: Prompt::Fourteen,
        model: "gpt-4o",
        age: 6 * DAY + 5 * 60 * MINUTE,
        commit: "a91d42b",
    },
    Run {
        name: "support-15-short",
        description: "At most two sentences, on the small model. Cheaper; is it still right?",
        prompt: Prompt::Fifteen,
        model: "gpt-4o-mini",
        age: DAY + 60 * MINUTE,
        commit: "c3380de",
    },
];

/// Cases in which the third run ended with an error.
const FAILED: [&str; 2] = ["swiss-duties", "leaking-valve"];

/// The rows of the dataset, with the rows of the logs that some were made of.
pub fn dataset_rows(now: i64, made_of: impl Fn(&str) -> Option<Value>) -> Vec<Value> {
    let rows = CASES.iter().enumerate().map(|(index, case)| {
        let mut row = json!({
            "id": case.id, "input": case.input, "expected": case.expected, "tags": case.tags,
            "metadata": {"difficulty": case.difficulty, "source": if case.story.is_some() { "logs" } else { "support team" }},
            "created": rfc3339(now - DATASET_AGE + index as i64 * 40_000),
        });
        if let Some(origin) = case.story.and_then(&made_of) {
            row["origin"] = origin;
        }
        row
    });
    rows.collect()
}

impl Run {
    /// What SDKs say about an experiment when they register it.
    pub fn details(&self) -> Value {
        json!({
            "description": self.description,
            "metadata": {"model": self.model, "prompt_version": self.name},
            "repo_info": {"commit": self.commit, "branch": self.name, "dirty": false},
        })
    }

    /// A trace for each case, in the order in which they ended; `origin` is the row of the dataset.
    pub fn traces(&self, seed: u64, now: i64, origin: impl Fn(&TestCase) -> Value) -> Vec<DemoTrace> {
        let begin = now - self.age;
        let traces = CASES.iter().enumerate().map(|(index, case)| {
            let mut random = Random::part(seed, 2_000_000 + self.prompt as u64 * 1_000 + index as u64);
            // Ten at a time, a little apart.
            let end = begin + (index as i64 / 10) * 9_000_000 + random.whole(3_000_000, 8_000_000) as i64;
            let tree = self.tree(case, &mut random).with("origin", origin(case));
            let rows = rows(&tree, end, Sdk::Python, &mut random);
            let root = rows.first().and_then(|row| row["id"].as_str()).unwrap_or_default().to_owned();
            DemoTrace { acts: self.acts(case, &root, end, now, &mut random), moment: end, rows }
        });
        traces.collect()
    }

    fn is_wrong(&self, case: &TestCase) -> bool {
        case.wrong_with.contains(&self.prompt)
    }

    fn fails(&self, case: &TestCase) -> bool {
        self.prompt == Prompt::Fifteen && FAILED.contains(&case.id)
    }

    fn output(&self, case: &TestCase) -> String {
        let answer = if self.is_wrong(case) { case.bad.0 } else { case.good };
        match self.prompt {
            Prompt::Thirteen => answer.to_owned(),
            Prompt::Fourteen if self.is_wrong(case) || case.id == "leaking-valve" => answer.to_owned(),
            Prompt::Fourteen => format!("{answer}\n\nIs there anything else about it that I can look up for you?"),
            Prompt::Fifteen => answer.split_inclusive(". ").take(2).collect::<String>().trim_end().to_owned(),
        }
    }

    fn tree(&self, case: &TestCase, random: &mut Random) -> DemoSpan {
        let output = self.output(case);
        let root = DemoSpan::new(random, "eval", "eval", 4)
            .with("input", json!(case.input))
            .with("expected", json!(case.expected))
            .with("tags", json!(case.tags))
            .with("metadata", json!({"model": self.model, "prompt_version": self.name, "difficulty": case.difficulty}));
        let prompt = format!("{SYSTEM}{}", if self.prompt == Prompt::Fifteen { "\n- At most two sentences." } else { "" });
        let messages = json!([{"role": "system", "content": prompt}, {"role": "user", "content": case.input}]);
        let slow = if self.model == "gpt-4o" { 14 } else { 8 };
        let draft = DemoSpan::new(random, "draft", "llm", 340 + tokens(&output) * slow)
            .with("input", messages)
            .with("metadata", json!({"model": self.model, "temperature": 0}));
        let look_up = DemoSpan::new(random, "retrieve_policy", "function", 130)
            .with("input", json!({"query": case.input, "top_k": 3}))
            .with("output", json!({"found": random.whole(2, 4), "index": "help-2026-11"}));
        let task = DemoSpan::new(random, "answer", "task", 6).with("input", json!(case.input)).with_child(look_up);
        if self.fails(case) {
            let error = "RateLimitError: 429: limit of 200,000 tokens per minute reached for gpt-4o-mini; try again in 1.4 s";
            return root
                .with("error", json!(error))
                .with_child(task.with("error", json!(error)).with_child(draft.with("error", json!(error))));
        }
        let spent = tokens(&prompt) + tokens(case.input) + random.whole(220, 480);
        let draft = draft.with("output", json!({"role": "assistant", "content": output})).with_tokens(spent, tokens(&output));
        let mut root = root.with("output", json!(output)).with_child(task.with("output", json!(output)).with_child(draft));
        for (name, score, rationale) in self.scores(case, &output, random) {
            let judged = json!({"input": case.input, "expected": case.expected, "output": output});
            let scored = DemoSpan::new(random, name, "score", if name == "Brevity" { 2 } else { 360 })
                .with("input", judged)
                .with("output", json!({"score": score}))
                .with("scores", json!({ name: score }))
                .with("metadata", json!({"rationale": rationale}));
            root = root.with_child(scored);
        }
        root
    }

    /// What scorers say, each with its reason.
    fn scores(&self, case: &TestCase, output: &str, random: &mut Random) -> [(&'static str, f64, String); 3] {
        let hundredths = |value: f64| (value * 100.0).round() / 100.0;
        let (factuality, rationale) = if self.is_wrong(case) {
            (random.between(0.04, 0.36), format!("Contradicts the reference. {}", case.bad.1))
        } else {
            let reason = random.pick(&[
                "Says what the reference says, and nothing against it.",
                "Every point of the reference is there.",
                "Agrees with the reference; the additions are on the help page.",
            ]);
            (random.between(0.86, 1.0), reason.to_owned())
        };
        let (low, high) = match (self.is_wrong(case), self.prompt) {
            (true, Prompt::Fifteen) => (0.15, 0.5),
            (true, Prompt::Thirteen | Prompt::Fourteen) => (0.25, 0.7),
            (false, Prompt::Thirteen) => (0.7, 0.92),
            (false, Prompt::Fourteen) => (0.84, 0.99),
            (false, Prompt::Fifteen) => (0.6, 0.88),
        };
        let helpfulness = random.between(low, high);
        let told = match helpfulness {
            0.8.. => "The customer knows what to do next.",
            0.55.. => "Right, without the detail that would save the next message.",
            _ => "The customer has to write again.",
        };
        let words = output.split_whitespace().count();
        let brevity = (1.0 - (words as f64 - 18.0).max(0.0) / 60.0).max(0.0);
        [
            ("Factuality", hundredths(factuality), rationale),
            ("Helpfulness", hundredths(helpfulness), told.to_owned()),
            ("Brevity", hundredths(brevity), format!("{words} words; 18 or fewer are best.")),
        ]
    }

    /// Reviewers look at what is hard, and at what the last run lost.
    fn acts(&self, case: &TestCase, root: &str, end: i64, now: i64, random: &mut Random) -> Vec<DemoAct> {
        let mut acts = Vec::new();
        let mut act = |minutes: u64, reviewer: usize, deed: DemoDeed| {
            let moment = (end + minutes as i64 * MINUTE).min(now);
            acts.push(DemoAct { row_id: root.to_owned(), moment, reviewer, deed });
        };
        if self.fails(case) || case.difficulty != "hard" {
            return acts;
        }
        let wrong = self.is_wrong(case);
        for reviewer in [1, 2] {
            if random.chance(0.75) {
                let (low, high) = if wrong { (0.05, 0.4) } else { (0.74, 0.97) };
                let value = (random.between(low, high) * 20.0).round() / 20.0;
                let seconds = random.whole(20, 120) as u32;
                act(
                    random.whole(60, 300),
                    reviewer,
                    DemoDeed::Answer { question: "Preference", value: AnswerValue::Number(value), seconds },
                );
            }
        }
        if self.prompt == Prompt::Fifteen && wrong {
            act(320, 0, DemoDeed::Flag { note: "Was right with support-14. Lost by being short?".to_owned(), assignee: Some(2) });
            if case.id == "rope-open" {
                let text = "@Mara two sentences are enough to be wrong about a rope. I would not ship this one; `support-14` stays.";
                act(340, 2, DemoDeed::Comment(text.to_owned()));
                // What must be answered comes first.
                for (question, value) in [("Preference", 0.15), ("Resolution", 0.0)] {
                    act(340, 2, DemoDeed::Answer { question, value: AnswerValue::Number(value), seconds: 45 });
                }
                act(341, 2, DemoDeed::Complete);
            }
        }
        acts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_458_315_297_664;

    /// The means of a run's scores, how many of its rows failed, and what it cost.
    fn measured(run: &Run) -> ([f64; 3], usize, f64) {
        let traces = run.traces(7, NOW, |case| json!({"id": case.id}));
        assert_eq!(traces.len(), CASES.len());
        let rows: Vec<&Value> = traces.iter().flat_map(|trace| &trace.rows).collect();
        let mean = |name: &str| {
            let values: Vec<f64> = rows.iter().filter_map(|row| row["scores"][name].as_f64()).collect();
            values.iter().sum::<f64>() / values.len() as f64
        };
        let cost = rows.iter().filter_map(|row| row["metrics"]["estimated_cost"].as_f64()).sum();
        (["Factuality", "Helpfulness", "Brevity"].map(mean), traces.iter().filter(|trace| !trace.rows[0]["error"].is_null()).count(), cost)
    }

    #[test]
    fn the_second_run_is_better_and_the_third_shorter_and_worse() {
        let [(first, none, _), (second, no_more, dear), (third, failed, cheap)] = RUNS.each_ref().map(measured);
        assert_eq!((none, no_more, failed), (0, 0, 2));
        assert!(second[0] > first[0] + 0.15 && third[0] < second[0] - 0.15, "{first:?} {second:?} {third:?}");
        assert!(second[1] > first[1] && third[1] < second[1], "{first:?} {second:?} {third:?}");
        assert!(third[2] > second[2] && cheap < dear / 5.0, "{second:?} {third:?} {cheap} {dear}");
    }

    #[test]
    fn rows_name_the_case_they_come_from() {
        let rows = dataset_rows(NOW, |story| Some(json!({"id": story})));
        assert_eq!(rows.iter().filter(|row| row["origin"].is_object()).count(), 3);
        let traces = RUNS[0].traces(7, NOW, |case| json!({"object_type": "dataset", "id": case.id}));
        assert!(
            traces
                .iter()
                .zip(&rows)
                .all(|(trace, row)| trace.rows[0]["origin"]["id"] == row["id"] && trace.rows[0]["input"] == row["input"])
        );
    }
}
