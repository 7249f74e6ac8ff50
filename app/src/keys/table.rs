//! The table of keys: each with what it does, where, and in words.

use super::{Act, Scope};

/// A line of the table: what keys mean.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    /// Where.
    pub(crate) scope: Scope,
    /// Each key with what it does: as `aria-keyshortcuts` writes it, or two that are pressed one after the other.
    pub(super) keys: &'static [(&'static str, Act)],
}

/// A line with its words, as the sheet and the palette show it.
#[derive(Clone, Copy)]
pub(crate) struct ToldLine {
    /// What its keys mean.
    pub(crate) line: Line,
    /// The keys on the sheet, where there are too many to name each.
    shown: Option<&'static str>,
    /// What they do, in words.
    pub(crate) words: &'static str,
}

const fn line(scope: Scope, keys: &'static [(&'static str, Act)], words: &'static str) -> ToldLine {
    ToldLine { line: Line { scope, keys }, shown: None, words }
}

const fn shown_as(shown: &'static str, told: ToldLine) -> ToldLine {
    ToldLine { shown: Some(shown), ..told }
}

/// What every key means. The words come with what shows them.
pub(crate) static TABLE: [Line; TOLD.len()] = {
    let mut lines = [TOLD[0].line; TOLD.len()];
    let mut place = 1;
    while place < TOLD.len() {
        lines[place] = TOLD[place].line;
        place += 1;
    }
    lines
};

/// Every key but the letters of options and questions, which stand beside them.
pub(crate) const TOLD: [ToldLine; 61] = [
    line(Scope::Everywhere, &[("?", Act::Sheet)], "This sheet"),
    line(Scope::Everywhere, &[("Control+k", Act::Palette)], "Command palette"),
    line(Scope::Everywhere, &[("g h", Act::Go('h'))], "Go to Home"),
    line(Scope::Everywhere, &[("g l", Act::Go('l'))], "Go to Logs"),
    line(Scope::Everywhere, &[("g e", Act::Go('e'))], "Go to Experiments"),
    line(Scope::Everywhere, &[("g d", Act::Go('d'))], "Go to Datasets"),
    line(Scope::Everywhere, &[("g r", Act::Go('r'))], "Go to Review"),
    line(Scope::Everywhere, &[("g c", Act::Go('c'))], "Go to Configuration"),
    line(Scope::List, &[("/", Act::Filter), ("f", Act::Filter)], "Filter"),
    line(
        Scope::List,
        &[("j", Act::RowBelow), ("k", Act::RowAbove), ("ArrowDown", Act::RowBelow), ("ArrowUp", Act::RowAbove)],
        "Next and previous row",
    ),
    line(Scope::List, &[("Enter", Act::OpenRow)], "Open the row"),
    line(Scope::List, &[("r", Act::ReviewMode)], "Review mode; on Review take the next item"),
    line(Scope::List, &[("x", Act::SelectRow)], "Select the row"),
    line(Scope::List, &[("Shift+J", Act::SelectBelow), ("Shift+K", Act::SelectAbove)], "Extend the selection"),
    line(Scope::List, &[("m", Act::Flag)], "Flag the selected rows for review"),
    line(Scope::List, &[("Escape", Act::ClearSelection)], "Clear the selection"),
    line(Scope::List, &[("z", Act::Undo), ("Control+z", Act::Undo)], "Undo"),
    line(Scope::Trace, &[("j", Act::Next)], "Next trace"),
    line(Scope::Trace, &[("k", Act::Previous)], "Previous trace"),
    line(Scope::Trace, &[("Escape", Act::Close)], "Leave a field, then review mode, then the trace"),
    line(Scope::Trace, &[("r", Act::ReviewMode)], "Review mode"),
    line(Scope::Trace, &[("s", Act::Skip)], "Skip, in review mode"),
    line(Scope::Trace, &[("c", Act::Comment)], "Comment"),
    line(Scope::Trace, &[("t", Act::Tags)], "Tags"),
    line(Scope::Trace, &[("m", Act::Flag)], "Flag for review"),
    line(Scope::Trace, &[("a", Act::Assign)], "Assign"),
    line(Scope::Trace, &[("Shift+I", Act::Instructions)], "Instructions of the list, in review mode"),
    line(Scope::Trace, &[("e", Act::EditExpected)], "Edit expected"),
    line(Scope::Trace, &[("Shift+E", Act::ExpectedFromOutput)], "Edit expected, beginning with the output"),
    line(Scope::Trace, &[("Control+Enter", Act::Send)], "Send the comment, save the edit"),
    line(Scope::Trace, &[("y", Act::CopyLink)], "Copy link"),
    line(
        Scope::Trace,
        &[("F3", Act::NextFound), ("Shift+F3", Act::PreviousFound)],
        "Next and previous place of the words found in the trace",
    ),
    line(Scope::Trace, &[("z", Act::Undo), ("Control+z", Act::Undo)], "Undo"),
    line(
        Scope::Trace,
        &[("Space", Act::ReadDown), ("PageDown", Act::ReadDown), ("Shift+Space", Act::ReadUp), ("PageUp", Act::ReadUp)],
        "Read on, a page down or up",
    ),
    line(Scope::Trace, &[("Shift+J", Act::SpanBelow), ("Shift+K", Act::SpanAbove)], "Read the next or the previous span"),
    line(Scope::Trace, &[("Shift+A", Act::AnswerFor)], "Answer for the span you read, or for the whole trace again"),
    line(Scope::Trace, &[("Shift+T", Act::NextLayout)], "Tree, timeline or conversation"),
    line(Scope::Trace, &[("Shift+S", Act::FoldTree)], "Show or hide the spans"),
    line(Scope::Trace, &[("<", Act::Narrower), (">", Act::Wider)], "Narrower or wider spans"),
    line(Scope::Tree, &[("ArrowUp", Act::SpanAbove), ("ArrowDown", Act::SpanBelow)], "Previous and next span"),
    line(Scope::Tree, &[("ArrowLeft", Act::SpanAround)], "The span around it"),
    line(Scope::Tree, &[("PageUp", Act::SpansUp), ("PageDown", Act::SpansDown)], "A page up or down"),
    line(Scope::Tree, &[("Home", Act::FirstSpan), ("End", Act::LastSpan)], "First and last span"),
    line(Scope::Review, &[("ArrowUp", Act::QuestionAbove), ("ArrowDown", Act::QuestionBelow)], "Previous and next question"),
    line(Scope::Review, &[("ArrowLeft", Act::StepBack), ("ArrowRight", Act::StepOn)], "Inside a question; with Shift by 10 % on a slider"),
    shown_as(
        "0–9",
        line(
            Scope::Review,
            &[
                ("0", Act::Pick(0)),
                ("1", Act::Pick(1)),
                ("2", Act::Pick(2)),
                ("3", Act::Pick(3)),
                ("4", Act::Pick(4)),
                ("5", Act::Pick(5)),
                ("6", Act::Pick(6)),
                ("7", Act::Pick(7)),
                ("8", Act::Pick(8)),
                ("9", Act::Pick(9)),
            ],
            "Pick an option, 0 clears; on a slider the number: 8 is 80 %, 8 5 is 85 %",
        ),
    ),
    line(Scope::Review, &[("Backspace", Act::Clear)], "Clear a slider"),
    line(Scope::Review, &[("Shift+G", Act::Settle)], "Settle"),
    line(Scope::Review, &[("Shift+V", Act::PointOut)], "Selected text as evidence of the answer"),
    line(Scope::Review, &[(",", Act::LessSure), (".", Act::MoreSure)], "Less or more sure of the answer"),
    line(Scope::Review, &[("Control+Enter", Act::CompleteAndGoOn)], "Complete and continue, in review mode"),
    line(Scope::Home, &[("r", Act::ReviewMode)], "Take the next item"),
    // They mean what they mean where a question is asked: pick the one of this number.
    shown_as("1–9", line(Scope::Home, &[], "Open the line")),
    line(Scope::Lines, &[("ArrowUp", Act::LineAbove), ("ArrowDown", Act::LineBelow)], "Line above and below"),
    line(Scope::Lines, &[("ArrowLeft", Act::Fold), ("ArrowRight", Act::Unfold)], "Fold and unfold"),
    line(Scope::Board, &[("ArrowUp", Act::RowAbove), ("ArrowDown", Act::RowBelow)], "Next and previous card"),
    line(Scope::Board, &[("ArrowLeft", Act::ColumnBefore), ("ArrowRight", Act::ColumnAfter)], "Column before and after"),
    line(Scope::Board, &[("Shift+ArrowLeft", Act::MoveBefore), ("Shift+ArrowRight", Act::MoveAfter)], "Move the card"),
    line(Scope::Pair, &[("a", Act::Letter('a')), ("b", Act::Letter('b')), ("=", Act::Letter('='))], "A is better, B is better, equal"),
    line(Scope::Pair, &[("Control+Enter", Act::CompleteAndGoOn)], "Complete and continue"),
    line(Scope::Pair, &[("z", Act::Undo)], "Undo"),
];

impl Line {
    /// What the first of its keys does.
    pub(crate) fn first_act(&self) -> Option<Act> {
        self.keys.first().map(|(_, act)| *act)
    }

    /// What its keys do, where all do the same.
    pub(crate) fn act(&self) -> Option<Act> {
        self.first_act().filter(|act| self.keys.iter().all(|(_, other)| other == act))
    }
}

impl ToldLine {
    /// The keys as people read them: each as those that are pressed together or one after the other.
    pub(crate) fn shown(&self) -> Vec<Vec<String>> {
        let parts = |keys: &str| keys.split([' ', '+']).map(shown).collect();
        match self.shown {
            Some(shown) => vec![parts(shown)],
            None => self.line.keys.iter().map(|(keys, _)| parts(keys)).collect(),
        }
    }
}

/// A key as it is written on it.
fn shown(key: &str) -> String {
    match key {
        "ArrowUp" => "↑".to_owned(),
        "ArrowDown" => "↓".to_owned(),
        "ArrowLeft" => "←".to_owned(),
        "ArrowRight" => "→".to_owned(),
        "Escape" => "Esc".to_owned(),
        "Control" => "Ctrl".to_owned(),
        "Backspace" => "⌫".to_owned(),
        other => other.to_owned(),
    }
}
