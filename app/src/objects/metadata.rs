//! What an experiment or a dataset says about itself in its own words, as a tree, and the editor of it.

use super::About;
use super::api::edit_metadata;
use crate::api::Failure;
use crate::configuration::FormState;
use crate::ui::markup::inner;
use crate::ui::{Dialog, Icon, IconName};
use leptos::prelude::*;
use shared::objects::EditMetadata;

/// Draws the metadata; for those who may change it with the button that opens the editor. `changed` is called when it was changed.
#[component]
pub(super) fn MetadataPanel(about: About, may_change: bool, changed: Callback<()>) -> impl IntoView {
    let editing = RwSignal::new(false);
    let is_empty = about.metadata.text.is_empty();
    let html = about.metadata.html.clone();
    view! {
        <section class="more-about" aria-label="Metadata">
            {if is_empty {
                view! { <p class="hint">"It says nothing about itself yet."</p> }.into_any()
            } else {
                view! { <div inner_html=inner(html)></div> }.into_any()
            }}
            {may_change.then(|| view! {
                <button class="btn small" type="button" on:click=move |_| editing.set(true)><Icon name=IconName::Edit/>"Edit metadata"</button>
                <MetadataDialog about open=editing changed/>
            })}
        </section>
    }
}

#[component]
fn MetadataDialog(about: About, open: RwSignal<bool>, changed: Callback<()>) -> impl IntoView {
    let form = FormState::new(&["Metadata"]);
    let before = StoredValue::new(about.metadata.text.clone());
    let text = RwSignal::new(about.metadata.text.clone());
    let problem = form.about("Metadata");
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !form.begin() {
            return;
        }
        let command = EditMetadata { kind: about.kind, id: about.id.clone(), text: text.get_untracked(), before: before.get_value() };
        crate::api::send(edit_metadata(command), move |answer| {
            if form.finish(answer).is_some() {
                open.set(false);
                changed.run(());
            }
        });
    };
    view! {
        <Dialog title="Edit metadata" open wide=true>
            <form on:submit=save>
                <div class="dialog-b">
                    <Failure error=form.elsewhere()/>
                    <label class="label" for="object-metadata">"Metadata"</label>
                    <textarea dir="auto" class="input" id="object-metadata" rows="12" spellcheck="false" autofocus prop:value=text
                        aria-invalid=move || problem.read().is_some().then_some("true") aria-describedby="object-metadata-wrong"
                        on:input=move |event| text.set(event_target_value(&event))></textarea>
                    <crate::api::FieldProblem id="object-metadata-wrong" reason=problem/>
                    <p class="hint">"JSON: an object of names and values. Empty for none."</p>
                </div>
                <div class="dialog-f">
                    <button class="btn ghost" type="button" on:click=move |_| open.set(false)>"Cancel"</button>
                    <button class="btn primary" type="submit">"Save"</button>
                </div>
            </form>
        </Dialog>
    }
}
