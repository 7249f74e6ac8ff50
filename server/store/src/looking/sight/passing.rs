//! What is passed over before it is looked at one by one: in the activity of a project most entries may be answers of others, and however
//! many lie there, none of them that is hidden anyway is read.

use super::Sight;
use crate::ground::database::{list, values};
use sea_orm::Value;

/// With more questions than this each entry is looked at.
const MOST: usize = 200;

impl Sight {
    /// A condition on entries of the activity, which holds for all that may be seen: it leaves out what others say to questions on spans
    /// where the person has answered nothing. What else is hidden is decided one by one. None where nothing is left out.
    pub(crate) fn passed_over(&self) -> Option<(String, Vec<Value>)> {
        let blind = self.blind().filter(|blind| (1..=MOST).contains(&blind.names.len()))?;
        let text = format!(
            "(person_id = ? OR path NOT IN ({}) OR EXISTS (SELECT 1 FROM answers x WHERE x.project = activity.project \
             AND x.span = activity.span AND x.person_id = ?))",
            list(blind.names.len() * 2)
        );
        let paths = blind.names.iter().flat_map(|name| [format!("scores.{name}"), format!("answers.{name}")]);
        let person = blind.person.as_str();
        Some((text, values![person].into_iter().chain(paths.map(Value::from)).chain(values![person]).collect()))
    }
}
