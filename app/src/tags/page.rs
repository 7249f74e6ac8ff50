//! The tags of a project.

use super::api::{delete_tag, load_tags, order_tags};
use super::dialog::{DeleteTagDialog, TagDialog};
use crate::api::{AppError, send};
use crate::configuration::{Configuration, Grip, Ordered, Section, saved_order};
use crate::context::use_project;
use crate::loading::{loaded, resource};
use crate::ui::{Icon, IconName, Saving, SavingStatus, TagChip};
use leptos::prelude::*;
use shared::permissions::Action;
use shared::tags::{DeleteTag, OrderTags, Tag};
use shared::{ProjectId, TagId};

/// What the dialog is about: nothing, a new tag, or one that is there.
pub(super) type Editing = Option<Option<Tag>>;

/// Draws the tags.
#[component]
pub fn TagsPage() -> impl IntoView {
    let context = use_project();
    let project = context.project.id.clone();
    let tags = resource(move || project.clone(), load_tags);
    let saving = RwSignal::new(Saving::Idle);
    let editing = RwSignal::new(Editing::None);
    let configure = context.may(Action::Configure);
    let page = loaded(tags, move |tags| view! { <TagList tags saving editing/> }.into_any());
    let actions = view! {
        <SavingStatus state=saving/>
        {configure.then(|| view! {
            <button class="btn primary keep" type="button" on:click=move |_| editing.set(Some(None))>
                <Icon name=IconName::Plus/>"Add tag"
            </button>
        })}
    };
    view! {
        <Configuration section=Section::Tags explanation="The words that reviewers can put on a span. Spans may carry others too."
            actions=actions.into_any()>
            <Suspense>{page}</Suspense>
        </Configuration>
    }
}

#[component]
fn TagList(tags: Vec<Tag>, saving: RwSignal<Saving>, editing: RwSignal<Editing>) -> impl IntoView {
    let context = use_project();
    let configure = context.may(Action::Configure);
    let project = context.project.id.clone();
    let rows = RwSignal::new(tags);
    let order = saved_order(project.clone(), rows, saving);
    let deleting = RwSignal::new(None::<Tag>);
    let delete = Callback::new(move |tag: Tag| {
        saving.set(Saving::Saving);
        send(delete_tag(DeleteTag { tag: tag.id.clone() }), move |answer| match answer {
            Ok(_) => {
                saving.set(Saving::Saved);
                rows.update(|rows| rows.retain(|other| other.id != tag.id));
            }
            Err(error) => saving.set(Saving::Failed(error.to_string())),
        });
    });
    let row = move |tag: Tag| {
        let (edit_label, delete_label) = (format!("Edit {}", tag.name), format!("Delete {}", tag.name));
        let (to_edit, to_delete) = (tag.clone(), tag.clone());
        let id = StoredValue::new(tag.id.0.clone());
        view! {
            <li class:lift=move || id.with_value(|id| order.lifts(id)) data-order=id.get_value()>
                {configure.then(|| view! { <Grip id=id.get_value() label=format!("Move {}", tag.name) order/> })}
                <TagChip name=tag.name.clone() color=format!("c-{}", tag.color)/>
                <span class="grow clip muted">{tag.description}</span>
                {configure.then(|| view! {
                    <span class="actions">
                        <button class="btn icon ghost small" type="button" aria-label=edit_label.clone() title=edit_label.clone()
                            on:click=move |_| editing.set(Some(Some(to_edit.clone())))><Icon name=IconName::Edit/></button>
                        <button class="btn icon ghost small" type="button" aria-label=delete_label.clone() title=delete_label.clone()
                            on:click=move |_| deleting.set(Some(to_delete.clone()))><Icon name=IconName::Trash/></button>
                    </span>
                })}
            </li>
        }
    };
    let empty = move || {
        rows.read().is_empty().then(|| view! { <p class="muted">"No tag is configured yet. Tags are light queues: add Triage, for example, and filter the list by it."</p> })
    };
    view! {
        {empty}
        <ol class="pane rows" hidden=move || rows.read().is_empty()
            on:pointermove=move |event| order.drag(&event) on:pointerup=move |_| order.drop_it()>
            <For each=move || rows.get() key=|tag| (tag.id.clone(), tag.name.clone(), tag.color.clone(), tag.description.clone()) children=row/>
        </ol>
        {configure.then(|| view! { <TagDialog project editing rows saving/><DeleteTagDialog deleting delete/> })}
    }
}

impl Ordered for Tag {
    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn position(&self) -> i32 {
        self.position
    }

    fn set_position(&mut self, position: i32) {
        self.position = position;
    }

    fn save_order(project: ProjectId, order: Vec<String>) -> impl Future<Output = Result<Vec<Self>, AppError>> + 'static {
        order_tags(OrderTags { project, tags: order.into_iter().map(TagId).collect() })
    }
}
