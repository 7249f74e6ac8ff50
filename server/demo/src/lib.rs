//! The demo project: what the support assistant of an outdoor shop called Fernway did in the last two weeks, what its team tried, and what
//! everybody said about it. The same seed gives the same, and nothing here reads a clock or a file.

mod acts;
mod cases;
mod clock;
pub mod corpus;
mod customers;
mod experiments;
mod flow;
mod orders;
mod passages;
mod picture;
mod random;
mod reviews;
mod scenarios;
pub mod seed;
mod spans;
mod stories;
mod tools;

use serde_json::{Value, json};

pub use acts::{DemoAct, DemoDeed};
use clock::DAY;
use customers::people;
use flow::Conversation;
use orders::SupportCase;
use random::Random;
use reviews::Judged;
use scenarios::{Flaw, Language, Scenario};
use spans::Sdk;

/// One trace with what people did to it.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoTrace {
    /// The rows in the order in which a client would have sent them, the root first.
    pub rows: Vec<Value>,
    /// When it ended, in microseconds.
    pub moment: i64,
    /// What people did.
    pub acts: Vec<DemoAct>,
}

/// A question for reviewers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DemoQuestion {
    /// Its name, which is also the name of the score where it has one.
    pub name: &'static str,
    /// What is asked.
    pub description: &'static str,
    /// How it is answered.
    pub kind: DemoQuestionKind,
    /// Whether a review is incomplete without it.
    pub required: bool,
}

/// How a question is answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DemoQuestionKind {
    /// With a slider.
    Slider,
    /// With one of several options, each with its value.
    Options(&'static [(&'static str, f64)]),
    /// With some of several options, which become what is expected of rows of the logs.
    Expected(&'static [&'static str]),
    /// With a text, at this path.
    Text(&'static str),
}

/// Name and address of the people who review.
pub const REVIEWERS: [(&str, &str); 3] =
    [("Mara Lindqvist", "mara@fernway.example"), ("Kenji Abe", "kenji@fernway.example"), ("Priya Raman", "priya@fernway.example")];

/// What reviewers are asked.
pub const QUESTIONS: [DemoQuestion; 5] = [
    DemoQuestion {
        name: "Preference",
        description: "Would you be glad to get this answer if you were the customer?",
        kind: DemoQuestionKind::Slider,
        required: true,
    },
    DemoQuestion {
        name: "Resolution",
        description: "Is the customer's problem solved, as far as the conversation shows?",
        kind: DemoQuestionKind::Options(&[("Not resolved", 0.0), ("Partly", 0.4), ("Resolved", 0.8), ("Exceeded", 1.0)]),
        required: true,
    },
    DemoQuestion {
        name: "Tone",
        description: "How does the answer sound to somebody who is tired and far from home?",
        kind: DemoQuestionKind::Options(&[("Cold", 0.0), ("Neutral", 0.5), ("Warm", 1.0)]),
        required: false,
    },
    DemoQuestion {
        name: "Topic",
        description: "What is it about? Choose more than one where it is. This is what the *triage* prompt is checked against.",
        kind: DemoQuestionKind::Expected(&["Warranty", "Delivery", "Payment", "Returns", "Sizing", "Something else"]),
        required: false,
    },
    DemoQuestion {
        name: "What should change",
        description: "For whoever edits the **prompt** next: one sentence.",
        kind: DemoQuestionKind::Text("metadata.review.change"),
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
pub fn traces(seed: u64, count: usize, now_micros: i64) -> impl Iterator<Item = DemoTrace> {
    let choice = Choice::new();
    clock::moments(seed, count, now_micros, DAYS).into_iter().enumerate().map(move |(index, moment)| {
        let mut random = Random::part(seed, index as u64);
        trace(choice.scenario(&mut random), moment, now_micros, &mut random)
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

fn trace(scenario: &'static Scenario, moment: i64, now: i64, random: &mut Random) -> DemoTrace {
    let case = SupportCase::new(random, scenario.language, scenario.goods, moment);
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
    let client = if javascript { Sdk::JavaScript } else { Sdk::Python };
    let rows = spans::rows(&tree, moment, client, random);
    if fails {
        return DemoTrace { rows, moment, acts: Vec::new() };
    }
    let judged = Judged {
        row_id: rows.first().and_then(|row| row["id"].as_str()).unwrap_or_default(),
        flaw,
        remark: flawed.map(|flawed| case.fill(flawed.remark)),
        topic: scenario.topic,
        user: &case.user_id,
        moment,
        now,
    };
    let acts = judged.acts(random);
    DemoTrace { rows, moment, acts }
}

/// What the customer wrote, with the small words around it where the channel invites them.
fn message(scenario: &Scenario, wording: usize, channel: &str, case: &SupportCase, random: &mut Random) -> String {
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
fn reply(scenario: &Scenario, channel: &str, answer: &str, flaw: Option<Flaw>, case: &SupportCase, random: &mut Random) -> String {
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
    use shared::answers::AnswerValue;

    const NOW: i64 = 1_795_458_315_297_664;

    fn corpus(seed: u64) -> Vec<DemoTrace> {
        traces(seed, 300, NOW).collect()
    }

    fn share(count: usize) -> f64 {
        count as f64 / 300.0
    }

    #[test]
    fn a_seed_gives_the_same_corpus_and_another_seed_another() {
        assert_eq!(corpus(7), corpus(7));
        assert_ne!(corpus(7), corpus(8));
        assert_eq!(traces(7, 0, NOW).count(), 0);
        assert_eq!(traces(7, 1, NOW).count(), 1);
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
        let known = QUESTIONS.map(|question| (question.name, question.kind));
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
            for act in &trace.acts {
                assert!(ids.contains(&act.row_id) && act.reviewer < REVIEWERS.len());
                assert!((trace.moment..=NOW).contains(&act.moment), "{act:?}");
                if let DemoDeed::Answer { question, value, .. } = &act.deed {
                    assert!(given.insert((*question, act.reviewer)));
                    let (_, kind) = known.iter().find(|(name, _)| name == question).unwrap();
                    assert!(fits(*kind, value), "{act:?}");
                }
            }
        }
    }

    fn fits(kind: DemoQuestionKind, value: &AnswerValue) -> bool {
        match (kind, value) {
            (DemoQuestionKind::Slider, AnswerValue::Number(value)) => (0.0..=1.0).contains(value),
            (DemoQuestionKind::Options(options), AnswerValue::Number(value)) => options.iter().any(|(_, option)| option == value),
            (DemoQuestionKind::Expected(options), AnswerValue::List(names)) => names.iter().all(|name| options.contains(&name.as_str())),
            (DemoQuestionKind::Text(_), AnswerValue::Text(text)) => !text.is_empty(),
            _ => false,
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
        let has = |trace: &DemoTrace, test: fn(&DemoDeed) -> bool| trace.acts.iter().any(|act| test(&act.deed));
        let of = |test: fn(&DemoDeed) -> bool| share(corpus.iter().filter(|trace| has(trace, test)).count());
        let resolution = of(|deed| matches!(deed, DemoDeed::Answer { question: "Resolution", .. }));
        assert!((0.1..0.3).contains(&of(|deed| matches!(deed, DemoDeed::Feedback { .. }))));
        assert!((0.02..0.1).contains(&of(|deed| matches!(deed, DemoDeed::Flag { .. }))));
        assert!((0.005..0.1).contains(&of(|deed| matches!(deed, DemoDeed::Gold { .. }))));
        assert!((0.02..0.12).contains(&count(|trace| trace.rows.iter().any(|row| !row["error"].is_null()))));
        assert!((0.22..0.40).contains(&of(|deed| matches!(deed, DemoDeed::Answer { .. }))));
        assert!((0.18..0.36).contains(&resolution));
        assert!((0.07..0.18).contains(&of(|deed| matches!(deed, DemoDeed::Comment(_)))));
        assert!((0.6..0.8).contains(&count(|trace| trace.rows[0]["tags"].is_array())));
        let created: Vec<&str> = corpus.iter().map(|trace| trace.rows[0]["created"].as_str().unwrap()).collect();
        assert!(created[0] < "2026-11-10" && created[299].starts_with("2026-11-23T"), "{} {}", created[0], created[299]);
    }
}
