//! The pages behind secret links: setting up the first owner, joining, choosing a new password.

use super::api::open_link;
use super::login::Mistake;
use crate::api::{AppError, ErrorPage};
use crate::loading::{loaded, resource};
use crate::raw_query::path_segments;
use crate::title::PageTitle;
use crate::ui::Mark;
use leptos::prelude::*;
use shared::people::{LinkPurpose, OpenLink};

/// Draws the page of the link that the first start prints.
#[component]
pub fn SetupPage() -> impl IntoView {
    view! { <LinkPage purpose=LinkPurpose::Setup/> }
}

/// Draws the page of an invitation.
#[component]
pub fn JoinPage() -> impl IntoView {
    view! { <LinkPage purpose=LinkPurpose::Join/> }
}

/// Draws the page of a link with which a member chooses a new password.
#[component]
pub fn ResetPage() -> impl IntoView {
    view! { <LinkPage purpose=LinkPurpose::Reset/> }
}

/// The words of a page: path, heading, what it does, the button.
fn words(purpose: LinkPurpose) -> (&'static str, &'static str, &'static str, &'static str) {
    match purpose {
        LinkPurpose::Setup => ("setup", "Set up Touchstone", "You become the owner of this installation and can invite others.", "Set up"),
        LinkPurpose::Join => ("join", "Join Touchstone", "You were invited. Choose a password and you are in.", "Join"),
        LinkPurpose::Reset => {
            ("reset", "Choose a new password", "Every browser in which you are signed in is signed out.", "Change password")
        }
    }
}

#[component]
fn LinkPage(purpose: LinkPurpose) -> impl IntoView {
    let segments = path_segments();
    let token = Memo::new(move |_| segments.read().get(1).cloned().unwrap_or_default());
    let link = resource(move || token.get(), open_link);
    let (_, heading, _, _) = words(purpose);
    let page = loaded(link, move |open| {
        // The link's own purpose decides, whatever path it was put behind.
        if open.purpose == purpose {
            view! { <LinkForm token=token.get_untracked() link=open/> }.into_any()
        } else {
            view! { <ErrorPage error=AppError::Problem(shared::Problem::not_found("link"))/> }.into_any()
        }
    });
    view! {
        <PageTitle parts=vec![heading.to_owned()]/>
        <main class="login" id="main"><Suspense>{page}</Suspense></main>
    }
}

#[component]
fn LinkForm(token: String, link: OpenLink) -> impl IntoView {
    let (path, heading, explanation, button) = words(link.purpose);
    let action = format!("/{path}/{}", shared::address::encode(&token));
    let reset = link.purpose == LinkPurpose::Reset;
    let fixed_email = link.email.is_some();
    view! {
        <section class="login-form" aria-labelledby="heading">
            <form method="post" action=action>
                <header>
                    <Mark/>
                    <div><h1 id="heading">{heading}</h1><p class="soft">{explanation}</p></div>
                </header>
                <Mistake/>
                {if reset {
                    view! { <input type="hidden" name="name" value=link.name.clone().unwrap_or_default()/> }.into_any()
                } else {
                    view! {
                        <div>
                            <label class="label" for="name">"Name"</label>
                            <input class="input" id="name" name="name" autocomplete="name" value=link.name.clone() required autofocus/>
                        </div>
                    }.into_any()
                }}
                <div>
                    <label class="label" for="email">"Email"</label>
                    <input class="input" id="email" name="email" type="email" autocomplete="username" value=link.email
                        readonly=fixed_email required/>
                </div>
                <div>
                    <label class="label" for="password">"Password"</label>
                    <input class="input" id="password" name="password" type="password" autocomplete="new-password" minlength="10"
                        aria-describedby="password-hint" required/>
                    <p class="hint" id="password-hint">"At least 10 characters."</p>
                </div>
                {(link.keys > 0).then(|| {
                    let keys = if link.keys == 1 { "the API key".to_owned() } else { format!("the {} API keys", link.keys) };
                    view! {
                        <label class="tick">
                            <input class="check" type="checkbox" name="end_keys" value="yes"/>
                            <span>{format!("End {keys} of this account, too")}<span class="hint">"Programs that use them stop."</span></span>
                        </label>
                    }
                })}
                <button class="btn primary" type="submit">{button}</button>
            </form>
        </section>
    }
}
