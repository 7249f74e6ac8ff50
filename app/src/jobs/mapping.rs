//! What becomes what in a dataset, as it is chosen: four fields, each with where it comes from and how that looks for the first rows.

use super::api::preview_cases;
use crate::api::{AppError, send};
use crate::ui::{Icon, IconName};
use leptos::prelude::*;
use shared::jobs::{CaseExpected, CaseMapping, CaseMetadata, CasePreview, PreviewCases, PreviewedCase};
use shared::questions::{Question, QuestionKind};
use std::time::Duration;

/// How long nothing is chosen or typed before it is asked how it looks.
const REST: Duration = Duration::from_millis(250);

/// What is chosen. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct MappingChoice {
    input: RwSignal<String>,
    /// The path that is typed.
    path: RwSignal<String>,
    expected: RwSignal<String>,
    metadata: RwSignal<String>,
    /// The keys that are typed.
    keys: RwSignal<String>,
    tags: RwSignal<String>,
    pub(super) preview: RwSignal<CasePreview>,
    refused: RwSignal<Option<AppError>>,
    /// Which of the first rows is shown.
    shown: RwSignal<usize>,
    /// Which question is the last: an answer to another one comes too late.
    asked: StoredValue<u32>,
}

/// What stands before the id of a question whose answers are expected.
const ANSWER: &str = "answer ";

impl MappingChoice {
    pub(super) fn new() -> Self {
        let word = |word: &str| RwSignal::new(word.to_owned());
        Self {
            input: word("input"),
            path: word("input"),
            expected: word("either"),
            metadata: word("all"),
            keys: word(""),
            tags: word("tags"),
            preview: RwSignal::new(CasePreview::default()),
            refused: RwSignal::new(None),
            shown: RwSignal::new(0),
            asked: StoredValue::new(0),
        }
    }

    /// The mapping that is chosen.
    pub(super) fn mapping(self) -> CaseMapping {
        let input = self.input.get();
        let input = if input == "path" { self.path.get().trim().to_owned() } else { input };
        let expected = self.expected.get();
        let expected = match (expected.strip_prefix(ANSWER), expected.as_str()) {
            (Some(question), _) => CaseExpected::Answer(question.to_owned()),
            (None, "expected") => CaseExpected::Expected,
            (None, "output") => CaseExpected::Output,
            (None, "nothing") => CaseExpected::Nothing,
            (None, _) => CaseExpected::ExpectedElseOutput,
        };
        let metadata = match self.metadata.get().as_str() {
            "keys" => {
                let keys = self.keys.get();
                CaseMetadata::Keys(keys.split(',').map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()).collect())
            }
            "nothing" => CaseMetadata::Nothing,
            _ => CaseMetadata::All,
        };
        CaseMapping { input, expected, metadata, tags: self.tags.get() == "tags" }
    }

    /// Asks how the first rows look, once nothing is chosen for a moment.
    pub(super) fn ask(self, query: PreviewCases) {
        let number = self.asked.with_value(|asked| asked.wrapping_add(1));
        self.asked.set_value(number);
        // The dialog may be closed by then.
        let is_last = move || self.asked.try_get_value() == Some(number);
        let ask = move || {
            if !is_last() {
                return;
            }
            send(preview_cases(query), move |answer| {
                if !is_last() {
                    return;
                }
                match answer {
                    Ok(preview) => {
                        self.shown.update(|shown| *shown = (*shown).min(preview.cases.len().saturating_sub(1)));
                        self.preview.set(preview);
                        self.refused.set(None);
                    }
                    Err(error) => self.refused.set(Some(error)),
                }
            });
        };
        set_timeout(ask, REST);
    }

    fn step(self, on: bool) {
        let last = self.preview.with_untracked(|preview| preview.cases.len().saturating_sub(1));
        self.shown.update(|shown| *shown = if on { (*shown + 1).min(last) } else { shown.saturating_sub(1) });
    }
}

/// Draws the four fields.
#[component]
pub(super) fn MappingFields(choice: MappingChoice, questions: RwSignal<Vec<Question>>) -> impl IntoView {
    let inputs = move || {
        vec![
            ("input".to_owned(), "input".to_owned()),
            ("path".to_owned(), "a path…".to_owned()),
            ("metadata".to_owned(), "metadata".to_owned()),
        ]
    };
    let expecteds = move || {
        let own = [("either", "expected, else output"), ("expected", "expected"), ("output", "output")];
        let mut all: Vec<(String, String)> = own.map(|(value, words)| (value.to_owned(), words.to_owned())).into();
        let said = |question: &Question| {
            let words = if matches!(question.definition.kind, QuestionKind::Text { .. }) { "text of " } else { "answer to " };
            ([ANSWER, question.id.as_str()].concat(), [words, &question.name].concat())
        };
        questions.with(|questions| all.extend(questions.iter().filter(|question| !question.archived).map(said)));
        all.push(("nothing".to_owned(), "leave empty".to_owned()));
        all
    };
    let metadatas = move || {
        [("all", "everything"), ("keys", "some keys…"), ("nothing", "nothing")]
            .map(|(value, words)| (value.to_owned(), words.to_owned()))
            .to_vec()
    };
    let tags = move || [("tags", "tags"), ("none", "none")].map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    let count = move || choice.preview.with(|preview| preview.cases.len());
    let example = move || match count() {
        0 => String::new(),
        count => format!("example {} of {count}", choice.shown.get() + 1),
    };
    let is_last = move || choice.shown.get() + 1 >= count();
    let offered = move || choice.preview.with(|preview| preview.keys.join(", "));
    let path = move || {
        (choice.input.get() == "path").then(|| {
            view! { <input class="input" aria-label="path of the input" autocomplete="off" spellcheck="false" bind:value=choice.path/> }
        })
    };
    let keys = move || {
        (choice.metadata.get() == "keys").then(|| {
            view! {
                <input class="input" aria-label="keys of metadata" autocomplete="off" spellcheck="false" placeholder=offered bind:value=choice.keys/>
            }
        })
    };
    view! {
        <section aria-label="What becomes what">
            <div class="mapping-h">
                <h3>"What becomes what"</h3>
                <span class="hint" role="status">{example}</span>
                <button class="btn icon ghost small" type="button" aria-label="Previous example" title="Previous example" disabled=move || choice.shown.get() == 0 on:click=move |_| choice.step(false)><Icon name=IconName::Up/></button>
                <button class="btn icon ghost small" type="button" aria-label="Next example" title="Next example" disabled=is_last on:click=move |_| choice.step(true)><Icon name=IconName::Down/></button>
            </div>
            <ol class="mapping">
                <MappingField choice name="input" chosen=choice.input options=Signal::derive(inputs) further=ViewFn::from(path) read=|case| &case.input/>
                <MappingField choice name="expected" chosen=choice.expected options=Signal::derive(expecteds) further=ViewFn::from(|| ()) read=|case| &case.expected/>
                <MappingField choice name="metadata" chosen=choice.metadata options=Signal::derive(metadatas) further=ViewFn::from(keys) read=|case| &case.metadata/>
                <MappingField choice name="tags" chosen=choice.tags options=Signal::derive(tags) further=ViewFn::from(|| ()) read=|case| &case.tags/>
            </ol>
            {move || choice.refused.get().map(|error| view! { <p class="wrong" role="alert">{error.to_string()}</p> })}
        </section>
    }
}

#[component]
fn MappingField(
    choice: MappingChoice,
    name: &'static str,
    chosen: RwSignal<String>,
    options: Signal<Vec<(String, String)>>,
    further: ViewFn,
    read: fn(&PreviewedCase) -> &String,
) -> impl IntoView {
    let drawn = move || {
        let option = |(value, words): (String, String)| {
            let own = value.clone();
            view! { <option value=value prop:selected=move || chosen.with(|chosen| *chosen == own)>{words}</option> }
        };
        options.get().into_iter().map(option).collect_view()
    };
    let value = move || {
        choice.preview.with(|preview| match preview.cases.get(choice.shown.get()).map(read) {
            Some(value) if !value.is_empty() => {
                view! { <span class="clip" dir="auto" title=value.clone()>{value.clone()}</span> }.into_any()
            }
            Some(_) => view! { <span class="hint">"empty"</span> }.into_any(),
            None => ().into_any(),
        })
    };
    view! {
        <li>
            <b>{name}</b>
            <span class="mapping-from">
                <select class="input" aria-label=[name, " from"].concat() on:change=move |event| chosen.set(event_target_value(&event))>{drawn}</select>
                {move || further.run()}
            </span>
            <span class="mapping-value" role="group" aria-label=[name, " as it becomes"].concat()>{value}</span>
        </li>
    }
}
