//! Which view a list shows, and the bar of views, as the server writes it into the page.

use super::ViewsMenu;
use crate::api::AppError;
use crate::raw_query::relation;
use crate::ui::markup::icon;
use crate::ui::{IconName, IconSize};
use shared::address::LogsAddress;
use shared::html;
use shared::markup::Html;
use shared::permissions::Action;
use shared::ranges::TimeRange;
use shared::spans::{RowGrouping, TraceSort};
use shared::views::{COMFORTABLE, KEPT_VIEWS, KeptView, ListState, SavedView};
use shared::{Problem, ProjectId, ViewId};
use store::{Desk, WhichViews};

/// The view of which a list is, whether it is as that view or was changed.
enum ShownView {
    Kept(KeptView),
    Saved(Box<SavedView>),
}

impl ShownView {
    fn state(&self) -> ListState {
        match self {
            Self::Kept(view) => view.state(),
            Self::Saved(view) => view.state.clone(),
        }
    }

    /// What stands for it in addresses.
    fn word(&self) -> &str {
        match self {
            Self::Kept(view) => view.word,
            Self::Saved(view) => view.id.as_str(),
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Kept(view) => view.name,
            Self::Saved(view) => &view.name,
        }
    }
}

/// What a list shows, and of which view it is.
pub(crate) struct ShownList {
    /// What it shows: what the address says, else what its view does.
    pub(crate) state: ListState,
    view: ShownView,
    /// Whether the address says something else than the view.
    is_changed: bool,
    view_type: &'static str,
    others: Vec<(String, String)>,
    /// Whether who looks may review the rows.
    may_review: bool,
    /// What there is to say about the view, in sentences.
    notes: Vec<String>,
}

impl ShownList {
    /// Reads an address: its filter and its other parameters.
    pub(crate) async fn of(
        desk: &Desk,
        project: &ProjectId,
        view_type: &'static str,
        filter: &str,
        others: &[(String, String)],
    ) -> Result<Self, AppError> {
        let address = LogsAddress { others: others.to_vec(), ..LogsAddress::default() };
        let said = ListState { filter: filter.trim().to_owned(), ..ListState::of(&address) };
        let is_said = said != ListState::default();
        let mut notes = Vec::new();
        let every_row = ShownView::Kept(KEPT_VIEWS[0]);
        let view = match address.other("view") {
            None if is_said => every_row,
            None => default_view(desk, project, view_type).await?.unwrap_or(every_row),
            Some(word) => match KeptView::named(word, view_type) {
                Some(view) => ShownView::Kept(view),
                None => match saved(desk, project, view_type, &ViewId::from(word)).await? {
                    Some(view) => {
                        notes.extend(view.deleted.map(|_| format!("The view {} was deleted. This is its last state.", view.name)));
                        ShownView::Saved(Box::new(view))
                    }
                    None => {
                        notes.push("There is no such view here, or it is somebody's own.".to_owned());
                        every_row
                    }
                },
            },
        };
        let held = view.state().normal();
        let mut state = if is_said { said.normal() } else { held.clone() };
        let is_changed = state != held;
        if let Err(problem) = TraceSort::parse(&state.sort) {
            notes.push(format!("{problem} The newest come first."));
            state.sort = String::new();
        }
        if let Err(problem) = TimeRange::parse(&state.range) {
            notes.push(format!("{problem} Rows of all time are shown."));
        }
        if let Err(problem) = RowGrouping::parse(&state.group) {
            notes.push(format!("{problem} The rows are not grouped."));
            state.group = String::new();
        }
        if state.density != COMFORTABLE {
            state.density = String::new();
        }
        let may_review = desk.actor().may(Action::Review);
        Ok(Self { state, view, is_changed, view_type, others: others.to_vec(), may_review, notes })
    }

    /// The order of the rows, where it is not the newest first.
    pub(crate) fn sort(&self) -> Option<TraceSort> {
        TraceSort::parse(&self.state.sort).ok().filter(|sort| *sort != TraceSort::NEWEST_FIRST)
    }

    /// The rows come newest first instead.
    pub(crate) fn refuse_order(&mut self, refused: &Problem) {
        self.notes.push(format!("{refused} The newest come first."));
        self.state.sort = String::new();
    }

    /// The list has the columns that it has by itself instead. The address keeps what it says, for whoever mends it.
    pub(crate) fn refuse_columns(&mut self, note: String) {
        self.notes.push(note);
    }

    /// The address that says all that is shown.
    pub(crate) fn address(&self) -> LogsAddress {
        self.state.said(&self.plain())
    }

    fn plain(&self) -> LogsAddress {
        LogsAddress { others: self.others.clone(), ..LogsAddress::default() }
    }

    /// The bar: the views that every project has, the one that is shown, what opens the menu, and what leads into review mode.
    pub(crate) fn html(&self) -> Html {
        let tab = |word: &str, name: &str| {
            let is_shown = word == self.view.word();
            let href = self.plain().with_view(word).to_query();
            let rel = relation(&href).unwrap_or_default();
            let current = Html::ours(if is_shown { r#"aria-current="true""# } else { "" });
            let changed = (is_shown && self.is_changed)
                .then(|| Html::ours(r#"<span class="changed" title="Changed, not saved"><span class="sr"> (changed)</span></span>"#));
            html!(r#"<a class="clip" href="{}" rel="{}" {}>{}{}</a>"#, href, rel, current, name, changed)
        };
        let kept = KEPT_VIEWS.into_iter().filter(|view| view.types.contains(&self.view_type));
        let mut tabs: Html = kept.map(|view| tab(view.word, view.name)).collect();
        if let ShownView::Saved(view) = &self.view {
            tabs.push(&tab(view.id.as_str(), self.view.name()));
        }
        let down = icon(IconName::Down, IconSize::Small);
        let notes: Html = self.notes.iter().map(|note| html!(r#"<p class="hint" role="status">{}</p>"#, note)).collect();
        let review = self.may_review.then(|| {
            let icon = icon(IconName::Expand, IconSize::Small);
            html!(
                r#"<button class="btn primary keep" type="button" title="Enter review mode (r)" aria-keyshortcuts="r">{}<span class="words">Enter review mode</span><kbd aria-hidden="true">r</kbd></button>"#,
                icon
            )
        });
        html!(
            r#"<nav class="views" aria-label="Views">{}<button class="btn icon ghost small keep" type="button" data-views="{}" aria-haspopup="dialog" aria-label="All views" title="All views">{}</button></nav>{}{}"#,
            tabs,
            self.view.word(),
            down,
            notes,
            review
        )
    }
}

/// A saved view of a type; none that is not there for who asks.
async fn saved(desk: &Desk, project: &ProjectId, view_type: &str, id: &ViewId) -> Result<Option<SavedView>, AppError> {
    match desk.saved_view(id).await {
        Ok(view) => Ok(Some(view).filter(|view| view.project == *project && view.view_type == view_type)),
        Err(store::Error::Problem(Problem::NotFound { .. })) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What the project shows first.
async fn default_view(desk: &Desk, project: &ProjectId, view_type: &str) -> Result<Option<ShownView>, AppError> {
    let views = desk.saved_views(project, WhichViews::DefaultOf(view_type)).await?;
    Ok(views.into_iter().next().map(|view| ShownView::Saved(Box::new(view))))
}

/// What the menu shows.
pub(super) async fn menu(desk: &Desk, project: &ProjectId, view_type: &str, shown: Option<&ViewId>) -> Result<ViewsMenu, AppError> {
    let views = desk.saved_views(project, WhichViews::Of(view_type)).await?;
    let current = match shown {
        Some(id) => saved(desk, project, view_type, id).await?,
        None => None,
    };
    Ok(ViewsMenu { views, current })
}

#[cfg(test)]
mod tests {
    use super::{ShownList, ShownView};
    use shared::views::{KEPT_VIEWS, ListState, SavedView};

    fn list(view: ShownView, state: ListState, is_changed: bool) -> String {
        let others =
            vec![("lang".to_owned(), "x".to_owned()), ("cols".to_owned(), "x".to_owned()), ("view".to_owned(), "before".to_owned())];
        let list =
            ShownList { state, view, is_changed, view_type: "logs", others, may_review: is_changed, notes: vec!["<Note>".to_owned()] };
        list.html().as_str().to_owned()
    }

    #[test]
    fn the_bar_says_which_view_is_shown_and_whether_it_was_changed() {
        let view = SavedView {
            id: "v".into(),
            project: "p".into(),
            view_type: "logs".to_owned(),
            name: "<Mine>".to_owned(),
            owner: "o".into(),
            owner_name: String::new(),
            shared: true,
            is_default: false,
            state: ListState::default(),
            sent: None,
            version: 1,
            created: 0,
            changed: 0,
            deleted: None,
        };
        let html = list(ShownView::Saved(Box::new(view)), ListState::default(), true);
        let shown = r#"<a class="clip" href="?lang=x&amp;view=v" rel="" aria-current="true">&lt;Mine&gt;<span class="changed""#;
        assert!(html.contains(shown), "{html}");
        assert!(html.contains(r#"href="?lang=x&amp;view=errors" rel="" >Errors</a>"#), "{html}");
        assert!(html.contains(r#"data-views="v""#) && html.contains("&lt;Note&gt;") && !html.contains("Scorer errors"), "{html}");
        assert!(html.contains(r#">Enter review mode</span>"#), "{html}");
        let html = list(ShownView::Kept(KEPT_VIEWS[0]), ListState::default(), false);
        assert!(html.contains(r#"aria-current="true">All</a>"#) && !html.contains("changed") && !html.contains("review mode"), "{html}");
    }

    #[test]
    fn what_is_shown_can_be_said_as_a_whole() {
        let state = ListState::default();
        let list = ShownList {
            state,
            view: ShownView::Kept(KEPT_VIEWS[1]),
            is_changed: true,
            view_type: "logs",
            others: vec![("view".to_owned(), "errors".to_owned())],
            may_review: true,
            notes: Vec::new(),
        };
        assert_eq!(list.address().to_query(), "?view=errors&sort=created%20desc");
        assert_eq!(list.sort(), None);
    }
}
