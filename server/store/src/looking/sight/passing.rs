//! What is passed over before it is looked at one by one: in the activity of a project most entries may be answers of others, and however
//! many lie there, none of them that is hidden anyway is read.

use super::{Hidden, Sight};
use crate::ground::database::{list, values};
use crate::ground::keys::{Key, SpanKey};
use sea_orm::Value;

/// With more questions than this each entry is looked at.
const MOST: usize = 200;

impl Sight {
    /// A condition on entries of the activity, which holds for all that may be seen: it leaves out what is told of rows that are gone, and
    /// what others say to questions on spans where the person has answered nothing, and comment there if `comments_wait`. What else is
    /// hidden is decided one by one. None where nothing is left out.
    pub(crate) fn passed_over(&self, comments_wait: bool) -> Option<(String, Vec<Value>)> {
        let blind = self.blind()?;
        let mut text = "(span = ? OR EXISTS (SELECT 1 FROM spans s JOIN objects o ON o.key = s.object WHERE s.project = activity.project \
                        AND s.key = activity.span AND o.deleted IS NULL))"
            .to_owned();
        let mut bound = values![SpanKey::NONE];
        if (1..=MOST).contains(&blind.questions.len()) {
            let comments = if comments_wait { " AND (path NOT LIKE 'comments%' OR source = 'external')" } else { "" };
            text += &format!(
                " AND (person_id = ? OR (path NOT IN ({}){comments}) OR EXISTS (SELECT 1 FROM answers x WHERE x.project = activity.project \
                 AND x.span = activity.span AND x.person_id = ?))",
                list(blind.questions.len() * 2)
            );
            let paths = blind.questions.iter().flat_map(|Hidden { name, .. }| [format!("scores.{name}"), format!("answers.{name}")]);
            let person = blind.person.as_str();
            bound.extend(values![person].into_iter().chain(paths.map(Value::from)).chain(values![person]));
        }
        Some((text, bound))
    }

    /// Whether comments of others wait until the person has answered something.
    pub(crate) fn comments_wait(&self) -> bool {
        self.blind().is_some_and(|blind| blind.questions.iter().any(|question| question.before_comments))
    }
}
