//! A reproducible corpus: what `touchstone seed` writes. The same seed gives the same rows, so seeding again changes
//! nothing, and numbers measured on one machine can be measured on another.

use crate::random::Random;
use serde_json::{Value, json};
use shared::filter::format_instant;

/// 2026-01-01, where the corpus begins.
const BEGIN: i64 = 1_767_225_600_000_000;

/// The corpus is spread over this many microseconds, however large it is: thirty days.
const LENGTH: i64 = 30 * 24 * 3_600 * 1_000_000;

const WORDS: [&str; 64] = [
    "order",
    "invoice",
    "parcel",
    "refund",
    "warranty",
    "account",
    "password",
    "delivery",
    "courier",
    "return",
    "battery",
    "charger",
    "screen",
    "speaker",
    "update",
    "version",
    "setting",
    "network",
    "signal",
    "router",
    "account",
    "customer",
    "agent",
    "manager",
    "week",
    "morning",
    "evening",
    "yesterday",
    "already",
    "still",
    "never",
    "twice",
    "please",
    "thank",
    "sorry",
    "kindly",
    "arrived",
    "missing",
    "broken",
    "changed",
    "ordered",
    "called",
    "promised",
    "waited",
    "replaced",
    "checked",
    "confirmed",
    "received",
    "number",
    "address",
    "street",
    "city",
    "invoice",
    "receipt",
    "price",
    "discount",
    "voucher",
    "balance",
    "payment",
    "card",
    "bank",
    "transfer",
    "policy",
    "support",
];
/// A word that few say, and in how many traces one of them is.
const RARE: (&str, u64) = ("ombudsman", 997);

const MODELS: [&str; 3] = ["small-4", "medium-4", "large-4"];
const LANGUAGES: [&str; 4] = ["en", "de", "fr", "es"];
const TAGS: [&str; 5] = ["billing", "shipping", "returns", "triage", "escalated"];
const STEPS: [(&str, &str); 4] = [("retrieve", "tool"), ("draft", "llm"), ("check policy", "function"), ("answer", "llm")];

/// A trace, and what people say about it.
pub struct SeededTrace {
    /// Rows as an SDK sends them to an object; the first is the root.
    pub rows: Vec<Value>,
    /// Its root.
    pub root: String,
    /// Answers to *Preference*: which reviewer, and what.
    pub answer: Option<(usize, f64)>,
    /// Which reviewer comments, and what.
    pub comment: Option<(usize, String)>,
}

/// Reviewers of the corpus.
pub const REVIEWERS: usize = 3;

/// Trace number `number` of `traces`.
pub fn trace(seed: u64, number: u64, traces: u64, spans: u64) -> SeededTrace {
    let mut random = Random::part(seed, number);
    let trace_id = format!("{:016x}{number:016x}", seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let place = i64::try_from(u128::from(number) * u128::try_from(LENGTH).unwrap_or(0) / u128::from(traces.max(1))).unwrap_or(0);
    let start = BEGIN + place;
    let root = format!("{trace_id}-0");
    let mut rows = Vec::new();
    for span in 0..spans.max(1) {
        let begin = start + i64::try_from(span).unwrap_or(0) * 150_000;
        let seconds = begin as f64 / 1e6;
        let mut row = json!({
            "id": format!("{trace_id}-{span}"), "span_id": format!("{trace_id}-{span}"), "root_span_id": trace_id,
            "created": format_instant(begin),
            "input": [{ "role": "system", "content": "You answer customers of a shop." }, { "role": "user", "content": prose(&mut random, 150) }],
            "output": [{ "role": "assistant", "content": prose(&mut random, 150) }],
            "metadata": {
                "model": random.pick(&MODELS), "language": random.pick(&LANGUAGES), "customer": random.whole(1, 5000),
                "session": format!("s{}", number / 3), "attempt": random.whole(1, 4),
            },
            "metrics": {
                "start": seconds, "end": seconds + random.between(0.05, 2.0), "prompt_tokens": random.whole(50, 900),
                "completion_tokens": random.whole(20, 300),
            },
        });
        if span == 0 {
            row["span_attributes"] = json!({ "name": "conversation", "type": "task" });
            row["scores"] = json!({ "Factuality": (random.fraction() * 100.0).round() / 100.0 });
            if random.chance(0.4) {
                row["tags"] = json!([random.pick(&TAGS)]);
            }
        } else {
            let (name, kind) = STEPS[usize::try_from(span - 1).unwrap_or(0) % STEPS.len()];
            row["span_attributes"] = json!({ "name": name, "type": kind });
            row["span_parents"] = json!([root]);
        }
        if span == 0 && number.is_multiple_of(RARE.1) {
            row["input"][1]["content"] = json!(format!("{} I have written to the {}.", prose(&mut random, 150), RARE.0));
        }
        if random.chance(0.02) {
            row["error"] = json!(format!("the {} did not answer", random.pick(&WORDS)));
        }
        rows.push(row);
    }
    let reviewer = |random: &mut Random| usize::try_from(random.whole(0, REVIEWERS as u64)).unwrap_or(0);
    let answer = random.chance(0.3).then(|| (reviewer(&mut random), (random.fraction() * 100.0).round() / 100.0));
    let comment = random.chance(0.1).then(|| (reviewer(&mut random), prose(&mut random, 12)));
    SeededTrace { rows, root, answer, comment }
}

/// Words in sentences.
fn prose(random: &mut Random, words: usize) -> String {
    let mut text = String::with_capacity(words * 8);
    for word in 0..words {
        if word > 0 {
            text.push_str(if word % 12 == 0 { ". " } else { " " });
        }
        text.push_str(random.pick(&WORDS));
    }
    text.push('.');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_rows() {
        let (one, again, other) = (trace(1, 7, 100, 5), trace(1, 7, 100, 5), trace(2, 7, 100, 5));
        assert_eq!(one.rows, again.rows);
        assert_ne!(one.rows, other.rows);
        assert_eq!((one.rows.len(), one.rows[0]["metadata"].as_object().unwrap().len()), (5, 5));
        let kilobyte = 800..1600;
        assert!(one.rows.iter().all(|row| kilobyte.contains(&row["input"].to_string().len())));
    }

    #[test]
    fn about_as_much_is_judged_as_promised() {
        let traces: Vec<_> = (0..2000).map(|number| trace(1, number, 2000, 1)).collect();
        let part = |count: usize| count * 100 / traces.len();
        assert!((27..=33).contains(&part(traces.iter().filter(|trace| trace.answer.is_some()).count())));
        assert!((8..=12).contains(&part(traces.iter().filter(|trace| trace.comment.is_some()).count())));
        assert!(traces.iter().all(|trace| trace.rows[0]["scores"]["Factuality"].is_number()));
    }
}
