//! What somebody sees of a row. In a blind project a question's value means nothing to a reviewer or a viewer where they have not
//! answered it; who may configure sees through.

use super::{Entry, Model, OWNER_AND_ENGINEER, VIEWER};
use serde_json::Value;
use shared::objects::ObjectKind;
use shared::questions::QuestionKind;

/// How much somebody sees of an entry of the activity.
#[derive(PartialEq, Eq)]
pub(super) enum Seen {
    Whole,
    /// That something was changed, and not from what to what.
    Withheld,
    Nothing,
}

impl Model {
    fn is_blind(&self, person: usize) -> bool {
        self.blind && !OWNER_AND_ENGINEER.contains(&person)
    }

    /// Whether somebody sees what others said to a question.
    pub(super) fn sees(&self, person: usize, row: &str, question: usize) -> bool {
        let said = || self.rows[row].said.iter().any(|said| (said.question, said.person) == (question, person));
        !self.is_blind(person) || said()
    }

    /// A score is hidden by the question of its name.
    pub(super) fn sees_score(&self, person: usize, row: &str, name: &str) -> bool {
        self.question(name).map_or(true, |question| self.sees(person, row, question))
    }

    fn sees_all(&self, person: usize, row: &str, of: impl Fn(&QuestionKind) -> bool) -> bool {
        (0..self.questions.len()).filter(|place| of(&self.questions[*place].definition.kind)).all(|place| self.sees(person, row, place))
    }

    /// Whether somebody sees everything that was ever said on `expected`.
    pub(super) fn sees_expected(&self, person: usize, row: &str) -> bool {
        self.sees_all(person, row, |kind| matches!(kind, QuestionKind::Expected { .. }))
    }

    fn sees_metadata(&self, person: usize, row: &str) -> bool {
        self.sees_all(person, row, |kind| matches!(kind, QuestionKind::Text { .. }))
    }

    /// Whether a question is asked about rows of that kind: a test case has no scores.
    pub(super) fn fits(&self, row: &str, question: usize) -> bool {
        let (kind, definition) = (self.cast.address(row).object_type, &self.questions[question].definition);
        let is_score = matches!(definition.kind, QuestionKind::Continuous | QuestionKind::Categorical { .. });
        (kind != ObjectKind::Dataset || !is_score) && (definition.objects.is_empty() || definition.objects.contains(&kind))
    }

    /// Whether somebody sees what other members commented: once they have answered what is required of them; if nothing is, what they are
    /// asked; if they are asked nothing, what anybody is asked.
    fn sees_comments(&self, person: usize, row: &str) -> bool {
        if !self.is_blind(person) {
            return true;
        }
        let asked = |of: &dyn Fn(usize) -> bool| {
            let here = (0..self.questions.len()).filter(|place| !self.questions[*place].archived && self.fits(row, *place));
            here.filter(|place| of(*place)).collect::<Vec<_>>()
        };
        let of_person = |place: usize| {
            let roles = &self.questions[place].definition.audience.roles;
            person != VIEWER && (roles.is_empty() || roles.contains(&self.cast.role(person)))
        };
        let required = asked(&|place| of_person(place) && self.questions[place].definition.required);
        let waited_for = [required, asked(&of_person), asked(&|_| true)].into_iter().find(|asked| !asked.is_empty()).unwrap_or_default();
        waited_for.into_iter().all(|place| self.sees(person, row, place))
    }

    /// Whether somebody sees a comment: their own, those of end users, and once they may, all.
    pub(super) fn sees_comment(&self, person: usize, row: &str, by: Option<usize>) -> bool {
        by.is_none_or(|by| by == person) || self.sees_comments(person, row)
    }

    pub(super) fn sees_entry(&self, person: usize, entry: &Entry) -> Seen {
        let (row, own) = (entry.row.as_str(), entry.person == Some(person));
        let open = |open: bool| if open { Seen::Whole } else { Seen::Nothing };
        let withheld = |open: bool| if open { Seen::Whole } else { Seen::Withheld };
        match entry.path.split_once('.').unwrap_or((&entry.path, "")) {
            ("scores" | "answers", name) => open(self.sees_score(person, row, name) || own && ["answer", "clear"].contains(&entry.action)),
            ("comments", _) => open(own || entry.source == "external" || self.sees_comments(person, row)),
            ("expected", _) => withheld(self.sees_expected(person, row)),
            ("metadata", _) => withheld(self.sees_metadata(person, row)),
            ("tags", _) => Seen::Whole,
            other => panic!("what is {other:?}?"),
        }
    }

    /// What an API or a person writes into `expected` without repeating what others said is nobody's secret, unless a part of what was
    /// written by somebody who saw it is left.
    pub(super) fn reconsider(row: &mut super::Row, sent: Option<&Value>) {
        let stands = row.base.get("expected").filter(|value| !value.is_null());
        row.informed &= stands.is_some() && (sent.is_none() || sent != stands);
    }
}
