//! The versions of a question: what each asked, and how many answers were given under it.

use super::api::question_versions;
use crate::api::{AppError, send};
use crate::ui::{RelativeTime, format};
use leptos::prelude::*;
use shared::questions::{Question, QuestionKind, QuestionVersion};

/// Draws the versions, where there is more than one. They are read when somebody looks.
#[component]
pub(super) fn Versions(question: Question) -> impl IntoView {
    let read = RwSignal::new(None::<Result<Vec<QuestionVersion>, AppError>>);
    let id = StoredValue::new(question.id);
    let look = move |_| {
        if read.with_untracked(Option::is_none) {
            send(question_versions(id.get_value()), move |answer| {
                // The row may be gone by now.
                let _ = read.try_set(Some(answer));
            });
        }
    };
    let list = move || match read.get() {
        None => view! { <p class="hint">"Reading…"</p> }.into_any(),
        Some(Err(error)) => view! { <p class="wrong" role="alert">{error.to_string()}</p> }.into_any(),
        Some(Ok(versions)) => {
            let lines = versions.iter().zip(1..).map(|(version, next)| line(version, versions.get(next))).collect_view();
            view! { <ol class="stack">{lines}</ol> }.into_any()
        }
    };
    (question.version > 1).then(|| {
        view! {
            <details class="versions" on:toggle=look>
                <summary>{question.version}" versions"</summary>
                {list}
            </details>
        }
    })
}

/// A version, beside the one before it.
fn line(version: &QuestionVersion, before: Option<&QuestionVersion>) -> impl IntoView + use<> {
    let answers = format::counted(version.answers.unsigned_abs(), "answer", "answers");
    let author = version.author.as_ref().map(|author| format!(" by {}", author.name));
    let description = version.definition.description.clone();
    let same = before.is_some_and(|before| wording(before) == wording(version));
    view! {
        <li>
            <p class="row tight wrap">
                <span class="badge">"v"{version.version}</span><b>{answers}</b>
                <span class="hint"><RelativeTime micros=version.created/>{author}</span>
            </p>
            {(!description.is_empty()).then(|| view! { <p class="wording">{description}</p> })}
            <p class="hint">{asked(version)}</p>
            {same.then(|| view! { <p class="hint">"It asks the same as the version before: only where, of whom, or with which key has changed."</p> })}
        </li>
    }
}

/// What reviewers read.
fn wording(version: &QuestionVersion) -> (&QuestionKind, &str, [bool; 3]) {
    let definition = &version.definition;
    (&definition.kind, &definition.description, [definition.required, definition.higher_is_better, definition.asks_sureness])
}

/// The type with its options, and where the answer goes: "Categorical: Not resolved 0 %, Resolved 100 %, required".
fn asked(version: &QuestionVersion) -> String {
    let definition = &version.definition;
    let detail = match &definition.kind {
        QuestionKind::Continuous => "0–100 %".to_owned(),
        QuestionKind::Categorical { options } => {
            options.iter().map(|option| format!("{} {}", option.name, format::percent_short(option.value))).collect::<Vec<_>>().join(", ")
        }
        QuestionKind::Expected { options, multiple } => {
            format!("{} of {} to expected", if *multiple { "several" } else { "one" }, options.join(", "))
        }
        QuestionKind::Text { path } => path.as_str().to_owned(),
    };
    let required = if definition.required { ", required" } else { "" };
    let lower = if definition.kind.is_score() && !definition.higher_is_better { ", lower is better" } else { "" };
    let sure = if definition.asks_sureness { ", asks how sure one is" } else { "" };
    format!("{}: {detail}{required}{lower}{sure}", definition.kind.label())
}

#[cfg(test)]
mod tests {
    use super::asked;
    use shared::questions::{Definition, MetadataPath, QuestionKind, QuestionOption, QuestionVersion};

    #[test]
    fn what_a_version_asks_in_one_line() {
        let option = |name: &str, value| QuestionOption { name: name.to_owned(), value };
        let version = |kind, required, higher_is_better| {
            let definition = Definition { kind, required, higher_is_better, ..Definition::default() };
            asked(&QuestionVersion { version: 1, definition, author: None, created: 0, answers: 0 })
        };
        assert_eq!(version(QuestionKind::Continuous, true, false), "Continuous: 0–100 %, required, lower is better");
        let options = vec![option("Not resolved", 0.0), option("Resolved", 1.0)];
        assert_eq!(version(QuestionKind::Categorical { options }, false, true), "Categorical: Not resolved 0 %, Resolved 100 %");
        let options = vec!["bug".to_owned(), "praise".to_owned()];
        assert_eq!(
            version(QuestionKind::Expected { options, multiple: true }, false, true),
            "Categorical: several of bug, praise to expected"
        );
        assert_eq!(
            version(QuestionKind::Text { path: MetadataPath::of("review.reason") }, false, false),
            "Free-form text: metadata.review.reason"
        );
    }
}
