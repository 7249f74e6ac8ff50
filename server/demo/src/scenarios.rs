//! What customers ask and what the assistant answers, by subject.

mod awkward;
mod billing;
mod care;
mod dialogues;
mod french;
mod german;
mod returns;
mod shipping;
mod spanish;
mod triage;
mod warranty;

/// The language of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
}

impl Language {
    /// The tag of the locale, as the shop's front end sends it.
    pub fn locale(self) -> &'static str {
        match self {
            Self::English => "en-GB",
            Self::German => "de-DE",
            Self::French => "fr-FR",
            Self::Spanish => "es-ES",
        }
    }
}

/// The kind of thing that a conversation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goods {
    /// Whatever was bought.
    Anything,
    /// Tents.
    Tent,
    /// Rucksacks.
    Pack,
    /// Footwear.
    Boots,
    /// Jackets.
    Jacket,
    /// Stoves.
    Stove,
    /// Sleeping bags.
    Bag,
    /// Harnesses.
    Climbing,
}

/// The chapter of the help pages that answers the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Warranty and repair.
    Warranty,
    /// Returns and exchanges.
    Returns,
    /// Delivery.
    Shipping,
    /// Money.
    Payment,
    /// Fit.
    Sizing,
    /// Care, material and safety.
    Product,
}

/// A tool the assistant may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// The order system.
    LookupOrder,
    /// The warehouse and the shops.
    CheckStock,
    /// The carrier.
    TrackShipment,
    /// The payment provider.
    CheckPayment,
    /// Sends money back.
    IssueRefund,
    /// Prints a label.
    CreateReturn,
    /// Gift cards.
    GiftCard,
    /// Which person is on duty.
    FindAgent,
}

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It says something untrue, and the customer would notice.
    Wrong,
    /// It pleases, and promises what the shop does not do.
    Pleasing,
    /// It is true, and nobody would like to read it.
    Cold,
    /// It is true, and leaves out what was asked.
    Incomplete,
}

/// An answer that a reviewer should catch.
#[derive(Clone, Copy)]
pub struct Flawed {
    /// What is wrong with it.
    pub flaw: Flaw,
    /// The answer.
    pub answer: &'static str,
    /// What a reviewer says about it.
    pub remark: &'static str,
}

/// One kind of conversation.
pub struct Scenario {
    /// Name of the root span.
    pub name: &'static str,
    /// The language.
    pub language: Language,
    /// What it is about.
    pub goods: Goods,
    /// Where the answer is found.
    pub topic: Topic,
    /// Tools that are called, in order.
    pub tools: &'static [Tool],
    /// Tags by subject.
    pub tags: &'static [&'static str],
    /// The turns before the last message: customer, assistant, customer, assistant …
    pub earlier: &'static [&'static str],
    /// The message, in several wordings.
    pub messages: &'static [&'static str],
    /// Good answers: one for each message when there are as many, else each fits every message.
    pub answers: &'static [&'static str],
    /// Answers with a flaw.
    pub flawed: &'static [Flawed],
    /// How often it comes up, relative to the others.
    pub weight: u64,
}

/// What most conversations have in common.
const USUAL: Scenario = Scenario {
    name: "answer_ticket",
    language: Language::English,
    goods: Goods::Anything,
    topic: Topic::Product,
    tools: &[Tool::LookupOrder],
    tags: &[],
    earlier: &[],
    messages: &[],
    answers: &[],
    flawed: &[],
    weight: 4,
};

const fn flawed(flaw: Flaw, answer: &'static str, remark: &'static str) -> Flawed {
    Flawed { flaw, answer, remark }
}

/// All kinds of conversation.
pub fn all() -> impl Iterator<Item = &'static Scenario> {
    [
        warranty::SCENARIOS,
        billing::SCENARIOS,
        shipping::SCENARIOS,
        returns::SCENARIOS,
        care::SCENARIOS,
        triage::SCENARIOS,
        dialogues::SCENARIOS,
        german::SCENARIOS,
        french::SCENARIOS,
        spanish::SCENARIOS,
        awkward::SCENARIOS,
    ]
    .into_iter()
    .flatten()
}
