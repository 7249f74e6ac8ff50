//! What the editor of `expected` knows, and what it asks of the server.

use super::kept::{self, Kept};
use crate::api::{AppError, send};
use crate::journal::Stage;
use crate::trace::TraceState;
use crate::trace::api::{preview_text, read_text};
use crate::ui::Saving;
use leptos::prelude::*;
use serde_json::value::RawValue;
use shared::audit::Subject;
use shared::commands::Command;
use shared::expected::SetExpected;
use shared::objects::{FieldName, RowAddress};
use shared::texts::{PreviewText, ReadText, TextFormat, TextPreview};
use shared::{PersonId, Problem};
use std::time::Duration;

/// How long typing rests before the text is looked at.
const PAUSE: Duration = Duration::from_millis(250);

/// The editor of the `expected` of one row. Everything in it is a signal, so copies share it.
#[derive(Clone, Copy)]
pub(super) struct Editor {
    trace: TraceState,
    person: StoredValue<PersonId>,
    row: StoredValue<RowAddress>,
    pub(super) is_open: RwSignal<bool>,
    /// Whether something that was typed is kept and not saved.
    pub(super) is_begun: RwSignal<bool>,
    pub(super) text: RwSignal<String>,
    pub(super) format: RwSignal<TextFormat>,
    /// What was stored when the edit began, as JSON text.
    before: RwSignal<Option<String>>,
    /// Whether the text was here before the editor was opened.
    pub(super) is_draft: RwSignal<bool>,
    /// What the text means; the last answer until the next one is there.
    pub(super) preview: RwSignal<Option<TextPreview>>,
    /// Whether somebody else changed the value first, and the person has to choose.
    pub(super) in_conflict: RwSignal<bool>,
    /// What somebody else wrote, while both are edited into one.
    pub(super) theirs: RwSignal<Option<String>>,
    pub(super) refused: RwSignal<Option<AppError>>,
    pub(super) is_saving: RwSignal<bool>,
    /// Counts what was asked, so that a late answer to an earlier question is no news.
    asked: StoredValue<u64>,
    waiting: StoredValue<Option<TimeoutHandle>>,
}

impl Editor {
    /// The editor of a row, closed at first. While it is open, it looks again whenever the stored value changes.
    pub(super) fn new(trace: TraceState, person: PersonId, row: RowAddress) -> Self {
        let editor = Self {
            trace,
            person: StoredValue::new(person),
            row: StoredValue::new(row),
            is_open: RwSignal::new(false),
            is_begun: RwSignal::new(false),
            text: RwSignal::new(String::new()),
            format: RwSignal::new(TextFormat::Json),
            before: RwSignal::new(None),
            is_draft: RwSignal::new(false),
            preview: RwSignal::new(None),
            in_conflict: RwSignal::new(false),
            theirs: RwSignal::new(None),
            refused: RwSignal::new(None),
            is_saving: RwSignal::new(false),
            asked: StoredValue::new(0),
            waiting: StoredValue::new(None),
        };
        let stored = Memo::new(move |_| trace.field(FieldName::Expected));
        Effect::new(move |before: Option<()>| {
            // A memo that nobody reads does not look by itself, so tracking it would not be enough.
            stored.with(|_| ());
            if before.is_some() && editor.is_open.get_untracked() {
                editor.look();
            }
        });
        on_cleanup(move || editor.forget_waiting());
        // What is kept is known in the browser only, after the first drawing.
        Effect::new(move |_| editor.is_begun.set(editor.kept().is_some()));
        editor.follow();
        editor
    }

    /// Opens with the text that was left here, or with what is stored.
    pub(super) fn open(self) {
        if !self.row.with_value(|row| self.trace.takes(row)) {
            return;
        }
        match self.kept() {
            Some(Kept { text, format, before }) => self.show(text, format, before, true),
            None => self.open_stored(),
        }
    }

    /// Opens with the output, to be made what should have come out; with the text that was left here, if there is one.
    pub(super) fn open_with_output(self) {
        let row = self.row.get_value();
        if self.kept().is_some() || !self.trace.takes(&row) {
            self.open();
            return;
        }
        let asked = self.ask();
        let read = |field| read_text(ReadText { row: self.row.get_value(), field, format: None });
        let output = read(FieldName::Output);
        send(read(FieldName::Expected), move |stored| {
            if !self.is_news(asked) {
                return;
            }
            send(output, move |output| {
                if self.is_news(asked) && self.trace.is_painted.get_untracked() {
                    match (stored, output) {
                        (Ok(stored), Ok(output)) => {
                            self.show(output.text, output.format, stored.stored, false);
                            self.keep_text();
                        }
                        (Err(error), _) | (_, Err(error)) => {
                            self.open_stored();
                            self.refused.set(Some(error));
                        }
                    }
                }
            });
        });
    }

    fn kept(self) -> Option<Kept> {
        self.person.with_value(|person| self.row.with_value(|row| kept::read(person, row)))
    }

    /// Drops what was typed and opens with what is stored.
    pub(super) fn start_over(self) {
        self.keep(None);
        self.open_stored();
    }

    fn open_stored(self) {
        let (row, asked) = (self.row.get_value(), self.ask());
        send(read_text(ReadText { row, field: FieldName::Expected, format: None }), move |answer| {
            // Whoever has gone on to another row opens nothing here any more.
            if self.is_news(asked) && self.trace.is_painted.get_untracked() {
                match answer {
                    Ok(stored) => self.show(stored.text, stored.format, stored.stored, false),
                    Err(error) => {
                        self.show(String::new(), TextFormat::Json, None, false);
                        self.refused.set(Some(error));
                    }
                }
            }
        });
    }

    fn show(self, text: String, format: TextFormat, before: Option<String>, is_draft: bool) {
        self.text.set(text);
        self.format.set(format);
        self.before.set(before);
        self.is_draft.set(is_draft);
        self.preview.set(None);
        self.theirs.set(None);
        self.in_conflict.set(false);
        self.refused.set(None);
        self.is_open.set(true);
        self.look();
    }

    /// Closes. What was typed stays in the browser and comes back.
    pub(super) fn close(self) {
        self.ask();
        self.forget_waiting();
        self.is_open.set(false);
    }

    /// Takes in what is typed.
    pub(super) fn typed(self, text: String) {
        self.text.set(text);
        self.keep_text();
        self.forget_waiting();
        self.waiting.set_value(set_timeout_with_handle(move || self.look(), PAUSE).ok());
    }

    fn keep_text(self) {
        let kept = Kept { text: self.text.get_untracked(), format: self.format.get_untracked(), before: self.before.get_untracked() };
        self.keep(Some(&kept));
    }

    fn keep(self, kept: Option<&Kept>) {
        self.person.with_value(|person| self.row.with_value(|row| kept::keep(person, row, kept)));
        self.is_begun.set(kept.is_some());
    }

    fn forget_waiting(self) {
        if let Some(waiting) = self.waiting.try_update_value(Option::take).flatten() {
            waiting.clear();
        }
    }

    fn ask(self) -> u64 {
        self.asked.update_value(|asked| *asked += 1);
        self.asked.get_value()
    }

    /// Whether nothing else was asked since. The page may have gone.
    fn is_news(self, asked: u64) -> bool {
        self.asked.try_get_value() == Some(asked)
    }

    /// Asks what the text means, and goes on with the answer unless the text is another one by then.
    fn understand(self, into: TextFormat, then: impl FnOnce(Result<TextPreview, AppError>) + 'static) {
        self.forget_waiting();
        let (row, asked) = (self.row.get_value(), self.ask());
        let (text, before) = (self.text.get_untracked(), self.before.get_untracked());
        send(preview_text(PreviewText { row, format: self.format.get_untracked(), text, into, before }), move |answer| {
            if self.is_news(asked) {
                self.refused.set(answer.as_ref().err().cloned());
                if let Ok(preview) = &answer {
                    self.preview.set(Some(preview.clone()));
                    if preview.meanwhile.is_none() {
                        self.in_conflict.set(false);
                    }
                }
                then(answer);
            }
        });
    }

    fn look(self) {
        // What changes while the own value is being saved is the own value.
        if self.is_open.try_get_untracked() == Some(true) && !self.is_saving.get_untracked() {
            self.understand(self.format.get_untracked(), |_| {});
        }
    }

    /// Lays the text out, in its own format or in another one. A text with a mistake stays as it is.
    pub(super) fn lay_out(self, format: TextFormat) {
        self.understand(format, move |preview| {
            let changed = self.format.get_untracked() != format;
            let formatted = preview.ok().filter(|preview| preview.mistake.is_none()).map(|preview| preview.formatted);
            self.format.set(format);
            if changed || formatted.is_some() {
                formatted.into_iter().for_each(|text| self.text.set(text));
                self.keep_text();
                self.look();
            }
        });
    }

    /// Saves what the text means. With a mistake in it, `wrong` is told.
    pub(super) fn save(self, wrong: impl FnOnce() + 'static) {
        self.understand(self.format.get_untracked(), move |preview| match preview {
            Ok(preview) if preview.mistake.is_some() => wrong(),
            Ok(preview) if preview.meanwhile.is_some() => self.in_conflict.set(true),
            Ok(preview) if preview.value == preview.stored => self.keep_theirs(),
            Ok(preview) => self.send(preview.value, preview.stored),
            // Without the server, what the browser understands goes to the journal.
            Err(error) => {
                let here = self.text.with_untracked(|text| value_here(self.format.get_untracked(), text));
                if let Some(value) = here.filter(|_| error.is_unreachable()) {
                    self.send(Some(value), self.before.get_untracked());
                }
            }
        });
    }

    /// Writes the own value over somebody else's.
    pub(super) fn keep_mine(self) {
        if let Some(preview) = self.preview.get_untracked() {
            self.send(preview.value, preview.stored);
        }
    }

    /// Leaves somebody else's value as it is, and drops the own one.
    pub(super) fn keep_theirs(self) {
        self.keep(None);
        self.close();
    }

    /// Goes on with the own text, with somebody else's beside it. Saving replaces theirs then.
    pub(super) fn edit_both(self) {
        let (row, asked) = (self.row.get_value(), self.ask());
        send(read_text(ReadText { row, field: FieldName::Expected, format: Some(self.format.get_untracked()) }), move |answer| {
            if self.is_news(asked) {
                match answer {
                    Ok(stored) => {
                        self.theirs.set(Some(stored.text));
                        self.before.set(stored.stored);
                        self.in_conflict.set(false);
                        self.keep_text();
                        self.look();
                    }
                    Err(error) => self.refused.set(Some(error)),
                }
            }
        });
    }

    /// Hands a value to the journal, which keeps it in the browser from now on.
    fn send(self, value: Option<String>, before: Option<String>) {
        let row = self.row.get_value();
        self.keep(None);
        self.refused.set(None);
        self.is_saving.set(true);
        self.trace.run(Command::SetExpected(SetExpected { row, value, before, client_id: None }));
    }

    /// Follows what becomes of what was saved, also before the page was loaded: the editor closes when the server has it, or
    /// comes back with the choice if somebody else was faster.
    fn follow(self) {
        let journal = self.trace.journal();
        let entries = journal.entries();
        Effect::new(move |_| {
            let row = self.row.get_value();
            let last = entries.with(|entries| {
                entries.iter().rev().find_map(|entry| match &entry.command {
                    Command::SetExpected(command) if command.row == row => Some((command.clone(), entry.stage.clone())),
                    _ => None,
                })
            });
            let is_only_here = journal.saving() == Saving::OnlyHere;
            match last {
                Some((command, Stage::Refused(AppError::Problem(Problem::Conflict { .. })))) => self.take_back(command),
                Some((_, Stage::Refused(_))) => self.is_saving.set(false),
                Some((_, Stage::Waiting)) if !is_only_here => {}
                _ if self.is_saving.get_untracked() => {
                    self.is_saving.set(false);
                    self.close();
                }
                _ => {}
            }
        });
    }

    /// Takes a value back from the journal, because something else stands there by now.
    fn take_back(self, command: SetExpected) {
        let typed = self.text.with_untracked(|text| value_here(self.format.get_untracked(), text));
        // The text in which it was written is here still, unless the page was loaded since.
        if !self.is_open.get_untracked() && typed != command.value {
            self.text.set(command.value.clone().unwrap_or_default());
            self.format.set(TextFormat::Json);
        }
        self.before.set(command.before.clone());
        self.keep_text();
        self.preview.set(None);
        self.in_conflict.set(true);
        self.is_saving.set(false);
        self.is_open.set(true);
        self.trace.journal().decide(&Command::SetExpected(command), None);
        self.look();
    }

    /// Who changed the value last, if that is known.
    pub(super) fn other(self) -> Option<String> {
        let touches = |subject: &Subject| matches!(subject, Subject::Expected | Subject::Answer(_));
        self.trace.said.with(|said| {
            let change = said.as_ref()?.activity.iter().find(|change| touches(&change.path))?;
            Some(crate::trace::activity::name_of(change.actor.as_ref(), change.external.as_deref(), change.source))
        })
    }
}

/// The value that a text means, as far as the browser can tell.
fn value_here(format: TextFormat, text: &str) -> Option<String> {
    match format {
        _ if text.trim().is_empty() => None,
        TextFormat::Json => crate::json::read::<Box<RawValue>>(text.as_bytes()).ok().map(|value| value.get().to_owned()),
        TextFormat::Text => serde_json::to_string(text).ok(),
        TextFormat::Yaml => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_the_server_json_and_text_are_understood() {
        for (format, text, expected) in [
            (TextFormat::Json, "{\"a\": 9007199254740993}", Some("{\"a\": 9007199254740993}")),
            (TextFormat::Json, "{\"a\":", None),
            (TextFormat::Json, " ", None),
            (TextFormat::Text, "a \"b\"", Some("\"a \\\"b\\\"\"")),
            (TextFormat::Yaml, "a: no", None),
        ] {
            assert_eq!(value_here(format, text).as_deref(), expected, "{text}");
        }
    }
}
