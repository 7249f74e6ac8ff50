//! The dialog that adds or changes a tag.

use super::api::save_tag;
use super::page::Editing;
use crate::api::{Failure, send};
use crate::configuration::{FormState, TextField};
use crate::ui::{Dialog, Saving, TagChip, opened_by};
use leptos::prelude::*;
use shared::ProjectId;
use shared::tags::{COLORS, SaveTag, Tag};

/// Draws the dialog. It opens when `editing` is set, and clears it when it is closed.
#[component]
pub(super) fn TagDialog(
    project: ProjectId,
    editing: RwSignal<Editing>,
    rows: RwSignal<Vec<Tag>>,
    saving: RwSignal<Saving>,
) -> impl IntoView {
    let open = opened_by(editing);
    let name = RwSignal::new(String::new());
    let description = RwSignal::new(String::new());
    let color = RwSignal::new(COLORS[0].to_owned());
    let form = FormState::new(&["Name", "Description"]);
    Effect::new(move |_| {
        let Some(tag) = editing.get() else { return };
        form.clear();
        match tag {
            Some(tag) => {
                name.set(tag.name);
                description.set(tag.description);
                color.set(tag.color);
            }
            None => {
                name.set(String::new());
                description.set(String::new());
                color.set(COLORS[rows.with_untracked(Vec::len) % COLORS.len()].to_owned());
            }
        }
    });
    let title = Signal::derive(move || match editing.get() {
        Some(Some(tag)) => format!("Edit {}", tag.name),
        _ => "Add tag".to_owned(),
    });
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !form.begin() {
            return;
        }
        let command = SaveTag {
            project: project.clone(),
            tag: editing.get_untracked().flatten().map(|tag| tag.id),
            name: name.get_untracked(),
            color: color.get_untracked(),
            description: description.get_untracked(),
        };
        send(save_tag(command), move |answer| {
            if let Some(saved) = form.finish(answer) {
                rows.update(|rows| match rows.iter_mut().find(|row| row.id == saved.id) {
                    Some(row) => *row = saved,
                    None => rows.push(saved),
                });
                saving.set(Saving::Saved);
                open.set(false);
            }
        });
    };
    let colors = COLORS.map(|option| {
        view! {
            <label class="tick">
                <input class="check" type="radio" name="tag-color" value=option prop:checked=move || *color.read() == option
                    on:change=move |_| color.set(option.to_owned())/>
                <TagChip name=option color=format!("c-{option}")/>
            </label>
        }
    });
    view! {
        <Dialog title open>
            <form on:submit=save>
                <div class="dialog-b">
                    <Failure error=form.elsewhere()/>
                    <TextField id="tag-name" label="Name" value=name problem=form.about("Name") autofocus=true/>
                    <TextField id="tag-description" label="Description" value=description problem=form.about("Description")/>
                    <fieldset><legend class="label">"Colour"</legend><div class="row loose wrap">{colors}</div></fieldset>
                </div>
                <div class="dialog-f">
                    <button class="btn ghost" type="button" on:click=move |_| open.set(false)>"Cancel"</button>
                    <button class="btn primary" type="submit" disabled=form.busy>"Save"</button>
                </div>
            </form>
        </Dialog>
    }
}

/// Draws the dialog that asks before a tag is deleted, and says what stays.
#[component]
pub(super) fn DeleteTagDialog(deleting: RwSignal<Option<Tag>>, delete: Callback<Tag>) -> impl IntoView {
    let open = opened_by(deleting);
    let name = move || deleting.with(|tag| tag.as_ref().map(|tag| tag.name.clone()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(tag) = deleting.get_untracked() {
            delete.run(tag);
        }
        open.set(false);
    };
    view! {
        <Dialog title="Delete tag" open>
            <form on:submit=submit>
                <div class="dialog-b">
                    <p>"The tag "<b>{name}</b>" is no longer offered, and its colour and description are gone. Spans that carry it keep it."</p>
                </div>
                <div class="dialog-f">
                    <button class="btn ghost" type="button" on:click=move |_| open.set(false)>"Cancel"</button>
                    <button class="btn danger" type="submit" autofocus>"Delete"</button>
                </div>
            </form>
        </Dialog>
    }
}
