//! The one error of this program: a sentence that says what went wrong and, where it helps, what to do.

use std::fmt::{self, Display};

/// A sentence for the person who ran the command.
#[derive(Clone, Debug)]
pub struct Failure(pub String);

/// What a step gives back.
pub type Outcome<T = ()> = Result<T, Failure>;

impl Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Turns any error into a [`Failure`] that starts with what was being done.
pub trait Explain<T> {
    /// `what` reads like "cannot read style/main.css".
    fn explain(self, what: impl FnOnce() -> String) -> Outcome<T>;
}

impl<T, E: Display> Explain<T> for Result<T, E> {
    fn explain(self, what: impl FnOnce() -> String) -> Outcome<T> {
        // The alternate form prints the whole chain of causes, for errors that have one.
        self.map_err(|error| Failure(format!("{}: {error:#}", what())))
    }
}
