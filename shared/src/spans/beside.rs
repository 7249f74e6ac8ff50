//! What is told of an open trace beside the span that is open: whose form is shown, and where somebody said something.

use crate::changes::{ChangedList, Stamp, now, stamps};
use crate::said::{KnownSaid, SaidChanges, SpanSaid};
use crate::summary::SpanScore;
use crate::{Micros, RowId};
use serde::{Deserialize, Serialize};

/// What is told of an open trace beside the span that is open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Beside {
    /// The span that one answers for, where it is not the open one.
    pub form: Option<FormSpan>,
    /// The spans about which somebody said something, in the order of the tree.
    pub marks: Vec<SpanMark>,
}

/// A span that one answers for while another one is open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormSpan {
    /// Row id.
    pub row_id: RowId,
    /// Span id.
    pub span_id: String,
    /// Name.
    pub name: String,
    /// When it began.
    pub created: Micros,
    /// What people said about it.
    pub said: SpanSaid,
}

/// What people said about a span, in short.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpanMark {
    /// Span id.
    pub span_id: String,
    /// Name.
    pub name: String,
    /// Answers of who looks.
    pub own: u32,
    /// Answers of others, as far as who looks may see them.
    pub others: u32,
    /// Its scores as they stand with what was said, in the order of their names; those that a tree tells.
    pub scores: Vec<(String, SpanScore)>,
}

/// What somebody knows of a [`Beside`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownBeside {
    /// Of what is said about the span that one answers for.
    pub form: KnownSaid,
    /// The stamps of the marks.
    pub marks: Vec<Stamp>,
}

/// What is another in a [`Beside`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BesideChanges {
    form: Option<FormChanges>,
    marks: Option<ChangedList<SpanMark>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct FormChanges {
    row_id: RowId,
    span_id: String,
    name: String,
    created: Micros,
    said: SaidChanges,
}

impl Beside {
    /// What who holds this knows.
    pub fn known(&self) -> KnownBeside {
        KnownBeside { form: self.form.as_ref().map(|form| form.said.known()).unwrap_or_default(), marks: stamps(&self.marks) }
    }

    /// What to tell who knows an earlier one.
    pub fn since(self, known: &KnownBeside) -> BesideChanges {
        let form = self.form.map(|FormSpan { row_id, span_id, name, created, said }| {
            let said = said.since(&known.form);
            FormChanges { row_id, span_id, name, created, said }
        });
        BesideChanges { form, marks: ChangedList::since(&known.marks, self.marks) }
    }

    /// What is told now, from what was.
    pub fn with(&self, changes: BesideChanges) -> Self {
        let form = changes.form.map(|FormChanges { row_id, span_id, name, created, said }| {
            let known = self.form.as_ref().map(|form| form.said.clone()).unwrap_or_default();
            FormSpan { row_id, span_id, name, created, said: known.with(said) }
        });
        Self { form, marks: now(changes.marks, &self.marks) }
    }
}
