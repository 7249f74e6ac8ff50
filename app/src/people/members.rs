//! *Configuration → Members*: who belongs to the organisation, in which role, and who was invited.

use super::api::{change_member, invite_member, load_members, reset_password, withdraw_invitation};
use super::{Secret, role_word};
use crate::api::{AppError, Failure, send};
use crate::configuration::{Configuration, FormState, Section, TextField};
use crate::context::use_project;
use crate::loading::{loaded, resource};
use crate::raw_query::origin;
use crate::ui::{Avatar, Icon, IconName, Notice, NoticeKind, RelativeTime, Saving, SavingStatus};
use leptos::prelude::*;
use shared::people::{ChangeMember, Invitation, InviteMember, Member, Members, ResetPassword, Role, SecretLink, WithdrawInvitation};

/// Draws the members, for owners.
#[component]
pub fn MembersPage() -> impl IntoView {
    let members = resource(|| (), |()| load_members());
    let saving = RwSignal::new(Saving::Idle);
    let page = loaded(members, move |members| view! { <MemberList members saving/> }.into_any());
    view! {
        <Configuration section=Section::Members explanation="Everybody who can sign in, and what they may do in all projects."
            actions=view! { <SavingStatus state=saving/> }.into_any()>
            <Suspense>{page}</Suspense>
        </Configuration>
    }
}

/// A link that was just made, and for whom.
#[derive(Clone)]
struct NewLink {
    email: String,
    link: SecretLink,
}

#[component]
fn MemberList(members: Members, saving: RwSignal<Saving>) -> impl IntoView {
    let rows = RwSignal::new(members.members);
    let invitations = RwSignal::new(members.invitations);
    let new_link = RwSignal::new(None::<NewLink>);
    let invited = Callback::new(move |(email, role, link): (String, Role, SecretLink)| {
        invitations.update(|invitations| {
            invitations.retain(|open| open.email != email);
            invitations.insert(0, Invitation { email: email.clone(), role, expires: link.expires });
        });
        new_link.set(Some(NewLink { email, link }));
    });
    let shown_link = move || {
        new_link.get().map(|NewLink { email, link }| {
            // The link is made after a click, so that only the browser ever draws it.
            let address = format!("{}{}", origin(), link.path);
            view! {
                <Notice kind=NoticeKind::Good>
                    <p>"Send this link to "<b>{email}</b>". It works once and is not shown again."</p>
                    <Secret text=address/>
                </Notice>
            }
        })
    };
    let open_invitations = move || {
        let open = invitations.get();
        (!open.is_empty()).then(|| {
            let rows = open.into_iter().map(|invitation| view! { <InvitationRow invitation invitations invited saving/> });
            view! { <section><h2>"Open invitations"</h2><ul class="pane rows">{rows.collect_view()}</ul></section> }
        })
    };
    let alone = move || {
        (rows.read().len() < 2 && invitations.read().is_empty()).then(|| {
            view! {
                <p class="muted">
                    "Nobody else is here yet. Invite a reviewer by email: you get a link to send them, which works once and for seven days."
                </p>
            }
        })
    };
    view! {
        <div class="stack">
            <Invite invited/>
            {alone}
            {shown_link}
            <ul class="pane rows">
                <For each=move || rows.get() key=|member| (member.person.id.clone(), member.active, member.person.role) let:member>
                    <MemberRow member rows saving new_link/>
                </For>
            </ul>
            {open_invitations}
        </div>
    }
}

/// Draws an open invitation, which can be sent again with another link, or taken back.
#[component]
fn InvitationRow(
    invitation: Invitation,
    invitations: RwSignal<Vec<Invitation>>,
    invited: Callback<(String, Role, SecretLink)>,
    saving: RwSignal<Saving>,
) -> impl IntoView {
    let Invitation { email, role, expires } = invitation;
    let (again, withdrawn) = (email.clone(), email.clone());
    let invite_again = move |_| {
        let command = InviteMember { email: again.clone(), role };
        send(invite_member(command.clone()), move |answer| match answer {
            Ok(link) => invited.run((command.email, command.role, link)),
            Err(error) => saving.set(Saving::Failed(error.to_string())),
        });
    };
    let withdraw = move |_| {
        saving.set(Saving::Saving);
        let email = withdrawn.clone();
        send(withdraw_invitation(WithdrawInvitation { email: email.clone() }), move |answer| match answer {
            Ok(()) => {
                saving.set(Saving::Saved);
                invitations.update(|invitations| invitations.retain(|open| open.email != email));
            }
            Err(error) => saving.set(Saving::Failed(error.to_string())),
        });
    };
    view! {
        <li>
            <Icon name=IconName::Link/>
            <span class="grow clip">{email.clone()}</span>
            <span class="badge">{role_word(role)}</span>
            <span class="muted wide-only">"until "<RelativeDay micros=expires/></span>
            <span class="actions">
                <button class="btn small ghost" type="button" aria-label=format!("New link for {email}") on:click=invite_again>"New link"</button>
                <button class="btn small ghost danger" type="button" aria-label=format!("Withdraw the invitation of {email}")
                    on:click=withdraw>"Withdraw"</button>
            </span>
        </li>
    }
}

/// Draws a day that lies ahead.
#[component]
fn RelativeDay(micros: i64) -> impl IntoView {
    crate::ui::civil::CivilTime::from_micros(micros).to_day()
}

#[component]
fn Invite(invited: Callback<(String, Role, SecretLink)>) -> impl IntoView {
    let email = RwSignal::new(String::new());
    let role = RwSignal::new(Role::Reviewer);
    let form = FormState::new(&["Email"]);
    let invite = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !form.begin() {
            return;
        }
        let command = InviteMember { email: email.get_untracked().trim().to_owned(), role: role.get_untracked() };
        send(invite_member(command.clone()), move |answer| {
            if let Some(link) = form.finish(answer) {
                email.set(String::new());
                invited.run((command.email, command.role, link));
            }
        });
    };
    view! {
        <form class="pane create" on:submit=invite>
            <TextField id="invite-email" label="Email" kind="email" value=email problem=form.about("Email")/>
            <div>
                <label class="label" for="invite-role">"Role"</label>
                <RoleSelect id="invite-role" role on_choice=move |chosen| role.set(chosen)/>
            </div>
            <button class="btn primary" type="submit" disabled=form.busy><Icon name=IconName::Plus/>"Invite"</button>
            <Failure error=form.elsewhere()/>
        </form>
    }
}

#[component]
fn RoleSelect(
    #[prop(into)] id: String,
    #[prop(optional, into)] label: Option<String>,
    #[prop(into)] role: Signal<Role>,
    #[prop(into)] on_choice: Callback<Role>,
) -> impl IntoView {
    let options = Role::ALL.map(|option| {
        view! { <option value=option.as_str() selected=move || role.get() == option>{role_word(option)}</option> }
    });
    let choose = move |event: leptos::ev::Event| {
        if let Some(chosen) = Role::parse(&event_target_value(&event)) {
            on_choice.run(chosen);
        }
    };
    view! { <select class="input" id=id aria-label=label prop:value=move || role.get().as_str() on:change=choose>{options}</select> }
}

#[component]
fn MemberRow(member: Member, rows: RwSignal<Vec<Member>>, saving: RwSignal<Saving>, new_link: RwSignal<Option<NewLink>>) -> impl IntoView {
    let Member { person, active, last_seen, .. } = member;
    let id = StoredValue::new(person.id.clone());
    let role = RwSignal::new(person.role);
    let shown_role = person.role;
    let change = move |role_now: Option<Role>, active: Option<bool>| {
        saving.set(Saving::Saving);
        let command = ChangeMember { person: id.get_value().0, role: role_now, active };
        send(change_member(command), move |answer| match answer {
            Ok(changed) => {
                saving.set(Saving::Saved);
                rows.update(|rows| {
                    if let Some(row) = rows.iter_mut().find(|row| row.person.id == changed.person.id) {
                        *row = changed;
                    }
                });
            }
            Err(error) => {
                saving.set(Saving::Failed(error.to_string()));
                // Back to what the server still has.
                role.try_set(shown_role);
            }
        });
    };
    let email = person.email.clone();
    let reset = move |_| {
        let email = email.clone();
        send(reset_password(ResetPassword { person: id.get_value() }), move |answer: Result<SecretLink, AppError>| match answer {
            Ok(link) => new_link.set(Some(NewLink { email, link })),
            Err(error) => saving.set(Saving::Failed(error.to_string())),
        });
    };
    let own = use_project().viewer.id == person.id;
    let name = person.name.clone();
    let choose = move |chosen| {
        role.set(chosen);
        change(Some(chosen), None);
    };
    view! {
        <li>
            <Avatar name=person.name.clone() large=true/>
            <span class="grow clip">
                <b>{person.name.clone()}</b>
                <span class="muted block clip">{person.email}</span>
            </span>
            {(!active).then(|| view! { <span class="badge warn">"Deactivated"</span> })}
            {last_seen.map(|micros| view! { <span class="muted wide-only">"seen "<RelativeTime micros/></span> })}
            <span class="actions">
                <span><RoleSelect id=format!("role-{}", person.id) label=format!("Role of {name}") role on_choice=choose/></span>
                {active.then(|| view! {
                    <button class="btn small ghost" type="button" aria-label=format!("Password link for {name}") on:click=reset>
                        <Icon name=IconName::Key/>"Password link"
                    </button>
                })}
                {(!own).then(|| {
                    let word = if active { "Deactivate" } else { "Reactivate" };
                    view! {
                        <button class="btn small ghost" type="button" aria-label=format!("{word} {name}")
                            on:click=move |_| change(None, Some(!active))>{word}</button>
                    }
                })}
            </span>
        </li>
    }
}
