//! *Configuration → Account*: where one is signed in.

use super::api::{end_session, load_sessions};
use super::role_word;
use crate::api::send;
use crate::configuration::{Configuration, Section};
use crate::context::use_project;
use crate::loading::{loaded, resource};
use crate::ui::{Avatar, Icon, IconName, RelativeTime, Saving, SavingStatus};
use leptos::prelude::*;
use shared::people::Session;

/// Draws who one is and the browsers in which one is signed in.
#[component]
pub fn AccountPage() -> impl IntoView {
    let person = use_project().viewer;
    let sessions = resource(|| (), |()| load_sessions());
    let saving = RwSignal::new(Saving::Idle);
    let page = loaded(sessions, move |sessions| view! { <SessionList sessions saving/> }.into_any());
    view! {
        <Configuration section=Section::Account explanation="Who you are here, and the browsers in which you are signed in."
            actions=view! { <SavingStatus state=saving/> }.into_any()>
            <div class="stack">
                <ul class="pane rows">
                    <li>
                        <Avatar name=person.name.clone() large=true/>
                        <span class="grow clip"><b>{person.name.clone()}</b><span class="muted block clip">{person.email}</span></span>
                        <span class="badge">{role_word(person.role)}</span>
                        <form class="actions" method="post" action="/logout">
                            <button class="btn" type="submit"><Icon name=IconName::SignOut/>"Sign out"</button>
                        </form>
                    </li>
                </ul>
                <Suspense>{page}</Suspense>
            </div>
        </Configuration>
    }
}

#[component]
fn SessionList(sessions: Vec<Session>, saving: RwSignal<Saving>) -> impl IntoView {
    let rows = RwSignal::new(sessions);
    let row = move |session: Session| {
        let Session { id, agent, last_seen, current, .. } = session;
        let label = format!("End the session of {agent}");
        let end = move |_| {
            saving.set(Saving::Saving);
            let id = id.clone();
            send(end_session(id.clone()), move |answer| match answer {
                Ok(()) => {
                    saving.set(Saving::Saved);
                    rows.update(|rows| rows.retain(|session| session.id != id));
                }
                Err(error) => saving.set(Saving::Failed(error.to_string())),
            });
        };
        view! {
            <li>
                <Icon name=IconName::Person/>
                <span class="grow clip">{agent}</span>
                <span class="muted nowrap">"seen "<RelativeTime micros=last_seen/></span>
                <span class="actions">
                    {if current {
                        view! { <span class="badge good">"This browser"</span> }.into_any()
                    } else {
                        view! { <button class="btn small ghost" type="button" aria-label=label on:click=end>"End"</button> }.into_any()
                    }}
                </span>
            </li>
        }
    };
    view! {
        <ul class="pane rows">
            <For each=move || rows.get() key=|session| session.id.clone() children=row/>
        </ul>
    }
}
