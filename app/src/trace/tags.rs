//! The tags of the row that one answers for: what they are, taking them off, and putting on others, with completion.

use super::Opened;
use super::draft::Draft;
use super::open::of_row;
use crate::context::use_project;
use crate::keys::{Act, find, shortcuts};
use crate::ui::completion::{Completion, Completions};
use crate::ui::{Icon, IconName, IconSize, TagChip, tag_color};
use leptos::html::Input;
use leptos::prelude::*;
use shared::commands::Command;
use shared::objects::RowAddress;
use shared::permissions::Action;
use shared::tags::{ChangeTags, Tag};

/// The field's id, which the key leads to.
const FIELD: &str = "add-tag";

/// Draws the tags of the span.
#[component]
pub(super) fn TagsSection() -> impl IntoView {
    let opened = expect_context::<Opened>();
    view! {
        <section class="sec" aria-label="Tags">
            <div class="sec-h"><h2>"Tags"</h2></div>
            {of_row(opened.trace.form_row, |row| view! { <Tags row/> }.into_any())}
        </section>
    }
}

#[component]
fn Tags(row: RowAddress) -> impl IntoView {
    let opened = expect_context::<Opened>();
    let may = use_project().may(Action::Review);
    let draft = Draft::of(&row, "tag");
    let row = StoredValue::new(row);
    let tags = Memo::new(move |_| row.with_value(|row| opened.trace.of_row(row, |said| said.tags.clone())).unwrap_or_default());
    let change = move |add: Vec<String>, remove: Vec<String>| {
        let row = row.get_value();
        if opened.trace.takes(&row) {
            opened.trace.run(Command::ChangeTags(ChangeTags { row, add, remove, client_id: None }));
        }
    };
    let chips = move || {
        let chips = tags.get().into_iter().map(|name| {
            let color = opened.tag_color(&name).unwrap_or_else(|| tag_color(&name).to_owned());
            let remove = may.then(|| {
                let (label, name) = (format!("Remove tag {name}"), name.clone());
                let remove = move |_| change(Vec::new(), vec![name.clone()]);
                view! {
                    <button class="btn icon ghost" type="button" aria-label=label.clone() title=label on:click=remove>
                        <Icon name=IconName::Close size=IconSize::ExtraSmall/>
                    </button>
                }
            });
            view! { <span class="tag-line"><TagChip name color/>{remove}</span> }
        });
        chips.collect_view()
    };
    let add = Callback::new(move |name| change(vec![name], Vec::new()));
    view! {
        <div class="tags wrap">{chips}{move || tags.read().is_empty().then(|| view! { <span class="hint">"No tags."</span> })}</div>
        {may.then(|| view! { <AddTag tags draft add/> })}
    }
}

/// Leads the keyboard to the field.
pub(super) fn focus_field() -> bool {
    find(&format!("#{FIELD}")).is_some_and(|field| field.focus().is_ok())
}

/// What the list under the field offers.
#[derive(Clone, PartialEq)]
struct Offer {
    name: String,
    description: String,
    /// Nobody has configured it yet.
    is_new: bool,
}

/// The tags that go with what was typed and are not on the span, and at the end, for who may configure, what was typed.
fn offers(configured: &[Tag], on_span: &[String], typed: &str, may_create: bool) -> Vec<Offer> {
    let typed = typed.trim();
    let wanted = typed.to_lowercase();
    let fitting = configured.iter().filter(|tag| tag.name.to_lowercase().contains(&wanted) && !on_span.contains(&tag.name));
    let mut offers: Vec<_> =
        fitting.map(|tag| Offer { name: tag.name.clone(), description: tag.description.clone(), is_new: false }).collect();
    // What begins with it comes first; within both the order of the project stays.
    offers.sort_by_key(|offer| !offer.name.to_lowercase().starts_with(&wanted));
    let known = configured.iter().any(|tag| tag.name == typed) || on_span.iter().any(|tag| tag == typed);
    if may_create && !typed.is_empty() && !known {
        offers.push(Offer { name: typed.to_owned(), description: String::new(), is_new: true });
    }
    offers
}

/// Draws the field for a further tag. What was begun there is there again whenever its row is.
#[component]
fn AddTag(tags: Memo<Vec<String>>, draft: Draft, add: Callback<String>) -> impl IntoView {
    let opened = expect_context::<Opened>();
    let may_create = use_project().may(Action::Configure);
    let field = NodeRef::<Input>::new();
    let typed = RwSignal::new(String::new());
    let draft = StoredValue::new(draft);
    let write = move |text: String| {
        draft.with_value(|draft| draft.keep((!text.is_empty()).then_some(&text)));
        typed.set(text);
    };
    // In the first drawing the field is empty, as on the server.
    Effect::new(move |_| {
        if let Some(begun) = draft.with_value(Draft::read) {
            typed.set(begun);
        }
    });
    let open = RwSignal::new(false);
    let offered = Memo::new(move |_| {
        tags.with(|tags| opened.tags.with(|configured| typed.with(|typed| offers(configured, tags, typed, may_create))))
    });
    let completion = Completion::new("tag-options".to_owned(), Signal::derive(move || if open.get() { offered.read().len() } else { 0 }));
    let take = move |number: usize| {
        if let Some(offer) = offered.with_untracked(|offered| offered.get(number).cloned()) {
            add.run(offer.name);
            write(String::new());
            completion.begin();
        }
    };
    let key = move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            completion.chosen().into_iter().for_each(take);
        }
        "Escape" => {
            event.stop_propagation();
            open.set(false);
            if let Some(field) = field.get_untracked() {
                // A field that cannot give up the focus has none.
                let _ = field.blur();
            }
        }
        _ if completion.follow(&event) => {}
        "ArrowDown" => open.set(true),
        _ => {}
    };
    let input = move |event| {
        write(event_target_value(&event));
        completion.begin();
        open.set(true);
    };
    let options = move |()| {
        let option = |offer: Offer| {
            let words = if offer.is_new { format!("Create {}", offer.name) } else { offer.name };
            let description = (!offer.description.is_empty()).then(|| view! { <span class="hint clip">{offer.description}</span> });
            view! { <span>{words}</span>{description} }.into_any()
        };
        offered.get().into_iter().map(option).collect::<Vec<_>>()
    };
    view! {
        <div class="completion">
            <input class="input" id=FIELD type="text" dir="auto" node_ref=field role="combobox" autocomplete="off" aria-label="Add a tag" placeholder="Add a tag"
                aria-autocomplete="list" aria-controls=completion.id() aria-expanded=move || completion.is_open().to_string()
                aria-activedescendant=move || completion.active() aria-keyshortcuts=shortcuts(Act::Tags)
                prop:value=typed on:input=input on:keydown=key on:focus=move |_| open.set(true) on:blur=move |_| open.set(false)/>
            <Completions completion label="Tags" options=Callback::new(options) take=Callback::new(take)/>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::offers;
    use shared::tags::Tag;
    use shared::{ProjectId, TagId};

    #[test]
    fn what_fits_is_offered_in_the_order_of_the_project() {
        let configured: Vec<_> = ["Triage", "warranty", "Late try"]
            .into_iter()
            .map(|name| Tag {
                id: TagId(name.to_owned()),
                project: ProjectId("p".to_owned()),
                name: name.to_owned(),
                color: "teal".to_owned(),
                description: String::new(),
                position: 0,
                created: 0,
            })
            .collect();
        for (typed, on_span, may_create, expect) in [
            ("", "", false, "Triage, warranty, Late try"),
            ("", "warranty", true, "Triage, Late try"),
            ("TR", "", false, "Triage, Late try"),
            ("TR", "", true, "Triage, Late try, new TR"),
            (" Triage ", "", true, "Triage"),
            ("Triage", "Triage", true, ""),
            ("a", "", true, "Triage, warranty, Late try, new a"),
            ("none", "", false, ""),
        ] {
            let on_span: Vec<_> = on_span.split(' ').filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
            let offered = offers(&configured, &on_span, typed, may_create);
            let words: Vec<_> =
                offered.iter().map(|offer| if offer.is_new { format!("new {}", offer.name) } else { offer.name.clone() }).collect();
            assert_eq!(words.join(", "), expect, "{typed}");
        }
    }
}
