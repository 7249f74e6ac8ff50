//! Where the review of an item stands. It follows from what was done, and from the clock as far as claims go; only what the API calls it
//! is kept as text.

use crate::filter::review_status;
use serde::{Deserialize, Serialize};

/// Where the review of an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewStatus {
    /// Nobody has begun.
    Backlog,
    /// Somebody has it in hand, or has reviewed it, and more reviews are needed.
    InReview,
    /// It has the reviews it needs, or was closed by hand.
    Complete,
}

/// What a status follows from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Whether it was closed by hand.
    pub closed: bool,
    /// Reviews that were completed in this round.
    pub done: u32,
    /// Reviews that are needed.
    pub needed: u32,
    /// People who have it in hand now.
    pub claims: u32,
}

impl ReviewStatus {
    /// Every status, in the order of a board.
    pub const ALL: [Self; 3] = [Self::Backlog, Self::InReview, Self::Complete];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Backlog => "backlog",
            Self::InReview => "in_review",
            Self::Complete => "complete",
        }
    }

    /// The status of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Where a review stands.
    pub fn of(progress: Progress) -> Self {
        let Progress { closed, done, needed, claims } = progress;
        if closed || done >= needed {
            Self::Complete
        } else if claims > 0 || done > 0 {
            Self::InReview
        } else {
            Self::Backlog
        }
    }

    /// What SDKs mean by a text, whatever its capitals; none for a text that says nothing known.
    pub fn said(text: &str) -> Option<Self> {
        review_status(text).and_then(Self::parse)
    }

    /// What SDKs call it where they have not said themselves.
    pub fn text(self) -> &'static str {
        match self {
            Self::Backlog => "PENDING",
            Self::InReview => "IN_PROGRESS",
            Self::Complete => "COMPLETE",
        }
    }

    /// What a row shows of a review: the text that the API sent, as it was, unless what was done since says otherwise. Claims are left out,
    /// because they end by themselves, and a row does not.
    pub fn shown(progress: Progress, sent: Option<&str>) -> String {
        let stands = Self::of(Progress { claims: 0, ..progress });
        let kept = sent.filter(|sent| match (Self::said(sent), stands) {
            (Some(Self::Complete), stands) => stands == Self::Complete,
            (Some(Self::InReview), stands) => stands != Self::Complete,
            (Some(Self::Backlog), stands) => stands == Self::Backlog && !sent.trim().is_empty(),
            (None, stands) => stands != Self::Complete,
        });
        kept.unwrap_or_else(|| stands.text()).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_follows_from_what_was_done() {
        let mut table = String::new();
        for (closed, done, needed, claims) in [
            (false, 0, 1, 0),
            (false, 0, 1, 1),
            (false, 1, 1, 0),
            (false, 1, 2, 0),
            (false, 1, 2, 1),
            (false, 2, 1, 1),
            (true, 0, 3, 0),
            (true, 0, 3, 1),
        ] {
            let status = ReviewStatus::of(Progress { closed, done, needed, claims });
            table += &format!("{}{done} of {needed}, {claims} in hand: {}\n", if closed { "closed, " } else { "" }, status.as_str());
        }
        expect_test::expect![[r#"
            0 of 1, 0 in hand: backlog
            0 of 1, 1 in hand: in_review
            1 of 1, 0 in hand: complete
            1 of 2, 0 in hand: in_review
            1 of 2, 1 in hand: in_review
            2 of 1, 1 in hand: complete
            closed, 0 of 3, 0 in hand: complete
            closed, 0 of 3, 1 in hand: complete
        "#]]
        .assert_eq(&table);
    }

    #[test]
    fn what_sdks_say_is_understood_and_kept_as_it_was() {
        let open = Progress { needed: 2, ..Progress::default() };
        let begun = Progress { done: 1, ..open };
        let complete = Progress { done: 2, ..open };
        let mut table = String::new();
        for sent in [
            None,
            Some(""),
            Some("PENDING"),
            Some("pending"),
            Some("In_Progress"),
            Some("COMPLETED"),
            Some("approved"),
            Some("REJECTED"),
            Some("Parked"),
        ] {
            let said = sent.map(|sent| ReviewStatus::said(sent).map_or("unknown", ReviewStatus::as_str));
            let shown = [open, begun, complete].map(|progress| ReviewStatus::shown(progress, sent));
            table += &format!("{:<12} {:<10} {}\n", sent.unwrap_or("-"), said.unwrap_or("-"), shown.join(" "));
        }
        expect_test::expect![[r#"
            -            -          PENDING IN_PROGRESS COMPLETE
                         backlog    PENDING IN_PROGRESS COMPLETE
            PENDING      backlog    PENDING IN_PROGRESS COMPLETE
            pending      backlog    pending IN_PROGRESS COMPLETE
            In_Progress  in_review  In_Progress In_Progress COMPLETE
            COMPLETED    complete   PENDING IN_PROGRESS COMPLETED
            approved     complete   PENDING IN_PROGRESS approved
            REJECTED     complete   PENDING IN_PROGRESS REJECTED
            Parked       unknown    Parked Parked COMPLETE
        "#]]
        .assert_eq(&table);
    }
}
