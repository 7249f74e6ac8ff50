//! What people do to a row of the demo, and when.

use shared::answers::AnswerValue;

/// Something that somebody does to a row.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoAct {
    /// The row.
    pub row_id: String,
    /// When, in microseconds: after the row came in, and never in the future.
    pub moment: i64,
    /// Which of [`crate::REVIEWERS`] does it. What an end user says is sent in the name of the first.
    pub reviewer: usize,
    /// What.
    pub deed: DemoDeed,
}

/// What is done.
#[derive(Clone, Debug, PartialEq)]
pub enum DemoDeed {
    /// A question is answered.
    Answer {
        /// Its name.
        question: &'static str,
        /// What is said.
        value: AnswerValue,
        /// For how long the row was looked at.
        seconds: u32,
    },
    /// A question is settled.
    Gold {
        /// Its name.
        question: &'static str,
        /// What counts.
        value: AnswerValue,
        /// Why.
        reason: String,
    },
    /// A comment in Markdown. `@Mara`, `@Kenji` and `@Priya` are mentions.
    Comment(String),
    /// An end user says what the answer was worth.
    Feedback {
        /// The shop's number for the customer.
        user: String,
        /// A thumb up, or down.
        up: bool,
        /// In their own words.
        comment: Option<&'static str>,
    },
    /// The row is put into the review list.
    Flag {
        /// What whoever reviews it should know.
        note: String,
        /// Who is asked to.
        assignee: Option<usize>,
    },
    /// Its review is done.
    Complete,
}
