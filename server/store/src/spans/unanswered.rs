//! Which questions somebody still has to answer about a row before they have reviewed it.

use super::tree::Tree;
use crate::ground::database::{all, values};
use crate::ground::keys::project_of;
use crate::ground::places::find_span;
use crate::looking::condition::{self, InTrace};
use crate::projects::{questions, settings};
use crate::{Desk, Result};
use sea_orm::FromQueryResult;
use shared::QuestionId;
use shared::objects::RowAddress;
use shared::questions::Question;

impl Desk {
    /// The questions that are asked of the caller about a row, must be answered and are not, in the order of the form: the required ones or,
    /// where the project says so, all.
    pub(crate) async fn unanswered(&self, row: &RowAddress) -> Result<Vec<(QuestionId, String)>> {
        #[derive(FromQueryResult)]
        struct Answered {
            question_id: String,
        }
        let snapshot = self.store.snapshot().await?;
        let (home, span) = find_span(&snapshot, row).await?;
        let all_count = settings::of_project(&snapshot, &home.project).await?.require_all_human_review_scores;
        let mut missing = questions::of_project(&snapshot, &home.project).await?;
        let counts = |question: &Question| all_count || question.definition.required;
        missing.retain(|question| counts(question) && question.is_asked(&self.actor.person, home.kind));
        if missing.is_empty() {
            return Ok(Vec::new());
        }
        let text = "SELECT question_id FROM answers WHERE project = ? AND span = ? AND person_id = ?";
        let bound = values![project_of(span.key), span.key, self.actor.person.id.as_str()];
        let answered = all::<Answered>(&snapshot, text, bound).await?;
        missing.retain(|question| !answered.iter().any(|answered| answered.question_id == question.id.0));
        if missing.iter().any(|question| !question.definition.condition.is_empty()) {
            let view = self.view(&row.object_id).await?;
            let tree = Tree::of(&view.snapshot, &view.sight, span.trace).await?;
            let below = tree.open(None, &row.id).map(|node| tree.below(node)).unwrap_or_default();
            let unasked = condition::unasked(&view, InTrace { span: span.key, trace: span.trace, below }).await?;
            missing.retain(|question| !unasked.contains(&question.id));
        }
        Ok(missing.into_iter().map(|question| (question.id, question.name)).collect())
    }
}
