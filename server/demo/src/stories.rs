//! Conversations that are told one by one, because what matters in them cannot be drawn at random: photos, tools that are called in turn,
//! writing from right to left, and colleagues who do not agree.

mod recent;
mod settled;

use serde_json::{Value, json};

use super::DemoTrace;
use super::acts::{DemoAct, DemoDeed};
use super::clock::MINUTE;
use super::flow::{SYSTEM, tokens};
use super::random::Random;
use super::spans::{DemoSpan, Sdk, rows};
use shared::answers::AnswerValue;

/// A conversation and what became of it.
struct Story {
    /// What test cases that were made of it call it.
    key: &'static str,
    /// Name of the root span.
    name: &'static str,
    /// How long ago it ended.
    minutes_ago: i64,
    locale: &'static str,
    user: &'static str,
    model: &'static str,
    tags: &'static [&'static str],
    /// The turns until the answer, as chat messages.
    turns: Vec<Value>,
    /// What the assistant did before it answered.
    calls: Vec<Called>,
    answer: &'static str,
    /// Scores with the rationale of each.
    scores: Vec<(&'static str, f64, &'static str)>,
    /// What people did: minutes after its end, who, what.
    told: Vec<(i64, usize, DemoDeed)>,
    /// Whether whoever sent it asked for a review at once.
    asks_for_review: bool,
}

/// A tool that the model called.
struct Called {
    tool: &'static str,
    arguments: Value,
    result: Value,
    millis: u64,
}

/// A story with the name by which test cases know it.
pub struct ToldTrace {
    /// What test cases call it.
    pub key: &'static str,
    /// Its rows and acts.
    pub trace: DemoTrace,
}

/// All of them, in no order.
pub fn stories(seed: u64, now: i64) -> Vec<ToldTrace> {
    let all = recent::stories().into_iter().chain(settled::stories());
    all.enumerate().map(|(index, story)| story.trace(now, &mut Random::part(seed, 1_000_000 + index as u64))).collect()
}

fn user(text: &str) -> Value {
    json!({"role": "user", "content": text})
}

fn assistant(text: &str) -> Value {
    json!({"role": "assistant", "content": text})
}

/// A message with a photo.
fn photo(text: &str, picture: &str) -> Value {
    json!({"role": "user", "content": [{"type": "text", "text": text}, {"type": "image_url", "image_url": {"url": picture}}]})
}

fn called(tool: &'static str, millis: u64, arguments: Value, result: Value) -> Called {
    Called { tool, arguments, result, millis }
}

fn answered(question: &'static str, value: f64) -> DemoDeed {
    DemoDeed::Answer { question, value: AnswerValue::Number(value), seconds: 64 }
}

fn sorted(topics: &[&str]) -> DemoDeed {
    DemoDeed::Answer { question: "Topic", value: AnswerValue::List(topics.iter().map(|topic| (*topic).to_owned()).collect()), seconds: 64 }
}

fn should_change(text: &str) -> DemoDeed {
    DemoDeed::Answer { question: "What should change", value: AnswerValue::Text(text.to_owned()), seconds: 64 }
}

fn comment(text: &str) -> DemoDeed {
    DemoDeed::Comment(text.to_owned())
}

impl Story {
    fn trace(self, now: i64, random: &mut Random) -> ToldTrace {
        let end = now - self.minutes_ago * MINUTE;
        let rows = rows(&self.tree(random), end, Sdk::Python, random);
        let root = rows.first().and_then(|row| row["id"].as_str()).unwrap_or_default().to_owned();
        let acts = self.told.into_iter().map(|(minutes, reviewer, deed)| {
            let moment = (end + minutes * MINUTE).min(now);
            DemoAct { row_id: root.clone(), moment, reviewer, deed }
        });
        ToldTrace { key: self.key, trace: DemoTrace { acts: acts.collect(), moment: end, rows } }
    }

    fn tree(&self, random: &mut Random) -> DemoSpan {
        let mut metadata = json!({
            "model": self.model, "prompt_version": "support-14", "user_id": self.user, "locale": self.locale, "channel": "chat",
        });
        if self.asks_for_review {
            metadata["~__bt_review_lists"] = json!({"__bt_default_review_list": {"status": "PENDING"}});
        }
        let mut root = DemoSpan::new(random, self.name, "task", 14)
            .with("input", Value::Array(self.turns.clone()))
            .with("output", json!(self.answer))
            .with("metadata", metadata)
            .with("tags", json!(self.tags));
        let mut messages = vec![json!({"role": "system", "content": SYSTEM})];
        messages.extend(self.turns.iter().cloned());
        for (index, call) in self.calls.iter().enumerate() {
            let id = format!("call_{}", index + 1);
            let arguments = call.arguments.to_string();
            let function = json!({"id": id, "type": "function", "function": {"name": call.tool, "arguments": arguments}});
            messages.push(json!({"role": "assistant", "content": null, "tool_calls": [function]}));
            messages.push(json!({"role": "tool", "tool_call_id": id, "content": call.result.to_string()}));
            let span = DemoSpan::new(random, call.tool, "tool", call.millis).with("input", call.arguments.clone());
            root = root.with_child(span.with("output", call.result.clone()));
        }
        let written: u64 = messages.iter().map(|message| tokens(message["content"].as_str().unwrap_or_default())).sum();
        let completion = tokens(self.answer);
        let draft = DemoSpan::new(random, "draft", "llm", 420 + completion * 9)
            .with("input", Value::Array(messages))
            .with("output", json!({"role": "assistant", "content": self.answer}))
            .with("metadata", json!({"model": self.model, "temperature": 0.2, "prompt_version": "support-14"}))
            .with_tokens(written + 640, completion);
        root = root.with_child(draft);
        for (name, score, rationale) in &self.scores {
            let scored = DemoSpan::new(random, name, "score", 310)
                .with("input", json!({"input": self.turns.last(), "output": self.answer}))
                .with("output", json!({"score": score}))
                .with("scores", json!({ *name: score }))
                .with("metadata", json!({"scorer": format!("{}-v3", name.to_lowercase()), "rationale": rationale}));
            root = root.with_child(scored);
        }
        root
    }
}
