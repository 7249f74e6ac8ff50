//! Icons: one sheet of symbols per page, drawn on a grid of sixteen with one stroke, and references to it.

use super::markup::inner;
use leptos::prelude::*;
use shared::html;
use shared::markup::Html;

/// Every icon there is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IconName {
    /// The logs.
    Logs,
    /// Experiments.
    Experiments,
    /// Datasets.
    Datasets,
    /// What is first to do.
    Home,
    /// What mentions who is signed in.
    Inbox,
    /// Review, and questions with options.
    Review,
    /// Insights.
    Insights,
    /// Configuration, and questions with a scale.
    Configuration,
    /// Search.
    Search,
    /// Keyboard shortcuts.
    Keyboard,
    /// Light and dark.
    Theme,
    /// More pages, on a phone.
    Menu,
    /// More actions.
    More,
    /// Done, saved, required.
    Check,
    /// Add.
    Plus,
    /// Close, remove.
    Close,
    /// Edit, and questions answered in words.
    Edit,
    /// Delete.
    Trash,
    /// Archive.
    Archive,
    /// A handle to drag by.
    Grip,
    /// Upwards: previous, a rise.
    Up,
    /// Downwards: next, a fall, unfold.
    Down,
    /// To the left.
    Left,
    /// To the right, folded.
    Right,
    /// Filter.
    Filter,
    /// Sort.
    Sort,
    /// Columns.
    Columns,
    /// A range of time.
    Clock,
    /// What was understood.
    Enter,
    /// Copy a link.
    Link,
    /// Copy.
    Copy,
    /// Import and export.
    Download,
    /// Enter review mode, widen.
    Expand,
    /// Differences.
    Diff,
    /// Undo.
    Undo,
    /// Load again.
    Refresh,
    /// A comment.
    Comment,
    /// Flag for review.
    Flag,
    /// Assign to somebody.
    Assign,
    /// Tags.
    Tag,
    /// A human score, a person.
    Person,
    /// An automatic score, a program.
    Automatic,
    /// A gold value.
    Gold,
    /// Hidden by blind review, forbidden.
    Lock,
    /// A span that is a task.
    Task,
    /// A span that looks something up.
    Retrieval,
    /// A span that asks a language model.
    LanguageModel,
    /// A span that calls a tool.
    Tool,
    /// A span that scores.
    Score,
    /// A span that is a function.
    Function,
    /// Versions.
    History,
    /// Something needs attention.
    Warning,
    /// Something worth knowing.
    Info,
    /// No connection.
    Offline,
    /// An API key.
    Key,
    /// Sign out.
    SignOut,
    /// A project.
    Project,
    /// People and roles.
    People,
}

impl IconName {
    /// Every icon, for the sheet.
    const ALL: &[Self] = &[
        Self::Logs,
        Self::Experiments,
        Self::Datasets,
        Self::Home,
        Self::Inbox,
        Self::Review,
        Self::Insights,
        Self::Configuration,
        Self::Search,
        Self::Keyboard,
        Self::Theme,
        Self::Menu,
        Self::More,
        Self::Check,
        Self::Plus,
        Self::Close,
        Self::Edit,
        Self::Trash,
        Self::Archive,
        Self::Grip,
        Self::Up,
        Self::Down,
        Self::Left,
        Self::Right,
        Self::Filter,
        Self::Sort,
        Self::Columns,
        Self::Clock,
        Self::Enter,
        Self::Link,
        Self::Copy,
        Self::Download,
        Self::Expand,
        Self::Diff,
        Self::Undo,
        Self::Refresh,
        Self::Comment,
        Self::Flag,
        Self::Assign,
        Self::Tag,
        Self::Person,
        Self::Automatic,
        Self::Gold,
        Self::Lock,
        Self::Task,
        Self::Retrieval,
        Self::LanguageModel,
        Self::Tool,
        Self::Score,
        Self::Function,
        Self::History,
        Self::Warning,
        Self::Info,
        Self::Offline,
        Self::Key,
        Self::SignOut,
        Self::Project,
        Self::People,
    ];

    /// The id of the icon's symbol on the page.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.symbol().0
    }

    /// The address of the icon's symbol.
    pub(super) fn reference(self) -> String {
        format!("#{}", self.id())
    }

    /// The id and the drawing.
    fn symbol(self) -> (&'static str, &'static str) {
        match self {
            Self::Logs => ("i-logs", r#"<path d="M2.8 4h.01M2.8 8h.01M2.8 12h.01M5.8 4h7.6M5.8 8h7.6M5.8 12h5"/>"#),
            Self::Experiments => {
                ("i-experiments", r#"<path d="M6 2h4M6.8 2v4.2L3.3 12a1.3 1.3 0 0 0 1.1 2h7.2a1.3 1.3 0 0 0 1.1-2L9.2 6.2V2M5 10h6"/>"#)
            }
            Self::Datasets => (
                "i-datasets",
                r#"<ellipse cx="8" cy="3.8" rx="5" ry="1.8"/><path d="M3 3.8v8.4c0 1 2.2 1.8 5 1.8s5-.8 5-1.8V3.8M3 8c0 1 2.2 1.8 5 1.8S13 9 13 8"/>"#,
            ),
            Self::Home => ("i-home", r#"<path d="M2.5 7.5 8 3l5.5 4.5M4 6.5V13h8V6.5M6.8 13V9.5h2.4V13"/>"#),
            Self::Inbox => ("i-inbox", r#"<path d="M2.5 9 4.5 3h7l2 6v4h-11zM2.5 9h3.3l1 1.8h2.4l1-1.8h3.3"/>"#),
            Self::Review => ("i-review", r#"<rect x="2.5" y="2.5" width="11" height="11" rx="1.5"/><path d="m5.3 8.2 2 2 3.5-4.2"/>"#),
            Self::Insights => ("i-insights", r#"<path d="M3 13.5V9.5M8 13.5v-11M13 13.5v-7"/>"#),
            Self::Configuration => (
                "i-configuration",
                r#"<path d="M2 4.8h6M12 4.8h2M2 11.2h2M8 11.2h6"/><circle cx="10" cy="4.8" r="1.9"/><circle cx="6" cy="11.2" r="1.9"/>"#,
            ),
            Self::Search => ("i-search", r#"<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3 3"/>"#),
            Self::Keyboard => (
                "i-keyboard",
                r#"<rect x="1.5" y="4" width="13" height="8.5" rx="1.5"/><path d="M4.3 6.8h.01M6.8 6.8h.01M9.2 6.8h.01M11.7 6.8h.01M5 9.8h6"/>"#,
            ),
            Self::Theme => ("i-theme", r#"<circle cx="8" cy="8" r="5.5"/><path d="M8 2.5v11a5.5 5.5 0 0 0 0-11z" fill="currentColor"/>"#),
            Self::Menu => ("i-menu", r#"<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11"/>"#),
            Self::More => ("i-dots", r#"<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2"/>"#),
            Self::Check => ("i-check", r#"<path d="m3 8.5 3.3 3.3L13 4.5"/>"#),
            Self::Plus => ("i-plus", r#"<path d="M8 3v10M3 8h10"/>"#),
            Self::Close => ("i-x", r#"<path d="m4 4 8 8M12 4l-8 8"/>"#),
            Self::Edit => ("i-edit", r#"<path d="M10.5 3 13 5.5 5.5 13H3v-2.5z"/>"#),
            Self::Trash => ("i-trash", r#"<path d="M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9M7 7v4M9 7v4"/>"#),
            Self::Archive => {
                ("i-archive", r#"<rect x="2.5" y="3" width="11" height="3.5" rx=".8"/><path d="M3.5 6.5v6.5h9V6.5M6.5 9.3h3"/>"#)
            }
            Self::Grip => ("i-grip", r#"<path d="M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01" stroke-width="2"/>"#),
            Self::Up => ("i-up", r#"<path d="m4 10 4-4 4 4"/>"#),
            Self::Down => ("i-down", r#"<path d="m4 6 4 4 4-4"/>"#),
            Self::Left => ("i-left", r#"<path d="m10 4-4 4 4 4"/>"#),
            Self::Right => ("i-right", r#"<path d="m6 4 4 4-4 4"/>"#),
            Self::Filter => ("i-filter", r#"<path d="M2 3.5h12M4.5 8h7M6.8 12.5h2.4"/>"#),
            Self::Sort => ("i-sort", r#"<path d="M5 3v10M2.5 10.5 5 13l2.5-2.5M9.5 4h4M9.5 8h3M9.5 12h2"/>"#),
            Self::Columns => ("i-columns", r#"<rect x="2.5" y="3" width="11" height="10" rx="1"/><path d="M6.2 3v10M9.8 3v10"/>"#),
            Self::Clock => ("i-clock", r#"<circle cx="8" cy="8" r="5.5"/><path d="M8 5v3l2 1.5"/>"#),
            Self::Enter => ("i-enter", r#"<path d="M13 3.5v4a2 2 0 0 1-2 2H3.5M6 6.5l-3 3 3 3"/>"#),
            Self::Link => (
                "i-link",
                r#"<path d="M6.7 9.3a2.8 2.8 0 0 0 4 0l2-2a2.83 2.83 0 0 0-4-4l-.7.7M9.3 6.7a2.8 2.8 0 0 0-4 0l-2 2a2.83 2.83 0 0 0 4 4l.7-.7"/>"#,
            ),
            Self::Copy => (
                "i-copy",
                r#"<rect x="5.5" y="5.5" width="8" height="8" rx="1"/><path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2"/>"#,
            ),
            Self::Download => ("i-download", r#"<path d="M8 2.5v8M4.8 7.5 8 10.5l3.2-3M2.5 13.5h11"/>"#),
            Self::Expand => ("i-expand", r#"<path d="M9.5 2.5h4v4M13.5 2.5 9 7M6.5 13.5h-4v-4M2.5 13.5 7 9"/>"#),
            Self::Diff => ("i-diff", r#"<path d="M8 2.5v6M5 5.5h6M5 12.5h6"/>"#),
            Self::Undo => ("i-undo", r#"<path d="M5.5 3 2.5 6l3 3M2.5 6h7a3.5 3.5 0 0 1 0 7H6"/>"#),
            Self::Refresh => ("i-refresh", r#"<path d="M13 8a5 5 0 1 1-1.6-3.7L13 5.8M13 3v2.8h-2.8"/>"#),
            Self::Comment => ("i-comment", r#"<path d="M2.5 3.5h11v7.5H8l-3 2.5V11H2.5z"/>"#),
            Self::Flag => ("i-flag", r#"<path d="M3.5 14V2.5M3.5 3h8.5l-2 3 2 3H3.5"/>"#),
            Self::Assign => (
                "i-assign",
                r#"<circle cx="6.5" cy="5.2" r="2.5"/><path d="M2 13c.4-2.5 2.2-3.9 4.5-3.9 1 0 1.9.3 2.6.7M12 8.5v5M9.5 11h5"/>"#,
            ),
            Self::Tag => ("i-tag", r#"<path d="M2.5 2.5h5L13.5 8.5l-5 5-6-6z"/><path d="M5.3 5.3h.01"/>"#),
            Self::Person => {
                ("i-person", r#"<circle cx="8" cy="5.2" r="2.7"/><path d="M2.9 13.5c.5-2.7 2.5-4.2 5.1-4.2s4.6 1.5 5.1 4.2"/>"#)
            }
            Self::Automatic => (
                "i-auto",
                r#"<rect x="4.5" y="4.5" width="7" height="7" rx="1"/><path d="M6.5 2v2.5M9.5 2v2.5M6.5 11.5V14M9.5 11.5V14M2 6.5h2.5M2 9.5h2.5M11.5 6.5H14M11.5 9.5H14"/>"#,
            ),
            Self::Gold => ("i-gold", r#"<path d="M8 2.8 13.2 8 8 13.2 2.8 8z" fill="var(--gold)" stroke="var(--gold-edge)"/>"#),
            Self::Lock => ("i-lock", r#"<rect x="3.5" y="7" width="9" height="6.5" rx="1"/><path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2"/>"#),
            Self::Task => ("i-task", r#"<rect x="3" y="3" width="10" height="10" rx="2"/><path d="M6 8h4"/>"#),
            Self::Retrieval => (
                "i-retrieval",
                r#"<path d="M3 2.5h6.5L12.5 5.5v3M3 2.5v11h4"/><circle cx="10" cy="11" r="2.3"/><path d="m11.7 12.7 1.5 1.5"/>"#,
            ),
            Self::LanguageModel => ("i-llm", r#"<path d="M8 2.2v3M8 10.8v3M2.2 8h3M10.8 8h3M4 4l2 2M10 10l2 2M12 4l-2 2M6 10l-2 2"/>"#),
            Self::Tool => (
                "i-tool",
                r#"<path d="M9.3 5.2a3 3 0 0 1 4-2.6l-1.9 1.9 1.1 1.1 1.9-1.9A3 3 0 0 1 10.5 8L5 13.5a1.4 1.4 0 0 1-2-2L8.5 6"/>"#,
            ),
            Self::Score => ("i-score", r#"<path d="M3 12a5.5 5.5 0 1 1 10 0M8 10l2.5-3.5"/>"#),
            Self::Function => {
                ("i-function", r#"<path d="M10.8 3.2c-1.6-.6-2.500.2-2.8 1.8L6.6 11.2c-.3 1.500-1.2 2.2-2.6 1.700M5.500 7h5"/>"#)
            }
            Self::History => ("i-history", r#"<path d="M3 8a5 5 0 1 0 1.6-3.7L3 5.8M3 3v2.8h2.8M8 5.5V8l1.8 1.2"/>"#),
            Self::Warning => ("i-warning", r#"<path d="M8 2.5 14 13H2zM8 6.5V9.5M8 11.3h.01"/>"#),
            Self::Info => ("i-info", r#"<circle cx="8" cy="8" r="5.5"/><path d="M8 7.5v3.5M8 5.200h.01"/>"#),
            Self::Offline => (
                "i-offline",
                r#"<path d="M2 2l12 12M1.5 6.3A9.5 9.5 0 0 1 4.7 4.3M7 3.4c2.8-.3 5.5.7 7.5 2.9M4 9a6 6 0 0 1 3.5-1.9M10.6 7.7 12 9M8 12.5h.01"/>"#,
            ),
            Self::Key => ("i-key", r#"<circle cx="5.5" cy="10.5" r="2.8"/><path d="m7.5 8.5 6-6M11 5l2 2"/>"#),
            Self::SignOut => ("i-sign-out", r#"<path d="M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6"/>"#),
            Self::Project => ("i-project", r#"<path d="M2.5 4.5v8h11v-7H8L6.5 3.5h-4z"/>"#),
            Self::People => (
                "i-people",
                r#"<circle cx="6" cy="5.5" r="2.3"/><path d="M1.8 13c.4-2.3 2.100-3.600 4.200-3.600s3.8 1.3 4.200 3.600M10.5 3.400a2.3 2.3 0 0 1 0 4.200M12 9.700c1.3.5 2.100 1.700 2.3 3.3"/>"#,
            ),
        }
    }
}

/// How large an icon is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum IconSize {
    /// Sixteen pixels.
    #[default]
    Normal,
    /// Fourteen pixels.
    Small,
    /// Twelve pixels.
    ExtraSmall,
}

impl IconSize {
    /// The class by which the style sheet draws it.
    pub fn class(self) -> &'static str {
        match self {
            Self::Normal => "ic",
            Self::Small => "ic small",
            Self::ExtraSmall => "ic xs",
        }
    }
}

/// Draws an icon. It is hidden from screen readers: the control or the text beside it carries the name.
#[component]
pub fn Icon(
    /// Which icon.
    name: IconName,
    /// How large.
    #[prop(optional)]
    size: IconSize,
) -> impl IntoView {
    view! {
        <svg class=size.class() viewBox="0 0 16 16" aria-hidden="true">
            <use_ href=name.reference()></use_>
        </svg>
    }
}

/// The sheet of symbols that [`Icon`] refers to. Stands once on every page, before the first icon.
#[component]
pub fn IconSprite() -> impl IntoView {
    let symbols: Html = IconName::ALL
        .iter()
        .map(|name| {
            let (id, drawing) = name.symbol();
            html!(r#"<symbol id="{}" viewBox="0 0 16 16">{}</symbol>"#, id, Html::ours(drawing))
        })
        .collect();
    view! { <svg class="sprite" width="0" height="0" aria-hidden="true" inner_html=inner(symbols)></svg> }
}

/// The mark of Touchstone: a stone and the streak that gold leaves on it.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
            <path class="stone" d="M8 3.2 15.4 3l5 4.8.5 7.6-5 5-8.8.4L3.2 15.6l.5-7.4z"></path>
            <path class="streak" d="M5.8 17.4c3-4.8 6.6-8.4 11-11.6l1.8 1.7c-3.6 4-7.4 7.3-12 10.6z"></path>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::IconName;

    #[test]
    fn every_icon_has_a_symbol_of_its_own() {
        let ids: HashSet<_> = IconName::ALL.iter().map(|name| name.id()).collect();
        assert_eq!(ids.len(), IconName::ALL.len());
    }
}
