//! A text field with its label, and under it what is wrong with it.

use crate::api::FieldProblem;
use leptos::prelude::*;

/// Draws a text field.
#[component]
pub(crate) fn TextField(
    /// The id of the field, unique on the page.
    id: &'static str,
    /// The label.
    label: &'static str,
    /// What is typed.
    value: RwSignal<String>,
    /// What is wrong with it.
    #[prop(into)]
    problem: Signal<Option<String>>,
    /// The kind of input.
    #[prop(default = "text")]
    kind: &'static str,
    /// Whether a dialog starts here.
    #[prop(optional)]
    autofocus: bool,
    /// Whether it can only be read.
    #[prop(optional, into)]
    readonly: Signal<bool>,
) -> impl IntoView {
    let wrong = format!("{id}-wrong");
    view! {
        <div>
            <label class="label" for=id>{label}</label>
            <input class="input" id=id type=kind autocomplete="off" autofocus=autofocus readonly=readonly bind:value=value
                aria-invalid=move || problem.read().is_some().then_some("true") aria-describedby=wrong.clone()/>
            <FieldProblem id=wrong reason=problem/>
        </div>
    }
}
