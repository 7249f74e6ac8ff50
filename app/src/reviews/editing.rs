//! The dialog that sets a review list up: what it is called, how and by whom it is judged, and what its rows stand for.

use super::api::{archive_list, list_setting, save_list};
use super::list_draft::ListDraft;
use crate::api::{AppError, Failure, FieldProblem, send};
use crate::configuration::{FormState, TextField};
use crate::context::use_project;
use crate::keys::find;
use crate::questions::{AudienceChoice, tick};
use crate::ui::{Dialog, opened_by};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::address::ReviewsAddress;
use shared::reviews::{ArchiveReviewList, Frame, ListSetting, ReviewList};
use shared::{Problem, QuestionId, ReviewListId};

/// The list that the dialog is about; none inside makes one, none at all while it is closed.
pub(super) type Editing = Option<Option<ReviewListId>>;

/// Draws the dialog. It opens when `editing` is set, and clears it when it is closed.
#[component]
pub(super) fn ListDialog(editing: RwSignal<Editing>) -> impl IntoView {
    let open = opened_by(editing);
    let project = use_project().project.id;
    let (setting, failed) = (RwSignal::new(None::<ListSetting>), RwSignal::new(None::<AppError>));
    Effect::new(move |_| {
        failed.set(None);
        setting.set(None);
        let Some(list) = editing.get() else { return };
        send(list_setting(project.clone(), list), move |answer| match answer {
            Ok(known) => drop(setting.try_set(Some(known))),
            Err(error) => drop(failed.try_set(Some(error))),
        });
    });
    let title = Signal::derive(move || match editing.get() {
        Some(Some(_)) => "Edit list".to_owned(),
        _ => "New list".to_owned(),
    });
    let form = move || setting.get().map(|setting| view! { <ListForm setting open/> });
    view! { <Dialog title open wide=true><Failure error=failed/>{form}</Dialog> }
}

#[component]
fn ListForm(setting: ListSetting, open: RwSignal<bool>) -> impl IntoView {
    let project = use_project().project.id;
    let form = FormState::new(&["Name", "description", "frame", "needed", "overlap", "reviewers", "questions", "claim_minutes"]);
    let draft = ListDraft::of(setting.list.as_ref());
    let (stands, navigate) = (RwSignal::new(setting.list.clone()), use_navigate());
    let is_theirs = RwSignal::new(false);
    let go = move |list: Option<ReviewListId>| {
        let address = ReviewsAddress { list: list.map(|list| list.0), ..ReviewsAddress::default() };
        navigate(&address.to_query(), NavigateOptions::default());
    };
    let go_to_new = go.clone();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !form.begin() {
            return;
        }
        let (go, is_new) = (go_to_new.clone(), stands.with_untracked(Option::is_none));
        let command = stands.with_untracked(|list| draft.command(project.clone(), list.as_ref()));
        send(save_list(command), move |answer| {
            let theirs = answer.as_ref().err().and_then(theirs);
            is_theirs.set(theirs.is_some());
            if theirs.is_some() {
                stands.set(theirs);
            }
            if let Some(saved) = form.finish(answer) {
                open.set(false);
                if is_new {
                    go(Some(saved.id));
                }
            }
        });
    };
    // The form came a moment after its dialog.
    Effect::new(move |_| {
        request_animation_frame(|| {
            // Where the dialog is closed by now, nothing takes the focus.
            let _ = find("#list-name").map(|field| field.focus());
        });
    });
    let archived = setting
        .list
        .clone()
        .filter(|list| !list.is_default())
        .map(|list| view! { <Archive list form go=Callback::new(move |()| go(None))/> });
    let fine = Signal::stored(None::<String>);
    let is_known = setting.list.is_some();
    let area = draft.description;
    view! {
        <form on:submit=save>
            <div class="dialog-b question-form">
                <div>
                    <Failure error=form.elsewhere()/>
                    {move || is_theirs.get().then_some("Save again to keep yours. Cancel to keep theirs.")}
                    <TextField id="list-name" label="Name" value=draft.name problem=form.about("Name") autofocus=true/>
                    <div>
                        <label class="label" for="list-instructions">"Instructions"</label>
                        <textarea dir="auto" class="input" id="list-instructions" rows="9" placeholder="Markdown" prop:value=area
                            on:input=move |event| area.set(event_target_value(&event)) aria-describedby="list-instructions-wrong"></textarea>
                        <FieldProblem id="list-instructions-wrong" reason=form.about("description")/>
                    </div>
                    <Questions questions=setting.questions ticked=draft.questions problem=form.about("questions")/>
                </div>
                <div>
                    <Frames frame=draft.frame is_fixed=setting.is_frame_fixed problem=form.about("frame")/>
                    <AudienceChoice id="list-audience" legend="Reviewers" draft=draft.audience known=Signal::stored(setting.people) wrong=form.about("reviewers")/>
                    <div class="two-col">
                        <Number id="list-needed" label="Reviewers per item" value=draft.needed usual=setting.reviewers_per_item problem=form.about("needed")/>
                        <Number id="list-minutes" label="Minutes in hand" value=draft.minutes usual=setting.claim_minutes problem=form.about("claim_minutes")/>
                        <TextField id="list-share" label="Some items, %" value=draft.share problem=form.about("overlap")/>
                        <TextField id="list-more" label="By so many" value=draft.more problem=fine/>
                        <TextField id="list-due" label="Due" kind="date" value=draft.due problem=fine/>
                    </div>
                    {is_known.then(|| view! {
                        <label class="tick"><input class="check" type="checkbox" bind:checked=draft.apply/><span>"Apply to open items"</span></label>
                    })}
                </div>
            </div>
            <div class="dialog-f">
                {archived}
                <span class="grow"></span>
                <button class="btn ghost" type="button" on:click=move |_| open.set(false)>"Cancel"</button>
                <button class="btn primary" type="submit" disabled=move || form.busy.get()>"Save"</button>
            </div>
        </form>
    }
}

/// The list as somebody else saved it, where that was first.
fn theirs(error: &AppError) -> Option<ReviewList> {
    match error.problem()? {
        Problem::Conflict { current } => crate::json::read(current.as_bytes()).ok(),
        _ => None,
    }
}

/// Draws a number that the project says where nothing is typed.
#[component]
fn Number(id: &'static str, label: &'static str, value: RwSignal<String>, usual: u32, problem: Signal<Option<String>>) -> impl IntoView {
    let wrong = format!("{id}-wrong");
    view! {
        <div>
            <label class="label" for=id>{label}</label>
            <input class="input" id=id type="text" inputmode="numeric" autocomplete="off" placeholder=usual.to_string() bind:value=value
                aria-invalid=move || problem.read().is_some().then_some("true") aria-describedby=wrong.clone()/>
            <FieldProblem id=wrong reason=problem/>
        </div>
    }
}

/// Draws what the rows of the list stand for.
#[component]
fn Frames(frame: RwSignal<Frame>, is_fixed: bool, problem: Signal<Option<String>>) -> impl IntoView {
    let way = move |own: Frame, words: &'static str| {
        view! {
            <label class="tick">
                <input class="check" type="radio" name="list-frame" disabled=is_fixed prop:checked=move || frame.get() == own on:change=move |_| frame.set(own)/>
                <span>{words}</span>
            </label>
        }
    };
    view! {
        <fieldset aria-describedby="list-frame-wrong">
            <legend class="label">"Frame"</legend>
            {way(Frame::Discovery, "Discovery: picked")}
            {way(Frame::Representative, "Representative: drawn at random")}
            {is_fixed.then(|| view! { <p class="hint">"Fixed, because it has answers."</p> })}
            <FieldProblem id="list-frame-wrong" reason=problem/>
        </fieldset>
    }
}

/// Draws the questions that are asked.
#[component]
fn Questions(questions: Vec<(QuestionId, String)>, ticked: RwSignal<Vec<QuestionId>>, problem: Signal<Option<String>>) -> impl IntoView {
    let boxes = questions.into_iter().map(|(id, name)| {
        let own = id.clone();
        view! {
            <label class="tick">
                <input class="check" type="checkbox" prop:checked=move || ticked.read().contains(&own) on:change=move |_| tick(ticked, &id)/>
                <span>{name}</span>
            </label>
        }
    });
    view! {
        <fieldset aria-describedby="list-questions-wrong">
            <legend class="label">"Questions (none means all)"</legend>
            <div class="ticks">{boxes.collect_view()}</div>
            <FieldProblem id="list-questions-wrong" reason=problem/>
        </fieldset>
    }
}

/// Draws what takes the list away, which is asked once more.
#[component]
fn Archive(list: ReviewList, form: FormState, go: Callback<()>) -> impl IntoView {
    let is_asked = RwSignal::new(false);
    let archive = move |_| {
        if is_asked.get_untracked() && form.begin() {
            send(archive_list(ArchiveReviewList { list: list.id.clone() }), move |answer| {
                if form.finish(answer).is_some() {
                    go.run(());
                }
            });
        }
        is_asked.set(true);
    };
    view! {
        <button class="btn danger" type="button" on:click=archive>{move || if is_asked.get() { "Archive for good" } else { "Archive list" }}</button>
        <span role="status" class="hint">{move || is_asked.get().then_some("Its items go; answers stay.")}</span>
    }
}
