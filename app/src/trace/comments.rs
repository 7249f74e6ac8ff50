//! Comments on the open span: reading, writing, changing and deleting them, and links that lead to one.

mod completion;
mod field;

use super::Opened;
use super::activity::author_picture;
use super::draft::Draft;
use crate::context::use_project;
use crate::keys::{Act, Scope, use_keys};
use crate::raw_query::origin;
use crate::ui::markup::inner;
use crate::ui::{Icon, IconName, IconSize, RelativeTime, copy_link};
use field::{CommentField, focus};
use leptos::prelude::*;
use shared::commands::Command;
use shared::comments::{AddComment, Comment, DeleteComment, EditComment, checked};
use shared::objects::RowAddress;
use shared::permissions::Action;
use std::time::Duration;

/// The id of the field for a new comment.
const NEW: &str = "comment";

/// Draws the field for a comment on a row. What was begun and not sent is there again whenever the row is.
#[component]
pub(super) fn CommentForm(row: RowAddress) -> impl IntoView {
    let trace = expect_context::<Opened>().trace;
    let text = RwSignal::new(String::new());
    let refused = RwSignal::new(None::<String>);
    let draft = StoredValue::new(Draft::of(&row, "comment"));
    let row = StoredValue::new(row);
    let write = move |written: String| {
        draft.with_value(|draft| draft.keep((!written.is_empty()).then_some(&written)));
        refused.set(None);
        text.set(written);
    };
    // In the first drawing the field is empty, as on the server.
    Effect::new(move |_| {
        if let Some(begun) = draft.with_value(Draft::read) {
            text.set(begun);
        }
    });
    let add = move || {
        let row = row.get_value();
        if text.read_untracked().trim().is_empty() || !trace.takes(&row) {
            return;
        }
        match text.with_untracked(|text| checked(text)) {
            Ok(written) => {
                trace.run(Command::AddComment(AddComment { row, text: written, client_id: None }));
                write(String::new());
            }
            // What was written stays, to be made shorter.
            Err(problem) => refused.set(Some(problem.to_string())),
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        add();
    };
    use_keys().on(Scope::Trace, move |act| act == Act::Comment && trace.is_painted.get_untracked() && focus(NEW));
    view! {
        <form class="stack tight space-below" on:submit=submit>
            <CommentField id=NEW.to_owned() label="Add a comment" text write=Callback::new(write)
                send=Callback::new(move |()| add()) leave=Callback::new(|()| {})/>
            <Show when=move || !text.read().trim().is_empty()>
                <div class="row end"><button class="btn small" type="submit">"Comment"</button></div>
            </Show>
            <Refusal refused/>
        </form>
    }
}

#[component]
fn Refusal(refused: RwSignal<Option<String>>) -> impl IntoView {
    move || refused.get().map(|sentence| view! { <p class="wrong" role="alert">{sentence}</p> })
}

/// Scrolls to the comment that the address names, once for each such address, and says so where it is not to be found.
#[component]
pub(super) fn LinkedComment() -> impl IntoView {
    let Opened { trace, links, .. } = expect_context::<Opened>();
    let found = Memo::new(move |_| {
        let wanted = links.comment()?;
        let shown = trace.view.with(|view| {
            let comments = view.as_ref().map(|view| &view.span.comments);
            comments.map(|comments| comments.iter().any(|comment| comment.id == wanted))
        });
        shown.map(|shown| (wanted, shown))
    });
    Effect::new(move |_| {
        if let Some((id, true)) = found.get() {
            scroll_to(format!("comment-{id}"));
        }
    });
    let missing = move || matches!(found.get(), Some((_, false)));
    view! {
        <Show when=missing><p class="hint" role="status">"The comment of this link is not on this span any more."</p></Show>
    }
}

/// In the next frame, when what was just drawn is in the page.
fn scroll_to(id: String) {
    #[cfg(feature = "hydrate")]
    request_animation_frame(move || {
        if let Some(element) = document().get_element_by_id(&id) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Center);
            element.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = id;
}

/// Draws a comment with what its reader can do with it. It follows the comment, so that a change by somebody else takes
/// nothing from who is just changing it.
#[component]
pub(super) fn CommentLine(row: RowAddress, comment: Comment) -> impl IntoView {
    let Opened { trace, links, .. } = expect_context::<Opened>();
    let context = use_project();
    let own = context.may(Action::Review) && comment.author.as_ref().is_some_and(|author| author.id == context.viewer.id);
    let editing = RwSignal::new(false);
    let draft = Draft::of(&row, &format!("comment {}", comment.id));
    let row = StoredValue::new(row);
    let field = format!("edit-{}", comment.id);
    // What was begun and not saved is there again after a reload.
    if own {
        let draft = draft.clone();
        Effect::new(move |_| editing.set(draft.read().is_some()));
    }
    let id = comment.id.clone();
    let current = move || (links.comment().as_ref() == Some(&id)).then_some("true");
    let anchor = format!("comment-{}", comment.id);
    let (picture, who) = author_picture(comment.author.as_ref(), comment.external.as_deref());
    let comment = Memo::new(move |known: Option<&Comment>| {
        let known = known.unwrap_or(&comment);
        let now = trace.view.with(|view| {
            let comments = view.as_ref().map(|view| &view.span.comments)?;
            comments.iter().find(|comment| comment.id == known.id).cloned()
        });
        now.unwrap_or_else(|| known.clone())
    });
    let delete = move |_| {
        let row = row.get_value();
        if trace.takes(&row) {
            let id = comment.with_untracked(|comment| comment.id.clone());
            trace.run(Command::DeleteComment(DeleteComment { row, comment: id, client_id: None }));
        }
    };
    let edit = {
        let field = field.clone();
        move |_| {
            editing.set(true);
            // The field comes into the page with the next drawing.
            let field = field.clone();
            request_animation_frame(move || {
                focus(&field);
            });
        }
    };
    let written = move || view! { <RelativeTime micros=comment.with(|comment| comment.created)/> };
    let edited = move || comment.with(|comment| comment.edited).map(|micros| view! { ", edited "<RelativeTime micros/> });
    let body = move || {
        if editing.get() {
            view! { <EditForm row=row.get_value() comment=comment.get_untracked() editing draft=draft.clone() field=field.clone()/> }
                .into_any()
        } else {
            view! {
                // The server made this HTML, or the journal: it holds nothing of the source but text.
                <div class="note" inner_html=move || inner(comment.with(|comment| comment.html.clone()))></div>
                <div class="row note-actions">
                    {own.then(|| view! {
                        <button class="btn ghost small" type="button" on:click=edit.clone()>"Edit"</button>
                        <button class="btn ghost small" type="button" on:click=delete>"Delete"</button>
                    })}
                    <CopyCommentLink comment/>
                </div>
            }
            .into_any()
        }
    };
    view! {
        <li id=anchor aria-current=current>
            {picture}
            <div class="what"><b>{who}</b>" commented "{written}{edited}{body}</div>
        </li>
    }
}

#[component]
fn EditForm(row: RowAddress, comment: Comment, editing: RwSignal<bool>, draft: Draft, field: String) -> impl IntoView {
    let trace = expect_context::<Opened>().trace;
    let row = StoredValue::new(row);
    let text = RwSignal::new(draft.read().unwrap_or_else(|| comment.text.clone()));
    let refused = RwSignal::new(None::<String>);
    let comment = StoredValue::new(comment);
    let draft = StoredValue::new(draft);
    let keep = move |text: Option<&str>| draft.with_value(|draft| draft.keep(text));
    let write = move |written: String| {
        keep(Some(&written));
        text.set(written);
    };
    let give_up = move |_| {
        keep(None);
        editing.set(false);
    };
    let save = move || {
        let row = row.get_value();
        if !trace.takes(&row) {
            return;
        }
        match text.with_untracked(|text| checked(text)) {
            Ok(written) => {
                let (comment, before) = comment.with_value(|comment| (comment.id.clone(), comment.text.clone()));
                if written != before {
                    trace.run(Command::EditComment(EditComment { row, comment, text: written, before, client_id: None }));
                }
                keep(None);
                editing.set(false);
            }
            Err(problem) => refused.set(Some(problem.to_string())),
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        save();
    };
    view! {
        <form class="stack tight" on:submit=submit>
            <CommentField id=field label="Edit the comment" text write=Callback::new(write)
                send=Callback::new(move |()| save()) leave=Callback::new(move |()| editing.set(false))/>
            <Refusal refused/>
            <div class="row end">
                <button class="btn small" type="button" on:click=give_up>"Cancel"</button>
                <button class="btn primary small" type="submit">"Save"</button>
            </div>
        </form>
    }
}

#[component]
fn CopyCommentLink(comment: Memo<Comment>) -> impl IntoView {
    let Opened { trace, links, .. } = expect_context::<Opened>();
    let context = StoredValue::new(use_project());
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let shown = trace.view.with_untracked(|view| view.as_ref().map(|view| (view.row.root_span_id.clone(), view.span.span_id.clone())));
        let Some((root, span)) = shown else { return };
        let path = context.with_value(|context| {
            let rows = links.rows.get_value();
            let id = comment.with_untracked(|comment| comment.id.clone());
            shared::address::comment_link(&context.organization, &context.project.name, &rows, &root, &span, &id)
        });
        copy_link(&(origin() + &path));
        copied.set(true);
        set_timeout(
            move || {
                let _ = copied.try_set(false);
            },
            Duration::from_secs(2),
        );
    };
    view! {
        <button class="btn ghost small" type="button" on:click=copy>
            <Show when=move || copied.get()><Icon name=IconName::Check size=IconSize::ExtraSmall/></Show>
            "Copy link"
        </button>
    }
}
