//! What end users say in a batch: scores that are kept beside the content of rows.

use super::batch::{Batch, Noted};
use crate::Result;
use crate::content::feedback;
use crate::ground::keys::SpanKey;
use crate::writing::writer::Change;
use shared::audit::{Deed, Source, Subject};
use shared::summary::Nano;
use std::collections::{BTreeSet, HashMap};

/// What an end user says to one score, before the batch and now, in units of 1e-9.
#[derive(Default)]
pub(super) struct Voice {
    pub(super) before: Option<i64>,
    pub(super) now: Option<i64>,
    /// Whether the activity tells of it.
    pub(super) is_told: bool,
}

impl Batch {
    /// Reads what end users have said so far of the rows that they speak of now.
    pub(super) async fn hear<'a>(&mut self, change: &Change, speaking: impl Iterator<Item = (&'a str, &'a str)>) -> Result<()> {
        let speaking: BTreeSet<_> = speaking.collect();
        let key = |row: &str| Some(self.spans.get(row)?.narrow.key);
        let voices: Vec<(SpanKey, &str)> = speaking.iter().filter_map(|(row, voice)| Some((key(row)?, *voice))).collect();
        let of_rows: HashMap<SpanKey, &str> = speaking.iter().filter_map(|(row, _)| Some((key(row)?, *row))).collect();
        let said = feedback::of_voices(&change.transaction, &self.home, &voices).await?;
        for ((span, voice, name), value) in said {
            if let Some(row) = of_rows.get(&span) {
                self.voices.insert(((*row).to_owned(), voice, name), Voice { before: Some(value), now: Some(value), is_told: false });
            }
        }
        Ok(())
    }

    /// Takes in what an end user says to some scores of a row, and notes what is new of it.
    pub(super) fn say(&mut self, row_id: &str, external: Option<String>, feedback: Vec<(String, Option<i64>)>) {
        let score = |units: Option<i64>| units.map(|units| serde_json::Value::from(Nano(units).score()).to_string());
        for (name, value) in feedback {
            let voice = self.voices.entry((row_id.to_owned(), external.clone().unwrap_or_default(), name.clone())).or_default();
            let before = std::mem::replace(&mut voice.now, value);
            if before != value {
                voice.is_told = true;
                self.noted.push(Noted {
                    row_id: row_id.to_owned(),
                    action: Deed::Feedback,
                    path: Subject::Score(name),
                    from: score(before),
                    to: score(value),
                    source: Source::External,
                    external: external.clone(),
                });
            }
        }
    }
}
