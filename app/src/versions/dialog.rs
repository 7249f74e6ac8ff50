//! The dialog: the versions, a form that saves one, and what can be done with each.

use super::VersionsState;
use super::api::{delete_version, list_versions, restore_version, save_version};
use super::difference::DifferencePanel;
use crate::api::{AppError, Failure, send};
use crate::configuration::{FormState, TextField};
use crate::context::use_project;
use crate::ui::{Dialog, Icon, IconName, Lines, RelativeTime, format, quoted};
use leptos::prelude::*;
use shared::permissions::Action;
use shared::versions::{DatasetVersion, NameVersion, RestoredVersion, SaveVersion};
use shared::{TransactionId, VersionId};

/// Draws the dialog while it is open.
#[component]
pub(super) fn VersionsDialog(state: VersionsState) -> impl IntoView {
    let open = state.open;
    view! { <Dialog title="Versions" open wide=true>{move || open.get().then(|| view! { <VersionsPanel state/> })}</Dialog> }
}

/// What is unfolded below a version.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unfolded {
    Comparison,
    Restoring,
    Deleting,
    Code,
}

/// What is known while the dialog is open. Copies share it.
#[derive(Clone, Copy)]
struct OpenVersions {
    state: VersionsState,
    listed: RwSignal<Option<Vec<DatasetVersion>>>,
    unfolded: RwSignal<Option<(VersionId, Unfolded)>>,
    refused: RwSignal<Option<AppError>>,
    /// What was restored last.
    restored: RwSignal<Option<(String, RestoredVersion)>>,
    is_busy: RwSignal<bool>,
}

impl OpenVersions {
    fn read(self) {
        send(list_versions(self.state.dataset.with_value(|(id, _)| id.clone())), move |answer| match answer {
            Ok(versions) => drop(self.listed.try_set(Some(versions))),
            Err(error) => drop(self.refused.try_set(Some(error))),
        });
    }

    /// Begins something that must not go on twice; false if something goes on.
    fn begin(self) -> bool {
        self.refused.set(None);
        !self.is_busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true)
    }

    fn delete(self, version: VersionId) {
        if !self.begin() {
            return;
        }
        send(delete_version(NameVersion { version }), move |answer| {
            // The dialog may be closed by now.
            if self.is_busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(()) => self.unfolded.set(None),
                Err(error) => self.refused.set(Some(error)),
            }
            self.read();
        });
    }

    fn restore(self, version: VersionId, name: String) {
        if !self.begin() {
            return;
        }
        self.restored.set(None);
        let changed = self.state.changed;
        send(restore_version(NameVersion { version }), move |answer| {
            changed.try_run(());
            if self.is_busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(restored) => {
                    self.unfolded.set(None);
                    self.restored.set(Some((name, restored)));
                }
                Err(error) => self.refused.set(Some(error)),
            }
            self.read();
        });
    }
}

#[component]
fn VersionsPanel(state: VersionsState) -> impl IntoView {
    let context = use_project();
    let (may_save, may_compare) = (context.may(Action::Ingest), context.may(Action::ActOnMany));
    let versions = OpenVersions {
        state,
        listed: RwSignal::new(None),
        unfolded: RwSignal::new(None),
        refused: RwSignal::new(None),
        restored: RwSignal::new(None),
        is_busy: RwSignal::new(false),
    };
    Effect::new(move |_| versions.read());
    let lines = move || {
        versions.listed.get().map(|listed| {
            if listed.is_empty() {
                return view! { <p class="hint">"There is no version yet. A version keeps how the rows stand now under a name."</p> }
                    .into_any();
            }
            let lines = listed.into_iter().map(|version| view! { <VersionLine versions version may_compare may_save/> });
            view! { <ul class="versions-list" aria-label="Versions">{lines.collect_view()}</ul> }.into_any()
        })
    };
    let restored = move || versions.restored.get().map(|(name, restored)| view! { <Restored versions name restored/> });
    view! {
        <div class="dialog-b" aria-busy=move || versions.is_busy.get().to_string()>
            {may_save.then(|| view! { <SaveForm versions/> })}
            <Failure error=versions.refused/>
            <div><div role="status">{restored}</div>{lines}</div>
        </div>
    }
}

#[component]
fn SaveForm(versions: OpenVersions) -> impl IntoView {
    let form = FormState::new(&["Name", "Note"]);
    let (name, note) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !form.begin() {
            return;
        }
        let dataset = versions.state.dataset.with_value(|(id, _)| id.clone());
        let command = SaveVersion { dataset, name: name.get_untracked(), note: note.get_untracked() };
        send(save_version(command), move |answer| {
            if form.finish(answer).is_some() {
                name.set(String::new());
                note.set(String::new());
                versions.read();
            }
        });
    };
    view! {
        <form class="version-form" on:submit=save>
            <Failure error=form.elsewhere()/>
            <TextField id="version-name" label="Name" value=name problem=form.about("Name") autofocus=true/>
            <TextField id="version-note" label="Note" value=note problem=form.about("Note")/>
            <button class="btn primary" type="submit" disabled=move || form.busy.get() || name.read().trim().is_empty()>"Save version"</button>
        </form>
    }
}

/// Says what a restored version did, and offers to take it back.
#[component]
fn Restored(versions: OpenVersions, name: String, restored: RestoredVersion) -> impl IntoView {
    let words = format!("Restored {name}: {} How it stood before is kept as “{}”.", outcome(&restored), restored.before.name);
    let before = restored.before;
    let back = move |_| versions.restore(before.id.clone(), before.name.clone());
    view! {
        <div class="notice good">
            <Icon name=IconName::Check/><div class="grow">{words}</div>
            <div class="actions"><button class="btn small" type="button" disabled=versions.is_busy on:click=back><Icon name=IconName::Undo/>"Take back"</button></div>
        </div>
    }
}

/// What restoring a version did, in words.
fn outcome(restored: &RestoredVersion) -> String {
    let counted = [(restored.added, "brought back"), (restored.removed, "taken out"), (restored.changed, "as they were")];
    let parts: Vec<String> = counted
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| {
            format!("{} {}", format::counted(count, "row", "rows"), if count == 1 && words == "as they were" { "as it was" } else { words })
        })
        .collect();
    if parts.is_empty() { "it stood like that already.".to_owned() } else { parts.join(", ") + "." }
}

#[component]
fn VersionLine(versions: OpenVersions, version: DatasetVersion, may_compare: bool, may_save: bool) -> impl IntoView {
    let id = version.id.clone();
    let unfolded = Memo::new(move |_| versions.unfolded.with(|now| now.as_ref().filter(|(of, _)| *of == id).map(|(_, what)| *what)));
    let name = version.name.clone();
    let id = version.id.clone();
    let button = |what: Unfolded, word: &'static str| {
        let id = id.clone();
        let toggle = move |_| {
            let is_shown = unfolded.get_untracked() == Some(what);
            versions.refused.set(None);
            versions.unfolded.set((!is_shown).then(|| (id.clone(), what)));
        };
        let is_shown = move || (unfolded.get() == Some(what)).to_string();
        view! { <button class="btn small" type="button" aria-label=format!("{word} {name}") aria-expanded=is_shown on:click=toggle>{word}</button> }
    };
    let buttons = view! {
        <div class="actions">
            {may_compare.then(|| button(Unfolded::Comparison, "Compare"))}
            {button(Unfolded::Code, "Use in code")}
            {(may_save && may_compare).then(|| button(Unfolded::Restoring, "Restore"))}
            {may_save.then(|| button(Unfolded::Deleting, "Delete"))}
        </div>
    };
    let by = if version.by.is_empty() { String::new() } else { format!(" by {}", version.by) };
    let (shown, note, created) = (version.name.clone(), version.note.clone(), version.created);
    let rows = format::counted(version.rows.unsigned_abs(), "row", "rows");
    let version = StoredValue::new(version);
    let more = move || {
        let version = version.get_value();
        unfolded.get().map(|what| match what {
            Unfolded::Comparison => {
                let others = versions.listed.get_untracked().unwrap_or_default();
                view! { <DifferencePanel version others/> }.into_any()
            }
            Unfolded::Code => view! { <VersionCode versions version/> }.into_any(),
            Unfolded::Restoring => {
                let words = "Rows that were changed or removed since become what they were, and rows that were added since are taken out, for \
                             everybody. How it stands now is kept as a version. Answers and comments stay on rows that stay; with a row that is taken out they \
                             go, also if it comes back.";
                let sure = Callback::new(move |version: DatasetVersion| versions.restore(version.id, version.name));
                view! { <Sure versions version words verb="Restore this version" danger=false sure/> }.into_any()
            }
            Unfolded::Deleting => {
                let words = "The name is forgotten, and this version can be neither compared nor restored. No row changes.";
                let sure = Callback::new(move |version: DatasetVersion| versions.delete(version.id));
                view! { <Sure versions version words verb="Delete this version" danger=true sure/> }.into_any()
            }
        })
    };
    view! {
        <li>
            <div class="version-line">
                <div class="grow">
                    <b>{shown}</b>
                    <span class="hint">{rows}", saved "<RelativeTime micros=created/>{by}</span>
                    {(!note.is_empty()).then(|| view! { <p dir="auto">{note}</p> })}
                </div>
                {buttons}
            </div>
            {more}
        </li>
    }
}

/// Asks before something is done to a version.
#[component]
fn Sure(
    versions: OpenVersions,
    version: DatasetVersion,
    words: &'static str,
    verb: &'static str,
    danger: bool,
    sure: Callback<DatasetVersion>,
) -> impl IntoView {
    let label = format!("{verb}: {}", version.name);
    view! {
        <section class="version-more" aria-label=label>
            <p>{words}</p>
            <div class="actions">
                <button class="btn ghost small" type="button" on:click=move |_| versions.unfolded.set(None)>"Cancel"</button>
                <button class=if danger { "btn danger small" } else { "btn primary small" } type="button" disabled=versions.is_busy
                    on:click=move |_| sure.run(version.clone())>{verb}</button>
            </div>
        </section>
    }
}

/// The lines that read a version in a program.
#[component]
fn VersionCode(versions: OpenVersions, version: DatasetVersion) -> impl IntoView {
    let project = use_project().project.name;
    let text = versions.state.dataset.with_value(|(_, dataset)| code(&project, dataset, version.transaction));
    view! { <div class="version-more"><Lines name="Python" text/></div> }
}

fn code(project: &str, dataset: &str, version: TransactionId) -> String {
    format!("init_dataset(project={}, name={}, version={})", quoted(project), quoted(dataset), quoted(&version.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::ObjectId;

    #[test]
    fn what_was_restored_in_words_and_as_code() {
        let before = DatasetVersion {
            id: VersionId("v".to_owned()),
            dataset: ObjectId::from("d"),
            name: "before".to_owned(),
            note: String::new(),
            transaction: TransactionId(7),
            rows: 1,
            created: 0,
            by: String::new(),
        };
        let mut restored = RestoredVersion { before, added: 0, removed: 0, changed: 0 };
        assert_eq!(outcome(&restored), "it stood like that already.");
        (restored.added, restored.changed) = (2, 1);
        assert_eq!(outcome(&restored), "2 rows brought back, 1 row as it was.");
        assert_eq!(code("My \"P\"", "golden", TransactionId(7)), r#"init_dataset(project="My \"P\"", name="golden", version="7")"#);
    }
}
