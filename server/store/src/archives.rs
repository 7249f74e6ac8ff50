//! Archives: a project with everything in it as lines of JSON, and back. This is how one moves to another database, or keeps a project.
//!
//! The first line says what the file is, the last one how much there should have been. Between them each line is an object with one key, which
//! says what the line is about: members, what the project is made of, and then row by row what was said about it, its activity, its earlier
//! versions, and the row itself. Keys are numbers of the project. What follows from something else (scores, traces, roll-ups, indexes, the
//! chain) is not there: it is made anew, and a project that was moved is proven from its first link on.
//!
//! A project on its way in is seen by nobody. It is written in short transactions, each of which leaves everything whole, so whatever
//! interrupts it, the same archive goes on where it stopped.

mod exporting;
mod importing;
mod placing;
mod reading;
mod tables;
mod taking;

pub use exporting::ArchiveExport;
pub use importing::{ArchiveImport, Imported};

/// The form of archives that is written and read.
const FORM: i64 = 1;
