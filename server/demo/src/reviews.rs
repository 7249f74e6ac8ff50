//! What the people at Fernway think of an answer.

use shared::answers::AnswerValue;

use super::REVIEWERS;
use super::acts::{DemoAct, DemoDeed};
use super::clock::{DAY, MINUTE};
use super::random::Random;
use super::scenarios::{Flaw, Topic};

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

/// What end users say of an answer that helped, and of one that did not.
const THANKS: &[&str] = &["That was quick, thank you.", "Clear, and it worked.", "Did not expect a robot to be nice."];
const COMPLAINTS: &[&str] =
    &["I had to write again.", "This does not answer what I asked.", "Your colleague on the phone said something else."];

/// A row with what people know of it when they judge it.
pub struct Judged<'a> {
    /// The row.
    pub row_id: &'a str,
    /// What is wrong with the answer.
    pub flaw: Option<Flaw>,
    /// What a reviewer remarks on it.
    pub remark: Option<String>,
    /// What it is about.
    pub topic: Topic,
    /// The shop's number for the customer.
    pub user: &'a str,
    /// When it came in.
    pub moment: i64,
    /// Nothing is done after this.
    pub now: i64,
}

impl Judged<'_> {
    fn act(&self, moment: i64, reviewer: usize, deed: DemoDeed) -> DemoAct {
        DemoAct { row_id: self.row_id.to_owned(), moment, reviewer: reviewer % REVIEWERS.len(), deed }
    }

    /// A while after `moment`, and not after now.
    fn later(&self, moment: i64, minutes: u64, random: &mut Random) -> i64 {
        let left = ((self.now - moment).max(0) as f64 * random.fraction()) as i64;
        moment + (random.whole(3, minutes) as i64 * MINUTE).min(left)
    }

    /// All that people do to it.
    pub fn acts(&self, random: &mut Random) -> Vec<DemoAct> {
        let mut acts = self.feedback(random);
        acts.extend(self.answers(random));
        acts.extend(self.comments(random));
        acts.extend(self.review(random));
        acts
    }

    /// The answers of one, two or three reviewers, or of none, and what counts where they are far apart.
    fn answers(&self, random: &mut Random) -> Vec<DemoAct> {
        let mut acts = Vec::new();
        if !random.chance(0.32) {
            return acts;
        }
        let reviewers = random.pick(&[1, 1, 1, 2, 2, 3]);
        let first = random.whole(0, REVIEWERS.len() as u64) as usize;
        let mut preferences = Vec::new();
        for offset in 0..reviewers {
            let reviewer = (first + offset) % REVIEWERS.len();
            let moment = self.later(self.moment, 2_000, random);
            let seconds = random.whole(14, 170) as u32;
            let mut answer = |question, value| acts.push(self.act(moment, reviewer, DemoDeed::Answer { question, value, seconds }));
            let preference = preference(reviewer, self.flaw, random);
            preferences.push((preference, moment));
            answer("Preference", AnswerValue::Number(preference));
            if random.chance(0.8) {
                answer("Resolution", AnswerValue::Number(resolution(self.flaw, random)));
            }
            if random.chance(0.3) {
                answer("Tone", AnswerValue::Number(tone(self.flaw, random)));
            }
            if random.chance(0.45) {
                answer("Topic", AnswerValue::List(topics(self.topic, random)));
            }
            if let Some(change) = self.flaw.filter(|_| random.chance(0.5)).map(change) {
                answer("What should change", AnswerValue::Text(random.pick(change).to_owned()));
            }
        }
        let lowest = preferences.iter().map(|(value, _)| *value).fold(1.0, f64::min);
        let highest = preferences.iter().map(|(value, _)| *value).fold(0.0, f64::max);
        if highest - lowest > 0.2 {
            let last = preferences.iter().map(|(_, moment)| *moment).max().unwrap_or(self.moment);
            let reason = "Looked it up together: the stricter reading is right.".to_owned();
            let gold = DemoDeed::Gold { question: "Preference", value: AnswerValue::Number(lowest), reason };
            acts.push(self.act(self.later(last, 900, random), 0, gold));
        }
        acts
    }

    /// Remarks, more often on flawed answers.
    fn comments(&self, random: &mut Random) -> Vec<DemoAct> {
        let mut acts = Vec::new();
        let author = random.whole(0, REVIEWERS.len() as u64) as usize;
        let moment = self.later(self.moment, 2_000, random);
        match &self.remark {
            Some(remark) if random.chance(0.5) => {
                acts.push(self.act(moment, author, DemoDeed::Comment(remark.clone())));
                if random.chance(0.35) {
                    let reply = DemoDeed::Comment(random.pick(REPLIES).to_owned());
                    acts.push(self.act(self.later(moment, 300, random), author + 1, reply));
                }
            }
            None if random.chance(0.045) => acts.push(self.act(moment, author, DemoDeed::Comment(random.pick(PRAISE).to_owned()))),
            Some(_) | None => {}
        }
        acts
    }

    /// What the customer says, now and then.
    fn feedback(&self, random: &mut Random) -> Vec<DemoAct> {
        if !random.chance(0.2) {
            return Vec::new();
        }
        let likes = match self.flaw {
            None => 0.9,
            // Customers are charmed, too.
            Some(Flaw::Pleasing) => 0.9,
            Some(Flaw::Wrong | Flaw::Incomplete) => 0.3,
            Some(Flaw::Cold) => 0.15,
        };
        let up = random.chance(likes);
        let comment = random.chance(0.3).then(|| random.pick(if up { THANKS } else { COMPLAINTS }));
        vec![self.act(self.later(self.moment, 90, random), 0, DemoDeed::Feedback { user: self.user.to_owned(), up, comment })]
    }

    /// Some of what is wrong is flagged, and some of that is reviewed.
    fn review(&self, random: &mut Random) -> Vec<DemoAct> {
        let (Some(flaw), true) = (self.flaw, self.now - self.moment < 6 * DAY) else { return Vec::new() };
        if !random.chance(0.4) {
            return Vec::new();
        }
        let note = match flaw {
            Flaw::Wrong => "The guard let this through. Is it wrong, or only strange?",
            Flaw::Pleasing => "Sounds lovely. Do we really do that?",
            Flaw::Cold => "For the tone: would you send this?",
            Flaw::Incomplete => "What is missing here? It belongs into the dataset.",
        };
        let assignee = random.pick(&[None, Some(1), Some(2), Some(2)]);
        let flagged = self.later(self.moment, 600, random);
        let mut acts = vec![self.act(flagged, 0, DemoDeed::Flag { note: note.to_owned(), assignee })];
        if let Some(reviewer) = assignee.filter(|_| random.chance(0.4)) {
            let moment = self.later(flagged, 1_200, random);
            // What must be answered comes first.
            for (question, value) in [("Preference", 0.3), ("Resolution", 0.4)] {
                let answer = DemoDeed::Answer { question, value: AnswerValue::Number(value), seconds: 40 };
                acts.push(self.act(moment - 1, reviewer, answer));
            }
            acts.push(self.act(moment, reviewer, DemoDeed::Complete));
        }
        acts
    }
}

fn preference(reviewer: usize, flaw: Option<Flaw>, random: &mut Random) -> f64 {
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
    hundredths(random.between(low, high) + lenience + random.between(-0.04, 0.04))
}

fn resolution(flaw: Option<Flaw>, random: &mut Random) -> f64 {
    random.pick(match flaw {
        None => &[0.8, 0.8, 0.8, 0.8, 0.4, 1.0, 1.0],
        Some(Flaw::Wrong) => &[0.0, 0.0, 0.0, 0.4],
        Some(Flaw::Pleasing) => &[0.8, 0.8, 0.4, 0.0],
        Some(Flaw::Cold) => &[0.4, 0.4, 0.0],
        Some(Flaw::Incomplete) => &[0.0, 0.4, 0.4],
    })
}

fn tone(flaw: Option<Flaw>, random: &mut Random) -> f64 {
    random.pick(match flaw {
        Some(Flaw::Cold) => &[0.0, 0.0, 0.5],
        Some(Flaw::Incomplete | Flaw::Wrong) => &[0.5, 0.5, 0.0, 1.0],
        Some(Flaw::Pleasing) | None => &[1.0, 1.0, 0.5],
    })
}

/// What the conversation is about, as reviewers sort it: not always the same way.
fn topics(topic: Topic, random: &mut Random) -> Vec<String> {
    let (name, neighbour) = match topic {
        Topic::Warranty => ("Warranty", "Returns"),
        Topic::Returns => ("Returns", "Payment"),
        Topic::Shipping => ("Delivery", "Payment"),
        Topic::Payment => ("Payment", "Something else"),
        Topic::Sizing => ("Sizing", "Returns"),
        Topic::Product => ("Something else", "Sizing"),
    };
    let both = random.chance(0.15);
    [Some(name), Some(neighbour).filter(|_| both)].into_iter().flatten().map(str::to_owned).collect()
}

/// What reviewers tell whoever edits the prompt.
fn change(flaw: Flaw) -> &'static [&'static str] {
    match flaw {
        Flaw::Wrong => &[
            "Dates and amounts have to come from a tool. Put that first in the prompt.",
            "It should say that it does not know instead of guessing.",
        ],
        Flaw::Pleasing => {
            &["Promise nothing that no tool has confirmed.", "Offer what we really do, and then be nice about it. Not the other way round."]
        }
        Flaw::Cold => &["Say sorry once, then help. In that order.", "One sentence that shows that somebody read the message."],
        Flaw::Incomplete => &["Answer the second question, too.", "Name the next step and its date."],
    }
}
