//! Flagging the open span for review, and how it stands in review lists.

use super::TraceState;
use crate::configuration::FormState;
use crate::context::use_project;
use crate::keys::{Act, Scope, shortcuts, titled, use_keys};
use crate::reviews::{FlagDraft, FlagForm, Flagger, told};
use crate::ui::{Dialog, Icon, IconName, opened_by};
use leptos::prelude::*;
use shared::ReviewListId;
use shared::commands::Command;
use shared::objects::RowAddress;
use shared::permissions::Action;
use shared::reviews::{AssignReview, FlagRow, Flagging, RowFlag, UnflagRow};

/// What is known of the flags of the span that is read. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct SpanFlags {
    trace: TraceState,
    /// The row that the dialog is about.
    about: RwSignal<Option<RowAddress>>,
    /// Whether it is opened to ask people.
    assigns: RwSignal<bool>,
    flags: Memo<Vec<RowFlag>>,
}

impl SpanFlags {
    /// Those of the trace that is open. From now on the key leads to the dialog.
    pub(super) fn new(trace: TraceState) -> Self {
        let flags = Memo::new(move |_| {
            let row = trace.row.get();
            row.and_then(|row| trace.of_row(&row, |said| said.flags.clone())).unwrap_or_default()
        });
        let flags = Self { trace, about: RwSignal::new(None), assigns: RwSignal::new(false), flags };
        let context = use_project();
        let (may_flag, may_assign) = (context.may(Action::Review), context.may(Action::Assign));
        use_keys().on(Scope::Trace, move |act| {
            let is_it = (act == Act::Flag && may_flag) || (act == Act::Assign && may_assign);
            if is_it {
                flags.ask(act == Act::Assign);
            }
            is_it
        });
        flags
    }

    fn ask(self, assigns: bool) {
        self.assigns.set(assigns);
        if let Some(row) = self.trace.row.get_untracked().filter(|row| self.trace.takes(row)) {
            self.about.set(Some(row));
        }
    }

    fn run(self, command: impl FnOnce(RowAddress) -> Command) {
        if let Some(row) = self.about.get_untracked() {
            self.trace.run(command(row));
        }
    }

    fn remove(self, list: ReviewListId) {
        self.run(|row| Command::UnflagRow(UnflagRow { row, lists: vec![list], client_id: None }));
        self.about.set(None);
    }

    /// Flags the row, or changes the note and who is asked.
    fn flag(self, draft: FlagDraft) {
        let FlagDraft { list, note, people, .. } = draft;
        let stands = self.flags.with_untracked(|flags| flags.iter().find(|flag| flag.list == list).cloned());
        let (lists, selection) = (vec![list.clone()], Default::default());
        let into = |note, assignees| {
            move |row| Command::FlagRow(FlagRow { row, flagging: Flagging { lists, note, assignees, selection }, client_id: None })
        };
        match stands {
            None => self.run(into(Some(note).filter(|note| !note.is_empty()), people)),
            Some(stands) => {
                if stands.note.as_deref().unwrap_or_default() != note {
                    self.run(into(Some(note), Vec::new()));
                }
                if stands.asked() != people {
                    let assign = |row| AssignReview { row, list: Some(list), add: people, remove: Vec::new(), only: true, client_id: None };
                    self.run(|row| Command::AssignReview(assign(row)));
                }
            }
        }
        self.about.set(None);
    }
}

/// Draws what leads to the dialog.
#[component]
pub(super) fn FlagButton() -> impl IntoView {
    let flags = expect_context::<SpanFlags>();
    let pressed = move || if flags.flags.with(Vec::is_empty) { "false" } else { "true" };
    use_project().may(Action::Review).then(|| {
        view! {
            <button class="btn small" type="button" title=titled("Flag for review", Act::Flag) aria-keyshortcuts=shortcuts(Act::Flag) aria-pressed=pressed on:click=move |_| flags.ask(false)>
                <Icon name=IconName::Flag/>"Flag for review"
            </button>
        }
    })
}

/// Draws what leads to the dialog where people are asked.
#[component]
pub(super) fn AssignButton() -> impl IntoView {
    let flags = expect_context::<SpanFlags>();
    use_project().may(Action::Assign).then(|| {
        view! {
            <button class="btn small" type="button" title=titled("Assign", Act::Assign) aria-keyshortcuts=shortcuts(Act::Assign) on:click=move |_| flags.ask(true)>
                "Assign"
            </button>
        }
    })
}

/// Draws how the span stands in review lists; nothing where it stands in none.
#[component]
pub(super) fn Flagged() -> impl IntoView {
    let flags = expect_context::<SpanFlags>().flags;
    let line = |flag: RowFlag| view! { <p class="flagged">{told(&flag)}{flag.note.map(|note| view! { <q dir="auto">{note}</q> })}</p> };
    move || flags.get().into_iter().map(line).collect_view()
}

/// Draws the dialog whenever it is asked for.
#[component]
pub(super) fn FlagDialog() -> impl IntoView {
    let flags = expect_context::<SpanFlags>();
    let open = opened_by(flags.about);
    let form = move || {
        let form = FormState::new(&["note", "assignees"]);
        let flag = Callback::new(move |draft| {
            flags.flag(draft);
            form.finish(Ok(()));
        });
        let (words, remove) = (Signal::stored("Flag for review".to_owned()), Callback::new(move |list| flags.remove(list)));
        let flagger =
            Flagger { stands: flags.flags.into(), words, draws: false, assigns: flags.assigns.get_untracked(), form, flag, remove };
        open.get().then(|| view! { <FlagForm flagger/> })
    };
    view! { <Dialog title="Flag for review" open>{form}</Dialog> }
}
