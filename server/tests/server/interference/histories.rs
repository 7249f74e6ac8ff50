//! Histories: what several people say about the rows of a blind project, one after the other, each at its own time.

use super::world::World;
use super::world::{Place, QUESTIONS, ROWS};
use std::collections::BTreeSet;

/// Numbers that follow from a seed.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number; of each state another.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most as u64).unwrap()
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }
}

/// Who does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// The reviewer whose answers are compared.
    Blind,
    /// Another reviewer.
    Anna,
    /// Who sees through, and whose SDK sends what scorers report.
    Engineer,
}

/// What is done. Questions are places in [`QUESTIONS`], steps places in the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    Answer {
        question: usize,
        confirm: bool,
    },
    Clear {
        question: usize,
    },
    Gold {
        question: usize,
    },
    ClearGold {
        question: usize,
    },
    Comment,
    EditComment {
        step: usize,
    },
    DeleteComment {
        step: usize,
    },
    /// Edits `expected`; a stale one begins with what nobody sees.
    Expected {
        stale: bool,
    },
    Tag,
    /// A scorer reports its score on the row.
    Report,
    /// A scorer says what it found, on its own span below the row.
    Scorer,
    /// An end user's thumb.
    Feedback,
    TakeBack {
        step: usize,
    },
    /// Tries to take back the newest entry of the row that both histories have, whosever it is.
    TakeBackEntry,
}

/// One step of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub voice: Voice,
    /// A place in [`ROWS`].
    pub row: usize,
    pub deed: Deed,
}

/// A history, with what of it the blind reviewer must not learn.
#[derive(Debug)]
pub struct History {
    seed: u64,
    pub steps: Vec<Step>,
}

/// How two histories differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// In what others say.
    Values,
    /// In whether they say it.
    Presence,
}

impl History {
    pub fn new(seed: u64, difference: Difference) -> Self {
        let mut dice = Dice::new(seed);
        let mut steps: Vec<Step> = Vec::new();
        for _ in 0..8 + dice.below(16) {
            let voice = [Voice::Blind, Voice::Anna, Voice::Engineer, Voice::Anna, Voice::Engineer][dice.below(5)];
            let step = Step { voice, row: dice.below(ROWS.len()), deed: deed(&mut dice, voice, &steps) };
            if fits(&step, difference, &steps) {
                steps.push(step);
            }
        }
        Self { seed, steps }
    }

    /// Pairs of a question and a row that the blind reviewer answers at some time, and then may see.
    fn opened(&self) -> BTreeSet<(usize, usize)> {
        let own = self.steps.iter().filter(|step| step.voice == Voice::Blind);
        own.filter_map(|step| match step.deed {
            Deed::Answer { question, .. } => Some((question, step.row)),
            _ => None,
        })
        .collect()
    }

    /// Whether the blind reviewer must not learn what is said in a step.
    pub fn is_secret(&self, step: &Step) -> bool {
        if step.voice == Voice::Blind {
            return false;
        }
        let opened = self.opened();
        let opens = |question: usize, row: usize| opened.contains(&(question, row));
        let row = step.row;
        match step.deed {
            Deed::Answer { question, .. } | Deed::Clear { question } | Deed::Gold { question } | Deed::ClearGold { question } => {
                !opens(question, row)
            }
            // Of the questions one is required.
            Deed::Comment | Deed::EditComment { .. } | Deed::DeleteComment { .. } => !opens(World::TONE, row),
            Deed::Expected { .. } => !(opens(World::INTENT, row) && opens(World::TOPICS, row)),
            Deed::Report | Deed::Feedback | Deed::Scorer => !opens(World::TONE, row),
            Deed::TakeBack { step } => self.is_secret(&self.steps[step]),
            Deed::Tag | Deed::TakeBackEntry => false,
        }
    }

    /// The number from which what is said in a step is made, in the one or the other of two histories.
    pub fn value(&self, place: usize, other: bool) -> u64 {
        let secret = other && self.is_secret(&self.steps[place]);
        Dice::new(self.seed ^ ((place as u64) << 8) ^ u64::from(secret)).next()
    }

    /// Whether the step is left out where the other history lacks what others say.
    pub fn is_left_out(&self, step: &Step) -> bool {
        let what = match step.deed {
            Deed::TakeBack { step } => &self.steps[step].deed,
            ref deed => deed,
        };
        // That `expected` was edited is known, and what follows from it.
        self.is_secret(step) && !matches!(what, Deed::Expected { .. })
    }
}

fn deed(dice: &mut Dice, voice: Voice, steps: &[Step]) -> Deed {
    let question = dice.below(QUESTIONS.len());
    let confirm = dice.chance(50);
    let own: Vec<usize> = (0..steps.len()).filter(|place| steps[*place].voice == voice).collect();
    let step = if own.is_empty() { 0 } else { own[dice.below(own.len())] };
    match dice.below(16) {
        0..4 => Deed::Answer { question, confirm },
        4 => Deed::Clear { question },
        5 => Deed::Comment,
        6 => Deed::EditComment { step },
        7 => Deed::DeleteComment { step },
        8 => Deed::Tag,
        9 => Deed::TakeBack { step },
        10 | 11 => match voice {
            Voice::Blind => Deed::Expected { stale: dice.chance(30) },
            Voice::Anna => Deed::Feedback,
            Voice::Engineer => Deed::Expected { stale: false },
        },
        12 | 13 => match voice {
            Voice::Blind => Deed::TakeBackEntry,
            Voice::Anna => Deed::Feedback,
            Voice::Engineer => Deed::Scorer,
        },
        14 => match voice {
            Voice::Blind | Voice::Anna => Deed::Answer { question, confirm },
            Voice::Engineer if dice.chance(70) => Deed::Gold { question },
            Voice::Engineer => Deed::ClearGold { question },
        },
        _ => match voice {
            Voice::Blind => Deed::Gold { question },
            Voice::Anna => Deed::Comment,
            Voice::Engineer => Deed::Report,
        },
    }
}

/// Whether a step can be, and leaves the outcome of the others to what may be known.
fn fits(step: &Step, difference: Difference, before: &[Step]) -> bool {
    let place = ROWS[step.row].place;
    let of = |step: usize| before.get(step);
    let said_to_expected = |deed: &Deed| match deed {
        Deed::Answer { question, .. } | Deed::Clear { question } | Deed::Gold { question } | Deed::ClearGold { question } => {
            [World::INTENT, World::TOPICS].contains(question)
        }
        Deed::Expected { .. } => true,
        _ => false,
    };
    match &step.deed {
        Deed::EditComment { step: of_step } | Deed::DeleteComment { step: of_step } => {
            of(*of_step).is_some_and(|of| of.voice == step.voice && of.row == step.row && of.deed == Deed::Comment)
        }
        Deed::TakeBack { step: of_step } => of(*of_step).is_some_and(|of| {
            let taken = !matches!(of.deed, Deed::TakeBack { .. } | Deed::TakeBackEntry | Deed::Report | Deed::Scorer | Deed::Feedback);
            let known = difference == Difference::Values || step.voice == Voice::Blind || !matches!(of.deed, Deed::Expected { .. });
            of.voice == step.voice && of.row == step.row && taken && known
        }),
        Deed::Scorer => place == Place::Scored,
        // Nobody else speaks there of `expected`, so that an edit is not refused because of them.
        deed if place == Place::Free && step.voice != Voice::Blind => !said_to_expected(deed),
        _ => true,
    }
}
