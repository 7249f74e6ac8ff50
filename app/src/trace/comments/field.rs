//! The field in which a comment is written. `@` offers the members whom it can mention.

use super::completion::{Typed, completed, fitting, typed};
use crate::api::send;
use crate::trace::api::mentionable;
use crate::trace::keys::leave_on_escape;
use crate::ui::Avatar;
use crate::ui::completion::{Completion, Completions};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use shared::comments::{Mentionable, with_links, without_links};

/// Puts the caret into the field of that id.
pub(super) fn focus(id: &str) -> bool {
    use leptos::wasm_bindgen::JsCast;
    let field = document().get_element_by_id(id).and_then(|field| field.dyn_into::<leptos::web_sys::HtmlElement>().ok());
    field.is_some_and(|field| field.focus().is_ok())
}

/// Draws the field. Ctrl Enter sends, Escape leaves.
#[component]
pub(super) fn CommentField(
    /// The id of the field in the page.
    id: String,
    /// Its name.
    label: &'static str,
    /// The comment. Who is mentioned stands in it as a link, and in the field as a name.
    text: RwSignal<String>,
    /// Takes the comment as it is now.
    write: Callback<String>,
    /// Sends it.
    send: Callback<()>,
    /// Goes without sending.
    leave: Callback<()>,
) -> impl IntoView {
    let field = NodeRef::<leptos::html::Textarea>::new();
    let offer = Offer::new();
    let mentioned = StoredValue::new(Vec::<Mentionable>::new());
    let shown = move || {
        let (written, members) = text.with(|text| without_links(text));
        mentioned.update_value(|known| {
            known.retain(|known| members.iter().all(|member| member.word() != known.word()));
            known.extend(members);
        });
        written
    };
    let write = move |written: &str| write.run(mentioned.with_value(|members| with_links(written, members)));
    let completion = Completion::new(format!("{id}-members"), Signal::derive(move || offer.fitting.with(Vec::len)));
    let choose = move |number: usize| {
        let (Some(field), Some((typed, member))) = (field.get_untracked(), offer.take(number)) else { return };
        // Of two members with one name the second one is told by the link.
        let is_another = mentioned.with_value(|known| known.iter().any(|known| known.word() == member.word() && known.id != member.id));
        let word = if is_another { member.link() } else { member.word() };
        let (written, caret) = completed(&field.value(), &typed, &word);
        field.set_value(&written);
        // The caret of a field that is in the page can be set.
        let _ = field.set_selection_range(caret, caret);
        mentioned.update_value(|known| {
            if !is_another {
                known.push(member);
            }
        });
        write(&written);
    };
    let look = move || {
        let Some(field) = field.get_untracked() else { return };
        let caret = field.selection_end().ok().flatten().unwrap_or_default();
        if offer.look(typed(&field.value(), caret)) {
            completion.begin();
        }
    };
    let key = move |event: KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        match (event.key().as_str(), completion.chosen()) {
            ("Enter", _) if event.ctrl_key() || event.meta_key() => send.run(()),
            ("Enter" | "Tab", Some(chosen)) => choose(chosen),
            ("Escape", Some(_)) => offer.close(),
            ("Escape", None) => {
                leave.run(());
                leave_on_escape(event);
                return;
            }
            _ if completion.follow(&event) => {}
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let when_open = move |value: String| move || completion.is_open().then(|| value.clone());
    let options = move |()| {
        let option = |member: Mentionable| view! { <Avatar name=member.name.clone()/><span class="clip">{member.name}</span> }.into_any();
        offer.fitting.get().into_iter().map(option).collect::<Vec<_>>()
    };
    view! {
        <div class="completion close">
            <label class="sr" for=id.clone()>{label}</label>
            // The field is a combobox only while it offers something; otherwise it is text of several lines.
            <textarea dir="auto" class="input" id=id rows="2" placeholder=label node_ref=field prop:value=shown on:keydown=key
                role=when_open("combobox".to_owned()) aria-expanded=when_open("true".to_owned()) aria-autocomplete=when_open("list".to_owned())
                aria-controls=when_open(completion.id()) aria-activedescendant=move || completion.active()
                on:blur=move |_| offer.close() on:click=move |_| look()
                on:input=move |event| {
                    write(&event_target_value(&event));
                    look();
                }></textarea>
            <Completions completion label="Members" options=Callback::new(options) take=Callback::new(choose)/>
        </div>
    }
}

/// Whom the field offers.
#[derive(Clone, Copy)]
struct Offer {
    members: RwSignal<Option<Vec<Mentionable>>>,
    typed: RwSignal<Option<Typed>>,
    fitting: Memo<Vec<Mentionable>>,
    asked: StoredValue<bool>,
}

impl Offer {
    fn new() -> Self {
        let members = RwSignal::new(None::<Vec<Mentionable>>);
        let typed = RwSignal::new(None::<Typed>);
        let fitting = Memo::new(move |_| {
            typed.with(|typed| match (typed, members.read().as_deref()) {
                (Some(typed), Some(members)) => fitting(members, &typed.word),
                _ => Vec::new(),
            })
        });
        Self { members, typed, fitting, asked: StoredValue::new(false) }
    }

    fn close(self) {
        self.typed.set(None);
    }

    /// Offers who fits what is typed; whether that is another word. Who there is, is asked at the first `@`.
    fn look(self, typed: Option<Typed>) -> bool {
        if typed.is_some() && !self.asked.get_value() {
            self.asked.set_value(true);
            send(mentionable(), move |answer| {
                // Without an answer nobody is offered, and the next field asks again.
                let _ = self.members.try_set(answer.ok());
            });
        }
        let is_another = self.typed.with_untracked(|known| *known != typed);
        if is_another {
            self.typed.set(typed);
        }
        is_another
    }

    /// The member of that number with what they take the place of; nothing is offered after that.
    fn take(self, number: usize) -> Option<(Typed, Mentionable)> {
        let member = self.fitting.with_untracked(|fitting| fitting.get(number).cloned())?;
        let typed = self.typed.get_untracked()?;
        self.close();
        Some((typed, member))
    }
}
