//! The demo project: what the support assistant of an outdoor shop called Fernway did in the last two weeks. The same seed gives
//! the same traces, and nothing here reads a clock or a file.

mod clock;
pub mod corpus;
mod customers;
mod flow;
mod orders;
mod passages;
mod random;
mod reviews;
mod scenarios;
pub mod seed;
mod spans;
mod tools;

use serde_json::{Value, json};

use clock::{DAY, MINUTE};
use customers::people;
use flow::Conversation;
use orders::Case;
use random::Random;
use scenarios::{Flaw, Language, Scenario};

/// One trace with what people thought of it.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoTrace {
    /// The rows in the order in which a client would have sent them, the root first.
    pub rows: Vec<Value>,
    /// Human answers.
    pub answers: Vec<DemoAnswer>,
    /// Comments.
    pub comments: Vec<DemoComment>,
}

/// A human answer to one question.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoAnswer {
    /// The row that was looked at.
    pub row_id: String,
    /// Name of the question.
    pub question: &'static str,
    /// Which of [`REVIEWERS`] answered.
    pub reviewer: usize,
    /// A number in `0..=1`; for a question with options it is the value of one of them.
    pub value: Value,
}

/// A comment in Markdown.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoComment {
    /// The row that was looked at.
    pub row_id: String,
    /// Which of [`REVIEWERS`] wrote it.
    pub reviewer: usize,
    /// The words.
    pub text: String,
    /// Minutes after the trace; never in the future.
    pub minutes_after: u32,
}

/// A question for reviewers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DemoQuestion {
    /// Its name, which is also the name of the score.
    pub name: &'static str,
    /// What is asked.
    pub description: &'static str,
    /// Options with their values; empty for a continuous question.
    pub options: &'static [(&'static str, f64)],
    /// Whether a review is incomplete without it.
    pub required: bool,
}

/// Name and address of the people who review.
pub const REVIEWERS: [(&str, &str); 3] =
    [("Mara Lindqvist", "mara@fernway.example"), ("Kenji Abe", "kenji@fernway.example"), ("Priya Raman", "priya@fernway.example")];

/// What reviewers are asked.
pub const QUESTIONS: [DemoQuestion; 3] = [
    DemoQuestion {
        name: "Preference",
        description: "Would you be glad to get this answer if you were the customer?",
        options: &[],
        required: true,
    },
    DemoQuestion {
        name: "Resolution",
        description: "Is the customer's problem solved, as far as the conversation shows?",
        options: &[("Not resolved", 0.0), ("Partly", 0.4), ("Resolved", 0.8), ("Exceeded", 1.0)],
        required: true,
    },
    DemoQuestion {
        name: "Tone",
        description: "How does the answer sound to somebody who is tired and far from home?",
        options: &[("Cold", 0.0), ("Neutral", 0.5), ("Warm", 1.0)],
        required: false,
    },
];

/// Name, colour and description of the tags.
pub const TAGS: &[(&str, &str, &str)] = &[
    ("Triage", "ochre", "Somebody should look at this one."),
    ("billing", "teal", "Payments, refunds, codes and gift cards."),
    ("shipping", "blue", "Parcels, carriers and customs."),
    ("warranty", "rose", "Things that broke."),
    ("returns", "green", "Returns and exchanges."),
    ("sizing", "grey", "Which size fits."),
    ("tone", "rose", "The tone matters here: upset, delighted or joking customers."),
    ("prod", "grey", "About the products: material, care, choosing and safety."),
];

/// The traces reach back this many days.
const DAYS: i64 = 14;

/// `count` traces, oldest first and the newest at `now_micros`, spread over two weeks with the rhythm of a shop's day.
pub fn traces(seed: u64, count: usize, now_micros: i64, project_id: &str) -> impl Iterator<Item = DemoTrace> {
    let project_id = project_id.to_owned();
    let choice = Choice::new();
    clock::moments(seed, count, now_micros, DAYS).into_iter().enumerate().map(move |(index, moment)| {
        let mut random = Random::part(seed, index as u64);
        trace(choice.scenario(&mut random), moment, now_micros, &project_id, &mut random)
    })
}

/// All scenarios, each as often as it comes up.
struct Choice(Vec<&'static Scenario>);

impl Choice {
    fn new() -> Self {
        Self(scenarios::all().flat_map(|scenario| std::iter::repeat_n(scenario, scenario.weight as usize)).collect())
    }

    fn scenario(&self, random: &mut Random) -> &'static Scenario {
        random.pick(&self.0)
    }
}

fn trace(scenario: &'static Scenario, moment: i64, now: i64, project_id: &str, random: &mut Random) -> DemoTrace {
    let case = Case::new(random, scenario.language, scenario.goods, moment);
    let age = now - moment;
    // Five days ago a new prompt went live: friendlier, and less careful with the facts.
    let (prompt, mistakes) = if age < 5 * DAY { ("support-14", 0.29) } else { ("support-13", 0.2) };
    let flawed = if scenario.flawed.is_empty() || !random.chance(mistakes) { None } else { Some(random.pick(scenario.flawed)) };
    let flaw = flawed.map(|flawed| flawed.flaw);
    let channel = match scenario.name {
        "chat_turn" => "chat",
        "triage_email" => "email",
        _ => random.pick(&["email", "chat", "ticket"]),
    };
    let javascript = matches!(scenario.name, "chat_turn" | "triage_email");
    let fails = random.chance(if javascript { 0.03 } else { 0.055 });
    let wording = random.whole(0, scenario.messages.len() as u64) as usize;
    let answer = match flawed {
        Some(flawed) => flawed.answer,
        // With as many answers as messages, each message has an answer of its own.
        None if scenario.answers.len() == scenario.messages.len() => scenario.answers[wording],
        None => random.pick(scenario.answers),
    };
    let conversation = Conversation {
        scenario,
        message: message(scenario, wording, channel, &case, random),
        answer: reply(scenario, channel, answer, flaw, &case, random),
        case: &case,
        flaw,
        prompt,
        model: random.pick(&["gpt-4o-mini", "gpt-4o-mini", "gpt-4o", "claude-sonnet-4"]),
        channel,
        javascript,
        fails,
        stumbles: !fails && random.chance(0.03),
    };
    let mut tree = conversation.tree(random);
    if !fails && let Some(tags) = tags(scenario, flaw, random) {
        tree = tree.with("tags", tags);
    }
    let rows = spans::rows(&tree, moment, &spans::Origin { project_id, javascript }, random);
    let root = rows.first().and_then(|row| row["id"].as_str()).unwrap_or_default().to_owned();
    if fails {
        return DemoTrace { rows, answers: Vec::new(), comments: Vec::new() };
    }
    let remark = flawed.map(|flawed| case.fill(flawed.remark));
    let answers = reviews::answers(&root, flaw, random);
    let comments = reviews::comments(&root, remark, (age / MINUTE) as u64, random);
    DemoTrace { rows, answers, comments }
}

/// What the customer wrote, with the small words around it where the channel invites them.
fn message(scenario: &Scenario, wording: usize, channel: &str, case: &Case, random: &mut Random) -> String {
    let body = scenario.messages[wording];
    let people = people(case.language);
    let plain = matches!(scenario.name, "chat_turn" | "lookup_order" | "triage_email")
        || !body.starts_with(|first: char| first.is_alphabetic() && first < 'ɐ');
    let opener = if plain { "" } else { random.pick(people.openers) };
    let closer = if plain || channel == "chat" { "" } else { random.pick(people.closers) };
    let mut characters = body.chars();
    let begins_sentence = !opener.ends_with(", ") || case.language != Language::English;
    let body = match (characters.next(), characters.next()) {
        (Some(first), Some(second)) if !begins_sentence && second.is_lowercase() => {
            first.to_lowercase().collect::<String>() + &body[first.len_utf8()..]
        }
        _ => body.to_owned(),
    };
    case.fill(&format!("{opener}{body}{closer}"))
}

/// The answer, with greeting and farewell in letters.
fn reply(scenario: &Scenario, channel: &str, answer: &str, flaw: Option<Flaw>, case: &Case, random: &mut Random) -> String {
    let letter = matches!(scenario.name, "answer_ticket" | "refund_flow" | "track_parcel") && channel != "chat" && flaw != Some(Flaw::Cold);
    if !letter {
        return case.fill(answer);
    }
    let people = people(case.language);
    let (greeting, farewell) = (random.pick(people.greetings), random.pick(people.farewells));
    case.fill(&format!("{greeting}{answer}{farewell}")).trim().to_owned()
}

/// The tags of the root, for most traces.
fn tags(scenario: &Scenario, flaw: Option<Flaw>, random: &mut Random) -> Option<Value> {
    let triage = random.chance(if flaw.is_some() { 0.6 } else { 0.1 });
    if !triage && random.chance(0.34) {
        return None;
    }
    let subjects = scenario.tags.iter().copied().filter(|_| random.chance(0.85));
    let tags: Vec<&str> = triage.then_some("Triage").into_iter().chain(subjects).collect();
    (!tags.is_empty()).then(|| json!(tags))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    const NOW: i64 = 1_795_458_315_297_664;

    fn corpus(seed: u64) -> Vec<DemoTrace> {
        traces(seed, 300, NOW, "4c5b8a51-0000-4000-8000-000000000000").collect()
    }

    fn share(count: usize) -> f64 {
        count as f64 / 300.0
    }

    #[test]
    fn a_seed_gives_the_same_corpus_and_another_seed_another() {
        assert_eq!(corpus(7), corpus(7));
        assert_ne!(corpus(7), corpus(8));
        assert_eq!(traces(7, 0, NOW, "p").count(), 0);
        assert_eq!(traces(7, 1, NOW, "p").count(), 1);
    }

    #[test]
    fn spans_hang_together_and_lie_within_their_parents() {
        for trace in corpus(1) {
            assert!((4..=10).contains(&trace.rows.len()), "{} spans: {:#}", trace.rows.len(), trace.rows[0]["span_attributes"]);
            let mut times: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
            for (index, row) in trace.rows.iter().enumerate() {
                let (start, end) = (row["metrics"]["start"].as_f64().unwrap(), row["metrics"]["end"].as_f64().unwrap());
                assert!(start < end && end <= NOW as f64 / 1e6);
                assert_eq!(row["root_span_id"], trace.rows[0]["root_span_id"]);
                assert_eq!(row["root_span_id"].as_str().unwrap().len(), 32);
                let parent = row["span_parents"][0].as_str();
                assert_eq!(parent.is_none(), index == 0, "only the first row is a root");
                if let Some(parent) = parent {
                    let (from, to) = times[parent];
                    assert!(from <= start && end <= to, "{row:#}");
                }
                times.insert(row["span_id"].as_str().unwrap(), (start, end));
            }
        }
    }

    #[test]
    fn ids_are_unique_and_every_answer_belongs_to_a_row() {
        let mut ids = BTreeSet::new();
        let known = QUESTIONS.map(|question| (question.name, question.options));
        for trace in corpus(2) {
            for row in &trace.rows {
                assert!(ids.insert(row["id"].as_str().unwrap().to_owned()));
                assert!(ids.insert(row["span_id"].as_str().unwrap().to_owned()));
                for tag in row["tags"].as_array().into_iter().flatten() {
                    assert!(TAGS.iter().any(|(name, ..)| tag == name), "{tag}");
                }
                for score in row["scores"].as_object().into_iter().flat_map(|scores| scores.values()) {
                    assert!((0.0..=1.0).contains(&score.as_f64().unwrap()));
                }
            }
            let mut given = BTreeSet::new();
            for answer in &trace.answers {
                assert!(ids.contains(&answer.row_id) && answer.reviewer < REVIEWERS.len());
                assert!(given.insert((answer.question, answer.reviewer)));
                let value = answer.value.as_f64().unwrap();
                let (_, options) = known.iter().find(|(name, _)| *name == answer.question).unwrap();
                assert!((0.0..=1.0).contains(&value));
                assert!(options.is_empty() || options.iter().any(|(_, option)| *option == value), "{answer:?}");
            }
            assert!(trace.comments.iter().all(|comment| ids.contains(&comment.row_id) && comment.reviewer < REVIEWERS.len()));
        }
    }

    #[test]
    fn the_corpus_is_varied_and_no_placeholder_is_left() {
        let corpus = corpus(3);
        let inputs: BTreeSet<String> = corpus.iter().map(|trace| trace.rows[0]["input"].to_string()).collect();
        assert!(inputs.len() > 285, "{} different inputs", inputs.len());
        for text in corpus.iter().flat_map(|trace| [&trace.rows[0]["input"], &trace.rows[0]["output"]]).map(Value::to_string) {
            let unfilled = text
                .split('{')
                .skip(1)
                .any(|rest| rest.split_once('}').is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
            assert!(!unfilled, "{text}");
        }
        let messages: usize = scenarios::all().map(|scenario| scenario.messages.len()).sum();
        assert!(messages > 100 && scenarios::all().count() > 45, "{messages} messages");
    }

    #[test]
    fn the_shares_are_believable() {
        let corpus = corpus(4);
        let count = |test: fn(&DemoTrace) -> bool| share(corpus.iter().filter(|trace| test(trace)).count());
        let has = |trace: &DemoTrace, question: &str| trace.answers.iter().any(|answer| answer.question == question);
        let resolution = share(corpus.iter().filter(|trace| has(trace, "Resolution")).count());
        assert!((0.02..0.12).contains(&count(|trace| trace.rows.iter().any(|row| !row["error"].is_null()))));
        assert!((0.22..0.40).contains(&count(|trace| !trace.answers.is_empty())));
        assert!((0.18..0.36).contains(&resolution));
        assert!((0.07..0.18).contains(&count(|trace| !trace.comments.is_empty())));
        assert!((0.6..0.8).contains(&count(|trace| trace.rows[0]["tags"].is_array())));
        let created: Vec<&str> = corpus.iter().map(|trace| trace.rows[0]["created"].as_str().unwrap()).collect();
        assert!(created[0] < "2026-11-10" && created[299].starts_with("2026-11-23T"), "{} {}", created[0], created[299]);
    }
}
