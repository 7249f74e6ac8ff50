//! A review list while it is being written.

use crate::questions::AudienceDraft;
use crate::ui::civil::CivilTime;
use crate::ui::format::percent_field;
use leptos::prelude::*;
use shared::filter::parse_instant;
use shared::reviews::{Frame, ListDefinition, Overlap, ReviewList, SaveReviewList};
use shared::{Micros, ProjectId, QuestionId};

/// Everything in the dialog, as typed. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct ListDraft {
    pub(super) name: RwSignal<String>,
    pub(super) description: RwSignal<String>,
    pub(super) frame: RwSignal<Frame>,
    pub(super) audience: AudienceDraft,
    pub(super) questions: RwSignal<Vec<QuestionId>>,
    pub(super) needed: RwSignal<String>,
    /// The share of items that more people review, in percent.
    pub(super) share: RwSignal<String>,
    pub(super) more: RwSignal<String>,
    pub(super) minutes: RwSignal<String>,
    /// The last day.
    pub(super) due: RwSignal<String>,
    pub(super) apply: RwSignal<bool>,
}

impl ListDraft {
    /// What is written about a list, or nothing.
    pub(super) fn of(list: Option<&ReviewList>) -> Self {
        let definition = list.map(|list| list.definition.clone()).unwrap_or_default();
        let typed = |number: Option<u32>| RwSignal::new(number.map(|number| number.to_string()).unwrap_or_default());
        let percent = definition.overlap.map(|overlap| percent_field(overlap.share));
        Self {
            name: RwSignal::new(list.map(|list| list.name.clone()).unwrap_or_default()),
            description: RwSignal::new(definition.description),
            frame: RwSignal::new(definition.frame),
            audience: AudienceDraft::of(definition.reviewers),
            questions: RwSignal::new(definition.questions),
            needed: typed(definition.needed),
            share: RwSignal::new(percent.unwrap_or_default()),
            more: typed(definition.overlap.map(|overlap| overlap.needed)),
            minutes: typed(definition.claim_minutes),
            due: RwSignal::new(definition.due.map(|due| CivilTime::from_micros(due).to_day()).unwrap_or_default()),
            apply: RwSignal::new(false),
        }
    }

    /// What makes the list, or changes it. What the dialog does not show stays as it is.
    pub(super) fn command(self, project: ProjectId, list: Option<&ReviewList>) -> SaveReviewList {
        let before = list.map(|list| list.definition.clone()).unwrap_or_default();
        let due = self.due.with_untracked(|day| last_moment(day, before.due));
        let definition = ListDefinition {
            description: self.description.get_untracked(),
            frame: self.frame.get_untracked(),
            needed: self.needed.with_untracked(|typed| number(typed)),
            overlap: self.share.with_untracked(|share| self.more.with_untracked(|more| overlap(share, more))),
            reviewers: self.audience.chosen_audience(),
            questions: self.questions.get_untracked(),
            claim_minutes: self.minutes.with_untracked(|typed| number(typed)),
            due,
            ..before
        };
        let version = list.map(|list| list.version);
        let (list, name) = (list.map(|list| list.id.clone()), self.name.get_untracked());
        SaveReviewList { project, list, name, definition, seed: None, apply_to_open: self.apply.get_untracked(), version }
    }
}

/// The number that was typed; what is none becomes one that no list takes.
pub(super) fn number(typed: &str) -> Option<u32> {
    let typed = typed.trim();
    (!typed.is_empty()).then(|| typed.parse().unwrap_or(0))
}

/// The items that more people review; what cannot be becomes what no list takes.
fn overlap(share: &str, more: &str) -> Option<Overlap> {
    let share = share.trim().trim_end_matches('%').trim_end().replace(',', ".");
    if share.is_empty() && more.trim().is_empty() {
        return None;
    }
    Some(Overlap { share: share.parse::<f64>().map_or(-1.0, |percent| percent / 100.0), needed: number(more).unwrap_or(0) })
}

/// The last moment of a day. Where that is the day as it was, so is the moment.
fn last_moment(day: &str, before: Option<Micros>) -> Option<Micros> {
    let is_same = |before: &Micros| CivilTime::from_micros(*before).to_day() == day;
    before.filter(is_same).or_else(|| parse_instant(&[day, "T23:59:59Z"].concat()))
}

#[cfg(test)]
mod tests {
    use super::{last_moment, number, overlap};
    use shared::filter::{format_instant, parse_instant};

    #[test]
    fn what_is_typed_is_read_and_what_cannot_be_is_left_to_the_server() {
        assert_eq!([number(""), number(" 3 "), number("three"), number("-1")], [None, Some(3), Some(0), Some(0)]);
        assert_eq!(overlap("", " "), None);
        let twice = overlap("20 %", "2").unwrap();
        assert_eq!((twice.share, twice.needed), (0.2, 2));
        let half = overlap("12,5", "").unwrap();
        assert_eq!((half.share, half.needed), (0.125, 0));
        assert_eq!(overlap("some", "2").unwrap().share, -1.0);
    }

    #[test]
    fn a_day_ends_with_its_last_second() {
        assert_eq!(last_moment("2026-03-01", None).map(format_instant).as_deref(), Some("2026-03-01T23:59:59Z"));
        let noon = parse_instant("2026-03-01T12:00:00Z");
        assert_eq!(last_moment("2026-03-01", noon), noon);
        assert_ne!(last_moment("2026-03-02", noon), noon);
        assert_eq!(last_moment("", noon), None);
    }
}
