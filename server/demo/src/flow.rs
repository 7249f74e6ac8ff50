//! The steps of the assistant for one conversation.

use serde_json::{Value, json};

use super::orders::SupportCase;
use super::passages::{PASSAGES, Passage};
use super::random::Random;
use super::reviews::automatic_score;
use super::scenarios::{Flaw, Scenario, Tool};
use super::spans::DemoSpan;
use super::tools::{Call, call, fatal_error, passing_error};

/// What happened in one conversation.
pub struct Conversation<'a> {
    /// Its kind.
    pub scenario: &'static Scenario,
    /// Its facts.
    pub case: &'a SupportCase,
    /// The customer's message.
    pub message: String,
    /// The assistant's answer.
    pub answer: String,
    /// What is wrong with the answer.
    pub flaw: Option<Flaw>,
    /// Which version of the prompt was live.
    pub prompt: &'static str,
    /// Which model wrote the answer.
    pub model: &'static str,
    /// How the message arrived.
    pub channel: &'static str,
    /// Whether the JavaScript service handled it, else the Python service.
    pub javascript: bool,
    /// Whether the conversation ended with an error.
    pub fails: bool,
    /// Whether a tool failed once and then worked.
    pub stumbles: bool,
}

/// A trace has no more spans than this.
const MOST_SPANS: usize = 10;

/// What the assistant is told before every conversation.
pub const SYSTEM: &str = "You are the support assistant of Fernway, a shop for outdoor equipment with twelve branches.

Answer in the customer's language, in plain words, and only from the facts and passages below. If they do not answer the question, say so and offer a person.

- Never promise money, dates or goods that no tool has confirmed.
- Never name another customer's address, order or name.
- Anything about gas, ropes or harnesses is a matter of safety: when in doubt, the careful answer.
- Markdown is shown. Lists for steps, bold for the one thing that matters, no headings in short answers.
- Dry humour is welcome when the customer began. Never about a broken thing that somebody was hurt by.";

impl Conversation<'_> {
    /// The tree of spans.
    pub fn tree(&self, random: &mut Random) -> DemoSpan {
        let passages = self.passages(random);
        let mut root =
            DemoSpan::new(random, self.scenario.name, "task", 12).with("input", self.root_input()).with("metadata", self.root_metadata());
        root = match self.scenario.name {
            "triage_email" => self.with_sorting(root, random),
            "answer_ticket" | "refund_flow" | "chat_turn" => root.with_child(retrieval(&self.message, &passages, random)),
            _ => root.with_child(self.language_span(random)),
        };
        if self.scenario.name == "escalate" {
            root = root.with_child(self.urgency_span(random));
        }
        let mut facts = Vec::new();
        for (index, tool) in self.scenario.tools.iter().enumerate() {
            let call = call(*tool, self.case, random);
            if self.stumbles && index == 0 {
                let error = passing_error(call.name, self.case, random);
                root = root.with_child(tool_span(&call, 2_000, random).with("error", json!(error)));
            }
            root = root.with_child(tool_span(&call, call.millis, random).with("output", call.output.clone()));
            facts.push(json!({ call.name: call.output }));
        }
        if self.scenario.name != "triage_email" {
            root = root.with_child(self.draft_span(&passages, &facts, random));
        }
        if self.fails {
            let error = fatal_error(self.scenario.name, self.javascript, self.case, random);
            if let Some(tags) = self.failure_tags() {
                root = root.with("tags", tags);
            }
            return root
                .with_child(DemoSpan::new(random, "report_failure", "function", 8).with("input", json!(error.lines().last())))
                .with("error", json!(error));
        }
        root = root.with("output", self.root_output());
        if matches!(self.scenario.name, "answer_ticket" | "refund_flow" | "chat_turn" | "escalate") {
            root = root.with_child(self.guard_span(random));
        }
        for (name, probability) in [("Factuality", 0.93), ("Helpfulness", 0.7)] {
            if random.chance(probability) && root.count() < MOST_SPANS {
                root = root.with_child(self.score_span(name, random));
            }
        }
        root
    }

    fn failure_tags(&self) -> Option<Value> {
        self.scenario.tags.first().map(|tag| json!(["Triage", tag]))
    }

    fn root_input(&self) -> Value {
        match self.scenario.name {
            "refund_flow" => json!({"message": self.message, "order": self.case.order, "amount": self.case.total as f64 / 100.0}),
            "escalate" => json!({"message": self.message, "reason": "customer asks for a person or safety is concerned"}),
            "chat_turn" => Value::Array(self.turns()),
            "triage_email" => {
                let (subject, body) = self.message.split_once("\n\n").unwrap_or((&self.message, ""));
                json!({"from": format!("{}@mail.example", self.case.user_id), "subject": subject, "body": body})
            }
            _ => json!(self.message),
        }
    }

    fn root_output(&self) -> Value {
        if self.scenario.name != "triage_email" {
            return json!(self.answer);
        }
        let mut parts = self.answer.splitn(3, " | ");
        let mut part = || parts.next().unwrap_or_default();
        json!({"queue": part(), "priority": part(), "summary": part(), "language": self.case.language.locale()})
    }

    fn root_metadata(&self) -> Value {
        let case = self.case;
        let mut metadata = json!({
            "model": self.model,
            "prompt_version": self.prompt,
            "user_id": case.user_id,
            "locale": case.language.locale(),
            "channel": self.channel,
            "product": case.product.name,
        });
        if self.scenario.tools.contains(&Tool::LookupOrder) {
            metadata["order"] = case.order_summary();
        }
        metadata
    }

    /// The conversation as chat messages, up to the message that is answered.
    fn turns(&self) -> Vec<Value> {
        let earlier = self.scenario.earlier.iter().enumerate().map(|(index, text)| {
            let role = if index % 2 == 0 { "user" } else { "assistant" };
            json!({"role": role, "content": self.case.fill(text)})
        });
        earlier.chain([json!({"role": "user", "content": self.message})]).collect()
    }

    /// Two to four passages of the right chapter, then one from elsewhere.
    fn passages(&self, random: &mut Random) -> Vec<(&'static Passage, f64)> {
        let wanted = random.whole(2, 5) as usize;
        let (fitting, other): (Vec<_>, Vec<_>) = PASSAGES.iter().partition(|passage| passage.topic == self.scenario.topic);
        let start = random.whole(0, fitting.len() as u64) as usize;
        let mut score = random.between(0.84, 0.93);
        let mut found = Vec::new();
        for passage in fitting.into_iter().cycle().skip(start).take(wanted).chain([random.pick(&other)]) {
            found.push((passage, (score * 1_000.0_f64).round() / 1_000.0));
            score -= random.between(0.02, 0.11);
        }
        found
    }

    fn language_span(&self, random: &mut Random) -> DemoSpan {
        let confidence = (random.between(0.9, 0.999) * 1_000.0).round() / 1_000.0;
        DemoSpan::new(random, "detect_language", "function", 4)
            .with("input", json!(self.message))
            .with("output", json!({"locale": self.case.language.locale(), "confidence": confidence}))
    }

    fn with_sorting(&self, root: DemoSpan, random: &mut Random) -> DemoSpan {
        let parse = DemoSpan::new(random, "parse_email", "function", 9)
            .with("input", json!(self.message))
            .with("output", json!({"quoted_lines_removed": random.whole(0, 60), "attachments": random.whole(0, 3)}));
        let prompt = "Sort the letter into one queue (Warranty, Returns, Shipping, Payment, Product advice, Business sales, Shops, Safety), give it a priority and one line of summary. Answer with JSON.";
        let classify = DemoSpan::new(random, "classify", "llm", 620)
            .with("input", json!([{"role": "system", "content": prompt}, {"role": "user", "content": self.message}]))
            .with("output", json!({"role": "assistant", "content": self.root_output().to_string()}))
            .with("metadata", json!({"model": self.model, "temperature": 0}))
            .with_tokens(tokens(prompt) + tokens(&self.message), tokens(&self.answer) + 14);
        let queue = self.answer.split(" | ").next().unwrap_or_default();
        let assign = DemoSpan::new(random, "assign_queue", "tool", 60)
            .with("input", json!({"queue": queue}))
            .with("output", json!({"ticket": format!("T-{}", self.case.number), "waiting_in_queue": random.whole(0, 31)}));
        root.with_child(parse).with_child(classify).with_child(assign)
    }

    fn urgency_span(&self, random: &mut Random) -> DemoSpan {
        let prompt = "Does this message describe a danger to people? Answer with one word: danger, upset or calm.";
        let verdict = if self.scenario.tags.contains(&"warranty") { "danger" } else { "upset" };
        DemoSpan::new(random, "classify_urgency", "llm", 240)
            .with("input", json!([{"role": "system", "content": prompt}, {"role": "user", "content": self.message}]))
            .with("output", json!({"role": "assistant", "content": verdict}))
            .with("metadata", json!({"model": "gpt-4o-mini", "temperature": 0}))
            .with_tokens(tokens(prompt) + tokens(&self.message), 1)
    }

    fn draft_span(&self, passages: &[(&Passage, f64)], facts: &[Value], random: &mut Random) -> DemoSpan {
        let mut system = SYSTEM.to_owned();
        system.push_str("\n\n## Passages\n");
        for (passage, _) in passages {
            system.push_str(&format!("\n[{}] {}", passage.source, passage.text));
        }
        if !facts.is_empty() {
            let facts = serde_json::to_string_pretty(facts).unwrap_or_default();
            system.push_str(&format!("\n\n## Facts\n\n```json\n{facts}\n```"));
        }
        let prompt = tokens(&system) + tokens(&self.message);
        let mut messages = vec![json!({"role": "system", "content": system})];
        messages.extend(self.turns());
        let completion = if self.fails { 0 } else { tokens(&self.answer) };
        let span = DemoSpan::new(random, "draft", "llm", 380 + completion * 9)
            .with("input", Value::Array(messages))
            .with("metadata", json!({"model": self.model, "temperature": 0.2, "prompt_version": self.prompt}));
        if self.fails {
            return span.with("error", json!("The call ended without an answer; the whole error is on the first span."));
        }
        span.with("output", json!({"role": "assistant", "content": self.answer})).with_tokens(prompt, completion)
    }

    fn guard_span(&self, random: &mut Random) -> DemoSpan {
        // The guard is not clever: it sees some wrong answers and misses most of them.
        let suspicious = self.flaw == Some(Flaw::Wrong) && random.chance(0.3);
        let verdict = if suspicious { "warn" } else { "pass" };
        let reason = if suspicious { "A date or amount in the answer is not among the facts." } else { "No rule is broken." };
        let prompt =
            "Check the answer against the rules: no unconfirmed promises, no personal data of others, no unsafe advice. Answer with JSON.";
        let check = DemoSpan::new(random, "policy_check", "llm", 205)
            .with("input", json!([{"role": "system", "content": prompt}, {"role": "user", "content": self.answer}]))
            .with("output", json!({"verdict": verdict, "reason": reason}))
            .with("metadata", json!({"model": "gpt-4o-mini", "temperature": 0}))
            .with_tokens(tokens(prompt) + tokens(&self.answer), 24);
        DemoSpan::new(random, "guard", "task", 6)
            .with("input", json!(self.answer))
            .with("output", json!({"verdict": verdict, "published": true}))
            .with_child(check)
    }

    fn score_span(&self, name: &str, random: &mut Random) -> DemoSpan {
        let score = automatic_score(name, self.flaw, random);
        let rationale = match (name, score) {
            ("Factuality", 0.8..) => "Every statement is covered by the facts or the passages.",
            ("Factuality", 0.5..) => "Nothing is wrong, but a part of the answer rests on no passage.",
            ("Factuality", _) => "At least one statement contradicts the facts, or no tool and no passage supports it.",
            (_, 0.8..) => "The customer knows what happens next and need not write again.",
            (_, 0.5..) => "Helpful in general, without the detail that was asked for.",
            (_, _) => "The customer will have to write again.",
        };
        DemoSpan::new(random, name, "score", 300)
            .with("input", json!({"input": self.root_input(), "output": self.root_output()}))
            .with("output", json!({"score": score}))
            .with("scores", json!({ name: score }))
            .with("metadata", json!({"scorer": format!("{}-v3", name.to_lowercase()), "rationale": rationale}))
    }
}

fn tool_span(call: &Call, millis: u64, random: &mut Random) -> DemoSpan {
    DemoSpan::new(random, call.name, "tool", millis).with("input", call.input.clone())
}

fn retrieval(message: &str, passages: &[(&Passage, f64)], random: &mut Random) -> DemoSpan {
    let found: Vec<Value> =
        passages.iter().map(|(passage, score)| json!({"source": passage.source, "score": score, "text": passage.text})).collect();
    let order: Vec<&str> = passages.iter().map(|(passage, _)| passage.source).collect();
    let prompt = "Order the passages by how well they answer the customer. Answer with a JSON array of sources.";
    let length: u64 = passages.iter().map(|(passage, _)| tokens(passage.text)).sum();
    let rerank = DemoSpan::new(random, "rerank", "llm", 180)
        .with("input", json!([{"role": "system", "content": prompt}, {"role": "user", "content": message}]))
        .with("output", json!(order))
        .with("metadata", json!({"model": "gpt-4o-mini", "temperature": 0, "candidates": 24}))
        .with_tokens(length + tokens(message) + tokens(prompt), 9 * order.len() as u64);
    DemoSpan::new(random, "retrieve_policy", "function", 40)
        .with("input", json!({"query": message, "top_k": passages.len()}))
        .with("output", json!(found))
        .with("metadata", json!({"index": "help-2026-11", "retriever": "hybrid"}))
        .with_child(rerank)
}

/// About as many tokens as a model counts for this text.
pub fn tokens(text: &str) -> u64 {
    (text.chars().count() as u64).div_ceil(4).max(1)
}
