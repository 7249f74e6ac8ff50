//! One question in the list.

use super::dialog::{Editing, QuestionEdit};
use super::versions::Versions;
use crate::configuration::{Grip, Reorder};
use crate::ui::markup::inner;
use crate::ui::{Icon, IconName, IconSize, format};
use leptos::prelude::*;
use shared::questions::{Question, QuestionKind};

/// Draws a question that is in the forms.
#[component]
pub(super) fn QuestionRow(
    question: Question,
    /// Whether the viewer may change it.
    configure: bool,
    order: Reorder,
    editing: RwSignal<Editing>,
    /// Takes it out of the forms.
    archive: Callback<Question>,
) -> impl IntoView {
    let id = StoredValue::new(question.id.0.clone());
    let name = question.name.clone();
    let to_edit = question.clone();
    let (to_copy, to_archive, versions) = (question.clone(), question.clone(), question.clone());
    let (edit_label, copy_label, archive_label) = (format!("Edit {name}"), format!("Duplicate {name}"), format!("Archive {name}"));
    view! {
        <li class="qrow" class:lift=move || id.with_value(|id| order.lifts(id)) data-order=id.get_value()>
            {if configure {
                view! { <Grip id=id.get_value() label=format!("Move {name}") order/> }.into_any()
            } else {
                view! { <span></span> }.into_any()
            }}
            <Facts question/>
            <span class="row end">
                {configure.then(|| view! {
                    <button class="btn icon ghost small" type="button" aria-label=edit_label.clone() title=edit_label.clone()
                        on:click=move |_| editing.set(Some(QuestionEdit::Change(to_edit.clone())))><Icon name=IconName::Edit/></button>
                    <button class="btn icon ghost small" type="button" aria-label=copy_label.clone() title=copy_label.clone()
                        on:click=move |_| editing.set(Some(QuestionEdit::Copy(to_copy.clone())))><Icon name=IconName::Copy/></button>
                    <button class="btn icon ghost small" type="button" aria-label=archive_label.clone() title=archive_label.clone()
                        on:click=move |_| archive.run(to_archive.clone())><Icon name=IconName::Archive/></button>
                })}
            </span>
            <Versions question=versions/>
        </li>
    }
}

/// Draws a question that is in no form any more.
#[component]
pub(super) fn ArchivedRow(
    question: Question,
    /// Whether the viewer may change it.
    configure: bool,
    /// Puts it back into the forms.
    restore: Callback<Question>,
) -> impl IntoView {
    let label = format!("Restore {}", question.name);
    let (to_restore, versions) = (question.clone(), question.clone());
    view! {
        <li class="qrow archived">
            <span></span>
            <Facts question/>
            <span class="row end">
                {configure.then(|| view! {
                    <button class="btn icon ghost small" type="button" aria-label=label.clone() title=label.clone()
                        on:click=move |_| restore.run(to_restore.clone())><Icon name=IconName::Undo/></button>
                })}
            </span>
            <Versions question=versions/>
        </li>
    }
}

/// Draws what there is to know about a question: five cells of the row.
#[component]
fn Facts(question: Question) -> impl IntoView {
    let (icon, detail) = match &question.definition.kind {
        QuestionKind::Continuous => (IconName::Configuration, "0–100 %".to_owned()),
        QuestionKind::Categorical { options } => (IconName::Review, format::counted(options.len() as u64, "option", "options")),
        QuestionKind::Expected { options, multiple } => {
            let options = options.len() as u64;
            let which = if *multiple { format!("several of {options}") } else { format::counted(options, "option", "options") };
            (IconName::Review, format!("{which} to expected"))
        }
        QuestionKind::Text { path } => (IconName::Edit, path.as_str().to_owned()),
    };
    let answers = format::counted(question.answer_count().unsigned_abs(), "answer", "answers");
    let earlier = earlier_answers(&question);
    let required = if question.definition.required {
        view! { <Icon name=IconName::Check size=IconSize::ExtraSmall/>"required" }.into_any()
    } else {
        "optional".into_any()
    };
    view! {
        <span class="muted"><Icon name=icon/></span>
        <span class="clip"><span class="heading clip">{question.name}</span><span class="detail clip" inner_html=inner(question.description_html)></span></span>
        <span class="clip"><span class="block">{question.definition.kind.label()}</span><span class="detail clip">{detail}</span></span>
        <span class="row hint tight">{required}</span>
        <span>
            <span class="row tight"><span class="badge">"v"{question.version}</span>{answers}</span>
            <span class="detail">{earlier}</span>
        </span>
    }
}

/// How many answers stand under each earlier version: "200 under v1, 61 under v2".
fn earlier_answers(question: &Question) -> String {
    let earlier = question.answers.iter().filter(|(version, count)| *version < question.version && *count > 0);
    let earlier = earlier.map(|(version, count)| format!("{} under v{version}", format::count(count.unsigned_abs())));
    earlier.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::earlier_answers;
    use shared::markup::Html;
    use shared::questions::{Definition, Question};

    #[test]
    fn answers_under_earlier_versions() {
        let question = |version, answers: &[(i32, i64)]| Question {
            id: "q".into(),
            project: "p".into(),
            name: "Tone".to_owned(),
            version,
            definition: Definition::default(),
            description_html: Html::default(),
            position: 0,
            archived: false,
            created: 0,
            answers: answers.to_vec(),
        };
        assert_eq!(earlier_answers(&question(1, &[(1, 980)])), "");
        assert_eq!(earlier_answers(&question(2, &[(1, 96), (2, 1_108)])), "96 under v1");
        assert_eq!(earlier_answers(&question(3, &[(1, 200), (2, 61), (3, 1_057)])), "200 under v1, 61 under v2");
        assert_eq!(earlier_answers(&question(4, &[(1, 1), (2, 0), (3, 2)])), "1 under v1, 2 under v3");
    }
}
