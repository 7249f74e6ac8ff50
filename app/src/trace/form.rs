//! What the questions of one form have in common: which of them has the keys, how far what was said has come, how many are answered.

mod looking;

use super::Opened;
use crate::context::use_project;
use crate::ui::Saving;
use leptos::prelude::*;
use looking::Looking;
use shared::objects::{ObjectKind, RowAddress};
use shared::questions::Question;
use shared::{PersonId, QuestionId};

/// The form of the row that one answers for. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct Form {
    opened: Opened,
    me: StoredValue<PersonId>,
    /// Whether every question must be answered, also those that are not required by themselves.
    all_count: StoredValue<bool>,
    /// The questions that are asked about the row, in their order.
    pub(super) asked: Memo<Vec<Question>>,
    /// The question of a row that had the focus last.
    chosen: RwSignal<Option<(RowAddress, QuestionId)>>,
    /// The question that has the keys while nothing else takes them.
    pub(super) current: Memo<Option<QuestionId>>,
    /// What stands in the form and is not said yet, and what is to be told of it.
    unsaid: RwSignal<Vec<(RowAddress, QuestionId, Saving)>>,
    /// What says at once what a question would say a moment later.
    hasten: StoredValue<Vec<Callback<()>>>,
    /// How long the row is looked at.
    looking: Looking,
}

impl Form {
    pub(super) fn new(opened: Opened, object: ObjectKind) -> Self {
        let context = use_project();
        let all_count = StoredValue::new(context.project.settings.require_all_human_review_scores);
        let viewer = context.viewer;
        let me = StoredValue::new(viewer.id.clone());
        let of_object = Memo::new(move |_| {
            let questions = opened.questions.read();
            questions.iter().filter(|question| question.is_asked(&viewer, object)).cloned().collect::<Vec<_>>()
        });
        let asked = Memo::new(move |_| {
            let unasked = opened.trace.of_form(|said| said.unasked.clone()).unwrap_or_default();
            of_object.with(|asked| asked.iter().filter(|question| !unasked.contains(&question.id)).cloned().collect::<Vec<_>>())
        });
        let chosen = RwSignal::new(None::<(RowAddress, QuestionId)>);
        let current = Memo::new(move |_| {
            let row = opened.trace.form_row.get()?;
            asked.with(|asked| {
                let is_asked = |id: &QuestionId| asked.iter().any(|question| question.id == *id);
                let last = chosen.with(|chosen| chosen.as_ref().filter(|(of, id)| *of == row && is_asked(id)).map(|(_, id)| id.clone()));
                last.or_else(|| asked.first().map(|question| question.id.clone()))
            })
        });
        let (unsaid, hasten, looking) = (RwSignal::new(Vec::new()), StoredValue::new(Vec::new()), Looking::new(opened));
        Self { opened, me, all_count, asked, chosen, current, unsaid, hasten, looking }
    }

    /// For how many seconds the row was looked at until now; none of a row that is not at hand any more.
    pub(super) fn seconds(self, row: &RowAddress) -> Option<u32> {
        let is_at_hand = self.opened.trace.form_row.try_with_untracked(|at_hand| at_hand.as_ref() == Some(row)).unwrap_or_default();
        is_at_hand.then(|| self.looking.seconds()).flatten()
    }

    /// `say` says at once what a question would say a moment later.
    pub(super) fn hasten_with(self, say: Callback<()>) {
        self.hasten.update_value(|hasten| hasten.push(say));
    }

    /// Says at once what stands in the form and would be said a moment later.
    pub(super) fn say_all(self) {
        // Those of questions that are gone say nothing more.
        let there: Vec<_> = self.hasten.get_value().into_iter().filter(|say| say.try_run(()).is_some()).collect();
        self.hasten.set_value(there);
        self.opened.trace.draw();
    }

    /// A question has the focus.
    pub(super) fn choose(self, row: &RowAddress, question: &QuestionId) {
        let is_chosen = self.chosen.with_untracked(|chosen| chosen.as_ref().is_some_and(|(of, id)| of == row && id == question));
        if !is_chosen {
            self.chosen.set(Some((row.clone(), question.clone())));
        }
    }

    /// Chooses the question after the current one; false at the end.
    pub(super) fn go_on(self, by: isize) -> bool {
        let next = untrack(|| {
            let (row, current) = (self.opened.trace.form_row.get()?, self.current.get()?);
            self.asked.with(|asked| {
                let place = asked.iter().position(|question| question.id == current)?.checked_add_signed(by)?;
                Some((row, asked.get(place)?.id.clone()))
            })
        });
        let goes = next.is_some();
        if goes {
            self.chosen.set(next);
        }
        goes
    }

    /// The place of the current question among those that are asked, from 0.
    pub(super) fn place(self) -> Option<usize> {
        let current = self.current.get()?;
        self.asked.with(|asked| asked.iter().position(|question| question.id == current))
    }

    /// Something stands in a question that is not said yet, or does so no more.
    pub(super) fn note(self, row: &RowAddress, question: &QuestionId, is: Option<Saving>) {
        // The form may be gone while its last words are sent.
        let known = self
            .unsaid
            .try_with_untracked(|unsaid| unsaid.iter().find(|(of, id, _)| of == row && id == question).map(|(.., saving)| saving.clone()));
        if known.is_some_and(|known| known != is) {
            self.unsaid.update(|unsaid| {
                unsaid.retain(|(of, id, _)| of != row || id != question);
                unsaid.extend(is.map(|is| (row.clone(), question.clone(), is)));
            });
        }
    }

    /// How far what was said about the row has come. What goes wrong is said on every page, at one place.
    pub(super) fn saving(self) -> Saving {
        let Some(row) = self.opened.trace.form_row.get() else { return Saving::Idle };
        let unsaid = self.unsaid.with(|unsaid| {
            let of_row: Vec<_> = unsaid.iter().filter(|(of, ..)| *of == row).map(|(.., saving)| saving).collect();
            of_row.iter().find(|saving| ***saving == Saving::Idle).or(of_row.first()).map(|saving| (*saving).clone())
        });
        unsaid.unwrap_or_else(|| self.opened.trace.journal().saving_of(&row))
    }

    /// How many of the questions the viewer has answered.
    pub(super) fn answered(self) -> usize {
        let own = self.own();
        self.asked.with(|asked| asked.iter().filter(|question| own.contains(&question.id)).count())
    }

    /// The questions that must be answered before one has reviewed the row, and are not, in their order.
    pub(super) fn unanswered(self) -> Vec<Question> {
        let (own, all_count) = (self.own(), self.all_count.get_value());
        let is_missing = |question: &&Question| (all_count || question.definition.required) && !own.contains(&question.id);
        self.asked.with(|asked| asked.iter().filter(is_missing).cloned().collect())
    }

    /// What the viewer has answered.
    fn own(self) -> Vec<QuestionId> {
        let me = self.me.get_value();
        let own = self.opened.trace.of_form(|said| {
            let own = said.answers.iter().filter(|answer| answer.reviewer.id == me);
            own.map(|answer| answer.question.clone()).collect::<Vec<_>>()
        });
        own.unwrap_or_default()
    }
}
