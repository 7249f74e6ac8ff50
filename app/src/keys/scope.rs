//! Where keys mean something.

/// Where a key means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// On every page with a rail.
    Everywhere,
    /// In a list of rows.
    List,
    /// While a trace is open.
    Trace,
    /// In the tree of its spans.
    Tree,
    /// Where a question is asked.
    Review,
    /// On *Home*.
    Home,
    /// In the lines of content that unfolds.
    Lines,
    /// On the board of a review list.
    Board,
    /// At a pair of a review list.
    Pair,
}

impl Scope {
    /// All of them, as the sheet orders them.
    pub(crate) const ALL: [Self; 9] =
        [Self::Everywhere, Self::List, Self::Trace, Self::Tree, Self::Review, Self::Home, Self::Lines, Self::Board, Self::Pair];

    /// The heading on the sheet.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::List => "List",
            Self::Trace => "Open trace",
            Self::Tree => "Tree of spans",
            Self::Review => "Human review",
            Self::Home => "Home",
            Self::Lines => "Lines of JSON",
            Self::Board => "Board",
            Self::Pair => "Pair",
        }
    }

    /// What is on the page where its keys mean something, as a selector.
    pub(crate) fn selector(self) -> &'static str {
        match self {
            Self::Everywhere => ".rail",
            Self::List => "form.filter, table.objects, table.review-items, .board",
            Self::Trace => "article.trace",
            Self::Tree => "nav.trace-tree",
            Self::Review => ".question[role=group]",
            Self::Home => ".home",
            Self::Lines => ".unfolding",
            Self::Board => ".board",
            Self::Pair => ".pair",
        }
    }
}
