//! What stands above the rows of an experiment or a dataset: its name, what it says about itself, what it is compared with, and for those
//! who may, changing that.

use super::activity::ObjectActivity;
use super::api::{change_object, draw_against};
use super::dialogs::{DeleteObjectDialog, EditObjectDialog};
use super::metadata::MetadataPanel;
use super::{About, page_of};
use crate::api::{AppError, Failure, send};
use crate::cases::{AddRowButton, AddRows, AddingState};
use crate::context::use_project;
use crate::raw_query::relation;
use crate::ui::markup::inner;
use crate::ui::{Icon, IconName, format};
use crate::uploads::{UploadButton, UploadRows, UploadState};
use crate::versions::{DatasetVersions, VersionsButton, VersionsState};
use leptos::prelude::*;
use serde_json::{Map, Value};
use shared::ObjectId;
use shared::address::{ComparisonAddress, comparison_page};
use shared::markup::Html;
use shared::objects::{ChangeObject, ObjectKind};
use shared::permissions::Action;
use std::time::Duration;

/// How long changes are gathered before scores are compared again.
const GATHER: Duration = Duration::from_secs(1);

/// Draws the head of the page. `changed` is called when something about it was changed; `summed` moves with its scores.
#[component]
pub(crate) fn ObjectHead(about: About, changed: Callback<()>, #[prop(into)] summed: Signal<()>) -> impl IntoView {
    let context = use_project();
    let (all, href) = match about.kind {
        ObjectKind::Dataset => ("All datasets", context.page("datasets")),
        ObjectKind::Experiment | ObjectKind::ProjectLogs => ("All experiments", context.page("experiments")),
    };
    let (may_change, may_delete) = (context.may(Action::Ingest), context.may(Action::Configure));
    let (editing, deleting) = (RwSignal::new(false), RwSignal::new(false));
    let description = RwSignal::new(about.description.clone());
    let refused = RwSignal::new(None::<AppError>);
    let facts = about.facts.iter().map(|(name, value)| view! { <span class="nowrap"><b>{name.clone()}</b>" "{value.clone()}</span> });
    let facts = facts.collect_view();
    let has_facts = !about.facts.is_empty();
    let noun = noun(about.kind);
    let (edited, deleted) = (about.clone(), about.clone());
    let compare = (!about.others.is_empty()).then(|| {
        let base = about.others.iter().find(|(id, _)| about.base.as_ref() == Some(id)).map(|(_, name)| name.clone());
        let with = base.iter().map(|_| about.name.clone()).collect();
        let path = comparison_page(base.as_ref().unwrap_or(&about.name)) + &ComparisonAddress { with, ..Default::default() }.to_query();
        let href = context.page(&path);
        view! { <a class="btn small keep" href=href.clone() rel=relation(&href)>"Compare"</a> }
    });
    let may_upload = about.kind == ObjectKind::Dataset && may_change && context.may(Action::ActOnMany);
    let upload = may_upload.then(|| UploadState::new(about.id.clone(), changed));
    let adding = (about.kind == ObjectKind::Dataset && may_change).then(|| AddingState::new(about.id.clone(), changed));
    let against = about.base.as_ref().map(|_| view! { <AgainstBase about=about.clone() summed/> });
    view! {
        <header class="head object">
            <a class="link nowrap" href=href.clone() rel=relation(&href)>{all}</a>
            <h1 class="clip" title=about.name.clone()>{about.name.clone()}</h1>
            {(!about.others.is_empty()).then(|| view! { <Against about=about.clone() changed refused/> })}
            <div class="actions">
                {compare}
                {adding.map(|state| view! { <AddRowButton state/> })}
                {upload.map(|state| view! { <UploadButton state/> })}
                {may_change.then(|| view! {
                    <button class="btn icon ghost small keep" type="button" aria-label=format!("Edit {noun}") title=format!("Edit {noun}")
                        on:click=move |_| editing.set(true)><Icon name=IconName::Edit/></button>
                })}
                {may_delete.then(|| view! {
                    <button class="btn icon ghost small keep" type="button" aria-label=format!("Delete {noun}") title=format!("Delete {noun}")
                        on:click=move |_| deleting.set(true)><Icon name=IconName::Trash/></button>
                })}
            </div>
        </header>
        <div class="about" role="region" aria-label="About it" tabindex="0" hidden=move || description.read().is_empty() && !has_facts>
            <span class="description">{description}</span>
            {facts}
        </div>
        <Failure error=refused/>
        {against}
        <MoreAbout about=about.clone() may_change changed/>
        {adding.map(|state| view! { <AddRows state/> })}
        {upload.map(|state| view! { <UploadRows state/> })}
        {may_change.then(|| view! { <EditObjectDialog about=edited open=editing description changed/> })}
        {may_delete.then(|| view! { <DeleteObjectDialog about=deleted open=deleting/> })}
    }
}

/// Draws the scores of an experiment against its base, as far as they share inputs, and again when they have changed.
#[component]
fn AgainstBase(about: About, summed: Signal<()>) -> impl IntoView {
    let drawn = RwSignal::new(about.against);
    let (id, is_due) = (StoredValue::new(about.id), StoredValue::new(false));
    let read = move || {
        // The page may be gone.
        let Some(id) = id.try_get_value().filter(|_| is_due.try_set_value(false).is_none()) else { return };
        send(draw_against(id), move |newer| {
            // What cannot be read again stays as it is.
            if let Ok(newer) = newer {
                let _ = drawn.try_set(newer);
            }
        });
    };
    Effect::new(move |before: Option<()>| {
        summed.get();
        if before.is_some() && !is_due.get_value() {
            is_due.set_value(true);
            set_timeout(read, GATHER);
        }
    });
    let is_nothing = move || drawn.with(Html::is_empty);
    view! { <section class="against-base" aria-label="Against the base" hidden=is_nothing inner_html=move || inner(drawn.get())></section> }
}

/// Draws what one seldom wants to know: metadata, and who changed what.
#[component]
fn MoreAbout(about: About, may_change: bool, changed: Callback<()>) -> impl IntoView {
    let shown = RwSignal::new(None::<Panel>);
    let versions = (about.kind == ObjectKind::Dataset).then(|| VersionsState::new(about.id.clone(), about.name.clone(), changed));
    let button = |panel: Panel, words: String| {
        let is_shown = move || shown.get() == Some(panel);
        let toggle = move |_| shown.update(|shown| *shown = (*shown != Some(panel)).then_some(panel));
        view! { <button class="fold" type="button" aria-expanded=move || is_shown().to_string() on:click=toggle>{words}</button> }
    };
    let keys = format::counted(u64::from(about.metadata.keys), "key", "keys");
    let panel = move || {
        shown.get().map(|panel| match panel {
            Panel::Metadata => view! { <MetadataPanel about=about.clone() may_change changed/> }.into_any(),
            Panel::Activity => view! { <ObjectActivity about=about.clone()/> }.into_any(),
        })
    };
    view! {
        <div class="more-buttons">
            {button(Panel::Metadata, format!("Metadata, {keys}"))}{button(Panel::Activity, "Activity".to_owned())}
            {versions.map(|state| view! { <VersionsButton state/> })}
        </div>
        {panel}
        {versions.map(|state| view! { <DatasetVersions state/> })}
    }
}

/// What can be unfolded under the head.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Panel {
    Metadata,
    Activity,
}

/// The word for one of a kind.
pub(super) fn noun(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Experiment => "experiment",
        ObjectKind::Dataset => "dataset",
        ObjectKind::ProjectLogs => "project",
    }
}

/// What an experiment is compared with; for those who may, any other one.
#[component]
fn Against(about: About, changed: Callback<()>, refused: RwSignal<Option<AppError>>) -> impl IntoView {
    let context = use_project();
    let About { id, kind, others, base, .. } = about;
    if !context.may(Action::Ingest) {
        let named = base.and_then(|base| others.into_iter().find(|(id, _)| *id == base));
        let link = named.map(|(_, name)| {
            let href = context.page(&page_of(kind, &name).path());
            view! { <span class="against">"against "<a class="link" href=href.clone() rel=relation(&href)>{name}</a></span> }
        });
        return link.into_any();
    }
    let options = others.into_iter().map(|(other, name)| {
        let chosen = base.as_ref() == Some(&other);
        view! { <option value=other.0 selected=chosen>{name}</option> }
    });
    let options = options.collect_view();
    let none = base.is_none().then(|| view! { <option value="" selected=true>"nothing"</option> });
    let choose = move |event: leptos::ev::Event| {
        let base = ObjectId(event_target_value(&event));
        let details = Map::from_iter([("base_exp_id".to_owned(), Value::String(base.0))]);
        send(change_object(ChangeObject { kind, id: id.clone(), name: None, details }), move |answer| match answer {
            Ok(_) => {
                refused.set(None);
                changed.run(());
            }
            Err(error) => refused.set(Some(error)),
        });
    };
    view! {
        <label class="against"><span>"against"</span>
            <select class="input" aria-label="Compared with" on:change=choose>{none}{options}</select>
        </label>
    }
    .into_any()
}
