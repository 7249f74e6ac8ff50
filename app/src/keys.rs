//! Every key of the app, in one table: what listens, the sheet of keys and what assistive technology is told are drawn from it.
//!
//! One listener hears all keys but those of texts and hands on what they mean. A question that has the focus hears its own, and asks the table.

mod ahead;
mod focus;
mod rows;
mod scope;
mod table;

use focus::is_in;
pub(crate) use focus::{find, has_no_focus, is_typing};
pub(crate) use rows::follow_rows;
pub(crate) use scope::Scope;
pub(crate) use table::{Line, TABLE, TOLD, ToldLine};

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use shared::questions::LETTERS;
use std::cell::Cell;

/// So many milliseconds after the first of two keys the second one still belongs to it.
const PATIENCE: f64 = 1_500.0;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Shows the sheet of keys.
    Sheet,
    /// Shows the command palette.
    Palette,
    /// Goes to the page of the rail that has this letter.
    Go(char),
    /// Leads to the filter.
    Filter,
    /// Opens the row at the cursor of the list.
    OpenRow,
    /// Moves the cursor of the list to the row below.
    RowBelow,
    /// Moves the cursor of the list to the row above.
    RowAbove,
    /// Selects the row at the cursor, or no longer.
    SelectRow,
    /// Extends what is selected to the row below.
    SelectBelow,
    /// Extends it to the row above.
    SelectAbove,
    /// Selects nothing.
    ClearSelection,
    /// Takes the last action back.
    Undo,
    /// Goes to the next trace.
    Next,
    /// Goes to the trace before.
    Previous,
    /// Leaves a field, else the trace.
    Close,
    /// Goes on in review mode.
    ReviewMode,
    /// Goes on without having reviewed the row.
    Skip,
    /// Says that one has reviewed the row, and goes on.
    CompleteAndGoOn,
    /// Leads to the field for a comment.
    Comment,
    /// Leads to the field for a tag.
    Tags,
    /// Flags for review.
    Flag,
    /// Asks people to review.
    Assign,
    /// Shows how to judge the items of a list, or no longer.
    Instructions,
    /// Opens the editor of *expected*.
    EditExpected,
    /// Opens it with the output.
    ExpectedFromOutput,
    /// Answers for the span that one reads, or for the whole trace again.
    AnswerFor,
    /// Goes to the span before, as the tree has it.
    SpanAbove,
    /// Goes to the span after.
    SpanBelow,
    /// Goes a page of spans up.
    SpansUp,
    /// Goes a page of spans down.
    SpansDown,
    /// Goes to the first span.
    FirstSpan,
    /// Goes to the last span.
    LastSpan,
    /// Goes to the span above in which this one ran.
    SpanAround,
    /// Lays the spans out in the next way: as a tree, on a timeline, as a conversation.
    NextLayout,
    /// Shows the tree or hides it.
    FoldTree,
    /// Makes the tree narrower.
    Narrower,
    /// Makes the tree wider.
    Wider,
    /// Scrolls what one reads a page up.
    ReadUp,
    /// Scrolls it a page down.
    ReadDown,
    /// Sends what one is writing. Each field does it.
    Send,
    /// Copies the link to what is open.
    CopyLink,
    /// Goes to the next place of the words that are looked for.
    NextFound,
    /// Goes to the place of them before.
    PreviousFound,
    /// Goes to the question above.
    QuestionAbove,
    /// Goes to the question below.
    QuestionBelow,
    /// Goes a step back inside a question.
    StepBack,
    /// Goes a step on inside a question.
    StepOn,
    /// Picks the option of this number, clears the answer with 0; on a slider a digit of the number.
    Pick(u8),
    /// Clears the answer of a slider.
    Clear,
    /// Opens the form that settles a question.
    Settle,
    /// Makes the selected text the evidence of the answer.
    PointOut,
    /// Says that one is less sure of the answer.
    LessSure,
    /// Says that one is more sure of it.
    MoreSure,
    /// Picks the option, or leads to the question, that has this letter.
    Letter(char),
    /// Goes to the line above.
    LineAbove,
    /// Goes to the line below.
    LineBelow,
    /// Folds, else goes to the line that holds this one.
    Fold,
    /// Unfolds, else goes to the line below.
    Unfold,
    /// Goes to the column before.
    ColumnBefore,
    /// Goes to the column after.
    ColumnAfter,
    /// Moves the card to the column before.
    MoveBefore,
    /// Moves the card to the column after.
    MoveAfter,
}

impl Act {
    /// Whether it is about the row that is painted, so that it means nothing while none is.
    pub(crate) fn is_about_a_row(self) -> bool {
        match self {
            Self::Skip
            | Self::CompleteAndGoOn
            | Self::Comment
            | Self::Tags
            | Self::Flag
            | Self::Assign
            | Self::EditExpected
            | Self::ExpectedFromOutput
            | Self::Pick(_)
            | Self::Clear
            | Self::Settle
            | Self::PointOut
            | Self::LessSure
            | Self::MoreSure
            | Self::Letter(_) => true,
            Self::Sheet
            | Self::Palette
            | Self::Go(_)
            | Self::Filter
            | Self::OpenRow
            | Self::ReviewMode
            | Self::RowBelow
            | Self::RowAbove
            | Self::SelectRow
            | Self::SelectBelow
            | Self::SelectAbove
            | Self::ClearSelection
            | Self::Instructions
            | Self::Undo
            | Self::Next
            | Self::Previous
            | Self::Close
            | Self::Send
            | Self::CopyLink
            | Self::NextFound
            | Self::PreviousFound
            | Self::AnswerFor
            | Self::SpanAbove
            | Self::SpanBelow
            | Self::SpansUp
            | Self::SpansDown
            | Self::FirstSpan
            | Self::LastSpan
            | Self::SpanAround
            | Self::NextLayout
            | Self::FoldTree
            | Self::Narrower
            | Self::Wider
            | Self::ReadUp
            | Self::ReadDown
            | Self::QuestionAbove
            | Self::QuestionBelow
            | Self::StepBack
            | Self::StepOn
            | Self::LineAbove
            | Self::LineBelow
            | Self::Fold
            | Self::Unfold
            | Self::ColumnBefore
            | Self::ColumnAfter
            | Self::MoveBefore
            | Self::MoveAfter => false,
        }
    }
}

/// The keys of an act as `aria-keyshortcuts` has them; none where it has none.
pub(crate) fn shortcuts(act: Act) -> Option<String> {
    let mut all = String::new();
    let keys = TABLE.iter().flat_map(|line| line.keys).filter(|(_, does)| *does == act);
    // Some mean the same at several places.
    for (keys, _) in keys {
        if !all.split(' ').any(|known| known == *keys) {
            if !all.is_empty() {
                all.push(' ');
            }
            all.push_str(keys);
        }
    }
    (!all.is_empty()).then_some(all)
}

/// A name with the keys that do the same, as a title has it: "Next (j)".
pub(crate) fn titled(name: &str, act: Act) -> String {
    let keys = TABLE.iter().flat_map(|line| line.keys).find(|(_, does)| *does == act).map(|(keys, _)| *keys);
    keys.map_or_else(|| name.to_owned(), |keys| [name, " (", keys, ")"].concat())
}

/// What a pressed key means somewhere; `key` is what the event calls it. Letters of options mean something in `Review`.
fn meaning(scope: Scope, key: &str, with_control: bool) -> Option<Act> {
    let wanted = |keys: &str| match keys.rsplit_once('+') {
        Some(("Control", last)) => with_control && last == key,
        // What is written on the key says that Shift is held, but on one that has nothing written on it.
        Some((_, "Space" | "F3" | "ArrowLeft" | "ArrowRight")) => !with_control && keys == key,
        Some((_, last)) => !with_control && last == key,
        None => !with_control && keys == key,
    };
    let lines = TABLE.iter().filter(|line| line.scope == scope).flat_map(|line| line.keys);
    let letter = || {
        let mut letters = key.chars();
        let letter = letters.next().filter(|letter| letters.next().is_none() && !with_control && LETTERS.contains(letter))?;
        (scope == Scope::Review).then_some(Act::Letter(letter))
    };
    lines.filter(|(keys, _)| wanted(keys)).map(|(_, act)| *act).next().or_else(letter)
}

/// Minds a key for as long as who asks is there, also while somebody types: after whatever the box itself does for it.
pub(crate) fn follow_everywhere(scope: Scope, act: Act, run: impl Fn() + 'static) {
    let listener = window_event_listener(leptos::ev::keydown, move |event| {
        if act_of(&event, scope) == Some(act) && !is_in(&event, "dialog[open] *") && !event.repeat() {
            event.prevent_default();
            run();
        }
    });
    on_cleanup(move || listener.remove());
}

/// What a pressed key means somewhere.
pub(crate) fn act_of(event: &KeyboardEvent, scope: Scope) -> Option<Act> {
    if event.alt_key() || event.is_composing() {
        return None;
    }
    let key = match event.key() {
        key if event.shift_key() && (key == "F3" || (scope == Scope::Board && key.starts_with("Arrow"))) => ["Shift+", &key].concat(),
        key if key != " " => key,
        _ if is_pressed_with_space(event) => return None,
        _ if event.shift_key() => "Shift+Space".to_owned(),
        _ => "Space".to_owned(),
    };
    meaning(scope, &key, event.ctrl_key() || event.meta_key())
}

/// Whether the space key presses or ticks what has the focus.
fn is_pressed_with_space(event: &KeyboardEvent) -> bool {
    is_in(event, "button, a, summary, input[type=radio], input[type=checkbox]")
}

type Handler = Callback<Act, bool>;

/// Who on the page does what keys mean. Copies share it.
#[derive(Clone, Copy)]
pub(crate) struct Keys {
    handlers: StoredValue<Vec<(u32, Scope, Handler)>>,
    numbers: StoredValue<u32>,
    /// What was typed into a field that was asked for and is not there yet.
    ahead: StoredValue<Option<String>>,
}

impl Keys {
    /// Begins to listen, for as long as the caller's owner is there, and lets everything below it say what it does.
    pub(crate) fn listen() -> Self {
        let keys = Self { handlers: StoredValue::new(Vec::new()), numbers: StoredValue::new(0), ahead: StoredValue::new(None) };
        provide_context(keys);
        let first = Cell::new((f64::NEG_INFINITY, String::new()));
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            // What has the focus may have done it already.
            if event.default_prevented() || keys.types_ahead(&event) || is_typing(&event) {
                return;
            }
            let (key, now) = (event.key(), event.time_stamp());
            let (then, before) = first.replace((now, key.clone()));
            let is_plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
            let both = (is_plain && now - then < PATIENCE).then(|| meaning(Scope::Everywhere, &[&before, " ", &key].concat(), false));
            let done = match both.flatten() {
                Some(act) => keys.run(Scope::Everywhere, act),
                None => Scope::ALL.into_iter().any(|scope| act_of(&event, scope).is_some_and(|act| keys.run(scope, act))),
            };
            if done {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
        keys
    }

    /// Does something for keys from now on, for as long as the caller's owner is there. `act` says whether it did it.
    pub(crate) fn on(self, scope: Scope, act: impl Fn(Act) -> bool + Send + Sync + 'static) {
        let number = self.numbers.try_update_value(|number| {
            *number += 1;
            *number
        });
        let Some(number) = number else { return };
        self.handlers.update_value(|handlers| handlers.push((number, scope, Callback::new(act))));
        on_cleanup(move || {
            // The whole page may go at once.
            let _ = self.handlers.try_update_value(|handlers| handlers.retain(|(other, ..)| *other != number));
        });
    }

    /// Lets the newest who can do it.
    pub(crate) fn run(self, scope: Scope, act: Act) -> bool {
        let handlers: Vec<_> =
            self.handlers.with_value(|handlers| handlers.iter().filter(|(_, at, _)| *at == scope).map(|(.., handler)| *handler).collect());
        handlers.into_iter().rev().any(|handler| handler.run(act))
    }
}

/// The keys of the page.
pub(crate) fn use_keys() -> Keys {
    expect_context::<Keys>()
}

#[cfg(test)]
mod tests;
