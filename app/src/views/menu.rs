//! The menu of views: all of them, and what can be done with the one that is shown.

use super::ViewsMenu;
use super::api::load_views;
use super::foot::ViewFoot;
use crate::api::{AppError, Failure, send};
use crate::context::use_project;
use crate::raw_query::relation;
use crate::ui::{Dialog, opened_by};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use shared::address::LogsAddress;
use shared::views::{KEPT_VIEWS, KeptView, ListState, SavedView};
use shared::{ProjectId, ViewId};

/// The list that the menu is about. Copies share it.
#[derive(Clone, Copy)]
pub(crate) struct ViewedList {
    /// Its project.
    pub(crate) project: StoredValue<ProjectId>,
    /// What views of it are called.
    pub(crate) view_type: &'static str,
    /// Its filter.
    pub(crate) filter: StoredValue<String>,
    /// The other parameters of the address that says all that it shows.
    pub(crate) others: RwSignal<Vec<(String, String)>>,
    /// What stands in the address bar.
    pub(crate) address: Memo<LogsAddress>,
    /// Reads the list and its bar of views again.
    pub(crate) changed: Callback<()>,
}

/// What the menu knows. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct MenuState {
    pub(super) list: ViewedList,
    /// The word of the view that is shown.
    pub(super) word: StoredValue<String>,
    pub(super) loaded: RwSignal<Option<ViewsMenu>>,
    pub(super) refused: RwSignal<Option<AppError>>,
    /// What was deleted a moment ago.
    pub(super) deleted: RwSignal<Option<SavedView>>,
    /// Goes to an address, and closes the menu.
    go: Callback<String>,
}

impl ViewedList {
    /// What it shows.
    pub(super) fn state(self) -> ListState {
        let (filter, others) = (self.filter.get_value(), self.others.get_untracked());
        ListState::of(&LogsAddress { filter, others, ..LogsAddress::default() }).normal()
    }
}

impl MenuState {
    /// Reads the views again, and what the page shows of them.
    pub(super) fn read(self) {
        let list = self.list;
        let shown = self.word.with_value(|word| KeptView::named(word, list.view_type).is_none().then(|| ViewId::from(word.as_str())));
        send(load_views(list.project.get_value(), list.view_type.to_owned(), shown), move |answer| match answer {
            // The page may be gone.
            Ok(menu) => drop(self.loaded.try_set(Some(menu))),
            Err(error) => drop(self.refused.try_set(Some(error))),
        });
    }

    /// Shows a view as it is.
    pub(super) fn show(self, word: &str) {
        self.go.run(self.href(word));
    }

    pub(super) fn href(self, word: &str) -> String {
        self.list.address.with_untracked(|address| address.with_view(word).to_query())
    }
}

/// Draws the menu whenever it is asked for.
#[component]
pub(super) fn ViewsDialog(list: ViewedList, asked: RwSignal<Option<String>>) -> impl IntoView {
    let open = opened_by(asked);
    let navigate = use_navigate();
    let go = Callback::new(move |address: String| {
        open.set(false);
        navigate(&address, Default::default());
    });
    let content = move || {
        asked.get().map(|word| {
            let state = MenuState {
                list,
                word: StoredValue::new(word),
                loaded: RwSignal::new(None),
                refused: RwSignal::new(None),
                deleted: RwSignal::new(None),
                go,
            };
            state.read();
            view! { <ViewList state/> }
        })
    };
    view! { <Dialog title="Views" open>{content}</Dialog> }
}

#[component]
fn ViewList(state: MenuState) -> impl IntoView {
    let wanted = RwSignal::new(String::new());
    let me = use_project().viewer.id;
    let is_wanted = move |name: &str| wanted.with(|wanted| name.to_lowercase().contains(&wanted.trim().to_lowercase()));
    let lists = move || {
        state.loaded.get().map(|menu| {
            let (shared, own): (Vec<_>, Vec<_>) = menu.views.into_iter().filter(|view| is_wanted(&view.name)).partition(|view| view.shared);
            let has_default = shared.iter().any(|view| view.is_default);
            let kept = KEPT_VIEWS.into_iter().filter(|view| view.types.contains(&state.list.view_type) && is_wanted(view.name));
            let kept = kept.map(|view| line(state, view.word, view.name, None, view.word == "all" && !has_default));
            let saved = |view: &SavedView| {
                let by = (view.shared && view.owner != me).then(|| view.owner_name.clone());
                line(state, view.id.as_str(), &view.name, by, view.is_default)
            };
            let shared = kept.chain(shared.iter().map(saved)).collect_view();
            let has_own = !own.is_empty();
            let own = own.iter().map(saved).collect_view();
            view! {
                <h3 id="views-shared">"Shared with the project"</h3>
                <ul aria-labelledby="views-shared">{shared}</ul>
                {has_own.then(|| view! { <h3 id="views-own">"Only for me"</h3><ul aria-labelledby="views-own">{own}</ul> })}
            }
        })
    };
    let foot = move || state.loaded.get().map(|menu| view! { <ViewFoot state current=menu.current/> });
    view! {
        <div class="dialog-b views-menu">
            <input class="input" type="search" aria-label="Find a view" placeholder="Find a view" autocomplete="off" autofocus bind:value=wanted/>
            {lists}
            <Failure error=state.refused/>
        </div>
        {foot}
    }
}

fn line(state: MenuState, word: &str, name: &str, by: Option<String>, is_default: bool) -> impl IntoView + use<> {
    let href = state.href(word);
    let is_shown = state.word.with_value(|shown| shown == word);
    let followed = word.to_owned();
    let follow = move |event: leptos::ev::MouseEvent| {
        if !event.ctrl_key() && !event.meta_key() {
            event.prevent_default();
            state.show(&followed);
        }
    };
    view! {
        <li>
            <a class="row" href=href.clone() rel=relation(&href) aria-current=is_shown.then_some("true") on:click=follow>
                <span class="clip grow">{name.to_owned()}</span>
                {is_default.then(|| view! { <span class="badge">"default"</span> })}
                {by.map(|by| view! { <span class="hint clip">"by "{by}</span> })}
            </a>
        </li>
    }
}
