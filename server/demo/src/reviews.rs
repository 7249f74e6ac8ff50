//! What the people at Fernway think of an answer.

use serde_json::{Value, json};

use super::random::Random;
use super::scenarios::Flaw;
use super::{DemoAnswer, DemoComment, REVIEWERS};

/// How kind each reviewer is, relative to the others.
const LENIENCE: [f64; REVIEWERS.len()] = [-0.05, 0.04, 0.0];

/// Remarks on answers that are right.
const PRAISE: &[&str] = &[
    "Exactly how I would have written it. Candidate for the golden set?",
    "Good. The *order of the steps* is what makes it work.",
    "Right, and kind. I would cut the last sentence.",
    "Checked against the order: dates and amounts are correct.",
    "Correct, but **long** for the chat window. Fine for e-mail.",
    "@Kenji you asked for an example of a friendly no: this is one.",
    "I wanted to be stricter and found nothing. Well done, machine.",
    "Compared with `support-13` on the same question: clearer and shorter.",
];

/// What a colleague answers to a remark on a flawed answer.
const REPLIES: &[&str] = &[
    "Agreed, I lowered mine.",
    "Seen it too, that makes three this week:\n\n1. wrong promise\n2. no tool call\n3. guard says *pass*",
    "I’d still give some points for the tone. Let’s talk on Thursday?",
    "@Priya added to the list for the next prompt.",
    "Hm, the passage it retrieved is out of date. So it is half *our* fault: `retrieve_policy` should not return it any more.",
    "Good catch. The right wording is on the help page:\n\n> Spare parts leave the warehouse first; the broken part may follow within 30 days.",
];

/// A number that fits the answer: 1 is best.
pub fn automatic_score(name: &str, flaw: Option<Flaw>, random: &mut Random) -> f64 {
    let (low, high) = match (name, flaw) {
        (_, None) => (0.8, 1.0),
        ("Factuality", Some(Flaw::Wrong)) => (0.05, 0.42),
        ("Factuality", Some(Flaw::Pleasing)) => (0.18, 0.5),
        ("Factuality", Some(Flaw::Cold)) => (0.7, 0.98),
        ("Factuality", Some(Flaw::Incomplete)) => (0.6, 0.92),
        (_, Some(Flaw::Wrong)) => (0.25, 0.6),
        (_, Some(Flaw::Pleasing)) => (0.74, 0.97),
        (_, Some(Flaw::Cold)) => (0.2, 0.45),
        (_, Some(Flaw::Incomplete)) => (0.25, 0.5),
    };
    hundredths(random.between(low, high))
}

fn hundredths(value: f64) -> f64 {
    (value.clamp(0.0, 1.0) * 100.0).round() / 100.0
}

fn preference(reviewer: usize, flaw: Option<Flaw>, random: &mut Random) -> Value {
    let (low, high) = match flaw {
        None => (0.72, 0.97),
        Some(Flaw::Wrong) => (0.08, 0.38),
        // The first reviewer looks things up; the others are charmed.
        Some(Flaw::Pleasing) if reviewer == 0 => (0.45, 0.7),
        Some(Flaw::Pleasing) => (0.8, 0.97),
        Some(Flaw::Cold) => (0.15, 0.42),
        Some(Flaw::Incomplete) => (0.28, 0.55),
    };
    let lenience = LENIENCE.get(reviewer).copied().unwrap_or_default();
    json!(hundredths(random.between(low, high) + lenience + random.between(-0.04, 0.04)))
}

fn resolution(flaw: Option<Flaw>, random: &mut Random) -> Value {
    let options: &[f64] = match flaw {
        None => &[0.8, 0.8, 0.8, 0.8, 0.4, 1.0, 1.0],
        Some(Flaw::Wrong) => &[0.0, 0.0, 0.0, 0.4],
        Some(Flaw::Pleasing) => &[0.8, 0.8, 0.4, 0.0],
        Some(Flaw::Cold) => &[0.4, 0.4, 0.0],
        Some(Flaw::Incomplete) => &[0.0, 0.4, 0.4],
    };
    json!(random.pick(options))
}

fn tone(flaw: Option<Flaw>, random: &mut Random) -> Value {
    let options: &[f64] = match flaw {
        Some(Flaw::Cold) => &[0.0, 0.0, 0.5],
        Some(Flaw::Incomplete | Flaw::Wrong) => &[0.5, 0.5, 0.0, 1.0],
        Some(Flaw::Pleasing) | None => &[1.0, 1.0, 0.5],
    };
    json!(random.pick(options))
}

/// The answers of one, two or three reviewers, or of none.
pub fn answers(row_id: &str, flaw: Option<Flaw>, random: &mut Random) -> Vec<DemoAnswer> {
    let mut answers = Vec::new();
    if !random.chance(0.32) {
        return answers;
    }
    let reviewers = random.pick(&[1, 1, 1, 2, 2, 3]);
    let first = random.whole(0, REVIEWERS.len() as u64) as usize;
    for offset in 0..reviewers {
        let reviewer = (first + offset) % REVIEWERS.len();
        let mut answer = |question, value| answers.push(DemoAnswer { row_id: row_id.to_owned(), question, reviewer, value });
        answer("Preference", preference(reviewer, flaw, random));
        if random.chance(0.8) {
            answer("Resolution", resolution(flaw, random));
        }
        if random.chance(0.3) {
            answer("Tone", tone(flaw, random));
        }
    }
    answers
}

/// Remarks, more often on flawed answers. None is younger than `age` minutes allow.
pub fn comments(row_id: &str, remark: Option<String>, age: u64, random: &mut Random) -> Vec<DemoComment> {
    let mut comments = Vec::new();
    let author = random.whole(0, REVIEWERS.len() as u64) as usize;
    let minutes = random.whole(4, 2_000).min(age) as u32;
    let mut comment = |reviewer: usize, text: String, minutes_after: u32| {
        comments.push(DemoComment { row_id: row_id.to_owned(), reviewer: reviewer % REVIEWERS.len(), text, minutes_after });
    };
    match remark {
        Some(remark) if random.chance(0.5) => {
            comment(author, remark, minutes);
            if random.chance(0.35) {
                let later = (u64::from(minutes) + random.whole(3, 300)).min(age) as u32;
                comment(author + 1, random.pick(REPLIES).to_owned(), later);
            }
        }
        None if random.chance(0.045) => comment(author, random.pick(PRAISE).to_owned(), minutes),
        _ => {}
    }
    comments
}
