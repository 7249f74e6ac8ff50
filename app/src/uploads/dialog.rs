//! The dialog: a file, what becomes of its columns and lines, and the button that takes them.

use super::UploadState;
use super::mapping::ColumnChoices;
use super::sending::{chosen, send};
use crate::ui::{Dialog, Icon, IconName, format};
use leptos::prelude::*;
use serde_json::{Map, Value, json};
use shared::address::encode;
use shared::uploads::{PreviewedRow, RefusedLine, UploadColumn, UploadFate, Uploaded};

/// Draws the dialog while it is open.
#[component]
pub(super) fn UploadDialog(state: UploadState) -> impl IntoView {
    let open = state.open;
    view! { <Dialog title="Upload rows" open wide=true>{move || open.get().then(|| view! { <UploadForm state/> })}</Dialog> }
}

/// What is known while the dialog is open. Copies share it.
#[derive(Clone, Copy)]
struct Trial {
    state: UploadState,
    /// What would become of the file.
    tried: RwSignal<Option<Uploaded>>,
    /// Why it cannot be read, or was not taken.
    refused: RwSignal<Option<String>>,
    columns: RwSignal<Vec<UploadColumn>>,
    /// What the columns become by themselves.
    guessed: StoredValue<Vec<UploadColumn>>,
    repeat: RwSignal<bool>,
    is_busy: RwSignal<bool>,
    /// What became of it.
    done: RwSignal<Option<Uploaded>>,
    /// Which question is the last: an answer to another one comes too late.
    asked: StoredValue<u32>,
}

impl Trial {
    fn new(state: UploadState) -> Self {
        Self {
            state,
            tried: RwSignal::new(None),
            refused: RwSignal::new(None),
            columns: RwSignal::new(Vec::new()),
            guessed: StoredValue::new(Vec::new()),
            repeat: RwSignal::new(false),
            is_busy: RwSignal::new(false),
            done: RwSignal::new(None),
            asked: StoredValue::new(0),
        }
    }

    /// Begins with another file.
    fn begin(self) {
        self.tried.set(None);
        self.columns.set(Vec::new());
        self.guessed.set_value(Vec::new());
        self.repeat.set(false);
        self.ask(true);
    }

    fn address(self, dry_run: bool) -> String {
        let mut mapping = Map::new();
        let guessed = self.guessed.get_value();
        for column in self.columns.get_untracked().into_iter().filter(|column| !guessed.contains(column)) {
            mapping.insert(column.name, json!({ "becomes": column.becomes, "as_text": column.as_text }));
        }
        let dataset = self.state.dataset.with_value(|dataset| encode(dataset.as_str()));
        let (mapping, repeat) = (encode(&Value::Object(mapping).to_string()), self.repeat.get_untracked());
        format!("/v1/dataset/{dataset}/upload?dry_run={dry_run}&repeat={repeat}&mapping={mapping}")
    }

    /// Sends the file: to be told what would become of it, or to have it taken.
    fn ask(self, dry_run: bool) {
        let Some(file) = self.state.file.get_untracked() else { return };
        let number = self.asked.try_update_value(|asked| {
            *asked += 1;
            *asked
        });
        self.refused.set(None);
        self.is_busy.set(true);
        let address = self.address(dry_run);
        leptos::task::spawn_local_scoped(async move {
            let answer = send(file, address).await;
            // The dialog may be gone, or ask something else by now.
            if self.asked.try_get_value() != number {
                return;
            }
            self.is_busy.set(false);
            match answer {
                Ok(uploaded) if dry_run => {
                    if self.guessed.with_value(Vec::is_empty) {
                        self.guessed.set_value(uploaded.columns.clone());
                        self.columns.set(uploaded.columns.clone());
                    }
                    self.tried.set(Some(uploaded));
                }
                Ok(uploaded) => {
                    self.done.set(Some(uploaded));
                    self.state.changed.run(());
                }
                Err(reason) => self.refused.set(Some(reason)),
            }
        });
    }

    fn choose(self, column: UploadColumn) {
        self.columns.update(|columns| {
            if let Some(own) = columns.iter_mut().find(|own| own.name == column.name) {
                *own = column;
            }
        });
        self.ask(true);
    }
}

#[component]
fn UploadForm(state: UploadState) -> impl IntoView {
    let trial = Trial::new(state);
    Effect::new(move |_| {
        if state.file.with(Option::is_some) {
            trial.begin();
        }
    });
    let close = move |_| state.open.set(false);
    let pick = move |event: leptos::ev::Event| {
        if let Some(file) = chosen(&event) {
            state.file.set(Some(file));
        }
    };
    let name = move || state.file.with(|file| file.as_ref().map(|file| view! { <p class="soft clip">{file.name()}</p> }));
    let refused = move || {
        trial.refused.get().map(|reason| {
            view! { <div class="notice bad" role="alert"><Icon name=IconName::Warning/><div class="grow">{reason}</div></div> }
        })
    };
    let has_columns = Memo::new(move |_| trial.columns.with(|columns| !columns.is_empty()));
    let columns = move || {
        has_columns
            .get()
            .then(|| view! { <ColumnChoices columns=trial.columns changed=Callback::new(move |column| trial.choose(column))/> })
    };
    let body = move || {
        match trial.done.get() {
        Some(done) => view! { <p role="status">{outcome(&done, true)}</p>{mistakes(&done)} }.into_any(),
        None => view! {
            <div>
                <label class="label" for="upload-file">"File"</label>
                <input class="input" id="upload-file" type="file" autofocus accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,.gz" on:change=pick/>
                {name}
                <p class="hint">"CSV, TSV, JSON or JSONL, also gzipped, of up to 67 MB and 100,000 rows. It can also be dropped on the page."</p>
            </div>
            {refused}{columns}
            {move || trial.tried.get().map(|tried| view! { <Tried tried repeat=trial.repeat ask=Callback::new(move |()| trial.ask(true))/> })}
        }
        .into_any(),
    }
    };
    let takes = Memo::new(move |_| trial.tried.with(|tried| tried.as_ref().map_or((0, 0), |tried| (tried.added, tried.updated))));
    let foot = move || match trial.done.with(Option::is_some) {
        true => view! { <button class="btn primary" type="button" on:click=close>"Done"</button> }.into_any(),
        false => view! {
            <button class="btn ghost" type="button" on:click=close>"Cancel"</button>
            <button class="btn primary" type="button" disabled=move || trial.is_busy.get() || takes.get() == (0, 0)
                on:click=move |_| trial.ask(false)>{move || verb(takes.get())}</button>
        }
        .into_any(),
    };
    view! {
        <div class="dialog-b" aria-busy=move || trial.is_busy.get().to_string()>{body}</div>
        <div class="dialog-f">{foot}</div>
    }
}

/// What the button does.
fn verb((added, updated): (u64, u64)) -> String {
    match (added, updated) {
        (added, 0) => format!("Add {}", format::counted(added, "row", "rows")),
        (0, updated) => format!("Change {}", format::counted(updated, "row", "rows")),
        (added, updated) => format!("Add {}, change {}", format::counted(added, "row", "rows"), format::count(updated)),
    }
}

/// What becomes of a file, or became.
fn outcome(uploaded: &Uploaded, is_done: bool) -> String {
    let rows = |count| format::counted(count, "row", "rows");
    let [new, changed] = if is_done { ["added", "changed"] } else { ["new", "to change"] };
    let mut parts = vec![format!("{} {new}", rows(uploaded.added))];
    parts.extend((uploaded.updated > 0).then(|| format!("{} {changed}", format::count(uploaded.updated))));
    parts.extend((uploaded.already > 0).then(|| format!("{} there already", format::count(uploaded.already))));
    parts.extend(
        (uploaded.refused_lines > 0).then(|| format!("{} cannot be taken", format::counted(uploaded.refused_lines, "line", "lines"))),
    );
    parts.join(", ") + "."
}

/// Draws what would become of a file.
#[component]
fn Tried(tried: Uploaded, repeat: RwSignal<bool>, ask: Callback<()>) -> impl IntoView {
    let notes = tried.notes.iter().map(|note| view! { <p class="hint">{note.clone()}</p> }).collect_view();
    let read_as = format!("Read as {}: {}", tried.format.as_str().to_uppercase(), outcome(&tried, false));
    let offers = tried.repeated > 0 || repeat.get_untracked();
    let again = offers.then(|| {
        let change = move |event: leptos::ev::Event| {
            repeat.set(event_target_checked(&event));
            ask.run(());
        };
        view! {
            <label class="tick"><input class="check" type="checkbox" checked=repeat.get_untracked() on:change=change/><span>"Add lines whose input is there already, too"</span></label>
        }
    });
    let rows = tried.preview.iter().map(previewed).collect_view();
    let preview = (!tried.preview.is_empty()).then(|| {
        view! {
            <div class="upload-scroll" tabindex="0" role="region" aria-label="First rows">
                <table class="upload-table rows">
                    <thead><tr>
                        <th scope="col">"Line"</th><th scope="col">"Id"</th><th scope="col">"Input"</th><th scope="col">"Expected"</th><th scope="col">"Metadata"</th><th scope="col">"Tags"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    });
    view! { <p role="status">{read_as}</p>{notes}{again}{mistakes(&tried)}{preview} }
}

fn previewed(row: &PreviewedRow) -> impl IntoView + use<> {
    let fate = match row.fate {
        UploadFate::Added => "",
        UploadFate::Updated => "changes its row",
        UploadFate::Already => "there already",
    };
    let cell = |text: &str| view! { <td><span class="clip" title=text.to_owned()>{text.to_owned()}</span></td> };
    view! {
        <tr>
            <td class="num">{row.line}" "<span class="soft">{fate}</span></td>
            {[&row.id, &row.input, &row.expected, &row.metadata].map(|text| cell(text)).collect_view()}
            {cell(&row.tags.join(", "))}
        </tr>
    }
}

/// The lines that cannot be taken.
fn mistakes(uploaded: &Uploaded) -> Option<impl IntoView + use<>> {
    let line = |line: &RefusedLine| {
        let place =
            line.column.as_ref().map_or_else(|| format!("Line {}: ", line.line), |column| format!("Line {}, {column}: ", line.line));
        view! { <li><b>{place}</b>{line.reason.clone()}</li> }
    };
    let told = uploaded.refused.len() as u64;
    let rest = uploaded.refused_lines.saturating_sub(told);
    let lines = uploaded.refused.iter().map(line).collect_view();
    (told > 0).then(|| {
        view! {
            <ul class="upload-mistakes" aria-label="Mistakes" tabindex="0">
                {lines}
                {(rest > 0).then(|| view! { <li>{format!("and {} more", format::count(rest))}</li> })}
            </ul>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::uploads::UploadFormat;

    #[test]
    fn what_becomes_of_a_file_in_words() {
        let mut uploaded = Uploaded {
            format: UploadFormat::Csv,
            notes: Vec::new(),
            columns: Vec::new(),
            added: 1,
            updated: 0,
            already: 0,
            repeated: 0,
            refused: Vec::new(),
            refused_lines: 0,
            preview: Vec::new(),
        };
        assert_eq!(outcome(&uploaded, false), "1 row new.");
        (uploaded.added, uploaded.updated, uploaded.already, uploaded.refused_lines) = (1200, 3, 2, 1);
        assert_eq!(outcome(&uploaded, true), "1,200 rows added, 3 changed, 2 there already, 1 line cannot be taken.");
        assert_eq!([verb((1, 0)), verb((0, 2)), verb((3, 1))], ["Add 1 row", "Change 2 rows", "Add 3 rows, change 1"]);
    }
}
