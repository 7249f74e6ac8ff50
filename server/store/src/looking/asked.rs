//! Filters of lists as whoever asks means them.

use crate::{Desk, Result};
use shared::Problem;
use shared::filter::{Expression, bind_person, parse_expression};

impl Desk {
    /// Reads the filter of a list: `me()` is whoever asks. None where it is empty.
    ///
    /// # Errors
    /// [`Problem::Filter`] with every mistake.
    pub(crate) fn read_filter(&self, filter: &str) -> Result<Option<Expression>> {
        if filter.trim().is_empty() {
            return Ok(None);
        }
        let read = parse_expression(filter).map_err(Problem::filter)?;
        Ok(Some(bind_person(read, self.actor.person.id.as_str())))
    }
}
